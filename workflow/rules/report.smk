# Requires: the tables and figures of the whole study.
# Gives: report/cohorts/<cohort>/ for each cohort, where the study file asks for it (report: each_cohort: true), and
# report/{educator,researcher}.<language>.INTERNAL.{html,docx,pdf}, as the study file asks, and manifest.json, codecheck.yml, ro-crate-metadata.json.


rule report:
    """Write the report for educators and the report for researchers."""
    input:
        tables=[f"{root}/tables/{name}.csv" for name in INGESTED + SCORED + COMPARED],
        figures=f"{root}/figures",
    output:
        educator=report(
            reports_of("educator", study_file.study.report.formats),
            caption="../report/educator.rst",
            category="Reports",
            labels={"reader": "educator"},
        ),
        researcher=report(
            reports_of("researcher", study_file.study.report.formats),
            caption="../report/researcher.rst",
            category="Reports",
            labels={"reader": "researcher"},
        ),
        model=reports_of("educator", ["json"]) + reports_of("researcher", ["json"]),
    log:
        f"{root}/logs/report.log",
    priority: 1
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        hashes=sorted({entry for name in cohorts for entry in hashes_of_cohort(name)}),
        settings=settings_of("report"),
        code=code_digest("report"),
    shell:
        """
        balint-eval report {params.study:q} --results {params.results:q} --log {log:q}
        """


rule examine:
    """Let the doctor hold the cohorts against each other, for their pages."""
    input:
        tables=tables_of(["responses"]),
    output:
        findings=f"{root}/cohorts/findings.csv",
    log:
        f"{root}/logs/examine.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("examine"),
        code=code_digest("cohort_reports"),
    shell:
        """
        balint-eval examine {params.study:q} --results {params.results:q} --log {log:q}
        """


rule cohort_reports:
    """Write the page of each cohort of a batch, with its figures and tables."""
    input:
        tables=[f"{root}/cohorts/{{batch}}/{name}.csv" for name in INGESTED + SCORED],
        findings=rules.examine.output.findings,
    output:
        record=update(f"{root}/cohorts/{{batch}}/reports.json"),
    log:
        f"{root}/logs/cohort_reports.{{batch}}.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("cohort_reports"),
        code=code_digest("cohort_reports"),
    shell:
        """
        balint-eval cohort-reports {params.study:q} --results {params.results:q} --batch {wildcards.batch:q} --log {log:q}
        """


rule manifest:
    """List what went in and what came out, each with its SHA-256."""
    input:
        reports=rules.report.output,
        cohorts=[f"{root}/cohorts/{batch}/reports.json" for batch in batches if study_file.study.report.each_cohort],
        figures=f"{root}/figures",
        tables=[f"{root}/tables/{name}.csv" for name in INGESTED + SCORED + COMPARED],
    output:
        manifest=f"{root}/manifest.json",
        codecheck=f"{root}/codecheck.yml",
        crate=f"{root}/ro-crate-metadata.json",
        workflow=f"{root}/workflow/Snakefile",
    log:
        f"{root}/logs/manifest.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("report"),
        code=code_digest("manifest"),
    shell:
        """
        balint-eval manifest {params.study:q} --results {params.results:q} --log {log:q}
        """

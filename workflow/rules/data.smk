# Requires: the exports, rosters and logs of one cohort.
# Gives: cohorts/{cohort}/{participants,responses,totals,flow,sources,sessions,attendance,scores,findings}.csv.


rule ingest:
    """Read the exports of one cohort, link its people across waves, account for every row."""
    input:
        files=files_of,
    output:
        tables=[f"{root}/cohorts/{{cohort}}/{name}.csv" for name in INGESTED],
    log:
        f"{root}/logs/ingest.{{cohort}}.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        hashes=hashes_of,
        settings=settings_of("ingest"),
        code=code_digest("ingest"),
    shell:
        """
        balint-eval ingest {params.study:q} --results {params.results:q} --cohort {wildcards.cohort:q} --log {log:q}
        """


rule score:
    """Check the key of every scale against the answers, then score."""
    input:
        responses=f"{root}/cohorts/{{cohort}}/responses.csv",
        totals=f"{root}/cohorts/{{cohort}}/totals.csv",
    output:
        tables=[f"{root}/cohorts/{{cohort}}/{name}.csv" for name in SCORED],
    log:
        f"{root}/logs/score.{{cohort}}.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("score"),
        code=code_digest("score"),
    shell:
        """
        balint-eval score {params.study:q} --results {params.results:q} --cohort {wildcards.cohort:q} --log {log:q}
        """

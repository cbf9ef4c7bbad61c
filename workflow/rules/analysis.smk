# Requires: the tables of every cohort.
# Gives: tables/*.csv of the whole study, figures/.

COMPARED = ["comparisons", "diagnostics", "outcomes", "levels", "claims", "descriptives", "quality", "item_counts"]
COMPARED += ["item_statistics", "retest", "pooled", "beside_published", "individual_change", "clinical_cutoffs"]
COMPARED += ["residuals", "residual_checks", "edges", "baseline_slopes", "baseline_bins", "norm_regression"]
COMPARED += ["group_spread", "group_effects"]
COMPARED += ["clustering", "balance", "influence", "dose", "proportions", "marginal_means", "joint_tests"]
COMPARED += ["growth", "tipping", "missing_patterns", "mersqi", "checklists"]


# compare, figures and report are a long task of one process each: before the pages of cohorts, which fill the other
# cores.
rule compare:
    """Compare every outcome by every method, describe the data, judge what may be claimed."""
    input:
        tables=tables_of(INGESTED + SCORED),
    output:
        tables=report(
            [f"{root}/tables/{name}.csv" for name in COMPARED],
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "results of the whole study"},
        ),
        merged=[f"{root}/tables/{name}.csv" for name in INGESTED + SCORED],
    log:
        f"{root}/logs/compare.log",
    benchmark:
        f"{root}/logs/compare.benchmark.txt"
    priority: 1
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("compare"),
        code=code_digest("compare"),
    shell:
        """
        balint-eval compare {params.study:q} --results {params.results:q} --log {log:q}
        """


rule figures:
    """Draw every figure as SVG and PNG, those for papers as PDF too, with its data and its description in words."""
    input:
        tables=[f"{root}/tables/{name}.csv" for name in INGESTED + SCORED + COMPARED],
    output:
        folder=directory(f"{root}/figures"),
    log:
        f"{root}/logs/figures.log",
    priority: 1
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("figures"),
        code=code_digest("figures"),
    shell:
        """
        balint-eval figures {params.study:q} --results {params.results:q} --log {log:q}
        """

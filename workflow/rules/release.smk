# Requires: the tables of the whole study; the key of the pseudonyms, with the ledger of releases beside it.
# Gives: release/: what may be given to others. Made only where the audience is `release`.


rule release:
    """Make what may leave the house: tables, figures and reports without anything on too few people."""
    input:
        tables=[f"{root}/tables/{name}.csv" for name in INGESTED + SCORED + COMPARED],
    output:
        log_of_rules=f"{root}/release/disclosure_log.csv",
        tables=[f"{root}/release/tables/{name}.csv" for name in ["comparisons", "claims", "people", "reliability"]],
        model=[f"{root}/release/report/{reader}.{tag}.json" for reader in READERS for tag in study_file.study.languages],
        manifest=f"{root}/release/manifest.json",
    log:
        f"{root}/logs/release.log",
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("release"),
        comments=comment_hashes(study_file, results),
        code=code_digest("release"),
    shell:
        """
        balint-eval release {params.study:q} --results {params.results:q} --log {log:q}
        """

# Requires: the exports, rosters and logs of a batch of cohorts (batch-0001 holds the first 50 of the study file).
# Gives: cohorts/{batch}/{participants,responses,totals,flow,sources,sessions,attendance,scores,findings}.csv.


# Before all others: Snakemake looks at the files of every job that waits, once a second.
rule ingest:
    """Read the exports of a batch of cohorts, link their people across waves, account for every row."""
    input:
        files=files_of,
    output:
        tables=update([f"{root}/cohorts/{{batch}}/{name}.csv" for name in INGESTED]),
    log:
        f"{root}/logs/ingest.{{batch}}.log",
    priority: 3
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
        balint-eval ingest {params.study:q} --results {params.results:q} --batch {wildcards.batch:q} --log {log:q}
        """


# Before the pages of cohorts, so that the study as a whole is compared beside them and not after them.
rule score:
    """Check the key of every scale against the answers, then score."""
    input:
        responses=f"{root}/cohorts/{{batch}}/responses.csv",
        totals=f"{root}/cohorts/{{batch}}/totals.csv",
    output:
        tables=update([f"{root}/cohorts/{{batch}}/{name}.csv" for name in SCORED]),
    log:
        f"{root}/logs/score.{{batch}}.log",
    priority: 2
    conda:
        "../envs/balint_eval.yaml"
    params:
        study=study_path,
        results=lambda wildcards: results,
        settings=settings_of("score"),
        code=code_digest("score"),
    shell:
        """
        balint-eval score {params.study:q} --results {params.results:q} --batch {wildcards.batch:q} --log {log:q}
        """

# What the rules share: the study file, its cohorts, and the digests that make changed content rerun.
from functools import cache
from pathlib import Path

from balint_eval.batches import list_batches
from balint_eval.errors import BalintError
from balint_eval.instruments.registry import known_instruments
from balint_eval.provenance import code_digest, comment_hashes, input_hashes, stage_settings
from balint_eval.settings_words import KEY_IN_SETTINGS, holds_a_key
from balint_eval.set_aside import without_set_aside
from balint_eval.study import read_study
from snakemake.exceptions import WorkflowError


def read_study_or_stop(path):
    """Read the study file; its faults become sentences, not a traceback."""
    try:
        return read_study(path)
    except BalintError as error:
        raise WorkflowError(str(error)) from None


# A key given with --config would stand in the workflow's own records.
for name in filter(holds_a_key, config):
    raise WorkflowError(f"CFG-KEYPLACE: {name}: {KEY_IN_SETTINGS[0]}. To mend it: {KEY_IN_SETTINGS[1]}.")

# A study given with --configfile is read as a file of its own, never merged into the demo's.
given = [path.as_posix() for path in map(Path, workflow.overwrite_configfiles)]
study_path = config.get("study", (given or ["config/config.yaml"])[-1])
results = config.get("results", "results")
whole_study = read_study_or_stop(study_path)
root = f"{results}/{whole_study.study.name}"
study_file = without_set_aside(whole_study, Path(root))
cohorts = {cohort.name: cohort for cohort in study_file.study.cohorts}
batches = list_batches(study_file)
audience = config.get("audience") or study_file.study.audience

INGESTED = ["participants", "responses", "totals", "flow", "sources", "sessions", "attendance", "links"]
SCORED = ["scores", "findings"]


wildcard_constraints:
    batch=r"batch-\d+",


def files_of(wildcards):
    """Give every file that a batch of cohorts is read from."""
    names = {name for cohort in batches[wildcards.batch] for name in study_file.input_files(cohorts[cohort])}
    return [study_file.path(name).as_posix() for name in sorted(names)]


# Snakemake asks for the same parameters many times, and nothing of a run changes its own inputs.
@cache
def hashes_of_cohort(name):
    """Give the SHA-256 of each file of a cohort."""
    return input_hashes(study_file, cohorts[name])


@cache
def settings_of_cohort(stage, name):
    """Give the digest of the settings a stage uses for a cohort, or for the study as a whole."""
    return stage_settings(study_file, stage, cohorts.get(name))


def hashes_of(wildcards):
    """Give the SHA-256 of each of these files: other content reruns whatever its date."""
    return sorted({line for name in batches[wildcards.batch] for line in hashes_of_cohort(name)})


def settings_of(stage):
    """Give a function from wildcards to the digests of the settings a stage uses, one a cohort of a batch."""
    return lambda wildcards: [
        settings_of_cohort(stage, name) for name in batches.get(getattr(wildcards, "batch", None), [None])
    ]


def tables_of(names):
    """Give the tables of all batches of cohorts."""
    return [f"{root}/cohorts/{batch}/{name}.csv" for batch in batches for name in names]


READERS = ["educator", "researcher"]


def reports_of(reader, kinds):
    """Give the report for one reader in these formats and every language the study file asks for."""
    return [f"{root}/report/{reader}.{tag}.INTERNAL.{kind}" for tag in study_file.study.languages for kind in kinds]

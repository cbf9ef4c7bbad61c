"""Cohorts in batches: one job for many cohorts, because starting a program costs more than reading a cohort."""

from __future__ import annotations

from balint_eval.errors import Problem, StudyError
from balint_eval.study import StudyFile

COHORTS_IN_A_BATCH = 50
"""A job of a few seconds; the number is fixed, so that the jobs do not depend on the computer."""


def list_batches(file: StudyFile) -> dict[str, list[str]]:
    """Give the cohorts of each batch, in the order of the study file.

    Parameters
    ----------
    file : StudyFile

    Returns
    -------
    dict of batch name to list of cohort names
        `batch-0001` and so on. A cohort added at the end of the study file leaves the other batches as they are.
    """
    names = [cohort.name for cohort in file.study.cohorts]
    starts = range(0, len(names), COHORTS_IN_A_BATCH)
    return {f"batch-{at:04}": names[start : start + COHORTS_IN_A_BATCH] for at, start in enumerate(starts, start=1)}


def batch_of(file: StudyFile, cohort: str) -> str:
    """Give the batch that a cohort stands in.

    Raises
    ------
    StudyError
        There is no such cohort.
    """
    file.cohort(cohort)
    return next(batch for batch, names in list_batches(file).items() if cohort in names)


def cohorts_of(file: StudyFile, batch: str) -> list[str]:
    """Give the cohorts of a batch.

    Raises
    ------
    StudyError
        There is no such batch.
    """
    batches = list_batches(file)
    if batch not in batches:
        mend = f"use one of batch-0001 to {max(batches)}"
        raise StudyError(Problem("CFG-REFERENCE", f"there is no batch '{batch}'", mend, file.shown_as))
    return batches[batch]

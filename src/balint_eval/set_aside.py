"""Cohorts whose files were refused, set aside so that the others can be evaluated (`balint-eval run --keep-going`).

Which they are lies in a file beside the results, so that every stage, and whoever calls the workflow by hand, evaluates
the same cohorts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from balint_eval.errors import DataError, Problem
from balint_eval.study import StudyFile
from balint_eval.tables import write_text

NAME = ".set_aside.json"


def without_set_aside(file: StudyFile, root: Path) -> StudyFile:
    """Give a study without the cohorts that its latest run set aside.

    Parameters
    ----------
    file : StudyFile
    root : Path
        Folder of the study's results.

    Returns
    -------
    StudyFile
        The same where none was set aside.
    """
    place = root / NAME
    names = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else []
    there = {cohort.name for cohort in file.study.cohorts}
    return file.without(names) if there & set(names) and there - set(names) else file


def keep_set_aside(root: Path, names: Collection[str]) -> None:
    """Write down which cohorts are set aside; where none is, nothing is left to read.

    Parameters
    ----------
    root : Path
    names : collection of str

    Raises
    ------
    EnvironmentProblem
        The folder cannot be written.
    """
    if names:
        write_text(root / NAME, json.dumps(list(names), ensure_ascii=False) + "\n")
    else:
        (root / NAME).unlink(missing_ok=True)


def told_set_aside(refused: Mapping[str, Sequence[Problem]], cohorts: int) -> DataError:
    """Give the error a run ends with that went on without some cohorts: each named once, with all its problems.

    Parameters
    ----------
    refused : mapping of cohort to its problems
    cohorts : int
        Of the study file.

    Returns
    -------
    DataError
        WF-KEEPGOING, then the problems.
    """
    names = ", ".join(refused)
    what = f"{len(refused)} of {cohorts} cohorts set aside: {names}; the results are those of the others, and say so"
    mend = "mend what is said below, and give the same command again"
    return DataError([Problem("WF-KEEPGOING", what, mend), *(one for found in refused.values() for one in found)])

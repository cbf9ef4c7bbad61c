"""The tables of a batch of cohorts: made anew for the cohorts that changed, kept for the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.batches import cohorts_of
from balint_eval.folders import Folders
from balint_eval.merging import stack
from balint_eval.provenance import cohort_digest
from balint_eval.study import StudyFile
from balint_eval.tables import TABLES, read_table, write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.study_model import Cohort


def make_by_cohort(
    file: StudyFile,
    batch: str,
    folders: Folders,
    stage: str,
    names: Sequence[str],
    make: Callable[[Cohort, str], tuple[Mapping[str, pd.DataFrame], list[str]]],
) -> list[str]:
    """Make the tables of the cohorts of a batch that changed, and put them beside the rows of the others.

    Parameters
    ----------
    file : StudyFile
    batch : str
    folders : Folders
    stage : {"ingest", "score"}
    names : sequence of str
        Tables the stage makes.
    make : callable
        From a cohort and the digest of what it is made from to its tables, and what to log of them.

    Returns
    -------
    list of str
        What to log.
    """
    cohorts = [file.cohort(name) for name in cohorts_of(file, batch)]
    digests = {cohort.name: cohort_digest(file, stage, cohort) for cohort in cohorts}
    paths = {name: folders.batch(batch) / f"{name}.csv" for name in names}
    record = folders.batch(batch) / f"{stage}.json"
    known = read_digests(record) if all(path.is_file() for path in paths.values()) else {}
    stored = cut_by_cohort({name: read_table(path, name) for name, path in paths.items()} if known else {})
    parts, lines = [], []
    for cohort in cohorts:
        if known.get(cohort.name) == digests[cohort.name]:
            parts.append(stored(cohort))
            lines.append(f"{cohort.name}: nothing has changed; the stored tables are kept.")
        else:
            made, said = make(cohort, digests[cohort.name])
            parts.append(dict(made))
            lines += said
    # Without its record no stored row is taken over, whatever happens while the tables are written.
    record.unlink(missing_ok=True)
    for name, path in paths.items():
        write_table(stack([part[name] for part in parts], name), path, name)
    write_text(record, json.dumps(digests, indent=1, sort_keys=True) + "\n")
    return lines


def read_digests(record: Path) -> dict[str, str]:
    """Read what each cohort of a batch was made from; nothing where nothing was made."""
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def cut_by_cohort(tables: Mapping[str, pd.DataFrame]) -> Callable[[Cohort], dict[str, pd.DataFrame]]:
    """Cut the tables of a batch apart by cohort, each with the covariates of its own roster only.

    Parameters
    ----------
    tables : mapping of name to pandas.DataFrame
        Of contracts that begin with the cohort.

    Returns
    -------
    callable
        From a cohort to its tables; without rows where it has none.
    """
    cut = {name: dict(iter(table.groupby("cohort", sort=False))) for name, table in tables.items()}

    def rows_of(cohort: Cohort) -> dict[str, pd.DataFrame]:
        covariates = cohort.roster.covariates if cohort.roster else []
        own = {}
        for name, table in tables.items():
            kept = {*TABLES[name].names, *covariates}
            columns = [column for column in table.columns if column in kept]
            own[name] = cut[name].get(cohort.name, table.iloc[:0])[columns].reset_index(drop=True)
        return own

    return rows_of

"""`balint-eval check`: every problem at once, and what was understood; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def check(study: Path) -> list[str]:
    """Read a study and all its files, score in memory, and say what was found.

    Returns
    -------
    list of str
        Lines to print.

    Raises
    ------
    StudyError, DataError
        With every problem of the study file, or of all exports.
    """
    from balint_eval.ingest.pseudonyms import pseudonymiser
    from balint_eval.pipeline import ingest_all, score
    from balint_eval.study import read_study

    file = read_study(study)
    lines = [f"The study file {file.shown_as} is in order: {_counted(len(file.study.cohorts), 'cohort')}."]
    # Nothing is kept, so a key of the moment serves and no key file is made.
    for cohort, ingested in ingest_all(file, pseudonymiser(bytes(range(32)))):
        findings = score(ingested.tables["responses"], file, cohort)["findings"]
        lines += _describe(cohort.name, {**ingested.tables, "findings": findings})
    return [*lines, f"Next: balint-eval run {file.shown_as}"]


def _describe(cohort: str, tables: dict[str, pd.DataFrame]) -> list[str]:
    people = tables["flow"][tables["flow"]["file"] == ""]
    return [
        f"Cohort {cohort}:",
        *(f"  {row.file}: {row.rows} rows. {row.notes}".rstrip() for row in tables["sources"].itertuples()),
        *(
            f"  wave {row.wave}: {_counted(int(str(row.rows)), 'person', 'people')} {_WORDS[str(row.reason)]}"
            for row in people.itertuples()
        ),
        *(
            f"  {row.severity}: {row.instrument} {row.scale}: {row.seen}; {row.why}. To mend it: {row.mend}."
            for row in tables["findings"].itertuples()
        ),
    ]


_WORDS = {
    "paired": "linked to the baseline",
    "pre_only": "answered only at the baseline",
    "post_only": "answered only here",
}


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"

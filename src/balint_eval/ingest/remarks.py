"""What is said of the files of one cohort together: warnings with their codes, files that do not agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from balint_eval.errors import Problem
from balint_eval.ingest.delimiter import NAMES
from balint_eval.ingest.grid import counted
from balint_eval.ingest.reading import Reading
from balint_eval.study_exports import Export

_WARNING = re.compile(r"(WARN-[A-Z]+): (.+?)\.?", re.DOTALL)
_SAID_BY_SUFFIX = frozenset({".tsv", ".tab"})


def with_letters(problems: Iterable[Problem], readings: Sequence[Reading]) -> list[Problem]:
    """Put the letter of a spreadsheet behind the name of each column of an export, as in `teq_03 (D)`."""
    return [_with_letter(problem, readings) for problem in problems]


def _with_letter(problem: Problem, readings: Sequence[Reading]) -> Problem:
    for reading in readings:
        if problem.column[:1] not in {"", "@"} and problem.file == reading.sheet.file:
            found = reading.columns.get(problem.column, problem.column)
            letter = reading.sheet.letter_of(found)
            return replace(problem, column=f"{problem.column} ({letter})") if letter else problem
    return problem


def noted(readings: Iterable[Reading]) -> Iterator[Problem]:
    """Give the notes of all files that begin with a code of their own."""
    for reading in readings:
        yield from as_warnings(reading.notes, reading.sheet.file)


def as_warnings(notes: Iterable[str], file: str = "") -> Iterator[Problem]:
    """Give the notes that begin with a code of their own."""
    for note in notes:
        if found := _WARNING.fullmatch(note):
            yield Problem(found[1], found[2], file=file)


def unmatched(counts: pd.DataFrame, visits: pd.DataFrame) -> Iterator[Problem]:
    """Give WARN-UNMATCHED for every later wave in which not everybody was found again.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `count_people`.
    visits : pandas.DataFrame
        One row a person and wave, with the file.
    """
    for wave, rows in counts.groupby("wave", sort=False):
        number = {str(reason): int(people) for reason, people in zip(rows["reason"], rows["rows"], strict=True)}
        files = visits.loc[visits["wave"] == wave, "file"]
        if len(files) and number["pre_only"] + number["post_only"]:
            linked = counted(number["paired"], "person was", "people were")
            what = (
                f"in the wave '{wave}' {linked} linked to the baseline; "
                f"{number['pre_only']} answered only at the baseline, {number['post_only']} only here"
            )
            yield Problem("WARN-UNMATCHED", what, file=str(files.iloc[0]))


def with_purpose(problems: Iterable[Problem], cohort: str, export: Export) -> Iterator[Problem]:
    """Say of a missing file what it was to hold."""
    wave = f", wave {export.wave}" if export.wave else ""
    for problem in problems:
        missing = problem.code == "IN-MISSING" and problem.file == export.file
        yield replace(problem, what=f"{problem.what} (cohort {cohort}{wave})") if missing else problem


def different_delimiters(readings: Sequence[Reading]) -> Iterator[Problem]:
    """Refuse waves whose cells are parted in different ways that nobody declared: their decimals may differ too."""
    told = [
        reading
        for reading in readings
        if reading.sheet.delimiter
        and reading.sheet.cells.shape[1] > 1
        and not reading.export.delimiter
        and PurePath(reading.export.file).suffix.casefold() not in _SAID_BY_SUFFIX
    ]
    first: dict[str, Reading] = {}
    for reading in told:
        other = first.setdefault(reading.sheet.platform, reading)
        if reading.sheet.delimiter != other.sheet.delimiter:
            mine, others = (NAMES.get(r.sheet.delimiter, r.sheet.delimiter) for r in (reading, other))
            what = f"the cells of this file are parted by the {mine}, those of {other.sheet.file} by the {others}"
            mend = "look at both files; if they are right, say so under delimiter: of one of them"
            yield Problem("IN-DELIM", what, mend, reading.sheet.file, 1)

"""Numbers of the roster held against their possible range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from balint_eval.errors import Problem, answer_shown
from balint_eval.ingest.text import ascii_digits, is_blank
from balint_eval.study_exports import Range, Roster

AGES = (10.0, 110.0)
"""Years of age that a member of a Balint group may have, where the study file gives no range."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")


def range_problems(cells: pd.DataFrame, columns: Mapping[str, str], roster: Roster) -> Iterator[Problem]:
    """Give VAL-RANGE and VAL-NUMBER for the covariates that have a range.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells of the roster; the index is the line in the file.
    columns : mapping of the study file's column names to the roster's
    roster : Roster

    Notes
    -----
    A blank is no value and is never refused. A column called `age` is taken as years.
    """
    for rule in _rules(roster):
        for row, text in cells[columns[rule.column]].items():
            fault = None if is_blank(text) else _fault(text, rule)
            if fault:
                mend = "correct the cell, or leave it blank; ranges: of the roster says what is possible"
                yield Problem(*fault, mend, roster.file, int(str(row)), rule.column, answer_shown(text))


def _rules(roster: Roster) -> list[Range]:
    declared = {rule.column for rule in roster.ranges}
    ages = [name for name in roster.covariates if name.casefold() == "age" and name not in declared]
    return [*roster.ranges, *(Range(column=name, lowest=AGES[0], highest=AGES[1]) for name in ages)]


def _fault(text: str, rule: Range) -> tuple[str, str] | None:
    plain = ascii_digits(text).strip()
    if not _NUMBER.fullmatch(plain):
        return "VAL-NUMBER", "a number is expected here"
    if rule.lowest <= float(plain.replace(",", ".")) <= rule.highest:
        return None
    return "VAL-RANGE", f"the value is outside the possible range, {rule.lowest:g} to {rule.highest:g}"

"""Totals that an export already holds: read as numbers, kept apart from the scores."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from balint_eval.errors import Problem, answer_shown
from balint_eval.ingest.text import clean_text, is_blank
from balint_eval.study_exports import Items

# Spreadsheets write a mean with up to 17 digits; a rounded 1.2E+12 is no total.
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(?:[.,][0-9]{1,17})?")


def read_totals(
    cells: pd.DataFrame, columns: Mapping[str, str], items: Items, answered: pd.Index, file: str
) -> tuple[pd.DataFrame, list[Problem], list[str]]:
    """Read the totals of one codebook entry.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells of the rows used; the index is the line in the file.
    columns : mapping of the study file's column names to the sheet's
    items : Items
        The codebook entry with its `totals`; its missing codes count here too.
    answered : pandas.Index
        Lines with an answer to an item; a total of nobody's answers is counted in a note and left out.
    file : str
        As shown to people.

    Returns
    -------
    totals : pandas.DataFrame
        row, scale, value, column; rows without a total are left out.
    problems : list of Problem
        VAL-TOTAL, one for each cell that is no number.
    notes : list of str
    """
    missing = {clean_text(text).casefold() for text in items.missing_codes}
    frames, problems, notes = [], list[Problem](), list[str]()
    for total in items.totals:
        texts = cells[columns[total.column]]
        given = texts[[not is_blank(text) and clean_text(text).casefold() not in missing for text in texts]]
        values = given.map(_number)
        problems += _problems(given[values.isna()], file, total.column)
        idle = int((~values.index.isin(answered)).sum())
        if idle:
            notes.append(_idle_note(idle, total.column, items.instrument))
        values = values[values.index.isin(answered)]
        frames.append(pd.DataFrame({
            "row": values.index, "scale": total.scale, "value": values.to_numpy(), "column": total.column,
        }))  # fmt: skip
    return stacked(frames), problems, notes


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put totals together; without any, a table with the columns and no row."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["row", "scale", "value", "column"])


def _number(text: str) -> float:
    plain = clean_text(text)
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan


def _problems(wrong: pd.Series, file: str, column: str) -> list[Problem]:
    what = "this total is not a number"
    mend = "correct the export, declare the value under missing_codes, or leave the column out of totals:"
    return [
        Problem("VAL-TOTAL", what, mend, file, int(str(row)), column, answer_shown(text)) for row, text in wrong.items()
    ]


def _idle_note(number: int, column: str, instrument: str) -> str:
    rows = "1 row has" if number == 1 else f"{number} rows have"
    return f"{rows} a total in the column {column} and no answer to any item of {instrument}; it is not compared."

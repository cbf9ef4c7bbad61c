"""Rows that look like a trial or like nobody read the questions: counted and said, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from balint_eval.ingest.durations import seconds_between
from balint_eval.ingest.rows import Rows
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import clean_text

_TEST = re.compile(r"(?:test|tester|testing|teszt|tst|trial|تست|آزمایشی)[\s_\-]*[0-9]{0,3}")
DURATION = frozenset({"duration (in seconds)", "duration"})
"""Platform columns that hold how long a response took, in seconds."""
SECONDS_AN_ITEM = 2.0
"""Below it nobody has read an item; Huang and others 2012, J Bus Psychol 27:99-114."""


def row_flags(sheet: Sheet, rows: Rows, columns: Mapping[str, str], comments: list[str], n_items: int) -> Iterator[str]:
    """Say how many rows look like trials, and how many were filled in too fast to be read.

    Parameters
    ----------
    sheet : Sheet
    rows : Rows
    columns : mapping of the study file's column names to the sheet's
    comments : list of str
        Free-text columns, as the study file names them.
    n_items : int
        Items asked in this export.

    Yields
    ------
    str
        One sentence each, without any id or text.
    """
    used = rows.table[rows.table["reason"] == ""]
    looks = used["raw_id"].map(_is_test).astype(bool)
    for name in comments:
        looks |= sheet.cells.loc[used.index, columns[name]].map(_is_test).astype(bool)
    if number := int(looks.sum()):
        yield (
            f"WARN-TESTROW: {_rows(number)} like a trial by the id or a comment ('test'); they are used: "
            "take them out of the export if that is what they are."
        )
    fast = _fast(sheet, used, n_items)
    if fast:
        yield (
            f"WARN-FAST: {_rows(fast)} too fast to be read, under {SECONDS_AN_ITEM:g} seconds an item; they are used, "
            "and a sensitivity analysis may leave them out."
        )


def _rows(number: int) -> str:
    return "1 row looks" if number == 1 else f"{number} rows look"


def _is_test(text: str) -> bool:
    return bool(_TEST.fullmatch(clean_text(str(text)).casefold()))


def _fast(sheet: Sheet, used: pd.DataFrame, n_items: int) -> int:
    """Count the rows that took less than two seconds an item; 0 where no times are there."""
    if n_items == 0:
        return 0
    return int((_seconds(sheet, used) < SECONDS_AN_ITEM * n_items).sum())


def _seconds(sheet: Sheet, used: pd.DataFrame) -> pd.Series:
    """Give how long each response took: as the platform says, else from its start and end; NaN where unknown."""
    cells = sheet.cells.loc[used.index]
    names = [column for column in cells.columns if clean_text(str(column)).casefold() in DURATION]
    if names:
        return pd.to_numeric(cells[names[0]], errors="coerce")
    if not (sheet.started and sheet.ended):
        return pd.Series(dtype="float64")
    return pd.Series(map(seconds_between, cells[sheet.started], cells[sheet.ended]), cells.index, dtype="float64")

"""The text a person sees in a spreadsheet cell, with dates in ISO form."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from balint_eval.ingest.grid import counted, letter, listed

EXACT_DIGITS = 15
MOMENTS = "Dates and times given in ISO form"
_ZEROS = re.compile(r"0{2,}")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CLOCK = re.compile(r"[hs]", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.")


class SheetCell(Protocol):
    """What is used of a cell of openpyxl."""

    @property
    def value(self) -> object:
        """Number, text, truth value, moment or None."""

    @property
    def data_type(self) -> str:
        """Letter of openpyxl: `f` formula, `e` error."""

    @property
    def number_format(self) -> str | None:
        """Format code."""

    @property
    def column(self) -> int:
        """Counted from 1."""


@dataclass
class Spoken:
    """Which columns held cells that had to be turned into text, by kind."""

    columns: dict[str, Counter[int]] = field(default_factory=dict)

    def add(self, kind: str, position: int) -> None:
        """Count one cell."""
        self.columns.setdefault(kind, Counter())[position] += 1

    def notes(self) -> list[str]:
        """Give one sentence a kind."""
        return [
            f"{kind}: {counted(sum(found.values()), 'cell')} in column {listed([letter(p) for p in found])}."
            for kind, found in self.columns.items()
        ]


def cell_text(cell: SheetCell, spoken: Spoken) -> str:
    """Give a cell of openpyxl as text.

    Whole numbers without a point, other numbers with at most 15 digits (as Excel shows them), percentages
    with their sign, dates as `YYYY-MM-DD` and times as `YYYY-MM-DD HH:MM:SS`, truth values as `TRUE`/`FALSE`.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, bool):
        return str(value).upper()
    position = cell.column - 1
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format or "", position, spoken)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        spoken.add(MOMENTS, position)
        return moment_text(value, cell.number_format or "")
    return str(value)


def unescaped(text: str) -> str:
    """Give the text of a workbook with signs such as `_x000D_` written out."""
    return _ESCAPE.sub(_sign, text) if "_x" in text else text


def _sign(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def _number_text(value: float, pattern: str, position: int, spoken: Spoken) -> str:
    if "%" in _QUOTED.sub("", pattern):
        spoken.add("Percentages given with their sign", position)
        return f"{plain_number(value * 100)}%"
    if value == int(value) and value >= 0 and _ZEROS.fullmatch(pattern):
        spoken.add("Leading zeros of the number format kept", position)
        return str(int(value)).zfill(len(pattern))
    if abs(value) >= 10**EXACT_DIGITS:
        spoken.add("Numbers longer than 15 digits, of which Excel has lost the end", position)
    return plain_number(value)


def plain_number(value: float) -> str:
    """Give a number as people read it: whole without a point, else at most 15 digits.

    Examples
    --------
    >>> plain_number(7.0), plain_number(0.1 + 0.2)
    ('7', '0.3')
    """
    if abs(value) < 1e300 and value == int(value):
        return str(int(value))
    return format(value, ".15g")


def moment_text(value: dt.datetime | dt.date | dt.time, pattern: str) -> str:
    """Give a date or time of a cell with this format code in ISO form."""
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    whole = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    clock = whole.time() != dt.time() or _CLOCK.search(_QUOTED.sub("", pattern))
    return whole.isoformat(" ") if clock else whole.date().isoformat()

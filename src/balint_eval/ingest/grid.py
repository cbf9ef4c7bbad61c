"""A table of text cells straight from a file, before anyone says which rows are headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from balint_eval.errors import Problem
from balint_eval.ingest.text import is_blank

Record = list[str]

XLS_ROWS = 65_536
XLSX_ROWS = 1_048_576


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All records of one file that hold something.

    Attributes
    ----------
    file : str
        The file as shown to people.
    records : sequence of list of str
        Header records first; records with nothing in them are left out. Packed by column where all have one
        width (`packed.PackedRecords`).
    lines : list of int
        Physical line (or sheet row) on which each record starts.
    delimiter, encoding : str
    spreadsheet : bool
    notes : tuple of str
    problems : tuple of Problem
        What is wrong with the shape; the records are then only good for looking for further problems.
    """

    file: str
    records: Sequence[Record]
    lines: list[int]
    delimiter: str = ""
    encoding: str = "utf-8"
    spreadsheet: bool = False
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def header(self) -> Record:
        """The first record, empty where there is none."""
        return self.records[0] if len(self.records) else []


def letter(position: int) -> str:
    """Give the spreadsheet letter of a column, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    count = position + 1
    while count:
        count, rest = divmod(count - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def escaped(text: str, limit: int = 40) -> str:
    """Give a text with everything invisible or unprintable as its code point, cut after `limit`."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def column_shown(name: str, position: int) -> str:
    """Give a column as people find it: name and letter, such as `teq_03 (D)`."""
    return f"{escaped(name)} ({letter(position)})" if not is_blank(name) else letter(position)


def blank_record(record: Sequence[str]) -> bool:
    """Tell whether a record holds nothing, or only delimiters and white space."""
    return not any(record) or all(is_blank(cell) for cell in record)


def listed(items: Sequence[object], limit: int = 10) -> str:
    """Give the items with commas, cut after `limit` with the total."""
    text = ", ".join(str(item) for item in items[:limit])
    return text if len(items) <= limit else f"{text} and {len(items) - limit} more"


def limit_problem(code: str, limit: int, file: str) -> Problem:
    """Give the problem of a table that has exactly as many rows as its format can hold."""
    what = f"the table has exactly {limit} rows, the most the format can hold: it is likely cut off"
    return Problem(code, what, "export CSV from the survey platform", file)


def counted(number: int, singular: str, plural: str = "") -> str:
    """Give a number with its noun: `1 row`, `2 rows`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"

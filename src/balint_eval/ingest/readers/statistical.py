"""SPSS (.sav, .zsav) and Stata (.dta) files: values as text, labels beside them, declared missing values said.

The bytes are read by pyreadstat (ReadStat) in a process of its own, because damaged files crash its C code; its
own names stop in this file.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.cell_text import EXACT_DIGITS, plain_number
from balint_eval.ingest.grid import Grid, counted, escaped, letter, listed
from balint_eval.ingest.packed import packed_records
from balint_eval.ingest.readers import readstat_child
from balint_eval.ingest.readers.layout import Layout
from balint_eval.ingest.readers.moments import spss_moment, stata_moment
from balint_eval.ingest.source import CELLS_AT_MOST, UNPACKED_AT_MOST

MEMORY_AT_MOST = 6 << 30
SECONDS_AT_MOST = 60.0
STATA_UNICODE = 118
"""Release of the dta format from which texts are UTF-8; older files do not say their encoding."""

_SPSS = re.compile(rb"\$FL[23]")
_STATA_TAGGED = re.compile(rb"<stata_dta><header><release>(\d{3})")
_STATA_BINARY = re.compile(rb"[\x69-\x73][\x01\x02]\x01")
_SPSS_ENCODING = (b"\x07\0\0\0\x14\0\0\0\x01\0\0\0", b"\0\0\0\x07\0\0\0\x14\0\0\0\x01")
_SPSS_CODE_PAGE = (b"\x07\0\0\0\x03\0\0\0\x04\0\0\0\x08\0\0\0", b"\0\0\0\x07\0\0\0\x03\0\0\0\x04\0\0\0\x08")
_TEXTLESS_CODE_PAGES = (0, 2, 3)
"""Code pages that SPSS writes when it does not say one: none, 7-bit and "8-bit ASCII"."""
_ZERO_FILLED = re.compile(r"N(\d+)")

Value = float | int | str | None


@dataclass(frozen=True, kw_only=True)
class About:
    """What pyreadstat says beside the values, under its own names (`readstat_child.PLAIN` and value labels)."""

    column_names: list[str]
    column_labels: list[str | None]
    file_encoding: str | None
    number_rows: int | None
    number_columns: int | None
    variable_value_labels: dict[str, dict[Any, str]]
    original_variable_types: dict[str, str | None]
    readstat_variable_types: dict[str, str]
    variable_storage_width: dict[str, int]
    missing_ranges: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A table and what its own file says of its columns.

    Attributes
    ----------
    grid : Grid
        Names on line 0, since no row of the file holds them; cases are counted from 1.
    labels : mapping of column to question text
    choices : mapping of column to a mapping of code to label
    notes : tuple of str
    """

    grid: Grid
    labels: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...]

    def arranged(self, layout: Layout) -> Layout:
        """Give what a platform's reader says of the grid, names and labels as the file has them."""
        return replace(
            layout,
            names=list(self.grid.header),
            header_rows=1,
            labels={**layout.labels, **self.labels},
            choices={**layout.choices, **self.choices},
        )


def kind_of(content: bytes) -> str:
    """Tell an SPSS or a Stata file by its first bytes, `""` for anything else."""
    if _SPSS.match(content):
        return "SPSS"
    return "Stata" if _STATA_TAGGED.match(content) or _STATA_BINARY.match(content) else ""


def read_statistical(content: bytes, *, file: str, encoding: str = "") -> Explained:
    """Read an SPSS or Stata file.

    Parameters
    ----------
    content : bytes
    file : str
        As shown to people.
    encoding : str
        Declared; overrides what the file says, and is needed for an old file that says nothing and has other
        letters than ASCII.

    Returns
    -------
    Explained
        Numbers without float noise, dates in ISO form, system-missing values and declared missing values `""`;
        the latter are counted in a note with their labels.

    Raises
    ------
    DataError
        IN-STATFILE (damaged or cut off), IN-BOMB, IN-ENCODING.
    """
    kind = kind_of(content)
    values, about = _parsed(content, kind, file, encoding)
    _refuse_cut(values, about, kind, file)
    _refuse_unsaid_encoding(content, kind, file, encoding, values, about)
    names = about.column_names
    columns = [_column(name, column, about) for name, column in zip(names, values, strict=True)]
    rows = [list(row) for row in zip(*(column.cells for column in columns), strict=True)]
    used = codecs.lookup(encoding).name if encoding else (about.file_encoding or "utf-8").casefold()
    grid = Grid(
        file=file,
        records=packed_records([names, *rows], len(names)) if names else [],
        lines=list(range(len(rows) + 1)) if names else [],
        encoding=used,
    )
    said = f"Read as {'an' if kind == 'SPSS' else 'a'} {kind} file; rows are its cases, counted from 1."
    return Explained(
        grid=grid,
        labels={name: text for name, text in zip(names, about.column_labels, strict=True) if text},
        choices=_choices(about),
        notes=(said, *_missing_notes(columns), *_long_notes(columns), *_moment_notes(columns)),
    )


def _parsed(content: bytes, kind: str, file: str, encoding: str) -> tuple[list[list[Value]], About]:
    wishes = {
        "kind": kind,
        "encoding": _known_encoding(encoding, file),
        "bytes": UNPACKED_AT_MOST,
        "cells": CELLS_AT_MOST,
        "memory": MEMORY_AT_MOST,
    }
    given = json.dumps(wishes).encode() + b"\n" + content
    seconds = SECONDS_AT_MOST + len(content) / (1 << 20)
    try:
        ran = subprocess.run(
            [sys.executable, "-P", readstat_child.__file__],
            input=given,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        answer = json.loads(ran.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise DataError(_damaged(kind, file)) from None
    if error := answer.get("error"):
        unsuited = "UnicodeDecodeError" in error or "convert string" in error.casefold()
        raise DataError(_undecodable(file) if unsuited else _damaged(kind, file))
    about = _about(answer["about"])
    if answer["columns"] is None:
        raise DataError(_too_large(about, file))
    return answer["columns"], about


def _known_encoding(declared: str, file: str) -> str | None:
    try:
        return codecs.lookup(declared).name.upper() if declared else None
    except LookupError:
        what = f"the declared encoding '{escaped(declared)}' is not known"
        raise DataError(Problem("IN-ENCODING", what, "use one of utf-8, cp1252, cp1256", file)) from None


def _about(found: dict[str, Any]) -> About:
    labels = {
        name: {value: str(text) for value, text in pairs} for name, pairs in found["variable_value_labels"].items()
    }
    return About(**{**found, "variable_value_labels": labels})


def _damaged(kind: str, file: str) -> Problem:
    what = f"this begins like a file of {kind} and cannot be read as one: it is damaged or cut off"
    return Problem("IN-STATFILE", what, "copy or save it again, or export CSV", file)


def _undecodable(file: str) -> Problem:
    what = "the texts of the file are not in the encoding it names (or that is declared)"
    return Problem("IN-ENCODING", what, "say how it was saved, such as `encoding: cp1256`, or save it as UTF-8", file)


def _too_large(about: About, file: str) -> Problem:
    size = f"{about.number_rows} rows of {counted(about.number_columns or 0, 'column')}"
    what = f"the file says it holds {size}, which would not fit into memory"
    return Problem("IN-BOMB", what, "export CSV in parts", file)


def _refuse_cut(values: Sequence[Sequence[Value]], about: About, kind: str, file: str) -> None:
    found = {len(column) for column in values}
    if len(found) > 1 or (about.number_rows not in (None, -1) and found and found != {about.number_rows}):
        raise DataError(_damaged(kind, file))


def _refuse_unsaid_encoding(
    content: bytes, kind: str, file: str, declared: str, values: Sequence[Sequence[Value]], about: About
) -> None:
    """Ask for the encoding of an old file that does not say it, once it matters."""
    if declared or _says_encoding(content, kind):
        return
    texts = [cell for column in values for cell in {*column} if isinstance(cell, str)]
    texts += [str(text) for text in about.column_labels if text]
    texts += [str(label) for labels in about.variable_value_labels.values() for label in labels.values()]
    if all(text.isascii() for text in texts):
        return
    what = f"this old {kind} file does not say its encoding, and it has letters that are not ASCII"
    mend = "say how it was saved: `encoding: cp1252` or, for Persian, `encoding: cp1256`; or save it as UTF-8"
    raise DataError(Problem("IN-ENCODING", what, mend, file))


def _says_encoding(content: bytes, kind: str) -> bool:
    if kind == "Stata":
        release = _STATA_TAGGED.match(content)
        return release is not None and int(release[1]) >= STATA_UNICODE
    if any(mark in content for mark in _SPSS_ENCODING):
        return True
    for mark, order in zip(_SPSS_CODE_PAGE, ("little", "big"), strict=True):
        at = content.find(mark)
        if at >= 0:
            start = at + len(mark) + 7 * 4
            return int.from_bytes(content[start : start + 4], order) not in _TEXTLESS_CODE_PAGES  # type: ignore[arg-type]
    return False


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    cells: list[str]
    missing: Counter[str]
    """Declared missing values by code and label."""
    long: bool
    moments: bool


def _column(name: str, values: Sequence[Value], about: About) -> _Column:
    """Turn one column into text; each distinct value is asked once."""
    spoken = _speaker(name, about)
    labels = about.variable_value_labels.get(name, {})
    counts = Counter(values)
    texts = {value: "" if value is None else spoken(value) for value in counts}
    missing: Counter[str] = Counter()
    for value, number in counts.items():
        if value is not None and _is_missing(name, value, about):
            label = f" = {escaped(str(labels[value]), 30)}" if value in labels else ""
            missing[f"{_code(name, value, about)}{label}"] += number
            texts[value] = ""
    numbers = [value for value in counts if isinstance(value, int | float) and texts[value]]
    form = str(about.original_variable_types.get(name) or "")
    moments = any(spss_moment(form, value) or stata_moment(form, value) for value in numbers[:1])
    return _Column(
        name=name,
        cells=[texts[value] for value in values],
        missing=missing,
        long=not moments and any(abs(value) >= 10**EXACT_DIGITS for value in numbers),
        moments=moments,
    )


def _code(name: str, value: Value, about: About) -> str:
    """Give a missing value as its program writes it: 9, or .a in Stata."""
    if isinstance(value, str):
        return f".{value}" if about.readstat_variable_types.get(name) != "string" else escaped(value, 20)
    return plain_number(float(value or 0))


def _is_missing(name: str, value: Value, about: About) -> bool:
    if isinstance(value, str) and about.readstat_variable_types.get(name) != "string":
        return True  # Stata's .a to .z stand as letters among numbers
    for span in about.missing_ranges.get(name, ()):
        low, high = span["lo"], span["hi"]
        if isinstance(value, str) == isinstance(low, str) and low <= value <= high:
            return True
    return False


def _speaker(name: str, about: About) -> Callable[[Any], str]:
    """Give the function that says a value of a column, by the column's format."""
    form = str(about.original_variable_types.get(name) or "")
    storage = about.readstat_variable_types.get(name)
    zeros = _ZERO_FILLED.fullmatch(form)

    def say(value: float | str) -> str:
        if isinstance(value, str):
            return value
        if math.isnan(value):
            return ""
        if moment := spss_moment(form, value) or stata_moment(form, value):
            return moment
        if zeros and value >= 0 and value == int(value):
            return str(int(value)).zfill(int(zeros[1]))
        if storage == "float" and value != int(value):
            return format(value, ".7g")
        return f"{plain_number(value)}{'%' if form.startswith('PCT') else ''}"

    return say


def _choices(about: About) -> dict[str, dict[str, str]]:
    """Give the value labels with the codes as the cells write them; declared missing values have no choice."""
    found = {}
    for name, labels in about.variable_value_labels.items():
        say = _speaker(str(name), about)
        codes = {say(value): str(label) for value, label in labels.items() if not _is_missing(name, value, about)}
        if codes:
            found[str(name)] = codes
    return found


def _missing_notes(columns: Sequence[_Column]) -> list[str]:
    with_missing = [column for column in columns if column.missing]
    if not with_missing:
        return []
    number = sum(column.missing.total() for column in with_missing)
    said = [f"{escaped(column.name, 30)}: {_times(column.missing)}" for column in with_missing]
    return [f"Values the file declares as missing count as no answer, {counted(number, 'cell')}: {listed(said)}."]


def _times(missing: Counter[str]) -> str:
    return ", ".join(f"{code} ({times})" for code, times in sorted(missing.items()))


def _long_notes(columns: Sequence[_Column]) -> list[str]:
    long = [letter(at) for at, column in enumerate(columns) if column.long]
    what = "Numbers longer than 15 digits, of which the file may have lost the end, stand in column"
    return [f"{what} {listed(long)}."] if long else []


def _moment_notes(columns: Sequence[_Column]) -> list[str]:
    dated = [letter(at) for at, column in enumerate(columns) if column.moments]
    return [f"Dates and times given in ISO form in column {listed(dated)}."] if dated else []

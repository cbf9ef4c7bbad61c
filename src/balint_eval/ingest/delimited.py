"""A strict reader of delimited text: the rules of the `csv` module, every cell text, every fault placed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from balint_eval.errors import Problem, masked
from balint_eval.ingest.control import control_notes, control_problems, has_control
from balint_eval.ingest.delimiter import settled_delimiter, without_sep_line
from balint_eval.ingest.grid import Grid, Record, blank_record, counted, letter, listed
from balint_eval.ingest.packed import (
    BATCH,
    Packing,
    Records,
    column_of,
    widths_of,
    with_first,
    without_collection,
    without_column,
)
from balint_eval.ingest.text import is_blank

CELL_AT_MOST = (1 << 31) - 1
PIECE = 1 << 16

_MASK = re.compile(r"'[=+@-]")
_CLOSED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass
class _Parsed:
    packing: Packing
    lines: list[int] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    blank: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_delimited(text: str, *, file: str, delimiter: str = "", prefer: str = "", header: Sequence[str] = ()) -> Grid:
    """Split a text into records and cells.

    Parameters
    ----------
    text : str
        Decoded, without byte order mark.
    file : str
        As shown to people.
    delimiter : str
        Declared delimiter, or `""` to find it from the header and the first records.
    prefer : str
        Delimiter to take when two fit equally well.
    header : sequence of str
        Names of the columns, where they stand outside the file; a first record that repeats them is taken off.

    Returns
    -------
    Grid
        With `problems` for IN-CONTROL, IN-QUOTE, IN-RAGGED, IN-NEWLINE and IN-DELIM. Rows are physical
        lines: a record with line breaks inside quotes has the line on which it starts.
    """
    body, skipped, mark = without_sep_line(text)
    notes = [f"The first line `sep={mark}` was skipped; rows are still counted from it."] if mark else []
    used, problems = settled_delimiter(body, delimiter or mark, prefer, file)
    misread = bool(problems)
    with _long_cells(), without_collection():
        parsed = _parse(body, used, skipped, file)
    records = _with_header(parsed, list(header))
    problems += [*parsed.problems, *_newline_problems(parsed.ends, file)]
    controlled = has_control(body)
    if controlled:
        problems += control_problems(records, parsed.lines, file) or _outside(body, file)
    notes += [*_newline_notes(parsed.ends), *blank_notes(parsed.blank), *_unmask(body, records)]
    notes += control_notes(records, parsed.lines) if controlled else []
    records, dropped = drop_empty_last(records)
    notes += dropped
    problems = problems[:1] if misread else [*problems, *_ragged_problems(records, parsed.lines, file)]
    return Grid(
        file=file,
        records=records,
        lines=parsed.lines,
        delimiter=used,
        notes=tuple(notes),
        problems=tuple(problems),
    )


def _with_header(parsed: _Parsed, header: Record) -> Records:
    """Put names from outside the file above its records, on line 0, or in place of a first record of names."""
    records = parsed.packing.records()
    if not header or not len(records):
        return records
    same = [a.casefold() == b.casefold() for a, b in zip(records[0], header, strict=False)]
    # Only in a header is a cell called like its own column; LimeSurvey may give questions other names there.
    if same[0] or sum(same) > 1:
        return with_first(header, records[1:])
    parsed.lines.insert(0, 0)
    return with_first(header, records)


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(CELL_AT_MOST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _physical_lines(body: str) -> Iterator[str]:
    """Give the lines with their ends; LF, CRLF and CR alone each end one."""
    start = 0
    while start < len(body):
        end = body.find("\n", start + PIECE) + 1 or len(body)
        yield from io.StringIO(body[start:end], newline="")
        start = end


def _parse(body: str, delimiter: str, skipped: int, file: str) -> _Parsed:
    parsed = _Parsed(Packing(body.count("\n") + body.count("\r") + 1))
    read = _read_quoted if '"' in body else _read_unquoted
    read(parsed, body, delimiter, skipped + 1, file)
    return parsed


def _read_unquoted(parsed: _Parsed, body: str, delimiter: str, start: int, _: str) -> None:
    """Read a text without any quotation mark, where each line is a record."""
    pairs = body.count("\r\n") if "\r" in body else 0
    parsed.ends += Counter(CRLF=pairs, LF=body.count("\n") - pairs, CR=body.count("\r") - pairs)
    reader = csv.reader(_physical_lines(body), delimiter=delimiter, strict=True)
    while batch := list(islice(reader, BATCH)):
        _keep(parsed, batch, range(start, start + len(batch)))
        start += len(batch)


class _Lines:
    """Lines of a text one by one, remembering those of the current record."""

    def __init__(self, body: str) -> None:
        self._stream = _physical_lines(body)
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self.record.append(line)
        return line


def _read_quoted(parsed: _Parsed, body: str, delimiter: str, start: int, file: str) -> None:
    """Read record by record, each with its raw lines, so that a fault of its quotation marks is placed."""
    lines = _Lines(body)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    batch: list[Record] = []
    starts: list[int] = []
    try:
        for record in reader:
            batch.append(record)
            starts.append(start)
            raw = lines.record[0] if len(lines.record) == 1 else "".join(lines.record)
            if '"' in raw and '"' in "".join(record):
                parsed.problems += _stray_quote(raw, delimiter, start, file)
            parsed.ends[_line_end(raw)] += 1
            start += len(lines.record)
            lines.record.clear()
            if len(batch) == BATCH:
                _keep(parsed, batch, starts)
                batch, starts = [], []
    except csv.Error:
        parsed.problems.append(_quote_problem("".join(lines.record), delimiter, start, file))
    _keep(parsed, batch, starts)


def _keep(parsed: _Parsed, batch: list[Record], starts: Sequence[int]) -> None:
    blank = {at for at, record in enumerate(batch) if not (record and record[0].isalnum()) and blank_record(record)}
    if blank:
        parsed.blank += [starts[at] for at in sorted(blank)]
        starts = [start for at, start in enumerate(starts) if at not in blank]
        batch = [record for at, record in enumerate(batch) if at not in blank]
    parsed.packing.add(batch)
    parsed.lines += starts


def _line_end(line: str) -> str:
    return "CRLF" if line.endswith("\r\n") else "LF" if line.endswith("\n") else "CR" if line.endswith("\r") else ""


def _first_bad_cell(raw: str, delimiter: str) -> tuple[int, int] | None:
    """Give column and offset of the first cell whose quotation marks break the rules."""
    cell = re.compile(rf'"[^"]*+(?:""[^"]*+)*+"|[^"{re.escape(delimiter)}\r\n]*+')
    text = raw.rstrip("\r\n")
    column = offset = 0
    while True:
        found = cell.match(text, offset)
        end = found.end() if found else offset
        if end >= len(text):
            return None
        if text[end] != delimiter:
            return column, offset
        column, offset = column + 1, end + 1


def _stray_quote(raw: str, delimiter: str, start: int, file: str) -> list[Problem]:
    return [] if _first_bad_cell(raw, delimiter) is None else [_quote_problem(raw, delimiter, start, file)]


def _quote_problem(raw: str, delimiter: str, start: int, file: str) -> Problem:
    column, offset = _first_bad_cell(raw, delimiter) or (0, 0)
    rest = raw[offset:]
    row = start + len(_LINE_END.findall(raw[:offset]))
    opened = rest.startswith('"') and not _CLOSED.match(rest)
    swallowed = len(_LINE_END.findall(rest))
    what = (
        f"a quotation mark opens here and is not closed; it would swallow {counted(swallowed, 'line')}"
        if opened
        else "a quotation mark stands inside a cell without being doubled"
    )
    mend = "close the cell with a quotation mark and double every one inside it, or export again"
    return Problem("IN-QUOTE", what, mend, file, row, letter(column))


def _newline_problems(ends: Counter[str], file: str) -> list[Problem]:
    if set(ends) - {""} != {"CR"}:
        return []
    what = f"the lines end with CR alone (old Mac), {counted(ends['CR'], 'time')}"
    return [
        Problem(
            "IN-NEWLINE", what, "export again, or save it in a text editor with the line ends of Windows or Unix", file
        )
    ]


def _newline_notes(ends: Counter[str]) -> list[str]:
    kinds = [f"{count} {kind}" for kind, count in sorted(ends.items()) if kind]
    return [f"WARN-NEWLINE: line ends are mixed ({listed(kinds)}); each ends a row."] if len(kinds) > 1 else []


def blank_notes(rows: list[int]) -> list[str]:
    """Say how many rows hold nothing, and which."""
    return [f"{counted(len(rows), 'blank row')} left out: {listed(rows)}."] if rows else []


def _unmask(body: str, records: Records) -> list[str]:
    if not _MASK.search(body):
        return []
    number = 0
    for at, record in enumerate(records):
        if _MASK.search("\n".join(record)) and (masks := sum(1 for cell in record if _MASK.match(cell))):
            records[at] = [cell[1:] if _MASK.match(cell) else cell for cell in record]
            number += masks
    return [f"The masking apostrophe before =, +, - or @ was stripped in {counted(number, 'cell')}."] if number else []


def _outside(body: str, file: str) -> list[Problem]:
    """Give IN-CONTROL for a NUL that stands in no kept record."""
    if "\x00" not in body:
        return []
    row = body.count("\n", 0, body.index("\x00")) + 1
    return [Problem("IN-CONTROL", "the row holds the control character 0x00 (NUL)", "export again", file, row)]


def drop_empty_last(records: Records) -> tuple[Records, list[str]]:
    """Give the records without the last column if it is empty in the header and in every row; say so."""
    widths = widths_of(records)
    if len(records) < 2 or len(widths) != 1 or widths == {1}:
        return records, []
    if not all(map(is_blank, set(column_of(records, -1)))):
        return records, []
    note = "The last column is empty in the header and in every row (trailing delimiter) and was dropped."
    return without_column(records, -1), [note]


def _ragged_problems(records: Sequence[Record], lines: list[int], file: str) -> list[Problem]:
    expected = len(records[0]) if len(records) else 0
    if widths_of(records) <= {expected}:
        return []
    found = set(map(len, records[1:]))
    if len(found) == 1 and len(records) > 2:
        return [_every_row(expected, next(iter(found)), file)]
    rows = zip(lines, records, strict=True)
    return [_ragged(row, record, expected, file) for row, record in rows if len(record) != expected]


def _every_row(expected: int, found: int, file: str) -> Problem:
    apart = abs(found - expected)
    what = f"each row has {counted(apart, 'more cell' if found > expected else 'fewer cell')} than the header"
    at = "each row" if found > expected else "the header"
    mend = f"export again; if a sign that parts cells stands at the end of {at}, take it off"
    return Problem("IN-RAGGED", f"{what} ({found} against {expected})", mend, file)


def _ragged(row: int, record: Record, expected: int, file: str) -> Problem:
    what = f"the row has {counted(len(record), 'cell')}, the header {expected}"
    what += f"; it begins with {masked(record[0])}"
    mend = "put cells that hold the delimiter in quotation marks, or export again"
    return Problem("IN-RAGGED", what, mend, file, row)

"""The one entry: read an export of any platform as text, or refuse it with all its problems."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.errors import DataError, Problem, shown
from balint_eval.ingest.delimited import read_delimited
from balint_eval.ingest.encoding import Decoded, decode
from balint_eval.ingest.grid import Grid, Record, counted, listed
from balint_eval.ingest.opendocument import read_opendocument
from balint_eval.ingest.packed import PackedRecords, column_of, packed_records, without_column
from balint_eval.ingest.parquet import is_parquet, read_parquet
from balint_eval.ingest.readers import qualtrics, redcap
from balint_eval.ingest.readers.checks import header_problems, row_problems
from balint_eval.ingest.readers.layout import Layout, name_problems, normal, renamed_notes
from balint_eval.ingest.readers.platforms import KNOWN, PLATFORMS, recognise, said_of
from balint_eval.ingest.readers.statistical import kind_of, read_statistical
from balint_eval.ingest.readers.syntax_file import Syntax, parse_syntax, with_double_quotes
from balint_eval.ingest.sheet import NORMAL, Sheet
from balint_eval.ingest.source import Source, read_source, refuse_if_changed
from balint_eval.ingest.text import is_blank, tidy_header
from balint_eval.ingest.workbook import read_workbook
from balint_eval.ingest.workbook_guard import is_ole, is_opendocument, is_zip, ole_problem

_LETTER = re.compile(r"(?:^|\()([A-Z]{1,3})\)?$")
_OTHER_FORMATS = {
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<table": "a web page",
    b"<?xml": "an XML file",
    b'{"': "a JSON file",
    b"[{": "a JSON file",
    b"%pdf": "a PDF file",
}


def read_export(
    path: Path,
    *,
    shown_as: str,
    platform: str = "auto",
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
    dictionary: Path | None = None,
    syntax: Path | None = None,
) -> Sheet:
    """Read one export file, every cell as text.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV, any of them packed with gzip, xlsx, ods, SPSS (.sav, .zsav), Stata (.dta), or Parquet with
        the extra `parquet`.
    shown_as : str
        The file as messages name it.
    platform : str
        One of `PLATFORMS`, or `auto` to recognise it by structure.
    sheet : str
        Sheet of a workbook; needed where more than one is visible.
    encoding, delimiter : str
        As declared; `""` takes UTF-8 (and UTF-16 in a `.tsv` of Qualtrics) and the delimiter that fits.
    dictionary : pathlib.Path, optional
        REDCap data dictionary; makes `auto` mean REDCap.
    syntax : pathlib.Path, optional
        SPSS or R syntax file that names the columns of a data file without header.

    Returns
    -------
    Sheet
        The index of `cells` counts physical lines (sheet rows in a workbook), the first line of the file
        being 1; a record with line breaks inside quotes has the line on which it starts.

    Raises
    ------
    DataError
        With all problems of the file at once. Damage that keeps the cells from being read (a missing file,
        a wrong encoding, a zip bomb) comes alone.
    """
    _refuse_unknown(platform, shown_as)
    source = read_source(path, shown_as)
    if kind_of(source.content):
        return _read_statistical(source, platform, encoding, beside=bool(sheet or delimiter or dictionary or syntax))
    spoken = None if syntax is None else read_syntax(syntax)
    grid = _grid(source, platform=platform, sheet=sheet, encoding=encoding, delimiter=delimiter, syntax=spoken)
    notes, grid = _without_row_numbers(grid)
    layout = _explained(_layout(grid, platform, dictionary), spoken)
    problems = _problems(grid, layout)
    refuse_if_changed(source)
    if problems:
        raise DataError(problems)
    said = said_of(layout, platform != "auto", grid)
    return _sheet(source, grid, layout, (*source.notes, *grid.notes, *notes, *said), len(notes))


def _read_statistical(source: Source, platform: str, encoding: str, *, beside: bool) -> Sheet:
    """Read an SPSS or Stata file, which says itself what its columns and codes are."""
    told = read_statistical(source.content, file=source.file, encoding=encoding)
    chosen = platform if platform != "auto" else "qualtrics" if KNOWN["qualtrics"].recognise(told.grid) else "plain"
    layout = told.arranged(_layout(told.grid, chosen, None))
    problems = _problems(told.grid, layout)
    refuse_if_changed(source)
    if problems:
        raise DataError(problems)
    unused = ("The keys sheet, delimiter, dictionary and syntax were not used: the file needs none of them.",)
    said = said_of(layout, platform != "auto", told.grid)
    return _sheet(source, told.grid, layout, (*source.notes, *told.notes, *said, *(unused if beside else ())), None)


def _explained(layout: Layout, syntax: Syntax | None) -> Layout:
    """Add the question texts and value labels of a syntax file."""
    if syntax is None:
        return layout
    note = f"Column names come from the syntax file ({counted(len(syntax.names), 'column')})."
    return replace(
        layout,
        labels={**layout.labels, **syntax.labels},
        choices={**layout.choices, **syntax.choices},
        notes=(*layout.notes, note),
    )


def read_syntax(path: Path) -> Syntax:
    """Read a syntax file.

    Raises
    ------
    DataError
        IN-SYNTAX, or any reason why the file cannot be read.
    """
    source = read_source(path, path.name)
    return parse_syntax(decode(source.content, declared="", file=source.file, accept_utf16=False).text, source.file)


def _refuse_unknown(platform: str, file: str) -> None:
    if platform not in (*PLATFORMS, "auto"):
        what = f"the platform {shown(platform)} is not known"
        raise DataError(Problem("IN-PLATFORM", what, f"use auto or one of {listed(PLATFORMS)}", file))


def _grid(
    source: Source, *, platform: str, sheet: str, encoding: str, delimiter: str, syntax: Syntax | None = None
) -> Grid:
    content, file = source.content, source.file
    if syntax is not None and (is_ole(content) or is_zip(content) or is_parquet(content)):
        kind = "Parquet file" if is_parquet(content) else "workbook"
        what = f"a syntax file is given, and this is a {kind}, which has its names in its own header"
        raise DataError(Problem("IN-SYNTAX", what, "take the key `syntax` away, or name the data file", file))
    if is_ole(content):
        raise DataError(ole_problem(content, file))
    if is_zip(content) and is_opendocument(content):
        return read_opendocument(content, file=file, sheet=sheet)
    if is_zip(content):
        return read_workbook(content, file=file, sheet=sheet)
    ignored = ("The file is not a workbook, so `sheet` was not used.",) if sheet else ()
    if is_parquet(content):
        grid = read_parquet(content, file=file)
        return _with(grid, notes=(*grid.notes, *ignored))
    _refuse_other_format(content, file)
    tabbed = source.path.suffix.casefold() in (".tsv", ".tab")
    decoded = _decoded(source, encoding, platform, tabbed)
    prefer = "\t" if tabbed else ""
    if syntax is not None:
        text, delimiter = with_double_quotes(decoded.text, syntax, file), delimiter or syntax.delimiter
        grid = read_delimited(text, file=file, delimiter=delimiter, header=syntax.names)
    else:
        grid = read_delimited(decoded.text, file=file, delimiter=delimiter, prefer=prefer)
    return _with(grid, encoding=decoded.encoding, notes=(*decoded.notes, *grid.notes, *ignored))


def _decoded(source: Source, encoding: str, platform: str, tabbed: bool) -> Decoded:
    """Decode a text file; UTF-16 without being told only where it is a table of Qualtrics, which writes its TSV so."""
    try:
        accept = tabbed and platform == "qualtrics"
        return decode(source.content, declared=encoding, file=source.file, accept_utf16=accept)
    except DataError:
        if not tabbed or platform != "auto" or encoding:
            raise
        decoded = decode(source.content, declared="", file=source.file, accept_utf16=True)
        if not qualtrics.is_qualtrics(read_delimited(decoded.text, file=source.file, prefer="\t")):
            raise
        return decoded


def _with(grid: Grid, *, notes: tuple[str, ...], encoding: str = "", records: Sequence[Record] | None = None) -> Grid:
    return Grid(
        file=grid.file,
        records=grid.records if records is None else records,
        lines=grid.lines,
        delimiter=grid.delimiter,
        encoding=encoding or grid.encoding,
        spreadsheet=grid.spreadsheet,
        notes=notes,
        problems=grid.problems,
    )


def _refuse_other_format(content: bytes, file: str) -> None:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"application/vnd.oasis.opendocument" in content[:4096] and start.startswith(b"<?xml"):
        what = "this is a flat OpenDocument file (.fods), which is not read"
        raise DataError(Problem("IN-FORMAT", what, "save it as ods, xlsx or CSV", file))
    kind = next((kind for mark, kind in _OTHER_FORMATS.items() if start.startswith(mark)), "")
    if kind:
        what = f"this is {kind}, whatever its name says"
        raise DataError(
            Problem(
                "IN-FORMAT", what, "export the answers as CSV (xlsx, ods, sav, dta and Parquet are read as well)", file
            )
        )


def _without_row_numbers(grid: Grid) -> tuple[tuple[str, ...], Grid]:
    """Take off a first column without name that only counts the rows, as R and pandas write it."""
    if grid.problems or len(grid.header) < 2 or not is_blank(grid.header[0]):
        return (), grid
    numbers = [cell.strip() for cell in column_of(grid.records[1:], 0)]
    if not any(numbers == [str(at + first) for at in range(len(numbers))] for first in (0, 1)) or not numbers:
        return (), grid
    note = "The first column has no name and only counts the rows; it was dropped."
    return (note,), _with(grid, notes=grid.notes, records=without_column(grid.records, 0))


def _layout(grid: Grid, platform: str, dictionary: Path | None) -> Layout:
    chosen = platform if platform != "auto" else "redcap" if dictionary else recognise(grid)
    if dictionary is not None:
        if chosen != "redcap":
            what = f"a dictionary is given, but the platform is {chosen}"
            raise DataError(Problem("IN-PLATFORM", what, "set `platform: redcap`, or take it away", grid.file))
        return redcap.arrange(grid, redcap.parse_dictionary(_dictionary_grid(dictionary)))
    return KNOWN[chosen].arrange(grid)


def _dictionary_grid(path: Path) -> Grid:
    grid = _grid(read_source(path, path.name), platform="plain", sheet="", encoding="", delimiter="")
    if grid.problems:
        raise DataError(grid.problems)
    return grid


def read_dictionary(path: Path) -> redcap.Dictionary:
    """Read a REDCap data dictionary file.

    Raises
    ------
    DataError
        IN-DICTIONARY, or any reason why the file cannot be read.
    """
    found = redcap.parse_dictionary(_dictionary_grid(path))
    if found.problems:
        raise DataError(found.problems)
    return found


def _problems(grid: Grid, layout: Layout) -> list[Problem]:
    if redcap.is_dictionary(grid):
        what = "this is a REDCap data dictionary, not answers"
        return [Problem("IN-DICTIONARY", what, "give the data file; name this one as `dictionary:`", grid.file)]
    if any(problem.code == "IN-DELIM" for problem in grid.problems):
        return list(grid.problems)
    found = [*grid.problems, *layout.problems]
    if not grid.records:
        return found or row_problems(grid, layout)
    first_row = header_problems(grid, layout) if grid.lines[0] else []
    rows = row_problems(grid, layout)
    if any(problem.code == "HD-NONE" for problem in first_row):
        # What stands in the first row belongs to a person: columns are told by their letters.
        told = [replace(one, column=_letter_alone(one.column)) for one in found]
        return [*first_row, *told, *rows]
    first_row, names = ([] if found else first_row), layout.names
    if any(problem.code == "IN-QUOTE" for problem in found):
        rows = [problem for problem in rows if problem.code != "IN-NOROWS"]
    return [*found, *first_row, *name_problems(names, grid.file, grid.lines[0]), *rows]


def _joined(cells: pd.DataFrame, options: Sequence[str]) -> list[str]:
    """Give the one filled cell of each row, `""` where none is."""
    return ["".join(row) for row in zip(*(cells[option] for option in options), strict=True)]


def _letter_alone(column: str) -> str:
    found = _LETTER.search(column)
    return found[1] if found else ""


def _sheet(source: Source, grid: Grid, layout: Layout, notes: tuple[str, ...], first_letter: int | None = 0) -> Sheet:
    names = [tidy_header(name) for name in layout.names]
    people = grid.records[layout.header_rows :]
    index = pd.Index(grid.lines[layout.header_rows :], name="row")
    recoded = [layout.recoded.get(name, {}) for name in names]
    cells = pd.DataFrame(_understood(people, recoded), index=index, columns=names, dtype=object, copy=False)
    joined = {question: tuple(names[at] for at in places) for question, places in layout.joined.items()}
    cells = cells.assign(**{question: _joined(cells, options) for question, options in joined.items()})
    status = pd.Series(_statuses(layout, people), index=index, dtype=object, name="status")
    return Sheet(
        file=source.file,
        platform=layout.platform,
        cells=cells,
        status=status,
        labels=layout.labels,
        keys=layout.keys,
        choices=layout.choices,
        started=layout.started,
        ended=layout.ended,
        time_zone=layout.time_zone,
        first_letter=first_letter,
        joined=joined,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        header_rows=layout.header_rows if grid.lines[:1] != [0] else 0,
        sha256=source.sha256,
        n_bytes=source.n_bytes,
        notes=(*notes, *layout.notes, *renamed_notes(layout.names, names), *_status_notes(status)),
    )


def _understood(people: Sequence[Record], recoded: Sequence[Mapping[str, str]]) -> NDArray[np.object_]:
    """Give the cells, shape (people, columns), recoded as the platform says and white space alone as `""`."""
    packed = people if isinstance(people, PackedRecords) else packed_records(people, len(recoded))
    changed = [at for at, codes in enumerate(recoded) if codes or at in packed.white]
    columns = packed.columns.copy() if changed else packed.columns
    for position in changed:
        cells = columns[position].tolist()
        changes = {cell: "" for cell in set(cells) if cell and is_blank(cell)} | dict(recoded[position])
        columns[position] = [changes.get(cell, cell) for cell in cells]
    return columns.T


def _statuses(layout: Layout, people: Sequence[Record]) -> list[str]:
    return [NORMAL] * len(people) if layout.reason is normal else [layout.reason(record) for record in people]


def _status_notes(status: pd.Series[str]) -> list[str]:
    counts = {str(reason): int(number) for reason, number in status[status != ""].value_counts().items()}
    said = [f"{counted(number, 'response')} {reason.replace('_', ' ')}" for reason, number in sorted(counts.items())]
    return [f"Of {counted(len(status), 'response')}: {listed(said)}."] if said else []

"""One sheet of an xlsx file as text cells, with everything Excel hides brought to light."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from balint_eval.errors import BalintError, DataError, Problem
from balint_eval.ingest.cell_text import cell_text
from balint_eval.ingest.grid import XLSX_ROWS, Grid, letter, limit_problem
from balint_eval.ingest.plain_sheet import plain_cells
from balint_eval.ingest.sheet_markup import NotPlain
from balint_eval.ingest.sheet_rules import (
    Hidden,
    SheetRead,
    choose_sheet,
    formula_problem,
    is_marked,
    keep_row,
    sheet_grid,
    unreadable,
)
from balint_eval.ingest.workbook_guard import open_guarded, read_part

if TYPE_CHECKING:
    from openpyxl import Workbook

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)\"")
_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_NUMBER = re.compile(rb"(?:^|\s)r=\"([0-9]+)\"")
_MINIMUM = re.compile(rb"\bmin=\"([0-9]+)\"")


def read_workbook(content: bytes, *, file: str, sheet: str = "") -> Grid:
    """Read one visible sheet.

    Parameters
    ----------
    content : bytes
    file : str
        As shown to people.
    sheet : str
        Name of the sheet; may be `""` only where one sheet is visible.

    Returns
    -------
    Grid
        `lines` are sheet rows. `problems` hold IN-FORMULA, IN-HEADERROWS and IN-HIDDEN.

    Raises
    ------
    DataError
        IN-BOMB, IN-ZIPSLIP, IN-XML, IN-XLSX and IN-SHEET, before any cell is read.
    """
    with open_guarded(content, file) as archive:
        try:
            return _read(content, archive, file, sheet)
        except BalintError:
            raise
        except Exception as error:
            raise DataError(unreadable(error, file)) from None


def sheet_names(content: bytes, *, file: str) -> list[str]:
    """Give the names of all sheets, hidden ones too, in their order.

    Raises
    ------
    DataError
        IN-BOMB, IN-ZIPSLIP, IN-XML and IN-XLSX.
    """
    with open_guarded(content, file), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = _opened(content)
        except Exception as error:
            raise DataError(unreadable(error, file)) from None
        names = list(book.sheetnames)
        book.close()
    return names


def _read(content: bytes, archive: zipfile.ZipFile, file: str, sheet: str) -> Grid:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _opened(content)
        chosen, notes = _chosen_sheet(book, sheet, file)
        markup = read_part(archive, chosen._worksheet_path, file)
        _refuse_full(markup, file)
        try:
            read = plain_cells(markup, chosen, file)
        except NotPlain:
            read = _cells(chosen.iter_rows(), file)
        book.close()
    hidden = Hidden(_hidden_rows(markup), _hidden_columns(markup), _merged(markup))
    return sheet_grid(read, hidden, notes, file)


def _opened(content: bytes) -> Workbook:
    """Open a workbook as `openpyxl.load_workbook(read_only=True)` does, without its search for the sheets' sizes.

    The sizes that files state are often wrong, and where a file states none openpyxl reads the whole sheet for it.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    class Unsized(ReadOnlyWorksheet):
        def _get_size(self) -> None:
            self.reset_dimensions()

    class Reader(ExcelReader):
        def read_worksheets(self) -> None:
            for sheet, place in self.parser.find_sheets():
                if place.target in self.valid_files and "chartsheet" not in place.Type:
                    found = Unsized(self.wb, sheet.name, place.target, self.shared_strings)
                    found.sheet_state = sheet.state or "visible"
                    self.wb._sheets.append(found)  # type: ignore[attr-defined]

    reader = Reader(io.BytesIO(content), read_only=True, keep_links=False)
    reader.read()
    return reader.wb


def _refuse_full(markup: bytes, file: str) -> None:
    """Refuse a sheet with all the rows Excel has before its cells are read."""
    if markup.count(b"row") >= XLSX_ROWS and sum(1 for _ in _ROW.finditer(markup)) >= XLSX_ROWS:
        raise DataError(limit_problem("IN-XLSXLIMIT", XLSX_ROWS, file))


def _chosen_sheet(book: Workbook, sheet: str, file: str) -> tuple[Any, list[str]]:
    sheets = {found.title: found for found in book.worksheets}
    name, notes = choose_sheet({name: found.sheet_state == "visible" for name, found in sheets.items()}, sheet, file)
    return sheets[name], notes


def _cells(rows: Iterator[tuple[Any, ...]], file: str) -> SheetRead:
    read = SheetRead()
    for number, row in enumerate(rows, start=1):
        record = [cell_text(cell, read.spoken) for cell in row]
        read.problems += _formula_problems(row, number, read, file)
        keep_row(read, record, number)
    return read


def _formula_problems(row: tuple[Any, ...], number: int, read: SheetRead, file: str) -> list[Problem]:
    marked = [(at, cell) for at, cell in enumerate(row) if is_marked(cell)]
    header = read.records[0] if read.records else []
    return [formula_problem(at, cell, number, header, file) for at, cell in marked]


def _merged(markup: bytes) -> list[tuple[int, str]]:
    ranges = _MERGED.finditer(markup) if b"mergeCell" in markup else ()
    corners = [tuple(part.decode() for part in found.groups()) for found in ranges]
    return [(int(top), f"{left}{top}:{right}{bottom}") for left, top, right, bottom in corners]


def _hidden_rows(markup: bytes) -> list[int]:
    hidden: list[int] = []
    rows = _ROW.finditer(markup) if b"hidden=" in markup else ()
    for count, found in enumerate(rows, start=1):
        if _HIDDEN.search(found[1]):
            number = _NUMBER.search(found[1])
            hidden.append(int(number[1]) if number else count)
    return hidden


def _hidden_columns(markup: bytes) -> list[str]:
    columns = _COLUMN.finditer(markup) if b"hidden=" in markup else ()
    hidden = [found[1] for found in columns if _HIDDEN.search(found[1])]
    return [letter(int(number[1]) - 1) for text in hidden if (number := _MINIMUM.search(text))]

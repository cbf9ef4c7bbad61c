"""One sheet of an OpenDocument file (.ods) as text cells, as strictly as an xlsx file.

Repeated rows and cells are counted before they are written out: a sheet padded with a million blank rows costs
nothing, and one padded with filled cells is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import ParseError

from balint_eval.errors import BalintError, DataError, Problem
from balint_eval.ingest.cell_text import Spoken, cell_text
from balint_eval.ingest.grid import XLSX_ROWS, Grid, Record, blank_record, escaped, letter
from balint_eval.ingest.opendocument_cell import OFFICE, SHOWN_TYPE, TABLE, Styles, read_cell, said_in
from balint_eval.ingest.plain_opendocument import CutDocument, cut
from balint_eval.ingest.sheet_markup import NotPlain
from balint_eval.ingest.sheet_rules import (
    Hidden,
    SheetRead,
    choose_sheet,
    formula_problem,
    keep_row,
    sheet_grid,
    unreadable,
)
from balint_eval.ingest.source import CELLS_AT_MOST
from balint_eval.ingest.workbook_guard import open_guarded, read_part

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

COLUMNS = 16_384

_SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
_CONTENT, _STYLES, _MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
_SIMPLE = {f"{OFFICE}value-type", f"{OFFICE}value", f"{TABLE}style-name", SHOWN_TYPE}
_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_ROW_GROUPS = (f"{TABLE}table-row-group", f"{TABLE}table-rows", f"{TABLE}table-header-rows")

Cell: TypeAlias = "Element | str | _Number"
"""A cell of a row: text and numbers that stand alone have forms of their own."""


@dataclass(frozen=True)
class _Number:
    """A cell that holds a number and nothing else, and its text in each style."""

    element: Element
    style: str
    said: dict[str, str] = field(default_factory=dict)


@dataclass
class _Table:
    """The sheet while it is read."""

    file: str
    styles: Styles
    read: SheetRead = field(default_factory=SheetRead)
    column_styles: list[str] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)
    next_row: int = 1
    next_blank: int = 1
    cells: int = 0

    def add_column(self, column: Element) -> None:
        """Take the format of columns, which cells without a format of their own have."""
        at, number = len(self.column_styles), _repeated(column, "columns")
        if _is_hidden(column) and at < COLUMNS:
            self.hidden_columns.append(at)
        style = column.get(f"{TABLE}default-cell-style-name", "")
        self.column_styles += [style] * min(number, COLUMNS - at)

    def add_row(self, row: Element, cells: Iterable[Cell], *, hidden: bool) -> None:
        """Take a row as often as it is repeated; blank rows are only counted."""
        number, repeats = self.next_row, _repeated(row, "rows")
        self.next_row += repeats
        record = self._record(row, cells, number)
        if blank_record(record):
            return
        last = number + repeats - 1
        self.cells += len(record) * repeats
        if last > XLSX_ROWS or self.cells > CELLS_AT_MOST:
            raise DataError(_bomb(self.file, number))
        self.read.blank += range(self.next_blank, number)
        self.next_blank = last + 1
        for at in range(number, last + 1):
            keep_row(self.read, list(record), at)
        if hidden:
            self.hidden_rows += range(number, last + 1)

    def _record(self, row: Element, cells: Iterable[Cell], number: int) -> Record:
        record: Record = []
        blank = 0
        row_style = row.get(f"{TABLE}default-cell-style-name", "")
        for element in cells:
            at = len(record) + blank
            if isinstance(element, str):
                text, repeats = element, 1
            elif isinstance(element, _Number):
                text, repeats = self._number(element, row_style, at, number), 1
            elif element.tag in _CELLS:
                repeats = _repeated(element, "columns")
                text = self._text(element, row_style, at, number)
            else:
                continue
            if not text:
                blank += repeats
                continue
            if at + repeats > COLUMNS:
                raise DataError(_bomb(self.file, number))
            record += [""] * blank + [text] * repeats
            blank = 0
        return record

    def _text(self, element: Element, row_style: str, at: int, number: int) -> str:
        """Give the text of a cell and note what is not to be read; a repeated formula is told once."""
        if not element.attrib and not len(element):
            return ""
        self._note_span(element, at, number)
        cell = read_cell(element, self.styles, self._style(element.get(f"{TABLE}style-name") or row_style, at), at)
        if cell.data_type in "fe":
            header = self.read.records[0] if self.read.records else []
            self.read.problems.append(formula_problem(at, cell, number, header, self.file))
        if isinstance(cell.value, str):
            return cell.value
        return cell_text(cell, self.read.spoken)

    def _style(self, name: str, at: int) -> str:
        """Give the style of a cell with this name of a style, or of its column."""
        return name or (self.column_styles[at] if at < len(self.column_styles) else "")

    def _number(self, number: _Number, row_style: str, at: int, row: int) -> str:
        """Give the text of a number, once for each style in which nothing is to be said of it."""
        style = self._style(number.style or row_style, at)
        if style not in number.said:
            spoken = Spoken()
            text = cell_text(read_cell(number.element, self.styles, style, at), spoken)
            if spoken.columns:
                return self._text(number.element, row_style, at, row)
            number.said[style] = text
        return number.said[style]

    def _note_span(self, element: Element, at: int, number: int) -> None:
        wide, high = (int(element.get(f"{TABLE}number-{way}-spanned", "1")) for way in ("columns", "rows"))
        if wide > 1 or high > 1:
            self.merged.append((number, f"{letter(at)}{number}:{letter(at + wide - 1)}{number + high - 1}"))


def read_opendocument(content: bytes, *, file: str, sheet: str = "") -> Grid:
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
        IN-BOMB, IN-ZIPSLIP, IN-XML, IN-XLSX, IN-FORMAT and IN-SHEET.
    """
    with open_guarded(content, file, frozenset((_CONTENT, _STYLES, _MANIFEST))) as archive:
        try:
            _refuse_other_kinds(archive, file)
            return _read(archive, file, sheet)
        except BalintError:
            raise
        except Exception as error:
            raise DataError(unreadable(error, file)) from None


def _refuse_other_kinds(archive: zipfile.ZipFile, file: str) -> None:
    names = archive.namelist()
    if any(element.tag.endswith("}encryption-data") for _, element in _events(archive, _MANIFEST, file)):
        mend = "save it without a password"
        raise DataError(Problem("IN-XLSX", "the workbook is protected with a password", mend, file))
    kind = read_part(archive, "mimetype", file).decode("ascii", "replace").strip() if "mimetype" in names else ""
    if kind and not kind.startswith(_SPREADSHEET):
        what = f"this is no spreadsheet but {escaped(kind, 60)}"
        raise DataError(
            Problem(
                "IN-FORMAT", what, "export the answers as CSV (xlsx, ods, sav, dta and Parquet are read as well)", file
            )
        )


def _events(archive: zipfile.ZipFile, part: str, file: str) -> Iterator[tuple[str, Element]]:
    return _parsed(read_part(archive, part, file))


def _parsed(markup: bytes) -> Iterator[tuple[str, Element]]:
    from defusedxml.ElementTree import iterparse

    return iter(iterparse(io.BytesIO(markup), events=("start", "end"), forbid_dtd=True))


def _read(archive: zipfile.ZipFile, file: str, sheet: str) -> Grid:
    styles = Styles()
    if _STYLES in archive.namelist():
        for event, element in _events(archive, _STYLES, file):
            if event == "end":
                styles.add(element)
    markup = read_part(archive, _CONTENT, file)
    try:
        document = cut(markup)
        sheets, tables = _sheets(_parsed(document.skeleton), styles, file, sheet, _cells_of(document))
    except (NotPlain, DataError, ParseError):
        # The parser alone says what is wrong with a document, and where.
        sheets, tables = _sheets(_parsed(markup), styles, file, sheet, iter)
    chosen, notes = choose_sheet(sheets, sheet, file)
    return _grid(tables[chosen], notes)


def _sheets(
    events: Iterator[tuple[str, Element]],
    styles: Styles,
    file: str,
    sheet: str,
    cells_of: Callable[[Element], Iterable[Cell]],
) -> tuple[dict[str, bool], dict[str, _Table]]:
    found = list(_tables(events, styles, file, sheet, cells_of))
    return {name: visible for name, visible, _ in found}, {name: table for name, _, table in found}


def _cells_of(document: CutDocument) -> Callable[[Element], Iterable[Cell]]:
    """Give a function from a row of the skeleton to its cells."""
    rows, known = document.rows(), _Known(document)

    def cells(row: Element) -> Iterable[Cell]:
        # A row that closes itself has no cell and none to stand in for it.
        return chain.from_iterable(map(known.__getitem__, next(rows))) if len(row) else ()

    return cells


class _Known(dict[bytes, "tuple[Cell, ...]"]):
    """The cells of each distinct markup."""

    def __init__(self, document: CutDocument) -> None:
        super().__init__()
        self.document = document

    def __missing__(self, markup: bytes) -> tuple[Cell, ...]:
        self[markup] = tuple(map(_settled, self.document.elements(markup)))
        return self[markup]


def _settled(element: Element) -> Cell:
    """Give text and numbers by themselves; any other cell as it is: formulas, spans, repeats and dates."""
    kind = element.get(f"{OFFICE}value-type", "")
    if element.tag != _CELLS[0] or element.get(SHOWN_TYPE, kind) != kind or set(element.attrib) - _SIMPLE:
        return element
    if kind == "string":
        return said_in(element)
    return _Number(element, element.get(f"{TABLE}style-name", "")) if kind == "float" else element


def _tables(
    events: Iterator[tuple[str, Element]],
    styles: Styles,
    file: str,
    sheet: str,
    cells_of: Callable[[Element], Iterable[Cell]],
) -> Iterator[tuple[str, bool, _Table]]:
    """Give each sheet with its name and whether it shows; rows are taken of the one that may be asked for."""
    path: list[Element] = []
    table, name, wanted, visible, taken = _Table(file, styles), "", False, False, False
    for event, element in events:
        if event == "start":
            path.append(element)
            if _is_sheet(path):
                name = element.get(f"{TABLE}name", "")
                visible = element.get(f"{TABLE}style-name", "") not in styles.hidden_sheets
                wanted = name == sheet if sheet else visible and not taken
                taken, table = taken or wanted, _Table(file, styles)
            continue
        if _is_sheet(path):
            yield name, visible, table
        path.pop()
        inside = len(path) > 3 and _is_sheet(path[:4]) and all(above.tag in _ROW_GROUPS for above in path[4:])
        if element.tag == f"{TABLE}table-row":
            cells = cells_of(element)
            if wanted and inside:
                table.add_row(element, cells, hidden=any(map(_is_hidden, (element, *path[4:]))))
            if inside:
                path[-1].remove(element)
        elif element.tag == f"{TABLE}table-column" and wanted:
            table.add_column(element)
        elif len(path) == 2 and path[1].tag == f"{OFFICE}automatic-styles":
            styles.add(element)


def _is_sheet(path: list[Element]) -> bool:
    """Tell a sheet from a table inside a cell, a drawing or a link."""
    return len(path) == 4 and path[3].tag == f"{TABLE}table" and path[2].tag == f"{OFFICE}spreadsheet"


def _is_hidden(element: Element) -> bool:
    folded = element.get(f"{TABLE}display") == "false"
    return folded or element.get(f"{TABLE}visibility") in ("collapse", "filter")


def _repeated(element: Element, way: str) -> int:
    number = int(element.get(f"{TABLE}number-{way}-repeated", "1"))
    if number < 1:
        raise ValueError("repeated less than once")
    return number


def _bomb(file: str, row: int) -> Problem:
    what = f"the sheet repeats filled cells beyond {XLSX_ROWS} rows, {COLUMNS} columns or {CELLS_AT_MOST} cells in all"
    return Problem("IN-BOMB", what, "delete the rows and columns beside the table, or export CSV", file, row)


def _grid(table: _Table, notes: list[str]) -> Grid:
    width = max((len(record) for record in table.read.records), default=0)
    columns = [letter(at) for at in table.hidden_columns if at < width]
    return sheet_grid(table.read, Hidden(table.hidden_rows, columns, table.merged), notes, table.file)

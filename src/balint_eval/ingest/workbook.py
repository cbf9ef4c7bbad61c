"""One sheet of an xlsx file as text cells, with everything Excel hides brought to light."""

from __future__ import annotations

import difflib
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from balint_eval.errors import BalintError, DataError, Problem, masked, shown
from balint_eval.ingest.cell_text import SheetCell, Spoken, cell_text
from balint_eval.ingest.control import control_notes, control_problems
from balint_eval.ingest.delimited import blank_notes
from balint_eval.ingest.grid import (
    XLSX_ROWS,
    Grid,
    Record,
    blank_record,
    column_shown,
    counted,
    escaped,
    letter,
    limit_problem,
    listed,
)
from balint_eval.ingest.sheet_markup import NotPlain, element_of, plain_rows, text_of
from balint_eval.ingest.workbook_guard import open_guarded, read_part

if TYPE_CHECKING:
    from openpyxl import Workbook

HEADER_REGION = 3
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)\"")
_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_NUMBER = re.compile(rb"(?:^|\s)r=\"([0-9]+)\"")
_MINIMUM = re.compile(rb"\bmin=\"([0-9]+)\"")


@dataclass
class SheetRead:
    """What the rows of a sheet hold; `records` and `lines` belong together."""

    records: list[Record] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spoken: Spoken = field(default_factory=Spoken)


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


def unreadable(error: Exception, file: str) -> Problem:
    """Give IN-XML or IN-XLSX for whatever a parser raised."""
    if type(error).__module__.startswith("defusedxml"):
        what = "the workbook declares XML entities or refers to something outside itself"
        return Problem("IN-XML", what, "do not use this file; export it again from the platform", file)
    what = f"the workbook cannot be read ({type(error).__name__})"
    return Problem("IN-XLSX", what, "open it in a spreadsheet program and save it as CSV UTF-8", file)


def _read(content: bytes, archive: zipfile.ZipFile, file: str, sheet: str) -> Grid:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _opened(content)
        chosen, notes = _chosen_sheet(book, sheet, file)
        markup = read_part(archive, chosen._worksheet_path, file)
        _refuse_full(markup, file)
        try:
            read = _plain_cells(markup, chosen, file)
        except NotPlain:
            read = _cells(chosen.iter_rows(), file)
        book.close()
    trim(read.records)
    problems = [*_merged_problems(markup, read, file), *_hidden_row_problems(markup, file), *read.problems]
    problems += control_problems(read.records, read.lines, file)
    notes += [*_hidden_column_notes(markup), *blank_notes(read.blank), *read.spoken.notes()]
    notes += control_notes(read.records, read.lines)
    return Grid(
        file=file,
        records=read.records,
        lines=read.lines,
        spreadsheet=True,
        notes=tuple(notes),
        problems=tuple(problems),
    )


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


def choose_sheet(sheets: Mapping[str, bool], sheet: str, file: str) -> tuple[str, list[str]]:
    """Give the name of the sheet to read and what is to be said of hidden ones.

    Parameters
    ----------
    sheets : mapping of sheet name to bool
        Whether it is visible.
    sheet : str
        As asked for, or `""`.
    file : str

    Raises
    ------
    DataError
        IN-SHEET
    """
    visible = [name for name, is_visible in sheets.items() if is_visible]
    hidden = [name for name in sheets if name not in visible]
    notes = [f"Hidden sheets were not read: {listed([shown(n) for n in hidden])}."] if hidden else []
    if sheet in sheets:
        return sheet, [name for name in notes if sheet not in hidden]
    if not sheet and len(visible) == 1:
        return visible[0], notes
    raise DataError(_sheet_problem(sheet, visible, file))


def _sheet_problem(sheet: str, visible: list[str], file: str) -> Problem:
    names = listed([shown(name) for name in visible]) or "none"
    if not sheet:
        what = f"the workbook has {counted(len(visible), 'visible sheet')}: {names}"
        return Problem("IN-SHEET", what, "name the one to read, `sheet: NAME`", file)
    near = difflib.get_close_matches(sheet, visible, 1, 0.5)
    mend = f"did you mean `sheet: {near[0]}`" if near else "name one of them, `sheet: NAME`"
    return Problem("IN-SHEET", f"there is no sheet {shown(sheet)}; visible are {names}", mend, file)


@dataclass
class _Meanings(dict[bytes, str]):
    """What each distinct cell says, asked of openpyxl once; odd ones are kept with what is to be said of them."""

    parser: Any
    sheet: Any
    odd: dict[bytes, tuple[list[str], SheetCell]] = field(default_factory=dict)

    def __missing__(self, markup: bytes) -> str:
        from openpyxl.cell.read_only import ReadOnlyCell

        text = text_of(markup)
        asked = {"row": 1, "column": 1, "value": text, "data_type": "s"}
        asked = self.parser.parse_cell(element_of(markup)) if text is None else asked
        cell = ReadOnlyCell(self.sheet, **asked)
        spoken = Spoken()
        self[markup] = cell_text(cell, spoken)
        if spoken.columns or _is_marked(cell):
            self.odd[markup] = list(spoken.columns), cell
        return self[markup]


def _plain_cells(markup: bytes, chosen: Any, file: str) -> SheetRead:  # noqa: ANN401
    """Read a sheet of the plain form; the same result as `_cells`, many times faster.

    Raises
    ------
    NotPlain
        The sheet has another form.
    """
    rows, frame = plain_rows(markup)
    read = SheetRead()
    meanings = _Meanings(_parser(chosen, b""), chosen)
    last = 0
    for number, columns, cells in rows:
        read.blank += range(last + 1, number)
        last = number
        record = list(map(meanings.__getitem__, cells))
        if columns[-1] >= len(columns):
            spread = [""] * (columns[-1] + 1)
            for at, text in zip(columns, record, strict=True):
                spread[at] = text
            record = spread
        if not meanings.odd.keys().isdisjoint(cells):
            odd = [place for place in zip(columns, cells, strict=True) if place[1] in meanings.odd]
            _note_odd(odd, number, meanings, read, file)
        keep_row(read, record, number)
    read.blank += range(last + 1, _last_row(markup, last) + 1)
    for _ in _parser(chosen, frame()).parse():
        pass
    return read


def _parser(chosen: Any, markup: bytes) -> Any:  # noqa: ANN401
    from openpyxl.worksheet._reader import WorkSheetParser

    book = chosen.parent
    return WorkSheetParser(
        io.BytesIO(markup),
        chosen._shared_strings,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _last_row(markup: bytes, last: int) -> int:
    """Give the number of the last row that the sheet names, with or without cells."""
    ends = markup.rfind(b"<row", 0, markup.find(b"</sheetData>"))
    number = _NUMBER.search(markup[ends + 4 : markup.find(b">", ends)]) if ends >= 0 else None
    return int(number[1]) if number else last


def _note_odd(cells: Iterable[tuple[int, bytes]], number: int, meanings: _Meanings, read: SheetRead, file: str) -> None:
    header = read.records[0] if read.records else []
    for at, markup in cells:
        kinds, cell = meanings.odd[markup]
        for kind in kinds:
            read.spoken.add(kind, at)
        if _is_marked(cell):
            read.problems.append(formula_problem(at, cell, number, header, file))


def _is_marked(cell: SheetCell) -> bool:
    return cell.value is not None and cell.data_type in "fe"


def keep_row(read: SheetRead, record: Record, number: int) -> None:
    """Add a row, or count it as blank."""
    if not (record and record[0].isalnum()) and blank_record(record):
        read.blank.append(number)
    else:
        read.records.append(record)
        read.lines.append(number)


def _cells(rows: Iterator[tuple[Any, ...]], file: str) -> SheetRead:
    read = SheetRead()
    for number, row in enumerate(rows, start=1):
        record = [cell_text(cell, read.spoken) for cell in row]
        read.problems += _formula_problems(row, number, read, file)
        keep_row(read, record, number)
    return read


def _formula_problems(row: tuple[Any, ...], number: int, read: SheetRead, file: str) -> list[Problem]:
    marked = [(at, cell) for at, cell in enumerate(row) if _is_marked(cell)]
    header = read.records[0] if read.records else []
    return [formula_problem(at, cell, number, header, file) for at, cell in marked]


def formula_problem(position: int, cell: SheetCell, number: int, header: Record, file: str) -> Problem:
    """Give IN-FORMULA; the formula may name people and is not shown."""
    address = f"{letter(position)}{number}"
    kind = f"the error {cell.value}" if cell.data_type == "e" else "a formula (not shown)"
    name = header[position] if position < len(header) else ""
    what = f"cell {address} holds {kind}"
    mend = "copy the sheet and paste it as values"
    return Problem("IN-FORMULA", what, mend, file, number, column_shown(name, position))


def trim(records: list[Record]) -> None:
    """Give all records one width, without the blank columns at the right end that formatting leaves."""
    width = max((_filled(record) for record in records), default=0)
    for record in records:
        del record[width:]
        record.extend([""] * (width - len(record)))


def _filled(record: Record) -> int:
    width = len(record)
    while width and not record[width - 1]:
        width -= 1
    return width


def _merged_problems(markup: bytes, read: SheetRead, file: str) -> list[Problem]:
    ranges_found = _MERGED.finditer(markup) if b"mergeCell" in markup else ()
    merged = [tuple(part.decode() for part in found.groups()) for found in ranges_found]
    return merged_problems([(int(top), f"{a}{top}:{c}{d}") for a, top, c, d in merged], read, file)


def merged_problems(merged: list[tuple[int, str]], read: SheetRead, file: str) -> list[Problem]:
    """Give IN-HEADERROWS for merged cells, each given by its first row and its range."""
    if not merged:
        return []
    first = read.lines[0] if read.lines else 1
    row = min(top for top, _ in merged)
    where = "the header" if row < first + HEADER_REGION else "the table"
    ranges = listed([cells for _, cells in merged])
    what = f"{where} has merged cells ({ranges}); {header_region(read.records)}"
    mend = "undo the merging, keep one header row, or export CSV from the platform"
    return [Problem("IN-HEADERROWS", what, mend, file, row)]


def header_region(records: Sequence[Record]) -> str:
    """Show the beginning of the first record and, masked because they may be people, of the next two."""
    first = (
        [f"row 1 begins {listed([escaped(cell, 24) or 'blank' for cell in records[0][:3]])}"] if len(records) else []
    )
    rest = [
        f"row {number} begins {listed([masked(cell) for cell in record[:3]])}"
        for number, record in enumerate(records[1:3], start=2)
    ]
    return "; ".join([*first, *rest])


def _hidden_row_problems(markup: bytes, file: str) -> list[Problem]:
    hidden: list[int] = []
    rows = _ROW.finditer(markup) if b"hidden=" in markup else ()
    for count, found in enumerate(rows, start=1):
        if _HIDDEN.search(found[1]):
            number = _NUMBER.search(found[1])
            hidden.append(int(number[1]) if number else count)
    return hidden_row_problems(hidden, file)


def hidden_row_problems(hidden: list[int], file: str) -> list[Problem]:
    """Give IN-HIDDEN for the numbers of hidden rows."""
    if not hidden:
        return []
    what = f"{counted(len(hidden), 'row')} of the sheet are hidden or filtered out: {listed(hidden)}"
    mend = "show all rows and clear the filter, or delete the rows that do not belong"
    return [Problem("IN-HIDDEN", what, mend, file, hidden[0])]


def _hidden_column_notes(markup: bytes) -> list[str]:
    columns = _COLUMN.finditer(markup) if b"hidden=" in markup else ()
    hidden = [found[1] for found in columns if _HIDDEN.search(found[1])]
    letters = [letter(int(number[1]) - 1) for text in hidden if (number := _MINIMUM.search(text))]
    return hidden_column_notes(letters)


def hidden_column_notes(letters: list[str]) -> list[str]:
    """Say which columns are hidden."""
    return [f"Hidden columns were read too: from {listed(letters)}."] if letters else []

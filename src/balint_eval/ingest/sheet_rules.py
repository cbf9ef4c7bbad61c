"""What holds of every sheet, xlsx or OpenDocument: which one is read, and what in it is hidden, merged or a formula."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from balint_eval.errors import DataError, Problem, masked, shown
from balint_eval.ingest.cell_text import SheetCell, Spoken
from balint_eval.ingest.control import control_notes, control_problems
from balint_eval.ingest.delimited import blank_notes
from balint_eval.ingest.grid import Grid, Record, blank_record, column_shown, counted, escaped, letter, listed

HEADER_REGION = 3
"""Rows at the top in which a merged cell is taken for one of the header."""


@dataclass
class SheetRead:
    """What the rows of a sheet hold; `records` and `lines` belong together."""

    records: list[Record] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spoken: Spoken = field(default_factory=Spoken)


@dataclass
class Hidden:
    """What stands in a sheet besides its cells."""

    rows: list[int] = field(default_factory=list)
    """Numbers of hidden rows."""
    columns: list[str] = field(default_factory=list)
    """Letters of the first column of each hidden run."""
    merged: list[tuple[int, str]] = field(default_factory=list)
    """First row and range of each merged block."""


def sheet_grid(read: SheetRead, hidden: Hidden, notes: list[str], file: str) -> Grid:
    """Give a sheet as a grid of one width, with everything that is to be said of it."""
    trim(read.records)
    problems = [*merged_problems(hidden.merged, read, file), *hidden_row_problems(hidden.rows, file)]
    problems += [*read.problems, *control_problems(read.records, read.lines, file)]
    said = [*notes, *hidden_column_notes(hidden.columns), *blank_notes(read.blank), *read.spoken.notes()]
    said += control_notes(read.records, read.lines)
    return Grid(
        file=file,
        records=read.records,
        lines=read.lines,
        spreadsheet=True,
        notes=tuple(said),
        problems=tuple(problems),
    )


def unreadable(error: Exception, file: str) -> Problem:
    """Give IN-XML or IN-XLSX for whatever a parser raised."""
    if type(error).__module__.startswith("defusedxml"):
        what = "the workbook declares XML entities or refers to something outside itself"
        return Problem("IN-XML", what, "do not use this file; export it again from the platform", file)
    what = f"the workbook cannot be read ({type(error).__name__})"
    return Problem("IN-XLSX", what, "open it in a spreadsheet program and save it as CSV UTF-8", file)


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
    mend = f"did you mean `sheet: {near[0]}`?" if near else "name one of them, `sheet: NAME`"
    return Problem("IN-SHEET", f"there is no sheet {shown(sheet)}; visible are {names}", mend, file)


def is_marked(cell: SheetCell) -> bool:
    """Tell whether a cell holds a formula or an error."""
    return cell.value is not None and cell.data_type in "fe"


def keep_row(read: SheetRead, record: Record, number: int) -> None:
    """Add a row, or count it as blank."""
    if not (record and record[0].isalnum()) and blank_record(record):
        read.blank.append(number)
    else:
        read.records.append(record)
        read.lines.append(number)


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


def hidden_row_problems(hidden: list[int], file: str) -> list[Problem]:
    """Give IN-HIDDEN for the numbers of hidden rows."""
    if not hidden:
        return []
    what = f"{counted(len(hidden), 'row')} of the sheet are hidden or filtered out: {listed(hidden)}"
    mend = "show all rows and clear the filter, or delete the rows that do not belong"
    return [Problem("IN-HIDDEN", what, mend, file, hidden[0])]


def hidden_column_notes(letters: list[str]) -> list[str]:
    """Say which columns are hidden."""
    return [f"Hidden columns were read too: from {listed(letters)}."] if letters else []

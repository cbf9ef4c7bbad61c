"""An xlsx sheet of the form that platforms write, read without a parser: each distinct cell is asked for once."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from balint_eval.ingest.cell_text import SheetCell, Spoken, cell_text
from balint_eval.ingest.sheet_markup import element_of, plain_rows, text_of
from balint_eval.ingest.sheet_rules import SheetRead, formula_problem, is_marked, keep_row

_NUMBER = re.compile(rb"(?:^|\s)r=\"([0-9]+)\"")


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
        if spoken.columns or is_marked(cell):
            self.odd[markup] = list(spoken.columns), cell
        return self[markup]


def plain_cells(markup: bytes, chosen: Any, file: str) -> SheetRead:  # noqa: ANN401
    """Read a sheet of the plain form; the same result as reading cell by cell, many times faster.

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
        if is_marked(cell):
            read.problems.append(formula_problem(at, cell, number, header, file))

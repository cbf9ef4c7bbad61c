"""An xlsx sheet of the form that platforms write, read without a parser: each distinct cell is asked for once."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from balint_eval.ingest.cell_text import MOMENTS, SheetCell, Spoken, cell_text, moment_text, unescaped
from balint_eval.ingest.packed import without_collection
from balint_eval.ingest.sheet_markup import (
    element_of,
    number_of,
    plain_rows,
    refuse_other_cell,
    shared_text_of,
    text_of,
)
from balint_eval.ingest.sheet_rules import SheetRead, formula_problem, is_marked, keep_row

_NUMBER = re.compile(rb"(?:^|\s)r=\"([0-9]+)\"")


@dataclass
class _Meanings(dict[bytes, str]):
    """What each distinct cell says, asked of openpyxl once; odd ones are kept with what is to be said of them."""

    parser: Any
    sheet: Any
    odd: dict[bytes, tuple[list[str], SheetCell]] = field(default_factory=dict)

    patterns: dict[int, str | None] = field(default_factory=dict)
    """Format code of each style of dates and times; None for other styles."""

    def __missing__(self, markup: bytes) -> str:
        refuse_other_cell(markup)
        text = text_of(markup)
        if text is None and (place := shared_text_of(markup)) is not None:
            text = self.parser.shared_strings[place]
        self[markup] = self._moment(markup) or self._asked(markup) if text is None else unescaped(text)
        return self[markup]

    def _moment(self, markup: bytes) -> str:
        """Give a date or time; empty for other cells, and for what openpyxl takes for no possible date."""
        from openpyxl.utils.datetime import from_excel

        styled = number_of(markup)
        pattern = self._pattern(styled[0]) if styled else None
        if styled is None or pattern is None:
            return ""
        style, number = styled
        value = float(number) if "." in number else int(number)
        try:
            moment = from_excel(value, self.parser.epoch, timedelta=style in self.parser.timedelta_formats)
        except (OverflowError, ValueError):
            return ""
        if not isinstance(moment, dt.datetime | dt.time):
            return ""
        self.odd[markup] = [MOMENTS], _NO_MARK
        return moment_text(moment, pattern)

    def _pattern(self, style: int) -> str | None:
        from openpyxl.cell.read_only import ReadOnlyCell

        if style not in self.patterns:
            dated = style in self.parser.date_formats
            self.patterns[style] = ReadOnlyCell(self.sheet, 1, 1, 0, "d", style).number_format if dated else None
        return self.patterns[style]

    def _asked(self, markup: bytes) -> str:
        from openpyxl.cell.read_only import ReadOnlyCell

        cell = ReadOnlyCell(self.sheet, **self.parser.parse_cell(element_of(markup)))
        spoken = Spoken()
        text = cell_text(cell, spoken)
        if spoken.columns or is_marked(cell):
            self.odd[markup] = list(spoken.columns), cell
        return text


class _Unmarked:
    """A cell of which nothing is to be told but its kind."""

    value = None
    data_type = "d"
    number_format = ""
    column = 1


_NO_MARK = _Unmarked()


@without_collection()
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
            odd = [at for markup in meanings.odd.keys() & cells for at in _places(cells, markup)]
            _note_odd([(columns[at], cells[at]) for at in sorted(odd)], number, meanings, read, file)
        keep_row(read, record, number)
    read.blank += range(last + 1, _last_row(markup, last) + 1)
    for _ in _parser(chosen, frame()).parse():
        pass
    return read


def _places(cells: tuple[bytes, ...], markup: bytes) -> list[int]:
    places = [cells.index(markup)]
    for _ in range(1, cells.count(markup)):
        places.append(cells.index(markup, places[-1] + 1))
    return places


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

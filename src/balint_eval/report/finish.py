"""The last touch on tables: empty columns left out, marks explained, numbers in the signs of the language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from balint_eval.language import Language, marked
from balint_eval.language.numerals import is_number
from balint_eval.report import numbers
from balint_eval.report.model import Block, FigureBlock, KeyFigures, Section, TableBlock, TableColumn

_MARKS = (marked("[n<5]"), marked("[withheld]"))
_SIZE = re.compile(r"[a-z_]+ −?[\d.]+ (?:\[[^\]]*\]|–)")
"""A standardised size with its interval, such as `d_av 0.34 [0.10, 0.58]`."""
Rows = tuple[tuple[str, ...], ...]


def finished(language: Language, sections: Sequence[Section]) -> tuple[Section, ...]:
    """Give the sections with the numbers of their cells written as the language does."""
    return tuple(replace(one, blocks=tuple(_block(language, block) for block in one.blocks)) for one in sections)


def _block(language: Language, block: Block) -> Block:
    if isinstance(block, TableBlock):
        return finished_table(language, block)
    if isinstance(block, FigureBlock):
        return replace(block, rows=_written(language, block.columns, block.rows))
    if isinstance(block, KeyFigures):
        figures = tuple(replace(one, value=_cell(language, one.value, numeric=False)) for one in block.figures)
        return replace(block, figures=figures)
    return block


def finished_table(language: Language, block: TableBlock) -> TableBlock:
    """Leave out columns without content, say so, explain the marks, and write the numbers as the language does."""
    shown, absent = _present(block.columns, block.rows)
    columns = tuple(block.columns[place] for place in shown)
    rows = tuple(tuple(row[place] for place in shown) for row in block.rows)
    gone = language.say("Not available for any row: {columns}.", columns=language.listed(absent)) if absent else ""
    notes = [note for note in (*block.notes, gone, *_notes(language, rows)) if note]
    return replace(block, columns=columns, rows=_written(language, columns, rows), notes=tuple(dict.fromkeys(notes)))


def _present(heads: Sequence[TableColumn], rows: Rows) -> tuple[list[int], list[str]]:
    """Give the places of the columns that hold something, and the names of those where all is missing."""
    held = [{row[place] for row in rows} for place in range(len(heads))]
    missing = [place for place, cells in enumerate(held) if place and cells == {numbers.MISSING}]
    blank = [place for place, cells in enumerate(held) if place and cells == {""}]
    shown = [place for place in range(len(heads)) if place not in missing + blank]
    return shown, [heads[place].heading for place in missing]


def _notes(language: Language, rows: Rows) -> list[str]:
    cells = [cell for row in rows for cell in row]
    few = sum(numbers.WITHHELD in cell for cell in cells)
    protected = sum(numbers.PROTECTED in cell for cell in cells)
    notes = []
    if few:
        notes.append(
            language.plural(
                "Withheld: 1 cell on fewer than {few} people.",
                "Withheld: {n} cells on fewer than {few} people.",
                few,
                few=str(numbers.SMALLEST_COUNT),
            )
        )
    if protected:
        notes.append(
            language.plural(
                "Withheld to protect the hidden numbers: 1 cell.",
                "Withheld to protect the hidden numbers: {n} cells.",
                protected,
            )
        )
    if numbers.MISSING in cells:
        notes.append(language.say("{dash} means: not available.", dash=numbers.MISSING))
    return notes


def _written(language: Language, columns: Sequence[TableColumn], rows: Rows) -> Rows:
    numeric = [column.align == "number" for column in columns]
    return tuple(
        tuple(_cell(language, cell, numeric=is_of_numbers) for cell, is_of_numbers in zip(row, numeric, strict=True))
        for row in rows
    )


def _cell(language: Language, cell: str, *, numeric: bool) -> str:
    for mark in _MARKS:
        cell = cell.replace(mark, language.say(mark))
    if _SIZE.fullmatch(cell):
        return language.statistics(cell)
    return language.number(cell) if numeric or is_number(cell) else language.isolated(cell)

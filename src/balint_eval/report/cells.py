"""Tables from rows: cells as text, numbers on too few people withheld and counted under the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from balint_eval.report import numbers
from balint_eval.report.material import Row
from balint_eval.report.model import TableBlock, TableColumn
from balint_eval.report.wording import listed, say


def columns(*headings: str) -> tuple[TableColumn, ...]:
    """Give columns; a heading that starts with `#` holds numbers."""
    return tuple(
        TableColumn(heading.removeprefix("#"), "number" if heading.startswith("#") else "text") for heading in headings
    )


def table(
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    notes: Iterable[str] = (),
    source: str = "",
) -> TableBlock:
    """Make a table and say under it what was withheld and what is missing.

    Parameters
    ----------
    name, title : str
        Unique name; caption.
    heads : sequence of str
        As `columns` takes them.
    rows : iterable of cells
    notes : iterable of str
        Sentences under the table; empty ones are dropped.
    source : str
        Machine tables the cells come from.
    """
    cells = tuple(tuple(row) for row in rows)
    shown, absent = _present(columns(*heads), cells)
    cells = tuple(tuple(row[place] for place in shown) for row in cells)
    gone = say("Not available for any row: {columns}.", columns=listed(absent)) if absent else ""
    said = [note for note in (*notes, gone, *_cell_notes(cells)) if note]
    kept = columns(*(heads[place] for place in shown))
    return TableBlock(name, title, kept, cells, tuple(dict.fromkeys(said)), source)


def _present(heads: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> tuple[list[int], list[str]]:
    """Give the places of the columns that hold something, and the names of those where all is missing."""
    held = [{row[place] for row in rows} for place in range(len(heads))]
    missing = [place for place, cells in enumerate(held) if place and cells == {numbers.MISSING}]
    blank = [place for place, cells in enumerate(held) if place and cells == {""}]
    shown = [place for place in range(len(heads)) if place not in missing + blank]
    return shown, [heads[place].heading for place in missing]


def _cell_notes(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    cells = [cell for row in rows for cell in row]
    few = sum(numbers.WITHHELD in cell for cell in cells)
    protected = sum(numbers.PROTECTED in cell for cell in cells)
    notes = []
    if few:
        values = {"cells": say_cells(few), "few": str(numbers.SMALLEST_COUNT)}
        notes.append(say("Withheld: {cells} on fewer than {few} people.", **values))
    if protected:
        cells_text = say_cells(protected)
        notes.append(say("Withheld to protect the hidden numbers: {cells}.", cells=cells_text))
    if numbers.MISSING in cells:
        notes.append(say("{dash} means: not available.", dash=numbers.MISSING))
    return notes


def say_cells(many: int) -> str:
    """Say how many cells."""
    return say("1 cell") if many == 1 else say("{many} cells", many=str(many))


def guarded(people: float, *texts: str) -> list[str]:
    """Give the cells, or the mark for each when they rest on too few people."""
    return [numbers.WITHHELD for _ in texts] if numbers.too_few(people) else list(texts)


def number(value: float, places: int = 2) -> str:
    """Give a number cell."""
    return numbers.decimal(float(value), places)


def mean_sd(mean: float, sd: float) -> str:
    """Give a cell `mean (SD)`."""
    return f"{number(mean)} ({number(sd)})" if isfinite(mean) else numbers.MISSING


def groups_cell(groups: float) -> str:
    """Give the number of groups; a dash where the method knows no groups."""
    return numbers.count(groups) if groups else numbers.MISSING


def interval(row: Row, low: str = "conf_low", high: str = "conf_high") -> str:
    """Give an interval cell."""
    return numbers.between(float(row[low]), float(row[high]), 2)


def level_of_confidence(rows: Sequence[Row]) -> str:
    """Head the interval column: `95% CI`, or `CI` when the rows differ."""
    levels = {f"{100 * float(row['conf_level']):g}" for row in rows}
    return say("{level}% CI", level=levels.pop()) if len(levels) == 1 else say("CI")


def row_notes(rows: Sequence[Row], labels: Sequence[str]) -> list[str]:
    """Give the remarks of the rows, each said once with what it is about."""
    said: dict[str, list[str]] = {}
    for row, label in zip(rows, labels, strict=True):
        if row["note"] and not numbers.too_few(row.get("n_paired", row.get("n", 0))):
            said.setdefault(str(row["note"]), []).append(label)
    return [f"{'; '.join(dict.fromkeys(about))}: {note}" for note, about in said.items()]

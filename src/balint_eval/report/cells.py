"""Tables from rows: cells as text, numbers on too few people withheld and counted under the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.report import numbers
from balint_eval.report.material import Row
from balint_eval.report.model import TableBlock, TableColumn


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
    """Make a table; `finish` says under it what was withheld and what is missing.

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
    said = tuple(note for note in notes if note)
    return TableBlock(name, title, columns(*heads), tuple(tuple(row) for row in rows), said, source)


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


def level_of_confidence(rows: Sequence[Row], language: Language = ENGLISH) -> str:
    """Head the interval column: `95% CI`, or `CI` when the rows differ."""
    levels = {f"{100 * float(row['conf_level']):g}" for row in rows}
    return language.say("{level}% CI", level=levels.pop()) if len(levels) == 1 else language.say("CI")


def row_notes(rows: Sequence[Row], labels: Sequence[str], language: Language = ENGLISH) -> list[str]:
    """Give the remarks of the rows, each said once with what it is about."""
    said: dict[str, list[str]] = {}
    for row, label in zip(rows, labels, strict=True):
        if row["note"] and not numbers.too_few(row.get("n_paired", row.get("n", 0))):
            said.setdefault(str(row["note"]), []).append(label)
    return [
        language.say(
            "{about}: {note}",
            about=language.sequence(list(dict.fromkeys(about)), SEMICOLONS),
            note=language.noted(note),
        )
        for note, about in said.items()
    ]

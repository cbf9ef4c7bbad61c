"""Drawings as blocks: the picture, its words and the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from balint_eval.language import Language, marked
from balint_eval.report import numbers
from balint_eval.report.cells import columns
from balint_eval.report.material import Drawing, Material
from balint_eval.report.model import FigureBlock
from balint_eval.tables import records

if TYPE_CHECKING:
    import pandas as pd

_PERSONAL = frozenset({"person_id", "person", "point"})
_PEOPLE = ("n_paired", "n", "answered", "people")
_MOST_ROWS = 120
_HEADINGS = {
    "answer": marked("Answer"), "answered": marked("People who answered"), "arm": marked("Arm"),
    "at_best": marked("People at the best score"), "at_worst": marked("People at the worst score"),
    "baseline": marked("Score before"), "best_share": marked("Share at the best score"),
    "change": marked("Change"), "change_high": marked("Change: upper limit"),
    "change_low": marked("Change: lower limit"), "code": marked("Code of the answer"),
    "conf_high": marked("Upper limit"), "conf_level": marked("Confidence level"), "conf_low": marked("Lower limit"),
    "effect": marked("Standardised size"), "effect_high": marked("Size: upper limit"),
    "effect_low": marked("Size: lower limit"), "effect_name": marked("Kind of size"),
    "estimate": marked("Estimate"), "file": marked("Export"), "group_id": marked("Group"),
    "groups": marked("Groups"), "high": marked("Highest"), "item": marked("Item"), "label": marked("Question"),
    "low": marked("Lowest"), "mean": marked("Mean"), "median": marked("Median"), "members": marked("Members"),
    "n": marked("People"), "outcome": marked("Outcome"), "p_value": marked("p"), "people": marked("People"),
    "present": marked("People present"), "quartile_high": marked("Upper quartile"),
    "quartile_low": marked("Lower quartile"), "role": marked("Role"), "session": marked("Meeting"),
    "share": marked("Share"), "shift": marked("Shift in points"), "shift_sd": marked("Shift in SD"),
    "turned": marked("Higher is worse"), "turns": marked("Conclusion turns"), "wave": marked("Wave"),
    "worst_share": marked("Share at the worst score"),
}  # fmt: skip
"""What readers call the columns of the numbers behind figures; the files keep the names on the left."""
_ROLES = {"primary": marked("primary"), "secondary": marked("secondary")}


def figure(material: Material, name: str) -> tuple[FigureBlock, ...]:
    """Give the figure of a name as a tuple of one, or an empty tuple when it was not drawn."""
    drawing = material.drawings.get(name)
    return (
        (_with_small(material, _block(name, drawing, *_data(material, name, drawing.data))),)
        if drawing is not None
        else ()
    )


def _with_small(material: Material, block: FigureBlock) -> FigureBlock:
    small = material.drawings.get(f"{block.name}_narrow")
    return replace(block, small_svg=small.svg) if small is not None else block


def plain_figure(material: Material, name: str, caption: str) -> tuple[FigureBlock, ...]:
    """Give the figure with a caption in plain words and without its table of numbers."""
    drawing = material.drawings.get(name)
    return (_with_small(material, replace(_block(name, drawing), caption=caption)),) if drawing is not None else ()


def _block(
    name: str,
    drawing: Drawing,
    heads: tuple[str, ...] = (),
    rows: tuple[tuple[str, ...], ...] = (),
    note: str = "",
) -> FigureBlock:
    words = (drawing.alternative_text, drawing.title, drawing.caption)
    return FigureBlock(name, drawing.svg, *words, columns(*heads), rows, note)


def _data(
    material: Material, name: str, frame: pd.DataFrame
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    say = material.say
    if _PERSONAL & set(frame.columns) or name.startswith("slopes_") or len(frame) > _MOST_ROWS:
        return (), (), say("The numbers behind this figure are single people's scores and are not listed.")
    rows = [_named(material, row) for row in records(frame)]
    rows = [{name: row[name] for name in row if any(other[name] != "" for other in rows)} for row in rows]
    heads = tuple(_head(material.language, rows, column) for column in (rows[0] if rows else frame.columns))
    return heads, tuple(tuple(_cells(material.language, row)) for row in rows), ""


def _named(material: Material, row: dict[Any, Any]) -> dict[str, Any]:
    """Give a row with the names that readers know for its outcome, arm, wave and role."""
    if {"instrument", "scale"} <= set(row):
        row = {"outcome": material.label(row), **row}
        row = {name: value for name, value in row.items() if name not in {"instrument", "scale"}}
    elif "instrument" in row:
        row.pop("instrument")
    known: dict[str, Callable[[str], str]] = {"arm": material.arm, "wave": material.wave}
    known["role"] = lambda role: material.say(_ROLES[role]) if role in _ROLES else role
    # A study of one arm leaves the arm blank, which a file gives back as a missing number.
    blank = {name: "" for name in known if name in row and not (isinstance(row[name], str) and row[name])}
    return {str(name): blank[name] if name in blank else known[name](value) if name in known else value
            for name, value in row.items()}  # fmt: skip


def _head(language: Language, rows: Sequence[Mapping[str, Any]], column: str) -> str:
    numeric = all(isinstance(row[column], int | float) for row in rows)
    head = language.say(_HEADINGS[column]) if column in _HEADINGS else column.replace("_", " ")
    return f"#{head}" if numeric else head


def _cells(language: Language, row: Mapping[str, Any]) -> list[str]:
    people = [row[name] for name in _PEOPLE if name in row]
    hidden = bool(people) and min(people) < numbers.SMALLEST_COUNT
    return [numbers.WITHHELD if hidden and _is_number(value) else _text(language, value) for value in row.values()]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(language: Language, value: object) -> str:
    if isinstance(value, bool):
        return language.say("yes") if value else language.say("no")
    if isinstance(value, int):
        return numbers.count(value)
    return numbers.decimal(value, 2) if isinstance(value, float) else str(value)

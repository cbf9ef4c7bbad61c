"""Drawings as blocks: the picture, its words and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from balint_eval.language import Language, marked
from balint_eval.report import numbers
from balint_eval.report.cells import columns
from balint_eval.report.material import Drawing, Material
from balint_eval.report.model import FigureBlock

if TYPE_CHECKING:
    import pandas as pd

_PERSONAL = frozenset({"person_id", "person", "point"})
_PEOPLE = ("n_paired", "n", "answered", "people")
_MOST_ROWS = 120
COLUMNS = (
    *(marked("arm"), marked("group_id"), marked("session"), marked("present"), marked("members"), marked("share")),
    *(marked("instrument"), marked("scale"), marked("wave"), marked("n"), marked("mean"), marked("change_low")),
    *(marked("change_high"), marked("conf_level"), marked("role"), marked("people"), marked("groups")),
    *(marked("effect_name"), marked("effect"), marked("effect_low"), marked("effect_high"), marked("turned")),
    *(marked("estimate"), marked("conf_low"), marked("conf_high"), marked("item"), marked("label"), marked("code")),
    *(marked("answer"), marked("answered"), marked("low"), marked("high"), marked("outcome")),
)
"""Columns of the numbers behind figures, which English readers see as the files name them."""


def figure(material: Material, name: str) -> tuple[FigureBlock, ...]:
    """Give the figure of a name as a tuple of one, or an empty tuple when it was not drawn."""
    drawing = material.drawings.get(name)
    return (
        (_with_small(material, _block(name, drawing, *_data(material.language, name, drawing.data))),)
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
    language: Language, name: str, frame: pd.DataFrame
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    if _PERSONAL & set(frame.columns) or name.startswith("slopes_") or len(frame) > _MOST_ROWS:
        return (), (), language.say("The numbers behind this figure are single people's scores and are not listed.")
    rows = [dict(row) for row in frame.to_dict("records")]
    heads = tuple(_head(language, frame, str(column)) for column in frame.columns)
    return heads, tuple(tuple(_cells(language, row)) for row in rows), ""


def _head(language: Language, frame: pd.DataFrame, column: str) -> str:
    numeric = frame[column].map(lambda value: isinstance(value, int | float)).all()
    head = language.say(column) if column in COLUMNS else column
    return f"#{head}" if numeric else head


def _cells(language: Language, row: Mapping[Any, Any]) -> list[str]:
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

"""Diverging stacked bars: the answers to each item of a form, the favourable side to the right."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import pandas as pd
from matplotlib.colors import to_hex, to_rgb

from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.likert_data import SMALLEST_ITEM, Block, Item, blocks, likert_table
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BODY,
    FAINT,
    INK,
    MARGIN,
    MUTED,
    SMALL,
    WIDE,
    styled,
)  # fmt: skip
from balint_eval.plots.text import block_height, line_width, wrapped
from balint_eval.plots.words import isolated, tidied
from balint_eval.study_model import Study

_BAR, _LEAST_ROW, _GAP, _BLOCK_GAP = 4.6, 6.6, 3.0, 6.0
_UNFAVOURABLE, _MIDDLE, _FAVOURABLE = ("#b5560f", "#f3c89b"), "#dde0e3", ("#b0d0ea", "#0b5fa5")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns in millimetres and the reach of the axis to both sides, as shares."""

    label_width: float
    plot_left: float
    plot_width: float
    left: float
    right: float
    language: Language

    def x(self, share: float) -> float:
        """Place of a share, favourable to the right whatever way the lines run."""
        if self.language.is_right_to_left:
            return self.plot_left + self.plot_width * (self.right - share) / (self.left + self.right)
        return self.plot_left + self.plot_width * (share + self.left) / (self.left + self.right)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its wrapped words and its height."""

    block: Block
    title: str
    keys: Legend
    labels: list[str]

    @property
    def head(self) -> float:
        return (block_height(self.title) + 1.2 if self.title else 0.0) + self.keys.height + 2.2

    @property
    def height(self) -> float:
        return self.head + sum(map(_row_height, self.labels)) + 1.2 + block_height("", SMALL)


@styled
def stacked_likert(
    item_counts: pd.DataFrame, study: Study, *, width_mm: float = WIDE, language: Language = ENGLISH
) -> Drawing | None:
    """Draw the answers to every item of the forms that are shown by item.

    Parameters
    ----------
    item_counts : pandas.DataFrame
        Contract table; counts of several cohorts are added up.
    study : Study
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when no item has ten answers. The middle answer of an odd number is centred on zero. Do not
        use it for scales with a score: a score says more than its items.
    """
    found = blocks(item_counts, study, language)
    items = [item for block in found for item in block.items]
    if not any(item.shown for item in items):
        return None
    return Drawing(
        _drawn(found, width_mm, language).figure,
        _alternative_text(items, language),
        likert_table(found),
        language.say("Answers to {form}", form=isolated(found[0].title, language)),
        _caption(items, language),
    )


def _drawn(found: list[Block], width: float, language: Language) -> Sheet:
    columns = _columns(found, width, language)
    placed = [_placed(block, len(found) > 1, columns, width) for block in found]
    height = sum(one.height for one in placed) + _BLOCK_GAP * (len(placed) - 1)
    sheet = Sheet(width, height + 2 * MARGIN, mirrored=language.is_right_to_left)
    top = MARGIN
    for one in placed:
        _draw_block(sheet, one, columns, top)
        top += one.height + _BLOCK_GAP
    return sheet


def _columns(found: list[Block], width: float, language: Language) -> _Columns:
    items = [item for block in found for item in block.items if item.shown]
    count = max(line_width(_answered(item, language), SMALL) for item in items)
    longest = max(line_width(tidied(item.label), BODY) for block in found for item in block.items)
    label = min(longest + 0.5, (0.36 if width > 120 else 0.42) * width)
    left = MARGIN + label + _GAP
    reach = [_rounded(max(_extent(item)[side] for item in items)) for side in (0, 1)]
    return _Columns(label, left, width - MARGIN - count - _GAP - left, reach[0], reach[1], language)


def _extent(item: Item) -> tuple[float, float]:
    low, middle, high = item.sides
    return low + middle / 2, high + middle / 2


def _rounded(share: float) -> float:
    return max(0.1, ceil(share * 20 - 1e-9) / 20)


def _placed(block: Block, titled: bool, columns: _Columns, width: float) -> _Placed:
    inner = width - 2 * MARGIN
    keys = [
        Key(answer, colour, chip=True)
        for answer, colour in zip(block.answers, answer_colours(len(block.answers)), strict=True)
    ]
    labels = [wrapped(item.label, columns.label_width) for item in block.items]
    title = wrapped(block.title, inner, BODY, "bold") if titled else ""
    return _Placed(block, title, legend(keys, inner), labels)


def answer_colours(count: int) -> list[str]:
    """Give the colours of the answers, from the least to the most favourable."""
    half = count // 2
    return [
        *_ramp(*_UNFAVOURABLE, half),
        *([_MIDDLE] if count % 2 else []),
        *_ramp(*_FAVOURABLE, half),
    ]


def _ramp(first: str, last: str, steps: int) -> list[str]:
    places = [step / (steps - 1) if steps > 1 else 0.5 for step in range(steps)]
    return [_blend(to_rgb(first), to_rgb(last), place) for place in places]


def _blend(first: tuple[float, float, float], last: tuple[float, float, float], place: float) -> str:
    red, green, blue = (a + (b - a) * place for a, b in zip(first, last, strict=True))
    return to_hex((red, green, blue))


def letter_colour(background: str) -> str:
    """Give white or ink, whichever has the higher contrast on a colour (WCAG relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(background)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.063 else INK


def _row_height(label: str) -> float:
    return max(_LEAST_ROW, block_height(label) + 1.6)


def _draw_block(sheet: Sheet, one: _Placed, columns: _Columns, top: float) -> None:
    sheet.text(MARGIN, top, one.title, weight="bold")
    one.keys.draw(sheet, MARGIN, top + one.head - 2.2 - one.keys.height)
    first = y = top + one.head
    last = first + sum(map(_row_height, one.labels))
    _draw_axis(sheet, columns, first, last)
    for item, label in zip(one.block.items, one.labels, strict=True):
        height = _row_height(label)
        _draw_item(sheet, item, label, columns, y + height / 2)
        y += height


def _draw_axis(sheet: Sheet, columns: _Columns, top: float, bottom: float) -> None:
    step = 0.25 if columns.plot_width > 50 else 0.5
    lowest, highest = -int(columns.left / step + 1e-9), int(columns.right / step + 1e-9)
    for index in range(lowest, highest + 1):
        x = columns.x(index * step)
        sheet.line((x, x), (top, bottom), color=FAINT if index else MUTED)
        label = columns.language.number(f"{abs(index) * step:.0%}")
        sheet.text(x, bottom + 1.0, label, size=SMALL, color=MUTED, ha="center")


def _draw_item(sheet: Sheet, item: Item, label: str, columns: _Columns, middle: float) -> None:
    sheet.text_beside(MARGIN, middle, label)
    count = _answered(item, columns.language)
    sheet.text_beside(sheet.width - MARGIN, middle, count, size=SMALL, color=MUTED, ha="right")
    if not item.shown:
        return
    start = -_extent(item)[0]
    for share, colour in zip(item.shares, answer_colours(len(item.shares)), strict=True):
        _draw_segment(sheet, columns, start, share, colour, middle)
        start += share


def _draw_segment(sheet: Sheet, columns: _Columns, start: float, share: float, colour: str, middle: float) -> None:
    ends = sorted((columns.x(start), columns.x(start + share)))
    left, width = ends[0], ends[1] - ends[0]
    if width <= 0:
        return
    sheet.box(left, middle - _BAR / 2, width, _BAR, facecolor=colour, edgecolor="white", linewidth=0.6)
    text = columns.language.number(f"{share:.0%}")
    if line_width(text, SMALL) + 0.9 <= width:
        centre = left + width / 2
        sheet.text_beside(centre, middle, text, size=SMALL, color=letter_colour(colour), ha="center")


def _answered(item: Item, language: Language) -> str:
    if item.shown:
        return language.say("n = {people}", people=str(item.answered))
    return language.say("n < {few}", few=str(SMALLEST_ITEM))


def _caption(items: list[Item], language: Language) -> str:
    few = sum(not item.shown for item in items)
    shares = language.say(
        "Share of each answer among those who answered the item; favourable answers to the right, the middle "
        "answer centred on zero. Percentages are rounded."
    )
    withheld = language.plural(
        "{n} item with fewer than {few} answers not drawn.",
        "{n} items with fewer than {few} answers not drawn.",
        few,
        few=str(SMALLEST_ITEM),
    )
    return f"{shares} {withheld}" if few else shares


def _alternative_text(items: list[Item], language: Language) -> str:
    words = [_item_words(item, language) for item in items if item.shown]
    return language.plural(
        "Stacked bars of the answers to {n} item: {items}.",
        "Stacked bars of the answers to {n} items: {items}.",
        len(words),
        items=language.sequence(words, SEMICOLONS),
    )


def _item_words(item: Item, language: Language) -> str:
    low, middle, high = (f"{share:.0%}" for share in item.sides)
    said = {"item": isolated(item.label, language), "high": high, "low": low, "people": str(item.answered)}
    if len(item.people) % 2:
        return language.say(
            "{item} {high} favourable, {middle} in the middle, {low} unfavourable (n = {people})", middle=middle, **said
        )
    return language.say("{item} {high} favourable, {low} unfavourable (n = {people})", **said)

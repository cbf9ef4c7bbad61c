"""The study's standardised result beside the published ones of the same construct, better to the right."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language, marked
from balint_eval.plots.axis import nice_ticks, tick_label
from balint_eval.plots.beside_data import Beside, beside_rows, beside_table, without_crowd
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.forest import draw_ends, negative_end
from balint_eval.plots.selection import outcome_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BLUE, BODY, FAINT, INK, MARGIN, MUTED, RULE, SMALL, WIDE, styled
from balint_eval.plots.text import block_height, line_width, middle_of_line, wrapped
from balint_eval.plots.words import isolated
from balint_eval.study_model import Study

_GAP, _PAD, _LONGEST_AXIS, _NARROWEST_PLOT = 3.0, 1.0, 3.0, 48.0
DOUBTFUL, OVERLAPPING = "\u2021", "\u00a7"
"""Marks of numbers in doubt and of samples that may overlap."""
NOTE = marked(
    "\u2021 Implausibly large, or printed numbers that do not fit together (hollow). "
    "\u00a7 The two may share participants. Diamonds are meta-analyses, which hold trials shown beside them. "
    "Nothing here is pooled; sizes with different names have different denominators."
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns in millimetres and the ends of the axis."""

    width: float
    left: float
    plot: float
    low: float
    high: float
    stacked: bool
    language: Language

    @property
    def label_width(self) -> float:
        return self.left - MARGIN - _GAP

    def x(self, value: float) -> float:
        """Place of an effect, held within the axis."""
        held = max(self.low, min(self.high, value))
        way = self.high - held if self.language.is_right_to_left else held - self.low
        return self.left + self.plot * way / (self.high - self.low)

    def beyond(self, value: float) -> bool:
        """Tell whether a value lies outside the axis."""
        return isfinite(value) and not self.low <= value <= self.high


@styled
def beside_published(
    beside: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    instrument: str,
    scale: str,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw one outcome of this study beside published results.

    Parameters
    ----------
    beside, outcomes : pandas.DataFrame
        Contract tables `beside_published` and `outcomes`.
    study : Study
    instrument, scale : str
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when nothing is published that measures the same, or this study's own result is not there.
    """
    rows, left_out = without_crowd(beside_rows(beside, study, instrument, scale, language))
    if not any(row.own and isfinite(row.effect) for row in rows):
        return None
    same = outcomes[(outcomes["instrument"] == instrument) & (outcomes["scale"] == scale)]
    outcome = isolated(outcome_label(same.iloc[0], language), language)
    return Drawing(
        _drawn(rows, width_mm, language).figure,
        _alternative_text(rows, language),
        beside_table(rows),
        language.say("{outcome} beside published results", outcome=outcome),
        _caption(rows, left_out, language),
    )


def _caption(rows: list[Beside], left_out: int, language: Language) -> str:
    low, high = _ends(rows)
    beyond = sum(not low <= row.effect <= high for row in rows if isfinite(row.effect))
    lines = language.say(
        "Markers are standardised differences or changes, lines their 95% intervals (those of published studies take "
        "people as independent); results without a line have no interval, and those of meta-analyses without one are "
        "not drawn."
    )
    more = language.plural(
        "{n} result lies beyond the axis, at the arrowhead.",
        "{n} results lie beyond the axis, at the arrowhead.",
        beyond,
    )
    single = language.plural(
        "The {n} single cohort stands in the tables only.", "The {n} single cohorts stand in the tables only.", left_out
    )
    return " ".join([lines, language.say(NOTE), *([more] if beyond else []), *([single] if left_out else [])])


def _alternative_text(rows: list[Beside], language: Language) -> str:
    parts = [
        language.say("{study} {numbers}", study=isolated(row.label, language), numbers=row.numbers)
        for row in rows
        if row.shown
    ]
    results = language.sequence(parts, SEMICOLONS)
    return language.say("Standardised results, better to the right, this study first: {results}.", results=results)


def _drawn(rows: list[Beside], width: float, language: Language) -> Sheet:
    layout = _layout(rows, width, language)
    note = wrapped(language.say(NOTE), width - 2 * MARGIN, SMALL)
    body = sum(_height(row, layout) for row in rows)
    foot = 1.5 + 2 * block_height("", SMALL)
    height = MARGIN + body + foot + 1.2 + block_height(note, SMALL) + MARGIN
    sheet = Sheet(width, height, mirrored=language.is_right_to_left)
    sheet.line((layout.x(0), layout.x(0)), (MARGIN, MARGIN + body), color=RULE, linewidth=0.7)
    y = MARGIN
    for row in rows:
        _draw_row(sheet, layout, row, y)
        y += _height(row, layout)
        sheet.line((MARGIN, width - MARGIN), (y, y), color=FAINT)
    _draw_axis(sheet, layout, y)
    sheet.text(MARGIN, y + foot + 1.2, note, size=SMALL, color=MUTED)
    return sheet


def _layout(rows: list[Beside], width: float, language: Language) -> _Layout:
    numbers = max(line_width(row.numbers, SMALL, "bold") for row in rows)
    label = min(66.0, 0.44 * (width - numbers - 2 * MARGIN))
    stacked = width - 2 * MARGIN - numbers - label - 2 * _GAP < _NARROWEST_PLOT
    if stacked:
        label, numbers = 0.48 * width, -_GAP
    left = MARGIN + label + _GAP
    plot = width - MARGIN - numbers - _GAP - left - negative_end(language)
    return _Layout(width, left, plot, *_ends(rows), stacked, language)


def _ends(rows: list[Beside]) -> tuple[float, float]:
    """Give the ends of the axis: what is there, to the next quarter, at least .5 and at most 3 on each side."""
    known = [end for row in rows for end in (row.effect, row.low, row.high) if isfinite(end)]
    low, high = (max(0.5, ceil(min(side, _LONGEST_AXIS) * 4 - 1e-9) / 4) for side in (-min(known), max(known)))
    return -low, high


def _label(row: Beside, layout: _Layout) -> str:
    marks = (DOUBTFUL if row.doubtful else "") + (OVERLAPPING if row.overlapping else "")
    return wrapped(f"{row.label}{marks}", layout.label_width, BODY)


def _below(row: Beside, layout: _Layout) -> str:
    lines = (layout.language.number(row.numbers) if layout.stacked else "", row.what)
    return "\n".join(wrapped(line, layout.label_width, SMALL) for line in lines if line)


def _height(row: Beside, layout: _Layout) -> float:
    return block_height(_label(row, layout)) + 0.3 + block_height(_below(row, layout), SMALL) + 2 * _PAD


def _draw_row(sheet: Sheet, layout: _Layout, row: Beside, top: float) -> None:
    label = _label(row, layout)
    middle = top + _PAD + middle_of_line(BODY) + 0.5 * (block_height(label) - block_height(""))
    sheet.text(MARGIN, top + _PAD, label)
    sheet.text(MARGIN, top + _PAD + block_height(label) + 0.3, _below(row, layout), size=SMALL, color=MUTED)
    if not layout.stacked:
        x = layout.left + layout.plot + _GAP
        sheet.text(
            x,
            middle - middle_of_line(SMALL),
            layout.language.number(row.numbers),
            size=SMALL,
            color=INK if row.shown else MUTED,
        )
    if isfinite(row.effect):
        _draw_effect(sheet, layout, row, middle)


def _draw_effect(sheet: Sheet, layout: _Layout, row: Beside, y: float) -> None:
    colour = BLUE if row.own else INK
    if row.has_interval:
        sheet.line((layout.x(row.low), layout.x(row.high)), (y, y), color=colour, linewidth=1.2)
    for end in (row.low, row.high, row.effect):
        if layout.beyond(end):
            sheet.marker(layout.x(end), y, ">" if end > 0 else "<", color=colour, markersize=3.2)
    if not layout.beyond(row.effect):
        size = 5.4 if row.whole else 4.4
        marker = "o" if row.own else "D" if row.meta else "s"
        fill = "white" if row.doubtful else colour
        sheet.marker(layout.x(row.effect), y, marker, color=colour, markerfacecolor=fill, markersize=size)


def _draw_axis(sheet: Sheet, layout: _Layout, y: float) -> None:
    right = layout.left + layout.plot
    sheet.line((layout.left, right), (y, y), color=INK)
    for tick in nice_ticks(layout.low, layout.high, int(layout.plot // 11)):
        sheet.line((layout.x(tick), layout.x(tick)), (y, y + 0.9), color=INK)
        sheet.text(layout.x(tick), y + 1.2, tick_label(tick, layout.language), size=SMALL, ha="center")
    y += 1.5 + block_height("", SMALL)
    draw_ends(sheet, (layout.left, right), y, layout.language)

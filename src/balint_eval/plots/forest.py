"""The forest: every outcome with its standardised effect and its change in points, better to the right."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import pandas as pd

from balint_eval.language import ENGLISH, Language, marked
from balint_eval.plots.axis import nice_ticks, tick_label
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.forest_data import Row, forest_rows, forest_table
from balint_eval.plots.forest_words import TURNED, alternative_text, caption, turned_note
from balint_eval.plots.selection import wave_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BODY,
    FAINT,
    HAIRLINE,
    INK,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    SMALLEST_SHOWN,
    WIDE,
    arm_style,
    styled,
)  # fmt: skip
from balint_eval.plots.text import block_height, line_width, middle_of_line, wrapped
from balint_eval.plots.words import isolated, percent
from balint_eval.study_model import Study

_GAP, _PAD, _LONGEST_AXIS, _NARROWEST_PLOT = 3.0, 1.1, 3.0, 48.0
_NOT_ESTIMATED, _TOO_FEW = marked("not estimated"), marked("too few pairs")
_TITLES = {
    "difference": marked("All outcomes: difference between arms at {wave}"),
    "change": marked("All outcomes: change at {wave}"),
}
_POINTS = {
    "difference": marked("Difference in points [{level} CI]"),
    "change": marked("Change in points [{level} CI]"),
}
_EFFECTS = {
    "difference": marked("Standardised difference, {names} [{level} CI]"),
    "change": marked("Standardised change, {names} [{level} CI]"),
}
_NO_EFFECTS = {
    "difference": marked("Standardised difference, no effect [{level} CI]"),
    "change": marked("Standardised change, no effect [{level} CI]"),
}
_STACKED = {
    "difference": marked("Outcome; difference in points [{level} CI]"),
    "change": marked("Outcome; change in points [{level} CI]"),
}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns in millimetres and the half-width of the axis in standardised units."""

    width: float
    plot_left: float
    plot_width: float
    reach: float
    stacked: bool
    """True where the points stand below the label, because a column of their own has no room."""
    language: Language

    @property
    def label_width(self) -> float:
        return self.plot_left - MARGIN - _GAP

    @property
    def points_left(self) -> float:
        return self.plot_left + self.plot_width + _GAP

    @property
    def points_width(self) -> float:
        return self.width - MARGIN - self.points_left

    def x(self, value: float) -> float:
        """Place of a standardised effect, held within the axis."""
        held = max(-self.reach, min(self.reach, -value if self.language.is_right_to_left else value))
        return self.plot_left + self.plot_width * (held + self.reach) / (2 * self.reach)


@styled
def forest(
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw all outcomes at the primary wave in one forest.

    Parameters
    ----------
    comparisons, outcomes : pandas.DataFrame
        Contract tables; rows of the roles primary and secondary are drawn.
    study : Study
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when there is no comparison at the primary wave. The standardised effect of a scale on which
        higher is worse is turned, so that better is to the right; points keep the scale's own sign.
    """
    rows = forest_rows(comparisons, outcomes, study, language)
    if not any(row.drawable for row in rows):
        return None
    kind = "difference" if study.control_arm else "change"
    return Drawing(
        _drawn(rows, study, kind, width_mm, language).figure,
        alternative_text(rows, kind, language),
        forest_table(rows),
        language.say(_TITLES[kind], wave=isolated(wave_label(study, study.primary_wave, language), language)),
        caption(rows, kind, study, language),
    )


def _drawn(rows: list[Row], study: Study, kind: str, width: float, language: Language) -> Sheet:
    layout = _layout(rows, width, language)
    headers = _headers(rows, kind, layout)
    sections = _sections(rows, language)
    top = MARGIN + max(block_height(header, SMALL) for header in headers) + 1.2
    body = sum(_row_height(row, layout) for row in rows) + sum(_title_height() for name in sections if name)
    note = wrapped(turned_note(rows, language), width - 2 * MARGIN, SMALL)
    foot = _axis_height()
    height = top + body + foot + (block_height(note, SMALL) + 1.2 if note else 0) + MARGIN
    sheet = Sheet(width, height, mirrored=language.is_right_to_left)
    _draw_headers(sheet, layout, headers, top)
    zero = layout.x(0)
    sheet.line((zero, zero), (top + 0.4, top + body), color=RULE, linewidth=0.7)
    y = top
    for name, part in sections.items():
        y = _draw_section(sheet, layout, name, part, y, study)
    _draw_axis(sheet, layout, y)
    sheet.text(MARGIN, y + foot + 1.2, note, size=SMALL, color=MUTED)
    return sheet


def _layout(rows: list[Row], width: float, language: Language) -> _Layout:
    points = max(20.0, *(line_width(_points(row, language), SMALL, "bold") for row in rows))
    label = min(62.0, 0.44 * (width - points - 2 * MARGIN))
    stacked = width - 2 * MARGIN - points - label - 2 * _GAP < _NARROWEST_PLOT
    if stacked:
        label, points = 0.48 * width, -_GAP
    left = MARGIN + label + _GAP
    plot = width - MARGIN - points - _GAP - left - negative_end(language)
    return _Layout(width, left, plot, _reach(rows), stacked, language)


def negative_end(language: Language) -> float:
    """Give the room that the last tick label needs where the negative end of an axis stands at the edge."""
    return line_width(tick_label(-0.5, language), SMALL) / 2 if language.is_right_to_left else 0.0


def _reach(rows: list[Row]) -> float:
    ends = [abs(end) for row in rows if row.drawable for end in (row.low, row.high)]
    effects = [abs(row.effect) for row in rows if row.drawable]
    wanted = min(max(ends, default=1.0), max(_LONGEST_AXIS, 1.2 * max(effects, default=0.0)))
    return max(0.5, ceil(wanted * 4 + 1e-9) / 4)


def _sections(rows: list[Row], language: Language) -> dict[str, list[Row]]:
    """Give the rows under the title of their part; one part needs no title."""
    primary, secondary = ([row for row in rows if row.role == role] for role in ("primary", "secondary"))
    if not (primary and secondary):
        return {"": rows}
    return {
        language.plural("Primary outcome", "Primary outcomes", len(primary)): primary,
        language.plural("Secondary outcome", "Secondary outcomes", len(secondary)): secondary,
    }


def _headers(rows: list[Row], kind: str, layout: _Layout) -> tuple[str, str, str]:
    level = percent(rows[0].conf_level)
    language = layout.language
    names = language.listed(sorted({row.effect_name for row in rows if row.effect_name}))
    points = language.say(_POINTS[kind], level=level)
    effect = language.say(
        _EFFECTS[kind] if names else _NO_EFFECTS[kind], level=level, **({"names": names} if names else {})
    )
    outcome = language.say(_STACKED[kind], level=level) if layout.stacked else language.say("Outcome")
    return (
        wrapped(outcome, layout.label_width, SMALL, "bold"),
        wrapped(effect, layout.plot_width, SMALL, "bold"),
        "" if layout.stacked else wrapped(points, layout.points_width, SMALL, "bold"),
    )


def _draw_headers(sheet: Sheet, layout: _Layout, headers: tuple[str, str, str], top: float) -> None:
    places = (MARGIN, layout.x(0), layout.points_left)
    for x, header, ha in zip(places, headers, ("left", "center", "left"), strict=True):
        sheet.text(x, top - 1.2 - block_height(header, SMALL), header, size=SMALL, weight="bold", ha=ha)
    sheet.line((MARGIN, sheet.width - MARGIN), (top, top), color=INK, linewidth=HAIRLINE)


def _title_height() -> float:
    return block_height("", SMALL) + _PAD


def _draw_section(sheet: Sheet, layout: _Layout, name: str, rows: list[Row], y: float, study: Study) -> float:
    if name:
        sheet.text(MARGIN, y + _PAD, name, size=SMALL, color=MUTED)
        y += _title_height()
    for row in rows:
        height = _row_height(row, layout)
        _draw_row(sheet, layout, row, y, study)
        y += height
        sheet.line((MARGIN, sheet.width - MARGIN), (y, y), color=FAINT)
    return y


def _label(row: Row, layout: _Layout) -> str:
    return wrapped(f"{row.label}{TURNED if row.turned else ''}", layout.label_width, BODY)


def _below(row: Row, layout: _Layout) -> str:
    lines = [row.arm_label, _people(row, layout.language)]
    return "\n".join(wrapped(line, layout.label_width, SMALL) for line in lines if line)


def _people(row: Row, language: Language) -> str:
    if not row.enough:
        few = str(SMALLEST_SHOWN)
        if not row.groups:
            return language.say("n < {few}", few=few)
        return language.plural("n < {few}, {n} group", "n < {few}, {n} groups", row.groups, few=few)
    people = str(row.people)
    if not row.groups:
        return language.say("n = {people}", people=people)
    return language.plural("n = {people}, {n} group", "n = {people}, {n} groups", row.groups, people=people)


def _points(row: Row, language: Language) -> str:
    return language.number(row.points) if row.points else language.say(_NOT_ESTIMATED if row.enough else _TOO_FEW)


def _row_height(row: Row, layout: _Layout) -> float:
    points = block_height("", SMALL) if layout.stacked else 0.0
    label, below = block_height(_label(row, layout)), block_height(_below(row, layout), SMALL)
    return label + 0.3 + points + below + 2 * _PAD


def _draw_row(sheet: Sheet, layout: _Layout, row: Row, top: float, study: Study) -> None:
    label = _label(row, layout)
    middle = top + _PAD + middle_of_line(BODY) + 0.5 * (block_height(label) - block_height(""))
    sheet.text(MARGIN, top + _PAD, label)
    y = top + _PAD + block_height(label) + 0.3
    colour = INK if row.points else MUTED
    if layout.stacked:
        sheet.text(MARGIN, y, _points(row, layout.language), size=SMALL, color=colour)
        y += block_height("", SMALL)
    else:
        sheet.text(
            layout.points_left, middle - middle_of_line(SMALL), _points(row, layout.language), size=SMALL, color=colour
        )
    sheet.text(MARGIN, y, _below(row, layout), size=SMALL, color=MUTED)
    if row.drawable:
        _draw_interval(sheet, layout, row, middle, study)


def _draw_interval(sheet: Sheet, layout: _Layout, row: Row, y: float, study: Study) -> None:
    style = arm_style(study, row.arm)
    sheet.line((layout.x(row.low), layout.x(row.high)), (y, y), color=style.colour, linewidth=1.2)
    for end, marker in ((row.low, "<"), (row.high, ">")):
        if abs(end) > layout.reach:
            sheet.marker(layout.x(end), y, marker, color=style.colour, markersize=3.2)
    size = 5.4 if row.role == "primary" else 4.4
    sheet.marker(layout.x(row.effect), y, style.marker, color=style.colour, markersize=size)


def _axis_height() -> float:
    return 1.2 + 2 * block_height("", SMALL) + 0.3


def _draw_axis(sheet: Sheet, layout: _Layout, y: float) -> None:
    sheet.line((layout.plot_left, layout.plot_left + layout.plot_width), (y, y), color=INK)
    for tick in nice_ticks(-layout.reach, layout.reach, int(layout.plot_width // 11)):
        x = layout.x(tick)
        sheet.line((x, x), (y, y + 0.9), color=INK)
        sheet.text(x, y + 1.2, tick_label(tick, layout.language), size=SMALL, ha="center")
    y += 1.2 + block_height("", SMALL) + 0.3
    draw_ends(sheet, (layout.plot_left, layout.plot_left + layout.plot_width), y, layout.language)


def draw_ends(sheet: Sheet, ends: tuple[float, float], y: float, language: Language) -> None:
    """Write under an axis which end is better: the right one, whatever way the lines run."""
    worse, better = language.say("\u2190 worse"), language.say("better \u2192")
    begin, end = (better, worse) if language.is_right_to_left else (worse, better)
    sheet.text(ends[0], y, begin, size=SMALL, color=MUTED)
    sheet.text(ends[1], y, end, size=SMALL, color=MUTED, ha="right")

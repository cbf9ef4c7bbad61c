"""The forest: every outcome with its standardised effect and its change in points, better to the right."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import pandas as pd

from balint_eval.plots.axis import nice_ticks
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
from balint_eval.plots.words import counted, isolated, listed, percent, plain
from balint_eval.study_model import Study

_GAP, _PAD, _LONGEST_AXIS, _NARROWEST_PLOT = 3.0, 1.1, 3.0, 48.0
_NOT_ESTIMATED, _TOO_FEW = "not estimated", "too few pairs"
_DESIGN = {"difference": "difference between arms", "change": "change"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns in millimetres and the half-width of the axis in standardised units."""

    width: float
    plot_left: float
    plot_width: float
    reach: float
    stacked: bool
    """True where the points stand below the label, because a column of their own has no room."""

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
        held = max(-self.reach, min(self.reach, value))
        return self.plot_left + self.plot_width * (held + self.reach) / (2 * self.reach)


@styled
def forest(
    comparisons: pd.DataFrame, outcomes: pd.DataFrame, study: Study, *, width_mm: float = WIDE
) -> Drawing | None:
    """Draw all outcomes at the primary wave in one forest.

    Parameters
    ----------
    comparisons, outcomes : pandas.DataFrame
        Contract tables; rows of the roles primary and secondary are drawn.
    study : Study
    width_mm : float
        Final width.

    Returns
    -------
    Drawing or None
        None when there is no comparison at the primary wave. The standardised effect of a scale on which
        higher is worse is turned, so that better is to the right; points keep the scale's own sign.
    """
    rows = forest_rows(comparisons, outcomes, study)
    if not any(row.drawable for row in rows):
        return None
    kind = "difference" if study.control_arm else "change"
    return Drawing(
        _drawn(rows, study, kind, width_mm).figure,
        alternative_text(rows, kind),
        forest_table(rows),
        f"All outcomes: {_DESIGN[kind]} at {isolated(wave_label(study, study.primary_wave))}",
        caption(rows, kind, study),
    )


def _drawn(rows: list[Row], study: Study, kind: str, width: float) -> Sheet:
    layout = _layout(rows, width)
    headers = _headers(rows, kind, layout)
    sections = _sections(rows)
    top = MARGIN + max(block_height(header, SMALL) for header in headers) + 1.2
    body = sum(_row_height(row, layout) for row in rows) + sum(_title_height() for name in sections if name)
    note = wrapped(turned_note(rows), width - 2 * MARGIN, SMALL)
    foot = _axis_height()
    sheet = Sheet(width, top + body + foot + (block_height(note, SMALL) + 1.2 if note else 0) + MARGIN)
    _draw_headers(sheet, layout, headers, top)
    zero = layout.x(0)
    sheet.line((zero, zero), (top + 0.4, top + body), color=RULE, linewidth=0.7)
    y = top
    for name, part in sections.items():
        y = _draw_section(sheet, layout, name, part, y, study)
    _draw_axis(sheet, layout, y)
    sheet.text(MARGIN, y + foot + 1.2, note, size=SMALL, color=MUTED)
    return sheet


def _layout(rows: list[Row], width: float) -> _Layout:
    points = max(20.0, *(line_width(row.points or _NOT_ESTIMATED, SMALL, "bold") for row in rows))
    label = min(62.0, 0.44 * (width - points - 2 * MARGIN))
    stacked = width - 2 * MARGIN - points - label - 2 * _GAP < _NARROWEST_PLOT
    if stacked:
        label, points = 0.48 * width, -_GAP
    left = MARGIN + label + _GAP
    return _Layout(width, left, width - MARGIN - points - _GAP - left, _reach(rows), stacked)


def _reach(rows: list[Row]) -> float:
    ends = [abs(end) for row in rows if row.drawable for end in (row.low, row.high)]
    effects = [abs(row.effect) for row in rows if row.drawable]
    wanted = min(max(ends, default=1.0), max(_LONGEST_AXIS, 1.2 * max(effects, default=0.0)))
    return max(0.5, ceil(wanted * 4 + 1e-9) / 4)


def _sections(rows: list[Row]) -> dict[str, list[Row]]:
    names = {"primary": "Primary outcome", "secondary": "Secondary outcomes"}
    found = {names[role]: [row for row in rows if row.role == role] for role in names}
    found = {name: part for name, part in found.items() if part}
    return found if len(found) > 1 else {"": rows}


def _headers(rows: list[Row], kind: str, layout: _Layout) -> tuple[str, str, str]:
    level = percent(rows[0].conf_level)
    names = listed(sorted({row.effect_name for row in rows if row.effect_name})) or "no effect"
    points = f"{kind.capitalize()} in points [{level} CI]"
    effect = f"Standardised {kind}, {names} [{level} CI]"
    outcome = f"Outcome; {points[0].lower()}{points[1:]}" if layout.stacked else "Outcome"
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
        title = name.removesuffix("s") + ("s" if len(rows) > 1 else "")
        sheet.text(MARGIN, y + _PAD, title, size=SMALL, color=MUTED)
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
    people = f"n = {row.people}" if row.enough else f"n < {SMALLEST_SHOWN}"
    groups = f", {counted(row.groups, 'group', 'groups')}" if row.groups else ""
    lines = [row.arm_label, f"{people}{groups}"]
    return "\n".join(wrapped(line, layout.label_width, SMALL) for line in lines if line)


def _points(row: Row) -> str:
    return row.points or (_NOT_ESTIMATED if row.enough else _TOO_FEW)


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
        sheet.text(MARGIN, y, _points(row), size=SMALL, color=colour)
        y += block_height("", SMALL)
    else:
        sheet.text(layout.points_left, middle - middle_of_line(SMALL), _points(row), size=SMALL, color=colour)
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
        sheet.text(x, y + 1.2, plain(tick), size=SMALL, ha="center")
    y += 1.2 + block_height("", SMALL) + 0.3
    sheet.text(layout.plot_left, y, "\u2190 worse", size=SMALL, color=MUTED)
    sheet.text(layout.plot_left + layout.plot_width, y, "better \u2192", size=SMALL, color=MUTED, ha="right")

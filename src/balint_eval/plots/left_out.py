"""The main estimates again without each group in turn, and without the person who moves them most."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots import assumption_words as words
from balint_eval.plots.drawing import COARSE, IN_REPORTS, Drawing
from balint_eval.plots.frames import (
    Cell,
    Frame,
    axis_height,
    band,
    cells,
    draw_note,
    draw_titles,
    ends,
    note_height,
    x_axis,
)
from balint_eval.plots.questions import MOST_PANELS, Question, Row, RowsByPlace, questions, rows_by_place
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BLUE, INK, MARGIN, MUTED, SMALLEST_SHOWN, VERMILLION, WIDE, styled
from balint_eval.study_model import Study

_STEP, _PAD, _NARROWEST, _LONGEST = 2.3, 1.2, 48.0, 2.5


@dataclass(frozen=True, slots=True)
class Panel:
    """One comparison: with everybody, without each group, without one person."""

    question: Question
    whole: Row
    groups: list[Row]
    person: Row | None

    @property
    def rows(self) -> int:
        """Lines that are drawn."""
        return len(self.groups) + (self.person is not None)

    def decides(self, row: Row) -> bool:
        """Tell whether leaving a group out takes the interval over zero, or off it."""
        known = all(isfinite(one[end]) for one in (row, self.whole) for end in ("conf_low", "conf_high"))
        return known and _holds_zero(row) != _holds_zero(self.whole)


def _holds_zero(row: Row) -> bool:
    return bool(row["conf_low"] <= 0 <= row["conf_high"])


@styled
def left_out_panels(
    influence: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw every main comparison at the primary wave without each group, and without one person.

    Parameters
    ----------
    influence, comparisons, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None when nothing is left out of any comparison. Groups are in the order of the estimates, so none is named.
    """
    rows = rows_by_place(influence)
    found = [panel for one in questions(comparisons, outcomes, study, language) if (panel := _panel(one, rows))]
    if not found:
        return None
    shown = found[:MOST_PANELS]
    return Drawing(
        _drawn(shown, width_mm, language).figure,
        words.left_out_in_words(shown, language),
        _table(shown),
        language.say("Estimates without one group, and without one person"),
        words.left_out_caption(len(found) - len(shown), language),
        kinds=IN_REPORTS,
        dpi=COARSE,
    )


def _panel(question: Question, influence: RowsByPlace) -> Panel | None:
    rows = question.of(influence)
    whole = [row for row in rows if row["left_out"] == "nobody"]
    if not whole or min(row["n_paired"] for row in rows) < SMALLEST_SHOWN or len(rows) < 2:
        return None
    groups = sorted((row for row in rows if row["left_out"] == "group"), key=lambda row: -int(row["place"]))
    person = [row for row in rows if row["left_out"] == "person"]
    return Panel(question, whole[0], groups, person[0] if person else None)


def _table(panels: list[Panel]) -> pd.DataFrame:
    names = ("left_out", "place", "n_paired", "estimate", "conf_low", "conf_high")
    rows = [
        [panel.question.title, *(row[name] for name in names)]
        for panel in panels
        for row in (panel.whole, *panel.groups[::-1], *([panel.person] if panel.person else []))
    ]
    return pd.DataFrame(rows, columns=["outcome", *names])


def _height(panel: Panel) -> float:
    return max(panel.rows, 2) * _STEP + 2 * _PAD


def _drawn(panels: list[Panel], width: float, language: Language) -> Sheet:
    note = words.left_out_note(language)
    bodies = [_height(panel) + axis_height() for panel in panels]
    placed, bottom = cells([panel.question.title for panel in panels], bodies, width, _NARROWEST)
    sheet = Sheet(width, bottom + note_height(note, width) + MARGIN, mirrored=language.is_right_to_left)
    draw_titles(sheet, placed)
    for cell, panel in zip(placed, panels, strict=True):
        _draw(sheet, cell, panel, language)
    draw_note(sheet, note, bottom)
    return sheet


def _span(panel: Panel) -> tuple[float, float]:
    """Give the ends of the axis: all estimates, zero, and of long intervals what has room."""
    rows = [panel.whole, *panel.groups, *([panel.person] if panel.person else [])]
    estimates = [float(row["estimate"]) for row in rows] + [0.0]
    whole = [end for end in (panel.whole["conf_low"], panel.whole["conf_high"]) if isfinite(end)]
    low, high = ends(estimates + whole, 0.0)
    room = (_LONGEST - 1) / 2 * (high - low)
    limits = [end for row in rows for end in (row["conf_low"], row["conf_high"]) if isfinite(end)]
    return ends([low, high, *(max(low - room, min(high + room, end)) for end in limits)], 0.03)


def _draw(sheet: Sheet, cell: Cell, panel: Panel, language: Language) -> None:
    frame = Frame.on(sheet, (cell.left, cell.body, cell.width, _height(panel)), _span(panel))
    whole = panel.whole
    if isfinite(whole["conf_low"]):
        band(sheet, frame, whole["conf_low"], whole["conf_high"])
    sheet.path([frame.x(0)] * 2, [frame.top, frame.bottom], color=MUTED, linewidth=0.6, linestyle=":")
    sheet.path([frame.x(whole["estimate"])] * 2, [frame.top, frame.bottom], color=BLUE, linewidth=1.1)
    x_axis(sheet, frame, language, 4)
    heights = [frame.top + _PAD + (place + 0.5) * _STEP for place in range(panel.rows)]
    _draw_groups(sheet, frame, panel, heights)
    if panel.person:
        place = [frame.x(panel.person["estimate"])], [heights[-1]]
        sheet.points(*place, "D", color=VERMILLION, markerfacecolor=VERMILLION, markersize=3.4)


def _draw_groups(sheet: Sheet, frame: Frame, panel: Panel, heights: list[float]) -> None:
    xs, ys = list[float](), list[float]()
    for row, y in zip(panel.groups, heights, strict=False):
        if isfinite(row["conf_low"]):
            xs += [frame.x(row["conf_low"]), frame.x(row["conf_high"]), nan]
            ys += [y, y, nan]
    sheet.path(xs, ys, color=INK, linewidth=0.9)
    pairs = list(zip(panel.groups, heights, strict=False))
    for end, marker in (("conf_low", "<"), ("conf_high", ">")):
        far = [(frame.x(row[end]), y) for row, y in pairs if frame.beyond(row[end])]
        sheet.points([x for x, _ in far], [y for _, y in far], marker, markersize=2.6)
    for decides, face in ((False, INK), (True, "white")):
        some = [(frame.x(row["estimate"]), y) for row, y in pairs if panel.decides(row) == decides]
        sheet.points([x for x, _ in some], [y for _, y in some], "o", markerfacecolor=face)

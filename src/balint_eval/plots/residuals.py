"""Residuals of the planned model: against a normal distribution, and along the fitted value; a pair a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots import assumption_words as words
from balint_eval.plots.axis import nice_ticks
from balint_eval.plots.drawing import COARSE, IN_REPORTS, Drawing
from balint_eval.plots.frames import (
    Cell,
    Frame,
    axis_height,
    cells,
    draw_note,
    draw_titles,
    ends,
    label_room,
    note_height,
    x_axis,
    y_axis,
)
from balint_eval.plots.questions import MOST_PANELS, Question, Row, RowsByPlace, questions, rows_by_place
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BLUE, FAINT, INK, MARGIN, RULE, SMALLEST_SHOWN, WIDE, styled
from balint_eval.study_model import Study

_HEIGHT, _NARROWEST, _BETWEEN, _ACROSS = 26.0, 50.0, 4.0, 2.0


@dataclass(frozen=True, slots=True)
class _Panel:
    question: Question
    check: Row
    quantiles: list[Row]
    bins: list[Row]


@styled
def residual_panels(
    residuals: pd.DataFrame,
    residual_checks: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the residuals of every main comparison at the primary wave.

    Parameters
    ----------
    residuals, residual_checks, comparisons, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None when no comparison has residuals of five people. Quantiles and bins only, no single person.
    """
    asked = questions(comparisons, outcomes, study, language)
    tables = (rows_by_place(residuals), rows_by_place(residual_checks))
    found = [panel for one in asked if (panel := _panel(one, *tables))]
    if not found:
        return None
    shown = found[:MOST_PANELS]
    checks = [(panel.question.title, panel.check) for panel in shown]
    return Drawing(
        _drawn(shown, width_mm, language).figure,
        words.residuals_in_words(checks, language),
        _table(shown),
        language.say("Residuals of the planned comparisons"),
        words.residuals_caption(checks, len(found) - len(shown), len(asked) - len(found), language),
        kinds=IN_REPORTS,
        dpi=COARSE,
    )


def _panel(question: Question, residuals: RowsByPlace, checks: RowsByPlace) -> _Panel | None:
    rows = [row for row in question.of(residuals) if row["n"] >= SMALLEST_SHOWN]
    check = question.of(checks)
    if not rows or not check:
        return None
    parts = [[row for row in rows if row["part"] == part] for part in ("normal", "fitted")]
    return _Panel(question, check[0], *parts)


def _table(panels: list[_Panel]) -> pd.DataFrame:
    names = ("part", "n", "at", "residual", "low", "high")
    rows = [
        [panel.question.title, *(row[name] for name in names)]
        for panel in panels
        for row in (*panel.quantiles, *panel.bins)
    ]
    return pd.DataFrame(rows, columns=["outcome", *names])


def _reach(panels: list[_Panel]) -> float:
    """Give the end of the vertical axis, the same in all panels."""
    values = [abs(row[name]) for panel in panels for row in panel.quantiles for name in ("residual", "low", "high")]
    values += [abs(row[name]) for panel in panels for row in panel.bins for name in ("low", "high")]
    return max(2.0, ceil(2 * max((value for value in values if isfinite(value)), default=2.0)) / 2)


def _drawn(panels: list[_Panel], width: float, language: Language) -> Sheet:
    note = words.residuals_note(language)
    bodies = [_HEIGHT + axis_height()] * len(panels)
    placed, bottom = cells([panel.question.title for panel in panels], bodies, width, _NARROWEST)
    sheet = Sheet(width, bottom + note_height(note, width) + MARGIN, mirrored=language.is_right_to_left)
    draw_titles(sheet, placed)
    reach = _reach(panels)
    for cell, panel in zip(placed, panels, strict=True):
        # All panels share the vertical axis, so its numbers stand once a row.
        _draw(sheet, cell, panel, reach, language, labelled=cell.left == placed[0].left)
    draw_note(sheet, note, bottom)
    return sheet


def _draw(sheet: Sheet, cell: Cell, panel: _Panel, reach: float, language: Language, *, labelled: bool) -> None:
    ticks = nice_ticks(-reach, reach, 4)
    left = cell.left + label_room(ticks)
    each = 0.5 * (cell.left + cell.width - left - _BETWEEN)
    normal = Frame.on(sheet, (left, cell.body, each, _HEIGHT), (-_ACROSS, _ACROSS), (-reach, reach))
    y_axis(sheet, normal, ticks, language, labelled=labelled)
    x_axis(sheet, normal, language)
    _draw_quantiles(sheet, normal, panel.quantiles)
    along = ends([row["at"] for row in panel.bins], 0.12)
    fitted = Frame.on(sheet, (left + each + _BETWEEN, cell.body, each, _HEIGHT), along, (-reach, reach))
    y_axis(sheet, fitted, ticks, language, labelled=False)
    if panel.bins:
        x_axis(sheet, fitted, language)
        _draw_bins(sheet, fitted, panel.bins)


def _draw_quantiles(sheet: Sheet, frame: Frame, rows: list[Row]) -> None:
    upper = [(frame.x(row["at"]), frame.y(row["high"])) for row in rows]
    lower = [(frame.x(row["at"]), frame.y(row["low"])) for row in rows]
    sheet.polygon([*upper, *lower[::-1]], facecolor=FAINT)
    sheet.path([frame.left, frame.right], [frame.y(-_ACROSS), frame.y(_ACROSS)], color=RULE, linewidth=0.7)
    x, y = [frame.x(row["at"]) for row in rows], [frame.y(row["residual"]) for row in rows]
    sheet.dots(x, y, 2.8, BLUE)


def _draw_bins(sheet: Sheet, frame: Frame, rows: list[Row]) -> None:
    for value, line in ((0.0, "-"), (1.0, ":"), (-1.0, ":")):
        sheet.path([frame.left, frame.right], [frame.y(value)] * 2, color=RULE, linewidth=0.7, linestyle=line)
    xs, ys = list[float](), list[float]()
    for row in rows:
        xs += [frame.x(row["at"])] * 2 + [float("nan")]
        ys += [frame.y(row["low"]), frame.y(row["high"]), float("nan")]
    sheet.path(xs, ys, color=INK, linewidth=0.9)
    places = [frame.x(row["at"]) for row in rows], [frame.y(row["residual"]) for row in rows]
    sheet.points(*places, "D", color=INK, markerfacecolor="white", markersize=3.0)

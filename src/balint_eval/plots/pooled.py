"""Several cohorts pooled: each cohort's estimate, the mean over cohorts, and where a further cohort would lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots import pooled_words as words
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import Cell, Frame, axis_height, cells, draw_note, draw_titles, ends, note_height, x_axis
from balint_eval.plots.questions import MOST_PANELS, Question, Row, RowsByPlace, questions, rows_by_place
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BLUE, FAINT, INK, MARGIN, MUTED, RULE, SMALL, SMALLEST_SHOWN, WIDE, styled
from balint_eval.plots.text import block_height, line_width, middle_of_line, wrapped
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS

_PAD, _NARROWEST, _LABEL, _LONGEST = 0.7, 62.0, 0.34, 1.2
MOST_NAMED, _CROWD = 60, 110.0
"""Cohorts that are drawn with their names; height of those that are more, millimetres."""
IMPLAUSIBLE = 2.0
"""Standardised size from which a result is marked: such groups do not plausibly give it."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One comparison: its cohorts in the study's order, and their mean."""

    question: Question
    cohorts: list[tuple[str, Row]]
    pooled: Row

    @property
    def crowded(self) -> bool:
        """Whether the cohorts are too many to be named."""
        return len(self.cohorts) > MOST_NAMED

    @property
    def doubtful(self) -> list[str]:
        """Cohorts whose standardised result is implausibly large."""
        return [name for name, row in self.cohorts if isfinite(row["effect"]) and abs(row["effect"]) > IMPLAUSIBLE]


@styled
def pooled_forest(
    pooled: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the cohorts of every main comparison at the primary wave with their random-effects mean.

    Parameters
    ----------
    pooled, comparisons, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None where fewer than two cohorts are pooled.
    """
    asked = questions(comparisons, outcomes, study, language)
    by_cohort = {
        one.name: rows_by_place(comparisons[comparisons["cohort"] == one.name].assign(cohort=ALL_COHORTS))
        for one in study.cohorts
    }
    means = rows_by_place(pooled)
    found = [panel for one in asked if (panel := _panel(one, means, by_cohort, study))]
    if not found:
        return None
    shown = found[:MOST_PANELS]
    return Drawing(
        _drawn(shown, width_mm, language).figure,
        words.in_words(shown, language),
        _table(shown),
        language.say("Cohorts pooled by random effects"),
        words.caption(shown, len(found) - len(shown), language),
    )


def _panel(question: Question, pooled: RowsByPlace, cohorts: Mapping[str, RowsByPlace], study: Study) -> Panel | None:
    means = question.of(pooled)
    if not means or means[0]["cohorts"] < 2 or not isfinite(means[0]["estimate"]):
        return None
    mean = means[0]
    named = [
        (one.label or one.name, row)
        for one in study.cohorts
        for row in question.of(cohorts.get(one.name, {}))
        if row["method"] == mean["method"]
    ]
    return Panel(question, named, mean) if mean["n_paired"] >= SMALLEST_SHOWN else None


def shown(row: Row) -> bool:
    """Tell whether a cohort's estimate rests on enough people and has an interval."""
    return bool(row["n_paired"] >= SMALLEST_SHOWN) and all(isfinite(row[name]) for name in _NUMBERS)


_NUMBERS = ("estimate", "conf_low", "conf_high")


def _table(panels: list[Panel]) -> pd.DataFrame:
    rows = [line for panel in panels for line in _lines(panel)]
    names = ["outcome", "cohort", "people", *_NUMBERS, "predict_low", "predict_high", "tau"]
    return pd.DataFrame(rows, columns=names)


def _lines(panel: Panel) -> list[list[Any]]:
    title, mean = panel.question.title, panel.pooled
    beyond = [mean[name] for name in ("predict_low", "predict_high", "tau")]
    cohorts = [
        [title, name, row["n_paired"], *(row[column] if shown(row) else nan for column in _NUMBERS), nan, nan, nan]
        for name, row in panel.cohorts
    ]
    return [*cohorts, [title, "random effects", mean["n_paired"], *(mean[name] for name in _NUMBERS), *beyond]]


def _labels(panel: Panel, width: float, language: Language) -> list[str]:
    names = [language.translated(name) for name, _ in panel.cohorts]
    if panel.crowded:
        names = [language.plural("{n} cohort, least first", "{n} cohorts, least first", len(panel.cohorts))]
    names.append(language.say("Mean over cohorts"))
    if isfinite(panel.pooled["predict_low"]):
        names.append(language.say("A further cohort"))
    return [wrapped(name, width, SMALL) for name in names]


def _drawn(panels: list[Panel], width: float, language: Language) -> Sheet:
    note = words.note(panels, language)
    longest = max(line_width(name, SMALL) for panel in panels for name in _labels(panel, 1e3, language))
    label_width = min(longest + 1.0, _LABEL * min(width - 2 * MARGIN, 2 * _NARROWEST))
    labels = [_labels(panel, label_width, language) for panel in panels]
    bodies = [sum(_heights(panel, names)) + axis_height() for panel, names in zip(panels, labels, strict=True)]
    placed, bottom = cells([panel.question.title for panel in panels], bodies, width, _NARROWEST)
    sheet = Sheet(width, bottom + note_height(note, width) + MARGIN, mirrored=language.is_right_to_left)
    draw_titles(sheet, placed)
    for cell, panel, names, body in zip(placed, panels, labels, bodies, strict=True):
        left = cell.left + label_width + 2.0
        frame = Frame.on(sheet, (left, cell.body, cell.left + cell.width - left, body - axis_height()), _ends(panel))
        _draw(sheet, cell, frame, panel, names, language)
    draw_note(sheet, note, bottom)
    return sheet


def _heights(panel: Panel, names: list[str]) -> list[float]:
    """Give the height of each labelled row; cohorts too many to be named share one."""
    heights = [block_height(name, SMALL) + 2 * _PAD for name in names]
    return [_CROWD, *heights[1:]] if panel.crowded else heights


def _ends(panel: Panel) -> tuple[float, float]:
    """Give the ends of the axis: all estimates and zero, and intervals as far as there is room."""
    rows = [row for _, row in panel.cohorts if shown(row)]
    low, high = ends([*(row["estimate"] for row in rows), panel.pooled["estimate"], 0.0], 0.0)
    widest = max([row["std_error"] for row in (*rows, panel.pooled) if isfinite(row["std_error"])], default=high - low)
    room = max(_LONGEST * (high - low), 3.0 * widest)
    limits = [row[name] for row in (*rows, panel.pooled) for name in ("conf_low", "conf_high")]
    limits += [panel.pooled["predict_low"], panel.pooled["predict_high"]]
    return ends([low, high, *(max(low - room, min(high + room, end)) for end in limits if isfinite(end))], 0.03)


def _draw(sheet: Sheet, cell: Cell, frame: Frame, panel: Panel, names: list[str], language: Language) -> None:
    x_axis(sheet, frame, language, 4)
    sheet.path([frame.x(0)] * 2, [frame.top, frame.bottom], color=RULE, linewidth=0.7)
    heights, y = list[float](), frame.top
    for name, height in zip(names, _heights(panel, names), strict=True):
        sheet.text(cell.left, y + _PAD, name, size=SMALL)
        heights.append(y + _PAD + middle_of_line(SMALL) + 0.5 * (block_height(name, SMALL) - block_height("", SMALL)))
        y += height
    if panel.crowded:
        _draw_crowd(sheet, frame, panel)
        _draw_mean(sheet, frame, panel.pooled, heights[1:])
        return
    for (_, row), height in zip(panel.cohorts, heights, strict=False):
        if shown(row):
            doubtful = isfinite(row["effect"]) and abs(row["effect"]) > IMPLAUSIBLE
            _draw_interval(sheet, frame, (row["conf_low"], row["conf_high"]), height, INK)
            face = "white" if doubtful else INK
            sheet.points([frame.x(row["estimate"])], [height], "s", markerfacecolor=face, markersize=3.6)
    _draw_mean(sheet, frame, panel.pooled, heights[len(panel.cohorts) :])


def _draw_crowd(sheet: Sheet, frame: Frame, panel: Panel) -> None:
    """Draw cohorts that are too many to be named, from the least estimate down to the greatest."""
    rows = sorted((row for _, row in panel.cohorts if shown(row)), key=lambda row: float(row["estimate"]))
    step = (_CROWD - 2 * _PAD) / max(len(rows), 1)
    places = [frame.top + _PAD + (at + 0.5) * step for at in range(len(rows))]
    # One path with gaps, for a thousand of them would make the file ten times as large.
    across = [end for row in rows for end in (frame.x(row["conf_low"]), frame.x(row["conf_high"]), nan)]
    sheet.path(across, [end for y in places for end in (y, y, nan)], color=RULE, linewidth=0.35)
    sheet.points([frame.x(row["estimate"]) for row in rows], places, "o", markerfacecolor=INK, markersize=0.9)


def _draw_interval(sheet: Sheet, frame: Frame, limits: tuple[float, float], y: float, colour: str) -> None:
    sheet.path([frame.x(limits[0]), frame.x(limits[1])], [y, y], color=colour, linewidth=1.1)
    for end, marker in zip(limits, ("<", ">"), strict=True):
        if frame.beyond(end):
            sheet.points([frame.x(end)], [y], marker, color=colour, markerfacecolor=colour, markersize=3.0)


def _draw_mean(sheet: Sheet, frame: Frame, mean: Row, heights: list[float]) -> None:
    centre, y = frame.x(mean["estimate"]), heights[0]
    if isfinite(mean["conf_low"]):
        corners = [
            (frame.x(mean["conf_low"]), y),
            (centre, y - 1.2),
            (frame.x(mean["conf_high"]), y),
            (centre, y + 1.2),
        ]
        sheet.polygon(corners, facecolor=BLUE, zorder=2)
        _draw_interval(sheet, frame, (mean["conf_low"], mean["conf_high"]), y, BLUE)
        sheet.path([centre] * 2, [frame.top, y - 1.2], color=FAINT, linewidth=0.6)
    if len(heights) > 1:
        low, high = mean["predict_low"], mean["predict_high"]
        sheet.path([frame.x(low), frame.x(high)], [heights[1]] * 2, color=MUTED, linewidth=2.6)
        _draw_interval(sheet, frame, (low, high), heights[1], MUTED)

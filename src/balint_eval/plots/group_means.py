"""How groups differ: each group's mean change, drawn towards its arm's mean, and where a further group would lie."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots import assumption_words as words
from balint_eval.plots.drawing import COARSE, IN_REPORTS, Drawing
from balint_eval.plots.frames import Cell, Frame, axis_height, cells, draw_note, draw_titles, ends, note_height, x_axis
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.questions import MOST_PANELS, Question, Row, RowsByPlace, questions, rows_by_place
from balint_eval.plots.selection import arm_label, ordered_arms
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import FAINT, INK, MARGIN, RULE, SMALLEST_SHOWN, WIDE, arm_style, styled
from balint_eval.study_model import Study

_STEP, _PAD, _BETWEEN_ARMS, _NARROWEST, _ROOM = 2.5, 1.3, 2.6, 48.0, 0.6


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: what the model says of it (None without one), and its groups of five and more, from the top."""

    name: str
    spread: Row | None
    groups: list[Row]


@dataclass(frozen=True, slots=True)
class Panel:
    """One comparison."""

    question: Question
    spread: Row
    arms: list[Arm]
    hidden: int
    """Groups of fewer than five people, which are not drawn."""


@styled
def group_panels(
    group_spread: pd.DataFrame,
    group_effects: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the groups of every main comparison at the primary wave.

    Parameters
    ----------
    group_spread, group_effects, comparisons, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None where no comparison has two groups of five people. Groups are in the order of their means, so none is
        named.
    """
    asked = questions(comparisons, outcomes, study, language)
    tables = (rows_by_place(group_spread), rows_by_place(group_effects))
    found = [panel for one in asked if (panel := _panel(one, *tables, study))]
    if not found:
        return None
    shown = found[:MOST_PANELS]
    return Drawing(
        _drawn(shown, study, width_mm, language).figure,
        words.groups_in_words(shown, study, language),
        _table(shown, study, language),
        language.say("How the groups differ"),
        words.groups_caption(len(found) - len(shown), sum(panel.hidden for panel in shown), language),
        kinds=IN_REPORTS,
        dpi=COARSE,
    )


def _panel(question: Question, spread: RowsByPlace, effects: RowsByPlace, study: Study) -> Panel | None:
    rows = question.of(spread)
    groups = [row for row in question.of(effects) if row["n"] >= SMALLEST_SHOWN]
    if not rows or len(groups) < 2:
        return None
    names = ordered_arms(study, pd.Series([row["arm"] for row in groups]))
    by_arm = {row["arm"]: row for row in rows}
    arms = [
        Arm(name, by_arm.get(name), sorted((g for g in groups if g["arm"] == name), key=lambda g: -float(g["mean"])))
        for name in names
    ]
    return Panel(question, rows[0], arms, sum(int(row["n_groups"]) for row in rows) - len(groups))


def _table(panels: list[Panel], study: Study, language: Language) -> pd.DataFrame:
    rows = [
        [
            panel.question.title,
            arm_label(study, arm.name, language),
            group["place"],
            group["n"],
            group["mean"],
            group["shrunken"],
        ]
        for panel in panels
        for arm in panel.arms
        for group in arm.groups[::-1]
    ]
    return pd.DataFrame(rows, columns=["outcome", "arm", "place", "n", "mean", "shrunken"])


def _height(panel: Panel) -> float:
    lines = sum(len(arm.groups) + 1 for arm in panel.arms)
    return lines * _STEP + (len(panel.arms) - 1) * _BETWEEN_ARMS + 2 * _PAD


def _drawn(panels: list[Panel], study: Study, width: float, language: Language) -> Sheet:
    keys = _legend(panels, study, width, language)
    note = words.groups_note(language)
    bodies = [_height(panel) + axis_height() for panel in panels]
    placed, bottom = cells([panel.question.title for panel in panels], bodies, width, _NARROWEST)
    sheet = Sheet(
        width, bottom + 2.0 + keys.height + note_height(note, width) + MARGIN, mirrored=language.is_right_to_left
    )
    draw_titles(sheet, placed)
    for cell, panel in zip(placed, panels, strict=True):
        _draw(sheet, cell, panel, study, language)
    keys.draw(sheet, MARGIN, bottom + 2.0)
    draw_note(sheet, note, bottom + 2.0 + keys.height)
    return sheet


def _legend(panels: list[Panel], study: Study, width: float, language: Language) -> Legend:
    arms = list(dict.fromkeys(arm.name for panel in panels for arm in panel.arms))
    looks = [(arm, arm_style(study, arm)) for arm in arms]
    keys = [Key(arm_label(study, arm, language), look.colour, look.marker) for arm, look in looks]
    keys.append(Key(language.say("the group’s own mean"), INK, "o", filled=False))
    keys.append(Key(language.say("where a further group’s true mean is expected"), RULE, line="-", width=2.2))
    return legend(keys, width - 2 * MARGIN)


def _ends(panel: Panel) -> tuple[float, float]:
    """Give the ends of the axis: all means and zero; what is expected of a further group as far as there is room."""
    means = [float(group[name]) for arm in panel.arms for group in arm.groups for name in ("mean", "shrunken")]
    low, high = ends([*means, 0.0], 0.0)
    room = _ROOM * (high - low)
    limits = [arm.spread[name] for arm in panel.arms if arm.spread for name in ("predict_low", "predict_high")]
    inside = [max(low - room, min(high + room, limit)) for limit in limits if isfinite(limit)]
    return ends([low, high, *inside], 0.04)


def _draw(sheet: Sheet, cell: Cell, panel: Panel, study: Study, language: Language) -> None:
    frame = Frame.on(sheet, (cell.left, cell.body, cell.width, _height(panel)), _ends(panel))
    x_axis(sheet, frame, language, 4)
    sheet.path([frame.x(0)] * 2, [frame.top, frame.bottom], color=RULE, linewidth=0.7)
    y = frame.top + _PAD
    for arm in panel.arms:
        _draw_arm(sheet, frame, arm, study, y)
        y += (len(arm.groups) + 1) * _STEP + _BETWEEN_ARMS


def _draw_arm(sheet: Sheet, frame: Frame, arm: Arm, study: Study, top: float) -> None:
    look = arm_style(study, arm.name)
    heights = [top + (place + 0.5) * _STEP for place in range(len(arm.groups) + 1)]
    xs, ys = list[float](), list[float]()
    for group, y in zip(arm.groups, heights, strict=False):
        if isfinite(group["shrunken"]):
            xs += [frame.x(group["mean"]), frame.x(group["shrunken"]), nan]
            ys += [y, y, nan]
    sheet.path(xs, ys, color=FAINT, linewidth=1.2)
    if arm.spread is not None and isfinite(arm.spread["mean"]):
        _draw_expected(sheet, frame, arm.spread, heights, look.colour)
    own = [frame.x(group["mean"]) for group in arm.groups], heights[:-1]
    sheet.points(*own, "o", color=INK, markerfacecolor="white", markersize=3.6)
    known = [(frame.x(g["shrunken"]), y) for g, y in zip(arm.groups, heights, strict=False) if isfinite(g["shrunken"])]
    places = [x for x, _ in known], [y for _, y in known]
    sheet.points(*places, look.marker, color=look.colour, markerfacecolor=look.colour, markersize=2.8)


def _draw_expected(sheet: Sheet, frame: Frame, spread: Row, heights: list[float], colour: str) -> None:
    """Draw the arm's mean as a line through its groups, and the range of a further group below them."""
    centre, last = frame.x(spread["mean"]), heights[-1]
    sheet.path([centre] * 2, [heights[0] - 0.5 * _STEP, last + 0.5 * _STEP], color=colour, linewidth=0.8)
    low, high = spread["predict_low"], spread["predict_high"]
    if not (isfinite(low) and isfinite(high)):
        return
    sheet.path([frame.x(low), frame.x(high)], [last, last], color=RULE, linewidth=2.2)
    for end, marker in ((low, "<"), (high, ">")):
        if frame.beyond(end):
            sheet.points([frame.x(end)], [last], marker, color=RULE, markerfacecolor=RULE, markersize=3.6)

"""Means over the waves, arm by arm, one panel an outcome, with the numbers of people below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.plots.axis import nice_ticks, tick_room
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import TICK, Frame, value_axis
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.means_data import (
    Panel,
    Point,
    mean_panels,
    means_table,
    value_window,
)  # fmt: skip
from balint_eval.plots.selection import arm_label, scale_words, wave_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BODY,
    HAIRLINE,
    MARGIN,
    MUTED,
    NARROW,
    RULE,
    SMALL,
    SMALLEST_SHOWN,
    WIDE,
    arm_style,
    styled,
)  # fmt: skip
from balint_eval.plots.text import block_height, middle_of_line, wrapped
from balint_eval.plots.words import digits_for, interval, isolated, number, percent
from balint_eval.study_model import Study

_PLOT_HEIGHT, _GAP, _ROW_GAP, _NARROWEST, _DODGE = 38.0, 6.0, 5.0, 50.0, 0.09


@dataclass(frozen=True, slots=True)
class _Place:
    """One panel with its place and its wrapped words."""

    panel: Panel
    left: float
    width: float
    axis_room: float
    title: str
    points: str
    wave_labels: list[str]

    @property
    def head(self) -> float:
        return block_height(self.title) + 0.4 + block_height(self.points, SMALL) + 2.2

    @property
    def foot(self) -> float:
        labels = max(block_height(label, SMALL) for label in self.wave_labels)
        return 1.4 + labels + 0.8 + len(self.panel.arms) * (block_height("", SMALL) + 0.2)

    @property
    def plot_left(self) -> float:
        return self.left + self.axis_room

    @property
    def plot_width(self) -> float:
        return self.width - self.axis_room


@styled
def means_over_time(
    descriptives: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    shown: Sequence[tuple[str, str]] | None = None,
    width_mm: float | None = None,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the mean of each arm at each wave, one panel an outcome.

    Parameters
    ----------
    descriptives, comparisons, outcomes : pandas.DataFrame
        Contract tables: means come from `descriptives`, intervals from the rows of `comparisons` whose kind
        is `change`.
    study : Study
    shown : sequence of (instrument, scale), optional
        Outcomes to draw; by default all.
    width_mm : float, optional
        Final width; by default 85 mm for one outcome, else 174 mm.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when no mean rests on five people. The bar at a later wave is the interval of the change since
        the baseline, laid around the mean of that wave: it is not an interval of the mean.
    """
    panels = mean_panels(descriptives, comparisons, outcomes, study, shown, language)
    if not panels:
        return None
    width = width_mm or (NARROW if len(panels) == 1 else WIDE)
    outcome = isolated(panels[0].label, language)
    return Drawing(
        _drawn(panels, study, width, language).figure,
        _alternative_text(panels, study, language),
        means_table(panels),
        language.say("{outcome} over time", outcome=outcome) if len(panels) == 1 else language.say("Means over time"),
        _caption(panels, language),
    )


def _drawn(panels: list[Panel], study: Study, width: float, language: Language) -> Sheet:
    keys = _legend(panels, study, width, language)
    rows = _rows(panels, study, width, language)
    heights = [max(p.head for p in row) + _PLOT_HEIGHT + max(p.foot for p in row) for row in rows]
    top = MARGIN + (keys.height + 3 if keys else 0)
    height = top + sum(heights) + _ROW_GAP * (len(rows) - 1) + MARGIN
    sheet = Sheet(width, height, mirrored=language.is_right_to_left)
    if keys:
        keys.draw(sheet, MARGIN, MARGIN)
    for row, height in zip(rows, heights, strict=True):
        head = max(place.head for place in row)
        for place in row:
            _draw_panel(sheet, place, top, top + head, study, language)
        top += height + _ROW_GAP
    return sheet


def _legend(panels: list[Panel], study: Study, width: float, language: Language) -> Legend | None:
    arms = list(dict.fromkeys(arm for panel in panels for arm in panel.arms))
    if len(arms) < 2:
        return None
    keys = [(arm_label(study, arm, language) or language.say("All"), arm_style(study, arm)) for arm in arms]
    return legend(
        [Key(label, look.colour, look.marker, look.line, width=1.2) for label, look in keys],
        width - 2 * MARGIN,
    )


def _rows(panels: list[Panel], study: Study, width: float, language: Language) -> list[list[_Place]]:
    inner = width - 2 * MARGIN
    most = min(len(panels), max(1, int((inner + _GAP) // (_NARROWEST + _GAP))))
    columns = -(-len(panels) // -(-len(panels) // most))
    panel_width = min((inner - _GAP * (columns - 1)) / columns, NARROW - 2 * MARGIN)
    lefts = [MARGIN + index * (panel_width + _GAP) for index in range(columns)]
    return [
        [
            _place(panel, left, panel_width, study, language)
            for panel, left in zip(panels[start : start + columns], lefts, strict=False)
        ]
        for start in range(0, len(panels), columns)
    ]


def _place(panel: Panel, left: float, width: float, study: Study, language: Language) -> _Place:
    low, high = value_window(panel)
    room = max(tick_room(nice_ticks(low, high, 4), language), 4.5)
    slot = (width - room) / len(panel.waves)
    labels = [wrapped(wave_label(study, wave, language), slot - 1.2, SMALL) for wave in panel.waves]
    return _Place(
        panel, left, width, room, wrapped(panel.label, width, BODY, "bold"),
        wrapped(scale_words(panel.outcome, language), width, SMALL), labels,
    )  # fmt: skip


def _draw_panel(sheet: Sheet, place: _Place, top: float, plot_top: float, study: Study, language: Language) -> None:
    panel = place.panel
    title_top = plot_top - place.head
    sheet.text(place.left, title_top, place.title, weight="bold")
    sheet.text(place.left, title_top + block_height(place.title) + 0.4, place.points, size=SMALL, color=MUTED)
    low, high = value_window(panel)
    box = (place.plot_left, plot_top, place.plot_width, _PLOT_HEIGHT)
    frame = Frame.on(sheet, box, (-0.5, len(panel.waves) - 0.5), (low, high))
    value_axis(sheet, frame, nice_ticks(low, high, 4), language)
    for wave in range(len(panel.waves)):
        sheet.path([frame.x(wave)] * 2, [frame.bottom, frame.bottom + TICK], color=RULE, linewidth=HAIRLINE)
    for index, arm in enumerate(panel.arms):
        dodge = _DODGE * (index - 0.5 * (len(panel.arms) - 1))
        _draw_arm(sheet, frame, panel, arm, dodge, study)
    _draw_foot(sheet, place, plot_top + _PLOT_HEIGHT + 1.4, study, language)


def _draw_arm(sheet: Sheet, frame: Frame, panel: Panel, arm: str, dodge: float, study: Study) -> None:
    style = arm_style(study, arm)
    points = [point for point in panel.points if point.arm == arm and point.shown]
    x = [frame.x(panel.waves.index(point.wave) + dodge) for point in points]
    means = [frame.y(point.mean) for point in points]
    for place, point in zip(x, points, strict=True):
        if point.has_interval:
            sheet.path([place, place], [frame.y(point.low), frame.y(point.high)], color=style.colour, linewidth=1.0)
    sheet.path(x, means, color=style.colour, linestyle=style.line, linewidth=1.2, zorder=3)
    sheet.points(x, means, style.marker, color=style.colour, markersize=4.6, markeredgewidth=1.0)


def _draw_foot(sheet: Sheet, place: _Place, top: float, study: Study, language: Language) -> None:
    slot = place.plot_width / len(place.panel.waves)
    centres = [place.plot_left + (index + 0.5) * slot for index in range(len(place.panel.waves))]
    if sheet.mirrored:
        # Time runs from left to right in the axes above, whatever way the lines run.
        centres.reverse()
    for centre, label in zip(centres, place.wave_labels, strict=True):
        sheet.text(centre, top, label, size=SMALL, ha="center")
    top += max(block_height(label, SMALL) for label in place.wave_labels) + 0.8
    for arm in place.panel.arms:
        style = arm_style(study, arm)
        middle = top + middle_of_line(SMALL)
        if len(place.panel.arms) > 1:
            sheet.marker(place.left + 1.2, middle, style.marker, color=style.colour, markersize=3.6)
        for centre, wave in zip(centres, place.panel.waves, strict=True):
            sheet.text(
                centre, top, _count(place.panel.point(arm, wave), language), size=SMALL, color=MUTED, ha="center"
            )
        top += block_height("", SMALL) + 0.2


def _count(point: Point | None, language: Language) -> str:
    if point is None or point.n == 0 or point.shown:
        return language.say("n = {people}", people=str(point.n if point else 0))
    return language.say("n < {few}", few=str(SMALLEST_SHOWN))


def _caption(panels: list[Panel], language: Language) -> str:
    points = [point for panel in panels for point in panel.points]
    few = sum(not point.shown and point.n > 0 for point in points)
    withheld = language.plural(
        "{n} mean of fewer than {few} people not drawn.",
        "{n} means of fewer than {few} people not drawn.",
        few,
        few=str(SMALLEST_SHOWN),
    )
    levels = {point.conf_level for point in points if point.has_interval}
    sentences = (
        language.say(
            "Means of all people with a score at the wave; the axis shows only the part of the scale that is needed."
        ),
        _bars(percent(levels.pop()), language) if levels else "",
        withheld if few else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _bars(level: str, language: Language) -> str:
    return language.say(
        "A bar is the {level} interval of the change since the baseline, laid around the later mean, so it may pass "
        "the end of the scale; the baseline has none.",
        level=level,
    )


def _alternative_text(panels: list[Panel], study: Study, language: Language) -> str:
    return " ".join(_panel_words(panel, study, language) for panel in panels)


def _panel_words(panel: Panel, study: Study, language: Language) -> str:
    digits = digits_for(float(panel.outcome["maximum"]) - float(panel.outcome["minimum"]))
    arms = language.sequence([_arm_words(panel, arm, study, digits, language) for arm in panel.arms], SEMICOLONS)
    outcome = isolated(panel.label, language)
    if panel.outcome["higher_is"] == "better":
        return language.say("Mean {outcome}, higher is better: {arms}.", outcome=outcome, arms=arms)
    return language.say("Mean {outcome}, higher is worse: {arms}.", outcome=outcome, arms=arms)


def _arm_words(panel: Panel, arm: str, study: Study, digits: int, language: Language) -> str:
    points = [point for point in panel.points if point.arm == arm and point.shown]
    means = [_mean_words(point, study, digits, language) for point in points]
    name = isolated(arm_label(study, arm, language), language) or language.say("all")
    return language.say("{arm} {means}", arm=name, means=language.listed(means))


def _mean_words(point: Point, study: Study, digits: int, language: Language) -> str:
    wave = isolated(wave_label(study, point.wave, language), language)
    mean = number(point.mean, digits)
    if not point.has_interval:
        return language.say("{mean} {wave}", mean=mean, wave=wave)
    limits = interval(point.low, point.high, digits)
    return language.say("{mean} {wave} {interval}", mean=mean, wave=wave, interval=limits)

"""Paired slopes: each person's score before and after, group by group, with the group means in bold."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd

from balint_eval.language import ENGLISH, Language, marked
from balint_eval.plots.axis import nice_ticks, scale_ticks, tick_room
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import Frame, value_axis
from balint_eval.plots.legend import Key, legend
from balint_eval.plots.selection import arm_label, ordered_outcomes, outcome_label, scale_words, wave_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.slopes_data import Slot, drawn_values, paired_scores, slots
from balint_eval.plots.slopes_words import alternative_text, caption
from balint_eval.plots.style import (
    BODY,
    BOLD,
    HEAD,
    INK,
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
from balint_eval.plots.words import isolated
from balint_eval.study_model import Study

_PANEL_HEIGHT, _PANEL_GAP, _ROW_GAP = 46.0, 4.0, 4.0
_INTERNAL = {
    False: marked("Internal: values of single people"),
    True: marked("Internal: values of single groups"),
}
_NARROWEST_SLOT, _WIDEST_SLOT, _HALF = 12.5, 24.0, 0.27


@dataclass(frozen=True, slots=True)
class _Panel:
    """A run of groups of one arm that stand in one row."""

    arm: str
    slots: list[Slot]
    header: str
    left: float
    slot_width: float

    @property
    def width(self) -> float:
        return self.slot_width * len(self.slots)


@styled
def paired_slopes(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    study: Study,
    outcomes: pd.DataFrame,
    instrument: str,
    scale: str,
    *,
    width_mm: float | None = None,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the scores of complete pairs at the baseline and at the primary wave, group by group.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    instrument, scale : str
        The outcome.
    width_mm : float, optional
        Final width; by default 85 mm for up to four groups, else 174 mm.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None with one wave, or when no group has five complete pairs. Not for release: it shows single values.
    """
    if not study.later_waves:
        return None
    panels = slots(paired_scores(scores, participants, study, instrument, scale), study, language)
    everyone = [slot for panel in panels.values() for slot in panel]
    if not any(slot.shown for slot in everyone):
        return None
    outcome = _outcome(outcomes, study, instrument, scale)
    width = width_mm or (NARROW if len(everyone) <= 4 else WIDE)
    waves = (wave_label(study, study.baseline.name, language), wave_label(study, study.primary_wave, language))
    sheet = _drawn(panels, outcome, study, waves, width, language)
    names = (study.baseline.name, study.primary_wave)
    return Drawing(
        sheet.figure,
        alternative_text(panels, outcome, study, waves, language),
        drawn_values(panels, names),
        language.say(
            "{outcome}: {first} and {last}",
            outcome=isolated(outcome_label(outcome, language), language),
            first=isolated(waves[0], language),
            last=isolated(waves[1], language),
        ),
        caption(everyone, outcome, language),
    )


def _outcome(outcomes: pd.DataFrame, study: Study, instrument: str, scale: str) -> pd.Series:
    rows = ordered_outcomes(study, outcomes)
    return rows[(rows["instrument"] == instrument) & (rows["scale"] == scale)].iloc[0]


def _drawn(
    panels: dict[str, list[Slot]],
    outcome: pd.Series,
    study: Study,
    waves: tuple[str, str],
    width: float,
    language: Language,
) -> Sheet:
    low, high, ticks = _value_range(panels, outcome)
    left = MARGIN + tick_room(ticks, language)
    rows = _rows(panels, study, left, width - MARGIN, language)
    inner = width - 2 * MARGIN
    title = wrapped(outcome_label(outcome, language), inner, HEAD, "bold")
    points = wrapped(scale_words(outcome, language), inner, SMALL)
    keys = legend(_keys(waves, panels, language), inner)
    top = MARGIN + block_height(title, HEAD) + 1 + block_height(points, SMALL) + 1.5
    body = sum(_row_height(row, language) for row in rows) + _ROW_GAP * (len(rows) - 1)
    height = top + keys.height + 3 + body + 1.5 + block_height("", SMALL) + MARGIN
    sheet = Sheet(width, height, mirrored=language.is_right_to_left)
    sheet.text(MARGIN, MARGIN, title, size=HEAD, weight="bold")
    sheet.text(MARGIN, MARGIN + block_height(title, HEAD) + 1, points, size=SMALL, color=MUTED)
    keys.draw(sheet, MARGIN, top)
    y = top + keys.height + 3
    for row in rows:
        _draw_row(sheet, row, y, study, (low, high, ticks), language)
        y += _row_height(row, language) + _ROW_GAP
    mark = language.say(_INTERNAL[_shows_groups(panels)])
    sheet.text(width - MARGIN, y - _ROW_GAP + 1.5, mark, size=SMALL, color=MUTED, ha="right")
    return sheet


def _value_range(panels: dict[str, list[Slot]], outcome: pd.Series) -> tuple[float, float, list[float]]:
    low, high = float(outcome["minimum"]), float(outcome["maximum"])
    if isfinite(low) and isfinite(high) and high > low:
        return low, high, scale_ticks(low, high)
    values = np.concatenate([slot.lines.to_numpy().ravel() for panel in panels.values() for slot in panel])
    room = 0.05 * float(np.ptp(values)) or 1.0
    low, high = float(values.min()) - room, float(values.max()) + room
    return low, high, nice_ticks(low, high)


def _keys(waves: tuple[str, str], panels: dict[str, list[Slot]], language: Language) -> list[Key]:
    if _shows_groups(panels):
        thin, thick = language.say("one group"), language.say("mean of the groups")
    else:
        thin, thick = language.say("one person"), language.say("mean of the group")
    return [
        Key(waves[0], MUTED, "o", filled=False),
        Key(waves[1], MUTED, "o"),
        Key(thin, RULE, line="-", width=0.6),
        Key(thick, MUTED, line="-", width=BOLD),
    ]


def _shows_groups(panels: dict[str, list[Slot]]) -> bool:
    return any(slot.people > len(slot.lines) for panel in panels.values() for slot in panel)


def _rows(
    panels: dict[str, list[Slot]], study: Study, left: float, right: float, language: Language
) -> list[list[_Panel]]:
    room = right - left
    gaps = _PANEL_GAP * (len(panels) - 1)
    fitting = (room - gaps) / max(1, sum(map(len, panels.values())))
    if fitting >= _NARROWEST_SLOT:
        return [_beside(panels, study, left, min(fitting, _WIDEST_SLOT), language)]
    per_row = int(room // _NARROWEST_SLOT)
    chunks = [(arm, panel, chunk) for arm, panel in panels.items() for chunk in _balanced(panel, per_row)]
    widest = max(len(chunk) for _, _, chunk in chunks)
    slot_width = min(room / widest, _WIDEST_SLOT)
    return [[_panel(arm, panel, chunk, study, left, slot_width, language)] for arm, panel, chunk in chunks]


def _beside(
    panels: dict[str, list[Slot]], study: Study, left: float, slot_width: float, language: Language
) -> list[_Panel]:
    row = []
    for arm, panel in panels.items():
        row.append(_panel(arm, panel, panel, study, left, slot_width, language))
        left += row[-1].width + _PANEL_GAP
    return row


def _balanced(panel: list[Slot], most: int) -> list[list[Slot]]:
    rows = -(-len(panel) // most)
    size = -(-len(panel) // rows)
    return [panel[start : start + size] for start in range(0, len(panel), size)]


def _panel(
    arm: str, whole: list[Slot], part: list[Slot], study: Study, left: float, slot_width: float, language: Language
) -> _Panel:
    people = sum(slot.people for slot in whole if slot.shown)
    pairs = language.plural("{n} pair", "{n} pairs", people)
    words = pairs if part[0] is whole[0] else language.say("continued")
    room = slot_width * len(part) - 5.5
    label = wrapped(arm_label(study, arm, language) or language.say("All"), room, BODY, "bold")
    count = wrapped(words, room, SMALL)
    return _Panel(arm, part, f"{label}\n{count}", left, slot_width)


def _header_height(row: list[_Panel]) -> float:
    return max(block_height(panel.header, BODY) for panel in row) + 1.5


def _foot(slot: Slot, width: float, language: Language) -> str:
    if slot.shown:
        count = language.say("n = {people}", people=str(slot.people))
    else:
        count = language.say("n < {few}", few=str(SMALLEST_SHOWN))
    return f"{wrapped(slot.label, width - 1.5, SMALL)}\n{count}" if slot.label else count


def _foot_height(row: list[_Panel], language: Language) -> float:
    feet = [_foot(slot, panel.slot_width, language) for panel in row for slot in panel.slots]
    return max(block_height(foot, SMALL) for foot in feet) + 1.2


def _row_height(row: list[_Panel], language: Language) -> float:
    return _header_height(row) + _PANEL_HEIGHT + _foot_height(row, language)


def _draw_row(
    sheet: Sheet,
    row: list[_Panel],
    top: float,
    study: Study,
    values: tuple[float, float, list[float]],
    language: Language,
) -> None:
    low, high, ticks = values
    floor = top + _header_height(row) + _PANEL_HEIGHT
    for index, panel in enumerate(row):
        _draw_header(sheet, panel, top, study)
        box = (panel.left, floor - _PANEL_HEIGHT, panel.width, _PANEL_HEIGHT)
        frame = Frame.on(sheet, box, (0, len(panel.slots)), (low, high))
        value_axis(sheet, frame, ticks, language, labelled=index == 0)
        for place, slot in enumerate(panel.slots):
            # Groups stand in reading order; the two waves of each run from left to right everywhere.
            _draw_slot(sheet, frame, slot, len(panel.slots) - place - 0.5 if sheet.mirrored else place + 0.5, study)
            centre = panel.left + (place + 0.5) * panel.slot_width
            sheet.text(centre, floor + 1.2, _foot(slot, panel.slot_width, language), size=SMALL, ha="center")


def _draw_header(sheet: Sheet, panel: _Panel, top: float, study: Study) -> None:
    style = arm_style(study, panel.arm)
    label, _, count = panel.header.rpartition("\n")
    middle = top + middle_of_line(BODY)
    sheet.marker(panel.left + 1.5, middle, style.marker, color=style.colour)
    sheet.text(panel.left + 4.5, top, label, weight="bold", color=INK)
    sheet.text(panel.left + 4.5, top + block_height(label, BODY) + 0.6, count, size=SMALL, color=MUTED)


def _draw_slot(sheet: Sheet, frame: Frame, slot: Slot, centre: float, study: Study) -> None:
    if not slot.shown:
        return
    style = arm_style(study, slot.arm)
    x = (frame.x(centre - _HALF), frame.x(centre + _HALF))
    pairs = [(frame.y(first), frame.y(last)) for first, last in slot.lines.itertuples(index=False)]
    sheet.strokes(x, pairs, style.colour, alpha=0.32, linewidth=0.6)
    means = [frame.y(mean) for mean in slot.mean]
    sheet.path(x, means, color=style.colour, linewidth=BOLD, linestyle=style.line, zorder=3)
    for place, mean, face in zip(x, means, ("white", style.colour), strict=True):
        sheet.points(
            [place], [mean], style.marker, color=style.colour, markerfacecolor=face, markersize=4.6,
            markeredgewidth=1.1,
        )  # fmt: skip

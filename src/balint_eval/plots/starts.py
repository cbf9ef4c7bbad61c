"""Change against the score before, with the line that error of measurement alone would draw."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

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
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.questions import MOST_PANELS, Row, rows_by_place
from balint_eval.plots.selection import arm_label, ordered_arms, ordered_outcomes, outcome_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import MARGIN, MUTED, RULE, SMALLEST_SHOWN, WIDE, arm_style, styled
from balint_eval.study_model import Study
from balint_eval.tables import records

_HEIGHT, _NARROWEST = 30.0, 48.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One outcome: for each arm its slopes and its bins."""

    label: str
    arms: list[tuple[Row, list[Row]]]

    @property
    def expected(self) -> Row | None:
        """Slopes of the first arm whose reliability is known."""
        return next((slopes for slopes, _ in self.arms if isfinite(slopes["expected_slope"])), None)


@styled
def change_by_start(
    baseline_slopes: pd.DataFrame,
    baseline_bins: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the change up to the primary wave against the earlier score, one panel an outcome.

    Parameters
    ----------
    baseline_slopes, baseline_bins, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None where no arm has a slope. Means of at least five people who started alike, no single person.
    """
    found = _panels(baseline_slopes, baseline_bins, outcomes, study, language)
    if not found:
        return None
    shown = found[:MOST_PANELS]
    return Drawing(
        _drawn(shown, study, width_mm, language).figure,
        words.starts_in_words(shown, study, language),
        _table(shown, study, language),
        language.say("Change against the score before"),
        words.starts_caption(len(found) - len(shown), language),
        kinds=IN_REPORTS,
        dpi=COARSE,
    )


def _panels(
    slopes: pd.DataFrame, bins: pd.DataFrame, outcomes: pd.DataFrame, study: Study, language: Language
) -> list[Panel]:
    usable = slopes[slopes["slope"].notna() & (slopes["wave_to"] == study.primary_wave)]
    by_outcome: dict[tuple[str, str], list[Row]] = {}
    for one in records(usable):
        by_outcome.setdefault((one["instrument"], one["scale"]), []).append(one)
    around = rows_by_place(bins[bins["n"] >= SMALLEST_SHOWN])
    order = ordered_arms(study, usable["arm"])
    found = []
    for _, outcome in ordered_outcomes(study, outcomes).iterrows():
        mine = sorted(
            by_outcome.get((outcome["instrument"], outcome["scale"]), []), key=lambda one: order.index(one["arm"])
        )
        arms = [(one, around.get((one["instrument"], one["scale"], one["contrast"]), [])) for one in mine]
        if arms:
            found.append(Panel(outcome_label(outcome, language), arms))
    return found


def _table(panels: list[Panel], study: Study, language: Language) -> pd.DataFrame:
    rows = [
        [panel.label, arm_label(study, slopes["arm"], language), one["n"], one["baseline"], one["change"]]
        for panel in panels
        for slopes, bins in panel.arms
        for one in bins
    ]
    return pd.DataFrame(rows, columns=["outcome", "arm", "n", "baseline", "change"])


def _drawn(panels: list[Panel], study: Study, width: float, language: Language) -> Sheet:
    keys = _legend(panels, study, width, language)
    note = words.starts_note(language)
    bodies = [_HEIGHT + axis_height()] * len(panels)
    placed, bottom = cells([panel.label for panel in panels], bodies, width, _NARROWEST)
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
    arms = list(dict.fromkeys(str(slopes["arm"]) for panel in panels for slopes, _ in panel.arms))
    looks = [(arm, arm_style(study, arm)) for arm in arms]
    keys = [Key(arm_label(study, arm, language), one.colour, one.marker, one.line) for arm, one in looks]
    if any(panel.expected for panel in panels):
        keys.append(Key(language.say("expected if nobody truly changed"), MUTED, line=":", width=1.6))
    return legend(keys, width - 2 * MARGIN)


def _line(slopes: Row, at: float) -> float:
    """Give the height of an arm's own line, which runs through its means."""
    return float(slopes["change_mean"] + slopes["slope"] * (at - slopes["baseline_mean"]))


def _expected(panel: Panel, at: float) -> float:
    """Give the height of the line of no true change, which crosses zero at the mean of all arms."""
    people = sum(slopes["n"] for slopes, _ in panel.arms)
    centre = sum(slopes["n"] * slopes["baseline_mean"] for slopes, _ in panel.arms) / people
    return float(panel.expected["expected_slope"] * (at - centre)) if panel.expected else 0.0


def _reach(panel: Panel) -> tuple[float, float]:
    """Give the lowest and the highest mean score of people who started alike."""
    starts = [one["baseline"] for _, bins in panel.arms for one in bins]
    means = [slopes["baseline_mean"] for slopes, _ in panel.arms]
    low, high = min(starts + means), max(starts + means)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _draw(sheet: Sheet, cell: Cell, panel: Panel, study: Study, language: Language) -> None:
    low, high = _reach(panel)
    heights = [one["change"] for _, bins in panel.arms for one in bins] + [0.0]
    heights += [_line(slopes, at) for slopes, _ in panel.arms for at in (low, high)]
    heights += [_expected(panel, at) for at in (low, high) if panel.expected]
    y_ends = ends(heights)
    ticks = nice_ticks(*y_ends, 4)
    left = cell.left + label_room(ticks)
    frame = Frame.on(sheet, (left, cell.body, cell.left + cell.width - left, _HEIGHT), ends([low, high]), y_ends)
    y_axis(sheet, frame, ticks, language)
    x_axis(sheet, frame, language)
    sheet.path([frame.left, frame.right], [frame.y(0)] * 2, color=RULE, linewidth=0.8)
    _draw_expected(sheet, frame, panel, (low, high))
    for slopes, bins in panel.arms:
        look = arm_style(study, slopes["arm"])
        across = [frame.x(low), frame.x(high)], [frame.y(_line(slopes, at)) for at in (low, high)]
        sheet.path(*across, color=look.colour, linewidth=1.1, linestyle=look.line)
        places = [frame.x(one["baseline"]) for one in bins], [frame.y(one["change"]) for one in bins]
        sheet.points(*places, look.marker, color=look.colour, markerfacecolor=look.colour)


def _draw_expected(sheet: Sheet, frame: Frame, panel: Panel, across: tuple[float, float]) -> None:
    """Draw the line of no true change."""
    if panel.expected:
        heights = [frame.y(_expected(panel, at)) for at in across]
        sheet.path([frame.x(at) for at in across], heights, color=MUTED, linewidth=1.6, linestyle=":")

"""How different those lost would have to be: the estimate with its interval against the shift of their scores."""

from __future__ import annotations

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots.axis import nice_ticks, tick_room
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import Frame, value_axis, x_axis
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BLUE, INK, MARGIN, MUTED, NARROW, RULE, SMALL, VERMILLION, styled
from balint_eval.plots.text import block_height, wrapped
from balint_eval.plots.tipping_data import Curve, alternative_text, caption, heading, tipping_curve, tipping_table
from balint_eval.plots.words import isolated
from balint_eval.study_model import Study

_PLOT_HEIGHT, _TICK_LABELS = 46.0, 4.2


@styled
def tipping_shift(
    tipping: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    instrument: str,
    scale: str,
    *,
    width_mm: float = NARROW,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the tipping analysis of one outcome at the primary wave.

    Parameters
    ----------
    tipping, comparisons, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    instrument, scale : str
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None where nobody was lost or there is no interval.
    """
    curve = tipping_curve(tipping, comparisons, outcomes, study, instrument, scale, language)
    if curve is None:
        return None
    title = language.say("{outcome}: had those lost changed by more or less", outcome=isolated(curve.label, language))
    words, said = alternative_text(curve, language), caption(curve, language)
    return Drawing(_drawn(curve, width_mm, language).figure, words, tipping_table(curve), title, said)


def _drawn(curve: Curve, width: float, language: Language) -> Sheet:
    inner = width - 2 * MARGIN
    low, high = _ends(curve)
    ticks = nice_ticks(low, high, 5)
    room = tick_room(ticks, language)
    title = wrapped(heading(curve, language), inner, SMALL, "bold")
    below = language.say("points by which those lost changed more than those who stayed")
    below = wrapped(below, inner - room, SMALL)
    top = MARGIN + block_height(title, SMALL) + 1.5
    foot = _TICK_LABELS + block_height(below, SMALL)
    sheet = Sheet(width, top + _PLOT_HEIGHT + foot + MARGIN, mirrored=language.is_right_to_left)
    sheet.text(MARGIN, MARGIN, title, size=SMALL, weight="bold")
    box = (MARGIN + room, top, inner - room, _PLOT_HEIGHT)
    shifts = curve.steps["shift"]
    frame = Frame.on(sheet, box, (float(shifts.iloc[0]), float(shifts.iloc[-1])), (low, high))
    value_axis(sheet, frame, ticks, language)
    x_axis(sheet, frame, language, 6)
    _draw_curve(sheet, frame, curve)
    middle = MARGIN + room + (inner - room) / 2
    sheet.text(middle, top + _PLOT_HEIGHT + _TICK_LABELS, below, size=SMALL, ha="center", color=MUTED)
    return sheet


def _ends(curve: Curve) -> tuple[float, float]:
    """Give the ends of the vertical axis: all intervals and zero, with some air."""
    low, high = min(curve.steps["conf_low"].min(), 0.0), max(curve.steps["conf_high"].max(), 0.0)
    air = 0.05 * (high - low)
    return float(low - air), float(high + air)


def _draw_curve(sheet: Sheet, frame: Frame, curve: Curve) -> None:
    steps = curve.steps
    across, down = (frame.left, frame.right), (frame.top, frame.bottom)
    sheet.path(across, [frame.y(0.0)] * 2, color=INK, linewidth=0.7, zorder=1.5)
    sheet.path([frame.x(0.0)] * 2, down, color=RULE, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    for turn in curve.turns:
        sheet.path([frame.x(turn)] * 2, down, color=VERMILLION, linewidth=0.9)
    x = [frame.x(shift) for shift in steps["shift"]]
    estimate, low, high = ([frame.y(y) for y in steps[name]] for name in ("estimate", "conf_low", "conf_high"))
    sheet.polygon([*zip(x, low, strict=True), *zip(x[::-1], high[::-1], strict=True)], facecolor=BLUE, alpha=0.18)
    for edge in (low, high):
        sheet.path(x, edge, color=BLUE, linewidth=0.6, zorder=3)
    sheet.path(x, estimate, color=BLUE, linewidth=1.4, zorder=3)
    now = int(steps["shift"].abs().argmin())
    sheet.points([x[now]], [estimate[now]], "o", color=BLUE, markersize=4.2, markeredgewidth=1.0)

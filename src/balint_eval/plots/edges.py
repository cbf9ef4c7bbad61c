"""Floor and ceiling: the share of people at the worst and at the best possible score, wave by wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, nan
from typing import Any

import pandas as pd

from balint_eval.language import ENGLISH, Language
from balint_eval.plots import assumption_words as words
from balint_eval.plots.drawing import COARSE, IN_REPORTS, Drawing
from balint_eval.plots.frames import Frame, axis_height, write_at
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.selection import ordered_outcomes, outcome_label, wave_label
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BLUE,
    FAINT,
    GREEN,
    MARGIN,
    MUTED,
    RULE,
    SMALL,
    SMALLEST_SHOWN,
    VERMILLION,
    WIDE,
    styled,
)  # fmt: skip
from balint_eval.plots.text import block_height, line_width, wrapped
from balint_eval.plots.words import percent
from balint_eval.study_model import Study
from balint_eval.tables import records

MANY = 0.15
"""Share at an edge from which scores can hardly move further (Terwee and others 2007, J Clin Epidemiol 60:34-42)."""
SMALLEST_FOR_EXTREMES = 10
"""Shares of 0 % and 100 % tell everybody's score and are not drawn of fewer people."""
_STEP, _PAD, _GAP, _LEAST = 2.1, 1.4, 3.0, 0.2
_STEPS = (0.1, 0.2, 0.25, 0.5)
_LOOKS = ((BLUE, "o"), (VERMILLION, "s"), (GREEN, "^"), (MUTED, "D"), (RULE, "v"))
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome with its rows, a row a wave in the study's order."""

    label: str
    waves: list[Row]


@styled
def edge_shares(
    edges: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    *,
    width_mm: float = WIDE,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the share of people at both ends of every outcome's scale.

    Parameters
    ----------
    edges, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    width_mm : float
        Final width.
    language : Language

    Returns
    -------
    Drawing or None
        None when no outcome has five scores at a wave.
    """
    lines = _lines(edges, outcomes, study, language)
    if not lines:
        return None
    return Drawing(
        _drawn(lines, study, width_mm, language).figure,
        words.edges_in_words(lines, study, language),
        _table(lines),
        language.say("People at the ends of the scales"),
        words.edges_caption(percent(MANY), str(SMALLEST_FOR_EXTREMES), language),
        kinds=IN_REPORTS,
        dpi=COARSE,
    )


def _lines(edges: pd.DataFrame, outcomes: pd.DataFrame, study: Study, language: Language) -> list[Line]:
    order = [wave.name for wave in study.waves]
    rows: list[Row] = [
        {str(name): value for name, value in row.items()}
        for row in records(edges[(edges["cohort"] == "all") & (edges["arm"] == "all")])
    ]
    shown = [row for row in rows if _may_be_shown(row) and row["wave"] in order]
    found = []
    for _, outcome in ordered_outcomes(study, outcomes).iterrows():
        place = (outcome["instrument"], outcome["scale"])
        mine = [row for row in shown if (row["instrument"], row["scale"]) == place]
        if mine:
            found.append(
                Line(outcome_label(outcome, language), sorted(mine, key=lambda row: order.index(str(row["wave"]))))
            )
    return found


def _may_be_shown(row: Row) -> bool:
    extreme = {0.0, 1.0} & {float(row["worst_share"]), float(row["best_share"])}
    return bool(row["n"] >= (SMALLEST_FOR_EXTREMES if extreme else SMALLEST_SHOWN)) and isfinite(row["best_share"])


def _table(lines: Sequence[Line]) -> pd.DataFrame:
    names = ("wave", "n", "at_worst", "at_best", "worst_share", "best_share")
    rows = [[line.label, *(row[name] for name in names)] for line in lines for row in line.waves]
    return pd.DataFrame(rows, columns=["outcome", *names])


def _looks(study: Study, wave: str) -> tuple[str, str]:
    return _LOOKS[[one.name for one in study.waves].index(wave) % len(_LOOKS)]


def _drawn(lines: list[Line], study: Study, width: float, language: Language) -> Sheet:
    label_width = 0.36 * width
    labels = [wrapped(line.label, label_width - MARGIN, SMALL) for line in lines]
    heights = [
        max(block_height(label, SMALL), len(line.waves) * _STEP) + _PAD
        for label, line in zip(labels, lines, strict=True)
    ]
    keys = _legend(lines, study, width, language)
    left, right = label_width + _GAP, width - MARGIN - 4.0
    heads = _heads(0.5 * (right - left) - 1.0, language)
    top = MARGIN + keys.height + 2.0 + max(block_height(head, SMALL) for head in heads)
    sheet = Sheet(width, top + sum(heights) + axis_height() + MARGIN, mirrored=language.is_right_to_left)
    keys.draw(sheet, MARGIN, MARGIN)
    reach = _reach(lines)
    frame = Frame.on(sheet, (left, top, right - left, sum(heights)), (-reach, reach))
    _draw_grid(sheet, frame, heads, language)
    y = top
    for label, line, height in zip(labels, lines, heights, strict=True):
        sheet.text(MARGIN, y + 0.5 * (height - block_height(label, SMALL)), label, size=SMALL)
        _draw_line(sheet, frame, line, study, y + 0.5 * height)
        y += height
    return sheet


def _reach(lines: list[Line]) -> float:
    shares = [float(row[name]) for line in lines for row in line.waves for name in ("worst_share", "best_share")]
    return max(_LEAST, ceil(10 * max(shares) - 1e-9) / 10)


def _legend(lines: list[Line], study: Study, width: float, language: Language) -> Legend:
    used = {str(row["wave"]) for line in lines for row in line.waves}
    waves = [wave.name for wave in study.waves if wave.name in used]
    keys = [Key(wave_label(study, wave, language), *_looks(study, wave)) for wave in waves]
    return legend(keys, width - 2 * MARGIN)


def _heads(width: float, language: Language) -> tuple[str, str]:
    words = (language.say("← at the worst possible score"), language.say("at the best possible score →"))
    worst, best = (wrapped(head, width, SMALL) for head in words)
    return worst, best


def _draw_grid(sheet: Sheet, frame: Frame, heads: tuple[str, str], language: Language) -> None:
    for x, head, side in zip((frame.left, frame.right), heads, ("left", "right"), strict=True):
        write_at(sheet, x, frame.top - block_height(head, SMALL), head, side)
    reach = frame.x_ends[1]
    room = line_width("100%", SMALL) + 2.0
    step = next((step for step in _STEPS if 0.5 * frame.width * step / reach >= room), 1.0)
    ticks = [place * step for place in range(-int(reach / step + 1e-9), int(reach / step + 1e-9) + 1)]
    xs = [x for tick in ticks for x in (frame.x(tick), frame.x(tick), nan)]
    sheet.path(xs, [frame.top, frame.bottom, nan] * len(ticks), color=FAINT, linewidth=0.5)
    for tick in ticks:
        label = language.number(percent(abs(tick)))
        sheet.text(sheet.x(frame.x(tick)), frame.bottom + 1.1, label, size=SMALL, ha="center")
    for share in (-MANY, MANY):
        sheet.path([frame.x(share)] * 2, [frame.top, frame.bottom], color=MUTED, linewidth=0.6, linestyle=":")
    sheet.path([frame.x(0)] * 2, [frame.top, frame.bottom], color=RULE, linewidth=0.8)


def _draw_line(sheet: Sheet, frame: Frame, line: Line, study: Study, middle: float) -> None:
    top = middle - 0.5 * (len(line.waves) - 1) * _STEP
    for place, row in enumerate(line.waves):
        colour, marker = _looks(study, str(row["wave"]))
        y = top + place * _STEP
        across = [frame.x(-row["worst_share"]), frame.x(row["best_share"])]
        sheet.path(across, [y, y], color=colour, linewidth=1.0)
        sheet.points(across, [y, y], marker, color=colour, markerfacecolor=colour, markersize=3.0)

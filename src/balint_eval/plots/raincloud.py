"""Raincloud: for each arm and wave the distribution of scores, its quartiles and mean, and the people as drops."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import nan

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language, marked
from balint_eval.plots.axis import nice_ticks, scale_ticks
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import TICK, Frame
from balint_eval.plots.legend import Key, Legend, legend
from balint_eval.plots.raincloud_data import Cloud, clouds, density, ends_of, raincloud_table
from balint_eval.plots.selection import (
    arm_label,
    higher_is,
    ordered_outcomes,
    outcome_label,
    scale_words,
    wave_label,
)  # fmt: skip
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BODY,
    FAINT,
    HEAD,
    INK,
    MARGIN,
    MUTED,
    NARROW,
    SMALL,
    SMALLEST_SHOWN,
    arm_style,
    styled,
)  # fmt: skip
from balint_eval.plots.text import block_height, middle_of_line, wrapped
from balint_eval.plots.words import digits_for, isolated, number, plain
from balint_eval.study_model import Study

_CLOUD, _BOX, _DROPS, _BETWEEN = 6.0, 2.0, 3.2, 2.0
_LABELS, _GAP = 0.27, 2.0
_GOLDEN = 0.6180339887498949
_SEEN = 0.01
_INTERNAL = marked("Internal: values of single people")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is drawn of whom, and how wide."""

    outcome: pd.Series
    study: Study
    language: Language
    points: bool
    width: float


@styled
def raincloud(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    descriptives: pd.DataFrame,
    study: Study,
    outcomes: pd.DataFrame,
    instrument: str,
    scale: str,
    *,
    points: bool = True,
    fewest: int = SMALLEST_SHOWN,
    width_mm: float = NARROW,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw the scores of everyone at every wave, arm by arm.

    Parameters
    ----------
    scores, participants, descriptives, outcomes : pandas.DataFrame
        Contract tables.
    study : Study
    instrument, scale : str
        The outcome.
    points : bool
        Whether single people are drawn. Without them the figure holds no single score: distribution, quartiles and
        mean stay.
    fewest : int
        An arm with fewer people at a wave is not drawn there.
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when no arm has enough people at any wave.
    """
    found = clouds(scores, participants, descriptives, study, instrument, scale)
    shown = [cloud for cloud in found if cloud.n >= fewest]
    if not shown:
        return None
    listed = ordered_outcomes(study, outcomes)
    outcome = listed[(listed["instrument"] == instrument) & (listed["scale"] == scale)].iloc[0]
    asked = _Asked(outcome, study, language, points, width_mm)
    name = isolated(outcome_label(outcome, language), language)
    return Drawing(
        _drawn(shown, asked).figure,
        _in_words(shown, asked),
        raincloud_table(shown),
        language.say("{outcome}: how the scores are spread", outcome=name),
        _caption(len(found) - len(shown), fewest, asked),
    )


def _caption(hidden: int, fewest: int, asked: _Asked) -> str:
    say = asked.language.say
    sentences = [
        say(
            "Everyone with a score at that wave, so the people differ from wave to wave. Shape: smoothed distribution. "
            "Box: the middle half of the people, with the median. Mark on the box: mean."
        ),
        say("Each dot is one person.") if asked.points else say("Single people are not drawn."),
        higher_is(asked.outcome, asked.language),
    ]
    if hidden:
        sentences.append(
            asked.language.plural(
                "{n} arm with fewer than {few} people at a wave is not drawn there.",
                "{n} arms with fewer than {few} people at a wave are not drawn there.",
                hidden,
                few=str(fewest),
            )
        )
    return " ".join(sentences)


def _in_words(shown: list[Cloud], asked: _Asked) -> str:
    language, outcome = asked.language, asked.outcome
    digits = digits_for(float(outcome["maximum"]) - float(outcome["minimum"]))
    parts = []
    for cloud in shown:
        row = cloud.described
        arm = isolated(arm_label(asked.study, cloud.arm, language), language)
        parts.append(
            language.say(
                "{place}: half of the people between {low} and {high} points, median {median}, mean {mean}, n = {n}",
                place=language.sequence(
                    [part for part in (isolated(wave_label(asked.study, cloud.wave, language), language), arm) if part]
                ),
                low=number(row["quartile_low"], digits),
                high=number(row["quartile_high"], digits),
                median=number(row["median"], digits),
                mean=number(row["mean"], digits),
                n=str(cloud.n),
            )
        )
    said = language.say(
        "How the scores of {outcome} are spread. {parts}.",
        outcome=isolated(outcome_label(outcome, language), language),
        parts=language.sequence(parts, SEMICOLONS),
    )
    return f"{said} {higher_is(outcome, language)}"


def _drawn(shown: list[Cloud], asked: _Asked) -> Sheet:
    language, inner = asked.language, asked.width - 2 * MARGIN
    title = wrapped(outcome_label(asked.outcome, language), inner, HEAD, "bold")
    points = wrapped(scale_words(asked.outcome, language), inner, SMALL)
    keys = _legend(asked, inner)
    points_top = MARGIN + block_height(title, HEAD) + 1
    keys_top = points_top + block_height(points, SMALL) + 1.5
    top = keys_top + keys.height + 2.5
    rows = _placed(shown, asked, top)
    bottom = rows[-1][0] + _row_height(rows[-1][1], asked)
    foot = 1.5 + block_height("", SMALL) if asked.points else 0.0
    height = bottom + TICK + 0.3 + block_height("", SMALL) + foot + MARGIN
    sheet = Sheet(asked.width, height, mirrored=language.is_right_to_left)
    sheet.text(MARGIN, MARGIN, title, size=HEAD, weight="bold")
    sheet.text(MARGIN, points_top, points, size=SMALL, color=MUTED)
    keys.draw(sheet, MARGIN, keys_top)
    left = MARGIN + _LABELS * asked.width + _GAP
    box = (left, top, asked.width - MARGIN - 2.0 - left, bottom - top)
    frame = Frame.on(sheet, box, ends_of(asked.outcome, shown))
    _draw_axis(sheet, frame, rows, asked)
    _draw_waves(sheet, rows, asked, top)
    for y, cloud in rows:
        _draw_label(sheet, cloud, y, asked)
        _draw_cloud(sheet, frame, cloud, y, asked)
    if asked.points:
        mark = language.say(_INTERNAL)
        sheet.text(asked.width - MARGIN, height - MARGIN - block_height("", SMALL), mark, size=SMALL, color=MUTED,
                   ha="right")  # fmt: skip
    return sheet


def _legend(asked: _Asked, width: float) -> Legend:
    say = asked.language.say
    keys = [
        Key(say("smoothed distribution"), FAINT, chip=True),
        Key(say("middle half, with the median"), "white", chip=True),
        Key(say("mean"), INK, "o", filled=False),
    ]
    drops = [Key(say("one person"), MUTED, ".")] if asked.points else []
    return legend([*keys, *drops], width)


def _placed(shown: list[Cloud], asked: _Asked, top: float) -> list[tuple[float, Cloud]]:
    """Give each cloud its height on the sheet, below the name of its wave."""
    placed = []
    for wave, group in groupby(shown, key=lambda cloud: cloud.wave):
        top += _head_height(wave, asked)
        for cloud in group:
            placed.append((top, cloud))
            top += _row_height(cloud, asked)
    return placed


def _head(wave: str, asked: _Asked) -> str:
    return wrapped(wave_label(asked.study, wave, asked.language), asked.width - 2 * MARGIN, BODY, "bold")


def _head_height(wave: str, asked: _Asked) -> float:
    return block_height(_head(wave, asked), BODY) + 1.0


def _row_height(cloud: Cloud, asked: _Asked) -> float:
    body = _CLOUD + _BOX + (_DROPS if asked.points else 0.0)
    return max(body, block_height(_label(cloud, asked), SMALL)) + _BETWEEN


def _label(cloud: Cloud, asked: _Asked) -> str:
    count = asked.language.say("n = {people}", people=str(cloud.n))
    arm = arm_label(asked.study, cloud.arm, asked.language)
    return f"{wrapped(arm, _LABELS * asked.width - 3.0, SMALL)}\n{count}" if cloud.arm else count


def _draw_waves(sheet: Sheet, rows: list[tuple[float, Cloud]], asked: _Asked, top: float) -> None:
    for wave, group in groupby(rows, key=lambda row: row[1].wave):
        y = next(group)[0] - _head_height(wave, asked)
        sheet.text(MARGIN, y, _head(wave, asked), weight="bold")
        if y > top:
            sheet.line((MARGIN, asked.width - MARGIN), (y - 0.5 * _BETWEEN, y - 0.5 * _BETWEEN), color=FAINT)


def _draw_label(sheet: Sheet, cloud: Cloud, y: float, asked: _Asked) -> None:
    look = arm_style(asked.study, cloud.arm)
    label = _label(cloud, asked)
    y += max(0.0, 0.5 * (_row_height(cloud, asked) - _BETWEEN - block_height(label, SMALL)))
    if cloud.arm:
        sheet.marker(MARGIN + 1.0, y + middle_of_line(SMALL), look.marker, color=look.colour)
    sheet.text(MARGIN + 3.0, y, label, size=SMALL)


def _draw_axis(sheet: Sheet, frame: Frame, rows: list[tuple[float, Cloud]], asked: _Asked) -> None:
    low, high = frame.x_ends
    known = low == float(asked.outcome["minimum"])
    ticks = scale_ticks(low, high) if known else nice_ticks(low, high)
    for _, group in groupby(rows, key=lambda row: row[1].wave):
        # Behind the clouds of a wave, and not through its name.
        here = list(group)
        ends = [here[0][0], here[-1][0] + _row_height(here[-1][1], asked) - 0.5 * _BETWEEN]
        xs = [x for tick in ticks for x in (frame.x(tick), frame.x(tick), nan)]
        sheet.path(xs, [*ends, nan] * len(ticks), color=FAINT, linewidth=0.5, zorder=0.9)
    for tick in ticks:
        label = asked.language.number(plain(tick))
        sheet.text(sheet.x(frame.x(tick)), frame.bottom + TICK + 0.3, label, size=SMALL, ha="center")


def _draw_cloud(sheet: Sheet, frame: Frame, cloud: Cloud, top: float, asked: _Asked) -> None:
    look, row = arm_style(asked.study, cloud.arm), cloud.described
    floor = top + _CLOUD
    places, heights = density(cloud.scores, *frame.x_ends)
    xs, ys = [frame.x(place) for place in places], [floor - (_CLOUD - 0.4) * height for height in heights]
    outline = [(frame.left, floor), *zip(xs, ys, strict=True), (frame.right, floor)]
    sheet.polygon(outline, facecolor=look.colour, alpha=0.22)
    seen = [place for place, height in enumerate(heights) if height > _SEEN]
    if seen:
        kept = slice(max(seen[0] - 1, 0), seen[-1] + 2)
        sheet.path(xs[kept], ys[kept], color=look.colour, linewidth=0.8)
    middle = floor + 0.3 + 0.5 * _BOX
    edges = [frame.x(row["quartile_low"]), frame.x(row["quartile_high"])]
    corners = [(x, middle + side * 0.5 * _BOX) for x, side in zip([*edges, *edges[::-1]], (-1, -1, 1, 1), strict=True)]
    sheet.polygon(corners, facecolor="white", edgecolor=look.colour, linewidth=0.8, zorder=2)
    median = frame.x(row["median"])
    sheet.path([median, median], [middle - 0.5 * _BOX, middle + 0.5 * _BOX], color=look.colour, linewidth=1.6)
    sheet.points(
        [frame.x(row["mean"])], [middle], look.marker, color=look.colour, markerfacecolor="white", markersize=3.2
    )
    if asked.points:
        start = middle + 0.5 * _BOX + 0.7
        # The golden ratio spreads equal scores evenly over the height, the same on every run.
        drops = [start + (_DROPS - 1.2) * (place * _GOLDEN % 1.0) for place in range(len(cloud.scores))]
        sheet.dots([frame.x(score) for score in cloud.scores], drops, 2.0, look.colour)

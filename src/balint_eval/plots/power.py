"""Power and precision of a planned study against the number of groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language
from balint_eval.plots.axis import nice_ticks, tick_room
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.frames import Frame, ends, value_axis, x_ticks
from balint_eval.plots.legend import Key, legend
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import (
    BLUE,
    GREEN,
    HAIRLINE,
    MARGIN,
    MUTED,
    ORANGE,
    PURPLE,
    RULE,
    SMALL,
    VERMILLION,
    WIDE,
    ArmStyle,
    styled,
)
from balint_eval.plots.text import block_height, wrapped
from balint_eval.plots.words import number, plain

WANTED = 0.8
_LOOKS = (
    ArmStyle(BLUE, "o", "-"), ArmStyle(VERMILLION, "s", "--"), ArmStyle(GREEN, "^", "-."),
    ArmStyle(PURPLE, "v", ":"), ArmStyle(ORANGE, "D", (0, (6, 1, 1, 1))),  # type: ignore[arg-type]
)  # fmt: skip
_PLOT_HEIGHT = 48.0
_GAP = 8.0


@styled
def draw_power(table: pd.DataFrame, *, width_mm: float = WIDE, language: Language = ENGLISH) -> Drawing:
    """Draw power and the width of the interval against groups, a line for each intra-class correlation.

    Parameters
    ----------
    table : pandas.DataFrame
        From `balint_eval.power`.
    width_mm : float
        Final width.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing
    """
    rows = table[table["method"].isin(("ancova_cr2", "change_cr2")) & (table["how"] == "simulation")]
    iccs = sorted(rows["icc"].unique())
    looks = {icc: _LOOKS[place % len(_LOOKS)] for place, icc in enumerate(iccs)}
    keys = legend(
        [
            Key(language.say("ICC {icc}", icc=plain(icc)), look.colour, look.marker, look.line, width=1.2)
            for icc, look in looks.items()
        ],
        width_mm - 2 * MARGIN,
    )
    panel = (width_mm - 2 * MARGIN - _GAP) / 2
    titles = [wrapped(text, panel, SMALL) for text in _titles(rows, language)]
    head = max(block_height(title, SMALL) for title in titles) + 1.5
    foot = block_height("", SMALL) + 4.5
    top = MARGIN + keys.height + 3
    sheet = Sheet(width_mm, top + head + _PLOT_HEIGHT + foot + MARGIN, mirrored=language.is_right_to_left)
    keys.draw(sheet, MARGIN, MARGIN)
    for place, (column, title) in enumerate(zip(("power", "width"), titles, strict=True)):
        left = MARGIN + place * (panel + _GAP)
        sheet.text(left, top, title, size=SMALL, weight="bold")
        _draw_panel(sheet, rows, column, (left, top + head, panel), looks, language)
    words = (language.say("Power and precision"), _caption(rows, language))
    return Drawing(sheet.figure, _alternative_text(rows, language), _data(rows), *words)


def _titles(rows: pd.DataFrame, language: Language) -> tuple[str, str]:
    level, points = f"{100 * rows['conf_level'].iloc[0]:g}", plain(rows["effect"].iloc[0])
    return (
        language.say("Power to detect {points} points", points=points),
        language.say("Mean width of the {level} % interval, points", level=level),
    )


def _draw_panel(
    sheet: Sheet,
    rows: pd.DataFrame,
    column: str,
    place: tuple[float, float, float],
    looks: dict[Any, ArmStyle],
    language: Language,
) -> None:
    left, top, width = place
    high = 1.0 if column == "power" else float(rows[column].max()) * 1.05
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1] if column == "power" else nice_ticks(0.0, high, 4)
    room = tick_room(ticks, language)
    numbers = sorted(rows["groups"].unique())
    edges = ends(numbers)
    frame = Frame.on(sheet, (left + room, top, width - room, _PLOT_HEIGHT), edges, (0.0, max(high, ticks[-1])))
    value_axis(sheet, frame, ticks, language)
    x_ticks(sheet, frame, numbers, language)
    if column == "power":
        wanted = frame.y(WANTED)
        sheet.path((frame.left, frame.right), (wanted, wanted), color=RULE, linewidth=HAIRLINE * 2, zorder=1)
    for icc, mine in rows.groupby("icc"):
        _draw_line(sheet, frame, mine.sort_values("groups"), column, looks[icc])
    below = (left + room + (width - room) / 2, top + _PLOT_HEIGHT + 4.0)
    sheet.text(*below, language.say("groups in each arm"), size=SMALL, ha="center", color=MUTED)


def _draw_line(sheet: Sheet, frame: Frame, mine: pd.DataFrame, column: str, look: ArmStyle) -> None:
    x, y = [frame.x(groups) for groups in mine["groups"]], [frame.y(value) for value in mine[column]]
    sheet.path(x, y, color=look.colour, linestyle=look.line, linewidth=1.2, zorder=3)
    sheet.points(x, y, look.marker, color=look.colour, markersize=4.2, markeredgewidth=1.0)


def _data(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[["groups", "icc", "method", "power", "power_error", "width"]].reset_index(drop=True)


def _caption(rows: pd.DataFrame, language: Language) -> str:
    first = rows.iloc[0]
    said = {
        "fewest": str(first["fewest"]),
        "most": str(first["most"]),
        "sd": plain(first["sd"]),
        "correlation": plain(first["correlation"]),
        "lost": f"{100 * first['drop_out']:g}",
    }
    if first["arms"] == 2:
        studies = language.say(
            "Simulated studies: difference between two arms, groups of {fewest} to {most}, SD {sd} points, correlation "
            "of the waves {correlation}, {lost} % lost; least squares with CR2 standard errors and Bell-McCaffrey "
            "degrees of freedom.",
            **said,
        )
    else:
        studies = language.say(
            "Simulated studies: change in one arm, groups of {fewest} to {most}, SD {sd} points, correlation of the "
            "waves {correlation}, {lost} % lost; least squares with CR2 standard errors and Bell-McCaffrey degrees of "
            "freedom.",
            **said,
        )
    line = language.say("The grey line marks a power of {power}.", power=plain(WANTED))
    return f"{studies} {line}"


def _alternative_text(rows: pd.DataFrame, language: Language) -> str:
    parts = []
    for icc in sorted(rows["icc"].unique()):
        ordered = rows[rows["icc"] == icc].sort_values("groups")
        pairs = zip(ordered["groups"], ordered["power"], strict=True)
        said = [
            language.plural("{power} with {n} group", "{power} with {n} groups", int(groups), power=number(power, 2))
            for groups, power in pairs
        ]
        parts.append(language.say("ICC {icc}: {powers}", icc=plain(icc), powers=language.sequence(said)))
    lines = language.sequence(parts, SEMICOLONS)
    return language.say("Power against the number of groups in each arm. {lines}.", lines=lines)

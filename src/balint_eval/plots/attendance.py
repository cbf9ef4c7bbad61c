"""Attendance: a tile for each group and meeting, shaded by the share of members present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import pandas as pd

from balint_eval.language import ENGLISH, SEMICOLONS, Language, marked
from balint_eval.plots.attendance_data import GroupLine, attendance_table, group_lines
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.legend import Key, legend
from balint_eval.plots.likert import letter_colour
from balint_eval.plots.selection import arm_label
from balint_eval.plots.sheet import BoxLooks, Sheet
from balint_eval.plots.style import (
    BODY,
    FAINT,
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
from balint_eval.plots.text import block_height, line_width, middle_of_line, wrapped
from balint_eval.plots.words import isolated, tidied
from balint_eval.study_model import Study

_ROW, _GAP, _WIDEST_TILE, _LEAST_TILE = 5.4, 3.0, 12.0, 4.0
_SHADES = (
    (0.0, marked("under 50% present"), "#dfeaf5"),
    (0.5, marked("50\u201374% present"), "#bcd6ec"),
    (0.75, marked("75\u201389% present"), "#74aadb"),
    (0.9, marked("90% or more present"), "#0b5fa5"),
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns in millimetres."""

    label_width: float
    members_right: float
    tiles_left: float
    tile: float
    held_left: float


@styled
def attendance_by_session(
    sessions: pd.DataFrame,
    attendance: pd.DataFrame,
    participants: pd.DataFrame,
    study: Study,
    *,
    width_mm: float | None = None,
    language: Language = ENGLISH,
) -> Drawing | None:
    """Draw who came: the share of members present at each meeting of each group.

    Parameters
    ----------
    sessions, attendance, participants : pandas.DataFrame
        Contract tables. People present are counted from `attendance`, where it names them, else taken from
        `sessions`; members are counted from `participants`.
    study : Study
        Its programme says how many meetings were planned.
    width_mm : float, optional
        Final width; by default 85 mm where the tiles have room, else 174 mm.
    language : Language
        Of every word and number drawn.

    Returns
    -------
    Drawing or None
        None when no meeting is on record, or nobody noted who came.
    """
    if attendance.empty and not sessions["present"].any():
        return None
    lines = group_lines(sessions, attendance, participants, study, language)
    if not lines:
        return None
    return Drawing(
        _drawn(lines, study, width_mm or _width(lines, study, language), language).figure,
        _alternative_text(lines, study, language),
        attendance_table(lines),
        language.say("Attendance by group and meeting"),
        _caption(lines, study, language),
    )


def _width(lines: list[GroupLine], study: Study, language: Language) -> float:
    meetings = _meetings(lines, study)
    return NARROW if _columns(lines, study, meetings, NARROW, language).tile >= _LEAST_TILE else WIDE


def _meetings(lines: list[GroupLine], study: Study) -> int:
    return max(study.programme.sessions or 0, *(max(line.present, default=0) for line in lines))


def _drawn(lines: list[GroupLine], study: Study, width: float, language: Language) -> Sheet:
    meetings = _meetings(lines, study)
    columns = _columns(lines, study, meetings, width, language)
    keys = legend(_keys(lines, study, language), width - 2 * MARGIN)
    labels = [_labels(line, columns) for line in lines]
    arms = list(dict.fromkeys(line.arm for line in lines))
    names = {arm: arm_label(study, arm, language) or language.say("All") for arm in arms}
    titles = {arm: wrapped(name, width - 2 * MARGIN - 3, BODY, "bold") for arm, name in names.items()}
    rows = sum(max(_ROW, block_height(label) + 1.2) for label in labels)
    heads = sum(block_height(title) + 2.0 for title in titles.values())
    top = MARGIN + keys.height + 3 + 2 * block_height("", SMALL) + 0.8
    sheet = Sheet(width, top + rows + heads + MARGIN, mirrored=language.is_right_to_left)
    keys.draw(sheet, MARGIN, MARGIN)
    _draw_head(sheet, columns, meetings, top - 0.8 - block_height("", SMALL), language)
    arm = None
    for line, label in zip(lines, labels, strict=True):
        if line.arm != arm:
            arm = line.arm
            top = _draw_arm_title(sheet, titles[arm], arm, top, study)
        height = max(_ROW, block_height(label) + 1.2)
        _draw_line(sheet, line, label, columns, (top, height), (meetings, study.programme.sessions or 0), language)
        top += height
    return sheet


def _columns(lines: list[GroupLine], study: Study, meetings: int, width: float, language: Language) -> _Columns:
    group, members, head = language.say("Group"), language.say("members"), language.say("held")
    planned = study.programme.sessions or 0
    held = max(*(line_width(_held(line, planned, language), SMALL) for line in lines), line_width(head, SMALL, "bold"))
    longest = max(line_width(tidied(line.label)) for line in lines)
    label = min(max(longest, line_width(group, SMALL, "bold")) + 0.5, 0.28 * width)
    right = MARGIN + label + 2.0 + line_width(members, SMALL, "bold")
    left = right + _GAP
    tile = min(_WIDEST_TILE, (width - MARGIN - held - _GAP - left) / max(1, meetings))
    return _Columns(label, right, left, tile, left + tile * meetings + _GAP)


def _labels(line: GroupLine, columns: _Columns) -> str:
    return wrapped(line.label, columns.label_width)


def _held(line: GroupLine, planned: int, language: Language) -> str:
    if not planned:
        return language.number(str(line.held))
    return language.say("{held} of {planned}", held=str(line.held), planned=str(planned))


def _keys(lines: list[GroupLine], study: Study, language: Language) -> list[Key]:
    keys = [Key(language.say(name), colour, chip=True) for _, name, colour in _SHADES]
    if any(line.held < (study.programme.sessions or 0) for line in lines):
        keys.append(Key(language.say("planned, not held"), "white", chip=True))
    if any(not line.shown for line in lines):
        few = language.say("held, fewer than {few} members", few=str(SMALLEST_SHOWN))
        keys.append(Key(few, "white", chip=True, hatch="////"))
    return keys


def shade(share: float) -> str:
    """Give the colour of a share of members present."""
    return next(colour for least, _, colour in reversed(_SHADES) if share >= least - 1e-9)


def _draw_head(sheet: Sheet, columns: _Columns, meetings: int, top: float, language: Language) -> None:
    sheet.text(MARGIN, top, language.say("Group"), size=SMALL, weight="bold")
    sheet.text(columns.members_right, top, language.say("members"), size=SMALL, weight="bold", ha="right")
    sheet.text(columns.tiles_left, top - block_height("", SMALL), language.say("Meeting"), size=SMALL, weight="bold")
    widest = line_width(language.number(str(meetings)), SMALL) + 0.8
    every = max(1, int(-(-widest // columns.tile)))
    for meeting in range(1, meetings + 1, every):
        x = columns.tiles_left + (meeting - 0.5) * columns.tile
        sheet.text(x, top, language.number(str(meeting)), size=SMALL, color=MUTED, ha="center")
    sheet.text(columns.held_left, top, language.say("held"), size=SMALL, weight="bold")


def _draw_arm_title(sheet: Sheet, title: str, arm: str, top: float, study: Study) -> float:
    style = arm_style(study, arm)
    sheet.marker(MARGIN + 1.0, top + 1.2 + middle_of_line(BODY), style.marker, color=style.colour, markersize=3.8)
    sheet.text(MARGIN + 3.0, top + 1.2, title, weight="bold")
    return top + block_height(title) + 2.0


def _draw_line(
    sheet: Sheet,
    line: GroupLine,
    label: str,
    columns: _Columns,
    place: tuple[float, float],
    meetings: tuple[int, int],
    language: Language,
) -> None:
    top, height = place
    middle = top + height / 2
    sheet.text_beside(MARGIN, middle, label)
    sheet.text_beside(columns.held_left, middle, _held(line, meetings[1], language), size=SMALL)
    members = language.number(str(line.members) if line.shown else f"< {SMALLEST_SHOWN}")
    sheet.text_beside(columns.members_right, middle, members, size=SMALL, ha="right")
    for meeting in range(1, meetings[0] + 1):
        left = columns.tiles_left + (meeting - 1) * columns.tile
        if meeting in line.present:
            _draw_tile(sheet, line, meeting, (left, middle), columns.tile, language)
        elif meeting <= meetings[1]:
            _box(sheet, left, middle, columns.tile, facecolor="white", edgecolor=RULE)


def _draw_tile(
    sheet: Sheet, line: GroupLine, meeting: int, place: tuple[float, float], width: float, language: Language
) -> None:
    left, middle = place
    if not line.shown:
        _box(sheet, left, middle, width, facecolor="white", edgecolor=RULE, hatch="////")
        return
    present = line.present[meeting]
    colour = shade(present / line.members)
    _box(sheet, left, middle, width, facecolor=colour, edgecolor=FAINT)
    text = language.number(str(present))
    if line_width("00", SMALL) + 0.8 <= width:
        sheet.text_beside(left + width / 2, middle, text, size=SMALL, color=letter_colour(colour), ha="center")


def _box(sheet: Sheet, left: float, middle: float, width: float, **looks: Unpack[BoxLooks]) -> None:
    gap = min(0.3, 0.1 * width)
    sheet.box(left + gap, middle - 2.2, width - 2 * gap, 4.4, **looks)


def _caption(lines: list[GroupLine], study: Study, language: Language) -> str:
    few = sum(not line.shown for line in lines)
    planned = study.programme.sessions
    withheld = language.plural(
        "In {n} group with fewer than {few} members only the meetings held are shown.",
        "In {n} groups with fewer than {few} members only the meetings held are shown.",
        few,
        few=str(SMALLEST_SHOWN),
    )
    sentences = (
        language.say("The number in a tile is the number of members present; its shade is their share of all members."),
        language.say("Planned: {planned} meetings.", planned=str(planned)) if planned else "",
        withheld if few else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _alternative_text(lines: list[GroupLine], study: Study, language: Language) -> str:
    words = [_line_words(line, study.programme.sessions or 0, language) for line in lines]
    return language.plural(
        "Attendance of {n} group: {groups}.",
        "Attendance of {n} groups: {groups}.",
        len(lines),
        groups=language.sequence(words, SEMICOLONS),
    )


def _line_words(line: GroupLine, planned: int, language: Language) -> str:
    said = {"group": isolated(line.label, language), "held": _held(line, planned, language)}
    if not line.shown:
        return language.say("{group} held {held} meetings", **said)
    said |= {"share": f"{line.share:.0%}", "members": str(line.members)}
    return language.say("{group} held {held} meetings, {share} of {members} members present on average", **said)

"""The lines behind the attendance figure: members, meetings held, people present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.selection import ordered_arms, pooled
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import natural_key
from balint_eval.study_model import Study

MOST_LINES = 40
"""With more groups than this, the groups of an arm are drawn as one line."""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group (or all groups of an arm): members and people present at each meeting held."""

    arm: str
    label: str
    members: int
    present: Mapping[int, int]
    held: int

    @property
    def shown(self) -> bool:
        """True when it has enough members to show how many came."""
        return self.members >= SMALLEST_SHOWN

    @property
    def share(self) -> float:
        """Mean share of members present over the meetings held."""
        return sum(self.present.values()) / (len(self.present) * self.members)


def group_lines(
    sessions: pd.DataFrame, attendance: pd.DataFrame, participants: pd.DataFrame, study: Study, language: Language
) -> list[GroupLine]:
    """Give the lines by arm in the study's order, groups in natural order."""
    held = _present(pooled(sessions), pooled(attendance))
    people = pooled(participants)
    people = people[people["group_id"] != ""]
    members = people.groupby("group_id").size()
    arm_of = people.drop_duplicates("group_id").set_index("group_id")["arm"]
    names = sorted(held["group_id"].unique(), key=natural_key)
    lines = [
        _line(name, held[held["group_id"] == name], int(members.get(name, 0)), str(arm_of.get(name, "")))
        for name in names
    ]
    arms = ordered_arms(study, pd.Series([line.arm for line in lines], dtype=object))
    if len(lines) > MOST_LINES:
        return [_together(arm, [line for line in lines if line.arm == arm], language) for arm in arms]
    return sorted(lines, key=lambda line: arms.index(line.arm))


def _present(sessions: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    key = ["cohort", "group_id", "session"]
    named = attendance.groupby(key).size().rename("named").reset_index()
    joined = sessions.merge(named, on=key, how="left")
    return joined.assign(present=joined["named"].fillna(joined["present"]).astype(int))


def _line(name: str, rows: pd.DataFrame, members: int, arm: str) -> GroupLine:
    present = dict(zip(rows["session"].astype(int), rows["present"].astype(int), strict=True))
    return GroupLine(arm, name, max(members, 0), present, len(present))


def _together(arm: str, lines: list[GroupLine], language: Language) -> GroupLine:
    """Scale the shares of an arm's groups to all its members, so that a meeting some groups lack stays fair."""
    members = sum(line.members for line in lines)
    meetings = sorted({meeting for line in lines for meeting in line.present})
    present = {}
    for meeting in meetings:
        met = [line for line in lines if meeting in line.present]
        possible = sum(line.members for line in met)
        came = sum(line.present[meeting] for line in met)
        present[meeting] = round(members * came / possible) if possible else 0
    return GroupLine(arm, language.plural("{n} group", "{n} groups", len(lines)), members, present, len(meetings))


def attendance_table(lines: list[GroupLine]) -> pd.DataFrame:
    """Give people present at each meeting held; groups with fewer than five members are left out."""
    columns = ["arm", "group_id", "session", "present", "members", "share"]
    rows = [
        (line.arm, line.label, meeting, count, line.members, count / line.members)
        for line in lines
        if line.shown
        for meeting, count in sorted(line.present.items())
    ]
    return pd.DataFrame(rows, columns=columns)

"""The counts behind the flow diagram, and their words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd

from balint_eval.language import Language, marked
from balint_eval.plots.selection import arm_label, ordered_arms, ordered_waves, pooled, wave_label
from balint_eval.study_model import Study

MOST_FILES = 5
_PEOPLE = ("paired", "pre_only", "post_only")
_WORDS = {
    "duplicate": marked("answered more than once"),
    "unfinished": marked("not finished"),
    "not_enrolled": marked("not on the roster"),
    "comment_only": marked("comment only"),
    "no_answers": marked("no answers"),
    "other_wave": marked("of another wave"),
    "preview": marked("preview by the survey\u2019s author"),
    "no_person_id": marked("no person code"),
    "test": marked("test answer"),
    "spam": marked("marked as spam"),
    "imported": marked("imported, not answered"),
    "not_approved": marked("not approved by a reviewer"),
}


@dataclass(frozen=True, slots=True)
class WaveFlow:
    """What became of the rows of one wave, and who could be linked with the baseline."""

    title: str
    files: dict[str, int]
    received: int
    excluded: dict[str, int]
    used: int
    people: dict[str, int]
    """Counts of paired, pre_only and post_only; empty at the baseline."""


def pooled_flow(flow: pd.DataFrame) -> pd.DataFrame:
    """Add the counts of all cohorts up: wave, file, reason, rows."""
    return pooled(flow).groupby(["wave", "file", "reason"], sort=True)["rows"].sum().reset_index()


def wave_flows(flow: pd.DataFrame, study: Study, language: Language) -> list[WaveFlow]:
    """Give the flow of each wave in the study's order."""
    table = pooled_flow(flow)
    waves = ordered_waves(study, table["wave"])
    return [_wave_flow(table[table["wave"] == wave], wave, study, language) for wave in waves if wave]


def rows_of_no_wave(flow: pd.DataFrame) -> int:
    """Give the rows received that belong to no wave of the study."""
    rows = pooled(flow)
    return int(rows.loc[(rows["wave"] == "") & (rows["reason"] == "received"), "rows"].sum())


def _wave_flow(rows: pd.DataFrame, wave: str, study: Study, language: Language) -> WaveFlow:
    is_people = rows["file"] == ""
    counts = rows[~is_people].groupby("reason")["rows"].sum()
    files = rows[rows["reason"] == "received"].groupby("file")["rows"].sum()
    named = sorted((PurePosixPath(str(file)).name, int(count)) for file, count in files.items())
    excluded = counts.drop(["received", "used"], errors="ignore").sort_values(ascending=False, kind="stable")
    people = rows[is_people].set_index("reason")["rows"]
    return WaveFlow(
        wave_label(study, wave, language),
        _file_counts(named, language),
        int(counts.get("received", 0)),
        {_in_words(str(reason), language): int(count) for reason, count in excluded.items() if count},
        int(counts.get("used", 0)),
        {reason: int(people[reason]) for reason in _PEOPLE if reason in people.index},
    )


def _file_counts(named: list[tuple[str, int]], language: Language) -> dict[str, int]:
    if len(named) > MOST_FILES:
        return {language.plural("{n} file", "{n} files", len(named)): sum(count for _, count in named)}
    total: dict[str, int] = {}
    for name, count in named:
        total[name] = total.get(name, 0) + count
    return total


def _in_words(reason: str, language: Language) -> str:
    return language.say(_WORDS.get(reason, reason.replace("_", " ")))


def enrolled_lines(participants: pd.DataFrame, study: Study, language: Language) -> list[str]:
    """Say how many people are enrolled, in all and by arm."""
    people = pooled(participants)
    if people.empty:
        return []
    arms = ordered_arms(study, people["arm"])
    parts = [
        language.say("{arm}: {people}", arm=name, people=_people(people[people["arm"] == arm], language))
        for arm in arms
        for name in [arm_label(study, arm, language) or language.say("no arm")]
    ]
    everyone = language.say("People enrolled: {people}", people=_people(people, language))
    return [everyone, *(parts if len(arms) > 1 else [])]


def _people(people: pd.DataFrame, language: Language) -> str:
    groups = people.loc[people["group_id"] != "", "group_id"].nunique()
    if not groups:
        return language.number(str(len(people)))
    return language.plural("{people} in {n} group", "{people} in {n} groups", groups, people=str(len(people)))

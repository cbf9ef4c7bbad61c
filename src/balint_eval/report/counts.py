"""Counts, ranges and shares of counts that a page needs and no table holds; nothing is estimated here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isfinite

from balint_eval.language import Language
from balint_eval.report import numbers
from balint_eval.report.material import Material, Row


@dataclass(frozen=True, slots=True)
class Span:
    """Lowest and highest of some counts or minutes."""

    low: float
    high: float

    def said(self, language: Language) -> str:
        """Give the span as written: `6`, or `6 to 10`."""
        return language.span(numbers.trimmed(self.low), numbers.trimmed(self.high))

    def within(self, low: float, high: float) -> bool:
        """Say whether the span lies inside what was planned."""
        return low <= self.low and self.high <= high


@dataclass(frozen=True, slots=True)
class GroupRun:
    """One group as it met.

    Attributes
    ----------
    members : int
        People of the group in the participants table.
    days_between : Span or None
        Days from one meeting to the next, in the order of their dates; None with fewer than two dates.
    minutes, leaders : Span or None
        None when the log does not say.
    """

    group: str
    meetings: int
    first: str
    last: str
    minutes: Span | None
    leaders: Span | None
    members: int
    days_between: Span | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """What the people got whose group kept an attendance log.

    Attributes
    ----------
    people : int
        Members of groups with an attendance log, also those who never came.
    meetings, minutes : Span
        Meetings a person came to, and their minutes together.
    most : int
        People who came to at least three quarters of their group's meetings.
    """

    people: int
    meetings: Span
    minutes: Span
    most: int


def enrolled(material: Material) -> int:
    """Count the people in the participants table."""
    return len({(row["cohort"], row["person_id"]) for row in material.own_rows("participants")})


def people_by_arm(material: Material) -> dict[str, int]:
    """Count the people of each arm."""
    return dict(Counter(str(row["arm"]) for row in material.own_rows("participants")))


def groups_by_arm(material: Material) -> dict[str, int]:
    """Count the groups of each arm; people without a group are not counted."""
    rows = material.own_rows("participants")
    pairs = {(row["arm"], row["group_id"]) for row in rows if row["group_id"]}
    return dict(Counter(str(arm) for arm, _ in pairs))


def flow_people(material: Material, reason: str, wave: str) -> int | None:
    """Count people of the flow table over the cohorts; None when nothing was counted."""
    rows = [
        row for row in material.own_rows("flow") if row["reason"] == reason and row["wave"] == wave and not row["file"]
    ]
    return sum(int(row["rows"]) for row in rows) if rows else None


def span_of(values: list[float]) -> Span | None:
    """Give lowest and highest of the values that are there."""
    known = [value for value in values if isfinite(value)]
    return Span(min(known), max(known)) if known else None


def group_runs(material: Material) -> list[GroupRun]:
    """Give each group of the session log as it met."""
    rows = material.own_rows("sessions")
    groups = list(dict.fromkeys(str(row["group_id"]) for row in rows))
    sizes = Counter(str(row["group_id"]) for row in material.own_rows("participants"))
    return [_group_run(group, [row for row in rows if row["group_id"] == group], sizes) for group in groups]


def _group_run(group: str, rows: list[Row], sizes: Counter[str]) -> GroupRun:
    dates = sorted(str(row["date"]) for row in rows if row["date"])
    leaders = [float(row["leaders"]) for row in rows if row["leaders"]]
    return GroupRun(
        group,
        len(rows),
        dates[0] if dates else "",
        dates[-1] if dates else "",
        span_of([float(row["minutes"]) for row in rows]),
        span_of(leaders),
        sizes.get(group, 0),
        _days_between(dates),
    )


def _days_between(dates: list[str]) -> Span | None:
    days = [date.fromisoformat(day) for day in dates]
    return span_of([float((later - earlier).days) for earlier, later in pairwise(days)])


def _meeting(row: Row) -> tuple[str, str, int]:
    return str(row["cohort"]), str(row["group_id"]), int(row["session"])


MOST_MEETINGS = 0.75
"""Share of the meetings held that counts as having taken part."""


def dose(material: Material) -> Dose | None:
    """Count meetings and minutes of every person; None where nobody's attendance was kept."""
    length = {_meeting(row): float(row["minutes"]) for row in material.own_rows("sessions")}
    held = Counter((cohort, group) for cohort, group, _ in length)
    came: dict[tuple[str, str], list[float]] = {}
    logged = set()
    for row in material.own_rows("attendance"):
        meeting = _meeting(row)
        logged.add(meeting[:2])
        if meeting in length:
            came.setdefault((row["cohort"], row["person_id"]), []).append(length[meeting])
    people = [row for row in material.own_rows("participants") if (row["cohort"], row["group_id"]) in logged]
    if not people:
        return None
    minutes = [came.get((row["cohort"], row["person_id"]), []) for row in people]
    meetings = [held[row["cohort"], row["group_id"]] for row in people]
    most = sum(len(own) >= MOST_MEETINGS * number for own, number in zip(minutes, meetings, strict=True))
    counted = Span(min(map(len, minutes)), max(map(len, minutes)))
    return Dose(len(people), counted, Span(min(map(sum, minutes)), max(map(sum, minutes))), most)


def overall(spans: list[Span | None]) -> Span | None:
    """Join spans into one."""
    known = [span for span in spans if span]
    return Span(min(s.low for s in known), max(s.high for s in known)) if known else None


@dataclass(frozen=True, slots=True)
class ItemAnswers:
    """One item of a form: who gave one of the two best answers, of those who answered."""

    instrument: str
    label: str
    best: int
    answered: int

    @property
    def shown(self) -> str:
        """The percentage, withheld for few people or where it tells everyone's answer."""
        if numbers.too_few(self.answered):
            return numbers.WITHHELD
        if self.best in (0, self.answered) and self.answered < numbers.SMALLEST_FOR_EXTREMES:
            return numbers.PROTECTED
        return numbers.percent(self.best / self.answered)


def reaction_items(material: Material) -> list[ItemAnswers]:
    """Give each item of the reaction forms at its last wave, in the order of the form."""
    rows = [row for row in material.pooled_rows("item_counts") if _is_reaction(material, row)]
    waves = {wave.name: place for place, wave in enumerate(material.study.waves)}
    items = dict.fromkeys((str(row["instrument"]), int(row["item"])) for row in rows)
    found = []
    for instrument, item in items:
        of_item = [row for row in rows if (row["instrument"], row["item"]) == (instrument, item)]
        last = max(of_item, key=lambda row: waves.get(row["wave"], -1))["wave"]
        found.append(_item(material, instrument, [row for row in of_item if row["wave"] == last]))
    return found


def _is_reaction(material: Material, row: Row) -> bool:
    instrument = material.file.instruments.get(row["instrument"])
    return instrument is None or instrument.level == "1"


def _item(material: Material, name: str, rows: list[Row]) -> ItemAnswers:
    instrument = material.file.instruments.get(name)
    codes = instrument.response.codes if instrument else sorted({float(row["code"]) for row in rows})
    best = set(codes[-2:] if rows[0]["higher_is"] == "better" else codes[:2])
    people = sum(int(row["people"]) for row in rows if float(row["code"]) in best)
    cohorts = {row["cohort"]: int(row["answered"]) for row in rows}
    return ItemAnswers(name, str(rows[0]["label"]) or f"{rows[0]['item']}", people, sum(cohorts.values()))

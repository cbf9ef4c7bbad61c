"""The rows of the figure beside published results: this study first, then trials, then meta-analyses."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import interval, number
from balint_eval.study_model import Study
from balint_eval.tables import records

THIS_STUDY = "this study"
_USUAL = "Balint vs control"
_DOUBTFUL = ("implausibl", "inconsistent")


@dataclass(frozen=True, slots=True)
class Beside:
    """One line of the figure; above zero is better."""

    label: str
    what: str
    """What was measured and, where it is not Balint against control, compared; people; how standardised."""
    own: bool
    whole: bool
    """True for the whole study, false for one of its cohorts and for published results."""
    meta: bool
    doubtful: bool
    """True where its size is implausible or its numbers do not fit together."""
    overlapping: bool
    people: int
    effect_name: str
    effect: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """True when enough people stand behind it; published numbers are public."""
        return not self.own or self.people >= SMALLEST_SHOWN

    @property
    def numbers(self) -> str:
        """The effect with its interval, where it has one."""
        if not self.shown:
            return "too few people"
        limits = f" {interval(self.low, self.high, 2)}" if self.has_interval else ""
        return f"{number(self.effect, 2)}{limits}"

    @property
    def has_interval(self) -> bool:
        """True when both limits are known."""
        return isfinite(self.low) and isfinite(self.high)


MOST_COHORTS = 20
"""Cohorts of a study that are drawn one by one."""


def beside_rows(beside: pd.DataFrame, study: Study, instrument: str, scale: str, language: Language) -> list[Beside]:
    """Give the rows of one outcome, for the first arm that has any.

    Meta-analyses' results without an interval (mostly their subgroups) stand in the table only.
    """
    mine = beside[(beside["instrument"] == instrument) & (beside["scale"] == scale)]
    if mine.empty:
        return []
    rows = mine[mine["contrast"] == sorted(mine["contrast"].unique())[0]]
    made = [row for one in records(rows) if not _is_bare(row := _row(one, study, language))]
    return sorted(made, key=lambda row: (not row.own, not row.whole, row.meta))


def without_crowd(rows: list[Beside]) -> tuple[list[Beside], int]:
    """Leave out single cohorts that are too many to be read beside published studies, and say how many."""
    cohorts = sum(row.own and not row.whole for row in rows)
    if cohorts <= MOST_COHORTS:
        return rows, 0
    return [row for row in rows if row.whole or not row.own], cohorts


def _is_bare(row: Beside) -> bool:
    return row.meta and not row.has_interval


def _row(one: dict[str, object], study: Study, language: Language) -> Beside:
    source, warning = str(one["source"]), str(one["warning"])
    own, people = one["row"] == 0, int(str(one["people"]))
    enough = not own or people >= SMALLEST_SHOWN
    count = _people(people, own, language)
    parts = () if own else (one["outcome"], str(one["comparison"]).replace(_USUAL, "").strip(" ()"))
    what = language.sequence([str(part) for part in (*parts, count, one["effect_name"]) if part])
    effect, low, high = (float(str(one[name])) if enough else float("nan") for name in _NUMBERS)
    return Beside(
        _label(source, study, language) if own else source,
        what, own, source == THIS_STUDY, bool(one["from_meta_analysis"]),
        any(word in warning for word in _DOUBTFUL), "share participants" in warning, people, str(one["effect_name"]),
        effect, low, high,
    )  # fmt: skip


_NUMBERS = ("effect", "effect_low", "effect_high")


def _people(people: int, own: bool, language: Language) -> str:
    if people and (not own or people >= SMALLEST_SHOWN):
        return language.say("n = {people}", people=str(people)).replace(" ", "\u00a0")
    return language.say("n < {few}", few=str(SMALLEST_SHOWN)).replace(" ", "\u00a0") if own else ""


def _label(source: str, study: Study, language: Language) -> str:
    cohort = source.partition(", ")[2]
    if not cohort:
        return language.say("This study")
    label = next((one.label for one in study.cohorts if one.name == cohort and one.label), cohort)
    return language.say("This study, {cohort}", cohort=language.named(label))


def beside_table(rows: list[Beside]) -> pd.DataFrame:
    """Give the numbers of the figure."""
    names = ("label", "what", "people", "effect_name", "effect", "low", "high", "meta", "doubtful", "overlapping")
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=list(names)).rename(
        columns={"label": "source", "low": "effect_low", "high": "effect_high", "meta": "from_meta_analysis"}
    )

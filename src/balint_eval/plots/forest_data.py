"""The rows of the forest: one a primary-method comparison, turned so that better is to the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from balint_eval.kinds import BETWEEN_ARMS, CHANGE
from balint_eval.language import Language
from balint_eval.plots.selection import (
    MAIN_ROLES,
    arm_label,
    ordered_arms,
    ordered_outcomes,
    outcome_label,
    pooled_estimates,
)  # fmt: skip
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import digits_for, interval, number
from balint_eval.study_model import Study


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the forest; `effect`, `low` and `high` are turned where higher is worse."""

    instrument: str
    scale: str
    label: str
    arm: str
    arm_label: str
    """Blank when there is only one arm to compare."""
    role: str
    turned: bool
    people: int
    groups: int
    effect: float
    low: float
    high: float
    effect_name: str
    points: str
    """Raw estimate with its interval, in the scale's own direction."""
    estimate: float
    conf_low: float
    conf_high: float
    conf_level: float

    @property
    def enough(self) -> bool:
        """True when enough people stand behind it."""
        return self.people >= SMALLEST_SHOWN

    @property
    def drawable(self) -> bool:
        """True when it has a standardised effect with an interval."""
        return self.enough and all(map(isfinite, (self.effect, self.low, self.high)))


def main_comparisons(comparisons: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Give the comparisons of record at the primary wave: between arms with a control, else changes."""
    kinds = BETWEEN_ARMS if study.control_arm else {CHANGE}
    rows = pooled_estimates(comparisons)
    chosen = rows["role"].isin(MAIN_ROLES) & rows["kind"].isin(kinds)
    return rows[chosen & (rows["wave_to"] == study.primary_wave)]


def forest_rows(comparisons: pd.DataFrame, outcomes: pd.DataFrame, study: Study, language: Language) -> list[Row]:
    """Give the rows, primary outcomes first, then in the study's order."""
    chosen = main_comparisons(comparisons, study)
    named = chosen["arm"].nunique() > 1
    return [
        _row(outcome, one, arm_label(study, arm, language) if named else "", language)
        for _, outcome in ordered_outcomes(study, outcomes).iterrows()
        for arm, one in _arms_of(chosen, outcome, study)
    ]


def _arms_of(chosen: pd.DataFrame, outcome: pd.Series, study: Study) -> Iterator[tuple[str, pd.Series]]:
    same = (chosen["instrument"] == outcome["instrument"]) & (chosen["scale"] == outcome["scale"])
    rows = chosen[same].sort_values("role", kind="stable")
    for arm in ordered_arms(study, rows["arm"]):
        yield arm, rows[rows["arm"] == arm].iloc[0]


def _row(outcome: pd.Series, one: pd.Series, arm: str, language: Language) -> Row:
    turned = outcome["higher_is"] == "worse"
    effect, low, high = (float(one[name]) for name in ("effect", "effect_low", "effect_high"))
    if turned:
        effect, low, high = -effect, -high, -low
    people = int(one["n_paired"])
    raw = (float(one[name]) if people >= SMALLEST_SHOWN else nan for name in ("estimate", "conf_low", "conf_high"))
    estimate, conf_low, conf_high = raw
    return Row(
        str(outcome["instrument"]), str(outcome["scale"]), outcome_label(outcome, language), str(one["arm"]), arm,
        str(outcome["role"]), turned, people, int(one["n_groups"]), effect, low, high,
        str(one["effect_name"]), _points(estimate, conf_low, conf_high, outcome), estimate, conf_low,
        conf_high, float(one["conf_level"]),
    )  # fmt: skip


def _points(estimate: float, low: float, high: float, outcome: pd.Series) -> str:
    if not isfinite(estimate):
        return ""
    digits = digits_for(float(outcome["maximum"]) - float(outcome["minimum"]))
    limits = f" {interval(low, high, digits)}" if isfinite(low) and isfinite(high) else ""
    return f"{number(estimate, digits)}{limits}"


def forest_table(rows: list[Row]) -> pd.DataFrame:
    """Give the numbers of the forest; numbers on fewer than five people are blank."""
    names = (
        "instrument", "scale", "arm", "role", "people", "groups", "effect_name", "effect", "low", "high",
        "turned", "estimate", "conf_low", "conf_high", "conf_level",
    )  # fmt: skip
    table = pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=list(names))
    table.loc[table["people"] < SMALLEST_SHOWN, ["effect", "low", "high"]] = nan
    return table.rename(columns={"low": "effect_low", "high": "effect_high"})

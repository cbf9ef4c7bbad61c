"""The main comparisons at the primary wave, each a panel of the figures that look at assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.forest_data import main_comparisons
from balint_eval.plots.selection import arm_label, ordered_arms, ordered_outcomes, outcome_label
from balint_eval.plots.words import digits_for
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, records

MOST_PANELS = 12
"""Panels of one figure; the tables hold the rest."""


Row = Mapping[str, Any]
RowsByPlace = Mapping[tuple[str, str, str], list[Row]]
"""Rows of a table by instrument, scale and contrast."""


@dataclass(frozen=True, slots=True)
class Question:
    """One main comparison: its place in every table, and what readers call it."""

    instrument: str
    scale: str
    contrast: str
    label: str
    arm: str
    """The arm's label; blank where only one is compared."""
    digits: int
    turned: bool
    """True where higher is worse."""

    @property
    def title(self) -> str:
        """Name of the panel."""
        return f"{self.label}: {self.arm}" if self.arm else self.label

    def of(self, rows: RowsByPlace) -> list[Row]:
        """Give a table's rows about this comparison."""
        return rows.get((self.instrument, self.scale, self.contrast), [])


def rows_by_place(table: pd.DataFrame) -> RowsByPlace:
    """Give a table's rows over the whole study, by instrument, scale and contrast."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in records(table):
        if row.get("cohort", ALL_COHORTS) == ALL_COHORTS:
            found.setdefault((row["instrument"], row["scale"], row["contrast"]), []).append(row)
    return found


def questions(comparisons: pd.DataFrame, outcomes: pd.DataFrame, study: Study, language: Language) -> list[Question]:
    """Give the main comparisons at the primary wave, in the order of the forest."""
    chosen = main_comparisons(comparisons, study)
    named = chosen["arm"].nunique() > 1
    found = []
    for _, outcome in ordered_outcomes(study, outcomes).iterrows():
        rows = chosen[(chosen["instrument"] == outcome["instrument"]) & (chosen["scale"] == outcome["scale"])]
        for arm in ordered_arms(study, rows["arm"]):
            contrast = str(rows[rows["arm"] == arm].iloc[0]["contrast"])
            digits = digits_for(float(outcome["maximum"]) - float(outcome["minimum"]))
            found.append(Question(
                str(outcome["instrument"]), str(outcome["scale"]), contrast, outcome_label(outcome, language),
                arm_label(study, arm, language) if named else "", digits, outcome["higher_is"] == "worse",
            ))  # fmt: skip
    return found

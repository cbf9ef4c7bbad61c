"""The pairs behind the paired slopes: who is drawn, in which arm and group, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.selection import ordered_arms, pooled
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import natural_key
from balint_eval.study_model import Study

MOST_GROUPS = 40
"""With more groups than this the thin lines are group means."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One group's place in a panel: its lines from the earlier to the later wave and their mean."""

    arm: str
    label: str
    lines: pd.DataFrame
    """Columns `earlier` and `later`, one row a line, sorted by value so that no order of people shows."""
    people: int

    @property
    def shown(self) -> bool:
        """True when enough people stand behind it."""
        return self.people >= SMALLEST_SHOWN

    @property
    def mean(self) -> tuple[float, float]:
        """Mean of the lines at both waves."""
        return float(self.lines["earlier"].mean()), float(self.lines["later"].mean())


def paired_scores(
    scores: pd.DataFrame, participants: pd.DataFrame, study: Study, instrument: str, scale: str
) -> pd.DataFrame:
    """Give one row a person with a score at both waves: arm, group_id, earlier, later."""
    chosen = pooled(scores[(scores["instrument"] == instrument) & (scores["scale"] == scale)])
    waves = [study.baseline.name, study.primary_wave]
    wide = chosen.dropna(subset=["score"]).pivot_table(
        index=["cohort", "person_id"], columns="wave", values="score", observed=True
    )
    pairs = wide.reindex(columns=waves).dropna()
    pairs.columns = pd.Index(["earlier", "later"])
    people = participants.set_index(["cohort", "person_id"])[["arm", "group_id"]]
    return pairs.join(people, how="inner").reset_index(drop=True)


def slots(pairs: pd.DataFrame, study: Study, language: Language) -> dict[str, list[Slot]]:
    """Give the slots of each arm in the study's order, groups in natural order."""
    many = pairs["group_id"].nunique() > MOST_GROUPS
    return {
        arm: [_all_groups(arm, rows, language)] if many else _by_group(arm, rows, study)
        for arm in ordered_arms(study, pairs["arm"])
        for rows in [pairs[pairs["arm"] == arm]]
    }


def _by_group(arm: str, rows: pd.DataFrame, study: Study) -> list[Slot]:
    names = sorted(rows["group_id"].unique(), key=natural_key)
    # With one cohort its name tells no group from another.
    before = f"{study.cohorts[0].name}/" if len(study.cohorts) == 1 else ""
    return [_slot(arm, name.removeprefix(before), rows[rows["group_id"] == name]) for name in names]


def _slot(arm: str, label: str, rows: pd.DataFrame) -> Slot:
    lines = rows[["earlier", "later"]].sort_values(["earlier", "later"]).reset_index(drop=True)
    return Slot(arm, label, lines, len(rows))


def _all_groups(arm: str, rows: pd.DataFrame, language: Language) -> Slot:
    sizes = rows.groupby("group_id").size()
    large = rows[rows["group_id"].isin(sizes[sizes >= SMALLEST_SHOWN].index)]
    means = large.groupby("group_id")[["earlier", "later"]].mean().sort_values(["earlier", "later"])
    return Slot(arm, language.say("group means"), means.reset_index(drop=True), len(large))


def drawn_values(panels: dict[str, list[Slot]], waves: tuple[str, str]) -> pd.DataFrame:
    """Give the values of every line drawn, tidy: arm, group_id, line, wave, score, people."""
    parts = [_values(slot, waves) for panel in panels.values() for slot in panel if slot.shown]
    columns = ["arm", "group_id", "line", "wave", "score", "people"]
    return pd.DataFrame([row for part in parts for row in part], columns=columns)


def _values(slot: Slot, waves: tuple[str, str]) -> list[tuple[str, str, str, str, float, int]]:
    lines = [(f"line {index + 1}", *pair) for index, pair in enumerate(slot.lines.itertuples(index=False))]
    return [
        (slot.arm, slot.label, name, wave, value, slot.people if name == "mean" else 1)
        for name, *pair in [*lines, ("mean", *slot.mean)]
        for wave, value in zip(waves, pair, strict=True)
    ]

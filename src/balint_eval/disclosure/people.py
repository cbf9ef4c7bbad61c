"""Who stands behind each comparison: the people of every arm of it, and how they stand in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from balint_eval.disclosure.solve import Population
from balint_eval.kinds import BETWEEN_ARMS, LEVEL
from balint_eval.quality import person_scores
from balint_eval.tables import ALL_COHORTS, records

Row = Mapping[str, Any]
_ENOUGH_GROUPS = 3


@dataclass(frozen=True)
class Behind:
    """The people of a study with their scores, arms, cohorts and groups.

    Attributes
    ----------
    scored : mapping of (instrument, scale, wave) to mapping of person to score
    arm, cohort, group : mapping of person to name
    single_items : set of (instrument, scale)
        Scales of one item: mean and spread of few people give every answer back.
    """

    scored: Mapping[tuple[str, str, str], Mapping[str, float]]
    arm: Mapping[str, str]
    cohort: Mapping[str, str]
    group: Mapping[str, str]
    single_items: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(
        cls, scores: pd.DataFrame, participants: pd.DataFrame, mark: Callable[[str], str] = lambda name: name
    ) -> Behind:
        """Gather them from the contract tables `scores` and `participants`.

        Parameters
        ----------
        scores, participants : pandas.DataFrame
        mark : function from pseudonym to the name used here
            By default the pseudonym itself.
        """
        named = namer(participants, mark)
        people = {named(row): row for row in records(participants)}
        scored: dict[tuple[str, str, str], dict[str, float]] = {}
        for row in records(person_scores(scores)):
            if named(row) in people:
                scored.setdefault((row["instrument"], row["scale"], row["wave"]), {})[named(row)] = float(row["score"])
        arm, cohort, group = (
            {name: str(row[column]) for name, row in people.items()} for column in ("arm", "cohort", "group_id")
        )
        single = scores[scores["n_items"] == 1][["instrument", "scale"]].drop_duplicates()
        return cls(scored, arm, cohort, group, frozenset(single.itertuples(index=False, name=None)))

    def waves_of(self, row: Row) -> tuple[str, ...]:
        """Give the waves whose scores a comparison rests on."""
        return (row["wave_to"],) if row["kind"] == LEVEL else (row["wave_from"], row["wave_to"])

    def arms_of(self, row: Row) -> tuple[Population, ...]:
        """Give the people of each arm of a comparison whose scores it rests on."""
        found = [self.scored.get((row["instrument"], row["scale"], wave), {}) for wave in self.waves_of(row)]
        both = frozenset.intersection(*map(frozenset, found))
        arms = [row["arm"], *([row["reference_arm"]] if row["kind"] in BETWEEN_ARMS else [])]
        return tuple(frozenset(name for name in both if self._stands(name, arm, str(row["cohort"]))) for arm in arms)

    def _stands(self, name: str, arm: str, cohort: str) -> bool:
        return self.arm[name] == arm and cohort in {ALL_COHORTS, self.cohort[name]}

    def all_alike(self, row: Row, population: Population) -> bool:
        """Say whether everybody has the same score at a wave, or the same change: the mean is then everyone's."""
        found = [self.scored[row["instrument"], row["scale"], wave] for wave in self.waves_of(row)]
        columns = [[scores[name] for name in population] for scores in found]
        columns.append([found[1][name] - found[0][name] for name in population] if len(found) == 2 else [])
        return any(len({round(value, 9) for value in column}) == 1 for column in columns)

    def names_a_group(self, population: Population, shown: Iterable[Population], smallest: int) -> bool:
        """Say whether an error that allows for groups would give the mean of a small one away.

        Notes
        -----
        The error is made of the groups' sums of deviations, which add up to zero. Where one or two groups are not
        shown by themselves, these sums follow from the error; from three on they do not.
        """
        groups: dict[str, set[str]] = {}
        for name in population:
            if self.group[name]:
                groups.setdefault(self.group[name], set()).add(name)
        alone = set(shown)
        hidden = [group for group in groups.values() if frozenset(group) not in alone]
        return len(hidden) < _ENOUGH_GROUPS and any(len(group) < smallest for group in hidden)


def namer(participants: pd.DataFrame, mark: Callable[[str], str]) -> Callable[[Row], str]:
    """Give a function from a row with cohort and person_id to the person's name in the sets of this package.

    The name is made of the pseudonym alone where no two cohorts share one: a cohort that is renamed has the same
    people.
    """
    if participants["person_id"].is_unique:
        return lambda row: mark(str(row["person_id"]))
    return lambda row: mark(f"{row['cohort']}\n{row['person_id']}")

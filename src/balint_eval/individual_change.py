"""How many people changed by more than the error of their scores, and who crossed a clinical cut-off.

Counts and shares of an arm only: what became of one person stands in no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd

from balint_eval.instruments.facts import Norm
from balint_eval.instruments.facts import Reliability as PublishedReliability
from balint_eval.quality import person_scores
from balint_eval.stats.individual import (
    CRITICAL,
    GULLIKSEN_LORD_NOVICK,
    JACOBSON_TRUAX,
    METHODS,
    Reference,
    count_changes,
    cutoffs,
    share_by_chance,
    wilson_interval,
)
from balint_eval.study import StudyFile
from balint_eval.study_model import Outcome
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

SMALLEST_COUNT = 5
"""Counts of fewer people are not given, as in the reports."""
STEADY_SD = 20
STEADY_NORM = 100
RATED_BY_OTHERS = "rated by several others: the reliability of the mean of their ratings is not known"
NO_RELIABILITY = "no individual change, because no reliability is known: {}"
NOT_WORSE = "at baseline people stand no worse than this population: a, b and c part no two groups"

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability and where it comes from; `nan` with the reason."""

    value: float
    source: str


def assess_individual_change(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    outcomes: pd.DataFrame,
    quality: pd.DataFrame,
    retest: pd.DataFrame,
    file: StudyFile,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count reliable change of every outcome in each arm at each later wave.

    Parameters
    ----------
    scores, participants, outcomes, quality, retest : pandas.DataFrame
        Contracts of these names.
    file : StudyFile

    Returns
    -------
    individual_change, clinical_cutoffs : pandas.DataFrame
        Contracts of these names.

    Notes
    -----
    Mean and SD at baseline are those of everybody with a baseline score, over all arms and cohorts: before the
    programme the arms are one population.
    """
    people = person_scores(scores).merge(participants[["cohort", "person_id", "arm"]], on=["cohort", "person_id"])
    changes, bounds = Rows(), Rows()
    for outcome in records(outcomes):
        mine = people[(people["instrument"] == outcome["instrument"]) & (people["scale"] == outcome["scale"])]
        wide = mine.pivot(index=["cohort", "person_id", "arm"], columns="wave", values="score").reset_index("arm")
        for wave in (wave.name for wave in file.study.later_waves):
            if {file.study.baseline.name, wave} <= set(wide.columns):
                found = _Question(outcome, wide, wave, file, _reliability(outcome, wave, quality, retest, file))
                changes += list(found.changes())
                bounds += list(found.bounds())
    return (
        check_table(pd.DataFrame(changes, columns=TABLES["individual_change"].names), "individual_change"),
        check_table(pd.DataFrame(bounds, columns=TABLES["clinical_cutoffs"].names), "clinical_cutoffs"),
    )


def _reliability(
    outcome: Mapping[str, Any], wave: str, quality: pd.DataFrame, retest: pd.DataFrame, file: StudyFile
) -> Reliability:
    """Give the reliability as the study file asks for it; without a wish alpha, else the registry's."""
    declared, wish = _declared(outcome, file), file.study.plan.reliability
    if declared is not None and declared.reliability is not None:
        return Reliability(declared.reliability, f"{declared.reliability_source} (study file)")
    if outcome["rater"] != "self":
        return Reliability(nan, RATED_BY_OTHERS)
    if wish == "retest":
        return _of_retest(outcome, wave, retest)
    if wish == "registry":
        return _of_registry(outcome, file)
    own = _of_sample(outcome, "omega" if wish == "omega" else "alpha", quality, file)
    return own if isfinite(own.value) or wish != "auto" else _instead_of(own, _of_registry(outcome, file))


def _instead_of(own: Reliability, published: Reliability) -> Reliability:
    """Take the published one, and say why it is not the study's own."""
    return Reliability(published.value, f"{published.source}; {own.source}")


def _declared(outcome: Mapping[str, Any], file: StudyFile) -> Outcome | None:
    wanted = (outcome["instrument"], outcome["scale"])
    return next((one for one in file.study.outcomes if (one.instrument, one.scale) == wanted), None)


def _of_sample(outcome: Mapping[str, Any], name: str, quality: pd.DataFrame, file: StudyFile) -> Reliability:
    first = file.study.baseline.name
    for row in _rows_about(outcome, quality):
        if (row["cohort"], row["wave"]) == (ALL_COHORTS, first) and isfinite(float(row[name])):
            what = "Cronbach's alpha" if name == "alpha" else "McDonald's omega"
            return _if_possible(float(row[name]), f"{what} of this study at {first}, n = {row['n']}")
    return Reliability(nan, f"{name} at {first} is not given in this study")


def _if_possible(value: float, source: str) -> Reliability:
    """Give a reliability, or say that an estimate of zero or below carries no error of a person's score."""
    if 0.0 < value < 1.0:
        return Reliability(value, source)
    return Reliability(nan, f"{source}, is {value:.2f}, which cannot be the share of true differences in a score")


def _of_retest(outcome: Mapping[str, Any], wave: str, retest: pd.DataFrame) -> Reliability:
    for row in _rows_about(outcome, retest):
        if row["wave_to"] == wave and isfinite(float(row["icc"])):
            span = f"{row['wave_from']} to {row['wave_to']}"
            return _if_possible(float(row["icc"]), f"ICC(A,1) of the arm {row['arm']}, {span}, n = {row['n']}")
    return Reliability(nan, f"the control arm gives no retest ICC at {wave}")


def _of_registry(outcome: Mapping[str, Any], file: StudyFile) -> Reliability:
    """Give the published alpha of one sample with the most people; ranges are no one number."""
    entries = file.instruments[str(outcome["instrument"])].reliability
    usable = [one for one in entries if one.scale == outcome["scale"] and one.kind == "alpha" and one.value_to is None]
    if not usable:
        return Reliability(nan, "the registry has no alpha of this scale")
    best = max(usable, key=_people)
    size = f", n = {best.n}" if best.n else ""
    return Reliability(best.value, f"published alpha: {best.population}{size} (registry, evidence {best.mark})")


def _people(entry: PublishedReliability) -> int:
    return entry.n or 0


def _rows_about(outcome: Mapping[str, Any], table: pd.DataFrame) -> list[dict[str, Any]]:
    same = (table["instrument"] == outcome["instrument"]) & (table["scale"] == outcome["scale"])
    return records(table[same])


class _Question:
    """One outcome at one later wave.

    Parameters
    ----------
    outcome : mapping
        Row of `outcomes`.
    wide : pandas.DataFrame
        A row a person: arm, and a column a wave.
    wave : str
    file : StudyFile
    reliability : Reliability
    """

    def __init__(
        self, outcome: Mapping[str, Any], wide: pd.DataFrame, wave: str, file: StudyFile, reliability: Reliability
    ) -> None:
        self._outcome, self._wide, self._wave, self._file = outcome, wide, wave, file
        self._first, self._reliability = file.study.baseline.name, reliability
        self._better_up = outcome["higher_is"] == "better"
        before, after = (wide[name].dropna() for name in (self._first, wave))
        self._n_before = len(before)
        self._reference = Reference(
            reliability.value, float(before.mean()), float(before.std(ddof=1)), float(after.std(ddof=1))
        )

    def changes(self) -> Iterator[dict[str, Any]]:
        """Give a row an arm and method; one row an arm where there is no reliability."""
        for arm, before, after in self._arms():
            for method in METHODS if self._known else (JACOBSON_TRUAX,):
                yield (
                    self._place(arm)
                    | {"wave_from": self._first, "method": method, "n": before.size}
                    | (self._row(before, after, method))
                )

    def bounds(self) -> Iterator[dict[str, Any]]:
        """Give a row an arm and norm population with one mean and one SD."""
        norms = self._file.instruments[str(self._outcome["instrument"])].norms
        usable = [norm for norm in norms if norm.scale == self._outcome["scale"] and _is_one_population(norm)]
        for arm, before, after in self._arms() if self._known else ():
            for norm in usable:
                yield self._place(arm) | {"n": before.size} | self._bound(norm, before, after)

    @property
    def _known(self) -> bool:
        return isfinite(self._reliability.value) and self._reference.sd > 0.0

    def _place(self, arm: str) -> dict[str, Any]:
        return {name: self._outcome[name] for name in ("instrument", "scale")} | {"arm": arm, "wave_to": self._wave}

    def _arms(self) -> Iterator[tuple[str, np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
        paired = self._wide.dropna(subset=[self._first, self._wave])
        for arm, mine in paired.groupby("arm", sort=True):
            yield str(arm), mine[self._first].to_numpy(dtype=np.float64), mine[self._wave].to_numpy(dtype=np.float64)

    def _row(self, before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], method: str) -> dict[str, Any]:
        if not self._known:
            why = self._reliability.source if self._reference.sd > 0.0 else "the scores do not differ at baseline"
            return {"reliability_source": "", "note": NO_RELIABILITY.format(why)}
        error = self._reference.error(method)
        facts = {
            "reliability": self._reliability.value, "reliability_source": self._reliability.source,
            "baseline_mean": self._reference.mean, "baseline_sd": self._reference.sd, "sem": self._reference.sem,
            "error": error, "threshold": nan if method == GULLIKSEN_LORD_NOVICK else CRITICAL * error,
            "expected_share": share_by_chance(), "note": self._note(),
        }  # fmt: skip
        return facts | self._counts(self._reference.index(before, after, method))

    def _note(self) -> str:
        if self._n_before >= STEADY_SD:
            return ""
        return f"the SD at baseline rests on {self._n_before} people: the error is uncertain itself"

    def _counts(self, index: np.ndarray[Any, Any]) -> dict[str, Any]:
        if index.size < SMALLEST_COUNT:
            return {}
        shares = count_changes(index, higher_is_better=self._better_up)
        level = self._file.study.plan.confidence
        better, worse = (wilson_interval(count, shares.n, level) for count in (shares.improved, shares.worse))
        of_ten = shares.of_ten()
        return {
            "improved": shares.improved, "unchanged": shares.unchanged, "worse": shares.worse,
            "improved_share": shares.improved / shares.n, "improved_low": better[0], "improved_high": better[1],
            "unchanged_share": shares.unchanged / shares.n, "worse_share": shares.worse / shares.n,
            "worse_low": worse[0], "worse_high": worse[1],
            "of_ten_improved": of_ten[0], "of_ten_unchanged": of_ten[1], "of_ten_worse": of_ten[2],
        }  # fmt: skip

    def _bound(self, norm: Norm, before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> dict[str, Any]:
        own, sign = self._reference, 1.0 if self._better_up else -1.0
        found = cutoffs(own.mean, own.sd, norm.mean, float(norm.sd or nan), higher_is_better=self._better_up)
        facts: dict[str, Any] = {
            "population": norm.population, "source": norm.source, "mark": norm.mark, "norm_mean": norm.mean,
            "norm_sd": norm.sd, "baseline_mean": own.mean, "baseline_sd": own.sd, "a": found.a, "b": found.b,
            "c": found.c, "note": "",
        }  # fmt: skip
        if norm.n is not None and norm.n < STEADY_NORM:
            facts["note"] = f"a norm from only {norm.n} people"
        if sign * (norm.mean - own.mean) <= 0.0:
            return facts | {"note": NOT_WORSE}
        if before.size < SMALLEST_COUNT:
            return facts
        there, later = sign * (before - found.c) > 0.0, sign * (after - found.c) > 0.0
        reliably = sign * own.index(before, after, JACOBSON_TRUAX) > CRITICAL
        return facts | {
            "beyond_before": int(there.sum()), "beyond_after": int(later.sum()),
            "crossed_reliably": int((reliably & ~there & later).sum()),
        }  # fmt: skip


def _is_one_population(norm: Norm) -> bool:
    """Tell whether a norm gives one mean and one SD; a range of samples gives no cut-off."""
    return norm.sd is not None and norm.sd > 0.0 and norm.mean_to is None and norm.sd_to is None

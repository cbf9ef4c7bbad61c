"""Scores of two waves as the mixed models take them: one row a person and wave, checked and coded."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from balint_eval.stats.reml_terms import FloatArray, crossed
from balint_eval.stats.result import Result

METHOD = "mixed_model"

_NO_LABEL = ("", "nan", "<NA>", "NaT")


@dataclass(frozen=True, slots=True, eq=False)
class LongScores:
    """One row a person and wave, checked and coded, without rows that hold no score.

    Attributes
    ----------
    score, wave : array, shape (n,)
        `wave` is 0 before and 1 after.
    person, group : array, shape (n,)
        Integer codes; equal codes are the same person or group.
    arm : array, shape (n,)
        1 for the first-named arm, 0 for the second; all 1 in a study of one arm.
    without_group : int
        Scores left out because the person has no group.
    """

    score: FloatArray
    wave: FloatArray
    person: NDArray[np.intp]
    group: NDArray[np.intp]
    arm: FloatArray
    without_group: int = 0


def arrange(
    score: ArrayLike, wave: ArrayLike, person: ArrayLike, group: ArrayLike, arm: ArrayLike | None = None
) -> LongScores:
    """Check long arrays and code them, without rows that lack a score, a person or a group."""
    scores, waves = np.asarray(score, dtype=float), np.asarray(wave, dtype=float)
    people, groups = np.asarray(person), np.asarray(group)
    arms = np.ones(len(scores)) if arm is None else np.asarray(arm, dtype=float)
    if not len(scores) == len(waves) == len(people) == len(groups) == len(arms):
        raise ValueError("Score, wave, person, group and arm must have one entry for each row.")
    usable, grouped = np.isfinite(scores) & ~_absent(people), ~_absent(groups)
    keep = usable & grouped
    scores, waves, arms = scores[keep], waves[keep], arms[keep]
    people, groups = crossed(people[keep], np.zeros(len(scores))), crossed(arms, groups[keep])
    _refuse(waves, people, groups, arms)
    return LongScores(scores, waves, people, groups, arms, int(np.sum(usable & ~grouped)))


def _absent(labels: NDArray[Any]) -> NDArray[np.bool_]:
    return np.array([label is None or str(label) in _NO_LABEL for label in labels], dtype=bool)


def _refuse(waves: FloatArray, people: NDArray[np.intp], groups: NDArray[np.intp], arms: FloatArray) -> None:
    if not np.isin(waves, (0, 1)).all():
        raise ValueError("Each wave must be 0 (before) or 1 (after).")
    if not np.isin(arms, (0, 1)).all():
        raise ValueError("Each arm must be 1 (first-named) or 0 (second-named).")
    if len(np.unique(crossed(people, waves))) < len(people):
        raise ValueError("A person has two scores at the same wave.")
    if len(np.unique(crossed(people, groups))) > len(np.unique(people)):
        raise ValueError("A person belongs to two groups; a group must be the same at both waves.")


def describe_pairs(data: LongScores, conf_level: float = 0.95) -> Result:
    """Fill the counts, and the means and SDs of the complete pairs, of a `Result` without estimate."""
    before, after = data.person[data.wave == 0], data.person[data.wave == 1]
    both = np.intersect1d(before, after)
    pre = data.score[(data.wave == 0) & np.isin(data.person, both)]
    post = data.score[(data.wave == 1) & np.isin(data.person, both)]
    return Result(
        method=METHOD,
        n_pre=len(before),
        n_post=len(after),
        n_paired=len(both),
        n_groups=len(np.unique(data.group)),
        mean_pre=_mean(pre),
        sd_pre=_sd(pre),
        mean_post=_mean(post),
        sd_post=_sd(post),
        conf_level=conf_level,
    )


def _mean(values: FloatArray) -> float:
    return float(np.mean(values)) if len(values) else nan


def _sd(values: FloatArray) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else nan

"""Scores of a study whose effect is known, because it was put in.

Groups that work together grow alike. So the effect of a group arises after the groups begin to meet:
at baseline people are independent, at each later wave they share what their group did to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class KnownOutcome:
    """One outcome: its distribution, and what the programme does to it.

    Attributes
    ----------
    instrument, scale : str
        As in the registry.
    mean, sd : float
        At baseline, in points.
    correlation : float
        Between the baseline and any later wave.
    icc : float
        Share of the variance at a later wave that people of one group have in common; 0 at baseline.
    effect : tuple of float
        Points by which the first arm gains on the other, one number a later wave.
    drift : tuple of float
        Points by which both arms change anyway, one number a later wave; empty means none.
    loading : float
        How far the lasting part of the score follows the person's general strain, -1 to 1.
    """

    instrument: str
    scale: str = "total"
    mean: float
    sd: float
    correlation: float = 0.7
    icc: float = 0.05
    effect: tuple[float, ...]
    drift: tuple[float, ...] = ()
    loading: float = 0.0

    def __post_init__(self) -> None:
        check_shares(self.correlation, self.icc)
        if self.drift and len(self.drift) != len(self.effect):
            raise ValueError("drift and effect need one number each for every later wave")

    def shift(self, treated: BoolArray) -> FloatArray:
        """Give the expected points above the baseline mean, shape (people, waves)."""
        drift = np.array([0.0, *(self.drift or (0.0,) * len(self.effect))])
        shift: FloatArray = drift + treated[:, None] * np.array([0.0, *self.effect])
        return shift


@dataclass(frozen=True, kw_only=True)
class Design:
    """A study of two arms.

    Attributes
    ----------
    outcomes : tuple of KnownOutcome
    waves : tuple of str
        The baseline first.
    arms : tuple of str
        The arm that gains the effect first.
    groups_per_arm : int
    members : tuple of int
        Fewest and most people of a group; each size is equally likely.
    absent : tuple of float
        Share of people who do not answer, one number a wave, each wave on its own: who is absent at
        baseline and answers later is a post-only person.
    """

    outcomes: tuple[KnownOutcome, ...]
    waves: tuple[str, ...] = ("before", "after", "three_months")
    arms: tuple[str, str] = ("balint", "waiting")
    groups_per_arm: int = 4
    members: tuple[int, int] = (6, 10)
    absent: tuple[float, ...] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if len(self.absent) != len(self.waves):
            raise ValueError("absent needs one share a wave")
        if any(len(outcome.effect) != len(self.waves) - 1 for outcome in self.outcomes):
            raise ValueError("effect needs one number a later wave")


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """One simulated study.

    Attributes
    ----------
    design : Design
    group : array of int, shape (people,)
        Groups count from 0, the treated ones first.
    treated : array of bool, shape (people,)
    scores : array of float, shape (people, waves, outcomes)
        In points, not rounded; everyone has a score, whether they answered or not.
    answered : array of bool, shape (people, waves)
    """

    design: Design
    group: IntArray
    treated: BoolArray
    scores: FloatArray
    answered: BoolArray

    @property
    def observed(self) -> FloatArray:
        """The scores of those who answered, `nan` for the others, shape (people, waves, outcomes)."""
        return np.where(self.answered[:, :, None], self.scores, np.nan)

    def frame(self) -> pd.DataFrame:
        """Give the observed scores in long form: person, group, arm, wave, instrument, scale, score."""
        import pandas as pd

        outcomes = [(outcome.instrument, outcome.scale) for outcome in self.design.outcomes]
        places = [(p, w, o) for p, w, o in np.ndindex(self.scores.shape) if self.answered[p, w]]
        arms = np.where(self.treated, *self.design.arms)
        rows = [
            (p, self.group[p], arms[p], self.design.waves[w], *outcomes[o], self.scores[p, w, o]) for p, w, o in places
        ]
        names = ["person", "group", "arm", "wave", "instrument", "scale", "score"]
        return pd.DataFrame(rows, columns=names)


@dataclass(frozen=True, kw_only=True)
class TwoArms:
    """Many simulated two-wave studies at once.

    Attributes
    ----------
    pre, post : array of float, shape (replications, places)
        `nan` where a group has fewer members than places, or the person did not answer.
    group : array of int, shape (places,)
    treated : array of bool, shape (places,)
    """

    pre: FloatArray
    post: FloatArray
    group: IntArray
    treated: BoolArray


def check_shares(correlation: float, icc: float) -> None:
    """Refuse shares of the later variance that no distribution can have.

    Raises
    ------
    ValueError
        A share is negative, or the lasting and the group's share exceed the whole.
    """
    if correlation < 0 or icc < 0 or correlation + icc > 1:
        raise ValueError("correlation and icc must not be negative and not exceed 1 together")


def simulate_scores(design: Design, rng: np.random.Generator) -> Simulation:
    """Simulate one study.

    Parameters
    ----------
    design : Design
    rng : numpy.random.Generator

    Returns
    -------
    Simulation

    Notes
    -----
    In units of the SD, a score is sqrt(r) T + sqrt(1 - r) E at baseline and
    sqrt(r) T + sqrt(icc) G + sqrt(1 - r - icc) E later: T is the person's lasting part, G what the
    group did (the same at every later wave), E new at each wave. The variance is 1 at every wave, the
    correlation of the baseline with a later wave r, of two later waves r + icc.
    """
    low, high = design.members
    n_groups = 2 * design.groups_per_arm
    group = np.repeat(np.arange(n_groups), rng.integers(low, high + 1, size=n_groups))
    treated = group < design.groups_per_arm
    strain = rng.standard_normal(len(group))
    scores = [_outcome_scores(outcome, group, treated, strain, rng) for outcome in design.outcomes]
    answered = rng.random((len(group), len(design.waves))) >= np.array(design.absent)
    return Simulation(design=design, group=group, treated=treated, scores=np.stack(scores, axis=2), answered=answered)


def _outcome_scores(
    outcome: KnownOutcome, group: IntArray, treated: BoolArray, strain: FloatArray, rng: np.random.Generator
) -> FloatArray:
    n, n_waves = len(group), len(outcome.effect) + 1
    later = np.arange(n_waves) > 0
    own = np.sqrt(1 - outcome.loading**2) * rng.standard_normal(n)
    lasting = np.sqrt(outcome.correlation) * (outcome.loading * strain + own)
    shared = np.sqrt(outcome.icc) * rng.standard_normal(group.max() + 1)[group, None] * later
    passing = np.sqrt(1 - outcome.correlation - outcome.icc * later) * rng.standard_normal((n, n_waves))
    standardised: FloatArray = lasting[:, None] + shared + passing
    return outcome.mean + outcome.shift(treated) + outcome.sd * standardised


def simulate_two_arms(
    rng: np.random.Generator,
    replications: int,
    *,
    groups_per_arm: int = 4,
    members: tuple[int, int] = (6, 10),
    effect: float = 0.0,
    mean: float = 0.0,
    sd: float = 1.0,
    correlation: float = 0.6,
    icc: float = 0.05,
    absent: tuple[float, float] = (0.0, 0.0),
) -> TwoArms:
    """Simulate many two-wave studies of one outcome at once, for coverage and power.

    Parameters
    ----------
    rng : numpy.random.Generator
    replications : int
    groups_per_arm, members, absent
        As in `Design`; group sizes are drawn anew for each replication.
    effect, mean, sd, correlation, icc
        As in `KnownOutcome`.

    Returns
    -------
    TwoArms

    Notes
    -----
    The distribution of `simulate_scores`, in tens of microseconds a study.
    """
    check_shares(correlation, icc)
    low, high = members
    n_groups = 2 * groups_per_arm
    group = np.repeat(np.arange(n_groups), high)
    treated = group < groups_per_arm
    shape = (replications, n_groups * high)
    lasting = np.sqrt(correlation) * rng.standard_normal(shape)
    shared = np.sqrt(icc) * rng.standard_normal((replications, n_groups))[:, group]
    first = lasting + np.sqrt(1 - correlation) * rng.standard_normal(shape)
    second = lasting + shared + np.sqrt(1 - correlation - icc) * rng.standard_normal(shape)
    sizes = rng.integers(low, high + 1, size=(replications, n_groups))
    enrolled = np.tile(np.arange(high), n_groups) < sizes[:, group]
    pre, post = (np.where(enrolled & (rng.random(shape) >= share), 0.0, np.nan) for share in absent)
    return TwoArms(
        pre=pre + mean + sd * first,
        post=post + mean + effect * treated + sd * second,
        group=group,
        treated=treated,
    )

"""Did single people change by more than the error of their scores: reliable change and clinical cut-offs.

All of it rests on classical test theory: one error of measurement for everybody. In groups of six to
ten the SD and the reliability are uncertain themselves, so a share is a description, not a test.

References
----------
Jacobson, Follette and Revenstorf 1984, Behav Ther 15:336-52; Christensen and Mendoza 1986, Behav Ther
17:305-8 (the error of a difference is that of two scores: the factor sqrt(2)); Jacobson and Truax 1991,
J Consult Clin Psychol 59:12-9; Maassen 2004, J Int Neuropsychol Soc 10:888-93 (errors from the SDs of
both waves); Lord and Novick 1968 and Hsu 1989, Behav Assess 11:459-67 (Gulliksen, Lord and Novick:
change against what regression to the mean predicts); Wilson 1927, J Am Stat Assoc 22:209-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from balint_eval.stats.pairs import FloatArray

JACOBSON_TRUAX = "jacobson_truax"
BOTH_WAVES = "both_waves"
GULLIKSEN_LORD_NOVICK = "gulliksen_lord_novick"
METHODS = (JACOBSON_TRUAX, BOTH_WAVES, GULLIKSEN_LORD_NOVICK)
CRITICAL = 1.96
"""As in the literature; 2.5 % of people who did not change lie beyond it on each side."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the error of a score is computed from.

    Attributes
    ----------
    reliability : float
        Above 0 and below 1.
    mean, sd : float
        At baseline, in points; sd above 0.
    sd_later : float
        At the later wave; for `both_waves` only.
    """

    reliability: float
    mean: float
    sd: float
    sd_later: float

    @property
    def sem(self) -> float:
        """Standard error of measurement at baseline: sd sqrt(1 - reliability)."""
        return self.sd * sqrt(1.0 - self.reliability)

    def error(self, method: str) -> float:
        """Give the standard error that a person's change is held against, in points.

        Raises
        ------
        ValueError
            The method is not known, or the reliability or an SD cannot carry it.
        """
        if not 0.0 < self.reliability < 1.0 or not self.sd > 0.0:
            raise ValueError("individual change needs a reliability between 0 and 1 and an SD above zero")
        if method == JACOBSON_TRUAX:
            return sqrt(2.0) * self.sem
        if method == BOTH_WAVES:
            return sqrt((self.sd**2 + self.sd_later**2) * (1.0 - self.reliability))
        if method == GULLIKSEN_LORD_NOVICK:
            return self.sd * sqrt(1.0 - self.reliability**2)
        raise ValueError(f"'{method}' is no method of individual change")

    def index(self, before: ArrayLike, after: ArrayLike, method: str) -> FloatArray:
        """Give each person's reliable change index, in standard errors; above zero is a higher score.

        Parameters
        ----------
        before, after : array, shape (n,)
            Scores of the same people.
        method : str
            One of `METHODS`.
        """
        first, second = (np.asarray(values, dtype=np.float64) for values in (before, after))
        expected = first
        if method == GULLIKSEN_LORD_NOVICK:
            expected = self.mean + self.reliability * (first - self.mean)
        return np.asarray((second - expected) / self.error(method), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shares:
    """How many people improved, stayed and got worse."""

    improved: int
    unchanged: int
    worse: int

    @property
    def n(self) -> int:
        """People."""
        return self.improved + self.unchanged + self.worse

    def of_ten(self) -> tuple[int, int, int]:
        """Give the three as parts of ten people that add up to ten, by the largest remainders."""
        improved, unchanged, worse = parts_of(10, (self.improved, self.unchanged, self.worse))
        return improved, unchanged, worse


def count_changes(index: ArrayLike, *, higher_is_better: bool, critical: float = CRITICAL) -> Shares:
    """Count who changed by more than error: beyond the critical value, not on it."""
    values = np.asarray(index, dtype=np.float64) * (1.0 if higher_is_better else -1.0)
    better, worse = int((values > critical).sum()), int((values < -critical).sum())
    return Shares(better, int(values.size) - better - worse, worse)


def share_by_chance(critical: float = CRITICAL) -> float:
    """Give the share of people expected beyond the critical value on one side if nobody changed."""
    return float(ndtr(-critical))


def parts_of(whole: int, counts: tuple[int, ...]) -> tuple[int, ...]:
    """Share a whole number out in the proportions of counts, so that the parts add up to it (Hamilton).

    Raises
    ------
    ValueError
        The counts are all zero.
    """
    total = sum(counts)
    if total <= 0:
        raise ValueError("nobody can be shared out")
    exact = [whole * count / total for count in counts]
    parts = [floor(part) for part in exact]
    order = sorted(range(len(counts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: whole - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def wilson_interval(count: int, n: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Give Wilson's score interval of a share (without continuity correction); people taken as independent.

    Raises
    ------
    ValueError
        Nobody, or a count outside 0 to n.
    """
    if n <= 0 or not 0 <= count <= n:
        raise ValueError("a share needs a count between nobody and everybody")
    z = float(ndtri(0.5 + conf_level / 2.0))
    share, spread = count / n, z * z / n
    centre = (share + spread / 2.0) / (1.0 + spread)
    half = z * sqrt(share * (1.0 - share) / n + spread / (4.0 * n)) / (1.0 + spread)
    # At the ends the limit is the end itself; arithmetic leaves it a hair beside.
    return (0.0 if count == 0 else centre - half, 1.0 if count == n else centre + half)


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Jacobson and Truax's three bounds between a group that needs help and one that functions.

    Attributes
    ----------
    a : float
        Two SDs from the mean of the first, towards the second.
    b : float
        Two SDs from the mean of the second, towards the first.
    c : float
        Where both are equally likely: means weighted by the other's SD.
    """

    a: float
    b: float
    c: float


def cutoffs(mean: float, sd: float, norm_mean: float, norm_sd: float, *, higher_is_better: bool) -> Cutoffs:
    """Give the cut-offs a, b and c between this sample at baseline and a norm population.

    Parameters
    ----------
    mean, sd : float
        Of the sample at baseline.
    norm_mean, norm_sd : float
        Of the norm population.
    higher_is_better : bool
    """
    sign = 1.0 if higher_is_better else -1.0
    c = (norm_sd * mean + sd * norm_mean) / (norm_sd + sd)
    return Cutoffs(mean + sign * 2.0 * sd, norm_mean - sign * 2.0 * norm_sd, c)

"""Shares of independent people: exact tests of McNemar and Fisher with Newcombe's score intervals.

References: Newcombe 1998, Stat Med 17:857-72 (Wilson's interval), 17:873-90 (two samples, method 10) and 17:2635-50
(pairs, method 10); Agresti 2013, Categorical Data Analysis, sections 3.5 and 11.1.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri
from scipy.stats import binomtest, fisher_exact

from balint_eval.stats.effects import Effect, with_effect
from balint_eval.stats.pairs import ONE_ARM_ONLY, BoolArray, with_notes
from balint_eval.stats.result import Result

PERCENT = 100.0
NOBODY_CHANGED = "nobody changed sides: there is no test, and no odds ratio"
ONE_SIDED = "all who changed sides went one way: the odds ratio has no finite estimate"
NO_PAIRS = "fewer than two people with both answers: no test is possible"
EMPTY_CELL = "an arm has everybody or nobody at or beyond the mark: the odds ratio has no finite estimate"


def wilson(count: int, n: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Give Wilson's score interval of a share (no continuity correction)."""
    z = float(ndtri(0.5 + conf_level / 2.0))
    middle, half = count + z * z / 2.0, z * sqrt(z * z / 4.0 + count * (n - count) / n)
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


def mcnemar_exact(before: ArrayLike, after: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test whether a share changed among independent people seen twice.

    Parameters
    ----------
    before, after : array_like of float, shape (n,)
        1 at or beyond the mark, 0 not, `nan` missing.
    conf_level : float

    Returns
    -------
    Result
        Method `mcnemar_exact`. `estimate` is the share after less the share before, in percentage points, with
        Newcombe's paired score interval; p is the exact binomial test of those who changed sides, and `statistic`
        the number who came to the mark. Effect `odds_ratio_paired`: who came to it per who left it, with the exact
        interval of Clopper and Pearson.

    Notes
    -----
    Not where people share a group: it takes persons as independent. p and interval are of two methods and may
    disagree near the limit.
    """
    first, second = (np.asarray(values, dtype=np.float64) for values in (before, after))
    both = np.isfinite(first) & np.isfinite(second)
    x, y = (values[both].astype(np.bool_) for values in (first, second))
    n = int(both.sum())
    base = replace(
        _described("mcnemar_exact", x, y, conf_level),
        n_pre=int(np.isfinite(first).sum()),
        n_post=int(np.isfinite(second).sum()),
    )
    if n < 2:
        return with_notes(base, [NO_PAIRS])
    came, left = int((y & ~x).sum()), int((x & ~y).sum())
    low, high = newcombe_paired(int((x & y).sum()), left, came, int((~x & ~y).sum()), conf_level)
    result = replace(base, estimate=PERCENT * (came - left) / n, conf_low=PERCENT * low, conf_high=PERCENT * high)
    if came + left == 0:
        return with_notes(result, [NOBODY_CHANGED])
    tested = replace(result, statistic=float(came), p_value=float(binomtest(came, came + left).pvalue))
    ratio = with_effect(tested, _paired_odds(came, left, conf_level))
    return with_notes(ratio, [ONE_SIDED if min(came, left) == 0 else ""])


def newcombe_paired(both: int, left: int, came: int, neither: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Give the interval of the later share less the earlier one: Newcombe's method 10 for pairs.

    Parameters
    ----------
    both, left, came, neither : int
        People at the mark twice, only before, only after, never.
    """
    n = both + left + came + neither
    sums = ((both + came), (both + left))
    (l1, u1), (l2, u2) = (wilson(count, n, conf_level) for count in sums)
    p1, p2 = (count / n for count in sums)
    product = (both + came) * (left + neither) * (both + left) * (came + neither)
    phi = _phi(both * neither - came * left, n) / sqrt(product) if product else 0.0
    below = _root((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    above = _root((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2)
    return p1 - p2 - below, p1 - p2 + above


def _phi(cross: int, n: int) -> float:
    """Correct the cross product towards zero where it is positive, as method 10 does."""
    return max(cross - n / 2.0, 0.0) if cross > 0 else float(cross)


def _root(square: float) -> float:
    return sqrt(max(square, 0.0))


def _paired_odds(came: int, left: int, conf_level: float) -> Effect:
    tail = (1.0 - conf_level) / 2.0
    low = _odds(float(betaincinv(came, left + 1, tail))) if came else 0.0
    high = _odds(float(betaincinv(came + 1, left, 1.0 - tail))) if left else inf
    return Effect("odds_ratio_paired", came / left if came and left else nan, *(_finite(v) for v in (low, high)))


def _odds(share: float) -> float:
    return share / (1.0 - share) if share < 1.0 else inf


def _finite(value: float) -> float:
    return value if isfinite(value) else nan


def fisher_newcombe(outcome: ArrayLike, treated: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare the shares of two arms of independent people at one wave.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
        1 at or beyond the mark, 0 not, `nan` missing.
    treated : array_like of 0/1, shape (n,)
        1 is the first-named arm.
    conf_level : float

    Returns
    -------
    Result
        Method `fisher_exact`. `estimate` is the share of the first-named arm less that of the other, in percentage
        points, with Newcombe's hybrid score interval; p is Fisher's exact test. Effect `odds_ratio` of the sample
        with Woolf's logit interval; none where a cell is empty.

    Notes
    -----
    Not where people share a group: it takes persons as independent.
    """
    values, arms = np.asarray(outcome, dtype=np.float64), np.asarray(treated)
    kept = np.isfinite(values)
    y, arm = values[kept].astype(np.bool_), arms[kept].astype(np.bool_)
    base = replace(_described("fisher_exact", None, y[arm], conf_level), n_post=y.size, n_paired=y.size)
    if arm.all() or not arm.any():
        return with_notes(base, [ONE_ARM_ONLY])
    (a, n1), (c, n2) = ((int(y[side].sum()), int(side.sum())) for side in (arm, ~arm))
    low, high = newcombe_difference(a, n1, c, n2, conf_level)
    p_value = float(fisher_exact(np.array([[a, n1 - a], [c, n2 - c]])).pvalue)
    result = replace(base, estimate=PERCENT * (a / n1 - c / n2), p_value=p_value)
    result = replace(result, conf_low=PERCENT * low, conf_high=PERCENT * high)
    cells = np.array([a, n1 - a, c, n2 - c], dtype=np.float64)
    if not cells.all():
        return with_notes(replace(result, effect_name="odds_ratio"), [EMPTY_CELL])
    return with_effect(result, _woolf(cells, conf_level))


def newcombe_difference(a: int, n1: int, c: int, n2: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Give the interval of a/n1 - c/n2: Newcombe's method 10 for two samples."""
    (l1, u1), (l2, u2) = wilson(a, n1, conf_level), wilson(c, n2, conf_level)
    p1, p2 = a / n1, c / n2
    return p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2), p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def _woolf(cells: np.ndarray[tuple[int], np.dtype[np.float64]], conf_level: float) -> Effect:
    a, b, c, d = cells
    ratio, half = a * d / (b * c), float(ndtri(0.5 + conf_level / 2.0)) * sqrt(float(np.sum(1.0 / cells)))
    return Effect("odds_ratio", float(ratio), float(ratio * np.exp(-half)), float(ratio * np.exp(half)))


def _described(method: str, before: BoolArray | None, after: BoolArray, conf_level: float) -> Result:
    """Start a result: shares in per cent in place of means, and no SDs."""
    return Result(
        method=method,
        n_post=after.size,
        n_paired=after.size,
        mean_pre=_share(before),
        mean_post=_share(after),
        conf_level=conf_level,
    )


def _share(values: BoolArray | None) -> float:
    return PERCENT * float(values.mean()) if values is not None and values.size else nan

"""Tests of the persons' changes in one arm: paired t and Wilcoxon's signed-rank test.

They are what the literature reports. Both assume that people are independent, which people of
one Balint group are not: at an ICC of .15 they reject 20 % instead of 5 %. Where the data have
groups, `cluster.change_cr2` is primary.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from balint_eval.stats.effects import DECIMALS, d_z, nonzero_changes, rank_biserial, with_effect
from balint_eval.stats.pairs import (
    FloatArray,
    Pairs,
    complete_pairs,
    describe,
    mean_and_error,
    obstacle,
    raw_change,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.rank_distributions import (
    EXACT_UP_TO,
    lower_critical,
    normal_critical,
    signed_rank_counts,
    signed_rank_normal,
    two_sided,
)
from balint_eval.stats.result import Result

# All averages of two of 5,000 changes are 12.5 million numbers; beyond that no shift is given.
MOST_FOR_SHIFT = 5_000
NOTHING_LEFT = "no change is left after rounding: no test is possible"


def paired_t(pre: ArrayLike, post: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test the mean change of independent people by the paired t-test (Student 1908).

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    conf_level : float
        Share such as 0.95.

    Returns
    -------
    Result
        Method `paired_t`, df = n - 1. Effect `d_z`, corrected, with its noncentral-t interval.

    Notes
    -----
    Not where people share a group (module text).
    """
    pairs = complete_pairs(pre, post)
    base = describe("paired_t", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason, raw_change(pairs))
    mean, error = mean_and_error(pairs.change)
    result = tested(base, mean, error, pairs.n - 1, 0.0)
    return with_effect(result, d_z(pairs.pre, pairs.post, conf_level))


def wilcoxon(
    pre: ArrayLike,
    post: ArrayLike,
    conf_level: float = 0.95,
    *,
    decimals: int = DECIMALS,
    exact: bool | None = None,
) -> Result:
    """Test the shift of independent people's scores by Wilcoxon's signed-rank test.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    conf_level : float
    decimals : int
        Changes are rounded so before ranking, so that floating-point noise breaks no ties.
    exact : bool, optional
        Exact distribution, ties included, or normal approximation with continuity and tie
        correction; by default exact up to 50 changes.

    Returns
    -------
    Result
        Method `wilcoxon`. `statistic` is the sum of the positive ranks (V of R). `estimate` is the
        Hodges-Lehmann shift, the median of all averages of two changes, with the order-statistic
        interval of the untied distribution (Hollander, Wolfe and Chicken 2014, section 3.2-3.3):
        exact without ties, conservative with them. Effect `rank_biserial`. No df, no error.

    Notes
    -----
    Zero changes are dropped from test, shift and effect, and counted in the note: with many of
    them the shift speaks of those who changed. Assumes changes symmetric about their median. Not
    where people share a group (module text). No interval when `conf_level` is out of reach
    (fewer than 6 changes at 95 %).
    """
    pairs = complete_pairs(pre, post)
    base = describe("wilcoxon", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason, raw_change(pairs))
    changes = nonzero_changes(pairs, decimals)
    if not changes.size:
        return untested(base, NOTHING_LEFT, 0.0)
    use_exact = changes.size <= EXACT_UP_TO if exact is None else exact
    result = _with_shift(_signed_rank(base, changes, exact=use_exact), changes)
    effect = rank_biserial(pairs.pre, pairs.post, conf_level, decimals)
    return with_notes(with_effect(result, effect), [_zeros(pairs, changes)])


def _signed_rank(base: Result, changes: FloatArray, *, exact: bool) -> Result:
    ranks = np.asarray(rankdata(np.abs(changes)), dtype=np.float64)
    positive = float(ranks[changes > 0.0].sum())
    p_value = _exact_p(ranks, positive) if exact else signed_rank_normal(ranks, positive)
    note = "exact p" if exact else "p by normal approximation"
    return with_notes(replace(base, statistic=positive, p_value=p_value), [note])


def _exact_p(ranks: FloatArray, positive: float) -> float:
    return two_sided(signed_rank_counts(ranks), positive)


def _with_shift(result: Result, changes: FloatArray) -> Result:
    if changes.size > MOST_FOR_SHIFT:
        return with_notes(result, [f"no shift is given above {MOST_FOR_SHIFT} changes"])
    averages = walsh_averages(changes)
    k = _critical(changes.size, (1.0 - result.conf_level) / 2.0)
    low, high = (averages[k - 1], averages[-k]) if k else (nan, nan)
    shifted = replace(result, estimate=float(np.median(averages)), conf_low=float(low), conf_high=float(high))
    return with_notes(shifted, [] if k else [f"{changes.size} changes are too few for an interval"])


def walsh_averages(changes: FloatArray) -> FloatArray:
    """Return the sorted averages of every two changes, each with itself included: n (n + 1) / 2."""
    first, second = np.triu_indices(changes.size)
    return np.sort((changes[first] + changes[second]) / 2.0)


def _critical(n: int, tail: float) -> int:
    if n <= EXACT_UP_TO:
        return lower_critical(signed_rank_counts(np.arange(1.0, n + 1.0)), tail, step=2)
    return normal_critical(n * (n + 1) / 4.0, sqrt(n * (n + 1) * (2 * n + 1) / 24.0), tail)


def _zeros(pairs: Pairs, changes: FloatArray) -> str:
    zeros = pairs.n - changes.size
    return f"{zeros} of {pairs.n} people did not change and are left out" if zeros else ""

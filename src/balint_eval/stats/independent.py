"""Person-level tests of two arms on their changes: Student, Welch and Mann-Whitney.

They are what the literature reports. All assume that people are independent: with two Balint
groups an arm and an ICC of .15 they reject 20 % instead of 5 %. Where the data have groups,
`cluster.ancova_cr2` and `cluster.change_difference_cr2` are primary.

In every result the means and SDs of pre and post are of the treated arm, the counts of both arms.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from balint_eval.stats.effects import DECIMALS, cliffs_delta, d_pooled, pooled_sd, with_effect
from balint_eval.stats.pairs import (
    FloatArray,
    Pairs,
    arm_difference,
    complete_pairs,
    describe,
    obstacle,
    raw_difference,
    sample_sd,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.rank_distributions import (
    EXACT_UP_TO,
    lower_critical,
    normal_critical,
    rank_sum_counts,
    rank_sum_normal,
    two_sided,
)
from balint_eval.stats.result import Result

FEW_PEOPLE = "an arm has fewer than two people: no test is possible"
# All differences between two arms are kept in memory; beyond that many no shift is given.
MOST_DIFFERENCES = 25_000_000


def change_t(pre: ArrayLike, post: ArrayLike, treated: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare the mean change of two arms of independent people by Student's t-test.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    treated : array_like of 0/1, shape (n,)
        1 is the first-named arm.
    conf_level : float

    Returns
    -------
    Result
        Method `person_change_t`, df = n - 2. Effect `d_pooled`: over the pooled SD of the changes,
        corrected, with its noncentral-t interval. Equals arm x wave in a two-wave mixed model
        without groups.

    Notes
    -----
    Not where people share a group (module text). Equal variances are assumed: see `change_welch`.
    """
    pairs = complete_pairs(pre, post, treated=treated)
    base = describe("person_change_t", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    if pairs.n < 3:
        return untested(base, FEW_PEOPLE, raw_difference(pairs))
    change, arm = pairs.change, pairs.treated
    error = pooled_sd(change, arm) * sqrt(1.0 / arm.sum() + 1.0 / (~arm).sum())
    result = tested(base, arm_difference(change, arm), error, pairs.n - 2, pairs.noise)
    return with_effect(result, d_pooled(change, arm, conf_level))


def change_welch(pre: ArrayLike, post: ArrayLike, treated: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare the mean change of two arms of independent people by Welch's t-test.

    Parameters and result as `change_t`, with method `person_change_welch`, df after Satterthwaite
    (Welch 1947, Biometrika 34:28-35) and no assumption of equal variances. Both arms need two people.
    """
    pairs = complete_pairs(pre, post, treated=treated)
    base = describe("person_change_welch", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    arms = [pairs.change[pairs.treated], pairs.change[~pairs.treated]]
    if min(arm.size for arm in arms) < 2:
        return untested(base, FEW_PEOPLE, raw_difference(pairs))
    error, df = _welch(arms, pairs.noise)
    result = tested(base, arm_difference(pairs.change, pairs.treated), error, df, pairs.noise)
    return with_effect(result, d_pooled(pairs.change, pairs.treated, conf_level))


def _welch(arms: list[FloatArray], noise: float) -> tuple[float, float]:
    first, second = (sample_sd(arm) ** 2 / arm.size for arm in arms)
    error = sqrt(first + second)
    if error <= noise:
        return error, nan
    df = (first + second) ** 2 / (first**2 / (arms[0].size - 1) + second**2 / (arms[1].size - 1))
    return error, df


def mann_whitney(
    pre: ArrayLike,
    post: ArrayLike,
    treated: ArrayLike,
    conf_level: float = 0.95,
    *,
    decimals: int = DECIMALS,
    exact: bool | None = None,
) -> Result:
    """Compare the changes of two arms of independent people by the Mann-Whitney test.

    Parameters
    ----------
    pre, post, treated, conf_level
        As in `change_t`.
    decimals : int
        Changes are rounded so before ranking, so that floating-point noise breaks no ties.
    exact : bool, optional
        Exact distribution, ties included, or normal approximation with continuity and tie
        correction; by default exact up to 50 people.

    Returns
    -------
    Result
        Method `mann_whitney`. `statistic` is U of the treated arm (W of R). `estimate` is the
        Hodges-Lehmann shift, the median of all differences between the arms, with the
        order-statistic interval of the untied distribution (Hollander, Wolfe and Chicken 2014,
        section 4.2-4.3): exact without ties, conservative with them. Effect `cliffs_delta`.

    Notes
    -----
    Not where people share a group (module text). It tests equal distributions of change, not
    equal medians.
    """
    pairs = complete_pairs(pre, post, treated=treated)
    base = describe("mann_whitney", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    changes = np.round(pairs.change, decimals)
    use_exact = pairs.n <= EXACT_UP_TO if exact is None else exact
    result = _with_shift(_rank_sum(base, changes, pairs, exact=use_exact), changes, pairs)
    first, second = changes[pairs.treated], changes[~pairs.treated]
    return with_effect(result, cliffs_delta(first, second, conf_level, decimals))


def _rank_sum(base: Result, changes: FloatArray, pairs: Pairs, *, exact: bool) -> Result:
    ranks = np.asarray(rankdata(changes), dtype=np.float64)
    n_first = int(pairs.treated.sum())
    rank_sum = float(ranks[pairs.treated].sum())
    if exact:
        p_value = two_sided(rank_sum_counts(ranks, n_first), rank_sum)
    else:
        p_value = rank_sum_normal(ranks, n_first, rank_sum)
    u = rank_sum - n_first * (n_first + 1) / 2.0
    note = "exact p" if exact else "p by normal approximation"
    return with_notes(replace(base, statistic=u, p_value=p_value), [note])


def _with_shift(result: Result, changes: FloatArray, pairs: Pairs) -> Result:
    first, second = changes[pairs.treated], changes[~pairs.treated]
    if first.size * second.size > MOST_DIFFERENCES:
        return with_notes(result, [f"no shift is given above {MOST_DIFFERENCES} differences"])
    differences = np.sort(np.subtract.outer(first, second).ravel())
    k = _critical(first.size, second.size, (1.0 - result.conf_level) / 2.0)
    low, high = (differences[k - 1], differences[-k]) if k else (nan, nan)
    shift = float(np.median(differences))
    shifted = replace(result, estimate=shift, conf_low=float(low), conf_high=float(high))
    return with_notes(shifted, [] if k else ["too few people for an interval"])


def _critical(n_first: int, n_second: int, tail: float) -> int:
    n = n_first + n_second
    if n <= EXACT_UP_TO:
        return lower_critical(rank_sum_counts(np.arange(1.0, n + 1.0), n_first), tail, step=2)
    pairs = n_first * n_second
    return normal_critical(pairs / 2.0, sqrt(pairs * (n + 1) / 12.0), tail)

"""Tests on the group means of change: Student's t, and exact permutation and sign-flip tests.

Each group is one observation, so nothing that happens inside a group can inflate these tests.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from math import comb, nan, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.effects import pooled_sd, with_d_av, with_d_total
from balint_eval.stats.pairs import (
    BoolArray,
    FloatArray,
    IntArray,
    Pairs,
    arm_difference,
    complete_pairs,
    describe,
    mean_and_error,
    obstacle,
    one_arm_grouped,
    raw_change,
    raw_difference,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.result import Result

GroupMeans: TypeAlias = tuple[FloatArray, BoolArray]

MIXED_GROUP = "a group has people in both arms: arms cannot be compared by group"
ONE_GROUP = "one group: the variation between groups cannot be estimated"
UNLIKE_MEANS = "only one arm has groups: the mean of a group and the scores of single people vary unlike, so no test"
TWO_GROUPS = "one group in each arm: the variation between groups cannot be estimated"
MOST_ASSIGNMENTS = 200_000


def enough_groups(group: ArrayLike, treated: ArrayLike | None = None) -> tuple[bool, str]:
    """Say whether a claim of significance may rest on these groups.

    Parameters
    ----------
    group : array_like of int or str, shape (n,)
        Group of each person analysed.
    treated : array_like of 0/1, shape (n,), optional
        Arm of each person; without it there is a single arm.

    Returns
    -------
    enough : bool
        At least 3 groups in a single arm, or at least 2 in each of two arms; where only one arm has groups,
        at least 3 in that arm.
    note : str
        Why not, in plain words; empty when there are enough.
    """
    count, needed, place = _counted_groups(np.unique(np.asarray(group), return_inverse=True)[1], treated)
    if count >= needed:
        return True, ""
    groups = f"{count} group{'' if count == 1 else 's'} {place}, {needed} needed"
    return False, f"{groups}: no claim of significance may rest on this result"


def _counted_groups(codes: IntArray, treated: ArrayLike | None) -> tuple[int, int, str]:
    """Give the groups that count, how many are needed, and where."""
    if treated is None:
        return np.unique(codes).size, 3, "in a single arm"
    arm = np.asarray(treated).astype(np.bool_)
    sides = [codes[arm], codes[~arm]]
    if one_arm_grouped(codes, arm):
        grouped = max(sides, key=lambda side: int(np.max(np.bincount(side))))
        return np.unique(grouped).size, 3, "in the only arm with groups"
    return min(np.unique(side).size for side in sides), 2, "in the smaller arm"


def group_note(pairs: Pairs, *, two_arms: bool = False) -> str:
    """Return the note of `enough_groups` for complete pairs."""
    return enough_groups(pairs.group, pairs.treated if two_arms else None)[1]


def group_means_change(pre: ArrayLike, post: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test one arm by the t-test on the mean change of each group.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `group_means_t`. `estimate` is the unweighted mean of the group means, so a small
        group counts as much as a large one; df = G - 1. Effect `d_av` over the persons' SDs.

    Notes
    -----
    Not for one group, and weak below four. Held 4.7-5.2 % at every ICC in this package's simulations
    (Donner and Klar 2000, chapter 6, on cluster-level analysis).
    """
    pairs = complete_pairs(pre, post, group)
    base = describe("group_means_t", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason, raw_change(pairs))
    if pairs.n_groups < 2:
        result = untested(base, ONE_GROUP, raw_change(pairs))
        return with_notes(with_d_av(result, pairs), [group_note(pairs)])
    mean, error = mean_and_error(_mean_changes(pairs))
    result = tested(base, mean, error, pairs.n_groups - 1, pairs.noise)
    return with_notes(with_d_av(result, pairs), [group_note(pairs)])


def group_means_difference(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Test two arms by Student's pooled t on the mean change of each group.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
    treated : array_like of 0/1, shape (n,)
        1 is the first-named arm; constant within a group.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `group_means_t`; df = G - 2. Means and SDs are of the treated arm, counts of both.
        Effect `d_total`: over the pooled total SD of the pre scores.

    Notes
    -----
    Not when people of one group are in different arms, nor when only one arm has groups. Equal variance of
    group means is assumed.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("group_means_t", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    if _has_mixed_group(pairs):
        return untested(base, MIXED_GROUP)
    if pairs.partially_nested:
        return untested(base, UNLIKE_MEANS, raw_difference(pairs))
    result = _student(base, _mean_changes(pairs), _group_arms(pairs), pairs.noise)
    return with_notes(with_d_total(result, pairs), [group_note(pairs, two_arms=True)])


def _student(base: Result, means: FloatArray, arms: BoolArray, noise: float) -> Result:
    if means.size < 3:
        return untested(base, TWO_GROUPS, arm_difference(means, arms))
    error = pooled_sd(means, arms) * sqrt(1.0 / arms.sum() + 1.0 / (~arms).sum())
    return tested(base, arm_difference(means, arms), error, means.size - 2, noise)


def _mean_changes(pairs: Pairs) -> FloatArray:
    sizes = np.bincount(pairs.group)
    return np.asarray(np.bincount(pairs.group, weights=pairs.change) / sizes, dtype=np.float64)


def _group_arms(pairs: Pairs) -> BoolArray:
    return np.bincount(pairs.group, weights=pairs.treated) > 0


def _has_mixed_group(pairs: Pairs) -> bool:
    share = np.bincount(pairs.group, weights=pairs.treated) / np.bincount(pairs.group)
    return bool(np.any((share > 0.0) & (share < 1.0)))


def permutation_arms(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare two arms by all assignments of the arms over the groups.

    Parameters
    ----------
    pre, post, treated, group, conf_level
        As in `group_means_difference`; there is no interval.

    Returns
    -------
    Result
        Method `permutation`. Estimate and statistic are the difference of the means of the group
        mean changes; p is the share of assignments at least as far from zero, the observed one
        included. The note states the smallest p this number of groups can give.

    Notes
    -----
    Exact if arms were assigned to groups at random (Edgington 1995; Gail et al. 1996, Stat Med
    15:1069-92). Cannot reach .05 below four groups an arm. Not given above 200,000 assignments,
    where the t-test on group means serves as well.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("permutation", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    if _has_mixed_group(pairs):
        return untested(base, MIXED_GROUP)
    result = _assigned(base, _mean_changes(pairs), _group_arms(pairs), pairs.noise)
    return with_notes(with_d_total(result, pairs), [group_note(pairs, two_arms=True)])


def _assigned(base: Result, means: FloatArray, arms: BoolArray, noise: float) -> Result:
    observed, n_treated = arm_difference(means, arms), int(arms.sum())
    assignments = comb(means.size, n_treated)
    if assignments > MOST_ASSIGNMENTS:
        return untested(base, f"{assignments} assignments are too many to list", observed)
    mirrored = 2 if 2 * n_treated == means.size else 1
    return _permuted(base, observed, _all_differences(means, n_treated), noise, mirrored)


def _all_differences(means: FloatArray, n_treated: int) -> FloatArray:
    chosen = chain.from_iterable(combinations(range(means.size), n_treated))
    indices = np.fromiter(chosen, dtype=np.intp).reshape(-1, n_treated)
    sums = means[indices].sum(axis=1)
    rest = means.sum() - sums
    return np.asarray(sums / n_treated - rest / (means.size - n_treated), dtype=np.float64)


def sign_flip(pre: ArrayLike, post: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test one arm by all sign changes of the group mean changes.

    Parameters
    ----------
    pre, post, group, conf_level
        As in `group_means_change`; there is no interval.

    Returns
    -------
    Result
        Method `permutation`. Estimate and statistic are the unweighted mean of the group means;
        p is the share of the 2^G sign patterns at least as far from zero, the observed one included.

    Notes
    -----
    Assumes that group means are symmetric about zero when nothing changes (Fisher 1935). Cannot
    reach .05 below six groups. Not given above 17 groups; the t-test on group means serves there.
    """
    pairs = complete_pairs(pre, post, group)
    base = describe("permutation", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason, raw_change(pairs))
    result = _flipped(base, _mean_changes(pairs), pairs.noise)
    return with_notes(with_d_av(result, pairs), [group_note(pairs)])


def _flipped(base: Result, means: FloatArray, noise: float) -> Result:
    observed = float(means.mean())
    if 2**means.size > MOST_ASSIGNMENTS:
        return untested(base, f"2^{means.size} sign patterns are too many to list", observed)
    return _permuted(base, observed, _all_flips(means), noise, 2)


def _all_flips(means: FloatArray) -> FloatArray:
    averages = np.zeros(1)
    for mean in means / means.size:
        averages = np.concatenate((averages + mean, averages - mean))
    return averages


def _permuted(base: Result, observed: float, all_values: FloatArray, noise: float, mirrored: int) -> Result:
    extreme = np.abs(all_values) >= abs(observed) - noise
    smallest = mirrored / all_values.size
    note = f"smallest attainable p = {mirrored}/{all_values.size} = {smallest:.4g}"
    result = replace(base, estimate=observed, statistic=observed, p_value=float(extreme.mean()), df=nan)
    return with_notes(result, [note])

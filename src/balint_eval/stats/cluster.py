"""Comparisons that stay honest with few groups: least squares with CR2 and Bell-McCaffrey df.

The primary analyses of this package: with 2-4 groups an arm their type-I error was 4.6-5.2 % in
simulations where person-level tests and Wald tests of mixed models reached 10-20 %. The fast core
is in `cr2`, the companions on group means and ranks in `group_means` and `rank_cr2`; all of them
can be imported from here.
"""

from __future__ import annotations

from math import isnan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.cr2 import ONE_ARM_ICC, Contrast, Contrasts, cr2_contrast, cr2_contrasts, cr2_replicates
from balint_eval.stats.effects import with_d_av, with_d_total
from balint_eval.stats.group_means import (
    enough_groups,
    group_means_change,
    group_means_difference,
    group_note,
    permutation_arms,
    sign_flip,
)
from balint_eval.stats.pairs import (
    FloatArray,
    Pairs,
    complete_pairs,
    describe,
    is_constant,
    obstacle,
    raw_change,
    raw_difference,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.rank_cr2 import rank_cr2_ancova, rank_cr2_change, rank_cr2_difference
from balint_eval.stats.result import Result

__all__ = [
    "Contrast",
    "Contrasts",
    "ancova_cr2",
    "change_cr2",
    "change_difference_cr2",
    "cr2_contrast",
    "cr2_contrasts",
    "cr2_replicates",
    "enough_groups",
    "group_means_change",
    "group_means_difference",
    "permutation_arms",
    "rank_cr2_ancova",
    "rank_cr2_change",
    "rank_cr2_difference",
    "sign_flip",
]

NO_VARIANCE = "{} has a single group: its variation between groups cannot be estimated, so CR2 gives no standard error"
CONSTANT_PRE = "the pre scores do not vary: they cannot be adjusted for"
ONE_ARM_GROUPED = (
    f"only one arm has groups: the degrees of freedom allow for an intra-group correlation of {ONE_ARM_ICC:g}"
)
COLLINEAR = "pre score and arm cannot be told apart, or there are too few people"


def change_cr2(pre: ArrayLike, post: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test the change of one arm, allowing for groups: `post - pre ~ 1`, CR2, Bell-McCaffrey df.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    group : array_like of int or str, shape (n,)
        The Balint group (cluster) of each person.
    conf_level : float
        Share such as 0.95.

    Returns
    -------
    Result
        Method `change_cr2`; `estimate` is the mean change over people. Effect `d_av`, corrected
        with df = n - 1, its interval from the clustered standard error.

    Notes
    -----
    With one person a group it is the paired t-test. Not for a single group: the estimate then
    comes without a standard error. A change in one arm is not an effect of the programme.
    References: see `balint_eval.stats.cr2`.
    """
    pairs = complete_pairs(pre, post, group)
    base = describe("change_cr2", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason, raw_change(pairs))
    intercept = np.ones((pairs.n, 1))
    contrast = cr2_contrast(intercept, pairs.change, pairs.group, np.ones(1))
    result = with_d_av(_fill(base, pairs, contrast, "the arm"), pairs)
    return with_notes(result, [group_note(pairs)])


def ancova_cr2(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare two arms, allowing for pre scores and groups: `post ~ 1 + pre + treated`, CR2.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
    treated : array_like of 0/1, shape (n,)
        1 is the first-named arm.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `ancova_cr2`; `estimate` is the coefficient of `treated` in points. Means and SDs
        are of the treated arm, counts of both arms. Effect `d_total`: estimate over the SD of the
        pre scores pooled over the two arms (total: between and within groups together), corrected
        with df = n - 2, interval from the clustered standard error (after Hedges 2007).

    Notes
    -----
    The primary analysis of a controlled study. Where arms were not randomised, adjusting and
    subtracting answer different questions (Lord's paradox): read `change_difference_cr2` beside it.
    Where people of one arm are in groups and those of the other are not, the df allow for a correlation of
    `cr2.ONE_ARM_ICC` within groups (the df of independence rejected up to 6.9 % there).
    Not with a single group in an arm: the estimate then comes without a standard error.
    References: see `balint_eval.stats.cr2`.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("ancova_cr2", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True) or _pre_obstacle(pairs):
        return untested(base, reason, raw_difference(pairs))
    centred = pairs.pre - pairs.pre.mean()
    design = np.column_stack((np.ones(pairs.n), centred, pairs.treated.astype(np.float64)))
    return _two_arms(base, pairs, _last_coefficient(design, pairs.post, pairs))


def change_difference_cr2(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare the change of two arms, allowing for groups: `post - pre ~ 1 + treated`, CR2.

    Parameters
    ----------
    pre, post, treated, group, conf_level
        As in `ancova_cr2`.

    Returns
    -------
    Result
        Method `change_difference_cr2`; `estimate` is the change of the treated arm minus that of
        the other, in points. Means and SDs are of the treated arm, counts of both arms. Effect
        `d_total` (d_ppc2 of Morris 2008): over the pooled total SD of the pre scores.

    Notes
    -----
    Less precise than `ancova_cr2` when arms were randomised. Not with a single group in an arm.
    References: see `balint_eval.stats.cr2`.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("change_difference_cr2", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    design = np.column_stack((np.ones(pairs.n), pairs.treated.astype(np.float64)))
    return _two_arms(base, pairs, _last_coefficient(design, pairs.change, pairs))


def _last_coefficient(design: FloatArray, outcome: FloatArray, pairs: Pairs) -> Contrast:
    working_icc = ONE_ARM_ICC if pairs.partially_nested else 0.0
    return cr2_contrast(design, outcome, pairs.group, np.eye(design.shape[1])[-1], working_icc)


def _two_arms(base: Result, pairs: Pairs, contrast: Contrast) -> Result:
    result = with_d_total(_fill(base, pairs, contrast, "an arm"), pairs)
    return with_notes(result, [ONE_ARM_GROUPED if pairs.partially_nested else "", group_note(pairs, two_arms=True)])


def _fill(base: Result, pairs: Pairs, contrast: Contrast, place: str) -> Result:
    result = tested(base, *contrast, pairs.noise)
    if isnan(contrast.estimate):
        return with_notes(result, [COLLINEAR])
    return with_notes(result, [NO_VARIANCE.format(place)] if isnan(contrast.std_error) else [])


def _pre_obstacle(pairs: Pairs) -> str:
    return CONSTANT_PRE if is_constant(pairs.pre, pairs.noise) else ""

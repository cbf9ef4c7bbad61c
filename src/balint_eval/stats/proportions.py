"""Shares of people in groups: differences in percentage points and odds ratios, with CR2 and Bell-McCaffrey df.

A share is the mean of ones and zeros, so the difference of two shares is least squares on them (the linear
probability model), and its CR2 error needs no model of how people of a group resemble each other. The odds ratio
beside it comes from a logistic regression of the same design. People without groups are their own clusters.

References: see `balint_eval.stats.cr2` and `balint_eval.stats.logistic`.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, isnan, nan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.cr2 import ONE_ARM_ICC, Contrast, cr2_contrast
from balint_eval.stats.effects import Effect, with_effect
from balint_eval.stats.exact_shares import PERCENT
from balint_eval.stats.group_means import group_note
from balint_eval.stats.logistic import is_separated, logistic_cr2
from balint_eval.stats.pairs import (
    NOISE,
    ONE_ARM_ONLY,
    FloatArray,
    Pairs,
    complete_pairs,
    describe,
    is_constant,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.result import Result

NO_TEST = "no test and no claim"
ALL_ALIKE = f"all people of an arm are on one side of the mark: how it varies is not known, so {NO_TEST}"
SAME_SIDE = f"everybody stayed on their side of the mark: {NO_TEST}"
WAVE_ALIKE = f"all people of a wave are on one side of the mark: how it varies is not known, so {NO_TEST}"
SEPARATED = (
    "the arms are separated: a score divides those at the mark from the others without exception, "
    "so no finite odds ratio fits best"
)
NO_ERROR = "too few or too uneven groups for a CR2 standard error"
FEW_PEOPLE = f"fewer than two people: {NO_TEST}"
CONSTANT_PRE = "the earlier scores do not vary: they are not adjusted for"

Results = tuple[Result, Result]


def share_change(before: ArrayLike, after: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Results:
    """Test whether a share of one arm changed, allowing for groups.

    Parameters
    ----------
    before, after : array_like of float, shape (n,)
        1 at or beyond the mark, 0 not, `nan` missing.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    share, odds : Result
        Methods `share_cr2` (`after - before ~ 1`; percentage points) and `logistic_cr2` (`side ~ wave` over both
        waves of the people with both, clusters being groups; log odds). Both name the effect `odds_ratio`, marginal:
        of shares, not of one person. No test where everybody stayed, or all people of a wave are on one side.

    Notes
    -----
    `mean_pre` and `mean_post` are shares in per cent, SDs are left out.
    """
    pairs = complete_pairs(before, after, group)
    share, odds = _bases(pairs, conf_level)
    reason = FEW_PEOPLE if pairs.n < 2 else SAME_SIDE if not pairs.change.any() else ""
    reason = reason or (WAVE_ALIKE if any(is_constant(side, 0.0) for side in (pairs.pre, pairs.post)) else "")
    if reason:
        return _without(share, odds, PERCENT * float(pairs.change.mean()) if pairs.n else nan, reason)
    points = cr2_contrast(np.ones((pairs.n, 1)), pairs.change, pairs.group, np.ones(1))
    later = np.repeat([0.0, 1.0], pairs.n)
    sides, twice = np.concatenate((pairs.pre, pairs.post)), np.tile(pairs.group, 2)
    log_odds = logistic_cr2(np.column_stack((np.ones(later.size), later)), sides, twice, np.array([0.0, 1.0]))
    return _filled(share, odds, points, log_odds, [group_note(pairs)])


def share_difference(
    pre: ArrayLike, after: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Results:
    """Compare the later shares of two arms given the earlier score, allowing for groups.

    Parameters
    ----------
    pre : array_like of float, shape (n,)
        Earlier score in points (not only the side of the mark, which would waste what is known).
    after : array_like of float, shape (n,)
        1 at or beyond the mark, 0 not, `nan` missing.
    treated : array_like of 0/1, shape (n,)
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    share, odds : Result
        `after ~ pre + treated` by least squares and by logistic regression; the odds ratio is conditional on the
        earlier score. `mean_pre` is empty: the earlier score is no share.
    """
    pairs = complete_pairs(pre, after, group, treated)
    constant = is_constant(pairs.pre, NOISE * float(np.max(np.abs(pairs.pre), initial=0.0)))
    columns = [] if constant else [pairs.pre - pairs.pre.mean()]
    return _two_arms(pairs, columns, conf_level, CONSTANT_PRE if constant and pairs.n else "")


def share_level(after: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Results:
    """Compare the shares of two arms at one wave, allowing for groups: `side ~ treated`.

    Parameters and result as `share_difference`, without an earlier score; `n_pre` is 0.
    """
    sides = np.asarray(after, dtype=np.float64)
    pairs = complete_pairs(np.zeros_like(sides), sides, group, treated)
    return tuple(replace(found, n_pre=0) for found in _two_arms(pairs, [], conf_level))  # type: ignore[return-value]


def _two_arms(pairs: Pairs, columns: list[FloatArray], conf_level: float, remark: str = "") -> Results:
    share, odds = (replace(base, mean_pre=nan) for base in _bases(pairs, conf_level, two_arms=True))
    arms = [pairs.post[side] for side in (pairs.treated, ~pairs.treated)]
    if min(arm.size for arm in arms) == 0:
        return _without(share, odds, nan, ONE_ARM_ONLY)
    if any(is_constant(arm, 0.0) for arm in arms):
        return _without(share, odds, PERCENT * float(arms[0].mean() - arms[1].mean()), ALL_ALIKE)
    design = np.column_stack((np.ones(pairs.n), *columns, pairs.treated.astype(np.float64)))
    contrast, icc = np.eye(design.shape[1])[-1], ONE_ARM_ICC if pairs.partially_nested else 0.0
    points = cr2_contrast(design, pairs.post, pairs.group, contrast, icc)
    log_odds = logistic_cr2(design, pairs.post, pairs.group, contrast, icc)
    separated = isnan(log_odds.estimate) and not isnan(points.estimate) and is_separated(design, pairs.post)
    notes = [remark, SEPARATED if separated else "", group_note(pairs, two_arms=True)]
    return _filled(share, odds, points, log_odds, notes)


def _bases(pairs: Pairs, conf_level: float, *, two_arms: bool = False) -> Results:
    described = describe("share_cr2", pairs, conf_level, pairs.treated if two_arms else None)
    share = replace(
        described,
        mean_pre=PERCENT * described.mean_pre,
        mean_post=PERCENT * described.mean_post,
        sd_pre=nan,
        sd_post=nan,
        effect_name="odds_ratio",
    )
    return share, replace(share, method="logistic_cr2")


def _without(share: Result, odds: Result, points: float, reason: str) -> Results:
    return untested(share, reason, points), untested(odds, reason)


def _filled(share: Result, odds: Result, points: Contrast, log_odds: Contrast, notes: list[str]) -> Results:
    scaled = (PERCENT * points.estimate, PERCENT * points.std_error, points.df)
    first, second = tested(share, *scaled, PERCENT * NOISE), tested(odds, *log_odds, NOISE)
    effect = _odds_ratio(second)
    no_error = NO_ERROR if isnan(points.std_error) else ""
    return (
        with_notes(with_effect(first, effect), [no_error, *notes]),
        with_notes(with_effect(second, effect), [no_error, *notes]),
    )


def _odds_ratio(result: Result) -> Effect:
    bounds = (result.estimate, result.conf_low, result.conf_high)
    return Effect("odds_ratio", *(exp(value) if abs(value) < 500.0 else nan for value in bounds))

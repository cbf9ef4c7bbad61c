"""CR2 on pooled mid-ranks: a sensitivity analysis for skewed or coarse scores.

The rank transform of Conover and Iman 1981, Am Stat 35:124-9, under the clustered test of `cr2`.
`estimate`, standard error and interval are in mid-ranks, not in points (the note says so); the
effect turns them into a probability scale that can be read.
"""

from __future__ import annotations

from math import isnan

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from balint_eval.stats.cr2 import ONE_ARM_ICC, cr2_contrast
from balint_eval.stats.effects import DECIMALS, Effect, with_effect
from balint_eval.stats.group_means import group_note
from balint_eval.stats.pairs import (
    NOISE,
    FloatArray,
    Pairs,
    complete_pairs,
    describe,
    obstacle,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.result import Result

IN_RANKS = "estimate, standard error and interval are in mid-ranks, not points"
NO_ERROR = "no CR2 standard error: too few groups, or ranks of pre score and arm cannot be told apart"


def rank_cr2_change(
    pre: ArrayLike,
    post: ArrayLike,
    group: ArrayLike,
    conf_level: float = 0.95,
    *,
    decimals: int = DECIMALS,
) -> Result:
    """Test one arm by CR2 on the change in mid-ranks, ranked over both waves together.

    Parameters
    ----------
    pre, post, group, conf_level
        As in `cluster.change_cr2`.
    decimals : int
        Scores are rounded so before ranking, so that floating-point noise breaks no ties.

    Returns
    -------
    Result
        Method `rank_cr2`. Effect `cliffs_delta` of all post against all pre scores: estimate / n.
    """
    pairs = complete_pairs(pre, post, group)
    base = describe("rank_cr2", pairs, conf_level)
    if reason := obstacle(pairs):
        return untested(base, reason)
    ranks = _ranks(np.concatenate((pairs.pre, pairs.post)), decimals)
    change = ranks[pairs.n :] - ranks[: pairs.n]
    result = _fit(base, pairs, np.ones((pairs.n, 1)), change)
    return _finish(result, pairs, "cliffs_delta", 1.0 / pairs.n, two_arms=False)


def rank_cr2_difference(
    pre: ArrayLike,
    post: ArrayLike,
    treated: ArrayLike,
    group: ArrayLike,
    conf_level: float = 0.95,
    *,
    decimals: int = DECIMALS,
) -> Result:
    """Compare two arms by CR2 on the mid-ranks of the changes, ranked over both arms together.

    Parameters
    ----------
    pre, post, treated, group, conf_level
        As in `cluster.change_difference_cr2`.
    decimals : int
        Changes are rounded so before ranking.

    Returns
    -------
    Result
        Method `rank_cr2`. Effect `cliffs_delta` of the changes: 2 estimate / n.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("rank_cr2", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason)
    design = np.column_stack((np.ones(pairs.n), pairs.treated.astype(np.float64)))
    result = _fit(base, pairs, design, _ranks(pairs.change, decimals))
    return _finish(result, pairs, "cliffs_delta", 2.0 / pairs.n, two_arms=True)


def rank_cr2_ancova(
    pre: ArrayLike,
    post: ArrayLike,
    treated: ArrayLike,
    group: ArrayLike,
    conf_level: float = 0.95,
    *,
    decimals: int = DECIMALS,
) -> Result:
    """Compare two arms by CR2 on the mid-ranks of post, given the mid-ranks of pre.

    Parameters
    ----------
    pre, post, treated, group, conf_level
        As in `cluster.ancova_cr2`.
    decimals : int
        Scores are rounded so before ranking, each wave over both arms.

    Returns
    -------
    Result
        Method `rank_cr2`. Effect `cliffs_delta_adjusted`: 2 estimate / n, the delta that the
        adjusted difference in mean ranks stands for (rank ANCOVA, Quade 1967).
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe("rank_cr2", pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason)
    before, after = (_ranks(scores, decimals) for scores in (pairs.pre, pairs.post))
    design = np.column_stack((np.ones(pairs.n), before, pairs.treated.astype(np.float64)))
    result = _fit(base, pairs, design, after)
    return _finish(result, pairs, "cliffs_delta_adjusted", 2.0 / pairs.n, two_arms=True)


def _ranks(values: FloatArray, decimals: int) -> FloatArray:
    return np.asarray(rankdata(np.round(values, decimals)), dtype=np.float64)


def _fit(base: Result, pairs: Pairs, design: FloatArray, outcome: FloatArray) -> Result:
    """Test the last coefficient; ranks that do not vary have no standard error."""
    contrast = np.zeros(design.shape[1])
    contrast[-1] = 1.0
    fitted = cr2_contrast(design, outcome, pairs.group, contrast, ONE_ARM_ICC if pairs.partially_nested else 0.0)
    result = tested(base, *fitted, NOISE * 2.0 * pairs.n)
    return with_notes(result, [NO_ERROR] if isnan(fitted.std_error) else [])


def _finish(result: Result, pairs: Pairs, name: str, factor: float, *, two_arms: bool) -> Result:
    low, high = (float(np.clip(bound * factor, -1.0, 1.0)) for bound in (result.conf_low, result.conf_high))
    effect = Effect(name, result.estimate * factor, low, high)
    return with_notes(with_effect(result, effect), [IN_RANKS, group_note(pairs, two_arms=two_arms)])

"""Comparisons of two arms at one wave, for outcomes that were asked at no earlier one.

A comparison of levels is a comparison of changes from nothing: with every earlier score set to zero
the tests of change are the tests of the scores themselves, clusters and all. What speaks of an
earlier wave (means, SDs, counts, the denominator of the effect) is then taken off again.

Nothing here knows where people started. Only random allocation makes the arms comparable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import nan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats import mixed
from balint_eval.stats.cluster import change_difference_cr2, group_means_difference, rank_cr2_difference
from balint_eval.stats.effects import pooled_sd, standardise, with_effect
from balint_eval.stats.group_means import permutation_arms
from balint_eval.stats.independent import change_t, mann_whitney
from balint_eval.stats.pairs import EQUAL_CHANGES, FloatArray
from balint_eval.stats.reml import RemlFit
from balint_eval.stats.result import Result

EQUAL_SCORES = "all scores are equal: no test is possible"
BY_PRE_SD = "d_total"
BY_OWN_SD = "d_post"


def level_cr2(scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare the scores of two arms, allowing for groups: `score ~ 1 + treated`, CR2.

    Parameters
    ----------
    scores : array_like of float, shape (n,)
        In points; `nan` is missing.
    treated : array_like of 0/1, shape (n,)
        1 is the first-named arm.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `level_cr2`; `estimate` is the mean of the first-named arm minus that of the other, in points.
        `n_pre` is 0 and `n_paired` the people analysed. Effect `d_post`: over the SD of these scores pooled over
        the two arms (between and within groups together), corrected with df = n - 2.

    Notes
    -----
    Type-I errors are those of `cluster.ancova_cr2`: the same estimator without a covariate.
    """
    return _of_levels(change_difference_cr2, "level_cr2", scores, treated, group, conf_level)


def level_group_means(scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms by Student's t on the mean score of each group; see `group_means.group_means_difference`."""
    return _of_levels(group_means_difference, "group_means_t", scores, treated, group, conf_level)


def level_permutation(scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms by all assignments of arms over groups; see `group_means.permutation_arms`."""
    return _of_levels(permutation_arms, "permutation", scores, treated, group, conf_level)


def level_rank_cr2(scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms by CR2 on the mid-ranks of the scores; see `rank_cr2.rank_cr2_difference`."""
    return _of_levels(rank_cr2_difference, "rank_cr2", scores, treated, group, conf_level)


def level_t(scores: ArrayLike, treated: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms of independent people by Student's t-test, method `level_t`, effect `d_pooled`."""
    return _of_people(change_t, "level_t", scores, treated, conf_level)


def level_mann_whitney(scores: ArrayLike, treated: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms of independent people by the Mann-Whitney test; see `independent.mann_whitney`."""
    return _of_people(mann_whitney, "mann_whitney", scores, treated, conf_level)


def level_mixed(
    scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> tuple[Result, RemlFit | None]:
    """Compare two arms by `score ~ arm + (1 | group)`, REML with Kenward-Roger df.

    Returns
    -------
    Result
        Method `mixed_model`, counts and means as `level_cr2`.
    RemlFit or None
        The fit, for `mixed.describe_fit`; None when there is no model.
    """
    values = np.asarray(scores, dtype=np.float64)
    kept = np.isfinite(values)
    arm, groups = np.asarray(treated)[kept], np.asarray(group)[kept]
    result, fit = mixed.estimate_level(values[kept], groups, arm, conf_level)
    return _described(result, values[kept], arm.astype(np.bool_)), fit


def _of_levels(
    test: Callable[..., Result], name: str, scores: ArrayLike, treated: ArrayLike, group: ArrayLike, level: float
) -> Result:
    values = np.asarray(scores, dtype=np.float64)
    return _as_level(test(np.zeros_like(values), values, treated, group, level), name, values, treated)


def _of_people(test: Callable[..., Result], name: str, scores: ArrayLike, treated: ArrayLike, level: float) -> Result:
    values = np.asarray(scores, dtype=np.float64)
    return _as_level(test(np.zeros_like(values), values, treated, level), name, values, treated)


def _as_level(result: Result, name: str, values: FloatArray, treated: ArrayLike) -> Result:
    kept = np.isfinite(values)
    arm = np.asarray(treated)[kept].astype(np.bool_)
    renamed = replace(result, method=name, note=result.note.replace(EQUAL_CHANGES, EQUAL_SCORES))
    described = _described(renamed, values[kept], arm)
    if result.effect_name != BY_PRE_SD:
        return described
    return with_effect(described, standardise(described, BY_OWN_SD, pooled_sd(values[kept], arm), kept.sum() - 2))


def _described(result: Result, values: FloatArray, arm: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Result:
    """Count the people and describe the first-named arm; nothing is said of an earlier wave."""
    mine = values[arm]
    return replace(
        result,
        n_pre=0,
        n_post=values.size,
        n_paired=values.size,
        mean_pre=nan,
        sd_pre=nan,
        mean_post=float(mine.mean()) if mine.size else nan,
        sd_post=float(mine.std(ddof=1)) if mine.size > 1 else nan,
    )

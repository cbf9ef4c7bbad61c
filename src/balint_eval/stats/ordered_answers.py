"""Ordered answers of two arms: one odds ratio for every mark between two answers, groups as random intercepts.

References: McCullagh 1980, J R Stat Soc B 42:109-42 (proportional odds); `balint_eval.stats.ordinal_mixed` for the fit.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, nan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.ordinal_mixed import OrdinalFit, cumulative_mixed
from balint_eval.stats.pairs import (
    NOISE,
    ONE_ARM_ONLY,
    FloatArray,
    Pairs,
    complete_pairs,
    describe,
    is_constant,
    with_notes,
)
from balint_eval.stats.result import Result

METHOD = "proportional_odds"
NODES = 15
"""Of the quadrature; between 10 and 15 the fits of R's wine data move by less than 1e-6."""

NO_INTERVAL = (
    "no interval and no test, which this model has with many groups only: the ranks are tested in the comparisons"
)
ALL_ANSWER_ALIKE = "everybody gave the same answer: no odds ratio"
NOT_FITTED = (
    "no finite odds ratio fits best: the answers of the arms hardly overlap, or too few people gave some answer"
)
ONE_ARM_GROUPED = "groups in one arm only: the model gives both arms the same spread of groups, so no odds ratio"


def ordered_level(post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare the ordered answers of two arms at one wave: `answer ~ arm + (1 | group)`, proportional odds.

    Parameters
    ----------
    post : array_like of float, shape (n,)
        Answers; every code is a category.
    treated : array_like of 0/1, shape (n,)
    group : array_like of int or str, shape (n,)
        A person with a code of their own stands alone.
    conf_level : float

    Returns
    -------
    Result
        Method `proportional_odds`: `estimate` and `std_error` in log odds of a higher answer, effect `odds_ratio`.
        No interval and no p-value: with few groups those of this model are too narrow and too small.
    """
    answers = np.asarray(post, dtype=np.float64)
    pairs = complete_pairs(np.zeros_like(answers), answers, group, treated)
    return replace(_compared(pairs, np.empty((pairs.n, 0)), conf_level), n_pre=0, mean_pre=nan, sd_pre=nan)


def ordered_difference(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare the later ordered answers of two arms given the earlier one, which counts as a number.

    Parameters and result as `ordered_level`; the odds ratio is conditional on the earlier answer.
    """
    pairs = complete_pairs(pre, post, group, treated)
    constant = is_constant(pairs.pre, NOISE * float(np.max(np.abs(pairs.pre), initial=0.0)))
    columns = np.empty((pairs.n, 0)) if constant else (pairs.pre - pairs.pre.mean())[:, None]
    return _compared(pairs, columns, conf_level)


def _compared(pairs: Pairs, columns: FloatArray, conf_level: float) -> Result:
    base = replace(describe(METHOD, pairs, conf_level, pairs.treated), effect_name="odds_ratio")
    if not 0 < np.count_nonzero(pairs.treated) < pairs.n:
        return with_notes(base, [ONE_ARM_ONLY])
    if is_constant(pairs.post, 0.0):
        return with_notes(base, [ALL_ANSWER_ALIKE])
    if pairs.partially_nested:
        return with_notes(base, [ONE_ARM_GROUPED])
    fit = _fitted(pairs, columns)
    if not fit.converged:
        return with_notes(replace(base, converged=False), [NOT_FITTED])
    at = fit.thresholds.size + fit.coefficients.size - 1
    estimate, error = float(fit.coefficients[-1]), float(np.sqrt(fit.covariance[at, at]))
    return with_notes(replace(base, estimate=estimate, std_error=error, effect=exp(estimate)), [NO_INTERVAL])


def _fitted(pairs: Pairs, columns: FloatArray) -> OrdinalFit:
    answer = np.unique(pairs.post, return_inverse=True)[1].astype(np.intp)
    X = np.column_stack((columns, pairs.treated.astype(np.float64)))
    shared = bool(np.max(np.unique(pairs.group, return_counts=True)[1]) > 1)
    return cumulative_mixed(answer, X, (pairs.group,), NODES) if shared else cumulative_mixed(answer, X, ())

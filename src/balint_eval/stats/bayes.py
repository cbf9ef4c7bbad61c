"""JZS Bayes factors of the t-tests on independent units: groups where there are groups, else persons.

The one place that calls pingouin for them. BF10 is how many times better the data fit an effect drawn from a Cauchy
prior of scale r on the standardised effect than no effect (Jeffreys, Zellner and Siow).

References: Rouder, Speckman, Sun, Morey and Iverson 2009, Psychon Bull Rev 16:225-37 (R BayesFactor, `ttestBF`).
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from math import inf, isfinite, nan

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import IntegrationWarning

from balint_eval.stats import levels
from balint_eval.stats.group_means import group_means_change, group_means_difference
from balint_eval.stats.independent import change_t
from balint_eval.stats.paired import paired_t
from balint_eval.stats.pairs import with_notes
from balint_eval.stats.result import Result

METHOD = "jzs_bayes_factor"
PRIOR_SCALE = 0.707
PRIOR = (
    f"the statistic is BF10, with a Cauchy prior of scale {PRIOR_SCALE:g} on the effect over the SD of the {{}}; "
    "below 1 it speaks for no effect"
)
GROUP_MEANS, PERSONS = "group means", "persons' changes or scores"
NO_T = "no t-test on independent units, so no Bayes factor"
OVERFLOW = "the Bayes factor is beyond what can be computed"


def change_bayes(pre: ArrayLike, post: ArrayLike, group: ArrayLike | None, conf_level: float = 0.95) -> Result:
    """Give BF10 of the change of one arm.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    group : array_like of int or str, shape (n,), or None
        None where nobody has a group: then persons are the units.
    conf_level : float
        Passed through.

    Returns
    -------
    Result
        Method `jzs_bayes_factor`; `statistic` is BF10, `estimate` the mean over the units. No p-value, no interval.
    """
    both = np.isfinite(np.asarray(pre, dtype=np.float64)) & np.isfinite(np.asarray(post, dtype=np.float64))
    if group is None:
        return _factor(paired_t(pre, post, conf_level), int(both.sum()), None, PERSONS)
    groups = np.unique(np.asarray(group)[both]).size
    return _factor(group_means_change(pre, post, group, conf_level), groups, None, GROUP_MEANS)


def difference_bayes(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike | None, conf_level: float = 0.95
) -> Result:
    """Give BF10 of the difference in change between two arms; parameters and result as `change_bayes`."""
    both = np.isfinite(np.asarray(pre, dtype=np.float64)) & np.isfinite(np.asarray(post, dtype=np.float64))
    sizes = _sizes(both, treated, group)
    if group is None:
        return _factor(change_t(pre, post, treated, conf_level), *sizes, PERSONS)
    return _factor(group_means_difference(pre, post, treated, group, conf_level), *sizes, GROUP_MEANS)


def level_bayes(scores: ArrayLike, treated: ArrayLike, group: ArrayLike | None, conf_level: float = 0.95) -> Result:
    """Give BF10 of the difference between two arms at one wave; parameters and result as `change_bayes`."""
    sizes = _sizes(np.isfinite(np.asarray(scores, dtype=np.float64)), treated, group)
    if group is None:
        return _factor(levels.level_t(scores, treated, conf_level), *sizes, PERSONS)
    return _factor(levels.level_group_means(scores, treated, group, conf_level), *sizes, GROUP_MEANS)


def _sizes(kept: ArrayLike, treated: ArrayLike, group: ArrayLike | None) -> tuple[int, int]:
    """Count the independent units of both arms."""
    rows, arms = np.asarray(kept, dtype=np.bool_), np.asarray(treated).astype(np.bool_)
    units = np.arange(arms.size) if group is None else np.asarray(group)
    return np.unique(units[rows & arms]).size, np.unique(units[rows & ~arms]).size


def _factor(test: Result, first: int, second: int | None, units: str) -> Result:
    """Turn a t-test into its Bayes factor."""
    bare = replace(
        test, method=METHOD, std_error=nan, df=nan, statistic=nan, p_value=nan, conf_low=nan, conf_high=nan,
        effect=nan, effect_low=nan, effect_high=nan, effect_name="",
    )  # fmt: skip
    if not isfinite(test.statistic):
        return with_notes(bare, [NO_T])
    factor = _bayes_factor(test.statistic, first, second)
    if not isfinite(factor):
        return with_notes(bare, [OVERFLOW])
    return with_notes(replace(bare, statistic=factor), [PRIOR.format(units)])


def _bayes_factor(t: float, first: int, second: int | None) -> float:
    """Ask pingouin; infinite where its integral cannot be had."""
    from pingouin import bayesfactor_ttest

    with warnings.catch_warnings():
        warnings.simplefilter("error", IntegrationWarning)
        try:
            return float(bayesfactor_ttest(t, nx=first, ny=second, paired=second is None, r=PRIOR_SCALE))
        except (ZeroDivisionError, OverflowError, IntegrationWarning):
            return inf

"""Estimates and intervals of many simulated studies at once, each as the package gives it for one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from balint_eval.simulate.design import TwoArms
from balint_eval.stats.cr2 import ONE_ARM_ICC, cr2_replicates
from balint_eval.stats.mixed_replicates import mixed_replicates
from balint_eval.stats.pairs import one_arm_grouped

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEVEL = 0.95
# In points: with whole-number scores two groups can change alike to the last digit; the package gives no interval then.
NO_ERROR = 1e-8


class Intervals(NamedTuple):
    """Estimate and half the width of its interval, one number a replication; `nan` where there is none."""

    estimate: FloatArray
    half_width: FloatArray


def ancova_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Do `ancova_cr2` on every replication: people without both scores are rows of zeros."""
    both, pre, post = _paired(data)
    centred = np.where(both, pre - pre.sum(axis=1, keepdims=True) / both.sum(axis=1, keepdims=True), 0.0)
    design = np.stack((both.astype(float), centred, (both & data.treated).astype(float)), axis=-1)
    working_icc = ONE_ARM_ICC if one_arm_grouped(data.group, data.treated) else 0.0
    return _t(*cr2_replicates(design, post, data.group, np.array([0.0, 0.0, 1.0]), working_icc), level=level)


def change_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Do `change_cr2` on the treated arm of every replication."""
    arm = _treated_arm(data)
    both, pre, post = _paired(arm)
    return _t(*cr2_replicates(both.astype(float)[..., None], post - pre, arm.group, np.ones(1)), level=level)


def group_means_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Do `group_means_difference` on every replication."""
    both, pre, post = _paired(data)
    groups = np.unique(data.group).size
    sizes, sums = (values.reshape(len(pre), groups, -1).sum(axis=2) for values in (both, post - pre))
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
    return _student(means, data.treated.reshape(groups, -1)[:, 0], level)


def ancova_mixed_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Fit `post ~ pre + arm + (1 | group)` with Kenward-Roger df to every replication."""
    both, pre, post = _paired(data)
    ones, treated = np.ones(pre.shape), np.broadcast_to(data.treated, pre.shape).astype(np.float64)
    design = np.stack((ones, pre, treated), axis=-1)
    found = mixed_replicates(design, post, data.group, np.array([0.0, 0.0, 1.0]), both)
    return _t(found.estimate, found.std_error, found.df, level=level)


def person_change_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Do `change_t`, which takes people for independent, on every replication."""
    return _student(data.post - data.pre, data.treated, level)


def paired_many(data: TwoArms, level: float = LEVEL) -> Intervals:
    """Do `paired_t`, which takes people for independent, on the treated arm of every replication."""
    change = (data.post - data.pre)[:, data.treated]
    n = np.isfinite(change).sum(axis=1)
    return _t(np.nanmean(change, axis=1), np.nanstd(change, axis=1, ddof=1) / np.sqrt(n), n - 1.0, level=level)


def _paired(data: TwoArms) -> tuple[BoolArray, FloatArray, FloatArray]:
    both = np.isfinite(data.pre) & np.isfinite(data.post)
    return both, np.where(both, data.pre, 0.0), np.where(both, data.post, 0.0)


def _treated_arm(data: TwoArms) -> TwoArms:
    arm = data.treated
    return TwoArms(pre=data.pre[:, arm], post=data.post[:, arm], group=data.group[arm], treated=arm[arm])


def _student(values: FloatArray, arm: BoolArray, level: float) -> Intervals:
    """Give Student's pooled t interval of the difference of two arms; `nan` marks a value not there."""
    (n1, mean1, squares1), (n0, mean0, squares0) = (_moments(values[:, side]) for side in (arm, ~arm))
    df = n1 + n0 - 2.0
    return _t(mean1 - mean0, np.sqrt((squares1 + squares0) / df * (1 / n1 + 1 / n0)), df, level=level)


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean = np.nanmean(values, axis=1)
    return np.isfinite(values).sum(axis=1), mean, np.nansum((values - mean[:, None]) ** 2, axis=1)


def _t(estimate: FloatArray, std_error: FloatArray, df: FloatArray, level: float) -> Intervals:
    half_width = stdtrit(df, 0.5 + level / 2) * std_error
    return Intervals(estimate, np.where(std_error > NO_ERROR, half_width, np.nan))

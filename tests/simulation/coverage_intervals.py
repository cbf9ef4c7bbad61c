"""Intervals of many simulated studies at once, and the check that they are the package's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from balint_eval.simulate.design import TwoArms
from balint_eval.stats.cluster import ancova_cr2, change_cr2, cr2_replicates, group_means_difference
from balint_eval.stats.cr2 import ONE_ARM_ICC
from balint_eval.stats.independent import change_t
from balint_eval.stats.paired import paired_t
from balint_eval.stats.pairs import one_arm_grouped
from balint_eval.stats.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
AGREEMENT = 1e-9
# In points: with whole-number scores two groups can change alike to the last digit; the package gives no interval then.
NO_ERROR = 1e-8
LEVEL = 0.95


class Intervals(NamedTuple):
    """Estimate and half the width of its interval, one number a replication; `nan` where there is none."""

    estimate: FloatArray
    half_width: FloatArray


class Method(NamedTuple):
    """A method, what it estimates and how the package computes it for one study."""

    is_change: bool
    primary: bool
    many: Callable[[TwoArms], Intervals]
    one: Callable[[FloatArray, FloatArray, NDArray[np.int64], BoolArray], Result]


def ancova_many(data: TwoArms) -> Intervals:
    """Do `ancova_cr2` on every replication: people without both scores are rows of zeros."""
    both, pre, post = _paired(data)
    centred = np.where(both, pre - pre.sum(axis=1, keepdims=True) / both.sum(axis=1, keepdims=True), 0.0)
    design = np.stack((both.astype(float), centred, (both & data.treated).astype(float)), axis=-1)
    working_icc = ONE_ARM_ICC if one_arm_grouped(data.group, data.treated) else 0.0
    return _t(*cr2_replicates(design, post, data.group, np.array([0.0, 0.0, 1.0]), working_icc))


def change_many(data: TwoArms) -> Intervals:
    """Do `change_cr2` on the treated arm of every replication."""
    arm = _treated_arm(data)
    both, pre, post = _paired(arm)
    return _t(*cr2_replicates(both.astype(float)[..., None], post - pre, arm.group, np.ones(1)))


def group_means_many(data: TwoArms) -> Intervals:
    """Do `group_means_difference` on every replication."""
    both, pre, post = _paired(data)
    groups = np.unique(data.group).size
    sizes, sums = (values.reshape(len(pre), groups, -1).sum(axis=2) for values in (both, post - pre))
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
    return _student(means, data.treated.reshape(groups, -1)[:, 0])


def person_change_many(data: TwoArms) -> Intervals:
    """Do `change_t`, which takes people for independent, on every replication."""
    return _student(data.post - data.pre, data.treated)


def paired_many(data: TwoArms) -> Intervals:
    """Do `paired_t`, which takes people for independent, on the treated arm of every replication."""
    change = (data.post - data.pre)[:, data.treated]
    n = np.isfinite(change).sum(axis=1)
    return _t(np.nanmean(change, axis=1), np.nanstd(change, axis=1, ddof=1) / np.sqrt(n), n - 1.0)


METHODS: Mapping[str, Method] = {
    "ancova_cr2": Method(False, True, ancova_many, lambda a, b, g, t: ancova_cr2(a, b, t, g)),
    "group_means_t": Method(False, False, group_means_many, lambda a, b, g, t: group_means_difference(a, b, t, g)),
    "person_change_t": Method(False, False, person_change_many, lambda a, b, _, t: change_t(a, b, t)),
    "change_cr2": Method(True, True, change_many, lambda a, b, g, t: change_cr2(a[t], b[t], g[t])),
    "paired_t": Method(True, False, paired_many, lambda a, b, _, t: paired_t(a[t], b[t])),
}


def hold_against_package(data: TwoArms, found: Mapping[str, Intervals], rows: range) -> int:
    """Compute some replications one by one with the package's functions.

    Returns
    -------
    int
        Intervals compared.

    Raises
    ------
    ArithmeticError
        An estimate or a width differs by more than `AGREEMENT` points.
    """
    for row in rows:
        for name in found:
            method = METHODS[name]
            one = method.one(data.pre[row], data.post[row], data.group, data.treated)
            theirs = (one.estimate, (one.conf_high - one.conf_low) / 2)
            ours = (found[name].estimate[row], found[name].half_width[row])
            if not np.allclose(ours, theirs, rtol=0, atol=AGREEMENT, equal_nan=True):
                raise ArithmeticError(f"{name} of replication {row}: {ours} here, {theirs} in the package")
    return len(rows) * len(found)


def _paired(data: TwoArms) -> tuple[BoolArray, FloatArray, FloatArray]:
    both = np.isfinite(data.pre) & np.isfinite(data.post)
    return both, np.where(both, data.pre, 0.0), np.where(both, data.post, 0.0)


def _treated_arm(data: TwoArms) -> TwoArms:
    arm = data.treated
    return TwoArms(pre=data.pre[:, arm], post=data.post[:, arm], group=data.group[arm], treated=arm[arm])


def _student(values: FloatArray, arm: BoolArray) -> Intervals:
    """Give Student's pooled t interval of the difference of two arms; `nan` marks a value not there."""
    (n1, mean1, squares1), (n0, mean0, squares0) = (_moments(values[:, side]) for side in (arm, ~arm))
    df = n1 + n0 - 2.0
    return _t(mean1 - mean0, np.sqrt((squares1 + squares0) / df * (1 / n1 + 1 / n0)), df)


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean = np.nanmean(values, axis=1)
    return np.isfinite(values).sum(axis=1), mean, np.nansum((values - mean[:, None]) ** 2, axis=1)


def _t(estimate: FloatArray, std_error: FloatArray, df: FloatArray) -> Intervals:
    half_width = stdtrit(df, 0.5 + LEVEL / 2) * std_error
    return Intervals(estimate, np.where(std_error > NO_ERROR, half_width, np.nan))

"""How much groups differ in what they did: variance between groups, shrunken group means, the next group.

One random intercept a group on the change (or the score at one wave), arms with means of their own.

References
----------
REML: see `balint_eval.stats.reml`. Robinson 1991, Stat Sci 6:15-32 (shrunken means). Wald 1940, Ann Math Stat
11:96-9, and Harville and Fenech 1985, Biometrics 41:137-52 (interval of the ratio of variances). Higgins, Thompson and
Spiegelhalter 2009, J R Stat Soc A 172:137-59 (prediction interval).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import fdtri

from balint_eval.stats.icc import FEW_GROUPS, NO_VARIANCE, NOBODY_SHARES, mean_squares
from balint_eval.stats.pairs import NOISE, FloatArray, IntArray, t_quantile
from balint_eval.stats.reml import MixedModelError, RemlFit, fit_reml, random_intercept

NOT_CONVERGED = "the model of the groups did not converge, so no number is given"
AT_ZERO = "the variance between groups is estimated as zero, which with few groups does not show that they are alike"
FEWEST_TO_PREDICT = 4
"""Groups from which an interval for a further one is given."""
_WIDEST = 1e8


@dataclass(frozen=True, slots=True)
class ArmMean:
    """Mean over the groups of one arm, and where a further group's true mean is expected."""

    arm: int
    n: int
    n_groups: int
    mean: float
    predict_low: float = nan
    predict_high: float = nan


@dataclass(frozen=True, slots=True)
class GroupMean:
    """One group: its mean, and the mean drawn towards its arm's by how little is known of it."""

    arm: int
    n: int
    mean: float
    shrunken: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpread:
    """How groups differ.

    Attributes
    ----------
    n, n_groups : int
    conf_level : float
    sd_between, sd_low, sd_high : float
        Standard deviation of the groups' true means within arms, points.
    sd_within : float
        Of people about their group.
    singular, converged : bool
    arms : tuple of ArmMean
    groups : tuple of GroupMean
        Sorted by arm and mean, so that their order names none.
    note : str
    """

    n: int
    n_groups: int
    conf_level: float
    sd_between: float = nan
    sd_low: float = nan
    sd_high: float = nan
    sd_within: float = nan
    singular: bool = False
    converged: bool = True
    arms: tuple[ArmMean, ...] = ()
    groups: tuple[GroupMean, ...] = ()
    note: str = ""


def spread_of_groups(values: ArrayLike, group: ArrayLike, arm: ArrayLike, conf_level: float = 0.95) -> GroupSpread:
    """Estimate how much groups differ within arms.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Changes, or scores at one wave, without missing ones.
    group : array_like of int, shape (n,)
        Each group is in one arm.
    arm : array_like of int, shape (n,)
    conf_level : float

    Returns
    -------
    GroupSpread
        No numbers of the model, with a note, where no two groups share an arm, nobody shares a group, members do
        not differ, or the fit did not converge.

    Notes
    -----
    REML of `values ~ 0 + arm + (1 | group)`. A group's shrunken mean is m + k (mean - m), k = t^2 / (t^2 + s^2 / n),
    with its arm's mean m, the variance between groups t^2 and within s^2. The interval of t is Wald's exact one of
    t^2 / s^2, times the mean square within groups. A further group's true mean: m +- t-quantile (groups - arms df)
    times sqrt(t^2 + SE(m)^2), from four groups on.
    """
    data = _arranged(values, group, arm)
    base = GroupSpread(n=data.y.size, n_groups=int(data.groups.max(initial=-1)) + 1, conf_level=conf_level)
    bare = replace(base, groups=_group_means(data))
    if reason := _obstacle(data):
        return replace(bare, note=reason)
    design = (data.arms[:, None] == np.arange(data.names.size)).astype(np.float64)
    try:
        fit = fit_reml(data.y, design, (random_intercept("group", data.groups),))
    except MixedModelError as error:
        return replace(bare, note=f"no model of the groups: {error}")
    return _described(base, fit, data) if fit.converged else replace(bare, converged=False, note=NOT_CONVERGED)


class _Data(NamedTuple):
    """Values with codes of group and arm, and the arms' own codes."""

    y: FloatArray
    groups: IntArray
    arms: IntArray
    names: IntArray


def _arranged(values: ArrayLike, group: ArrayLike, arm: ArrayLike) -> _Data:
    groups = np.unique(np.asarray(group), return_inverse=True)[1]
    names, arms = np.unique(np.asarray(arm), return_inverse=True)
    codes = (codes.astype(np.intp) for codes in (groups, arms, names))
    return _Data(np.asarray(values, dtype=np.float64), *codes)


def _obstacle(data: _Data) -> str:
    sizes = np.bincount(data.groups)
    if sizes.size <= max(data.names.size, 1):
        return FEW_GROUPS
    if sizes.max() < 2:
        return NOBODY_SHARES
    within = data.y - (np.bincount(data.groups, weights=data.y) / sizes)[data.groups]
    return NO_VARIANCE if np.ptp(within) <= NOISE * float(np.max(np.abs(data.y))) else ""


def _described(base: GroupSpread, fit: RemlFit, data: _Data) -> GroupSpread:
    between = fit.terms[0].variance
    low, high = ratio_interval(data.y, data.groups, data.arms, base.conf_level)
    within = mean_squares(data.y, data.groups, data.arms)[1]
    return replace(
        base, sd_between=sqrt(between), sd_low=sqrt(low * within), sd_high=sqrt(high * within), sd_within=fit.sigma,
        singular=fit.singular, arms=tuple(_arm_means(base, fit, data)), note=AT_ZERO if fit.singular else "",
        groups=_group_means(data, fit.beta, between / fit.sigma**2),
    )  # fmt: skip


def _arm_means(base: GroupSpread, fit: RemlFit, data: _Data) -> Iterator[ArmMean]:
    t = t_quantile(base.conf_level, base.n_groups - data.names.size)
    for place, name in enumerate(data.names.tolist()):
        mine, centre = data.arms == place, float(fit.beta[place])
        mean = ArmMean(name, int(mine.sum()), int(np.unique(data.groups[mine]).size), centre)
        if base.n_groups >= FEWEST_TO_PREDICT:
            half = t * sqrt(fit.terms[0].variance + float(fit.std_error[place]) ** 2)
            mean = replace(mean, predict_low=centre - half, predict_high=centre + half)
        yield mean


def _group_means(data: _Data, means: FloatArray | None = None, ratio: float = nan) -> tuple[GroupMean, ...]:
    """Give the groups sorted by arm and mean; shrunken where the arms' means and the ratio of variances are given."""
    found = []
    for code in np.unique(data.groups):
        mine, place = data.y[data.groups == code], int(data.arms[data.groups == code][0])
        own, towards = float(mine.mean()), nan if means is None else float(means[place])
        share = ratio * mine.size / (1.0 + ratio * mine.size)
        found.append(GroupMean(int(data.names[place]), mine.size, own, towards + share * (own - towards)))
    return tuple(sorted(found, key=lambda one: (one.arm, one.mean, one.n)))


def ratio_interval(y: FloatArray, groups: IntArray, arms: IntArray, conf_level: float) -> tuple[float, float]:
    """Give Wald's exact interval of the variance between groups over that within them.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    groups, arms : ndarray of int, shape (n,)
        0..G-1 and 0..A-1.
    conf_level : float

    Returns
    -------
    low, high : float
        At least 0. Holds with its probability for any sizes of groups, for normal values.
    """
    _, within, dfs, _ = mean_squares(y, groups, arms)
    sizes = np.bincount(groups).astype(np.float64)
    means = np.bincount(groups, weights=y - y.mean()) / sizes
    place = np.zeros(sizes.size, dtype=np.intp)
    place[groups] = arms

    def f_ratio(ratio: float) -> float:
        weights = sizes / (1.0 + sizes * ratio)
        centres = np.bincount(place, weights=weights * means) / np.bincount(place, weights=weights)
        return float(weights @ (means - centres[place]) ** 2) / dfs[0] / within

    tail = (1.0 - conf_level) / 2.0
    low, high = (_where(f_ratio, float(fdtri(*dfs, share))) for share in (1.0 - tail, tail))
    return low, high


def _where(f_ratio: Callable[[float], float], quantile: float) -> float:
    """Give the ratio at which a falling F reaches a quantile, 0 where it starts below."""
    if f_ratio(0.0) <= quantile:
        return 0.0
    high = 1.0
    while f_ratio(high) > quantile:
        high *= 4.0
        if high > _WIDEST:
            return inf
    return float(brentq(lambda ratio: f_ratio(ratio) - quantile, 0.0, high, xtol=1e-14, rtol=1e-13))

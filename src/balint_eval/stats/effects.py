"""Standardised and ordinal effect sizes, each with its name, its denominator and an interval.

Raw points come first; these are for comparison with other studies. The same twelve pairs can
give 1.52 or 0.59 depending on the denominator, so an effect never travels without its name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atanh, exp, lgamma, log, nan, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, nctdtrinc, ndtri
from scipy.stats import rankdata

from balint_eval.stats.pairs import (
    NOISE,
    BoolArray,
    FloatArray,
    Pairs,
    complete_pairs,
    is_constant,
    mean_and_error,
    sample_sd,
    t_quantile,
)
from balint_eval.stats.result import Result

# Differences of decimals tie only after rounding; nine digits keep every real difference of scores.
DECIMALS = 9

# Beyond this t the noncentral t is inverted by a mean over normal deviates.
LARGE_T = 20.0


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect size.

    Attributes
    ----------
    name : str
        Names the effect and so its denominator.
    value, low, high : float
        `nan` where it cannot be given.
    """

    name: str
    value: float = nan
    low: float = nan
    high: float = nan

    def times(self, factor: float) -> Effect:
        """Multiply value and both bounds."""
        return Effect(self.name, self.value * factor, self.low * factor, self.high * factor)


def with_effect(result: Result, effect: Effect) -> Result:
    """Put an effect into a result."""
    return replace(
        result,
        effect=effect.value,
        effect_low=effect.low,
        effect_high=effect.high,
        effect_name=effect.name,
    )


def hedges_factor(df: float, *, exact: bool = False) -> float:
    """Small-sample factor J that takes the upward bias out of a standardised mean difference.

    J = 1 - 3 / (4 df - 1), or exactly Gamma(df/2) / (sqrt(df/2) Gamma((df-1)/2)); Hedges 1981,
    J Educ Stat 6:107-28. For pairs this package uses df = n - 1 (as R effectsize does; pingouin
    uses n1 + n2 - 2, which corrects less). `nan` at df <= 1, where J is zero or undefined.
    """
    if not df > 1.0:
        return nan
    if not exact:
        return 1.0 - 3.0 / (4.0 * df - 1.0)
    return exp(lgamma(df / 2.0) - log(sqrt(df / 2.0)) - lgamma((df - 1.0) / 2.0))


def standardise(result: Result, name: str, denominator: float, df: float) -> Effect:
    """Divide estimate and interval by an SD and correct with J(df).

    The interval treats the denominator as known, so it carries whatever standard error the
    estimate has: clustered in gives clustered out (in the spirit of Hedges 2007, J Educ Behav
    Stat 32:341-70; for d_av it equals the interval of R effectsize). Do not use it below about
    ten people, where the denominator itself is uncertain; read the interval in points instead.
    """
    if not denominator > 0.0:
        return Effect(name)
    raw = Effect(name, result.estimate, result.conf_low, result.conf_high)
    return raw.times(hedges_factor(df) / denominator)


def with_d_av(result: Result, pairs: Pairs) -> Result:
    """Give a one-arm result its d_av, with the interval that belongs to its own standard error."""
    denominator = average_sd(pairs.pre, pairs.post)
    return _with_ratio(result, pairs, "d_av", denominator, pairs.n - 1)


def with_d_total(result: Result, pairs: Pairs) -> Result:
    """Give a two-arm result its d_total: estimate over the pooled total SD of the pre scores.

    Total means between and within groups together; pooled over the two arms with df = n - 2,
    which also corrects it: d_ppc2 of Morris 2008, Organ Res Methods 11:364-86, when the estimate
    is a difference in change.
    """
    return _with_ratio(result, pairs, "d_total", pooled_sd(pairs.pre, pairs.treated), pairs.n - 2)


def _with_ratio(result: Result, pairs: Pairs, name: str, denominator: float, df: float) -> Result:
    usable = denominator if denominator > pairs.noise else nan
    return with_effect(result, standardise(result, name, usable, df))


def average_sd(pre: FloatArray, post: FloatArray) -> float:
    """Root mean square of the two SDs, the denominator of d_av (Cumming 2012, not Lakens' mean of SDs)."""
    return sqrt((sample_sd(pre) ** 2 + sample_sd(post) ** 2) / 2.0)


def pooled_sd(values: FloatArray, first: BoolArray) -> float:
    """SD within two sets of people, pooled with divisor n - 2; `nan` below three people."""
    deviations = np.concatenate(
        [part - part.mean() for part in (values[first], values[~first]) if part.size],
    )
    df = values.size - 2
    return sqrt(float(deviations @ deviations) / df) if df > 0 else nan


def d_av(pre: ArrayLike, post: ArrayLike, conf_level: float = 0.95) -> Effect:
    """Mean change over the root mean square of the two SDs, corrected with df = n - 1.

    Interval: d +/- t(n - 1) SD_change / (sqrt(n) s_av), as R effectsize. It assumes independent
    people: within groups use `cluster.change_cr2`, which has the same value and a clustered interval.
    """
    pairs = complete_pairs(pre, post)
    if pairs.n < 2:
        return Effect("d_av")
    denominator = average_sd(pairs.pre, pairs.post)
    if not denominator > pairs.noise:
        return Effect("d_av")
    mean, error = mean_and_error(pairs.change)
    half = t_quantile(conf_level, pairs.n - 1) * error
    factor = hedges_factor(pairs.n - 1) / denominator
    return Effect("d_av", mean, mean - half, mean + half).times(factor)


def d_z(pre: ArrayLike, post: ArrayLike, conf_level: float = 0.95) -> Effect:
    """Mean change over the SD of the changes, corrected with df = n - 1.

    Interval by inverting the noncentral t (Steiger and Fouladi 1997), exact for normal changes
    of independent people. Not comparable with d between people: it grows with the correlation
    of the waves. For the appendix and for power, not for the headline.
    """
    pairs = complete_pairs(pre, post)
    if pairs.n < 2 or is_constant(pairs.change, pairs.noise):
        return Effect("d_z")
    mean, error = mean_and_error(pairs.change)
    return noncentral_effect("d_z", mean / error, pairs.n - 1, 1.0 / sqrt(pairs.n), conf_level)


def d_pooled(values: FloatArray, first: BoolArray, conf_level: float = 0.95) -> Effect:
    """Difference of two means over their pooled SD, corrected with df = n - 2.

    Interval by inverting the noncentral t. Assumes independent people and equal variances.
    `first` marks the people of the first-named arm.
    """
    n_first, n_second = int(first.sum()), int((~first).sum())
    spread = pooled_sd(values, first) if min(n_first, n_second) else nan
    if not spread > NOISE * float(np.max(np.abs(values))):
        return Effect("d_pooled")
    root = sqrt(1.0 / n_first + 1.0 / n_second)
    t = float(values[first].mean() - values[~first].mean()) / (spread * root)
    return noncentral_effect("d_pooled", t, n_first + n_second - 2, root, conf_level)


def noncentral_effect(name: str, t: float, df: float, scale: float, conf_level: float) -> Effect:
    """Turn t into d = t * scale with its noncentral-t interval, all times J(df)."""
    tail = (1.0 - conf_level) / 2.0
    low, high = (noncentrality(t, df, share) for share in (1.0 - tail, tail))
    return Effect(name, t, low, high).times(scale * hedges_factor(df))


def noncentrality(t: float, df: float, share: float) -> float:
    """Give the noncentrality at which a share of noncentral t values lies below `t`.

    Beyond `LARGE_T` the inverse of SciPy takes time in proportion to t and keeps fewer than six digits. There
    P(T <= t) = E[P(chi2 >= df ((d + Z) / t)^2)], Z normal, is smooth in Z and its mean is taken over Hermite nodes.
    """
    if abs(t) <= LARGE_T:
        return float(nctdtrinc(df, share, t))
    if t < 0:
        return -noncentrality(-t, df, 1.0 - share)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    middle = t * sqrt(float(chdtri(df, share)) / df)

    def excess(centre: float) -> float:
        return float(weights @ chdtrc(df, df * (np.maximum(centre + nodes, 0.0) / t) ** 2)) - share

    return float(brentq(excess, max(middle - 10.0, 0.0), middle + 10.0, xtol=1e-12 * t, rtol=1e-14))


def rank_biserial(pre: ArrayLike, post: ArrayLike, conf_level: float = 0.95, decimals: int = DECIMALS) -> Effect:
    """Matched-pairs rank biserial: (sum of positive - sum of negative ranks) / sum of ranks.

    Kerby 2014, Comprehensive Psychol 3:1. Zero changes are dropped. Interval by Fisher's z with
    SE sqrt((2m^3 + 3m^2 + m) / 6) / ((m^2 + m) / 2), m non-zero changes, as R effectsize; rough
    below 30, and not given when all changes point the same way (z is infinite).
    """
    changes = nonzero_changes(complete_pairs(pre, post), decimals)
    m = changes.size
    if m == 0:
        return Effect("rank_biserial")
    value = float(np.sign(changes) @ rankdata(np.abs(changes))) / (m * (m + 1) / 2.0)
    if abs(value) >= 1.0:
        return Effect("rank_biserial", value)
    error = sqrt((2.0 * m**3 + 3.0 * m**2 + m) / 6.0) / ((m**2 + m) / 2.0)
    half = _normal_quantile(conf_level) * error
    return Effect("rank_biserial", value, tanh(atanh(value) - half), tanh(atanh(value) + half))


def nonzero_changes(pairs: Pairs, decimals: int) -> FloatArray:
    """Round the changes to the data's precision and drop zeros."""
    rounded = np.round(pairs.change, decimals)
    return np.asarray(rounded[rounded != 0.0], dtype=np.float64)


def cliffs_delta(first: ArrayLike, second: ArrayLike, conf_level: float = 0.95, decimals: int = DECIMALS) -> Effect:
    """P(first > second) - P(first < second) over all pairs of people from two arms.

    Cliff 1993, Psychol Bull 114:494-509; asymmetric interval of Feng and Cliff 2004, J Mod Appl
    Stat Methods 3:322-32, with the unbiased variance, and their bound where delta is 1 or -1. Assumes
    independent people. Below two people an arm the interval is `nan`.
    """
    x, y = (_finite(values, decimals) for values in (first, second))
    if not x.size or not y.size:
        return Effect("cliffs_delta")
    above_x, above_y = _dominance(x, y), -_dominance(y, x)
    delta = float(above_x.sum()) / (x.size * y.size)
    if min(x.size, y.size) < 2:
        return Effect("cliffs_delta", delta)
    z = _normal_quantile(conf_level)
    if abs(delta) == 1.0:
        return _complete_dominance(delta, min(x.size, y.size), z)
    low, high = _feng_cliff(delta, z * z * _delta_variance(above_x, above_y, _untied(x, y), delta))
    return Effect("cliffs_delta", delta, low, high)


def _finite(values: ArrayLike, decimals: int) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    return np.asarray(np.round(array[np.isfinite(array)], decimals), dtype=np.float64)


def _complete_dominance(delta: float, n: int, z: float) -> Effect:
    bound = (n - z * z) / (n + z * z)
    low, high = sorted((delta, delta * bound))
    return Effect("cliffs_delta", delta, low, high)


def _dominance(values: FloatArray, others: FloatArray) -> NDArray[np.int64]:
    """Count for each value how many of the others are smaller, less how many are larger.

    By sorting: the matrix of all pairs takes 2 GB at 5,000 people.
    """
    ordered = np.sort(others)
    smaller, not_larger = np.searchsorted(ordered, values), np.searchsorted(ordered, values, side="right")
    return np.asarray(smaller - (others.size - not_larger), dtype=np.int64)


def _untied(x: FloatArray, y: FloatArray) -> int:
    """Count the pairs that are not equal."""
    ordered = np.sort(y)
    tied = np.searchsorted(ordered, x, side="right") - np.searchsorted(ordered, x, side="left")
    return x.size * y.size - int(tied.sum())


def _delta_variance(above_x: NDArray[np.int64], above_y: NDArray[np.int64], untied: int, delta: float) -> float:
    """Give the variance of delta from the margins of the matrix of signs and from its sum of squares."""
    n_first, n_second = above_x.size, above_y.size
    rows, columns = above_x / n_second - delta, above_y / n_first - delta
    squares = untied - n_first * n_second * delta**2
    total = n_second**2 * (rows @ rows) + n_first**2 * (columns @ columns) - squares
    unbiased = float(total) / (n_first * n_second * (n_first - 1) * (n_second - 1))
    return max(unbiased, (1.0 - delta**2) / (n_first * n_second - 1))


def _feng_cliff(delta: float, width: float) -> tuple[float, float]:
    centre = delta - delta**3
    half = sqrt(width * ((1.0 - delta**2) ** 2 + width))
    below = 1.0 - delta**2 + width
    return max(-1.0, (centre - half) / below), min(1.0, (centre + half) / below)


def probability_of_superiority(
    first: ArrayLike, second: ArrayLike, conf_level: float = 0.95, decimals: int = DECIMALS
) -> Effect:
    """P(first > second) + P(first = second) / 2 over all pairs of people: (delta + 1) / 2."""
    delta = cliffs_delta(first, second, conf_level, decimals)
    value, low, high = ((bound + 1.0) / 2.0 for bound in (delta.value, delta.low, delta.high))
    return Effect("probability_of_superiority", value, low, high)


def _normal_quantile(conf_level: float) -> float:
    return float(ndtri(0.5 + conf_level / 2.0))

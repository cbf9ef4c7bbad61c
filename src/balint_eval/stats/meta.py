"""Pool the estimates of several cohorts: random effects by REML, interval by Hartung and Knapp.

Each cohort gives an estimate y with its standard error; its true change is mu plus a deviation of
variance tau^2. With weights w = 1 / (v + tau^2), mu is the weighted mean, and its variance is
q / sum(w) with q = sum(w (y - mu)^2) / (k - 1), referred to t with k - 1 degrees of freedom.

References
----------
Hartung and Knapp 2001, Stat Med 20:3875-89; Sidik and Jonkman 2002, Stat Med 21:3153-9; Knapp and
Hartung 2003, Stat Med 22:2693-710 (the truncated factor); Viechtbauer 2005, J Educ Behav Stat
30:261-93 (REML); Viechtbauer 2007, Stat Med 26:37-52 (Q-profile); Higgins and Thompson 2002, Stat
Med 21:1539-58 (I^2); Roever, Knapp and Friede 2015, BMC Med Res Methodol 15:99.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, stdtr, stdtrit

from balint_eval.stats.pairs import FloatArray

ONE_COHORT = "one estimate: nothing to pool"
TWO_COHORTS = "two cohorts: how much they differ can hardly be told, and no prediction interval is given"
FEW_COHORTS = "fewer than five cohorts: how much they differ is told with little certainty"
STEADY = 5
_GRID = 200
# Beyond this multiple of the spread of the estimates the restricted likelihood only falls.
_WIDEST = 100.0
_TOLERANCE = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A random-effects summary of k estimates.

    Attributes
    ----------
    k : int
    estimate, std_error, df, statistic, p_value, conf_low, conf_high : float
        Mean over cohorts by Hartung and Knapp; p is two-sided.
    conf_level : float
    factor : float
        q as it was used: what the usual variance is multiplied by; 1 where it was truncated.
    factor_untruncated : float
        q itself.
    predict_low, predict_high : float
        Interval for the true change of a further cohort; `nan` below three cohorts.
    tau_squared, tau_squared_low, tau_squared_high : float
        Variance between cohorts, points squared; interval by Q-profile.
    i_squared, i_squared_low, i_squared_high : float
        Share of the variance that lies between cohorts.
    q, q_df, q_p : float
        Cochran's test of homogeneity.
    note : str
        What cannot be said, and why.
    """

    k: int
    estimate: float = nan
    std_error: float = nan
    df: float = nan
    statistic: float = nan
    p_value: float = nan
    conf_low: float = nan
    conf_high: float = nan
    conf_level: float = 0.95
    factor: float = nan
    factor_untruncated: float = nan
    predict_low: float = nan
    predict_high: float = nan
    tau_squared: float = nan
    tau_squared_low: float = nan
    tau_squared_high: float = nan
    i_squared: float = nan
    i_squared_low: float = nan
    i_squared_high: float = nan
    q: float = nan
    q_df: float = nan
    q_p: float = nan
    note: str = ""


def pool_estimates(
    estimates: ArrayLike, std_errors: ArrayLike, conf_level: float = 0.95, *, truncate: bool = True
) -> Pooled:
    """Pool estimates of independent cohorts.

    Parameters
    ----------
    estimates, std_errors : array, shape (k,)
        In the same points; standard errors above zero.
    conf_level : float
        Share, such as 0.95.
    truncate : bool
        Never let the factor q fall below 1. Without it the interval has the nominal coverage on average,
        but cohorts that happen to agree give one that is shorter than their own standard errors allow, with
        two or three cohorts often absurdly short. With it the interval is never shorter than that of a common
        effect referred to t, and too wide rather than too short. False gives R metafor's `test = "knha"`, true its
        `test = "adhoc"`.

    Returns
    -------
    Pooled
        One estimate: only `k` and a note, because one cohort says nothing about the next.

    Raises
    ------
    ValueError
        The two differ in length, a number is not finite, or a standard error is not above zero.

    Notes
    -----
    Takes standard errors as known. From few groups they are themselves uncertain; Hartung and Knapp's
    factor absorbs a common misjudgement, not one that differs between cohorts. The estimates must not
    share people.
    """
    y, v = _checked(estimates, std_errors)
    if y.size < 2:
        return Pooled(k=int(y.size), conf_level=conf_level, note=ONE_COHORT)
    tau_squared = estimate_tau_squared(y, v)
    weights = 1.0 / (v + tau_squared)
    mean, df = _mean(y, weights), float(y.size - 1)
    own_factor = float(weights @ (y - mean) ** 2) / df
    factor = max(own_factor, 1.0) if truncate else own_factor
    error = sqrt(factor / float(weights.sum()))
    t = float(stdtrit(df, 0.5 + conf_level / 2.0))
    statistic = mean / error if error > 0.0 else nan
    beyond = t * sqrt(error**2 + tau_squared) if y.size > 2 else nan
    q, low, high = q_profile(y, v, conf_level)
    typical = typical_variance(v)
    return Pooled(
        k=int(y.size), estimate=mean, std_error=error, df=df, statistic=statistic,
        p_value=2.0 * float(stdtr(df, -abs(statistic))), conf_low=mean - t * error, conf_high=mean + t * error,
        conf_level=conf_level, factor=factor, factor_untruncated=own_factor,
        predict_low=mean - beyond, predict_high=mean + beyond,
        tau_squared=tau_squared, tau_squared_low=low, tau_squared_high=high,
        i_squared=_share(tau_squared, typical), i_squared_low=_share(low, typical),
        i_squared_high=_share(high, typical), q=q, q_df=df, q_p=float(chdtrc(df, q)),
        note=TWO_COHORTS if y.size == 2 else FEW_COHORTS if y.size < STEADY else "",
    )  # fmt: skip


def _checked(estimates: ArrayLike, std_errors: ArrayLike) -> tuple[FloatArray, FloatArray]:
    y, errors = (np.atleast_1d(np.asarray(values, dtype=np.float64)) for values in (estimates, std_errors))
    if y.shape != errors.shape or y.ndim != 1:
        raise ValueError("estimates and standard errors must be two lists of one length")
    if not (np.isfinite(y).all() and np.isfinite(errors).all() and (errors > 0.0).all()):
        raise ValueError("every estimate must be finite and every standard error above zero")
    return y, errors**2


def _mean(y: FloatArray, weights: FloatArray) -> float:
    return float(weights @ y) / float(weights.sum())


def estimate_tau_squared(y: FloatArray, v: FloatArray) -> float:
    """Give the REML estimate of the variance between cohorts.

    The restricted likelihood can have two peaks, so the highest point of a fine grid is found first and
    the zero of the slope beside it then.
    """
    scale = float(np.var(y, ddof=1))
    if scale <= 0.0:
        return 0.0
    grid = np.concatenate(([0.0], np.geomspace(1e-8 * scale, _WIDEST * scale, _GRID)))
    best = int(np.argmax(restricted_likelihood(grid, y, v)))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    if _slope(low, y, v) <= 0.0:
        # The highest point is the edge itself.
        return 0.0
    return _zero(lambda t: _slope(t, y, v), low, high)


def restricted_likelihood(tau_squared: ArrayLike, y: FloatArray, v: FloatArray) -> FloatArray:
    """Give the restricted log-likelihood, up to a constant, at each of several values of tau^2."""
    weights = 1.0 / (v + np.atleast_1d(np.asarray(tau_squared, dtype=np.float64))[:, None])
    total = weights.sum(axis=1)
    squares = (weights * (y - (weights @ y / total)[:, None]) ** 2).sum(axis=1)
    return np.asarray(0.5 * (np.log(weights).sum(axis=1) - np.log(total) - squares), dtype=np.float64)


def _slope(tau_squared: float, y: FloatArray, v: FloatArray) -> float:
    weights = 1.0 / (v + tau_squared)
    squares = float(weights**2 @ (y - _mean(y, weights)) ** 2)
    return 0.5 * (squares - float(weights.sum()) + float(weights @ weights) / float(weights.sum()))


def _zero(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=_TOLERANCE * high, rtol=4 * np.finfo(float).eps))


def generalised_q(tau_squared: float, y: FloatArray, v: FloatArray) -> float:
    """Give the weighted squares about the weighted mean; Cochran's Q at tau^2 = 0. Falls as tau^2 grows."""
    weights = 1.0 / (v + tau_squared)
    return float(weights @ (y - _mean(y, weights)) ** 2)


def q_profile(y: FloatArray, v: FloatArray, conf_level: float) -> tuple[float, float, float]:
    """Give Cochran's Q and the Q-profile interval of tau^2.

    Returns
    -------
    q, low, high : float
        Both limits are 0 where even no variance between cohorts leaves Q improbably small.
    """
    q, tail = generalised_q(0.0, y, v), (1.0 - conf_level) / 2.0
    quantiles = (float(chdtri(y.size - 1, tail)), float(chdtri(y.size - 1, 1.0 - tail)))
    low, high = (_tau_squared_at(quantile, q, y, v) for quantile in quantiles)
    return q, low, high


def _tau_squared_at(quantile: float, q: float, y: FloatArray, v: FloatArray) -> float:
    if q <= quantile:
        return 0.0
    high = max(float(np.var(y, ddof=1)), float(v.max()))
    while generalised_q(high, y, v) > quantile:
        high *= 2.0
    return _zero(lambda t: generalised_q(t, y, v) - quantile, 0.0, high)


def typical_variance(v: FloatArray) -> float:
    """Give Higgins and Thompson's typical variance within cohorts, the other part of I^2."""
    weights = 1.0 / v
    total = float(weights.sum())
    return (v.size - 1) * total / (total**2 - float(weights @ weights))


def _share(tau_squared: float, typical: float) -> float:
    return tau_squared / (tau_squared + typical)

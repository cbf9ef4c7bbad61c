"""McDonald's omega of a scale, with a bootstrap interval over people."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.pairs import FloatArray
from balint_eval.stats.reliability import complete_rows, is_flat
from balint_eval.stats.reliability_factor import OneFactor, fit_one_factor

RESAMPLES = 500
SEED = 20240229
LARGEST_LOSS = 0.1
"""Share of resamples without a solution above which no interval is given."""


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega of one scale.

    Attributes
    ----------
    n, n_items : int
        People with all items answered; items.
    omega, low, high : float
        `nan` where they cannot be given.
    conf_level : float
    note : str
        Why a number is missing, in plain words.
    """

    n: int
    n_items: int
    omega: float = nan
    low: float = nan
    high: float = nan
    conf_level: float = 0.95
    note: str = ""


def mcdonald_omega(
    items: ArrayLike, conf_level: float = 0.95, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Omega:
    """Estimate McDonald's omega (total, one factor) with a percentile bootstrap interval.

    omega = (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), of the one-factor model
    by minimum residuals, in the items' own units; McDonald 1999, Test Theory, eq. 6.20. It is the
    reliability of the unweighted sum of the items when one factor holds.

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Keyed item scores, a row a person; rows with `nan` are left out.
    conf_level : float
    resamples : int
        0 gives no interval.
    seed : int

    Returns
    -------
    Omega

    Notes
    -----
    People are drawn, one at a time: where they sit in few groups the interval is too narrow, as Feldt's
    is for alpha. The order of people does not matter: they are sorted before they are drawn. Without
    an interval when the estimate sits on the boundary (a Heywood case: an item without unique variance).
    Not for scales of unlike parts, for which one factor is the wrong model.
    """
    complete = complete_rows(items)
    complete = complete[np.lexsort(complete.T)]
    n, k = complete.shape
    if reason := _obstacle(complete):
        return Omega(n, k, conf_level=conf_level, note=reason)
    fit = fit_one_factor(np.cov(complete, rowvar=False, ddof=0)[None])
    omega = float(omega_of(fit)[0])
    low, high, note = _interval(complete, fit, conf_level, resamples, seed)
    return Omega(n, k, omega, low, high, conf_level, note)


def omega_of(fit: OneFactor) -> FloatArray:
    """Give omega of each of m fitted models, shape (m,)."""
    common = fit.loadings.sum(axis=-1) ** 2
    return np.asarray(common / (common + fit.unique.sum(axis=-1)), dtype=np.float64)


def _obstacle(complete: FloatArray) -> str:
    n, k = complete.shape
    if k < 3:
        return "omega needs at least three items"
    if n <= k:
        return f"omega needs more people than items: {n} complete answer sheets for {k} items"
    if any(is_flat(complete[:, item]) for item in range(k)):
        return "an item does not vary: omega cannot be estimated"
    return ""


def _interval(
    complete: FloatArray, fit: OneFactor, conf_level: float, resamples: int, seed: int
) -> tuple[float, float, str]:
    if fit.heywood[0]:
        return nan, nan, "no interval for omega: an item has no variance of its own in the one-factor model (Heywood)"
    if not fit.converged[0]:
        return nan, nan, "no interval for omega: the one-factor model did not settle"
    if not resamples:
        return nan, nan, ""
    drawn = _drawn_omegas(complete, resamples, seed)
    if drawn.size < (1.0 - LARGEST_LOSS) * resamples:
        return nan, nan, "no interval for omega: in many resamples an item does not vary"
    tail = (1.0 - conf_level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return float(low), float(high), ""


def _drawn_omegas(complete: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Give omega of each resample in which every item varies."""
    covariances = resampled_covariances(complete, resamples, seed)
    varied = (np.diagonal(covariances, axis1=-2, axis2=-1) > 1e-12).all(axis=-1)
    if not varied.any():
        return np.empty(0)
    return omega_of(fit_one_factor(covariances[varied], tolerance=1e-5, most_steps=100))


def resampled_covariances(complete: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Draw people with replacement and give the covariance matrix (divisor n) of each resample.

    Parameters
    ----------
    complete : ndarray of float, shape (n, k)
    resamples, seed : int

    Returns
    -------
    ndarray of float, shape (resamples, k, k)
    """
    n, k = complete.shape
    centred = complete - complete.mean(axis=0)
    shares = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), resamples) / n
    products = (centred[:, :, None] * centred[:, None, :]).reshape(n, k * k)
    means = shares @ centred
    return np.asarray((shares @ products).reshape(-1, k, k) - means[:, :, None] * means[:, None, :], dtype=np.float64)

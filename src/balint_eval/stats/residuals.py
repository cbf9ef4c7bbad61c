"""Residuals of least squares as they are looked at: against the normal distribution, and against fitted values.

Nothing here tests anything: a test of normality is blind in small samples, where shape matters, and alarmed in large
ones, where it does not.

References
----------
Cook and Weisberg 1982, Residuals and Influence in Regression, section 2.1 (standardised residuals). Hyndman and Fan
1996, Am Stat 50:361-5, and Blom 1958 (quantiles for normal values: definition 9). Fox 2016, Applied Regression
Analysis, section 3.1.3 (the band). Beckman and Cook 1983, Technometrics 25:119-49 (the largest of n).
"""

from __future__ import annotations

from math import ceil, nan, pi, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, ndtri

from balint_eval.stats.pairs import NOISE, FloatArray, IntArray

MOST_QUANTILES = 19
"""5 %, 10 % to 95 %."""
PEOPLE_A_QUANTILE = 2
"""At least so many people for each quantile, so that no person's residual can be solved from them."""


class Residuals(NamedTuple):
    """Fitted values in points and standardised residuals, shape (n,) each; empty where there are none."""

    fitted: FloatArray
    standardised: FloatArray


class Quantiles(NamedTuple):
    """Quantiles of standardised residuals beside those of a normal distribution, shape (k,) each."""

    expected: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray


NO_RESIDUALS = Residuals(np.zeros(0), np.zeros(0))


def standardised_residuals(X: FloatArray, y: FloatArray) -> Residuals:
    """Fit least squares and divide each residual by its own standard error, as `rstandard` of R does.

    Parameters
    ----------
    X : ndarray of float, shape (n, k)
    y : ndarray of float, shape (n,)

    Returns
    -------
    Residuals
        e_i / (s sqrt(1 - h_i)) with leverage h_i; people who are fitted exactly whatever they score are left out.
        Empty when X is collinear, when there are no more people than coefficients, or when nothing is left over.
    """
    n, k = X.shape
    if n <= k or np.linalg.matrix_rank(X) < k:
        return NO_RESIDUALS
    projector = np.linalg.qr(X)[0]
    fitted = projector @ (projector.T @ y)
    left = y - fitted
    rest = 1.0 - np.einsum("ij,ij->i", projector, projector)
    sigma = sqrt(float(left @ left) / (n - k))
    if sigma <= NOISE * float(np.max(np.abs(y))):
        return NO_RESIDUALS
    free = rest > NOISE
    return Residuals(fitted[free], left[free] / (sigma * np.sqrt(rest[free])))


def normal_quantiles(standardised: FloatArray, conf_level: float = 0.95) -> Quantiles:
    """Hold quantiles of standardised residuals against those of a normal distribution.

    Parameters
    ----------
    standardised : ndarray of float, shape (n,)
    conf_level : float

    Returns
    -------
    Quantiles
        At i / (k + 1), i = 1..k, with k at most 19 and at most half the number of people. The observed ones lie on
        the line through the points of R's `qqnorm` (definition 9 of `quantile`). The band holds a single quantile
        of normal values with the given probability: expected +- z sqrt(p (1 - p) / n) / density.
    """
    n = standardised.size
    many = min(MOST_QUANTILES, n // PEOPLE_A_QUANTILE)
    share = np.arange(1, many + 1) / (many + 1.0)
    expected = ndtri(share)
    if not many:
        return Quantiles(expected, expected, expected, expected)
    observed = np.quantile(standardised, share, method="normal_unbiased")
    density = np.exp(-0.5 * expected**2) / sqrt(2.0 * pi)
    half = float(ndtri(0.5 + conf_level / 2.0)) * np.sqrt(share * (1.0 - share) / n) / density
    return Quantiles(expected, observed, expected - half, expected + half)


def largest_usual(n: int, k: int, conf_level: float = 0.95) -> float:
    """Give the size that the largest of n standardised residuals keeps below with a probability of `conf_level`.

    Parameters
    ----------
    n, k : int
        People and coefficients.
    conf_level : float

    Returns
    -------
    float
        From r^2 / (n - k) being Beta(1/2, (n - k - 1) / 2) for normal errors, and Sidak's rule for n of them; never
        above sqrt(n - k), which no standardised residual can pass. `nan` with fewer than two df.
    """
    df = n - k
    if df < 2:
        return nan
    return sqrt(df * float(betaincinv(0.5, (df - 1) / 2.0, conf_level ** (1.0 / n))))


def tied_bins(values: FloatArray, most: int, least: int) -> IntArray:
    """Cut values into bins of about equal numbers that never part equal values.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    most, least : int
        Most bins; fewest people in one.

    Returns
    -------
    ndarray of int, shape (n,)
        Number of each value's bin, from 0 in rising order; empty with fewer than `least` values.
    """
    if values.size < least:
        return np.zeros(0, dtype=np.intp)
    scale = float(np.max(np.abs(values))) or 1.0
    _, level, counts = np.unique(np.round(values / scale, 10), return_inverse=True, return_counts=True)
    wanted = max(least, ceil(values.size / most))
    bins, held = [0], int(counts[0])
    for count in counts[1:].tolist():
        full = held >= wanted
        bins.append(bins[-1] + full)
        held = count if full else held + count
    codes = np.array(bins, dtype=np.intp)
    if held < least:
        codes[codes == codes[-1]] = max(codes[-1] - 1, 0)
    return np.asarray(codes[level], dtype=np.intp)

"""Ordinal alpha: alpha of the polychoric correlations between the answers."""

from __future__ import annotations

from math import asin, nan

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri

from balint_eval.stats.pairs import FloatArray
from balint_eval.stats.reliability import complete_rows, is_flat

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_LARGEST = 0.9999


def ordinal_alpha(items: ArrayLike) -> float:
    """Estimate ordinal alpha, k / (k - 1) (1 - k / sum of the polychoric correlations).

    Zumbo, Gadermann and Zeisser 2007, J Mod Appl Stat Methods 6:21-9.

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Keyed answers; rows with `nan` are left out.

    Returns
    -------
    float
        `nan` with fewer than two items or people, or an item that does not vary.

    Notes
    -----
    The reliability of a sum of normal variables supposed behind the answers, not of the score that was
    given (Chalmers 2018, Educ Psychol Meas 78:1056-71); usually higher than alpha. Report it beside alpha,
    never in its place.
    """
    complete = complete_rows(items)
    n, k = complete.shape
    if n < 2 or k < 2 or any(is_flat(complete[:, item]) for item in range(k)):
        return nan
    return float(k / (k - 1) * (1.0 - k / float(polychoric_correlations(complete).sum())))


def polychoric_correlations(items: ArrayLike) -> FloatArray:
    """Estimate the polychoric correlation of every pair of items.

    Two-step maximum likelihood: thresholds from the margins, then the correlation; Olsson 1979,
    Psychometrika 44:443-60. Cells with nobody are left as they are, not filled.

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Each item must vary; rows with `nan` are left out.

    Returns
    -------
    ndarray of float, shape (k, k)
    """
    complete = complete_rows(items)
    codes = [np.unique(column, return_inverse=True)[1] for column in complete.T]
    correlations = np.eye(len(codes))
    for first in range(len(codes)):
        for second in range(first):
            table = _crossed(codes[first], codes[second])
            correlations[first, second] = correlations[second, first] = polychoric(table)
    return correlations


def _crossed(
    first: np.ndarray[tuple[int], np.dtype[np.intp]], second: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> FloatArray:
    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1.0)
    return table


def polychoric(table: ArrayLike) -> float:
    """Estimate the polychoric correlation of a table of counts.

    Parameters
    ----------
    table : array_like of float, shape (r, c)
        People by answer to the first and to the second item; no empty row or column.
    """
    counts = np.asarray(table, dtype=np.float64)
    rows, columns = (_thresholds(counts.sum(axis=axis)) for axis in (1, 0))
    found = minimize_scalar(
        lambda z: _deviance(np.tanh(z), counts, rows, columns),
        bounds=(-np.arctanh(_LARGEST), np.arctanh(_LARGEST)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(np.tanh(found.x))


def _thresholds(margin: FloatArray) -> FloatArray:
    return np.asarray(ndtri(np.cumsum(margin)[:-1] / margin.sum()), dtype=np.float64)


def _deviance(correlation: float, counts: FloatArray, rows: FloatArray, columns: FloatArray) -> float:
    below = np.zeros((rows.size + 2, columns.size + 2))
    below[1:-1, 1:-1] = both_below(rows[:, None], columns[None, :], correlation)
    below[1:-1, -1], below[-1, 1:-1], below[-1, -1] = ndtr(rows), ndtr(columns), 1.0
    share = np.diff(np.diff(below, axis=0), axis=1)
    return -float((counts * np.log(np.maximum(share, 1e-300))).sum())


def both_below(first: FloatArray, second: FloatArray, correlation: float) -> FloatArray:
    """Give P(X < first, Y < second) of standard normal variables with this correlation.

    Integral over the angle, Drezner and Wesolowsky 1990, J Stat Comput Simul 35:101-7, by 64 Gauss-Legendre
    points.

    Parameters
    ----------
    first, second : ndarray of float
        Of shapes that broadcast.
    correlation : float
    """
    half = asin(correlation) / 2.0
    angle = half * (1.0 + _NODES)
    h, k = first[..., None], second[..., None]
    exponent = -(h**2 - 2.0 * h * k * np.sin(angle) + k**2) / (2.0 * np.cos(angle) ** 2)
    integral = half * (np.exp(exponent) * _WEIGHTS).sum(axis=-1)
    return np.asarray(ndtr(first) * ndtr(second) + integral / (2.0 * np.pi), dtype=np.float64)

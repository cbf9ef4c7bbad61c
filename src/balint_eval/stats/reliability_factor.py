"""One-factor model by minimum residuals, for many covariance matrices at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balint_eval.stats.pairs import BoolArray, FloatArray

HEYWOOD = 0.005
"""Unique share of an item's variance below which a solution sits on the boundary (the bound of R's factanal)."""
_LARGEST = float(np.sqrt(1.0 - HEYWOOD))
_LONGEST_STRIDE = 30.0


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Solutions of m one-factor models of k items.

    Attributes
    ----------
    loadings, unique : ndarray of float, shape (m, k)
        In the items' own units, and squared units.
    heywood : ndarray of bool, shape (m,)
        Whether an item is left without variance of its own: the solution sits on the boundary.
    converged : ndarray of bool, shape (m,)
        Whether the last step was below the tolerance.
    """

    loadings: FloatArray
    unique: FloatArray
    heywood: BoolArray
    converged: BoolArray


def fit_one_factor(covariances: FloatArray, *, tolerance: float = 1e-9, most_steps: int = 1000) -> OneFactor:
    """Fit the one-factor model by minimum residuals (unweighted least squares) of the correlations.

    Parameters
    ----------
    covariances : ndarray of float, shape (m, k, k)
        Every item must vary; k is 3 or more.
    tolerance : float
        Largest step of a standardised loading at which to stop.
    most_steps : int

    Returns
    -------
    OneFactor

    Notes
    -----
    Harman and Jones 1966, Psychometrika 31:351-68: the squared residuals beside the diagonal are least. Each
    loading in turn takes its own best value, within the boundary (Harman and Fukuda 1966, Psychometrika
    31:563-71); sweeps are drawn out by squared extrapolation (Varadhan and Roland 2008, Scand J Stat
    35:335-53). Chosen over maximum likelihood because it stays well-behaved in small samples: a step at the
    boundary is exact, where the likelihood creeps towards it.
    """
    sd = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
    correlations = covariances / (sd[:, :, None] * sd[:, None, :])
    loadings = _first_loadings(correlations)
    moving = np.arange(len(loadings))
    for _ in range(most_steps):
        loadings[moving], step = _long_step(correlations[moving], loadings[moving])
        moving = moving[step >= tolerance]
        if not moving.size:
            break
    heywood = np.asarray((np.abs(loadings) >= _LARGEST).any(axis=-1))
    converged = ~np.isin(np.arange(len(loadings)), moving)
    return OneFactor(loadings * sd, (1.0 - loadings**2) * sd**2, heywood, converged)


def _first_loadings(correlations: FloatArray) -> FloatArray:
    """Start all models at the shrunken first principal component of their mean."""
    values, vectors = np.linalg.eigh(correlations.mean(axis=0))
    first = np.clip(0.85 * np.sqrt(values[-1]) * vectors[:, -1], -_LARGEST, _LARGEST)
    return np.tile(first if first.sum() >= 0 else -first, (len(correlations), 1))


def _sweep(correlations: FloatArray, loadings: FloatArray) -> FloatArray:
    """Give each loading in turn its best value, the others being what they are."""
    swept, squares = loadings.copy(), (loadings**2).sum(axis=-1)
    for item in range(loadings.shape[1]):
        squares -= swept[:, item] ** 2
        shared = np.add.reduce(correlations[:, item, :] * swept, axis=-1) - swept[:, item]
        swept[:, item] = np.minimum(np.maximum(shared / np.maximum(squares, 1e-12), -_LARGEST), _LARGEST)
        squares += swept[:, item] ** 2
    return swept


def _long_step(correlations: FloatArray, loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Take two sweeps and go on in their direction, where that lowers the residuals."""
    once = _sweep(correlations, loadings)
    twice = _sweep(correlations, once)
    first, bend = once - loadings, twice - 2.0 * once + loadings
    ratio = (first**2).sum(axis=-1, keepdims=True) / np.maximum((bend**2).sum(axis=-1, keepdims=True), 1e-300)
    stride = np.clip(np.sqrt(ratio), 1.0, _LONGEST_STRIDE)
    far = np.clip(loadings + 2.0 * stride * first + stride**2 * bend, -_LARGEST, _LARGEST)
    better = _residuals(correlations, far) < _residuals(correlations, twice)
    return np.where(better[:, None], far, twice), np.abs(twice - once).max(axis=-1)


def _residuals(correlations: FloatArray, loadings: FloatArray) -> FloatArray:
    """Give the sum of squared residuals beside the diagonal, up to a constant of the data."""
    squares = loadings**2
    fitted = (loadings * np.matmul(correlations, loadings[..., None])[..., 0]).sum(axis=-1) - squares.sum(axis=-1)
    return np.asarray(squares.sum(axis=-1) ** 2 - (squares**2).sum(axis=-1) - 2.0 * fitted, dtype=np.float64)

"""One-factor model by maximum likelihood, for many covariance matrices at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balint_eval.stats.pairs import BoolArray, FloatArray

HEYWOOD = 0.005
"""Unique share of an item's variance below which a solution sits on the boundary (the bound of R's factanal)."""
_FLOOR = 1e-9
_LONGEST_STRIDE = 30.0


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Solutions of m one-factor models of k items.

    Attributes
    ----------
    loadings, unique : ndarray of float, shape (m, k)
        In the items' own units, and squared units.
    heywood : ndarray of bool, shape (m,)
        Whether an item has (almost) no unique variance: the solution sits on the boundary.
    converged : bool
        Whether the last step of every model was below the tolerance.
    """

    loadings: FloatArray
    unique: FloatArray
    heywood: BoolArray
    converged: bool


def fit_one_factor(covariances: FloatArray, *, tolerance: float = 1e-10, most_steps: int = 5000) -> OneFactor:
    """Fit the one-factor model by maximum likelihood.

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
    Expectation-maximisation (Rubin and Thayer 1982, Psychometrika 47:69-76) with the factor's variance
    left free in each step (Liu, Rubin and Wu 1998, Biometrika 85:755-70), drawn out by squared
    extrapolation (Varadhan and Roland 2008, Scand J Stat 35:335-53). The stationary point is that of
    Joreskog 1967, Psychometrika 32:443-82; it does not depend on the items' units.
    """
    sd = np.sqrt(np.diagonal(covariances, axis1=-2, axis2=-1))
    correlations = covariances / (sd[:, :, None] * sd[:, None, :])
    loadings, converged = _first_loadings(correlations), False
    for _ in range(most_steps):
        loadings, step = _long_step(correlations, loadings)
        converged = step < tolerance
        if converged:
            break
    unique = _unique(loadings)
    return OneFactor(loadings * sd, unique * sd**2, np.asarray((unique < HEYWOOD).any(axis=-1)), converged)


def _first_loadings(correlations: FloatArray) -> FloatArray:
    """Start all models at the shrunken first principal component of their mean."""
    values, vectors = np.linalg.eigh(correlations.mean(axis=0))
    first = np.clip(0.85 * np.sqrt(values[-1]) * vectors[:, -1], -0.97, 0.97)
    return np.tile(first, (len(correlations), 1))


def _unique(loadings: FloatArray) -> FloatArray:
    return np.maximum(1.0 - loadings**2, _FLOOR)


def _step(correlations: FloatArray, loadings: FloatArray) -> FloatArray:
    """Give the loadings after one step; the inverse of a one-factor covariance is closed (Sherman-Morrison)."""
    weights = loadings / _unique(loadings)
    weights = weights / (1.0 + (loadings * weights).sum(axis=-1, keepdims=True))
    shared = np.matmul(correlations, weights[..., None])[..., 0]
    scatter = 1.0 + (weights * (shared - loadings)).sum(axis=-1, keepdims=True)
    return np.asarray(shared / np.sqrt(scatter), dtype=np.float64)


def _long_step(correlations: FloatArray, loadings: FloatArray) -> tuple[FloatArray, float]:
    """Take two steps and go on in their direction, where that stays inside the boundary."""
    once = _step(correlations, loadings)
    twice = _step(correlations, once)
    first, bend = once - loadings, twice - 2.0 * once + loadings
    ratio = (first**2).sum(axis=-1, keepdims=True) / np.maximum((bend**2).sum(axis=-1, keepdims=True), 1e-300)
    stride = np.clip(np.sqrt(ratio), 1.0, _LONGEST_STRIDE)
    far = loadings + 2.0 * stride * first + stride**2 * bend
    inside = (far**2 < 1.0 - 0.1 * HEYWOOD).all(axis=-1, keepdims=True)
    return np.where(inside, far, twice), float(np.abs(twice - once).max())

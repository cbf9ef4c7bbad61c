"""Draws from the posterior of a regression with a random intercept for each group, exact and without a chain.

y = X b + u_g + e with u_g normal of variance psi s2 and e of variance s2. Given the intra-group correlation
r = psi / (1 + psi) everything else has a closed form, so r is drawn from its posterior on a grid and the rest given r.

References
----------
Gelman et al. 2013, Bayesian Data Analysis, sections 14.2 and 15.5; priors: flat of b and r, 1 / s2 of s2. Without
groups it is the draw of Rubin 1987, example 5.1, which R's `mice.impute.norm` makes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from balint_eval.stats.pairs import FloatArray, IntArray

GRID = 32
"""Parts of the flat prior of r. Groups taken for equal make the intervals of imputed data too narrow, fixed effects
of groups too wide (docs/missing.md)."""
ALONE = -1
"""Code of a person whom no group effect concerns."""


class Draws(NamedTuple):
    """One set of parameters a draw; D draws, k columns, G groups."""

    coefficients: FloatArray  # (D, k)
    effects: FloatArray  # (D, G), u_g
    sd: FloatArray  # (D,), of e


def draw_parameters(
    X: FloatArray,
    y: FloatArray,
    group: IntArray,
    n_groups: int,
    rng: np.random.Generator,
    draws: int,
) -> Draws:
    """Draw coefficients, group effects and residual SD.

    Parameters
    ----------
    X : ndarray of float, shape (n, k) or (draws, n, k)
        Design, intercept included, of full rank; n must exceed k.
    y : ndarray of float, shape (n,) or (draws, n)
        A first axis gives every draw data of its own.
    group : ndarray of int, shape (n,)
        0 to n_groups - 1, or `ALONE`.
    n_groups : int
        Also groups that nobody of `group` is in: their effect is drawn from what the other groups show.
    rng : numpy.random.Generator
    draws : int

    Returns
    -------
    Draws
    """
    n, k = X.shape[-2:]
    rows = np.concatenate((np.broadcast_to(X, (*y.shape[:-1], n, k)), y[..., None]), axis=-1)
    rows = rows if rows.ndim == 3 else rows[None]
    members = (group[:, None] == np.arange(n_groups)).astype(np.float64)
    sums, sizes = np.einsum("ng,dna->dga", members, rows), members.sum(axis=0)
    roots, shrunk, place = _choose(rows, sums, sizes, rng.random(draws), k)
    sd = roots[:, k, k] / np.sqrt(rng.chisquare(n - k, draws))
    moved = roots[:, k, :k] + sd[:, None] * rng.standard_normal((draws, k))
    coefficients = np.linalg.solve(roots[:, :k, :k].swapaxes(-1, -2), moved[..., None])[..., 0]
    left = sums[:, :, k] - np.einsum("dga,da->dg", np.broadcast_to(sums[..., :k], (draws, n_groups, k)), coefficients)
    share = shrunk[place]
    effects = share * left + sd[:, None] * np.sqrt(share) * rng.standard_normal((draws, n_groups))
    return Draws(np.asarray(coefficients, dtype=np.float64), effects, sd)


def _choose(
    rows: FloatArray, sums: FloatArray, sizes: FloatArray, uniform: FloatArray, k: int
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Draw a place on the grid for each draw.

    Returns
    -------
    roots : ndarray, shape (draws, k + 1, k + 1)
        Cholesky root of [X y]' V^-1 [X y]; its last diagonal entry is the root of the residual sum of squares.
    shrunk : ndarray, shape (GRID, G)
        psi / (1 + n_g psi).
    place : ndarray of int, shape (draws,)
    """
    ratio = _ratios() if sizes.size else np.zeros(1)
    shrunk = ratio[:, None] / (1.0 + ratio[:, None] * sizes)
    crossed = np.einsum("dna,dnb->dab", rows, rows)
    lost = np.einsum("jg,dga,dgb->djab", shrunk, sums, sums)
    roots = np.linalg.cholesky(crossed[:, None] - lost)
    diagonal = np.log(np.diagonal(roots, axis1=-2, axis2=-1))
    weight = -0.5 * np.log1p(ratio[:, None] * sizes).sum(axis=-1) - diagonal[..., :k].sum(axis=-1)
    weight = weight - (rows.shape[-2] - k) * diagonal[..., k]
    share = np.cumsum(np.exp(weight - weight.max(axis=-1, keepdims=True)), axis=-1)
    place = (uniform[:, None] * share[..., -1:] > share).sum(axis=-1)
    chain = np.arange(uniform.size) if len(rows) > 1 else np.zeros(uniform.size, dtype=np.intp)
    return roots[chain, place], shrunk, np.asarray(place, dtype=np.intp)


def _ratios() -> FloatArray:
    """Give psi at the middle of each part of the grid."""
    correlation = (np.arange(GRID) + 0.5) / GRID
    return np.asarray(correlation / (1.0 - correlation), dtype=np.float64)

"""Mixed models with one random intercept, thousands at once: REML and Kenward-Roger for simulations.

The model of each replicate is `y ~ X + (1 | group)`. With V = sigma^2 (I + theta J) within a group, and J all ones,
every term of REML and of Kenward and Roger (1997) is a sum over groups of n_g, s_g = X_g'1 and t_g = y_g'1, with
w_g = 1 / (1 + n_g theta) the eigenvalue of V^-1 along 1. So nothing larger than k x k is ever formed, and the ratio
theta is the root of one derivative, found for all replicates together.

`small_sample.kenward_roger` of `reml.fit_reml` is the general form; a test holds this one to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from balint_eval.stats.pairs import BoolArray, FloatArray, IntArray

# Ratios of the group variance to the residual one at which the criterion is looked at before its minimum is found.
GRID = np.concatenate(([0.0], np.logspace(-3, 2, 11)))
LARGEST = 1e6
# Below this ratio the group variance is zero for every number that is printed.
SMALLEST = 1e-12


class MixedContrasts(NamedTuple):
    """One contrast of m replicates, each of shape (m,)."""

    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray
    ratio: FloatArray
    """Group variance over residual variance; 0 where the fit is singular."""


class _Sums(NamedTuple):
    """What REML needs of the data; m replicates, G groups, k columns."""

    n: FloatArray  # (m, G)
    s: FloatArray  # (m, G, k)
    t: FloatArray  # (m, G)
    xx: FloatArray  # (m, k, k)
    xy: FloatArray  # (m, k)
    yy: FloatArray  # (m,)

    def of(self, rows: IntArray) -> _Sums:
        return _Sums(*(values[rows] for values in self))

    @property
    def df(self) -> FloatArray:
        """Rows minus columns, shape (m,)."""
        return np.asarray(self.n.sum(axis=1) - self.s.shape[-1], dtype=np.float64)


def mixed_replicates(
    X: FloatArray, Y: FloatArray, cluster_codes: IntArray, contrast: FloatArray, present: BoolArray | None = None
) -> MixedContrasts:
    """Fit `y ~ X + (1 | group)` by REML to many replicates and test one contrast of each by Kenward-Roger.

    Parameters
    ----------
    X : ndarray of float, shape (m, n, k)
        Designs, intercept included.
    Y : ndarray of float, shape (m, n)
    cluster_codes : ndarray of int, shape (n,)
        Equal means same group; the same in all replicates.
    contrast : ndarray of float, shape (k,)
    present : ndarray of bool, shape (m, n), optional
        Rows to use; by default all. What stands in the others does not matter.

    Returns
    -------
    MixedContrasts
        `nan` where X is collinear or nothing is left over for the residual variance.
    """
    used = np.ones(Y.shape, dtype=np.bool_) if present is None else present
    design, outcome = np.where(used[..., None], X, 0.0), np.where(used, Y, 0.0)
    cross = design.swapaxes(-1, -2) @ design
    usable = (np.linalg.matrix_rank(cross, hermitian=True) == X.shape[-1]) & (used.sum(axis=1) > X.shape[-1])
    found = np.full((4, Y.shape[0]), np.nan)
    rows = np.flatnonzero(usable)
    if rows.size:
        start, left = _least_squares(design[rows], outcome[rows], cross[rows])
        sums = _sums(design[rows], left, cluster_codes, used[rows])
        theta = _reml_ratio(sums)
        found[:, rows] = _kenward_roger(sums, theta, contrast)
        found[0, rows] += start @ contrast
    return MixedContrasts(*found)


def _least_squares(X: FloatArray, Y: FloatArray, cross: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give coefficients, shape (m, k), and what they leave of Y, shape (m, n).

    REML is the same for Y less any combination of columns of X, and the sums of what is left have lost no digits to
    the size of Y. The second step takes away what rounding in the first has left.
    """
    start, left = np.zeros((X.shape[0], X.shape[-1])), Y
    for _ in range(2):
        step = np.linalg.solve(cross, np.einsum("mnk,mn->mk", X, left)[..., None])[..., 0]
        start, left = start + step, left - np.einsum("mnk,mk->mn", X, step)
    return start, left


def _sums(X: FloatArray, Y: FloatArray, codes: IntArray, used: BoolArray) -> _Sums:
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.concatenate(([True], np.diff(codes[order]) != 0)))
    by_group = {
        name: np.add.reduceat(values[:, order], starts, axis=1)
        for name, values in (("n", used.astype(np.float64)), ("s", X), ("t", Y))
    }
    xx, xy = np.einsum("mnj,mnk->mjk", X, X), np.einsum("mnk,mn->mk", X, Y)
    return _Sums(by_group["n"], by_group["s"], by_group["t"], xx, xy, np.einsum("mn,mn->m", Y, Y))


def _reml_ratio(sums: _Sums) -> FloatArray:
    """Find the ratio with the smallest REML criterion: best of a grid, then the root of the derivative beside it."""
    from scipy.optimize.elementwise import find_root

    m = sums.yy.size
    values = np.stack([_criterion(sums, np.full(m, theta)) for theta in GRID])
    best = np.argmin(values, axis=0)
    low = GRID[np.maximum(best - 1, 0)]
    high = np.append(GRID, LARGEST)[best + 1]
    rows = np.arange(m)
    down, up = _slope(sums, low), _slope(sums, high)
    inside = (down < 0) & (up > 0)
    theta = np.where(best == 0, 0.0, GRID[best])
    if inside.any():
        at = rows[inside]
        # args are given per element, so each evaluation gets the rows that have not converged yet.
        root = find_root(lambda x, row: _slope(sums.of(row), x), (low[at], high[at]), args=(at,))  # type: ignore[arg-type, misc]
        theta[at] = root.x
    # At a derivative of zero or more in zero, and nothing better on the grid, the fit is singular.
    return np.where(theta < SMALLEST, 0.0, theta)


def _profile(sums: _Sums, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give A^-1, the coefficients, the residual sum of squares and w for each replicate."""
    w = 1.0 / (1.0 + sums.n * theta[:, None])
    weight = theta[:, None] * w
    weighted = weight[..., None] * sums.s
    inner = np.linalg.inv(sums.xx - np.einsum("mgj,mgk->mjk", weighted, sums.s))
    xy = sums.xy - np.einsum("mgk,mg->mk", weighted, sums.t)
    beta = np.einsum("mjk,mk->mj", inner, xy)
    rss = sums.yy - np.sum(weight * sums.t**2, axis=1) - np.einsum("mk,mk->m", beta, xy)
    return inner, beta, rss, w


def _criterion(sums: _Sums, theta: FloatArray) -> FloatArray:
    """Give -2 log REML likelihood, sigma profiled out, up to a constant."""
    inner, _, rss, w = _profile(sums, theta)
    logs = np.linalg.slogdet(inner)[1]
    return np.asarray(sums.df * np.log(np.maximum(rss, np.finfo(float).tiny)) - np.log(w).sum(axis=1) - logs)


def _slope(sums: _Sums, theta: FloatArray) -> FloatArray:
    """Give the derivative of the criterion by theta."""
    inner, beta, rss, w = _profile(sums, theta)
    left = sums.t - np.einsum("mgk,mk->mg", sums.s, beta)
    reach = np.einsum("mgj,mjk,mgk->mg", sums.s, inner, sums.s, optimize=True)
    fall = np.sum(w**2 * left**2, axis=1) / np.maximum(rss, np.finfo(float).tiny)
    return np.asarray(np.sum(sums.n * w - w**2 * reach, axis=1) - sums.df * fall, dtype=np.float64)


def _kenward_roger(sums: _Sums, theta: FloatArray, contrast: FloatArray) -> FloatArray:
    """Give estimate, standard error, df and ratio, shape (4, m); all in units of sigma^2 until the end."""
    phi, beta, rss, w = _profile(sums, theta)
    n, per_person = sums.n, np.where(sums.n > 0, 1.0 / np.maximum(sums.n, 1.0), 0.0)

    def spread(weights: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("mg,mgj,mgk->mjk", weights, sums.s, sums.s, optimize=True), dtype=np.float64)

    p = np.stack((-spread(w**2), spread((1.0 - w**2) * per_person) - sums.xx), axis=1)
    q11, q12 = spread(n * w**3), spread(w**3)
    q22 = sums.xx - spread((1.0 - w**3) * per_person)
    q = np.stack((np.stack((q11, q12), axis=1), np.stack((q12, q22), axis=1)), axis=1)
    traces = np.stack([np.sum((n * w) ** 2, axis=1), np.sum(n * w**2, axis=1), np.sum(n - 1.0 + w**2, axis=1)], axis=-1)
    turned = np.einsum("mij,mrjk->mrik", phi, p)
    crossed = np.einsum("mrij,msji->mrs", turned, turned)
    information = traces[:, [[0, 1], [1, 2]]] - 2.0 * np.einsum("mij,mrsji->mrs", phi, q) + crossed
    variances = 2.0 * np.linalg.inv(information)
    bracket = q - np.einsum("mrij,mjk,mskl->mrsil", p, phi, p, optimize=True)
    adjustment = np.einsum("mrs,mrsij->mij", variances, bracket)
    reach = np.einsum("mij,j->mi", phi, contrast)
    plain = np.einsum("mi,i->m", reach, contrast)
    adjusted = plain + 2.0 * np.einsum("mi,mij,mj->m", reach, adjustment, reach)
    slope = -np.einsum("mi,mrij,mj->mr", reach, p, reach)
    df = 2.0 * plain**2 / np.einsum("mr,mrs,ms->m", slope, variances, slope)
    with np.errstate(invalid="ignore"):
        std_error = np.sqrt(adjusted * rss / sums.df)
    return np.stack((beta @ contrast, std_error, df, theta))

"""Logistic regression with CR2 cluster-robust standard errors and Bell-McCaffrey df, and exact notice of separation.

With mu the fitted shares, v = mu (1 - mu), D = diag(v) X, M = (X'diag(v) X)^-1 and r = y - mu, the cluster's adjusted
contribution is p'X_g'A_g r_g with p = M c, A_g = S (S (I - H_gg) diag(v) S)^(-1/2) S, S = diag(sqrt(v)) and
H = D M X': what R clubSandwich gives for `vcovCR(glm(..., binomial), "CR2")`. The df take the working variance diag(v),
optionally with a correlation w of the standardised residuals of a cluster.

References: Pustejovsky and Tipton 2018, J Bus Econ Stat 36:672-83, section 2 and appendix A; Albert and Anderson 1984,
Biometrika 71:1-10 (separation); Konis 2007, thesis, Oxford (its detection by linear programming).
"""

from __future__ import annotations

from math import nan

import numpy as np
from scipy.optimize import linprog
from scipy.special import expit

from balint_eval.stats.cr2 import COLLINEAR, SINGULAR, Contrast
from balint_eval.stats.pairs import FloatArray, IntArray

_STEPS = 50
_DONE = 1e-12
# Beyond this, a linear programme that is bounded by 1 in each direction has found a separating direction.
_SEPARATED = 1e-7
_NEXT_TO_CERTAIN = 1e-5
# Fitted shares this near 0 or 1 make the information singular; the search stops, and separation is looked for.
_LOST = 1e-13


def is_separated(X: FloatArray, y: FloatArray) -> bool:
    """Tell whether a direction separates the ones from the zeros, so that no finite odds ratio fits best.

    Parameters
    ----------
    X : ndarray of float, shape (n, k)
        Design of full rank, intercept included.
    y : ndarray of float, shape (n,)
        0 and 1.

    Notes
    -----
    Exact, complete and quasi-complete separation alike: the largest sum of (2 y - 1) X b with every term 0 or more
    is above 0. A fit that merely takes long is not taken for one, and one that seems to converge is not trusted.
    """
    turned = (2.0 * y - 1.0)[:, None] * X / np.sqrt(np.mean(X * X, axis=0))
    found = linprog(-turned.sum(axis=0), A_ub=-turned, b_ub=np.zeros(y.size), bounds=(-1.0, 1.0), method="highs")
    return bool(found.status == 0 and float(found.fun or 0.0) < -_SEPARATED)


def logistic_cr2(
    X: FloatArray, y: FloatArray, cluster_codes: IntArray, contrast: FloatArray, working_icc: float = 0.0
) -> Contrast:
    """Estimate one contrast of log odds with its CR2 standard error and Bell-McCaffrey df.

    Parameters
    ----------
    X, cluster_codes, contrast, working_icc
        As in `cr2.cr2_contrast`.
    y : ndarray of float, shape (n,)
        0 and 1.

    Returns
    -------
    Contrast
        All `nan` where X is collinear, the data are separated (`is_separated`) or the fit did not converge;
        standard error and df are `nan` where a cluster alone determines the contrast.
    """
    basis, triangle = np.linalg.qr(X)
    norms = np.sqrt(np.sum(X * X, axis=0))
    if X.shape[0] < X.shape[1] or np.any(np.abs(np.diag(triangle)) <= COLLINEAR * norms):
        return Contrast(nan, nan, nan)
    fitted = _fit(basis, y)
    if fitted is None:
        return Contrast(nan, nan, nan)
    mu = expit(basis @ fitted)
    # Separated data come to rest only where fitted shares are next to 0 or 1; elsewhere the optimum is finite.
    if np.min(mu * (1.0 - mu)) < _NEXT_TO_CERTAIN and is_separated(X, y):
        return Contrast(nan, nan, nan)
    information = np.linalg.inv(triangle)
    beta = information @ fitted
    inner = information @ np.linalg.inv((basis * (mu * (1.0 - mu))[:, None]).T @ basis) @ information.T
    groups = np.unique(cluster_codes, return_inverse=True)[1].astype(np.intp)
    weights, estimable = _adjusted_weights(X, mu * (1.0 - mu), groups, inner, contrast)
    if not estimable:
        return Contrast(float(contrast @ beta), nan, nan)
    parts = np.bincount(groups, weights=weights * (y - mu))
    df = _degrees_of_freedom(X, mu * (1.0 - mu), groups, inner, weights, working_icc)
    return Contrast(float(contrast @ beta), float(np.sqrt(parts @ parts)), df)


def _adjusted_weights(
    X: FloatArray, v: FloatArray, groups: IntArray, inner: FloatArray, contrast: FloatArray
) -> tuple[FloatArray, bool]:
    """Give A_g X_g p for every row, and whether no cluster alone determines the contrast."""
    weights, expected = np.empty(v.size), 0.0
    plain = X @ (inner @ contrast)
    for rows in _rows_of(groups):
        part, root, own = X[rows], np.sqrt(v[rows]), v[rows]
        kept = np.diag(own) - (own[:, None] * part) @ inner @ (own[:, None] * part).T
        values, vectors = np.linalg.eigh(root[:, None] * kept * root)
        regular = values > SINGULAR * float(np.max(own)) ** 2
        inverse_root = (vectors * (regular / np.sqrt(np.where(regular, values, 1.0)))) @ vectors.T
        weights[rows] = root * (inverse_root @ (root * plain[rows]))
        expected += float(weights[rows] @ kept @ weights[rows])
    # Under the working model CR2 is unbiased, so this is c'M c unless a direction was dropped.
    return weights, expected >= (1.0 - 1e-6) * float(contrast @ inner @ contrast)


def _rows_of(groups: IntArray) -> list[IntArray]:
    order = np.argsort(groups, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(groups[order])) + 1))


def _degrees_of_freedom(
    X: FloatArray, v: FloatArray, groups: IntArray, inner: FloatArray, weights: FloatArray, icc: float
) -> float:
    """Give trace^2 / trace of the square of the quadratic form's matrix under the working covariance."""
    member = np.zeros((v.size, int(groups.max()) + 1))
    member[np.arange(v.size), groups] = 1.0
    spread = member * weights[:, None]
    left = spread - X @ (inner @ ((v[:, None] * X).T @ spread))
    scaled = np.sqrt(v)[:, None] * left
    matrix = (1.0 - icc) * (scaled.T @ scaled)
    if icc:
        sums = member.T @ scaled
        matrix = matrix + icc * (sums.T @ sums)
    return float(np.trace(matrix) ** 2 / np.sum(matrix * matrix))


def _fit(Q: FloatArray, y: FloatArray) -> FloatArray | None:
    """Give the coefficients on an orthonormal basis by Newton's method with halved steps; None without an optimum."""
    beta = np.zeros(Q.shape[1])
    reached = _log_likelihood(Q, y, beta)
    for _ in range(_STEPS):
        mu = expit(Q @ beta)
        gradient = Q.T @ (y - mu)
        if np.min(mu * (1.0 - mu)) < _LOST:
            return beta
        step: FloatArray = np.linalg.solve((Q * (mu * (1.0 - mu))[:, None]).T @ Q, gradient).astype(np.float64)
        if float(gradient @ step) < _DONE:
            return beta + step
        beta, reached, moved = _halved(Q, y, beta, step, reached)
        if not moved:
            return None
    return None


def _halved(
    Q: FloatArray, y: FloatArray, beta: FloatArray, step: FloatArray, reached: float
) -> tuple[FloatArray, float, bool]:
    for halvings in range(30):
        candidate = beta + step * 0.5**halvings
        value = _log_likelihood(Q, y, candidate)
        if value > reached:
            return candidate, value, True
    return beta, reached, False


def _log_likelihood(Q: FloatArray, y: FloatArray, beta: FloatArray) -> float:
    predictor = Q @ beta
    return float(y @ predictor - np.sum(np.logaddexp(0.0, predictor)))

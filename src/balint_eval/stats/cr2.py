"""CR2 cluster-robust variance of one contrast of least squares, with Bell-McCaffrey df.

References
----------
Bell and McCaffrey 2002, Survey Methodology 28:169-81. Pustejovsky and Tipton 2018, J Bus Econ
Stat 36:672-83 (R clubSandwich). Working model: independent, equal variances; for the df, optionally an
intra-cluster correlation (Imbens and Kolesar 2016, Rev Econ Stat 98:701-12).

Notes
-----
With X = Q R, p = R^-T c, S_g = Q_g'Q_g and residuals e, the cluster's adjusted contribution
p'Q_g'(I - H_gg)^(-1/2) e_g equals p'(I - S_g)^(-1/2) Q_g'e_g, so every matrix is k x k and never
n x n. The df need r_g = (I - S_g)^(-1/2) S_g p and a_g = p'(I - S_g)^(-1) S_g p only: the quadratic
form's matrix is diag(a) - r r', and df = trace^2 / trace of its square. With a working correlation w the matrix
is (1 - w) (diag(a) - r r') + w B B', where B_gh = 1'C_gh sums the h-th cluster's part of the g-th cluster's row.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np

from balint_eval.stats.pairs import BoolArray, FloatArray, IntArray

# Eigenvalues of I - S_g below this are zero: the cluster determines that direction alone.
SINGULAR = 1e-10
# Columns of X closer than this to the span of the others are collinear.
COLLINEAR = 1e-10

# Correlation that the df allow for where only one arm has groups. At 0 the type-I error reached 6.9 % (ICC .15, 3
# groups against 24 single people), at .1 it stayed from 3.1 to 5.9 % for 3 to 8 groups and an ICC of 0 to .15.
ONE_ARM_ICC = 0.1


class Contrast(NamedTuple):
    """Estimate, standard error and degrees of freedom of one contrast.

    Attributes
    ----------
    estimate, std_error : float
        In the units of the outcome.
    df : float
        Bell-McCaffrey degrees of freedom.
    """

    estimate: float
    std_error: float
    df: float


class Contrasts(NamedTuple):
    """The same for m outcomes or replicates, each of shape (m,).

    Attributes
    ----------
    estimate, std_error : ndarray, shape (m,)
        In the units of the outcome.
    df : ndarray, shape (m,)
        Bell-McCaffrey degrees of freedom.
    """

    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray


class _Design(NamedTuple):
    """What depends on X and the clusters only; ... stands for replicates, rows are sorted by cluster."""

    projector: FloatArray  # (..., n, k), orthonormal columns
    weight: FloatArray  # (..., k), p = R^-T c
    gram: FloatArray  # (..., G, k, k), S_g
    sums: FloatArray  # (..., G, k), column sums of Q_g
    adjusted: FloatArray  # (..., G, k), (I - S_g)^(-1/2) p
    collinear: BoolArray  # (...)


def cr2_contrast(
    X: FloatArray, y: FloatArray, cluster_codes: IntArray, contrast: FloatArray, working_icc: float = 0.0
) -> Contrast:
    """Estimate one contrast of OLS with its CR2 standard error and Bell-McCaffrey df.

    Parameters
    ----------
    X : ndarray of float, shape (n, k)
        Design, intercept included.
    y : ndarray of float, shape (n,)
    cluster_codes : ndarray of int, shape (n,)
        Any integers; equal means same cluster.
    contrast : ndarray of float, shape (k,)
    working_icc : float
        Correlation of two members of a cluster that the df allow for, 0 to 1. The standard error does not
        depend on it. For designs in which clusters of several people stand against single people: the df of
        independence then lean on the single people's many df and are too large.

    Returns
    -------
    Contrast
        All `nan` when X is collinear or has more columns than rows. Standard error and df are
        `nan` when a cluster alone determines the contrast (one cluster; an arm with one group):
        the pseudo-inverse would then leave that cluster's variance out and understate the error.

    Notes
    -----
    About 0.4 ms for 64 people in 8 groups. For many outcomes on one design use `cr2_contrasts` (1
    microsecond each), for many designs of one shape `cr2_replicates` (40 microseconds each).
    """
    estimate, std_error, df = _estimate(X, y[:, None], cluster_codes, contrast, working_icc)
    return Contrast(float(estimate[0]), float(std_error[0]), float(df))


def cr2_contrasts(X: FloatArray, Y: FloatArray, cluster_codes: IntArray, contrast: FloatArray) -> Contrasts:
    """Do what `cr2_contrast` does for the m columns of Y, shape (n, m), on one design X, shape (n, k).

    The df are the same for all, because they depend on X only.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    Y : ndarray, shape (n, m)
    cluster_codes : ndarray of int, shape (n,)
        Group of each row, from 0.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.

    Returns
    -------
    Contrasts
        One for each column of Y.
    """
    estimate, std_error, df = _estimate(X, Y, cluster_codes, contrast)
    return Contrasts(estimate, std_error, np.broadcast_to(df, estimate.shape))


def cr2_replicates(
    X: FloatArray, Y: FloatArray, cluster_codes: IntArray, contrast: FloatArray, working_icc: float = 0.0
) -> Contrasts:
    """Do what `cr2_contrast` does for m designs X, shape (m, n, k), and outcomes Y, shape (m, n) or (m, n, several).

    Several outcomes of a design give estimates and standard errors of shape (m, several), and df of shape (m,).
    For simulations whose covariate differs by replicate; the clusters are the same in all. Takes
    about m n k^2 numbers of memory: feed a million replicates in portions of some thousand.

    Parameters
    ----------
    X : ndarray, shape (m, n, k)
    Y : ndarray, shape (m, n) or (m, n, several)
    cluster_codes : ndarray of int, shape (n,)
        Group of each row, from 0.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    working_icc : float
        Correlation within clusters that the adjustment takes for granted; 0 for independence.

    Returns
    -------
    Contrasts
        One for each replicate.
    """
    if Y.ndim == X.ndim:
        return Contrasts(*_estimate(X, Y, cluster_codes, contrast, working_icc))
    estimate, std_error, df = _estimate(X, Y[..., None], cluster_codes, contrast, working_icc)
    return Contrasts(estimate[..., 0], std_error[..., 0], df)


def _estimate(
    X: FloatArray, Y: FloatArray, cluster_codes: IntArray, contrast: FloatArray, working_icc: float = 0.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return estimates (..., m), standard errors (..., m) and df (...) for X (..., n, k), Y (..., n, m)."""
    if X.shape[-2] < X.shape[-1]:
        missing = np.full((*X.shape[:-2], Y.shape[-1]), nan)
        return missing, missing, missing[..., 0]
    order = np.argsort(cluster_codes, kind="stable")
    starts = _first_rows(cluster_codes[order])
    design = _prepare(X[..., order, :], starts, contrast)
    products = design.projector[..., :, None] * Y[..., order, None, :]
    by_cluster = np.add.reduceat(products, starts, axis=-3)
    scores = by_cluster.sum(axis=-3)
    residual_scores = by_cluster - design.gram @ scores[..., None, :, :]
    contributions = np.einsum("...gk,...gkm->...gm", design.adjusted, residual_scores)
    df = np.where(design.collinear, nan, _degrees_of_freedom(design, working_icc))
    estimate = np.einsum("...k,...km->...m", design.weight, scores)
    std_error = np.sqrt(np.sum(contributions**2, axis=-2))
    return _mask(estimate, design.collinear), _mask(std_error, np.isnan(df)), df


def _mask(values: FloatArray, missing: BoolArray) -> FloatArray:
    return np.where(missing[..., None], nan, values)


def _first_rows(sorted_codes: IntArray) -> IntArray:
    return np.flatnonzero(np.concatenate(([True], sorted_codes[1:] != sorted_codes[:-1])))


def _prepare(X: FloatArray, starts: IntArray, contrast: FloatArray) -> _Design:
    projector, triangle = np.linalg.qr(X)
    diagonal = np.abs(np.diagonal(triangle, axis1=-2, axis2=-1))
    collinear = np.any(diagonal <= COLLINEAR * np.sqrt(np.sum(X * X, axis=-2)), axis=-1)
    # A collinear design is masked at the end; the identity keeps the algebra finite until then.
    regular = np.where(collinear[..., None, None], np.eye(X.shape[-1]), triangle)
    column = np.broadcast_to(contrast[:, None], (*regular.shape[:-1], 1))
    solved = np.linalg.solve(regular.swapaxes(-1, -2), column)
    weight = np.asarray(solved[..., 0], dtype=np.float64)
    gram = np.add.reduceat(projector[..., :, None] * projector[..., None, :], starts, axis=-3)
    sums = np.add.reduceat(projector, starts, axis=-2)
    return _Design(projector, weight, gram, sums, _adjust(gram, weight), np.asarray(collinear))


def _adjust(gram: FloatArray, weight: FloatArray) -> FloatArray:
    """Return (I - S_g)^(-1/2) p for each cluster, by the symmetric pseudo-inverse root."""
    values, vectors = np.linalg.eigh(np.eye(gram.shape[-1]) - gram)
    regular = values > SINGULAR
    roots = regular / np.sqrt(np.where(regular, values, 1.0))
    rotated = np.einsum("...gkj,...k->...gj", vectors, weight)
    adjusted = np.einsum("...gkj,...gj->...gk", vectors, roots * rotated)
    return np.asarray(adjusted, dtype=np.float64)


def _degrees_of_freedom(design: _Design, working_icc: float) -> FloatArray:
    adjusted, weight = design.adjusted, design.weight
    reach = np.einsum("...gij,...gj->...gi", design.gram, adjusted)
    own, crossed = np.sum(adjusted * reach, axis=-1), np.sum(reach * reach, axis=-1)
    trace = np.sum(own - crossed, axis=-1)
    # Under the working model CR2 is unbiased, so the trace is p'p unless a direction was dropped.
    estimable = trace >= (1.0 - 1e-6) * np.sum(weight * weight, axis=-1)
    if working_icc:
        trace, square = _traces_with_icc(design, reach, own, working_icc)
    else:
        shared = reach.swapaxes(-1, -2) @ reach
        square = np.sum(own * own - 2.0 * own * crossed, axis=-1) + np.sum(shared * shared, axis=(-2, -1))
    return np.where(estimable, trace**2, nan) / np.where(estimable, square, 1.0)


def _traces_with_icc(design: _Design, reach: FloatArray, own: FloatArray, icc: float) -> tuple[FloatArray, FloatArray]:
    """Return the trace of the quadratic form's matrix and of its square, with a correlation within clusters.

    The matrix is diag(e) + U W U' with U = [r, diag(d) s], d_g = s_g'(I - S_g)^(-1/2) p and s_g the sums of Q_g,
    so nothing of size G x G is formed.
    """
    within = np.sum(design.sums * design.adjusted, axis=-1)
    diagonal = (1.0 - icc) * own + icc * within**2
    wings = np.concatenate((reach, within[..., None] * design.sums), axis=-1)
    k = reach.shape[-1]
    core = np.zeros((*reach.shape[:-2], 2 * k, 2 * k))
    core[..., :k, :k] = icc * (design.sums.swapaxes(-1, -2) @ design.sums) - (1.0 - icc) * np.eye(k)
    core[..., :k, k:] = core[..., k:, :k] = -icc * np.eye(k)
    turned = core @ (wings.swapaxes(-1, -2) @ wings)
    mixed = core @ (wings.swapaxes(-1, -2) @ (diagonal[..., None] * wings))
    trace = diagonal.sum(axis=-1) + np.trace(turned, axis1=-2, axis2=-1)
    square = np.sum(diagonal**2, axis=-1) + 2.0 * np.trace(mixed, axis1=-2, axis2=-1)
    return trace, square + np.trace(turned @ turned, axis1=-2, axis2=-1)

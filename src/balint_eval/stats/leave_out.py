"""Least squares without each row in turn."""

from __future__ import annotations

import numpy as np

from balint_eval.stats.pairs import FloatArray


def leave_each_out(X: FloatArray, y: FloatArray) -> FloatArray:
    """Give the last coefficient of least squares without each row.

    Parameters
    ----------
    X : ndarray of float, shape (n, k)
    y : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n,)
        `nan` for a row without which the coefficient is not determined; empty when X is collinear.

    Notes
    -----
    b - (X'X)^-1 x_i e_i / (1 - h_i), with residual e_i and leverage h_i (Cook and Weisberg 1982, section 2.2).
    """
    if X.shape[0] <= X.shape[1] or np.linalg.matrix_rank(X) < X.shape[1]:
        return np.zeros(0)
    bread = np.linalg.inv(X.T @ X)
    coefficients = bread @ X.T @ y
    leverage = np.einsum("ij,jk,ik->i", X, bread, X)
    rest = np.where(leverage < 1.0 - 1e-10, 1.0 - leverage, np.nan)
    moved = (X @ bread[:, -1]) * (y - X @ coefficients) / rest
    return np.asarray(coefficients[-1] - moved, dtype=np.float64)

"""Joint test of several contrasts of least squares with CR2: approximate Hotelling's T-squared (AHT).

Q = (C b)'(C V C')^-1 (C b), V the CR2 variance. (eta - q + 1) / (eta q) Q is referred to F with q and eta - q + 1 df,
where eta matches the total variance of the standardised C V C' to that of a Wishart matrix under independence.

References: Tipton and Pustejovsky 2015, J Educ Behav Stat 40:604-34; Pustejovsky and Tipton 2018, J Bus Econ Stat
36:672-83 (R clubSandwich, `Wald_test(test = "HTZ")`); Zhang 2012, J Stat Plan Inference 142:2150-8.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
from scipy.special import fdtrc

from balint_eval.stats.cr2 import COLLINEAR, SINGULAR
from balint_eval.stats.pairs import NOISE, FloatArray, IntArray


class JointTest(NamedTuple):
    """F, its df and p; all `nan` where the test cannot be given."""

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float


NO_TEST = JointTest(nan, nan, nan, nan)


def cr2_joint(X: FloatArray, y: FloatArray, cluster_codes: IntArray, contrasts: FloatArray) -> JointTest:
    """Test several contrasts of least squares at once.

    Parameters
    ----------
    X : ndarray of float, shape (n, k)
        Design, intercept included.
    y : ndarray of float, shape (n,)
    cluster_codes : ndarray of int, shape (n,)
    contrasts : ndarray of float, shape (q, k)
        Independent rows.

    Returns
    -------
    JointTest
        No numbers where X is collinear, a cluster alone determines a contrast, there are fewer clusters than
        contrasts ask for (eta of q - 1 or less), or everything is fitted without error.

    Notes
    -----
    With one contrast it is the square of the t-test of `cr2.cr2_contrast`. Not where only one arm has groups: the
    df then lean on the many single people (see `cr2.ONE_ARM_ICC`).
    """
    if X.shape[0] < X.shape[1]:
        return NO_TEST
    basis, triangle = np.linalg.qr(X)
    if np.any(np.abs(np.diag(triangle)) <= COLLINEAR * np.sqrt(np.sum(X * X, axis=0))):
        return NO_TEST
    weights = np.linalg.solve(triangle.T, contrasts.T)
    fitted = basis.T @ y
    residual = y - basis @ fitted
    if float(np.max(np.abs(residual))) <= NOISE * float(np.max(np.abs(y))):
        return NO_TEST
    parts, adjusted = _by_cluster(basis, residual, cluster_codes, weights)
    estimate, q = weights.T @ fitted, len(contrasts)
    eta = _wishart_df(adjusted, weights)
    variance = parts.T @ parts
    if not eta > q - 1 or np.linalg.eigvalsh(variance)[0] <= SINGULAR * float(np.max(np.diag(variance))):
        return NO_TEST
    wald = float(estimate @ np.linalg.solve(variance, estimate))
    statistic, df = wald * (eta - q + 1) / (eta * q), eta - q + 1
    return JointTest(statistic, float(q), df, float(fdtrc(q, df, statistic)))


class _Adjusted(NamedTuple):
    """Of each cluster: (I - S_g)^(-1/2) p, S_g times it, and their products; shapes (G, k, q), (G, k, q), (G, q, q)."""

    reach: FloatArray
    own: FloatArray


def _by_cluster(
    basis: FloatArray, residual: FloatArray, codes: IntArray, weights: FloatArray
) -> tuple[FloatArray, _Adjusted]:
    """Give the clusters' contributions to the contrasts, shape (G, q), and what their expectation needs."""
    groups = np.unique(codes, return_inverse=True)[1]
    parts, reach, own = [], [], []
    for code in range(int(groups.max()) + 1):
        rows = basis[groups == code]
        gram = rows.T @ rows
        values, vectors = np.linalg.eigh(np.eye(len(gram)) - gram)
        regular = values > SINGULAR
        roots = regular / np.sqrt(np.where(regular, values, 1.0))
        adjusted = (vectors * roots) @ (vectors.T @ weights)
        parts.append(adjusted.T @ (rows.T @ residual[groups == code]))
        reach.append(gram @ adjusted)
        own.append(adjusted.T @ gram @ adjusted)
    return np.array(parts), _Adjusted(np.array(reach), np.array(own))


def _wishart_df(adjusted: _Adjusted, weights: FloatArray) -> float:
    """Give eta = q (q + 1) / total variance of the standardised matrix; `nan` where a direction was dropped."""
    q = weights.shape[1]
    crossed = np.einsum("gis,git->gst", adjusted.reach, adjusted.reach)
    expected = np.sum(adjusted.own - crossed, axis=0)
    working = weights.T @ weights
    if np.any(np.diag(expected) < (1.0 - 1e-6) * np.diag(working)):
        return nan
    values, vectors = np.linalg.eigh(expected)
    if values[0] <= SINGULAR * values[-1]:
        return nan
    turn = vectors / np.sqrt(values)
    reach = adjusted.reach @ turn
    own = np.einsum("ai,gab,bj->gij", turn, adjusted.own, turn)
    # covariances[s, t, g, h] of the clusters' standardised contributions, under independence
    covariances = -np.einsum("gis,hit->stgh", reach, reach)
    places = np.arange(len(reach))
    covariances[:, :, places, places] += own.transpose(1, 2, 0)
    same = np.einsum("ssgh,ttgh->", covariances, covariances)
    across = np.einsum("stgh,tsgh->", covariances, covariances)
    return float(q * (q + 1) / (same + across))

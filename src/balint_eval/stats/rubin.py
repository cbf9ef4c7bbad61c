"""Pooling of estimates from multiply imputed data: Rubin's rules with the degrees of freedom of Barnard and Rubin.

References
----------
Rubin 1987, Multiple Imputation for Nonresponse in Surveys, sections 3.3 and 3.4. Barnard and Rubin 1999,
Biometrika 86:948-55. R: `mice::pool.scalar`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.pairs import FloatArray


class Pooled(NamedTuple):
    """One estimate of m, with what the missing cost; every field is a number, or an array of one shape."""

    estimate: FloatArray
    std_error: FloatArray
    df: FloatArray
    missing_information: FloatArray  # the fraction gamma with the correction for df, as mice's `fmi`
    between_share: FloatArray  # (1 + 1/m) B / T, as mice's `lambda`


def pool(estimates: ArrayLike, variances: ArrayLike, complete_df: ArrayLike) -> Pooled:
    """Pool m estimates of one quantity.

    Parameters
    ----------
    estimates, variances : array_like of float, shape (m, ...)
        Estimate and squared standard error in each imputed data set; m must be 2 or more.
    complete_df : array_like of float, shape (...)
        Degrees of freedom the analysis would have, were nothing missing.

    Returns
    -------
    Pooled

    Notes
    -----
    T = W + (1 + 1/m) B; with L = (1 + 1/m) B / T and v the complete-data df, the df are 1 / (1/a + 1/b) with
    a = (m - 1) / L^2 and b = (v + 1) / (v + 3) v (1 - L). Even with little missing they stay below v, by a third at
    v = 3: where groups are few the intervals are wider than need be (docs/missing.md). See `planned_df`.
    """
    values, squares = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    full = np.asarray(complete_df, dtype=np.float64)
    m = values.shape[0]
    between = (1.0 + 1.0 / m) * values.var(axis=0, ddof=1)
    total = squares.mean(axis=0) + between
    share = between / np.where(total > 0, total, np.nan)
    observed = (full + 1.0) / (full + 3.0) * full * (1.0 - share)
    # 1 / a + 1 / b, without a division by zero where the imputations all agree.
    df = 1.0 / (share**2 / (m - 1) + 1.0 / observed)
    increase = between / np.where(total > between, total - between, np.nan)
    information = (increase + 2.0 / (df + 3.0)) / (1.0 + increase)
    return Pooled(values.mean(axis=0), np.sqrt(total), df, information, share)


def planned_df(between_share: ArrayLike, complete_df: ArrayLike, residual_df: float, m: int) -> FloatArray:
    """Give the degrees of freedom of the planned analysis, or fewer where the imputations rest on less.

    Parameters
    ----------
    between_share : array_like of float
        From `pool`.
    complete_df : array_like of float
        Of the variance within the imputed data sets.
    residual_df : float
        Of the residual variance the imputations were drawn with.
    m : int
        Imputations.

    Returns
    -------
    ndarray of float

    Notes
    -----
    T is a sum of two estimates: W with few df, because groups are few, and (1 + 1/m) B, which rests on people. Matching
    its first two moments (Satterthwaite 1946, Biometrics Bull 2:110-4; for imputed data Lipsitz, Parzen and Zhao 2002,
    J Stat Comput Simul 72:309-18) gives 1 / df = (1 - L)^2 / v + L^2 (1 / (m - 1) + 1 / residual_df). Where groups are
    few that exceeds v. Missing scores must not buy degrees of freedom, so it is held to v, which it meets as less is
    missing. The error of these df lies between that of Barnard and Rubin and the nominal one (docs/missing.md).
    """
    share, full = np.asarray(between_share, dtype=np.float64), np.asarray(complete_df, dtype=np.float64)
    matched = 1.0 / ((1.0 - share) ** 2 / full + share**2 * (1.0 / (m - 1) + 1.0 / residual_df))
    return np.asarray(np.minimum(matched, full), dtype=np.float64)

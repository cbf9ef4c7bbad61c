"""Small-sample inference on the fixed effects of a mixed model: Kenward-Roger and Satterthwaite.

Both turn a `RemlFit` into an `Approximation`, which answers single contrasts and several at once.

References: Kenward and Roger (1997), Biometrics 53, 983-997; Halekoh and Hojsgaard (2014), Journal
of Statistical Software 59(9) (pbkrtest); Fai and Cornelius (1996), Journal of Statistical
Computation and Simulation 54, 363-378; Kuznetsova, Brockhoff and Christensen (2017), Journal of
Statistical Software 82(13) (lmerTest).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, stdtr, stdtrit

from balint_eval.stats.reml_approximation import (
    KENWARD_ROGER,
    SATTERTHWAITE,
    Approximation,
    kenward_roger,
    satterthwaite,
)
from balint_eval.stats.reml_terms import FloatArray

__all__ = [
    "KENWARD_ROGER",
    "SATTERTHWAITE",
    "Approximation",
    "ContrastTest",
    "JointTest",
    "coefficient_tests",
    "contrast_test",
    "degrees_of_freedom",
    "joint_test",
    "kenward_roger",
    "satterthwaite",
]

_RELATIVE_ZERO = 1e-10
_SAME_DF = 1e-8
_NEAR_TWO = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastTest:
    """Two-sided t-test and interval of one contrast of the fixed effects.

    Attributes
    ----------
    name : str
        Of the contrast.
    estimate, std_error, conf_low, conf_high : float
        In the units of the outcome.
    df, statistic, p_value : float
        Of the two-sided t-test of 0.
    """

    name: str
    estimate: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTest:
    """F-test of several contrasts at once; `statistic` is already multiplied by `scale`.

    Attributes
    ----------
    statistic : float
        F, scaled.
    df_numerator : int
        Contrasts that are independent of each other.
    df_denominator, p_value : float
        Of the F-test.
    scale : float
        Kenward and Roger's lambda; 1 where none is used.
    """

    statistic: float
    df_numerator: int
    df_denominator: float
    p_value: float
    scale: float = 1.0


def contrast_test(
    approximation: Approximation, weights: ArrayLike, *, conf_level: float = 0.95, name: str = ""
) -> ContrastTest:
    """Test one linear combination of the fixed effects against zero.

    Parameters
    ----------
    approximation : Approximation
        From `kenward_roger` or `satterthwaite`.
    weights : array, shape (p,)
        One weight for each fixed effect.
    conf_level : float
        Share, such as 0.95.
    name : str
        Passed through.

    Returns
    -------
    ContrastTest
        With df = 2 (l'Phi l)^2 / (d'W d), d_r the derivative of l'Phi l. For one contrast this is
        the Kenward-Roger df 2 / A2, which stays defined at df = 2, where the general formula is
        0/0, and below 1. The standard error, and what follows from it, is `nan` where the adjusted
        variance is not positive, which happens in nearly saturated designs.
    """
    contrast = np.asarray(weights, dtype=float)
    estimate = float(contrast @ approximation.beta)
    std_error = _root(float(contrast @ approximation.covariance @ contrast))
    df = degrees_of_freedom(approximation, contrast)
    statistic = estimate / std_error
    half = float(stdtrit(df, (1 + conf_level) / 2)) * std_error
    return ContrastTest(
        name=name,
        estimate=estimate,
        std_error=std_error,
        df=df,
        statistic=statistic,
        p_value=float(2 * stdtr(df, -abs(statistic))),
        conf_low=estimate - half,
        conf_high=estimate + half,
    )


def _root(variance: float) -> float:
    return sqrt(variance) if variance > 0 else nan


def coefficient_tests(approximation: Approximation, *, conf_level: float = 0.95) -> tuple[ContrastTest, ...]:
    """Test each fixed effect, in the order of the fit.

    Parameters
    ----------
    approximation : Approximation
        From `kenward_roger` or `satterthwaite`.
    conf_level : float

    Returns
    -------
    tuple of ContrastTest
        One a coefficient.
    """
    return tuple(
        contrast_test(approximation, weights, conf_level=conf_level, name=name)
        for name, weights in zip(approximation.names, np.eye(len(approximation.names)), strict=True)
    )


def degrees_of_freedom(approximation: Approximation, weights: FloatArray) -> float:
    """Give the df of one contrast; infinite when its variance depends on no estimated parameter.

    Parameters
    ----------
    approximation : Approximation
        From `kenward_roger` or `satterthwaite`.
    weights : ndarray, shape (k,)
        Of the coefficients.

    Returns
    -------
    float
        Above 0.
    """
    variance = float(weights @ approximation.model_covariance @ weights)
    slope = np.einsum("rij,i,j->r", approximation.slopes, weights, weights)
    spread = float(slope @ approximation.parameter_covariance @ slope)
    return 2 * variance**2 / spread if spread > 0 else float("inf")


def joint_test(approximation: Approximation, weights: ArrayLike) -> JointTest:
    """Test several linear combinations of the fixed effects at once.

    Parameters
    ----------
    approximation : Approximation
        From `kenward_roger` or `satterthwaite`.
    weights : array, shape (q, p)
        One contrast a row; redundant rows are reduced to their rank.

    Returns
    -------
    JointTest
        Kenward-Roger: lambda F on q and m df as in the paper. Satterthwaite: as lmerTest, from
        the df of the independent directions of the contrasts. Where too many contrasts are asked of
        too few groups the Kenward-Roger m comes out negative, as in pbkrtest; p is then `nan` and
        the other numbers mean nothing.
    """
    L = _full_rank(np.atleast_2d(np.asarray(weights, dtype=float)))
    if len(L) == 1:
        single = contrast_test(approximation, L[0])
        return _joint(single.statistic**2, 1, single.df, 1.0)
    if approximation.method == KENWARD_ROGER:
        return _kenward_roger_f(approximation, L)
    return _satterthwaite_f(approximation, L)


def _joint(statistic: float, rank: int, df: float, scale: float) -> JointTest:
    scaled = statistic * scale
    return JointTest(
        statistic=scaled,
        df_numerator=rank,
        df_denominator=df,
        p_value=float(fdtrc(rank, df, scaled)),
        scale=scale,
    )


def _full_rank(L: FloatArray) -> FloatArray:
    _, values, directions = np.linalg.svd(L, full_matrices=False)
    rank = int(np.sum(values > 1e-10 * values[0]))
    return L if rank == len(L) else directions[:rank]


def _kenward_roger_f(approximation: Approximation, L: FloatArray) -> JointTest:
    q, estimate = len(L), L @ approximation.beta
    wald = float(estimate @ np.linalg.solve(L @ approximation.covariance @ L.T, estimate)) / q
    df, scale = _f_moments(*_a1_a2(approximation, L), q)
    return _joint(wald, q, df, scale)


def _a1_a2(approximation: Approximation, L: FloatArray) -> tuple[float, float]:
    W, middle = approximation.parameter_covariance, np.linalg.inv(L @ approximation.model_covariance @ L.T)
    turned = np.einsum("ab,bi,rij,cj->rac", middle, L, approximation.slopes, L)
    traces = np.einsum("raa->r", turned)
    a2 = np.einsum("rs,rab,sba->", W, turned, turned)
    return float(traces @ W @ traces), float(a2)


def _f_moments(a1: float, a2: float, q: int) -> tuple[float, float]:
    """Give m and lambda, Kenward and Roger (1997), section 3.

    Ratios that are 0/0 in designs with an exact F stand at their limit. Near m = 2 lambda is a ratio
    of rounding-sized numbers away from those designs too; it is 1 within .01, as in pbkrtest.
    """
    b = (a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    base = 3 * q + 2 * (1 - g)
    c1, c2, c3 = g / base, (q - g) / base, (q + 2 - g) / base
    rho = _ratio(1 - a2 / q, 1 - c2 * b) ** 2 * _snap(1 + c1 * b) / (q * (1 - c3 * b))
    m = 4 + (q + 2) / (q * rho - 1)
    scale = 1.0 if abs(m - 2) < _NEAR_TWO else m * (1 - a2 / q) / (m - 2)
    return m, scale


def _ratio(top: float, bottom: float) -> float:
    return 1.0 if abs(top) < _RELATIVE_ZERO and abs(bottom) < _RELATIVE_ZERO else top / bottom


def _snap(value: float) -> float:
    return 0.0 if abs(value) < _RELATIVE_ZERO else value


def _satterthwaite_f(approximation: Approximation, L: FloatArray) -> JointTest:
    values, vectors = np.linalg.eigh(L @ approximation.covariance @ L.T)
    directions = vectors.T @ L
    statistic = float(np.mean((directions @ approximation.beta) ** 2 / values))
    df = _combine_df(np.array([degrees_of_freedom(approximation, row) for row in directions]))
    return _joint(statistic, len(L), df, 1.0)


def _combine_df(df: FloatArray) -> float:
    """Give the denominator df whose F has the mean of the average of squared t (lmerTest)."""
    if np.ptp(df) < _SAME_DF * float(df.max()):
        return float(np.mean(df))
    if df.min() <= 2:
        return 2.0
    total = float(np.sum(df / (df - 2)))
    return 2 * total / (total - len(df))

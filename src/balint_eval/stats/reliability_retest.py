"""Reliability over time: the intraclass correlation of the same people at two waves."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

from numpy.typing import ArrayLike
from scipy.special import fdtri

from balint_eval.stats.pairs import FloatArray
from balint_eval.stats.reliability import complete_rows, is_flat


@dataclass(frozen=True, slots=True)
class Agreement:
    """Absolute agreement of repeated scores.

    Attributes
    ----------
    n : int
        People with every score.
    icc, low, high : float
        `nan` where they cannot be given.
    sem : float
        Standard error of measurement (agreement), in points.
    conf_level : float
    note : str
        Why a number is missing, in plain words.
    """

    n: int
    icc: float = nan
    low: float = nan
    high: float = nan
    sem: float = nan
    conf_level: float = 0.95
    note: str = ""


def icc_agreement(scores: ArrayLike, conf_level: float = 0.95) -> Agreement:
    """Estimate ICC(A,1): two-way model, absolute agreement, one score.

    ICC = (MSR - MSE) / (MSR + (k - 1) MSE + k / n (MSC - MSE)) and its interval; McGraw and Wong 1996,
    Psychol Methods 1:30-46, Tables 4 and 7 (cases 2A and 3A). SEM = sqrt((MSC - MSE) / n + MSE), the spread of
    a person's scores over waves, with no share of the waves where MSC is below MSE; de Vet 2006, J Clin
    Epidemiol 59:1033-9.

    Parameters
    ----------
    scores : array_like of float, shape (n, k)
        A row a person, a column a wave; rows with `nan` are left out.
    conf_level : float

    Returns
    -------
    Agreement

    Notes
    -----
    Only for people whom nothing should have changed. A real change between the waves counts as
    disagreement, and unlike real changes of people do so too. People count as independent.
    """
    complete = complete_rows(scores)
    n, k = complete.shape
    if reason := _obstacle(complete):
        return Agreement(n, conf_level=conf_level, note=reason)
    rows, columns, error = _mean_squares(complete)
    icc = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    low, high = _interval(icc, (rows, columns, error), (n, k), conf_level)
    return Agreement(n, icc, low, high, sqrt(max(columns - error, 0.0) / n + error), conf_level)


def _obstacle(complete: FloatArray) -> str:
    n, k = complete.shape
    if k < 2:
        return "agreement over time needs at least two waves"
    if n < 3:
        return f"{n} people with every score: agreement cannot be estimated"
    return "the scores do not vary: agreement cannot be estimated" if is_flat(complete.ravel()) else ""


def _mean_squares(complete: FloatArray) -> tuple[float, float, float]:
    """Give the mean squares of people, waves and the rest."""
    n, k = complete.shape
    grand = complete.mean()
    people, waves = complete.mean(axis=1), complete.mean(axis=0)
    rest = complete - people[:, None] - waves + grand
    rows = k * float(((people - grand) ** 2).sum()) / (n - 1)
    columns = n * float(((waves - grand) ** 2).sum()) / (k - 1)
    return rows, columns, float((rest**2).sum()) / ((n - 1) * (k - 1))


def _interval(
    icc: float, squares: tuple[float, float, float], shape: tuple[int, int], conf_level: float
) -> tuple[float, float]:
    (rows, columns, error), (n, k) = squares, shape
    if error <= 1e-12 * rows and columns <= 1e-12 * rows:
        return 1.0, 1.0
    share = 0.5 + conf_level / 2.0
    df = _welch_df(icc, columns, error, shape)
    spread = k * columns + (k * n - k - n) * error
    above, below = float(fdtri(n - 1, df, share)), float(fdtri(df, n - 1, share))
    low = n * (rows - above * error) / (above * spread + n * rows)
    return low, n * (below * rows - error) / (spread + n * below * rows)


def _welch_df(icc: float, columns: float, error: float, shape: tuple[int, int]) -> float:
    """Satterthwaite's degrees of freedom of the waves and the rest together."""
    n, k = shape
    a = k * icc / (n * (1.0 - icc))
    b = 1.0 + k * icc * (n - 1) / (n * (1.0 - icc))
    return float(
        (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    )

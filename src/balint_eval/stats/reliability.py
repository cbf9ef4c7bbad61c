"""Internal consistency of a scale: Cronbach's alpha with its interval, and what each item adds.

Alpha and item-rest correlations also unmask wrong keying: an item keyed the wrong way has a
negative item-rest correlation.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from balint_eval.stats.pairs import NOISE, FloatArray


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha of one scale.

    Attributes
    ----------
    n, n_items : int
        People with all items answered; items.
    alpha, low, high : float
        `nan` where they cannot be given.
    conf_level : float
    note : str
        Why a number is missing, in plain words.
    """

    n: int
    n_items: int
    alpha: float = nan
    low: float = nan
    high: float = nan
    conf_level: float = 0.95
    note: str = ""


def cronbach_alpha(items: ArrayLike, conf_level: float = 0.95) -> Alpha:
    """Estimate Cronbach's alpha with Feldt's interval.

    alpha = k / (k - 1) (1 - sum of item variances / variance of the sum); Cronbach 1951,
    Psychometrika 16:297-334. Interval from (1 - alpha) / (1 - estimate) being F with n - 1 and
    (n - 1)(k - 1) df; Feldt 1965, Psychometrika 30:357-70.

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Keyed item scores, a row a person; rows with `nan` are left out.
    conf_level : float

    Returns
    -------
    Alpha

    Notes
    -----
    A lower bound of reliability unless items are essentially tau-equivalent; not for scales of
    unlike parts. The interval assumes independent people and is too narrow within few groups.
    """
    complete = complete_rows(items)
    n, k = complete.shape
    if reason := _alpha_obstacle(complete):
        return Alpha(n, k, conf_level=conf_level, note=reason)
    alpha = _alpha(np.cov(complete, rowvar=False))
    tail = (1.0 - conf_level) / 2.0
    low, high = (1.0 - (1.0 - alpha) * _f_quantile(share, n, k) for share in (1.0 - tail, tail))
    return Alpha(n, k, alpha, low, high, conf_level)


def complete_rows(items: ArrayLike) -> FloatArray:
    """Return the rows in which every item is answered; `items` must be two-dimensional."""
    matrix = np.asarray(items, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"items must be people by items, not {matrix.ndim}-dimensional")
    return np.asarray(matrix[np.isfinite(matrix).all(axis=1)], dtype=np.float64)


def _alpha_obstacle(complete: FloatArray) -> str:
    n, k = complete.shape
    if k < 2:
        return "alpha needs at least two items"
    if n < 2:
        return f"{n} complete answer sheet{'' if n else 's'}: alpha cannot be estimated"
    return "the total score does not vary: alpha cannot be estimated" if is_flat(complete.sum(axis=1)) else ""


def is_flat(values: FloatArray) -> bool:
    """Tell whether values vary by no more than floating-point noise."""
    return bool(np.ptp(values) <= NOISE * np.max(np.abs(values)))


def _alpha(covariance: FloatArray) -> float:
    k = covariance.shape[0]
    share = float(np.trace(covariance)) / float(covariance.sum())
    return float(k / (k - 1) * (1.0 - share))


def _f_quantile(share: float, n: int, k: int) -> float:
    return float(fdtri(n - 1, (n - 1) * (k - 1), share))


def item_rest_correlations(items: ArrayLike) -> FloatArray:
    """Correlate each item with the sum of the others (corrected item-total correlation).

    Parameters
    ----------
    items : array_like of float, shape (n, k)
        Rows with `nan` are left out.

    Returns
    -------
    ndarray of float, shape (k,)
        `nan` for an item, or a rest, that does not vary; all `nan` below two items or people.
        A negative one suggests wrong keying.
    """
    complete = complete_rows(items)
    n, k = complete.shape
    if n < 2 or k < 2:
        return np.full(k, nan)
    rest = complete.sum(axis=1, keepdims=True) - complete
    return np.array([_correlation(complete[:, item], rest[:, item]) for item in range(k)])


def _correlation(first: FloatArray, second: FloatArray) -> float:
    if is_flat(first) or is_flat(second):
        return nan
    return float(np.corrcoef(first, second)[0, 1])


def alpha_if_dropped(items: ArrayLike) -> FloatArray:
    """Estimate alpha without each item in turn, over the people complete on all items.

    Parameters
    ----------
    items : array_like of float, shape (n, k)

    Returns
    -------
    ndarray of float, shape (k,)
        `nan` where alpha cannot be given, so everywhere below three items. Not a licence to drop
        items of a published scale: the score would no longer be comparable.
    """
    complete = complete_rows(items)
    reduced = (np.delete(complete, item, axis=1) for item in range(complete.shape[1]))
    return np.array([cronbach_alpha(part).alpha for part in reduced], dtype=np.float64)


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """SD sqrt(1 - reliability), in points; Jacobson and Truax 1991, J Consult Clin Psychol 59:12-9.

    Prefer a retest correlation to alpha, and say which was used: alpha understates the error
    over time. `nan` for a reliability outside 0 to 1 or a negative SD.
    """
    if not (sd >= 0.0 and 0.0 <= reliability <= 1.0):
        return nan
    return sd * sqrt(1.0 - reliability)

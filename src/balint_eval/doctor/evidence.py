"""Small measures of evidence that several checks share."""

from __future__ import annotations

import numpy as np

from balint_eval.scoring import FloatArray

LARGEST_R = 0.98


def correlation(first: FloatArray, second: FloatArray) -> float:
    """Correlate two columns; 0 where one does not vary or fewer than 3 people are there."""
    if len(first) < 3 or first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def against(rows: FloatArray) -> FloatArray:
    """Correlate each item with the sum of the others; 0 where it cannot be given.

    Parameters
    ----------
    rows : ndarray, shape (people, items)

    Returns
    -------
    ndarray, shape (items,)
    """
    rest = rows.sum(axis=1, keepdims=True) - rows
    return column_correlations(rows, rest)


def column_correlations(first: FloatArray, second: FloatArray) -> FloatArray:
    """Correlate the columns of two tables one by one; 0 where one does not vary."""
    one, two = first - first.mean(axis=0), second - second.mean(axis=0)
    scale = np.sqrt((one**2).sum(axis=0) * (two**2).sum(axis=0))
    return np.asarray(np.divide((one * two).sum(axis=0), scale, out=np.zeros(one.shape[1]), where=scale > 1e-12))


def fisher_z(r: FloatArray, people: int) -> FloatArray:
    """Give correlations as about standard normal deviations from nothing; Fisher 1921, Metron 1:3-32."""
    return np.asarray(np.arctanh(np.clip(r, -LARGEST_R, LARGEST_R)) * np.sqrt(max(people - 3, 1)))


def expected_z(r: FloatArray, people: int) -> float:
    """Give what a rightly keyed item is expected to show: the median of the sizes, as a deviation."""
    return float(np.median(np.abs(fisher_z(r, people))))


def log_odds(r: FloatArray, expected: float, people: int) -> FloatArray:
    """Give the log likelihood ratio of `-expected` to `expected`: -2 z expected, for z normal with variance 1."""
    return np.asarray(-2.0 * expected * fisher_z(r, people))


def t_of_mean(values: FloatArray) -> float:
    """Give the mean of one value a person over its standard error; 0 where it does not vary."""
    if len(values) < 3:
        return 0.0
    error = float(values.std(ddof=1)) / np.sqrt(len(values))
    return float(values.mean()) / error if error > 1e-12 else 0.0

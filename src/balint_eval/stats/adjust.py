"""Multiplicity: adjusted p-values within one family of comparisons."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.pairs import FloatArray

Adjustment: TypeAlias = Literal["holm", "hochberg", "bh", "none"]


def adjust_p(p: ArrayLike, method: Adjustment = "holm") -> FloatArray:
    """Adjust the p-values of one family.

    Parameters
    ----------
    p : array_like of float, shape (m,)
        `nan` marks a comparison without a test: it stays `nan` and does not count in the family.
    method : {'holm', 'hochberg', 'bh', 'none'}
        Holm 1979, Scand J Stat 6:65-70 (any dependence); Hochberg 1988, Biometrika 75:800-2
        (not under negative dependence); Benjamini and Hochberg 1995, J R Stat Soc B 57:289-300
        (false discovery rate, for screening, not for a primary claim).

    Returns
    -------
    ndarray of float, shape (m,)

    Raises
    ------
    ValueError
        For an unknown method or a p outside 0 to 1.
    """
    values = np.atleast_1d(np.asarray(p, dtype=np.float64))
    _check(values, method)
    given = ~np.isnan(values)
    adjusted = values.copy()
    if method != "none" and given.any():
        adjusted[given] = _adjust(values[given], method)
    return adjusted


def _check(values: FloatArray, method: str) -> None:
    if method not in get_args(Adjustment):
        raise ValueError(f"unknown adjustment {method!r}: choose one of {', '.join(get_args(Adjustment))}")
    if np.any((values < 0.0) | (values > 1.0)):
        raise ValueError("p-values must lie between 0 and 1")


def _adjust(values: FloatArray, method: str) -> FloatArray:
    order = np.argsort(values)
    sorted_p, m = values[order], values.size
    if method == "holm":
        raised = np.maximum.accumulate(sorted_p * np.arange(m, 0, -1))
    else:
        steps = sorted_p * np.arange(m, 0, -1) if method == "hochberg" else sorted_p / (np.arange(1, m + 1) / m)
        raised = np.minimum.accumulate(steps[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted

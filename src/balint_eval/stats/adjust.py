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
    order = np.argsort(values, kind="stable")
    rank = np.arange(1.0, values.size + 1.0)
    # Each p by the number of those not smaller, or by the share of those not larger; then none below an earlier one.
    raised = values[order] / (rank / values.size) if method == "bh" else values[order] * rank[::-1]
    from_top = method != "holm"
    monotone = np.minimum.accumulate(raised[::-1])[::-1] if from_top else np.maximum.accumulate(raised)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(monotone, 1.0)
    return adjusted

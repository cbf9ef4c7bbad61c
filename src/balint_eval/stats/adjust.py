"""Multiplicity: adjusted p-values within one family of comparisons.

The one place that speaks to `statsmodels.stats.multitest`.
"""

from __future__ import annotations

import gc
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.pairs import FloatArray

Adjustment: TypeAlias = Literal["holm", "hochberg", "bh", "none"]

_STATSMODELS_NAMES: dict[str, str] = {"holm": "holm", "hochberg": "simes-hochberg", "bh": "fdr_bh"}


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
        adjusted[given] = _adjust(values[given], _STATSMODELS_NAMES[method])
    return adjusted


def _check(values: FloatArray, method: str) -> None:
    if method not in get_args(Adjustment):
        raise ValueError(f"unknown adjustment {method!r}: choose one of {', '.join(get_args(Adjustment))}")
    if np.any((values < 0.0) | (values > 1.0)):
        raise ValueError("p-values must lie between 0 and 1")


def _adjust(values: FloatArray, name: str) -> FloatArray:
    # Imported late: statsmodels is heavy and most callers of this package never adjust.
    from statsmodels.stats.multitest import multipletests

    # Its Holm collects garbage at every call, which in a batch of cohorts takes longer than all its sums; frozen, what
    # is held is not walked through.
    gc.freeze()
    try:
        return np.asarray(multipletests(values, method=name)[1], dtype=np.float64)
    finally:
        gc.unfreeze()

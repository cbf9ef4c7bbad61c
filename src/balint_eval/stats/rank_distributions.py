"""Exact null distributions of rank sums, ties included, by convolution; and normal approximations.

Mid-ranks are halves of whole numbers, so doubled ranks are counted. Counts stay exact in floating
point up to 50 observations (2^50 and C(50, 25) are below 2^53).
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from balint_eval.stats.pairs import FloatArray

EXACT_UP_TO = 50


def signed_rank_counts(ranks: FloatArray) -> FloatArray:
    """Count the sign patterns of `ranks` by doubled sum of positive ranks; index 0 is sum 0."""
    doubled = _doubled(ranks)
    counts = np.zeros(sum(doubled) + 1)
    counts[0] = 1.0
    for rank in doubled:
        counts[rank:] += counts[: counts.size - rank].copy()
    return counts


def rank_sum_counts(ranks: FloatArray, n_first: int) -> FloatArray:
    """Count the choices of `n_first` of `ranks` by doubled sum; index 0 is sum 0."""
    doubled = _doubled(ranks)
    counts = np.zeros((n_first + 1, sum(doubled) + 1))
    counts[0, 0] = 1.0
    for rank in doubled:
        counts[1:, rank:] += counts[:-1, : counts.shape[1] - rank].copy()
    return np.asarray(counts[n_first], dtype=np.float64)


def _doubled(ranks: FloatArray) -> list[int]:
    return [int(rank) for rank in np.rint(2.0 * ranks)]


def two_sided(counts: FloatArray, rank_sum: float) -> float:
    """Twice the smaller tail, both including `rank_sum`, at most 1."""
    position = round(2.0 * rank_sum)
    tail = min(counts[: position + 1].sum(), counts[position:].sum())
    return min(1.0, 2.0 * float(tail / counts.sum()))


def lower_critical(counts: FloatArray, tail: float, step: int) -> int:
    """Largest k with P(sum < k-th attainable value) <= tail; 0 when no interval of that level exists.

    `step` is the distance of attainable doubled sums (2 for ranks without ties), counted from the
    smallest attainable one. The k-th smallest and k-th largest average then bound the interval.
    """
    attainable = counts[np.flatnonzero(counts)[0] :: step]
    below = np.cumsum(attainable) / attainable.sum()
    return int(np.searchsorted(below, tail * (1.0 + 1e-12), side="right"))


def signed_rank_normal(ranks: FloatArray, rank_sum: float) -> float:
    """Two-sided p of the signed-rank sum by the normal approximation.

    With tie correction (variance = sum of squared ranks / 4) and continuity correction, as R's
    `wilcox.test(exact = FALSE)`; scipy applies no continuity correction by default.
    """
    return _corrected_normal(rank_sum - float(ranks.sum()) / 2.0, sqrt(float(ranks @ ranks) / 4.0))


def rank_sum_normal(ranks: FloatArray, n_first: int, rank_sum: float) -> float:
    """Two-sided p of the rank sum of the first sample, as R's `wilcox.test(exact = FALSE)`."""
    n = ranks.size
    variance = n_first * (n - n_first) * float(np.var(ranks)) / (n - 1)
    return _corrected_normal(rank_sum - n_first * (n + 1) / 2.0, sqrt(variance))


def _corrected_normal(distance: float, sd: float) -> float:
    return min(1.0, 2.0 * float(ndtr(-max(abs(distance) - 0.5, 0.0) / sd)))


def normal_critical(mean: float, sd: float, tail: float) -> int:
    """Return `lower_critical` by the normal approximation with continuity correction."""
    return max(0, int(np.floor(mean + float(ndtri(tail)) * sd + 0.5)))

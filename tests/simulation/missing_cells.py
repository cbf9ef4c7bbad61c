"""The simulated studies of the missing-scores study: nothing changes on average, and people are lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from error_cells import NORMAL, SKEWED, Cell
from error_cells import simulate as simulate_complete
from numpy.typing import NDArray
from scipy.special import expit

FloatArray = NDArray[np.float64]

INTERCEPTS = {0.2: -1.6, 0.4: -0.48}
"""Log odds of being lost at an average baseline; one baseline SD less adds 1."""
WITHOUT_BASELINE = 0.1
"""Share of those with a later score whose baseline is missing."""


@dataclass(frozen=True)
class Lost:
    """One kind of study.

    Attributes
    ----------
    arms, groups : int
        Arms; groups in each.
    icc : float
        Share of the later variance that a group has in common.
    lost : float
        Share without the later score, more of them with low baselines.
    scores : str
    """

    arms: int
    groups: int
    icc: float
    lost: float = 0.2
    scores: str = NORMAL


@dataclass(frozen=True)
class Data:
    """One simulated study."""

    pre: FloatArray
    post: FloatArray
    group: NDArray[np.int64]
    treated: NDArray[np.int64]


def _cells() -> Iterator[Lost]:
    for arms, groups, icc in product((2, 1), (2, 3, 4, 8), (0.0, 0.05, 0.15)):
        if arms == 2 or groups > 2:
            yield Lost(arms, groups, icc)
    for groups, icc in product((3, 8), (0.0, 0.15)):
        yield Lost(2, groups, icc, 0.4)
        yield Lost(2, groups, icc, scores=SKEWED)


CELLS = tuple(_cells())


def simulate(cell: Lost, rng: np.random.Generator, replications: int, without_baseline: float) -> Iterator[Data]:
    """Simulate complete studies as the error study does, then take scores away."""
    whole = simulate_complete(Cell(cell.groups, cell.icc, cell.scores), rng, replications)
    side = whole.treated if cell.arms == 1 else np.ones_like(whole.treated)
    pre, post = whole.pre[:, side], whole.post[:, side]
    standard = (pre - np.nanmean(pre)) / np.nanstd(pre)
    gone = rng.random(pre.shape) < expit(INTERCEPTS[cell.lost] - standard)
    late = ~gone & (rng.random(pre.shape) < without_baseline)
    pre, post = np.where(late, np.nan, pre), np.where(gone, np.nan, post)
    group, treated = whole.group[side], whole.treated[side].astype(np.int64) if cell.arms == 2 else None
    for earlier, later in zip(pre, post, strict=True):
        there = np.isfinite(earlier) | np.isfinite(later)
        arm = np.zeros(there.sum(), dtype=np.int64) if treated is None else treated[there]
        yield Data(earlier[there], later[there], group[there], arm)

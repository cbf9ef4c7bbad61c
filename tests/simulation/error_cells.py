"""The simulated studies of the error study: nothing changes on average, and designs and scores are varied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from balint_eval.simulate.design import TwoArms

FloatArray = NDArray[np.float64]

NORMAL, SKEWED = "normal", "5-point, skewed"
GROUPS, ONE_TO_TWO, SINGLE = "groups in both arms", "twice as many groups in the other arm", "groups in one arm only"
COMPLETE, AT_RANDOM, BY_BASELINE = "complete", "20 % drop out", "20 % drop out, more with low baselines"

MEMBERS = (6, 10)
CORRELATION = 0.6
DROP_OUT = 0.2
SHARES = (0.55, 0.25, 0.12, 0.05, 0.03)
"""Shares of the five answers of a skewed score: most people at one end."""
BASELINE_WEIGHT = 1.0
BASELINE_INTERCEPT = -1.6
"""Log odds of dropping out at an average baseline; with a weight of 1 a baseline SD this is 20 % over all."""


@dataclass(frozen=True)
class Cell:
    """One kind of study.

    Attributes
    ----------
    groups : int
        Groups in the first arm; as many in the other, unless `design` says otherwise.
    icc : float
        Share of the later variance that a group has in common; 0 at baseline.
    scores, missing, design : str
        One of the words above.
    """

    groups: int
    icc: float
    scores: str = NORMAL
    missing: str = COMPLETE
    design: str = GROUPS

    @property
    def in_grid(self) -> bool:
        """Whether the cell is of the grid that is promised to hold."""
        return self.design == GROUPS and self.missing != BY_BASELINE


def _cells() -> Iterator[Cell]:
    counts, shares = (2, 3, 4, 8), (0.0, 0.05, 0.15)
    for groups, icc, scores, missing in product(counts, shares, (NORMAL, SKEWED), (COMPLETE, AT_RANDOM)):
        yield Cell(groups, icc, scores, missing)
    for design, groups, icc in product((ONE_TO_TWO, SINGLE), counts, shares):
        yield Cell(groups, icc, design=design)
    for groups, icc in product(counts, shares):
        yield Cell(groups, icc, missing=BY_BASELINE)


CELLS = tuple(_cells())


def simulate(cell: Cell, rng: np.random.Generator, replications: int) -> TwoArms:
    """Simulate studies in which nothing changes on average.

    Notes
    -----
    In units of the SD a score is sqrt(r) T + sqrt(1 - r) E before and sqrt(r) T + sqrt(icc) G + sqrt(1 - r - icc) E
    after; people who stand alone have no G and the more E. A skewed score is this cut at the normal quantiles of
    `SHARES`, so its distribution is the same at both waves.
    """
    group, place, grouped = _places(cell)
    shape = (replications, group.size)
    lasting = np.sqrt(CORRELATION) * rng.standard_normal(shape)
    shared = np.sqrt(cell.icc) * rng.standard_normal((replications, group.max() + 1))[:, group] * grouped
    passing = np.sqrt(1 - CORRELATION - cell.icc * grouped) * rng.standard_normal(shape)
    pre, post = lasting + np.sqrt(1 - CORRELATION) * rng.standard_normal(shape), lasting + shared + passing
    low, high = MEMBERS
    enrolled = place < rng.integers(low, high + 1, size=(replications, group.max() + 1))[:, group]
    answered = rng.random(shape) >= _leaving(cell, pre)
    data = TwoArms(
        pre=np.where(enrolled, pre, np.nan),
        post=np.where(enrolled & answered, post, np.nan),
        group=group,
        treated=group < cell.groups,
    )
    return data if cell.scores == NORMAL else replace(data, pre=_five_points(data.pre), post=_five_points(data.post))


def _places(cell: Cell) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Give group, place in the group and whether the group is one, for every place a person can have."""
    high = MEMBERS[1]
    others = cell.groups * (2 if cell.design == ONE_TO_TWO else 1)
    sizes = [high] * cell.groups
    sizes += [1] * (8 * cell.groups) if cell.design == SINGLE else [high] * others
    group = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    return group, place, (np.array(sizes) > 1)[group]


def _leaving(cell: Cell, pre: FloatArray) -> FloatArray | float:
    if cell.missing == BY_BASELINE:
        return np.asarray(expit(BASELINE_INTERCEPT - BASELINE_WEIGHT * pre), dtype=np.float64)
    return DROP_OUT if cell.missing == AT_RANDOM else 0.0


def _five_points(scores: FloatArray) -> FloatArray:
    cuts = ndtri(np.cumsum(SHARES)[:-1])
    return np.where(np.isnan(scores), np.nan, np.searchsorted(cuts, np.nan_to_num(scores)) + 1.0)

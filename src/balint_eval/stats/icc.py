"""Intra-class correlation of people in groups, by analysis of variance, and the design effect it makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from balint_eval.stats.pairs import NOISE, FloatArray, IntArray

FEW_GROUPS = "fewer than two groups in an arm: how groups differ cannot be estimated"
NOBODY_SHARES = "nobody shares a group: how alike members are cannot be estimated"
NO_VARIANCE = "members of a group do not differ: no correlation can be given"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCorrelation:
    """How alike members of a group are, within arms.

    Attributes
    ----------
    n, n_groups : int
    mean_size : float
        Size of the group that a person is in, on average over people: sum m^2 / sum m.
    icc, icc_low, icc_high : float
        Correlation of two members of one group; may be negative; `nan` where it cannot be given.
    conf_level : float
    design_effect, design_effect_low, design_effect_high : float
        1 + (mean_size - 1) icc, never below 0: by how much grouping multiplies the variance of a mean.
    note : str
    """

    n: int
    n_groups: int
    mean_size: float
    conf_level: float
    icc: float = nan
    icc_low: float = nan
    icc_high: float = nan
    design_effect: float = nan
    design_effect_low: float = nan
    design_effect_high: float = nan
    note: str = ""


def group_correlation(
    values: ArrayLike, group: ArrayLike, treated: ArrayLike | None = None, conf_level: float = 0.95
) -> GroupCorrelation:
    """Estimate the ICC of values in groups by one-way analysis of variance within arms.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Changes, or scores at one wave; `nan` is missing.
    group : array_like of int or str, shape (n,)
    treated : array_like of 0/1, shape (n,), optional
        Arm; the arms' means are taken out.
    conf_level : float

    Returns
    -------
    GroupCorrelation

    Notes
    -----
    ICC = (MSB - MSW) / (MSB + (m0 - 1) MSW) with m0 = (N - sum over arms of sum m^2 / N_arm) / (G - A). Interval
    from F = MSB / MSW on G - A and N - G df, exact for equal groups and normal values (Searle 1971, Linear
    Models, chapter 9; Donner and Klar 2000, section 5.4), close for groups of 6 to 10. Not where only one arm has
    groups: people who stand alone say nothing of how alike members are, so give that arm alone.
    """
    kept = np.isfinite(np.asarray(values, dtype=np.float64))
    scores = np.asarray(values, dtype=np.float64)[kept]
    arms = np.zeros(scores.size, dtype=np.intp) if treated is None else np.asarray(treated)[kept].astype(np.intp)
    codes = np.unique(np.asarray(group)[kept], return_inverse=True)[1].astype(np.intp)
    sizes = np.bincount(codes).astype(np.float64) if codes.size else np.zeros(0)
    size = float(sizes @ sizes / sizes.sum()) if sizes.size else nan
    base = GroupCorrelation(n=scores.size, n_groups=sizes.size, mean_size=size, conf_level=conf_level)
    if reason := _obstacle(codes, arms, sizes):
        return replace(base, note=reason)
    between, within, dfs, m0 = mean_squares(scores, codes, arms)
    if within <= (NOISE * float(np.max(np.abs(scores)))) ** 2:
        return replace(base, note=NO_VARIANCE)
    low, high = (_icc(between / within / _quantile(dfs, share), m0) for share in _tails(conf_level))
    return _with_icc(base, _icc(between / within, m0), low, high)


def _with_icc(base: GroupCorrelation, icc: float, low: float, high: float) -> GroupCorrelation:
    effect, effect_low, effect_high = (max(1.0 + (base.mean_size - 1.0) * value, 0.0) for value in (icc, low, high))
    found = replace(base, icc=icc, icc_low=low, icc_high=high)
    return replace(found, design_effect=effect, design_effect_low=effect_low, design_effect_high=effect_high)


def _obstacle(codes: IntArray, arms: IntArray, sizes: FloatArray) -> str:
    groups = [np.unique(codes[arms == arm]).size for arm in np.unique(arms)]
    if not groups or min(groups) < 2:
        return FEW_GROUPS
    return NOBODY_SHARES if sizes.max() < 2 else ""


def mean_squares(scores: FloatArray, codes: IntArray, arms: IntArray) -> tuple[float, float, tuple[int, int], float]:
    """Give the mean squares of a one-way analysis of variance within arms, MSB and MSW, their df and m0.

    `codes` and `arms` hold 0..G-1 and 0..A-1; m0 is explained in `group_correlation`.
    """
    # About their mean: sums of values with many leading digits in common would lose the digits that differ.
    scores = scores - scores.mean()
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=scores) / sizes
    people, arm_sums = np.bincount(arms), np.bincount(arms, weights=scores)
    arm_means = arm_sums / np.maximum(people, 1)
    df_between, df_within = sizes.size - np.unique(arms).size, scores.size - sizes.size
    squares_between = float(np.sum((means[codes] - arm_means[arms]) ** 2))
    squares_within = float(np.sum((scores - means[codes]) ** 2))
    # sum over people of m_g / N_arm is sum over groups of m_g^2 / N_arm
    m0 = (scores.size - float(np.sum(sizes[codes] / people[arms]))) / df_between
    return squares_between / df_between, squares_within / df_within, (df_between, df_within), m0


def _icc(ratio: float, m0: float) -> float:
    return (ratio - 1.0) / (ratio + m0 - 1.0)


def _tails(conf_level: float) -> tuple[float, float]:
    """Give the shares of the F distribution below its upper and its lower quantile."""
    tail = (1.0 - conf_level) / 2.0
    return 1.0 - tail, tail


def _quantile(dfs: tuple[int, int], share: float) -> float:
    return float(fdtri(*dfs, share))

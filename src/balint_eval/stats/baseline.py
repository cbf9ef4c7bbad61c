"""Whether change depends on where people started, and how much of that is error of measurement.

Those who start low tend to score higher later even if nobody changes, because a low score is partly bad luck
(regression to the mean). The slope of the change on the earlier score is therefore r - 1 without any true change, with
r the reliability of the earlier score. Three slopes tell the rest:

- of the change on the earlier score, as it is;
- the same corrected for the error (Blomqvist): b = (slope + 1 - r) / r;
- of the change on the mean of both scores (Oldham), which error of equal size at both waves leaves alone.

References
----------
Blomqvist 1977, J Am Stat Assoc 72:746-9. Oldham 1962, J Chronic Dis 15:969-77. Hayes 1988, Stat Med 7:915-27. Barnett,
van der Pols and Dobson 2005, Int J Epidemiol 34:215-20 (the size of the effect). Tu and Gilthorpe 2007, Stat Med
26:443-57 (what each slope can say).
"""

from __future__ import annotations

from math import isfinite, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.cr2 import cr2_contrast
from balint_eval.stats.pairs import Pairs, complete_pairs, is_constant, t_quantile

SMALLEST_N = 10
FEW_PEOPLE = "fewer than ten people: no slope is estimated"
SAME_SCORE = "everybody has the same score: nothing can depend on it"


class Slope(NamedTuple):
    """Points of change per point, with its interval."""

    estimate: float = nan
    low: float = nan
    high: float = nan


class BaselineSlopes(NamedTuple):
    """Slopes of the change on the earlier score and on the mean of both; a note where there are none."""

    n: int
    on_baseline: Slope
    on_mean: Slope
    note: str


def baseline_slopes(pre: ArrayLike, post: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> BaselineSlopes:
    """Regress the change on the earlier score, and on the mean of both scores, allowing for groups.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    group : array_like of int or str, shape (n,)
        A person without a group has a label of their own.
    conf_level : float

    Returns
    -------
    BaselineSlopes
        Intervals by CR2 with Bell-McCaffrey df; no interval where the groups are too few for one, no slope below ten
        people.

    Notes
    -----
    Oldham's slope is not zero without dependence where people truly change by different amounts or the error
    differs between the waves, so neither slope proves anything by itself (Tu and Gilthorpe 2007).
    """
    pairs = complete_pairs(pre, post, group)
    if pairs.n < SMALLEST_N:
        return BaselineSlopes(pairs.n, Slope(), Slope(), FEW_PEOPLE)
    slopes = (_slope(pairs, pairs.pre, conf_level), _slope(pairs, 0.5 * (pairs.pre + pairs.post), conf_level))
    return BaselineSlopes(pairs.n, *slopes, "" if isfinite(slopes[0].estimate) else SAME_SCORE)


def _slope(pairs: Pairs, on: np.ndarray[tuple[int], np.dtype[np.float64]], conf_level: float) -> Slope:
    if is_constant(on, pairs.noise):
        return Slope()
    design = np.column_stack((np.ones(pairs.n), on - on.mean()))
    estimate, error, df = cr2_contrast(design, pairs.change, pairs.group, np.array([0.0, 1.0]))
    if not (isfinite(error) and error > 0.0 and df > 0.0):
        return Slope(estimate)
    half = t_quantile(conf_level, df) * error
    return Slope(estimate, estimate - half, estimate + half)


def slope_without_change(reliability: float) -> float:
    """Give the slope of change on the earlier score if nobody truly changed, or all by the same amount: r - 1."""
    return reliability - 1.0


def corrected_slope(slope: Slope, reliability: float) -> Slope:
    """Take the error of the earlier score out of a slope: (slope + 1 - r) / r, Blomqvist 1977, r taken as known."""
    estimate, low, high = ((value + 1.0 - reliability) / reliability for value in slope)
    return Slope(estimate, low, high)


def change_by_selection(mean: float, norm_mean: float, reliability: float) -> float:
    """Give the change to expect of people chosen from a population for their scores, if nobody changes.

    Parameters
    ----------
    mean : float
        Mean of the people chosen, at the baseline.
    norm_mean : float
        Mean of the population they came from.
    reliability : float

    Returns
    -------
    float
        (1 - r) (norm_mean - mean), in points (Barnett, van der Pols and Dobson 2005). Zero for people who were not
        chosen for their scores, whatever their mean.
    """
    return (1.0 - reliability) * (norm_mean - mean)

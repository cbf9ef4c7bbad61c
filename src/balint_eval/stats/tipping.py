"""Shifts of the people lost: which are tried, and which is the first to change what may be concluded.

References
----------
Yan, Lee and Li 2009, J Biopharm Stat 19:1085-98 (tipping point). Carpenter and Kenward 2013, Multiple Imputation and
its Application, chapter 10. White et al. 2011, BMJ 342:d40 (an analysis of everybody with departures from it).
"""

from __future__ import annotations

import numpy as np

from balint_eval.stats.imputed import Shifted
from balint_eval.stats.pairs import FloatArray

STEP_SD, MOST_SD = 0.25, 2.0
"""Steps and farthest shift, in SDs."""
_FINE = 400
_HALVINGS = 50


def step_shifts(sd: float, mean: float, ends: tuple[float, float]) -> FloatArray:
    """Give the shifts to try, in points, in order, 0 among them.

    Parameters
    ----------
    sd : float
        The unit of the steps; positive.
    mean : float
        Mean score of the people to be shifted.
    ends : tuple of float
        Range of the scale; a shift does not take the mean beyond it. `nan` for no limit.

    Returns
    -------
    ndarray of float
        Every quarter SD from -2 to 2 SD within the range; where the range ends first, its end as well.
    """
    farthest = MOST_SD * sd
    low = max(-farthest, min(ends[0] - mean, 0.0)) if np.isfinite(ends[0]) else -farthest
    high = min(farthest, max(ends[1] - mean, 0.0)) if np.isfinite(ends[1]) else farthest
    count = round(MOST_SD / STEP_SD)
    steps = STEP_SD * sd * np.arange(-count, count + 1)
    # A step that all but meets the end of the range would stand beside it.
    kept = steps[(steps > low + 1e-9 * sd) & (steps < high - 1e-9 * sd)]
    return np.unique(np.concatenate(([low], kept, [0.0], [high])))


def turning_shifts(found: Shifted, ends: tuple[float, float], conf_level: float) -> FloatArray:
    """Find the nearest shift down and the nearest shift up at which the interval begins or ceases to hold zero.

    Parameters
    ----------
    found : Shifted
    ends : tuple of float
        Farthest shifts down and up, in points.
    conf_level : float

    Returns
    -------
    ndarray of float
        None, one or two shifts; empty where the comparison has no interval. A shift is the first, seen from zero, of
        the other conclusion; above and below zero are two conclusions.
    """
    turns = [_turn(found, end, conf_level) for end in ends if end]
    return np.array([turn for turn in turns if np.isfinite(turn)])


def _turn(found: Shifted, end: float, conf_level: float) -> float:
    shifts = np.linspace(0.0, end, _FINE + 1)
    said = _conclusions(found, shifts, conf_level)
    other = np.flatnonzero(said != said[0])
    if not other.size or not np.isfinite(found.intervals(np.zeros(1), conf_level)[1]).all():
        return float("nan")
    near, far = float(shifts[other[0] - 1]), float(shifts[other[0]])
    for _ in range(_HALVINGS):
        middle = (near + far) / 2.0
        if _conclusions(found, np.array([middle]), conf_level)[0] == said[0]:
            near = middle
        else:
            far = middle
    return far


def _conclusions(found: Shifted, shifts: FloatArray, conf_level: float) -> FloatArray:
    """Give 1 for an interval above zero, -1 for one below, 0 for one that holds it."""
    _, low, high, _ = found.intervals(shifts, conf_level)
    return np.where(low > 0, 1.0, np.where(high < 0, -1.0, 0.0))

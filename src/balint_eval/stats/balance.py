"""How far two sets of people differ at the start, in units that do not depend on how many they are."""

from __future__ import annotations

from math import nan, sqrt

from balint_eval.stats.pairs import FloatArray, sample_sd


def difference_of_means(first: FloatArray, second: FloatArray) -> float:
    """Give the standardised difference of two means: over the root mean square of the two SDs.

    Parameters
    ----------
    first, second : ndarray of float
        Without missing values.

    Returns
    -------
    float
        First minus second; `nan` below two values in either, or where neither varies. Austin 2009, Stat Med
        28:3083-107. Not a test: about 0.1 is small, whatever the number of people.
    """
    if min(first.size, second.size) < 2:
        return nan
    spread = sqrt((sample_sd(first) ** 2 + sample_sd(second) ** 2) / 2.0)
    return float(first.mean() - second.mean()) / spread if spread > 0 else nan


def difference_of_shares(first: float, second: float) -> float:
    """Give the standardised difference of two shares: over the root of the mean of p (1 - p); see above."""
    spread = sqrt((first * (1.0 - first) + second * (1.0 - second)) / 2.0)
    return (first - second) / spread if spread > 0 else nan

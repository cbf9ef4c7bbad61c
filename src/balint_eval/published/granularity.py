"""Means, SDs and percentages that whole numbers of people and points can give: GRIM and GRIMMER.

The mean of n whole numbers is a whole number over n; the sum of their squares is a whole number that is odd
exactly when their sum is. With few people and many decimals most printed values are out of reach.

References: Brown and Heathers 2017, Soc Psychol Personal Sci 8:363-9 (GRIM); Anaya 2016, PeerJ Preprints
4:e2400v1, and Allard 2018 (analytic GRIMMER).
"""

from __future__ import annotations

from math import ceil, floor

from balint_eval.published.intervals import Interval

_NOISE = 1e-9


def sums_behind_mean(mean: Interval, n: int, divisor: int = 1) -> range:
    """Give the whole sums that n scores in steps of 1/divisor can have for a mean.

    Returns
    -------
    range
        In steps of the scores; empty when the mean is out of reach.
    """
    cells = n * divisor
    return range(ceil(mean.low * cells - _NOISE), floor(mean.high * cells + _NOISE) + 1)


def has_power(mean: Interval, n: int, divisor: int = 1) -> bool:
    """Tell whether any mean can be out of reach: steps of the mean are wider than its rounding."""
    return n * divisor * (mean.high - mean.low) < 1.0 - _NOISE


def squares_behind_sd(sd: Interval, total: int, n: int, divisor: int = 1) -> bool:
    """Tell whether n whole numbers with this sum can have this SD (a necessary condition).

    Parameters
    ----------
    sd : Interval
        In points; scores in steps of 1/divisor.
    total : int
        Sum of the scores, in steps.
    n, divisor : int
    """
    centre = total**2 / n
    low = ceil(max((sd.low * divisor) ** 2 * (n - 1) + centre, _fewest_squares(total, n)) - _NOISE)
    high = floor((sd.high * divisor) ** 2 * (n - 1) + centre + _NOISE)
    return any(squares % 2 == total % 2 for squares in range(low, min(high, low + 1) + 1))


def _fewest_squares(total: int, n: int) -> int:
    """Give the sum of squares of the most equal whole numbers with this sum."""
    each, more = divmod(total, n)
    return (n - more) * each**2 + more * (each + 1) ** 2


def counts_behind_percent(percent: Interval, n: int) -> range:
    """Give the numbers of people, out of n, whose percentage rounds to the printed one."""
    return range(max(0, ceil(percent.low * n / 100 - _NOISE)), min(n, floor(percent.high * n / 100 + _NOISE)) + 1)

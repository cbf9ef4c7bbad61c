"""Power of a t-test whose standard error is known, and the change that it detects."""

from __future__ import annotations

from math import isfinite, nan

WANTED_POWER = 0.8
# Noncentrality from which the tail on the other side holds less than 3e-7.
FAR_TAIL_GONE = 5.0


def power_of_t(effect: float, std_error: float, df: float, conf_level: float = 0.95) -> float:
    """Give the power of a two-sided t-test with a known standard error of its estimate.

    Parameters
    ----------
    effect, std_error : float
        In points.
    df : float
    conf_level : float
        The test's error is 1 - conf_level.

    Returns
    -------
    float
        From 0 to 1; `nan` where a number is missing.
    """
    from scipy.special import stdtrit
    from scipy.stats import nct

    critical, shift = float(stdtrit(df, 0.5 + conf_level / 2)), abs(effect) / std_error
    # The far tail is below the normal's beyond -shift; scipy gives nan for it now and then where it is that small.
    far = float(nct.cdf(-critical, df, shift)) if shift < FAR_TAIL_GONE else 0.0
    return float(nct.sf(critical, df, shift)) + far


def smallest_detectable(std_error: float, df: float, power: float = WANTED_POWER, conf_level: float = 0.95) -> float:
    """Give the true change that a study of this standard error detects with the given power.

    Parameters
    ----------
    std_error : float
        Of the estimate, in points.
    df : float
        Degrees of freedom of its t-test.
    power : float
        Chance of finding the change, from 0 to 1.
    conf_level : float
        The test's error is 1 - conf_level.

    Returns
    -------
    float
        In points, above 0; `nan` where a number is missing.

    Notes
    -----
    It depends on the standard error alone and not on the estimate, so it says something new after the study.
    """
    from scipy.optimize import brentq

    if not (isfinite(std_error) and isfinite(df)) or std_error <= 0 or df <= 0:
        return nan
    high = std_error
    while power_of_t(high, std_error, df, conf_level) < power:
        high *= 2
    return float(brentq(lambda effect: power_of_t(effect, std_error, df, conf_level) - power, 0.0, high))

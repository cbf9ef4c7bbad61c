"""Two one-sided tests: whether a change is too small to matter."""

from __future__ import annotations

from math import isfinite, nan

from scipy.special import stdtr


def equivalence_p(estimate: float, std_error: float, df: float, margin: float) -> float:
    """Give the p-value of the two one-sided t-tests that an estimate lies within -margin to margin.

    Parameters
    ----------
    estimate, std_error, df : float
        Of any method with a t statistic; clustered in gives clustered out.
    margin : float
        Smallest change of interest, in points, above 0.

    Returns
    -------
    float
        The larger of the two one-sided p-values (Schuirmann 1987, J Pharmacokinet Biopharm 15:657-80). Below .05
        exactly when the 90 % interval lies inside the margins. `nan` where a number is missing.
    """
    if not all(map(isfinite, (estimate, std_error, df, margin))) or std_error <= 0 or margin <= 0:
        return nan
    lower, upper = (estimate + margin) / std_error, (estimate - margin) / std_error
    return float(max(stdtr(df, -lower), stdtr(df, upper)))

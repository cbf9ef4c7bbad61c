"""The one shape of every statistical result: a t-test and a mixed model fill the same fields."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One estimate with its uncertainty, got by one named method.

    A number that cannot be given is `nan` and `note` says in words why. Signs are always
    later minus earlier wave, and first-named minus second-named arm.

    Attributes
    ----------
    method : str
        Machine name of the method, for example `change_cr2` or `mixed_model`.
    n_pre, n_post, n_paired, n_groups : int
        People with a score before, after, both; groups that contribute.
    mean_pre, sd_pre, mean_post, sd_post : float
        In points of the scale, over the pairs analysed (sample SD, divisor n - 1).
    estimate, std_error, df, statistic, p_value : float
        In points of the scale; `statistic` is t unless the method says otherwise; p is two-sided.
    conf_low, conf_high, conf_level : float
        Interval for `estimate`; level is a share such as 0.95.
    effect, effect_low, effect_high : float
        Standardised effect with its interval.
    effect_name : str
        Names the effect and its denominator, for example `d_av`.
    converged : bool
        False when an iterative fit failed; then no number is given.
    note : str
        Plain-word remarks: why a number is missing, a singular fit, the smallest attainable p.
    """

    method: str
    n_pre: int = 0
    n_post: int = 0
    n_paired: int = 0
    n_groups: int = 0
    mean_pre: float = nan
    sd_pre: float = nan
    mean_post: float = nan
    sd_post: float = nan
    estimate: float = nan
    std_error: float = nan
    df: float = nan
    statistic: float = nan
    p_value: float = nan
    conf_low: float = nan
    conf_high: float = nan
    conf_level: float = 0.95
    effect: float = nan
    effect_name: str = ""
    effect_low: float = nan
    effect_high: float = nan
    converged: bool = True
    note: str = ""

"""What t, F, p and standardised differences can have been, given what is printed: arithmetic on intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, sqrt

from scipy.special import fdtrc, stdtr, stdtrit

from balint_eval.published.intervals import Interval


@dataclass(frozen=True, slots=True)
class Arm:
    """Mean and SD of some people, each as an interval."""

    n: int
    mean: Interval
    sd: Interval


def p_of_t(t: Interval, df: float) -> Interval:
    """Give the two-sided p-values of Student's t."""
    return abs(t).falling(lambda value: 2.0 * float(stdtr(df, -value)))


def p_of_f(f: Interval, df1: float, df2: float) -> Interval:
    """Give the upper-tail p-values of F."""
    return f.falling(lambda value: float(fdtrc(df1, df2, max(value, 0.0))))


def t_of_p(p: Interval, df: float) -> Interval:
    """Give the absolute t that has these two-sided p-values."""
    return p.falling(lambda value: float(-stdtrit(df, max(value, 1e-300) / 2.0)))


def f_of_p(p: Interval, df1: float, df2: float) -> Interval:
    """Give the F that has these p-values, by bisection (p falls as F grows)."""
    return p.falling(lambda value: _solve(lambda f: float(fdtrc(df1, df2, f)) - value, 0.0, 1e6))


def df_of_p(t: Interval, p: Interval, low: float, high: float) -> Interval | None:
    """Give the degrees of freedom between two bounds at which t and p agree; `None` where none do.

    p falls as the degrees of freedom grow, so the agreeing ones are one interval.
    """
    largest, smallest = p_of_t(t, low), p_of_t(t, high)
    if largest.high < p.low or smallest.low > p.high:
        return None
    first = low if largest.low <= p.high else _solve(lambda df: p_of_t(t, df).low - p.high, low, high)
    last = high if smallest.high >= p.low else _solve(lambda df: p_of_t(t, df).high - p.low, low, high)
    return Interval(first, last)


def _solve(falling: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if falling(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0


def student_t(first: Arm, second: Arm) -> tuple[Interval, float]:
    """Give t with the pooled variance, and its degrees of freedom.

    Each input occurs once in the formula, so the interval is exact.
    """
    df = first.n + second.n - 2
    pooled = first.sd.squared().times((first.n - 1) / df) + second.sd.squared().times((second.n - 1) / df)
    error = pooled.root().times(sqrt(1.0 / first.n + 1.0 / second.n))
    return (first.mean - second.mean) / error, df


def welch_t(first: Arm, second: Arm) -> tuple[Interval, Interval]:
    """Give t with separate variances, and the range of Welch's degrees of freedom.

    The degrees of freedom depend on the ratio of the two variances alone and have one peak in it, so the
    ends of the range are at the ends of the ratio or at the peak.
    """
    variances = [arm.sd.squared().times(1.0 / arm.n) for arm in (first, second)]
    t = (first.mean - second.mean) / (variances[0] + variances[1]).root()
    ratio = variances[0] / variances[1]
    peak = (first.n - 1) / (second.n - 1)
    at = [welch_df(r, first.n, second.n) for r in (ratio.low, ratio.high)]
    top = welch_df(peak, first.n, second.n) if ratio.low <= peak <= ratio.high else max(at)
    return t, Interval(min(at), top)


def welch_df(ratio: float, n_first: int, n_second: int) -> float:
    """Welch and Satterthwaite's degrees of freedom for a ratio of the squared standard errors of two means."""
    return (ratio + 1.0) ** 2 / (ratio**2 / (n_first - 1) + 1.0 / (n_second - 1))


def p_of_welch(first: Arm, second: Arm) -> Interval:
    """Enclose the p-values of Welch's test (t and its degrees of freedom are taken as if free of each other)."""
    t, df = welch_t(first, second)
    return Interval(p_of_t(t, df.high).low, p_of_t(t, df.low).high)


def standardised_difference(first: Arm, second: Arm) -> Interval:
    """Give the difference of two means over their pooled SD, without small-sample correction."""
    t, _ = student_t(first, second)
    factor = sqrt(1.0 / first.n + 1.0 / second.n)
    return Interval(t.low * factor, t.high * factor)


def change_over_average_sd(before: Arm, after: Arm) -> Interval:
    """Give d_av: the change of the mean over the root mean square of the two SDs."""
    return (after.mean - before.mean) / (before.sd.squared() + after.sd.squared()).times(0.5).root()


def correlation_of_paired_t(before: Arm, after: Arm, t: Interval, n: int) -> Interval:
    """Give the correlation of two waves that a paired t implies: from var(change) = s1^2 + s2^2 - 2 r s1 s2.

    An enclosure: SDs occur twice in the formula.
    """
    squared = abs((after.mean - before.mean) / abs(t)).squared().times(float(n))
    product = Interval(before.sd.low * after.sd.low, before.sd.high * after.sd.high).times(2.0)
    return (before.sd.squared() + after.sd.squared() - squared) / product


def n_of_paired_t(before: Arm, after: Arm, t: Interval, correlation: float) -> Interval:
    """Give the number of pairs that a paired t implies at one correlation of the waves (an enclosure)."""
    product = Interval(before.sd.low * after.sd.low, before.sd.high * after.sd.high).times(2.0 * correlation)
    spread = before.sd.squared() + after.sd.squared() - product
    squared, change = abs(t).squared(), abs(after.mean - before.mean).squared()
    return Interval(squared.low * spread.low / change.high, squared.high * spread.high / change.low)


def mcnemar_exact(fell: int, rose: int) -> float:
    """Give the exact two-sided p of McNemar's test from the two discordant counts."""
    discordant, smaller = fell + rose, min(fell, rose)
    return min(1.0, 2.0 * sum(comb(discordant, k) for k in range(smaller + 1)) / 2.0**discordant)


def mcnemar_of_margins(before: int, after: int, n: int) -> Interval:
    """Give the exact McNemar p-values of all paired tables with these two margins."""
    tables = [(fell, fell + after - before) for fell in range(before + 1)]
    values = [mcnemar_exact(fell, rose) for fell, rose in tables if 0 <= rose <= n - before]
    return Interval(min(values), max(values))

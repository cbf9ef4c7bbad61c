"""Printed numbers as intervals: what a number may have been before it was rounded.

A number printed with two decimals stands for everything within half of 0.01. Every recomputation runs on
such intervals, so that nothing is called inconsistent that rounding alone can explain. Both ends belong to
the interval: whether halves were rounded up, down or to even is not known.

References: Moore 1966, Interval Analysis; Nuijten and others 2016, Behav Res Methods 48:1205-26 (statcheck);
Brown and Heathers 2017, Soc Psychol Personal Sci 8:363-9 (GRIM).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt

HALF, WHOLE = 0.5, 1.0
"""Units of the last digit: half for rounding, a whole one for cutting off or rounding twice."""
# Decimal fractions are not exact in binary; this keeps .7405 inside the rounding of .740.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The number as printed, or the middle of what was recomputed."""
        return (self.low + self.high) / 2.0

    def meets(self, other: Interval) -> bool:
        """Tell whether the two have a value in common."""
        slack = _NOISE * max(1.0, abs(self.low), abs(other.low))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __truediv__(self, other: Interval) -> Interval:
        """Divide by an interval of positive values."""
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __abs__(self) -> Interval:
        if self.low <= 0.0 <= self.high:
            return Interval(0.0, max(-self.low, self.high))
        ends = (abs(self.low), abs(self.high))
        return Interval(min(ends), max(ends))

    def times(self, factor: float) -> Interval:
        """Multiply by a number that is not negative."""
        return Interval(self.low * factor, self.high * factor)

    def squared(self) -> Interval:
        """Square values that are not negative."""
        return Interval(self.low**2, self.high**2)

    def root(self) -> Interval:
        """Square root; what is below zero counts as zero."""
        return Interval(sqrt(max(self.low, 0.0)), sqrt(max(self.high, 0.0)))

    def rising(self, function: Callable[[float], float]) -> Interval:
        """Apply a function that never falls."""
        return Interval(function(self.low), function(self.high))

    def falling(self, function: Callable[[float], float]) -> Interval:
        """Apply a function that never rises."""
        return Interval(function(self.high), function(self.low))


def around(value: float, decimals: int, units: float = HALF) -> Interval:
    """Give what a number printed with so many decimals may have been.

    Parameters
    ----------
    value : float
    decimals : int
    units : float
        Units of the last digit on each side; `HALF` is rounding.
    """
    width = units * 10.0**-decimals
    return Interval(value - width, value + width)


def decimals_of(text: str) -> int:
    """Count the decimals of a number as it is printed."""
    return len(text.partition(".")[2])


def printed(text: str, units: float = HALF) -> Interval:
    """Read a printed number; `<0.05` is everything from zero to below it, `>0.05` everything above."""
    number = text.strip()
    if number.startswith("<"):
        return Interval(0.0, float(number[1:]))
    if number.startswith(">"):
        return Interval(float(number[1:]), inf)
    return around(float(number), decimals_of(number), units)


def positive(interval: Interval) -> Interval:
    """Cut off what cannot be for a standard deviation or a p-value: values below zero."""
    return Interval(max(interval.low, 0.0), max(interval.high, 0.0))

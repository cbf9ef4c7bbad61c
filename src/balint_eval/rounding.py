"""Fixed decimals that do not hang on the order in which a sum was made."""

from __future__ import annotations

_DIGITS = 12
"""Significant digits of a double that sums of thousands of scores leave true: 15 to 16 less the noise of adding."""


def fixed(value: float, places: int) -> str:
    """Write a finite number with fixed decimals and no negative zero.

    A mean of 6.75 may come out of the machine as 6.749999999999999: people are sorted by pseudonyms, and another key
    sorts them otherwise. The noise is taken off before the one rounding, so that the same answers give the same text.

    Parameters
    ----------
    value : float
    places : int

    Returns
    -------
    str
        Halves go to the even digit, as `format` and R's `round` have it, where a double holds them exactly.
    """
    text = f"{float(f'{value:.{_DIGITS}g}'):.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text

"""How numbers of reports are written.

Nothing is calculated here. A missing number is an en dash, a number on too few people a mark.
"""

from __future__ import annotations

from math import isfinite

from balint_eval.rounding import fixed

MISSING = "–"
MINUS = "−"
SMALLEST_COUNT = 5
"""Nothing is shown about fewer people (internal audience)."""
SMALLEST_FOR_EXTREMES = 10
"""Shares of 0 % and 100 % tell everyone's answer; they are withheld below this count."""
WITHHELD = f"[n<{SMALLEST_COUNT}]"
PROTECTED = "[withheld]"


def decimal(value: float, places: int) -> str:
    """Write a number with fixed decimals, a true minus sign and no negative zero."""
    if not isfinite(value):
        return MISSING
    return fixed(value, places).replace("-", MINUS)


def size(value: float, places: int) -> str:
    """Write a number without its sign."""
    return decimal(abs(value), places)


def trimmed(value: float) -> str:
    """Write a number as short as it is: 64, not 64.0."""
    return f"{value:g}".replace("-", MINUS) if isfinite(value) else MISSING


def count(value: float) -> str:
    """Write a count."""
    return f"{int(value):,}" if isfinite(value) else MISSING


def percent(share: float) -> str:
    """Write a share as a whole percentage."""
    return f"{decimal(100 * share, 0)}%" if isfinite(share) else MISSING


def between(low: float, high: float, places: int) -> str:
    """Write an interval as `[0.4, 5.8]`."""
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    return f"[{decimal(low, places)}, {decimal(high, places)}]"


def probability(value: float, places: int = 3) -> str:
    """Write a share between 0 and 1 in APA style, without its leading zero."""
    return decimal(value, places).replace("0.", ".", 1) if abs(value) < 1 else decimal(value, places)


def p_value(value: float) -> str:
    """Write a p-value in APA style: `< .001` or three decimals without a leading zero."""
    if not isfinite(value):
        return MISSING
    if value < 0.001:
        return "< .001"
    return "> .999" if value > 0.9995 else probability(value)


def p_equals(value: float) -> str:
    """Write a p-value after its letter: `p = .034`, `p < .001`."""
    text = p_value(value)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def degrees(value: float) -> str:
    """Write degrees of freedom: whole when they are, else one decimal."""
    return decimal(value, 0 if isfinite(value) and abs(value - round(value)) < 1e-9 else 1)


def point_places(minimum: float, maximum: float) -> int:
    """Give the decimals for points of a scale: one when it spans 10 points or more, else two."""
    return 1 if maximum - minimum >= 10 else 2


def unbroken(text: str) -> str:
    """Write text that no line break may part, such as `p = .034`."""
    return text.replace(" ", "\u00a0")


def too_few(people: float) -> bool:
    """Say whether a number on so many people must be withheld."""
    return not isfinite(people) or people < SMALLEST_COUNT

"""How long a response took, from a platform's own start and end; days are compared as written, never read."""

from __future__ import annotations

import math
import re

from balint_eval.ingest.text import ascii_digits

_TIME = re.compile(r"(?i)(.*?)[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?(?:z|[+-]\d{2}:?\d{2})?")
_SERIAL = re.compile(r"\d{5}\.\d+")


def seconds_between(started: str, ended: str) -> float:
    """Give how long a response took at most, from the platform's own start and end.

    Parameters
    ----------
    started, ended : str
        Cells with date and time, in any order of day and month, or a spreadsheet's day numbers.

    Returns
    -------
    float
        Seconds; NaN where it cannot be told: no time, another date (which day and month are is not guessed), an
        end before the start. Times without seconds count as the longest they can stand for.
    """
    first, last = (_day_and_seconds(ascii_digits(text).strip()) for text in (started, ended))
    if first is None or last is None or first[0] != last[0] or last[1] < first[1]:
        return math.nan
    return last[1] - first[1] + max(first[2], last[2])


def _day_and_seconds(plain: str) -> tuple[str, float, float] | None:
    """Give the day as written, the seconds since midnight, and by how many more they may be short."""
    if _SERIAL.fullmatch(plain):
        day, _, _ = plain.partition(".")
        return day, (float(plain) - float(day)) * 86400, 0.0
    found = _TIME.fullmatch(plain)
    if not found:
        return None
    hour, minute, half = int(found[2]), int(found[3]), (found[5] or "").casefold()[:1]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return found[1], hour * 3600 + minute * 60 + float(found[4] or 0), 0.0 if found[4] else 60.0

"""The Iranian (Jalali, solar Hijri) calendar: a day as year, month and day, to and from the Gregorian calendar.

Notes
-----
By the law of 1925 (11 Farvardin 1304) a year begins on the day whose true noon in Tehran follows the March
equinox, so which years are leap is astronomy, not arithmetic. From 1178 to 1633 the rule of 33 years gives the same:
a year is leap when ``(25 * year + 11) % 33 < 8`` (Heydari-Malayeri 2004, "A concise review of the Iranian calendar",
arXiv astro-ph/0409620). The tests hold the rule against the equinoxes of Meeus, Astronomical Algorithms,
chapter 27, for every year from 1300 to 1500, which is what is read here.
"""

from __future__ import annotations

from datetime import date
from functools import cache

FIRST_YEAR, LAST_YEAR = 1300, 1500
MONTH_DAYS = (31,) * 6 + (30,) * 5 + (29,)
_NOWRUZ_1300 = date(1921, 3, 21).toordinal()


def is_leap(year: int) -> bool:
    """Tell whether Esfand has 30 days."""
    return (25 * year + 11) % 33 < 8


def gregorian(year: int, month: int, day: int) -> date | None:
    """Give a Jalali day in the Gregorian calendar.

    Returns
    -------
    datetime.date or None
        None where there is no such day, or the year is not in 1300 to 1500.

    Examples
    --------
    >>> gregorian(1403, 12, 30), gregorian(1404, 12, 30)
    (datetime.date(2025, 3, 20), None)
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    days = MONTH_DAYS[month - 1] + (month == 12 and is_leap(year))
    if not 1 <= day <= days:
        return None
    return date.fromordinal(nowruz(year) + sum(MONTH_DAYS[: month - 1]) + day - 1)


def jalali(day: date) -> tuple[int, int, int] | None:
    """Give a Gregorian day as year, month and day of the Jalali calendar.

    Returns
    -------
    tuple of int or None
        None where the year is not in 1300 to 1500.

    Examples
    --------
    >>> jalali(date(2025, 3, 20)), jalali(date(2025, 3, 21))
    ((1403, 12, 30), (1404, 1, 1))
    """
    year = day.year - 621
    year -= day.toordinal() < nowruz(year)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    past = day.toordinal() - nowruz(year)
    month = min(past // 31 + 1, 6) if past < 186 else (past - 186) // 30 + 7
    return year, month, past - sum(MONTH_DAYS[: month - 1]) + 1


@cache
def nowruz(year: int) -> int:
    """Give 1 Farvardin of a year from 1300 as a proleptic Gregorian ordinal."""
    return _NOWRUZ_1300 + 365 * (year - FIRST_YEAR) + sum(map(is_leap, range(FIRST_YEAR, year)))

"""Dates as SPSS and Stata store them, numbers since a day long ago, to ISO form.

SPSS counts seconds since 1582-10-14; Stata days or milliseconds since 1960-01-01, or weeks, months, quarters
and half-years since 1960. Source: the date formats in the command references of both programs.
"""

from __future__ import annotations

import datetime as dt
import re

SPSS_EPOCH = dt.datetime(1582, 10, 14)
STATA_EPOCH = dt.datetime(1960, 1, 1)

_SPSS_FORMAT = re.compile(r"([A-Z]+)[0-9.]*")
_SPSS_DATES = frozenset({"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR"})
_SPSS_MOMENTS = frozenset({"DATETIME", "YMDHMS"})
_SPSS_TIMES = frozenset({"TIME", "MTIME", "DTIME"})
_STATA_FORMAT = re.compile(r"%-?(?:t([cCdwmqhy])|d)")
_STATA_PERIODS = {"w": 52, "m": 12, "q": 4, "h": 2}


def spss_moment(form: str, value: float) -> str:
    """Give a number of SPSS in a date format as ISO text, `""` where the format is no date or the number none.

    Examples
    --------
    >>> spss_moment("DATE11", 13986691200.0), spss_moment("TIME8", 11045.0), spss_moment("F8.2", 4.0)
    ('2026-01-02', '03:04:05', '')
    """
    found = _SPSS_FORMAT.fullmatch(form)
    name = found[1] if found else ""
    if name in _SPSS_TIMES:
        return _clock(value)
    if name not in _SPSS_DATES | _SPSS_MOMENTS:
        return ""
    return _since(SPSS_EPOCH, value, with_time=name in _SPSS_MOMENTS)


def stata_moment(form: str, value: float) -> str:
    """Give a number of Stata in a date format as ISO text, `""` where the format is no date or the number none.

    Examples
    --------
    >>> stata_moment("%td", 24108), stata_moment("%tc", 2082942245000.0)
    ('2026-01-02', '2026-01-02 03:04:05')
    >>> stata_moment("%tm", 792), stata_moment("%tq", 1)
    ('2026-01', '1960q2')
    """
    found = _STATA_FORMAT.match(form)
    if not found:
        return ""
    unit = found[1] or "d"
    if unit == "d":
        return _since(STATA_EPOCH, value * 86_400, with_time=False)
    if unit in "cC":
        return _since(STATA_EPOCH, value / 1000, with_time=True)
    if unit == "y":
        return ""
    year, part = divmod(int(value), _STATA_PERIODS[unit])
    return f"{1960 + year}-{part + 1:02}" if unit == "m" else f"{1960 + year}{unit}{part + 1}"


def _since(epoch: dt.datetime, seconds: float, *, with_time: bool) -> str:
    try:
        moment = epoch + dt.timedelta(seconds=round(seconds))
    except (OverflowError, ValueError):
        return ""
    return moment.isoformat(" ") if with_time else moment.date().isoformat()


def _clock(seconds: float) -> str:
    if not abs(seconds) < 1e9:
        return ""
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hours:02}:{minutes:02}:{rest:02}"

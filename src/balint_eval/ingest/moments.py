"""One cell with a date, and perhaps a time: what is written there, or why it cannot be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import cache

from balint_eval.ingest.moment_words import GREGORIAN_MONTHS, HALF, JALALI_MONTHS, MONTH, WEEKDAY, is_afternoon
from balint_eval.ingest.text import clean_text
from balint_eval.jalali import gregorian
from balint_eval.study_dates import FORMAT_PART, JALALI_YEARS, SERIAL

_HOUR = rf"""(?:ساعت\s)?(?:(?=\D)(?P<early>{HALF})\s*)?(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})
    (?::(?P<second>\d{{2}})(?:[.,]\d+)?)?
    \s*(?:(?=\D)(?P<half>{HALF}))?"""
_ZONE = (
    r"""(?:(?P<offset>z|(?:gmt|utc)?\s?[+-]\d{1,2}(?::?\d{2})?|gmt|utc)|(?P<zone>[a-z]{2,5}))?(?:\s?\([^()]{1,60}\))?"""
)
_TIME = rf"(?:(?:\s*t\s*|\s-\s|[\s,،]+){_HOUR}\s*{_ZONE})?"
_BEFORE = rf"(?:(?=\D)(?:{WEEKDAY})[\s,،]+)?"
_NUMBERS = re.compile(
    rf"{_BEFORE}(?P<one>\d{{1,4}})\s?(?P<mark>[-/.])\s?(?P<two>\d{{1,2}})\s?(?P=mark)\s?(?P<three>\d{{1,4}})\.?{_TIME}",
    re.VERBOSE | re.ASCII,
)
_NAMED = re.compile(
    rf"""{_BEFORE}(?:
      (?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s\-/]*(?:de\s)?(?P<name>{MONTH})\.?(?:\s?ماه)?[\s\-/,،]*(?P<year>\d{{4}})
    | (?P<name_first>{MONTH})\.?\s(?P<day_second>\d{{1,2}})(?:st|nd|rd|th)?[\s,،]+(?P<year_last>\d{{4}})
    | (?P<year_first>\d{{4}})[\s\-/](?P<name_second>{MONTH})[\s\-/](?P<day_last>\d{{1,2}})
    ){_TIME}""",
    re.VERBOSE | re.ASCII,
)
_COUNT = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_EXCEL_ZERO = date(1899, 12, 30)

_DIRECTIVES = {
    "%Y": r"(?P<year>\d{4})", "%y": r"(?P<short>\d{2})", "%m": r"(?P<month>\d{1,2})", "%d": r"(?P<day>\d{1,2})",
    "%b": rf"(?P<name>{MONTH})", "%B": rf"(?P<name>{MONTH})", "%H": r"(?P<hour>\d{1,2})", "%I": r"(?P<hour>\d{1,2})",
    "%M": r"(?P<minute>\d{1,2})", "%S": r"(?P<second>\d{1,2})", "%f": r"\d{1,9}", "%p": rf"(?P<half>{HALF})",
    "%z": r"(?P<offset>z|(?:gmt|utc)?\s?[+-]\d{1,2}(?::?\d{2})?)", "%Z": r"(?P<zone>[a-z]{2,5})",
    "%a": rf"(?:{WEEKDAY})", "%A": rf"(?:{WEEKDAY})", "%%": "%",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written, in the Gregorian calendar.

    Attributes
    ----------
    day : datetime.date
    clock : datetime.time or None
    offset : datetime.tzinfo or None
        Distance to UTC where the cell says it.
    zone : str
        Letters such as `cet`, which name no distance for certain.
    jalali : bool
        Written in the Iranian calendar.
    either : bool
        Numbers only, year not first, and day and month could be exchanged.
    """

    day: date
    clock: time | None = None
    offset: tzinfo | None = None
    zone: str = ""
    jalali: bool = False
    either: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a cell gives no date.

    Attributes
    ----------
    why : str
        `order`, `two_digits`, `serial`, `calendar`, `impossible` or `unreadable`.
    proof : str
        For `order`: the only order in which this date is possible, `""` when both are.
    """

    why: str
    proof: str = ""


def read_moment(text: str, declared: str = "", calendar: str = "") -> Moment | Unread:
    """Read one cell.

    Parameters
    ----------
    text : str
        Not blank.
    declared : str
        One of `study_dates.WORDS`, a strptime format, or `""`.
    calendar : str
        `gregorian`, `jalali`, or `""` to take a year from 1300 to 1499 as Jalali and any other as Gregorian.
    """
    plain = (" ".join(text.split()) if text.isascii() else clean_text(text)).casefold()
    if "%" in declared:
        found = _pattern(declared).fullmatch(plain)
        return _formatted(found, calendar) if found else Unread("unreadable")
    if declared == SERIAL:
        return _counted(plain)
    if found := _NUMBERS.fullmatch(plain):
        return _from_numbers(found, declared, calendar)
    if found := _NAMED.fullmatch(plain):
        return _from_words(found, calendar)
    return Unread("serial" if _COUNT.fullmatch(plain) else "unreadable")


def serial_day(text: str) -> date:
    """Give the date of a spreadsheet's day number (1900 system), such as 45000 for 2023-03-15."""
    return _EXCEL_ZERO + timedelta(days=int(float(clean_text(text).replace(",", "."))))


@cache
def _pattern(declared: str) -> re.Pattern[str]:
    parts = [_part_pattern(part) for part in FORMAT_PART.findall(declared)]
    # Where the format has no time, a time after the date does not make it another date.
    tail = "" if "(?P<hour>" in "".join(parts) else _TIME
    return re.compile("".join(parts) + tail, re.VERBOSE | re.ASCII)


def _part_pattern(part: str) -> str:
    if part.isspace():
        return r"\s+"
    literal = part if part.isascii() else clean_text(part)
    return _DIRECTIVES.get(part) or re.escape(literal.casefold())


def _counted(plain: str) -> Moment | Unread:
    return Moment(serial_day(plain)) if _COUNT.fullmatch(plain) else Unread("unreadable")


def _formatted(found: re.Match[str], calendar: str) -> Moment | Unread:
    parts = found.groupdict()
    short = parts.get("short")
    year = _whole_year(int(short), calendar) if short else int(parts["year"])
    if name := parts.get("name"):
        return _with_name(found, year, name, int(parts["day"]), calendar)
    year_first = found.start("short" if short else "year") < min(found.start("month"), found.start("day"))
    return _dated(found, (year, int(parts["month"]), int(parts["day"])), calendar, either=not year_first)


def _whole_year(short: int, calendar: str) -> int:
    """Give the year of two declared digits: 1969 to 2068 (as POSIX), or 1350 to 1449."""
    if calendar == "jalali":
        return 1400 + short if short < 50 else 1300 + short
    return 2000 + short if short < 69 else 1900 + short


def _from_numbers(found: re.Match[str], declared: str, calendar: str) -> Moment | Unread:
    one, two, three = found["one"], int(found["two"]), found["three"]
    if len(one) == 4 and len(three) <= 2:
        return _dated(found, (int(one), two, int(three)), calendar)
    if len(three) == 4 and len(one) <= 2:
        return _year_last(found, (int(one), two, int(three)), declared, calendar)
    return Unread("two_digits" if max(len(one), len(three)) == 2 else "unreadable")


def _year_last(found: re.Match[str], parts: tuple[int, int, int], declared: str, calendar: str) -> Moment | Unread:
    one, two, year = parts
    readings = {
        "day_first": _dated(found, (year, two, one), calendar, either=True),
        "month_first": _dated(found, (year, one, two), calendar, either=True),
    }
    if declared in readings:
        return readings[declared]
    possible = [name for name, reading in readings.items() if isinstance(reading, Moment)]
    if not possible:
        return readings["day_first"]
    return Unread("order", possible[0] if len(possible) == 1 else "")


def _from_words(found: re.Match[str], calendar: str) -> Moment | Unread:
    parts = found.groupdict()
    name = parts["name"] or parts["name_first"] or parts["name_second"]
    day = parts["day"] or parts["day_second"] or parts["day_last"]
    year = parts["year"] or parts["year_last"] or parts["year_first"]
    return _with_name(found, int(year), name, int(day), calendar)


def _with_name(found: re.Match[str], year: int, name: str, day: int, calendar: str) -> Moment | Unread:
    iranian = name in JALALI_MONTHS
    if calendar and iranian != (calendar == "jalali"):
        return Unread("calendar")
    months: Mapping[str, int] = JALALI_MONTHS if iranian else GREGORIAN_MONTHS
    return _dated(found, (year, months[name], day), "jalali" if iranian else "gregorian")


def _dated(
    found: re.Match[str], parts: tuple[int, int, int], calendar: str, *, either: bool = False
) -> Moment | Unread:
    year, month, day = parts
    iranian = calendar == "jalali" or (not calendar and year in JALALI_YEARS)
    if iranian and year not in JALALI_YEARS:
        return Unread("calendar")
    clock = _clock(found.groupdict())
    try:
        read = gregorian(year, month, day) if iranian else date(year, month, day)
    except ValueError:
        read = None
    if read is None or isinstance(clock, Unread):
        return Unread("impossible")
    offset, zone = _zone(found.groupdict())
    return Moment(read, clock, offset, zone, iranian, either and day <= 12 and day != month)


def _clock(parts: Mapping[str, str | None]) -> time | Unread | None:
    if not parts.get("hour"):
        return None
    hour, half = int(parts["hour"] or 0), parts.get("half") or parts.get("early")
    if half:
        if hour > 12:
            return Unread("impossible")
        hour = hour % 12 + 12 * is_afternoon(half)
    try:
        return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return Unread("impossible")


_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")


def _zone(parts: Mapping[str, str | None]) -> tuple[tzinfo | None, str]:
    text = parts.get("offset")
    if not text:
        return None, parts.get("zone") or ""
    distance = _OFFSET.search(text)
    if not distance:
        return timezone(timedelta()), ""
    apart = timedelta(hours=int(distance[2]), minutes=int(distance[3] or 0))
    return timezone(min(apart, timedelta(hours=18)) * (-1 if distance[1] == "-" else 1)), ""


def moved(moment: Moment, written_in: tzinfo | None, local: tzinfo | None) -> datetime | None:
    """Give the local date and time of a moment; None where it has no time, or nothing says where it stands."""
    if moment.clock is None or local is None:
        return None
    source = moment.offset or written_in
    if source is None:
        return None
    return datetime.combine(moment.day, moment.clock, source).astimezone(local)

"""A column of dates: read by rules that are stated or unmistakable; what would need a guess is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pandas as pd

from balint_eval.errors import Problem, answer_shown, shown
from balint_eval.ingest.moments import Moment, Unread, moved, read_moment, serial_day
from balint_eval.ingest.text import is_blank
from balint_eval.study_dates import JALALI_YEARS

ANONYMOUS = date(1980, 1, 1)
"""What LimeSurvey writes for every answer of an anonymised survey: no date."""
EARLIEST = date(1950, 1, 1)
_LUNAR = "; if these are dates of the lunar Hijri calendar, write them in the Gregorian or Iranian calendar"


@dataclass(frozen=True, slots=True)
class DateRule:
    """What a study file says about the dates of one file.

    Attributes
    ----------
    date_format : str
        `day_first`, `month_first`, `year_first`, `excel_serial`, a strptime format, or `""`.
    calendar : str
        `gregorian`, `jalali` or `""`.
    written_in : str
        Time zone in which the file writes times that carry none.
    local : str
        Time zone whose day counts.
    """

    date_format: str = ""
    calendar: str = ""
    written_in: str = ""
    local: str = ""

    @property
    def zones(self) -> tuple[tzinfo | None, tzinfo | None]:
        """The two time zones; each stands in for the other where only one is given."""
        source, local = self.written_in or self.local, self.local or self.written_in
        return (ZoneInfo(source), ZoneInfo(local)) if source else (None, None)


@dataclass(frozen=True)
class DatesRead:
    """The dates of one column.

    Attributes
    ----------
    days : pandas.Series of str, index as the texts
        ISO dates in the Gregorian calendar; `""` where the cell is blank or was not read.
    problems : list of Problem
        One a cell for an impossible date, one a column where the whole column needs a word.
    notes : list of str
    unread : int
        Cells that hold something and gave no date.
    """

    days: pd.Series
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: int = 0


def read_dates(texts: pd.Series, rule: DateRule, *, file: str, column: str) -> DatesRead:
    """Read a column of dates.

    Parameters
    ----------
    texts : pandas.Series of str, index = line in the file
    rule : DateRule
    file, column : str
        As shown to people.

    Returns
    -------
    DatesRead
        Every problem has the code VAL-DATE or VAL-TZ and names the key of the study file that mends it.
    """
    found = {text: read_moment(text, rule.date_format, rule.calendar) for text in texts.unique() if not is_blank(text)}
    read = {text: moment for text, moment in found.items() if isinstance(moment, Moment)}
    unread = {text: fault for text, fault in found.items() if isinstance(fault, Unread)}
    place = _Place(texts, file, column, rule)
    problems = [*_column_problems(unread, place), *_calendar_problems(read, place), *_zone_problems(read, place)]
    days, faults = _days(read, rule)
    cells = {**{text: _fault_words(fault, rule) for text, fault in unread.items()}, **faults}
    problems += _cell_problems({text: what for text, what in cells.items() if what}, place)
    kept = {text: "" if day == ANONYMOUS else day.isoformat() for text, day in days.items()}
    dates = texts.map(lambda text: kept.get(text, "")).astype(object)
    return DatesRead(dates, problems, list(_notes(read, days, place)), place.count(unread | faults))


@dataclass(frozen=True, slots=True)
class _Place:
    """The column that is read, and where it stands."""

    texts: pd.Series
    file: str
    column: str
    rule: DateRule

    def row(self, text: str) -> int:
        """Give the first line with a text."""
        return int(str(self.texts.index[self.texts == text][0]))

    def count(self, texts: Iterable[str]) -> int:
        """Count the cells with one of the texts."""
        return int(self.texts.isin(list(texts)).sum())

    def problem(self, what: str, mend: str, text: str, code: str = "VAL-DATE") -> Problem:
        """Give a problem at the first cell with a text."""
        return Problem(code, what, mend, self.file, self.row(text), self.column, answer_shown(text))


def _of_kind(unread: Mapping[str, Unread], why: str) -> dict[str, Unread]:
    return {text: fault for text, fault in unread.items() if fault.why == why}


def _column_problems(unread: Mapping[str, Unread], place: _Place) -> Iterator[Problem]:
    if order := _of_kind(unread, "order"):
        yield _order_problem(order, place)
    if short := _of_kind(unread, "two_digits"):
        what = f"the year has two digits in {_dates(place.count(short))}, so neither order nor century is said"
        mend = 'say how dates are written, as in date_format: "%d/%m/%y" or date_format: "%y/%m/%d"'
        yield place.problem(what, mend, next(iter(short)))
    if serial := _of_kind(unread, "serial"):
        first = next(iter(serial))
        what = f"{_dates(place.count(serial))} look like day numbers of a spreadsheet"
        mend = f"set date_format: excel_serial if {first} means {serial_day(first)}, or export the dates as text"
        yield place.problem(what, mend, first)
    if other := _of_kind(unread, "calendar"):
        what = f"{_dates(place.count(other))} are not of the declared calendar ({place.rule.calendar or 'jalali'})"
        yield place.problem(what, "correct the key calendar, or the dates", next(iter(other)))


def _order_problem(order: Mapping[str, Unread], place: _Place) -> Problem:
    what = f"which is the day and which the month is not said for {_dates(place.count(order))}"
    proofs = {name: next((text for text, fault in order.items() if fault.proof == name), "") for name in _ORDERS}
    proven = [name for name, text in proofs.items() if text]
    mend = "set date_format: day_first or date_format: month_first, as the form wrote them"
    if len(proven) == 1:
        text = proofs[proven[0]]
        mend = f"set date_format: {proven[0]} ({shown(text)} in row {place.row(text)} can only be read so)"
    elif proven:
        rows = " and ".join(f"{shown(text)} in row {place.row(text)} only {name}" for name, text in proofs.items())
        mend = f"the column is mixed ({rows}): write all dates as year-month-day"
    return place.problem(what, mend, next(iter(order)))


_ORDERS = ("day_first", "month_first")


def _calendar_problems(read: Mapping[str, Moment], place: _Place) -> Iterator[Problem]:
    iranian = [text for text, moment in read.items() if moment.jalali]
    if place.rule.calendar or not iranian or len(iranian) == len(read):
        return
    other = next(text for text, moment in read.items() if not moment.jalali)
    what = f"the column mixes two calendars: {shown(iranian[0])} is Jalali, {shown(other)} (row {place.row(other)}) not"
    yield place.problem(what, "write all dates in one calendar", iranian[0])


def _zone_problems(read: Mapping[str, Moment], place: _Place) -> Iterator[Problem]:
    """Ask for the time zone where the times of one column stand in several, or some in none."""
    timed = {text: moment for text, moment in read.items() if moment.clock is not None}
    source, _ = place.rule.zones
    kinds: dict[str, str] = {}
    for text, moment in timed.items():
        kinds.setdefault(_zone_shown(moment), text)
    if source is None and len(kinds) > 1:
        what = f"the times stand in several time zones ({', '.join(sorted(kinds))}), so the day can differ"
        mend = "say in which place the day counts, as in time_zone: Asia/Tehran at the top of the study file"
        yield place.problem(what, mend, list(kinds.values())[1], "VAL-TZ")
    if source is None:
        return
    for text, moment in timed.items():
        if moment.offset is None and not _exists(moment, source):
            what = f"this time did not exist in {place.rule.written_in or place.rule.local}: clocks were put forward"
            mend = "give under time_zone: of the export the zone in which the platform writes its times, such as UTC"
            yield place.problem(what, mend, text, "VAL-TZ")


def _zone_shown(moment: Moment) -> str:
    return str(moment.offset) if moment.offset else moment.zone.upper() or "none"


def _exists(moment: Moment, source: tzinfo) -> bool:
    wall = datetime.combine(moment.day, moment.clock or time(), source)
    return wall.astimezone(UTC).astimezone(source).replace(tzinfo=None) == wall.replace(tzinfo=None)


def _days(read: Mapping[str, Moment], rule: DateRule) -> tuple[dict[str, date], dict[str, str]]:
    """Give the local day of each text, and why a day cannot be that of an answer."""
    source, local = rule.zones
    # one day of grace for time zones ahead of this computer
    latest = datetime.now(tz=UTC).date() + timedelta(days=1)
    days: dict[str, date] = {}
    faults: dict[str, str] = {}
    for text, moment in read.items():
        there = moved(moment, source, local)
        day = there.date() if there else moment.day
        if EARLIEST <= day <= latest:
            days[text] = day
        else:
            faults[text] = _era(moment, day)
    return days, faults


def _era(moment: Moment, day: date) -> str:
    if day >= EARLIEST:
        return f"this date lies in the future ({day.isoformat()})" + (_LUNAR if moment.jalali else "")
    known = "; a year from 1300 to 1499 would be Jalali" if day.year in JALALI_YEARS else ""
    return f"this date lies before {EARLIEST.year}{known}"


def _fault_words(fault: Unread, rule: DateRule) -> str:
    if fault.why == "impossible":
        return "there is no such day or time" + (f" in the format {rule.date_format}" if rule.date_format else "")
    if fault.why != "unreadable":
        return ""
    known = f"in the format {rule.date_format}" if rule.date_format else "written as 2026-03-31"
    return f"this is not a date {known}"


def _cell_problems(faults: Mapping[str, str], place: _Place) -> list[Problem]:
    """Give one problem a cell, in the order of the file."""
    wrong = place.texts[place.texts.isin(list(faults))]
    mend = "correct it, or say under date_format: how dates are written"
    return [
        Problem("VAL-DATE", faults[text], mend, place.file, int(str(row)), place.column, answer_shown(str(text)))
        for row, text in wrong.items()
    ]


def _notes(read: Mapping[str, Moment], days: Mapping[str, date], place: _Place) -> Iterator[str]:
    iranian = {text: moment for text, moment in read.items() if moment.jalali}
    if iranian and not place.rule.calendar and len(iranian) == len(read):
        yield (
            f"Dates in the column {place.column} were recognised as Jalali by their years and turned into Gregorian "
            f"ones (such as {next(iter(iranian))} into {next(iter(iranian.values())).day}); calendar: jalali says so."
        )
    either = {text: moment for text, moment in read.items() if moment.either}
    # The sixth of June is the same day in both orders and proves neither.
    same = [moment for moment in read.values() if moment.day.day == moment.day.month]
    if either and all(moment.either or moment in same for moment in read.values()):
        yield (
            f"WARN-DATEAMB: all {_dates(place.count(either))} in the column {place.column} could be read day first and "
            f"month first; they were read as declared ({place.rule.date_format})."
        )
    other_day = {text: moment for text, moment in read.items() if text in days and days[text] != moment.day}
    if other_day:
        _, local = place.rule.zones
        yield (
            f"{_dates(place.count(other_day))} in the column {place.column} fall on another day in {local} "
            "than in the zone they are written in; the day there was taken."
        )
    if anonymous := {text: day for text, day in days.items() if day == ANONYMOUS}:
        yield f"{_dates(place.count(anonymous))} in the column {place.column} are 1980-01-01, the mark for no date."


def _dates(number: int) -> str:
    return "1 date" if number == 1 else f"{number} dates"

"""Rules for what a study file says about dates: formats, time zones, and the first and last day of each wave."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from balint_eval.jalali import FIRST_YEAR, LAST_YEAR, gregorian
from balint_eval.settings_words import Location
from balint_eval.study_items import Fault

if TYPE_CHECKING:
    from balint_eval.study_exports import Export, SessionLog
    from balint_eval.study_model import Study, Wave

JALALI_YEARS = range(FIRST_YEAR, LAST_YEAR)
"""No form was answered in these years of the Gregorian calendar; all who live were born in these of the Iranian one."""
SERIAL = "excel_serial"
WORDS = ("day_first", "month_first", "year_first", SERIAL)
"""Formats with a name of their own; every other one is a strptime format."""
DIRECTIVES = frozenset(f"%{letter}" for letter in "YymdbBHIMSfpzZaA%")
"""Parts of a strptime format that are read."""
FORMAT_PART = re.compile(r"%.|\s+|[^%\s]+|%", re.DOTALL)

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SAME = {"%y": "%Y", "%b": "%m", "%B": "%m", "%I": "%H", "%A": "%a"}


def format_fault(declared: str) -> str:
    """Say what is wrong with a `date_format`; blank when it can be used."""
    if not declared or declared in WORDS:
        return ""
    parts = [part for part in FORMAT_PART.findall(declared) if part.startswith("%")]
    if not parts:
        return f"it is none of {', '.join(WORDS)}, nor a strptime format such as %d/%m/%Y"
    if unknown := [part for part in parts if part not in DIRECTIVES]:
        return f"{unknown[0]} is not a part that can be read"
    kinds = [_SAME.get(part, part) for part in parts]
    lacking = [name for part, name in (("%d", "day"), ("%m", "month"), ("%Y", "year")) if part not in kinds]
    if lacking:
        return f"it has no {lacking[0]}"
    twice = [part for part in kinds if kinds.count(part) > 1 and part not in ("%%", "%a")]
    return f"it has {twice[0]} twice" if twice else ""


def day_of(text: str) -> date | None:
    """Give a day of the study file, written as 2026-03-31 or, by its year, in the Iranian calendar."""
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    if year in JALALI_YEARS:
        return gregorian(year, month, day)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def window(wave: Wave) -> tuple[date, date]:
    """Give first and last day of a wave; one that is not given lies at the end of time."""
    first, last = day_of(wave.from_), day_of(wave.until)
    return first or date.min, last or date.max


def date_faults(study: Study) -> Iterator[Fault]:
    """Give what is wrong with windows, formats and time zones."""
    yield from _window_faults(study.waves)
    if by_date := [at for at, export in _exports(study) if export.wave_from and export.wave_from.date]:
        yield from _apart_faults(study.waves, by_date[0])
    for at, settings in _dated(study):
        if what := format_fault(settings.date_format):
            mend = "write day_first, month_first, or a format such as %d/%m/%Y"
            yield (*at, "date_format"), "CFG-DATEFORMAT", f"this format cannot be used: {what}", mend
    zones: list[tuple[Location, str]] = [(("time_zone",), study.time_zone)]
    zones += [((*at, "time_zone"), export.time_zone) for at, export in _exports(study)]
    yield from (fault for at, zone in zones for fault in _zone_faults(at, zone))


def _exports(study: Study) -> Iterator[tuple[Location, Export]]:
    for c, cohort in enumerate(study.cohorts):
        for e, export in enumerate(cohort.exports):
            yield ("cohorts", c, "exports", e), export


def _dated(study: Study) -> Iterator[tuple[Location, Export | SessionLog]]:
    yield from _exports(study)
    for c, cohort in enumerate(study.cohorts):
        if cohort.sessions:
            yield ("cohorts", c, "sessions"), cohort.sessions


def _window_faults(waves: Sequence[Wave]) -> Iterator[Fault]:
    for index, wave in enumerate(waves):
        for key, text in (("from", wave.from_), ("until", wave.until)):
            if text and day_of(text) is None:
                yield ("waves", index, key), "CFG-WINDOW", "this is not a day", "write it as 2026-03-31 or 1405-01-11"
        first, last = window(wave)
        if first > last:
            what = f"the wave '{wave.name}' ends before it begins"
            yield ("waves", index, "until"), "CFG-WINDOW", what, "exchange from and until, or correct them"


def _apart_faults(waves: Sequence[Wave], at: Location) -> Iterator[Fault]:
    """Refuse waves that a date could not tell apart, where the date alone says the wave."""
    if not any(wave.from_ or wave.until for wave in waves):
        what = "the wave is to be told from the date, and no wave has from or until"
        yield (*at, "wave_from"), "CFG-WINDOW", what, "give each wave its first and last day"
        return
    ordered = sorted(enumerate(waves), key=lambda pair: window(pair[1]))
    for (_, wave), (index, following) in pairwise(ordered):
        if window(wave)[1] >= window(following)[0]:
            what = f"the days of the waves '{wave.name}' and '{following.name}' overlap, so a date can mean both"
            yield ("waves", index), "CFG-WINDOW", what, "let each wave begin after the one before has ended"


def _zone_faults(at: Location, zone: str) -> Iterator[Fault]:
    if not zone or zone in available_timezones():
        return
    names = {name.casefold(): name for name in available_timezones()}
    close = difflib.get_close_matches(zone.casefold(), names, n=1, cutoff=0.5)
    mend = f"did you mean '{names[close[0]]}'?" if close else "write it as Asia/Tehran, Europe/Berlin or UTC"
    yield at, "CFG-ZONE", f"there is no time zone '{zone}'", mend

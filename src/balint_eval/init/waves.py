"""Waves of a study: from names of files, values of a column, or dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from balint_eval.ingest.dates import DateRule, read_dates
from balint_eval.ingest.sheet import NORMAL, Sheet
from balint_eval.ingest.text import ascii_digits, clean_text

BEFORE, AFTER, FOLLOW_UP = "before", "after", "follow_up"
_ORDER = (BEFORE, AFTER, FOLLOW_UP)
_WORDS = {
    BEFORE: frozenset({
        "pre", "before", "baseline", "pretest", "start", "beginning", "base", "entry",
        "پیش", "قبل", "ابتدا", "شروع", "آغاز", "پیشازمون", "پیشآزمون",
    }),
    AFTER: frozenset({"post", "after", "posttest", "end", "final", "exit", "پس", "بعد", "پایان", "پسازمون", "پسآزمون"}),
    FOLLOW_UP: frozenset({
        "follow", "followup", "fu", "later", "month", "months", "year", "پیگیری", "ماه", "سال",
    }),
}  # fmt: skip
_COUNTED = re.compile(r"(?:t|w|wave|time|visit|round|measurement|m|نوبت|موج|مرحله)?0*([0-9]{1,2})")
_REDCAP_ARM = re.compile(r"[\s_\-]*arm[\s_\-]*[0-9]+$")
"""End of REDCap's event names, which counts arms and not waves."""
_RANKS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "one": 1,
    "two": 2,
    "three": 3,
    "اول": 1,
    "دوم": 2,
    "سوم": 3,
}


@dataclass(frozen=True)
class Period:
    """From the first to the last date of answers."""

    first: str
    last: str


def wave_word(text: str) -> str:
    """Give `before`, `after` or `follow_up` where a name says one of them, else `""`.

    Examples
    --------
    >>> wave_word("students_PRE_2024.csv"), wave_word("after_arm_1"), wave_word("three months later"), wave_word("x")
    ('before', 'after', 'follow_up', '')
    """
    words = set(_words(text))
    found = [wave for wave, known in _WORDS.items() if words & known]
    if FOLLOW_UP in found:
        # "three months after" is a follow-up.
        return FOLLOW_UP if BEFORE not in found else ""
    return found[0] if len(found) == 1 else ""


def wave_count(text: str) -> int | None:
    """Give the number that a name such as `T1`, `wave 2` or `first` counts with, None where it has none or several."""
    found = [int(match[1]) for word in _words(text, joined=True) if (match := _COUNTED.fullmatch(word))]
    found += [_RANKS[word] for word in _words(text) if word in _RANKS]
    return found[0] if len(found) == 1 else None


def _words(text: str, *, joined: bool = False) -> list[str]:
    plain = clean_text(ascii_digits(text.rsplit(".", 1)[0] if re.search(r"\.\w{2,4}$", text) else text))
    plain = _REDCAP_ARM.sub("", plain)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    if not joined:
        spaced = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", spaced)
    return [word.casefold() for word in re.split(r"[\W_]+", spaced) if word]


def name_waves(names: Sequence[str]) -> dict[str, str]:
    """Give the wave of each name that says it; names that contradict each other stay open.

    Parameters
    ----------
    names : sequence of str
        Files, or values of a wave column, of one cohort.

    Returns
    -------
    dict of name to wave
        `before`, `after`, `follow_up`; numbers count from the lowest: the first is `before`, the second `after`.
    """
    words = {name: wave for name in names if (wave := wave_word(name))}
    if words and len(set(words.values())) == len(words):
        return words
    counts = {name: count for name in names if (count := wave_count(name)) is not None}
    if words or len(counts) != len(names) or len(set(counts.values())) != len(counts) or len(counts) > len(_ORDER):
        return {}
    ordered = sorted(counts, key=lambda name: counts[name])
    return dict(zip(ordered, _ORDER, strict=False))


def dates_of(sheet: Sheet) -> Period | None:
    """Give the period in which a file was answered, by the platform's own dates; None without any."""
    column = sheet.ended or sheet.started
    if not column:
        return None
    days = days_of(sheet.cells.loc[sheet.status == NORMAL, column], sheet.file, column)
    return Period(min(days), max(days)) if days else None


def days_of(texts: pd.Series, file: str, column: str) -> list[str]:
    """Give the days of a column as ISO dates; none where one of its dates could be read in two ways."""
    read = read_dates(texts, DateRule(), file=file, column=column)
    return [] if read.problems or read.unread else [day for day in read.days if day]


def waves_by_date(periods: Mapping[str, Period]) -> dict[str, str]:
    """Give the waves of files whose periods follow each other without overlap, the first being `before`."""
    ordered = sorted(periods, key=lambda name: periods[name].first)
    apart = all(periods[one].last < periods[two].first for one, two in pairwise(ordered))
    return dict(zip(ordered, _ORDER, strict=False)) if apart and 1 < len(ordered) <= len(_ORDER) else {}


def in_order(waves: Iterable[str]) -> list[str]:
    """Give the waves in the order of time: before, after, follow_up, then others as they came."""
    seen = list(dict.fromkeys(waves))
    return [wave for wave in _ORDER if wave in seen] + [wave for wave in seen if wave not in _ORDER]


def role_of(position: int, wave: str) -> str:
    """Give the role of a wave by its place and name."""
    if position == 0:
        return "baseline"
    return "follow_up" if wave == FOLLOW_UP or position > 1 else "post"

"""Dates of answers: ISO, a platform's own format, or the declared one; day and month are never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from balint_eval.ingest.text import ascii_digits, is_blank

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_GOOGLE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2}) .*")
ANONYMOUS = "1980-01-01"
EARLIEST = date(1950, 1, 1)


def iso_date(text: str, declared: str = "") -> str | None:
    """Give a date as `YYYY-MM-DD`.

    Parameters
    ----------
    text : str
        A cell; blank gives `""`.
    declared : str
        strptime format; without one, ISO dates and year-first dates with slashes are read.

    Returns
    -------
    str or None
        None when the text is no such date, impossible, before 1950 (a Jalali year reads as 1403) or in
        the future. The marker 1980-01-01 of anonymised surveys gives `""`.
    """
    if is_blank(text):
        return ""
    plain = ascii_digits(text).strip()
    found = _declared(plain, declared) if declared else _year_first(plain)
    if found is None or not EARLIEST <= found <= _tomorrow():
        return None
    return "" if found.isoformat() == ANONYMOUS else found.isoformat()


def _declared(plain: str, declared: str) -> date | None:
    try:
        return datetime.strptime(plain, declared).date()
    except ValueError:
        return None


def _year_first(plain: str) -> date | None:
    match = _ISO.fullmatch(plain) or _GOOGLE.fullmatch(plain)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _tomorrow() -> date:
    # one day of grace for time zones ahead of this computer
    return date.fromordinal(datetime.now(tz=UTC).date().toordinal() + 1)

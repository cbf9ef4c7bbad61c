"""Columns that look like who a person is: noticed, said, and never carried on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from balint_eval.ingest.grid import column_shown, listed
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import ascii_digits, match_key

_KINDS: Mapping[str, str] = {
    "name": "name first last full given family surname firstname lastname fullname recipientfirstname "
    "recipientlastname participant_name نام نامخانوادگی نامونامخانوادگی اسم",
    "e-mail": "email emailaddress e-mail mail recipientemail ایمیل پستالکترونیک رایانامه",
    "phone": "phone phonenumber mobile telephone tel تلفن شمارهتلفن موبایل شمارهموبایل تلفنهمراه شمارهتماس",
    "address": "ip ipaddress ipaddr address postcode zip locationlatitude locationlongitude latitude "
    "longitude آدرس نشانی",
    "national id": "nationalid nationalcode ssn passport کدملی شمارهملی شمارهدانشجویی studentnumber",
    "birth": "dateofbirth birthdate birthday dob تاریختولد",
}
HEADERS = {match_key(word): kind for kind, words in _KINDS.items() for word in words.split()}
_SHAPES = {
    "e-mail": re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}"),
    "address": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}"),
    "phone": re.compile(r"(?:\+|00)\d{1,3}[\s-]?\d[\d\s-]{6,12}\d|0\d{9,10}"),
}
MOST = 0.5
"""Share of filled cells that must have the shape."""
LOOKED_AT = 200


def personal_columns(sheet: Sheet, used: Collection[str]) -> Iterator[str]:
    """Say which columns look like names, addresses or numbers of people; never what is in them.

    Parameters
    ----------
    sheet : Sheet
    used : collection of str
        Columns the study file names: a code by which people are linked may be an address.
    """
    found = [
        f"{column_shown(str(name), at)}: {kind}"
        for at, name in enumerate(sheet.cells.columns)
        if name not in used and (kind := personal_kind(str(name), sheet.cells[name]))
    ]
    if found:
        columns = "1 column looks" if len(found) == 1 else f"{len(found)} columns look"
        yield (
            f"WARN-PERSONAL: {columns} like what tells who a person is ({listed(found)}); not carried on. "
            "Export without them: what is not in the file cannot be lost."
        )


def personal_kind(name: str, cells: pd.Series) -> str:
    """Give what a column tells of a person, such as `e-mail`; blank where nothing is seen."""
    filled = [ascii_digits(text.strip()) for text in cells.head(LOOKED_AT) if text.strip()]
    if not filled or set(map(str.casefold, filled)) == {"anonymous"}:
        return ""
    shaped = (kind for kind, shape in _SHAPES.items() if _share(filled, shape) > MOST)
    return HEADERS.get(match_key(name).strip("_:.?؟"), "") or next(shaped, "")


def _share(filled: list[str], shape: re.Pattern[str]) -> float:
    return sum(shape.fullmatch(text) is not None for text in filled) / len(filled)

"""The elements of a self-made code: cut out of the cell, then tidied so that two ways of writing agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from balint_eval.ingest.text import normalise_id
from balint_eval.study_model import CodeElement, Linkage

Code = tuple[str, ...]
"""The tidied elements of one code; a blank element matches nothing, not even another blank."""

BETWEEN = " / "
"""Stands between the elements of a code that was asked in several questions."""
_SIGNS = re.compile(r"[\W_]+")
_ZEROS = re.compile(r"0*([0-9]+?)(?:[.,]0+)?")
_DAY = re.compile(r"0*([0-9]{1,2})(?:\.|st|nd|rd|th|ام|م)?")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_PERSIAN = re.compile("[\u0600-\u06ff]")


def plain(text: str) -> str:
    """Give the text by the rules for ids, and without accents: `É` becomes `e`."""
    parted = unicodedata.normalize("NFKD", text)
    return normalise_id("".join(sign for sign in parted if unicodedata.category(sign) != "Mn"))


_MONTHS = (
    ("january", "jan", "فروردین", "ژانویه"),
    ("february", "feb", "اردیبهشت", "فوریه"),
    ("march", "mar", "خرداد", "مارس"),
    ("april", "apr", "تیر", "آوریل"),
    ("may", "مرداد", "امرداد", "مه", "می"),
    ("june", "jun", "شهریور", "ژوئن"),
    ("july", "jul", "مهر", "ژوئیه", "جولای"),
    ("august", "aug", "آبان", "اوت", "آگوست"),
    ("september", "sep", "sept", "آذر", "سپتامبر"),
    ("october", "oct", "دی", "اکتبر"),
    ("november", "nov", "بهمن", "نوامبر"),
    ("december", "dec", "اسفند", "دسامبر"),
)
MONTHS: Mapping[str, str] = {plain(name): str(number) for number, names in enumerate(_MONTHS, 1) for name in names}
"""Names of months, English, Jalali and Persian, to their number in their own calendar."""


def _letters(text: str, element: CodeElement) -> str:
    letters = _NOT_LETTERS.sub("", plain(text))
    return letters[: element.length] if element.length else letters


def _number(text: str, _: CodeElement) -> str:
    written = plain(text)
    found = _ZEROS.fullmatch(written)
    return found[1] if found else _SIGNS.sub("", written)


def _day(text: str, element: CodeElement) -> str:
    found = _DAY.fullmatch(plain(text))
    return found[1] if found else _number(text, element)


def _month(text: str, element: CodeElement) -> str:
    return MONTHS.get(plain(text).rstrip("."), _number(text, element))


def _choice(text: str, _: CodeElement) -> str:
    return _SIGNS.sub("", plain(text))


_TIDY: Mapping[str, Callable[[str, CodeElement], str]] = {
    "letters": _letters,
    "number": _number,
    "day": _day,
    "month": _month,
    "choice": _choice,
}


def tidy_element(text: str, element: CodeElement) -> str:
    """Give one element in the form in which it is compared.

    Parameters
    ----------
    text : str
        As the person wrote it.
    element : CodeElement
        `letters`: letters only, without accents, small, the first `length` of them. `number`, `day`: without
        leading zeros; `3rd` is 3. `month`: its number, also from its name. `choice`: without blanks and signs.

    Returns
    -------
    str
        `""` where nothing is written that could match.

    Examples
    --------
    >>> tidy_element(" Márta", CodeElement(name="mother", kind="letters", length=2))
    'ma'
    >>> tidy_element("۰۳", CodeElement(name="day", kind="day"))
    '3'
    """
    return _TIDY[element.kind](text, element)


def join_parts(parts: Sequence[str]) -> str:
    """Write the answers to several questions as one code; blank when all are."""
    if not any(part.strip() for part in parts):
        return ""
    return BETWEEN.join(part.replace(BETWEEN.strip(), " ").strip() for part in parts)


def code_of(raw: str, linkage: Linkage, *, parted: bool) -> Code:
    """Give the tidied elements of one code.

    Parameters
    ----------
    raw : str
        The cell, or the cells joined by `join_parts`.
    linkage : Linkage
        With the elements and, for a code in one cell, their lengths or the separator.
    parted : bool
        Whether the elements were asked in questions of their own.

    Returns
    -------
    tuple of str
        One an element. All blank when the cell does not have the declared form: such a code matches nobody.
    """
    parts = raw.split(BETWEEN) if parted else cut_code(raw, linkage)
    if len(parts) != len(linkage.elements):
        return ("",) * len(linkage.elements)
    return tuple(map(tidy_element, map(str.strip, parts), linkage.elements))


def cut_code(raw: str, linkage: Linkage) -> list[str]:
    """Cut a code in one cell at the separator, or by the lengths of its elements; empty when it does not fit."""
    if linkage.separator:
        return plain(raw).split(plain(linkage.separator) or linkage.separator)
    found = _pattern(linkage.elements).fullmatch(_SIGNS.sub("", plain(raw)))
    return list(found.groups()) if found else []


def _pattern(elements: Sequence[CodeElement]) -> re.Pattern[str]:
    """Give the form of a whole code.

    A day or month between letters may lack its zero; beside another number it may not, for `123` could be cut in
    two ways.
    """
    kinds = ["letters", *(element.kind for element in elements), "letters"]
    beside = [(kinds[place], kinds[place + 2]) for place in range(len(elements))]
    return re.compile("".join(map(_piece, elements, beside)))


def _piece(element: CodeElement, beside: tuple[str, str]) -> str:
    if element.kind == "letters":
        return rf"([^\W\d_]{{{element.length}}})"
    if element.kind == "choice":
        return rf"(\w{{{element.length}}})"
    if element.kind in {"day", "month"}:
        return r"([0-9]{1,2})" if set(beside) == {"letters"} else "([0-9]{2})"
    return rf"([0-9]{{{element.length}}})"


def alphabet(text: str) -> int:
    """Give 1 for an element in Arabic or Persian letters, -1 for one in other letters, 0 for numbers and blanks."""
    if not text or text.isdigit():
        return 0
    return 1 if _PERSIAN.match(text) else -1

"""Letters, digits and invisible characters: one stated normalisation for labels, headers and ids.

Nothing here changes a stored cell: the functions give the form in which two texts are compared.
Full-width digits are left alone in answers, so that they are refused with their code point later.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import partial

PERSIAN_ZERO = 0x06F0
ARABIC_ZERO = 0x0660

DIGITS = str.maketrans(
    {zero + value: str(value) for zero in (PERSIAN_ZERO, ARABIC_ZERO) for value in range(10)}
    | {0x066B: ".", 0x066C: None}
)
"""Persian and Arabic-Indic digits and the decimal mark to ASCII; the thousands mark goes."""

LETTERS = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic ye
        "\u0649": "\u06cc",  # alef maksura
        "\u0643": "\u06a9",  # Arabic kaf
        "\u0629": "\u0647",  # te marbuta
        "\u06c0": "\u0647",  # he with ye above
        "\u06c2": "\u0647",
        "\u06d5": "\u0647",
        "\u0622": "\u0627",  # alef with madda, hamza above, hamza below, wasla
        "\u0623": "\u0627",
        "\u0625": "\u0627",
        "\u0671": "\u0627",
        "\u0640": None,  # tatweel
    }
)
"""Arabic letter forms to the Persian ones."""

HARAKAT = dict.fromkeys((*range(0x064B, 0x0660), 0x0670))
"""Vowel marks, tanwin, tashdid and the small alef: removed."""

ZWNJ = "\u200c"
INVISIBLE_CODES = (
    0x00AD,  # soft hyphen
    0x061C,  # Arabic letter mark
    0x180E,
    0x200B,  # zero-width space
    0x200C,  # ZWNJ
    0x200D,  # ZWJ
    0x200E,  # LRM
    0x200F,  # RLM
    *range(0x202A, 0x202F),  # embeddings and overrides
    0x2060,  # word joiner
    *range(0x2066, 0x206A),  # isolates
    0xFEFF,  # BOM
)
INVISIBLE = dict.fromkeys(INVISIBLE_CODES)
"""Characters without width: removed."""
INVISIBLE_BUT_JOINERS = dict.fromkeys(code for code in INVISIBLE_CODES if code not in (0x200C, 0x200D))

CONTROL = dict.fromkeys([code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in range(9, 14)])
SURROGATES = dict.fromkeys(range(0xD800, 0xE000))
HYPHENS = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D], "-")

_WHITE = re.compile(r"\s+")
_ARABIC = "\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff"
_ZWNJ_INSIDE = re.compile(f"(?<=[{_ARABIC}]){ZWNJ}+(?=[{_ARABIC}])")
_JOINER_OUTSIDE = re.compile(f"(?<![{_ARABIC}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_ARABIC}\u200c\u200d])")
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def ascii_digits(text: str) -> str:
    """Give the text with Persian and Arabic-Indic digits as 0 to 9 and their decimal mark as a point.

    Full-width and other digits stay as they are.

    Examples
    --------
    >>> ascii_digits("۱۲٫٥")
    '12.5'
    """
    return text.translate(DIGITS)


def collapse_white(text: str) -> str:
    """Give the text with each run of white space as one blank and none at the ends."""
    return _WHITE.sub(" ", text).strip()


def clean_text(text: str) -> str:
    """Give the form in which labels and answers are compared; case is kept.

    Digits to ASCII, Arabic letter forms to Persian, vowel marks, control characters, lone surrogates and
    characters without width removed, white space (no-break space included) collapsed. A ZWNJ between two
    Arabic-script letters becomes a blank, so that both spellings of a verb prefix agree.

    Notes
    -----
    Not for storing or printing comments: the result loses ZWNJ and vowel marks.
    """
    if text.isascii() and text.isalnum():
        return text
    unified = unicodedata.normalize("NFC", _PRESENTATION.sub(_compatible, text))
    spaced = _ZWNJ_INSIDE.sub(" ", unified.translate(HARAKAT))
    plain = spaced.translate(INVISIBLE).translate(CONTROL).translate(SURROGATES)
    return collapse_white(plain.translate(DIGITS).translate(LETTERS))


def clean_header(text: str) -> str:
    """Give the form in which column headers are compared: tags and entities gone, then `clean_text`."""
    return clean_text(html.unescape(_TAG.sub(" ", text)) if "<" in text or "&" in text else text)


def tidy_header(text: str) -> str:
    """Give a header to show and to store: single blanks, no invisible characters, letters as they are.

    A ZWNJ or ZWJ between two Arabic-script letters belongs to the spelling and stays.
    """
    if text.isascii() and text.isidentifier():
        return text
    return collapse_white(_JOINER_OUTSIDE.sub("", text.translate(INVISIBLE_BUT_JOINERS)))


def match_key(text: str) -> str:
    """Give the loosest form: `clean_header`, casefolded, without any blank.

    Two headers with one key differ only by case, white space or invisible characters.
    """
    return clean_header(text).casefold().replace(" ", "")


def normalise_id(text: str) -> str:
    """Give the form in which person ids are compared, by the rules of `ID_RULES`, one after the other.

    Notes
    -----
    Two ids that fall together through it are an error for the caller to report, never one person.
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    compatible = unicodedata.normalize("NFKC", text).translate(HARAKAT).translate(INVISIBLE)
    plain = compatible.translate(DIGITS).translate(LETTERS).translate(HYPHENS)
    return unicodedata.normalize("NFKC", collapse_white(plain).casefold())


ID_RULES: Mapping[str, Callable[[str], str]] = {
    "compatibility forms are unified (Unicode NFKC)": partial(unicodedata.normalize, "NFKC"),
    "vowel marks go": lambda text: text.translate(HARAKAT),
    "characters without width (ZWNJ, ZWJ, LRM, RLM, BOM, soft hyphen) go": lambda text: text.translate(INVISIBLE),
    "Persian and Arabic-Indic digits become ASCII digits": ascii_digits,
    "Arabic ye, kaf and the forms of alef become the Persian letters": lambda text: text.translate(LETTERS),
    "every kind of hyphen and dash becomes '-'": lambda text: text.translate(HYPHENS),
    "blanks at the ends go": str.strip,
    "runs of white space, no-break space included, become one blank": collapse_white,
    "capital and small letters are the same (casefold)": str.casefold,
}
"""What `normalise_id` does, in order of doing."""


def rules_that_unite(ids: Iterable[str]) -> list[str]:
    """Give the rules of `ID_RULES` by which ids that are written in several ways become fewer.

    Examples
    --------
    >>> rules_that_unite(["Ali7", "ali۷"])
    ['Persian and Arabic-Indic digits become ASCII digits', 'capital and small letters are the same (casefold)']
    """
    forms, found = set(ids), []
    for rule, applied in ID_RULES.items():
        changed = {text for text in forms if applied(text) != text}
        after = {applied(text) for text in forms}
        if len(after) < len(forms) or (changed and changed != forms):
            found.append(rule)
        forms = after
    return found


def is_blank(text: str) -> bool:
    """Tell whether nothing visible is in the text."""
    if not text or text.isspace():
        return True
    return not text.isascii() and not text.translate(INVISIBLE).strip()


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())

"""Headings, sheets and choices of the workbook in English and Persian; both are read, whatever was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from balint_eval.ingest.text import match_key

Language = Literal["en", "fa"]
LANGUAGES: tuple[Language, ...] = ("en", "fa")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet of the codebook.

    Attributes
    ----------
    key : str
        Field of the model; `""` for a column that only helps people.
    en, fa : str
        Heading.
    width : int
        In characters.
    """

    key: str
    en: str
    fa: str
    width: int

    def text(self, language: Language) -> str:
        """Give the heading in one language."""
        return self.en if language == "en" else self.fa


_COHORT = Heading("cohort", "cohort", "گروه مطالعه", 14)
_FILE = Heading("file", "file", "فایل", 28)
_INSTRUMENT = Heading("instrument", "instrument", "پرسشنامه", 22)
_LIST = Heading("answers", "answer list", "فهرست پاسخ", 18)
_WAVE = Heading("wave", "wave", "نوبت", 18)
_ELEMENT = Heading("element", "code element", "جزء کد", 16)
_NOTE = Heading("note", "note", "توضیح", 70)

SHEETS: Mapping[str, tuple[Heading, ...]] = {
    "columns": (
        _COHORT,
        _FILE,
        Heading("column", "column", "ستون", 28),
        Heading("question", "question text", "متن پرسش", 40),
        Heading("examples", "answers that occur", "پاسخ‌های موجود", 30),
        Heading("use", "use", "کاربرد", 12),
        _INSTRUMENT,
        Heading("item", "item", "شماره گویه", 10),
        _LIST,
        Heading("waves", "waves", "نوبت‌ها", 18),
        _ELEMENT,
        _NOTE,
    ),
    "answers": (
        _LIST,
        Heading("answer", "answer", "پاسخ", 34),
        Heading("code", "code", "کد", 12),
        Heading("suggestion", "suggestion", "پیشنهاد", 12),
        Heading("allowed", "codes of the instrument", "کدهای پرسشنامه", 44),
        Heading("times", "times", "تعداد", 8),
        _NOTE,
    ),
    "waves": (
        _COHORT,
        _FILE,
        Heading("value", "value", "مقدار", 24),
        _WAVE,
        Heading("rows", "rows", "تعداد ردیف", 10),
        _NOTE,
    ),
    "forms": (
        _COHORT,
        _FILE,
        _INSTRUMENT,
        Heading("already_reversed", "already reversed", "از پیش معکوس شده", 18),
        Heading("key_confirmed", "key confirmed", "کلید تأیید شده", 16),
        Heading("accept", "accepted findings", "یافته‌های پذیرفته", 24),
        _NOTE,
    ),
    "elements": (
        _ELEMENT,
        Heading("kind", "kind", "نوع", 12),
        Heading("length", "length", "طول", 10),
        Heading("separator", "sign after it", "نشانهٔ پس از آن", 16),
        _NOTE,
    ),
}
"""Sheets in their order, each with its columns in their order."""

FOR_PEOPLE = frozenset({"suggestion", "allowed", "times", "rows"})
"""Columns that are written to help and never read."""

OPTIONAL_OF: Mapping[str, frozenset[str]] = {"columns": frozenset({"element"})}
"""Columns that may be deleted on one sheet, and not on another."""
OPTIONAL = FOR_PEOPLE | {"cohort", "question", "examples", "waves", "note", "accept", "value", "length", "separator"}
"""Columns that may be deleted."""

SHEET_NAMES: Mapping[str, tuple[str, str]] = {
    "columns": ("columns", "ستون‌ها"),
    "answers": ("answers", "پاسخ‌ها"),
    "waves": ("waves", "نوبت‌ها"),
    "forms": ("forms", "پرسشنامه‌ها"),
    "elements": ("person code", "کد فرد"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    "item": ("item", "گویه"),
    "person_id": ("person id", "شناسه فرد"),
    "code_element": ("code element", "جزء کد"),
    "group": ("group", "گروه"),
    "arm": ("arm", "بازو"),
    "wave": ("wave", "نوبت"),
    "date": ("date", "تاریخ"),
    "comment": ("comment", "نظر"),
    "total": ("total", "نمره کل"),
    "ignore": ("ignore", "نادیده"),
    "missing": ("missing", "بی‌پاسخ"),
    "leave_out": ("leave out", "کنار گذاشته"),
    "letters": ("letters", "حروف"),
    "number": ("number", "عدد"),
    "day": ("day", "روز"),
    "month": ("month", "ماه"),
    "choice": ("choice", "گزینه"),
    "yes": ("yes", "بله"),
    "no": ("no", "خیر"),
}
"""Choices: the key the model knows, English, Persian."""


def word(key: str, language: Language) -> str:
    """Give a choice as people see it."""
    return WORDS[key][LANGUAGES.index(language)]


def sheet_name(key: str, language: Language) -> str:
    """Give the name of a sheet as people see it."""
    return SHEET_NAMES[key][LANGUAGES.index(language)]


def _folded(text: str) -> str:
    return match_key(text.replace("_", ""))


_CHOICES = {_folded(text): key for key, texts in WORDS.items() for text in (key, *texts)}
_SHEETS = {_folded(text): key for key, texts in SHEET_NAMES.items() for text in texts}


def choice_of(text: str) -> str:
    """Give the key of a choice written in either language; other text as it is."""
    return _CHOICES.get(_folded(text), text)


def sheet_of(name: str) -> str:
    """Give the key of a sheet named in either language, `""` for another sheet."""
    return _SHEETS.get(_folded(name), "")


def heading_of(sheet: str, text: str) -> str:
    """Give the field that a heading of either language stands for, `""` for a column of the user's own."""
    known = {_folded(name): h.key for h in SHEETS[sheet] for name in (h.key, h.en, h.fa)}
    return known.get(_folded(text), "")

"""Words inside dates: months, weekdays and the halves of the day, in the languages the platforms write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from balint_eval.ingest.text import clean_text

_GREGORIAN = (
    ("january jan", "ژانویه يناير"),
    ("february feb", "فوریه فبراير"),
    ("march mar", "مارس"),
    ("april apr", "آوریل أبريل"),
    ("may", "مه مایو مايو"),
    ("june jun", "ژوئن يونيو"),
    ("july jul", "ژوئیه جولای يوليو"),
    ("august aug", "اوت آگوست أغسطس"),
    ("september sep sept", "سپتامبر سبتمبر"),
    ("october oct", "اکتبر أكتوبر"),
    ("november nov", "نوامبر نوفمبر"),
    ("december dec", "دسامبر ديسمبر"),
)
_JALALI = (
    "فروردین farvardin", "اردیبهشت ordibehesht", "خرداد khordad", "تیر tir", "مرداد امرداد mordad", "شهریور shahrivar",
    "مهر mehr", "آبان aban", "آذر azar", "دی dey", "بهمن bahman", "اسفند esfand",
)  # fmt: skip
_WEEKDAYS = (
    "monday mon tuesday tue wednesday wed thursday thu friday fri saturday sat sunday sun",
    "شنبه یکشنبه دوشنبه سهشنبه چهارشنبه پنجشنبه جمعه",
)
_FORENOON = ("am", "قظ", "قبلازظهر", "پیشازظهر", "صبح", "صباحا", "ص", "vorm", "de")
_AFTERNOON = ("pm", "بظ", "بعدازظهر", "پسازظهر", "عصر", "مساء", "م", "nachm", "du")


def _word(word: str) -> str:
    return clean_text(word).casefold()


JALALI_MONTHS = {_word(word): number for number, words in enumerate(_JALALI, start=1) for word in words.split()}
"""Month names of the Iranian calendar, as `clean_text` and casefolding give them."""
GREGORIAN_MONTHS = {
    _word(word): number for number, words in enumerate(_GREGORIAN, start=1) for part in words for word in part.split()
}
AFTERNOON = frozenset(map(_word, _AFTERNOON))


def _spaced(words: Iterable[str]) -> str:
    """Give a pattern for words whose letters may stand apart: `p. m.`, `ب.ظ`, `سه شنبه`."""
    longest_first = sorted(map(_word, words), key=len, reverse=True)
    return "|".join(r"[.\s]*".join(map(re.escape, word)) + r"\.?" for word in longest_first)


MONTH = "|".join(sorted(map(re.escape, {*JALALI_MONTHS, *GREGORIAN_MONTHS}), key=len, reverse=True))
HALF = _spaced((*_FORENOON, *_AFTERNOON))
WEEKDAY = _spaced(" ".join(_WEEKDAYS).split())


def is_afternoon(half: str) -> bool:
    """Tell the second half of the day from the first, by a word that `HALF` matched."""
    return re.sub(r"[.\s]", "", half) in AFTERNOON

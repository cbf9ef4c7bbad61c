"""Numbers and labels as words for figures, captions and alternative texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from math import isfinite

from matplotlib.font_manager import FontProperties, findfont, get_font

from balint_eval.language import Language
from balint_eval.rounding import fixed

MINUS, DASH, TO = "\u2212", "\u2013", "\u2013"
# Joiners carry meaning in Persian and Indic scripts; isolates keep lines of two directions in order.
_KEPT_FORMAT_CHARACTERS = "\u200c\u200d\u2066\u2067\u2068\u2069"
_PLACEHOLDER = "\u25a1"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def number(value: float, digits: int = 1) -> str:
    """Give a number with a real minus sign, never a negative zero; a dash where it is missing."""
    if not isfinite(value):
        return DASH
    return fixed(value, digits).replace("-", MINUS)


def plain(value: float) -> str:
    """Give an end point of a scale or a tick: no trailing zeros."""
    return f"{value:g}".replace("-", MINUS)


def interval(low: float, high: float, digits: int = 1) -> str:
    """Give an interval in brackets."""
    return f"[{number(low, digits)}, {number(high, digits)}]"


def digits_for(span: float) -> int:
    """Give how many decimals suit a scale of this width: one for 10 points or more, else two."""
    return 1 if not isfinite(span) or span >= 10 else 2


def percent(level: float) -> str:
    """Give a share as `95%`."""
    return f"{100 * level:.4g}%"


def sentence(text: str) -> str:
    """Give a text with its first letter large."""
    return text[:1].upper() + text[1:]


def tidied(label: str) -> str:
    """Give a label as it is drawn: blanks folded, control characters gone, unknown letters as boxes."""
    folded = re.sub(r"[^\S\u00a0]+", " ", str(label)).strip()
    return "".join(_drawn(letter) for letter in folded if _is_kept(letter))


def _is_kept(letter: str) -> bool:
    return letter in _KEPT_FORMAT_CHARACTERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"}


def _drawn(letter: str) -> str:
    return letter if letter in _KEPT_FORMAT_CHARACTERS or ord(letter) in _known_letters() else _PLACEHOLDER


def unknown_letters(labels: Iterable[str]) -> str:
    """Give the letters of labels that the font of the figures lacks, each once; boxes stand for them."""
    kept = (letter for label in labels for letter in label if not letter.isspace() and _is_kept(letter))
    return "".join(dict.fromkeys(letter for letter in kept if _drawn(letter) == _PLACEHOLDER != letter))


@cache
def _known_letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())


def isolated(label: str, language: Language) -> str:
    """Give a label for running text; one of the other direction is isolated so that numbers do not flip."""
    return language.isolated(re.sub(r"\s+", " ", str(label)).strip())


def has_right_to_left(text: str) -> bool:
    """Say whether any letter runs from right to left."""
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text)


def is_right_to_left(text: str) -> bool:
    """Say whether the first letter with a direction runs from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one in _RIGHT_TO_LEFT for one in directions if one in {"L", *_RIGHT_TO_LEFT}), False)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Give a sorting key under which `G2` comes before `G10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts)

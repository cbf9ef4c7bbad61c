"""Measuring and wrapping text in millimetres, so that layouts are computed and nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from matplotlib.font_manager import FontProperties

from balint_eval.plots.outlines import text_measures
from balint_eval.plots.style import BODY, LINE_SPACING
from balint_eval.plots.words import tidied

MM, POINTS = 25.4, 72.0
"""Millimetres and points of an inch."""
_SOFT_BREAKS = "-_/.,;:·"


def line_width(text: str, size: float = BODY, weight: str = "normal") -> float:
    """Give the width of one line in millimetres.

    It is the sum of the words and blanks, for letters of this font neither join nor lean on each other over a blank:
    words come again in all figures, whole lines hardly ever, and measuring is dear.
    """
    words = text.split(" ")
    blank = word_width("n n", size, weight) - 2 * word_width("n", size, weight)
    return sum(word_width(word, size, weight) for word in words) + (len(words) - 1) * blank


@lru_cache(maxsize=20_000)
def word_width(text: str, size: float = BODY, weight: str = "normal") -> float:
    """Give the width of a text as the plotting library lays it out in one piece, in millimetres."""
    return text_measures(text, FontProperties(family="DejaVu Sans", size=size, weight=weight))[0] / POINTS * MM


def line_step(size: float = BODY) -> float:
    """Give the distance from one baseline to the next in millimetres."""
    return LINE_SPACING * size / POINTS * MM


def ascent(size: float = BODY) -> float:
    """Give the millimetres from the top of a block to its first baseline, room for accents included."""
    return 0.88 * size / POINTS * MM


def middle_of_line(size: float = BODY) -> float:
    """Give the millimetres from the top of a block to the middle of its first line's small letters."""
    return ascent(size) - 0.3 * size / POINTS * MM


def block_height(text: str, size: float = BODY) -> float:
    """Give the height of a text with its line breaks in millimetres."""
    return ascent(size) + text.count("\n") * line_step(size) + 0.28 * size / POINTS * MM


def block_width(text: str, size: float = BODY, weight: str = "normal") -> float:
    """Give the width of the widest line in millimetres."""
    return max(line_width(line, size, weight) for line in text.split("\n"))


def wrapped(text: str, width: float, size: float = BODY, weight: str = "normal") -> str:
    """Break a label into lines no wider than `width` millimetres; nothing is left out.

    Breaks at blanks; a word that is too long is broken after a hyphen, a slash or the like, else anywhere.
    """
    lines: list[str] = []
    for word in _pieces(tidied(text), width, size, weight):
        longer = f"{lines[-1]}{word}" if lines else word
        if lines and line_width(longer.rstrip(), size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(line.strip() for line in lines)


def _pieces(text: str, width: float, size: float, weight: str) -> Iterator[str]:
    for word in text.split(" "):
        pieces = list(_broken(word, width, size, weight))
        yield from pieces[:-1]
        yield f"{pieces[-1]} "


def _broken(word: str, width: float, size: float, weight: str) -> Iterator[str]:
    while line_width(word, size, weight) > width and len(word) > 1:
        fits = _letters_that_fit(word, width, size, weight)
        soft = max((word.rfind(mark, 0, fits) for mark in _SOFT_BREAKS), default=-1) + 1
        cut = soft if soft >= fits / 2 else fits
        yield word[:cut]
        word = word[cut:]
    yield word


def _letters_that_fit(word: str, width: float, size: float, weight: str) -> int:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if line_width(word[:middle], size, weight) <= width else (low, middle - 1)
    return low

"""Answer labels: when two texts are one label, and when a text carries its own code."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from balint_eval.errors import LONGEST_ANSWER, MOST_WORDS, looks_like_an_id, masked
from balint_eval.ingest.text import clean_text

OFTEN = 5
"""A text that occurs so often is an answer of the form, however long; a story is told once."""
LISTED = 12
LONGEST_LABEL = 120

_PUNCTUATION = re.compile(r"[\s.,;:!?،؛؟…'\"«»“”‘’`()\[\]{}/\\|_~*-]+")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_CODE_FIRST = re.compile(rf"[(\[]?([+-]?[0-9]{{1,3}})(?:\s*[{_DASHES}=:.)\]]+)\s*([^0-9]+)")
_CODE_THEN_BRACKETS = re.compile(r"([+-]?[0-9]{1,3})\s*[(\[]([^0-9()\[\]]+)[)\]]")
_CODE_LAST = re.compile(rf"([^0-9]+?)(?:\s*[(\[]\s*([+-]?[0-9]{{1,3}})\s*[)\]]|\s*[{_DASHES}=:]\s*([0-9]{{1,3}}))")
_VARIANTS = str.maketrans({"\u0626": "\u06cc", "\u0624": "\u0648", "\u0621": None})
"""Hamza on its seats and alone, which people type or leave out."""


@dataclass(frozen=True, slots=True)
class CodedLabel:
    """A text such as `5 - strongly agree`: its code, and the key of its label."""

    code: float
    label: str


def label_key(text: str) -> str:
    """Give the form in which two spellings of one label agree.

    After `clean_text`: no capitals, blanks or punctuation, and no hamza. A verb prefix with ZWNJ, with a blank
    or joined (`می‌شوم`, `می شوم`, `میشوم`) is one text.
    """
    plain = clean_text(text).casefold().translate(_VARIANTS)
    return _PUNCTUATION.sub("", plain) or plain


def coded_label(text: str) -> CodedLabel | None:
    """Give code and label of a text that holds both, None for every other text.

    A code stands first, with a dash, `=`, `:`, `.` or a bracket behind it or the label in brackets, or last, in
    brackets or behind a dash, `=` or `:`. A label that holds
    digits carries no code: `2-3 times`, `3 or more times` and `10+` are labels.

    Examples
    --------
    >>> coded_label("5 - Strongly agree"), coded_label("3 or more times")
    (CodedLabel(code=5.0, label='stronglyagree'), None)
    """
    plain = clean_text(text)
    if first := _CODE_FIRST.fullmatch(plain) or _CODE_THEN_BRACKETS.fullmatch(plain):
        return _coded(first[1], first[2])
    if last := _CODE_LAST.fullmatch(plain):
        return _coded(last[2] or last[3], last[1])
    return None


def _coded(code: str, label: str) -> CodedLabel | None:
    key = label_key(label)
    return CodedLabel(float(code), key) if sum(map(str.isalpha, key)) > 1 else None


def contradictions(coded: Mapping[str, CodedLabel]) -> list[str]:
    """Say which texts contradict each other: a code with two labels, or a label with two codes."""
    by_code: dict[float, dict[str, str]] = {}
    by_label: dict[str, dict[float, str]] = {}
    for text in sorted(coded):
        found = coded[text]
        by_code.setdefault(found.code, {}).setdefault(found.label, text)
        by_label.setdefault(found.label, {}).setdefault(found.code, text)
    codes = [
        f"the code {code:g} has several labels ({_quoted(t.values())})" for code, t in by_code.items() if len(t) > 1
    ]
    labels = [
        f"one label has several codes ({_quoted(texts.values())})" for texts in by_label.values() if len(texts) > 1
    ]
    return codes + labels


def _quoted(texts: Collection[str]) -> str:
    return ", ".join(f"'{label_shown(text, 1)}'" for text in texts)


def one_spelling(texts: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    """Give each label once, in its most frequent spelling, with how often all its spellings occur."""
    spellings: dict[str, list[str]] = {}
    for text in texts:
        spellings.setdefault(label_key(text), []).append(text)
    return {max(same, key=lambda text: counts[text]): sum(counts[text] for text in same) for same in spellings.values()}


def nearest(text: str, known: Mapping[str, str]) -> str:
    """Give the declared answer that a text resembles most, `""` where none does.

    Parameters
    ----------
    text : str
    known : mapping of label key to the declared answer
    """
    close = difflib.get_close_matches(label_key(text), known, n=1, cutoff=0.6)
    return known[close[0]] if close else ""


def label_shown(text: str, count: int) -> str:
    """Give a label as it may be shown: whole when short, or given so often that nobody told it as a story."""
    few_words = len(text) <= LONGEST_ANSWER and len(text.split()) <= MOST_WORDS and not looks_like_an_id(text)
    short = few_words or (count >= OFTEN and len(text) <= LONGEST_LABEL)
    return text.strip() if short and "@" not in text else masked(text.strip())


def listing(counts: Mapping[str, int], beside: Mapping[str, str]) -> str:
    """List texts with how often each occurs, and what stands beside it, such as the nearest declared answer."""
    parts = [
        f"'{label_shown(text, number)}' ({number}{f'; {beside[text]}' if beside.get(text) else ''})"
        for text, number in list(counts.items())[:LISTED]
    ]
    more = len(counts) - len(parts)
    return ", ".join(parts) + (f" and {more} more" if more > 0 else "")


def answers_to_paste(counts: Mapping[str, int], codes: Mapping[str, float]) -> str:
    """Give a list of `answers` for the study file, with `___` where a person has to say the code."""
    shown = [text for text, number in counts.items() if label_shown(text, number) == text.strip()]
    entries = [
        f"{{answer: {json.dumps(text.strip(), ensure_ascii=False)}, code: {_code_shown(codes.get(text))}}}"
        for text in shown[:LISTED]
    ]
    return f"answers: [{', '.join(entries)}]"


def _code_shown(code: float | None) -> str:
    return "___" if code is None else f"{code:g}"


def said(codes: Mapping[float, str], order: Sequence[float]) -> str:
    """List texts with the codes they were read as, in the order of the codes."""
    return ", ".join(f"'{codes[code]}' as {code:g}" for code in order if code in codes)

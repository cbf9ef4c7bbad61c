"""The same report in every language: the same blocks, and in each the same numbers in the same order."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

import pytest

from balint_eval.language import ENGLISH, read_language
from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.researcher import build_researcher

FA = read_language("fa")
BUILD = {"educator": build_educator, "researcher": build_researcher}
_SIGNS = str.maketrans({**dict(zip("۰۱۲۳۴۵۶۷۸۹", "0123456789", strict=True)), "٫": ".", "٬": ",", "٪": "%"})
_JALALI = re.compile(r"\d+ [\u0600-\u06ff]+ 1[34]\d\d \((\d+ [\u0600-\u06ff\s]+ \d{4})\)")
_NUMBER = re.compile(r"−?(?:\d[\d,]*)?\.?\d+")
_NOT_READ = {"svg", "small_svg", "name", "anchor", "source", "support", "doi", "kind", "language", "number", "align"}
_NOT_READ |= {"direction", "tone", "role"}


def numbers_in(text):
    """Give the numbers of a text; a date stands in two calendars in Persian and in one in English."""
    plain = _JALALI.sub(r"\1", text.translate(_SIGNS))
    return [float(found.replace("−", "-").replace(",", "")) for found in _NUMBER.findall(plain)]


def texts_of(value, name=""):
    """Give every text a reader sees, with its path, in order."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from texts_of(part, f"{name}[{place}]")
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _NOT_READ:
                yield from texts_of(getattr(value, field.name), f"{name}.{field.name}")


@pytest.mark.parametrize("kind", sorted(BUILD))
def test_the_same_numbers_in_the_same_order(study, kind):
    _, arguments = study
    english, persian = (BUILD[kind](*arguments, language) for language in (ENGLISH, FA))
    assert (persian.language, persian.direction) == ("fa", "rtl")
    pairs = list(zip(texts_of(english), texts_of(persian), strict=True))
    assert len(pairs) > 20
    for (path, said), (same_path, translated) in pairs:
        assert path == same_path
        assert numbers_in(said) == numbers_in(translated), f"{path}: {said} | {translated}"


def test_the_reader_of_numbers_sees_a_changed_one():
    assert (
        numbers_in("t(5.2) = 2.31, p = .03") == numbers_in("\u2066t(۵٫۲) = ۲٫۳۱, p = ۰٫۰۳\u2069") == [5.2, 2.31, 0.03]
    )
    assert numbers_in("[−0.4, 5.8]") != numbers_in("[۰٫۴، ۵٫۸]")
    assert numbers_in("14 October 2024") == numbers_in("۲۳ مهر ۱۴۰۳ (۱۴ اکتبر ۲۰۲۴)") == [14, 2024]


def test_the_persian_page_runs_from_right_to_left(example):
    page = render_html(build_educator(*example("gain"), FA))
    assert '<html lang="fa" dir="rtl">' in page


def outside_isolates(text):
    """Give a text without the labels and runs of statistics that are isolated in it."""
    kept, depth = "", 0
    for sign in text:
        depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
        kept += sign if not depth else ""
    return kept


def test_the_educators_page_speaks_persian_throughout(study):
    """What is left in Latin letters is a label of the study or a run of statistics, and isolated."""
    _, arguments = study
    for path, text in texts_of(build_educator(*arguments, FA)):
        drawn = "alternative_text" in path or path.endswith(".title")
        assert drawn or not re.findall(r"[A-Za-z]{2,}", outside_isolates(text)), f"{path}: {text}"

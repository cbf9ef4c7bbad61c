"""Errors in the reader's language: where, what the code means and what to do; the English sentence stands below.

Every problem is written down in English, with its code, where it is found. A code has one meaning and one remedy
(`error_codes.yaml`), and these are translated. The sentence itself says more than its code; it is kept, in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from balint_eval.errors import SHOWN_AT_MOST, BalintError, Problem, first_of_each_kind, shown
from balint_eval.language import Language, marked
from balint_eval.language.numerals import END, FIRST_STRONG
from balint_eval.language.speech import ENGLISH_TAG

_ISOLATES = re.compile("[\u2066-\u2069]")
_HELD = "\ufffc"
"""Stands in a sentence for text of a file, whose digits are no number to be written in another way."""
_PLACE_WORDS = (
    (marked("line {row}"), marked("row {row}")),
    (marked("key {column}"), marked("column {column}")),
)


def told(problem: Problem, language: Language) -> str:
    """Give a problem in a language.

    Parameters
    ----------
    problem : Problem
    language : Language

    Returns
    -------
    str
        In English the problem as it is; in another language where it is, what its code means and what to do, and
        below it the English sentence. A sentence that the language knows stands in the place of the meaning.
    """
    if language.tag == ENGLISH_TAG:
        return str(problem)
    entry = code_meanings().get(problem.code)
    if entry is None:
        return language.isolated(str(problem))
    place = told_place(problem, language)
    known = "" if problem.mend else language.remark(problem.what)
    meant = language.say(
        "{code}: {what}. To mend it: {mend}.",
        code=problem.code,
        what=known or language.say(str(entry["what"])),
        mend=language.say(str(entry["mend"])),
    )
    if known:
        return "\n".join([meant, *([f"  {place}"] if place else [])])
    english = f"{problem.what}. To mend it: {problem.mend}" if problem.mend else problem.what
    detail = language.say("In English: {sentence}", sentence=english.rstrip("."))
    return "\n".join(part for part in (meant, f"  {place}" if place else "", f"  {detail}") if part)


def told_place(problem: Problem, language: Language) -> str:
    """Say where a problem is: file, row or line, column or key, value; blank where nothing is known of it."""
    in_settings = problem.code.startswith("CFG-") and ".xlsx" not in problem.file
    rows, columns = (pair[0 if in_settings else 1] for pair in _PLACE_WORDS)
    parts = [
        _literal(problem.file, language),
        language.say(rows, row=f"{problem.row}") if problem.row else "",
        _holding(language.say(columns, column=_HELD), problem.column, language),
        _holding(language.say("value {value}", value=_HELD), shown(problem.value) if problem.value else "", language),
    ]
    kept = [part for part in parts if part]
    return language.say("Where: {place}", place=language.sequence(kept)) if kept else ""


def _holding(sentence: str, text: str, language: Language) -> str:
    return sentence.replace(_HELD, _literal(text, language)) if text else ""


def _literal(text: str, language: Language) -> str:
    """Give what stands in a file so that it is shown as it stands there, digits too."""
    return f"{FIRST_STRONG}{text}{END}" if text and language.is_right_to_left else text


def told_error(error: BalintError, language: Language) -> str:
    """Give all problems of an error in a language; of many, the first ones of every code, and how many there are."""
    if language.tag == ENGLISH_TAG:
        return str(error)
    lines = [told(problem, language) for problem in first_of_each_kind(error.problems, SHOWN_AT_MOST)]
    hidden = len(error.problems) - len(lines)
    if hidden > 0:
        lines.append(
            language.say(
                "... and {hidden} more ({all} problems in all).", hidden=f"{hidden}", all=f"{len(error.problems)}"
            )
        )
    return "\n".join(lines)


def plainly(text: str) -> str:
    """Give a text without the invisible signs that set runs of another direction apart: some readers speak them."""
    return _ISOLATES.sub("", text)


@cache
def code_meanings() -> Mapping[str, Mapping[str, Any]]:
    """Give what each code means and what to do, by code."""
    text = (files("balint_eval") / "error_codes.yaml").read_text(encoding="utf-8")
    return {entry["code"]: entry for entry in yaml.load(text, yaml.CSafeLoader)}

"""SurveyMonkey: question texts over blocks of columns, options in a second header row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from balint_eval.ingest.grid import Grid, Record, counted
from balint_eval.ingest.readers.layout import Layout
from balint_eval.ingest.readers.plain import foreign_header
from balint_eval.ingest.text import is_blank, match_key, tidy_header

ID_WORDS = frozenset({"respondentid", "respondent_id"})
RESPONSE_WORDS = frozenset({"response", "openendedresponse", "open-endedresponse"})
STARTED, ENDED = "startdate", "enddate"

_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE][+]?[0-9]+")


def is_surveymonkey(grid: Grid) -> bool:
    """Tell a SurveyMonkey export by its first column."""
    return bool(grid.header) and match_key(grid.header[0]) in ID_WORDS


def arrange(grid: Grid) -> Layout:
    """Compose column names of question and option, questions filled to the right.

    Notes
    -----
    A column whose second header cell is blank or "Response" keeps the question as its name, any other is
    called `question [option]`.
    """
    rows = 2 if _has_second_row(grid) else 1
    names = _composed(grid.header, grid.records[1]) if rows == 2 else list(grid.header)
    tidied = [tidy_header(name) for name in names]
    by_key = {match_key(name): name for name in tidied}
    return Layout(
        platform="surveymonkey",
        names=names,
        header_rows=rows,
        labels={name: name for name in tidied[1:]},
        started=by_key.get(STARTED, ""),
        ended=by_key.get(ENDED, ""),
        notes=tuple(_rounded_ids(grid.records[rows:])),
        problems=tuple(foreign_header(grid)),
    )


def _rounded_ids(people: Sequence[Record]) -> list[str]:
    """Say that a spreadsheet has rounded the respondents' numbers; as a person's code they are refused later."""
    rounded = [record for record in people if record and _ROUNDED.fullmatch(record[0].strip())]
    if not rounded:
        return []
    lost = counted(len(rounded), "respondent's number", "respondents' numbers")
    return [f"{lost} were rounded by a spreadsheet, as in 1.2E+10, and tell nobody apart; export again as CSV."]


def _has_second_row(grid: Grid) -> bool:
    if len(grid.records) < 2:
        return False
    second = grid.records[1]
    said = any(match_key(cell) in RESPONSE_WORDS for cell in second)
    return is_blank(second[0]) and (said or any(is_blank(cell) for cell in grid.header))


def _composed(questions: Record, options: Record) -> list[str]:
    names: list[str] = []
    current = ""
    for question, option in zip(questions, options, strict=False):
        current = current if is_blank(question) else question
        plain = is_blank(option) or match_key(option) in RESPONSE_WORDS
        names.append(current if plain else f"{current} [{option}]")
    return names

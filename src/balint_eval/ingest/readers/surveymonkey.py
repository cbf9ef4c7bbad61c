"""SurveyMonkey: question texts over blocks of columns, options in a second header row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from balint_eval.ingest.grid import Grid, Record, counted
from balint_eval.ingest.readers.layout import Layout, cells_at
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
    people = grid.records[rows:]
    joined = _expanded(grid.header, grid.records[1], people, tidied) if rows == 2 else {}
    return Layout(
        platform="surveymonkey",
        names=names,
        header_rows=rows,
        labels={name: name for name in tidied[1:]},
        started=by_key.get(STARTED, ""),
        ended=by_key.get(ENDED, ""),
        joined=joined,
        notes=(*_rounded_ids(people), *_joined_notes(joined)),
        problems=tuple(foreign_header(grid)),
    )


def _expanded(
    questions: Record, options: Record, people: Sequence[Record], names: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """Find the questions with one answer that the expanded format spreads over a column an option.

    The cells of such a column hold its own option, or the option's number, and each row has at most one of them.
    """
    found = {}
    for start, end in _blocks(questions):
        columns = {at: {cell.strip() for cell in cells_at(people, at)} - {""} for at in range(start, end)}
        for said in (_says_option, _says_number):
            places = tuple(at for at in columns if columns[at] <= said(at - start, options[at]))
            filled = [at for at in places if columns[at]]
            if len(filled) > 1 and _one_a_row(people, places):
                found[tidy_header(questions[start])] = places
                break
    return {question: places for question, places in found.items() if question and question not in names}


def _says_option(_: int, option: str) -> set[str]:
    return {option.strip()}


def _says_number(place: int, _: str) -> set[str]:
    return {str(place + 1)}


def _blocks(questions: Record) -> list[tuple[int, int]]:
    """Give where each question with several columns begins and ends."""
    starts = [at for at, question in enumerate(questions) if not is_blank(question)]
    return [(start, end) for start, end in zip(starts, [*starts[1:], len(questions)], strict=True) if end - start > 1]


def _one_a_row(people: Sequence[Record], places: Sequence[int]) -> bool:
    columns = [cells_at(people, at) for at in places]
    return all(sum(not is_blank(cell) for cell in row) <= 1 for row in zip(*columns, strict=True))


def _joined_notes(joined: Mapping[str, Sequence[int]]) -> list[str]:
    if not joined:
        return []
    questions = counted(len(joined), "question stands", "questions stand")
    return [f"{questions} in a column an option (expanded); each can also be named as one column, by its text."]


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

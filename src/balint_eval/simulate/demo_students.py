"""Exports of the demo study's students: Qualtrics before, Microsoft Forms after, Google Forms later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

import numpy as np

from balint_eval.simulate.demo_cohort import Cohort, item_cells, plain_number, responses, times
from balint_eval.simulate.demo_course_form import COMMENTS, comments_for, course_answers
from balint_eval.simulate.exports import Response, google_forms_csv, microsoft_forms_xlsx, qualtrics_csv

SIZES = {"TEQ": 16, "CBI": 19, "PSS10": 10}
CODE_QUESTION = "Your code"
COMMENT_QUESTION = "Anything you want to tell us"
COURSE_QUESTIONS = (
    "Worth the time",
    "Safe to speak",
    "Leaders helped us think",
    "Learned from others",
    "Would come again",
    "Well organised",
)
STEPS = ("step 0 (lowest)", "step 1", "step 2", "step 3", "step 4 (highest)")
AGREEMENT = ("clearly no", "rather no", "in between", "rather yes", "clearly yes")
STUDENT_COMMENTS = 6
MISSING_CODE = "-99"


def step_of(instrument: str, code: float) -> int:
    """Give the number of an answer, from 0, on an instrument with five answers."""
    return round(code / 25) if instrument == "CBI" else int(code)


def own_code(_: str, code: float) -> str:
    """Give the instrument's own code."""
    return plain_number(code)


def step_text(instrument: str, code: float) -> str:
    """Give the text of an answer."""
    return STEPS[step_of(instrument, code)]


def linear_scale(instrument: str, code: float) -> str:
    """Give an answer on a linear scale: 1 to 5 for CBI, 0 to 4 for the others."""
    return str(step_of(instrument, code) + (instrument == "CBI"))


def questionnaires(
    cohort: Cohort,
    person: int,
    wave: int,
    pattern: str,
    text: Callable[[str, float], str],
    blank: str = "",
) -> dict[str, str]:
    """Give a student's answers to the three questionnaires under the export's column names.

    Parameters
    ----------
    cohort : Cohort
    person, wave : int
    pattern : str
        With `{name}` and `{item}`.
    text : callable
        Instrument and code to what the export writes.
    blank : str
        What the export writes for an item that was not answered.
    """
    cells: dict[str, str] = {}
    for name in SIZES:
        columns = pattern.replace("{name}", name)
        cells |= item_cells(columns, cohort.answers[name][person, wave], partial(text, name), blank)
    return cells


def students_before(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the Qualtrics export: two previews, two responses left half-way, then the cohort's."""
    questions = {"code": "Please build your code."} | {
        f"{name}_{item}": f"{name} item {item}" for name, size in SIZES.items() for item in range(1, size + 1)
    }

    def cells(person: int) -> Mapping[str, str]:
        answers = questionnaires(cohort, person, 0, "{name}_{item}", own_code, MISSING_CODE)
        return {"code": cohort.codes[person]} | answers

    sent = responses(cohort, 0, cells, rng)
    extra = [*_previews(sent[0], questions), *_unfinished(cohort, rng)]
    return qualtrics_csv(questions, sorted([*extra, *sent], key=lambda response: response.started))


def _previews(first: Response, questions: Mapping[str, str]) -> list[Response]:
    cells = dict.fromkeys(questions, "0") | {"code": "TEST"}
    started = first.started - timedelta(days=3)
    return [
        Response(started=started + timedelta(minutes=5 * n), seconds=41 + n, cells=cells, preview=True)
        for n in range(2)
    ]


def _unfinished(cohort: Cohort, rng: np.random.Generator) -> list[Response]:
    """Give responses of people who began, stopped after the first answers and never came back."""
    people = np.flatnonzero(~cohort.simulation.answered[:, 0])[:2].tolist()
    moments = times(0, len(people), rng)
    return [
        Response(
            started=start,
            seconds=95,
            progress=27,
            cells={"code": cohort.codes[person], "TEQ_1": "3", "TEQ_2": "1", "TEQ_3": "2"},
        )
        for person, (start, _) in zip(people, moments, strict=True)
    ]


def students_after(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the Microsoft Forms export: answers as texts, the course form for the Balint arm only."""
    names = [f"{name} item {item}" for name, size in SIZES.items() for item in range(1, size + 1)]
    questions = [CODE_QUESTION, *names, *COURSE_QUESTIONS, COMMENT_QUESTION]
    course = course_answers(len(cohort.codes), rng)
    attended = [person for person in cohort.respondents(1) if cohort.arms[person] == "balint"]
    comments = comments_for(attended, COMMENTS[:STUDENT_COMMENTS], rng)

    def cells(person: int) -> Mapping[str, str]:
        result = {CODE_QUESTION: cohort.codes[person]}
        result |= questionnaires(cohort, person, 1, "{name} item {item}", step_text)
        if person in attended:
            texts = [AGREEMENT[int(code) - 1] for code in course[person]]
            result |= dict(zip(COURSE_QUESTIONS, texts, strict=True))
        return result | {COMMENT_QUESTION: comments.get(person, "")}

    return microsoft_forms_xlsx(questions, responses(cohort, 1, cells, rng))


def students_three_months(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the Google Forms export: linear scales, CBI from 1 to 5."""
    names = [f"{name} [Item {item}]" for name, size in SIZES.items() for item in range(1, size + 1)]

    def cells(person: int) -> Mapping[str, str]:
        answers = questionnaires(cohort, person, 2, "{name} [Item {item}]", linear_scale)
        return {CODE_QUESTION: cohort.codes[person]} | answers

    return google_forms_csv([CODE_QUESTION, *names], responses(cohort, 2, cells, rng))

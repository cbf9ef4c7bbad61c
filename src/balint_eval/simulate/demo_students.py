"""Exports of the demo study's students: Qualtrics before, Microsoft Forms after, Google Forms later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

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


def students_before(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the Qualtrics export: two previews, two responses left half-way, then the cohort's."""
    questions = {"code": "Please build your code."} | {
        f"{name}_{item}": f"{name} item {item}" for name, size in SIZES.items() for item in range(1, size + 1)
    }

    def cells(person: int) -> Mapping[str, str]:
        result = {"code": cohort.codes[person]}
        for name in SIZES:
            result |= item_cells(f"{name}_{{item}}", cohort.answers[name][person, 0], plain_number, MISSING_CODE)
        return result

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
        for name in SIZES:
            result |= item_cells(
                f"{name} item {{item}}",
                cohort.answers[name][person, 1],
                lambda code, name=name: STEPS[step_of(name, code)],  # type: ignore[misc]
            )
        if person in attended:
            texts = [AGREEMENT[int(code) - 1] for code in course[person]]
            result |= dict(zip(COURSE_QUESTIONS, texts, strict=True))
        return result | {COMMENT_QUESTION: comments.get(person, "")}

    return microsoft_forms_xlsx(questions, responses(cohort, 1, cells, rng))


def students_three_months(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the Google Forms export: linear scales, CBI from 1 to 5."""
    names = [f"{name} [Item {item}]" for name, size in SIZES.items() for item in range(1, size + 1)]

    def cells(person: int) -> Mapping[str, str]:
        result = {CODE_QUESTION: cohort.codes[person]}
        for name in SIZES:
            result |= item_cells(
                f"{name} [Item {{item}}]",
                cohort.answers[name][person, 2],
                lambda code, name=name: str(step_of(name, code) + (name == "CBI")),  # type: ignore[misc]
            )
        return result

    return google_forms_csv([CODE_QUESTION, *names], responses(cohort, 2, cells, rng))

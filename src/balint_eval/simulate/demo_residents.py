"""Exports of the demo study's residents: a longitudinal REDCap project, and ratings by patients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import numpy as np

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.answers import answers_for
from balint_eval.simulate.demo_cohort import (
    ITEMS_MISSING,
    WAVE_STARTS,
    WAVES,
    Cohort,
    item_cells,
    plain_number,
    responses,
)
from balint_eval.simulate.demo_course_form import COMMENTS, comments_for, course_answers
from balint_eval.simulate.demo_students import AGREEMENT, COURSE_QUESTIONS, STEPS, STUDENT_COMMENTS
from balint_eval.simulate.exports import Field, Record, Response, csv_bytes, redcap_csv, redcap_dictionary

FORMS = {"TEQ": "teq", "CBI": "cbi", "PSS10": "pss", "WCW15": "wcw"}
SATISFACTION = tuple(f"{code} of 7" for code in range(1, 8))
EVENTS = tuple(f"{wave}_arm_1" for wave in WAVES)
ENROLMENT = "enrolment_arm_1"
PATIENT_SD = 5.0
PATIENTS = (3, 6)
NOT_APPLICABLE = "9"


def fields() -> list[Field]:
    """Give the fields of the REDCap project, in the order of its dictionary."""
    head = [
        Field(name="record_id", form="enrolment", label="Code"),
        Field(name="enrolled_on", form="enrolment", label="Enrolled on", validation="date_ymd"),
        Field(name="answered_on", form="visit", label="Answered on", validation="date_ymd"),
    ]
    course = [
        _radio(f"course_{item}", "course", label, AGREEMENT, range(1, 6))
        for item, label in enumerate(COURSE_QUESTIONS, start=1)
    ]
    comment = Field(name="course_comment", form="course", label="Anything you want to tell us", kind="notes")
    return [*head, *_item_fields(), *course, comment]


def _item_fields() -> Iterator[Field]:
    for name, form in FORMS.items():
        instrument = known_instruments()[name]
        codes = [int(code) for code in instrument.response.codes]
        labels = SATISFACTION if len(codes) == len(SATISFACTION) else STEPS
        for item in range(1, instrument.n_items + 1):
            yield _radio(f"{form}_{item}", form, f"{name} item {item}", labels, codes)


def _radio(name: str, form: str, label: str, labels: tuple[str, ...], codes: range | list[int]) -> Field:
    choices = " | ".join(f"{code}, {text}" for code, text in zip(codes, labels, strict=True))
    return Field(name=name, form=form, label=label, kind="radio", choices=choices)


def residents_dictionary() -> bytes:
    """Write the data dictionary."""
    return redcap_dictionary(fields())


def residents_data(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the REDCap export: one row a person and event, the enrolment event first."""
    course = course_answers(len(cohort.codes), rng)
    attended = [person for person in cohort.respondents(1) if cohort.arms[person] == "balint"]
    comments = comments_for(attended, COMMENTS[STUDENT_COMMENTS:], rng)
    records = [_enrolment(code) for code in cohort.codes]
    for wave in range(len(WAVES)):

        def cells(person: int, wave: int = wave) -> Mapping[str, str]:
            asked = _questionnaires(cohort, person, wave)
            if wave == 1 and person in attended:
                asked |= item_cells("course_{item}", course[person], plain_number)
                asked |= {"course_comment": comments.get(person, "")}
            return asked | {"record_id": cohort.codes[person]}

        records += [_visit(response, wave) for response in responses(cohort, wave, cells, rng)]
    order = {event: place for place, event in enumerate((ENROLMENT, *EVENTS))}
    return redcap_csv(fields(), sorted(records, key=lambda record: (record.record_id, order[record.event])))


def _enrolment(code: str) -> Record:
    enrolled = (WAVE_STARTS[0] - timedelta(days=14)).date().isoformat()
    return Record(record_id=code, event=ENROLMENT, cells={"enrolled_on": enrolled})


def _questionnaires(cohort: Cohort, person: int, wave: int) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, form in FORMS.items():
        cells |= item_cells(f"{form}_{{item}}", cohort.answers[name][person, wave], plain_number)
    return cells


def _visit(response: Response, wave: int) -> Record:
    cells = {**response.cells, "answered_on": response.ended.date().isoformat()}
    return Record(record_id=cells.pop("record_id"), event=EVENTS[wave], cells=cells)


def residents_ratings(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the patients' ratings, before and after: 3 to 6 patients a resident who takes part.

    A patient's score is the doctor's own mean of that wave and what this patient adds to it.
    """
    outcomes = [outcome.instrument for outcome in cohort.simulation.design.outcomes]
    rated = [(person, wave) for wave in (0, 1) for person in cohort.respondents(wave)]
    counts = rng.integers(PATIENTS[0], PATIENTS[1] + 1, len(rated))
    consultations = [place for place, count in zip(rated, counts, strict=True) for _ in range(count)]
    means = cohort.simulation.scores[:, :, outcomes.index("CARE")]
    scores = np.array([means[place] for place in consultations])
    scores = scores + PATIENT_SD * rng.standard_normal(len(scores))
    answers = answers_for(known_instruments()["CARE"], {"total": scores}, rng, alpha=0.88)
    not_applicable = rng.random(answers.shape) < ITEMS_MISSING
    answers = np.where(not_applicable, float(NOT_APPLICABLE), answers)
    days = rng.integers(0, 14, len(scores))
    rows = [
        [
            cohort.codes[person],
            ("first", "second")[wave],
            (WAVE_STARTS[wave] + timedelta(days=int(days[row]))).date().isoformat(),
            *item_cells("CARE_{item}", answers[row], plain_number).values(),
        ]
        for row, (person, wave) in enumerate(consultations)
    ]
    header = ["doctor", "round", "rated_on", *(f"CARE_{item}" for item in range(1, 11))]
    return csv_bytes([header, *rows])

"""Exports of a small course in the form six platforms write them: two Balint groups of eight, before and after.

Everything is made here, from a seed. No questionnaire's wording stands in the files: their questions are "First
sentence of part A" and so on. What real files have, they have: default names of downloads, previews, unfinished
answers, one person who leaves, one who comes late, a blank cell, a comment.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.exports import (
    Field,
    Record,
    Response,
    csv_bytes,
    google_forms_csv,
    microsoft_forms_xlsx,
    qualtrics_csv,
    redcap_csv,
    redcap_dictionary,
)

PARTS = {"A": "TEQ", "B": "PSS10"}
SIZES = {"A": 16, "B": 10}
ORDINALS = (
    "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
    "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth",
)  # fmt: skip
STEMS = {"A": "How often does this happen to you?", "B": "During the last weeks"}
WORDS = ("Never", "Rarely", "Sometimes", "Often", "Always")
TREES = (
    "oak", "elm", "ash", "fir", "yew", "lime", "pine", "rowan", "alder", "birch", "cedar", "maple", "beech", "holly",
    "hazel", "larch",
)  # fmt: skip
FIRST_DAYS = (datetime(2025, 10, 6, 9, 0), datetime(2025, 12, 15, 9, 0))
GROUPS = ("Tuesday group", "Thursday group")
CODE, GROUP, COMMENT = "Your personal code", "Which group are you in?", "Is there anything you want to tell us?"


def sentences(part):
    """Give the questions of one part in the order of the form."""
    return [f"{word} sentence of part {part}" for word in ORDINALS[: SIZES[part]]]


@dataclass(frozen=True)
class Answered:
    """What one person sent in at one wave."""

    code: str
    group: str
    steps: dict[str, list[int | None]]
    started: datetime
    comment: str = ""
    finished: bool = True


def course(seed: int = 11) -> list[list[Answered]]:
    """Draw the answers of both waves: 16 people, 15 of them twice, one only before; one more starts and stops."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 0.7, 16)
    waves = []
    for wave, shift in enumerate((0.0, 0.45)):
        people = []
        for number, tree in enumerate(TREES):
            if (number, wave) == (5, 1):
                continue
            steps = {part: _steps(rng, part, level[number] + shift * (1 if part == "A" else -1)) for part in PARTS}
            if (number, wave) == (3, 0):
                steps["B"][6] = None
            comment = "The silence in the third meeting was worth more than any lecture to me." if number == 8 else ""
            started = FIRST_DAYS[wave] + timedelta(days=number % 4, minutes=37 * number)
            people.append(Answered(f"{tree}{40 + number}", GROUPS[number % 2], steps, started, comment))
        late = FIRST_DAYS[wave] + timedelta(days=4, hours=2)
        people.append(Answered("spruce71", GROUPS[0], {"A": [2] * 5 + [None] * 11, "B": [None] * 10}, late, "", False))
        waves.append(people)
    return waves


def _steps(rng, part, level):
    """Draw the answers of one part, on the form's own steps from 0 to 4."""
    keyed = np.clip(np.rint(2.1 + 0.6 * level + rng.normal(0, 0.9, SIZES[part])), 0, 4).astype(int)
    reverse = known_instruments()[PARTS[part]].reverse
    return [int(4 - step if at + 1 in reverse else step) for at, step in enumerate(keyed)]


def _texts(person, show):
    """Give the cells of one person's answers, in the order of the form."""
    return [("" if step is None else show(step)) for part in PARTS for step in person.steps[part]]


def _responses(people, names, show):
    """Give people as responses: `names` are the columns of code, group, the items and the comment."""
    return [
        Response(
            started=person.started,
            seconds=420,
            progress=100 if person.finished else 38,
            cells=dict(zip(names, [person.code, person.group, *_texts(person, show), person.comment], strict=True)),
        )
        for person in people
    ]


def qualtrics(folder: Path) -> list[str]:
    """Qualtrics numbers its questions and stores 1 to 5; the texts stand in the second row."""
    names = ["Q2", "Q3", *(f"Q{4 + at}_{n}" for at, part in enumerate(PARTS) for n in range(1, SIZES[part] + 1)), "Q6"]
    texts = [CODE, GROUP, *(f"{STEMS[part]} - {text}" for part in PARTS for text in sentences(part)), COMMENT]
    files = ["Balint course - before_October 20, 2025_09.14.csv", "Balint course - after_December 22, 2025_10.02.csv"]
    for name, people, first in zip(files, course(), FIRST_DAYS, strict=True):
        trial = Response(started=first - timedelta(days=2), seconds=30, cells={"Q2": "test"}, preview=True)
        responses = [trial, *_responses(people, names, lambda step: str(step + 1))]
        (folder / name).write_bytes(qualtrics_csv(dict(zip(names, texts, strict=True)), responses))
    return files


def redcap(folder: Path) -> list[str]:
    """A longitudinal REDCap project: one file for both events, and its dictionary."""
    choices = " | ".join(f"{step}, {word}" for step, word in enumerate(WORDS))
    fields = [
        Field(name="record_id", form="enrolment", label="Record ID"),
        Field(name="balint_group", form="enrolment", label=GROUP, kind="radio", choices="1, Tuesday | 2, Thursday"),
    ]
    fields += [
        Field(name=f"{instrument.lower()}_{n}", form=instrument.lower(), label=text, kind="radio", choices=choices)
        for part, instrument in PARTS.items()
        for n, text in enumerate(sentences(part), start=1)
    ]
    fields.append(Field(name="remarks", form="remarks", label=COMMENT, kind="notes"))
    records = []
    for event, people in zip(("before_arm_1", "after_arm_1"), course(), strict=True):
        for person in people:
            items = [field.name for field in fields[2:-1]]
            cells = dict(zip(items, _texts(person, str), strict=True)) | {"remarks": person.comment}
            if event == "before_arm_1":
                cells["balint_group"] = str(1 + GROUPS.index(person.group))
            records.append(Record(record_id=person.code, event=event, cells=cells))
    records.sort(key=lambda record: record.record_id)
    files = ["BalintCourse_DATA_2025-12-22_1002.csv", "BalintCourse_DataDictionary_2025-12-22.csv"]
    (folder / files[0]).write_bytes(redcap_csv(fields, records))
    (folder / files[1]).write_bytes(redcap_dictionary(fields))
    return files


def limesurvey(folder: Path) -> list[str]:
    """LimeSurvey names its files by the survey's number and its answers AO01 to AO05: only the dates tell the waves."""
    meta = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
    items = [f"G02Q{3 + at:02}[SQ{n:03}]" for at, part in enumerate(PARTS) for n in range(1, SIZES[part] + 1)]
    files = ["results-survey482913.csv", "results-survey617204.csv"]
    for name, people in zip(files, course(), strict=True):
        rows = [[*meta, "G01Q01", "G01Q02", *items, "G03Q05"]]
        for number, person in enumerate(people, start=1):
            start, end = person.started, person.started + timedelta(minutes=7)
            sent = f"{end:%Y-%m-%d %H:%M:%S}" if person.finished else ""
            about = [str(number), sent, "3", "en", str(90210 + number), f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%F %T}"]
            cells = _texts(person, lambda step: f"AO0{step + 1}")
            rows.append([*about, person.code, person.group, *cells, person.comment])
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
        (folder / name).write_bytes(("\ufeff" + text.getvalue() + "\r\n").encode())
    return files


def google_forms(folder: Path) -> list[str]:
    """Google Forms writes words, a grid as `Question [Row]`, and only what was sent."""
    names = [CODE, GROUP, *(f"{STEMS[part]} [{text}]" for part in PARTS for text in sentences(part)), COMMENT]
    files = ["Balint before (Responses) - Form Responses 1.csv", "Balint after (Responses) - Form Responses 1.csv"]
    for name, people in zip(files, course(), strict=True):
        sent = [person for person in people if person.finished]
        (folder / name).write_bytes(google_forms_csv(names, _responses(sent, names, WORDS.__getitem__)))
    return files


def microsoft_forms(folder: Path) -> list[str]:
    """Microsoft Forms writes a workbook; each row of a Likert question is a column with its text alone."""
    names = [CODE, GROUP, *(text for part in PARTS for text in sentences(part)), COMMENT]
    files = ["Balint course before(1-16).xlsx", "Balint course after(1-15).xlsx"]
    for name, people in zip(files, course(), strict=True):
        sent = [person for person in people if person.finished]
        (folder / name).write_bytes(microsoft_forms_xlsx(names, _responses(sent, names, WORDS.__getitem__)))
    return files


def surveymonkey(folder: Path) -> list[str]:
    """SurveyMonkey has two header rows; the question stands over the first column of its block only."""
    meta = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
        "Last Name", "Custom Data 1"]  # fmt: skip
    blocks = [cell for part in PARTS for cell in (STEMS[part], *[""] * (SIZES[part] - 1))]
    first = [*meta, CODE, GROUP, *blocks, COMMENT]
    rows = [text for part in PARTS for text in sentences(part)]
    second = [*[""] * len(meta), "Open-Ended Response", "Response", *rows, "Open-Ended Response"]
    files = ["Balint groups - before.csv", "Balint groups - after.csv"]
    for name, people in zip(files, course(), strict=True):
        body = []
        for number, person in enumerate(people):
            moments = [f"{moment:%m/%d/%Y %I:%M:%S %p}" for moment in
                       (person.started, person.started + timedelta(minutes=7))]  # fmt: skip
            about = [str(118_000_000_01 + number), "400000001", *moments, f"192.0.2.{number}", "", "", "", ""]
            body.append([*about, person.code, person.group, *_texts(person, WORDS.__getitem__), person.comment])
        (folder / name).write_bytes(csv_bytes([first, second, *body]))
    return files


PLATFORMS = {
    "qualtrics": qualtrics,
    "redcap": redcap,
    "limesurvey": limesurvey,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
    "surveymonkey": surveymonkey,
}

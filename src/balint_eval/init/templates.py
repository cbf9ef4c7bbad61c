"""`balint-eval init --template`: a study of a common design that runs as it is, with simulated exports to replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from balint_eval.check import program
from balint_eval.codebook.words import LANGUAGES, Language
from balint_eval.errors import Problem, StudyError
from balint_eval.init.study_text import COMMENTS
from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.answers import answers_for
from balint_eval.simulate.exports import csv_bytes
from balint_eval.tables import write_bytes, write_text

SEED = 5
GAIN = 3.0
"""Points of empathy that a Balint group gains in the simulated answers."""
PATIENTS = 6
"""Patients who rate one doctor at one wave."""
_LABELS = {"before": "Before the first meeting", "after": "After the last meeting", "later": "Three months later"}
_ROLES = {"before": "baseline", "after": "post", "later": "follow_up"}


@dataclass(frozen=True, kw_only=True)
class Design:
    """A common design.

    Attributes
    ----------
    said : tuple of str
        What it is, in English and Persian.
    groups : mapping of arm to int
        Groups in each arm, of eight people; an arm with 0 has people who met in no group.
    waves : tuple of str
    sites : tuple of str
        Of which each holds as many groups.
    allocation : str
        How people came into their arm.
    patients : bool
        Patients rate the people, too.
    """

    said: tuple[str, str]
    groups: Mapping[str, int]
    waves: tuple[str, ...] = ("before", "after")
    sites: tuple[str, ...] = ()
    allocation: str = ""
    patients: bool = False


DESIGNS: Mapping[str, Design] = {
    "single_cohort": Design(
        said=("Balint groups before and after, no comparison", "گروه‌های بالینت پیش و پس، بدون مقایسه"),
        groups={"balint": 4},
    ),
    "controlled": Design(
        said=(
            "Balint groups and groups with the usual course, not by lot",
            "گروه‌های بالینت و گروه‌های دورهٔ معمول، بدون قرعه",
        ),
        groups={"balint": 3, "usual": 3},
        allocation="not_random",
    ),
    "three_waves": Design(
        said=("Balint groups before, after and three months later", "گروه‌های بالینت پیش، پس و سه ماه بعد"),
        groups={"balint": 4},
        waves=("before", "after", "later"),
    ),
    "two_sites": Design(
        said=("Balint groups in two hospitals", "گروه‌های بالینت در دو بیمارستان"),
        groups={"balint": 4},
        sites=("north", "south"),
    ),
    "rct_by_group": Design(
        said=("whole groups drawn by lot to begin or to wait", "گروه‌های کامل که به قرعه آغاز می‌کنند یا منتظر می‌مانند"),
        groups={"balint": 4, "waiting": 4},
        allocation="groups",
    ),
    "patients": Design(
        said=("doctors rated by their patients before and after", "پزشکانی که بیمارانشان پیش و پس ارزیابی می‌کنند"),
        groups={"balint": 4},
        patients=True,
    ),
    "waiting_list": Design(
        said=("people drawn by lot; those who wait meet in no group", "افراد به قرعه؛ منتظران در گروهی گرد نمی‌آیند"),
        groups={"balint": 4, "waiting": 0},
        allocation="people",
    ),
}


def write_template(name: str, folder: Path, language: Language = "en") -> list[str]:
    """Write a study file and its simulated exports.

    Parameters
    ----------
    name : str
        A key of `DESIGNS`.
    folder : Path
        New, or without a study file and exports of these names.
    language : str
        Of the comments.

    Returns
    -------
    list of str
        What was written and what to do next.

    Raises
    ------
    StudyError
        CFG-EXISTS: a file is there already; nothing is written.
    """
    design = DESIGNS[name]
    files = {"study.yaml": study_text(name, language).encode(), **exports_of(design)}
    there = [file for file in files if (folder / file).exists()]
    if there:
        what, mend = "there is one already, and it is never overwritten", "name another folder with --output"
        raise StudyError([Problem("CFG-EXISTS", what, mend, (folder / file).as_posix()) for file in there])
    for file, content in files.items():
        if file.endswith(".yaml"):
            write_text(folder / file, content.decode())
        else:
            write_bytes(folder / file, content)
    at = LANGUAGES.index(language)
    study = (folder / "study.yaml").as_posix()
    here = (
        (
            f"{design.said[0][:1].upper()}{design.said[0][1:]}. "
            "The answers are simulated: put your exports in their place.",
            f"Written: {', '.join((folder / file).as_posix() for file in files)}.",
            f"Next: {program()} check {study}",
        ),
        (
            f"{design.said[1]}. پاسخ‌ها شبیه‌سازی شده‌اند: خروجی‌های خود را به جای آن‌ها بگذارید.",
            f"نوشته شد: {', '.join((folder / file).as_posix() for file in files)}.",
            f"گام بعد: {program()} check {study}",
        ),
    )
    return list(here[at])


def study_text(name: str, language: Language = "en") -> str:
    """Give the study file of a design, with a comment above each key."""
    said = {key: texts[LANGUAGES.index(language)] for key, texts in COMMENTS.items()}
    return "\n".join(_lines(name, DESIGNS[name], said, language)) + "\n"


def _lines(name: str, design: Design, said: Mapping[str, str], language: Language) -> Iterator[str]:
    yield from (f"# {design.said[LANGUAGES.index(language)]}", "")
    yield from (f"# {said['name']}", f"name: {name}", f"# {said['title']}", f'title: "{name.replace("_", " ")}"')
    yield from (f"# {said['contact']}", 'contact: ""', f"# {said['languages']}", f"languages: [{language}]", "")
    yield from (f"# {said['waves']}", "waves:")
    for wave in design.waves:
        yield f'  - {{name: {wave}, label: "{_LABELS[wave]}", role: {_ROLES[wave]}}}'
    yield from ("", f"# {said['arms']}", "arms:")
    for arm in design.groups:
        yield f"  - {{name: {arm}, role: {'intervention' if arm == 'balint' else 'control'}}}"
    if design.allocation:
        yield from ("", f"# {said['plan']}", "plan:", f"  # {said['allocation']}", f"  allocation: {design.allocation}")
    yield from (
        "",
        f"# {said['programme']}",
        "programme: {sessions: 8, minutes: 90, members: [6, 10], leaders: [1, 2]}",
    )
    yield from ("", f"# {said['linkage']}", "linkage: {duplicates: refuse}", "", f"# {said['outcomes']}", "outcomes:")
    yield from ("  - {instrument: TEQ, scale: total, role: primary}", "  - {instrument: PSS10, scale: total}")
    if design.patients:
        yield "  - {instrument: CARE, scale: total}"
    yield from ("", f"# {said['cohorts']}", "cohorts:", "  - name: people", f"    # {said['roster']}")
    site = ", site: site" if design.sites else ""
    yield f"    roster: {{file: people.csv, person_id: code, group: group, arm: arm{site}}}"
    yield "    exports:"
    for wave in design.waves:
        yield from (f"      - file: {wave}.csv", "        platform: plain", f"        wave: {wave}")
        yield from ("        person_id: code", "        items:")
        yield from (f'          - {{instrument: {one}, columns: "{one}_{{item}}"}}' for one in ("TEQ", "PSS10"))
        if design.patients:
            yield from (f"      - file: patients_{wave}.csv", "        platform: plain", f"        wave: {wave}")
            yield from (f"        # {said['ratings']}", "        ratings: true", "        person_id: code")
            yield from ("        items:", '          - {instrument: CARE, columns: "CARE_{item}"}')


def exports_of(design: Design, seed: int = SEED) -> dict[str, bytes]:
    """Give the list of people and the simulated exports of a design."""
    rng = np.random.default_rng(seed)
    people = list(_people(design))
    gains = np.array([GAIN if arm == "balint" else 0.0 for _, _, arm, _ in people])
    level = rng.normal(0, 1, len(people))
    files = {"people.csv": csv_bytes([["code", "group", "arm", "site"], *people])}
    for at, wave in enumerate(design.waves):
        now = level + rng.normal(0, 0.5, len(people))
        scores = {"TEQ": 44 + 6 * now + (at > 0) * gains, "PSS10": 18 - 4 * now - (at > 0) * gains / 2}
        answers = {name: _answers(name, values, rng) for name, values in scores.items()}
        heading = ["code", *(f"{name}_{n}" for name, table in answers.items() for n in range(1, len(table[0]) + 1))]
        rows = [
            [person[0], *(cell for table in answers.values() for cell in table[place])]
            for place, person in enumerate(people)
            # One in twelve does not answer afterwards.
            if at == 0 or (place + at) % 12
        ]
        files[f"{wave}.csv"] = csv_bytes([heading, *rows])
        if design.patients:
            files[f"patients_{wave}.csv"] = _ratings(people, 38 + 3 * now + (at > 0) * gains, rng)
    return files


def _people(design: Design) -> Iterator[list[str]]:
    """Give code, group, arm and site of everybody; people who met in no group have none."""
    number = 0
    for arm, groups in design.groups.items():
        for group in range(groups or 4):
            site = design.sites[group % len(design.sites)] if design.sites else ""
            for _ in range(8):
                number += 1
                yield [f"K{number:03}", f"{arm} {group + 1}" if groups else "", arm, site]


def _answers(name: str, scores: np.ndarray, rng: np.random.Generator) -> list[list[str]]:
    instrument = known_instruments()[name]
    parts = [scale.name for scale in instrument.scales if scale.items]
    whole = [part for part in parts if len(instrument.scale(part).items) == instrument.n_items]
    answers = answers_for(instrument, {whole[0]: scores}, rng)
    return [[f"{value:g}" for value in row] for row in answers]


def _ratings(people: list[list[str]], scores: np.ndarray, rng: np.random.Generator) -> bytes:
    rated = np.repeat(np.arange(len(people)), PATIENTS)
    answers = _answers("CARE", scores[rated] + rng.normal(0, 4, len(rated)), rng)
    heading = ["code", *(f"CARE_{n}" for n in range(1, len(answers[0]) + 1))]
    return csv_bytes([heading, *([people[at][0], *row] for at, row in zip(rated, answers, strict=True))])

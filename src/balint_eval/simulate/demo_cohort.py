"""The people of the demo study: their groups, their scores with a known effect, their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.answers import answers_for, leave_out
from balint_eval.simulate.design import Design, FloatArray, KnownOutcome, Simulation, simulate_scores
from balint_eval.simulate.exports import Response, csv_bytes

WAVES = ("before", "after", "three_months")
WAVE_STARTS = (datetime(2024, 10, 1), datetime(2024, 12, 9), datetime(2025, 3, 10))
DAYS_TO_ANSWER = 10
FIRST_MEETING = date(2024, 10, 14)
MEETINGS = 8
ABSENT = (0.05, 0.12, 0.20)
ITEMS_MISSING = 0.01
PRESENCE = 0.87
# Codes that a careless reader turns into something else: no value, a number, a smaller number.
AWKWARD_CODES = {"students": ("NA", "1E5"), "residents": ("007",)}


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """One cohort of the demo study.

    Attributes
    ----------
    name : str
    codes, groups, arms : list of str, one a person
    simulation : Simulation
    answers : mapping of instrument to array of float, shape (people, waves, items)
        `nan` where the person did not answer.
    """

    name: str
    codes: list[str]
    groups: list[str]
    arms: list[str]
    simulation: Simulation
    answers: Mapping[str, FloatArray]

    def respondents(self, wave: int) -> list[int]:
        """Give the people who answered in a wave."""
        return [int(person) for person in np.flatnonzero(self.simulation.answered[:, wave])]

    def in_balint_groups(self) -> list[int]:
        """Give the people of the arm that met."""
        return [person for person, arm in enumerate(self.arms) if arm == "balint"]


def make_cohort(name: str, outcomes: Sequence[KnownOutcome], codes: Sequence[str], rng: np.random.Generator) -> Cohort:
    """Simulate a cohort of four groups, two an arm.

    Parameters
    ----------
    name : str
    outcomes : sequence of KnownOutcome
        CARE, where it is among them, is the doctor's true mean: its answers are the patients'.
    codes : sequence of str
        More codes than there can be people.
    rng : numpy.random.Generator
    """
    design = Design(outcomes=tuple(outcomes), waves=WAVES, groups_per_arm=2, absent=ABSENT)
    simulation = simulate_scores(design, rng)
    names = [f"{name[0].upper()}{number}" for number in 1 + rng.permutation(4)]
    return Cohort(
        name=name,
        codes=_with_awkward_codes(name, list(codes[: len(simulation.group)]), simulation),
        groups=[names[group] for group in simulation.group],
        arms=[design.arms[0] if treated else design.arms[1] for treated in simulation.treated],
        simulation=simulation,
        answers=dict(_answers(simulation, rng)),
    )


def _with_awkward_codes(name: str, codes: list[str], simulation: Simulation) -> list[str]:
    always_there = np.flatnonzero(simulation.answered.all(axis=1))
    for person, code in zip(always_there[::5], AWKWARD_CODES[name], strict=False):
        codes[person] = code
    return codes


def _answers(simulation: Simulation, rng: np.random.Generator) -> Iterator[tuple[str, FloatArray]]:
    outcomes = simulation.design.outcomes
    for instrument in dict.fromkeys(outcome.instrument for outcome in outcomes):
        if instrument == "CARE":
            continue
        scores = {
            outcome.scale: simulation.observed[:, :, place].ravel()
            for place, outcome in enumerate(outcomes)
            if outcome.instrument == instrument
        }
        complete = answers_for(known_instruments()[instrument], scores, rng)
        shape = (len(simulation.group), len(WAVES), -1)
        yield instrument, leave_out(complete, ITEMS_MISSING, rng).reshape(shape)


def self_chosen_codes(count: int, rng: np.random.Generator) -> list[str]:
    """Make different codes of two letters and two digits, as people build them from names and days."""
    letters = "ABDEFGHKLMNPRSTVWZ"
    places = rng.permutation(len(letters) ** 2 * 31)[:count]
    pairs, days = np.divmod(places, 31)
    return [
        f"{letters[pair // len(letters)]}{letters[pair % len(letters)]}{day + 1:02d}"
        for pair, day in zip(pairs, days, strict=True)
    ]


def item_cells(pattern: str, answers: FloatArray, text: Callable[[float], str], blank: str = "") -> dict[str, str]:
    """Give one person's answers under the export's column names.

    Parameters
    ----------
    pattern : str
        With `{item}`.
    answers : array of float, shape (items,)
    text : callable
        Code to what the export writes.
    blank : str
        What the export writes for an item that was not answered.
    """
    cells = [blank if np.isnan(code) else text(float(code)) for code in answers]
    return {pattern.format(item=item): cell for item, cell in enumerate(cells, start=1)}


def plain_number(code: float) -> str:
    """Write a code without needless decimals."""
    return f"{code:g}"


def times(wave: int, count: int, rng: np.random.Generator) -> list[tuple[datetime, int]]:
    """Draw when people began to answer, and the seconds they took, in order of time."""
    days, hours = rng.integers(0, DAYS_TO_ANSWER, count), rng.integers(8, 21, count)
    seconds, length = rng.integers(0, 3600, count), rng.integers(240, 1200, count)
    starts = [
        WAVE_STARTS[wave] + timedelta(days=int(day), hours=int(hour), seconds=int(second))
        for day, hour, second in zip(days, hours, seconds, strict=True)
    ]
    return sorted(zip(starts, length.tolist(), strict=True))


def responses(
    cohort: Cohort, wave: int, cells: Callable[[int], Mapping[str, str]], rng: np.random.Generator
) -> list[Response]:
    """Give the forms a cohort sent in a wave, in order of time; who answers when is drawn."""
    people = rng.permutation(cohort.respondents(wave)).tolist()
    moments = times(wave, len(people), rng)
    return [
        Response(started=start, seconds=seconds, cells=cells(person))
        for person, (start, seconds) in zip(people, moments, strict=True)
    ]


def roster_csv(cohort: Cohort, role: str, years: Sequence[int], rng: np.random.Generator) -> bytes:
    """Write the list of the people enrolled; the year of training only where it varies."""
    sexes = rng.choice(["f", "m"], size=len(cohort.codes), p=[0.6, 0.4])
    drawn = rng.choice(list(years), size=len(cohort.codes))
    with_year = len(years) > 1
    header = ["code", "group", "arm", "role", "sex", *(["year"] if with_year else [])]
    people = zip(cohort.codes, cohort.groups, cohort.arms, sexes, drawn, strict=True)
    rows = [
        [code, group, arm, role, str(sex), *([str(year)] if with_year else [])]
        for code, group, arm, sex, year in people
    ]
    return csv_bytes([header, *sorted(rows)])


def sessions_csv(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write the meetings of the Balint groups: one a week, about 90 minutes, one or two leaders."""
    groups = sorted({cohort.groups[person] for person in cohort.in_balint_groups()})
    rows = [
        [
            group,
            str(session),
            (FIRST_MEETING + timedelta(weeks=session - 1, days=day)).isoformat(),
            str(90 + 5 * int(rng.integers(-2, 3))),
            str(1 + int(rng.random() < 0.75)),
        ]
        for day, group in enumerate(groups)
        for session in range(1, MEETINGS + 1)
    ]
    return csv_bytes([["group", "session", "date", "minutes", "leaders"], *rows])


def attendance_csv(cohort: Cohort, rng: np.random.Generator) -> bytes:
    """Write who was present: one row a person and meeting."""
    rows = [
        [cohort.codes[person], str(session)]
        for person in cohort.in_balint_groups()
        for session in range(1, MEETINGS + 1)
        if rng.random() < PRESENCE
    ]
    return csv_bytes([["person_id", "session"], *rows])

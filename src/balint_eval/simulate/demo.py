"""The demo study: a small controlled evaluation with known effects, in the files of five platforms.

Nothing in it was answered by anybody. `python -m balint_eval.simulate` writes it again, byte by byte.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from balint_eval.simulate.demo_cohort import (
    WAVES,
    Cohort,
    attendance_csv,
    make_cohort,
    roster_csv,
    self_chosen_codes,
    sessions_csv,
)
from balint_eval.simulate.demo_residents import residents_data, residents_dictionary, residents_ratings
from balint_eval.simulate.demo_students import students_after, students_before, students_three_months
from balint_eval.simulate.design import KnownOutcome
from balint_eval.simulate.exports import csv_bytes
from balint_eval.tables import write_bytes

SEED = 39
MOST_PEOPLE = 40
DEMO_FOLDER = Path("data/demo")

STUDENT_OUTCOMES = (
    KnownOutcome(instrument="TEQ", mean=46, sd=7.5, effect=(4, 3), drift=(-0.5, -0.5), correlation=0.7, loading=-0.2),
    KnownOutcome(instrument="CBI", scale="PB", mean=48, sd=16, effect=(-6, -5), drift=(1.5, 1), loading=0.8),
    KnownOutcome(instrument="CBI", scale="WB", mean=45, sd=16, effect=(-4, -3), drift=(1.5, 1), loading=0.8),
    KnownOutcome(instrument="CBI", scale="CB", mean=37, sd=15, effect=(-3, -2), drift=(1, 1), loading=0.6),
    KnownOutcome(instrument="PSS10", mean=19, sd=6, effect=(-1.5, -1), drift=(0.5, 0), loading=0.7),
)
RESIDENT_OUTCOMES = (
    *STUDENT_OUTCOMES,
    KnownOutcome(instrument="WCW15", mean=70, sd=11, effect=(3, 3), drift=(-1, -1), loading=-0.5),
    KnownOutcome(instrument="CARE", mean=37, sd=3, effect=(2, 0), correlation=0.6),
)
# CARE was not asked at three months.
NOT_ASKED = {("CARE", "three_months")}


def truths() -> list[tuple[str, str, str, float]]:
    """Give the effects that were put in: instrument, scale, wave, points by which the Balint arm gains.

    Returns
    -------
    list of (str, str, str, float)
        The last in points of the scale.
    """
    return [
        (outcome.instrument, outcome.scale, wave, float(points))
        for outcome in RESIDENT_OUTCOMES
        for wave, points in zip(WAVES[1:], outcome.effect, strict=True)
        if (outcome.instrument, wave) not in NOT_ASKED
    ]


def truth_csv() -> bytes:
    """Write the effects that were put in."""
    rows = [
        [f"{instrument}.{scale}", instrument, scale, wave, f"{points:g}"]
        for instrument, scale, wave, points in truths()
    ]
    return csv_bytes([["outcome", "instrument", "scale", "wave", "effect"], *rows])


def demo_cohorts(rng: np.random.Generator) -> tuple[Cohort, Cohort]:
    """Simulate the students and the residents."""
    codes = self_chosen_codes(2 * MOST_PEOPLE, rng)
    return (
        make_cohort("students", STUDENT_OUTCOMES, codes[:MOST_PEOPLE], rng),
        make_cohort("residents", RESIDENT_OUTCOMES, codes[MOST_PEOPLE:], rng),
    )


def demo_files(seed: int = SEED) -> dict[str, bytes]:
    """Make every file of the demo study.

    Parameters
    ----------
    seed : int
        Another seed gives another study with the same effects.

    Returns
    -------
    dict of file name to content
    """
    rng = np.random.default_rng(seed)
    students, residents = demo_cohorts(rng)
    return {
        "students_roster.csv": roster_csv(students, "student", (4,), rng),
        "students_before_qualtrics.csv": students_before(students, rng),
        "students_after_microsoft_forms.xlsx": students_after(students, rng),
        "students_three_months_google_forms.csv": students_three_months(students, rng),
        "students_sessions.csv": sessions_csv(students, rng),
        "students_attendance.csv": attendance_csv(students, rng),
        "residents_roster.csv": roster_csv(residents, "resident", (1, 2, 3), rng),
        "residents_redcap.csv": residents_data(residents, rng),
        "residents_redcap_dictionary.csv": residents_dictionary(),
        "residents_patient_ratings.csv": residents_ratings(residents, rng),
        "residents_sessions.csv": sessions_csv(residents, rng),
        "residents_attendance.csv": attendance_csv(residents, rng),
        "truth.csv": truth_csv(),
    }


def write_demo(folder: Path = DEMO_FOLDER, seed: int = SEED) -> list[Path]:
    """Write the demo study.

    Parameters
    ----------
    folder : Path
        For the exports; it is made where it is not there.
    seed : int
        Of the drawn answers.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    EnvironmentProblem
        A file cannot be written.
    """
    files = demo_files(seed)
    for name, content in files.items():
        write_bytes(folder / name, content)
    return [folder / name for name in files]

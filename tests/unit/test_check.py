"""`balint-eval check` tells what the doctor finds in a cohort, and what shows only between cohorts."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from balint_eval.check import check
from balint_eval.instruments.registry import known_instruments

PEOPLE = 60


@pytest.fixture
def two_cohorts(folder):
    """A study of two cohorts; the answers of the second run from the other end in every wave."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "simulation"))
    forms = importlib.import_module("doctor_forms")
    sys.path.pop(0)
    form = forms.simulate(known_instruments()["TEQ"], PEOPLE, np.random.default_rng(5))
    header = ["code", *(f"q{n}" for n in range(1, 17)), "sum"]
    cohorts = []
    for cohort in ("first", "second"):
        exports = []
        for wave, stored in form.stored.items():
            values = stored if cohort == "first" else form.ends - stored
            rows = [[f"{cohort[0]}{n:03}", *(f"{v:g}" if v == v else "" for v in row)] for n, row in enumerate(values)]
            summed = [[*row, str(sum(int(cell or 0) for cell in row[1:]))] for row in rows]
            folder.rows(f"{cohort}_{wave}.csv", *summed, header=header)
            exports.append({
                "file": f"{cohort}_{wave}.csv", "platform": "plain", "wave": wave, "person_id": "code",
                "items": [{"instrument": "TEQ", "columns": "q{item}"}],
            })  # fmt: skip
        cohorts.append({"name": cohort, "exports": exports})
    folder.content.update(cohorts=cohorts, own_instruments=[], outcomes=[{"instrument": "TEQ", "role": "primary"}])
    return folder


def test_cohorts_are_held_against_each_other(two_cohorts):
    lines = check(two_cohorts.write()).lines
    place = lines.index("All cohorts, held against each other:")
    assert lines[place + 1].startswith("  DOC-COHORT (refuse): TEQ all: in the cohort '")
    assert "the items agreed to most are those agreed to least in the other cohort" in lines[place + 1]
    assert "accept: [DOC-COHORT] under the items of TEQ" in lines[place + 1]
    assert lines[place + 2].startswith("Next: ")


def test_one_cohort_says_nothing_of_others(two_cohorts):
    two_cohorts.content["cohorts"].pop()
    assert not [line for line in check(two_cohorts.write()).lines if "held against each other" in line]


def test_supplied_totals_are_told(two_cohorts):
    two_cohorts.content["cohorts"].pop()
    two_cohorts.items(0)["totals"] = [{"column": "sum"}]
    (line,) = [line for line in check(two_cohorts.write()).lines if "column sum" in line]
    assert line.startswith("  DOC-TOTAL (refuse): TEQ total: in ")
    assert "it is the score without reversing any item" in line
    assert "f0" not in line

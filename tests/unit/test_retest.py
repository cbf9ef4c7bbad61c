"""Agreement over time: the control arm only, baseline against each later wave, withheld on few people."""

import math

import numpy as np
import pandas as pd
import pytest

from balint_eval.retest import assess_retest
from balint_eval.stats.reliability_retest import icc_agreement
from balint_eval.study_model import Study

DRAWN = np.random.default_rng(1)
TRUE = DRAWN.normal(30, 6, 80)


def study(control="waiting"):
    arms = [{"name": "balint"}, {"name": control, "role": "control"}] if control else [{"name": "balint"}]
    return Study.model_validate({
        "name": "s", "title": "t", "arms": arms, "outcomes": [{"instrument": "TEQ"}],
        "waves": [
            {"name": "before", "role": "baseline"}, {"name": "after", "role": "post"},
            {"name": "late", "role": "follow_up"},
        ],
        "cohorts": [{"name": "one", "exports": [{"file": "f.csv", "wave": "before", "person_id": "id"}]}],
    })  # fmt: skip


def scores(people, waves=("before", "after")):
    rows = [
        {"cohort": "one", "person_id": f"P{n:02}", "wave": wave, "instrument": "TEQ", "scale": "total",
         "score": TRUE[n] + DRAWN.normal(0, 2)}
        for wave in waves for n in range(people)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def participants(people, control):
    names = [f"P{n:02}" for n in range(people)]
    arms = ["waiting" if n < control else "balint" for n in range(people)]
    return pd.DataFrame({"cohort": "one", "person_id": names, "arm": arms})


def test_control_arm_only():
    table = scores(80)
    found = assess_retest(table, participants(80, 55), study())
    both = table.pivot(index="person_id", columns="wave", values="score")[["before", "after"]].to_numpy()[:55]
    expected = icc_agreement(both)
    (row,) = found.to_dict("records")
    assert [row[name] for name in ("icc", "icc_low", "icc_high", "sem")] == pytest.approx(
        [expected.icc, expected.low, expected.high, expected.sem]
    )
    assert (row["n"], row["arm"], row["wave_from"], row["wave_to"], row["note"]) == (
        55,
        "waiting",
        "before",
        "after",
        "",
    )


def test_each_later_wave_has_a_row():
    found = assess_retest(scores(60, ("before", "after", "late")), participants(60, 60), study())
    assert found["wave_to"].tolist() == ["after", "late"]


@pytest.mark.parametrize(
    ("people", "given", "words"), [(19, False, "fewer than 20"), (20, True, "fewer than 50"), (50, True, "")]
)
def test_few_people(people, given, words):
    (row,) = assess_retest(scores(people), participants(people, people), study()).to_dict("records")
    assert math.isfinite(row["icc"]) is given
    assert words in row["note"]
    assert bool(row["note"]) is bool(words)


def test_nothing_without_a_control_arm_or_a_second_wave():
    assert assess_retest(scores(60), participants(60, 60), study(control="")).empty
    assert assess_retest(scores(60, ("before",)), participants(60, 60), study()).empty
    assert assess_retest(scores(60), participants(60, 0), study()).empty

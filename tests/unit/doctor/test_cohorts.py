"""Cohorts against each other: who is large enough to speak, who is named, and in which words."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor import cohorts as module
from balint_eval.doctor.cohorts import _profile, _turned_cohorts, examine_cohorts
from balint_eval.doctor.form import filled
from balint_eval.doctor.waves import odds_of_turned
from balint_eval.instruments.registry import known_instruments
from balint_eval.tables import ALL_COHORTS

CHANGE = {"n_items": 7, "reverse": [2]}
CODES = (0, 1, 2, 3, 4, 5, 6)


def climbing(people, n_items=7):
    return np.tile(np.arange(n_items) * 6 / (n_items - 1), (people, 1))


@pytest.fixture
def cohorts(made):
    def make(*turned, people=12, n_items=7):
        change = {"n_items": n_items, "reverse": []}
        return [
            made("GAD7", cohort=f"c{n}", codes=CODES, change=change,
                 before=6 - climbing(people, n_items) if is_turned else climbing(people, n_items))
            for n, is_turned in enumerate(turned)
        ]  # fmt: skip

    return make


def test_one_of_three_is_named(cohorts):
    (finding,) = _turned_cohorts(cohorts(False, True, False))
    assert (finding.code, finding.cohort, finding.instrument, finding.people) == ("DOC-COHORT", "c1", "GAD7", 12)
    assert (finding.scale, finding.wave, finding.severity) == ("all", "all", "refuse")
    assert finding.seen == (
        "in the cohort 'c1' the items agreed to most are those agreed to least in the other 2 cohorts "
        "(r -1.00 of the item means)"
    )
    assert finding.why == (
        "the answers of a cohort run from the other end, and its people are counted with the wrong sign"
    )
    assert finding.mend == (
        "look at the first and last answer on the forms of each cohort; map the one that is turned under answers: "
        "of GAD7; if a person has checked that the export is right, accept: [DOC-COHORT] under the items of GAD7"
    )


def test_of_two_nobody_knows_which_one_is_turned(cohorts):
    (finding,) = _turned_cohorts(cohorts(True, False))
    assert finding.cohort == ALL_COHORTS
    assert "those agreed to least in the other cohort (r -1.00" in finding.seen


@pytest.mark.parametrize(("people", "n_items", "number"), [(12, 7, 1), (11, 7, 0), (12, 6, 0), (11, 8, 0), (40, 6, 0)])
def test_twelve_people_and_seven_items(cohorts, people, n_items, number):
    assert len(list(_turned_cohorts(cohorts(False, True, people=people, n_items=n_items)))) == number


def test_one_cohort_alone_and_cohorts_that_agree(cohorts):
    assert list(_turned_cohorts(cohorts(True))) == []
    assert list(_turned_cohorts(cohorts(False, False, False))) == []


def test_the_mean_correlation_with_the_others_counts(made):
    rng = np.random.default_rng(4)
    profiles = rng.normal(size=(3, 20))
    profiles[2] = -(profiles[0] + profiles[1])
    forms = [
        made("TEQ", cohort=f"c{n}", codes=CODES, change={"n_items": 20, "reverse": []}, before=np.tile(row, (15, 1)))
        for n, row in enumerate(profiles)
    ]
    each = np.corrcoef(profiles)
    expected = (each[2, 0] + each[2, 1]) / 2
    (finding,) = _turned_cohorts(forms)
    assert finding.cohort == "c2"
    assert f"(r {expected:.2f} of" in finding.seen


def test_a_flat_cohort_says_nothing(cohorts, made):
    flat = made("GAD7", cohort="flat", codes=CODES, change=CHANGE, before=np.full((20, 7), 3.0))
    assert list(_turned_cohorts([*cohorts(False), flat])) == []


def test_enough_odds(made):
    """Log odds above 6 on 7 items: 8 atanh(.8) atanh(-r), so a correlation below -.593 is named."""
    for r, number in ((-0.57, 0), (-0.62, 1)):
        one = np.arange(7) - 3.0
        other = np.array([5.0, 0, -3, -4, -3, 0, 5])
        two = r * one / np.linalg.norm(one) + np.sqrt(1 - r**2) * other / np.linalg.norm(other)
        forms = [
            made("GAD7", cohort=f"c{n}", codes=CODES, change=CHANGE | {"reverse": []}, before=np.tile(row, (12, 1)))
            for n, row in enumerate((one, two))
        ]
        assert len(list(_turned_cohorts(forms))) == number


def test_odds_at_the_threshold_are_not_enough(cohorts, monkeypatch):
    forms = cohorts(False, True)
    r = module._with_others(np.column_stack([_profile(form) for form in forms]), 0)
    odds = odds_of_turned(r, 0.8, forms[0].instrument.n_items)
    for enough, number in ((odds, 0), (odds * (1 - 1e-12), 1)):
        monkeypatch.setattr(module, "ENOUGH_ODDS", enough)
        assert len(list(_turned_cohorts(forms))) == number


def test_profile_is_that_of_keyed_means_over_the_waves(made):
    rng = np.random.default_rng(5)
    form = made("GAD7", codes=CODES, change=CHANGE, before=rng.integers(0, 7, (9, 7)), after=rng.integers(0, 7, (5, 7)))
    means = (filled(form.keyed("before")).mean(axis=0) + filled(form.keyed("after")).mean(axis=0)) / 2
    assert _profile(form) == pytest.approx(means)


def test_accepting_is_by_instrument():
    people = pd.MultiIndex.from_product([["a", "b"], [f"P{n}" for n in range(12)], range(1, 8)])
    rows = people.to_frame(index=False, name=["cohort", "person_id", "item"])
    climbing = (rows["item"] - 1) // 2
    rows = rows.assign(wave="before", instrument="GAD7", value=climbing.where(rows["cohort"] == "a", 3 - climbing))
    rows = rows.astype({"value": float})
    for accepted, severity in ((None, "refuse"), ({}, "refuse"), ({"GAD7": ["DOC-COHORT"]}, "warn")):
        assert examine_cohorts(rows, known_instruments(), accepted)["severity"].tolist() == [severity]

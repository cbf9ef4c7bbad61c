"""Arms at the start, people kept and lost: standardised differences by hand."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ONE_ARM, TEQ, a_study, drawn, some_people

from balint_eval.balance import assess_balance
from balint_eval.report.research_balance import _fewest
from balint_eval.stats.balance import difference_of_means, difference_of_shares


def test_means_by_hand():
    # Means 2 and 5, SDs 1 and 2: (2 - 5) / sqrt((1 + 4) / 2).
    assert difference_of_means(np.array([1.0, 2, 3]), np.array([3.0, 5, 7])) == pytest.approx(-3 / np.sqrt(2.5))
    assert np.isnan(difference_of_means(np.array([1.0]), np.array([1.0, 2])))
    assert np.isnan(difference_of_means(np.array([1.0, 1]), np.array([2.0, 2])))


def test_shares_by_hand():
    # Shares .5 and .8: -.3 / sqrt((.25 + .16) / 2).
    assert difference_of_shares(0.5, 0.8) == pytest.approx(-0.3 / np.sqrt(0.205))
    assert np.isnan(difference_of_shares(1.0, 1.0))


def people_with_traits():
    people = some_people(size=8)
    return people.assign(sex=["f", "m", "f", ""] * 12, age=[str(30 + i % 7) for i in range(48)])


def test_arms_are_compared_on_scores_and_traits():
    people = people_with_traits()
    scores = drawn(people, 2, absent=0)
    table = assess_balance(scores, people, TEQ, a_study(allocation="groups")).query("comparison == 'arms'")
    first = scores[scores["wave"] == "before"].merge(people, on="person_id")
    arms = [first.loc[first["arm"] == arm, "score"].to_numpy() for arm in ("balint", "waiting")]
    row = table[table["instrument"] == "TEQ"].iloc[0]
    assert row["difference"] == pytest.approx(difference_of_means(*arms))
    assert (row["n_first"], row["first"]) == (24, pytest.approx(arms[0].mean()))
    women = table[(table["trait"] == "sex") & (table["level"] == "f")].iloc[0]
    # A blank is not known: 18 of 24 people of an arm have a word, 12 of them f.
    assert (women["n_first"], women["first"]) == (18, pytest.approx(12 / 18))
    ages = pd.to_numeric(people.loc[people["arm"] == "balint", "age"])
    age = table[table["trait"] == "age"].iloc[0]
    assert (age["level"], age["first"]) == ("", pytest.approx(ages.mean()))


def test_those_lost_are_those_without_a_score_at_the_main_wave():
    people = people_with_traits()
    scores = drawn(people, 2, absent=0)
    gone = set(people["person_id"].iloc[[0, 5, 9, 30]])
    scores = scores[(scores["wave"] == "before") | ~scores["person_id"].isin(gone)]
    table = assess_balance(scores, people, TEQ, a_study(allocation="groups")).query("comparison == 'kept'")
    row = table.query("arm == 'all' and instrument == 'TEQ'").iloc[0]
    lost = scores[(scores["wave"] == "before") & scores["person_id"].isin(gone)]["score"]
    assert (row["n_first"], row["n_second"]) == (44, 4)
    assert row["second"] == pytest.approx(lost.mean())
    assert set(table["arm"]) == {"all", "balint", "waiting"}


def test_one_arm_has_no_comparison_of_arms_and_nobody_lost_no_table():
    people = some_people(ONE_ARM)
    assert assess_balance(drawn(people, 2, absent=0), people, TEQ, a_study(ONE_ARM)).empty


@pytest.mark.parametrize(
    ("first", "second", "people", "fewest"),
    [(0.5, 0.5, [20, 20], 10), (0.1, 0.5, [20, 20], 2), (0.9, 0.5, [20, 20], 2), (0.0, 1.0, [20, 6], 6)],
)
def test_a_share_speaks_of_those_who_have_the_word_and_those_who_have_not(first, second, people, fewest):
    assert _fewest({"level": "f", "first": first, "second": second}, people) == fewest

"""Bayes factors and equivalence tests held to R (bayes_tost_r.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.unit.made_studies import TEQ, a_study, drawn, some_people

from balint_eval.comparisons import UNLIKE_MEANS, compare
from balint_eval.stats.bayes import NO_T, OVERFLOW, change_bayes, difference_bayes, level_bayes
from balint_eval.stats.equivalence import equivalence_p

ORACLE = json.loads((Path(__file__).with_name("bayes_tost_r.json")).read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(ORACLE["one"]))
def test_one_sample_is_ttestbf(name):
    x, bf = np.array(ORACLE["one"][name]["x"]), ORACLE["one"][name]["bf"]
    assert_allclose(change_bayes(np.zeros(x.size), x, None).statistic, bf, rtol=1e-6)
    # Two people of each group around its mean: the groups are the units.
    people = np.repeat(x, 2) + np.tile([0.7, -0.7], x.size)
    found = change_bayes(np.zeros(people.size), people, np.repeat(np.arange(x.size), 2))
    assert_allclose(found.statistic, bf, rtol=1e-6)
    assert np.isnan([found.p_value, found.conf_low, found.effect]).all()
    assert "0.707" in found.note


@pytest.mark.parametrize("name", sorted(ORACLE["two"]))
def test_two_samples_are_ttestbf(name):
    case = ORACLE["two"][name]
    y = np.array(case["first"] + case["second"])
    arm = np.arange(y.size) < len(case["first"])
    people, group = np.repeat(y, 2) + np.tile([0.3, -0.3], y.size), np.repeat(np.arange(y.size), 2)
    zero = np.zeros(people.size)
    for found in (
        difference_bayes(zero[: y.size], y, arm, None),
        difference_bayes(zero, people, np.repeat(arm, 2), group),
        level_bayes(y, arm, None),
        level_bayes(people, np.repeat(arm, 2), group),
    ):
        assert_allclose(found.statistic, case["bf"], rtol=1e-6)


@pytest.mark.parametrize("case", ORACLE["tost"])
def test_equivalence_is_two_one_sided_t_tests(case):
    found = equivalence_p(case["estimate"], case["std_error"], case["df"], case["margin"])
    assert_allclose(found, case["p"], rtol=1e-9)


def test_no_t_no_bayes_factor():
    assert NO_T in change_bayes([1.0, 2, 3], [2.0, 3, 5], [1, 1, 1]).note
    assert OVERFLOW in change_bayes(np.zeros(40), 1e7 + np.arange(40.0) / 1e3, None).note


def test_a_row_of_every_comparison_where_the_plan_asks_for_it():
    people = some_people()
    scores = drawn(people, 2)
    table = compare(scores, people, TEQ, a_study(allocation="groups", bayes=True))[0]
    rows = table[table["method"] == "jzs_bayes_factor"]
    assert list(rows["contrast"]) == ["after-before@balint", "after-before@balint-waiting", "after-before@waiting"]
    assert (rows["statistic"] > 0).all()
    means = table[table["method"] == "group_means_t"]
    assert_allclose(rows["estimate"], means["estimate"])
    assert set(rows["role"]) == {"sensitivity", "by_arm"}
    assert "jzs_bayes_factor" not in set(compare(scores, people, TEQ, a_study(allocation="groups"))[0]["method"])
    alone = some_people(grouped=("balint",))
    beside = compare(drawn(alone, 2), alone, TEQ, a_study(allocation="people", bayes=True))[0]
    (row,) = beside[(beside["method"] == "jzs_bayes_factor") & (beside["kind"] == "difference")].to_dict("records")
    assert UNLIKE_MEANS in row["note"]
    assert np.isnan(row["statistic"])

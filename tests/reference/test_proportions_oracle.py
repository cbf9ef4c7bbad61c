"""Shares and odds ratios held to R (proportions_r.R), to Newcombe's printed intervals and to statsmodels."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import confint_proportions_2indep

from balint_eval.stats.exact_shares import (
    fisher_newcombe,
    mcnemar_exact,
    newcombe_difference,
    newcombe_paired,
    wilson,
)
from balint_eval.stats.proportions import share_change, share_difference, share_level

ORACLE = json.loads((Path(__file__).with_name("proportions_r.json")).read_text("utf-8"))
CASES = ORACLE["cases"]
TWO_ARMS = sorted(name for name in CASES if "share_level" in CASES[name])


def agrees(result, expected, unit):
    for name, theirs in (
        ("estimate", "estimate"),
        ("std_error", "std_error"),
        ("conf_low", "low"),
        ("conf_high", "high"),
    ):
        assert_allclose(getattr(result, name), unit * expected[theirs], rtol=1e-6, atol=1e-7 * unit)
    assert_allclose(result.df, expected["df"], rtol=1e-6)
    assert_allclose(result.p_value, expected["p"], rtol=1e-6)


@pytest.mark.parametrize("name", sorted(CASES))
def test_change_of_a_share_is_clubsandwich_on_lm_and_glm(name):
    data = CASES[name]["data"]
    share, odds = share_change(data["before"], data["after"], data["group"])
    agrees(share, CASES[name]["share_change"], 100)
    agrees(odds, CASES[name]["logistic_change"], 1)
    assert share.effect == odds.effect == pytest.approx(np.exp(odds.estimate))


@pytest.mark.parametrize("name", TWO_ARMS)
def test_arms_given_the_earlier_score_are_clubsandwich_on_lm_and_glm(name):
    data = CASES[name]["data"]
    share, odds = share_difference(data["pre"], data["after"], data["treated"], data["group"])
    agrees(share, CASES[name]["share_difference"], 100)
    agrees(odds, CASES[name]["logistic_difference"], 1)


@pytest.mark.parametrize("name", TWO_ARMS)
def test_arms_at_one_wave_are_clubsandwich_on_lm_and_glm(name):
    data = CASES[name]["data"]
    share, odds = share_level(data["after"], data["treated"], data["group"])
    agrees(share, CASES[name]["share_level"], 100)
    agrees(odds, CASES[name]["logistic_level"], 1)


@pytest.mark.parametrize("case", ORACLE["mcnemar"])
def test_mcnemar_is_the_binomial_test_of_those_who_changed_sides(case):
    came, left = case["came"], case["left"]
    before, after = [0] * came + [1] * left + [1, 1, 0], [1] * came + [0] * left + [1, 1, 0]
    result = mcnemar_exact(before, after)
    assert_allclose(result.p_value, case["p"], rtol=1e-9)
    assert_allclose(result.effect_low, case["low"], rtol=1e-7)
    if case.get("high"):
        assert_allclose(result.effect_high, case["high"], rtol=1e-7)
    else:
        assert np.isnan([result.effect, result.effect_high]).all()


@pytest.mark.parametrize("case", ORACLE["wilson"])
def test_wilson_is_prop_test_without_correction(case):
    assert_allclose(wilson(case["count"], case["n"]), (case["low"], case["high"]), atol=1e-9)


@pytest.mark.parametrize("case", ORACLE["fisher"])
def test_fisher_is_fisher_test(case):
    a, b, c, d = case["table"]
    result = fisher_newcombe([1] * a + [0] * b + [1] * c + [0] * d, [1] * (a + b) + [0] * (c + d))
    assert_allclose(result.p_value, case["p"], rtol=1e-9)
    assert_allclose(result.estimate, 100 * (a / (a + b) - c / (c + d)))
    assert np.isnan(result.effect) == (min(case["table"]) == 0)


def test_newcombe_printed_intervals():
    # Newcombe 1998, Stat Med 17:873-90, table II, row (a), and 17:2635-50, table III, (36, 12, 2, 0): method 10.
    assert_allclose(newcombe_difference(56, 70, 48, 80), (0.0524, 0.3339), atol=5e-5)
    assert_allclose(newcombe_paired(36, 2, 12, 0), (0.0569, 0.3404), atol=5e-5)


@pytest.mark.parametrize("cells", [(3, 17, 9, 20), (0, 9, 4, 11), (12, 12, 5, 9)])
def test_newcombe_two_samples_is_statsmodels(cells):
    theirs = confint_proportions_2indep(*cells, method="newcomb", compare="diff")
    assert_allclose(newcombe_difference(*cells), theirs, atol=1e-12)

"""Residuals, slopes on the baseline and the spread of groups against R (assumptions_r.R)."""

import json
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.baseline import baseline_slopes
from balint_eval.stats.group_spread import AT_ZERO, spread_of_groups
from balint_eval.stats.residuals import largest_usual, normal_quantiles, standardised_residuals

R = json.loads((Path(__file__).parent / "assumptions_r.json").read_text(encoding="utf-8"))
PRE, POST, ARM, GROUP = (np.array(R["data"][name], dtype=float) for name in ("pre", "post", "arm", "group"))
CLOSE = {"rel": 1e-6, "abs": 1e-9}


def test_standardised_residuals_are_those_of_rstandard():
    found = standardised_residuals(np.column_stack((np.ones(PRE.size), PRE, ARM)), POST)
    assert found.standardised == pytest.approx(np.array(R["residuals"]["standardised"]), **CLOSE)
    assert found.fitted == pytest.approx(np.array(R["residuals"]["fitted"]), **CLOSE)


def test_quantiles_are_those_of_definition_nine():
    expected = R["residuals"]
    found = normal_quantiles(np.array(expected["standardised"]))
    assert found.expected == pytest.approx(np.array(expected["expected"]), **CLOSE)
    assert found.observed == pytest.approx(np.array(expected["observed"]), **CLOSE)
    assert found.high - found.expected == pytest.approx(np.array(expected["half"]), **CLOSE)
    assert found.expected - found.low == pytest.approx(np.array(expected["half"]), **CLOSE)


def test_normal_values_lie_where_qqnorm_puts_them():
    """qqnorm of nine values puts them at normal quantiles of (i - 3/8) / (n + 1/4); interpolated they are normal."""
    positions = np.array(R["residuals"]["qqnorm"])
    found = normal_quantiles(positions)
    assert found.observed == pytest.approx(np.interp(found.expected, positions, positions), abs=0.02)


def test_the_largest_of_n_residuals():
    usual = R["usual"]
    found = [largest_usual(n, k) for n, k in zip(usual["n"], usual["k"], strict=True)]
    assert found == pytest.approx(usual["value"], **CLOSE)


@pytest.mark.parametrize(
    ("name", "who", "place"),
    [("on_baseline", ARM >= 0, 1), ("on_mean", ARM >= 0, 2), ("arm_on_baseline", ARM == 1, 1)],
)
def test_slopes_are_those_of_clubsandwich(name, who, place):
    found = baseline_slopes(PRE[who], POST[who], GROUP[who])[place]
    assert found._asdict() == pytest.approx(R["slopes"][name], **CLOSE)


CASES = {
    "spread_two_arms": (POST - PRE, GROUP, ARM),
    "spread_one_arm": (POST - PRE, GROUP, np.ones(PRE.size)),
    "spread_at_zero": (np.array(R["data"]["change"], dtype=float), np.array(R["data"]["dealt"]), np.ones(PRE.size)),
}


@pytest.mark.parametrize("name", CASES)
def test_groups_spread_as_lme4_says(name):
    found, expected = spread_of_groups(*CASES[name]), R[name]
    values = {part: getattr(found, part) for part in ("sd_between", "sd_within")}
    assert values == pytest.approx({part: expected[part] for part in values}, rel=1e-6, abs=1e-5)
    assert (found.sd_low, found.sd_high) == pytest.approx(expected["sd_limits"], rel=1e-6, abs=1e-9)
    for part in ("mean", "predict_low", "predict_high"):
        assert [getattr(arm, part) for arm in found.arms] == pytest.approx(np.atleast_1d(expected[part]), rel=1e-5)
    pairs = sorted((group.mean, group.shrunken) for group in found.groups)
    wanted = sorted(zip(expected["group_mean"], expected["shrunken"], strict=True))
    assert np.array(pairs) == pytest.approx(np.array(wanted), rel=1e-5)
    # nlme prints seven digits.
    assert found.sd_between == pytest.approx(expected["nlme_sd_between"], rel=1e-4, abs=1e-2)


def test_a_spread_of_zero_is_said():
    found = spread_of_groups(*CASES["spread_at_zero"])
    assert found.singular
    assert found.note == AT_ZERO
    assert {group.shrunken for group in found.groups} == {found.arms[0].mean}

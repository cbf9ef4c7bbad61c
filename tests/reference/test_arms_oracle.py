"""Several arms held to R (arms_r.R): joint tests, marginal means, and comparisons within sites."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from balint_eval.stats.by_site import ancova_by_site, change_by_site
from balint_eval.stats.cluster import ancova_cr2
from balint_eval.stats.cr2_joint import cr2_joint
from balint_eval.stats.marginal import adjusted_means_cr2, mean_cr2, model_means

ORACLE = json.loads((Path(__file__).with_name("arms_r.json")).read_text("utf-8"))
CASES = ORACLE["cases"]
NAMES = {"estimate": "estimate", "std_error": "std_error", "df": "df", "conf_low": "low", "conf_high": "high"}


def data_of(name):
    return {key: np.array(values, dtype=float) for key, values in CASES[name]["data"].items()}


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("adjusted", [True, False])
def test_joint_tests_are_clubsandwich_htz(name, adjusted):
    data, expected = data_of(name), CASES[name]["htz_ancova" if adjusted else "htz_level"]
    others = int(data["arm"].max())
    dummies = (data["arm"][:, None] == np.arange(1, others + 1)).astype(float)
    before = [data["pre"]] if adjusted else []
    design = np.column_stack((np.ones(len(dummies)), *before, dummies))
    found = cr2_joint(design, data["post"], data["group"].astype(int), np.eye(design.shape[1])[-others:])
    theirs = [expected[key] for key in ("f", "df_num", "df_denom", "p")]
    assert_allclose(found, theirs, rtol=1e-8)


def test_a_joint_test_of_one_contrast_is_the_square_of_its_t_test():
    data = data_of("two_arms")
    design = np.column_stack((np.ones(len(data["pre"])), data["pre"], data["arm"]))
    found = cr2_joint(design, data["post"], data["group"].astype(int), np.array([[0.0, 0.0, 1.0]]))
    single = ancova_cr2(data["pre"], data["post"], data["arm"], data["group"])
    assert_allclose(found, [single.statistic**2, 1, single.df, single.p_value], rtol=1e-10)


def test_joint_tests_that_cannot_be_given():
    design = np.column_stack((np.ones(6), [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1])).astype(float)
    rows = np.eye(3)[1:]
    y = np.array([1.0, 2, 4, 3, 5, 7])
    assert np.isnan(cr2_joint(design, y, np.array([0, 0, 1, 1, 2, 2]), rows)).all()
    assert np.isnan(cr2_joint(design[:, [0, 1, 1]], y, np.arange(6), rows)).all()
    assert np.isnan(cr2_joint(design, np.array([1.0, 1, 2, 2, 3, 3]), np.arange(6), rows)).all()
    assert np.isnan(cr2_joint(design[:2], y[:2], np.arange(2), rows)).all()


@pytest.mark.parametrize("name", sorted(CASES))
def test_adjusted_means_are_clubsandwich_and_emmeans(name):
    data, expected = data_of(name), CASES[name]["adjusted_means"]
    found = adjusted_means_cr2(data["pre"], data["post"], data["arm"], data["group"])
    for mine, theirs in NAMES.items():
        assert_allclose([getattr(result, mine) for result in found], expected[theirs], rtol=1e-8)
    assert_allclose([result.estimate for result in found], CASES[name]["emmeans"]["mean"], rtol=1e-10)
    assert_allclose([result.std_error for result in found], CASES[name]["emmeans"]["se"], rtol=1e-8)
    assert np.isnan([result.p_value for result in found]).all()


@pytest.mark.parametrize("name", sorted(CASES))
def test_model_means_are_emmeans_with_kenward_roger(name):
    data, expected = data_of(name), CASES[name]["mixed_means"]
    n = len(data["pre"])
    twice = [np.tile(data[key], 2) for key in ("arm", "person", "group")]
    found = model_means(np.r_[data["pre"], data["post"]], np.repeat([0, 1], n), *twice)
    for place, (arm, wave) in enumerate(zip(expected["arm"], expected["wave"], strict=True)):
        mine = found[int(arm), int(wave)]
        assert_allclose(mine.estimate, expected["mean"][place], rtol=1e-7)
        assert_allclose(mine.std_error, expected["se"][place], rtol=1e-6)
        assert_allclose(mine.df, expected["df"][place], rtol=1e-5)
        assert_allclose([mine.conf_low, mine.conf_high], [expected[end][place] for end in ("low", "high")], rtol=1e-6)


def test_with_two_arms_adjusted_means_differ_by_the_ancova_estimate():
    data = data_of("two_arms")
    scores = (data["pre"], data["post"], data["arm"], data["group"])
    first, second = adjusted_means_cr2(*scores)
    assert_allclose(second.estimate - first.estimate, ancova_cr2(*scores).estimate, rtol=1e-10)


def test_a_mean_alone_has_the_error_of_its_groups():
    found = mean_cr2([1.0, 3, 2, 6, 5, 7], [1, 1, 1, 2, 2, 2])
    assert (found.estimate, found.std_error, found.df) == pytest.approx((4.0, 2.0, 1.0))
    assert np.isnan(mean_cr2([1.0, 2.0], [1, 1]).std_error)


def test_arms_within_sites_are_clubsandwich():
    data, expected = data_of("two_arms"), CASES["two_arms"]["by_site"]
    found = ancova_by_site(data["pre"], data["post"], data["arm"], data["group"], data["site"])
    for mine, theirs in (*NAMES.items(), ("p_value", "p")):
        assert_allclose(getattr(found, mine), expected[theirs], rtol=1e-8)


@pytest.mark.parametrize("case", ORACLE["stratified"])
def test_change_within_sites_is_clubsandwich(case):
    data = case["data"]
    found = change_by_site(data["pre"], data["post"], data["group"], data["site"])
    for mine, theirs in NAMES.items():
        assert_allclose(getattr(found, mine), case[theirs], rtol=1e-8)

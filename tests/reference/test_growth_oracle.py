"""Growth held to R (growth_r.R): slopes of persons with CR2, and mixed models with Kenward-Roger."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from balint_eval.stats.growth import growth_model, person_slopes, slope_change, slope_difference

ORACLE = json.loads((Path(__file__).with_name("growth_r.json")).read_text("utf-8"))
CASES = ORACLE["cases"]


def data_of(name):
    data = CASES[name]["data"]
    two = len(set(data["treated"])) > 1
    scores = np.array(data["scores"], dtype=float)
    return scores, data["months"], np.array(data["group"]), np.array(data["treated"]) if two else None


def agrees(result, expected):
    assert_allclose(result.estimate, expected["estimate"], rtol=1e-6)
    assert_allclose(result.std_error, expected["std_error"], rtol=2e-6)
    assert_allclose(result.df, expected["df"], rtol=1e-5)
    assert_allclose(result.p_value, expected["p"], rtol=1e-5)


def test_sleepstudy_is_lmer():
    expected = ORACLE["sleepstudy"]
    result, fit = growth_model(np.array(expected["scores"], dtype=float), expected["months"], None)
    agrees(result, expected["model"])
    assert_allclose(fit.criterion, expected["model"]["reml"], rtol=1e-10)


@pytest.mark.parametrize("name", sorted(CASES))
def test_mean_slopes_are_clubsandwich(name):
    scores, months, group, treated = data_of(name)
    two = treated is not None
    result = slope_difference(scores, months, treated, group) if two else slope_change(scores, months, group)
    agrees(result, CASES[name]["slopes"])


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("grouped", [True, False])
def test_growth_models_are_lmer_with_kenward_roger(name, grouped):
    scores, months, group, treated = data_of(name)
    expected = CASES[name]["model" if grouped else "alone"]
    result, fit = growth_model(scores, months, group if grouped else None, treated)
    agrees(result, expected)
    assert_allclose(fit.criterion, expected["reml"], rtol=1e-9)


def test_slopes_are_those_of_polyfit():
    rng = np.random.default_rng(1)
    scores, months = rng.normal(40, 5, (7, 4)), [0.0, 2, 3, 9]
    scores[2, 1] = np.nan
    found = person_slopes(scores, months)
    assert np.isnan(found[2])
    kept = np.delete(np.arange(7), 2)
    assert_allclose(found[kept], [np.polyfit(months, scores[person], 1)[0] for person in kept])


def test_two_waves_a_month_apart_are_the_change():
    from balint_eval.stats.cluster import change_cr2

    rng = np.random.default_rng(2)
    scores, group = rng.normal(40, 5, (18, 2)), np.arange(18) // 6
    slopes, change = slope_change(scores, [0, 1], group), change_cr2(scores[:, 0], scores[:, 1], group)
    for name in ("estimate", "std_error", "df", "p_value", "mean_pre", "sd_post"):
        assert getattr(slopes, name) == pytest.approx(getattr(change, name))

"""Random-effects pooling: what must hold for any estimates, and what is not said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from balint_eval.stats.meta import (
    FEW_COHORTS,
    ONE_COHORT,
    TWO_COHORTS,
    estimate_tau_squared,
    generalised_q,
    pool_estimates,
    restricted_likelihood,
)

COHORTS = st.integers(2, 8).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-10, 10).map(lambda x: round(x, 3)), min_size=k, max_size=k),
        st.lists(st.floats(0.2, 4).map(lambda x: round(x, 3)), min_size=k, max_size=k),
    )
)
NUMBERS = (
    "estimate", "std_error", "conf_low", "conf_high", "predict_low", "predict_high", "tau_squared",
    "tau_squared_low", "tau_squared_high", "i_squared", "q", "q_p", "p_value", "factor",
)  # fmt: skip


def numbers(pooled):
    return [getattr(pooled, name) for name in NUMBERS]


def test_one_cohort_says_nothing():
    found = pool_estimates([2.0], [1.0])
    assert (found.k, found.note) == (1, ONE_COHORT)
    assert np.isnan(numbers(found)).all()
    assert pool_estimates([], []).note == ONE_COHORT


def test_two_cohorts_give_a_wide_interval_and_no_prediction():
    found = pool_estimates([2.0, 3.0], [1.0, 1.0])
    assert found.note == TWO_COHORTS
    assert np.isnan([found.predict_low, found.predict_high]).all()
    # By hand: equal weights, q = .5 truncated to 1, standard error 1/sqrt(2), t of 1 df.
    assert (found.estimate, found.std_error) == pytest.approx((2.5, np.sqrt(0.5)))
    assert found.conf_high - found.estimate == pytest.approx(12.7062 * np.sqrt(0.5), rel=1e-5)
    assert (found.factor, found.factor_untruncated, found.q) == pytest.approx((1.0, 0.5, 0.5))


def test_few_cohorts_are_said():
    assert pool_estimates([1, 2, 3], [1, 1, 1]).note == FEW_COHORTS
    assert pool_estimates([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]).note == ""


@pytest.mark.parametrize(
    ("estimates", "errors"),
    [([1.0, 2.0], [1.0]), ([1.0, np.nan], [1.0, 1.0]), ([1.0, 2.0], [1.0, 0.0]), ([1.0, 2.0], [1.0, -1.0])],
)
def test_what_is_no_estimate_is_refused(estimates, errors):
    with pytest.raises(ValueError, match="standard error"):
        pool_estimates(estimates, errors)


@given(COHORTS, st.floats(-5, 5), st.floats(0.5, 3))
@settings(max_examples=100, deadline=None)
def test_other_points_give_the_same_in_those_points(cohorts, shift, scale):
    y, errors = map(np.asarray, cohorts)
    first, second = pool_estimates(y, errors), pool_estimates(scale * y + shift, scale * errors)
    assert second.estimate == pytest.approx(scale * first.estimate + shift, rel=1e-5, abs=1e-5)
    assert second.std_error == pytest.approx(scale * first.std_error, rel=1e-5)
    assert second.tau_squared == pytest.approx(scale**2 * first.tau_squared, rel=1e-4, abs=1e-6)
    assert (second.i_squared, second.q) == pytest.approx((first.i_squared, first.q), rel=1e-4, abs=1e-6)


@given(COHORTS, st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_cohorts_does_not_matter(cohorts, random):
    order = list(range(len(cohorts[0])))
    random.shuffle(order)
    y, errors = map(np.asarray, cohorts)
    first, second = pool_estimates(y, errors), pool_estimates(y[order], errors[order])
    assert numbers(second) == pytest.approx(numbers(first), rel=1e-6, abs=1e-8, nan_ok=True)


@given(COHORTS)
@settings(max_examples=100, deadline=None)
def test_what_holds_for_any_cohorts(cohorts):
    y, errors = map(np.asarray, cohorts)
    found = pool_estimates(y, errors)
    assert min(y) - 1e-9 <= found.estimate <= max(y) + 1e-9
    assert found.conf_low <= found.estimate <= found.conf_high
    assert found.tau_squared_low <= found.tau_squared_high
    assert found.q == pytest.approx(generalised_q(0.0, y, errors**2))
    assert 0.0 <= found.i_squared < 1.0
    # Never shorter than a common effect's interval with t, which is what truncation promises.
    least = stdtrit(len(y) - 1, 0.975) / np.sqrt((1 / (errors**2 + found.tau_squared)).sum())
    assert found.conf_high - found.estimate >= least - 1e-9
    if len(y) > 2:
        assert found.predict_high - found.predict_low >= found.conf_high - found.conf_low - 1e-9


@given(COHORTS)
@settings(max_examples=60, deadline=None)
def test_no_other_variance_between_cohorts_is_more_likely(cohorts):
    """The REML estimate against a plain search of the restricted likelihood."""
    y, errors = map(np.asarray, cohorts)
    found = estimate_tau_squared(y, errors**2)
    tried = np.concatenate(([found, 0.0], np.geomspace(1e-6, 1e4, 400)))
    heights = restricted_likelihood(tried, y, errors**2)
    assert heights[0] >= heights.max() - 1e-9


def test_equal_standard_errors_give_the_variance_of_the_estimates():
    """With one v for all, REML is var(y) - v, and pooled mean and Hartung-Knapp are the plain t of the estimates."""
    y = np.array([1.0, 4.0, 6.0, 2.5, 7.0])
    found = pool_estimates(y, np.full(5, 0.5))
    assert found.tau_squared == pytest.approx(np.var(y, ddof=1) - 0.25, rel=1e-9)
    assert (found.estimate, found.std_error) == pytest.approx((y.mean(), y.std(ddof=1) / np.sqrt(5)))
    assert found.factor == pytest.approx(1.0)


@pytest.mark.parametrize("tau", [0.0, 1.0])
def test_intervals_hold_the_truth(tau):
    """600 draws of four cohorts, Monte-Carlo standard error .89 points: never clearly below 95 in 100."""
    rng = np.random.default_rng(5)
    errors = np.array([0.6, 0.8, 1.0, 1.4])
    draws = rng.normal(0.0, np.sqrt(errors**2 + tau**2), (600, 4))
    found = [pool_estimates(y, errors) for y in draws]
    held = np.mean([one.conf_low <= 0.0 <= one.conf_high for one in found])
    assert held >= 0.925

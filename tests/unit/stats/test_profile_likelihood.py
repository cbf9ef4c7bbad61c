"""Profile intervals where they can be had by hand: equal groups, nested levels, edges, and what is refused."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from balint_eval.stats.profile_likelihood import profile_contrast, profile_variances
from balint_eval.stats.reml import MixedModelError, RandomTerm, fit_reml, random_intercept

GROUP = np.repeat(np.arange(6), 5)
SCORES = np.round(20 + 3 * np.sin(5 * GROUP) + 2 * np.cos(7 * np.arange(30)), 2)
CHI = 3.841458820694124


def fit_of(scores=SCORES):
    return fit_reml(scores, np.ones((30, 1)), (random_intercept("group", GROUP),), ("(Intercept)",))


def deviance(between, within, centre=None):
    """-2 log likelihood of six groups of five: two chi-squared parts, from the mean squares alone."""
    means = SCORES.reshape(6, 5).mean(axis=1)
    middle = means.mean() if centre is None else centre
    spread = within**2 + 5 * between**2
    inside = np.sum((SCORES.reshape(6, 5) - means[:, None]) ** 2)
    return 24 * np.log(within**2) + 6 * np.log(spread) + inside / within**2 + 5 * np.sum((means - middle) ** 2) / spread


def smallest(of):
    return minimize_scalar(lambda log: of(np.exp(log)), bounds=(-6, 4), method="bounded", options={"xatol": 1e-12}).fun


def test_equal_groups_by_hand():
    best = smallest(lambda within: smallest(lambda between: deviance(between, within)))
    between, within = profile_variances(fit_of())
    assert (between.term, between.kind, within.term) == ("group", "sd", "Residual")
    for bound in (between.conf_low, between.conf_high):
        assert smallest(lambda s, b=bound: deviance(b, s)) - best == pytest.approx(CHI, abs=1e-6)
    for bound in (within.conf_low, within.conf_high):
        assert smallest(lambda b, s=bound: deviance(b, s)) - best == pytest.approx(CHI, abs=1e-6)
    mean = profile_contrast(fit_of(), [1.0], name="mean")
    for bound in (mean.conf_low, mean.conf_high):
        lost = smallest(lambda s, c=bound: smallest(lambda b: deviance(b, s, c))) - best
        assert lost == pytest.approx(CHI, abs=1e-6)
    assert mean.estimate == pytest.approx(SCORES.mean())


def test_a_wider_level_holds_a_narrower_one():
    for wide, narrow in zip(profile_variances(fit_of(), 0.99), profile_variances(fit_of(), 0.8), strict=True):
        assert wide.conf_low < narrow.conf_low < narrow.estimate < narrow.conf_high < wide.conf_high


def test_a_variance_of_nothing_has_an_interval_from_zero():
    equal = np.round(20 + 2 * np.cos(7 * np.arange(30)), 2)
    equal -= equal.reshape(6, 5).mean(axis=1)[GROUP]
    between = profile_variances(fit_of(equal))[0]
    assert between.estimate == pytest.approx(0, abs=1e-6)
    assert between.conf_low == 0 < between.conf_high


def test_points_times_ten_are_bounds_times_ten():
    for one, ten in zip(profile_variances(fit_of()), profile_variances(fit_of(10 * SCORES)), strict=True):
        assert (ten.conf_low, ten.conf_high) == pytest.approx((10 * one.conf_low, 10 * one.conf_high), rel=1e-6)


def test_three_columns_are_refused():
    time = np.tile(np.arange(5.0), 6)
    term = RandomTerm("group", GROUP, np.column_stack([np.ones(30), time, time**2]), ("1", "t", "t2"))
    scores = SCORES + np.cos(GROUP) * time + np.sin(11 * np.arange(30)) + 0.3 * np.cos(3 * GROUP) * time**2
    fit = fit_reml(scores, np.ones((30, 1)), (term,))
    with pytest.raises(MixedModelError, match="at most two columns"):
        profile_variances(fit)

"""Correlation within groups: by hand, against the balanced mixed model, by simulation, and what cannot be said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f

from balint_eval.stats.icc import FEW_GROUPS, NO_VARIANCE, NOBODY_SHARES, group_correlation
from balint_eval.stats.reml import fit_reml, random_intercept


def test_six_people_by_hand():
    # Means 2, 4, 9 around 5: MSB = 2 (9 + 1 + 16) / 2 = 26; MSW = (2 + 2 + 2) / 3 = 2; m0 = 2.
    found = group_correlation([1, 3, 3, 5, 8, 10], [1, 1, 2, 2, 3, 3])
    assert found.icc == pytest.approx((26 - 2) / (26 + 2))
    low, high = 13 / f.ppf(0.975, 2, 3), 13 / f.ppf(0.025, 2, 3)
    assert (found.icc_low, found.icc_high) == pytest.approx(((low - 1) / (low + 1), (high - 1) / (high + 1)))
    assert found.design_effect == pytest.approx(1 + 24 / 28)
    assert (found.n, found.n_groups, found.mean_size) == (6, 3, 2)


def test_arms_are_taken_out():
    values, group, arm = np.array([1, 3, 3, 5, 8, 10, 6, 7.0]), np.repeat([1, 2, 3, 4], 2), np.repeat([0, 1], 4)
    shifted = group_correlation(values + 100 * arm, group, arm)
    assert shifted.icc == pytest.approx(group_correlation(values, group, arm).icc)
    # Two arms of two groups: df 2 and 4.
    squares = 2 * ((2 - 3) ** 2 + (4 - 3) ** 2) + 2 * ((9 - 7.75) ** 2 + (6.5 - 7.75) ** 2)
    between, within = squares / 2, (2 + 2 + 2 + 0.5) / 4
    assert shifted.icc == pytest.approx((between - within) / (between + within))


def test_balanced_groups_give_the_reml_estimate():
    generator = np.random.default_rng(3)
    group = np.repeat(np.arange(6), 8)
    values = 2 * generator.standard_normal(6)[group] + 3 * generator.standard_normal(48)
    fit = fit_reml(values, np.ones((48, 1)), (random_intercept("group", group),), ("(Intercept)",))
    share = fit.terms[0].variance / (fit.terms[0].variance + fit.sigma**2)
    assert group_correlation(values, group).icc == pytest.approx(share, rel=1e-6)


def test_unequal_groups_use_the_size_that_makes_it_unbiased():
    # Searle's m0 for sizes 2, 3, 5: (10 - 38 / 10) / 2 = 3.1
    values = np.array([1, 2, 4, 5, 6, 7, 8, 9, 9, 7.0])
    group = np.repeat([0, 1, 2], [2, 3, 5])
    means = [1.5, 5, 8]
    between = sum(n * (m - 5.8) ** 2 for n, m in zip((2, 3, 5), means, strict=True)) / 2
    within = (0.5 + 2 + 4) / 7
    assert group_correlation(values, group).icc == pytest.approx((between - within) / (between + 2.1 * within))


@pytest.mark.parametrize(
    ("values", "group", "arm", "reason"),
    [
        ([1, 2, 3], [1, 1, 1], None, FEW_GROUPS),
        ([1, 2, 3, 4], [1, 1, 2, 2], [0, 0, 1, 1], FEW_GROUPS),
        ([], [], None, FEW_GROUPS),
        ([1, 2, 3], [1, 2, 3], None, NOBODY_SHARES),
        ([1, 1, 3, 3], [1, 1, 2, 2], None, NO_VARIANCE),
    ],
)
def test_what_cannot_be_said(values, group, arm, reason):
    found = group_correlation(values, group, arm)
    assert found.note == reason
    assert np.isnan([found.icc, found.icc_low, found.icc_high, found.design_effect]).all()


@settings(max_examples=50, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.1, 100), shift=st.floats(-1e3, 1e3))
def test_units_order_and_codes_carry_no_information(seed, scale, shift):
    generator = np.random.default_rng(seed)
    group = generator.integers(0, 5, 30)
    values, order = generator.standard_normal(30), generator.permutation(30)
    one = group_correlation(values, group)
    other = group_correlation(scale * values[order] + shift, 9 - group[order])
    assert (other.icc, other.icc_low, other.icc_high) == pytest.approx((one.icc, one.icc_low, one.icc_high), abs=1e-6)
    assert one.icc_low <= one.icc <= one.icc_high


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.3])
def test_the_interval_covers_in_groups_of_six_to_ten(icc):
    generator = np.random.default_rng(12)
    hits, replications = 0, 600
    for _ in range(replications):
        sizes = generator.integers(6, 11, 6)
        group = np.repeat(np.arange(6), sizes)
        values = np.sqrt(icc) * generator.standard_normal(6)[group]
        found = group_correlation(values + np.sqrt(1 - icc) * generator.standard_normal(group.size), group, group % 2)
        hits += found.icc_low <= icc <= found.icc_high
    assert abs(hits / replications - 0.95) < 4 * np.sqrt(0.95 * 0.05 / replications)

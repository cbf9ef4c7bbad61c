"""Thousands of mixed models at once, held to the general REML and Kenward-Roger one by one."""

import numpy as np
import pytest

from balint_eval.simulate.design import simulate_two_arms
from balint_eval.stats.mixed_replicates import mixed_replicates
from balint_eval.stats.reml import fit_reml, random_intercept
from balint_eval.stats.small_sample import contrast_test, kenward_roger

LAST = np.array([0.0, 0.0, 1.0])


def drawn(icc, groups=4, absent=(0.0, 0.1), replications=25):
    data = simulate_two_arms(
        np.random.default_rng(int(100 * icc) + groups), replications, groups_per_arm=groups, icc=icc, absent=absent
    )
    present = np.isfinite(data.pre) & np.isfinite(data.post)
    X = np.stack((np.ones(data.pre.shape), data.pre, np.broadcast_to(data.treated, data.pre.shape).astype(float)), -1)
    return X, data.post, data.group, present


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("groups", [2, 4])
def test_each_replicate_is_the_general_fit(icc, groups):
    X, Y, group, present = drawn(icc, groups)
    found = mixed_replicates(X, Y, group, LAST, present)
    singular = 0
    for row in range(len(Y)):
        used = present[row]
        fit = fit_reml(Y[row][used], X[row][used], (random_intercept("group", group[used]),), ("1", "pre", "arm"))
        expected = contrast_test(kenward_roger(fit), LAST)
        numbers = (found.estimate[row], found.std_error[row], found.df[row])
        assert numbers == pytest.approx((expected.estimate, expected.std_error, expected.df), rel=1e-6)
        assert found.ratio[row] == pytest.approx(fit.terms[0].variance / fit.sigma**2, rel=1e-5, abs=1e-8)
        singular += found.ratio[row] == 0
    assert singular > 0 or icc == 0.3


def test_units_do_not_matter():
    X, Y, group, present = drawn(0.15)
    one, other = mixed_replicates(X, Y, group, LAST, present), mixed_replicates(X, 1000 * Y, group, LAST, present)
    assert other.std_error == pytest.approx(1000 * one.std_error)
    assert other.df == pytest.approx(one.df, rel=1e-6)


def test_rows_that_are_not_present_do_not_matter():
    X, Y, group, present = drawn(0.15)
    changed = np.where(present, Y, 99.0)
    one, other = (mixed_replicates(X, y, group, LAST, present) for y in (Y, changed))
    assert np.array_equal(one.estimate, other.estimate)


def test_a_collinear_replicate_has_no_numbers_and_spoils_no_other():
    X, Y, group, present = drawn(0.15)
    whole = mixed_replicates(X, Y, group, LAST, present)
    X[3, :, 1] = 2 * X[3, :, 2]
    found = mixed_replicates(X, Y, group, LAST, present)
    assert np.isnan([found.estimate[3], found.std_error[3], found.df[3]]).all()
    assert np.delete(found.df, 3) == pytest.approx(np.delete(whole.df, 3))

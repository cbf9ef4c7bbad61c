"""How often shares of groups differ by chance alone: a method that rejects in 7 of 100 would be caught."""

import numpy as np
import pytest
from scipy.special import ndtri, stdtr

from balint_eval.stats.cr2 import cr2_contrasts
from balint_eval.stats.proportions import share_change, share_difference, share_level

MEMBERS = 8
REPLICATIONS = 4000


def sides(rng, icc, share, groups, replications):
    """Give ones and zeros, shape (people, replications), of normal scores with a common part in each group."""
    common = np.sqrt(icc) * rng.standard_normal((groups, replications)).repeat(MEMBERS, axis=0)
    own = np.sqrt(1 - icc) * rng.standard_normal((groups * MEMBERS, replications))
    return (common + own < ndtri(share)).astype(float)


def rejected(design, Y, group, contrast, told):
    found = cr2_contrasts(design, Y, group, contrast)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(found.df, -np.abs(found.estimate / found.std_error))
    return np.mean((p < 0.05) & told)


@pytest.mark.parametrize("groups", [2, 3, 4, 8])
@pytest.mark.parametrize("icc", [0.0, 0.05, 0.15])
def test_differences_of_shares_never_reject_too_often(groups, icc):
    rng = np.random.default_rng(100 * groups + int(100 * icc))
    group = np.arange(2 * groups).repeat(MEMBERS)
    treated = (group < groups).astype(float)
    design = np.column_stack((np.ones(group.size), treated))
    shares = []
    for share in (0.1, 0.3, 0.5):
        Y = sides(rng, icc, share, 2 * groups, REPLICATIONS)
        arms = [Y[treated == side].mean(axis=0) for side in (0, 1)]
        # The rule of the package: no test where an arm is of one side.
        told = np.logical_and.reduce([(arm > 0) & (arm < 1) for arm in arms])
        shares.append(rejected(design, Y, group, np.array([0.0, 1.0]), told))
    # Standard error .0034: 7 of 100 lies three away from the bound.
    assert max(shares) < 0.06 + 1e-9
    assert shares[-1] > 0.03


def test_the_rule_above_is_the_packages():
    rng = np.random.default_rng(5)
    group, treated = np.arange(4).repeat(MEMBERS), np.arange(4).repeat(MEMBERS) < 2
    Y = sides(rng, 0.15, 0.1, 4, 60)
    design = np.column_stack((np.ones(group.size), treated))
    found = cr2_contrasts(design, Y, group, np.array([0.0, 1.0]))
    for column, y in enumerate(Y.T):
        result = share_level(y, treated, group)[0]
        told = all(0 < y[side].mean() < 1 for side in (treated, ~treated))
        assert np.isfinite(result.p_value) == (told and found.std_error[column] > 1e-10)
        if np.isfinite(result.p_value):
            assert result.std_error == pytest.approx(100 * found.std_error[column])


@pytest.mark.parametrize("groups", [3, 4, 8])
def test_changes_of_shares_never_reject_too_often(groups):
    rng = np.random.default_rng(groups)
    group = np.arange(groups).repeat(MEMBERS)
    shares = []
    for share, icc in ((0.3, 0.0), (0.3, 0.15), (0.5, 0.05)):
        lasting = np.sqrt(0.6) * rng.standard_normal((group.size, REPLICATIONS))
        common = np.sqrt(icc) * rng.standard_normal((groups, REPLICATIONS)).repeat(MEMBERS, axis=0)
        passing = rng.standard_normal((2, group.size, REPLICATIONS))
        before = lasting + np.sqrt(0.4) * passing[0] < ndtri(share)
        after = lasting + common + np.sqrt(0.4 - icc) * passing[1] < ndtri(share)
        told = np.logical_and.reduce([side.any(axis=0) & ~side.all(axis=0) for side in (before, after)])
        change = after.astype(float) - before
        shares.append(rejected(np.ones((group.size, 1)), change, group, np.ones(1), told))
    assert max(shares) < 0.06 + 1e-9
    assert max(shares) > 0.03


@pytest.mark.thorough
def test_odds_ratios_and_adjusted_differences_never_reject_too_often():
    rng = np.random.default_rng(3)
    found = []
    for groups, icc in ((2, 0.15), (3, 0.0), (4, 0.15), (8, 0.05)):
        group = np.arange(2 * groups).repeat(MEMBERS)
        for _ in range(150):
            y = sides(rng, icc, 0.4, 2 * groups, 1)[:, 0]
            pre = np.round(30 + 6 * rng.standard_normal(y.size))
            found.append([result.p_value for result in share_difference(pre, y, group < groups, group)])
            found[-1] += [share_level(y, group < groups, group)[1].p_value]
    rates = np.mean(np.array(found) < 0.05, axis=0)
    # 600 studies: standard error .009.
    assert (rates < 0.05 + 2 * 0.009).all()


def test_a_change_of_one_group_carries_no_claim():
    share, odds = share_change([0, 0, 1, 1, 0, 1], [1, 0, 1, 0, 1, 1], [1] * 6)
    assert np.isnan([share.p_value, odds.p_value]).all()
    assert "no claim" in share.note

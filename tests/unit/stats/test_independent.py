from dataclasses import asdict
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.independent import change_t, change_welch, mann_whitney

ALL = [change_t, change_welch, mann_whitney]


def arms(seed, n_first=8, n_second=6):
    generator = np.random.default_rng(seed)
    n = n_first + n_second
    pre, post = generator.integers(10, 20, n) / 10, generator.integers(10, 24, n) / 10
    return pre, post, np.repeat([1, 0], [n_first, n_second])


def split(pre, post, treated):
    change = np.round(post - pre, 9)
    return change[treated == 1], change[treated == 0]


@pytest.mark.parametrize(("function", "equal"), [(change_t, True), (change_welch, False)])
def test_t_tests_equal_scipy(function, equal):
    data = arms(0)
    expected = stats.ttest_ind(*split(*data), equal_var=equal)
    interval = expected.confidence_interval()
    result = function(*data)
    assert (result.statistic, result.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (result.conf_low, result.conf_high) == pytest.approx((interval.low, interval.high))
    assert result.df == pytest.approx(expected.df)
    assert result.effect_low < result.effect < result.effect_high


@pytest.mark.parametrize("seed", range(6))
def test_exact_p_with_ties_equals_enumeration(seed):
    data = arms(seed, 6, 5)
    ranks = stats.rankdata(np.concatenate(split(*data)))
    observed = ranks[:6].sum()
    sums = np.array([sum(chosen) for chosen in combinations(ranks, 6)])
    expected = min(1.0, 2 * min(np.mean(sums <= observed), np.mean(sums >= observed)))
    assert mann_whitney(*data).p_value == pytest.approx(expected, rel=1e-12)


def test_p_without_ties_equals_scipy():
    generator = np.random.default_rng(4)
    change = generator.standard_normal(40)
    treated = np.repeat([1, 0], [22, 18])
    first, second = change[:22], change[22:]
    for exact, method in ((True, "exact"), (False, "asymptotic")):
        expected = stats.mannwhitneyu(first, second, method=method)
        result = mann_whitney(np.zeros(40), change, treated, exact=exact)
        assert result.statistic == expected.statistic
        assert result.p_value == pytest.approx(expected.pvalue, rel=1e-10)


def test_normal_p_with_ties_equals_scipy():
    data = arms(5, 30, 35)
    expected = stats.mannwhitneyu(*split(*data), method="asymptotic")
    result = mann_whitney(*data)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    assert "normal approximation" in result.note


def test_delta_is_u_rescaled():
    result = mann_whitney(*arms(6))
    assert result.effect == pytest.approx(2 * result.statistic / 48 - 1)


@pytest.mark.parametrize("n", [12, 60])
def test_interval_is_the_set_of_shifts_not_rejected(n):
    generator = np.random.default_rng(7)
    change, treated = generator.standard_normal(n), np.arange(n) % 2
    result = mann_whitney(np.zeros(n), change, treated)
    assert result.conf_low < result.estimate < result.conf_high
    for bound, inward in ((result.conf_low, 1e-6), (result.conf_high, -1e-6)):
        inside, outside = (change - treated * (bound + step) for step in (inward, -inward))
        assert mann_whitney(np.zeros(n), inside, treated).p_value > 0.05 - 1e-3
        assert mann_whitney(np.zeros(n), outside, treated).p_value < 0.05 + 1e-3


@pytest.mark.parametrize("function", ALL)
def test_swapping_arms(function):
    pre, post, treated = arms(8)
    one, other = function(pre, post, treated), function(pre, post, 1 - treated)
    assert one.p_value == pytest.approx(other.p_value)
    for names in (("estimate", "estimate"), ("conf_low", "conf_high"), ("effect_low", "effect_high")):
        assert getattr(one, names[0]) == pytest.approx(-getattr(other, names[1]))


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("n", [0, 1])
def test_hardly_anyone(function, n):
    result = function(np.zeros(n), np.ones(n), np.zeros(n))
    assert np.isnan([result.estimate, result.p_value, result.effect]).all()
    assert result.note


@pytest.mark.parametrize("function", ALL)
def test_equal_changes_and_one_arm(function):
    pre = np.array([0.1, 0.2, 2.2, 3.3])
    result = function(pre, pre + 0.7, [0, 0, 1, 1])
    assert np.isnan([result.p_value, result.effect]).all()
    assert "all changes are equal" in result.note
    result = function(pre, [1, 2, 3, 9], [1, 1, 1, 1])
    assert np.isnan([result.estimate, result.p_value, result.effect]).all()
    assert "only one arm" in result.note


@pytest.mark.parametrize("function", [change_t, change_welch])
def test_no_variation_within_arms_gives_no_infinite_t(function):
    result = function(np.zeros(4), [1, 1, 2, 2], [0, 0, 1, 1])
    assert np.isnan([result.p_value, result.statistic, result.effect]).all()
    assert result.estimate == 1.0
    assert "standard error is zero" in result.note


def test_one_person_in_each_arm():
    for function in (change_t, change_welch):
        result = function([0, 0], [1, 2], [0, 1])
        assert np.isnan(result.p_value)
        assert "fewer than two people" in result.note
    assert mann_whitney([0, 0], [1, 2], [0, 1]).p_value == 1.0


def test_one_person_in_one_arm():
    pre, post, treated = np.zeros(4), np.array([1.0, 2, 4, 8]), [1, 0, 0, 0]
    assert np.isfinite(change_t(pre, post, treated).p_value)
    assert np.isnan(change_welch(pre, post, treated).p_value)
    result = mann_whitney(pre, post, treated)
    assert result.p_value == pytest.approx(0.5)
    assert "too few people for an interval" in result.note
    assert np.isnan(result.effect_low)


def test_random_small_samples_never_warn_nor_give_infinity():
    generator = np.random.default_rng(0)
    for _ in range(300):
        n = int(generator.integers(0, 9))
        pre, post, treated = generator.integers(0, 3, (3, n)).astype(float)
        for function in ALL:
            result = function(pre, post, treated > 0)
            numbers = [value for value in asdict(result).values() if isinstance(value, float)]
            assert not np.isinf(numbers).any()
            assert result.note or np.isfinite(result.p_value)

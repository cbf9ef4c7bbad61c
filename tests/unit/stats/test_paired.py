from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.paired import paired_t, walsh_averages, wilcoxon
from balint_eval.stats.rank_distributions import lower_critical, signed_rank_counts


def likert(seed, n=14):
    generator = np.random.default_rng(seed)
    return generator.integers(1, 6, n) / 10, generator.integers(1, 7, n) / 10


def enumerated_p(changes):
    changes = np.round(changes, 9)
    changes = changes[changes != 0]
    ranks = stats.rankdata(np.abs(changes))
    observed = ranks[changes > 0].sum()
    sums = np.array([ranks @ np.array(signs) for signs in product((0, 1), repeat=ranks.size)])
    return min(1.0, 2 * min(np.mean(sums <= observed + 1e-9), np.mean(sums >= observed - 1e-9)))


def test_paired_t_equals_scipy():
    pre, post = likert(0)
    expected = stats.ttest_rel(post, pre)
    result = paired_t(pre, post, 0.9)
    interval = expected.confidence_interval(0.9)
    assert result.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-12)
    assert (result.conf_low, result.conf_high) == pytest.approx((interval.low, interval.high))
    assert (result.effect_name, result.n_groups) == ("d_z", 0)


def test_paired_t_by_hand():
    result = paired_t([1, 2, 3], [2, 4, 6])  # changes 1, 2, 3: mean 2, SD 1, t = 2 sqrt 3
    assert result.estimate == pytest.approx(2.0)
    assert result.std_error == pytest.approx(1 / np.sqrt(3))
    assert result.statistic == pytest.approx(2 * np.sqrt(3))
    assert result.effect == pytest.approx(2 * (1 - 3 / 7))
    assert result.effect_low < result.effect < result.effect_high


@pytest.mark.parametrize("seed", range(8))
def test_exact_p_with_ties_equals_enumeration(seed):
    pre, post = likert(seed, 11)
    assert wilcoxon(pre, post).p_value == pytest.approx(enumerated_p(post - pre), rel=1e-12)


@pytest.mark.parametrize("n", [6, 12, 30, 50])
def test_exact_p_without_ties_equals_scipy(n):
    generator = np.random.default_rng(n)
    change = generator.standard_normal(n) + 0.3
    expected = stats.wilcoxon(change, method="exact")
    assert wilcoxon(np.zeros(n), change).p_value == pytest.approx(expected.pvalue, rel=1e-10)


def test_normal_p_with_ties_equals_scipy():
    pre, post = likert(3, 60)
    expected = stats.wilcoxon(np.round(post - pre, 9), method="asymptotic", correction=True)
    result = wilcoxon(pre, post, exact=False)
    assert result.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    assert "normal approximation" in result.note


def test_large_samples_use_the_normal_approximation():
    generator = np.random.default_rng(1)
    pre, change = np.zeros(80), generator.standard_normal(80)
    result = wilcoxon(pre, change)
    assert "normal approximation" in result.note
    exact = wilcoxon(pre, change, exact=True)
    assert result.p_value == pytest.approx(exact.p_value, rel=0.05)
    assert result.conf_low < result.estimate < result.conf_high


def test_noise_of_decimals_breaks_no_ties():
    pre = np.array([0.1, 0.2, 0.3, 1.1, 1.3, 0.7])
    post = pre + np.array([0.1, 0.1, 0.1, 0.2, -0.1, 0.0])
    tenths = wilcoxon(np.round(pre * 10), np.round(post * 10))
    result = wilcoxon(pre, post)
    assert (result.statistic, result.p_value) == (tenths.statistic, tenths.p_value)
    assert result.estimate == pytest.approx(tenths.estimate / 10)


def test_walsh_averages_by_hand():
    assert walsh_averages(np.array([1.0, 3.0, 8.0])).tolist() == [1, 2, 3, 4.5, 5.5, 8]


def test_critical_values_of_the_printed_table():
    # Two-sided 5 %: n = 6 -> T = 0, 10 -> 8, 15 -> 25, 20 -> 52 (Wilcoxon and Wilcox 1964).
    for n, critical in ((6, 0), (10, 8), (15, 25), (20, 52)):
        counts = signed_rank_counts(np.arange(1.0, n + 1))
        assert lower_critical(counts, 0.025, 2) == critical + 1
    assert lower_critical(signed_rank_counts(np.arange(1.0, 6)), 0.025, 2) == 0


def test_interval_is_the_set_of_shifts_not_rejected():
    generator = np.random.default_rng(5)
    change = generator.standard_normal(12)
    result = wilcoxon(np.zeros(12), change)
    for bound, inward in ((result.conf_low, 1e-6), (result.conf_high, -1e-6)):
        assert wilcoxon(np.zeros(12), change - bound - inward).p_value > 0.05
        assert wilcoxon(np.zeros(12), change - bound + inward).p_value <= 0.05


def test_five_changes_are_too_few_for_a_95_interval():
    result = wilcoxon(np.zeros(5), np.arange(1.0, 6))
    assert result.p_value == pytest.approx(2 / 32)
    assert np.isnan(result.conf_low)
    assert "too few for an interval" in result.note
    assert (result.effect, result.estimate) == (1.0, 3.0)


def test_swap_of_waves():
    pre, post = likert(9)
    for function in (paired_t, wilcoxon):
        one, other = function(pre, post), function(post, pre)
        assert one.p_value == pytest.approx(other.p_value)
        for names in (("estimate", "estimate"), ("conf_low", "conf_high"), ("effect_low", "effect_high")):
            assert getattr(one, names[0]) == pytest.approx(-getattr(other, names[1]))


@pytest.mark.parametrize("function", [paired_t, wilcoxon])
@pytest.mark.parametrize("n", [0, 1])
def test_no_pair_or_one(function, n):
    result = function(np.zeros(n), np.ones(n))
    assert np.isnan([result.estimate, result.p_value, result.effect]).all()
    assert f"{n} complete pair" in result.note


@pytest.mark.parametrize("function", [paired_t, wilcoxon])
@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_equal_changes(function, shift):
    pre = np.array([0.1, 0.2, 2.2, 3.3])
    result = function(pre, pre + shift)
    assert np.isnan([result.p_value, result.statistic, result.effect, result.conf_low]).all()
    assert result.estimate == pytest.approx(shift)
    assert result.note == "all changes are equal: no test is possible"


def test_nothing_left_after_rounding():
    result = wilcoxon([1.0, 2.0, 3.0], [1.1, 2.2, 3.1], decimals=0)
    assert np.isnan(result.p_value)
    assert "after rounding" in result.note


def test_too_many_changes_for_a_shift():
    generator = np.random.default_rng(2)
    result = wilcoxon(np.zeros(5001), generator.standard_normal(5001))
    assert np.isfinite(result.p_value)
    assert "no shift" in result.note


def test_random_small_samples_never_warn_nor_give_infinity():
    generator = np.random.default_rng(0)
    for _ in range(300):
        pre, post = generator.integers(0, 3, (2, int(generator.integers(0, 9)))).astype(float)
        for function in (paired_t, wilcoxon):
            result = function(pre, post)
            numbers = [value for value in asdict(result).values() if isinstance(value, float)]
            assert not np.isinf(numbers).any()
            assert result.note or np.isfinite(result.p_value)

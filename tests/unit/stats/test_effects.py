import tracemalloc
from itertools import pairwise
from math import gamma, sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import chi2

from balint_eval.stats.effects import (
    average_sd,
    cliffs_delta,
    d_av,
    d_pooled,
    d_z,
    hedges_factor,
    noncentrality,
    pooled_sd,
    probability_of_superiority,
    rank_biserial,
)

PRE = np.array([12.0, 15, 11, 18, 14, 16, 13])
POST = np.array([15.0, 15, 14, 19, 18, 15, 17])


def assert_missing(effect, *, value=True):
    assert np.isnan([effect.low, effect.high]).all()
    assert np.isnan(effect.value) == value


def test_hedges_factor():
    assert hedges_factor(10) == pytest.approx(1 - 3 / 39)
    assert hedges_factor(10, exact=True) == pytest.approx(gamma(5) / (sqrt(5) * gamma(4.5)))
    assert np.isnan(hedges_factor(1))
    assert np.isnan(hedges_factor(float("nan")))
    assert hedges_factor(400) == pytest.approx(hedges_factor(400, exact=True), abs=1e-6)


def test_d_av_by_hand():
    effect = d_av([1, 2, 3], [2, 4, 6])  # mean change 2; SDs 1 and 2; J(2) = 4/7
    scale = 4 / 7 / sqrt(2.5)
    half = stats.t.ppf(0.975, 2) / sqrt(3)
    expected = (2 * scale, (2 - half) * scale, (2 + half) * scale)
    assert (effect.value, effect.low, effect.high) == pytest.approx(expected)


def test_average_and_pooled_sd():
    assert average_sd(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])) == pytest.approx(sqrt(2.5))
    values = np.array([1.0, 3, 10, 14, 12])
    first = np.array([True, True, False, False, False])
    assert pooled_sd(values, first) == pytest.approx(sqrt((2 + 8) / 3))
    assert np.isnan(pooled_sd(values[:2], first[:2]))


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_noncentral_intervals_contain_what_they_should(level):
    tail = (1 - level) / 2
    n = PRE.size
    effect = d_z(PRE, POST, level)
    t = stats.ttest_rel(POST, PRE).statistic
    assert effect.value == pytest.approx(t / sqrt(n) * hedges_factor(n - 1))
    for bound, share in ((effect.low, 1 - tail), (effect.high, tail)):
        noncentrality = bound / hedges_factor(n - 1) * sqrt(n)
        assert stats.nct.cdf(t, n - 1, noncentrality) == pytest.approx(share, abs=1e-6)


def test_d_pooled_by_hand():
    values, first = np.concatenate((POST, PRE)), np.repeat([True, False], 7)
    effect = d_pooled(values, first)
    spread = sqrt((np.var(POST, ddof=1) + np.var(PRE, ddof=1)) / 2)
    assert effect.value == pytest.approx((POST.mean() - PRE.mean()) / spread * (1 - 3 / 47))
    assert effect.low < effect.value < effect.high


def test_large_effects_have_finite_intervals():
    effect = d_z(np.zeros(8), 1000 + np.arange(8.0))
    assert np.isfinite([effect.value, effect.low, effect.high]).all()
    assert effect.low < effect.value < effect.high


def test_rank_biserial_by_hand():
    # Changes 3 0 3 1 4 -1 4: ranks of the six non-zero 3.5 3.5 1.5 5.5 1.5 5.5, negative 1.5 of 21.
    effect = rank_biserial(PRE, POST)
    assert effect.value == pytest.approx((19.5 - 1.5) / 21)
    error = sqrt((2 * 6**3 + 3 * 6**2 + 6) / 6) / 21
    assert np.arctanh(effect.high) - np.arctanh(effect.value) == pytest.approx(1.959963984540054 * error)


def test_all_changes_one_way_have_no_rank_biserial_interval():
    assert_missing(rank_biserial([1, 2, 3], [2, 4, 6]), value=False)
    assert rank_biserial([1, 2, 3], [2, 4, 6]).value == 1.0


def dominance(x, y):
    return np.array([[np.sign(a - b) for b in y] for a in x])


def test_cliffs_delta_and_its_variance_by_loops():
    d = dominance(POST, PRE)
    delta = d.mean()
    n = 7
    variance = n**2 * sum((row.mean() - delta) ** 2 for row in d)
    variance += n**2 * sum((column.mean() - delta) ** 2 for column in d.T)
    variance -= sum((value - delta) ** 2 for value in d.ravel())
    variance /= n * n * (n - 1) * (n - 1)
    z = 1.959963984540054
    half = z * sqrt(variance) * sqrt((1 - delta**2) ** 2 + z**2 * variance)
    below = 1 - delta**2 + z**2 * variance
    effect = cliffs_delta(POST, PRE)
    assert effect.value == pytest.approx(delta)
    assert effect.low == pytest.approx((delta - delta**3 - half) / below)
    assert effect.high == pytest.approx(min(1, (delta - delta**3 + half) / below))


def test_cliffs_interval_covers_about_nominally():
    generator = np.random.default_rng(3)
    true = 2 * stats.norm.cdf(0.8 / sqrt(2)) - 1
    hits = 0
    for _ in range(1000):
        effect = cliffs_delta(generator.standard_normal(15) + 0.8, generator.standard_normal(12))
        hits += effect.low <= true <= effect.high
    assert 920 <= hits <= 980


def test_complete_dominance():
    effect = cliffs_delta([5, 6, 7, 8, 9, 10], [1, 2, 3, 4, 0])
    assert (effect.value, effect.high) == (1.0, 1.0)
    z2 = 1.959963984540054**2
    assert effect.low == pytest.approx((5 - z2) / (5 + z2))
    other = cliffs_delta([1, 2, 3, 4, 0], [5, 6, 7, 8, 9, 10])
    assert (other.low, other.high) == pytest.approx((-effect.high, -effect.low))


def test_superiority_is_delta_rescaled_and_drops_missing():
    delta, share = cliffs_delta(POST, PRE), probability_of_superiority([*POST, np.nan], PRE)
    assert share.value == pytest.approx((delta.value + 1) / 2)
    assert (share.low, share.high) == pytest.approx(((delta.low + 1) / 2, (delta.high + 1) / 2))


@pytest.mark.parametrize("function", [d_av, d_z, rank_biserial, cliffs_delta, probability_of_superiority])
@pytest.mark.parametrize("n", [0, 1])
def test_hardly_anyone(function, n):
    effect = function(np.zeros(n), np.ones(n))
    assert np.isnan([effect.low, effect.high]).all()


def test_no_spread():
    same = np.full(5, 0.1)
    assert_missing(d_z(same, same + 0.2))
    assert_missing(d_av(same, same + 0.2))
    assert_missing(rank_biserial(same, same))
    assert_missing(d_pooled(same, np.array([True, True, False, False, False])))
    assert cliffs_delta(same, same).value == 0.0


def test_two_pairs_have_no_hedges_correction():
    assert_missing(d_z([1, 2], [2, 5]))


@pytest.mark.parametrize("df", [2, 10, 100])
@pytest.mark.parametrize("t", [25.0, -60.0, 400.0])
def test_the_noncentral_interval_of_large_t_is_that_of_its_integral(df, t):
    def share_below(d):
        def density(x):
            return ndtr(t * np.sqrt(x / df) - d) * chi2.pdf(x, df)

        middle, width = df * (d / t) ** 2, abs(2 * df * d / t**2)
        cuts = [0.0, *(max(middle + k * width, 0.0) for k in (-40, -8, -3, 0, 3, 8, 40)), max(20.0 * df, 4 * middle)]
        return sum(quad(density, a, b, epsabs=1e-12)[0] for a, b in pairwise(sorted(cuts)) if b > a)

    for share in (0.025, 0.975):
        assert share_below(noncentrality(t, df, share)) == pytest.approx(share, abs=1e-8)


def test_changes_that_hardly_vary_get_their_interval_at_once():
    """The time of the inverse of SciPy grows with t: 0.9 s at 3e5, so over a minute here."""
    changes = np.array([1e6, *[1e6 - 0.1, 1e6 + 0.1] * 5])
    found = d_z(np.zeros(11), changes)
    low, high = np.sqrt(chi2.ppf([0.025, 0.975], 10) / 10)
    assert (found.low / found.value, found.high / found.value) == pytest.approx((low, high), rel=1e-6)


def test_cliffs_delta_needs_no_matrix_of_all_pairs():
    drawn = np.random.default_rng(3)
    first, second = drawn.integers(0, 30, 4_000), drawn.integers(2, 30, 4_000)
    tracemalloc.start()
    effect = cliffs_delta(first, second)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The matrix takes 128 MB.
    assert peak < 4e6
    signs = np.sign(first[:, None] - second)
    assert effect.value == signs.mean()

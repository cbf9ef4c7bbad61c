import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.reliability_ordinal import both_below, ordinal_alpha, polychoric, polychoric_correlations


@pytest.mark.parametrize("correlation", [-0.95, -0.4, 0.0, 0.3, 0.9, 0.99])
def test_both_below_equals_scipy(correlation):
    for h, k in [(-1.2, 0.4), (0.0, 0.0), (1.5, 2.0), (-0.3, -2.0)]:
        expected = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).cdf([h, k])
        assert both_below(np.array(h), np.array(k), correlation) == pytest.approx(expected, abs=2e-6)


def test_both_below_at_the_middle_is_known():
    # P(X < 0, Y < 0) = 1/4 + asin(r) / (2 pi).
    assert both_below(np.array(0.0), np.array(0.0), 0.6) == pytest.approx(0.25 + np.arcsin(0.6) / (2 * np.pi))


def test_tetrachoric_at_equal_halves_is_known():
    # Both halved at the middle: share agreeing 2/3 -> r = sin(pi (2/3 - 1/2)) = 1/2.
    assert polychoric([[20, 10], [10, 20]]) == pytest.approx(0.5, abs=1e-7)
    assert polychoric([[10, 20], [20, 10]]) == pytest.approx(-0.5, abs=1e-7)
    assert polychoric([[10, 10], [10, 10]]) == pytest.approx(0.0, abs=1e-7)


def test_answers_in_any_codes():
    items = np.random.default_rng(0).integers(0, 3, (60, 3)).astype(float)
    assert polychoric_correlations(items * 25 + 1) == pytest.approx(polychoric_correlations(items), abs=1e-9)
    turned = items * [1, -1, 1]
    assert polychoric_correlations(turned)[0, 1] == pytest.approx(-polychoric_correlations(items)[0, 1], abs=1e-6)


def test_full_agreement_stays_inside():
    assert 0.99 < polychoric([[10, 0], [0, 10]]) < 1


def test_ordinal_alpha_by_hand():
    # Two items with a polychoric correlation of one half: 2 (1 - 2 / 3) = 2/3.
    pairs = [(0, 0)] * 20 + [(0, 1)] * 10 + [(1, 0)] * 10 + [(1, 1)] * 20
    assert ordinal_alpha(pairs) == pytest.approx(2 / 3, abs=1e-7)
    assert ordinal_alpha([*pairs, (1, np.nan)]) == pytest.approx(2 / 3, abs=1e-7)


@pytest.mark.parametrize("items", [np.ones((1, 3)), np.ones((5, 1)), [[1, 2], [1, 3], [1, 2]]])
def test_nothing_to_estimate(items):
    assert np.isnan(ordinal_alpha(items))

"""The measures of evidence against numpy and by hand, and at the borders where they say nothing."""

import math

import numpy as np
import pytest

from balint_eval.doctor.evidence import (
    against,
    column_correlations,
    correlation,
    expected_z,
    fisher_z,
    log_odds,
    t_of_mean,
)

RNG = np.random.default_rng(12)


def test_correlation_is_that_of_numpy():
    first, second = RNG.normal(size=(2, 9))
    assert correlation(first, second) == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert correlation(np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 2.0])) == pytest.approx(0.3273268, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second"), [([1, 2], [2, 1]), ([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [2, 2, 2]), ([], [])]
)
def test_correlation_of_two_people_or_of_a_constant_is_0(first, second):
    assert correlation(np.array(first, float), np.array(second, float)) == 0.0


def test_items_against_the_sum_of_the_others():
    rows = RNG.normal(size=(30, 5))
    by_hand = [np.corrcoef(rows[:, k], np.delete(rows, k, axis=1).sum(axis=1))[0, 1] for k in range(5)]
    assert against(rows) == pytest.approx(by_hand)
    rows[:, 2] = 4.0
    assert against(rows)[2] == 0.0


def test_columns_one_by_one_however_small_their_unit():
    first, second = RNG.normal(size=(2, 20, 4))
    by_hand = [np.corrcoef(first[:, k], second[:, k])[0, 1] for k in range(4)]
    for unit in (1.0, 1e-3):
        assert column_correlations(first * unit, second) == pytest.approx(by_hand)


@pytest.mark.parametrize(("size", "r"), [(5e-13, 0.0), (6e-13, 1.0)])
def test_a_column_that_varies_by_rounding_only_correlates_0(size, r):
    assert column_correlations(np.array([[-1.0], [1.0]]), np.array([[-size], [size]])) == pytest.approx([r])


@pytest.mark.parametrize(("people", "root"), [(1, 1), (3, 1), (4, 1), (5, math.sqrt(2)), (103, 10)])
def test_fisher_z(people, root):
    assert fisher_z(np.array([0.5, -0.3, 0.0]), people) == pytest.approx(
        [math.atanh(0.5) * root, -math.atanh(0.3) * root, 0.0]
    )
    largest = math.atanh(0.98) * root
    assert fisher_z(np.array([1.0, -1.0, 0.99]), people) == pytest.approx([largest, -largest, largest])


def test_expected_is_the_median_size_and_log_odds_hold_its_negative_against_it():
    r = np.array([0.5, -0.1, 0.3])
    assert expected_z(r, 28) == pytest.approx(math.atanh(0.3) * 5)
    z = np.arctanh(r) * 5
    by_hand = -((z + 2.5) ** 2) / 2 + (z - 2.5) ** 2 / 2
    assert log_odds(r, 2.5, 28) == pytest.approx(by_hand)


def test_a_mean_of_rounding_noise_has_no_t():
    values = np.array([4e-12, 0.0, 0.0, 0.0])
    error = values.std(ddof=1) / 2
    assert error == 1e-12
    assert t_of_mean(values) == 0.0
    assert t_of_mean(values * 1.001) == pytest.approx(1.0)


def test_t_of_a_mean():
    values = np.array([1.0, 2.0, 6.0])
    assert t_of_mean(values) == pytest.approx(3 / (math.sqrt(7) / math.sqrt(3)))
    assert t_of_mean(values * 1e-3) == pytest.approx(t_of_mean(values))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [2.0, 2.0, 2.0], [2e-12, 0.0, 0.0, 0.0]])
def test_t_of_two_people_or_of_a_constant_is_0(values):
    assert t_of_mean(np.array(values)) == 0.0

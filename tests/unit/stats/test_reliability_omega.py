import numpy as np
import pytest

from balint_eval.stats.reliability_factor import fit_one_factor
from balint_eval.stats.reliability_omega import Omega, mcdonald_omega, omega_of, resampled_covariances


def answers(seed=0, n=60, loadings=(0.8, 0.7, 0.6, 0.9, 0.5)):
    generator = np.random.default_rng(seed)
    strong = np.array(loadings)
    return generator.standard_normal((n, 1)) * strong + generator.standard_normal((n, strong.size)) * 0.6


def test_a_perfect_one_factor_covariance_is_recovered():
    loadings, unique = np.array([2.0, 1.0, 0.5, 1.5]), np.array([1.0, 0.5, 2.0, 0.25])
    fit = fit_one_factor((np.outer(loadings, loadings) + np.diag(unique))[None])
    assert fit.loadings[0] == pytest.approx(loadings, abs=1e-7)
    assert fit.unique[0] == pytest.approx(unique, abs=1e-7)
    # 5 squared over 25 and the unique variances, 3.75.
    assert omega_of(fit)[0] == pytest.approx(25 / 28.75, abs=1e-8)
    assert (fit.heywood[0], fit.converged[0]) == (False, True)


def test_many_models_at_once_equal_each_alone():
    many = np.stack([np.cov(answers(seed), rowvar=False) for seed in range(20)])
    together = fit_one_factor(many)
    alone = np.stack([fit_one_factor(one[None]).loadings[0] for one in many])
    assert np.abs(together.loadings) == pytest.approx(np.abs(alone), abs=1e-7)


def test_negative_loadings_are_kept():
    loadings = np.array([0.8, -0.6, 0.7, 0.5])
    fit = fit_one_factor((np.outer(loadings, loadings) + np.diag(1 - loadings**2))[None])
    assert fit.loadings[0] * np.sign(fit.loadings[0, 0]) == pytest.approx(loadings, abs=1e-7)


def test_too_few_steps_are_said():
    covariance = np.cov(answers(), rowvar=False)[None]
    assert not fit_one_factor(covariance, most_steps=1).converged[0]


def test_units_of_the_items_are_kept():
    # Items in other units: omega is of the sum of the numbers as they are.
    items = answers()
    assert mcdonald_omega(items * 25 + 3).omega == pytest.approx(mcdonald_omega(items).omega, rel=1e-8)
    fit = fit_one_factor(np.cov(items * [1, 10, 1, 1, 1], rowvar=False)[None])
    plain = fit_one_factor(np.cov(items, rowvar=False)[None])
    assert fit.loadings[0] == pytest.approx(plain.loadings[0] * [1, 10, 1, 1, 1], rel=1e-6)


def test_interval_is_repeatable_and_blind_to_the_order_of_people():
    items = answers()
    first = mcdonald_omega(items)
    assert mcdonald_omega(items) == first
    assert mcdonald_omega(items[::-1]) == first
    assert first.low < first.omega < first.high
    assert mcdonald_omega(items, seed=1).low != first.low
    wider = mcdonald_omega(items, 0.99)
    assert wider.low < first.low
    assert wider.high > first.high


@pytest.mark.thorough
def test_interval_equals_plain_resampling():
    items = answers(3)
    drawn = np.quantile([mcdonald_omega(one, resamples=0).omega for one in _resamples(items)], [0.025, 0.975])
    found = mcdonald_omega(items)
    assert [found.low, found.high] == pytest.approx(drawn, abs=0.02)


def _resamples(items, times=1000):
    generator = np.random.default_rng(9)
    return (items[generator.integers(0, len(items), len(items))] for _ in range(times))


def test_resampled_covariances_are_covariances_of_resamples():
    items = answers(1, n=7)
    found = resampled_covariances(items, 3, 5)
    counts = np.random.default_rng(5).multinomial(7, np.full(7, 1 / 7), 3)
    for covariance, count in zip(found, counts, strict=True):
        assert covariance == pytest.approx(np.cov(np.repeat(items, count, axis=0), rowvar=False, ddof=0), abs=1e-12)


@pytest.mark.slow
def test_interval_covers_in_small_samples():
    # 100 samples of 60 with a known omega: the 95 % interval should miss about five times.
    loadings = np.array([0.8, 0.7, 0.6, 0.9, 0.5])
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + 5 * 0.36)
    found = [mcdonald_omega(answers(seed)) for seed in range(100)]
    assert 88 <= sum(one.low <= truth <= one.high for one in found) <= 100


def test_heywood_case_has_no_interval_and_says_why():
    generator = np.random.default_rng(2)
    items = generator.standard_normal((40, 4))
    items[:, 1] = items[:, 0] + 0.01 * items[:, 1]
    items[:, 2:] += 0.3 * items[:, :1]
    found = mcdonald_omega(items)
    assert np.isfinite(found.omega)
    assert np.isnan([found.low, found.high]).all()
    assert "Heywood" in found.note


def test_items_that_often_do_not_vary_have_no_interval():
    items = answers(4)
    items[:, 0] = 1.0
    items[0, 0] = 2.0
    found = mcdonald_omega(items)
    assert np.isnan(found.low)
    assert "in many resamples an item does not vary" in found.note or "Heywood" in found.note


@pytest.mark.parametrize(
    ("items", "note"),
    [
        (np.ones((30, 2)), "at least three items"),
        (np.arange(12.0).reshape(3, 4), "more people than items: 3 complete answer sheets for 4 items"),
        (np.column_stack([answers()[:, :3], np.ones(60)]), "an item does not vary"),
    ],
)
def test_what_cannot_be_estimated_is_explained(items, note):
    found = mcdonald_omega(items)
    assert np.isnan([found.omega, found.low, found.high]).all()
    assert note in found.note


def test_without_resamples_there_is_no_interval():
    found = mcdonald_omega(answers(), resamples=0)
    assert isinstance(found, Omega)
    assert np.isnan([found.low, found.high]).all()
    assert (found.note, found.n, found.n_items, found.conf_level) == ("", 60, 5, 0.95)


def test_incomplete_people_are_left_out():
    items = answers()
    items[3, 2] = np.nan
    assert mcdonald_omega(items) == mcdonald_omega(np.delete(items, 3, axis=0))

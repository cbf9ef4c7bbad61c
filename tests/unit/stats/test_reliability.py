import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.reliability import (
    alpha_if_dropped,
    cronbach_alpha,
    item_rest_correlations,
    standard_error_of_measurement,
)


def answers(seed=0, n=40, k=5):
    generator = np.random.default_rng(seed)
    return np.round(generator.standard_normal((n, 1)) + generator.standard_normal((n, k)) + 3)


def test_alpha_by_hand():
    # Items 1 2 3 and 2 1 3: variances 1 and 1, sums 3 3 6 with variance 3: 2 (1 - 2/3) = 2/3.
    result = cronbach_alpha([[1, 2], [2, 1], [3, 3]])
    assert (result.n, result.n_items) == (3, 2)
    assert result.alpha == pytest.approx(2 / 3)
    low, high = (1 - (1 - 2 / 3) * stats.f.ppf(share, 2, 2) for share in (0.975, 0.025))
    assert (result.low, result.high) == pytest.approx((low, high))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_alpha_equals_pingouin(level):
    pandas, pingouin = pytest.importorskip("pandas"), pytest.importorskip("pingouin")
    items = answers()
    alpha, interval = pingouin.cronbach_alpha(pandas.DataFrame(items), ci=level)
    result = cronbach_alpha(items, level)
    assert result.alpha == pytest.approx(alpha, rel=1e-10)
    assert [result.low, result.high] == pytest.approx(list(interval), abs=6e-4)  # pingouin rounds to 3


def test_incomplete_people_are_left_out():
    items = answers()
    items[3, 2] = np.nan
    expected = cronbach_alpha(np.delete(items, 3, axis=0))
    assert cronbach_alpha(items) == expected
    assert expected.n == 39


def test_item_rest_and_dropping_by_definition():
    items = answers(1)
    rest, dropped = item_rest_correlations(items), alpha_if_dropped(items)
    for item in range(5):
        others = np.delete(items, item, axis=1)
        assert rest[item] == pytest.approx(np.corrcoef(items[:, item], others.sum(axis=1))[0, 1])
        assert dropped[item] == pytest.approx(cronbach_alpha(others).alpha)


def test_wrong_keying_shows():
    items = answers(2)
    items[:, 1] = 6 - items[:, 1]
    assert item_rest_correlations(items)[1] < 0
    assert alpha_if_dropped(items)[1] > cronbach_alpha(items).alpha


def test_alpha_can_be_negative():
    result = cronbach_alpha([[1, 5], [2, 3], [3, 3], [4, 2.5]])
    assert result.alpha < 0
    assert result.low < result.alpha < result.high


@pytest.mark.parametrize(
    ("items", "note"),
    [
        (np.empty((0, 3)), "0 complete answer sheets"),
        (np.ones((1, 3)), "1 complete answer sheet:"),
        (np.arange(4.0).reshape(4, 1), "at least two items"),
        (np.full((5, 3), 0.1), "does not vary"),
        ([[1, 2], [2, 1], [1.5, 1.5]], "does not vary"),
    ],
)
def test_degenerate_scales_are_explained(items, note):
    result = cronbach_alpha(items)
    assert np.isnan([result.alpha, result.low, result.high]).all()
    assert note in result.note
    assert item_rest_correlations(items).shape == (np.shape(items)[1],)
    assert np.isnan(alpha_if_dropped(items)).all()


def test_item_without_variation_has_no_correlation():
    items = answers(3)
    items[:, 0] = 2
    correlations = item_rest_correlations(items)
    assert np.isnan(correlations[0])
    assert np.isfinite(correlations[1:]).all()


def test_vectors_are_refused():
    with pytest.raises(ValueError, match="people by items"):
        cronbach_alpha([1, 2, 3])


def test_standard_error_of_measurement():
    # Worked example: SD 7.5, r .80 -> 3.354 (Jacobson and Truax 1991).
    assert standard_error_of_measurement(7.5, 0.8) == pytest.approx(3.354, abs=5e-4)
    assert standard_error_of_measurement(7.5, 1.0) == 0.0
    assert np.isnan(standard_error_of_measurement(7.5, 1.2))
    assert np.isnan(standard_error_of_measurement(float("nan"), 0.5))

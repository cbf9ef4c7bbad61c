"""Reliable change: the worked example of the paper, R, arithmetic by hand, and what chance gives."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from balint_eval.stats.individual import (
    BOTH_WAVES,
    CRITICAL,
    GULLIKSEN_LORD_NOVICK,
    JACOBSON_TRUAX,
    METHODS,
    Cutoffs,
    Reference,
    count_changes,
    cutoffs,
    parts_of,
    share_by_chance,
    wilson_interval,
)

R = json.loads((Path(__file__).parents[2] / "reference" / "individual_r.json").read_text(encoding="utf-8"))
BEFORE, AFTER = np.array(R["data"]["before"]), np.array(R["data"]["after"])


def test_worked_example_of_jacobson_and_truax_1991():
    """Means 40 and 60, SDs 7.5, reliability .80: a 55, b 45, c 50; 32.5 to 47.5 gives 4.74 and 3.16."""
    reference = Reference(0.80, 40.0, 7.5, 10.0)
    assert cutoffs(40.0, 7.5, 60.0, 7.5, higher_is_better=True) == Cutoffs(55.0, 45.0, 50.0)
    assert reference.sem == pytest.approx(3.35, abs=5e-3)
    assert reference.error(JACOBSON_TRUAX) == pytest.approx(4.74, abs=5e-3)
    assert reference.index([32.5], [47.5], JACOBSON_TRUAX) == pytest.approx([3.16], abs=5e-3)


def test_c_leans_to_the_population_that_spreads_less():
    """By hand: (10 * 20 + 5 * 50) / 15 = 30 for a sample 20 (5) and a norm 50 (10)."""
    assert cutoffs(20.0, 5.0, 50.0, 10.0, higher_is_better=True) == Cutoffs(30.0, 30.0, 30.0)
    turned = cutoffs(50.0, 10.0, 20.0, 5.0, higher_is_better=False)
    assert turned == Cutoffs(30.0, 30.0, 30.0)


@pytest.mark.parametrize("method", METHODS)
def test_index_against_r(method):
    reference = Reference(R["data"]["reliability"], BEFORE.mean(), BEFORE.std(ddof=1), AFTER.std(ddof=1))
    assert reference.index(BEFORE, AFTER, method) == pytest.approx(R[method]["index"], rel=1e-10)


@pytest.mark.parametrize("case", R["wilson"], ids=lambda case: f"{case['count']} of {case['n']}")
def test_wilson_against_r(case):
    found = wilson_interval(case["count"], case["n"], case["level"])
    assert found == pytest.approx((case["low"], case["high"]), rel=1e-9, abs=1e-12)


def test_gulliksen_lord_novick_expects_regression_to_the_mean():
    """By hand: r .5, mean 50, SD 10: from 70 the expected score is 60, the error 8.66."""
    reference = Reference(0.5, 50.0, 10.0, 10.0)
    assert reference.index([70.0], [60.0], GULLIKSEN_LORD_NOVICK) == pytest.approx([0.0])
    assert reference.index([50.0], [50.0 + np.sqrt(75)], GULLIKSEN_LORD_NOVICK) == pytest.approx([1.0])


def test_equal_spreads_make_both_waves_the_same():
    same = Reference(0.7, 50.0, 8.0, 8.0)
    assert same.error(BOTH_WAVES) == pytest.approx(same.error(JACOBSON_TRUAX))


@pytest.mark.parametrize("method", METHODS)
def test_nobody_who_stayed_is_counted_more_often_than_chance(method):
    """100,000 people with true scores that stay: 2.5 % beyond on each side, Monte-Carlo standard error .05 points."""
    rng = np.random.default_rng(3)
    true = rng.normal(50.0, 8.0, 100_000)
    error = 8.0 * np.sqrt(0.25 / 0.75)
    before, after = (true + rng.normal(0.0, error, true.size) for _ in range(2))
    reference = Reference(0.75, before.mean(), before.std(ddof=1), after.std(ddof=1))
    shares = count_changes(reference.index(before, after, method), higher_is_better=True)
    assert shares.improved / shares.n == pytest.approx(share_by_chance(), abs=0.002)
    assert shares.worse / shares.n == pytest.approx(share_by_chance(), abs=0.002)
    assert share_by_chance() == pytest.approx(norm.sf(1.96))


def test_on_the_critical_value_is_within_error():
    shares = count_changes([CRITICAL, -CRITICAL, 2.0, -2.0, -3.0, 0.0], higher_is_better=True)
    assert (shares.improved, shares.unchanged, shares.worse) == (1, 3, 2)
    turned = count_changes([CRITICAL, -CRITICAL, 2.0, -2.0, -3.0, 0.0], higher_is_better=False)
    assert (turned.improved, turned.unchanged, turned.worse) == (2, 3, 1)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(any), st.integers(1, 20))
def test_parts_add_up_and_are_near(counts, whole):
    parts = parts_of(whole, tuple(counts))
    assert sum(parts) == whole
    exact = [whole * count / sum(counts) for count in counts]
    assert all(abs(part - share) < 1.0 for part, share in zip(parts, exact, strict=True))


def test_of_ten():
    assert count_changes([3.0] * 7 + [0.0] * 24, higher_is_better=True).of_ten() == (2, 8, 0)
    with pytest.raises(ValueError, match="nobody"):
        count_changes([], higher_is_better=True).of_ten()


@pytest.mark.parametrize("reliability", [0.0, 1.0, -0.2, np.nan])
def test_a_reliability_that_carries_nothing_is_refused(reliability):
    with pytest.raises(ValueError, match="reliability between 0 and 1"):
        Reference(reliability, 50.0, 10.0, 10.0).error(JACOBSON_TRUAX)


def test_an_unknown_method_and_no_spread_are_refused():
    with pytest.raises(ValueError, match="no method"):
        Reference(0.8, 50.0, 10.0, 10.0).error("guess")
    with pytest.raises(ValueError, match="SD above zero"):
        Reference(0.8, 50.0, 0.0, 10.0).error(JACOBSON_TRUAX)
    with pytest.raises(ValueError, match="a share needs"):
        wilson_interval(3, 2)

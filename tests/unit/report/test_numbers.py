from math import inf, nan

import pytest

from balint_eval.language import ENGLISH
from balint_eval.report import numbers


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(-0.0, 1, "0.0"), (-0.04, 1, "0.0"), (-0.06, 1, "−0.1"), (1.005, 2, "1.00"), (nan, 2, "–"), (inf, 2, "–")],
)
def test_decimals_have_a_true_minus_and_no_negative_zero(value, places, text):
    assert numbers.decimal(value, places) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0009, "< .001"), (0.001, ".001"), (0.0421, ".042"), (0.9996, "> .999"), (1.0, "> .999"), (nan, "–")],
)
def test_p_values_are_in_apa_style(p, text):
    assert numbers.p_value(p) == text


@pytest.mark.parametrize(
    ("noisy", "text"), [(6.749999999999999, "6.8"), (6.750000000000001, "6.8"), (-0.35 + 1e-16, "−0.3")]
)
def test_the_order_of_a_sum_does_not_decide_a_half(noisy, text):
    assert numbers.decimal(noisy, 1) == text


def test_p_after_its_letter_has_one_sign():
    assert numbers.p_equals(0.00001) == "p < .001"
    assert numbers.p_equals(0.0421) == "p = .042"


def test_intervals_dates_and_spans():
    assert numbers.between(-1.234, 5.0, 1) == "[−1.2, 5.0]"
    assert numbers.between(nan, 5.0, 1) == "–"
    assert ENGLISH.days("2024-02-05", "2024-06-30") == "5 February 2024 to 30 June 2024"
    assert ENGLISH.day("next week") == "next week"
    assert (ENGLISH.span("6", "6"), ENGLISH.span("6", "10")) == ("6", "6 to 10")
    assert numbers.degrees(4.0) == "4"
    assert numbers.degrees(5.43) == "5.4"
    assert numbers.probability(-0.25, 2) == "−.25"


def test_nobody_is_shown_alone():
    assert numbers.too_few(4)
    assert numbers.too_few(nan)
    assert not numbers.too_few(5)

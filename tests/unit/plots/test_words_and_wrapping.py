from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.language import ENGLISH
from balint_eval.plots.axis import nice_ticks, scale_ticks
from balint_eval.plots.text import block_height, line_width, word_width, wrapped
from balint_eval.plots.words import (
    interval,
    is_right_to_left,
    isolated,
    natural_key,
    number,
    percent,
    tidied,
)

LETTERS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z", "Cc", "Cf"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(LETTERS)
def test_wrapping_loses_nothing_but_blanks(label):
    lines = wrapped(label, 20.0)
    assert "".join(lines.split()) == "".join(tidied(label).split())


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=80))
def test_wrapped_lines_fit(label):
    assert all(line_width(line) <= 20.0 for line in wrapped(label, 20.0).split("\n") if len(line) > 1)


def test_long_words_break_where_a_reader_would():
    assert wrapped("students_three_months_google_forms.csv", 36.0).split("\n")[0].endswith("_")


def test_a_number_stays_with_its_label():
    assert not wrapped("answered more than once:\u00a012", 30.0).split("\n")[-1].startswith("12")


def test_blocks_grow_by_the_line():
    assert block_height("a\nb") - block_height("a") == pytest.approx(block_height("a\nb\nc") - block_height("a\nb"))


@pytest.mark.parametrize(
    ("value", "text"), [(-1.25, "−1.2"), (-0.04, "0.0"), (0.0, "0.0"), (float("nan"), "–"), (12.345, "12.3")]
)
def test_numbers(value, text):
    assert number(value) == text


def test_words():
    assert interval(-1.0, 2.0) == "[−1.0, 2.0]"
    assert percent(0.95) == "95%"
    assert percent(0.975) == "97.5%"
    assert sorted(["G10", "G2", "a1", "10"], key=natural_key) == ["10", "a1", "G2", "G10"]


def test_right_to_left_labels_are_isolated_in_running_text():
    assert isolated("گروه", ENGLISH) == "\u2068گروه\u2069"
    assert isolated("group", ENGLISH) == "group"
    assert is_right_to_left("12 گروه")
    assert not is_right_to_left("group گروه")
    assert not is_right_to_left("12")


@pytest.mark.parametrize("ends", [(0, 64), (0, 100), (1, 7), (16, 80), (0, 21), (1, 4.5), (0, 0.8)])
def test_scales_show_both_end_points(ends):
    ticks = scale_ticks(*map(float, ends))
    assert (ticks[0], ticks[-1]) == ends
    assert 3 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))


@given(st.floats(-1e4, 1e4), st.floats(0.001, 1e4))
def test_ticks_lie_inside(low, span):
    ticks = nice_ticks(low, low + span)
    assert all(low - 1e-6 * span - 1e-9 <= tick <= low + span * (1 + 1e-6) + 1e-9 for tick in ticks)
    assert len(ticks) <= 12


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize(
    "line",
    ["Wave To: AV, after 8 meetings", "پس از هشت جلسه، میانگین ۳٫۵", "n = 12 (گروه) of LT", "one", "", " two  blanks "],
)
def test_a_line_is_as_wide_as_its_words_and_blanks(line, weight):
    """What adds words up has the width that the plotting library measures in one piece."""
    framed = f"|{line}|"  # blanks at the ends of a line have no width of their own
    assert line_width(framed, weight=weight) == pytest.approx(word_width(framed, weight=weight), abs=1e-9)

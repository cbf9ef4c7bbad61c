"""Bands, the nearest five, and small parts put together: each with the cases in which a rule could be one off."""

import pytest

from balint_eval.disclosure.counts import band, merged_answers, merged_levels, rounded

BANDS = (
    (5, 7), (8, 9), (10, 14), (15, 19), (20, 29), (30, 49), (50, 74), (75, 99), (100, 149), (150, 199), (200, 299),
    (300, 499), (500, 999),
)  # fmt: skip


@pytest.mark.parametrize(("first", "last"), BANDS)
def test_both_ends_of_a_band_are_said_alike(first, last):
    assert band(first, 5) == band(last, 5) == f"{first}-{last}"


def test_many_people_lie_in_a_band_without_an_end():
    assert band(1000, 5) == band(123_456, 5) == "1000+"
    assert band(2000, 2000) == "2000+"


def test_bands_begin_at_the_smallest_number():
    assert [band(n, 8) for n in (0, 7, 8, 9, 10)] == ["<8", "<8", "8-9", "8-9", "10-14"]
    assert [band(n, 11) for n in (10, 11, 14, 15)] == ["<11", "11-14", "11-14", "15-19"]
    assert band(10, 10) == "10-14"


def test_counts_to_the_nearest_five():
    assert [rounded(n) for n in (0, 2, 3, 7, 8, 12, 13, 100)] == [0, 0, 5, 5, 10, 10, 15, 100]


@pytest.mark.parametrize(
    ("counts", "parts"),
    [
        ([8, 8, 8], [(0, 0), (1, 1), (2, 2)]),
        ([8, 7, 9], [(0, 1), (2, 2)]),
        ([9, 7, 8], [(0, 0), (1, 2)]),
        ([9, 7, 9], [(0, 0), (1, 2)]),
        # The first and the last have one neighbour only.
        ([1, 20, 9], [(0, 1), (2, 2)]),
        ([9, 20, 1], [(0, 0), (1, 2)]),
        ([1, 4, 9, 20, 16], [(0, 2), (3, 3), (4, 4)]),
        # Of two that are equally small the first is joined first.
        ([3, 30, 3, 30], [(0, 1), (2, 3)]),
        ([3, 3, 30], [(0, 2)]),
        ([9, 1, 20, 1, 8], [(0, 1), (2, 2), (3, 4)]),
        ([1, 1, 1], [(0, 2)]),
        ([5], [(0, 0)]),
        ([], []),
    ],
)
def test_small_answers_join_the_smaller_neighbour(counts, parts):
    assert merged_answers(counts, 8) == parts


@pytest.mark.parametrize(
    ("counts", "parts"),
    [
        ({"a": 8, "b": 9}, [(("b",), 9), (("a",), 8)]),
        ({"a": 7, "b": 9}, [(("b", "a"), 16)]),
        ({"a": 3, "b": 5, "c": 9}, [(("c",), 9), (("b", "a"), 8)]),
        ({"a": 3, "b": 4, "c": 9}, [(("c", "b", "a"), 16)]),
        # Of equal levels the first by name stands first.
        ({"b": 9, "a": 9}, [(("a",), 9), (("b",), 9)]),
        ({"a": 0, "b": 9, "c": 20}, [(("c",), 20), (("b",), 9)]),
        # Two small ones together may be more than a larger one.
        ({"a": 7, "b": 7, "c": 10, "d": 30}, [(("d",), 30), (("a", "b"), 14), (("c",), 10)]),
        # ... or as many; then names decide.
        ({"x": 5, "y": 5, "a": 10}, [(("a",), 10), (("x", "y"), 10)]),
        ({"a": 5, "b": 5, "z": 10}, [(("a", "b"), 10), (("z",), 10)]),
        ({"a": 2}, [(("a",), 2)]),
        ({}, []),
    ],
)
def test_small_levels_are_put_together_from_the_smallest(counts, parts):
    assert merged_levels(counts, 8) == parts

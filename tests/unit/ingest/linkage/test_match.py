"""The rule: equal, or one element off and nobody else near on either side; the rest is laid before a person."""

import numpy as np
import pytest

from balint_eval.ingest.linkage.match import (
    FAR,
    Pair,
    accepted,
    alphabet_differences,
    best_together,
    candidates,
    distances,
    worth_asking,
)

A, B, C = ("ma", "3", "te", "5"), ("ma", "3", "te", "6"), ("zo", "9", "qo", "5")


def pairs(one, other):
    off = distances(one, other)
    return [(pair.one, pair.other, pair.off) for pair in accepted(off)]


def test_distances_count_elements():
    assert distances([A, C], [A, B, C]).tolist() == [[0, 1, 3], [3, 4, 0]]


def test_a_blank_differs_from_everything_and_from_a_blank():
    blank = ("ma", "", "te", "5")
    assert distances([A, blank], [A, blank]).tolist() == [[0, 1], [1, 1]]


def test_no_codes():
    assert distances([], [A]).shape == (0, 1)
    assert distances([A], []).shape == (1, 0)
    assert accepted(distances([], [A])) == []
    assert alphabet_differences([], [A]).shape == (0, 1)
    assert alphabet_differences([A], []).shape == (1, 0)


def test_equal_codes_are_joined_once_and_whoever_else_is_near():
    assert pairs([A], [A]) == [(0, 0, 0)]
    assert pairs([A, B], [A]) == [(0, 0, 0)]
    assert pairs([A], [B, A]) == [(0, 1, 0)]


def test_one_off_and_nobody_near():
    assert pairs([A, C], [B]) == [(0, 0, 1)]


def test_two_off_is_not_joined():
    assert pairs([A], [("ma", "3", "qo", "6")]) == []


@pytest.mark.parametrize("rival", [("ma", "3", "te", "7"), ("ma", "4", "te", "6"), ("ma", "3", "te", "6")])
def test_a_rival_on_either_side_stops_it(rival):
    """The rival is one off, or equal: the runner-up must be two off."""
    assert (0, 0) not in {pair[:2] for pair in pairs([A, rival], [B])}
    assert (0, 0) not in {pair[:2] for pair in pairs([B], [A, rival])}


def test_a_runner_up_two_off_does_not_stop_it():
    assert pairs([A, ("ma", "3", "qo", "7")], [B]) == [(0, 0, 1)]
    assert pairs([B], [A, ("ma", "3", "qo", "7")]) == [(0, 0, 1)]


def test_a_rival_that_is_joined_already_stops_it_too():
    """Had A's own answers been lost, B's answers would be taken for hers."""
    near_b = ("ma", "3", "te", "8")
    assert pairs([A, B], [B, near_b]) == [(1, 0, 0)]


def test_ruled_out_and_equal_only():
    off = distances([A, C], [B, C])
    off[1, 1] = FAR
    assert accepted(off) == [Pair(0, 0, 1)]
    assert accepted(off, np.array([[0, 1], [1, 1]])) == []
    assert accepted(off, np.array([[1, 0], [0, 0]])) == [Pair(0, 0, 1)]


def test_two_equal_codes_on_one_side_join_nobody():
    assert accepted(np.array([[0, 0], [3, 3]], dtype=np.int16)) == []
    assert accepted(np.array([[0, 3], [0, 3]], dtype=np.int16)) == []


def test_other_alphabet():
    latin, persian, mixed = ("ma", "3", "te"), ("ما", "3", "ته"), ("ما", "3", "te")
    assert alphabet_differences([latin], [persian, mixed, latin]).tolist() == [[2, 1, 0]]
    assert alphabet_differences([persian, ("", "3", "")], [latin]).tolist() == [[2], [0]]


@pytest.mark.parametrize(("elements", "expected"), [(3, 1), (4, 2), (5, 2), (6, 2), (9, 2), (1, 1)])
def test_how_near_is_shown(elements, expected):
    assert worth_asking(elements) == expected


def test_candidates_are_the_nearest_of_each_code():
    off = np.array([[1, 4], [2, 2], [3, 3], [FAR, 2]], dtype=np.int16)
    none = np.zeros_like(off)
    assert candidates(off, none, 4) == [Pair(0, 0, 1), Pair(1, 0, 2), Pair(1, 1, 2), Pair(3, 1, 2)]
    assert candidates(off, none, 3) == [Pair(0, 0, 1)]


def test_as_many_candidates_as_are_equally_near():
    off = np.array([[2], [1], [2], [2], [2]], dtype=np.int16)
    shown = candidates(off, np.zeros_like(off), 4)
    assert [pair.one for pair in shown] == [1, 0, 2, 3, 4]
    off = np.array([[1], [1], [1], [2]], dtype=np.int16)
    assert [pair.one for pair in candidates(off, np.zeros_like(off), 4)] == [0, 1, 2]


def test_of_equal_codes_the_near_ones_are_left_out():
    """Three that are equal are three too many already."""
    off = np.array([[1], [0], [0], [0]], dtype=np.int16)
    assert [pair.one for pair in candidates(off, np.zeros_like(off), 4)] == [1, 2, 3]


def test_codes_of_two_lengths_are_a_mistake_of_the_caller():
    for compare in (distances, alphabet_differences):
        for one, other in (([A, A[:3]], [A]), ([A], [A, A[:3]])):
            with pytest.raises(ValueError, match="shorter"):
                compare(one, other)


def test_equal_but_for_the_alphabet_is_a_candidate():
    off, alphabet = np.array([[2, 3, FAR]], dtype=np.int16), np.array([[2, 1, 2]], dtype=np.int16)
    assert candidates(off, alphabet, 3) == [Pair(0, 0, 2)]
    assert candidates(off, np.array([[1, 2, 1]], dtype=np.int16), 3) == [Pair(0, 0, 2), Pair(0, 1, 3)]


def test_best_together_is_the_cheapest_assignment():
    """Nearest first would give 0-0 and leave 1 without a partner."""
    off = np.array([[1, 2], [1, 3]], dtype=np.int16)
    found = [Pair(0, 0, 1), Pair(1, 0, 1), Pair(0, 1, 2)]
    assert best_together(off, found) == {(0, 1), (1, 0)}
    assert best_together(off, found[:1]) == {(0, 0)}
    assert best_together(off, []) == set()

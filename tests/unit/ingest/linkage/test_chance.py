"""The chance that two people make one code, against exact counts and the figures of the birthday problem."""

from itertools import combinations
from math import comb, prod

import pytest

from balint_eval.ingest.linkage.chance import (
    TOO_SMALL,
    agreement,
    chance_in_words,
    collision_chance,
    element_chances,
    pair_chance,
)
from balint_eval.study_model import CodeElement

DAY, MONTH = CodeElement(name="day", kind="day"), CodeElement(name="month", kind="month")
LETTERS, NUMBER = CodeElement(name="m", kind="letters", length=2), CodeElement(name="n", kind="number")


def test_agreement_is_the_share_of_pairs_that_agree():
    texts = ["ma", "ma", "ma", "zo", "", "te", "te"]
    given = [text for text in texts if text]
    by_hand = sum(a == b for a, b in combinations(given, 2)) / comb(len(given), 2)
    assert agreement(texts, LETTERS) == pytest.approx(by_hand)
    assert by_hand == 4 / 15


@pytest.mark.parametrize(
    ("element", "least"),
    [
        (DAY, 1 / 31),
        (MONTH, 1 / 12),
        (LETTERS, 1 / 26**2),
        (NUMBER, 1 / 1000),
        (CodeElement(name="c", kind="choice", length=1), 1 / 10),
        (CodeElement(name="l", kind="letters"), 1 / 26**3),
    ],
)
def test_never_less_than_all_equally_likely(element, least):
    assert agreement(["a", "b", "c"], element) == pytest.approx(least)
    assert agreement(["a"], element) == pytest.approx(least)
    assert agreement([], element) == pytest.approx(least)


def test_elements_are_taken_as_independent():
    codes = [("1", "2"), ("1", "3"), ("2", "2"), ("1", "")]
    chances = element_chances(codes, [DAY, MONTH])
    assert chances == [pytest.approx(3 / 6), pytest.approx(1 / 3)]
    assert pair_chance(codes, [DAY, MONTH]) == pytest.approx(prod(chances))
    assert element_chances([], [DAY]) == [pytest.approx(1 / 31)]
    # The second code lacks an element; all codes lack one.
    for ragged, said in (([("1", "2"), ("1",)], "2 is shorter"), ([("1",)], "2 is longer")):
        with pytest.raises(ValueError, match=said):
            element_chances(ragged, [DAY, MONTH])


def test_the_birthday_problem():
    """23 people, 365 days: 0.507 exactly, 0.500 by the Poisson approximation."""
    exact = 1 - prod((365 - k) / 365 for k in range(23))
    assert collision_chance(23, 1 / 365) == pytest.approx(exact, abs=0.01)
    assert collision_chance(23, 1 / 365) == pytest.approx(0.5000, abs=1e-4)
    assert collision_chance(1, 0.5) == 0
    # The two figures of shared reliability.md, section 2: about 150 likely pairs of letters.
    assert collision_chance(80, 1 / (150 * 31)) == pytest.approx(0.49, abs=0.005)
    assert collision_chance(300, 1 / (150 * 31 * 150)) == pytest.approx(0.06, abs=0.005)


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.0, "under 0.1 %"),
        (0.0009, "under 0.1 %"),
        (0.001, "0.1 %"),
        (0.064, "6.4 %"),
        (0.1, "10 %"),
        (0.49, "49 %"),
        (0.99, "99 %"),
        (0.991, "over 99 %"),
    ],
)
def test_in_words(chance, words):
    assert chance_in_words(chance) == words


def test_a_code_space_is_small_from_one_chance_in_twenty():
    assert TOO_SMALL == 0.05

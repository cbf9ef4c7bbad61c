"""Counts and shares of a release, cell by cell: what is rounded, joined, withheld, and what the log says of it."""

from math import nan

import pandas as pd
import pytest

from balint_eval.disclosure import Limits
from balint_eval.disclosure.counted import (
    ITEM_COLUMNS,
    PEOPLE_COLUMNS,
    RELIABILITY_COLUMNS,
    TRAIT_COLUMNS,
    answers_to_items,
    comments_counted,
    one_trait,
    people_of_waves,
    reliability,
)
from balint_eval.disclosure.log import Hidden
from balint_eval.tables import TABLES, check_table

EIGHT = Limits.of(8)


def table(name, *rows):
    return check_table(pd.DataFrame(rows, columns=TABLES[name].names), name)


def cells(frame):
    return list(frame.itertuples(index=False, name=None))


def test_people_of_the_whole_study_by_wave():
    flow = table(
        "flow",
        ("a", "after", "", "paired", 20), ("b", "after", "", "paired", 23), ("a", "after", "", "pre_only", 5),
        ("b", "after", "", "pre_only", 2), ("a", "after", "", "post_only", 8), ("b", "after", "", "post_only", 0),
        # Rows of files, and the ways in which pairs were linked, are not people of a wave.
        ("a", "after", "a.csv", "paired", 99), ("a", "after", "", "linked_exactly", 20),
    )  # fmt: skip
    frame, hidden = people_of_waves(flow, 58, EIGHT)
    assert tuple(frame.columns) == PEOPLE_COLUMNS == ("wave", "reason", "people")
    assert cells(frame) == [
        ("", "enrolled", 60), ("after", "paired", 45), ("after", "post_only", 10),
        ("after", "pre_only", "[REDACTED n<8]"),
    ]  # fmt: skip
    assert hidden == [
        Hidden("people", "enrolled", "people", "P7", "8", "50-74", "rounded"),
        Hidden("people", "after · paired", "people", "P7", "8", "30-49", "rounded"),
        Hidden("people", "after · post_only", "people", "P7", "8", "8-9", "rounded"),
        Hidden("people", "after · pre_only", "people", "P1", "8", "<8", "withheld"),
    ]


def items(*counts, cohort="all", instrument="form", item=1):
    return [
        (cohort, "after", instrument, item, code, f"Item {item}", f"answer {code}", people, sum(counts), "better")
        for code, people in enumerate(counts, start=1)
    ]


def answered(*rows, compared=()):
    frame, hidden = answers_to_items(table("item_counts", *rows), frozenset(compared), EIGHT)
    assert tuple(frame.columns) == ITEM_COLUMNS == ("wave", "instrument", "item", "label", "answers", "people", "share")
    return cells(frame), hidden


def test_answers_are_rounded_and_shares_are_of_the_rounded_counts():
    """12 + 9 + 13 would be 35, 26 and 38 % of 34; the counts that are shown give 29, 29 and 43."""
    shown, hidden = answered(*items(12, 9, 13))
    place = ("after", "form", 1, "Item 1")
    assert shown == [
        (*place, "answer 1", 10, 29), (*place, "answer 2", 10, 29), (*place, "answer 3", 15, 43),
    ]  # fmt: skip
    assert hidden == [Hidden("answers", "after · form · 1", "people", "P7", "8", "30-49", "rounded")]


def test_rare_answers_are_joined_and_the_log_says_so():
    shown, hidden = answered(*items(3, 6, 21, 10))
    assert [row[4:] for row in shown] == [("answer 1 – answer 2", 10, 25), ("answer 3", 20, 50), ("answer 4", 10, 25)]
    assert hidden == [
        Hidden("answers", "after · form · 1", "answer 1 – answer 2", "P3", "8", "30-49", "merged"),
        Hidden("answers", "after · form · 1", "people", "P7", "8", "30-49", "rounded"),
    ]


@pytest.mark.parametrize(
    ("counts", "mark", "rule", "threshold", "band"),
    [
        ((14, 15), "[REDACTED n<30]", "P3", "30", "20-29"),
        ((30, 0), "[REDACTED P4]", "P4", "", "30-49"),
        ((28, 2), "[REDACTED P4]", "P4", "", "30-49"),
    ],
)
def test_answers_of_few_people_or_of_everybody_are_withheld(counts, mark, rule, threshold, band):
    shown, hidden = answered(*items(*counts))
    assert shown == [("after", "form", 1, "Item 1", "answer 1 – answer 2", mark, mark)]
    assert hidden == [
        Hidden("answers", "after · form · 1", column, rule, threshold, band) for column in ("people", "share")
    ]


def test_thirty_answers_are_enough():
    assert [row[4:] for row in answered(*items(15, 15))[0]] == [("answer 1", 15, 50), ("answer 2", 15, 50)]


def test_shares_are_of_a_hundred():
    assert [row[6] for row in answered(*items(15, 45))[0]] == [25, 75]


def test_an_item_with_a_single_answer():
    mark = "[REDACTED P4]"
    assert answered(*items(40))[0] == [("after", "form", 1, "Item 1", "answer 1", mark, mark)]


def test_items_of_cohorts_and_of_compared_instruments_are_left_out():
    rows = [*items(20, 20, cohort="a"), *items(20, 20, instrument="TEQ"), *items(10, 30, item=2), *items(30, 10)]
    shown, _ = answered(*rows, compared=["TEQ"])
    assert [(row[1], row[2], row[5]) for row in shown] == [
        ("form", 1, 30), ("form", 1, 10), ("form", 2, 10), ("form", 2, 30),
    ]  # fmt: skip
    assert answered(*items(20, 20), compared=["form"]) == ([], [])


def test_answers_stand_in_the_order_of_their_codes():
    assert [row[4] for row in answered(*items(20, 20, 20)[::-1])[0]] == ["answer 1", "answer 2", "answer 3"]


def trait(**counts):
    people = pd.DataFrame({"role": [level for level, people in counts.items() for _ in range(people)]})
    frame, hidden = one_trait(people, "role", EIGHT)
    assert tuple(frame.columns) == TRAIT_COLUMNS == ("trait", "levels", "people")
    return cells(frame), hidden


def test_levels_of_a_trait():
    shown, hidden = trait(nurse=22, doctor=12, student=5, other=3)
    assert shown == [("role", "nurse", 20), ("role", "doctor", 10), ("role", "student; other", 10)]
    assert hidden == [
        Hidden("trait", "role · nurse", "people", "P7", "8", "20-29", "rounded"),
        Hidden("trait", "role · doctor", "people", "P7", "8", "10-14", "rounded"),
        Hidden("trait", "role · student; other", "people", "P8", "8", "8-9", "rounded"),
        Hidden("trait", "role · student; other", "levels", "P8", "8", "8-9", "merged"),
    ]


def test_one_level_tells_everybodys_trait():
    shown, hidden = trait(nurse=8)
    assert shown == [("role", "nurse", "[REDACTED P4]")]
    assert hidden == [Hidden("trait", "role · nurse", "people", "P4", "", "8-9")]
    # Levels that had to be put together until one was left.
    shown, hidden = trait(nurse=30, doctor=2)
    assert shown == [("role", "nurse; doctor", "[REDACTED P4]")]
    assert [(one.column, one.rule, one.action) for one in hidden] == [
        ("people", "P4", "withheld"), ("levels", "P8", "merged"),
    ]  # fmt: skip


def test_a_trait_of_few_people_is_withheld():
    shown, hidden = trait(nurse=7)
    assert shown == [("role", "nurse", "[REDACTED n<8]")]
    assert hidden == [Hidden("trait", "role · nurse", "people", "P1", "8", "<8")]


def test_who_gave_no_trait_is_not_known():
    people = pd.DataFrame({"role": ["nurse"] * 10 + [""] * 8})
    assert cells(one_trait(people, "role", EIGHT)[0]) == [("role", "nurse", 10), ("role", "not known", 10)]


def quality(n, *figures, cohort="all", wave="before"):
    facts = {"cohort": cohort, "wave": wave, "instrument": "TEQ", "scale": "total", "n": n, "note": "", "sem": 2.5}
    names = ("alpha", "alpha_low", "alpha_high", "omega", "omega_low", "omega_high")
    return facts | dict(zip(names, figures, strict=True))


def reliable(*rows):
    frame = check_table(pd.DataFrame(rows).reindex(columns=TABLES["quality"].names), "quality")
    shown, hidden = reliability(frame, EIGHT)
    assert tuple(shown.columns) == RELIABILITY_COLUMNS == (
        "wave", "instrument", "scale", "n", "alpha", "alpha_low", "alpha_high", "omega", "omega_low", "omega_high",
    )  # fmt: skip
    return cells(shown), hidden


def test_reliability_from_thirty_people():
    shown, hidden = reliable(quality(30, 0.8, 0.7, 0.9, 0.81, nan, nan))
    assert shown == [("before", "TEQ", "total", "30-49", 0.8, 0.7, 0.9, 0.81, "", "")]
    assert hidden == [Hidden("reliability", "before · TEQ · total", "n", "P7", "8", "30-49", "banded")]


def test_reliability_of_fewer_is_withheld_where_there_is_one():
    shown, hidden = reliable(quality(29, 0.8, 0.7, 0.9, nan, nan, nan))
    mark = "[REDACTED n<30]"
    assert shown == [("before", "TEQ", "total", "20-29", mark, mark, mark, "", "", "")]
    name = "before · TEQ · total"
    assert hidden == [
        *(Hidden("reliability", name, column, "P3", "30", "20-29") for column in ("alpha", "alpha_low", "alpha_high")),
        Hidden("reliability", name, "n", "P7", "8", "20-29", "banded"),
    ]


def test_reliability_is_of_the_whole_study():
    rows = [quality(40, 0.8, 0.7, 0.9, nan, nan, nan), quality(40, 0.5, 0.4, 0.6, nan, nan, nan, cohort="a")]
    assert [row[4] for row in reliable(*rows)[0]] == [0.8]


@pytest.mark.parametrize(
    ("comments", "said", "band", "action"),
    [(9, "[REDACTED n<10]", "<10", "withheld"), (10, 10, "10-14", "rounded"), (13, 15, "10-14", "rounded")],
)
def test_comments_are_counted_from_ten_on(comments, said, band, action):
    assert comments_counted(comments, EIGHT) == (
        said, [Hidden("comments", "comments", "people", "P10", "10", band, action)],
    )  # fmt: skip

"""Linkage by tables made by hand: which of two answers counts, how pairs are counted, what cannot be right."""

import pandas as pd
import pytest

from balint_eval.ingest.link import HOW, count_people, linkage_problems, list_links, settle_duplicates
from balint_eval.study_model import Linkage

BEFORE, AFTER = [["A1", 1, 2, 3]], [["A1", 2, 2, 3]]


def answer(person, wave, row, raw=None, answered=3, day="", file="f.csv"):
    return {"person_id": person, "raw_id": raw or person, "wave": wave, "instrument": "TRY", "file": file, "row": row,
            "id_column": "code (A)", "answered_on": day, "answered": answered}  # fmt: skip


def settled(policy, *answers, remark=""):
    kept, problems = settle_duplicates(pd.DataFrame(answers), Linkage(duplicates=policy), remark)
    return list(kept["row"]), problems


TWICE = [answer("P1", "a", 2), answer("P2", "a", 3), answer("P1", "a", 4), answer("P1", "b", 2, file="g.csv")]


def test_one_person_twice_is_refused_with_what_to_do():
    kept, (problem,) = settled("refuse", *TWICE)
    assert kept == [2, 3, 4, 2]
    assert problem.what == "this person answered twice in the wave 'a', again in row 4 of f.csv"
    assert problem.mend == "say under linkage: duplicates: which one counts: first, last, most_complete or none"
    assert (problem.code, problem.file, problem.row, problem.column) == ("LK-DUP", "f.csv", 2, "code (A)")
    _, (problem,) = settled("refuse", *TWICE, remark="codes are short")
    assert problem.what.endswith("again in row 4 of f.csv (codes are short)")


@pytest.mark.parametrize("policy", ["refuse", "first", "last", "most_complete", "none"])
def test_two_spellings_are_refused_whatever_the_policy(policy):
    _, (problem,) = settled(policy, answer("P1", "a", 2, "A1"), answer("P1", "a", 4, "a1"))
    assert problem.what.startswith(
        "this person (written in two ways that the rules for ids make one) answered twice in the wave 'a'"
    )
    assert problem.mend == "delete one row if it is one person, give two people two ids if not"


@pytest.mark.parametrize(
    ("policy", "kept"), [("first", [2, 3, 9]), ("last", [3, 5, 9]), ("most_complete", [3, 4, 9]), ("none", [3, 9])]
)
def test_one_of_several_answers_is_kept(policy, kept):
    """By date, then by line: the answers in lines 2 and 5 are of the first and of the last day."""
    rows = [
        answer("P1", "a", 2, day="2026-01-01"),
        answer("P2", "a", 3),
        answer("P1", "b", 9),
        answer("P1", "a", 5, day="2026-01-03"),
        answer("P1", "a", 4, answered=5, day="2026-01-02"),
    ]
    found, problems = settled(policy, *rows)
    assert sorted(found) == kept
    assert problems == []


def test_of_two_answers_that_are_as_complete_the_earlier_is_kept():
    later, earlier = answer("P1", "a", 2, day="2026-01-02"), answer("P1", "a", 3, day="2026-01-01")
    assert settled("most_complete", later, earlier, answer("P1", "a", 4, answered=1))[0] == [3]
    assert settled("most_complete", answer("P1", "a", 8), answer("P1", "a", 7))[0] == [7]


def test_links_say_how_and_how_many_rows_were_set_aside():
    answers = pd.DataFrame([*TWICE, answer("P1", "a", 5)])
    visits = answers[["person_id", "wave"]].drop_duplicates()
    links = list_links(visits, lambda person, wave: (f"{person}{wave}", 1), answers, answers.iloc[[0, 1, 3]])
    assert list(links.itertuples(index=False, name=None)) == [
        ("P1", "a", "P1a", 1, 2), ("P2", "a", "P2a", 1, 0), ("P1", "b", "P1b", 1, 0),
    ]  # fmt: skip


def counted(**more):
    rows = [("P1", "a", "exact"), ("P2", "a", "exact"), ("P3", "a", "tolerant"), ("P4", "a", "exact"),
            ("P1", "z", "exact"), ("P2", "z", "tolerant"), ("P3", "z", "review"), ("P5", "z", "exact"),
            ("P1", "b", "exact")]  # fmt: skip
    return count_people(pd.DataFrame(rows, columns=["person_id", "wave", "linked"]), "a", ["z", "b"], **more)


def test_kinds_of_links_and_what_counts_them():
    assert HOW == {"exact": "linked_exactly", "tolerant": "linked_tolerantly", "review": "linked_by_review"}


def test_pairs_are_counted_by_the_less_sure_of_two_joins():
    assert list(counted().itertuples(index=False, name=None)) == [
        ("z", "paired", 3), ("z", "pre_only", 1), ("z", "post_only", 1),
        ("b", "paired", 1), ("b", "pre_only", 3), ("b", "post_only", 0),
    ]  # fmt: skip
    rows = counted(by_kind=True).query("wave == 'z'")
    assert dict(zip(rows["reason"], rows["rows"], strict=True)) == {
        "paired": 3, "linked_exactly": 1, "linked_tolerantly": 1, "linked_by_review": 1, "pre_only": 1, "post_only": 1,
    }  # fmt: skip


@pytest.fixture
def rate(folder):
    """Give the problems of a linkage with so many people, at a least rate of 0.6."""
    folder.content["linkage"] = {"min_match_rate": 0.6}
    file = folder.waves(BEFORE, AFTER).read()

    def problems(paired, pre_only, post_only, people=()):
        counts = pd.DataFrame(
            [("after", "paired", paired), ("after", "pre_only", pre_only), ("after", "post_only", post_only)],
            columns=["wave", "reason", "rows"],
        )
        made = people or [("P1", "A1", "before", "", "before.csv", 2), ("P2", "B-1", "after", "", "after.csv", 3)]
        columns = ["person_id", "raw_id", "wave", "answered_on", "file", "row"]
        return linkage_problems(counts, pd.DataFrame(made, columns=columns), file, "one")

    return problems


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        # Nobody has answered one of the waves yet.
        ((0, 5, 0), None), ((0, 0, 5), None), ((0, 0, 0), None),
        ((0, 5, 5), "LK-NOMATCH"), ((3, 3, 4), "LK-LOWRATE"), ((3, 4, 3), "LK-LOWRATE"), ((3, 2, 9), None),
        ((3, 9, 2), None), ((2, 9, 2), "LK-LOWRATE"),
    ],
)  # fmt: skip
def test_too_few_found_again_are_refused(rate, numbers, code):
    assert [problem.code for problem in rate(*numbers)] == ([code] if code else [])


def test_what_is_said_of_a_linkage_that_cannot_be_right(rate):
    people = [(f"P{n}", sign * (n + 1), "after", "", "after.csv", n) for n, sign in enumerate("a1-.:;,")]
    (problem,) = rate(0, 5, 5, people)
    assert problem.what == (
        "in the cohort 'one' nobody of the wave 'after' has an id of the baseline "
        "(id shapes: ,,,,,,,, ---, ...., 99, :::::)"
    )
    assert problem.mend == "check that person_id names the same code in both files"
    assert problem.file == "after.csv"
    (problem,) = rate(3, 3, 4)
    assert problem.what.startswith("in the cohort 'one' only 3 of 6 people (50%) of the wave 'after' could be linked")
    assert (problem.mend, problem.file) == ("check the ids, or lower linkage: min_match_rate", "after.csv")


@pytest.mark.parametrize(("day", "refused"), [("2026-01-01", True), ("2026-01-02", False), ("2026-01-03", False)])
def test_answers_before_the_baseline_are_refused_and_on_the_same_day_are_not(rate, day, refused):
    people = [("P1", "A1", "before", "2026-01-02", "before.csv", 2), ("P1", "A1", "after", day, "after.csv", 7)]
    problems = rate(6, 0, 0, people)
    assert [problem.code for problem in problems] == ["LK-ORDER"] * refused
    if refused:
        assert problems[0].mend == "check the dates, or whether the files of the two waves were swapped"
        assert (problems[0].file, problems[0].row) == ("after.csv", 7)
        assert "before the wave 'before' on 2026-01-02 (row 2 of before.csv)" in problems[0].what

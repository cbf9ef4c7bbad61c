"""Decisions read back from a sheet: what counts, what is refused with its row, and that all of it is told at once."""

import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.linkage.decisions import read_decisions, words_in
from balint_eval.ingest.linkage.persons import Decision
from balint_eval.ingest.linkage.review import DECISION, MARK, mark_of

ROSTER, PRE, POST = ("", "a|1"), ("pre", "a|1"), ("post", "b|2")
OTHER = ("post", "c|3")
PLACES = dict.fromkeys((ROSTER, PRE, POST, OTHER))
ORDER = ["", "pre", "post"]
PAIR, SECOND = mark_of(PRE, POST), mark_of(PRE, OTHER)


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, head=(DECISION, MARK), name="decided.csv"):
        path = tmp_path / name
        path.write_text("\n".join(",".join(row) for row in (head, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def problems(path, places=PLACES):
    with pytest.raises(DataError) as caught:
        read_decisions(path, "decided.csv", places, ORDER)
    return [(one.code, one.row, one.column, one.value) for one in caught.value.problems], caught.value.problems


def test_decisions_are_read_with_their_rows(sheet):
    path = sheet(("same", PAIR), ("", "x"), ("undecided", mark_of(ROSTER, POST)), (" Different", SECOND))
    assert read_decisions(path, "decided.csv", PLACES, ORDER) == [
        Decision(PRE, POST, same=True, row=2), Decision(PRE, OTHER, same=False, row=5),
    ]  # fmt: skip


def test_a_roster_comes_before_every_wave(sheet):
    assert read_decisions(sheet(("same", mark_of(ROSTER, POST))), "d", PLACES, ORDER) == [
        Decision(ROSTER, POST, True, 2)
    ]


@pytest.mark.parametrize(
    "mark",
    [mark_of(POST, PRE), mark_of(PRE, PRE), mark_of(POST, OTHER), mark_of(PRE, ("post", "gone")),
     mark_of(("gone", "a"), POST), PAIR[:-1], "x"],
)  # fmt: skip
def test_pairs_that_are_no_longer_there_or_stand_the_wrong_way_round_are_stale(sheet, mark):
    said, (problem,) = problems(sheet(("same", PAIR), ("same", mark)))
    assert said == [("LK-STALE", 3, "decision", "")]
    assert problem.what == (
        "the codes of this pair have changed since it was decided: one of them is no longer in the exports"
    )
    assert problem.mend == "set it to undecided and run again; the new sheet then shows the pair as it is now"
    assert problem.file == "decided.csv"


def test_other_words_are_no_decisions(sheet):
    said, (problem,) = problems(sheet(("yes", PAIR), ("same", PAIR)))
    assert said == [("LK-DECISION", 2, "decision", "yes")]
    assert (problem.what, problem.mend) == ("this is no decision", "choose same, different or undecided")
    assert problem.file == "decided.csv"


def test_a_long_text_is_shown_in_part(sheet):
    said, _ = problems(sheet(("the people are " + "so " * 20, PAIR)))
    assert said[0][3] == "the people are so so…"
    assert problems(sheet(("same~", PAIR)))[0][0][3] == "same~"


def test_a_pair_decided_twice_is_refused_even_where_both_say_the_same(sheet):
    said, (first, second) = problems(sheet(("same", PAIR), ("same", PAIR), ("different", SECOND), ("different", PAIR)))
    assert said == [("LK-DECISION", 3, "decision", ""), ("LK-DECISION", 5, "decision", "")]
    assert first.what == second.what == "this pair is decided twice, first in row 2"
    assert (first.mend, first.file) == ("keep one of the rows", "decided.csv")


def test_every_problem_of_a_sheet_is_told_at_once(sheet):
    said, _ = problems(sheet(("perhaps", PAIR), ("same", "x"), ("same", PAIR), ("same", PAIR)))
    assert [code for code, *_ in said] == ["LK-DECISION", "LK-STALE", "LK-DECISION"]
    assert [row for _, row, *_ in said] == [2, 3, 5]


@pytest.mark.parametrize(
    ("head", "missing"), [((DECISION, "x"), MARK), (("x", MARK), DECISION), (("x", "y"), DECISION)]
)
def test_another_sheet_is_refused(sheet, head, missing):
    path = sheet(("same", PAIR), head=head)
    said, (problem,) = problems(path)
    assert said == [("HD-MISSING", 1, missing, "")]
    assert problem.what == f"this is not a review sheet: it has no column '{missing}'"
    assert problem.mend == "run without the key linkage_decisions, and decide in the new sheet"
    assert problem.file == "decided.csv"
    assert words_in(path) == {}


def test_a_sheet_without_pairs_decides_nothing(sheet):
    assert read_decisions(sheet(), "decided.csv", PLACES, ORDER) == []


def test_a_sheet_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(DataError, match="IN-MISSING"):
        read_decisions(tmp_path / "gone.csv", "gone.csv", PLACES, ORDER)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match="IN-"):
        read_decisions(tmp_path / "broken.xlsx", "broken.xlsx", PLACES, ORDER)


def test_words_are_carried_over_by_mark(sheet, tmp_path):
    assert words_in(sheet((" Same", PAIR), ("", SECOND))) == {PAIR: "same", SECOND: ""}
    assert words_in(tmp_path / "gone.csv") == {}

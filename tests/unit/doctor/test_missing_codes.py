"""Blanks stored as answers: the length of a run, the people it takes, and the yardstick at the other end."""

import numpy as np
import pytest

from balint_eval.doctor.missing_codes import _runs, _share, blanks_stored_as_answers

CODES = (0, 1, 2, 3)


def sheets(made, ending, others, n_items=10, beginning=0, run=None):
    """Sheets that end, or begin, with a run of 0; the others answer 2."""
    length = max(5, -(-n_items // 2)) if run is None else run
    end = np.full((ending, n_items), 2.0)
    end[:, n_items - length :] = 0
    begin = np.full((beginning, n_items), 2.0)
    begin[:, :length] = 0
    rest = np.full((others, n_items), 2.0)
    values = np.concatenate([end, begin, rest])
    change = {"n_items": n_items, "reverse": []}
    return made("TEQ", codes=CODES, change=change, before=values[: len(values) // 2], after=values[len(values) // 2 :])


def found(form):
    return list(blanks_stored_as_answers(form))


def test_what_is_said(made):
    (finding,) = found(sheets(made, 4, 20, 12))
    assert (finding.code, finding.wave, finding.severity, finding.people) == ("DOC-BLANKS", "all", "refuse", 4)
    assert finding.seen == "4 answer sheets end with 6 or more times the answer 0 and 0 begin so"
    assert finding.why == "blanks were most likely stored as 0; they would be counted as answers"
    assert finding.mend == (
        "export again with blanks, or under a code outside the answers and list it under missing_codes of TEQ; "
        "if a person has checked that the export is right, accept: [DOC-BLANKS] under the items of TEQ"
    )


@pytest.mark.parametrize(
    ("n_items", "run", "number"),
    [(6, 5, 0), (7, 5, 1), (7, 4, 0), (8, 5, 1), (10, 5, 1), (11, 5, 0), (11, 6, 1), (12, 6, 1), (20, 9, 0)],
)
def test_a_run_is_five_items_and_half_of_the_form(made, n_items, run, number):
    assert len(found(sheets(made, 4, 20, n_items, run=run))) == number


@pytest.mark.parametrize(
    ("ending", "others", "beginning", "number"),
    [
        (2, 30, 0, 0), (3, 30, 0, 1), (3, 97, 0, 1), (3, 98, 0, 0), (6, 194, 0, 1), (6, 195, 0, 0),
        (6, 50, 1, 1), (5, 50, 1, 0), (10, 50, 2, 1), (9, 50, 2, 0),
    ],
)  # fmt: skip
def test_people_it_takes(made, ending, others, beginning, number):
    """3 people, 3 % of the sheets, and 4 times those who begin so and half a person more."""
    form = sheets(made, ending, others, beginning=beginning)
    assert len(found(form)) == number


@pytest.mark.parametrize(("common", "number"), [(0.3, 1), (0.35, 0)])
def test_an_answer_that_is_common_among_the_others_is_honest(made, common, number):
    form = made("TEQ", codes=CODES, change={"n_items": 10, "reverse": []}, sheets=np.concatenate([
        np.where(np.arange(10) >= 5, 0.0, np.full((15, 10), 2.0)), _spread(round(common * 100)),
    ]))  # fmt: skip
    assert len(found(form)) == number


def _spread(zeros):
    """20 sheets of 10 items with some zeros in the last five items, nobody with more than four."""
    rest = np.full((20, 10), 2.0)
    for n in range(zeros):
        rest[n % 20, 5 + n // 20] = 0
    return rest


def test_only_the_last_answers_of_the_others_are_compared(made):
    """Zeros in the first half of the others' forms say nothing of the last half."""
    others = np.full((20, 10), 2.0)
    others[:, 1:5] = 0
    others[:, 7] = 3
    ending = np.where(np.arange(10) >= 5, 0.0, np.full((4, 10), 2.0))
    form = made("TEQ", codes=CODES, change={"n_items": 10, "reverse": []}, before=np.vstack([ending, others]))
    assert len(found(form)) == 1


def test_the_last_answers_are_as_many_as_the_run(made):
    """Of nine items the last five: 20 and 12 of 100 answers of the others are 0, too many for a run to say anything."""
    others = np.full((20, 9), 2.0)
    others[:, 4] = 0
    others[:12, 5] = 0
    ending = np.where(np.arange(9) >= 4, 0.0, np.full((4, 9), 2.0))
    change = {"n_items": 9, "reverse": []}
    assert found(made("TEQ", codes=CODES, change=change, before=np.vstack([ending, others]))) == []
    others[8:12, 5] = 2
    assert len(found(made("TEQ", codes=CODES, change=change, before=np.vstack([ending, others])))) == 1


def test_each_code_is_looked_at(made):
    values = np.concatenate([
        np.where(np.arange(10) >= 5, code, 2.0 if code != 2 else 0.0) * np.ones((4, 1)) for code in (0, 3)
    ])  # fmt: skip
    form = made("TEQ", codes=CODES, change={"n_items": 10, "reverse": []}, before=np.vstack([values, _spread(0)]))
    assert [finding.seen[:55] for finding in found(form)] == [
        f"4 answer sheets end with 5 or more times the answer {code} a" for code in (0, 3)
    ]


@pytest.mark.parametrize(
    ("n_items", "zeros_before", "is_run"), [(8, 1, True), (8, 2, False), (16, 2, True), (3, 0, True)]
)
def test_the_answers_before_are_the_first_quarter(n_items, zeros_before, is_run):
    row = np.full((1, n_items), 2.0)
    row[:, :zeros_before] = 0
    row[:, -2:] = 0
    assert _runs(row, 0, 2).tolist() == [is_run]


def test_only_the_first_answer_stands_before_on_a_short_form():
    assert _runs(np.array([[0.0, 2.0, 0.0]]), 0, 1).tolist() == [False]
    assert _runs(np.array([[2.0, 0.0, 0.0]]), 0, 1).tolist() == [True]


def test_at_least_one_answer_stands_before():
    assert _runs(np.array([[0.0, 0.0, 0.0]]), 0, 2).tolist() == [False]


def test_the_share_of_nobody_is_all():
    assert _share(np.empty((0, 5)), 0) == 1.0
    assert _share(np.array([[0.0, 1.0], [2.0, 1.0]]), 0) == 0.25

"""The kernel of scoring on arrays: by hand, in pieces, in threads, and the check of the answers' range."""

import inspect

import numpy as np
import pytest

from balint_eval.errors import DataError
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments
from balint_eval.score_arrays import (
    PRORATED,
    ROWS_AT_ONCE,
    SCORED,
    STATUSES,
    TOO_FEW,
    count_outside,
    form_is_invalid,
    n_items,
    reversed_by_key,
    score_wide,
)

NAN = np.nan


def form(**facts):
    """Four items 1 to 5, the second reversed: a sum of two, a mean of three times ten, and the sum of both."""
    return Instrument.model_validate({
        "name": "TRY", "title": "t", "measures": "empathy", "level": "2", "n_items": 4,
        "response": {"codes": [1, 2, 3, 4, 5]}, "reverse": [2], "licence": {"status": "own"},
        "scales": [
            {"name": "a", "items": [1, 2], "rule": "sum", "range": [2, 10], "higher_is": "better"},
            {"name": "b", "items": [2, 3, 4], "rule": "mean", "multiply": 10, "range": [10, 50], "higher_is": "better",
             "min_answered": 2},
            {"name": "both", "of": ["a", "b"], "rule": "sum", "range": [12, 60], "higher_is": "better"},
            {"name": "half", "of": ["a", "b"], "rule": "mean", "multiply": 2, "range": [12, 60], "higher_is": "better"},
        ],
        **facts,
    })  # fmt: skip


def words(part):
    return [STATUSES[code] for code in part.status]


def test_by_hand():
    found = score_wide([[1, 2, 3, 4], [5, 1, NAN, 5], [NAN, NAN, 1, 1], [NAN, 5, NAN, NAN], [2, NAN, NAN, NAN]], form())
    # a: 1 + (6 - 2) = 5; 5 + 5 = 10; none answered; (6 - 5) x 2 = 2, prorated; 2 x 2 = 4, prorated.
    assert found["a"].score.tolist() == pytest.approx([5, 10, NAN, 2, 4], nan_ok=True)
    assert found["a"].answered.tolist() == [2, 2, 0, 1, 1]
    assert words(found["a"]) == ["scored", "scored", "too_few", "prorated", "prorated"]
    # b: (4 + 3 + 4) / 3 x 10; (5 + 5) / 2 x 10; (1 + 1) / 2 x 10; one or none answered of two asked for.
    assert found["b"].score.tolist() == pytest.approx([110 / 3, 50, 10, NAN, NAN], nan_ok=True)
    assert found["b"].answered.tolist() == [3, 2, 2, 1, 0]
    assert words(found["b"]) == ["scored", "prorated", "prorated", "too_few", "too_few"]
    # Both: the sum of the two scores, missing where one is; twice their mean is the same.
    for name in ("both", "half"):
        assert found[name].score.tolist() == pytest.approx([125 / 3, 60, NAN, NAN, NAN], nan_ok=True)
        assert found[name].answered.tolist() == [5, 4, 2, 2, 1]
        assert words(found[name]) == ["scored", "prorated", "too_few", "too_few", "too_few"]


def test_status_codes_are_places_of_words():
    assert [STATUSES[code] for code in (SCORED, PRORATED, TOO_FEW)] == ["scored", "prorated", "too_few"]
    found = score_wide([[1, 2, 3, 4]], form())["a"]
    assert (found.score.dtype, found.answered.dtype, found.status.dtype) == ("f8", "i2", "i1")


def test_items_of_a_composed_scale_are_those_of_its_parts():
    instrument = form()
    assert [n_items(instrument, scale) for scale in instrument.scales] == [2, 3, 5, 5]


def random_answers(instrument, people, seed=0):
    drawn = np.random.default_rng(seed)
    values = drawn.choice(instrument.response.codes, (people, instrument.n_items))
    values[drawn.random(values.shape) < 0.2] = NAN
    return values


@pytest.mark.parametrize("people", [0, 1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3])
def test_pieces_and_threads_change_nothing(people):
    instrument = known_instruments()["CBI"]
    values = random_answers(instrument, people)
    before = values.copy()
    found, threads = score_wide(values, instrument), score_wide(values, instrument, workers=2)
    assert np.array_equal(values, before, equal_nan=True)
    last = score_wide(values[-1:], instrument)
    for name, part in found.items():
        for column, other, end in zip(part, threads[name], last[name], strict=True):
            assert column.shape == (people,)
            assert np.array_equal(column, other, equal_nan=True)
            assert np.array_equal(column[-1:], end, equal_nan=True)


def test_one_thread_unless_more_are_asked_for():
    assert inspect.signature(score_wide).parameters["workers"].default == 1


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8"])
def test_kinds_of_number(dtype):
    found = score_wide(np.array([[1, 2, 3, 4], [5, 5, 5, 5]], dtype=dtype), form())
    assert found["a"].score.tolist() == [5, 6]


@pytest.mark.parametrize("values", [np.ones((3, 3)), np.ones((3, 5)), np.ones(4), np.ones((1, 2, 4))])
def test_a_column_an_item(values):
    with pytest.raises(ValueError, match="TRY needs people by 4 items"):
        score_wide(values, form())


@pytest.mark.parametrize("wrong", [0, 6, 0.5, 5.5, 2.5, -99, 99, np.inf, -np.inf])
def test_answers_that_are_no_codes_are_refused(wrong):
    with pytest.raises(DataError) as refused:
        score_wide([[1, 2, 3, 4], [1, wrong, 3, 4]], form())
    (problem,) = refused.value.problems
    assert problem.code == "VAL-RANGE"
    assert problem.mend == "correct the export, or declare the codes the form has"
    assert str(problem).startswith("VAL-RANGE: 1 answer to item 2 of TRY is none of its codes (1, 2, 3, 4, 5)")


def test_every_item_with_wrong_answers_is_named_and_counted_over_all_pieces():
    values = np.ones((ROWS_AT_ONCE + 5, 4))
    values[[0, -1], 0] = 9
    values[3, 3] = 0
    with pytest.raises(DataError) as refused:
        score_wide(values, form(), workers=2)
    assert [str(problem).split(" of ")[0].removeprefix("VAL-RANGE: ") for problem in refused.value.problems] == [
        "2 answers to item 1",
        "1 answer to item 4",
    ]


@pytest.mark.parametrize(
    ("codes", "inside", "outside"),
    [
        ([0, 25, 50, 75, 100], [0, 75, 100, NAN], [-25, 1, 125, 110]),
        ([0, 1, 3], [0, 1, 3, NAN], [2, 4, -1, 0.5]),
        ([0, 1], [0, 1, NAN, 1], [2, -1, 0.5, 3]),
        ([0, 2], [0, 2, NAN, 2], [1, 4, -2, 0.5]),
        ([0.5, 1, 1.5], [0.5, 1.5, 1, NAN], [0, 2, 0.75, 1.25]),
    ],
)
def test_codes_at_equal_steps_and_others(codes, inside, outside):
    instrument = Instrument.model_validate({
        "name": "TRY", "title": "t", "measures": "empathy", "level": "2", "n_items": 4,
        "response": {"codes": codes}, "by_item": True, "licence": {"status": "own"},
    })  # fmt: skip
    assert count_outside(np.array([inside, inside]), instrument).tolist() == [0, 0, 0, 0]
    assert count_outside(np.array([inside, outside, outside]), instrument).tolist() == [2, 2, 2, 2]


def test_reversing_leaves_the_answers_alone():
    values = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert reversed_by_key(values, form()).tolist() == [[1, 4, 3, 4]]
    assert values.tolist() == [[1, 2, 3, 4]]


def test_whole_forms_above_the_limit():
    answers = np.array([[1, 2, 3, 4], [NAN, 2, 3, 4], [NAN, NAN, 3, 4], [1, 2, 3, NAN], [NAN, 2, 3, NAN]])
    rule = {"published": True, "most_missing_on_form": 1}
    assert form_is_invalid(answers, form()).tolist() == [False] * 5
    assert form_is_invalid(answers, form(missing=rule)).tolist() == [False, False, True, False, True]
    # The fourth item is one the form can do without.
    assert form_is_invalid(answers, form(missing=rule, optional_items=[4])).tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]
    found = score_wide(answers, form(missing=rule))
    assert words(found["b"]) == ["scored", "scored", "too_few", "prorated", "too_few"]

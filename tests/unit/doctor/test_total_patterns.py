"""Supplied totals beside the scores: decimals, borders, what usual pattern is named, and the words, by hand."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor.finding import Finding
from balint_eval.doctor.totals import (
    _Compared,
    _constant,
    _decimals,
    _equal,
    _items,
    _ways,
    supplied_totals,
)
from balint_eval.instruments.model import Instrument
from balint_eval.score_arrays import score_wide

NAN = np.nan
REFUSED = "one of the two does not follow the published key, or they are totals of other people, items or codes"
BY_HAND = "work out one person's score by hand from the form and correct the study file or the export"
ACCEPT = "if a person has checked that the export is right, accept: [DOC-TOTAL] under the items of TRY"
UNREVERSED = "the score without reversing any item"


def instrument():
    """Five items of 0 to 4, the second reversed: a sum, a mean, one item alone, a sum times 2, and two composed."""

    def scale(name, rule="sum", **more):
        return {"name": name, "rule": rule, "higher_is": "better", **more}

    return Instrument.model_validate({
        "name": "TRY", "title": "t", "measures": "empathy", "level": "2", "n_items": 5,
        "response": {"codes": [0, 1, 2, 3, 4]}, "reverse": [2], "licence": {"status": "own"},
        "scales": [
            scale("sum", items=[1, 2, 3], range=[0, 12], min_answered=2),
            scale("mean", "mean", items=[3, 4, 5], range=[0, 4], min_answered=2),
            scale("alone", items=[4], range=[0, 4]),
            scale("twice", multiply=2, items=[4, 5], range=[0, 16], min_answered=2),
            scale("both", of=["sum", "alone"], range=[0, 16]),
            scale("one", "mean", items=[5], range=[0, 4]),
            scale("two", "mean", items=[4, 5], range=[0, 4], min_answered=2),
        ],
    })  # fmt: skip


ANSWERS = np.array([
    [1, 0, 3, 4, 2], [4, 4, 1, 2, 0], [0, 1, 2, 3, 4], [2, 3, 2, 1, 1], [1, 1, NAN, 4, 1], [1, NAN, NAN, NAN, 2],
])  # fmt: skip
SUMS = [8.0, 5.0, 5.0, 5.0, 6.0, NAN]
"""1 + (4 - 0) + 3, 4 + 0 + 1, 0 + 3 + 2, 2 + 1 + 2, (1 + 3) / 2 x 3, and one answer of two asked for."""


@pytest.fixture
def form(made):
    def make(values=ANSWERS, **waves):
        base = made("TEQ", before=np.ones((1, 16)))
        stored = waves or {"before": values}
        people = {wave: np.array([f"P{n}" for n in range(len(rows))]) for wave, rows in stored.items()}
        kind = type(base)
        return kind("one", instrument(), {w: np.asarray(v, float) for w, v in stored.items()}, people)

    return make


def totals(values, scale="sum", wave="before", who=None, rows=None, file="f.csv"):
    return pd.DataFrame({
        "cohort": "one", "person_id": who or [f"P{n}" for n in range(len(values))], "wave": wave, "instrument": "TRY",
        "scale": scale, "value": np.asarray(values, float), "source_file": file,
        "source_row": rows or list(range(2, 2 + len(values))), "source_column": "total_1",
    })  # fmt: skip


def compared(form, scale, supplied, values=ANSWERS, **change):
    scored = score_wide(values, instrument())[scale].score
    kind = instrument().scale(scale).model_copy(update=change)
    stored, supplied = np.asarray(values, float), np.asarray(supplied, float)
    return _Compared(form(values), kind, "before", "c", stored, supplied, scored, [("f", 2)] * len(values))


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([1, 2.0], 0), ([1, 1.5], 1), ([0.25, 1], 2), ([0.125], 3), ([0.12345], 5), ([0.123456], 6), ([1 / 3], 6),
        ([1 + 5e-10], 0), ([1 + 2e-9], 6), ([], 0), ([1e6 + 0.5], 1),
    ],
)  # fmt: skip
def test_decimals(values, decimals):
    assert _decimals(np.array(values)) == decimals


@pytest.mark.parametrize(
    ("apart", "written", "equal"),
    [
        (0.0, 1, True), (0.5, 1, True), (0.5 + 1e-9, 1, True), (0.5 + 2e-9, 1, False), (-0.5, 1, True),
        (-0.6, 1, False), (0.05, 1.5, True), (0.06, 1.5, False), (0.005, 0.25, True), (0.006, 0.25, False),
        (NAN, 1, False),
    ],
)  # fmt: skip
def test_equal_is_half_a_unit_of_the_last_decimal(apart, written, equal):
    assert _equal(np.array([0.0]), np.array([apart]), np.array([written])).tolist() == [equal]


def test_items_of_composed_scales_are_those_of_their_parts():
    known = instrument()
    assert [_items(known, known.scale(name)) for name in ("sum", "both")] == [[0, 1, 2], [0, 1, 2, 3]]


# Whole findings.


def found(form, table, **waves):
    return list(supplied_totals(form(**waves), table))


def total_finding(severity, people, seen, why, mend, scale="sum", wave="before"):
    return Finding(
        code="DOC-TOTAL", severity=severity, scale=scale, wave=wave, people=people, seen=seen, why=why, mend=mend
    )


def refusal(people, seen, mend=BY_HAND, **more):
    return total_finding("refuse", people, seen, REFUSED, f"{mend}; {ACCEPT}", **more)


def warning(people, seen):
    why = "everybody who answered every item agrees, so key and codes are right; only the rule for missing differs"
    return total_finding("warn", people, seen, why, "nothing: the score by the key is used")


def agreement(people, said, **more):
    return total_finding(
        "note", people, f"{said} in the column total_1 equal the score by the key",
        "a second computation of the same score agrees", "nothing: the score by the key is used", **more,
    )  # fmt: skip


def test_all_agree(form):
    assert found(form, totals(SUMS[:5])) == [agreement(5, "the totals of all 5 people")]
    assert found(form, totals(SUMS[:1])) == [agreement(1, "the total of the 1 person")]


def test_people_are_found_by_their_name_and_not_by_their_place(form):
    assert found(form, totals([6, 8, 5], who=["P4", "P0", "P2"])) == [agreement(3, "the totals of all 3 people")]


def test_scales_and_waves_come_in_order_and_others_are_left_out(form):
    tables = [
        totals([5, 5], wave="between", who=["P1", "P2"]), totals([3], "mean", wave="after", who=["P0"]),
        totals([8, 5], wave="before"), totals([8, 5], wave="after"),
    ]  # fmt: skip
    other = totals([1]).assign(cohort="two"), totals([1]).assign(instrument="TEQ")
    said = found(form, pd.concat([*tables, *other], ignore_index=True), before=ANSWERS, after=ANSWERS)
    two = "the totals of all 2 people"
    assert said == [
        agreement(1, "the total of the 1 person", scale="mean", wave="after"),
        agreement(2, two, wave="after"),
        agreement(2, two, wave="before"),
    ]


def differing(number, of, rows, pattern):
    said = f"in {number} of {of} the total in the column total_1 is not the score by the key ({rows}); {pattern}"
    return number, said


def test_the_rows_are_named_in_the_order_of_the_files(form):
    supplied = [8, 55, 77, 91, 63]
    table = totals(supplied, rows=[9, 4, 10, 5, 2]).assign(source_file=["a", "b", "a", "b", "a"])
    rows = "row 2 of a, row 10 of a, row 4 of b, row 5 of b"
    assert found(form, table) == [refusal(*differing(4, "5 people", rows, "no usual pattern explains it"))]
    one = totals([99], rows=[7])
    assert found(form, one) == [refusal(*differing(1, "1 person", "row 7 of f.csv", "no usual pattern explains it"))]


@pytest.mark.parametrize(("wrong", "more"), [(5, ""), (6, " and 1 more"), (7, " and 2 more")])
def test_five_rows_are_named(form, wrong, more):
    values = np.tile(ANSWERS[:1], (8, 1))
    supplied = [8 + 10.0 * n**2 for n in range(1, wrong + 1)] + [8] * (8 - wrong)
    rows = ", ".join(f"row {n} of f.csv" for n in range(2, 7)) + more
    assert found(form, totals(supplied), before=values) == [
        refusal(*differing(wrong, "8 people", rows, "no usual pattern explains it"))
    ]


def test_without_reversing_the_platform_is_asked_about(form):
    # 1 + 0 + 3, 4 + 4 + 1, 0 + 1 + 2 and 2 + 3 + 2.
    rows = "row 2 of f.csv, row 3 of f.csv, row 4 of f.csv, row 5 of f.csv"
    mend = "look at one form: set already_reversed: true for TRY if the platform has reversed the items"
    said = differing(4, "4 people", rows, f"in 4 of them it is {UNREVERSED}")
    assert found(form, totals([4, 9, 3, 7])) == [refusal(*said, mend=mend)]


@pytest.mark.parametrize(
    ("supplied", "pattern"),
    [
        ([8, 5, 5, 51], "no usual pattern explains it"),
        ([8, 5, 5, 7], f"it is {UNREVERSED}"),
        ([8, 5, 31, 7], f"it is {UNREVERSED}"),
        ([8, 47, 31, 7], "no usual pattern explains it"),
        ([77, 47, 3, 7], f"in 2 of them it is {UNREVERSED}"),
    ],
)
def test_a_pattern_fits_half_of_those_who_differ(form, supplied, pattern):
    (finding,) = found(form, totals(supplied))
    assert finding.seen.endswith(f"; {pattern}")
    assert finding.mend.startswith("look at one form" if UNREVERSED in pattern else "work out")


def test_where_complete_forms_agree_only_the_rule_for_missing_differs(form):
    # The fifth: 1 + 3 with the blank as 0.
    said = differing(1, "5 people", "row 6 of f.csv", "it is the score with missing answers counted as 0")
    assert found(form, totals([8, 5, 5, 5, 4])) == [warning(*said)]
    assert [one.severity for one in found(form, totals([8, 5, 5, 6, 4]))] == ["refuse"]
    # The fifth without reversing: (1 + 1) / 2 x 3. Nobody is sent to the form: the complete forms agree.
    said = differing(1, "5 people", "row 6 of f.csv", f"it is {UNREVERSED}")
    assert found(form, totals([8, 5, 5, 5, 3])) == [warning(*said)]


def test_without_a_complete_form_nothing_shows_that_the_key_is_right(form):
    (finding,) = found(form, totals([4], who=["P4"]))
    assert (finding.severity, finding.why, finding.mend) == ("refuse", REFUSED, f"{BY_HAND}; {ACCEPT}")


def test_a_total_of_somebody_without_a_score_differs(form):
    # One answer, 1: the mean of those answered times 3.
    said = differing(1, "6 people", "row 7 of f.csv", "it is a score from fewer answers than the manual asks for")
    assert found(form, totals([8, 5, 5, 5, 6, 3])) == [warning(*said)]


# The usual patterns.


def ways(form, scale, supplied=(50, 61, 73, 88, 95, 20), values=ANSWERS):
    return {way: other.tolist() for way, other in _ways(compared(form, scale, supplied, values))}


def close(values):
    return pytest.approx(values, nan_ok=True)


PERCENT = "the score in percent of its range"
AS_0 = "the score with missing answers counted as 0"
FEWER = "a score from fewer answers than the manual asks for"
BLANK = [*ANSWERS.tolist(), [NAN] * 5]


def test_ways_to_another_sum(form):
    assert ways(form, "sum", [*range(50, 64, 2)], BLANK) == {
        UNREVERSED: close([4, 9, 3, 7, 3, NAN, NAN]),
        AS_0: close([8, 5, 5, 5, 4, 1, 0]),
        FEWER: close([8, 5, 5, 5, 6, 3, NAN]),
        "the mean of the items, not their sum": close([8 / 3, 5 / 3, 5 / 3, 5 / 3, 2, 1, NAN]),
        "the score of mean": close([3, 1, 3, 4 / 3, 2.5, NAN, NAN]),
        "the score of alone": close([4, 2, 3, 1, 4, NAN, NAN]),
        "the score of twice": close([12, 4, 14, 4, 10, NAN, NAN]),
        "the score of both": close([12, 7, 8, 6, 10, NAN, NAN]),
        "the score of one": close([2, 0, 4, 1, 1, 2, NAN]),
        "the score of two": close([3, 1, 3.5, 1, 2.5, NAN, NAN]),
        PERCENT: close([800 / 12, 500 / 12, 500 / 12, 500 / 12, 50, NAN, NAN]),
    }


def test_ways_to_another_mean(form):
    found = ways(form, "mean")
    assert list(found)[:3] == [AS_0, FEWER, "the sum of the items, not their mean"]
    assert found[AS_0] == close([3, 1, 3, 4 / 3, 5 / 3, 2 / 3])
    assert found[FEWER] == close([3, 1, 3, 4 / 3, 2.5, 2])
    assert found["the sum of the items, not their mean"] == close([9, 3, 9, 4, 5, 2])
    assert found["the score of sum"] == close(SUMS)
    assert found[PERCENT] == close([75, 25, 75, 100 / 3, 62.5, NAN])
    assert "the score of mean" not in found


def test_ways_to_a_multiple(form):
    found = ways(form, "twice")
    assert found[AS_0] == close([12, 4, 14, 4, 10, 4])
    assert found[FEWER] == close([12, 4, 14, 4, 10, 8])
    assert found["the score before it is multiplied by 2"] == close([6, 2, 7, 2, 5, NAN])
    assert "the mean of the items, not their sum" in found


def test_a_mean_of_two_items_has_a_sum(form):
    assert ways(form, "two")["the sum of the items, not their mean"] == close([6, 2, 7, 2, 5, 2])


def test_percent_is_taken_of_the_range(form):
    found = dict(_ways(compared(form, "sum", [50] * 6, range=(2.0, 14.0))))
    assert found[PERCENT].tolist() == close([50, 25, 25, 25, 100 / 3, NAN])


@pytest.mark.parametrize("scale", ["alone", "one"])
def test_one_item_has_no_other_mean_or_sum(form, scale):
    assert [way for way in ways(form, scale) if not way.startswith("the score of ")] == [AS_0, FEWER, PERCENT]


def test_a_composed_scale_has_no_other_sum_of_items(form):
    found = ways(form, "both")
    assert [way for way in found if not way.startswith("the score of ")] == [UNREVERSED, PERCENT]
    # 4 + 4, 9 + 2, 3 + 3, 7 + 1 and (1 + 1) / 2 x 3 + 4.
    assert found[UNREVERSED] == close([8, 11, 6, 8, 7, NAN])
    assert found[PERCENT] == close([75, 43.75, 50, 37.5, 62.5, NAN])


@pytest.mark.parametrize(
    ("apart", "constant"),
    [
        ([7, 7], 0), ([7, 7, 0], 0), ([7, 7, 7], 7), ([7, 7, 7, 0], 7), ([-3, -3, -3], -3), ([1, 2, 9], 0),
        ([1, 3, 3, 9], 3), ([1, 3, 3, 9, 11], 0), ([0.25, 0.25, 0.25], 0.25), ([1 / 3] * 3, 0.333333), ([0, 0, 0], 0),
    ],
)  # fmt: skip
def test_a_constant_is_shared_by_half_and_by_three(form, apart, constant):
    values = np.tile(ANSWERS[:1], (len(apart), 1))
    assert _constant(compared(form, "sum", 8.0 + np.array(apart), values)) == constant


def test_a_constant_is_not_sought_in_people_without_a_score(form):
    values = np.vstack([ANSWERS[:1], ANSWERS[:1], ANSWERS[-1:]])
    assert _constant(compared(form, "sum", [15, 15, 15], values)) == 0
    more = np.vstack([values, ANSWERS[:1]])
    assert _constant(compared(form, "sum", [15, 15, 15, 15], more)) == 7


@pytest.mark.parametrize(
    ("shift", "way"),
    [(7, "7 more than the score"), (0.5, "0.5 more than the score"), (-2.5, "2.5 less than the score")],
)
def test_a_constant_is_a_way(form, shift, way):
    values = np.tile(ANSWERS[:1], (4, 1))
    found = ways(form, "sum", [8 + shift] * 4, values)
    assert found[way] == [8 + shift] * 4
    assert list(found)[-1] == way

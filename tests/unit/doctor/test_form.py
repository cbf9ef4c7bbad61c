"""The answers of one instrument as the checks want them: who is in, in which order, and what a blank becomes."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor.form import complete, filled, make_forms
from balint_eval.instruments.registry import known_instruments

NAN = np.nan


def test_ends_are_lowest_plus_highest(made):
    assert made("PHQ9", codes=[1, 2, 5], before=np.ones((2, 9))).ends == 6


@pytest.mark.parametrize(("codes", "step"), [([0, 1, 2], 1), ([2, 5, 8, 11], 3), ([0, 25, 50], 25)])
def test_a_step_is_the_distance_of_the_two_lowest_codes(made, codes, step):
    assert made("PHQ9", codes=codes, before=np.ones((2, 9))).step == step


def test_turned_are_the_items_of_the_key(made):
    form = made("PHQ9", codes=[1, 2, 5], change={"n_items": 4, "reverse": [1, 3]}, before=[[1, 2, 5, 1]])
    assert form.turned.tolist() == [True, False, True, False]
    assert form.keyed("before").tolist() == [[5, 2, 1, 1]]


def test_places_are_those_among_all_people_sorted(made):
    who = {"before": ["C", "A"], "after": ["B", "C", "D"]}
    form = made("PHQ9", who, before=np.ones((2, 9)), after=np.ones((3, 9)))
    assert {wave: place.tolist() for wave, place in form.places.items()} == {"before": [2, 0], "after": [1, 2, 3]}


@pytest.mark.parametrize(("who", "rated"), [("P1#1", True), ("#1", True), ("P1", False)])
def test_ratings_have_a_mark(made, who, rated):
    form = made("PHQ9", {"before": ["P0"], "after": [who]}, before=np.ones((1, 9)), after=np.ones((1, 9)))
    assert form.rated is rated


def test_people_are_counted_once(made):
    who = {"before": ["A", "B", "C"], "after": ["B", "C", "D", "E"]}
    form = made("PHQ9", who, before=np.ones((3, 9)), after=np.ones((4, 9)))
    assert (form.n_people(), form.n_people("before"), form.n_people("before", "after"), form.fewest) == (5, 3, 5, 3)


def test_waves_are_paired_in_order(made):
    form = made("PHQ9", a=np.ones((1, 9)), c=np.ones((1, 9)), b=np.ones((1, 9)))
    assert list(form.wave_pairs()) == [("a", "c"), ("a", "b"), ("c", "b")]


def test_answers_and_people_do_not_show_in_a_text_of_the_form(made):
    said = repr(made("PHQ9", {"before": ["SECRET"]}, before=np.full((1, 9), 2.0)))
    assert "SECRET" not in said
    assert "stored=" not in said
    assert "array(" not in said


def test_pairs_are_one_person_a_row_and_half_a_form_is_enough(made):
    change = {"n_items": 4, "reverse": []}
    before = [[1, 1, NAN, NAN], [2, 2, 2, 2], [3, NAN, NAN, NAN], [0, 0, 0, 0], [1, 1, 1, 3]]
    after = [[5, 5, 5, 5], [3, 3, 3, 3], [0, 0, 0, 0], [NAN, NAN, NAN, 1]]
    form = made("PHQ9", {"before": list("ABCDE"), "after": list("BACD")}, change=change, before=before, after=after)
    earlier, later = form.paired("before", "after")
    assert earlier.tolist() == [[1, 1, 2, 2], [2, 2, 2, 2]]
    assert later.tolist() == [[3, 3, 3, 3], [5, 5, 5, 5]]


def test_a_blank_becomes_the_mean_of_its_item():
    values = np.array([[1.0, NAN, NAN], [4.0, 2.0, NAN], [NAN, NAN, NAN]])
    assert filled(values).tolist() == [[1.0, 2.0, 0.0], [4.0, 2.0, 0.0], [2.5, 2.0, 0.0]]
    assert complete(np.array([[1.0, NAN], [2.0, 3.0]])).tolist() == [[2.0, 3.0]]


def rows(cohort, name, wave, n_items=9):
    return pd.DataFrame({
        "cohort": cohort, "person_id": "P1", "wave": wave, "instrument": name, "item": range(1, n_items + 1),
        "value": 1.0, "answered_on": "", "source_file": "f", "source_row": 2,
    })  # fmt: skip


def test_forms_come_by_cohort_and_name_with_waves_in_the_order_of_the_study():
    waves = ["last", "extra", "first", "added"]
    responses = pd.concat([
        *(rows("two", "PHQ9", wave) for wave in waves), rows("two", "GAD7", "first", 7), rows("one", "PHQ9", "first"),
        rows("one", "MSSE", "first"), rows("one", "unknown", "first"),
    ])  # fmt: skip
    forms = list(make_forms(responses, known_instruments(), ["first", "last"]))
    assert [(form.cohort, form.instrument.name) for form in forms] == [
        ("one", "PHQ9"),
        ("two", "GAD7"),
        ("two", "PHQ9"),
    ]
    assert list(forms[2].stored) == ["first", "last", "added", "extra"]
    assert [who.tolist() for who in forms[2].people.values()] == [["P1"]] * 4
    assert list(next(make_forms(rows("two", "PHQ9", "b"), known_instruments())).stored) == ["b"]

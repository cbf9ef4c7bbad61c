"""Careless answers: each rule at its border, on forms of a few people."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor import flags as module
from balint_eval.doctor.flags import _contradicts, _long_string, _straight, careless_answers, same_answers

CODES = (0, 1, 2, 3, 4)
NOT_READ = "such answers may have been given without reading"
STAYS = "nothing: they stay in; a sensitivity analysis may leave them out"


def sheet(made, rows, reverse=(), **change):
    rows = np.asarray(rows, float)
    change = {"n_items": rows.shape[1], "reverse": list(reverse)} | change
    return made("TEQ", codes=CODES, change=change, before=rows)


def ruled(rule, form):
    return rule(form, "before", form.stored["before"]).tolist()


def test_a_straight_line_is_an_inner_answer_or_any_on_a_form_with_reversed_items(made):
    rows = [[n] * 8 for n in range(5)] + [[2] * 7 + [1]]
    assert ruled(_straight, sheet(made, rows)) == [False, True, True, True, False, False]
    assert ruled(_straight, sheet(made, rows, [8])) == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("n_items", "run", "flagged"),
    [(9, 7, False), (9, 8, True), (20, 11, False), (20, 12, True), (16, 9, False), (16, 10, True)]
)  # fmt: skip
@pytest.mark.parametrize("start", [0, 1])
def test_a_long_string_is_eight_items_and_more_than_half(made, n_items, run, flagged, start):
    row = np.arange(n_items) % 2 * 3.0
    row[start : start + run] = 1
    row[start + run :] = np.arange(n_items - start - run) % 2 * 2
    assert ruled(_long_string, sheet(made, [row], [2])) == [flagged]
    assert ruled(_long_string, sheet(made, [row])) == [False]


def test_a_string_is_broken_by_another_answer(made):
    row = [1] * 6 + [2] + [1] * 5
    assert ruled(_long_string, sheet(made, [row], [2])) == [False]


@pytest.mark.parametrize(("n_items", "number"), [(7, 0), (8, 1)])
def test_forms_from_eight_items_on(made, n_items, number):
    assert len(list(careless_answers(sheet(made, [[2] * n_items])))) == number


def test_what_is_said_of_each(made):
    straight, string, plain = [3] * 12, [2] * 11 + [0], [0, 4] * 6
    form = sheet(made, [straight, string, plain], [1])
    first, second = careless_answers(form)
    assert (first.code, first.severity, first.wave, first.people) == ("DOC-STRAIGHT", "note", "all", 1)
    assert (first.seen, first.why, first.mend) == ("1 person gave the same answer to every item", NOT_READ, STAYS)
    assert (second.code, second.people) == ("DOC-LONGSTRING", 1)
    assert second.seen == "1 person gave the same answer to more than 60% of the items in a row"
    (two,) = careless_answers(sheet(made, [straight, straight, plain], [1]))
    assert two.seen == "2 people gave the same answer to every item"


# Four scales of four items: 1-4, 5-8, 9-12, 13-16. The first and third item of each are its odd half.
SCALES = [range(first, first + 4) for first in (1, 5, 9, 13)]


def halves(odd, even):
    row = np.zeros(16)
    for place, (one, two) in enumerate(zip(odd, even, strict=True)):
        row[4 * place : 4 * place + 4] = [one, two, one, two]
    return row


@pytest.fixture
def scaled(made):
    def make(rows, items=SCALES, reverse=()):
        scales = [made("TEQ", before=np.ones((1, 16))).instrument.scales[0].model_copy(
            update={"name": f"s{n}", "items": list(own)}) for n, own in enumerate(items)]  # fmt: skip
        return sheet(made, rows, reverse, scales=scales)

    return make


CONTRARY = halves([0, 4, 0, 4], [4, 0, 4, 0])
EVEN = halves([2, 2, 2, 2], [2, 2, 2, 2])


def test_contrary_halves_are_named(scaled):
    form = scaled([CONTRARY, *[EVEN] * 9])
    assert ruled(_contradicts, form) == [True] + [False] * 9
    said = list(careless_answers(form))
    assert [one.code for one in said] == ["DOC-STRAIGHT", "DOC-EVENODD"]
    assert said[1].seen == (
        "1 person contradict themselves between the odd and the even items of the scales (r below -0.5)"
    )


def by_hand(values, items, span):
    """Half-sums of each scale about the people's mean, correlated within a person, stepped up; and how far apart."""
    centred = values - np.nanmean(values, axis=0)
    answers = []
    for row in centred:
        odd = np.array([np.mean([row[item - 1] for item in list(own)[0::2]]) for own in items])
        even = np.array([np.mean([row[item - 1] for item in list(own)[1::2]]) for own in items])
        r = np.corrcoef(odd, even)[0, 1]
        apart = np.sqrt(np.mean(((odd - odd.mean()) - (even - even.mean())) ** 2))
        answers.append(bool(2 * r / (1 + abs(r)) < -0.5 and apart > span / 3))
    return answers


@pytest.mark.parametrize("seed", range(6))
def test_halves_as_by_hand(scaled, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, size=(60, 16)).astype(float)
    items = [*SCALES[:3], range(13, 17)]
    assert ruled(_contradicts, scaled(values, items)) == by_hand(values, items, 4)
    keyed = values.copy()
    keyed[:, [0, 6]] = 4 - keyed[:, [0, 6]]
    assert ruled(_contradicts, scaled(keyed, items, [1, 7])) == by_hand(values, items, 4)


def test_a_blank_is_no_answer_of_0(scaled):
    """People answer 3 or 4; the mean of an item is that of those who answered it."""
    values = np.random.default_rng(7).integers(0, 5, size=(60, 16)).astype(float)
    values[30:] = np.nan
    blank = by_hand(values[:30], SCALES, 4) + [False] * 30
    assert any(blank)
    assert ruled(_contradicts, scaled(values)) == blank


def test_as_contrary_as_the_threshold_is_not_contrary(scaled, monkeypatch):
    form = scaled([CONTRARY, *[EVEN] * 9])
    for threshold, flagged in ((-1.0, False), (-1.0 + 1e-9, True)):
        monkeypatch.setattr(module, "CONTRARY", threshold)
        assert ruled(_contradicts, form)[0] is flagged


@pytest.mark.parametrize(("top", "flagged"), [(2.99, True), (3.0, False), (3.01, False)])
@pytest.mark.parametrize("unit", [1.0, 0.25])
def test_halves_must_lie_more_than_a_third_of_the_codes_apart(made, unit, top, flagged):
    """Both halves lie half a point from 1.5, on opposite sides: 1 apart."""
    first, second = halves([1, 2, 1, 2], [2, 1, 2, 1]), halves([2, 1, 2, 1], [1, 2, 1, 2])
    scales = [made("TEQ", before=np.ones((1, 16))).instrument.scales[0].model_copy(
        update={"name": f"s{n}", "items": list(own)}) for n, own in enumerate(SCALES)]  # fmt: skip
    rows = 1 + unit * np.array([first, second, np.full(16, 1.5)])
    form = made("TEQ", codes=(1, 1 + unit, 1 + unit * top), change={"reverse": [], "scales": scales}, before=rows)
    assert ruled(_contradicts, form) == [flagged, flagged, False]


def test_three_people_four_scales_of_four_items(scaled):
    rows = [CONTRARY, EVEN, EVEN]
    assert ruled(_contradicts, scaled(rows)) == [True, False, False]
    assert ruled(_contradicts, scaled(rows[:2])) == [False, False]
    assert ruled(_contradicts, scaled(rows, SCALES[:3])) == [False] * 3
    assert ruled(_contradicts, scaled(rows, [*SCALES[:3], range(13, 16)])) == [False] * 3
    assert ruled(_contradicts, scaled(rows, [*SCALES, range(13, 16)])) == [True, False, False]


def test_a_straight_line_is_told_once(scaled):
    """The same answer everywhere makes halves that contradict each other once reversed; it is a straight line."""
    reverse = [2, 4, 5, 7, 10, 12, 13, 15]
    form = scaled([np.full(16, 4.0), *[np.resize([2, 2, 2, 3], 16)] * 8], reverse=reverse)
    assert ruled(_contradicts, form)[0]
    assert [(one.code, one.people) for one in careless_answers(form)] == [("DOC-STRAIGHT", 1)]


def responses(*people, cohort="one", wave="before", items=20):
    return pd.concat([
        pd.DataFrame({
            "cohort": cohort, "person_id": who, "wave": wave, "instrument": "IRI", "item": np.arange(1, items + 1),
            "value": np.asarray(values, float),
        }) for who, values in people
    ])  # fmt: skip


VARIED = np.resize([1.0, 2.0, 3.0], 20)


def test_same_answers_in_words():
    rows = responses(("A", VARIED), ("B", VARIED), ("C", VARIED[::-1]), ("D", VARIED))
    later = responses(("A", VARIED), ("B", VARIED), cohort="a", wave="z")
    earlier = responses(("A", VARIED), ("B", VARIED), cohort="a", wave="b")
    said = list(same_answers(pd.concat([rows, later, earlier])))
    assert [(one.cohort, one.wave, one.people) for one in said] == [("a", "b", 2), ("a", "z", 2), ("one", "before", 3)]
    assert (said[2].code, said[2].severity, said[2].instrument) == ("WARN-DUPCONTENT", "warn", "all")
    assert said[2].seen == ("3 people have exactly the same answers as somebody else to everything they were asked")
    assert said[2].why == "one person may have answered twice under two ids, or a row was copied"
    assert said[2].mend == "compare the rows in the export; they stay in until you take one out"


@pytest.mark.parametrize(
    ("values", "items", "number"),
    [
        (np.resize([1, 2, 3], 19), 19, 0), (np.resize([1, 2], 20), 20, 0), (np.resize([1, 2, 3], 20), 20, 1),
        ([*np.resize([1, 2, 3], 20), np.nan], 21, 1), ([*np.resize([1, 2, 3], 19), np.nan], 20, 0),
    ],
)  # fmt: skip
def test_twenty_answers_of_three_kinds(values, items, number):
    said = list(same_answers(responses(("A", values), ("B", values), items=items)))
    assert len(said) == number


def test_a_blank_is_no_answer_given():
    blank, first = [*VARIED, np.nan, 2.0], [*VARIED, 1.0, 2.0]
    assert list(same_answers(responses(("A", blank), ("B", first), items=22))) == []
    assert len(list(same_answers(responses(("A", blank), ("B", blank), items=22)))) == 1

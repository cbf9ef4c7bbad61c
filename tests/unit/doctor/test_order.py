"""Columns against items: costs, gains and equal pairs by hand, every border, and the words."""

from itertools import permutations

import numpy as np
import pytest

from balint_eval.doctor import order
from balint_eval.doctor.evidence import t_of_mean
from balint_eval.doctor.finding import Finding
from balint_eval.doctor.order import (
    _aligned,
    _cheapest,
    _differences,
    _equal_pairs,
    _explained_by_coding,
    _gain,
    _gain_elsewhere,
    _matters,
    _roles,
    _two_exchanged,
    _without_change,
    columns_out_of_order,
    identical_columns,
)

NAN = np.nan
CODES = (0, 1, 2, 3, 4)
ACCEPT = "; if a person has checked that the export is right, accept: [{}] under the items of TEQ"


@pytest.fixture
def form_of(made):
    """Give a form of some items in one scale, none reversed, unless said otherwise."""

    def make(items, who=None, scales=None, reverse=(), codes=CODES, **stored):
        base = made("TEQ", before=np.ones((1, 1))).instrument.scales[0]
        lists = [list(range(1, items + 1))] if scales is None else scales
        change = {
            "n_items": items, "reverse": list(reverse),
            "scales": [base.model_copy(update={"name": f"s{n}", "items": own}) for n, own in enumerate(lists)],
        }  # fmt: skip
        return made("TEQ", who, codes, change=change, **stored)

    return make


def answers(people, items, seed=0):
    return np.random.default_rng(seed).integers(0, 5, size=(people, items)).astype(float)


def cheapest_by_hand(earlier, later):
    """Try every order."""

    def cost(places):
        return sum(((earlier[:, item] - later[:, place]) ** 2).mean() for item, place in enumerate(places))

    return min(permutations(range(earlier.shape[1])), key=cost)


@pytest.mark.parametrize("seed", range(8))
def test_the_cheapest_order_is_the_best_of_all(seed):
    earlier, later = answers(13, 5, seed), answers(13, 5, seed + 100)
    later[:, [3, 0]] += 2.5
    found = _cheapest(earlier, later)
    assert tuple(found.tolist()) == cheapest_by_hand(earlier, later)
    assert _cheapest(earlier, earlier[:, [2, 0, 1, 4, 3]]).tolist() == [1, 2, 0, 4, 3]


def test_gain_is_what_an_order_takes_away_of_each_person():
    earlier, later = answers(6, 3, 1), answers(6, 3, 2)
    places = [2, 0, 1]
    by_hand = [
        sum((earlier[who, item] - later[who, item]) ** 2 for item in range(3))
        - sum((earlier[who, item] - later[who, places[item]]) ** 2 for item in range(3))
        for who in range(6)
    ]
    assert _gain(earlier, later, np.array(places)).tolist() == by_hand
    assert _differences(earlier, later) == pytest.approx(((earlier - later) ** 2).sum() / 6)


def test_gain_elsewhere_uses_the_order_of_the_other_folds():
    earlier, later = answers(23, 4, 3), answers(23, 4, 4)
    by_hand = np.zeros(23)
    for who in range(23):
        others = [n for n in range(23) if n % 5 != who % 5]
        places = list(cheapest_by_hand(earlier[others], later[others]))
        by_hand[who] = ((earlier[who] - later[who]) ** 2).sum() - ((earlier[who] - later[who, places]) ** 2).sum()
    assert len({tuple(cheapest_by_hand(earlier[f::5], later[f::5])) for f in range(5)}) > 1
    assert _gain_elsewhere(earlier, later) == pytest.approx(by_hand)


def test_the_general_change_of_the_keyed_answers_is_taken_away():
    earlier = np.array([[0.0, 4.0, 1.0], [2.0, 2.0, 3.0]])
    later = np.array([[1.0, 3.0, 1.0], [4.0, 1.0, 4.0]])
    turned = np.array([False, True, False])
    # The items moved by 1.5, -1 and 0.5 on average; keyed by 1.5, 1 and 0.5: by 1.
    assert _without_change(earlier, later, turned).tolist() == [[0, 4, 0], [3, 2, 3]]


def test_waves_are_given_in_steps_without_the_change(form_of):
    form = form_of(3, reverse=[2], codes=(0, 25, 50, 75, 100), before=np.ones((1, 3)))
    earlier = np.array([[0.0, 100.0, 25.0], [50.0, 50.0, 75.0]])
    later = np.array([[25.0, 75.0, 25.0], [100.0, 25.0, 100.0]])
    one, two = _aligned(form, earlier, later)
    assert one.tolist() == [[0, 4, 1], [2, 2, 3]]
    assert two.tolist() == [[0, 4, 0], [3, 2, 3]]


@pytest.mark.parametrize(("people", "rows"), [(9, 9), (10, 10), (19, 19), (20, 10), (29, 15), (30, 10)])
def test_of_many_people_every_second_or_third_is_looked_at(form_of, monkeypatch, people, rows):
    monkeypatch.setattr(order, "MOST_PEOPLE", 10)
    values = answers(people, 3)
    one, two = _aligned(form_of(3, before=np.ones((1, 3))), values, values)
    step = max(1, people // 10)
    assert len(one) == rows
    assert one.tolist() == two.tolist() == values[::step].tolist()


def test_roles_are_the_scales_and_the_key(form_of):
    form = form_of(4, scales=[[1, 2], [2, 3]], reverse=[2, 4], before=np.ones((1, 4)))
    assert _roles(form) == [
        (True, False, False), (True, True, True), (False, True, False), (False, False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("places", "matters"),
    [([0, 1, 2, 3, 4], False), ([2, 1, 0, 3, 4], False), ([1, 0, 2, 3, 4], True), ([0, 1, 3, 2, 4], True)],
)
def test_an_order_matters_where_a_score_changes(form_of, places, matters):
    form = form_of(5, scales=[[1, 2, 3], [4, 5]], reverse=[2], before=np.ones((1, 5)))
    assert _matters(form, np.array(places)) is matters


# Whole findings.


def order_finding(moved, share, people, wave="after"):
    return Finding(
        code="DOC-ORDER", wave=wave, people=people,
        seen=(
            f"the columns of '{wave}' match those of 'before' better in another order (the best match is item {moved});"
            f" it takes away {share}% of the difference between the waves"
        ),
        why="items that stand in each other's place are reversed or counted wrongly",
        mend=(
            "list under columns: of TEQ, for each wave, the columns in the order of the form"
            + ACCEPT.format("DOC-ORDER")
        ),
    )  # fmt: skip


def exchange_finding(first, second, people):
    return Finding(
        code="DOC-EXCHANGED", wave="after", people=people,
        seen=(
            f"the columns of the items {first} and {second} seem to have changed places between 'before' and 'after': "
            "who answered one higher than the other before answers it lower after"
        ),
        why="the two items are keyed in opposite ways or count for different scales",
        mend=(
            "compare the two columns of both exports and correct columns: of TEQ" + ACCEPT.format("DOC-EXCHANGED")
        ),
    )  # fmt: skip


def rotated(people, items, extra=0):
    before = answers(people, items + extra, 7)
    return {"before": before, "after": before[:, [*np.roll(range(items), 1), *range(items, items + extra)]]}


HALVES = [[1, 3, 5, 7, 9], [2, 4, 6, 8, 10]]


@pytest.mark.parametrize(("people", "number"), [(11, 0), (12, 1)])
def test_columns_moved_on_need_twelve_people(form_of, people, number):
    found = list(columns_out_of_order(form_of(6, scales=HALVES, **rotated(people, 6))))
    moved = "1 as 2, 2 as 3, 3 as 4, 4 as 5, 5 as 6, 6 as 1"
    assert found == [order_finding(moved, 100, people)] * number


@pytest.mark.parametrize(("items", "more"), [(8, ""), (9, " and 1 more"), (10, " and 2 more")])
def test_eight_of_the_moved_items_are_listed(form_of, items, more):
    (found,) = columns_out_of_order(form_of(10, scales=HALVES, **rotated(40, items, 10 - items)))
    listed = ", ".join(f"{n} as {n % items + 1}" for n in range(1, 9))
    assert found == order_finding(listed + more, 100, 40)


def test_ratings_are_not_paired(form_of):
    who = {wave: [f"P#{n:02}" for n in range(40)] for wave in ("before", "after")}
    assert list(columns_out_of_order(form_of(6, who, scales=HALVES, **rotated(40, 6)))) == []


def test_an_order_that_changes_no_score_is_not_told(form_of):
    assert list(columns_out_of_order(form_of(6, **rotated(40, 6)))) == []


def test_the_people_are_those_of_both_waves_and_the_next_waves_are_looked_at_too(form_of):
    waves = rotated(40, 6)
    few = {"before": waves["before"], "between": waves["before"][:5], "after": waves["after"]}
    found = list(columns_out_of_order(form_of(6, scales=HALVES, **few)))
    moved = "1 as 2, 2 as 3, 3 as 4, 4 as 5, 5 as 6, 6 as 1"
    assert found == [order_finding(moved, 100, 40)]


def test_a_small_difference_is_a_share_of_itself(form_of):
    """Three of ten answer 1 and 2 to the first two items, exchanged later; the others differ in nothing."""
    before = np.full((200, 4), 2.0)
    before[:60, :2] = [1, 2]
    before[60:120] = [1, 1, 3, 3]
    found = list(
        columns_out_of_order(form_of(4, scales=[[1, 3], [2, 4]], before=before, after=before[:, [1, 0, 2, 3]]))
    )
    assert _differences(before, before[:, [1, 0, 2, 3]]) == 0.6
    assert found == [order_finding("1 as 2, 2 as 1", 100, 200)]


def test_waves_that_agree_in_everything(form_of):
    values = answers(40, 6)
    assert list(columns_out_of_order(form_of(6, scales=HALVES, before=values, after=values))) == []


@pytest.fixture
def noisy(form_of):
    """Items 1 and 2 exchanged in the later wave, which also holds chance."""
    before = answers(80, 4, 9)
    after = np.clip(before[:, [1, 0, 2, 3]] + np.random.default_rng(10).integers(-1, 2, size=before.shape), 0, 4)
    return form_of(4, scales=[[1, 3], [2, 4]], before=before, after=after)


def gain_of(form):
    earlier, later = _aligned(form, *form.paired("before", "after"))
    gain = _gain_elsewhere(earlier, later)
    return gain, _differences(earlier, later)


def codes_found(form):
    return [finding.code for finding in columns_out_of_order(form)]


def test_an_order_must_fit_better_by_more_than_the_threshold(noisy, monkeypatch):
    gain, differences = gain_of(noisy)
    t = t_of_mean(gain)
    share = gain.mean() / differences
    (found,) = columns_out_of_order(noisy)
    assert found == order_finding("1 as 2, 2 as 1", round(100 * share), 80)
    monkeypatch.setattr(order, "ENOUGH_T_OF_TWO", 1000.0)
    for name, exact in (("ENOUGH_T", t), ("ENOUGH_GAIN", float(gain.mean()) / differences)):
        for factor, codes in ((0.9999, ["DOC-ORDER"]), (1, []), (1.0001, [])):
            with monkeypatch.context() as changed:
                changed.setattr(order, name, exact * factor)
                assert codes_found(noisy) == codes


def test_two_columns_are_told_where_no_whole_order_is(noisy, monkeypatch):
    monkeypatch.setattr(order, "ENOUGH_T", 1000.0)
    assert list(columns_out_of_order(noisy)) == [exchange_finding(1, 2, 80)]


def test_turned_answers_are_the_simpler_reason(noisy, monkeypatch):
    asked = []

    def explained(form, earlier, later, gain):
        asked.append(gain)
        return True

    monkeypatch.setattr(order, "_explained_by_coding", explained)
    assert codes_found(noisy) == []
    monkeypatch.setattr(order, "ENOUGH_T", 1000.0)
    assert codes_found(noisy) == []
    assert asked == [pytest.approx(gain_of(noisy)[0].mean()), 0.0]


def test_anchors_turned_round_are_no_other_order(form_of):
    before = np.clip(answers(60, 6, 11) * 0.3 + np.arange(6) * 0.5, 0, 4).round()
    form = form_of(6, scales=HALVES, reverse=[2, 5], before=before, after=4 - before)
    assert codes_found(form) == []


# Turned answers.


def after_by_hand(form, earlier, later, places):
    turned = np.isin(np.arange(1, form.instrument.n_items + 1), form.instrument.reverse)
    other = later.copy()
    other[:, places] = 4 - other[:, places]
    change = np.mean((other - earlier).mean(axis=0) * np.where(turned, -1, 1))
    return float(((earlier - other + change * np.where(turned, -1, 1)) ** 2).sum(axis=1).mean())


@pytest.mark.parametrize("places", [[0, 1, 2, 3], [1, 3], [0, 2]])
@pytest.mark.parametrize("step", [1, 10])
def test_turning_all_the_reversed_or_the_other_items_may_explain_it(form_of, monkeypatch, places, step):
    codes = [code * step for code in CODES]
    earlier, later = answers(30, 4, 12), answers(30, 4, 12)
    later[:, places] = 4 - later[:, places]
    later[::3] = answers(10, 4, 13)
    form = form_of(4, reverse=[2, 4], codes=codes, before=np.ones((1, 4)))
    now = float(((earlier - later) ** 2).sum(axis=1).mean())
    best = min(after_by_hand(form, earlier, later, some) for some in ([0, 1, 2, 3], [1, 3], [0, 2]))
    assert best == after_by_hand(form, earlier, later, places)
    assert now - best > 0.05 * now
    for gain, explained in ((0.0, True), (0.999 * (now - best) / 0.8, True), (1.001 * (now - best) / 0.8, False)):
        assert _explained_by_coding(form, earlier, later, gain) is explained
    for factor, explained in ((0.999, True), (1.001, False)):
        monkeypatch.setattr(order, "ENOUGH_GAIN", factor * (now - best) / now)
        assert _explained_by_coding(form, earlier, later, 0.0) is explained


def test_as_much_as_the_threshold_does_not_explain_it(form_of, monkeypatch):
    """Two people, two items: 8 of squared difference each, nothing left of it once turned round."""
    earlier, later = np.array([[1.0, 3.0], [3.0, 1.0]]), np.array([[3.0, 1.0], [1.0, 3.0]])
    form = form_of(2, before=np.ones((1, 2)))
    assert _differences(earlier, later) == 8
    monkeypatch.setattr(order, "ENOUGH_GAIN", 1.0)
    assert _explained_by_coding(form, earlier, later, 0.0) is False
    monkeypatch.setattr(order, "ENOUGH_GAIN", 0.99)
    assert _explained_by_coding(form, earlier, later, 0.0) is True
    assert _explained_by_coding(form, earlier, later, 10.0) is False


# Two columns.


def exchanged_by_hand(form, earlier, later, enough=4.0):
    roles, best, found = _roles(form), enough, None
    for one in range(earlier.shape[1]):
        for two in range(one + 1, earlier.shape[1]):
            gain = -(earlier[:, one] - earlier[:, two]) * (later[:, one] - later[:, two])
            t = gain.mean() / (gain.std(ddof=1) / np.sqrt(len(gain)))
            if roles[one] != roles[two] and t > best:
                best, found = t, (one + 1, two + 1)
    return found


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (0, 4), (3, 4)])
def test_the_two_columns_that_fit_best_exchanged(form_of, pair):
    form = form_of(5, scales=[[1, 2], [3, 4, 5]], reverse=[2, 4], before=np.ones((1, 5)))
    earlier = answers(60, 5, 14)
    places = np.arange(5)
    places[list(pair)] = pair[::-1]
    later = np.clip(earlier[:, places] + np.random.default_rng(15).integers(-1, 2, size=earlier.shape), 0, 4)
    assert _two_exchanged(form, earlier, later) == exchanged_by_hand(form, earlier, later) == tuple(n + 1 for n in pair)


def test_no_two_columns_where_none_fits_or_they_do_the_same(form_of):
    earlier = answers(60, 5, 14)
    assert _two_exchanged(form_of(5, reverse=[2], before=np.ones((1, 5))), earlier, earlier) is None
    assert _two_exchanged(form_of(5, before=np.ones((1, 5))), earlier, earlier[:, [1, 0, 2, 3, 4]]) is None


def test_of_two_pairs_that_fit_as_well_the_first_is_named_and_the_threshold_is_not_enough(form_of, monkeypatch):
    pair = answers(60, 2, 16)
    earlier, later = np.hstack([pair, pair]), np.hstack([pair[:, ::-1], pair[:, ::-1]])
    form = form_of(4, scales=[[1, 3], [2, 4]], before=np.ones((1, 4)))
    assert _two_exchanged(form, earlier, later) == (1, 2)
    exact = t_of_mean(-(earlier[:, 0] - earlier[:, 1]) * (later[:, 0] - later[:, 1]))
    monkeypatch.setattr(order, "ENOUGH_T_OF_TWO", exact)
    assert _two_exchanged(form, earlier, later) is None


# Identical columns.


def three_columns(people, agreeing):
    """Items 1 and 2 alike; so many agree with item 3."""
    first = np.arange(people) % 4.0
    third = first.copy()
    third[agreeing:] = 4.0
    return np.column_stack([first, first, third])


def test_equal_columns_must_be_rare_by_chance(monkeypatch):
    """Each of two pairs agrees in 7 of 12: 3 x (7 / 12)^12 = .0047; in 8 of 12 it is .023."""
    assert _equal_pairs(three_columns(12, 7)) == [(1, 2)]
    assert _equal_pairs(three_columns(12, 8)) == []
    monkeypatch.setattr(order, "CHANCE_OF_EQUAL", 3 * (8 / 12) ** 12 * (1 - 1e-12))
    assert _equal_pairs(three_columns(12, 8)) == []
    monkeypatch.setattr(order, "CHANCE_OF_EQUAL", 3 * (8 / 12) ** 12 * (1 + 1e-12))
    assert _equal_pairs(three_columns(12, 8)) == [(1, 2)]


def test_a_chance_just_at_the_threshold_is_rare_enough(monkeypatch):
    monkeypatch.setattr(order, "CHANCE_OF_EQUAL", 3 * 0.5**12)
    assert _equal_pairs(three_columns(12, 6)) == [(1, 2)]


def test_the_usual_agreement_is_that_of_the_highest_pairs_that_differ(monkeypatch):
    """Of 27 pairs that differ the 95 % quantile stands at place 0.95 x 26 = 24.7, counted from 0."""
    rows = np.random.default_rng(17).integers(0, 2, size=(30, 8)).astype(float)
    rows[:, 7] = rows[:, 0]
    shares = sorted((rows[:, a] == rows[:, b]).mean() for a in range(8) for b in range(a + 1, 8))
    assert shares[-2] < shares[-1] == 1
    usual = shares[24] + 0.7 * (shares[25] - shares[24])
    for factor, pairs in ((0.999, []), (1.001, [(1, 8)])):
        monkeypatch.setattr(order, "CHANCE_OF_EQUAL", factor * usual**30 * 28)
        assert _equal_pairs(rows) == pairs


@pytest.mark.parametrize(("people", "number"), [(11, 0), (12, 1)])
def test_equal_columns_need_twelve_complete_rows(people, number):
    rows = np.vstack([three_columns(people, 3), [[1.0, 2.0, NAN]] * 5])
    assert _equal_pairs(rows) == [(1, 2)] * number


def test_columns_that_do_not_vary_are_not_copies():
    rows = np.column_stack([np.full((20, 2), 3.0), np.arange(20) % 5.0, np.arange(20) % 3.0])
    assert _equal_pairs(rows) == []
    assert _equal_pairs(np.column_stack([rows, rows[:, 2]])) == [(3, 5)]


@pytest.mark.parametrize("items", [1, 2, 3])
def test_where_all_columns_are_alike_nothing_can_be_said(items):
    assert _equal_pairs(np.tile(np.arange(20)[:, None] % 5.0, (1, items))) == []


def identical_finding(listed, wave, people, where):
    return Finding(
        code="DOC-IDENTICAL", wave=wave, people=people,
        seen=f"the items {listed} have the same answer from everybody in {where}",
        why="one column was most likely copied over another, so an item is counted twice and one is lost",
        mend="export again, or correct columns: of TEQ" + ACCEPT.format("DOC-IDENTICAL"),
    )  # fmt: skip


def test_identical_columns_are_told_of_their_waves(form_of):
    before, after = answers(30, 6, 18), answers(25, 6, 19)
    assert list(identical_columns(form_of(6, before=before, after=after))) == []
    after[:, 4] = after[:, 1]
    found = list(identical_columns(form_of(6, before=before, after=after)))
    assert found == [identical_finding("2 and 5", "after", 25, "'after'")]
    before[:, 3] = before[:, 0]
    found = list(identical_columns(form_of(6, before=before, after=after)))
    assert found == [identical_finding("1 and 4, 2 and 5", "all", 30, "'after', 'before'")]


def test_five_pairs_of_identical_columns_are_listed(form_of):
    values = answers(60, 7, 20)
    copied = np.hstack([values, values[:, :6]])
    (found,) = identical_columns(form_of(13, before=copied))
    listed = ", ".join(f"{n} and {n + 7}" for n in range(1, 6))
    assert found == identical_finding(listed, "before", 60, "'before'")

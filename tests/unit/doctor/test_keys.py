"""Items against the key: each measure by hand, each border, whole findings, and which wave is named."""

import math

import numpy as np
import pytest

from balint_eval.doctor import keys
from balint_eval.doctor.evidence import against, column_correlations, expected_z, log_odds
from balint_eval.doctor.finding import Finding
from balint_eval.doctor.keys import (
    _against_other,
    _alpha_stored,
    _between,
    _few_others,
    _places,
    _scale_rows,
    _turned,
    _turned_round,
    _wrong_in_wave,
    _wrong_items,
    judgeable,
    mixed_scales,
    person_means,
    reversed_already,
    single_items,
)

NAN = np.nan
CODES = (0, 1, 2, 3, 4)
TURNED = [1, 3]
"""Places of the reversed items 2 and 4 of a form of six."""


def keyed_answers(people, seed, items=6, noise=0.6):
    """People from low to high on every item, with some noise, as they are once keyed."""
    rng = np.random.default_rng(seed)
    trait = np.linspace(-1.5, 1.5, people)[rng.permutation(people), None]
    return np.clip(np.round(2 + trait + noise * rng.normal(size=(people, items))), 0, 4)


def on_the_form(keyed, places=TURNED):
    stored = keyed.copy()
    stored[:, places] = 4 - stored[:, places]
    return stored


@pytest.fixture
def six(made):
    """Give a form of six items, 2 and 4 reversed, all in one scale unless said otherwise."""

    def make(who=None, scales=None, reverse=(2, 4), items=6, **stored):
        base = made("TEQ", before=np.ones((1, 1))).instrument.scales[0]
        lists = {"total": list(range(1, items + 1))} if scales is None else scales
        change = {
            "n_items": items, "reverse": list(reverse),
            "scales": [base.model_copy(update={"name": name, "items": own}) for name, own in lists.items()],
        }  # fmt: skip
        return made("TEQ", who, CODES, change=change, **stored)

    return make


def alpha(rows):
    """Cronbach's alpha by its textbook formula."""
    k = rows.shape[1]
    return k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))


def r_with_rest(rows, place):
    return np.corrcoef(rows[:, place], np.delete(rows, place, axis=1).sum(axis=1))[0, 1]


def test_scales_with_items_of_both_kinds(six):
    lists = {"none": [1, 3, 5], "all": [2, 4], "both": [1, 2], "most": [2, 3, 4]}
    form = six(scales=lists, before=np.ones((2, 6)))
    assert [scale.name for scale in mixed_scales(form)] == ["both", "most"]


@pytest.mark.parametrize(("people", "can"), [(19, False), (20, True), (21, True)])
def test_twenty_rows_can_be_judged(people, can):
    rows = np.tile(np.arange(people) % 2, (3, 1)).T
    assert judgeable(rows) is can
    rows[:, 1] = 3
    assert judgeable(rows) is False


def test_rows_of_a_scale_are_keyed_complete_and_of_the_waves_asked_for(six):
    before = [[0, 1, 2, 3, 4, 0], [1, NAN, 1, 1, 1, 1], [1, 1, NAN, 1, 1, 3]]
    form = six(scales={"some": [4, 2, 6]}, before=before, after=[[4, 4, 4, 4, 4, 4]])
    scale = form.instrument.scales[0]
    assert _scale_rows(form, scale, ["before"]).tolist() == [[1, 3, 0], [3, 3, 3]]
    assert _scale_rows(form, scale, ["after"]).tolist() == [[0, 0, 4]]
    assert _scale_rows(form, scale, ["before", "after"]).tolist() == [[1, 3, 0], [3, 3, 3], [0, 0, 4]]
    assert _places(form, scale) == [0, 1]


def test_turning_items_round_leaves_the_others_and_the_rows_alone(six):
    form, rows = six(before=np.ones((1, 6))), np.array([[0.0, 1.0, 4.0]])
    assert _turned_round(rows, form, [0, 2]).tolist() == [[4, 1, 0]]
    assert _turned_round(rows, form, []).tolist() == [[0, 1, 4]]
    assert rows.tolist() == [[0, 1, 4]]


def test_sum_of_the_reversed_items_against_the_sum_of_the_others():
    rows = keyed_answers(15, 2)
    by_hand = np.corrcoef(rows[:, 1] + rows[:, 3], rows[:, [0, 2, 4, 5]].sum(axis=1))[0, 1]
    assert _between(rows, TURNED) == pytest.approx(by_hand)


def test_alpha_without_reversing(six):
    keyed = keyed_answers(30, 3)
    form = six(before=keyed)
    scale = form.instrument.scales[0]
    assert _alpha_stored(keyed, form, scale) == pytest.approx(alpha(on_the_form(keyed)))


def turned_rows(form, keyed):
    return _turned(keyed, form, form.instrument.scales[0])


def test_turned_is_against_the_others_and_less_one_scale_than_as_stored(six, monkeypatch):
    sound = keyed_answers(40, 4)
    twice = on_the_form(sound)
    form = six(before=sound)
    assert turned_rows(form, twice) is True
    assert turned_rows(form, sound) is False
    deviation = math.atanh(max(_between(twice, TURNED), -0.98)) * math.sqrt(37)
    assert deviation < -1
    monkeypatch.setattr(keys, "CLEARLY", -deviation * 1.0001)
    assert turned_rows(form, twice) is False
    monkeypatch.setattr(keys, "CLEARLY", -deviation * 0.9999)
    assert turned_rows(form, twice) is True


def test_exactly_as_far_as_the_threshold_is_not_clearly(six, monkeypatch):
    twice = on_the_form(keyed_answers(40, 4))
    form = six(before=twice)
    exact = keys.fisher_z(np.array([_between(twice, TURNED)]), 40)[0]
    monkeypatch.setattr(keys, "CLEARLY", -exact)
    assert turned_rows(form, twice) is False


@pytest.mark.parametrize(("stored", "keyed", "turned"), [(0.5, 0.4, True), (0.4, 0.4, False), (0.4, 0.5, False)])
def test_turned_needs_a_higher_alpha_before_reversing(six, monkeypatch, stored, keyed, turned):
    rows = on_the_form(keyed_answers(40, 4))
    monkeypatch.setattr(keys, "_alpha_stored", lambda *_: stored)
    monkeypatch.setattr(keys, "cronbach_alpha", lambda _: type("Alpha", (), {"alpha": keyed}))
    assert turned_rows(six(before=rows), rows) is turned


def odds_by_hand(rows):
    """-2 times the deviation of each item's correlation with the rest and the median size of them."""
    z = np.array([math.atanh(r_with_rest(rows, place)) for place in range(rows.shape[1])]) * math.sqrt(len(rows) - 3)
    return -2 * z * np.median(np.abs(z))


def test_single_items_that_go_against_the_rest(monkeypatch):
    rows = on_the_form(keyed_answers(60, 5), [4])
    assert (odds_by_hand(rows) > 5).tolist() == [False, False, False, False, True, False]
    found = _wrong_items(rows)
    assert found == {4: pytest.approx(r_with_rest(rows, 4))}
    assert _wrong_items(keyed_answers(60, 5)) == {}
    rest = against(rows)
    exact = log_odds(rest, expected_z(rest, 60), 60)
    assert exact == pytest.approx(odds_by_hand(rows))
    monkeypatch.setattr(keys, "ENOUGH_ODDS", exact[4])
    assert _wrong_items(rows) == {}


def test_few_items_are_named_where_turning_them_mends_more(six, monkeypatch):
    sound = keyed_answers(60, 6)
    rows = on_the_form(sound, [4])
    form = six(before=rows)
    scale = form.instrument.scales[0]
    assert alpha(sound) > alpha(on_the_form(rows))
    assert _few_others(rows, form, scale) == {4: pytest.approx(r_with_rest(rows, 4))}
    assert _few_others(sound, form, scale) == {}
    # As good as without reversing is not better.
    exact = keys.cronbach_alpha(sound).alpha
    for stored, number in ((exact, 0), (exact - 1e-9, 1)):
        monkeypatch.setattr(keys, "_alpha_stored", lambda *_, stored=stored: stored)
        assert len(_few_others(rows, form, scale)) == number


def test_of_items_reversed_by_the_platform_none_is_named_alone(six):
    rows = on_the_form(keyed_answers(60, 7, noise=0.4))
    form = six(before=rows)
    assert set(_wrong_items(rows)) == {1, 3}
    # Turning the two is the same as not reversing them: it mends as much, not more.
    assert _few_others(rows, form, form.instrument.scales[0]) == {}


def reversed_text(rows):
    listed = ", ".join(f"item {place + 1} {r_with_rest(rows, place):.2f}" for place in TURNED)
    between = np.corrcoef(rows[:, TURNED].sum(axis=1), np.delete(rows, TURNED, axis=1).sum(axis=1))[0, 1]
    return (
        f"after reversing by the key, the reversed items go against the others (r {between:.2f}; with the rest of the "
        f"scale {listed}); alpha is {alpha(rows):.3f} after and {alpha(on_the_form(rows)):.3f} before reversing"
    )


def reversed_finding(rows, wave, people, where):
    return Finding(
        code="WARN-ALPHA", scale="total", wave=wave, people=people, seen=reversed_text(rows),
        why="the platform has most likely reversed these items already; reversing twice turns them round",
        mend=(
            f"set already_reversed: true for TEQ{where} in the study file, or key_confirmed: true if a person has "
            "checked that the export holds the answers as given"
        ),
    )  # fmt: skip


def test_reversed_in_every_wave_is_told_once_over_all_waves(six):
    before, after = keyed_answers(30, 8), keyed_answers(35, 9)
    found = list(reversed_already(six(before=before, after=after)))
    assert found == [reversed_finding(on_the_form(np.vstack([before, after])), "all", 35, "")]


def test_reversed_in_one_wave_is_told_of_that_wave(six):
    before, after = keyed_answers(30, 8), keyed_answers(35, 9)
    found = list(reversed_already(six(before=on_the_form(before), after=after)))
    assert found == [reversed_finding(on_the_form(after), "after", 35, " for the export of that wave")]


def test_nothing_is_said_of_a_sound_scale(six):
    stored = on_the_form(keyed_answers(30, 8))
    assert list(reversed_already(six(before=stored, after=stored))) == []
    assert list(single_items(six(before=stored, after=stored))) == []


@pytest.mark.parametrize(("people", "number"), [(9, 0), (10, 1)])
def test_small_waves_are_pooled(six, people, number):
    waves = [keyed_answers(people, 8), keyed_answers(people, 9)]
    found = list(reversed_already(six(before=waves[0], after=waves[1])))
    assert found == [reversed_finding(on_the_form(np.vstack(waves)), "all", people, "")] * number


def test_a_small_wave_beside_a_large_one_is_not_judged(six):
    waves = {"before": on_the_form(keyed_answers(30, 8)), "after": keyed_answers(19, 9)}
    assert list(reversed_already(six(**waves))) == []
    found = list(reversed_already(six(before=keyed_answers(30, 8), after=on_the_form(keyed_answers(19, 9)))))
    assert [(finding.wave, finding.people) for finding in found] == [("all", 30)]


def item_finding(rows, wave, people, *places, scale="total", items=range(1, 7)):
    listed = ", ".join(f"item {items[place]} {r_with_rest(rows, place):.2f}" for place in places)
    return Finding(
        code="DOC-ITEMKEY", scale=scale, wave=wave, people=people,
        seen=f"after reversing by the key, single items go against the rest of the scale ({listed})",
        why="such an item is reversed although it should not be, or the other way round, or it is another item",
        mend=(
            "hold the item against the form and the columns of TEQ against the order of the form, and correct the "
            "export or columns:; or key_confirmed: true if a person has checked them"
        ),
    )  # fmt: skip


def test_where_a_single_item_explains_it_the_item_is_named_and_not_the_key(six):
    """Items 2 and 3 exchanged in the columns, 2 the only reversed one: its sum goes against the others."""
    keyed = keyed_answers(60, 10)
    as_scored = on_the_form(keyed, [1, 2])
    form = six(reverse=[2], before=on_the_form(as_scored, [1]), after=on_the_form(keyed, [1]))
    assert list(reversed_already(form)) == [item_finding(as_scored, "before", 60, 1, 2)]


def test_findings_of_items_are_told_for_each_wave_that_has_one(six):
    keyed = keyed_answers(60, 10)
    wrong = on_the_form(on_the_form(keyed, [1, 2]), [1])
    both = list(reversed_already(six(reverse=[2], before=wrong, after=wrong)))
    assert [finding.wave for finding in both] == ["before", "after"]
    assert {finding.code for finding in both} == {"DOC-ITEMKEY"}


def test_where_one_wave_is_explained_by_items_only_that_wave_is_told(six):
    """Both waves go against the key; in the second no single item explains it."""
    keyed = keyed_answers(60, 10)
    form = six(reverse=[2], before=on_the_form(on_the_form(keyed, [1, 2]), [1]), after=keyed)
    assert [(finding.code, finding.wave) for finding in reversed_already(form)] == [("DOC-ITEMKEY", "before")]


def test_a_single_item_is_named_over_each_persons_mean_of_the_waves(six):
    before, after = (on_the_form(keyed_answers(30, seed), [4]) for seed in (11, 12))
    form = six(before=on_the_form(before), after=on_the_form(after))
    means = (before - before.mean(axis=0) + after - after.mean(axis=0)) / 2
    assert list(single_items(form)) == [item_finding(means, "all", 30, 4)]


def test_items_of_a_scale_are_named_by_their_number(six):
    keyed = on_the_form(keyed_answers(40, 11), [4])
    lists = {"three": [4, 5, 6], "four": [6, 5, 4, 3]}
    form = six(scales=lists, before=on_the_form(keyed))
    own = [5, 4, 3, 2]
    assert list(single_items(form)) == [
        item_finding((keyed - keyed.mean(axis=0))[:, own], "all", 40, 1, scale="four", items=[6, 5, 4, 3])
    ]


@pytest.mark.parametrize(("people", "number"), [(19, 0), (20, 1)])
def test_single_items_need_twenty_people(six, people, number):
    keyed = on_the_form(keyed_answers(people, 13, noise=0.3), [4])
    assert len(list(single_items(six(before=on_the_form(keyed))))) == number


def test_a_scale_that_is_too_small_does_not_hide_the_next(six):
    keyed = on_the_form(keyed_answers(40, 11), [4])
    few = on_the_form(keyed)
    form = six(scales={"a": [1, 2, 3, 6], "b": [1, 2, 3, 4, 5]}, before=few)
    assert [finding.scale for finding in single_items(form)] == ["b"]


def test_person_means_are_about_the_mean_of_each_item_and_wave(six):
    who = {"before": ["B", "A", "C"], "after": ["C", "D"]}
    before = np.array([[0, 0, 1, 1, 2, 2], [1, 1, 1, NAN, 4, 0], [2, 2, 4, 0, 3, 1]], dtype=float)
    after = np.array([[4, 1, 0, 0, 2, 2], [0, 1, 2, 2, 4, 4]], dtype=float)
    form = six(who, before=before, after=after)
    key_1, key_2 = on_the_form(before), on_the_form(after)
    key_1[1, 3] = (3 + 4) / 2
    one, two = key_1 - key_1.mean(axis=0), key_2 - key_2.mean(axis=0)
    by_hand = np.array([one[1], one[0], (one[2] + two[0]) / 2, two[1]])
    assert person_means(form) == pytest.approx(by_hand)


def test_each_item_against_the_sum_of_the_others_in_the_other_wave():
    here, there = keyed_answers(12, 14), keyed_answers(12, 15)
    by_hand = [np.corrcoef(here[:, k], np.delete(there, k, axis=1).sum(axis=1))[0, 1] for k in range(6)]
    assert _against_other(here, there) == pytest.approx(by_hand)


@pytest.fixture
def one_wave_wrong(six):
    """Three waves of the same people in which item 5 is turned round in the second."""
    rng = np.random.default_rng(16)
    waves = {}
    first = keyed_answers(50, 16)
    for wave in ("before", "after", "later"):
        moved = np.clip(first + rng.integers(-1, 2, size=first.shape), 0, 4)
        waves[wave] = on_the_form(moved, [*TURNED, 4] if wave == "after" else TURNED)

    def make(people=50, who=None, **more):
        return six(who, **{wave: stored[:people] for wave, stored in waves.items()}, **more)

    return make


def wave_odds(form, wave, own):
    """Three correlations, with the rest, with the rest elsewhere and with itself elsewhere: 1, 1/2 and 1/2."""
    others = [other for other in form.stored if other != wave]
    here = np.vstack([on_the_form(form.stored[wave])[:, own]] * len(others))
    there = np.vstack([on_the_form(form.stored[other])[:, own] for other in others])
    people, odds = len(form.stored[wave]), np.zeros(len(own))
    for weight, r in (
        (1.0, [r_with_rest(here, k) for k in range(len(own))]),
        (0.5, [np.corrcoef(here[:, k], np.delete(there, k, axis=1).sum(axis=1))[0, 1] for k in range(len(own))]),
        (0.5, [np.corrcoef(here[:, k], there[:, k])[0, 1] for k in range(len(own))]),
    ):
        z = np.arctanh(r) * math.sqrt(people - 3)
        odds += weight * -2 * z * np.median(np.abs(z))
    return odds


@pytest.mark.parametrize("own", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 1]])
def test_an_item_turned_in_one_wave(one_wave_wrong, monkeypatch, own):
    form = one_wave_wrong(scales={"total": [place + 1 for place in own]})
    scale = form.instrument.scales[0]
    odds = wave_odds(form, "after", own)
    here = np.vstack([on_the_form(form.stored["after"])[:, own]] * 2)
    place = own.index(4)
    assert _wrong_in_wave(form, scale, "after") == {place: pytest.approx(r_with_rest(here, place))}
    assert [_wrong_in_wave(form, scale, wave) for wave in ("before", "later")] == [{}, {}]
    for enough, number in ((odds[place] * 0.999999, 1), (odds[place] * 1.000001, 0)):
        monkeypatch.setattr(keys, "ENOUGH_ODDS_IN_WAVE", enough)
        assert len(_wrong_in_wave(form, scale, "after")) == number


def test_odds_in_one_wave_must_be_above_the_threshold(one_wave_wrong, monkeypatch):
    form = one_wave_wrong()
    own = np.arange(6)
    here = np.concatenate([form.keyed("after")[:, own]] * 2)
    there = np.concatenate([form.keyed("before")[:, own], form.keyed("later")[:, own]])
    odds = [log_odds(r, expected_z(r, 50), 50) for r in (
        against(here), _against_other(here, there), column_correlations(here, there))]  # fmt: skip
    exact = odds[0] + 0.5 * (odds[1] + odds[2])
    monkeypatch.setattr(keys, "ENOUGH_ODDS_IN_WAVE", exact[4])
    assert _wrong_in_wave(form, form.instrument.scales[0], "after") == {}


@pytest.mark.parametrize(("people", "named"), [(19, False), (20, True)])
def test_an_item_in_one_wave_needs_twenty_people_in_each_pair(one_wave_wrong, people, named):
    form = one_wave_wrong(people)
    assert (_wrong_in_wave(form, form.instrument.scales[0], "after") != {}) is named


def test_the_smallest_pair_of_waves_decides(one_wave_wrong):
    everybody = [f"P{n:02}" for n in range(50)]
    for common, named in ((19, False), (20, True)):
        who = {"before": everybody[:common] + [f"Q{n:02}" for n in range(50 - common)], "after": everybody}
        form = one_wave_wrong(who={**who, "later": everybody})
        assert (_wrong_in_wave(form, form.instrument.scales[0], "after") != {}) is named


def test_one_wave_alone_and_ratings_have_no_other_wave(six, one_wave_wrong):
    form = six(before=on_the_form(keyed_answers(50, 16), [4]))
    assert _wrong_in_wave(form, form.instrument.scales[0], "before") == {}
    rated = one_wave_wrong(who={wave: [f"P#{n:02}" for n in range(50)] for wave in ("before", "after", "later")})
    assert _wrong_in_wave(rated, rated.instrument.scales[0], "after") == {}


def test_an_item_turned_in_one_wave_is_told_of_that_wave(one_wave_wrong):
    form = one_wave_wrong()
    here = on_the_form(form.stored["after"])
    assert list(single_items(form)) == [item_finding(here, "after", 50, 4)]


def test_an_item_told_of_all_waves_is_not_told_of_each(six):
    keyed = on_the_form(keyed_answers(60, 17, noise=0.4), [4])
    stored = on_the_form(keyed)
    form = six(before=stored, after=stored, later=on_the_form(stored, [4]))
    found = list(single_items(form))
    assert [(finding.wave, finding.people) for finding in found] == [("all", 60)]

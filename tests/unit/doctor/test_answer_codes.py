"""Codes nobody uses and codes exchanged: the counts, chances and sums by hand, the words, and every border."""

import math

import numpy as np
import pytest

from balint_eval.doctor import answer_codes as module
from balint_eval.doctor.answer_codes import (
    _Evidence,
    _inner_gap,
    _judged,
    _nobody_drawn,
    _odds,
    _order,
    _rest_rows,
    _rest_scores,
    _slope_elsewhere,
    _within,
    effective_people,
    swapped_codes,
    unused_codes,
)

CODES = (0, 1, 2, 3, 4)
RNG = np.random.default_rng(31)


def answers(people, items=16):
    return RNG.integers(0, 5, size=(people, items)).astype(float)


@pytest.mark.parametrize(("used", "given", "left"), [(3, 10, 7), (0, 5, 5), (12, 40, 30), (5, 5, 1)])
def test_chance_of_drawing_nobody(used, given, left):
    assert _nobody_drawn(used, given, left) == pytest.approx(math.comb(given, used) / math.comb(given + left, used))


@pytest.mark.parametrize(("used", "number"), [(15, 0), (16, 1)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_code_nobody_gives_any_more(made, used, number, turned):
    """The wave without it has just so many people that 16 of 20 who gave it are enough, and 15 are not."""
    given, left = np.full((20, 9), 1.0), np.full((20, 9), 1.0)
    given[:used, 3] = 3
    n_left = next(n for n in range(1, 21) if math.comb(20, 16) / math.comb(20 + n, 16) < 1e-5)
    waves = {"after": left[:n_left], "before": given} if turned else {"before": given, "after": left[:n_left]}
    found = list(unused_codes(made("PHQ9", **waves)))
    assert len(found) == number
    for finding in found:
        assert (finding.code, finding.wave, finding.people, finding.severity) == (
            "DOC-UNUSED", "after", n_left, "refuse",
        )  # fmt: skip
        assert finding.seen == ("the answer 3 is missing: 16 of 20 people gave it in 'before', nobody in 'after'")
        assert finding.why == (
            "the form seems to have had other answers there, or its answers have other codes; scores do not compare"
        )
        assert finding.mend == (
            "hold the answers of that form against the declared codes; map them under answers: of PHQ9, or leave the "
            "wave out; if a person has checked that the export is right, accept: [DOC-UNUSED] under the items of PHQ9"
        )


def test_a_chance_at_the_threshold_is_not_below_it(made, monkeypatch):
    given = np.full((20, 9), 1.0)
    given[:16, 3] = 3
    form = made("PHQ9", before=given, after=np.full((20, 9), 1.0))
    chance = _nobody_drawn(16, 20, 20)
    for enough, number in ((chance, 0), (chance * (1 + 1e-12), 1)):
        monkeypatch.setattr(module, "CHANCE_OF_UNUSED", enough)
        assert len(list(unused_codes(form))) == number


def test_of_several_missing_codes_the_lowest_is_named(made):
    given, left = answers(40), answers(40)
    left[left < 2] = 2
    (finding,) = unused_codes(made("TEQ", before=given, after=left))
    used = int((given == 0).any(axis=1).sum())
    assert finding.seen == f"the answer 0 is missing: {used} of 40 people gave it in 'before', nobody in 'after'"


def test_a_code_that_one_person_still_gives_is_in_use(made):
    given, left = np.full((40, 9), 3.0), np.full((40, 9), 2.0)
    given[:, 0], left[0, 0] = 2.0, 3.0
    assert list(unused_codes(made("PHQ9", before=given, after=left))) == []


def gapped(share_left, share_right, people=20, codes=CODES):
    """Answers 0 to 4 without 2: a share of 1 and of 3, the rest 0."""
    values = np.zeros((people, 10))
    values.flat[: round(share_left * values.size)] = 1
    values.flat[values.size - round(share_right * values.size) :] = 3
    return values


@pytest.mark.parametrize(
    ("left", "right", "gap"), [(0.08, 0.3, None), (0.085, 0.3, 2), (0.3, 0.08, None), (0.3, 0.085, 2)]
)
def test_an_inner_answer_nobody_gave_between_two_that_many_gave(made, left, right, gap):
    assert _inner_gap(made("TEQ", codes=CODES, before=gapped(left, right))) == gap


@pytest.mark.parametrize(("people", "gap"), [(11, None), (12, 2)])
def test_a_gap_needs_twelve_people(made, people, gap):
    assert _inner_gap(made("TEQ", codes=CODES, before=gapped(0.3, 0.3, people))) == gap


def test_a_gap_needs_four_codes_and_is_no_end(made):
    values = np.tile([0.0, 2.0], (20, 5))
    assert _inner_gap(made("TEQ", codes=(0, 1, 2), before=values)) is None
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=values)) == 1
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=np.tile([0.0, 1.0, 2.0], (20, 3)))) is None
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=np.tile([1.0, 2.0, 3.0], (20, 3)))) is None
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=np.tile([1.0, 3.0], (20, 3)))) == 2
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=np.full((20, 3), np.nan))) is None
    few = np.full((20, 10), np.nan)
    few[:, :2] = [1.0, 3.0]
    assert _inner_gap(made("TEQ", codes=(0, 1, 2, 3), before=few)) == 2


def test_a_gap_is_told_once_for_all_waves(made):
    values = np.tile([1.0, 3.0], (20, 8))
    (finding,) = unused_codes(made("TEQ", before=values, after=values))
    assert (finding.wave, finding.people) == ("all", 20)
    assert finding.seen == ("the answer 2 is missing: nobody gave it, and many gave the answers on both sides of it")


def test_two_neighbours_are_both_asked_for(made):
    values = np.tile([0.0, 0.0, 0.0, 4.0], (20, 4))
    assert _inner_gap(made("TEQ", codes=CODES, before=values)) is None


def test_centred_over_the_chosen_rows():
    values = np.array([[1.0, 5.0, 2.0, 3.0], [3.0, 7.0, np.nan, 4.0], [8.0, 9.0, 4.0, np.nan]])
    chosen = np.array([[True, False, True, False], [True, False, False, True], [False, False, True, False]])
    assert _within(values, chosen).tolist() == [[-1, 0, -1, 0], [1, 0, 0, 0], [0, 0, 1, 0]]


def test_effective_people():
    assert effective_people(np.array([1.0, -1.0, 1.0, 1.0])) == pytest.approx(4)
    assert effective_people(np.array([3.0, 1.0])) == pytest.approx(16 / 10)


def evidence(each, weight, people=None):
    each = np.asarray(each, float)
    return _Evidence(np.arange(len(each)) if people is None else np.array(people), each, weight)


def test_odds_by_hand():
    values = np.array([1.0, -2.0] * 10)
    error = math.sqrt((values**2).sum())
    t = values.sum() / error
    assert _odds([evidence(values, 4.0)], 1.5) == pytest.approx((-2 * t * 6 / error, t))
    assert _odds([evidence(values, 4.0), evidence(values, 4.0)], 1.5) == pytest.approx((-2 * t * 6 / error, t))
    assert _odds([evidence(values, 1.0), evidence(-values, 1.0)], 1.5) == (0.0, 0.0)
    assert _odds([evidence(values, 1e6)], 1.5) == pytest.approx((-2 * t * 3, t))
    assert _odds([evidence(values, 4.0)], -1.5) == pytest.approx((0.0, t))
    small = _odds([evidence(values * 1e-3, 4.0)], 1.5)
    assert small[1] == pytest.approx(t)


@pytest.mark.parametrize(("people", "judged"), [(11, False), (12, True), (13, True)])
def test_odds_need_twelve_effective_people(people, judged):
    assert (_odds([evidence([1.0] * people, 1.0)], 1.0) != (0.0, 0.0)) == judged


@pytest.fixture
def two_scales(made):
    """Two scales that share items, one of them too short to count, over two waves of which some people miss one."""

    def make(before, after, who):
        base = made("TEQ", before=before).instrument.scales[0]
        scales = [base.model_copy(update={"name": f"s{n}", "items": items}) for n, items in enumerate(
            [[1, 2, 3, 4], [3, 4, 5, 6, 7], [8, 9, 10]])]  # fmt: skip
        return made("TEQ", who, codes=CODES, change={"n_items": 10, "reverse": [2, 5, 9], "scales": scales},
                    before=before, after=after)  # fmt: skip

    return make


@pytest.fixture
def pair_of_waves(two_scales):
    before, after = answers(30, 10), answers(25, 10)
    before[3, 2] = np.nan
    names = [f"P{n:02}" for n in range(40)]
    return two_scales(before, after, {"before": names[:30], "after": names[15:40]})


def rest_by_hand(form):
    rests = {}
    for wave, stored in form.stored.items():
        keyed = stored.copy()
        keyed[:, [1, 4, 8]] = 4 - keyed[:, [1, 4, 8]]
        keyed = keyed - np.nanmean(keyed, axis=0)
        keyed[np.isnan(keyed)] = 0
        for who, row in zip(form.people[wave], keyed, strict=True):
            rest = np.zeros(10)
            for items in ([0, 1, 2, 3], [2, 3, 4, 5, 6]):
                for item in items:
                    rest[item] += row[items].sum() - row[item]
            rests[str(who)] = rests.get(str(who), 0) + rest
    return rests


TURNED = np.where(np.isin(np.arange(10), [1, 4, 8]), -1, 1)


def test_rest_scores_by_hand(pair_of_waves):
    by_hand, given = rest_by_hand(pair_of_waves), _rest_scores(pair_of_waves)
    assert given == pytest.approx(np.array([row for _, row in sorted(by_hand.items())]))
    rows = _rest_rows(pair_of_waves)["after"]
    assert rows == pytest.approx(np.array([by_hand[who] * TURNED for who in pair_of_waves.people["after"]]))


def order_by_hand(form, wave, rest, pair):
    stored, each, weight = form.stored[wave], np.zeros(len(form.people[wave])), 0.0
    for item in range(10):
        chosen = np.flatnonzero(np.isin(stored[:, item], pair))
        if not len(chosen):
            continue
        high = (stored[chosen, item] == pair[1]) - np.mean(stored[chosen, item] == pair[1])
        score = np.array([rest[form.people[wave][n]][item] * TURNED[item] for n in chosen])
        each[chosen] += high * (score - score.mean())
        weight += (high**2).sum() * (pair[1] - pair[0])
    return each, weight


@pytest.mark.parametrize("pair", [(0, 1), (1, 3), (2, 4)])
def test_evidence_of_two_codes_by_hand(pair_of_waves, pair):
    rest = rest_by_hand(pair_of_waves)
    for wave in ("before", "after"):
        each, weight = order_by_hand(pair_of_waves, wave, rest, pair)
        given = _order(pair_of_waves, wave, _rest_rows(pair_of_waves), pair)
        assert given.each == pytest.approx(each)
        assert given.weight == pytest.approx(weight)
        assert [f"P{place:02}" for place in given.people] == pair_of_waves.people[wave].tolist()


def test_slope_of_two_other_answers(made):
    """Answers 3 and 4 of two people: the rest rises by 2 with the code."""
    values = np.ones((12, 16))
    values[:2, 0] = [3, 4]
    form, rest = made("TEQ", change={"reverse": []}, before=values), np.zeros((12, 16))
    rest[:2, 0] = [5, 7]
    assert _slope_elsewhere(form, {"before": rest}, (1, 2)) == pytest.approx(2.0)


@pytest.mark.parametrize("pair", [(0, 1), (1, 3), (2, 4)])
def test_slope_of_the_other_answers_by_hand(pair_of_waves, pair):
    rest, together, spread = rest_by_hand(pair_of_waves), 0.0, 0.0
    for wave, stored in pair_of_waves.stored.items():
        for item in range(10):
            chosen = np.flatnonzero(~np.isnan(stored[:, item]) & ~np.isin(stored[:, item], pair))
            code = stored[chosen, item] - stored[chosen, item].mean()
            score = np.array([rest[pair_of_waves.people[wave][n]][item] * TURNED[item] for n in chosen])
            together += (code * (score - score.mean())).sum()
            spread += (code**2).sum()
    assert _slope_elsewhere(pair_of_waves, _rest_rows(pair_of_waves), pair) == pytest.approx(together / spread)


def test_without_other_answers_there_is_no_slope(made):
    form = made("TEQ", before=np.tile([1.0, 2.0], (20, 8)))
    assert _slope_elsewhere(form, _rest_rows(form), (1, 2)) == 0.0


def test_all_waves_then_each_unless_there_is_one(made, pair_of_waves):
    rest = _rest_rows(pair_of_waves)
    judged = list(_judged(pair_of_waves, rest, (1, 2)))
    assert [wave for wave, _, _ in judged] == ["all", "before", "after"]
    slope = _slope_elsewhere(pair_of_waves, rest, (1, 2))
    waves = [_order(pair_of_waves, wave, rest, (1, 2)) for wave in ("before", "after")]
    assert [entry[1:] for entry in judged] == [_odds(waves, slope), _odds(waves[:1], slope), _odds(waves[1:], slope)]
    alone = made("TEQ", before=answers(20))
    assert [wave for wave, _, _ in _judged(alone, _rest_rows(alone), (1, 2))] == ["all"]


def exchanged(people, seed=3):
    """People from low to high on every item, with the codes 1 and 2 exchanged."""
    rng = np.random.default_rng(seed)
    trait = np.linspace(-2, 2, people)[:, None] + 0.5 * rng.normal(size=(people, 12))
    values = np.clip(np.round(2 + trait), 0, 4)
    return np.where(values == 1, 2, np.where(values == 2, 1, values))


@pytest.mark.parametrize(("people", "number"), [(11, 0), (40, 1)])
def test_two_codes_exchanged(made, people, number):
    scale = made("TEQ", before=np.ones((1, 1))).instrument.scales[0].model_copy(update={"items": list(range(1, 13))})
    change = {"n_items": 12, "reverse": [], "scales": [scale]}
    found = list(swapped_codes(made("TEQ", codes=CODES, change=change, before=exchanged(people))))
    assert len(found) == number
    for finding in found:
        assert (finding.code, finding.wave, finding.people, finding.severity) == ("DOC-SWAPPED", "all", 40, "refuse")
        start, t = finding.seen.split(" (t ")
        assert (
            start
            == "people who answered 2 to an item score lower on the rest of their scale than people who answered 1"
        )
        assert t.startswith("-")
        assert t.endswith(" over people and items)")
        assert len(t.split(" ")[0].split(".")[1]) == 1
        assert finding.why == "the two answers have most likely each other's code"
        assert finding.mend == (
            "hold the codes 1 and 2 against the form and correct answers: of TEQ; "
            "if a person has checked that the export is right, accept: [DOC-SWAPPED] under the items of TEQ"
        )


@pytest.mark.parametrize(("people", "number"), [(11, 0), (12, 1)])
def test_exchanged_codes_need_twelve_people_in_every_wave(made, monkeypatch, people, number):
    monkeypatch.setattr(module, "FEWEST_EFFECTIVE", 1.0)
    scale = made("TEQ", before=np.ones((1, 1))).instrument.scales[0].model_copy(update={"items": list(range(1, 13))})
    change = {"n_items": 12, "reverse": [], "scales": [scale]}
    form = made("TEQ", codes=CODES, change=change, before=exchanged(40), after=exchanged(people))
    assert len(list(swapped_codes(form))) == number


def test_odds_at_the_threshold_are_not_enough(made, monkeypatch):
    scale = made("TEQ", before=np.ones((1, 1))).instrument.scales[0].model_copy(update={"items": list(range(1, 13))})
    form = made("TEQ", codes=CODES, change={"n_items": 12, "reverse": [], "scales": [scale]}, before=exchanged(40))
    ((_, odds, _),) = _judged(form, _rest_rows(form), (1, 2))
    for enough, number in ((odds, 0), (odds * (1 - 1e-12), 1)):
        monkeypatch.setattr(module, "ENOUGH_ODDS", enough)
        assert len(list(swapped_codes(form))) == number


def test_two_codes_exchanged_in_one_wave(made):
    scale = made("TEQ", before=np.ones((1, 1))).instrument.scales[0].model_copy(update={"items": list(range(1, 13))})
    sound = exchanged(60, 4)
    sound = np.where(sound == 1, 2, np.where(sound == 2, 1, sound))
    change = {"n_items": 12, "reverse": [], "scales": [scale]}
    form = made("TEQ", codes=CODES, change=change, before=sound[:50], after=exchanged(60))
    (finding,) = swapped_codes(form)
    assert (finding.wave, finding.people) == ("after", 60)
    assert list(swapped_codes(made("TEQ", codes=CODES, change=change, before=sound, after=sound))) == []


@pytest.mark.parametrize("people", [0, 12])
def test_nothing_to_judge(made, people):
    assert list(swapped_codes(made("TEQ", codes=CODES, before=np.full((people, 16), 2.0)))) == []

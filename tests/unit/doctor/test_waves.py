"""Two waves against each other, by hand: odds, retest, profile, and the edges at which nothing is said."""

import math

import numpy as np
import pytest

from balint_eval.doctor import waves as module
from balint_eval.doctor.form import Form
from balint_eval.doctor.waves import _profile, _retest, anchors_reversed, odds_of_turned, off_by_a_step
from balint_eval.instruments.registry import known_instruments

KNOWN = known_instruments()


def names(people):
    return np.array([f"P{n:03}" for n in range(people)])


def form(name, before, after, who=None):
    ids = names(len(before)) if who is None else np.array(who)
    waves = {"before": np.asarray(before, float), "after": np.asarray(after, float)}
    return Form("one", KNOWN[name], waves, {"before": ids, "after": ids})


def ramp(name, people, top=None):
    """People from lowest to highest on every item, whose difficulty rises from the first item to the last."""
    instrument = KNOWN[name]
    codes = np.asarray(instrument.response.codes)
    trait = np.linspace(0, 1, people)[:, None] * 0.6 + np.linspace(0, 0.4, instrument.n_items)
    keyed = codes[np.clip((trait * len(codes)).astype(int), 0, len(codes) - 1)]
    places = np.asarray(instrument.reverse, dtype=int) - 1
    keyed[:, places] = codes[0] + codes[-1] - keyed[:, places]
    return keyed


@pytest.mark.parametrize(("r", "usual", "n"), [(-0.3, 0.5, 20), (0.4, 0.8, 7), (-0.6, 0.5, 200), (0.99, 0.8, 12)])
def test_odds_are_those_of_two_normal_means(r, usual, n):
    """z is normal with variance 1 and mean -m or m: log(exp(-(z+m)^2/2) / exp(-(z-m)^2/2)); m at most 4."""
    z, m = (math.atanh(min(value, 0.98)) * math.sqrt(n - 3) for value in (r, usual))
    m = min(m, 4.0)
    assert odds_of_turned(r, usual, n) == pytest.approx(-((z + m) ** 2) / 2 + (z - m) ** 2 / 2)


def test_retest_is_the_mean_over_the_scales():
    rng = np.random.default_rng(2)
    before, after = (rng.integers(0, 5, size=(40, 28)) for _ in "12")
    made = form("IRI", before, after)
    keyed = [made.keyed(wave) for wave in made.stored]
    places = [np.asarray(scale.items) - 1 for scale in KNOWN["IRI"].scales]
    by_hand = [np.corrcoef(keyed[0][:, own].sum(axis=1), keyed[1][:, own].sum(axis=1))[0, 1] for own in places]
    assert _retest(made, "before", "after") == (pytest.approx(np.mean(by_hand)), 40)


def test_ratings_of_a_person_have_no_retest():
    stored = ramp("CARE", 20)
    assert _retest(form("CARE", stored, stored, [f"P1#{n}" for n in range(20)]), "before", "after") == (0.0, 0)


def test_profile_is_the_correlation_of_the_keyed_item_means():
    rng = np.random.default_rng(3)
    before, after = (rng.integers(0, 5, size=(40, 16)) for _ in "12")
    made = form("TEQ", before, after)
    means = [made.keyed(wave).mean(axis=0) for wave in made.stored]
    assert _profile(made, "before", "after") == pytest.approx(np.corrcoef(*means)[0, 1])


@pytest.mark.parametrize(("name", "profile"), [("PSS4", 0.0), ("WHO5", 1.0)])
def test_profile_needs_five_items(name, profile):
    stored = ramp(name, 30)
    assert _profile(form(name, stored, stored), "before", "after") == pytest.approx(profile)


@pytest.mark.parametrize(("people", "found"), [(11, 0), (12, 1)])
def test_anchors_need_twelve_people(people, found):
    stored = ramp("TEQ", people)
    ends = KNOWN["TEQ"].response.codes[0] + KNOWN["TEQ"].response.codes[-1]
    findings = list(anchors_reversed(form("TEQ", stored, ends - stored)))
    assert [finding.code for finding in findings] == ["DOC-ANCHORS"] * found
    for finding in findings:
        assert finding.mend == (
            "look at the first and last answer on both forms; map the wave that is turned under answers: of TEQ; "
            "if a person has checked that the export is right, accept: [DOC-ANCHORS] under the items of TEQ"
        )
        assert finding.why == (
            "in one of the two waves the answers run from the other end; the change would have the wrong sign"
        )


@pytest.mark.parametrize(("people", "found"), [(11, 0), (12, 1)])
@pytest.mark.parametrize("step", [1, -1])
def test_a_step_needs_twelve_people_and_says_by_how_much(people, found, step):
    stored = np.full((people, 16), 2.0)
    findings = list(off_by_a_step(form("TEQ", stored, stored + step)))
    assert len(findings) == found
    for finding in findings:
        assert f"moved by {step:+.2f} steps in the items that are not reversed and by {step:+.2f}" in finding.seen
        assert finding.why == (
            "people who change move the two against each other; a coding that is a step off moves both the same way"
        )
        assert finding.mend.endswith("accept: [DOC-SHIFT] under the items of TEQ")


def test_odds_at_the_threshold_are_not_enough(monkeypatch):
    stored = ramp("TEQ", 20)
    turned = form("TEQ", stored, 4 - stored)
    retest, people = _retest(turned, "before", "after")
    odds = odds_of_turned(retest, 0.5, people) + odds_of_turned(_profile(turned, "before", "after"), 0.8, 16)
    for enough, number in ((odds, 0), (odds * (1 - 1e-12), 1)):
        monkeypatch.setattr(module, "ENOUGH_ODDS", enough)
        assert len(list(anchors_reversed(turned))) == number


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize(("shift", "number"), [(1.0, 0), (0.999, 1)])
def test_a_move_of_the_threshold_is_not_enough(monkeypatch, step, shift, number):
    monkeypatch.setattr(module, "SHIFT", shift)
    stored = np.full((20, 16), 2.0)
    assert len(list(off_by_a_step(form("TEQ", stored, stored + step)))) == number


def test_a_step_is_a_step_of_the_scale():
    teq = KNOWN["TEQ"]
    wide = teq.model_copy(update={"response": teq.response.model_copy(update={"codes": [0, 25, 50, 75, 100]})})
    stored = {"before": np.full((20, 16), 25.0), "after": np.full((20, 16), 50.0)}
    (finding,) = off_by_a_step(Form("one", wide, stored, dict.fromkeys(stored, names(20))))
    assert "+1.00 steps" in finding.seen


@pytest.mark.parametrize(("reverse", "found"), [([2], 0), ([2, 4], 1), ([1, 2, 3, 4, 5, 6, 7], 1)])
def test_a_step_needs_two_items_of_each_kind(reverse, found):
    phq = KNOWN["PHQ9"].model_copy(update={"reverse": reverse})
    stored = {"before": np.full((20, 9), 1.0), "after": np.full((20, 9), 2.0)}
    assert len(list(off_by_a_step(Form("one", phq, stored, dict.fromkeys(stored, names(20)))))) == found


def test_a_change_of_the_people_moves_the_two_against_each_other():
    stored = np.full((30, 16), 2.0)
    turned = np.isin(np.arange(1, 17), KNOWN["TEQ"].reverse)
    assert not list(off_by_a_step(form("TEQ", stored, stored + np.where(turned, -1, 1))))
    assert not list(off_by_a_step(form("TEQ", stored, stored + np.where(turned, 0, 1))))

"""The answers give the scores back, by a key worked here in a few lines of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate import answers_for, attainable_scores, leave_out
from balint_eval.simulate.answers import deal_out

# Typed from the publications' keys, not read from the registry.
KEYS = {
    ("TEQ", "total"): (range(1, 17), {2, 4, 7, 10, 11, 12, 14, 15}, 0, 4, "sum"),
    ("PSS10", "total"): (range(1, 11), {4, 5, 7, 8}, 0, 4, "sum"),
    ("CBI", "PB"): (range(1, 7), set(), 0, 100, "mean"),
    ("CBI", "WB"): (range(7, 14), {13}, 0, 100, "mean"),
    ("CBI", "CB"): (range(14, 20), set(), 0, 100, "mean"),
    ("WCW15", "total"): (range(1, 16), set(), 1, 7, "sum"),
    ("WCW15", "intrinsic"): (range(2, 15, 2), set(), 1, 7, "sum"),
    ("WCW15", "extrinsic"): (range(1, 16, 2), set(), 1, 7, "sum"),
    ("CARE", "total"): (range(1, 11), set(), 1, 5, "sum"),
    ("IRI", "PT"): ((3, 8, 11, 15, 21, 25, 28), {3, 15}, 0, 4, "sum"),
}
FORMS = [
    ("TEQ", {"total": (46, 7.5)}),
    ("PSS10", {"total": (19, 6)}),
    ("CBI", {"PB": (48, 16), "WB": (45, 16), "CB": (37, 15)}),
    ("WCW15", {"total": (70, 11)}),
    ("WCW15", {"intrinsic": (33, 6), "extrinsic": (37, 6)}),
    ("CARE", {"total": (37, 6)}),
    ("IRI", {"PT": (17, 4.5), "FS": (17, 5), "EC": (19, 4.5), "PD": (12, 4.8)}),
]


def keyed(answers, instrument, scale):
    items, reverse, low, high, rule = KEYS[(instrument, scale)]
    columns = [low + high - answers[:, i - 1] if i in reverse else answers[:, i - 1] for i in items]
    return np.array(columns).sum(axis=0) if rule == "sum" else np.array(columns).mean(axis=0)


def alpha(answers, instrument, scale):
    items, reverse, low, high, _ = KEYS[(instrument, scale)]
    turned = np.array([low + high - answers[:, i - 1] if i in reverse else answers[:, i - 1] for i in items])
    k = len(turned)
    return k / (k - 1) * (1 - turned.var(axis=1, ddof=1).sum() / turned.sum(axis=0).var(ddof=1))


def simulated(form, people=600, seed=1):
    name, scales = form
    rng = np.random.default_rng(seed)
    scores = {scale: rng.normal(mean, sd, people) for scale, (mean, sd) in scales.items()}
    return name, scores, answers_for(known_instruments()[name], scores, rng)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}-{'-'.join(form[1])}")
def test_the_key_gives_the_scores_back(form):
    name, scores, answers = simulated(form)
    instrument = known_instruments()[name]
    assert set(np.unique(answers)) <= set(instrument.response.codes)
    for scale, wanted in scores.items():
        if (name, scale) not in KEYS:
            continue
        expected = attainable_scores(instrument, scale, wanted)
        np.testing.assert_allclose(keyed(answers, name, scale), expected, atol=1e-9)
        size = len(KEYS[(name, scale)][0])
        grain = 1 if KEYS[(name, scale)][4] == "sum" else 25 / size
        inside = (wanted > instrument.scale(scale).range[0]) & (wanted < instrument.scale(scale).range[1])
        assert (np.abs(expected - wanted)[inside] <= grain / 2 + 1e-9).all()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0]}-{'-'.join(form[1])}")
def test_alpha_is_plausible(form):
    name, scores, answers = simulated(form)
    for scale in scores:
        if (name, scale) in KEYS:
            assert 0.70 < alpha(answers, name, scale) < 0.90


def test_people_do_not_answer_in_straight_lines():
    _, _, answers = simulated(FORMS[0])
    assert (answers.std(axis=1) > 0).mean() > 0.99


def test_the_mean_survives_rounding_and_clipping():
    name, scores, answers = simulated(FORMS[0], people=5000)
    assert keyed(answers, name, "total").mean() == pytest.approx(scores["total"].mean(), abs=0.05)


def test_scores_outside_the_range_are_clipped():
    instrument = known_instruments()["TEQ"]
    answers = answers_for(instrument, {"total": [-20.0, 400.0]}, np.random.default_rng(1))
    assert keyed(answers, "TEQ", "total").tolist() == [0, 64]


def test_who_has_no_score_answers_nothing():
    instrument = known_instruments()["PSS10"]
    answers = answers_for(instrument, {"total": [np.nan, 20.0]}, np.random.default_rng(1))
    assert np.isnan(answers[0]).all()
    assert not np.isnan(answers[1]).any()
    nobody = answers_for(instrument, {"total": [np.nan]}, np.random.default_rng(1))
    assert np.isnan(nobody).all()


@pytest.mark.parametrize(
    ("name", "scores"),
    [("CBI", {"PB": [50.0], "WB": [50.0]}), ("WCW15", {"total": [70.0], "intrinsic": [33.0]})],
)
def test_scales_must_cover_the_form_once(name, scores):
    with pytest.raises(ValueError, match=f"each item of {name} once"):
        answers_for(known_instruments()[name], scores, np.random.default_rng(1))


def test_uneven_codes_and_composed_scales_are_refused():
    teq = known_instruments()["TEQ"]
    uneven = teq.model_copy(update={"response": teq.response.model_copy(update={"codes": [0, 1, 2, 3, 9]})})
    with pytest.raises(ValueError, match="not evenly spaced"):
        attainable_scores(uneven, "total", [40.0])
    composed = teq.scale("total").model_copy(update={"items": [], "of": ["total"]})
    with pytest.raises(ValueError, match="composed of other scales"):
        attainable_scores(teq.model_copy(update={"scales": [composed]}), "total", [40.0])


def test_a_share_of_answers_is_left_out():
    answers = np.ones((400, 20))
    left = leave_out(answers, 0.01, np.random.default_rng(1))
    assert np.isnan(left).mean() == pytest.approx(0.01, abs=0.005)
    assert not np.isnan(answers).any()


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 20), top=st.integers(1, 10), noise=st.floats(0, 5))
def test_dealing_out_is_exact_whatever_the_total(data, size, top, noise):
    totals = np.array(data.draw(st.lists(st.integers(0, size * top), min_size=1, max_size=8)))
    items = deal_out(totals, size, top, noise, np.random.default_rng(0))
    assert items.sum(axis=1).tolist() == totals.tolist()
    assert items.min() >= 0
    assert items.max() <= top

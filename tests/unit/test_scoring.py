"""Scoring: people scored by hand, a second implementation, and relations that hold whatever the answers."""

import math
import random

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments
from balint_eval.scoring import keyed_answers, reversed_by_key, score_responses, withhold

KNOWN = known_instruments()
NAMES = sorted(KNOWN)
# The instruments of the demo and of the real data; the others are held by the second implementation.
CORE = ["CARE", "CBI", "GAD7", "IRI", "OLBI", "PHQ9", "PSS10", "TEQ", "WCW15"]


def responses(instrument, *people, wave="before"):
    """A responses table: one dictionary of item to answer a person, absent = not answered."""
    rows = [
        {"cohort": "one", "person_id": f"P{n}", "wave": wave, "instrument": instrument.name, "item": item,
         "value": answers.get(item, np.nan), "answered_on": "", "source_file": "f", "source_row": n + 2}
        for n, answers in enumerate(people)
        for item in range(1, instrument.n_items + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def scores(name, *people, **options):
    instrument = KNOWN[name] if isinstance(name, str) else name
    table = score_responses(responses(instrument, *people), {instrument.name: instrument}, **options)
    return [table[table["person_id"] == f"P{n}"].set_index("scale") for n in range(len(people))]


def person(name, *answers):
    assert len(answers) == KNOWN[name].n_items
    return {item: answer for item, answer in enumerate(answers, start=1) if answer is not None}


BY_HAND = [
    # 16 items, 0-4; 2 4 7 10 11 12 14 15 are reversed (4 - answer).
    # kept: 1:4 3:3 5:2 6:1 8:0 9:4 13:3 16:2 = 19; reversed: 4-0 4-1 4-2 4-3 4-4 4-0 4-1 4-2 = 4+3+2+1+0+4+3+2 = 19.
    ("TEQ", (4, 0, 3, 1, 2, 1, 2, 0, 4, 3, 4, 0, 3, 1, 2, 2), {"total": 38}),
    # 28 items, 0-4; reversed 3 4 7 12 13 14 15 18 19. All kept items 3, all reversed items 1 (4 - 1 = 3): 7 x 3 = 21.
    (
        "IRI",
        tuple(1 if item in {3, 4, 7, 12, 13, 14, 15, 18, 19} else 3 for item in range(1, 29)),
        {"PT": 21, "FS": 21, "EC": 21, "PD": 21},
    ),
    # IRI, all answers 4. PT 3 8 11 15 21 25 28: two reversed -> 5 x 4 = 20; FS 1 5 7 12 16 23 26: two -> 20;
    # EC 2 4 9 14 18 20 22: three -> 16; PD 6 10 13 17 19 24 27: two -> 20.
    ("IRI", (4,) * 28, {"PT": 20, "FS": 20, "EC": 16, "PD": 20}),
    # PB (0+25+50+75+100+50)/6 = 300/6; WB items 7-13, 13 reversed (100 - 25): (25x6 + 75)/7 = 225/7; CB 75.
    (
        "CBI",
        (0, 25, 50, 75, 100, 50, 25, 25, 25, 25, 25, 25, 25, 75, 75, 75, 75, 75, 75),
        {"PB": 50, "WB": 225 / 7, "CB": 75},
    ),
    # 1-4; reversed 2 3 4 6 8 9 11 12 (5 - answer). All answers 1.
    # DIS 1 3 6 7 9 11 13 15: reversed 3 6 9 11 -> 4 x 4 + 4 x 1 = 20; EXH 2 4 5 8 10 12 14 16: reversed 2 4 8 12 -> 20.
    ("OLBI", (1,) * 16, {"DIS": 20, "EXH": 20, "total": 40}),
    ("CARE", (5, 4, 3, 2, 1, 5, 4, 3, 2, 1), {"total": 30}),
    ("PHQ9", (0, 1, 2, 3, 0, 1, 2, 3, 1), {"total": 13}),
    ("GAD7", (3, 3, 3, 0, 0, 1, 2), {"total": 12}),
    # 0-4; reversed 4 5 7 8 (4 - answer): kept 1 2 3 6 9 10 = 4+3+2+1+0+4 = 14; reversed 4-1 4-0 4-2 4-3 = 3+4+2+1 = 10.
    ("PSS10", (4, 3, 2, 1, 0, 1, 2, 3, 0, 4), {"total": 24}),
]


@pytest.mark.parametrize(
    ("name", "answers", "expected"), BY_HAND, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(BY_HAND)]
)
def test_by_hand(name, answers, expected):
    (table,) = scores(name, person(name, *answers))
    assert table.loc[list(expected), "score"].tolist() == pytest.approx(list(expected.values()), abs=1e-12)
    assert set(table["status"]) == {"scored"}


def test_every_core_instrument_was_scored_by_hand():
    assert {name for name, *_ in BY_HAND} | {"WCW15"} == set(CORE)


def test_wcw15_by_hand():
    instrument = KNOWN["WCW15"]
    low, high = instrument.response.codes[0], instrument.response.codes[-1]
    answers = {item: high if item not in instrument.reverse else low for item in range(1, 16)}
    (table,) = scores("WCW15", answers)
    for scale in (scale for scale in instrument.scales if scale.items):
        expected = high * (len(scale.items) if scale.rule == "sum" else 1) * scale.multiply
        assert table.loc[scale.name, "score"] == expected


@pytest.mark.parametrize("name", CORE)
def test_missing_answers(name):
    instrument = KNOWN[name]
    low, high = instrument.response.codes[0], instrument.response.codes[-1]
    full = {item: (low if item in instrument.reverse else high) for item in range(1, instrument.n_items + 1)}
    for scale in (scale for scale in instrument.scales if scale.items):
        required = instrument.required_answers(scale)
        some = {item: answer for item, answer in full.items() if item not in scale.items[required:]}
        few = {item: answer for item, answer in full.items() if item not in scale.items[required - 1 :]}
        enough, too_few, none = (table.loc[scale.name] for table in scores(name, some, few, {}))
        # Every keyed answer is the highest, so is the mean that stands in.
        assert enough["score"] == pytest.approx(scale.range[1])
        assert enough["n_answered"] == required
        assert enough["status"] == ("prorated" if required < len(scale.items) else "scored")
        for row in (too_few, none):
            assert math.isnan(row["score"])
            assert row["status"] == "too_few"
            assert not row["prorated"]


def test_prorated_by_hand():
    # CARE, items 9 and 10 not answered: (5+4+3+2+1+5+4+3) / 8 x 10 = 27 / 8 x 10 = 33.75.
    (table,) = scores("CARE", person("CARE", 5, 4, 3, 2, 1, 5, 4, 3, None, None))
    assert table.loc["total", ["score", "n_answered", "status"]].tolist() == [33.75, 8, "prorated"]
    # CBI work burnout, 4 of 7 with the reversed one: (0 + 50 + 100 + (100 - 25)) / 4 = 56.25.
    answers = {7: 0, 8: 50, 9: 100, 13: 25}
    (table,) = scores("CBI", answers)
    assert table.loc["WB", "score"] == 56.25
    assert table.loc[["PB", "CB"], "status"].tolist() == ["too_few", "too_few"]


COMPOSED = Instrument.model_validate({
    "name": "SUM", "title": "t", "measures": "skill", "level": "2b", "n_items": 4, "response": {"codes": [0, 1, 2]},
    "reverse": [2], "licence": {"status": "own"},
    "scales": [
        {"name": "a", "items": [1, 2], "rule": "sum", "range": [0, 4], "higher_is": "better"},
        {"name": "both", "of": ["a", "b"], "rule": "mean", "multiply": 10, "range": [0, 50], "higher_is": "better"},
        {"name": "b", "items": [3, 4], "rule": "mean", "multiply": 3, "range": [0, 6], "higher_is": "better"},
    ],
})  # fmt: skip


def test_composed_by_hand():
    one, other = scores(COMPOSED, {1: 2, 2: 0, 3: 1, 4: 2}, {1: 2, 2: 0})
    # a = 2 + (2 - 0) = 4; b = 1.5 x 3 = 4.5; both = (4 + 4.5) / 2 x 10 = 42.5.
    assert one["score"].to_dict() == {"a": 4, "b": 4.5, "both": 42.5}
    assert one.loc["both", "n_items"] == 4
    assert other["status"].to_dict() == {"a": "scored", "b": "too_few", "both": "too_few"}


def test_a_doubtful_part_makes_the_whole_doubtful():
    (table,) = scores(COMPOSED, {1: 2, 2: 0, 3: 1, 4: 2}, doubtful=[("SUM", "a")])
    assert table["status"].to_dict() == {"a": "doubtful_key", "b": "scored", "both": "doubtful_key"}
    assert table["score"].isna().to_dict() == {"a": True, "b": False, "both": True}


def second_implementation(instrument, answers):
    """Score one person with loops over dictionaries, from the definition alone."""
    found = {}
    ends = instrument.response.codes[0] + instrument.response.codes[-1]
    most = instrument.missing.most_missing_on_form
    asked = {*range(1, instrument.n_items + 1)} - {*instrument.optional_items}
    too_many_missing = most is not None and len(asked - {*answers}) > most
    for scale in (scale for scale in instrument.scales if scale.items):
        keyed = [
            ends - answers[item] if item in instrument.reverse else answers[item]
            for item in scale.items
            if item in answers
        ]
        needed = scale.min_answered or math.ceil(len(scale.items) / 2)
        if len(keyed) < needed or not keyed or too_many_missing:
            found[scale.name] = None
            continue
        mean = math.fsum(keyed) / len(keyed)
        found[scale.name] = mean * (len(scale.items) if scale.rule == "sum" else 1) * scale.multiply
    return found


def people_of(instrument):
    answer = st.one_of(st.none(), *[st.sampled_from(instrument.response.codes)] * 4)
    person = st.lists(answer, min_size=instrument.n_items, max_size=instrument.n_items)
    return st.lists(
        person.map(lambda given: {i: a for i, a in enumerate(given, 1) if a is not None}), min_size=1, max_size=4
    )


@pytest.mark.parametrize("name", NAMES)
def test_second_implementation(name):
    instrument = KNOWN[name]

    @settings(derandomize=True, deadline=None, max_examples=6, database=None)
    @given(people_of(instrument))
    def agree(people):
        for table, answers in zip(scores(name, *people), people, strict=True):
            for scale, expected in second_implementation(instrument, answers).items():
                score = table.loc[scale, "score"]
                assert math.isnan(score) if expected is None else score == pytest.approx(expected, rel=1e-12)
                assert math.isnan(score) or table.loc[scale, "minimum"] <= score <= table.loc[scale, "maximum"]

    agree()


def random_people(instrument, number, seed, *, missing=0.1):
    rng = random.Random(f"{instrument.name} {seed}")
    return [
        {
            item: rng.choice(instrument.response.codes)
            for item in range(1, instrument.n_items + 1)
            if rng.random() > missing
        }
        for _ in range(number)
    ]


@pytest.mark.parametrize("name", CORE)
def test_reversing_twice_changes_nothing(name):
    instrument = KNOWN[name]
    values = np.random.default_rng(1).choice(instrument.response.codes, (50, instrument.n_items))
    twice = reversed_by_key(reversed_by_key(values, instrument), instrument)
    assert np.array_equal(twice, values)
    assert np.array_equal(values, np.random.default_rng(1).choice(instrument.response.codes, values.shape))


@pytest.mark.parametrize("name", CORE)
def test_order_of_rows_and_items_says_nothing(name):
    instrument = KNOWN[name]
    table = responses(instrument, *random_people(instrument, 12, 2))
    shuffled = table.sample(frac=1, random_state=3).reset_index(drop=True)
    known = {name: instrument}
    pd.testing.assert_frame_equal(score_responses(table, known), score_responses(shuffled, known))


@pytest.mark.parametrize("name", CORE)
def test_one_step_up(name):
    instrument = KNOWN[name]
    codes = instrument.response.codes
    (answers,) = random_people(instrument, 1, 4, missing=0)
    steps = [
        {**answers, item: codes[codes.index(answers[item]) + 1]}
        for item in range(1, instrument.n_items + 1)
        if answers[item] < codes[-1]
    ]
    changed = [next(item for item in step if step[item] != answers[item]) for step in steps]
    base, *tables = scores(name, answers, *steps)
    for item, table in zip(changed, tables, strict=True):
        difference = table["score"] - base["score"]
        for scale in instrument.scales:
            expected = 0 if item not in scale.items else -1 if item in instrument.reverse else 1
            assert np.sign(round(difference[scale.name], 12)) == expected


@pytest.mark.parametrize("name", CORE)
def test_shifting_codes_shifts_the_score(name):
    """Codes and answers 10 higher: sums rise by 10 x items, means by 10 (times the factor)."""
    instrument = KNOWN[name]
    people = random_people(instrument, 6, 5)
    data = instrument.model_dump()
    data["response"]["codes"] = [code + 10 for code in instrument.response.codes]
    for scale in data["scales"]:
        rise = 10 * scale["multiply"] * (len(scale["items"]) if scale["rule"] == "sum" else 1)
        scale["range"] = [end + rise for end in scale["range"]]
    shifted = Instrument.model_validate(data)
    moved = [{item: answer + 10 for item, answer in person.items()} for person in people]
    for before, after in zip(scores(name, *people), scores(shifted, *moved), strict=True):
        expected = before["score"] + (after["minimum"] - before["minimum"])
        pd.testing.assert_series_equal(after["score"], expected, check_names=False, rtol=1e-12)


def test_parts_add_up_to_the_total():
    for table in scores("OLBI", *random_people(KNOWN["OLBI"], 20, 6, missing=0)):
        assert table.loc["DIS", "score"] + table.loc["EXH", "score"] == table.loc["total", "score"]


def test_nobody():
    assert score_responses(responses(KNOWN["TEQ"]).reindex(columns=responses(KNOWN["TEQ"], {}).columns), KNOWN).empty


def test_forms_without_a_scale_get_no_score():
    form = Instrument.model_validate({**COMPOSED.model_dump(), "scales": [], "by_item": True})
    assert score_responses(responses(form, {1: 1}), {"SUM": form}).empty


@pytest.fixture(scope="module")
def facts(shared):
    path = shared / "instruments.yaml"
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["instruments"]
    return {name.replace("-", "").upper(): entry for name, entry in entries.items()}


@pytest.mark.parametrize("name", CORE)
def test_registry_equals_the_shared_facts(name, facts):
    instrument = KNOWN[name]
    if name not in facts:
        pytest.skip(f"{name} is not in the shared facts")
    entry = facts[name]
    assert instrument.n_items == entry["n_items"]
    assert instrument.response.codes == entry["response"]["codes"]
    assert instrument.reverse == (entry["reverse"] or [])
    theirs = dict(entry["subscales"] or {}) | ({"total": entry["total"]} if entry["total"] else {})
    assert {scale.name for scale in instrument.scales if scale.items} == {
        n for n, e in theirs.items() if e.get("items")
    }
    for scale in instrument.scales:
        fact = theirs[scale.name]
        assert (scale.items, scale.rule, list(scale.range), scale.higher_is) == (
            fact["items"], fact["rule"], fact["range"], fact["higher_is"],
        )  # fmt: skip
        assert scale.multiply == fact.get("multiply", 1)
    assert instrument.missing.published == entry["missing"]["published"]
    assert instrument.licence.status == entry["licence"]["status"]
    assert instrument.level.replace("_", "-") == entry["kirkpatrick"]


def test_prorated_is_marked_and_nothing_else():
    some, none = person("CARE", 5, 4, 3, 2, 1, 5, 4, 3, None, None), {}
    full = person("CARE", *[3] * 10)
    tables = scores("CARE", some, full, none)
    assert [bool(table.loc["total", "prorated"]) for table in tables] == [True, False, False]


def test_keyed_answers_are_wide_and_reversed():
    rows = [
        {"cohort": "c", "person_id": "p", "wave": "w", "instrument": "PSS10", "item": item, "value": value}
        for item, value in ((1, 3.0), (4, 3.0), (10, float("nan")))
    ]
    who, keyed = keyed_answers(pd.DataFrame(rows), KNOWN["PSS10"])
    assert who.to_dict("records") == [{"cohort": "c", "person_id": "p", "wave": "w"}]
    assert who.index.tolist() == [0]
    assert keyed.shape == (1, 10)
    assert keyed[0, [0, 3]].tolist() == [3, 1]  # the fourth is reversed: 0 + 4 - 3
    assert np.isnan(np.delete(keyed[0], [0, 3])).all()


@pytest.mark.parametrize(("scale", "held"), [("DIS", {"DIS"}), ("all", {"DIS", "EXH", "total"})])
def test_withheld_scores_keep_their_place_and_lose_their_number(scale, held):
    table = pd.concat([responses(KNOWN[name], dict.fromkeys(range(1, 16), 2)) for name in ("OLBI", "TEQ")])
    scored = score_responses(table, KNOWN)
    after = withhold(scored, [("OLBI", scale)])
    mine = (after["instrument"] == "OLBI") & after["scale"].isin(held)
    assert set(scored.loc[scored["instrument"] == "OLBI", "scale"]) == {"DIS", "EXH", "total"}
    assert scored["prorated"].sum() >= 2
    assert after.loc[mine, "score"].isna().all()
    assert set(after.loc[mine, "status"]) == {"doubtful_key"}
    assert not after.loc[mine, "prorated"].any()
    pd.testing.assert_frame_equal(after[~mine], scored[~mine])

"""Each finding of the doctor on made data: what is said, of whom, and what withholds a score."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor import doubtful_scales, examine, examine_cohorts
from balint_eval.instruments.registry import known_instruments
from balint_eval.scoring import score_responses, withhold

KNOWN = known_instruments()
SIMULATION = Path(__file__).parents[2] / "simulation"
PEOPLE = 80


@pytest.fixture(scope="module")
def forms():
    sys.path.insert(0, str(SIMULATION))
    yield importlib.import_module("doctor_forms")
    sys.path.remove(str(SIMULATION))


@pytest.fixture
def form(forms):
    def make(name="TEQ", people=PEOPLE, seed=5):
        return forms.simulate(KNOWN[name], people, np.random.default_rng(seed))

    return make


def refusals(responses, accepted=None):
    findings = examine(responses, KNOWN, accepted, ["before", "after"])
    return findings[findings["severity"] == "refuse"].reset_index(drop=True)


def one(responses):
    found = refusals(responses)
    assert len(found) == 1, found[["code", "wave", "seen"]].to_string()
    return found.iloc[0]


@pytest.mark.parametrize("name", ["TEQ", "IRI", "CBI", "PSS10", "OLBI", "UWES9", "JSE20", "ProQOL5", "WHO5", "PHQ9"])
def test_sound_answers_are_left_alone(form, name):
    assert refusals(form(name).responses()).empty


def test_reversed_in_one_wave_only(form, forms):
    made = form()
    found = one(made.with_wave("after", forms.reverse(made.instrument, made.stored["after"])).responses())
    assert found[["code", "scale", "wave", "people"]].tolist() == ["WARN-ALPHA", "total", "after", PEOPLE]
    assert "already_reversed: true for TEQ for the export of that wave" in found["mend"]


def test_reversed_in_both_waves_is_one_finding(form, forms):
    made = form()
    for wave in forms.WAVES:
        made = made.with_wave(wave, forms.reverse(made.instrument, made.stored[wave]))
    found = one(made.responses())
    assert found[["code", "wave"]].tolist() == ["WARN-ALPHA", "all"]


def test_one_item_keyed_the_wrong_way(form, forms):
    made = form()
    for wave in forms.WAVES:
        made = made.with_wave(wave, forms.reverse(made.instrument, made.stored[wave], [6]))
    found = one(made.responses())
    assert found[["code", "scale", "wave", "people"]].tolist() == ["DOC-ITEMKEY", "total", "all", PEOPLE]
    assert found["seen"].startswith(
        "after reversing by the key, single items go against the rest of the scale (item 6 -0."
    )
    assert "key_confirmed: true" in found["mend"]
    assert refusals(made.responses(), {"TEQ": ["DOC-ITEMKEY"]}).empty


def test_one_item_turned_in_one_wave(form, forms):
    made = form("PSS10", 120)
    made = made.with_wave("after", forms.reverse(made.instrument, made.stored["after"], [2]))
    found = refusals(made.responses())
    assert set(found["code"]) == {"DOC-ITEMKEY"}
    assert set(found["wave"]) == {"after"}
    assert found["seen"].str.contains("item 2 -0.").all()


@pytest.mark.parametrize("name", ["TEQ", "CBI", "PHQ9"])
def test_anchors_reversed(form, name):
    made = form(name)
    found = one(made.with_wave("after", made.ends - made.stored["after"]).responses())
    assert found[["code", "scale", "wave", "people"]].tolist() == ["DOC-ANCHORS", "all", "after", PEOPLE]
    assert "from 'before' to 'after' the people who scored high score low (r -0." in found["seen"]
    assert "wrong sign" in found["why"]
    assert f"answers: of {name}" in found["mend"]
    assert f"accept: [DOC-ANCHORS] under the items of {name}" in found["mend"]


def test_off_by_one_cut_off_at_the_end(form):
    made = form()
    found = one(made.with_wave("after", np.minimum(made.stored["after"] + 1, 4)).responses())
    assert found[["code", "wave"]].tolist() == ["DOC-UNUSED", "after"]
    assert found["seen"].startswith("the answer 0 is missing: ")
    assert "nobody in 'after'" in found["seen"]


def test_a_shift_that_still_uses_every_code(form):
    made = form("OLBI")
    moved = np.minimum(made.stored["after"] + 1, 4)
    moved[:2] = made.stored["after"][:2]
    moved[0, 0] = 1
    found = one(made.with_wave("after", moved).responses())
    assert found["code"] == "DOC-SHIFT"
    assert "a coding that is a step off moves both the same way" in found["why"]


def test_the_middle_answer_left_out(form):
    made = form("PSS10")
    stored = made.stored["after"].copy()
    stored[stored == 2] = 3
    found = one(made.with_wave("after", stored).responses())
    assert found["code"] == "DOC-UNUSED"
    assert found["seen"].startswith("the answer 2 is missing: ")
    both = made
    for wave in made.stored:
        both = both.with_wave(wave, np.where(made.stored[wave] == 2, 3, made.stored[wave]))
    assert "nobody gave it, and many gave the answers on both sides" in one(both.responses())["seen"]


@pytest.mark.parametrize("wave", ["after", "all"])
def test_two_codes_swapped(form, forms, wave):
    made = form("TEQ", 120)
    for each in forms.WAVES if wave == "all" else [wave]:
        old = made.stored[each]
        made = made.with_wave(each, np.where(old == 1, 2, np.where(old == 2, 1, old)))
    found = one(made.responses())
    assert found["code"] == "DOC-SWAPPED"
    assert found["seen"].startswith("people who answered 2 to an item score lower on the rest of their scale than ")
    assert "hold the codes 1 and 2 against the form" in found["mend"]


def test_columns_moved_on_by_one(form):
    made = form("IRI", 150, seed=2)
    found = one(made.with_wave("after", np.roll(made.stored["after"], 1, axis=1)).responses())
    assert found[["code", "wave"]].tolist() == ["DOC-ORDER", "after"]
    assert "better in another order (the best match is item 1 as 2, 2 as 3, 3 as 4, " in found["seen"]
    assert "list under columns: of IRI, for each wave, the columns in the order of the form" in found["mend"]


def test_two_columns_exchanged(form):
    made = form("TEQ", 150)
    order = np.arange(16)
    order[[0, 1]] = [1, 0]
    found = refusals(made.with_wave("after", made.stored["after"][:, order]).responses())
    assert len(found) == 1
    assert found.loc[0, "code"] in {"DOC-EXCHANGED", "DOC-ORDER", "DOC-ITEMKEY"}
    assert "columns" in found.loc[0, "mend"]


def test_an_exchange_that_changes_no_score_is_not_told(form):
    made = form("TEQ", 150)
    order = np.arange(16)
    order[[0, 2]] = [2, 0]
    exchanged = made.with_wave("after", made.stored["after"][:, order])
    assert refusals(exchanged.responses()).empty
    scores = [score_responses(one.responses(), KNOWN)["score"] for one in (made, exchanged)]
    assert np.allclose(*scores, equal_nan=True)


def test_identical_columns(form):
    made = form()
    stored = made.stored["after"].copy()
    stored[:, 4] = stored[:, 3]
    found = one(made.with_wave("after", stored).responses())
    assert found[["code", "wave"]].tolist() == ["DOC-IDENTICAL", "after"]
    assert found["seen"] == "the items 4 and 5 have the same answer from everybody in 'after'"


def test_blanks_stored_as_an_answer(form):
    made = form()
    stored = made.stored["after"].copy()
    stored[:9, 5:] = 0
    found = one(made.with_wave("after", stored).responses())
    assert found[["code", "people"]].tolist() == ["DOC-BLANKS", 9]
    assert found["seen"].startswith("9 answer sheets end with 8 or more times the answer 0 and ")
    assert "missing_codes of TEQ" in found["mend"]


def test_zeros_of_people_without_complaints_are_no_blanks(form):
    made = form("PHQ9", 120)
    calm = {wave: np.maximum(values - 1, 0) for wave, values in made.stored.items()}
    assert "DOC-BLANKS" not in set(refusals(made.with_wave("before", calm["before"]).responses())["code"])


def test_an_accepted_finding_warns_and_scores(form):
    made = form("CBI")
    responses = made.with_wave("after", made.ends - made.stored["after"]).responses()
    refused, warned = (examine(responses, KNOWN, accepted, ["before"]) for accepted in (None, {"CBI": ["DOC-ANCHORS"]}))
    assert doubtful_scales(refused, KNOWN) == [("CBI", "all")]
    assert set(score_responses(responses, KNOWN, doubtful_scales(refused))["status"]) == {"doubtful_key"}
    assert warned.loc[warned["code"] == "DOC-ANCHORS", "severity"].tolist() == ["warn"]
    assert doubtful_scales(warned, KNOWN) == []


def test_a_doubtful_item_makes_every_scale_that_holds_it_doubtful(form, forms):
    made = form("OLBI", 120)
    for wave in forms.WAVES:
        made = made.with_wave(wave, forms.reverse(made.instrument, made.stored[wave], [1]))
    pairs = doubtful_scales(examine(made.responses(), KNOWN), KNOWN)
    assert {("OLBI", "DIS"), ("OLBI", "total")} <= set(pairs)


def test_a_cohort_turned_round(form):
    made = [form(seed=5), form(seed=5), form(seed=5)]
    rng = np.random.default_rng(8)
    tables = []
    for place, one_form in enumerate(made):
        stored = {wave: values[rng.permutation(PEOPLE)[:40]] for wave, values in one_form.stored.items()}
        cohort = one_form
        for wave, values in stored.items():
            cohort = cohort.with_wave(wave, cohort.ends - values if place == 1 else values)
        tables.append(cohort.responses(f"c{place}"))
    responses = pd.concat(tables, ignore_index=True)
    found = examine_cohorts(responses, KNOWN)
    assert found[["cohort", "instrument", "code", "severity", "people"]].to_numpy().tolist() == [
        ["c1", "TEQ", "DOC-COHORT", "refuse", 40]
    ]
    assert found.loc[0, "seen"].startswith("in the cohort 'c1' the items agreed to most are those agreed to least in ")
    scores = withhold(score_responses(responses, KNOWN), doubtful_scales(found))
    assert set(scores["status"]) == {"doubtful_key"}
    assert scores["score"].isna().all()
    assert examine_cohorts(pd.concat([tables[0], tables[2]], ignore_index=True), KNOWN).empty
    warned = examine_cohorts(responses, KNOWN, {"TEQ": ["DOC-COHORT"]})
    assert warned["severity"].tolist() == ["warn"]


def notes(responses):
    findings = examine(responses, KNOWN)
    return findings[findings["severity"] != "refuse"].set_index("code")


def test_straight_lines_and_long_strings_are_flagged_and_stay(form):
    made = form()
    stored = made.stored["before"].copy()
    stored[0] = 3
    stored[1, :10] = 2
    stored[1, 10:] = [0, 4, 0, 4, 0, 4]
    responses = made.with_wave("before", stored).responses()
    said = notes(responses)
    assert said.loc["DOC-STRAIGHT", ["severity", "people"]].tolist() == ["note", 1]
    assert said.loc["DOC-STRAIGHT", "seen"] == "1 person gave the same answer to every item"
    assert said.loc["DOC-LONGSTRING", "people"] == 1
    assert "more than 60% of the items in a row" in said.loc["DOC-LONGSTRING", "seen"]
    assert "they stay in" in said.loc["DOC-LONGSTRING", "mend"]
    assert len(score_responses(responses, KNOWN)["score"].dropna()) > 2 * PEOPLE - 5


def test_even_and_odd_items_that_contradict_each_other(form):
    made = form("IRI")
    stored = made.stored["before"].copy()
    instrument = made.instrument
    keyed = np.zeros(28)
    for place, scale in enumerate(instrument.scales):
        keyed[np.asarray(scale.items[0::2]) - 1] = 4 * (place % 2)
        keyed[np.asarray(scale.items[1::2]) - 1] = 4 * ((place + 1) % 2)
    reverse = np.asarray(instrument.reverse) - 1
    keyed[reverse] = 4 - keyed[reverse]
    stored[0] = keyed
    said = notes(made.with_wave("before", stored).responses())
    assert said.loc["DOC-EVENODD", "people"] >= 1
    assert "between the odd and the even items" in said.loc["DOC-EVENODD", "seen"]


def test_the_same_answers_under_two_ids_warn(form):
    made = form("IRI")
    stored = made.stored["before"].copy()
    stored[7] = stored[3]
    said = notes(made.with_wave("before", stored).responses())
    assert said.loc["WARN-DUPCONTENT", ["severity", "people", "wave"]].tolist() == ["warn", 2, "before"]
    assert "P0003" not in said.to_string()


@pytest.mark.parametrize(("people", "says"), [(15, "fewer than 20"), (25, "fewer than 30")])
def test_few_people_say_what_could_not_be_seen_once_an_instrument(form, people, says):
    findings = examine(form("IRI", people).responses(), KNOWN)
    said = findings[findings["code"] == "DOC-NOTJUDGED"]
    assert len(said) == 1
    assert said.iloc[0][["severity", "scale", "people"]].tolist() == ["note", "all", people]
    assert f"{people} people: with {says}" in said.iloc[0]["seen"]


def test_enough_people_say_nothing(form):
    assert "DOC-NOTJUDGED" not in set(examine(form("TEQ", 40).responses(), KNOWN)["code"])


def test_forms_without_a_key_and_ratings_are_left_alone(form):
    made = form("CARE")
    rated = made.responses().assign(person_id=lambda rows: rows["person_id"] + "#1")
    assert refusals(rated).empty
    assert examine(made.responses().assign(instrument="MSSE"), KNOWN).query("instrument == 'MSSE'").empty


def test_three_waves_say_a_thing_once(form):
    made = form()
    third = made.with_wave("later", made.ends - made.stored["after"])
    found = refusals(third.responses())
    assert found["code"].tolist() == ["DOC-ANCHORS"]
    assert found["wave"].tolist() == ["later"]

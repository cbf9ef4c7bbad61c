"""Totals an export came with: equal to the score by the key, or named with the usual pattern that fits."""

import numpy as np
import pandas as pd
import pytest

from balint_eval.doctor import doubtful_scales, examine
from balint_eval.instruments.registry import known_instruments
from balint_eval.scoring import score_responses

KNOWN = known_instruments()
PEOPLE = 24
RNG = np.random.default_rng(4)


def answers(name, people=PEOPLE, wave="before"):
    """Answers at random: whether the totals agree does not depend on sense in them."""
    instrument = KNOWN[name]
    values = RNG.choice(instrument.response.codes, size=(people, instrument.n_items)).astype(float)
    items = instrument.n_items
    return pd.DataFrame({
        "cohort": "one", "person_id": np.repeat([f"P{n:02}" for n in range(people)], items), "wave": wave,
        "instrument": name, "item": np.tile(np.arange(1, items + 1), people), "value": values.ravel(),
        "answered_on": "", "source_file": "f", "source_row": np.repeat(np.arange(people) + 2, items),
    })  # fmt: skip


def supplied(responses, name, scale="total", instrument=None):
    """The totals an export would hold if it followed an instrument; the key itself unless another is given."""
    scores = score_responses(responses, {name: instrument or KNOWN[name]})
    mine = scores[scores["scale"] == scale].dropna(subset="score").reset_index(drop=True)
    return mine[["cohort", "person_id", "wave", "instrument", "scale"]].assign(
        value=mine["score"], source_file="f.csv", source_row=mine.index + 2, source_column="sum"
    )


def found(responses, totals, accepted=None):
    findings = examine(responses, KNOWN, accepted, ["before", "after"], totals)
    return findings[findings["code"] == "DOC-TOTAL"].reset_index(drop=True)


def one(responses, totals):
    rows = found(responses, totals)
    assert len(rows) == 1
    return rows.iloc[0]


def blanked(responses, people, items):
    gone = responses["person_id"].isin([f"P{n:02}" for n in people]) & responses["item"].isin(items)
    return responses.assign(value=responses["value"].where(~gone))


@pytest.mark.parametrize(("name", "scale"), [("TEQ", "total"), ("OLBI", "DIS"), ("CBI", "PB"), ("DASS21", "D")])
def test_totals_by_the_key_agree(name, scale):
    responses = answers(name)
    said = one(responses, supplied(responses, name, scale))
    assert said[["cohort", "instrument", "scale", "wave", "severity", "people"]].tolist() == [
        "one", name, scale, "before", "note", PEOPLE,
    ]  # fmt: skip
    assert said["seen"] == f"the totals of all {PEOPLE} people in the column sum equal the score by the key"
    assert said["mend"].startswith("nothing: ")


def test_one_person_alone():
    responses = answers("TEQ", 1)
    totals = supplied(responses, "TEQ")
    assert one(responses, totals)["seen"].startswith("the total of the 1 person in the column sum equal")
    said = one(responses, totals.assign(value=totals["value"] + 2))
    assert said["seen"].startswith("in 1 of 1 person the total in the column sum is not the score by the key (row 2 of")
    assert said["seen"].endswith("; no usual pattern explains it")


def test_without_totals_nothing_is_said():
    responses = answers("TEQ")
    assert found(responses, None).empty
    other = supplied(responses, "TEQ")
    assert found(responses, other.iloc[:0]).empty
    assert found(responses, other.assign(wave="after")).empty
    assert found(responses, other.assign(cohort="two")).empty
    assert found(responses, other.assign(instrument="OLBI")).empty


def test_totals_without_reversing_withhold_the_score():
    responses = answers("TEQ")
    totals = supplied(responses, "TEQ", instrument=KNOWN["TEQ"].model_copy(update={"reverse": []}))
    said = one(responses, totals)
    assert said["severity"] == "refuse"
    assert said["people"] > PEOPLE / 2
    assert (
        f"in {said['people']} of {PEOPLE} people the total in the column sum is not the score by the key (row "
        in said["seen"]
    )
    assert said["seen"].endswith(f"in {said['people']} of them it is the score without reversing any item")
    assert "already_reversed: true for TEQ" in said["mend"]
    assert "accept: [DOC-TOTAL] under the items of TEQ" in said["mend"]
    findings = examine(responses, KNOWN, None, ["before"], totals)
    assert ("TEQ", "total") in doubtful_scales(findings, KNOWN)
    assert found(responses, totals, {"TEQ": ["DOC-TOTAL"]})["severity"].tolist() == ["warn"]


def changed(name, scale, **update):
    """An instrument whose one scale follows another rule."""
    scales = [s.model_copy(update=update) if s.name == scale else s for s in KNOWN[name].scales]
    return KNOWN[name].model_copy(update={"scales": scales})


@pytest.mark.parametrize(
    ("name", "scale", "update", "says"),
    [
        ("TEQ", "total", {"rule": "mean"}, "the mean of the items, not their sum"),
        ("CBI", "PB", {"rule": "sum"}, "the sum of the items, not their mean"),
        ("DASS21", "D", {"multiply": 1.0}, "the score before it is multiplied by 2"),
        ("DASS21", "D", {"items": KNOWN["DASS21"].scale("A").items}, "the score of A"),
    ],
)
def test_usual_patterns_are_named(name, scale, update, says):
    responses = answers(name)
    said = one(responses, supplied(responses, name, scale, changed(name, scale, **update)))
    assert said["seen"].endswith(f" of them it is {says}")
    assert said["severity"] == "refuse"
    assert "work out one person's score by hand" in said["mend"]


@pytest.mark.parametrize(("shift", "says"), [(9.0, "9 more than the score"), (-2.0, "2 less than the score")])
def test_a_constant_is_named(shift, says):
    responses = answers("PHQ9")
    totals = supplied(responses, "PHQ9")
    said = one(responses, totals.assign(value=totals["value"] + shift))
    assert said["seen"].endswith(f"in {PEOPLE} of them it is {says}")
    two = totals.assign(value=totals["value"].where(totals.index > 1, totals["value"] + shift))
    assert one(responses, two)["seen"].endswith("(row 2 of f.csv, row 3 of f.csv); no usual pattern explains it")


def test_percent_of_the_range():
    responses = answers("PHQ9")
    totals = supplied(responses, "PHQ9")
    said = one(responses, totals.assign(value=totals["value"] / 27 * 100))
    assert said["seen"].endswith(" of them it is the score in percent of its range")


def test_few_wrong_totals_name_their_rows():
    responses = answers("TEQ")
    totals = supplied(responses, "TEQ")
    wrong = totals["value"] + np.where(totals.index < 7, [3, 11, -8, 5, 7, 13, -6] + [0] * (PEOPLE - 7), 0)
    said = one(responses, totals.assign(value=wrong))
    assert said[["people", "severity"]].tolist() == [7, "refuse"]
    assert "(row 2 of f.csv, row 3 of f.csv, row 4 of f.csv, row 5 of f.csv, row 6 of f.csv and 2 more)" in said["seen"]
    assert said["seen"].endswith("; no usual pattern explains it")
    assert "P0" not in said["seen"]


def test_blanks_counted_as_0_warn_when_complete_forms_agree():
    responses = blanked(answers("PHQ9"), (2, 5), (4,))
    values = responses.groupby("person_id")["value"].sum()
    totals = supplied(responses, "PHQ9")
    totals = totals.assign(value=totals["person_id"].map(values))
    differ = int((totals["value"] != supplied(responses, "PHQ9")["value"]).sum())
    said = one(responses, totals)
    assert said[["severity", "people"]].tolist() == ["warn", differ]
    assert "missing answers counted as 0" in said["seen"]
    assert "everybody who answered every item agrees" in said["why"]
    assert said["mend"].startswith("nothing: ")
    broken = totals.assign(value=totals["value"] + (totals["person_id"] == "P09"))
    assert one(responses, broken)["severity"] == "refuse"


def test_a_total_where_the_manual_gives_none():
    responses = blanked(answers("PHQ9"), (3,), range(2, 10))
    totals = supplied(responses, "PHQ9")
    more = totals.iloc[[0]].assign(person_id="P03", value=KNOWN["PHQ9"].n_items * 3.0, source_row=99)
    only = responses["person_id"].eq("P03") & responses["item"].eq(1)
    responses = responses.assign(value=responses["value"].where(~only, 3.0))
    said = one(responses, pd.concat([totals, more], ignore_index=True))
    assert said[["severity", "people"]].tolist() == ["warn", 1]
    assert said["seen"].endswith("(row 99 of f.csv); it is a score from fewer answers than the manual asks for")


def test_means_are_compared_to_the_decimals_they_are_written_with():
    responses = answers("CBI")
    totals = supplied(responses, "CBI", "PB")
    assert one(responses, totals.assign(value=totals["value"].round(2)))["severity"] == "note"
    moved = totals["value"].round(2) + np.where(totals.index == 0, 0.02, 0.0)
    assert one(responses, totals.assign(value=moved))["people"] == 1


def test_composed_scores_are_compared():
    name, scale = next((n, s.name) for n in sorted(KNOWN) for s in KNOWN[n].scales if s.of)
    responses = answers(name)
    totals = supplied(responses, name, scale)
    assert one(responses, totals)["severity"] == "note"
    assert one(responses, totals.assign(value=totals["value"] + 3))["seen"].endswith("it is 3 more than the score")


def test_each_wave_is_judged_by_itself():
    responses = pd.concat([answers("TEQ"), answers("TEQ", wave="after")], ignore_index=True)
    totals = supplied(responses, "TEQ")
    late = totals["wave"] == "after"
    rows = found(responses, totals.assign(value=totals["value"] + late * 5)).set_index("wave")
    assert rows["severity"].to_dict() == {"before": "note", "after": "refuse"}

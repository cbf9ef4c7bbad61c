"""MERSQI points by the published rules, and checklists in which every item has one of four answers."""

from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from balint_eval.appraisal.checklists import fill_checklists, fitting, guidelines
from balint_eval.appraisal.mersqi import propose_mersqi
from balint_eval.instruments.registry import known_instruments
from balint_eval.study import StudyFile
from balint_eval.study_context import Context
from balint_eval.study_model import Study
from balint_eval.tables import TABLES

ROSTER = {"file": "people.csv", "person_id": "id"}
EXPORT = {"file": "a.csv", "wave": "before", "person_id": "id"}


def study_of(*, control=True, waves=2, roster=True, **keys):
    arms = [{"name": "balint"}, *([{"name": "waiting", "role": "control"}] if control else [])]
    names = [("before", "baseline"), ("after", "post")][:waves]
    cohort = {"name": "one", "exports": [EXPORT], **({"roster": ROSTER} if roster else {})}
    content = {
        "name": "s", "title": "S", "arms": arms, "cohorts": [cohort],
        "waves": [{"name": name, "role": role} for name, role in names],
        "outcomes": [{"instrument": "TEQ", "role": "primary"}],
        **keys,
    }  # fmt: skip
    study = Study.model_validate(content)
    return StudyFile(study, Path(), "study.yaml", dict(known_instruments()))


def frame(name, rows):
    return pd.DataFrame(rows, columns=TABLES[name].names)


def tables_of(*, answered=6, sites=("",), rater="self", level="2a", alpha=0.8, p=0.04, wave="after"):
    people = [
        {"cohort": "one", "person_id": f"P{at}", "group_id": "G", "arm": "balint", "site": sites[at % len(sites)]}
        for at in range(8)
    ]
    scores = [
        {"cohort": "one", "person_id": f"P{at}", "wave": wave, "instrument": "TEQ", "scale": "total", "score": 50.0}
        for at in range(answered)
    ]
    outcome = {"instrument": "TEQ", "scale": "total", "role": "primary", "rater": rater, "level": level}
    return {
        "participants": frame("participants", people),
        "scores": frame("scores", scores),
        "outcomes": frame("outcomes", [outcome]),
        "quality": frame(
            "quality", [{"cohort": "all", "wave": "before", "instrument": "TEQ", "scale": "total", "alpha": alpha}]
        ),
        "comparisons": frame("comparisons", [{"cohort": "all", "p_value": p}]),
    }


def points(file, tables):
    rows = propose_mersqi(file, tables)
    return {row.item: row.points for row in rows.itertuples()}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"waves": 1, "control": False}, 1.0),
        ({"control": False}, 1.5),
        ({}, 2.0),
        ({"plan": {"allocation": "not_random"}}, 2.0),
        ({"plan": {"allocation": "people"}}, 3.0),
        ({"plan": {"allocation": "groups"}}, 3.0),
        # One arm cannot have been formed by lot.
        ({"control": False, "plan": {"allocation": "groups"}}, 1.5),
    ],
)
def test_design(keys, expected):
    assert points(study_of(**keys), tables_of())["design"] == expected


@pytest.mark.parametrize(("answered", "expected"), [(0, 0.5), (3, 0.5), (4, 1.0), (5, 1.0), (6, 1.5), (8, 1.5)])
def test_response_rate_has_its_borders_at_50_and_75_percent(answered, expected):
    assert points(study_of(), tables_of(answered=answered))["response"] == expected


def test_response_counts_people_and_only_at_the_primary_wave():
    twice = tables_of(answered=3)
    ratings = twice["scores"].assign(person_id=[f"{person}#2" for person in twice["scores"]["person_id"]])
    twice["scores"] = pd.concat([twice["scores"], ratings], ignore_index=True)
    row = propose_mersqi(study_of(), twice).set_index("item").loc["response"]
    assert (row["points"], row["value"], row["basis"]) == (0.5, 0.375, "response")
    assert points(study_of(), tables_of(answered=8, wave="before"))["response"] == 0.5


def test_response_is_not_guessed_without_a_roster():
    row = propose_mersqi(study_of(roster=False), tables_of(answered=8)).set_index("item").loc["response"]
    assert (row["points"], row["status"], row["basis"]) == (0.5, "author", "response_unknown")


@pytest.mark.parametrize(
    ("keys", "sites", "expected"),
    [
        ({}, ("",), (0.5, "author")),
        ({}, ("A", ""), (0.5, "proposed")),
        ({}, ("A", "B"), (1.0, "proposed")),
        ({}, ("A", "B", "C"), (1.5, "proposed")),
        ({"context": {"institutions": 1}}, ("A", "B", "C"), (0.5, "proposed")),
        ({"context": {"institutions": 7}}, ("",), (1.5, "proposed")),
    ],
)
def test_institutions(keys, sites, expected):
    row = propose_mersqi(study_of(**keys), tables_of(sites=sites)).set_index("item").loc["institutions"]
    assert (row["points"], row["status"]) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("1", (1.0, "proposed")),
        ("2a", (1.0, "proposed")),
        ("2b", (1.5, "proposed")),
        ("3", (2.0, "proposed")),
        ("3b", (2.0, "proposed")),
        ("4b", (3.0, "proposed")),
        ("2", (1.0, "author")),
        ("4a", (3.0, "author")),
        ("well_being", (1.0, "author")),
    ],
)
def test_outcome_follows_the_level(level, expected):
    row = propose_mersqi(study_of(), tables_of(level=level)).set_index("item").loc["outcome"]
    assert (row["points"], row["status"]) == expected


def test_least_and_most():
    least = propose_mersqi(
        study_of(control=False, waves=1, roster=False), tables_of(answered=0, alpha=float("nan"), p=float("nan"))
    )
    # 1 + .5 + .5 + 1 + 0 + 0 + 0 + 0 + 1 + 1: the published least.
    assert least["points"].sum() == 5.0
    sourced = {"institutions": 3, "content_validity": "a paper", "relations_validity": "a paper"}
    best = study_of(plan={"allocation": "groups"}, context=sourced)
    most = propose_mersqi(best, tables_of(answered=8, rater="patient", level="4b"))
    assert most["points"].sum() == most["maximum"].sum() == 18.0
    assert most.loc[most["status"] == "author", "item"].tolist() == ["appropriate"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"control": False, "waves": 1}, "strobe"),
        ({"control": False}, "trend"),
        ({"plan": {"allocation": "not_random"}}, "trend"),
        ({"plan": {"allocation": "people"}}, "consort_cluster"),
        ({"plan": {"allocation": "groups"}}, "consort_cluster"),
    ],
)
def test_the_checklist_fits_the_design(keys, expected):
    assert fitting(study_of(**keys).study) == [expected, "greet"]


def test_a_named_checklist_is_used():
    assert fitting(study_of(context={"checklists": ["squire_edu"]}).study) == ["squire_edu"]


def statuses(file, tables=None, name="trend"):
    found = fill_checklists(file, tables or {})
    return found[found["guideline"] == name].set_index("item")


def test_each_item_has_one_answer_and_its_place():
    shown = statuses(study_of(context={"theory": "t", "harms": "none seen"}), {"flow": pd.DataFrame({"rows": [1]})})
    assert shown.loc["2", ["status", "where"]].tolist() == ["settings", "context.theory"]
    assert shown.loc["19", "status"] == "settings"
    assert shown.loc["12", ["status", "where"]].tolist() == ["filled", "flow"]
    assert shown.loc["17", "status"] == "author", "there are no comparisons"
    assert shown.loc["3", "status"] == "author"
    assert statuses(study_of(control=False)).loc["15", ["status", "where"]].tolist() == ["not_applicable", "one_arm"]
    assert statuses(study_of(), {}, "greet").loc["15", "status"] == "author", "nobody kept an attendance log"
    logged = {"attendance": pd.DataFrame({"session": [1]})}
    assert statuses(study_of(), logged, "greet").loc["15", "status"] == "filled"


def test_binary_outcomes_count_where_there_are_shares():
    randomised = study_of(plan={"allocation": "groups"})
    assert statuses(randomised, {}, "consort_cluster").loc["17b", "status"] == "not_applicable"
    shares = {"proportions": pd.DataFrame({"share": [0.5]})}
    assert statuses(randomised, shares, "consort_cluster").loc["17b", ["status", "where"]].tolist() == [
        "filled",
        "shares",
    ]


def test_question_and_registration_are_taken_from_the_study():
    keys = {"question": "Does it?", "plan": {"allocation": "groups", "registration": "IRCT1"}}
    shown = statuses(study_of(**keys), {}, "consort_cluster")
    assert shown.loc["2b", ["status", "where"]].tolist() == ["settings", "question"]
    assert shown.loc["23", ["status", "where"]].tolist() == ["settings", "plan.registration"]


@pytest.mark.parametrize(("name", "many"), [("trend", 22), ("strobe", 22), ("greet", 17), ("squire_edu", 18)])
def test_guidelines_are_whole(name, many):
    facts = guidelines()[name]
    assert [item.item for item in facts.items] == [str(at) for at in range(1, many + 1)]
    known = set(Context.model_fields)
    assert all(set(item.settings) <= known for item in facts.items)


def test_consort_has_its_37_parts():
    items = [item.item for item in guidelines()["consort_cluster"].items]
    assert len(items) == len(set(items)) == 37
    assert {item.rstrip("ab") for item in items} == {str(at) for at in range(1, 26)}


def test_a_theme_stands_once_on_a_level():
    theme = {"name": "time", "level": "1"}
    assert Context.model_validate({"themes": [theme, {**theme, "level": "3"}]})
    with pytest.raises(ValidationError, match="CFG-THEME: the theme 'time' stands twice"):
        Context.model_validate({"themes": [theme, theme]})

"""Levels and claims: what was not measured is said, and nothing claims more than its row."""

from itertools import product
from math import isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from balint_eval.instruments.registry import known_instruments
from balint_eval.kirkpatrick import (
    BESIDE_THE_LEVELS,
    GROUPS_UNKNOWN,
    VOCABULARIES,
    cover_levels,
    judge_claims,
    level_in,
    list_outcomes,
)
from balint_eval.stats.cluster import enough_groups
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table, empty_table

TOO_FEW = enough_groups(["a", "a", "b"])[1]
GAINS, LOSSES = {"gain", "small_gain", "clear_gain"}, {"loss", "small_loss", "clear_loss"}
MIRROR = {"gain": "loss", "small_gain": "small_loss", "clear_gain": "clear_loss"}
MIRROR |= {other: name for name, other in MIRROR.items()}


def a_file(outcomes=({"instrument": "TEQ"},), levels="barr7", allocation="groups", own=(), groups="expected"):
    study = Study.model_validate({
        "name": "made", "title": "Made", "levels": levels,
        "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
        "outcomes": list(outcomes), "own_instruments": list(own), "plan": {"allocation": allocation, "groups": groups},
        "cohorts": [{"name": "c1", "exports": [{"file": "a.csv", "wave": "before", "person_id": "id"}]}],
    })  # fmt: skip
    instruments = {**known_instruments(), **{own.name: own for own in study.own_instruments}}
    return StudyFile(study, Path(), "study.yaml", instruments)


def a_row(**facts):
    row = {"cohort": "all", "instrument": "TEQ", "scale": "total", "contrast": "after-before@balint-waiting"}
    row |= {"method": "ancova_cr2", "kind": "difference", "role": "primary", "family": "primary", "note": ""}
    row |= {"n_groups": 8, "conf_low": 1.0, "conf_high": 3.0, "conf_level": 0.95, "p_value": 0.001, "p_adjusted": 0.001}
    return check_table(pd.DataFrame([row | facts]).reindex(columns=TABLES["comparisons"].names), "comparisons")


def an_outcome(higher_is="better", smallest_change=nan):
    facts = {"instrument": "TEQ", "scale": "total", "higher_is": higher_is, "smallest_change": smallest_change}
    return check_table(pd.DataFrame([facts]).reindex(columns=TABLES["outcomes"].names), "outcomes")


def claim(row, outcome=None, **plan):
    claims = judge_claims(row, an_outcome() if outcome is None else outcome, a_file(**plan))
    assert len(claims) == 1
    return claims.iloc[0]


@pytest.mark.parametrize(
    ("low", "high", "smallest", "verdict"),
    [
        (1, 3, nan, "gain"), (-3, -1, nan, "loss"), (-1, 1, nan, "cannot_tell"),
        (2.5, 3, 2, "clear_gain"), (2, 3, 2, "clear_gain"), (1, 3, 2, "small_gain"), (0.5, 1, 2, "small_gain"),
        (-3, -2.5, 2, "clear_loss"), (-3, -2, 2, "clear_loss"), (-3, -1, 2, "small_loss"), (-1, -0.5, 2, "small_loss"),
        (-1, 1, 2, "no_relevant_change"), (-2, 1, 2, "cannot_tell"), (-1, 2, 2, "cannot_tell"),
        (-3, 3, 2, "cannot_tell"), (0, 1, 2, "no_relevant_change"), (0, 3, 2, "cannot_tell"),
        (0, 3, nan, "cannot_tell"),
    ],
)  # fmt: skip
def test_the_place_of_the_interval_gives_the_verdict(low, high, smallest, verdict):
    row = a_row(conf_low=low, conf_high=high)
    assert claim(row, an_outcome("better", smallest))["verdict"] == verdict
    assert claim(row, an_outcome("worse", smallest))["verdict"] == MIRROR.get(verdict, verdict)


INTERVALS = [(-9, 9), (-9, -1), (-9, -3), (-1, 1), (-0.5, 9), (0, 0.5), (0.5, 1), (1, 9), (3, 9), (nan, nan), (nan, 1)]
P_VALUES = [0.001, 0.2, nan]
NOTES = ["", TOO_FEW, f"something else; {TOO_FEW}"]


def every_row():
    """One table with every combination, told apart by its contrast."""
    combinations = product(INTERVALS, P_VALUES, NOTES, ["change", "difference"])
    rows = [
        {"cohort": "all", "instrument": "TEQ", "scale": "total", "contrast": f"{place:03}", "method": "made",
         "role": "primary", "family": "primary", "conf_level": 0.95, "conf_low": low, "conf_high": high,
         "p_adjusted": p, "note": note, "kind": kind}
        for place, ((low, high), p, note, kind) in enumerate(combinations)
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES["comparisons"].names), "comparisons")


@pytest.mark.parametrize("allocation", ["none", "people", "groups", "not_random"])
@pytest.mark.parametrize("direction", ["better", "worse"])
@pytest.mark.parametrize("smallest", [nan, 2.0])
def test_no_claim_is_stronger_than_its_row(smallest, direction, allocation):
    rows = every_row()
    claims = judge_claims(rows, an_outcome(direction, smallest), a_file(allocation=allocation))
    assert len(claims) == len(rows) == len(INTERVALS) * 18
    merged = rows[["contrast", "kind", "conf_low", "conf_high", "p_adjusted", "note"]].merge(claims, on="contrast")
    for found in merged.to_dict("records"):
        assert_not_stronger(found, smallest, direction)
        assert found["may_say_effect"] == (found["kind"] == "difference" and allocation in {"groups", "people"})
        assert found["kind"] == "difference" or found["reason"]
        assert allocation != "not_random" or found["reason"]


def assert_not_stronger(found, smallest, direction):
    verdict, low, high = found["verdict"], found["conf_low"], found["conf_high"]
    if direction == "worse":
        low, high = -high, -low
    assert verdict in {*GAINS, *LOSSES, "no_relevant_change", "cannot_tell", "no_claim"}
    if isnan(low) or isnan(high) or found["note"]:
        assert verdict == "no_claim"
        assert found["reason"]
    if verdict in GAINS | LOSSES:
        assert found["p_adjusted"] < 0.05
        assert low > 0 if verdict in GAINS else high < 0
        assert verdict in {"gain", "loss"} if isnan(smallest) else verdict not in {"gain", "loss"}
    if verdict == "clear_gain":
        assert low >= smallest
    if verdict == "clear_loss":
        assert high <= -smallest
    if verdict == "no_relevant_change":
        assert -smallest < low <= 0 <= high < smallest


def test_an_adjusted_p_above_the_level_takes_the_claim_and_says_why():
    found = claim(a_row(p_adjusted=0.0612))
    assert found["verdict"] == "cannot_tell"
    assert found["reason"] == "after adjusting for the family of tests p is 0.061"
    # No relevant change does not rest on that p.
    quiet = claim(a_row(conf_low=-1, conf_high=1, p_adjusted=1.0), an_outcome("better", 2))
    assert quiet["verdict"] == "no_relevant_change"


def test_the_level_of_the_interval_is_the_level_of_the_test():
    assert claim(a_row(p_adjusted=0.04, conf_level=0.99))["verdict"] == "cannot_tell"
    assert claim(a_row(p_adjusted=0.08, conf_level=0.9))["verdict"] == "gain"


def test_designs_that_cannot_show_an_effect_say_so():
    change = claim(a_row(kind="change", contrast="after-before@balint", method="change_cr2"), allocation="none")
    assert "no control arm" in change["reason"]
    assert "not formed at random" in claim(a_row(), allocation="not_random")["reason"]
    assert claim(a_row())["reason"] == ""


def test_nobody_claims_where_the_groups_are_unknown_unless_there_were_none():
    alone = a_row(n_groups=0)
    assert claim(alone)[["verdict", "reason"]].tolist() == ["no_claim", GROUPS_UNKNOWN]
    assert claim(alone, groups="none")["verdict"] == "gain"


def test_only_tested_rows_are_judged():
    rows = [a_row(role=role, method=role) for role in ("sensitivity", "by_arm", "by_cohort")]
    claims = judge_claims(pd.concat(rows), an_outcome(), a_file())
    assert claims.empty
    both = pd.concat([a_row(), a_row(role="secondary", contrast="later-before@balint-waiting")])
    assert len(judge_claims(both, an_outcome(), a_file())) == 2


@pytest.mark.parametrize(
    ("vocabulary", "expected"),
    [
        ("classic4", "1 2 2 2 3 3 3 4 4 4"),
        ("barr6", "1 2 2a 2b 3 3 3 4 4a 4b"),
        ("barr7", "1 2 2a 2b 3 3a 3b 4 4a 4b"),
        ("beme_students", "1 2 2a 2b 3 3 3 4 4a 4b"),
    ],
)
def test_levels_in_each_vocabulary(vocabulary, expected):
    levels = ["1", "2", "2a", "2b", "3", "3a", "3b", "4", "4a", "4b"]
    assert [level_in(vocabulary, level) for level in levels] == expected.split()
    assert [level_in(vocabulary, beside) for beside in BESIDE_THE_LEVELS] == list(BESIDE_THE_LEVELS)


def test_a_level_set_in_the_study_comes_with_its_reason():
    outcomes = [
        {"instrument": "TEQ", "level": "2b", "level_reason": "empathy was taught as a skill"},
        {"instrument": "CBI", "scale": "PB", "level": "4a"},
        {"instrument": "PSS10", "level": "well_being", "level_reason": "as the registry has it"},
        {"instrument": "IRI", "scale": "EC"},
    ]
    listed = list_outcomes(a_file(outcomes)).set_index("instrument")
    registry = known_instruments()
    assert tuple(listed.loc["TEQ", ["level", "basis"]]) == ("2b", "empathy was taught as a skill")
    assert tuple(listed.loc["CBI", ["level", "basis"]]) == ("4a", "set in the study file")
    assert tuple(listed.loc["PSS10", ["level", "basis"]]) == ("well_being", registry["PSS10"].level_basis)
    assert tuple(listed.loc["IRI", ["level", "basis"]]) == ("2a", registry["IRI"].level_basis)
    classic = list_outcomes(a_file(outcomes, levels="classic4")).set_index("instrument")
    assert classic["level"].to_dict() == {"TEQ": "2", "CBI": "4", "PSS10": "well_being", "IRI": "2"}


def test_family_is_the_declared_one_or_the_role():
    outcomes = [
        {"instrument": "TEQ", "role": "primary"},
        {"instrument": "PSS10"},
        {"instrument": "CARE", "family": "patients", "smallest_change": 2, "smallest_change_source": "made"},
    ]
    listed = list_outcomes(a_file(outcomes)).set_index("instrument")
    assert listed["family"].to_dict() == {"TEQ": "primary", "PSS10": "secondary", "CARE": "patients"}
    assert listed.loc["CARE", "smallest_change"] == 2
    assert np.isnan(listed.loc["TEQ", "smallest_change"])


FORM = {
    "name": "form", "title": "Course form", "measures": "reaction", "level": "1", "level_basis": "reaction",
    "n_items": 1, "response": {"codes": [1, 2], "low": "no", "high": "yes"}, "by_item": True,
    "licence": {"status": "own", "note": "made"},
}  # fmt: skip


def scored(*instruments, answered=10, score=30.0):
    rows = [{"instrument": name, "scale": "total", "n_answered": answered, "score": score} for name in instruments]
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES["scores"].names), "scores")


def counted(answered):
    facts = {"cohort": "all", "wave": "after", "instrument": "form", "item": 1, "code": 1, "answered": answered}
    return check_table(pd.DataFrame([facts]).reindex(columns=TABLES["item_counts"].names), "item_counts")


def covered(scores, item_counts=None, **file):
    study = a_file(**file)
    counts = empty_table("item_counts") if item_counts is None else item_counts
    return cover_levels(study, list_outcomes(study), counts, scores).set_index("level")


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_what_was_not_measured_stands_in_its_row(vocabulary):
    table = covered(scored("TEQ"), levels=vocabulary)
    assert set(table.index) == set(VOCABULARIES[vocabulary])
    level = level_in(vocabulary, "2a")
    assert table["measured"].to_dict() == {name: name == level for name in VOCABULARIES[vocabulary]}
    assert set(table.loc[table.index != level, "how"]) == {"not measured"}
    assert table.loc[level, "how"] == "self-report"
    assert table["title"].to_dict() == dict(VOCABULARIES[vocabulary])


def test_asked_and_never_answered_is_not_measured():
    table = covered(scored("TEQ", answered=0, score=nan), counted(0), own=[FORM])
    assert not table["measured"].any()
    # A doubtful key keeps the score back; the level was measured all the same.
    assert covered(scored("TEQ", score=nan)).loc["2a", "measured"]


def test_raters_and_the_reaction_form_are_named():
    outcomes = [
        {"instrument": "TEQ", "label": "Empathy"},
        {"instrument": "CARE", "label": "By patients", "level": "2a"},
    ]
    table = covered(scored("TEQ", "CARE"), counted(3), outcomes=outcomes, own=[FORM])
    assert table.loc["2a", "how"] == "rated by patients and self-report"
    assert table.loc["2a", "outcomes"] == "By patients; Empathy"
    assert table.loc["1", "outcomes"] == "Course form"


def test_well_being_and_whole_levels_appear_where_they_are_measured():
    outcomes = [{"instrument": "PSS10"}, {"instrument": "TEQ", "level": "2", "level_reason": "made"}]
    table = covered(scored("PSS10", "TEQ"), outcomes=outcomes)
    assert table.loc["well_being", "title"] == "Well-being of the learners"
    assert table.loc["2", "title"] == "Learning"
    assert "process" not in table.index
    assert not table.loc[["2a", "2b"], "measured"].any()

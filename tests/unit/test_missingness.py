"""Imputed rows, tipping and patterns, from scores to tables."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, a_study, drawn, scores_of, some_people, stacked

from balint_eval.comparisons import compare
from balint_eval.completed import complete
from balint_eval.errors import StudyError
from balint_eval.missingness import count_patterns, find_tipping
from balint_eval.stats.cluster import ancova_cr2

IN_POINTS = TEQ.assign(minimum=0.0, maximum=64.0)


def evaluated(scores, people, study):
    completions = complete(scores, people, IN_POINTS, study)
    rows, _ = compare(scores, people, IN_POINTS, study, completions=completions)
    return rows, find_tipping(completions, IN_POINTS, study)


def two_arms(seed=3, absent=0.15, **plan):
    people = some_people(groups=4)
    return drawn(people, seed, absent=absent), people, a_study(allocation="groups", **plan)


def test_imputed_rows_stand_beside_the_planned_one_and_change_no_other():
    scores, people, study = two_arms()
    rows, _ = evaluated(scores, people, study)
    without, _ = compare(scores, people, IN_POINTS, study)
    imputed = rows["method"].str.contains("imputed")
    pd.testing.assert_frame_equal(rows[~imputed].reset_index(drop=True), without)
    assert set(rows.loc[imputed, "method"]) == {"ancova_cr2_imputed", "ancova_cr2_imputed_planned_df"}
    assert set(rows.loc[imputed, "role"]) == {"sensitivity"}
    assert set(rows.loc[imputed, "family"]) == {""}
    assert rows.loc[imputed, "note"].str.contains("imputed 50 times").all()


@pytest.mark.parametrize("arms", [ARMS, ONE_ARM])
def test_nothing_is_imputed_where_nobody_is_missing_or_the_plan_says_so(arms):
    people = some_people(arms)
    study = a_study(arms, allocation="groups" if arms is ARMS else "none")
    assert complete(drawn(people, 1, absent=0), people, IN_POINTS, study) == {}
    scores = drawn(people, 1, absent=0.2)
    assert complete(scores, people, IN_POINTS, study)
    off = study.model_copy(update={"plan": study.plan.model_copy(update={"imputations": 0})})
    assert complete(scores, people, IN_POINTS, off) == {}


def test_fewer_than_twenty_imputations_are_refused():
    with pytest.raises((ValueError, StudyError), match="CFG-IMPUTATIONS"):
        a_study(imputations=5)
    assert a_study(imputations=20).plan.imputations == 20


def test_only_the_main_question_of_the_whole_study_is_repeated():
    people = some_people(groups=4, cohorts=("c1", "c2"))
    rows, tipping = evaluated(drawn(people, 2, absent=0.2), people, a_study(allocation="groups"))
    imputed = rows[rows["method"].str.contains("imputed")]
    assert set(imputed["cohort"]) == set(tipping["cohort"]) == {"all"}
    assert set(imputed["kind"]) == {"difference"}


def test_a_level_is_not_imputed():
    people = some_people()
    scores = drawn(people, 2, waves=("after",), absent=0.2)
    assert complete(scores, people, IN_POINTS, a_study(allocation="groups")) == {}


def test_without_a_shift_the_tipping_row_is_the_imputed_row():
    rows, tipping = evaluated(*two_arms())
    row = rows[rows["method"] == "ancova_cr2_imputed_planned_df"].iloc[0]
    now = tipping[tipping["step"] == 0].iloc[0]
    for name in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        assert now[name] == pytest.approx(row[name], rel=1e-9)
    assert now["shift"] == 0
    assert now["n"] == row["n_pre"] + row["n_post"] - row["n_paired"]


def test_only_the_lost_of_the_intervention_arm_are_shifted():
    scores, people, study = two_arms()
    _, tipping = evaluated(scores, people, study)
    wide = scores.pivot(index="person_id", columns="wave", values="score").join(people.set_index("person_id"))
    lost = wide["after"].isna() & wide["before"].notna() & (wide["arm"] == "balint")
    assert set(tipping["n_shifted"]) == {int(lost.sum())}
    slope = np.polyfit(tipping["shift"], tipping["estimate"], 1)[0]
    assert slope == pytest.approx(lost.sum() / ((wide["arm"] == "balint").sum()), rel=0.2)
    assert tipping["estimate"].is_monotonic_increasing
    assert tipping["mean_shifted"].between(0, 64).all()


def test_shifts_end_where_the_scale_does():
    scores, people, study = two_arms()
    completions = complete(scores, people, IN_POINTS, study)
    narrow = find_tipping(completions, TEQ.assign(minimum=30.0, maximum=46.0), study)
    assert narrow["mean_shifted"].min() == pytest.approx(30)
    assert narrow["mean_shifted"].max() == pytest.approx(46)


def test_the_conclusion_turns_where_the_table_says():
    rng = np.random.default_rng(8)
    people = some_people(ONE_ARM, groups=4, size=8)
    before = rng.normal(40, 6, 32)
    after = before + 5 + rng.normal(0, 4, 32)
    after[::4] = np.nan
    scores = stacked(scores_of(people["person_id"], before, "before"), scores_of(people["person_id"], after, "after"))
    rows, tipping = evaluated(scores, people, a_study(ONE_ARM))
    assert rows[rows["role"] == "primary"].iloc[0]["conf_low"] > 0
    (turn,) = tipping[tipping["turns"] & (tipping["shift"] < 0)].to_dict("records")
    assert turn["conf_low"] == pytest.approx(0, abs=1e-6)
    before_it = tipping[(tipping["shift"] > turn["shift"]) & (tipping["shift"] <= 0)]
    assert (before_it["conf_low"] > 0).all()
    assert (tipping[tipping["shift"] < turn["shift"]]["conf_low"] < 0).all()
    assert tipping["step"].is_monotonic_increasing


def test_where_too_few_answered_twice_the_row_says_so():
    people = some_people(groups=2, size=3)
    scores = drawn(people, 1, absent=0)
    gone = (scores["wave"] == "after") & scores["person_id"].str.endswith("2")
    rows, tipping = evaluated(scores[~gone], people, a_study(allocation="groups"))
    row = rows[rows["method"] == "ancova_cr2_imputed"].iloc[0]
    wide = scores[~gone].pivot(index="person_id", columns="wave", values="score").join(people.set_index("person_id"))
    assert np.isfinite(ancova_cr2(wide["before"], wide["after"], wide["arm"] == "balint", wide["group_id"]).estimate)
    # Eight pairs carry three coefficients; with seven they would not.
    assert np.isfinite(row["estimate"])
    fewer = gone | ((scores["wave"] == "after") & (scores["person_id"] == "c1-waiting-1-1"))
    rows, tipping = evaluated(scores[~fewer], people, a_study(allocation="groups"))
    row = rows[rows["method"] == "ancova_cr2_imputed"].iloc[0]
    assert np.isnan(row["estimate"])
    assert "too few people with both scores" in row["note"]
    assert tipping.empty


def test_shuffled_rows_change_nothing():
    scores, people, study = two_arms()
    first = evaluated(scores, people, study)
    shuffled = (scores.sample(frac=1, random_state=1), people.sample(frac=1, random_state=2), study)
    for one, other in zip(first, evaluated(*shuffled), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_patterns_count_everybody_asked():
    people = some_people(cohorts=("c1", "c2"), groups=2, size=5)
    scores = drawn(people[people["cohort"] == "c1"], 4, absent=0.3)
    table = count_patterns(scores, people, IN_POINTS, a_study())
    asked = people[people["cohort"] == "c1"]
    wide = scores.pivot(index="person_id", columns="wave", values="score").reindex(asked["person_id"])
    expected = {
        "before + after": (wide["before"].notna() & wide["after"].notna()).sum(),
        "before": (wide["before"].notna() & wide["after"].isna()).sum(),
        "after": (wide["before"].isna() & wide["after"].notna()).sum(),
        "none": (wide["before"].isna() & wide["after"].isna()).sum(),
    }
    whole = table[table["arm"] == "all"].set_index("pattern")["people"]
    assert whole.to_dict() == {name: count for name, count in expected.items() if count}
    arms = table[table["arm"] != "all"].groupby("pattern")["people"].sum()
    assert arms.to_dict() == whole.to_dict()
    assert table["groups"].max() <= 4


def test_one_arm_has_patterns_once():
    people = some_people(ONE_ARM)
    table = count_patterns(drawn(people, 4), people, IN_POINTS, a_study(ONE_ARM))
    assert set(table["arm"]) == {"all"}

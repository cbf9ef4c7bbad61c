"""Correlation within groups, leaving groups and people out, and meetings attended, from scores to tables."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, a_study, drawn, some_people, stacked

from balint_eval.clustering import assess_clustering
from balint_eval.comparisons import compare
from balint_eval.dose import assess_dose
from balint_eval.influence import assess_influence
from balint_eval.stats.cluster import ancova_cr2, change_cr2
from balint_eval.stats.icc import group_correlation
from balint_eval.stats.leave_out import leave_each_out
from balint_eval.stats.slope import FEW_PEOPLE, SAME_DOSE, slope_cr2
from balint_eval.tables import TABLES, check_table


def wide_of(scores, people):
    wide = scores.pivot(index="person_id", columns="wave", values="score").join(people.set_index("person_id"))
    return wide.dropna(subset=["before", "after"])


def test_the_correlation_is_that_of_changes_within_arms():
    people = some_people()
    scores = drawn(people, 3)
    row = assess_clustering(scores, people, TEQ, a_study(allocation="groups")).iloc[0]
    wide = wide_of(scores, people)
    expected = group_correlation(wide["after"] - wide["before"], wide["group_id"], wide["arm"] == "balint")
    assert row["icc"] == pytest.approx(expected.icc)
    assert (row["n"], row["n_groups"]) == (len(wide), 6)


def test_people_without_groups_say_nothing_of_correlation():
    people = some_people(grouped=("balint",))
    scores = drawn(people, 3)
    row = assess_clustering(scores, people, TEQ, a_study(allocation="people")).iloc[0]
    wide = wide_of(scores, people).query("arm == 'balint'")
    assert row["icc"] == pytest.approx(group_correlation(wide["after"] - wide["before"], wide["group_id"]).icc)
    assert row["n_groups"] == 3


def test_a_waiting_list_of_groups_of_one_does_not_dilute_the_correlation():
    people = some_people()
    alone = people["arm"] == "waiting"
    people = people.assign(group_id=people["group_id"].mask(alone, "c1/" + people["person_id"]))
    scores = drawn(people, 3)
    row = assess_clustering(scores, people, TEQ, a_study(allocation="people")).iloc[0]
    assert row["n_groups"] == 3


def test_no_groups_no_correlation():
    people = some_people(grouped=())
    assert assess_clustering(drawn(people, 3), people, TEQ, a_study(allocation="people")).empty


def test_each_group_is_left_out_once_and_named_by_size_only():
    people = some_people()
    scores = drawn(people, 5)
    study = a_study(allocation="groups")
    table = assess_influence(scores, people, TEQ, study)
    wide = wide_of(scores, people)
    expected = []
    for group in sorted(set(wide["group_id"])):
        rest = wide[wide["group_id"] != group]
        expected.append(ancova_cr2(rest["before"], rest["after"], rest["arm"] == "balint", rest["group_id"]))
    found = table[table["left_out"] == "group"].sort_values("place")
    assert found["estimate"].to_list() == pytest.approx(sorted(result.estimate for result in expected))
    assert list(found["place"]) == [1, 2, 3, 4, 5, 6]
    whole = compare(scores, people, TEQ, study)[0].query("role == 'primary'").iloc[0]
    assert table.query("left_out == 'nobody'").iloc[0]["estimate"] == pytest.approx(whole["estimate"])
    assert not any("c1" in str(value) for value in table.drop(columns="cohort").to_numpy().ravel())


@pytest.mark.parametrize("arms", [ARMS, ONE_ARM])
def test_the_person_who_moves_it_most_is_found(arms):
    people = some_people(arms)
    scores = drawn(people, 6)
    table = assess_influence(
        scores, people, TEQ, a_study(arms, allocation="groups") if len(arms) > 1 else a_study(arms)
    )
    wide = wide_of(scores, people)
    estimates = []
    for person in wide.index:
        rest = wide.drop(person)
        two = (rest["before"], rest["after"], rest["arm"] == "balint", rest["group_id"])
        one = (rest["before"], rest["after"], rest["group_id"])
        estimates.append(ancova_cr2(*two).estimate if len(arms) > 1 else change_cr2(*one).estimate)
    whole = table.query("left_out == 'nobody'").iloc[0]["estimate"]
    farthest = max(estimates, key=lambda value: abs(value - whole))
    assert table.query("left_out == 'person'").iloc[0]["estimate"] == pytest.approx(farthest)


def test_leaving_out_is_refitting():
    generator = np.random.default_rng(2)
    X = np.column_stack((np.ones(9), generator.standard_normal((9, 2))))
    y = generator.standard_normal(9)
    refitted = [np.linalg.lstsq(np.delete(X, i, 0), np.delete(y, i), rcond=None)[0][-1] for i in range(9)]
    assert leave_each_out(X, y) == pytest.approx(np.array(refitted))
    assert leave_each_out(X[:, [0, 0]], y).size == 0
    alone = np.column_stack((np.ones(5), [1.0, 0, 0, 0, 0]))
    assert np.isnan(leave_each_out(alone, y[:5])).tolist() == [True, False, False, False, False]


def attended(people, meetings):
    rows = [
        (person.cohort, person.group_id, session, person.person_id)
        for person, number in zip(people.itertuples(), meetings, strict=True)
        for session in range(1, number + 1)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["attendance"].names), "attendance")


def test_points_per_meeting_are_least_squares_on_meetings_and_the_earlier_score():
    people = some_people(ONE_ARM, groups=4)
    scores = drawn(people, 7, absent=0)
    meetings = np.random.default_rng(1).integers(0, 9, len(people))
    row = assess_dose(scores, people, attended(people, meetings), TEQ, a_study(ONE_ARM)).iloc[0]
    wide = scores.pivot(index="person_id", columns="wave", values="score").loc[people["person_id"]]
    X = np.column_stack((np.ones(len(people)), wide["before"], meetings))
    assert row["estimate"] == pytest.approx(np.linalg.lstsq(X, wide["after"], rcond=None)[0][-1])
    assert row["meetings_mean"] == pytest.approx(meetings.mean())


def test_only_groups_whose_attendance_was_kept_count():
    people = some_people(ONE_ARM, groups=4)
    kept = people["group_id"] != "c1/balint0"
    meetings = np.where(kept, np.arange(len(people)) % 5, 0)
    row = assess_dose(drawn(people, 7, absent=0), people, attended(people, meetings), TEQ, a_study(ONE_ARM)).iloc[0]
    assert (row["n_paired"], row["n_groups"]) == (18, 3)


def test_no_attendance_no_dose():
    people = some_people(ONE_ARM)
    assert assess_dose(drawn(people, 7), people, attended(people, [0] * len(people)), TEQ, a_study(ONE_ARM)).empty


def test_the_waiting_arm_has_no_dose():
    people = some_people()
    table = assess_dose(
        drawn(people, 7), people, attended(people, [3] * len(people)), TEQ, a_study(allocation="groups")
    )
    assert set(table["arm"]) == {"balint"}
    assert (table["note"] == SAME_DOSE).all()


def test_a_dose_needs_ten_people_and_is_known_for_all():
    assert slope_cr2(range(9), [1, 3, 2, 5, 4, 6, 9, 8, 7], range(9), [1] * 9).note.startswith(FEW_PEOPLE)
    with pytest.raises(ValueError, match="known for everyone"):
        slope_cr2([1, 2], [2, 3], [1, np.nan], [1, 1])


def test_shuffled_rows_change_nothing():
    people = some_people()
    scores = drawn(people, 8)
    study = a_study(allocation="groups")
    for assess in (assess_clustering, assess_influence):
        other = assess(
            stacked(scores.sample(frac=1, random_state=1)), people.sample(frac=1, random_state=2), TEQ, study
        )
        pd.testing.assert_frame_equal(assess(scores, people, TEQ, study), other)

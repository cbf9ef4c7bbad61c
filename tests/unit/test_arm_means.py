"""Three arms, sites and further pairs: from scores to tables, and how often chance alone is taken for something."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ONE_ARM, TEQ, a_study, drawn, some_people, stacked

from balint_eval.arm_means import ONE_ARM_GROUPED, assess_joint_tests, assess_marginal_means
from balint_eval.comparisons import compare
from balint_eval.contrasts import enumerate_contrasts
from balint_eval.stats.by_site import ALIASED, ONE_SITE, ancova_by_site, change_by_site, level_by_site
from balint_eval.stats.cluster import change_cr2
from balint_eval.stats.cr2_joint import cr2_joint

THREE = {"balint": "intervention", "narrative": "intervention", "waiting": "control"}
PAIR = {"arm": "balint", "against": "narrative"}


def one(table, **facts):
    found = table[np.logical_and.reduce([table[name] == value for name, value in facts.items()])]
    assert len(found) == 1
    return found.iloc[0]


def delayed(study, place, wave):
    arms = list(study.arms)
    arms[place] = arms[place].model_copy(update={"starts_after": wave})
    return study.model_copy(update={"arms": arms})


def compared(scores, people, study):
    return compare(scores, people, TEQ, study)[0]


def test_means_of_arms_by_hand():
    people = some_people(THREE, grouped=THREE)
    scores = drawn(people, 3)
    table = assess_marginal_means(scores, people, TEQ, a_study(THREE, allocation="groups"))
    merged = scores.dropna(subset=["score"]).merge(people, on=["cohort", "person_id"])
    for (wave, arm), mine in merged.groupby(["wave", "arm"]):
        row = one(table, wave=wave, arm=arm, method="mean_cr2")
        assert (row["n"], row["n_groups"]) == (len(mine), mine["group_id"].nunique())
        assert row["estimate"] == pytest.approx(mine["score"].mean())
        assert row["conf_low"] < row["estimate"] < row["conf_high"]
    adjusted = table[table["method"] == "adjusted_mean_cr2"]
    assert set(adjusted["wave"]) == {"after"}
    assert set(table[table["method"] == "mixed_model"]["wave"]) == {"before", "after"}
    assert table["note"].eq("").all()


def test_people_alone_beside_groups_get_no_model_and_no_joint_test():
    people = some_people(THREE, grouped=("balint",))
    scores, study = drawn(people, 3), a_study(THREE, allocation="people")
    assert set(assess_marginal_means(scores, people, TEQ, study)["method"]) == {"mean_cr2", "adjusted_mean_cr2"}
    assert set(assess_joint_tests(scores, people, TEQ, study)["note"]) == {ONE_ARM_GROUPED}


def test_nobody_in_groups_has_a_model_of_persons():
    people = some_people(grouped=())
    table = assess_marginal_means(drawn(people, 3), people, TEQ, a_study(allocation="people"))
    assert one(table, wave="after", arm="balint", method="mixed_model")["std_error"] > 0
    assert (table["n_groups"] == 0).all()


def test_a_single_group_has_a_mean_without_an_error():
    people = some_people(ONE_ARM, groups=1)
    table = assess_marginal_means(drawn(people, 3), people, TEQ, a_study(ONE_ARM))
    assert table["estimate"].notna().sum() >= 2
    assert table["std_error"].isna().all()
    assert table["note"].ne("").all()


def test_joint_tests_need_three_arms_and_stop_where_a_waiting_arm_begins():
    people = some_people()
    assert assess_joint_tests(drawn(people, 3), people, TEQ, a_study(allocation="groups")).empty
    people, waves = some_people(THREE, grouped=THREE), ("before", "after", "later")
    study = a_study(THREE, waves, allocation="groups")
    scores = drawn(people, 3, waves)
    assert list(assess_joint_tests(scores, people, TEQ, study)["wave_to"]) == ["after", "later"]
    assert list(assess_joint_tests(scores, people, TEQ, delayed(study, 2, "after"))["wave_to"]) == ["after"]


def test_a_further_pair_is_a_family_of_its_own():
    people = some_people(THREE, grouped=THREE)
    study = a_study(THREE, allocation="groups", further_contrasts=[PAIR])
    names = [contrast.name for contrast in enumerate_contrasts(study)]
    assert {"after-before@balint-narrative", "after@balint-narrative"} <= set(names)
    table = compared(drawn(people, 4), people, study)
    row = one(table, contrast="after-before@balint-narrative", method="ancova_cr2")
    assert (row["role"], row["family"]) == ("secondary", "primary, further contrasts")
    assert row["p_adjusted"] == row["p_value"]
    without = compared(drawn(people, 4), people, a_study(THREE, allocation="groups"))
    kept = table[~table["contrast"].str.contains("balint-narrative")].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, without)


def test_further_pairs_without_a_control_and_at_one_wave():
    arms = {"balint": "intervention", "narrative": "intervention"}
    study = a_study(arms, allocation="groups", further_contrasts=[PAIR])
    assert [one.name for one in enumerate_contrasts(study)][2:] == [
        "after-before@balint-narrative",
        "after@balint-narrative",
    ]
    only = a_study(arms, ("before",), further_contrasts=[PAIR])
    assert [one.name for one in enumerate_contrasts(only)] == ["before@balint-narrative"]
    assert len(enumerate_contrasts(delayed(study, 1, "before"))) == 2


def test_sites_are_kept_apart_beside_the_planned_method():
    people = some_people(cohorts=("c1", "c2"))
    table = compared(drawn(people, 5), people, a_study(allocation="groups"))
    pooled = table[table["cohort"] == "all"]
    for method in ("ancova_cr2_by_site", "mixed_model_by_site"):
        row = one(pooled, kind="difference", method=method)
        assert row["role"] == "sensitivity"
        assert row["std_error"] > 0
    assert not table[table["cohort"] != "all"]["method"].str.endswith("_by_site").any()
    sites = some_people().assign(site=lambda people: np.where(people["group_id"].str.contains("0"), "north", "south"))
    within = compared(drawn(sites, 5), sites, a_study(allocation="groups"))
    assert within["method"].str.endswith("_by_site").any()


def test_by_site_says_what_it_cannot_tell():
    rng = np.random.default_rng(1)
    pre, post, group = rng.normal(40, 5, 24), rng.normal(42, 5, 24), np.arange(24) // 6
    arm = group < 2
    assert ONE_SITE in change_by_site(pre, post, group, np.zeros(24)).note
    assert ALIASED in ancova_by_site(pre, post, arm, group, arm).note
    assert np.isnan(ancova_by_site(pre, post, arm, group, arm).p_value)
    plain, kept = change_cr2(pre, post, group), change_by_site(pre, post, group, group % 2)
    assert kept.estimate == pytest.approx(plain.estimate)
    level = level_by_site(post, arm, group, group % 2)
    assert (level.method, level.n_pre) == ("level_cr2_by_site", 0)
    design = np.column_stack((np.ones(24), group % 2, arm)).astype(float)
    assert level.estimate == pytest.approx(np.linalg.lstsq(design, post, rcond=None)[0][-1])


def test_sites_that_start_apart_no_longer_widen_the_interval():
    people = some_people(cohorts=("c1", "c2"), groups=4)
    scores = drawn(people, 6, absent=0)
    far = scores["cohort"].eq("c2") & scores["wave"].eq("after")
    table = compared(scores.assign(score=scores["score"] + 15 * far), people, a_study(allocation="groups"))
    planned, within = (
        one(table, cohort="all", kind="difference", method=name) for name in ("ancova_cr2", "ancova_cr2_by_site")
    )
    assert within["std_error"] < 0.5 * planned["std_error"]


def test_shuffled_rows_change_nothing():
    people = some_people(THREE, grouped=THREE)
    scores, study = drawn(people, 8), a_study(THREE, allocation="groups")
    for assess in (assess_marginal_means, assess_joint_tests):
        other = assess(
            stacked(scores.sample(frac=1, random_state=1)), people.sample(frac=1, random_state=2), TEQ, study
        )
        pd.testing.assert_frame_equal(assess(scores, people, TEQ, study), other)


def test_the_page_shows_joint_tests_and_means():
    from balint_eval.report.material import Material
    from balint_eval.report.research_arms import arm_means

    people = some_people(THREE, grouped=THREE)
    study = a_study(THREE, allocation="groups")
    tables = {
        "marginal_means": assess_marginal_means(drawn(people, 3), people, TEQ, study),
        "joint_tests": assess_joint_tests(drawn(people, 3), people, TEQ, study),
        "outcomes": TEQ,
    }
    file = SimpleNamespace(study=study, instruments={})
    joint, means = arm_means(Material(tables, file, {}, {})).blocks
    assert [column.heading for column in joint.columns][-3:] == ["F", "df", "p"]
    assert len(means.rows) == len(tables["marginal_means"])
    assert not arm_means(Material({}, file, {}, {})).blocks


def simulated(rng, groups, icc):
    group = np.arange(3 * groups).repeat(8)
    common = np.sqrt(icc) * rng.standard_normal(3 * groups)[group]
    pre = rng.standard_normal(group.size)
    return group, group % 3, pre, 0.6 * pre + common + np.sqrt(0.64 - icc) * rng.standard_normal(group.size)


@pytest.mark.parametrize("icc", [0.0, 0.15])
@pytest.mark.thorough
def test_joint_tests_and_sites_never_reject_too_often(icc):
    rng = np.random.default_rng(int(100 * icc) + 2)
    joint, within = [], []
    for groups in (2, 3, 4, 8):
        for _ in range(200):
            group, arm, pre, post = simulated(rng, groups, icc)
            design = np.column_stack((np.ones(group.size), pre, arm == 1, arm == 2))
            joint.append(cr2_joint(design, post, group, np.eye(4)[2:]).p_value)
            site = (group // 3) % 2
            two = arm < 2
            within.append(ancova_by_site(pre[two], post[two], arm[two], group[two], site[two]).p_value)
    for found in (joint, within):
        told = np.array(found)[np.isfinite(found)]
        # Standard error .0077 of 800: a method that rejects in 7 of 100 lies beyond this in most draws.
        assert np.mean(told < 0.05) < 0.05 + 2 * np.sqrt(0.05 * 0.95 / len(told))

"""What is compared with what: contrasts, samples, roles, families, and relations every table must keep."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, a_study, drawn, scores_of, some_outcomes, some_people, stacked

from balint_eval.comparisons import NO_GROUPS, UNLIKE_MEANS, compare
from balint_eval.contrasts import enumerate_contrasts
from balint_eval.errors import DataError
from balint_eval.stats.cluster import ancova_cr2
from balint_eval.tables import check_table

NUMBERS = ["estimate", "p_value", "conf_low", "conf_high"]
IN_POINTS = ["estimate", "std_error", "conf_low", "conf_high", "mean_pre", "sd_pre", "mean_post", "sd_post"]
FREE_OF_UNITS = ["df", "statistic", "p_value", "p_adjusted", "effect", "effect_low", "effect_high"]
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=4, deadline=None, derandomize=True)


def compared(scores, people, outcomes=TEQ, study=None):
    return compare(scores, people, outcomes, study or a_study(allocation="groups"))[0]


def one(table, **facts):
    found = table[np.logical_and.reduce([table[name] == value for name, value in facts.items()])]
    assert len(found) == 1
    return found.iloc[0]


def assert_numbers_or_notes(table):
    numbers = table.select_dtypes("number")
    assert not np.isinf(numbers.to_numpy()).any()
    unexplained = table[table[NUMBERS].isna().any(axis=1) & (table["note"] == "")]
    assert unexplained[["method", "contrast"]].to_dict("records") == []


@pytest.mark.parametrize(
    ("arms", "waves", "names"),
    [
        (ONE_ARM, ("before", "after"), ["after-before@balint"]),
        (ARMS, ("before", "after"), ["after-before@balint", "after-before@waiting", "after-before@balint-waiting",
                                     "after@balint-waiting"]),
        (
            {"balint": "intervention", "lectures": "intervention", "waiting": "control"},
            ("before", "after"),
            ["after-before@balint", "after-before@lectures", "after-before@waiting",
             "after-before@balint-waiting", "after-before@lectures-waiting",
             "after@balint-waiting", "after@lectures-waiting"],
        ),
        # Asked once only: the arms are compared at that wave.
        (ARMS, ("before",), ["before@balint-waiting"]),
        (ONE_ARM, ("before", "after", "later"), ["after-before@balint", "later-before@balint"]),
        ({"balint": "intervention", "lectures": "intervention"}, ("before", "after"),
         ["after-before@balint", "after-before@lectures"]),
        # No wave is the baseline: the first one stands for it and is not compared with itself.
        (ONE_ARM, ("after", "later"), ["later-after@balint"]),
        (ONE_ARM, ("after",), []),
    ],
)  # fmt: skip
def test_contrasts_are_each_arms_changes_then_differences_from_the_control(arms, waves, names):
    assert [contrast.name for contrast in enumerate_contrasts(a_study(arms, waves))] == names


def test_roles_follow_outcome_wave_method_and_cohort():
    people = some_people(cohorts=("c1", "c2"), groups=2)
    waves = ("before", "after", "later")
    outcomes = some_outcomes(TEQ="primary", PSS10="well_being")
    table = compared(drawn(people, 1, waves, ("TEQ", "PSS10")), people, outcomes, a_study(waves=waves))
    pooled = table[table["cohort"] == "all"]
    assert set(table.loc[table["cohort"] != "all", "role"]) == {"by_cohort"}
    assert set(pooled.loc[pooled["kind"] == "change", "role"]) == {"by_arm"}
    tested = pooled[pooled["method"] == "ancova_cr2"].set_index(["instrument", "wave_to"])
    assert tested["role"].to_dict() == {
        ("PSS10", "after"): "secondary", ("PSS10", "later"): "secondary",
        ("TEQ", "after"): "primary", ("TEQ", "later"): "secondary",
    }  # fmt: skip
    assert tested["family"].to_dict() == {
        ("PSS10", "after"): "well_being", ("PSS10", "later"): "well_being, later",
        ("TEQ", "after"): "primary", ("TEQ", "later"): "primary, later",
    }  # fmt: skip
    rest = pooled[(pooled["kind"] == "difference") & (pooled["method"] != "ancova_cr2")]
    assert set(rest["role"]) == {"sensitivity"}
    assert set(table.loc[~table["role"].isin(["primary", "secondary"]), "family"]) == {""}
    assert table.loc[table["family"] == "", "p_adjusted"].isna().all()


def test_one_arm_tests_its_change_and_has_no_difference():
    people = some_people(ONE_ARM)
    table = compared(drawn(people, 2), people, study=a_study(ONE_ARM))
    assert set(table["kind"]) == {"change"}
    assert dict(zip(table["method"], table["role"], strict=True)) == {
        "change_cr2": "primary", "group_means_t": "sensitivity", "mixed_model": "sensitivity",
        "permutation": "sensitivity", "paired_t": "sensitivity", "rank_cr2": "sensitivity", "wilcoxon": "sensitivity",
    }  # fmt: skip


def test_holm_within_a_family_of_three_by_hand():
    people = some_people()
    outcomes = some_outcomes(TEQ="primary", A="mood", B="mood", C="mood")
    table = compared(drawn(people, 3, instruments=("TEQ", "A", "B", "C")), people, outcomes)
    family = table[table["family"] == "mood"].sort_values("p_value")
    low, middle, high = family["p_value"]
    first = min(1, 3 * low)
    second = max(first, min(1, 2 * middle))
    assert_allclose(family["p_adjusted"], [first, second, max(second, high)], rtol=1e-12)
    alone = one(table, role="primary")
    assert alone["p_adjusted"] == alone["p_value"]


def test_without_adjustment_p_stays():
    people = some_people()
    outcomes = some_outcomes(TEQ="x", A="x")
    table = compared(drawn(people, 3, instruments=("TEQ", "A")), people, outcomes, a_study(adjust="none"))
    tested = table[table["family"] != ""]
    assert len(tested) == 2
    assert (tested["p_adjusted"] == tested["p_value"]).all()


def test_ratings_of_one_person_count_as_their_mean():
    people = some_people()
    means = drawn(people, 4, absent=0)
    low = means.assign(person_id=means["person_id"] + "#1", score=means["score"] - 3)
    high = means.assign(person_id=means["person_id"] + "#2", score=means["score"] + 3)
    expected, found = compared(means, people), compared(stacked(low, high), people)
    assert (found["n_paired"] == expected["n_paired"]).all()
    assert_allclose(found[NUMBERS], expected[NUMBERS], rtol=1e-8)


def test_people_without_groups_beside_groups_are_their_own_clusters():
    people = some_people(grouped=ONE_ARM)
    scores = drawn(people, 5, absent=0)
    table = compared(scores, people)
    row = one(table, method="ancova_cr2")
    pre, post = (scores[scores["wave"] == wave].set_index("person_id")["score"] for wave in ("before", "after"))
    by_id = people.set_index("person_id").loc[pre.index]
    cluster = by_id["group_id"].where(by_id["group_id"] != "", by_id.index)
    expected = ancova_cr2(pre, post.loc[pre.index], by_id["arm"] == "balint", cluster.to_numpy(dtype=str))
    assert_allclose(row[NUMBERS].astype(float), [getattr(expected, name) for name in NUMBERS], rtol=1e-9)
    assert row["n_groups"] == 3
    assert "18 of 36 people have no group" in row["note"]
    means = one(table, method="group_means_t", kind="difference")
    assert np.isnan(means["p_value"])
    assert UNLIKE_MEANS in means["note"]
    assert_numbers_or_notes(table)
    assert not table.loc[table["method"] == "person_change_t", "note"].str.contains("no group").any()


def test_a_group_without_pairs_is_not_counted_beside_people_without_groups():
    people = some_people(grouped=ONE_ARM)
    scores = drawn(people, 5, absent=0)
    lost = scores["person_id"].str.startswith("c1-balint-0") & (scores["wave"] == "after")
    assert one(compared(scores[~lost], people), method="ancova_cr2")["n_groups"] == 2


def test_by_cohort_rows_are_those_of_the_cohort_alone():
    people = some_people(cohorts=("c1", "c2"))
    scores = drawn(people, 10)
    both, alone = (
        compare(scores[scores["cohort"].isin(kept)], people[people["cohort"].isin(kept)], TEQ, a_study())
        for kept in (["c1", "c2"], ["c2"])
    )
    columns = [*NUMBERS, "n_pre", "n_post", "n_groups"]
    mine = both[0][both[0]["cohort"] == "c2"]
    assert_allclose(mine[columns], alone[0][columns], rtol=1e-9)
    pooled = one(both[0], cohort="all", method="ancova_cr2")
    assert (pooled["n_groups"], alone[0]["n_groups"].max()) == (12, 6)


def test_a_person_named_like_a_group_is_not_of_that_group():
    people = some_people(grouped=ONE_ARM)
    scores = drawn(people, 5, absent=0)
    code = people["person_id"].where(people["person_id"] != "c1-waiting-0-0", "c1/balint0")
    renamed = dict(zip(people["person_id"], code, strict=True))
    expected = compared(scores, people)
    found = compared(scores.assign(person_id=scores["person_id"].map(renamed)), people.assign(person_id=code))
    assert_allclose(found[NUMBERS], expected[NUMBERS], rtol=1e-8)


def test_people_with_one_wave_reach_the_mixed_model_only():
    people = some_people(size=8)
    scores = drawn(people, 6, absent=0)
    dropped = people["person_id"].str.endswith("-7")
    lost = scores["person_id"].isin(people.loc[dropped, "person_id"]) & (scores["wave"] == "after")
    partial, complete = scores[~lost], scores[~scores["person_id"].isin(people.loc[dropped, "person_id"])]
    some, none = compared(partial, people), compared(complete, people)
    same = some["method"] != "mixed_model"
    assert_allclose(some.loc[same, NUMBERS], none.loc[same, NUMBERS], rtol=1e-12)
    differs = some.loc[~same, "estimate"].to_numpy() - none.loc[~same, "estimate"].to_numpy()
    assert (np.abs(differs) > 1e-6).all()
    row = one(some, method="ancova_cr2")
    assert (row["n_pre"], row["n_post"], row["n_paired"]) == (48, 42, 42)


@few
@given(seed=seeds)
@pytest.mark.thorough
def test_the_order_of_rows_does_not_matter(seed):
    people = some_people(groups=2)
    outcomes = some_outcomes(TEQ="primary", PSS10="other")
    scores = drawn(people, seed, instruments=("TEQ", "PSS10"))
    tables = (scores, people, outcomes)
    expected = compare(*tables, a_study())
    found = compare(*(table.sample(frac=1, random_state=seed) for table in tables), a_study())
    for one_table, other in zip(expected, found, strict=True):
        pd.testing.assert_frame_equal(one_table, other, check_exact=True)


@few
@given(seed=seeds)
@pytest.mark.thorough
def test_swapping_the_arms_turns_differences_round(seed):
    people = some_people()
    scores = drawn(people, seed)
    swapped = people.assign(arm=people["arm"].map({"balint": "waiting", "waiting": "balint"}))
    plain, other = (compared(scores, who).query("kind == 'difference'") for who in (people, swapped))
    assert_allclose(other[["estimate", "effect"]], -plain[["estimate", "effect"]], rtol=1e-6, atol=1e-8)
    assert_allclose(other[["conf_low", "effect_low"]], -plain[["conf_high", "effect_high"]], rtol=1e-6, atol=1e-8)
    assert_allclose(other[["p_value", "std_error", "df"]], plain[["p_value", "std_error", "df"]], rtol=1e-6)


@few
@given(seed=seeds, constant=st.integers(-40, 200))
@pytest.mark.thorough
def test_adding_a_constant_to_both_waves_changes_nothing_else(seed, constant):
    people = some_people()
    scores = drawn(people, seed)
    plain, moved = compared(scores, people), compared(scores.assign(score=scores["score"] + constant), people)
    columns = [name for name in IN_POINTS + FREE_OF_UNITS if not name.startswith("mean")]
    assert_allclose(moved[columns], plain[columns], rtol=1e-6, atol=1e-7)
    assert_allclose(moved[["mean_pre", "mean_post"]], plain[["mean_pre", "mean_post"]] + constant, rtol=1e-9)


@few
@given(seed=seeds)
@pytest.mark.thorough
def test_ten_times_the_points_keep_d_and_p(seed):
    people = some_people()
    scores = drawn(people, seed)
    plain, larger = compared(scores, people), compared(scores.assign(score=scores["score"] * 10), people)
    # The statistic of a permutation is a difference in points.
    tests = plain["method"] != "permutation"
    assert_allclose(larger.loc[tests, FREE_OF_UNITS], plain.loc[tests, FREE_OF_UNITS], rtol=1e-6, atol=1e-8)
    # rank_cr2 is in ranks.
    in_points = plain["method"] != "rank_cr2"
    assert_allclose(larger.loc[in_points, IN_POINTS], 10 * plain.loc[in_points, IN_POINTS], rtol=1e-6, atol=1e-7)


@few
@given(seed=seeds)
@pytest.mark.thorough
def test_codes_of_cohorts_groups_and_people_carry_no_information(seed):
    people = some_people(cohorts=("c1", "c2"), groups=2)
    scores = drawn(people, seed)
    rng = np.random.default_rng(seed)
    cohorts = {"c1": "spring", "c2": "autumn"}
    groups, ids = (
        dict(zip(names, [f"x{n}" for n in rng.permutation(len(names))], strict=True))
        for names in (people["group_id"].unique(), people["person_id"].unique())
    )
    renamed = people.assign(
        cohort=people["cohort"].map(cohorts),
        group_id=people["group_id"].map(groups),
        person_id=people["person_id"].map(ids),
    )
    moved = scores.assign(cohort=scores["cohort"].map(cohorts), person_id=scores["person_id"].map(ids))
    plain, other = compared(scores, people), compared(moved, renamed)
    plain = check_table(plain.assign(cohort=plain["cohort"].replace(cohorts)), "comparisons")
    assert (plain["cohort"] == other["cohort"]).all()
    columns = IN_POINTS + FREE_OF_UNITS
    assert_allclose(other[columns], plain[columns], rtol=1e-6, atol=1e-8)


def test_one_id_in_two_cohorts_is_refused():
    people = some_people(cohorts=("c1", "c2"), groups=2)
    twice = people.assign(person_id=people["person_id"].str.replace("c2-balint-0-0", "c1-balint-0-0"))
    with pytest.raises(DataError) as caught:
        compared(drawn(twice, 1), twice)
    problem = caught.value.problems[0]
    assert problem.code == "LK-TWOCOHORTS"
    assert "1 person has the same id in two cohorts (c1, c2)" in problem.what
    assert "balint-0-0" not in str(caught.value)


@few
@given(seed=seeds)
def test_without_groups_change_cr2_is_the_paired_t_test(seed):
    people = some_people(ONE_ARM, grouped={})
    table = compared(drawn(people, seed), people, study=a_study(ONE_ARM)).set_index("method")
    columns = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
    assert_allclose(
        table.loc["change_cr2", columns].astype(float), table.loc["paired_t", columns].astype(float), rtol=1e-10
    )
    assert table.loc["change_cr2", "note"] == NO_GROUPS
    assert set(table.index) == {"change_cr2", "paired_t", "wilcoxon"}
    assert (table["n_groups"] == 0).all()


def test_an_outcome_asked_in_one_arm_only_has_no_difference_but_a_note():
    people = some_people()
    scores = drawn(people, 7)
    table = compared(scores[scores["person_id"].str.contains("balint")], people)
    difference = table[table["kind"] == "difference"]
    assert set(table.loc[table["kind"] == "change", "arm"]) == {"balint"}
    assert difference["p_value"].isna().all()
    assert (difference["note"] != "").all()
    assert_numbers_or_notes(table)


def scores_of_two(wave):
    """TEQ was asked at both waves, CARE at one."""
    people = some_people()
    scores = drawn(people, 8, instruments=("TEQ", "CARE"))
    return people, scores[(scores["instrument"] == "TEQ") | (scores["wave"] == wave)]


def test_an_outcome_of_the_baseline_alone_gives_no_rows():
    people, scores = scores_of_two("before")
    outcomes = some_outcomes(TEQ="primary", CARE="patients")
    assert set(compared(scores, people, outcomes)["instrument"]) == {"TEQ"}


def test_an_outcome_asked_afterwards_alone_is_compared_between_arms():
    people, scores = scores_of_two("after")
    table = compared(scores, people, some_outcomes(TEQ="primary", CARE="patients"))
    assert set(table.loc[table["instrument"] == "TEQ", "kind"]) == {"change", "difference"}
    rows = table[table["instrument"] == "CARE"]
    assert set(rows["contrast"]) == {"after@balint-waiting"}
    assert set(rows["method"]) == {
        "level_cr2", "level_t", "mann_whitney", "group_means_t", "permutation", "rank_cr2", "mixed_model"
    }  # fmt: skip
    assert one(rows, method="level_cr2")["role"] == "secondary"
    assert one(rows, method="level_cr2")["family"] == "patients"
    wide = scores[scores["instrument"] == "CARE"].merge(people, on="person_id").dropna(subset="score")
    arms = [wide.loc[wide["arm"] == arm, "score"] for arm in ARMS]
    assert one(rows, method="level_cr2")["estimate"] == pytest.approx(arms[0].mean() - arms[1].mean())
    assert (rows["n_pre"] == 0).all()
    assert (rows["n_paired"] == len(wide)).all()
    assert rows[["mean_pre", "sd_pre"]].isna().all(axis=None)
    assert_numbers_or_notes(rows[rows["method"] != "permutation"])


def test_one_wave_with_two_arms_is_a_comparison_of_levels():
    people = some_people()
    table = compared(drawn(people, 4, waves=("before",)), people, study=a_study(waves=("before",), allocation="people"))
    assert set(table["kind"]) == {"level"}
    assert one(table, role="primary")["method"] == "level_cr2"


def delayed(**plan):
    study = a_study(ARMS, ("before", "after", "later"), allocation="people", **plan)
    arms = [study.arms[0], study.arms[1].model_copy(update={"starts_after": "after"})]
    return study.model_copy(update={"arms": arms})


def test_a_delayed_arm_is_no_control_once_it_has_started():
    names = [contrast.name for contrast in enumerate_contrasts(delayed())]
    assert "after-before@balint-waiting" in names
    assert not any(name.startswith("later") and name.endswith("-waiting") for name in names)


def test_a_delayed_arm_changes_from_its_own_start():
    names = [contrast.name for contrast in enumerate_contrasts(delayed())]
    assert [name for name in names if name.endswith("@waiting")] == ["after-before@waiting", "later-after@waiting"]
    assert "later-before@balint" in names


def test_no_scores_give_empty_tables():
    people = some_people()
    comparisons, diagnostics = compare(drawn(people, 1).iloc[:0], people, TEQ, a_study())
    assert comparisons.empty
    assert diagnostics.empty


def pairs(changes, people):
    """Everybody listed by place has a score of 30 + place before, and that plus a change after."""
    pre = 30.0 + np.arange(len(people))
    return stacked(
        scores_of(people["person_id"], pre, "before"),
        scores_of(people["person_id"], pre + np.asarray(changes, dtype=float), "after"),
    )


@pytest.mark.parametrize("arms", [ONE_ARM, ARMS])
@pytest.mark.parametrize("grouped", [{}, ONE_ARM, ARMS])
@pytest.mark.parametrize("kind", ["no pair", "one pair", "two pairs", "equal", "zero", "one group", "two groups"])
def test_odd_data_give_numbers_or_a_note(kind, grouped, arms):
    groups = {"one group": 1, "two groups": 2}.get(kind, 3)
    people = some_people(arms, groups=groups, grouped=grouped)
    count = {"no pair": 0, "one pair": 1, "two pairs": 2}.get(kind, len(people))
    changes = {"equal": [2.0] * len(people), "zero": [0.0] * len(people)}.get(kind, np.arange(len(people)) % 5)
    scores = pairs(changes, people)
    # Those without a pair answered in one wave each, so that both waves have answers.
    place = scores["person_id"].map({code: n for n, code in enumerate(people["person_id"])})
    scores = scores[(place < count) | ((place % 2 == 0) == (scores["wave"] == "before"))]
    table = compared(scores, people, study=a_study(arms))
    assert len(table)
    assert_numbers_or_notes(table)
    person_level = table["method"].isin(["paired_t", "wilcoxon", "person_change_t", "mann_whitney"])
    if kind in {"no pair", "one pair", "equal"} and arms is ONE_ARM:
        assert table.loc[person_level, "p_value"].isna().all()


def test_one_group_of_six_gives_an_estimate_and_no_claim():
    people = some_people(ONE_ARM, groups=1)
    table = compared(pairs([1, 2, 3, 1, 2, 3], people), people, study=a_study(ONE_ARM)).set_index("method")
    row = table.loc["change_cr2"]
    assert row["estimate"] == pytest.approx(2)
    assert np.isnan(row["p_value"])
    assert "no claim of significance" in row["note"]
    assert row["n_groups"] == 1
    assert np.isnan(table.loc["mixed_model", "p_value"])


def test_each_mixed_model_has_its_terms_and_shares():
    people = some_people(cohorts=("c1", "c2"), groups=3)
    comparisons, diagnostics = compare(drawn(people, 9), people, TEQ, a_study())
    place = ["cohort", "instrument", "scale", "contrast"]
    fitted = comparisons[(comparisons["method"] == "mixed_model") & comparisons["estimate"].notna()]
    assert sorted(map(tuple, fitted[place].to_numpy())) == sorted(set(map(tuple, diagnostics[place].to_numpy())))
    for _, rows in diagnostics.groupby(place):
        terms = rows.set_index("term")
        assert set(terms.index) == {"group", "group_by_wave", "person", "residual", "icc"}
        assert_allclose(terms["share"].drop("icc").sum(), 1)
        assert_allclose(terms.loc["icc", "share"], terms.loc[["group", "group_by_wave"], "share"].sum(), atol=1e-9)

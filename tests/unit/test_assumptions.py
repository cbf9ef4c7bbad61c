"""Residuals, edges of scales, dependence on the baseline and spread of groups: from scores to tables."""

from dataclasses import replace
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, a_study, drawn, scores_of, some_people, stacked

from balint_eval.assumptions import NOTHING_LEFT, TOO_FEW, assess_residuals, count_edges
from balint_eval.baseline_dependence import NO_RELIABILITY, assess_baseline_dependence
from balint_eval.comparisons import compare
from balint_eval.heterogeneity import assess_heterogeneity
from balint_eval.instruments.registry import known_instruments
from balint_eval.stats import group_spread, mixed
from balint_eval.stats.baseline import (
    FEW_PEOPLE,
    SAME_SCORE,
    Slope,
    baseline_slopes,
    change_by_selection,
    corrected_slope,
)
from balint_eval.stats.group_spread import NOT_CONVERGED, spread_of_groups
from balint_eval.stats.icc import FEW_GROUPS, group_correlation
from balint_eval.stats.residuals import largest_usual, normal_quantiles, standardised_residuals, tied_bins
from balint_eval.study import StudyFile
from balint_eval.tables import TABLES, check_table, empty_table


def wide_of(scores, people):
    wide = scores.pivot(index="person_id", columns="wave", values="score").join(people.set_index("person_id"))
    return wide.dropna(subset=["before", "after"])


def looked_at(scores, people, study):
    return assess_residuals(scores, people, TEQ, compare(scores, people, TEQ, study)[0], study)


def test_residuals_are_those_of_the_planned_ancova():
    people = some_people()
    scores = drawn(people, 3)
    drawn_rows, checks = looked_at(scores, people, a_study(allocation="groups"))
    wide = wide_of(scores, people)
    X = np.column_stack((np.ones(len(wide)), wide["before"], wide["arm"] == "balint"))
    expected = standardised_residuals(X, wide["after"].to_numpy())
    row = checks.iloc[0]
    assert (row["n"], row["n_groups"], row["against"]) == (len(wide), 6, "fitted")
    assert row["largest"] == pytest.approx(np.abs(expected.standardised).max())
    assert row["usual"] == pytest.approx(largest_usual(len(wide), 3))
    quantiles = drawn_rows.query("part == 'normal'")
    assert quantiles["residual"].to_list() == pytest.approx(list(normal_quantiles(expected.standardised).observed))
    bins = drawn_rows.query("part == 'fitted'")
    assert bins["n"].sum() == len(wide)
    assert (bins["residual"] * bins["n"]).sum() == pytest.approx(expected.standardised.sum())


def test_a_change_is_drawn_against_the_mean_of_both_scores():
    people = some_people(ONE_ARM, groups=4)
    scores = drawn(people, 3)
    drawn_rows, checks = looked_at(scores, people, a_study(ONE_ARM))
    wide = wide_of(scores, people)
    assert checks.iloc[0]["against"] == "mean_of_both"
    bins = drawn_rows.query("part == 'fitted'")
    assert (bins["at"] * bins["n"]).sum() == pytest.approx(0.5 * (wide["before"] + wide["after"]).sum())
    change = wide["after"] - wide["before"]
    # Hand: (largest distance from the mean) over s sqrt(1 - 1/n).
    farthest = (change - change.mean()).abs().max() / (change.std() * sqrt(1 - 1 / len(change)))
    assert checks.iloc[0]["largest"] == pytest.approx(farthest)


@pytest.mark.parametrize("size", [4, 5, 6, 9, 40])
def test_no_persons_residual_can_be_read_back(size):
    people = some_people(ONE_ARM, groups=1, size=size)
    scores = drawn(people, 4, absent=0)
    drawn_rows, checks = looked_at(scores, people, a_study(ONE_ARM))
    if size < 5:
        assert drawn_rows.empty
        assert checks.iloc[0]["note"] == TOO_FEW
        assert np.isnan(checks.iloc[0]["largest"])
        return
    parts = drawn_rows.groupby("part").size()
    assert parts["normal"] == min(19, size // 2)
    assert (drawn_rows["n"] >= 5).all()
    assert parts["fitted"] <= size // 5


def test_residuals_of_nothing_left_over():
    people = some_people(ONE_ARM, groups=2)
    scores = stacked(scores_of(people["person_id"], 40, "before"), scores_of(people["person_id"], 44, "after"))
    drawn_rows, checks = looked_at(scores, people, a_study(ONE_ARM))
    assert drawn_rows.empty
    assert checks.iloc[0]["note"] == NOTHING_LEFT


def test_whether_ranks_agree_is_read_off_the_comparisons():
    people = some_people()
    scores, study = drawn(people, 3), a_study(allocation="groups")
    comparisons = compare(scores, people, TEQ, study)[0]
    for planned, ranks, said in ((0.01, 0.02, "both"), (0.2, 0.3, "neither"), (0.01, 0.3, "planned_only"),
                                 (0.3, 0.01, "ranks_only"), (np.nan, 0.01, "")):  # fmt: skip
        set_p = comparisons["p_value"].mask(comparisons["method"] == "ancova_cr2", planned)
        set_p = set_p.mask(comparisons["method"] == "rank_cr2", ranks)
        row = assess_residuals(scores, people, TEQ, comparisons.assign(p_value=set_p), study)[1].iloc[0]
        assert (row["agrees"], row["rank_method"]) == (said, "rank_cr2")


def test_leverage_of_one_leaves_a_person_out():
    X = np.column_stack((np.ones(6), [1.0, 0, 0, 0, 0, 0]))
    found = standardised_residuals(X, np.array([9.0, 1, 2, 3, 4, 6]))
    assert found.standardised.size == 5
    assert standardised_residuals(X[:, [0, 0]], np.arange(6.0)).fitted.size == 0


def test_bins_keep_equal_values_together_and_five_people_at_least():
    assert list(tied_bins(np.array([1.0] * 3 + [2] * 4 + [3] * 5), 6, 5)) == [0] * 7 + [1] * 5
    assert list(tied_bins(np.array([1.0] * 6 + [2] * 4), 6, 5)) == [0] * 10
    assert list(tied_bins(np.array([3.0, 1, 2, 5, 4, 9, 8, 7, 6, 10]), 6, 5)) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert tied_bins(np.arange(4.0), 6, 5).size == 0
    assert np.unique(tied_bins(np.arange(600.0), 6, 5), return_counts=True)[1].tolist() == [100] * 6
    # 0.1 + 0.2 and 0.3 are one score.
    assert set(tied_bins(np.array([0.1 + 0.2] * 4 + [0.3] * 4), 6, 4)) == {0}


def test_who_stands_at_the_edges_is_counted():
    people = some_people(size=4, groups=1)
    before = [0, 64, 64, 30, 64, 20, 0, np.nan]
    scores = stacked(scores_of(people["person_id"], before, "before"), scores_of(people["person_id"], 10, "after"))
    ends = TEQ.assign(minimum=0.0, maximum=64.0)
    table = count_edges(scores, people, ends, a_study()).set_index(["arm", "wave"])
    whole = table.loc[("all", "before")]
    assert (whole["n"], whole["at_best"], whole["at_worst"]) == (7, 3, 2)
    assert whole["best_share"] == pytest.approx(3 / 7)
    assert table.loc[("waiting", "before"), ["n", "at_best", "at_worst"]].tolist() == [3, 1, 1]
    assert table.loc[("all", "after"), "at_best"] == 0
    turned = count_edges(scores, people, ends.assign(higher_is="worse"), a_study()).set_index(["arm", "wave"])
    assert turned.loc[("all", "before"), ["at_best", "at_worst"]].tolist() == [2, 3]


def test_scores_with_digits_to_spare_stand_at_the_edge():
    people = some_people(ONE_ARM, groups=1, size=3)
    scores = scores_of(people["person_id"], [0.1 + 0.2, 0.3 - 1e-13, 0.29], "before")
    ends = TEQ.assign(minimum=0.0, maximum=0.3)
    assert count_edges(scores, people, ends, a_study(ONE_ARM)).iloc[0]["at_best"] == 2


def test_the_corrected_slope_by_hand():
    # (-.5 + 1 - .8) / .8 = -.375; no true change gives r - 1, which is corrected to zero.
    assert corrected_slope(Slope(-0.5, -0.7, -0.3), 0.8) == pytest.approx((-0.375, -0.625, -0.125))
    assert corrected_slope(Slope(-0.2, -0.2, -0.2), 0.8).estimate == pytest.approx(0)


def test_people_chosen_for_low_scores_come_back_by_the_error():
    assert change_by_selection(40, 50, 0.8) == pytest.approx(2.0)
    assert change_by_selection(60, 50, 0.8) == pytest.approx(-2.0)


def test_slopes_tell_error_from_change():
    """Nobody changes; the error has .3 of the variance: the raw slope falls for it, the other two do not."""
    generator = np.random.default_rng(11)
    n, reliability = 40_000, 0.7
    true = generator.normal(0, sqrt(reliability), n)
    pre, post = (true + generator.normal(0, sqrt(1 - reliability), n) for _ in range(2))
    found = baseline_slopes(pre, post, np.arange(n) // 8)
    assert found.on_baseline.estimate == pytest.approx(-0.3, abs=0.02)
    assert corrected_slope(found.on_baseline, reliability).estimate == pytest.approx(0, abs=0.03)
    assert found.on_mean.estimate == pytest.approx(0, abs=0.02)


def test_no_slope_of_nine_people_or_of_one_score():
    assert baseline_slopes(range(9), range(9), range(9)).note == FEW_PEOPLE
    found = baseline_slopes([64] * 12, range(12), range(12))
    assert found.note == SAME_SCORE
    assert np.isnan(found.on_baseline.estimate)


def test_one_group_gives_a_slope_without_an_interval():
    found = baseline_slopes(np.arange(12.0), np.arange(12.0)[::-1], [1] * 12)
    assert found.on_baseline.estimate == pytest.approx(-2)
    assert np.isnan(found.on_baseline.low)


def changes_with(reliability):
    facts = {"instrument": "TEQ", "scale": "total", "wave_to": "after", "arm": "balint", "method": "jacobson_truax"}
    row = facts | {"reliability": reliability, "reliability_source": "said", "baseline_mean": 40.0, "note": ""}
    return check_table(pd.DataFrame([row]).reindex(columns=TABLES["individual_change"].names), "individual_change")


def depends(people, scores, study, changes):
    file = StudyFile(study, Path(), "study.yaml", {"TEQ": known_instruments()["TEQ"]})
    return assess_baseline_dependence(scores, people, TEQ, changes, file)


def test_every_arm_has_its_slope_with_the_reliability_of_individual_change():
    people = some_people()
    scores = drawn(people, 9)
    slopes, bins, norms = depends(people, scores, a_study(allocation="groups"), changes_with(0.8))
    assert slopes["arm"].to_list() == ["balint", "waiting"]
    wide = wide_of(scores, people).query("arm == 'balint'")
    change = wide["after"] - wide["before"]
    assert slopes.iloc[0]["slope"] == pytest.approx(np.polyfit(wide["before"], change, 1)[0])
    assert slopes.iloc[0]["expected_slope"] == pytest.approx(-0.2)
    mine = bins[bins["contrast"] == slopes.iloc[0]["contrast"]]
    assert (mine["change"] * mine["n"]).sum() == pytest.approx(change.sum())
    assert (bins["n"] >= 5).all()
    norm = norms.iloc[0]
    assert norm["expected_change"] == pytest.approx(0.2 * (norm["norm_mean"] - 40.0))


def test_without_a_reliability_only_what_needs_none_is_given():
    people = some_people()
    slopes, _, norms = depends(people, drawn(people, 9), a_study(allocation="groups"), empty_table("individual_change"))
    assert slopes[["slope", "oldham"]].notna().all(axis=None)
    assert slopes[["corrected", "expected_slope"]].isna().all(axis=None)
    assert (slopes["note"] == NO_RELIABILITY).all()
    assert norms.empty


def balanced(shift=(0.0, 4.0, 9.0, 2.0)):
    inner = np.array([-3.0, 1.0, 2.0, -1.0, 1.0])
    return np.concatenate([inner + move for move in shift]), np.repeat(np.arange(len(shift)), inner.size)


def test_equal_groups_by_hand():
    """Balanced: t^2 = (MSB - MSW) / n, shrinkage 1 - MSW / MSB, and the interval is that of the ICC."""
    y, group = balanced()
    found = spread_of_groups(y, group, np.zeros(20))
    means = np.array([0.0, 4.0, 9.0, 2.0])
    between, within = 5 * means.var(ddof=1), 16 * 4 / 16
    assert found.sd_between == pytest.approx(sqrt((between - within) / 5), rel=1e-6)
    assert found.sd_within == pytest.approx(2.0, rel=1e-6)
    shrunken = means.mean() + (1 - within / between) * (np.sort(means) - means.mean())
    assert [one.shrunken for one in found.groups] == pytest.approx(list(shrunken), rel=1e-6)
    icc = group_correlation(y, group)
    for sd, limit in ((found.sd_low, icc.icc_low), (found.sd_high, icc.icc_high)):
        ratio = sd**2 / within
        assert ratio / (1 + ratio) == pytest.approx(max(limit, 0.0), rel=1e-9)
    # t on 3 df is 3.1824; SE(m)^2 = MSB / 20.
    half = 3.182446 * sqrt(found.sd_between**2 + between / 20)
    assert found.arms[0].predict_high == pytest.approx(means.mean() + half, rel=1e-6)


def test_three_groups_predict_no_further_one():
    y, group = balanced((0.0, 4.0, 9.0))
    arm = spread_of_groups(y, group, np.zeros(15)).arms[0]
    assert np.isfinite(arm.mean)
    assert np.isnan(arm.predict_low)


def test_groups_without_a_model_say_why():
    y, group = balanced((0.0, 4.0))
    assert spread_of_groups(y, np.zeros(10), np.zeros(10)).note == FEW_GROUPS
    assert spread_of_groups(y, group, group).note == FEW_GROUPS
    assert spread_of_groups([], [], []).note == FEW_GROUPS
    alike = spread_of_groups(np.repeat([1.0, 5.0], 5), group, np.zeros(10))
    assert np.isnan(alike.sd_between)
    assert [one.mean for one in alike.groups] == [1.0, 5.0]


def test_a_fit_that_did_not_converge_gives_no_number(monkeypatch):
    real = group_spread.fit_reml
    monkeypatch.setattr(group_spread, "fit_reml", lambda *given: replace(real(*given), converged=False))
    people = some_people()
    spread, effects = assess_heterogeneity(drawn(people, 5), people, TEQ, a_study(allocation="groups"))
    row = spread.iloc[0]
    assert not row["converged"]
    assert row["note"] == NOT_CONVERGED
    numbers = ["mean", "sd_between", "sd_low", "sd_high", "sd_within", "predict_low", "predict_high"]
    assert spread[numbers].isna().all(axis=None)
    assert effects["shrunken"].isna().all()
    assert effects["mean"].notna().all()


def test_a_mixed_model_that_did_not_converge_gives_no_number(monkeypatch):
    real = mixed.fit_reml
    monkeypatch.setattr(mixed, "fit_reml", lambda *given: replace(real(*given), converged=False))
    people = some_people()
    comparisons, diagnostics = compare(drawn(people, 5), people, TEQ, a_study(allocation="groups"))
    rows = comparisons.query("method == 'mixed_model'")
    assert len(rows) == 3
    assert not rows["converged"].any()
    assert rows["note"].str.contains("did not converge").all()
    numbers = ["estimate", "std_error", "df", "statistic", "p_value", "p_adjusted", "conf_low", "conf_high", "effect"]
    assert rows[numbers].isna().all(axis=None)
    assert diagnostics.empty
    assert comparisons.query("method != 'mixed_model'")["converged"].all()


def test_groups_are_numbered_by_size_and_never_named():
    people = some_people()
    scores = drawn(people, 5)
    spread, effects = assess_heterogeneity(scores, people, TEQ, a_study(allocation="groups"))
    wide = wide_of(scores, people)
    means = (wide["after"] - wide["before"]).groupby([wide["arm"], wide["group_id"]]).mean()
    for arm, rows in effects.groupby("arm"):
        assert rows.sort_values("place")["mean"].to_list() == pytest.approx(sorted(means[arm]))
    assert spread["arm"].to_list() == ["balint", "waiting"]
    assert not any("c1" in str(value) for value in effects.drop(columns="cohort").to_numpy().ravel())


def test_people_who_stand_alone_are_no_groups():
    people = some_people(grouped=("balint",))
    spread, effects = assess_heterogeneity(drawn(people, 5), people, TEQ, a_study(allocation="people"))
    assert set(spread["arm"]) == set(effects["arm"]) == {"balint"}
    alone = some_people(grouped=())
    assert assess_heterogeneity(drawn(alone, 5), alone, TEQ, a_study(allocation="people"))[0].empty


@pytest.mark.parametrize("arms", [ARMS, ONE_ARM])
def test_shuffled_rows_change_nothing(arms):
    people = some_people(arms)
    scores = drawn(people, 8)
    study = a_study(arms, allocation="groups") if len(arms) > 1 else a_study(arms)
    other = (stacked(scores.sample(frac=1, random_state=1)), people.sample(frac=1, random_state=2))
    changes = changes_with(0.8)
    pairs = [
        (looked_at(scores, people, study), looked_at(*other, study)),
        (assess_heterogeneity(scores, people, TEQ, study), assess_heterogeneity(*other, TEQ, study)),
        (depends(people, scores, study, changes), depends(other[1], other[0], study, changes)),
    ]
    for one, two in pairs:
        for first, second in zip(one, two, strict=True):
            pd.testing.assert_frame_equal(first, second)

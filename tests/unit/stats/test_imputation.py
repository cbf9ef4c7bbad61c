"""Imputed scores and the analysis on them: what must hold whatever the data."""

import numpy as np
import pytest

from balint_eval.stats import imputation
from balint_eval.stats.cluster import ancova_cr2, change_cr2
from balint_eval.stats.cr2 import cr2_contrast
from balint_eval.stats.imputation import impute
from balint_eval.stats.imputed import TOO_FEW, Shifted, ancova_imputed, change_imputed, results
from balint_eval.stats.rubin import pool
from balint_eval.stats.tipping import step_shifts, turning_shifts


def made(seed=1, groups=3, size=7, lost=0.25, late=0.1, effect=0.0):
    """Two arms; some lack the later, others the earlier score."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(2 * groups), size)
    treated = (cluster < groups).astype(np.intp)
    pre = rng.normal(50, 10, cluster.size)
    post = 20 + 0.6 * pre + effect * treated + rng.normal(0, 3, 2 * groups)[cluster] + rng.normal(0, 7, cluster.size)
    draw = rng.random(cluster.size)
    post[draw < lost] = np.nan
    pre[draw > 1 - late] = np.nan
    return pre, post, treated, cluster


def test_observed_scores_stay_and_missing_ones_are_drawn_anew():
    pre, post, treated, cluster = made()
    found = impute(pre, post, cluster, treated, 30)
    for mine, theirs in ((found.pre, pre), (found.post, post)):
        there = np.isfinite(theirs)
        assert mine[:, there] == pytest.approx(np.broadcast_to(theirs[there], mine[:, there].shape))
        assert np.isfinite(mine).all()
        assert (mine[:, ~there].std(axis=0) > 1).all()
    assert found.lost.sum() == np.isnan(post).sum()
    assert found.late.sum() == np.isnan(pre).sum()


def test_the_seed_decides_and_neither_order_nor_names_do():
    pre, post, treated, cluster = made()
    order = np.random.default_rng(2).permutation(pre.size)
    first = impute(pre, post, cluster, treated, 20)
    again = impute(pre[order], post[order], (99 - cluster)[order], treated[order], 20)
    assert again.post == pytest.approx(first.post[:, order], rel=1e-12)
    assert again.pre == pytest.approx(first.pre[:, order], rel=1e-12)
    assert impute(pre, post, cluster, treated, 20, seed=3).post != pytest.approx(first.post)


def test_other_units_give_the_same_scores_in_other_units():
    pre, post, treated, cluster = made()
    first = impute(pre, post, cluster, treated, 20)
    other = impute(3 * pre - 7, 3 * post - 7, cluster, treated, 20)
    assert other.post == pytest.approx(3 * first.post - 7)


def test_a_group_draws_its_lost_to_itself():
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(6), 10)
    pre = rng.normal(50, 10, 60)
    post = pre + 12.0 * (cluster == 2) + rng.normal(0, 2, 60)
    post[[3, 23]] = np.nan
    drawn = impute(pre, post, cluster, np.zeros(60, dtype=int), 200).post.mean(axis=0)
    assert drawn[23] - pre[23] == pytest.approx(12, abs=2.5)
    assert drawn[3] - pre[3] == pytest.approx(0, abs=2.5)


def test_more_rounds_change_nothing_where_earlier_scores_are_missing(monkeypatch):
    pre, post, treated, cluster = made(late=0.3, lost=0.1)
    few = impute(pre, post, cluster, treated, 800)
    monkeypatch.setattr(imputation, "SWEEPS", 20)
    many = impute(pre, post, cluster, treated, 800, seed=9)
    error = many.pre[:, many.late].std(axis=0) * np.sqrt(2 / 800)
    assert (np.abs(few.pre.mean(axis=0) - many.pre.mean(axis=0))[few.late] < 4.5 * error).all()
    assert few.pre[:, few.late].std(axis=0) == pytest.approx(many.pre[:, few.late].std(axis=0), rel=0.12)


@pytest.mark.parametrize("two_arms", [True, False])
@pytest.mark.parametrize("shift", [0.0, -4.0, 7.5])
def test_a_shift_is_the_planned_analysis_of_shifted_scores(two_arms, shift):
    pre, post, treated, cluster = made()
    arm = treated if two_arms else np.zeros_like(treated)
    found = ancova_imputed(pre, post, arm, cluster, 12) if two_arms else change_imputed(pre, post, cluster, 12)
    drawn = impute(pre, post, cluster, arm, 12)
    moved = drawn.lost & (arm == 1) if two_arms else drawn.lost
    each = []
    for before, after in zip(drawn.pre, drawn.post + shift * moved, strict=True):
        ones = np.ones(before.size)
        X, y = (np.column_stack((ones, before, arm)), after) if two_arms else (ones[:, None], after - before)
        each.append(cr2_contrast(X, y, cluster, np.eye(X.shape[1])[-1]))
    estimate, error, df = (np.array(column) for column in zip(*each, strict=True))
    expected = pool(estimate, error**2, df.mean())
    mine = found.pooled(np.array([shift]))
    for one, other in zip(mine, expected, strict=True):
        assert one[0] == pytest.approx(float(other), rel=1e-8)


@pytest.mark.parametrize("late", [0.0, 0.15])
def test_results_count_what_is_there_and_say_what_is_not(late):
    pre, post, treated, cluster = made(late=late)
    usual, planned = results(ancova_imputed(pre, post, treated, cluster, 25), "ancova_cr2", 0.9)
    whole = ancova_cr2(pre, post, treated, cluster, 0.9)
    assert (usual.method, planned.method) == ("ancova_cr2_imputed", "ancova_cr2_imputed_planned_df")
    assert [getattr(usual, n) for n in ("n_pre", "n_post", "n_paired", "n_groups")] == [
        getattr(whole, n) for n in ("n_pre", "n_post", "n_paired", "n_groups")
    ]
    absent = int(np.isnan(pre).sum() + np.isnan(post).sum())
    assert usual.note.startswith(f"{absent} of 84 scores of 42 people imputed 25 times")
    assert "fraction of missing information" in usual.note
    assert usual.estimate == planned.estimate
    assert usual.df < planned.df
    assert usual.conf_low < planned.conf_low < planned.estimate
    assert usual.conf_level == 0.9
    assert usual.effect_name == ""


def test_only_a_missing_baseline_can_be_imputed_and_nobody_is_shifted():
    pre, post, treated, cluster = made(lost=0.0, late=0.2)
    found = ancova_imputed(pre, post, treated, cluster)
    assert isinstance(found, Shifted)
    assert found.shifted == 0
    assert found.slopes == pytest.approx(np.zeros(50))
    assert np.isfinite(results(found, "ancova_cr2")[0].conf_low)


def test_without_groups_the_df_are_those_of_people():
    pre, post, treated, _ = made()
    found = ancova_imputed(pre, post, treated, np.arange(pre.size))
    assert found.complete_df > 25


def test_a_group_in_which_nobody_answered_again_is_named():
    pre, post, _, cluster = made(late=0)
    pre, post, cluster = pre[:28], post[:28].copy(), cluster[:28]
    post[cluster == 2] = np.nan
    result = results(change_imputed(pre, post, cluster), "change_cr2")[0]
    assert "nobody of 1 group has the later score" in result.note
    assert np.isfinite(result.conf_low)


def test_one_group_gives_an_estimate_without_an_interval():
    pre, post, _, cluster = made(late=0, size=12)
    one = cluster == 0
    result = results(change_imputed(pre[one], post[one], cluster[one]), "change_cr2")[0]
    assert np.isfinite(result.estimate)
    assert np.isnan(result.conf_low)
    assert "single group" in result.note
    assert turning_shifts(change_imputed(pre[one], post[one], cluster[one]), (-5.0, 5.0), 0.95).size == 0


def test_too_few_pairs_are_refused_in_words():
    pre, post, _, cluster = made(late=0, lost=0)
    post[6:] = np.nan
    assert change_imputed(pre, post, cluster) == TOO_FEW
    (result,) = results(TOO_FEW, "change_cr2")
    assert (result.method, result.note) == ("change_cr2_imputed", TOO_FEW)
    assert np.isnan(result.estimate)


def test_more_lost_cost_more():
    shares = []
    for lost in (0.1, 0.5):
        pre, post, _, cluster = made(lost=lost, late=0, groups=4)
        shares.append(change_imputed(pre, post, cluster).pooled(np.zeros(1)).between_share[0])
    assert shares[0] < shares[1]


def test_who_stays_because_they_started_high_does_not_bend_the_imputed_change():
    estimates = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(5), 9)
        pre = rng.normal(0, 1, 45)
        post = 0.5 * pre + rng.normal(0, 0.8, 45)
        post[pre + rng.normal(0, 0.5, 45) < -0.4] = np.nan
        shown = results(change_imputed(pre, post, cluster, 20), "change_cr2")[0].estimate
        estimates.append((change_cr2(pre, post, cluster).estimate, shown))
    complete, completed = np.mean(estimates, axis=0)
    assert complete < -0.15
    assert abs(completed) < 0.08


def test_steps_stay_within_the_scale():
    assert step_shifts(8.0, 40.0, (0.0, 64.0)) == pytest.approx(np.arange(-8, 9) * 2.0)
    inside = step_shifts(8.0, 58.0, (0.0, 64.0))
    assert (inside[0], inside[-1]) == (-16.0, 6.0)
    assert inside[-2:] == pytest.approx([4.0, 6.0])
    assert step_shifts(8.0, 66.0, (0.0, 64.0))[-1] == 0.0
    assert step_shifts(1.0, 3.0, (float("nan"), float("nan"))).size == 17


@pytest.mark.parametrize("effect", [9.0, -9.0])
def test_the_interval_touches_zero_where_it_turns(effect):
    pre, post, treated, cluster = made(seed=3, effect=effect, groups=4)
    found = ancova_imputed(pre, post, treated, cluster)
    turns = turning_shifts(found, (-40.0, 40.0), 0.95)
    assert turns.size
    for turn in turns:
        _, low, high, _ = found.intervals(np.array([turn, turn * (1 + 1e-6), turn * (1 - 1e-6)]), 0.95)
        end = low if effect > 0 else high
        assert end[0] == pytest.approx(0, abs=1e-4)
        assert (end[1] > 0) != (end[2] > 0)
    nearest = min(turns, key=abs)
    between = np.linspace(0, nearest, 50)[:-1]
    _, low, high, _ = found.intervals(between, 0.95)
    assert ((low > 0) | (high < 0)).all() or ((low <= 0) & (high >= 0)).all()

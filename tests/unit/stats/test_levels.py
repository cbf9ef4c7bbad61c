"""Comparisons of two arms at one wave, held against scipy, R-style hand arithmetic and the tests of change."""

import numpy as np
import pytest
from scipy import stats

from balint_eval.stats.cluster import change_difference_cr2
from balint_eval.stats.effects import hedges_factor
from balint_eval.stats.levels import (
    level_cr2,
    level_group_means,
    level_mann_whitney,
    level_mixed,
    level_permutation,
    level_rank_cr2,
    level_t,
)
from balint_eval.stats.mixed import describe_fit


@pytest.fixture
def study():
    generator = np.random.default_rng(5)
    group = np.repeat(np.arange(6), [6, 7, 8, 9, 6, 8])
    treated = (group % 2 == 0).astype(int)
    scores = 40 + 4 * treated + 2 * generator.standard_normal(6)[group] + 5 * generator.standard_normal(group.size)
    scores[[3, 20]] = np.nan
    return np.round(scores, 1), treated, group


def arms_of(scores, treated):
    kept = np.isfinite(scores)
    return scores[kept & (treated == 1)], scores[kept & (treated == 0)]


def test_student_and_mann_whitney_are_scipys(study):
    scores, treated, _ = study
    first, second = arms_of(scores, treated)
    expected = stats.ttest_ind(first, second)
    result = level_t(scores, treated)
    assert (result.statistic, result.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (result.conf_low, result.conf_high) == pytest.approx(tuple(expected.confidence_interval()))
    ranks = level_mann_whitney(scores, treated)
    assert ranks.statistic == stats.mannwhitneyu(first, second).statistic


def test_group_means_are_students_t_on_the_means(study):
    scores, treated, group = study
    means = [np.nanmean(scores[group == g]) for g in range(6)]
    expected = stats.ttest_ind(means[0::2], means[1::2])
    result = level_group_means(scores, treated, group)
    assert (result.estimate, result.p_value) == pytest.approx(
        (np.mean(means[0::2]) - np.mean(means[1::2]), expected.pvalue)
    )
    assert level_permutation(scores, treated, group).note.startswith("smallest attainable p = 2/20")


def test_cr2_is_the_test_of_change_from_nothing_without_its_earlier_wave(study):
    scores, treated, group = study
    first, second = arms_of(scores, treated)
    result = level_cr2(scores, treated, group)
    of_change = change_difference_cr2(np.zeros(scores.size), scores, treated, group)
    assert (result.std_error, result.df) == (of_change.std_error, of_change.df)
    assert result.estimate == pytest.approx(first.mean() - second.mean())
    assert (result.n_pre, result.n_post, result.n_paired) == (0, 42, 42)
    assert np.isnan([result.mean_pre, result.sd_pre]).all()
    assert (result.mean_post, result.sd_post) == pytest.approx((first.mean(), first.std(ddof=1)))


def test_the_effect_is_over_the_pooled_sd_of_the_scores_themselves(study):
    scores, treated, group = study
    first, second = arms_of(scores, treated)
    pooled = np.sqrt((first.var(ddof=1) * (first.size - 1) + second.var(ddof=1) * (second.size - 1)) / 40)
    result = level_cr2(scores, treated, group)
    assert result.effect_name == "d_post"
    assert result.effect == pytest.approx(result.estimate / pooled * hedges_factor(40))


def test_the_mixed_model_is_the_balanced_nested_analysis():
    """With equal groups the Kenward-Roger t is the t on group means, df = G - 2, where the variance is not zero."""
    generator = np.random.default_rng(11)
    group = np.repeat(np.arange(8), 7)
    treated = (group < 4).astype(int)
    scores = 3 * generator.standard_normal(8)[group] + 4 * generator.standard_normal(56) + 2 * treated
    result, fit = level_mixed(scores, treated, group)
    means = level_group_means(scores, treated, group)
    assert (result.estimate, result.std_error, result.df) == pytest.approx(
        (means.estimate, means.std_error, 6), rel=1e-6
    )
    assert describe_fit(fit)["formula"] == "score ~ arm + (1 | group)"
    squares_within = sum(7 * scores[group == g].var() for g in range(8)) / 48
    assert describe_fit(fit)["variance_residual"] == pytest.approx(squares_within, rel=1e-6)


def test_what_cannot_be_modelled_is_said():
    scores, treated = np.arange(8.0), np.repeat([0, 1], 4)
    assert "one group in each arm" in level_mixed(scores, treated, treated)[0].note
    assert "nobody shares a group" in level_mixed(scores, treated, np.arange(8))[0].note
    flat = np.repeat([1.0, 2.0, 3.0, 5.0], 2)
    assert "no error to judge" in level_mixed(flat, treated, np.repeat(np.arange(4), 2))[0].note
    assert "all scores are equal" in level_cr2(np.ones(8), treated, np.repeat(np.arange(4), 2)).note


def test_rank_and_person_methods_change_sign_with_the_arms(study):
    scores, treated, group = study
    for result, swapped in (
        (level_rank_cr2(scores, treated, group), level_rank_cr2(scores, 1 - treated, group)),
        (level_t(scores, treated), level_t(scores, 1 - treated)),
    ):
        assert (swapped.estimate, swapped.p_value) == pytest.approx((-result.estimate, result.p_value))

"""Mixed models: classics with a closed form, what is refused, and what is said of hard cases."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from balint_eval.stats.mixed import (
    change_mixed,
    controlled_mixed,
    describe_fit,
    estimate_change,
    fit_change,
    fit_controlled,
    group_share,
)
from balint_eval.stats.reml import MixedModelError, crossed, fit_reml, random_intercept, random_slope
from balint_eval.stats.reml_terms import MOST_EFFECTS
from balint_eval.stats.small_sample import coefficient_tests, contrast_test, joint_test, kenward_roger, satterthwaite


def simulate(sizes, seed, group_sd=0.0, wave_sd=1.0, person_sd=2.0, effect=0.5):
    """Long arrays of two waves: score, wave, person, group."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    person = np.arange(len(group))
    level = group_sd * rng.normal(size=len(sizes))[group] + person_sd * rng.normal(size=len(group))
    shift = wave_sd * rng.normal(size=(2, len(sizes)))
    scores = [level + shift[w][group] + effect * w + rng.normal(size=len(group)) + 20 for w in (0, 1)]
    wave = np.repeat([0, 1], len(group))
    return np.concatenate(scores), wave, np.tile(person, 2), np.tile(group, 2)


def with_intercept(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


# --- closed forms ----------------------------------------------------------------------------------


def test_one_random_intercept_on_complete_pairs_is_the_paired_t():
    score, wave, person, _ = simulate([9], 1)
    fit = fit_reml(score, with_intercept(wave), (random_intercept("person", person),))
    paired = stats.ttest_rel(score[wave == 1], score[wave == 0])
    for approximation in (kenward_roger(fit), satterthwaite(fit)):
        test = coefficient_tests(approximation)[1]
        assert_allclose(test.statistic, paired.statistic, rtol=1e-9)
        assert_allclose(test.df, 8, rtol=1e-9)
        assert_allclose(test.p_value, paired.pvalue, rtol=1e-8)


def test_balanced_groups_give_the_t_on_group_means_of_change():
    score, wave, person, group = simulate([7] * 5, 3, group_sd=5.0, wave_sd=2.0)
    result = change_mixed(score, wave, person, group)
    change = (score[wave == 1] - score[wave == 0]).reshape(5, 7).mean(axis=1)
    expected = stats.ttest_1samp(change, 0)
    assert_allclose(result.estimate, change.mean(), rtol=1e-9)
    assert_allclose(result.statistic, expected.statistic, rtol=1e-8)
    assert_allclose(result.df, 4, rtol=1e-8)
    assert_allclose((result.conf_low, result.conf_high), expected.confidence_interval(0.95), rtol=1e-7)


def test_balanced_arms_give_the_t_between_group_means_of_change():
    score, wave, person, group = simulate([6] * 8, 2, group_sd=5.0, wave_sd=2.0)
    arm = (group < 4).astype(int)
    result = controlled_mixed(score, wave, person, group, arm)
    change = (score[wave == 1] - score[wave == 0]).reshape(8, 6).mean(axis=1)
    expected = stats.ttest_ind(change[:4], change[4:])
    assert_allclose(result.statistic, expected.statistic, rtol=1e-8)
    assert_allclose(result.df, 6, rtol=1e-8)
    assert_allclose(result.p_value, expected.pvalue, rtol=1e-7)


def test_two_groups_an_arm_have_two_df_although_the_general_formula_is_zero_by_zero():
    score, wave, person, group = simulate([6] * 4, 5, group_sd=5.0, wave_sd=3.0)
    assert_allclose(controlled_mixed(score, wave, person, group, group < 2).df, 2, rtol=1e-8)


def test_one_arm_of_two_groups_may_have_less_than_one_df():
    score, wave, person, group = simulate([7, 9], 8, wave_sd=0.0)
    result = change_mixed(score, wave, person, group)
    assert 0.5 < result.df < 1
    assert 0 < result.p_value < 1
    assert result.conf_low < result.estimate < result.conf_high


def test_one_way_variances_are_those_of_the_analysis_of_variance():
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(6), 5)
    y = rng.normal(size=6)[group] * 2 + rng.normal(size=30)
    fit = fit_reml(y, np.ones((30, 1)), (random_intercept("group", group),))
    table = y.reshape(6, 5)
    within, between = table.var(axis=1, ddof=1).mean(), 5 * table.mean(axis=1).var(ddof=1)
    assert_allclose(fit.sigma**2, within, rtol=1e-10)
    assert_allclose(fit.terms[0].variance, (between - within) / 5, rtol=1e-9)
    assert_allclose(fit.std_error[0], np.sqrt(between / 30), rtol=1e-10)


def test_criterion_is_the_likelihood_of_error_contrasts():
    score, wave, person, group = simulate([4, 5, 3], 13, group_sd=2.0)
    X = with_intercept(wave)
    fit = fit_reml(score, X, (random_intercept("group", group), random_intercept("person", person)))
    shared = [term.variance * (part[:, None] == part) for term, part in zip(fit.terms, (group, person), strict=True)]
    V = sum(shared) + fit.sigma**2 * np.eye(len(score))
    inverse = np.linalg.inv(V)
    beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ score)
    left = score - X @ beta
    value = np.linalg.slogdet(V)[1] + np.linalg.slogdet(X.T @ inverse @ X)[1] + left @ inverse @ left
    assert_allclose(fit.criterion, value + (len(score) - 2) * np.log(2 * np.pi), rtol=1e-12)
    assert_allclose(fit.beta, beta, rtol=1e-10)
    assert_allclose(fit.covariance, np.linalg.inv(X.T @ inverse @ X), rtol=1e-9)


# --- invariances -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0.0), (1e6, -3e6), (1.0, 1e5)])
def test_units_and_origin_of_the_score_do_not_matter(factor, shift):
    score, wave, person, group = simulate([6, 8, 7], 17)
    plain = change_mixed(score, wave, person, group)
    moved = change_mixed(score * factor + shift, wave, person, group)
    assert_allclose(moved.estimate, plain.estimate * factor, rtol=1e-6)
    assert_allclose((moved.df, moved.p_value), (plain.df, plain.p_value), rtol=1e-6)


def test_order_of_rows_and_names_of_labels_do_not_matter():
    score, wave, person, group = simulate([6, 8, 7], 19)
    order = np.random.default_rng(0).permutation(len(score))
    plain = change_mixed(score, wave, person, group)
    names = np.array([f"p{999 - code}" for code in person], dtype=object)
    mixed = change_mixed(score[order], wave[order], names[order], group[order].astype(str))
    assert_allclose((mixed.estimate, mixed.df, mixed.p_value), (plain.estimate, plain.df, plain.p_value), rtol=1e-8)


def test_units_of_a_slope_do_not_matter():
    rng = np.random.default_rng(23)
    person, day = np.repeat(np.arange(12), 6), np.tile(np.arange(6.0), 12)
    y = rng.normal(size=12)[person] + day * (1 + rng.normal(size=12)[person]) + rng.normal(size=72)
    days = fit_reml(y, with_intercept(day), (random_slope("person", person, "day", day),))
    hours = fit_reml(y, with_intercept(24 * day), (random_slope("person", person, "hour", 24 * day),))
    assert_allclose(hours.terms[0].covariance[1, 1] * 24**2, days.terms[0].covariance[1, 1], rtol=1e-7)
    assert_allclose(hours.theta[0][1] * 24, days.theta[0][1], rtol=1e-6)
    assert_allclose(
        coefficient_tests(satterthwaite(hours))[1].df, coefficient_tests(satterthwaite(days))[1].df, rtol=1e-7
    )


def test_redundant_contrasts_are_reduced_and_one_contrast_is_t_squared():
    score, wave, person, group = simulate([6, 8, 7], 29)
    fit = fit_change(score, wave, person, group)
    for approximation in (kenward_roger(fit), satterthwaite(fit)):
        single = contrast_test(approximation, [0, 1])
        joint = joint_test(approximation, [[0, 1], [0, 2], [0, -1]])
        assert joint.df_numerator == 1
        assert_allclose((joint.statistic, joint.p_value), (single.statistic**2, single.p_value), rtol=1e-7)


# --- optimum ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_no_better_optimum_is_found_by_a_simplex_from_anywhere(seed):
    from scipy.optimize import fmin

    from balint_eval.stats.reml_problem import Criterion

    rng = np.random.default_rng(seed)
    score, wave, person, group = simulate(rng.integers(2, 9, rng.integers(3, 7)), seed, *rng.choice([0, 0.5, 3], 3))
    terms = (random_slope("group", group, "wave", wave), random_intercept("person", person))
    fit = fit_reml(score, with_intercept(wave), terms)
    criterion = Criterion(fit.problem)
    best = fit.criterion - fit.problem.constant
    for _ in range(3):
        found = fmin(criterion, rng.normal(size=4), maxfun=2000, disp=False, full_output=True)
        assert found[1] > best - 1e-6
    assert fit.converged


def test_zero_variance_is_exactly_zero_and_keeps_its_groups_in_kenward_roger():
    score, wave, person, group = simulate([8, 7, 6, 9], 31, wave_sd=0.0)
    fit = fit_change(score, wave, person, group)
    assert fit.singular
    assert fit.terms[1].variance == 0.0
    kept, lost = (coefficient_tests(method(fit))[1].df for method in (kenward_roger, satterthwaite))
    assert kept < 5
    assert lost > 20


def test_scores_that_all_change_alike_are_not_called_converged():
    _, wave, person, group = simulate([6, 7, 5], 37)
    rng = np.random.default_rng(1)
    level = rng.normal(size=18)
    result = change_mixed(level[person] + 2.0 * wave, wave, person, group)
    assert not result.converged or result.note.startswith("No mixed model")
    assert np.isnan(result.estimate)
    assert result.note
    assert result.mean_post == pytest.approx(result.mean_pre + 2)


# --- what is refused -------------------------------------------------------------------------------


def refusal(y, X, *terms):
    with pytest.raises(MixedModelError) as caught:
        fit_reml(y, X, terms)
    return str(caught.value)


def test_hopeless_models_are_refused_with_a_sentence():
    y, g = np.array([1.0, 2, 4, 3, 5, 9]), np.array([0, 0, 1, 1, 2, 2])
    X, term = with_intercept(np.tile([0.0, 1], 3)), random_intercept("group", g)
    assert "rank deficient" in refusal(y, np.column_stack([X, X[:, 1]]), term)
    assert "rank deficient" in refusal(y, np.column_stack([X, np.zeros(6)]), term)
    assert "too few" in refusal(y[:2], X[:2], random_intercept("group", g[:2]))
    assert "missing" in refusal(np.where(y == 9, np.nan, y), X, term)
    assert "at least one random term" in refusal(y, X)
    assert "same rows" in refusal(y[:5], X, term)
    assert "do not vary" in refusal(3 * X[:, 1] + 1, X, term)
    assert "at least two" in refusal(y, X, random_intercept("group", np.zeros(6)))
    assert "as many levels" in refusal(y, X, random_intercept("person", np.arange(6)))
    assert "6 effects for 6 scores" in refusal(y, X, random_slope("group", g, "x", np.arange(6)))
    assert "zero throughout" in refusal(y, X, random_slope("group", g, "x", np.zeros(6), correlated=False))
    assert "one label" in refusal(y, X, random_intercept("group", g[:4]))
    assert "cannot tell the variance of again and group" in refusal(y, X, term, random_intercept("again", g))


def test_names_must_fit_the_design():
    y, g = np.array([1.0, 2, 4, 3, 5, 9]), np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(MixedModelError, match="2 names"):
        fit_reml(y, np.ones((6, 1)), (random_intercept("group", g),), ("a", "b"))


def test_a_group_variance_absorbed_by_fixed_effects_is_refused():
    rng = np.random.default_rng(2)
    group = np.repeat([0, 1], 10)
    message = refusal(rng.normal(size=20), with_intercept(group), random_intercept("group", group))
    assert "cannot tell the variance of group" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wave": 2}, "wave must be"),
        ({"arm": 3}, "arm must be"),
        ({"person": 1}, "two scores"),
        ({"group": 1}, "two groups"),
    ],
)
def test_wrong_arrays_are_refused(change, message):
    columns = dict(zip(("score", "wave", "person", "group"), simulate([3, 3, 3, 3], 41), strict=True))
    columns["arm"] = columns["group"] % 2
    for name, value in change.items():
        columns[name] = columns[name].copy()
        columns[name][0] = value
    with pytest.raises(ValueError, match=message):
        controlled_mixed(**columns)


def test_arrays_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one entry for each row"):
        change_mixed([1.0, 2.0], [0, 1], ["a"], ["g", "g"])


# --- adapters --------------------------------------------------------------------------------------


def test_counts_and_means_are_those_of_complete_pairs():
    score, wave, person, group = simulate([6, 7, 5], 43)
    score[0], score[20] = np.nan, np.nan  # person 0 lacks the first wave, person 2 the second
    result = change_mixed(score, wave, person, group)
    pairs = np.array([code not in (0, 2) for code in person])
    assert (result.n_pre, result.n_post, result.n_paired, result.n_groups) == (17, 17, 16, 3)
    assert_allclose(result.mean_pre, score[pairs & (wave == 0)].mean())
    assert_allclose(result.sd_post, score[pairs & (wave == 1)].std(ddof=1))
    assert result.method == "mixed_model"


def test_people_with_one_wave_contribute():
    score, wave, person, group = simulate([6, 7, 5], 47)
    complete = change_mixed(score[person > 0], wave[person > 0], person[person > 0], group[person > 0])
    score[0] = np.nan
    partial = change_mixed(score, wave, person, group)
    assert partial.n_paired == complete.n_paired
    assert partial.estimate != complete.estimate


def test_the_note_gives_the_icc_and_names_zero_variances():
    score, wave, person, group = simulate([8, 7, 6, 9], 31, wave_sd=0.0)
    note = change_mixed(score, wave, person, group).note
    assert note.startswith("ICC 0.")
    assert "variance within a wave" in note
    assert "variance of the change between groups" in note
    assert note.endswith(("is zero.", "are zero."))


def test_a_regular_fit_says_nothing_of_zero():
    score, wave, person, group = simulate([8] * 6, 53, group_sd=2.0, wave_sd=2.0)
    result, fit = estimate_change(score, wave, person, group)
    assert "zero" not in result.note
    assert fit is not None
    assert f"ICC {group_share(fit):.3f}" in result.note


@pytest.mark.parametrize("groups", [[9], []])
def test_fewer_than_two_groups_give_no_model(groups):
    result = change_mixed(*simulate(groups, 59))
    assert np.isnan([result.estimate, result.p_value, result.conf_low]).all()
    assert "fewer than two groups" in result.note
    assert result.n_groups == len(groups)
    assert result.n_paired == sum(groups)


def test_one_group_in_each_arm_gives_no_model():
    score, wave, person, group = simulate([9, 8], 61)
    result = controlled_mixed(score, wave, person, group, group)
    assert np.isnan(result.estimate)
    assert "one group in each arm" in result.note


def test_one_wave_gives_no_model():
    score, wave, person, group = simulate([9, 8, 7], 67)
    result = change_mixed(score[wave == 0], wave[wave == 0], person[wave == 0], group[wave == 0])
    assert "one wave only" in result.note
    assert np.isnan(result.mean_pre)


def test_an_arm_of_a_single_group_is_said():
    score, wave, person, group = simulate([8, 7, 9], 71, wave_sd=2.0)
    result = controlled_mixed(score, wave, person, group, group == 0)
    assert "One arm has a single group." in result.note
    assert np.isfinite(result.p_value)


def test_unlinked_people_are_compared_without_a_person_variance():
    score, wave, person, group = simulate([8, 7, 9], 73)
    result = change_mixed(score, wave, person * 2 + wave, group)
    assert "Nobody has a score at both waves" in result.note
    assert result.n_paired == 0
    assert np.isnan(result.mean_pre)
    assert np.isfinite(result.p_value)


def test_people_without_a_group_are_counted_out():
    score, wave, person, group = simulate([8, 7, 9], 79)
    labels = np.array([None if code == 0 else f"g{code}" for code in group], dtype=object)
    result = change_mixed(score, wave, person, labels)
    assert "no group: 16" in result.note
    assert result.n_groups == 2


def test_the_same_group_label_in_both_arms_is_two_groups():
    score, wave, person, group = simulate([6] * 6, 83)
    arm = group % 2
    same = controlled_mixed(score, wave, person, group // 2, arm)
    assert same.n_groups == 6
    assert_allclose(same.p_value, controlled_mixed(score, wave, person, group, arm).p_value, rtol=1e-9)


def test_the_sign_is_first_minus_second_arm():
    score, wave, person, group = simulate([8] * 6, 89, wave_sd=0.1, effect=0.0)
    arm = (group < 3).astype(int)
    assert controlled_mixed(score + 4 * arm * wave, wave, person, group, arm).estimate > 2


def test_confidence_level_is_passed_on():
    arrays = simulate([8] * 5, 97)
    narrow, wide = change_mixed(*arrays, conf_level=0.8), change_mixed(*arrays, conf_level=0.99)
    assert wide.conf_low < narrow.conf_low < narrow.conf_high < wide.conf_high
    assert narrow.conf_level == 0.8


def test_describe_fit_lists_formula_components_and_method():
    score, wave, person, group = simulate([8] * 4, 101)
    row = describe_fit(fit_change(score, wave, person, group), outcome="empathy")
    assert row["formula"] == "empathy ~ wave + (1 | group) + (1 | group:wave) + (1 | person)"
    assert row["df_method"] == "Kenward-Roger"
    parts = [row[f"variance_{name}"] for name in ("group", "group_by_wave", "person", "residual")]
    assert_allclose(row["icc"], (parts[0] + parts[1]) / sum(parts))
    assert row["converged"] is True
    controlled = describe_fit(fit_controlled(score, wave, person, group, group % 2))
    assert controlled["formula"].startswith("score ~ wave + arm + wave:arm + (1 | group)")


def test_no_model_has_no_fit():
    result, fit = estimate_change(*simulate([9], 103))
    assert fit is None
    assert np.isnan(result.estimate)


def test_crossed_labels_tell_every_combination_apart():
    labels = crossed(["a", "a", "b", "b"], [1, 2, 1, 2])
    assert len(set(labels.tolist())) == 4


def test_correlation_of_a_zero_variance_is_missing():
    score, wave, person, group = simulate([8, 7, 6, 9], 31, wave_sd=0.0)
    term = fit_change(score, wave, person, group).terms[1]
    assert np.isnan(term.correlation).all()
    assert term.sd[0] == 0


def test_a_model_with_too_many_effects_says_why_it_is_not_fitted():
    people = np.arange(MOST_EFFECTS + 1)
    scores = np.tile(people % 7, 2) + np.arange(2 * people.size) % 3
    with pytest.raises(MixedModelError, match="2001 random effects, and with more than 2000 it is not fitted"):
        fit_reml(
            scores.astype(float), np.ones((scores.size, 1)), (random_intercept("person", np.tile(people, 2)),), ("a",)
        )

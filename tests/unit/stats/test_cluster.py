import warnings
from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import sqrtm

from balint_eval.stats.cluster import (
    ancova_cr2,
    change_cr2,
    change_difference_cr2,
    cr2_contrast,
    cr2_contrasts,
    cr2_replicates,
    enough_groups,
    group_means_change,
    group_means_difference,
    permutation_arms,
    rank_cr2_ancova,
    rank_cr2_change,
    rank_cr2_difference,
    sign_flip,
)
from balint_eval.stats.effects import hedges_factor
from balint_eval.stats.paired import paired_t

ONE_ARM = [change_cr2, group_means_change, rank_cr2_change, sign_flip]
TWO_ARMS = [
    ancova_cr2,
    change_difference_cr2,
    group_means_difference,
    rank_cr2_ancova,
    rank_cr2_difference,
    permutation_arms,
]
NUMBERS = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
EFFECTS = ("effect", "effect_low", "effect_high")


def study(seed=1, groups=6, size=8, arms=True, decimals=1):
    generator = np.random.default_rng(seed)
    sizes = generator.integers(size - 2, size + 3, groups)
    group = np.repeat(np.arange(groups), sizes)
    treated = (group % 2) * int(arms)
    pre = 100 + 10 * generator.standard_normal(group.size)
    post = 50 + 0.5 * pre + 3 * treated + 3 * generator.standard_normal(groups)[group]
    post += 7 * generator.standard_normal(group.size)
    return np.round(pre, decimals), np.round(post, decimals), treated, group


def brute_force(X, y, group, contrast, working_icc=0.0):
    """CR2 and Bell-McCaffrey as printed: n x n matrices, eigenvalues of the quadratic form."""
    bread = np.linalg.inv(X.T @ X)
    residual_maker = np.eye(len(y)) - X @ bread @ X.T
    columns = []
    for label in np.unique(group):
        rows = group == label
        root = np.linalg.inv(np.real(sqrtm(residual_maker[np.ix_(rows, rows)])))
        columns.append(residual_maker[:, rows] @ root @ X[rows] @ bread @ contrast)
    columns = np.array(columns).T
    variance = np.sum((columns.T @ y) ** 2)
    assumed = np.where(group[:, None] == group, working_icc, 0.0) + (1 - working_icc) * np.eye(len(y))
    eigenvalues = np.linalg.eigvalsh(columns.T @ assumed @ columns)
    return contrast @ bread @ X.T @ y, np.sqrt(variance), eigenvalues.sum() ** 2 / np.sum(eigenvalues**2)


@pytest.mark.parametrize("seed", range(5))
def test_core_equals_textbook_matrices(seed):
    pre, post, treated, group = study(seed)
    X = np.column_stack((np.ones(pre.size), pre, treated))
    contrast = np.array([0.0, 0.0, 1.0])
    assert cr2_contrast(X, post, group, contrast) == pytest.approx(brute_force(X, post, group, contrast), rel=1e-10)


@pytest.mark.parametrize("icc", [0.05, 0.1, 0.6])
@pytest.mark.parametrize("alone", [False, True])
def test_df_that_allow_for_a_correlation_equal_textbook_matrices(icc, alone):
    pre, post, treated, group = study(8)
    group = np.where((treated == 0) & alone, 100 + np.arange(pre.size), group)
    X = np.column_stack((np.ones(pre.size), pre, treated))
    contrast = np.array([0.0, 0.0, 1.0])
    expected = brute_force(X, post, group, contrast, icc)
    assert cr2_contrast(X, post, group, contrast, icc) == pytest.approx(expected, rel=1e-9)
    assert cr2_contrast(X, post, group, contrast, icc)[:2] == cr2_contrast(X, post, group, contrast)[:2]


@pytest.mark.parametrize("function", [ancova_cr2, change_difference_cr2])
def test_groups_in_one_arm_only_take_the_df_of_a_working_correlation(function):
    pre, post, treated, group = study(8)
    alone = np.where(treated == 1, group, 100 + np.arange(pre.size))
    result = function(pre, post, treated, alone)
    columns = (np.ones(pre.size), pre, treated) if function is ancova_cr2 else (np.ones(pre.size), treated)
    outcome = post if function is ancova_cr2 else post - pre
    expected = brute_force(np.column_stack(columns), outcome, alone, np.eye(len(columns))[-1], 0.1)
    assert (result.estimate, result.std_error, result.df) == pytest.approx(expected, rel=1e-9)
    assert "only one arm has groups" in result.note
    assert "only one arm has groups" not in function(pre, post, treated, group).note
    swapped = function(pre, post, 1 - treated, alone)
    assert (swapped.estimate, swapped.df) == pytest.approx((-result.estimate, result.df))


def test_group_means_are_not_held_against_single_people():
    pre, post, treated, group = study(8)
    alone = np.where(treated == 1, group, 100 + np.arange(pre.size))
    result = group_means_difference(pre, post, treated, alone)
    assert np.isnan(result.p_value)
    assert "single people" in result.note


def test_many_outcomes_equal_one_by_one():
    pre, post, treated, group = study(3)
    X = np.column_stack((np.ones(pre.size), treated))
    contrast = np.array([0.0, 1.0])
    Y = np.column_stack((post, post - pre, pre))
    estimate, std_error, df = cr2_contrasts(X, Y, group, contrast)
    for column in range(3):
        single = cr2_contrast(X, Y[:, column], group, contrast)
        assert (estimate[column], std_error[column], df[column]) == pytest.approx(single, rel=1e-12)


def test_many_designs_equal_one_by_one():
    generator = np.random.default_rng(6)
    group = np.repeat([3, 1, 2, 5], [4, 6, 5, 7])
    X = np.ones((5, group.size, 3))
    X[..., 1] = generator.standard_normal((5, group.size))
    X[..., 2] = group > 2
    X[3, :, 1] = 7 - 2 * X[3, :, 2]
    Y = generator.standard_normal((5, group.size))
    contrast = np.array([0.0, 0.0, 1.0])
    together = cr2_replicates(X, Y, group, contrast)
    for replicate in range(5):
        single = cr2_contrast(X[replicate], Y[replicate], group, contrast)
        assert [values[replicate] for values in together] == pytest.approx(single, rel=1e-10, nan_ok=True)
    assert np.isnan([values[3] for values in together]).all()


def test_more_columns_than_people():
    assert np.isnan(cr2_contrast(np.ones((2, 3)), np.ones(2), np.arange(2), np.ones(3))).all()


def test_core_ignores_row_order_and_code_values():
    pre, post, treated, group = study(4)
    X = np.column_stack((np.ones(pre.size), pre, treated))
    contrast = np.array([0.0, 0.0, 1.0])
    order = np.random.default_rng(0).permutation(pre.size)
    expected = cr2_contrast(X, post, group, contrast)
    assert cr2_contrast(X[order], post[order], 7 - 3 * group[order], contrast) == pytest.approx(expected)


def test_one_person_a_group_is_the_paired_t():
    pre, post, _, _ = study(5)
    clustered, paired = change_cr2(pre, post, np.arange(pre.size)), paired_t(pre, post)
    for name in NUMBERS:
        assert getattr(clustered, name) == pytest.approx(getattr(paired, name), rel=1e-11), name


def test_balanced_groups_make_change_cr2_the_t_on_group_means():
    pre, post, _, _ = study(6)
    pre, post = pre[:40], post[:40]
    group = np.repeat(list("abcde"), 8)
    clustered, means = change_cr2(pre, post, group), group_means_change(pre, post, group)
    for name in NUMBERS:
        assert getattr(clustered, name) == pytest.approx(getattr(means, name), rel=1e-11), name


def test_balanced_groups_make_change_difference_the_t_on_group_means():
    pre, post, _, _ = study(6, groups=8)
    pre, post, group = pre[:48], post[:48], np.repeat(np.arange(6), 8)
    treated = (group < 3).astype(int)
    clustered = change_difference_cr2(pre, post, treated, group)
    means = group_means_difference(pre, post, treated, group)
    for name in NUMBERS:
        assert getattr(clustered, name) == pytest.approx(getattr(means, name), rel=1e-11), name
    assert clustered.df == pytest.approx(4)


def test_group_means_difference_equals_scipy():
    pre, post, treated, group = study(7)
    means = np.array([(post - pre)[group == label].mean() for label in range(6)])
    expected = stats.ttest_ind(means[1::2], means[0::2])
    result = group_means_difference(pre, post, treated, group)
    interval = expected.confidence_interval()
    assert (result.statistic, result.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert (result.conf_low, result.conf_high) == pytest.approx((interval.low, interval.high))
    assert (result.df, result.n_groups) == (4, 6)


def test_descriptions_count_incomplete_people():
    pre = np.array([1.0, 2, 3, np.nan, 5, 6])
    post = np.array([2.0, 2, 5, 4, np.nan, 7])
    result = change_cr2(pre, post, ["a", "a", "b", "b", "c", "b"])
    assert (result.n_pre, result.n_post, result.n_paired, result.n_groups) == (5, 5, 4, 2)
    assert (result.mean_pre, result.mean_post, result.estimate) == (3.0, 4.0, 1.0)
    assert result.sd_pre == pytest.approx(np.std([1, 2, 3, 6], ddof=1))
    assert "no claim of significance" in result.note


def test_effects_are_estimate_and_interval_over_the_named_sd():
    pre, post, treated, group = study(8)
    one = change_cr2(pre, post, group)
    scale = hedges_factor(pre.size - 1) / np.sqrt((one.sd_pre**2 + one.sd_post**2) / 2)
    expected = np.array([one.estimate, one.conf_low, one.conf_high]) * scale
    assert (one.effect, one.effect_low, one.effect_high) == pytest.approx(tuple(expected))
    assert one.effect_name == "d_av"
    two = ancova_cr2(pre, post, treated, group)
    variances = [(np.var(pre[treated == arm], ddof=1), np.sum(treated == arm) - 1) for arm in (0, 1)]
    total = np.sqrt(sum(v * df for v, df in variances) / (pre.size - 2))
    assert two.effect == pytest.approx(two.estimate / total * hedges_factor(pre.size - 2))
    assert two.effect_name == "d_total"
    assert two.mean_pre == pytest.approx(pre[treated == 1].mean())


def test_rank_effects_are_cliffs_delta():
    pre, post, treated, group = study(9)
    change = np.round(post - pre, 9)
    sign = np.sign(change[treated == 1][:, None] - change[treated == 0][None, :])
    assert rank_cr2_difference(pre, post, treated, group).effect == pytest.approx(sign.mean())
    sign = np.sign(post[:, None] - pre[None, :])
    assert rank_cr2_change(pre, post, group).effect == pytest.approx(sign.mean())


def test_rank_ancova_is_cr2_on_ranks():
    pre, post, treated, group = study(10)
    ranked = ancova_cr2(stats.rankdata(pre), stats.rankdata(post), treated, group)
    result = rank_cr2_ancova(pre, post, treated, group)
    for name in NUMBERS:
        assert getattr(result, name) == pytest.approx(getattr(ranked, name), rel=1e-9), name
    assert "mid-ranks" in result.note


def test_permutation_by_hand():
    change = np.array([1.0, 2, 3, 4, 6, 8])  # one person a group; treated: the three largest
    result = permutation_arms(np.zeros(6), change, [0, 0, 0, 1, 1, 1], np.arange(6))
    assert result.estimate == pytest.approx(4.0)
    assert result.p_value == pytest.approx(2 / 20)
    assert "2/20 = 0.1" in result.note


def test_permutation_equals_scipy():
    pre, post, treated, group = study(11, groups=7)
    means = np.array([(post - pre)[group == label].mean() for label in range(7)])
    expected = stats.permutation_test(
        (means[1::2], means[0::2]),
        lambda x, y: abs(x.mean() - y.mean()),
        n_resamples=np.inf,
        alternative="greater",
    )
    result = permutation_arms(pre, post, treated, group)
    assert result.p_value == pytest.approx(expected.pvalue)
    assert "1/35" in result.note


def test_sign_flip_by_hand_and_by_enumeration():
    result = sign_flip(np.zeros(3), np.array([1.0, 2, 3]), np.arange(3))
    assert (result.estimate, result.p_value) == (2.0, 0.25)
    assert "2/8" in result.note
    means = np.array([1.0, -0.5, 2.0, 3.0, 0.25])
    patterns = [abs(np.mean(means * signs)) for signs in product((1, -1), repeat=5)]
    share = np.mean(np.array(patterns) >= abs(means.mean()) - 1e-12)
    assert sign_flip(np.zeros(5), means, np.arange(5)).p_value == share


def test_too_many_permutations_are_refused_in_words():
    pre, post, _, _ = study(12, groups=24)
    group = np.arange(pre.size) % 24
    assert "too many" in sign_flip(pre, post, group).note
    result = permutation_arms(pre, post, group % 2, group)
    assert "too many" in result.note
    assert np.isnan(result.p_value)


@pytest.mark.parametrize("function", TWO_ARMS)
def test_swapping_arms_flips_signs_and_keeps_p(function):
    pre, post, treated, group = study(13)
    one, other = function(pre, post, treated, group), function(pre, post, 1 - treated, group)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.effect == pytest.approx(-other.effect)


@pytest.mark.parametrize("function", ONE_ARM)
def test_swapping_waves_flips_signs_and_keeps_p(function):
    pre, post, _, group = study(14)
    one, other = function(pre, post, group), function(post, pre, group)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.effect == pytest.approx(-other.effect)


@pytest.mark.parametrize("function", TWO_ARMS)
def test_scale_and_shift_keep_effect_and_p(function):
    pre, post, treated, group = study(15)
    one, other = function(pre, post, treated, group), function(10 * pre + 7, 10 * post + 7, treated, group)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.effect == pytest.approx(other.effect)


def test_enough_groups():
    assert enough_groups(["a", "b", "c"]) == (True, "")
    enough, note = enough_groups([1, 1, 2])
    assert not enough
    assert note.startswith("2 groups in a single arm, 3 needed")
    assert enough_groups([1, 2, 3, 4], [0, 0, 1, 1]) == (True, "")
    assert enough_groups([1, 2, 3], [0, 0, 1])[1].startswith("1 group in the smaller arm, 2 needed")
    assert enough_groups([1, 2], [1, 1])[1].startswith("0 groups")
    assert enough_groups([1, 1, 2, 2, 3, 4, 5], [1, 1, 1, 1, 0, 0, 0])[1].startswith("2 groups in the only arm")
    assert enough_groups([3, 4, 5, 1, 1, 2, 2], [1, 1, 1, 0, 0, 0, 0])[1].startswith("2 groups in the only arm")
    assert enough_groups([1, 1, 2, 6, 3, 4, 5], [1, 1, 1, 1, 0, 0, 0]) == (True, "")


def assert_no_test(result):
    for name in ("std_error", "statistic", "p_value", "conf_low", "conf_high", "effect_low", "effect_high"):
        assert np.isnan(getattr(result, name)), name
    assert result.note


@pytest.mark.parametrize("function", ONE_ARM)
@pytest.mark.parametrize("n", [0, 1])
def test_no_pair_or_one_pair(function, n):
    result = function(np.arange(n, dtype=float), np.ones(n), np.arange(n))
    assert_no_test(result)
    assert np.isnan(result.estimate)
    assert f"{n} complete pair" in result.note


@pytest.mark.parametrize("function", TWO_ARMS)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_two_arms_of_hardly_anyone(function, n):
    result = function(np.arange(n, dtype=float), np.ones(n), np.arange(n) % 2, np.arange(n))
    assert np.isnan(result.std_error)
    assert result.note


@pytest.mark.parametrize("function", ONE_ARM)
def test_equal_changes(function):
    pre = np.array([0.1, 0.2, 0.3, 1.1, 2.2, 3.3])
    result = function(pre, pre + 0.7, [1, 1, 2, 2, 3, 3])
    assert_no_test(result)
    assert np.isnan(result.effect)
    assert "all changes are equal: no test is possible" in result.note


@pytest.mark.parametrize("function", TWO_ARMS)
def test_equal_changes_in_two_arms(function):
    pre = np.array([0.1, 0.2, 0.3, 1.1, 2.2, 3.3, 4, 5])
    result = function(pre, pre + 0.7, [0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 2, 2, 3, 3, 4, 4])
    assert_no_test(result)
    assert np.isnan(result.effect)
    assert "all changes are equal" in result.note


@pytest.mark.parametrize("function", [change_cr2, group_means_change, rank_cr2_change])
def test_one_group(function):
    pre, post, _, _ = study(16)
    result = function(pre, post, np.zeros(pre.size, dtype=int))
    assert_no_test(result)
    assert np.isfinite(result.estimate)
    assert "no claim" in result.note


@pytest.mark.parametrize("function", TWO_ARMS)
def test_one_arm_only(function):
    pre, post, _, group = study(17)
    result = function(pre, post, np.ones(pre.size), group)
    assert_no_test(result)
    assert np.isnan(result.estimate)
    assert "only one arm" in result.note


@pytest.mark.parametrize("function", [ancova_cr2, change_difference_cr2, rank_cr2_difference])
def test_single_group_in_an_arm_has_no_standard_error(function):
    # The pseudo-inverse would drop that group's variance and understate the error: no number then.
    pre, post, _, group = study(18)
    result = function(pre, post, (group == 0).astype(int), group)
    assert_no_test(result)
    assert np.isfinite(result.estimate)
    assert "1 group in the smaller arm" in result.note


def test_single_group_in_an_arm_still_has_the_t_on_group_means():
    pre, post, _, group = study(18)
    result = group_means_difference(pre, post, (group == 0).astype(int), group)
    assert np.isfinite(result.p_value)
    assert "no claim of significance" in result.note


@pytest.mark.parametrize("function", [group_means_difference, permutation_arms])
def test_group_with_both_arms_is_refused_in_words(function):
    pre, post, _, group = study(19)
    result = function(pre, post, np.arange(pre.size) % 2, group)
    assert_no_test(result)
    assert "both arms" in result.note


def test_group_with_both_arms_is_no_obstacle_to_cr2():
    pre, post, _, group = study(19)
    assert np.isfinite(ancova_cr2(pre, post, np.arange(pre.size) % 2, group).p_value)


def test_perfect_fit_gives_no_infinite_t():
    pre, _, treated, group = study(20)
    result = ancova_cr2(pre, 2 * pre + 3 + 5 * treated, treated, group)
    assert_no_test(result)
    assert result.estimate == pytest.approx(5.0)


def test_type_one_error_of_two_groups_an_arm():
    # 5 % nominal, ICC .15, groups of 6 to 10; person-level t-tests reject 20 % here.
    generator = np.random.default_rng(1)
    group = np.repeat(np.arange(4), [6, 8, 9, 10])
    shared = np.sqrt(0.15) * generator.standard_normal((4, 8000))[group]
    change = shared + np.sqrt(0.85) * generator.standard_normal((group.size, 8000))
    X = np.column_stack((np.ones(group.size), group % 2))
    estimate, std_error, df = cr2_contrasts(X, change, group, np.array([0.0, 1.0]))
    rejected = np.mean(2 * stats.t.sf(np.abs(estimate / std_error), df) < 0.05)
    assert rejected == pytest.approx(0.05, abs=0.01)


def test_constant_pre_and_collinear_pre():
    _, post, treated, group = study(20)
    result = ancova_cr2(np.full(post.size, 0.1), post, treated, group)
    assert_no_test(result)
    assert "pre scores do not vary" in result.note
    result = ancova_cr2(50.0 + treated, post, treated, group)
    assert_no_test(result)
    assert "cannot be told apart" in result.note
    assert np.isnan(rank_cr2_ancova(50.0 + treated, post, treated, group).p_value)


def test_equal_group_means_give_no_infinite_t():
    pre, post = np.zeros(6), np.array([1.0, 3, 1, 3, 0, 4])
    for function in (change_cr2, group_means_change):
        result = function(pre, post, [1, 1, 2, 2, 3, 3])
        assert_no_test(result)
        assert result.estimate == pytest.approx(2.0)
        assert "standard error is zero" in result.note


def test_wrong_shapes_and_arms_are_programming_errors():
    with pytest.raises(ValueError, match="one length"):
        change_cr2([1, 2], [1, 2, 3], [1, 1, 2])
    with pytest.raises(ValueError, match="group must be given for everyone"):
        change_cr2([1, 2], [1, 2], np.array(["a", None], dtype=object))
    with pytest.raises(ValueError, match="group must be given for everyone"):
        change_cr2([1, 2], [1, 2], [1, np.nan])
    with pytest.raises(ValueError, match="0 and 1"):
        ancova_cr2([1, 2], [1, 2], [1, 2], [1, 2])


@pytest.mark.thorough
def test_random_small_designs_never_warn_nor_give_infinity():
    generator = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(300):
            n = int(generator.integers(0, 9))
            pre, post = generator.integers(0, 3, (2, n)).astype(float)
            pre[generator.random(n) < 0.1] = np.nan
            group, treated = generator.integers(0, 4, n), generator.integers(0, 2, n)
            results = [function(pre, post, group) for function in ONE_ARM]
            results += [function(pre, post, treated, group) for function in TWO_ARMS]
            for result in results:
                assert not any(np.isinf(getattr(result, name)) for name in NUMBERS + EFFECTS)
                assert result.note or np.isfinite(result.p_value)

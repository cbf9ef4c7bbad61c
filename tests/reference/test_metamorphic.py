"""Relations that hold whatever the data: what must change with a change of the data, and what must not.

Everyday tests draw a few examples of each; `make metamorphic` draws 1,000 (METAMORPHIC_EXAMPLES), always the same.
Relations of the whole comparison, of linkage and of pooling stand with their modules' tests.
"""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.instruments.registry import known_instruments
from balint_eval.score_arrays import reversed_by_key, score_wide
from balint_eval.stats.adjust import adjust_p
from balint_eval.stats.cluster import (
    ancova_cr2,
    change_cr2,
    change_difference_cr2,
    group_means_change,
    group_means_difference,
    permutation_arms,
    rank_cr2_change,
    rank_cr2_difference,
)
from balint_eval.stats.effects import cliffs_delta, d_av, d_z, rank_biserial
from balint_eval.stats.equivalence import equivalence_p
from balint_eval.stats.icc import group_correlation
from balint_eval.stats.independent import change_t, change_welch, mann_whitney
from balint_eval.stats.levels import level_cr2, level_t
from balint_eval.stats.mixed import change_mixed
from balint_eval.stats.mixed_replicates import mixed_replicates
from balint_eval.stats.paired import paired_t, wilcoxon

EXAMPLES = int(os.environ.get("METAMORPHIC_EXAMPLES", "15"))
INSTRUMENTS = [known_instruments()[name] for name in ("TEQ", "PSS10", "OLBI", "CBI", "GAD7")]
TESTS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]

relation = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
seeds = given(seed=st.integers(0, 2**32 - 1))
of_arms = pytest.mark.parametrize("test", [ancova_cr2, change_difference_cr2, group_means_difference])
of_one_arm = pytest.mark.parametrize("test", [change_cr2, group_means_change])


class Drawn:
    """Twenty to forty people in two arms of three groups each, scores in tenths."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        sizes = self.rng.integers(3, 8, 6)
        self.group = np.repeat(np.arange(6), sizes)
        self.treated = (self.group < 3).astype(int)
        self.n = self.group.size
        self.pre = np.round(self.rng.normal(40, 8, self.n), 1)
        together = self.rng.normal(0, self.rng.choice([0.0, 2.0]), 6)[self.group]
        self.post = np.round(self.pre + 2 * self.treated + together + self.rng.normal(0, 5, self.n), 1)


def numbers(result, names=TESTS):
    return np.array([getattr(result, name) for name in names])


def same(one, other, names=TESTS, rel=1e-7):
    """Hold the numbers of two results to each other; missing ones must be missing in both."""
    assert numbers(other, names) == pytest.approx(numbers(one, names), rel=rel, abs=1e-9, nan_ok=True)


def turned(one, other, rel=1e-7):
    """Hold a result to one of the other sign."""
    same(one, other, ["std_error", "df", "p_value"], rel)
    expected = -numbers(one, ["estimate", "statistic", "conf_high", "conf_low", "effect", "effect_high"])
    found = numbers(other, ["estimate", "statistic", "conf_low", "conf_high", "effect", "effect_low"])
    assert found == pytest.approx(expected, rel=rel, abs=1e-9, nan_ok=True)


# --- comparisons -----------------------------------------------------------------------------------


@of_one_arm
@relation
@seeds
def test_swapping_the_waves_turns_a_clustered_change_round(test, seed):
    """Difference, t and d change their sign; p, standard error and df stay."""
    d = Drawn(seed)
    turned(test(d.pre, d.post, d.group), test(d.post, d.pre, d.group))


@relation
@seeds
def test_swapping_the_waves_turns_the_paired_t_test_round(seed):
    """Difference, t and d change their sign; p stays."""
    d = Drawn(seed)
    turned(paired_t(d.pre, d.post), paired_t(d.post, d.pre), rel=1e-5)


@relation
@seeds
def test_swapping_the_waves_keeps_the_p_of_wilcoxon(seed):
    """The shift changes its sign, p stays."""
    d = Drawn(seed)
    one, other = wilcoxon(d.pre, d.post), wilcoxon(d.post, d.pre)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert (other.estimate, other.effect) == pytest.approx((-one.estimate, -one.effect), abs=1e-9)


@of_arms
@relation
@seeds
def test_swapping_the_arms_turns_a_clustered_difference_round(test, seed):
    """First-named minus second-named arm: the sign follows the names, nothing else does."""
    d = Drawn(seed)
    one, other = (test(d.pre, d.post, arm, d.group) for arm in (d.treated, 1 - d.treated))
    turned(one, other)


@pytest.mark.parametrize("test", [change_t, change_welch])
@relation
@seeds
def test_swapping_the_arms_turns_a_difference_between_people_round(test, seed):
    """As for groups, for independent people."""
    d = Drawn(seed)
    turned(test(d.pre, d.post, d.treated), test(d.pre, d.post, 1 - d.treated), rel=1e-5)


@relation
@seeds
def test_swapping_the_arms_keeps_the_p_of_mann_whitney(seed):
    """The shift changes its sign, p stays."""
    d = Drawn(seed)
    one, other = (mann_whitney(d.pre, d.post, arm) for arm in (d.treated, 1 - d.treated))
    assert other.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-9)


@of_arms
@relation
@given(seed=st.integers(0, 2**32 - 1), constant=st.integers(-500, 500))
def test_a_constant_on_both_waves_changes_no_clustered_difference(test, seed, constant):
    """Where a scale begins says nothing."""
    d = Drawn(seed)
    found = test(d.pre + constant, d.post + constant, d.treated, d.group)
    same(test(d.pre, d.post, d.treated, d.group), found, [*TESTS, "effect"])


@of_arms
@relation
@seeds
def test_ten_times_the_points_keep_d_p_and_df(test, seed):
    """Points per point do not matter: the estimate is ten times as large, d, t, df and p stay."""
    d = Drawn(seed)
    one, other = test(d.pre, d.post, d.treated, d.group), test(10 * d.pre, 10 * d.post, d.treated, d.group)
    same(one, other, ["df", "statistic", "p_value", "effect"])
    assert other.estimate == pytest.approx(10 * one.estimate, rel=1e-9)


@of_arms
@relation
@seeds
def test_the_order_of_people_says_nothing(test, seed):
    """Rows are people, not pairs by place."""
    d = Drawn(seed)
    o = d.rng.permutation(d.n)
    same(test(d.pre, d.post, d.treated, d.group), test(d.pre[o], d.post[o], d.treated[o], d.group[o]))


@of_arms
@relation
@seeds
def test_the_codes_of_groups_say_nothing(test, seed):
    """Groups may be called anything, texts included."""
    d = Drawn(seed)
    names = np.array([f"g{n}" for n in d.rng.permutation(6)])
    same(test(d.pre, d.post, d.treated, d.group), test(d.pre, d.post, d.treated, names[d.group]))


@of_arms
@relation
@seeds
def test_people_without_a_later_score_change_no_complete_case_number(test, seed):
    """A person with one wave is counted, not guessed."""
    d = Drawn(seed)
    pre, post = np.append(d.pre, [1.0, np.nan]), np.append(d.post, [np.nan, 99.0])
    found = test(pre, post, np.append(d.treated, [0, 1]), np.append(d.group, [5, 0]))
    one = test(d.pre, d.post, d.treated, d.group)
    same(one, found, [*TESTS, "effect", "n_paired", "mean_pre", "sd_post"])
    assert (found.n_pre, found.n_post) == (one.n_pre + 1, one.n_post + 1)


@relation
@seeds
def test_everybody_twice_in_the_group_changes_no_cr2_estimate_and_error(seed):
    """Copies in one cluster add no information: CR2 of one arm gives the same error where an i.i.d. test halves it."""
    d = Drawn(seed)
    same(
        change_cr2(d.pre, d.post, np.arange(d.n)),
        change_cr2(*(np.repeat(x, 2) for x in (d.pre, d.post, np.arange(d.n)))),
    )


@relation
@seeds
def test_every_pair_twice_changes_the_error_by_a_known_factor(seed):
    """The paired t-test takes copies for people: its error shrinks by the root of (n - 1) / (2n - 1)."""
    d = Drawn(seed)
    one, two = paired_t(d.pre, d.post), paired_t(np.tile(d.pre, 2), np.tile(d.post, 2))
    assert two.estimate == pytest.approx(one.estimate, rel=1e-9, abs=1e-12)
    assert two.std_error == pytest.approx(one.std_error * np.sqrt((d.n - 1) / (2 * d.n - 1)), rel=1e-9)


@relation
@seeds
def test_one_person_a_group_makes_cr2_the_paired_t_test(seed):
    """Where nobody shares a group there is nothing to allow for."""
    d = Drawn(seed)
    same(paired_t(d.pre, d.post), change_cr2(d.pre, d.post, np.arange(d.n)))


@relation
@seeds
def test_one_person_a_group_makes_group_means_the_paired_t_test(seed):
    """The mean of one person is that person."""
    d = Drawn(seed)
    same(paired_t(d.pre, d.post), group_means_change(d.pre, d.post, np.arange(d.n)))


@relation
@seeds
def test_one_person_a_group_makes_cr2_of_two_arms_the_test_of_welch(seed):
    """CR2 of single people is HC2, whose error for two means is Welch's."""
    d = Drawn(seed)
    welch, cr2 = change_welch(d.pre, d.post, d.treated), change_difference_cr2(d.pre, d.post, d.treated, np.arange(d.n))
    same(welch, cr2, ["estimate", "std_error", "statistic"])


@relation
@given(seed=st.integers(0, 2**32 - 1), slope=st.sampled_from([0.5, 1.0, 2.0]))
def test_ranks_do_not_see_an_increasing_transformation(seed, slope):
    """Rank-CR2 of levels depends on the order of the scores only."""
    d = Drawn(seed)
    zero = np.zeros(d.n)
    one, other = (rank_cr2_difference(zero, x, d.treated, d.group) for x in (d.post, np.exp(slope * d.post / 20)))
    same(one, other, ["statistic", "df", "p_value"])


@relation
@seeds
def test_swapping_the_waves_keeps_the_p_of_rank_cr2(seed):
    """Signed ranks change their sign."""
    d = Drawn(seed)
    same(
        rank_cr2_change(d.pre, d.post, d.group), rank_cr2_change(d.post, d.pre, d.group), ["std_error", "df", "p_value"]
    )


@relation
@seeds
def test_a_permutation_p_is_a_count_of_assignments(seed):
    """With three groups in each of two arms there are 20 assignments: p is a whole number of twentieths."""
    d = Drawn(seed)
    p = permutation_arms(d.pre, d.post, d.treated, d.group).p_value
    assert 20 * p == pytest.approx(round(20 * p), abs=1e-9)
    assert p >= 0.1 - 1e-12
    assert permutation_arms(d.pre, d.post, 1 - d.treated, d.group).p_value == pytest.approx(p)


@relation
@seeds
def test_levels_are_changes_from_nothing(seed):
    """A comparison at one wave is one of changes with every earlier score zero."""
    d = Drawn(seed)
    zero = np.zeros(d.n)
    same(change_difference_cr2(zero, d.post, d.treated, d.group), level_cr2(d.post, d.treated, d.group))
    same(change_t(zero, d.post, d.treated), level_t(d.post, d.treated))


@relation
@given(seed=st.integers(0, 2**32 - 1), constant=st.integers(-50, 50))
def test_the_mixed_model_turns_and_shifts_with_its_scores(seed, constant):
    """Minus the scores plus a constant: the estimate changes its sign, Kenward-Roger error, df and p stay."""
    d = Drawn(seed)
    score, wave = np.concatenate((d.pre, d.post)), np.repeat([0, 1], d.n)
    person, group = np.tile(np.arange(d.n), 2), np.tile(d.group, 2)
    one, other = (change_mixed(x, wave, person, group) for x in (score, constant - score))
    same(one, other, ["std_error", "df", "p_value"], rel=1e-5)
    assert other.estimate == pytest.approx(-one.estimate, rel=1e-6, abs=1e-8)


@relation
@seeds
def test_a_singular_mixed_model_estimates_what_least_squares_does(seed):
    """With a group variance of zero the estimate is the coefficient of ordinary least squares."""
    d = Drawn(seed)
    X = np.column_stack((np.ones(d.n), d.pre, d.treated))
    found = mixed_replicates(X[None], d.post[None], d.group, np.array([0.0, 0.0, 1.0]))
    if found.ratio[0] == 0:
        assert found.estimate[0] == pytest.approx(np.linalg.lstsq(X, d.post)[0][2], rel=1e-7, abs=1e-9)
    else:
        assert found.ratio[0] > 0


@relation
@seeds
def test_adding_what_the_design_explains_changes_no_mixed_error(seed):
    """REML sees residuals only: y + X b has the estimate raised by b and the same error, df and ratio."""
    d = Drawn(seed)
    X, b = np.column_stack((np.ones(d.n), d.pre, d.treated)), d.rng.normal(0, 100, 3)
    last = np.array([0.0, 0.0, 1.0])
    one, other = (mixed_replicates(X[None], y[None], d.group, last) for y in (d.post, d.post + X @ b))
    assert other.estimate[0] == pytest.approx(one.estimate[0] + b[2], rel=1e-6, abs=1e-6)
    for name in ("std_error", "df", "ratio"):
        assert getattr(other, name)[0] == pytest.approx(getattr(one, name)[0], rel=1e-5, abs=1e-7)


@relation
@seeds
def test_a_wider_level_gives_a_wider_interval_around_one_estimate(seed):
    """The 90 % interval lies inside the 95 % interval."""
    d = Drawn(seed)
    narrow, wide = (ancova_cr2(d.pre, d.post, d.treated, d.group, level) for level in (0.9, 0.95))
    assert wide.conf_low < narrow.conf_low < narrow.estimate < narrow.conf_high < wide.conf_high


@relation
@seeds
def test_p_is_below_five_percent_exactly_when_the_interval_leaves_out_zero(seed):
    """Test and interval are one statement."""
    d = Drawn(seed)
    found = ancova_cr2(d.pre, d.post, d.treated, d.group)
    assert (found.p_value < 0.05) == (found.conf_low > 0 or found.conf_high < 0)


@relation
@given(seed=st.integers(0, 2**32 - 1), margin=st.floats(0.1, 20))
def test_equivalence_is_the_narrow_interval_inside_the_margins(seed, margin):
    """TOST below 5 % exactly when the 90 % interval lies inside; the sign of the estimate says nothing."""
    d = Drawn(seed)
    found = ancova_cr2(d.pre, d.post, d.treated, d.group, 0.9)
    p = equivalence_p(found.estimate, found.std_error, found.df, margin)
    assert (p < 0.05) == (-margin < found.conf_low and found.conf_high < margin)
    assert equivalence_p(-found.estimate, found.std_error, found.df, margin) == pytest.approx(p, abs=1e-12)


# --- effects, correlation, adjustment --------------------------------------------------------------


@relation
@seeds
def test_swapping_turns_effects_and_their_intervals_round(seed):
    """d_av, d_z, rank biserial and Cliff's delta of the waves swapped."""
    d = Drawn(seed)
    for effect in (d_av, d_z, rank_biserial, cliffs_delta):
        one, other = effect(d.pre, d.post), effect(d.post, d.pre)
        expected = (-one.value, -one.high, -one.low)
        assert (other.value, other.low, other.high) == pytest.approx(expected, rel=1e-5, abs=1e-9, nan_ok=True)


@relation
@seeds
def test_identical_copies_of_groups_keep_the_mean_square_within(seed):
    """Taking the members' mean out of each group leaves an ICC at its smallest: no variance between groups."""
    d = Drawn(seed)
    means = np.bincount(d.group, weights=d.post) / np.bincount(d.group)
    within = group_correlation(d.post - means[d.group], d.group).icc
    assert within <= group_correlation(d.post, d.group).icc + 1e-9
    assert within < 0


@relation
@given(p=st.lists(st.floats(1e-6, 1), min_size=1, max_size=8), method=st.sampled_from(["holm", "hochberg", "bh"]))
def test_adjusted_p_is_never_smaller_and_keeps_the_order(p, method):
    """Adjusting loses, never wins, and the family's order stays."""
    adjusted = adjust_p(p, method)
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-12).all()
    assert adjust_p(p[::-1], method)[::-1] == pytest.approx(adjusted)


@relation
@given(p=st.lists(st.floats(1e-6, 1), min_size=1, max_size=8))
def test_holm_is_never_below_hochberg_nor_hochberg_below_bh(p):
    """The stricter procedure has the larger p."""
    holm, hochberg, bh = (adjust_p(p, method) for method in ("holm", "hochberg", "bh"))
    assert (holm >= hochberg - 1e-12).all()
    assert (hochberg >= bh - 1e-12).all()


# --- scoring ---------------------------------------------------------------------------------------


@st.composite
def forms(draw, missing=False):
    instrument = draw(st.sampled_from(INSTRUMENTS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.choice(np.array(instrument.response.codes, dtype=float), (4, instrument.n_items))
    if missing:
        values[rng.random(values.shape) < 0.2] = np.nan
    return instrument, values, rng


@relation
@given(forms(missing=True))
def test_reversing_twice_is_nothing(form):
    """The key turned twice gives the answers back."""
    instrument, values, _ = form
    np.testing.assert_array_equal(reversed_by_key(reversed_by_key(values, instrument), instrument), values)


@relation
@given(forms(missing=True))
def test_scores_lie_in_the_range_of_their_scale(form):
    """Prorated or not, no score leaves the range that the instrument states."""
    instrument, values, _ = form
    for scale in instrument.scales:
        score = score_wide(values, instrument)[scale.name].score
        kept = score[np.isfinite(score)]
        assert ((kept >= scale.range[0] - 1e-9) & (kept <= scale.range[1] + 1e-9)).all()


@relation
@given(forms(missing=True))
def test_a_person_is_scored_alike_in_any_company(form):
    """The order of rows, and who else answered, change no score."""
    instrument, values, rng = form
    order = rng.permutation(4)
    together, shuffled, alone = (score_wide(v, instrument) for v in (values, values[order], values[:1]))
    for scale in together:
        np.testing.assert_array_equal(shuffled[scale].score, together[scale].score[order])
        np.testing.assert_array_equal(alone[scale].score, together[scale].score[:1])


@relation
@given(forms())
def test_one_step_up_moves_a_score_the_way_of_its_key(form):
    """A higher answer never lowers the score of a plain item, nor raises that of a reversed one."""
    instrument, values, rng = form
    codes, item = instrument.response.codes, int(rng.integers(instrument.n_items))
    values[:, item] = codes[0]
    raised = values.copy()
    raised[:, item] = codes[1]
    sign = -1 if item + 1 in instrument.reverse else 1
    one, other = score_wide(values, instrument), score_wide(raised, instrument)
    for scale in instrument.scales:
        moved = sign * (other[scale.name].score - one[scale.name].score)
        assert (moved > 0).all() if item + 1 in scale.items else (moved >= -1e-9).all()


@relation
@given(forms())
def test_answers_mirrored_mirror_the_score(form):
    """Every answer turned round gives lowest + highest score - score, whatever the key."""
    instrument, values, _ = form
    codes = instrument.response.codes
    one, other = score_wide(values, instrument), score_wide(codes[0] + codes[-1] - values, instrument)
    for scale in instrument.scales:
        expected = sum(scale.range) - one[scale.name].score
        np.testing.assert_allclose(other[scale.name].score, expected, rtol=1e-9, atol=1e-9)


@relation
@given(forms())
def test_a_missing_answer_counts_as_the_mean_of_the_others(form):
    """A prorated score is the score with the gap filled by the person's mean keyed answer to the scale."""
    instrument, values, rng = form
    for scale in (scale for scale in instrument.scales if scale.items):
        item = int(rng.choice(scale.items))
        gap = values.copy()
        gap[:, item - 1] = np.nan
        found = score_wide(gap, instrument)[scale.name].score
        keyed = reversed_by_key(values, instrument)[:, np.array(scale.items) - 1]
        others = np.delete(keyed, scale.items.index(item), axis=1).mean(axis=1)
        expected = others * (len(scale.items) if scale.rule == "sum" else 1) * scale.multiply
        given_score = np.isfinite(found)
        np.testing.assert_allclose(found[given_score], expected[given_score], rtol=1e-9)


# --- how many ----------------------------------------------------------------------------------------


def relations():
    """List the relations of this file; one that is held for several tests counts once."""
    return [name for name, found in globals().items() if getattr(found, "is_hypothesis_test", False)]


def test_there_are_at_least_25_relations():
    assert len(relations()) >= 25

"""What the proportional-odds row says instead of a number, and what the writing of data does not change."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from balint_eval.stats.ordered_answers import (
    ALL_ANSWER_ALIKE,
    NOT_FITTED,
    ONE_ARM_GROUPED,
    ordered_difference,
    ordered_level,
)
from balint_eval.stats.ordinal_mixed import cumulative_mixed

GROUP = np.repeat(np.arange(6), 8)
ARM = (GROUP < 3).astype(int)


def answers(seed=1, shift=0.8):
    rng = np.random.default_rng(seed)
    latent = rng.logistic(size=GROUP.size) + 0.7 * rng.standard_normal(6)[GROUP] + shift * ARM
    return np.digitize(latent, [-1.0, 0.5, 2.0]) + 1.0


def test_two_shares_give_the_odds_ratio_of_their_table():
    answer, alone = np.repeat([0.0, 1.0, 0.0, 1.0], [6, 14, 12, 8]), np.arange(40)
    arm = np.repeat([1, 0], 20)
    assert_allclose(ordered_level(answer, arm, alone).effect, (14 * 12) / (6 * 8), rtol=1e-8)


def test_arms_swapped_turn_the_odds_ratio_over_and_keep_its_error():
    there, back = (ordered_level(answers(), arm, GROUP) for arm in (ARM, 1 - ARM))
    assert_allclose(there.effect * back.effect, 1.0, rtol=1e-6)
    assert_allclose(there.std_error, back.std_error, rtol=1e-6)


def test_answers_turned_round_turn_the_odds_ratio_over():
    there, back = ordered_level(answers(), ARM, GROUP), ordered_level(5.0 - answers(), ARM, GROUP)
    assert_allclose(there.effect * back.effect, 1.0, rtol=1e-6)


def test_only_the_order_of_answers_counts():
    spread = np.array([0.0, 1.0, 4.0, 9.0, 30.0])[answers().astype(int)]
    assert_allclose(ordered_level(spread, ARM, GROUP).estimate, ordered_level(answers(), ARM, GROUP).estimate)


def test_order_of_people_and_names_of_groups_count_for_nothing():
    order = np.random.default_rng(3).permutation(GROUP.size)
    plain = ordered_difference(answers(2), answers(), ARM, GROUP)
    mixed = ordered_difference(answers(2)[order], answers()[order], ARM[order], 100 - GROUP[order])
    assert_allclose((plain.estimate, plain.std_error), (mixed.estimate, mixed.std_error), rtol=1e-6)


def test_an_earlier_answer_that_does_not_vary_is_not_adjusted_for():
    level = ordered_level(answers(), ARM, GROUP)
    assert_allclose(ordered_difference(np.full(48, 3.0), answers(), ARM, GROUP).estimate, level.estimate)


@pytest.mark.parametrize(
    ("post", "arm", "group", "reason"),
    [
        (np.full(48, 2.0), ARM, GROUP, ALL_ANSWER_ALIKE),
        (1.0 + ARM, ARM, GROUP, NOT_FITTED),
        (answers(), ARM, np.where(ARM == 1, GROUP, 100 + np.arange(48)), ONE_ARM_GROUPED),
    ],
)
def test_where_no_odds_ratio_can_be_given_the_reason_stands(post, arm, group, reason):
    row = ordered_level(post, arm, group)
    assert reason in row.note
    assert np.isnan([row.estimate, row.std_error, row.effect, row.p_value]).all()


def test_one_arm_cannot_be_compared():
    row = ordered_level(answers(), np.ones(48), GROUP)
    assert row.note
    assert np.isnan(row.estimate)


def test_misuse_is_an_error():
    with pytest.raises(ValueError, match="different answers"):
        cumulative_mixed(np.ones(5, dtype=int), np.empty((5, 0)), ())
    with pytest.raises(ValueError, match="one factor"):
        cumulative_mixed(np.arange(5), np.empty((5, 0)), (np.arange(5), np.arange(5)), nodes=5)

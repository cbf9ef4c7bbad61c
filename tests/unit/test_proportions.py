"""Shares at or beyond a mark, from scores to the table and the page."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, a_study, drawn, scores_of, some_people, stacked

from balint_eval.proportions import LATER_ONLY, NO_GROUPS, assess_proportions
from balint_eval.stats.exact_shares import (
    EMPTY_CELL,
    NO_PAIRS,
    NOBODY_CHANGED,
    ONE_SIDED,
    fisher_newcombe,
    mcnemar_exact,
)
from balint_eval.stats.logistic import is_separated, logistic_cr2
from balint_eval.stats.proportions import (
    ALL_ALIKE,
    CONSTANT_PRE,
    SAME_SIDE,
    SEPARATED,
    WAVE_ALIKE,
    share_change,
    share_difference,
    share_level,
)


def marked(mark=40.0, side="at_or_above", source="made for this test"):
    return TEQ.assign(cut_off=mark, cut_off_side=side, cut_off_source=source)


def one(table, **facts):
    found = table[np.logical_and.reduce([table[name] == value for name, value in facts.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_shares_by_hand_in_both_arms_and_waves():
    people = some_people()
    scores = drawn(people, 2, absent=0)
    table = assess_proportions(scores, people, marked(), a_study(allocation="groups"))
    row = one(table, kind="difference", method="share_cr2")
    wide = scores.pivot(index="person_id", columns="wave", values="score").join(people.set_index("person_id"))
    for prefix, arm in (("", "balint"), ("reference_", "waiting")):
        mine = wide[wide["arm"] == arm]
        assert row[f"{prefix}n"] == len(mine)
        assert row[f"{prefix}percent_pre"] == pytest.approx(100 * (mine["before"] >= 40).mean())
        assert row[f"{prefix}percent_post"] == pytest.approx(100 * (mine["after"] >= 40).mean())
    change = one(table, kind="change", arm="balint", method="share_cr2")
    assert change["estimate"] == pytest.approx(change["percent_post"] - change["percent_pre"])
    assert list(table["method"].unique()) == ["logistic_cr2", "share_cr2"]
    assert set(table["role"]) == {"main", "by_arm"}


def test_or_below_counts_the_others():
    people = some_people(ONE_ARM)
    scores = drawn(people, 2, absent=0).assign(score=lambda table: table["score"].round())
    above = assess_proportions(scores, people, marked(41.0), a_study(ONE_ARM))
    below = assess_proportions(scores, people, marked(40.0, "at_or_below"), a_study(ONE_ARM))
    for first, second in zip(above["percent_post"], below["percent_post"], strict=True):
        assert first == pytest.approx(100 - second)
    pair = [one(table, method="share_cr2") for table in (above, below)]
    assert pair[0]["estimate"] == pytest.approx(-pair[1]["estimate"])
    assert pair[0]["odds_ratio"] == pytest.approx(1 / pair[1]["odds_ratio"])
    assert pair[0]["p_value"] == pytest.approx(pair[1]["p_value"])


def test_people_without_groups_get_exact_tests_first():
    people = some_people(grouped=())
    table = assess_proportions(drawn(people, 2), people, marked(), a_study(allocation="people"))
    assert set(table["method"]) == {"fisher_exact", "mcnemar_exact", "share_cr2", "logistic_cr2"}
    assert table["note"].str.startswith(NO_GROUPS).sum() + table["note"].str.contains(NO_GROUPS).sum() >= len(table)
    assert LATER_ONLY in one(table, kind="difference", method="fisher_exact")["note"]
    assert (table["n_groups"] == 0).all()


def test_no_mark_no_rows():
    people = some_people()
    assert assess_proportions(drawn(people, 1), people, TEQ, a_study(allocation="groups")).empty


def test_ever_or_never_is_a_share_and_means_of_raters_are_not():
    people = some_people()
    rng = np.random.default_rng(4)
    yes = scores_of(people["person_id"], rng.integers(0, 2, len(people)), "before").assign(maximum=1.0)
    outcomes = marked(1.0, source="").assign(minimum=0.0, maximum=1.0)
    study = a_study(waves=("before",), allocation="not_random")
    table = assess_proportions(stacked(yes), people, outcomes, study)
    assert set(table["kind"]) == {"level"}
    twice = stacked(
        yes.assign(person_id=yes["person_id"] + "#1"),
        yes.assign(person_id=yes["person_id"] + "#2", score=1 - yes["score"]),
    )
    assert assess_proportions(twice, people, outcomes, study).empty


def test_shuffled_rows_change_nothing():
    people = some_people(cohorts=("c1", "c2"))
    scores = drawn(people, 8)
    study = a_study(allocation="groups")
    other = assess_proportions(
        stacked(scores.sample(frac=1, random_state=1)), people.sample(frac=1, random_state=2), marked(), study
    )
    table = assess_proportions(scores, people, marked(), study)
    pd.testing.assert_frame_equal(table, other)
    assert set(table.loc[table["cohort"] != "all", "role"]) == {"by_cohort"}


GROUP = np.arange(6).repeat(5)
TREATED = GROUP < 3


def test_separation_is_found_exactly():
    x = np.arange(10.0)
    design = np.column_stack((np.ones(10), x))
    assert is_separated(design, (x > 4).astype(float))
    quasi = np.where(x == 5, [0.0, 1.0] * 5, x > 5)
    assert is_separated(np.column_stack((np.ones(11), np.append(x, 5.0))), np.append(quasi, 1 - quasi[5]))
    mixed = (x > 4).astype(float)
    mixed[[2, 7]] = 1, 0
    assert not is_separated(design, mixed)
    # Very steep and yet finite: one person on the wrong side by a hair.
    steep = np.append(x, 4.5000001), np.append((x > 4).astype(float), 1.0)
    assert is_separated(np.column_stack((np.ones(11), steep[0])), steep[1])
    finite = np.append(x, [4.50001, 4.5]), np.append((x > 4).astype(float), [0.0, 1.0])
    assert not is_separated(np.column_stack((np.ones(12), finite[0])), finite[1])


def test_separated_arms_get_a_difference_and_no_odds_ratio():
    y = np.zeros(30)
    y[[0, 7, 12]] = 1
    share, odds = share_level(y, TREATED, GROUP)
    assert share.estimate == pytest.approx(20)
    assert ALL_ALIKE in share.note
    assert ALL_ALIKE in odds.note
    assert np.isnan([share.p_value, share.effect, odds.estimate]).all()


def test_a_score_that_separates_is_said():
    pre = np.arange(30.0) % 5 + 10
    y = (pre >= 12).astype(float)
    share, odds = share_difference(pre, y, TREATED, GROUP)
    assert SEPARATED in share.note
    assert np.isnan([odds.estimate, odds.effect, odds.p_value]).all()


def test_scores_that_do_not_vary_before_are_not_adjusted_for():
    y = np.tile([0.0, 1.0, 1.0], 10)
    adjusted = share_difference(np.full(30, 7.0), y, TREATED, GROUP)
    plain = share_level(y, TREATED, GROUP)
    for first, second in zip(adjusted, plain, strict=True):
        assert CONSTANT_PRE in first.note
        assert first.estimate == pytest.approx(second.estimate)
        assert first.p_value == pytest.approx(second.p_value)


def test_changes_that_cannot_be_judged_say_why():
    side = np.tile([0.0, 1.0], 15)
    assert SAME_SIDE in share_change(side, side, GROUP)[0].note
    assert WAVE_ALIKE in share_change(np.zeros(30), side, GROUP)[0].note
    assert share_change(np.zeros(30), side, GROUP)[0].estimate == pytest.approx(50)
    assert "fewer than two people" in share_change([1.0], [0.0], [1])[1].note


def test_exact_tests_say_what_they_cannot_give():
    assert NOBODY_CHANGED in mcnemar_exact([1, 0, 1], [1, 0, 1]).note
    assert ONE_SIDED in mcnemar_exact([0, 0, 1], [1, 0, 1]).note
    assert NO_PAIRS in mcnemar_exact([1, np.nan], [np.nan, 1]).note
    assert EMPTY_CELL in fisher_newcombe([1, 1, 0, 1], [1, 1, 0, 0]).note
    assert "one arm" in fisher_newcombe([1, 0], [1, 1]).note


def test_a_saturated_odds_ratio_is_that_of_the_four_cells():
    y = np.array([1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0], dtype=float)
    arm = np.arange(12) < 6
    design = np.column_stack((np.ones(12), arm))
    found = logistic_cr2(design, y, np.arange(12), np.array([0.0, 1.0]))
    assert np.exp(found.estimate) == pytest.approx((4 / 2) / (1 / 5))


def test_people_alone_widen_nothing_but_the_df_allow_for_groups_of_one_arm():
    rng = np.random.default_rng(9)
    group = np.r_[np.arange(4).repeat(6), np.arange(4, 28)]
    y = rng.integers(0, 2, group.size).astype(float)
    share, odds = share_level(y, group < 4, group)
    assert share.df < 8
    assert odds.df < 8


def test_the_page_shows_shares_and_hides_those_of_few():
    from balint_eval.report import research_shares
    from balint_eval.report.material import Material

    file = SimpleNamespace(study=a_study(ARMS, allocation="groups"), instruments={})
    people = some_people(groups=3, size=4)
    table = assess_proportions(drawn(people, 2, absent=0), people, marked(), file.study)
    tables = {"proportions": table, "outcomes": marked()}
    section = research_shares.shares(Material(tables, file, {}, {}))
    cells = [cell for row in section.blocks[1].rows for cell in row]
    assert "40 or above" in cells
    assert any("made for this test" in note for note in section.blocks[1].notes)
    few = table.assign(n=np.where(table["kind"] == "change", 7, table["n"]), percent_post=100.0)
    hidden = research_shares.shares(Material({**tables, "proportions": few}, file, {}, {})).blocks[1]
    assert any("[withheld]" in cell for row in hidden.rows for cell in row)
    assert not research_shares.shares(Material({}, file, {}, {})).blocks


def one_item(scores):
    """Make answers from 1 to 5 of the drawn scores."""
    cut = np.quantile(scores["score"], [0.15, 0.4, 0.65, 0.9])
    return scores.assign(score=np.digitize(scores["score"], cut) + 1.0, minimum=1.0, maximum=5.0)


def test_ordered_answers_have_one_odds_ratio_for_all_marks_between_arms_only():
    people = some_people()
    scores, outcome = one_item(drawn(people, 2, absent=0)), TEQ.assign(minimum=1.0, maximum=5.0)
    table = assess_proportions(scores, people, outcome, a_study(allocation="groups"))
    row = one(table, method="proportional_odds")
    assert (row["kind"], row["role"], row["cut_off_side"]) == ("difference", "main", "any")
    assert row["odds_ratio"] == pytest.approx(np.exp(row["estimate"]))
    assert row["std_error"] > 0
    assert np.isnan(
        row[["cut_off", "percent_post", "reference_percent_pre", "p_value", "conf_low"]].astype(float)
    ).all()
    in_points = assess_proportions(drawn(people, 2), people, TEQ, a_study(allocation="groups"))
    assert in_points.empty
    halves = scores.assign(score=scores["score"] - 0.5 * (scores["score"] == 2))
    assert assess_proportions(halves, people, outcome, a_study(allocation="groups")).empty
    nobody = people.assign(group_id="")
    assert NO_GROUPS in one(assess_proportions(scores, nobody, outcome, a_study()), method="proportional_odds")["note"]

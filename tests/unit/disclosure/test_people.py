"""Who stands behind a comparison, by hand: pairs, arms, cohorts, people who all scored alike, groups left alone."""

from math import nan

import pandas as pd
import pytest

from balint_eval.disclosure.people import Behind, namer
from balint_eval.kinds import CHANGE, DIFFERENCE, LEVEL
from balint_eval.tables import TABLES, check_table

PEOPLE = (
    ("c1", "a1", "g1", "balint"), ("c1", "a2", "g1", "balint"), ("c1", "w1", "", "waiting"),
    ("c2", "b1", "g2", "balint"), ("c2", "b2", "g2", "balint"),
)  # fmt: skip


def participants(*people):
    rows = [(*one, "", "") for one in people or PEOPLE]
    return check_table(pd.DataFrame(rows, columns=TABLES["participants"].names), "participants")


def scores(*rows, n_items=16, scale="total"):
    facts = {"instrument": "TEQ", "scale": scale, "n_items": n_items, "n_answered": n_items, "prorated": False,
             "status": "scored", "minimum": 0.0, "maximum": 64.0, "higher_is": "better"}  # fmt: skip
    frame = pd.DataFrame(rows, columns=["cohort", "person_id", "wave", "score"]).assign(**facts)
    return check_table(frame, "scores")


def of_everybody(before=40.0, after=42.0):
    return [(c, name, wave, score) for c, name, *_ in PEOPLE for wave, score in (("before", before), ("after", after))]


def row(kind=CHANGE, cohort="all", arm="balint", reference="waiting", scale="total"):
    return {"instrument": "TEQ", "scale": scale, "kind": kind, "cohort": cohort, "arm": arm,
            "wave_from": "" if kind == LEVEL else "before", "wave_to": "after",
            "reference_arm": "" if kind == CHANGE else reference}  # fmt: skip


def test_a_change_rests_on_the_people_of_the_arm_with_both_scores():
    rows = [one for one in of_everybody() if one[1:3] not in {("a2", "before"), ("b2", "after")}]
    behind = Behind.of(scores(*rows), participants())
    assert behind.arms_of(row()) == (frozenset({"a1", "b1"}),)
    assert behind.arms_of(row(cohort="c1")) == (frozenset({"a1"}),)
    assert behind.arms_of(row(cohort="c2")) == (frozenset({"b1"}),)
    assert behind.waves_of(row()) == ("before", "after")


def test_a_difference_rests_on_both_arms():
    behind = Behind.of(scores(*of_everybody()), participants())
    assert behind.arms_of(row(DIFFERENCE)) == (frozenset({"a1", "a2", "b1", "b2"}), frozenset({"w1"}))
    assert behind.arms_of(row(DIFFERENCE, cohort="c2")) == (frozenset({"b1", "b2"}), frozenset())


def test_a_level_rests_on_the_later_wave_only():
    rows = [one for one in of_everybody() if one[1:3] != ("a1", "before")]
    behind = Behind.of(scores(*rows), participants())
    assert behind.waves_of(row(LEVEL)) == ("after",)
    assert behind.arms_of(row(LEVEL)) == (frozenset({"a1", "a2", "b1", "b2"}), frozenset({"w1"}))


def test_a_scale_that_nobody_answered_rests_on_nobody():
    assert Behind.of(scores(*of_everybody()), participants()).arms_of(row(scale="part")) == (frozenset(),)


def test_scores_that_are_missing_or_of_nobody_enrolled_do_not_count():
    rows = [(*one[:3], nan) if one[1:3] == ("a1", "after") else one for one in of_everybody()]
    behind = Behind.of(
        scores(*rows, ("c1", "stranger", "before", 1.0), ("c1", "stranger", "after", 1.0)), participants()
    )
    assert behind.arms_of(row(cohort="c1")) == (frozenset({"a2"}),)


def test_who_was_rated_twice_counts_once_with_the_mean():
    rows = [("c1", "a1#1", "before", 40.0), ("c1", "a1#2", "before", 44.0), ("c1", "a1", "after", 42.0)]
    behind = Behind.of(scores(*rows), participants())
    assert behind.scored["TEQ", "total", "before"] == {"a1": 42.0}
    assert behind.arms_of(row()) == (frozenset({"a1"}),)


def test_scales_of_one_item_are_known():
    both = pd.concat([scores(*of_everybody(), n_items=1, scale="single"), scores(*of_everybody())])
    assert Behind.of(both, participants()).single_items == {("TEQ", "single")}


@pytest.mark.parametrize(
    ("after", "alike"),
    [((40.0, 40.0), True), ((41.0, 41.0), True), ((40.0, 41.0), False), ((41.0, 41.0 + 1e-12), True)],
)
def test_people_who_all_scored_alike(after, alike):
    rows = [("c1", "a1", "before", 30.0), ("c1", "a2", "before", 20.0),
            *(("c1", name, "after", score) for name, score in zip(("a1", "a2"), after, strict=True))]  # fmt: skip
    behind = Behind.of(scores(*rows), participants())
    assert behind.all_alike(row(), frozenset({"a1", "a2"})) is alike


def test_people_who_all_changed_alike():
    rows = [("c1", "a1", "before", 30.0), ("c1", "a2", "before", 20.0), ("c1", "a1", "after", 33.0),
            ("c1", "a2", "after", 23.0)]  # fmt: skip
    behind = Behind.of(scores(*rows), participants())
    assert behind.all_alike(row(), frozenset({"a1", "a2"}))
    assert not behind.all_alike(row(LEVEL), frozenset({"a1", "a2"}))
    # Their sums of both waves are alike, which tells nobody's score.
    sums = [*rows[:2], ("c1", "a1", "after", 3.0), ("c1", "a2", "after", 13.0)]
    assert not Behind.of(scores(*sums), participants()).all_alike(row(), frozenset({"a1", "a2"}))


def test_the_noise_of_rounding_makes_nobody_different():
    rows = [("c1", "a1", "after", 30.0), ("c1", "a2", "after", 30.0 + 2e-10)]
    assert Behind.of(scores(*rows), participants()).all_alike(row(LEVEL), frozenset({"a1", "a2"}))


def in_groups(*sizes, without=0):
    """Give a population in groups of these sizes, and some people without one."""
    people = [(f"g{group}", f"g{group}-{member}") for group, size in enumerate(sizes) for member in range(size)]
    people += [("", f"alone-{member}") for member in range(without)]
    return Behind({}, {}, {}, {name: group for group, name in people}), [
        frozenset(name for group, name in people if group == f"g{place}") for place in range(len(sizes))
    ], frozenset(name for _, name in people)  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "shown", "named"),
    [
        ((6, 6), (), True),
        ((6, 6, 6), (), False),
        ((8, 8), (), False),
        ((8, 7), (), True),
        ((20, 7), (), True),
        # The third is shown by itself: two are left.
        ((6, 6, 9), (2,), True),
        ((9, 9, 6), (2,), False),
        ((6, 6, 6, 9), (3,), False),
        ((6,), (), True),
    ],
)
def test_errors_name_small_groups_where_one_or_two_are_not_shown(sizes, shown, named):
    behind, groups, everybody = in_groups(*sizes)
    assert behind.names_a_group(everybody, [groups[place] for place in shown], 8) is named


def test_people_without_a_group_are_no_group():
    behind, _, everybody = in_groups(9, 9, without=3)
    assert not behind.names_a_group(everybody, [], 8)
    behind, groups, _ = in_groups(9, 6, without=3)
    # Only the part of a group that stands in the population counts.
    assert behind.names_a_group(groups[0] | groups[1], [], 6) is False
    assert behind.names_a_group(groups[0] | frozenset(list(groups[1])[:5]), [], 6) is True


def test_people_are_named_by_pseudonym_and_by_cohort_only_where_two_share_one():
    one = {"cohort": "c1", "person_id": "a1"}
    assert namer(participants(), str.upper)(one) == "A1"
    twice = participants(("c1", "a1", "", "balint"), ("c2", "a1", "", "balint"))
    assert namer(twice, str.upper)(one) == "C1\nA1"

"""What is shown of each comparison, on rows and people made by hand: one small study for each rule."""

from math import inf, isnan, nan

import pandas as pd
import pytest

from balint_eval.disclosure import Limits
from balint_eval.disclosure.comparisons import FIGURES, Sums, as_shown, claims_of, release_comparisons, row_name
from balint_eval.disclosure.log import Hidden, is_mark
from balint_eval.disclosure.people import Behind
from balint_eval.disclosure.solve import Sum
from balint_eval.kinds import CHANGE, DIFFERENCE, LEVEL
from balint_eval.tables import TABLES, check_table

EIGHT = Limits.of(8)
NUMBERS = dict.fromkeys(FIGURES, 1.0)
MEANS_OF_A_CHANGE = {"n_paired", "mean_pre", "mean_post", "estimate"}
OF_LEVELS = {"sd_pre", "sd_post", "effect", "effect_low", "effect_high"}


def people(cohort, size, arm="balint", first=0, groups=3):
    """Name people as cohort, arm, group and number."""
    return [f"{cohort}/{arm}/{number % groups}/{number}" for number in range(first, first + size)]


def behind(*names, waves=("before", "after"), missing=(), alike=(), single=False):
    """Give everybody scores; `missing` are (person, wave), `alike` are people with 40 points at the last wave."""
    scored = {
        ("TEQ", "total", wave): {
            name: 40.0 if name in alike and wave == waves[-1] else 20.0 + place * 7 % 31 + wave_place * (place % 5)
            for place, name in enumerate(names)
            if (name, wave) not in missing
        }
        for wave_place, wave in enumerate(waves)
    }
    part = [name.split("/") for name in names]
    cohort, arm = ({name: one[at] for name, one in zip(names, part, strict=True)} for at in (0, 1))
    group = {name: "/".join(one[:3]) for name, one in zip(names, part, strict=True)}
    return Behind(scored, arm, cohort, group, frozenset({("TEQ", "total")} if single else ()))


def change(cohort="all", later="after", earlier="before", **more):
    return {
        "cohort": cohort, "instrument": "TEQ", "scale": "total", "contrast": f"{later}-{earlier}@balint",
        "method": "change_cr2", "kind": CHANGE, "wave_from": earlier, "wave_to": later, "arm": "balint",
        "reference_arm": "", "role": "primary" if cohort == "all" else "by_cohort", "n_pre": 99, "n_post": 99,
        "n_groups": 3, "converged": True, **NUMBERS, **more,
    }  # fmt: skip


def difference(**more):
    kind = {"kind": DIFFERENCE, "contrast": "after-before@balint-waiting", "reference_arm": "waiting"}
    return change(**{**kind, "method": "ancova_cr2", **more})


def level(**more):
    kind = {"kind": LEVEL, "contrast": "after@balint-waiting", "reference_arm": "waiting", "wave_from": ""}
    return change(**{**kind, "method": "level_cr2", **more})


def table(*rows):
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES["comparisons"].names), "comparisons")


def release(made, *rows, limits=EIGHT, known=None):
    """Give the columns that are withheld by row and rule, and the released frame."""
    sums = Sums(limits, known or {})
    frame, hidden = release_comparisons(table(*rows), made, sums)
    found = {}
    for one in hidden:
        found.setdefault(one.row, {}).setdefault((one.rule, one.threshold), set()).add(one.column)
    return found, frame, hidden, sums


def of_row(cohort="all", later="after", earlier="before"):
    return row_name(change(cohort, later, earlier))


def test_only_the_planned_methods_in_their_roles_are_released():
    everybody = behind(*people("a", 40), *people("a", 40, "waiting"))
    kept = [change(), difference(role="secondary"), level(role="by_arm"), change("a")]
    others = [change(method="mixed_model"), change(method="paired_t", role="sensitivity"),
              difference(method="change_difference_cr2"), change("a", later="x", role="sensitivity")]  # fmt: skip
    frame = release(everybody, *kept, *others)[1]
    assert set(zip(frame["contrast"], frame["method"], frame["cohort"], strict=True)) == {
        (row["contrast"], row["method"], row["cohort"]) for row in kept
    }
    assert list(frame.columns) == TABLES["comparisons"].names


def test_nothing_is_hidden_of_forty_people_in_groups():
    found, frame, *_ = release(behind(*people("a", 40)), change(estimate=1.23456, std_error=2.00004, p_value=0.12346))
    assert found == {}
    assert frame.loc[0, ["estimate", "std_error", "p_value"]].tolist() == [1.2346, 2.0, 0.1235]
    # Numbers of people stand as they are: they are banded where they are shown.
    assert frame.loc[0, ["n_pre", "n_paired"]].tolist() == [99, 1]


def test_fewer_than_the_smallest_number_are_withheld_whole():
    found, frame, hidden, _ = release(behind(*people("a", 7)), change(effect=nan, effect_low=-inf))
    assert found == {of_row(): {("P1", "8"): set(FIGURES) - {"effect", "effect_low"}}}
    assert {(one.table, one.band, one.action) for one in hidden} == {("comparisons", "<8", "withheld")}
    assert [one.column for one in hidden] == [name for name in FIGURES if name not in {"effect", "effect_low"}]
    assert all(isnan(frame.loc[0, name]) for name in FIGURES if name not in {"n_paired", "effect_low"})
    assert frame.loc[0, "n_paired"] == 1


@pytest.mark.parametrize("kind", [difference, level])
def test_the_smaller_arm_decides(kind):
    assert release(behind(*people("a", 30), *people("a", 8, "waiting", groups=1)), kind())[0][
        row_name(kind())
    ].keys() == {("P2", "10")}
    for sizes in ((30, 7), (7, 30)):
        made = behind(*people("a", sizes[0]), *people("a", sizes[1], "waiting"))
        assert release(made, kind())[0] == {row_name(kind()): {("P1", "8"): set(FIGURES)}}


@pytest.mark.parametrize(("size", "rules"), [(8, {("P2", "10")}), (9, {("P2", "10")}), (10, set())])
def test_eight_and_nine_people_have_means_only(size, rules):
    found, _, hidden, _ = release(behind(*people("a", size)), change())
    assert found.get(of_row(), {}).keys() == rules
    if rules:
        assert found[of_row()]["P2", "10"] == set(FIGURES) - MEANS_OF_A_CHANGE
        assert {one.band for one in hidden} == {"8-9"}


def test_an_adjusted_difference_is_no_mean():
    """The estimate of an ANCOVA rests on the spread, so that it is withheld with the spread."""
    made = behind(*people("a", 9), *people("a", 9, "waiting"))
    for row in (difference(), level()):
        assert release(made, row)[0][row_name(row)]["P2", "10"] == set(FIGURES) - {"n_paired", "mean_pre", "mean_post"}


def test_a_scale_of_one_item_has_no_spread_below_thirty():
    assert release(behind(*people("a", 29), single=True), change())[0] == {
        of_row(): {("P3", "30"): set(FIGURES) - MEANS_OF_A_CHANGE}
    }
    assert release(behind(*people("a", 30), single=True), change())[0] == {}
    assert release(behind(*people("a", 29)), change())[0] == {}


def test_who_all_scored_alike_is_withheld_with_what_would_tell_it():
    alike, others = people("a", 20), people("b", 20)
    made = behind(*alike, *others, alike=alike)
    found, _, hidden, _ = release(made, change(), change("a"), change("b"))
    assert found[of_row("a")] == {("P4", ""): set(FIGURES)}
    # The whole less the other cohort would be theirs.
    assert found[of_row("b")] == {("P5", "8"): set(FIGURES)}
    assert of_row() not in found
    assert {one.band for one in hidden} == {"20-29"}


def test_an_arm_that_all_scored_alike_is_withheld():
    alike = people("a", 20, "waiting")
    made = behind(*people("a", 20), *alike, alike=alike)
    for row in (level(), difference()):
        assert release(made, row)[0] == {row_name(row): {("P4", ""): set(FIGURES)}}


def test_the_next_smallest_cohort_is_lost_with_the_smallest():
    sizes = {"a": 12, "b": 40, "c": 7, "d": 11, "e": 20}
    made = behind(*(name for cohort, size in sizes.items() for name in people(cohort, size)))
    found, *_ = release(made, change(), *map(change, sizes))
    assert {name for name in found if "n_paired" in set().union(*found[name].values())} == {of_row("c"), of_row("d")}
    assert found[of_row("c")] == {("P1", "8"): set(FIGURES)}
    assert found[of_row("d")] == {("P5", "8"): set(FIGURES)}


def test_of_cohorts_of_one_size_the_last_by_name_is_lost():
    made = behind(*(name for cohort in "abc" for name in people(cohort, 12)), *people("d", 7))
    found, *_ = release(made, change(), *map(change, "abcd"))
    assert {name for name, rules in found.items() if ("P5", "8") in rules} == {of_row("c")}


def test_planned_comparisons_come_before_those_of_arms_and_waves():
    """Both together would give the one person away who left: the planned one is shown."""
    names = people("a", 30)
    made = behind(*names, waves=("before", "after", "later"), missing={(names[0], "after")})
    for first, second in (("primary", "secondary"), ("secondary", "by_arm"), ("by_arm", "by_cohort")):
        for later, other in (("after", "later"), ("later", "after")):
            rows = (change(later=other, role=second), change(later=later, role=first))
            assert set(release(made, *rows)[0]) == {of_row(later=other)}
    # Of one role the wave that is first by name, whatever the number of people.
    assert set(release(made, change(later="later"), change())[0]) == {of_row(later="later")}


def test_later_pairs_that_differ_by_few_show_their_changes_without_means():
    names = people("a", 30)
    made = behind(*names, waves=("before", "after", "later"), missing={(name, "later") for name in names[:3]})
    found, frame, *_ = release(made, change(), change(later="later"))
    assert found == {of_row(later="later"): {("P5", "8"): {"mean_pre", "mean_post", *OF_LEVELS}}}
    later = frame[frame["contrast"] == "later-before@balint"].iloc[0]
    assert isnan(later["mean_pre"])
    assert later["estimate"] == later["std_error"] == 1.0


def test_spreads_may_follow_where_means_do_not():
    """Nine people more: their mean may be told, their spread may not. Changes to a later wave have their own."""
    names = people("a", 40)
    made = behind(*names, waves=("before", "after", "later"), missing={(name, "later") for name in names[:9]})
    found, *_ = release(made, change(), change(later="later"))
    assert found == {of_row(later="later"): {("P5", "10"): OF_LEVELS}}
    made = behind(*names, waves=("before", "after", "later"), missing={(name, "later") for name in names[:10]})
    assert release(made, change(), change(later="later"))[0] == {}


def test_spreads_of_cohorts_do_not_tell_that_of_the_last_one():
    made = behind(*people("a", 20), *people("b", 15), *people("c", 9))
    found, *_ = release(made, change(), change("a"), change("b"), change("c"))
    assert found[of_row("c")] == {("P2", "10"): set(FIGURES) - MEANS_OF_A_CHANGE}
    assert found[of_row("b")] == {("P5", "10"): set(FIGURES) - MEANS_OF_A_CHANGE}
    assert found.keys() == {of_row("b"), of_row("c")}


def test_errors_of_one_or_two_small_groups_are_withheld():
    errors = {
        "std_error",
        "df",
        "statistic",
        "p_value",
        "p_adjusted",
        "conf_low",
        "conf_high",
        "effect_low",
        "effect_high",
    }
    two = behind(*people("a", 14, groups=2))
    assert release(two, change(df=nan))[0] == {of_row(): {("P5", "8"): errors - {"df"}}}
    assert release(behind(*people("a", 16, groups=2)), change())[0] == {}
    assert release(behind(*people("a", 21, groups=3)), change())[0] == {}
    # One of three is a cohort that is shown by itself: two are left.
    made = behind(*people("a", 14, groups=2), *people("b", 12, groups=1))
    assert set(release(made, change())[0]) == set()
    assert release(made, change(), change("b"))[0] == {of_row(): {("P5", "8"): errors}}


def test_errors_of_the_other_arm_count_too():
    made = behind(*people("a", 24), *people("a", 14, "waiting", groups=2))
    assert set(release(made, difference())[0][row_name(difference())]) == {("P5", "8")}


def test_more_cohorts_than_can_be_tried_are_withheld():
    def released(number):
        cohorts = [f"c{place:02}" for place in range(number)]
        made = behind(*(name for cohort in cohorts for name in people(cohort, 12)))
        return release(made, *map(change, cohorts))[0]

    assert released(60) == {}
    assert [set(rules) for rules in released(61).values()] == [{("P5", "8")}] * 61


def test_notes_tell_no_numbers_of_people():
    notes = {
        "7 people left out": "some people left out",
        "of 3 of 12 pairs": "of some people",
        "1 person": "some people",
        "11 persons, 2 of 2 people": "some people, some people",
        "3 groups": "3 groups",
    }
    made = behind(*people("a", 40))
    for note, said in notes.items():
        assert release(made, change(note=note))[1].loc[0, "note"] == said


def test_what_earlier_releases_showed_counts_as_known():
    names = people("a", 30)
    earlier = frozenset(names[:27])
    means, spreads = Sum((("before", 1),), earlier), Sum((("before²", 1),), earlier)
    lost = {"mean_pre", "mean_post", *OF_LEVELS}
    assert release(behind(*names), change(), known={"TEQ": [means]})[0] == {of_row(): {("P5", "8"): lost}}
    assert release(behind(*names), change(), known={"TEQ": [spreads]})[0] == {of_row(): {("P5", "10"): OF_LEVELS}}
    assert release(behind(*names), change(), known={"PSS": [means]})[0] == {}


def test_what_is_shown_is_kept_for_the_ledger():
    names = frozenset(people("a", 30))
    *_, sums = release(behind(*names), change())
    shown = sums.all_shown()
    assert list(shown) == ["TEQ"]
    assert set(shown["TEQ"]) == {
        Sum((("after", 1),), names), Sum((("before", 1),), names), Sum((("after²", 1),), names),
        Sum((("before²", 1),), names), Sum((("after - before²", 1),), names),
    }  # fmt: skip
    assert [part for one in shown["TEQ"][:2] for part, _ in one.parts] == ["after", "before"]
    # A change without its means is one sum, with its direction.
    missing = {(name, "later") for name in sorted(names)[:3]}
    made = behind(*names, waves=("before", "after", "later"), missing=missing)
    *_, sums = release(made, change(), change(later="later"))
    people_later = names - {name for name, _ in missing}
    assert Sum((("later", 1), ("before", -1)), people_later) in sums.all_shown()["TEQ"]


def test_a_group_whose_mean_is_shown_does_not_hide_the_others_in_an_error():
    """A cohort of one group of nine has a mean and no spread; with it two groups of six are left in the error."""
    made = behind(*people("a", 9, groups=1), *people("b", 12, groups=2))
    found, *_ = release(made, change(), change("a"))
    assert "std_error" in found[of_row()]["P5", "8"]
    assert ("P5", "8") not in release(made, change())[0].get(of_row(), {})


def test_hidden_cells_are_listed_by_row_and_in_the_order_of_the_columns():
    made = behind(*people("b", 7), *people("a", 7))
    hidden = release(made, change("b"), change("a"))[2]
    assert [one.row for one in hidden[:: len(FIGURES)]] == [of_row("a"), of_row("b")]
    assert tuple(one.column for one in hidden[: len(FIGURES)]) == FIGURES


def test_cells_as_people_see_them():
    made = behind(*people("a", 30), *people("b", 9), *people("c", 12))
    rows = [change(n_paired=51, n_pre=55, n_post=53, n_groups=9), change("a", n_paired=30, n_pre=31, n_post=33),
            change("b", n_paired=9, n_pre=10, n_post=11, n_groups=3)]  # fmt: skip
    _, frame, hidden, _ = release(made, *rows)
    shown = as_shown(frame, hidden, 8).set_index("cohort")
    assert shown.loc["all", ["n_pre", "n_post", "n_paired", "n_groups"]].tolist() == ["50-74", "50-74", 51, 9]
    assert shown.loc["a", ["n_pre", "n_post", "n_paired"]].tolist() == ["30-49", "30-49", "30-49"]
    assert shown.loc["b", ["n_pre", "n_paired", "n_groups", "sd_pre"]].tolist() == [
        "10-14",
        "8-9",
        3,
        "[REDACTED n<10]",
    ]
    assert shown.loc["b", "mean_pre"] == 1.0


def test_a_row_that_is_withheld_shows_no_number_of_people():
    made = behind(*people("a", 7), *people("b", 30))
    _, frame, hidden, _ = release(made, change("a"), change("b", n_paired=30))
    shown = as_shown(frame, hidden, 8).set_index("cohort")
    assert shown.loc["a", ["n_pre", "n_post", "n_groups"]].tolist() == ["", "", ""]
    assert all(is_mark(shown.loc["a", name]) for name in FIGURES)
    assert shown.loc["b", ["n_paired", "n_groups", "mean_pre"]].tolist() == ["30-49", 3, 1.0]


def claims(*rows):
    frame = pd.DataFrame(rows).reindex(columns=TABLES["claims"].names)
    return frame.assign(cohort="all", instrument="TEQ", scale="total", method="change_cr2")


def test_claims_stand_where_all_that_they_rest_on_is_shown():
    rows = table(change(), change(later="later"), change(later="w4"), change(later="w5"), change("a"))
    shown = rows.copy()

    def hide(contrast, *columns):
        shown.loc[(shown["contrast"] == contrast) & (shown["cohort"] == "all"), list(columns)] = nan

    hide("later-before@balint", "conf_low")
    hide("w4-before@balint", "estimate", "conf_low")
    # Of w5 no interval was there to hide: its claim needs none.
    hide("w5-before@balint", "conf_low")
    planned = rows.assign(conf_low=rows["conf_low"].where(rows["contrast"] != "w5-before@balint"))
    made = claims(*({"contrast": f"{wave}-before@balint"} for wave in ("after", "later", "w4", "w5", "w6")))
    kept = claims_of(made, shown, planned)
    assert list(kept["contrast"]) == ["after-before@balint", "w5-before@balint"]
    assert list(kept.index) == [0, 1]
    assert list(kept.columns) == list(made.columns)


def test_claims_on_single_cohorts_are_not_released():
    rows = table(change("a"))
    made = claims({"contrast": "after-before@balint"}).assign(cohort="a")
    assert claims_of(made, rows, rows).empty


def test_rows_are_named_by_their_key():
    assert row_name(change("a")) == "a · TEQ · total · after-before@balint"
    assert Hidden("comparisons", row_name(change("a")), "estimate", "P1", "8", "<8").as_record()["row"] == of_row("a")

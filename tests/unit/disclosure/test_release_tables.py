"""What leaves with a release, table by table, on forty people made by hand: every cell, and every line of the log."""

from math import nan

import pandas as pd
import pytest

from balint_eval.disclosure import Limits, release_tables
from balint_eval.disclosure.log import Hidden, Summary
from balint_eval.disclosure.solve import Sum
from balint_eval.kinds import CHANGE, DIFFERENCE
from balint_eval.tables import TABLES, check_table, empty_table

EIGHT = Limits.of(8)
PLACE = ("after", "form", 1, "The group helped me")


def table(name, rows):
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES[name].names), name)


def people(sizes, same_ids=False):
    """People of cohorts in four groups each; with `same_ids` two cohorts share their pseudonyms."""
    return [
        {"cohort": cohort, "person_id": f"{'x' if same_ids else cohort}{number:02}",
         "group_id": f"{cohort}{number % 4}", "arm": "balint", "site": "", "role": "nurse" if number < 12 else "doctor"}
        for cohort, size in sizes.items() for number in range(size)
    ]  # fmt: skip


def scores(persons, later="after"):
    facts = {"instrument": "TEQ", "scale": "total", "n_items": 16, "n_answered": 16, "prorated": False,
             "status": "scored", "minimum": 0, "maximum": 64, "higher_is": "better"}  # fmt: skip
    return [
        {**facts, "cohort": one["cohort"], "person_id": one["person_id"], "wave": wave, "score": 20 + place * 7 % 31}
        for shift, wave in enumerate(("before", later)) for place, one in enumerate(persons, start=shift)
    ]  # fmt: skip


def change(cohort="all", **more):
    return {
        "cohort": cohort, "instrument": "TEQ", "scale": "total", "contrast": "after-before@balint",
        "method": "change_cr2", "kind": CHANGE, "wave_from": "before", "wave_to": "after", "arm": "balint",
        "reference_arm": "", "n_pre": 40, "n_post": 40, "n_paired": 40, "n_groups": 8, "mean_pre": 30.0,
        "sd_pre": 8.0, "mean_post": 33.0, "sd_post": 9.0, "estimate": 3.0, "std_error": 1.0, "df": 7.0,
        "statistic": 3.0, "p_value": 0.02, "p_adjusted": 0.02, "conf_low": 0.6, "conf_high": 5.4, "conf_level": 0.95,
        "effect": 0.35, "effect_low": 0.1, "effect_high": 0.6, "family": "f", "kirkpatrick_level": "2a",
        "role": "primary" if cohort == "all" else "by_cohort", "converged": True, "note": "", **more,
    }  # fmt: skip


def items(*counts):
    return [
        {"cohort": "all", "wave": "after", "instrument": "form", "item": 1, "code": code, "label": PLACE[-1],
         "answer": ("no", "partly", "yes")[code], "people": given, "answered": sum(counts), "higher_is": "better"}
        for code, given in enumerate(counts)
    ]  # fmt: skip


def answers(persons, wave="after", instrument="form", value=1):
    return [
        {"cohort": one["cohort"], "person_id": one["person_id"], "wave": wave, "instrument": instrument, "item": 1,
         "value": value}
        for one in persons
    ]  # fmt: skip


def study(persons=None, comparisons=None, **more):
    """Give the tables of a study of two cohorts with thirty and ten people, and what else a test asks for."""
    persons = people({"a": 30, "b": 10}) if persons is None else persons
    made = {
        "participants": persons, "scores": scores(persons), "comparisons": comparisons or [change()],
        "flow": [{"cohort": "a", "wave": "after", "file": "", "reason": "paired", "rows": 40}], **more,
    }  # fmt: skip
    rest = {name: empty_table(name) for name in ("responses", "claims", "outcomes", "levels", "item_counts", "quality")}
    return {**rest, **{name: table(name, rows) for name, rows in made.items()}}


def cells(frame):
    return list(frame.itertuples(index=False, name=None))


def test_tables_of_a_release():
    claim = {"cohort": "all", "instrument": "TEQ", "scale": "total", "contrast": "after-before@balint",
             "method": "change_cr2", "verdict": "gain", "may_say_effect": False}  # fmt: skip
    outcome = {"instrument": "TEQ", "scale": "total", "label": "Empathy", "level": "2a"}
    level = {"level": "2a", "title": "Attitudes", "measured": True}
    tables = study(claims=[claim], outcomes=[outcome], levels=[level], item_counts=items(4, 6, 30))
    released = release_tables(tables, EIGHT, comments=0)
    assert released.shown.keys() == {"comparisons", "outcomes", "levels", "people", "reliability", "answers", "claims"}
    assert released.numbers.keys() == {"comparisons", "claims", "descriptives", "outcomes", "levels"}
    for name in ("outcomes", "levels"):
        assert released.shown[name].equals(tables[name])
        assert released.numbers[name].equals(tables[name])
    assert released.shown["claims"].equals(released.numbers["claims"])
    assert list(released.shown["claims"]["verdict"]) == ["gain"]
    assert cells(released.shown["answers"]) == [(*PLACE, "no – partly", 10, 25), (*PLACE, "yes", 30, 75)]
    assert cells(released.shown["people"]) == [("", "enrolled", 40), ("after", "paired", 40)]


def test_one_trait_where_it_is_asked_for():
    released = release_tables(study(), EIGHT, comments=0, trait="role")
    assert cells(released.shown["trait"]) == [("role", "nurse", 20), ("role", "doctor", 20)]
    assert released.summaries["trait"] == Summary(rows=2, cells=2)


def test_answers_to_items_are_left_out_with_who_gave_them_where_they_are_not_asked_for():
    persons = people({"a": 30, "b": 10})
    tables = study(persons, item_counts=items(10, 30), responses=answers(persons))
    assert "answers" not in release_tables(tables, EIGHT, comments=0, items=False).shown
    assert "form" not in release_tables(tables, EIGHT, comments=0, items=False).sums
    assert "form" in release_tables(tables, EIGHT, comments=0).sums


def test_what_is_withheld_is_counted_table_by_table():
    persons = people({"a": 7})
    quality = {"cohort": "all", "wave": "before", "instrument": "TEQ", "scale": "total", "n": 7, "alpha": 0.8}
    released = release_tables(
        study(persons, item_counts=items(3, 4), quality=[quality]), EIGHT, comments=0, trait="role"
    )
    assert released.summaries["people"] == Summary(rows=2, too_few=1, redacted=1, cells=2)
    assert released.summaries["answers"] == Summary(rows=1, too_few=1, redacted=2, cells=2)
    assert released.summaries["trait"] == Summary(rows=1, too_few=1, redacted=1, cells=1)
    assert released.summaries["reliability"] == Summary(rows=1, too_few=1, redacted=1, cells=6)
    figures = released.summaries["comparisons"]
    assert (figures.too_few, figures.redacted, figures.cells) == (1, 16, 16)
    # Sixteen of the comparison, one of people, two of answers, one of the trait, one of reliability.
    assert released.redacted() == 21


def test_numbers_of_people_in_bands_are_logged():
    released = release_tables(study(comparisons=[change(), change("a", n_paired=30, n_pre=31)]), EIGHT, comments=0)
    name = "all · TEQ · total · after-before@balint"
    assert [one for one in released.hidden if one.row == name] == [
        Hidden("comparisons", name, "n_pre", "P7", "", "30-49", "banded"),
        Hidden("comparisons", name, "n_post", "P7", "", "30-49", "banded"),
    ]
    assert released.log().shape == (len(released.hidden), 9)
    assert released.log().iloc[0].tolist() == list(released.hidden[0].as_record().values())
    named = {one.column for one in released.hidden if one.row.startswith("a ·") and one.rule == "P7"}
    assert named == {"n_pre", "n_post", "n_paired"}


def test_a_withheld_row_has_no_band_to_log():
    released = release_tables(study(people({"a": 7})), EIGHT, comments=0)
    assert {one.rule for one in released.hidden if one.table == "comparisons"} == {"P1"}


@pytest.mark.parametrize(("comments", "said", "action"), [(9, "[REDACTED n<10]", "withheld"), (12, 10, "rounded")])
def test_comments_are_logged_last(comments, said, action):
    released = release_tables(study(), EIGHT, comments=comments)
    assert released.comments == said
    assert released.hidden[-1].action == action
    assert released.hidden[-1].rule == "P10"


def test_who_answered_a_form_stands_in_the_sums_by_wave():
    persons = people({"a": 30, "b": 10})
    raters = [{**one, "person_id": f"{one['person_id']}#2"} for one in persons[:3]]
    given = [
        *answers(persons[:35]), *answers(raters), *answers(persons[35:], value=nan), *answers(persons, "before"),
        *answers(persons, instrument="diary"), *answers(persons, instrument="TEQ"),
    ]  # fmt: skip
    counts = [*items(15, 25), *({**one, "instrument": "TEQ"} for one in items(15, 25))]
    sums = release_tables(study(persons, item_counts=counts, responses=given), EIGHT, comments=0).sums
    assert sums["form"] == (
        Sum((("after", 1),), frozenset(one["person_id"] for one in persons[:35])),
        Sum((("before", 1),), frozenset(one["person_id"] for one in persons)),
    )
    assert sums.keys() == {"TEQ", "form"}
    # Those of the comparison are its own, not those of its items.
    assert {one.parts[0][0] for one in sums["TEQ"]} >= {"before", "after"}


def test_who_answered_is_named_with_the_cohort_where_pseudonyms_are_shared():
    persons = people({"a": 30, "b": 10}, same_ids=True)
    tables = study(persons, item_counts=items(15, 25), responses=answers(persons))
    (answered,) = release_tables(tables, EIGHT, comments=0, mark=str.upper).sums["form"]
    assert answered.people == {f"{one['cohort']}\n{one['person_id']}".upper() for one in persons}


def test_numbers_are_of_the_whole_study_and_of_rows_with_a_figure():
    level = {"kind": "level", "contrast": "after@balint-waiting", "method": "level_cr2", "role": "secondary",
             "wave_from": "", "reference_arm": "waiting", "mean_pre": nan, "sd_pre": nan}  # fmt: skip
    persons = [*people({"a": 30}), *({**one, "arm": "waiting"} for one in people({"b": 10}))]
    rows = [
        change(n_pre=33, n_post=34, n_paired=30), change("a"), change(**level, estimate=nan),
        change(contrast="x", mean_post=nan), change(contrast="y", mean_post=nan, estimate=nan, mean_pre=nan),
    ]  # fmt: skip
    numbers = release_tables(study(persons, rows), EIGHT, comments=0).numbers["comparisons"]
    assert list(numbers["contrast"]) == ["after-before@balint", "after@balint-waiting", "x"]
    # Who left between the waves could be counted from the others.
    assert numbers.loc[0, ["n_pre", "n_post", "n_paired"]].tolist() == [30, 30, 30]


def test_means_of_pairs_are_those_of_changes_that_are_shown_whole():
    persons = [*people({"a": 30}), *({**one, "arm": "waiting"} for one in people({"b": 10}))]
    difference = {"kind": DIFFERENCE, "contrast": "after-before@balint-waiting", "method": "ancova_cr2",
                  "reference_arm": "waiting", "role": "primary"}  # fmt: skip
    rows = [
        change(**difference, mean_pre=1.0, mean_post=2.0), change(contrast="b", mean_pre=nan),
        change(contrast="c", mean_post=nan), change(contrast="d", role="by_arm", n_paired=30),
        change(contrast="e", role="by_arm", mean_pre=9.0),
    ]  # fmt: skip
    means = release_tables(study(persons, rows), EIGHT, comments=0).numbers["descriptives"]
    assert cells(means[["cohort", "arm", "wave", "instrument", "scale", "n", "mean", "sd"]]) == [
        ("all", "balint", "after", "TEQ", "total", 30, 33.0, 9.0),
        ("all", "balint", "before", "TEQ", "total", 30, 30.0, 8.0),
    ]
    assert means[["median", "quartile_low", "quartile_high"]].isna().all(axis=None)
    nothing = release_tables(study(people({"a": 7})), EIGHT, comments=0).numbers["descriptives"]
    assert nothing.equals(empty_table("descriptives"))


def test_figures_are_drawn_from_rows_with_an_interval():
    rows = [change(), change(contrast="after-before@balint-2", conf_low=nan)]
    released = release_tables(study(comparisons=rows), EIGHT, comments=0)
    drawn = released.of_figures()
    assert drawn.keys() == released.numbers.keys()
    assert list(drawn["comparisons"]["contrast"]) == ["after-before@balint"]
    assert len(released.numbers["comparisons"]) == 2
    assert drawn["descriptives"] is released.numbers["descriptives"]

"""The numbers and the choice of rows behind each figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from looks import assert_good_looks, texts, words
from made_tables import ANSWERS, item_counts, made_study, made_tables, outcomes
from matplotlib.patches import Rectangle

from balint_eval.plots import (
    attendance_by_session,
    flow_diagram,
    forest,
    means_over_time,
    paired_slopes,
    stacked_likert,
)
from balint_eval.plots.likert import answer_colours, letter_colour


def slopes(tables, study, **changes):
    given = tables | changes
    return paired_slopes(given["scores"], given["participants"], study, given["outcomes"], "TEQ", "total")


def test_slopes_show_complete_pairs_of_groups_of_five(tables, study):
    data = slopes(tables, study).data
    assert "G4" not in set(data["group_id"])
    people = tables["participants"].set_index("person_id")
    wide = tables["scores"].query("instrument == 'TEQ'").pivot(index="person_id", columns="wave", values="score")
    pairs = wide[["pre", "post"]].dropna().join(people)
    means = data[data["line"] == "mean"].set_index(["group_id", "wave"])
    for group, rows in pairs[pairs["group_id"] != "G4"].groupby("group_id"):
        assert means.loc[(group, "pre"), "score"] == pytest.approx(rows["pre"].mean())
        assert means.loc[(group, "post"), "score"] == pytest.approx(rows["post"].mean())
        assert means.loc[(group, "post"), "people"] == len(rows)


def test_slopes_say_the_means_the_end_points_and_who_is_missing(tables, study):
    drawing = slopes(tables, study)
    lines = drawing.data.query("line != 'mean' and arm == 'balint'").groupby("wave")["score"].mean()
    assert f"from {lines['pre']:.1f} to {lines['post']:.1f} points" in drawing.alternative_text
    assert "1 group with fewer than 5 pairs is not drawn" in drawing.caption
    drawn = words(drawing.figure)
    assert "0 is the worst and 64 the best possible score" in drawn
    assert "n < 5" in drawn
    assert "Internal" in drawn


def test_slopes_give_nothing_when_all_groups_are_small(tables, study):
    few = tables["participants"].query("group_id == 'G4'")
    assert slopes(tables, study, participants=few) is None


def test_slopes_without_groups_are_one_column_an_arm(tables, study):
    drawing = slopes(tables, study, participants=tables["participants"].assign(group_id=""))
    assert set(drawing.data["group_id"]) == {""}
    assert_good_looks(drawing.figure)


def copies(tables, times):
    people, scores = tables["participants"], tables["scores"]
    names = [f".{part}" for part in range(times)]
    members = [people.assign(person_id=people["person_id"] + k, group_id=people["group_id"] + k) for k in names]
    answers = [scores.assign(person_id=scores["person_id"] + k) for k in names]
    return {"participants": pd.concat(members), "scores": pd.concat(answers)}


@pytest.mark.parametrize(("times", "thin"), [(4, "one person"), (9, "one group")])
def test_slopes_of_many_groups_take_more_rows_and_then_group_means(times, thin, tables, study):
    drawing = slopes(tables, study, **copies(tables, times))
    assert_good_looks(drawing.figure)
    assert thin in words(drawing.figure)
    assert drawing.figure.get_figheight() * 25.4 < 260


def test_forest_turns_the_sign_where_higher_is_worse(tables, study):
    drawing = forest(tables["comparisons"], tables["outcomes"], study)
    raw = (
        tables["comparisons"]
        .query("kind == 'difference' and wave_to == 'post' and cohort == 'all'")
        .set_index(["instrument", "scale"])
    )
    for row in drawing.data.itertuples():
        one, sign = raw.loc[(row.instrument, row.scale)], -1 if row.instrument == "CBI" else 1
        assert row.effect == pytest.approx(sign * one["effect"])
        assert row.effect_low <= row.effect <= row.effect_high
        assert row.estimate == one["estimate"]
        assert row.turned == (row.instrument == "CBI")
    assert "turned" in drawing.caption
    assert "Personal burnout (CBI)†" in words(drawing.figure)


def test_forest_says_every_effect(tables, study):
    drawing = forest(tables["comparisons"], tables["outcomes"], study)
    for row in drawing.data.itertuples():
        assert f"{abs(row.effect):.2f}" in drawing.alternative_text
    assert "d_total" in words(drawing.figure)


def test_forest_shows_changes_without_a_control_arm():
    study = made_study(control=False)
    tables = made_tables(study)
    drawing = forest(tables["comparisons"], tables["outcomes"], study)
    assert "Standardised change" in words(drawing.figure)
    assert "difference" not in drawing.alternative_text


def test_forest_leaves_out_other_roles_waves_and_cohorts(tables, study):
    rows = tables["comparisons"]
    wrong = rows.assign(effect=9.0)
    other = pd.concat([rows, wrong.assign(cohort="c1"), wrong.assign(method="x", role="sensitivity")])
    assert len(forest(other, tables["outcomes"], study).data) == 4
    assert (forest(other, tables["outcomes"], study).data["effect"] < 2).all()
    assert forest(rows.query("wave_to == 'fu'"), tables["outcomes"], study) is None
    two = pd.concat([rows.assign(cohort="c1"), rows.assign(cohort="c2")])
    assert forest(two, tables["outcomes"], study) is None


def odd_comparisons(tables):
    rows = tables["comparisons"].copy()
    numbers = ["effect", "effect_low", "effect_high", "estimate", "conf_low", "conf_high"]
    rows.loc[rows["scale"] == "PB", numbers] = np.nan
    rows.loc[rows["scale"] == "WB", ["effect_low", "effect_high"]] = [-40.0, 55.0]
    rows.loc[rows["instrument"] == "PMI", "n_paired"] = 4
    return rows


@pytest.mark.parametrize("width", [85.0, 174.0])
def test_forest_with_missing_wide_and_withheld_rows(width, tables, study):
    drawing = forest(odd_comparisons(tables), tables["outcomes"], study, width_mm=width)
    assert_good_looks(drawing.figure)
    drawn = words(drawing.figure)
    assert "not estimated" in drawn
    assert "too few pairs" in drawn
    hidden = drawing.data.query("instrument == 'PMI'")
    assert hidden[["effect", "effect_low", "estimate", "conf_high"]].isna().all(axis=None)
    assert "2 outcomes are not estimated" in drawing.alternative_text
    assert "arrowhead" in drawing.caption


def test_means_are_those_of_the_table_in_the_order_of_waves(tables, study):
    drawing = means_over_time(
        tables["descriptives"], tables["comparisons"], tables["outcomes"], study, shown=[("CBI", "PB")]
    )
    data = drawing.data.query("arm == 'balint'")
    assert list(data["wave"]) == ["pre", "post", "fu"]
    table = tables["descriptives"].query("scale == 'PB' and arm == 'balint'").set_index("wave")["mean"]
    assert list(data["mean"]) == [table[wave] for wave in data["wave"]]
    assert f"{table['post']:.1f} After" in drawing.alternative_text


def test_bars_of_means_are_intervals_of_the_change(tables, study):
    drawing = means_over_time(
        tables["descriptives"], tables["comparisons"], tables["outcomes"], study, shown=[("TEQ", "total")]
    )
    row = drawing.data.query("arm == 'control' and wave == 'post'").iloc[0]
    change = tables["comparisons"].query("instrument == 'TEQ' and contrast == 'post-pre@control'").iloc[0]
    width = change["conf_high"] - change["conf_low"]
    assert row["change_high"] - row["change_low"] == pytest.approx(width)
    assert drawing.data.query("wave == 'pre'")["change_low"].isna().all()
    assert "interval of the change" in drawing.caption


def test_means_of_few_people_are_not_drawn(tables, study):
    few = tables["descriptives"].copy()
    few.loc[(few["arm"] == "control") & (few["wave"] == "fu"), "n"] = 4
    drawing = means_over_time(few, tables["comparisons"], tables["outcomes"], study)
    assert drawing.data.query("arm == 'control' and wave == 'fu'").empty
    assert "n < 5" in words(drawing.figure)
    assert "not drawn" in drawing.caption
    few["n"] = 4
    assert means_over_time(few, tables["comparisons"], tables["outcomes"], study) is None


def test_means_without_comparisons_have_no_bars(tables, study):
    drawing = means_over_time(tables["descriptives"], tables["comparisons"].iloc[:0], outcomes(), study)
    assert "interval" not in drawing.caption
    assert_good_looks(drawing.figure)


def test_reaction_counts_of_cohorts_are_added_up(study):
    one = item_counts().assign(cohort="c1")
    both = pd.concat([one, one.assign(cohort="c2")])
    single, double = stacked_likert(one, study).data, stacked_likert(both, study).data
    assert list(double["people"]) == list(2 * single["people"])
    assert list(double["share"]) == pytest.approx(list(single["share"]))


def test_reaction_puts_favourable_answers_to_the_right(study):
    drawing = stacked_likert(item_counts(["I was bored"]).assign(higher_is="worse"), study)
    assert list(drawing.data["answer"]) == ANSWERS[::-1]
    share = drawing.data.set_index("answer")["share"]
    assert f"{share['strongly disagree'] + share['disagree']:.0%} favourable" in drawing.alternative_text


def test_reaction_leaves_out_items_of_fewer_than_ten(study):
    few = item_counts(["Asked of few"], people=9).assign(item=9)
    drawing = stacked_likert(pd.concat([item_counts(), few]), study)
    assert "Asked of few" not in set(drawing.data["label"])
    assert "1 item with fewer than 10 answers" in drawing.caption
    assert "n < 10" in words(drawing.figure)
    assert stacked_likert(few, study) is None


def test_forms_with_other_answers_have_a_legend_of_their_own(study):
    ten = item_counts(["How likely?"], [str(code) for code in range(4)]).assign(instrument="other")
    drawing = stacked_likert(pd.concat([item_counts(), ten]), study, width_mm=85)
    assert_good_looks(drawing.figure)
    assert "other, After" in " ".join(words(drawing.figure).split())


@pytest.mark.parametrize("count", range(2, 12))
def test_letters_stand_out_from_every_answer_colour(count):
    colours = answer_colours(count)
    assert len(set(colours)) == count
    for colour in colours:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        contrast = 1.05 / (light + 0.05) if letter_colour(colour) == "white" else (light + 0.05) / 0.0653
        assert contrast >= 4.0


def test_flow_accounts_for_every_row(tables, study):
    drawing = flow_diagram(tables["flow"], tables["participants"], study)
    assert drawing.data["rows"].sum() == tables["flow"]["rows"].sum()
    assert "58 of 66 rows used" in drawing.alternative_text
    assert "48 people with both waves, 7 only Before, 4 only this one" in drawing.alternative_text


def test_flow_of_many_files_names_their_number_and_rows_of_no_wave(tables, study):
    files = [("all", "pre", f"file_{i}.csv", "received", 3) for i in range(9)]
    more = pd.DataFrame([*files, ("all", "", "a.csv", "received", 12)], columns=tables["flow"].columns)
    drawing = flow_diagram(pd.concat([tables["flow"], more]), tables["participants"], study)
    assert "11 files:\u00a097" in words(drawing.figure)
    assert "12 further rows in the files belong to no wave" in drawing.alternative_text
    assert_good_looks(drawing.figure)


def test_attendance_counts_people_present(tables, study):
    drawing = attendance_by_session(tables["sessions"], tables["attendance"], tables["participants"], study)
    counted = tables["attendance"].groupby(["group_id", "session"]).size()
    for row in drawing.data.itertuples():
        assert row.present == counted[(row.group_id, row.session)]
        assert row.share == pytest.approx(row.present / row.members)
    assert "G4" not in set(drawing.data["group_id"])
    assert "G3 held 8 of 10 meetings" in drawing.alternative_text


def test_attendance_falls_back_on_the_session_log(tables, study):
    nobody = tables["attendance"].iloc[:0]
    drawing = attendance_by_session(tables["sessions"], nobody, tables["participants"], study)
    held = tables["sessions"].query("group_id != 'G4'")
    assert drawing.data["present"].sum() == held["present"].sum()


@pytest.mark.parametrize("width", [85.0, 174.0])
def test_flow_text_stays_inside_its_box(width, tables, study):
    long = tables["flow"].replace({"unfinished": "left the questionnaire before the last page " * 4})
    figure = flow_diagram(long, tables["participants"], study, width_mm=width).figure
    boxes = [box.get_window_extent() for box in figure.findobj(Rectangle)]
    boxes = [box for box in boxes if 0 < box.width < 0.999 * figure.bbox.width]
    for text in texts(figure):
        inner = text.get_window_extent()
        assert any(
            box.x0 <= inner.x0 and inner.x1 <= box.x1 and box.y0 <= inner.y0 and inner.y1 <= box.y1 for box in boxes
        ), text.get_text()

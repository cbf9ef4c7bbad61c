"""Figures that look at assumptions, of ordinary and of awkward studies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from looks import assert_good_looks, words
from matplotlib.lines import Line2D
from tests.unit.made_studies import ARMS, ONE_ARM, a_study, drawn, scores_of, some_outcomes, some_people, stacked

from balint_eval.assumptions import assess_residuals, count_edges
from balint_eval.baseline_dependence import assess_baseline_dependence
from balint_eval.comparisons import compare
from balint_eval.heterogeneity import assess_heterogeneity
from balint_eval.influence import assess_influence
from balint_eval.instruments.registry import known_instruments
from balint_eval.plots import NARROW, WIDE, rendered
from balint_eval.plots.edges import edge_shares
from balint_eval.plots.group_means import group_panels
from balint_eval.plots.left_out import left_out_panels
from balint_eval.plots.pooled import pooled_forest
from balint_eval.plots.residuals import residual_panels
from balint_eval.plots.starts import change_by_start
from balint_eval.pooling import pool_cohorts
from balint_eval.study import StudyFile
from balint_eval.tables import empty_table

ENDS = some_outcomes(TEQ="primary").assign(minimum=0.0, maximum=64.0, higher_is="better")
THREE = {**ARMS, "reading": "intervention"}
EVERY = ("pooled", "residuals", "left_out", "groups", "edges", "starts")


def tables_of(people, scores, study):
    given = (scores, people, ENDS)
    comparisons, _ = compare(*given, study)
    residuals, checks = assess_residuals(*given, comparisons, study)
    spread, effects = assess_heterogeneity(*given, study)
    file = StudyFile(study, Path(), "study.yaml", dict(known_instruments()))
    slopes, bins, _ = assess_baseline_dependence(*given, empty_table("individual_change"), file)
    return {
        "comparisons": comparisons, "pooled": pool_cohorts(comparisons), "residuals": residuals, "checks": checks,
        "influence": assess_influence(*given, study), "spread": spread, "effects": effects,
        "edges": count_edges(*given, study), "slopes": slopes, "bins": bins,
    }  # fmt: skip


def draw_them(tables, study, width=WIDE):
    asked = (tables["comparisons"], ENDS, study)
    return {
        "pooled": pooled_forest(tables["pooled"], *asked, width_mm=width),
        "residuals": residual_panels(tables["residuals"], tables["checks"], *asked, width_mm=width),
        "left_out": left_out_panels(tables["influence"], *asked, width_mm=width),
        "groups": group_panels(tables["spread"], tables["effects"], *asked, width_mm=width),
        "edges": edge_shares(tables["edges"], ENDS, study, width_mm=width),
        "starts": change_by_start(tables["slopes"], tables["bins"], ENDS, study, width_mm=width),
    }


def ceiling(people):
    """Everybody at the best score before, and nearly everybody after."""
    after = np.where(np.arange(len(people)) % 5, 64.0, 60.0 + np.arange(len(people)) % 3)
    parts = (scores_of(people["person_id"], 64.0, "before"), scores_of(people["person_id"], after, "after"))
    return stacked(*parts)


AWKWARD = {
    "one group": (some_people(ONE_ARM, groups=1, size=8), ONE_ARM, {}, {"groups", "starts", "pooled", "edges"}),
    "two groups": (some_people(ONE_ARM, groups=2), ONE_ARM, {}, {"pooled"}),
    "twelve groups": (some_people(ONE_ARM, groups=12), ONE_ARM, {}, {"pooled"}),
    "six people": (some_people(ONE_ARM, groups=1, size=6), ONE_ARM, {}, {"groups", "starts", "pooled", "edges"}),
    "four people": (some_people(ONE_ARM, groups=2, size=2), ONE_ARM, {}, set(EVERY)),
    "three arms": (some_people(THREE), THREE, {"allocation": "groups"}, {"pooled"}),
    "groups in one arm": (some_people(grouped=("balint",)), ARMS, {"allocation": "people"}, {"pooled"}),
    "nobody in groups": (some_people(grouped=()), ARMS, {"allocation": "people"}, {"groups", "pooled"}),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.thorough] if place > 1 else []) for place, name in enumerate(AWKWARD)],
)
def test_awkward_studies_are_drawn_or_left_out(name):
    people, arms, plan, absent = AWKWARD[name]
    study = a_study(arms, **plan)
    tables = tables_of(people, drawn(people, 3, absent=0), study)
    for width in (NARROW, WIDE):
        drawings = draw_them(tables, study, width)
        assert {one for one, drawing in drawings.items() if drawing is None} == absent
        for drawing in drawings.values():
            if drawing is not None:
                assert_good_looks(drawing.figure)
                assert drawing.alternative_text.endswith(".")
                assert len(drawing.data)


def test_everybody_at_the_ceiling():
    people, study = some_people(ONE_ARM, groups=3), a_study(ONE_ARM)
    drawings = draw_them(tables_of(people, ceiling(people), study), study)
    assert "before: 0% at the worst possible score, 100% at the best." in drawings["edges"].alternative_text
    assert drawings["starts"] is None
    for drawing in drawings.values():
        if drawing is not None:
            assert_good_looks(drawing.figure)


def test_shares_of_all_and_none_are_withheld_below_ten_people():
    people, study = some_people(ONE_ARM, groups=1, size=8), a_study(ONE_ARM)
    drawing = edge_shares(count_edges(ceiling(people), people, ENDS, study), ENDS, study)
    assert drawing is None


@pytest.fixture(scope="module")
def usual():
    people, study = some_people(groups=4, cohorts=("c1", "c2", "c3")), a_study(allocation="groups")
    cohorts = [study.cohorts[0].model_copy(update={"name": name}) for name in ("c1", "c2", "c3")]
    study = study.model_copy(update={"cohorts": tuple(cohorts)})
    tables = tables_of(people, drawn(people, 5), study)
    return study, tables, draw_them(tables, study)


def test_a_usual_study_has_every_figure_in_little_room(usual):
    drawings = usual[2]
    assert all(drawings.values())
    for name, drawing in drawings.items():
        assert len(rendered(drawing, "svg")) < 60_000, name
        assert drawing.kinds == (("svg", "pdf", "png") if name == "pooled" else ("svg", "png"))


def test_numbers_drawn_are_those_of_the_tables(usual):
    _, tables, drawings = usual
    whole = tables["influence"].query("left_out == 'nobody'").iloc[0]
    assert f"TEQ: {whole['estimate']:.1f};" in drawings["left_out"].alternative_text.replace("−", "-")
    mean = tables["pooled"].query("kind == 'difference'").iloc[0]
    shown = drawings["pooled"].data.set_index("cohort").loc["random effects"]
    assert shown["estimate"] == pytest.approx(mean["estimate"])
    assert shown["predict_high"] == pytest.approx(mean["predict_high"])
    assert "A further cohort" in words(drawings["pooled"].figure)
    spread = tables["spread"].iloc[0]
    assert f"SD between groups {spread['sd_between']:.1f}" in drawings["groups"].alternative_text


def test_small_groups_and_cohorts_are_not_drawn(usual):
    study, tables, drawings = usual
    effects = tables["effects"]
    few = effects.assign(n=effects["n"].where(effects["place"] > 2, 4))
    asked = (tables["comparisons"], ENDS, study)
    drawing = group_panels(tables["spread"], few, *asked)
    assert len(drawing.data) == (few["n"] >= 5).sum() < len(drawings["groups"].data)
    assert "means of groups of fewer than 5 people are not drawn" in drawing.caption
    small = tables["comparisons"].copy()
    small.loc[small["cohort"] == "c2", "n_paired"] = 4
    pooled = pooled_forest(tables["pooled"], small, ENDS, study)
    assert pooled.data.set_index("cohort").loc["c2", ["estimate", "conf_low", "conf_high"]].isna().all()
    assert "fewer than 5 pairs" in pooled.caption


def test_an_implausible_cohort_is_hollow_and_said(usual):
    study, tables, drawings = usual
    huge = tables["comparisons"].assign(effect=tables["comparisons"]["effect"].mask(
        tables["comparisons"]["cohort"] == "c1", 4.2
    ))  # fmt: skip
    assert "Hollow" not in words(drawings["pooled"].figure)
    assert "Hollow: standardised above 2" in words(pooled_forest(tables["pooled"], huge, ENDS, study).figure)


def test_a_group_that_decides_is_drawn_hollow(usual):
    study, tables, _ = usual
    table = tables["influence"].copy()
    table[["conf_low", "conf_high"]] = [1.0, 3.0]
    table.loc[(table["left_out"] == "group") & (table["place"] == 1), "conf_low"] = -1.0
    drawing = left_out_panels(table, tables["comparisons"], ENDS, study)
    lines = [line for line in drawing.figure.findobj(Line2D) if line.get_marker() == "o"]
    hollow = [line for line in lines if line.get_markerfacecolor() == "white"]
    assert [len(line.get_xdata()) for line in hollow] == [1]


def test_same_bytes_when_drawn_twice(usual):
    study, tables, drawings = usual
    again = draw_them(tables, study)
    assert all(rendered(drawings[name], "svg") == rendered(again[name], "svg") for name in EVERY)


def test_twelve_panels_and_the_rest_in_the_tables(usual):
    study, tables, _ = usual
    outcomes = pd.concat([ENDS.assign(instrument=f"T{place}", label=f"T{place}") for place in range(15)])
    parts = {
        name: pd.concat([tables[name].assign(instrument=f"T{place}") for place in range(15)])
        for name in ("comparisons", "influence")
    }
    drawing = left_out_panels(parts["influence"], parts["comparisons"], outcomes, study)
    assert drawing.data["outcome"].nunique() == 12
    assert "3 further comparisons stand in the tables only." in drawing.caption


def test_cohorts_too_many_to_be_named_are_drawn_in_the_order_of_their_results(usual, monkeypatch):
    study, tables, drawings = usual
    named = drawings["pooled"]
    monkeypatch.setattr("balint_eval.plots.pooled.MOST_NAMED", 1)
    crowd = pooled_forest(tables["pooled"], tables["comparisons"], ENDS, study)
    assert "3 cohorts, least first" in words(crowd.figure)
    assert "too many to be named" in crowd.caption
    assert "too many to be named" not in named.caption
    dots = [line for line in crowd.figure.findobj(Line2D) if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    assert dots
    assert all(list(line.get_xdata()) == sorted(line.get_xdata()) for line in dots)
    pd.testing.assert_frame_equal(crowd.data, named.data)

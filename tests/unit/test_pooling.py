"""Cohorts pooled and the study beside published ones: from the comparisons table to the report."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from balint_eval.instruments.registry import known_instruments
from balint_eval.pipeline import evaluate
from balint_eval.pooling import pool_cohorts, set_beside_published
from balint_eval.published.effects import published_effects
from balint_eval.report.researcher import build_researcher
from balint_eval.tables import TABLES, check_table

KEY = bytes(range(32))
TEQ = known_instruments()["TEQ"]
R = json.loads((Path(__file__).parents[1] / "reference" / "published_r.json").read_text(encoding="utf-8"))


@pytest.fixture
def compared():
    """A comparisons table of one outcome: the whole study and some cohorts."""

    def make(*cohorts, kind="change"):
        method = "change_cr2" if kind == "change" else "ancova_cr2"
        rows = [
            {
                "cohort": name, "instrument": "TEQ", "scale": "total", "contrast": "after-before@balint",
                "method": method, "kind": kind, "wave_from": "before", "wave_to": "after", "arm": "balint",
                "n_pre": 20, "n_post": 20, "n_paired": 20, "n_groups": 3, "estimate": estimate, "std_error": error,
                "df": df, "conf_level": 0.95, "effect": 0.5, "effect_name": "d_av", "converged": True,
                "role": "secondary" if name == "all" else "by_cohort",
            }
            for name, estimate, error, df in (("all", 3.0, 0.8, 7.0), *cohorts)
        ]  # fmt: skip
        return check_table(pd.DataFrame(rows, columns=TABLES["comparisons"].names), "comparisons")

    return make


def test_cohorts_are_pooled_and_the_whole_study_is_not_one_of_them(compared):
    (row,) = pool_cohorts(compared(("a", 2.0, 1.0, 2.0), ("b", 4.0, 1.0, 1.5), ("c", 3.3, 0.9, 4.0))).to_dict("records")
    assert (row["cohorts"], row["left_out"], row["n_paired"], row["df"]) == (3, 0, 60, 2.0)
    assert row["estimate"] == pytest.approx((2.0 + 4.0 + 3.3 / 0.81) / (2 + 1 / 0.81))
    assert row["smallest_df"] == 1.5
    assert row["factor"] == pytest.approx(row["q"] / 2)
    # No variance between these three: the interval for a further cohort is that of the mean.
    assert row["tau"] == 0.0
    assert row["predict_low"] == row["conf_low"] < 3.0 < row["conf_high"] == row["predict_high"]
    assert "fewer than five cohorts" in row["note"]


def test_a_cohort_without_standard_error_is_left_out_by_name(compared):
    (row,) = pool_cohorts(compared(("a", 2.0, 1.0, 2.0), ("b", 4.0, 1.0, 1.5), ("lone", 9.0, np.nan, np.nan))).to_dict(
        "records"
    )
    assert (row["cohorts"], row["left_out"], row["n_paired"]) == (2, 1, 40)
    assert row["note"].endswith("no standard error can be given: lone")


def test_one_cohort_left_gives_no_number(compared):
    (row,) = pool_cohorts(compared(("a", 2.0, 1.0, 2.0), ("lone", 9.0, np.nan, np.nan))).to_dict("records")
    assert row["cohorts"] == 1
    assert np.isnan([row[name] for name in ("estimate", "conf_low", "tau", "i_squared", "q")]).all()
    assert "nothing to pool" in row["note"]


def test_a_study_of_one_cohort_has_no_pooled_row(compared):
    assert pool_cohorts(compared()).empty


def test_published_sizes_against_escalc():
    """Hedges' g of metafor; its exact factor and ours (1 - 3 / (4 df - 1)) differ in the sixth digit."""
    found = {(one.study, one.row): one.effect for one in published_effects()}
    assert found["Lemogne 2020", 37] == pytest.approx(R["smd"]["lemogne"]["g"], rel=2e-5)
    assert found["Buffel du Vaure 2017", 11] == pytest.approx(R["smd"]["vaure"]["g"], rel=2e-5)


def test_published_sizes_of_the_literature():
    """Shared studies.md, section 3: .36, .268, -.78, .48, 2.54 before correction, .44."""
    found = {one.row: one for one in published_effects()}
    expected = {8: 0.360, 37: 0.268, 46: -0.78, 49: 0.48, 95: 0.44}
    assert {row: found[row].effect for row in expected} == pytest.approx(expected, abs=6e-3)
    assert np.isnan(found[95].low)
    assert "correlation of the waves is not printed" in found[95].warning


def test_what_is_implausible_or_overlaps_is_said():
    found = {one.row: one for one in published_effects()}
    assert found[107].warning.startswith("implausibly large")
    assert "Lemogne 2020" in found[8].warning
    assert "may share participants" in found[37].warning
    assert "the same people as row 11" in found[8].warning
    assert "t 1.993 inconsistent" in found[43].warning
    large = [one for one in found.values() if abs(one.effect) > 2]
    assert all("implausibly large" in one.warning for one in large)
    assert len(large) == 8


FORM = ["code", "group", *(f"q{n}" for n in range(1, 17))]


def _answers(person, number, ability, rng):
    keyed = np.clip(ability + rng.integers(0, 3, 16), 0, 4)
    turned = [4 - answer if item in TEQ.reverse else answer for item, answer in enumerate(keyed, start=1)]
    return [person, f"{person[:3]}-g{number % 3}", *turned]


@pytest.fixture
def two_cohorts(folder):
    """Two cohorts of one arm, three groups each, with the Toronto questionnaire."""
    rng = np.random.default_rng(8)
    cohorts = []
    for cohort in ("one", "two"):
        exports = []
        ability = rng.integers(0, 3, 24)
        for wave in ("before", "after"):
            rows = [_answers(f"{cohort}{n}", n, ability[n] + (wave == "after"), rng) for n in range(24)]
            folder.rows(f"{cohort}_{wave}.csv", *rows, header=FORM)
            items = [{"instrument": "TEQ", "columns": "q{item}"}]
            exports.append({"file": f"{cohort}_{wave}.csv", "platform": "plain", "wave": wave, "person_id": "code",
                            "group": "group", "items": items})  # fmt: skip
        cohorts.append({"name": cohort, "exports": exports})
    folder.content.update(outcomes=[{"instrument": "TEQ", "scale": "total", "role": "primary"}], own_instruments=[])
    folder.content["cohorts"] = cohorts
    return folder


def test_from_exports_to_the_report(two_cohorts):
    """One evaluation, looked at from three sides: it takes seconds."""
    evaluation = evaluate(two_cohorts.write(), key=KEY)
    _stands_in_the_report(evaluation)
    _only_the_same_construct_and_rater(evaluation)
    _a_scale_on_which_higher_is_worse_is_turned(evaluation)


def _stands_in_the_report(evaluation):
    (row,) = evaluation.tables["pooled"].to_dict("records")
    beside = evaluation.tables["beside_published"]
    assert row["cohorts"] == 2
    assert {"this study", "this study, one", "this study, two", "Chauvel", "Zhang 2024"} <= set(beside["source"])
    assert set(beside.loc[beside["source"] == "this study", "effect_name"]) == {"d_av"}
    report = build_researcher(evaluation.tables, evaluation.file, {}, {})
    sections = {section.anchor: section for section in report.sections}
    pooled, between = sections["pooling"].blocks
    assert pooled.rows[0][2] == "random effects over 2 cohorts"
    assert len(pooled.rows) == 5
    assert between.rows[0][2] == "2"
    (published,) = sections["published"].blocks
    assert published.rows[0][0] == "This study"
    assert any("implausibly large" in cells[-1] for cells in published.rows)


def _only_the_same_construct_and_rater(evaluation):
    tables = evaluation.tables
    rated = tables["outcomes"].assign(rater="patient")
    assert set_beside_published(tables["comparisons"], rated, evaluation.file).empty
    beside = tables["beside_published"]
    assert set(beside.loc[beside["row"] > 0, "outcome"]) == {"empathy"}


def _a_scale_on_which_higher_is_worse_is_turned(evaluation):
    tables = evaluation.tables
    turned = set_beside_published(
        tables["comparisons"], tables["outcomes"].assign(higher_is="worse"), evaluation.file
    ).set_index(["source", "row"])
    plain = tables["beside_published"].set_index(["source", "row"])
    own = ("this study", 0)
    assert turned.loc[own, "effect"] == -plain.loc[own, "effect"]
    assert turned.loc[own, "effect_low"] == -plain.loc[own, "effect_high"]
    assert bool(turned.loc[own, "turned"])
    assert turned.loc[("Chauvel", 95), "effect"] == plain.loc[("Chauvel", 95), "effect"]

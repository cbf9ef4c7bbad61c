"""Reliable change in a study: where the reliability comes from, counts by hand, and what is withheld."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from balint_eval.individual_change import assess_individual_change
from balint_eval.instruments.registry import known_instruments
from balint_eval.report.material import Material
from balint_eval.report.numbers import PROTECTED, WITHHELD
from balint_eval.report.research_individual import individual
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table, empty_table

KNOWN = known_instruments()
BEFORE = [40.0, 44, 38, 52, 47, 39, 55, 43, 50, 36]
AFTER = [49.0, 45, 58, 49, 48, 52, 30, 44, 61, 36]


def study_file(instrument="TEQ", scale="total", plan=None, **outcome):
    study = Study.model_validate({
        "name": "small", "title": "Small",
        "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
        "arms": [{"name": "balint", "role": "intervention"}, {"name": "waiting", "role": "control"}],
        "outcomes": [{"instrument": instrument, "scale": scale, "role": "primary", "label": "Outcome", **outcome}],
        "cohorts": [{"name": "one", "exports": [{"file": "a.csv", "wave": "before", "person_id": "id"}]}],
        "plan": {"allocation": "groups", **(plan or {})},
    })  # fmt: skip
    return StudyFile(study, SimpleNamespace(), "study.yaml", KNOWN)


def table(name, rows):
    return check_table(pd.DataFrame(rows, columns=TABLES[name].names), name)


@pytest.fixture
def assess():
    """Give both tables for scores in two arms; alpha of the sample as wished."""

    def run(file, before=BEFORE, after=AFTER, control=((45.0, 46.0),) * 6, alpha=0.8, icc=np.nan, rater="self"):
        outcome = file.study.outcomes[0]
        place = {"instrument": outcome.instrument, "scale": outcome.scale}
        scale = KNOWN[outcome.instrument].scale(outcome.scale)
        people = [("balint", *pair) for pair in zip(before, after, strict=True)] + [("waiting", *p) for p in control]
        scores = [
            place | {"cohort": "one", "person_id": f"P{n}", "wave": wave, "score": value, "status": "scored"}
            for n, (_, *values) in enumerate(people) for wave, value in zip(("before", "after"), values, strict=True)
        ]  # fmt: skip
        participants = [{"cohort": "one", "person_id": f"P{n}", "arm": arm} for n, (arm, *_) in enumerate(people)]
        outcomes = [place | {"label": "Outcome", "rater": rater, "role": "primary", "higher_is": scale.higher_is}]
        quality = [place | {"cohort": "all", "wave": "before", "n": 60, "alpha": alpha, "omega": alpha + 0.05}]
        retest = [place | {"cohort": "all", "wave_from": "before", "wave_to": "after", "arm": "waiting", "n": 30,
                           "icc": icc}]  # fmt: skip
        return assess_individual_change(
            table("scores", scores), table("participants", participants), table("outcomes", outcomes),
            table("quality", quality), table("retest", retest), file,
        )  # fmt: skip

    return run


def one(frame, **where):
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_counts_by_hand(assess):
    changes, _ = assess(study_file())
    row = one(changes, arm="balint", method="jacobson_truax")
    everybody = np.array([*BEFORE, *[45.0] * 6])
    error = np.sqrt(2) * everybody.std(ddof=1) * np.sqrt(0.2)
    change = np.array(AFTER) - np.array(BEFORE)
    assert row["error"] == pytest.approx(error)
    assert row["threshold"] == pytest.approx(1.96 * error)
    assert 5.0 < row["threshold"] < 9.0
    assert (row["improved"], row["unchanged"], row["worse"]) == (4, 5, 1)
    assert row["improved"] == (change > row["threshold"]).sum()
    assert (row["of_ten_improved"], row["of_ten_unchanged"], row["of_ten_worse"]) == (4, 5, 1)
    assert row["reliability_source"] == "Cronbach's alpha of this study at before, n = 60"
    assert row["expected_share"] == pytest.approx(0.025, abs=1e-4)
    assert "rests on 16 people" in row["note"]
    assert set(changes["method"]) == {"jacobson_truax", "both_waves", "gulliksen_lord_novick"}
    assert set(changes["arm"]) == {"balint", "waiting"}


def test_a_scale_on_which_higher_is_worse(assess):
    file = study_file("MBI_HSS", "EE")
    row = one(assess(file)[0], arm="balint", method="jacobson_truax")
    assert (row["improved"], row["worse"]) == (1, 4)


@pytest.mark.parametrize(
    ("plan", "numbers", "value", "source"),
    [
        ("auto", {}, 0.8, "Cronbach's alpha of this study"),
        (
            "auto",
            {"alpha": np.nan},
            0.894,
            "published alpha: raw export of a pilot, n = 26 (registry, evidence D); alpha",
        ),
        ("alpha", {"alpha": np.nan}, None, "alpha at before is not given"),
        ("omega", {}, 0.85, "McDonald's omega of this study"),
        ("registry", {}, 0.894, "published alpha"),
        ("retest", {"icc": 0.71}, 0.71, "ICC(A,1) of the arm waiting, before to after, n = 30"),
        ("retest", {}, None, "gives no retest ICC at after"),
        # Answers without anything in common: an alpha below zero carries no error of a score.
        ("auto", {"alpha": -0.3}, 0.894, "is -0.30, which cannot be the share of true differences"),
        ("alpha", {"alpha": -0.3}, None, "is -0.30, which cannot be the share of true differences"),
        ("retest", {"icc": 0.0}, None, "is 0.00, which cannot be"),
        ("alpha", {"alpha": 1.0}, None, "is 1.00, which cannot be"),
    ],
)
def test_where_the_reliability_comes_from(assess, plan, numbers, value, source):
    changes, bounds = assess(study_file(plan={"reliability": plan}), **numbers)
    row = one(changes, arm="balint", method="jacobson_truax")
    if value is None:
        assert np.isnan(row["reliability"])
        assert source in row["note"]
        assert set(changes["method"]) == {"jacobson_truax"}
        assert bounds.empty
    else:
        assert row["reliability"] == pytest.approx(value)
        assert source in row["reliability_source"]


def test_a_declared_reliability_goes_first_and_needs_its_source(assess):
    file = study_file(reliability=0.9, reliability_source="Made and others 2030")
    row = one(assess(file, rater="patient")[0], arm="balint", method="jacobson_truax")
    assert (row["reliability"], row["reliability_source"]) == (0.9, "Made and others 2030 (study file)")
    with pytest.raises(ValueError, match="needs its source"):
        study_file(reliability=0.9)


def test_ratings_by_several_others_have_no_known_reliability(assess):
    changes, _ = assess(study_file(), rater="patient")
    assert changes["improved"].isna().all()
    assert changes["note"].str.contains("rated by several others").all()


def test_scores_that_do_not_differ_carry_nothing(assess):
    changes, bounds = assess(study_file(), before=[45.0] * 8, after=[50.0] * 8)
    assert changes["note"].str.contains("do not differ at baseline").all()
    assert bounds.empty


def test_fewer_than_five_people_are_not_counted(assess):
    changes, bounds = assess(study_file(), before=BEFORE[:4], after=AFTER[:4])
    row = one(changes, arm="balint", method="jacobson_truax")
    assert row["n"] == 4
    assert np.isfinite(row["threshold"])
    counts = ["improved", "unchanged", "worse", "improved_share", "improved_low", "of_ten_improved"]
    assert row[counts].isna().all()
    assert bounds[bounds["arm"] == "balint"][["beyond_before", "crossed_reliably"]].isna().all(axis=None)


def test_cut_offs_against_a_norm(assess):
    """The norm of the registry, 48.23 (8.51), and c by hand."""
    _, bounds = assess(study_file())
    row = one(bounds, arm="balint")
    mean, sd = row["baseline_mean"], row["baseline_sd"]
    assert row["c"] == pytest.approx((8.51 * mean + sd * 48.23) / (8.51 + sd))
    assert (row["a"], row["b"]) == pytest.approx((mean + 2 * sd, 48.23 - 2 * 8.51))
    before, after = np.array(BEFORE), np.array(AFTER)
    assert row["beyond_before"] == (before > row["c"]).sum()
    assert row["beyond_after"] == (after > row["c"]).sum()
    threshold = 1.96 * np.sqrt(2) * sd * np.sqrt(0.2)
    reliably = (after - before > threshold) & (before <= row["c"]) & (after > row["c"])
    assert row["crossed_reliably"] == reliably.sum() == 3
    assert row["note"] == "a norm from only 26 people"


def test_nobody_is_cut_off_where_the_sample_stands_no_worse(assess):
    high = [score + 30 for score in BEFORE]
    _, bounds = assess(study_file(), before=high, after=high, control=())
    row = one(bounds, arm="balint")
    assert "no worse than this population" in row["note"]
    assert np.isnan(row["beyond_before"])


def test_no_person_stands_in_the_tables(assess):
    for frame in assess(study_file()):
        assert "person_id" not in frame.columns
        assert not frame.astype(str).apply(lambda column: column.str.fullmatch(r"P\d+")).any(axis=None)


def section(assess, **how):
    file = study_file()
    changes, bounds = assess(file, **how)
    outcomes = table("outcomes", [{"instrument": "TEQ", "scale": "total", "label": "Outcome", "role": "primary"}])
    tables = {"individual_change": changes, "clinical_cutoffs": bounds, "outcomes": outcomes}
    return individual(Material(tables, file, {}, {}))


def test_the_section_says_shares_chance_and_reliability(assess):
    shares, methods, norms = section(assess).blocks
    row = shares.rows[0]
    assert row[4].startswith("40% [")
    assert row[-1] == "4 better, 5 as before, 1 worse"
    assert [column.heading for column in shares.columns][4] == "Improved (by chance 2.5%)"
    assert any("Cronbach's alpha of this study" in note for note in shares.notes)
    assert len(methods.rows) == 6
    assert any("only 26 people" in note for note in norms.notes)


def test_the_section_withholds_small_arms_and_what_gives_everybody_away(assess):
    """Six people of whom nobody changed would tell each one's result; four are too few for anything."""
    shares, methods, _ = section(assess).blocks
    waiting = next(row for row in shares.rows if row[1] == "waiting")
    assert waiting[2] == "6"
    assert PROTECTED in waiting[4:]
    assert not any("100%" in cell for cell in waiting)
    assert all(PROTECTED in row for row in methods.rows if row[1] == "waiting")
    few = section(assess, before=BEFORE[:4], after=AFTER[:4]).blocks[0]
    assert WITHHELD in next(row for row in few.rows if row[1] == "balint")


def test_nothing_known_gives_no_section():
    file = study_file()
    assert individual(Material({"individual_change": empty_table("individual_change")}, file, {}, {})).blocks == ()

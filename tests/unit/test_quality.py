"""How good the data are: alpha by hand, withheld where it says nothing, floor, ceiling, counts, descriptions."""

import math

import numpy as np
import pandas as pd
import pytest

from balint_eval.consistency import describe_items
from balint_eval.instruments.model import Instrument
from balint_eval.quality import assess_quality, count_answers, describe_scores, person_scores
from balint_eval.scoring import score_responses, withhold
from balint_eval.stats.reliability import alpha_if_dropped, item_rest_correlations
from balint_eval.stats.reliability_omega import mcdonald_omega
from balint_eval.stats.reliability_ordinal import ordinal_alpha
from balint_eval.tables import person_of

FORM = Instrument.model_validate({
    "name": "TRY", "title": "t", "measures": "reaction", "level": "1", "n_items": 2, "response": {"codes": [1, 2, 3]},
    "licence": {"status": "own"}, "by_item": True, "item_labels": [{"item": 2, "label": "Again"}],
    "answer_labels": [{"code": 1, "label": "no"}],
    "scales": [{"name": "total", "items": [1, 2], "rule": "sum", "range": [2, 6], "higher_is": "better"}],
})  # fmt: skip
FORMS = {"TRY": FORM}


def responses(answers, cohort="one", wave="before"):
    rows = [
        {"cohort": cohort, "person_id": f"P{n}", "wave": wave, "instrument": "TRY", "item": item, "value": value}
        for n, given in enumerate(answers)
        for item, value in enumerate(given, start=1)
    ]
    return pd.DataFrame(rows).assign(answered_on="", source_file="f", source_row=2)


def quality(table):
    return assess_quality(table, score_responses(table, FORMS), FORMS).set_index(["cohort", "wave"])


ALL_DOUBTED = [("TRY", "all")]
LONG = {
    "TRY": FORM.model_copy(
        update={"n_items": 4, "scales": [FORM.scales[0].model_copy(update={"items": [1, 2, 3, 4], "range": (4, 12)})]}
    )
}


def wide_responses():
    answers = np.random.default_rng(1).integers(0, 2, (40, 4)) + np.random.default_rng(2).integers(1, 3, (40, 1))
    return responses(answers.tolist())


CROSSED = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)] * 5


def test_alpha_by_hand():
    # Items: each 1 1 2 2 3, so the same variance v (sum of squares 2.8 a block); sums 2 3 3 4 6 have 9.2 a block.
    # alpha = 2 x (1 - (2.8 + 2.8) / 9.2) = 0.782608...
    row = quality(responses(CROSSED)).loc["all", "before"]
    assert row["alpha"] == pytest.approx(2 * (1 - 5.6 / 9.2))
    sd = math.sqrt(9.2 * 5 / 24)
    assert row["sem"] == pytest.approx(sd * math.sqrt(1 - row["alpha"]))
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"]
    assert (row["n"], row["missing_share"], row["floor_share"], row["ceiling_share"]) == (25, 0, 0.2, 0.2)
    assert "fewer than 50 people" in row["note"]


def test_alpha_is_withheld_below_twenty():
    row = quality(responses(CROSSED[:19])).loc["all", "before"]
    assert math.isnan(row["alpha"])
    assert "fewer than 20" in row["note"]


def test_everybody_gives_the_top_answer():
    row = quality(responses([(3, 3)] * 30)).loc["all", "before"]
    assert math.isnan(row["alpha"])
    assert row["note"]
    assert (row["floor_share"], row["ceiling_share"]) == (0, 1)


def test_negative_alpha_is_said():
    row = quality(responses([(1, 3), (3, 1), (2, 2), (1, 2)] * 10)).loc["all", "before"]
    assert row["alpha"] < 0
    assert "check the key" in row["note"]


def test_missing_and_prorated():
    row = quality(responses([*CROSSED, (1, np.nan), (np.nan, np.nan)])).loc["all", "before"]
    assert row["n"] == 25
    assert row["missing_share"] == pytest.approx(3 / 54)
    assert row["prorated"] == 1


def test_cohorts_beside_all():
    table = pd.concat([responses(CROSSED), responses(CROSSED[:5], "two")], ignore_index=True)
    found = quality(table)
    assert found["n"].to_dict() == {("all", "before"): 30, ("one", "before"): 25, ("two", "before"): 5}


def test_doubtful_key_gives_no_reliability():
    table = responses(CROSSED)
    scores = score_responses(table, FORMS, [("TRY", "total")])
    row = assess_quality(table, scores, FORMS).iloc[0]
    assert math.isnan(row["alpha"])
    assert math.isnan(row["floor_share"])
    assert "in doubt" in row["note"]


def test_a_key_in_doubt_in_one_cohort_leaves_the_others_theirs():
    table = pd.concat([responses(CROSSED), responses(CROSSED[::-1] + [(3, 1)] * 5, "two")], ignore_index=True)
    scores = score_responses(table, FORMS)
    scores = pd.concat([scores[scores["cohort"] == "one"], withhold(scores[scores["cohort"] == "two"], ALL_DOUBTED)])
    found = assess_quality(table, scores, FORMS).set_index("cohort")
    alone = quality(responses(CROSSED)).loc["all", "before"]
    assert found["alpha"].to_dict() == pytest.approx(
        {"all": alone["alpha"], "one": alone["alpha"], "two": math.nan}, nan_ok=True
    )
    assert found["n"].to_dict() == {"all": 25, "one": 25, "two": 30}
    assert "in doubt in 1 of 2 cohorts" in found.loc["all", "note"]
    assert "doubt" not in found.loc["one", "note"]
    assert "no reliability" in found.loc["two", "note"]
    items = describe_items(table, scores, FORMS)
    assert items["n"].tolist() == [25, 25]
    assert items["item_rest"].notna().all()


def test_without_intervals_omega_is_the_same():
    table = wide_responses()
    with_them, without = (
        assess_quality(table, score_responses(table, LONG), LONG, intervals=asked) for asked in (True, False)
    )
    assert with_them["omega_low"].notna().all()
    assert without[["omega_low", "omega_high"]].isna().all(axis=None)
    rest = with_them.columns.difference(["omega_low", "omega_high"])
    pd.testing.assert_frame_equal(with_them[rest], without[rest])


def test_single_cohorts_have_omega_without_an_interval():
    table = pd.concat([wide_responses(), wide_responses().assign(cohort="two")], ignore_index=True)
    found = assess_quality(table, score_responses(table, LONG), LONG)
    assert found["omega"].notna().all()
    assert found.loc[found["omega_low"].notna(), "cohort"].unique().tolist() == ["all"]


def test_every_code_of_every_item_is_counted():
    counts = count_answers(responses([(1, 1), (1, 3), (np.nan, 3)]), FORMS).set_index(["item", "code"])
    assert counts["people"].tolist() == [2, 0, 0, 1, 0, 2]
    assert counts["answered"].tolist() == [2, 2, 2, 3, 3, 3]
    assert counts.loc[(2, 1), ["label", "answer"]].tolist() == ["Again", "no"]
    assert counts.loc[(1, 2), ["label", "answer"]].tolist() == ["Item 1", "2"]


def test_ratings_count_once_a_person():
    table = responses([(1, 1), (3, 3), (2, 2)]).assign(person_id=["P1#1"] * 2 + ["P1#2"] * 2 + ["P2#1"] * 2)
    scores = score_responses(table, FORMS)
    assert person_of(scores["person_id"]).tolist() == ["P1", "P1", "P2"]
    assert person_scores(scores).set_index("person_id")["score"].to_dict() == {"P1": 4, "P2": 4}
    people = pd.DataFrame({"cohort": "one", "person_id": ["P1", "P2"], "arm": ["a", "b"]})
    described = describe_scores(scores, people).set_index(["cohort", "arm"])
    assert described["n"].to_dict() == {("all", "all"): 2, ("all", "a"): 1, ("all", "b"): 1}
    assert described.loc[("all", "all"), ["mean", "median", "quartile_low"]].tolist() == [4, 4, 4]
    assert math.isnan(described.loc[("all", "a"), "sd"])


def test_descriptions_by_hand():
    scores = score_responses(responses([(1, 1), (1, 2), (2, 2), (3, 3)]), FORMS)
    people = pd.DataFrame({"cohort": "one", "person_id": [f"P{n}" for n in range(4)], "arm": "a"})
    (row,) = describe_scores(scores, people).to_dict("records")
    # 2 3 4 6: mean 15/4, SD sqrt(8.75/3), median 3.5, quartiles (linear) 2.75 and 4.5.
    assert (row["n"], row["mean"], row["median"], row["quartile_low"], row["quartile_high"]) == (
        4,
        3.75,
        3.5,
        2.75,
        4.5,
    )
    assert row["sd"] == pytest.approx(math.sqrt(8.75 / 3))


def test_nobody():
    table = responses(CROSSED).iloc[:0]
    scores = score_responses(table, FORMS)
    assert assess_quality(table, scores, FORMS).empty
    assert count_answers(table, FORMS).empty
    assert describe_scores(scores, pd.DataFrame({"cohort": [], "person_id": [], "arm": []}, dtype=object)).empty


def with_omega():
    """Three items that go together, for 60 people; drawn once, so the numbers stand."""
    drawn = np.random.default_rng(0)
    common = drawn.standard_normal((60, 1))
    return np.clip(np.round(2 + common + drawn.standard_normal((60, 3)) * 0.7), 1, 3)


THREE = Instrument.model_validate(
    FORM.model_dump(exclude_unset=True)
    | {
        "n_items": 3,
        "reverse": [3],
        "scales": [{"name": "total", "items": [1, 2, 3], "rule": "sum", "range": [3, 9], "higher_is": "better"}],
    }
)


def three(answers, **place):
    turned = np.array(answers, dtype=float) * [1, 1, -1] + [0, 0, 4]  # as on the form: the third is reversed
    return responses(turned.tolist(), **place)


def test_omega_with_its_interval():
    answers = with_omega()
    table, forms = three(answers), {"TRY": THREE}
    row = assess_quality(table, score_responses(table, forms), forms).iloc[0]
    expected = mcdonald_omega(answers)
    assert [row["omega"], row["omega_low"], row["omega_high"]] == [expected.omega, expected.low, expected.high]
    assert (row["note"], math.isnan(row["ordinal_alpha"])) == ("", True)
    asked = assess_quality(table, score_responses(table, forms), forms, ordinal=True).iloc[0]
    assert asked["ordinal_alpha"] == pytest.approx(ordinal_alpha(answers))
    assert asked["ordinal_alpha"] > asked["alpha"]


def test_two_items_have_no_omega():
    row = quality(responses(CROSSED)).loc["all", "before"]
    assert math.isnan(row["omega"])
    assert row["note"].endswith("omega needs at least three items")


def items(answers, doubtful=()):
    table, forms = three(answers), {"TRY": THREE}
    return describe_items(table, score_responses(table, forms, doubtful), forms).set_index("item")


def test_items_are_described_after_keying():
    answers = with_omega()
    answers[0, 2] = np.nan
    found = items(answers)
    assert found["n"].tolist() == [60, 60, 59]
    assert found["mean"].tolist() == pytest.approx(np.nanmean(answers, axis=0))
    assert found["sd"].tolist() == pytest.approx(np.nanstd(answers, axis=0, ddof=1))
    assert found["missing_share"].tolist() == pytest.approx([0, 0, 1 / 60])
    assert found["item_rest"].tolist() == pytest.approx(item_rest_correlations(answers))
    assert found["alpha_if_dropped"].tolist() == pytest.approx(alpha_if_dropped(answers))
    assert found["cohort"].unique().tolist() == ["all"]


@pytest.mark.parametrize(("people", "described", "judged"), [(9, 0, 0), (10, 3, 0), (19, 3, 0), (20, 3, 3)])
def test_items_of_few_people_are_withheld(people, described, judged):
    found = items(with_omega()[:people])
    assert (found["mean"].count(), found["sd"].count()) == (described, described)
    assert (found["item_rest"].count(), found["alpha_if_dropped"].count()) == (judged, judged)


def test_items_of_a_doubtful_key_are_not_judged():
    found = items(with_omega(), [("TRY", "total")])
    assert found["item_rest"].isna().all()
    assert found["mean"].notna().all()

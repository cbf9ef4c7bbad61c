"""Published results recomputed: the targets of the literature, and the arithmetic against R (published_r.R)."""

import json
from pathlib import Path

import pytest

from balint_eval.published import inference, read_published, recompute, reproduction_table
from balint_eval.published.inference import Arm
from balint_eval.published.intervals import Interval
from balint_eval.published.rows import folder

R = json.loads((Path(__file__).parent / "published_r.json").read_text(encoding="utf-8"))
SHARED = Path(__file__).parents[3] / "shared" / "published_results.csv"
MOMENTS = {
    "lemogne": ((125, 0.27, 8.00), (117, -2.36, 11.41)),
    "vaure": ((155, 1.5, 9.1), (144, -1.8, 10.8)),
    "cheng": ((70, 20.1, 8.3), (140, 22.6, 8.7)),
}


def exactly(value):
    return Interval(value, value)


def arms_of(name):
    return [Arm(n, exactly(mean), exactly(sd)) for n, mean, sd in MOMENTS[name]]


@pytest.fixture(scope="module")
def table():
    return reproduction_table(recompute(read_published()))


@pytest.fixture(scope="module")
def only(table):
    def find(study, check, **where):
        chosen = table[(table["study"] == study) & (table["check"] == check)]
        for column, value in where.items():
            chosen = chosen[chosen[column] == value]
        assert len(chosen) == 1
        return chosen.iloc[0]

    return find


@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder is not beside this repository")
def test_the_table_is_the_shared_one():
    assert (folder() / "published_results.csv").read_bytes() == SHARED.read_bytes()


@pytest.mark.parametrize("case", R["p_of_t"], ids=lambda case: f"t {case['t']}")
def test_p_of_t(case):
    assert inference.p_of_t(exactly(case["t"]), case["df"]).low == pytest.approx(case["p"], rel=1e-10)


@pytest.mark.parametrize("case", R["p_of_f"], ids=lambda case: f"F {case['f']}")
def test_p_of_f(case):
    assert inference.p_of_f(exactly(case["f"]), case["df1"], case["df2"]).high == pytest.approx(case["p"], rel=1e-10)


@pytest.mark.parametrize("name", MOMENTS)
def test_student_from_means(name):
    expected = R["from_means"][name]["student"]
    t, df = inference.student_t(*arms_of(name))
    assert (t.low, df) == (pytest.approx(expected["t"], rel=1e-10), expected["df"])
    assert t.high == pytest.approx(t.low, rel=1e-12)


@pytest.mark.parametrize("name", MOMENTS)
def test_welch_from_means(name):
    expected = R["from_means"][name]["welch"]
    t, df = inference.welch_t(*arms_of(name))
    assert (t.low, df.low) == pytest.approx((expected["t"], expected["df"]), rel=1e-10)
    assert inference.p_of_welch(*arms_of(name)).high == pytest.approx(expected["p"], rel=1e-9)


@pytest.mark.parametrize("case", R["mcnemar"], ids=lambda case: f"{case['fell']:g} and {case['rose']:g}")
def test_mcnemar(case):
    assert inference.mcnemar_exact(int(case["fell"]), int(case["rose"])) == pytest.approx(case["p"], rel=1e-12)


def test_every_row_has_a_verdict_and_a_reason(table):
    rows = read_published()
    assert sorted(set(table["row"])) == [row.line for row in rows]
    assert len(rows) == 162
    without = table[table["verdict"].isin(["not_recomputable", "used"])]
    assert (without["remark"] != "").all()
    bad = table[table["verdict"].isin(["inconsistent", "conditional", "last_digit"])]
    assert (bad["would_fit"] != "").all()
    assert (table[table["check"] != "none"]["remark"] != "").all()


def test_a_lemogne(table, only):
    tests = table[(table["study"] == "Lemogne 2020") & (table["kind"] == "test")]
    assert set(tests["verdict"]) == {"consistent"}
    assert len(tests) == 6
    found = only("Lemogne 2020", "t_from_means", comparison="Balint vs control")
    assert found["recomputed"] == pytest.approx(2.087, abs=5e-4)


def test_b_cheng_printed_240_for_140(table):
    tests = table[(table["study"] == "Cheng LL 2019") & (table["check"] == "t_from_means")]
    assert set(tests["verdict"]) == {"inconsistent"}
    assert len(tests) == 3
    assert tests["would_fit"].str.contains("exactly as printed: 140").all()


def test_c_du_vaure_fits_through_rounding_only(only):
    change = only("Buffel du Vaure 2017", "p_from_means", wave="change")
    assert change["verdict"] == "consistent"
    assert change["recomputed"] == pytest.approx(0.0045, abs=5e-5)
    assert change["recomputed_high"] == pytest.approx(0.0061, abs=5e-5)
    assert only("Buffel du Vaure 2017", "p_from_means", wave="post")["verdict"] == "consistent"


def test_d1_huang_one_of_eight(table, only):
    paired = table[(table["study"] == "Huang L 2020") & (table["comparison"] == "paired, within arm")]
    assert paired["verdict"].value_counts().to_dict() == {"consistent": 7, "inconsistent": 1}
    wrong = paired[paired["verdict"] == "inconsistent"].iloc[0]
    assert (wrong["arm"], wrong["outcome"], wrong["recomputed"]) == (
        "control", "depersonalisation", pytest.approx(0.0100, abs=5e-5),
    )  # fmt: skip
    assert "t = 2.579 to 2.605" in wrong["would_fit"]


def test_d2_huang_between_is_welch_in_one_row(table):
    between = table[(table["study"] == "Huang L 2020") & (table["comparison"] == "Balint vs control")]
    tests = between[between["check"] == "p_from_statistic"].set_index("outcome")
    assert (tests["verdict"] == "consistent").sum() == 3
    odd = tests.loc["emotional exhaustion"]
    assert odd["verdict"] == "conditional"
    assert odd["recomputed"] == pytest.approx(0.0118, abs=5e-5)
    assert "24.5 to 29.3 df" in odd["would_fit"]


def test_e_qu_two_minor_flags(table):
    tests = table[(table["study"] == "Qu/Shan 2024") & (table["check"] == "p_from_statistic")].set_index("outcome")
    assert tests["verdict"].to_dict() == {
        "personal accomplishment": "consistent", "emotional exhaustion": "last_digit",
        "depersonalisation": "last_digit", "general self-efficacy": "consistent",
    }  # fmt: skip


def test_f_antoun(only):
    found = only("Antoun 2023", "p_from_statistic")
    assert (found["verdict"], found["recomputed"]) == ("consistent", pytest.approx(0.0157, abs=5e-5))


def test_g_implausible(only, table):
    assert only("Song 2022", "size", outcome="emotional exhaustion")["recomputed"] == pytest.approx(-6.97, abs=5e-3)
    assert only("Song 2022", "size", outcome="empathy total")["recomputed"] == pytest.approx(2.54, abs=5e-3)
    zhang = table[(table["study"] == "Zhang 2024") & (table["check"] == "n_from_statistic")]
    assert set(zhang["verdict"]) == {"implausible"}
    assert set(zhang["would_fit"]) == {"no one n for the 2 tests of this study"}


def test_h_chauvel_any_usual_correlation_fits(only):
    found = only("Chauvel", "p_if_paired")
    assert found["verdict"] == "consistent"
    assert "0.13 to 1.00" in found["would_fit"]


def test_whole_list_of_what_does_not_fit(table):
    """No further row may be called inconsistent, and none of these fewer, without somebody noticing."""
    wrong = table[table["verdict"].isin(["inconsistent", "conditional", "last_digit"])]
    assert sorted(zip(wrong["row"], wrong["check"], strict=True)) == [
        (45, "p_from_statistic"), (45, "t_from_means"), (48, "t_from_means"), (51, "t_from_means"),
        (57, "p_from_statistic"), (60, "p_from_statistic"), (71, "p_from_statistic"), (72, "p_from_statistic"),
        (89, "people_behind_percent"), (113, "whole_scores"), (114, "whole_scores"), (123, "p_from_counts"),
    ]  # fmt: skip
    assert table[table["decision_error"]]["row"].tolist() == [123]

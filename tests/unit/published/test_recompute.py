"""Recomputing a table of one's own: planted faults are found, true tables are left alone."""

import csv
from dataclasses import fields
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from balint_eval.cli import main
from balint_eval.errors import DataError
from balint_eval.published import inference, read_published, recompute
from balint_eval.published.granularity import counts_behind_percent, has_power, squares_behind_sd, sums_behind_mean
from balint_eval.published.inference import Arm
from balint_eval.published.intervals import Interval, around, printed
from balint_eval.published.page import published_page, summarise
from balint_eval.published.rows import COLUMNS, PublishedRow
from balint_eval.tables import read_table

BLANK = dict.fromkeys(field.name for field in fields(PublishedRow)) | dict.fromkeys(COLUMNS, "")


def row(line=2, **cells):
    return PublishedRow(**(BLANK | {"line": line, "study": "Made 2030"} | cells))


def means(line, arm, n, mean, sd, **cells):
    return row(line, statistic_kind="mean_sd", arm=arm, n=str(n), outcome="empathy", wave="post", mean=mean, sd=sd,
               decimals=str(len(mean.partition(".")[2])), **cells)  # fmt: skip


def a_test(line=4, **cells):
    return row(line, **({"statistic_kind": "test", "outcome": "empathy", "wave": "post", "stat_name": "t",
                         "comparison": "Balint vs control", "decimals": "3"} | cells))  # fmt: skip


def verdicts(*rows):
    return {(check.row.line, check.check): check.verdict for check in recompute(rows)}


def test_rounding_is_half_of_the_last_digit():
    assert printed("0.016") == Interval(0.0155, 0.0165)
    assert printed("<0.001") == Interval(0.0, 0.001)
    assert around(20.0, 0) == Interval(19.5, 20.5)
    assert around(8.0, 2, 1.0) == Interval(7.99, 8.01)
    assert printed("0.740").meets(Interval(0.7405, 0.8))
    assert not printed("0.740").meets(Interval(0.74051, 0.8))


@given(st.integers(8, 60), st.integers(8, 60), st.integers(0, 2**32 - 1), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_true_results_printed_rounded_are_never_called_inconsistent(n_first, n_second, seed, decimals):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(100, 12, n_first), rng.normal(97, 9, n_second)
    t, p = stats.ttest_ind(first, second)
    shown = [(f"{x.mean():.{decimals}f}", f"{x.std(ddof=1):.{decimals}f}") for x in (first, second)]
    found = verdicts(
        means(2, "Balint", n_first, *shown[0]), means(3, "control", n_second, *shown[1]),
        a_test(stat_value=f"{t:.3f}", p_printed=f"{p:.3f}"),
    )  # fmt: skip
    assert found[4, "t_from_means"] == "consistent"
    assert found[4, "p_from_statistic"] == "consistent"


def test_a_planted_sd_is_found():
    found = verdicts(
        means(2, "Balint", 20, "110.0", "10.0"), means(3, "control", 20, "100.0", "10.0"), a_test(stat_value="3.162"),
        )  # fmt: skip
    assert found[4, "t_from_means"] == "consistent"
    wrong = verdicts(
        means(2, "Balint", 20, "110.0", "16.0"), means(3, "control", 20, "100.0", "10.0"), a_test(stat_value="3.162"),
        )  # fmt: skip
    assert wrong[4, "t_from_means"] == "inconsistent"


def test_a_decision_that_turns_is_said():
    (check,) = recompute([a_test(stat_value="1.90", decimals="2", df1="20", p_printed="0.04")])
    assert (check.verdict, check.decision_error) == ("inconsistent", True)
    assert "t = 2.139 to 2.262 with 20 df" in check.would_fit
    (check,) = recompute([a_test(stat_value="1.90", decimals="2", df1="20", p_printed="0.2")])
    assert (check.verdict, check.decision_error) == ("inconsistent", False)


def test_a_p_below_a_bound():
    assert verdicts(a_test(stat_value="4.10", decimals="2", df1="20", p_printed="<0.001"))[4, "p_from_statistic"] == (
        "consistent"
    )
    assert verdicts(a_test(stat_value="2.10", decimals="2", df1="20", p_printed="<0.001"))[4, "p_from_statistic"] == (
        "inconsistent"
    )


@given(st.floats(5, 15), st.floats(5, 15), st.integers(5, 40), st.integers(5, 40))
@settings(max_examples=40, deadline=None)
def test_intervals_hold_every_value_inside(sd_first, sd_second, n_first, n_second):
    """Interval arithmetic against a grid of the inputs, the second way to get the same."""
    sides = [Arm(n_first, around(20.0, 1), around(sd_first, 1)), Arm(n_second, around(17.0, 1), around(sd_second, 1))]
    t, df = inference.student_t(*sides)
    welch, p = inference.welch_t(*sides), inference.p_of_welch(*sides)
    grid = [(x.low, x.middle, x.high) for side in sides for x in (side.mean, side.sd)]
    seen = []
    for m1, s1, m2, s2 in product(*grid):
        seen.append(stats.ttest_ind_from_stats(m1, s1, n_first, m2, s2, n_second).statistic)
        other = stats.ttest_ind_from_stats(m1, s1, n_first, m2, s2, n_second, equal_var=False)
        assert welch[0].low - 1e-9 <= other.statistic <= welch[0].high + 1e-9
        assert p.low - 1e-9 <= other.pvalue <= p.high + 1e-9
        errors = s1**2 / n_first, s2**2 / n_second
        df_here = sum(errors) ** 2 / (errors[0] ** 2 / (n_first - 1) + errors[1] ** 2 / (n_second - 1))
        assert welch[1].low - 1e-9 <= df_here <= welch[1].high + 1e-9
    assert (min(seen), max(seen)) == pytest.approx((t.low, t.high))
    assert df == n_first + n_second - 2


def test_correlation_and_n_of_a_paired_t_are_each_other():
    before, after = Arm(30, around(50.0, 9), around(8.0, 9)), Arm(30, around(54.0, 9), around(9.0, 9))
    spread = np.sqrt(64 + 81 - 2 * 0.6 * 72)
    t = around(4.0 / (spread / np.sqrt(30)), 9)
    assert inference.correlation_of_paired_t(before, after, t, 30).middle == pytest.approx(0.6, abs=1e-6)
    assert inference.n_of_paired_t(before, after, t, 0.6).middle == pytest.approx(30, abs=1e-5)


@pytest.mark.parametrize(("p", "low", "high"), [("0.013", 24.5, 29.3)])
def test_degrees_of_freedom_of_a_p(p, low, high):
    found = inference.df_of_p(printed("2.662"), printed(p), 17, 34)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05)
    assert inference.p_of_t(printed("2.662"), found.low).low == pytest.approx(0.0135, abs=1e-9)
    assert inference.df_of_p(printed("2.662"), printed("0.5"), 17, 34) is None


def test_f_and_t_of_p_turn_round():
    assert inference.p_of_f(inference.f_of_p(Interval(0.2, 0.3), 1, 40), 1, 40) == Interval(
        pytest.approx(0.2), pytest.approx(0.3)
    )
    assert inference.p_of_t(inference.t_of_p(Interval(0.02, 0.03), 12), 12).low == pytest.approx(0.02)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=15))
def test_whole_scores_always_pass(scores):
    n, total = len(scores), sum(scores)
    mean, sd = around(round(np.mean(scores), 2), 2), around(round(np.std(scores, ddof=1), 2), 2)
    assert total in sums_behind_mean(mean, n)
    assert squares_behind_sd(Interval(max(sd.low, 0.0), sd.high), total, n)


def test_grim_and_grimmer_by_hand():
    # Brown and Heathers' own example: no 28 whole scores have the mean 5.19 (145/28 = 5.18, 146/28 = 5.21).
    assert len(sums_behind_mean(around(5.19, 2), 28)) == 0
    assert list(sums_behind_mean(around(5.18, 2), 28)) == [145]
    assert has_power(around(5.19, 2), 28)
    assert not has_power(around(5.19, 2), 100)
    # Two whole numbers with sum 3 lie 1, 3, 5 ... apart: SDs .71, 2.12, 3.54, never 1.41.
    assert squares_behind_sd(around(0.71, 2), 3, 2)
    assert not squares_behind_sd(around(1.41, 2), 3, 2)
    assert squares_behind_sd(around(2.12, 2), 3, 2)


def test_people_behind_a_percentage():
    assert list(counts_behind_percent(around(7.1, 1), 70)) == [5]
    assert len(counts_behind_percent(around(4.4, 1), 70)) == 0
    assert list(counts_behind_percent(around(20, 0), 140)) == [28]
    found = verdicts(row(2, statistic_kind="percent", n="9", stat_name="percent", stat_value="40", decimals="0"))
    assert found == {(2, "people_behind_percent"): "inconsistent"}


def test_parts_that_do_not_add_up():
    rows = [
        row(line, statistic_kind="count", arm=arm, stat_name="n_analysed", stat_value=n, decimals="0")
        for line, arm, n in ((2, "all", "31"), (3, "Balint", "16"), (4, "control", "14"))
    ]
    found = recompute(rows)
    assert [(check.verdict, check.would_fit) for check in found[:1]] == [("inconsistent", "30")]
    assert {check.verdict for check in found[1:]} == {"used"}


def test_an_interval_that_is_not_even_about_its_effect():
    rows = [
        row(2, statistic_kind="effect", outcome="empathy", stat_name="SMD", stat_value="0.50", decimals="2"),
        row(3, statistic_kind="ci", outcome="empathy", stat_name="SMD_low95", stat_value="0.10", decimals="2"),
        row(4, statistic_kind="ci", outcome="empathy", stat_name="SMD_high95", stat_value="0.99", decimals="2"),
    ]
    assert verdicts(*rows)[2, "middle_of_interval"] == "inconsistent"


def test_the_spread_of_one_that_rounding_swallows_is_no_input():
    found = verdicts(
        means(2, "Balint", 20, "1.0", "0.0"), means(3, "control", 20, "1.0", "0.0"), a_test(stat_value="1")
    )
    assert found == {(2, "none"): "used", (3, "none"): "used", (4, "none"): "not_recomputable"}


@pytest.fixture
def written(tmp_path):
    def write(rows, header=COLUMNS):
        path = tmp_path / "mine.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def test_a_table_of_ones_own(written, tmp_path, capsys):
    path = written([
        {"study": "Made 2030", "statistic_kind": "test", "stat_name": "t", "stat_value": "1.90", "df1": "20",
         "p_printed": "0.04", "decimals": "2"}])  # fmt: skip
    assert main(["reproduce", str(path), "--output", str(tmp_path / "out.csv")]) == 0
    said = capsys.readouterr().out
    assert "1 published numbers, 1 checks" in said
    assert "different sides of .05" in said
    assert read_table(tmp_path / "out.csv", "reproduction")["verdict"].tolist() == ["inconsistent"]


def test_every_problem_of_a_table_is_said_at_once(written):
    path = written([
        {"study": "A", "statistic_kind": "guess"},
        {"study": "A", "statistic_kind": "mean_sd", "mean": "1,5", "n": "1.5"},
        {"study": "A", "statistic_kind": "p_only", "p_printed": "n.s."}])  # fmt: skip
    with pytest.raises(DataError) as error:
        read_published(path)
    found = [(problem.row, problem.column) for problem in error.value.problems]
    assert found == [(2, "statistic_kind"), (3, "n"), (3, "mean"), (3, "sd"), (4, "p_printed")]


@pytest.mark.parametrize(
    ("content", "code"), [(None, "IN-MISSING"), (b"study,doi\n", "HD-MISSING"), (b"\xff\xfe", "IN-ENCODING")]
)
def test_a_table_that_cannot_be_read(tmp_path, content, code):
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_published(path)
    assert {problem.code for problem in error.value.problems} == {code}


def test_a_ragged_row(written):
    path = written([])
    path.write_text(path.read_text(encoding="utf-8") + "A,B\n\n", encoding="utf-8")
    with pytest.raises(DataError, match="this row has 2 cells"):
        read_published(path)


def test_page_and_lines_say_the_same():
    checks = recompute(read_published())
    page, lines = published_page(checks), summarise(checks)
    flagged = [
        check for check in checks if check.verdict in {"inconsistent", "implausible", "conditional", "last_digit"}
    ]
    assert len(lines) == 1 + 7 + len(flagged)
    body = page.split("## What does not fit")[1].split("## What fits")[0]
    assert body.count("\n| ") == len(flagged) + 2

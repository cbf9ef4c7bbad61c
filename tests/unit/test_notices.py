"""What a reader must know of scores and comparisons: each with its code, its place and its numbers."""

import pandas as pd
import pytest

from balint_eval.assumptions import count_edges
from balint_eval.cohort_stages import ingest_all, score
from balint_eval.comparisons import compare
from balint_eval.errors import DataError
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.kirkpatrick import list_outcomes
from balint_eval.merging import merge
from balint_eval.notices import list_notices
from balint_eval.quality import assess_quality
from balint_eval.study import read_study

KEY = bytes(range(32))
HEADER = ["code", "group", "q1", "q2", "q3", "said"]


def rows(name, wave, people=24):
    later = wave == "after"
    for n in range(people):
        second = 1 + (3 * n // 2 + later * (1 + n % 3)) % 5
        yield [f"{name}{n:03}", "abc"[n % 3], 1 + n % 5, second, 5 - (n // 2 + later) % 5, "a remark"]


@pytest.fixture
def study(folder):
    """Two cohorts of 24 people in three groups each; `answers` may be changed before `result`."""
    answers = {(name, wave): list(rows(name, wave)) for name in ("north", "south") for wave in ("before", "after")}
    folder.content["plan"] = {"imputations": 0}
    folder.content["cohorts"] = [
        {
            "name": name,
            "exports": [
                {
                    "file": f"{name}_{wave}.csv", "platform": "plain", "wave": wave, "person_id": "code",
                    "group": "group", "comments": ["said"], "items": [{"instrument": "TRY", "columns": "q{item}"}],
                }
                for wave in ("before", "after")
            ],
        }
        for name in ("north", "south")
    ]  # fmt: skip
    folder.answers = answers

    def result():
        for (name, wave), given in answers.items():
            folder.rows(f"{name}_{wave}.csv", *given, header=HEADER)
        file = read_study(folder.write())
        ingested = ingest_all(file, pseudonymiser(KEY))
        tables = merge([{**one.tables, **score(one.tables, file, cohort)} for cohort, one in ingested])
        scored = (tables["scores"], tables["participants"])
        outcomes = list_outcomes(file)
        comparisons, diagnostics = compare(*scored, outcomes, file.study, tables["links"])
        tables |= {"outcomes": outcomes, "comparisons": comparisons, "diagnostics": diagnostics}
        tables["quality"] = assess_quality(tables["responses"], tables["scores"], file.instruments)
        tables["edges"] = count_edges(*scored, outcomes, file.study)
        notices = list_notices(tables, file.instruments)
        return tables, {(notice.code, notice.what) for notice in notices}

    folder.result = result
    return folder


def of(code, notices):
    return sorted(what for found, what in notices if found == code)


def test_too_few_answers_give_a_blank_score_and_are_counted(study):
    for row in study.answers["south", "after"][:4]:
        row[2:4] = ["", ""]
    tables, notices = study.result()
    blank = tables["scores"][tables["scores"]["status"] == "too_few"]
    assert len(blank) == 4
    assert blank["score"].isna().all()
    assert of("SC-TOOFEW", notices) == [
        "south, after: 4 of 24 people answered too few items of TRY total for a score; it is blank, not 0 (at least 2 "
        "answers are needed)"
    ]


def test_a_form_that_nobody_answered_is_refused(study):
    for row in study.answers["south", "after"]:
        row[2:5] = ["", "", ""]
    with pytest.raises(DataError) as caught:
        study.result()
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.column) == ("SC-ALLMISSING", "south_after.csv", "q1 (C)")
    assert "nobody answered any item of TRY in any of the 24 rows" in problem.what
    assert "q1, q2, q3" in problem.mend


def test_one_answer_is_enough_not_to_refuse(study):
    for row in study.answers["south", "after"][1:]:
        row[2:5] = ["", "", ""]
    study.content["linkage"] = {"min_match_rate": 0}
    _, notices = study.result()
    assert of("AN-N1", notices) == ["south: not estimable for TRY total: 1 pair"]


def test_a_scale_of_the_outcomes_that_nobody_answered_is_refused(study):
    scales = study.content["own_instruments"][0]["scales"]
    part = {"name": "part", "items": [1], "rule": "sum", "range": [1, 5], "higher_is": "better"}
    study.content["own_instruments"][0]["scales"] = [*scales, part]
    for row in study.answers["south", "after"]:
        row[2] = ""
    tables, notices = study.result()
    assert tables["scores"].query("scale == 'part' and cohort == 'south' and wave == 'after'")["score"].isna().all()
    assert any(what.startswith("south, after: 24 of 24 people") for what in of("SC-TOOFEW", notices))
    study.content["outcomes"].append({"instrument": "TRY", "scale": "part"})
    with pytest.raises(DataError, match=r"SC-ALLMISSING: south_after.csv, column q1 .*any item of TRY part in any of"):
        study.result()


def test_one_pair_is_not_estimable_and_nothing_is_infinite(study):
    study.answers["south", "after"] = study.answers["south", "after"][:1]
    study.content["linkage"] = {"min_match_rate": 0}
    tables, notices = study.result()
    assert of("AN-N1", notices) == ["south: not estimable for TRY total: 1 pair"]
    south = tables["comparisons"].query("cohort == 'south'")
    assert len(south)
    assert (south["n_paired"] == 1).all()
    assert south[["estimate", "p_value", "std_error", "conf_low", "effect"]].isna().all(axis=None)
    assert (south["note"] != "").all()
    numbers = tables["comparisons"].select_dtypes("number")
    assert not numbers.isin([float("inf"), float("-inf")]).any(axis=None)


def test_a_cohort_without_pairs_changes_no_other(study):
    study.content["cohorts"][1]["exports"].pop()
    tables, notices = study.result()
    assert of("AN-N0", notices) == ["south: no pairs of TRY total; its people are in no test of a change"]
    study.content["cohorts"].pop()
    alone, _ = study.result()
    columns = ["contrast", "method", "n_paired", "estimate", "std_error", "p_value", "conf_low", "conf_high"]
    with_south = tables["comparisons"].query("cohort == 'north'").set_index("method")[columns[2:]]
    by_itself = alone["comparisons"].query("cohort == 'all'").set_index("method")[columns[2:]]
    pd.testing.assert_frame_equal(with_south, by_itself.loc[with_south.index])


def test_changes_that_are_all_equal_have_no_p_value(study):
    for name in ("north", "south"):
        for row in study.answers[name, "before"]:
            row[3] = min(4, row[3])
        study.answers[name, "after"] = [[*row[:3], row[3] + 1, *row[4:]] for row in study.answers[name, "before"]]
    tables, notices = study.result()
    assert of("AN-ZEROVAR", notices) == [
        f"{name}: all people changed alike on TRY total; no p-value and no effect size"
        for name in ("all", "north", "south")
    ]
    rows = tables["comparisons"]
    assert rows["p_value"].isna().all()
    assert rows["effect"].isna().all()
    assert (rows.query("method == 'change_cr2'")["estimate"] == 1).all()


def test_a_ceiling_is_told_with_its_share(study):
    for name in ("north", "south"):
        for n, row in enumerate(study.answers[name, "before"]):
            row[2:5] = [5, 5 - (n % 4 == 0), 1]
        for row in study.answers[name, "after"]:
            row[2:5] = [5, 5, 1]
    _, notices = study.result()
    assert of("WARN-CEILING", notices) == [
        "after: 100 % have the best possible TRY total", "before: 75 % have the best possible TRY total",
    ]  # fmt: skip


def test_one_group_gets_the_paired_test_and_no_mixed_model(study):
    study.content["cohorts"].pop()
    for wave in ("before", "after"):
        for row in study.answers["north", wave]:
            row[1] = "a"
    tables, notices = study.result()
    assert of("AN-ONEGROUP", notices) == ["all: no mixed model for TRY total: one group; the paired test is given"]
    rows = tables["comparisons"].set_index("method")
    assert pd.isna(rows.loc["mixed_model", "estimate"])
    assert rows.loc["paired_t", "p_value"] > 0


def test_group_variance_at_zero_is_said_and_the_effect_is_the_mean_change(study):
    tables, notices = study.result()
    at_zero = of("WARN-BOUNDARY", notices)
    assert at_zero
    assert all("estimated as zero in the mixed model: variance of group" in what for what in at_zero)
    rows = tables["comparisons"].query("cohort == 'north'").set_index("method")
    assert rows.loc["mixed_model", "estimate"] == pytest.approx(rows.loc["paired_t", "estimate"], abs=1e-8)


def test_alpha_is_withheld_for_few_people(study):
    for key in study.answers:
        study.answers[key] = study.answers[key][:6]
    _, notices = study.result()
    assert any("before: TRY total: " in what for what in of("WARN-ALPHA", notices))


def test_names_of_groups_are_never_numbers(study):
    tables, _ = study.result()
    for given in study.answers.values():
        for row in given:
            row[1] = {"a": "16", "b": "2", "c": "7"}[row[1]]
    renamed, _ = study.result()
    numbers = tables["comparisons"].columns.drop("note")
    pd.testing.assert_frame_equal(renamed["comparisons"][numbers], tables["comparisons"][numbers])


def test_people_who_left_have_no_later_score(study):
    study.answers["south", "after"] = study.answers["south", "after"][:16]
    tables, _ = study.result()
    flow = tables["flow"].query("cohort == 'south'").set_index("reason")["rows"]
    assert (flow["pre_only"].sum(), flow["paired"].sum()) == (8, 16)
    later = tables["scores"].query("cohort == 'south' and wave == 'after'")
    assert len(later) == 16
    assert (tables["comparisons"].query("cohort == 'south' and method == 'paired_t'")["n_paired"] == 16).all()

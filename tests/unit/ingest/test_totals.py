"""Totals in an export: numbers of the rows used, refused with their place where they are none, never a score."""

import math

import pytest

from balint_eval.errors import DataError, StudyError
from balint_eval.pipeline import evaluate

HEADER = ["code", "q1", "q2", "q3", "sum"]
AFTER = [["A1", 2, 2, 3], ["A2", 2, 3, 3], ["A3", 5, 5, 1]]
# q3 is reversed: the sums by the key are 1+2+3, 2+2+3 and 5+4+5.
BEFORE = [["A1", 1, 2, 3, "6"], ["A2", 2, 2, 3, " 7 "], ["A3", 5, 4, 1, "۱۴"]]


@pytest.fixture
def made(folder):
    def make(rows, **items):
        folder.items(0).update(totals=[{"column": "sum"}], **items)
        folder.rows("before.csv", *rows, header=HEADER)
        folder.rows("after.csv", *AFTER)
        return folder

    return make


def read(folder):
    table = folder.ingest().tables["totals"]
    return table.sort_values("source_row")[["wave", "instrument", "scale", "value", "source_file", "source_row"]]


def test_totals_are_read_beside_the_answers(made):
    folder = made(BEFORE)
    assert read(folder).to_numpy().tolist() == [
        ["before", "TRY", "total", 6.0, "before.csv", 2],
        ["before", "TRY", "total", 7.0, "before.csv", 3],
        ["before", "TRY", "total", 14.0, "before.csv", 4],
    ]
    table = folder.ingest().tables["totals"]
    assert set(table["source_column"]) == {"sum"}
    assert "A1" not in table.to_string()
    responses = folder.ingest().tables["responses"]
    assert set(table["person_id"]) <= set(responses["person_id"])


def test_without_totals_the_table_is_empty(folder):
    assert folder.waves([row[:4] for row in BEFORE], AFTER).ingest().tables["totals"].empty


def test_blank_and_missing_totals_are_left_out(made):
    rows = [["A1", 1, 2, 3, ""], ["A2", 2, 2, 3, "-99"], ["A3", 5, 4, 1, "14,5"]]
    assert read(made(rows, missing_codes=["-99"]))["value"].tolist() == [14.5]


@pytest.mark.parametrize("text", ["fourteen", "14 points", "1.2E+12", "=SUM(B2:D2)", "#REF!", "14;5", "1.234.5"])
def test_a_total_that_is_no_number_is_refused_with_its_place(made, text):
    rows = [*BEFORE[:2], ["A3", 5, 4, 1, text]]
    with pytest.raises(DataError) as error:
        made(rows).ingest()
    (problem,) = error.value.problems
    assert (problem.code, problem.file, problem.row, problem.column) == ("VAL-TOTAL", "before.csv", 4, "sum (E)")
    assert "leave the column out of totals:" in problem.mend


def test_a_total_of_nobodys_answers_is_counted_and_not_compared(made):
    rows = [*BEFORE, ["A4", "", "", "", "9"]]
    ingested = made(rows).ingest()
    assert len(ingested.tables["totals"]) == 3
    said = "1 row has a total in the column sum and no answer to any item of TRY"
    assert said not in " ".join(ingested.tables["sources"]["notes"])  # the row itself is left out and counted
    assert ingested.tables["flow"].query("reason == 'no_answers'")["rows"].tolist() == [1]


def test_a_total_of_a_row_with_a_comment_only_is_noted(folder):
    folder.items(0)["totals"] = [{"column": "sum"}]
    folder.export(0)["comments"] = ["more"]
    rows = [[*row, ""] for row in BEFORE] + [["A4", "", "", "", "9", "fine"], ["A5", "", "", "", "8", "good"]]
    folder.rows("before.csv", *rows, header=[*HEADER, "more"])
    folder.rows("after.csv", *AFTER)
    ingested = folder.ingest()
    said = "2 rows have a total in the column sum and no answer to any item of TRY; it is not compared."
    assert said in " ".join(ingested.tables["sources"]["notes"])
    assert len(ingested.tables["totals"]) == 3


def test_totals_of_people_not_enrolled_or_kept_are_not_used(made):
    folder = made([*BEFORE, ["A1", 1, 1, 1, "7"]])
    folder.content["linkage"] = {"duplicates": "first"}
    assert read(folder)["source_row"].tolist() == [2, 3, 4]


def test_totals_of_a_file_with_several_waves_in_one_row(folder):
    header = ["code", *(f"{wave}{n}" for wave in "ab" for n in (1, 2, 3)), "asum", "bsum"]
    rows = [[*first[:4], *second[1:], first[4], 9] for first, second in zip(BEFORE, AFTER, strict=True)]
    folder.rows("both.csv", *rows, header=header)
    export = {"file": "both.csv", "platform": "plain", "person_id": "code"}
    for letter, wave in (("a", "before"), ("b", "after")):
        columns, totals = f"{letter}{{item}}", [{"column": f"{letter}sum"}]
        items = {"instrument": "TRY", "columns": columns, "waves": [wave], "totals": totals}
        export.setdefault("items", []).append(items)
    folder.cohort["exports"] = [export]
    table = folder.ingest().tables["totals"].sort_values(["wave", "source_row"])
    assert table[["wave", "value", "source_column"]].to_numpy().tolist() == [
        *(["after", 9.0, "bsum"] for _ in AFTER),
        *(["before", float(value), "asum"] for value in (6, 7, 14)),
    ]


def test_a_total_that_is_not_there(made):
    folder = made(BEFORE)
    folder.items(0)["totals"] = [{"column": "summ"}]
    with pytest.raises(DataError, match=r"HD-MISSING.*the nearest header is 'sum'"):
        folder.ingest()


@pytest.mark.parametrize(
    ("totals", "says"),
    [
        ([{"column": "sum", "scale": "totel"}], "there is no scale of TRY 'totel'"),
        ([{"column": "q2"}], "the column 'q2' is named as an item and as a total of TRY"),
        ([{"column": "sum"}, {"column": "other"}], "two totals are given for the scale total of TRY"),
    ],
)
def test_contradictions_in_the_study_file(folder, totals, says):
    folder.items(0)["totals"] = totals
    with pytest.raises(StudyError) as error:
        folder.read()
    assert [problem.what for problem in error.value.problems] == [says]


def test_a_wrong_total_withholds_the_score_until_it_is_accepted(made):
    wrong = [[*row[:4], total] for row, total in zip(BEFORE, (6, 8, 14), strict=True)]
    folder = made(wrong)
    tables = evaluate(folder.write(), key=bytes(range(32))).tables
    finding = tables["findings"].query("code == 'DOC-TOTAL'").iloc[0]
    assert finding[["severity", "wave", "people"]].tolist() == ["refuse", "before", 1]
    assert "row 3 of before.csv" in finding["seen"]
    assert set(tables["scores"]["status"]) == {"doubtful_key"}
    assert len(tables["totals"]) == 3
    folder.items(0)["accept"] = ["DOC-TOTAL"]
    scores = evaluate(folder.write(), key=bytes(range(32))).tables["scores"].query("wave == 'before'")
    assert sorted(scores["score"]) == [6, 7, 14]
    assert not any(math.isnan(score) for score in scores["score"])

"""Rows: columns found by name or place, waves, dates, and the reason why a row is left out."""

import pytest

from balint_eval.errors import DataError

BEFORE = [["A1", 1, 2, 3], ["A2", 2, 2, 3]]
AFTER = [["A1", 2, 2, 3], ["A2", 3, 2, 3]]
CANARY = "jane.canary@mail.org"


@pytest.fixture
def refused(folder):
    def read():
        before = folder.snapshot()
        folder.write()
        with pytest.raises(DataError) as caught:
            folder.ingest()
        assert caught.value.exit_code == 3
        assert {k: v for k, v in folder.snapshot().items() if k != "study.yaml"} == {
            k: v for k, v in before.items() if k != "study.yaml"
        }
        for problem in caught.value.problems:
            assert problem.file, problem
            assert problem.mend, problem
            assert CANARY not in str(problem)
            assert "canary" not in str(problem)
        return list(caught.value.problems)

    return read


def places(problems):
    return [(p.code, p.file, p.row, p.column) for p in problems]


def test_missing_column_with_the_nearest(folder, refused):
    folder.waves(BEFORE, AFTER)
    folder.rows("after.csv", *AFTER, header=["code", "q1", "q_2", "q3"])
    (problem,) = refused()
    assert places([problem]) == [("HD-MISSING", "after.csv", 1, "q2")]
    assert "nearest header is 'q_2'" in problem.what


def test_all_missing_columns_of_all_files_at_once(folder, refused):
    folder.waves([["A1", 1]], [["A1", 2]], header=["person", "q1"])
    assert [p.column for p in refused()] == ["code", "q2"] * 2


def test_columns_by_place(folder):
    folder.waves(BEFORE, AFTER)
    folder.items(0)["columns"] = ["@D", "@B", "@C"]
    values = folder.ingest().tables["responses"].query("wave == 'before'")["value"].tolist()
    assert sorted(values) == [1, 2, 2, 2, 3, 3]
    folder.items(0)["columns"] = ["@E", "@B", "@C"]
    with pytest.raises(DataError, match="HD-MISSING"):
        folder.ingest()


@pytest.mark.parametrize("header", [" q1", "q1\n", "q\u200b1", "<b>q1</b>", "q1\u00a0"])
def test_headers_after_tidying(folder, header):
    folder.waves(BEFORE, AFTER)
    folder.rows("after.csv", *AFTER, header=["code", header, "q2", "q3"])
    assert len(folder.ingest().tables["responses"]) == 12


def test_columns_in_another_order_give_the_same(folder, new_folder):
    one = folder.waves(BEFORE, AFTER).ingest()
    other = new_folder("other")
    turned = [[row[i] for i in (2, 0, 3, 1)] for row in BEFORE]
    other.waves(BEFORE, AFTER).rows("before.csv", *turned, header=["q2", "code", "q3", "q1"])
    assert one.tables["responses"].equals(other.ingest().tables["responses"])


def test_unknown_columns_are_ignored_and_counted(folder):
    folder.waves([[*row, CANARY] for row in BEFORE], AFTER)
    folder.rows("before.csv", *[[*row, CANARY] for row in BEFORE], header=[*folder.header, "mail"])
    folder.rows("after.csv", *AFTER)
    ingested = folder.ingest()
    assert ingested.tables["sources"].set_index("file")["columns_ignored"].to_dict() == {
        "before.csv": 1,
        "after.csv": 0,
    }
    assert not any(CANARY in table.to_csv() for table in ingested.tables.values())


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u200c"])
def test_blank_ids_are_refused_and_never_joined(folder, refused, blank):
    folder.waves([*BEFORE, [blank, 1, 1, 1], [blank, 2, 2, 2]], [*AFTER, [blank, 1, 1, 1], [blank, 2, 2, 2]])
    assert places(refused()) == [
        ("LK-BLANK", "before.csv", 4, "code (A)"),
        ("LK-BLANK", "before.csv", 5, "code (A)"),
        ("LK-BLANK", "after.csv", 4, "code (A)"),
        ("LK-BLANK", "after.csv", 5, "code (A)"),
    ]


@pytest.mark.parametrize(
    ("raw", "code"),
    [("1.23457E+12", "VAL-SCI"), ("1,2E+05", "VAL-SCI"), ("2026-04-03", "VAL-IDDATE"), ("03-Apr", "VAL-IDDATE"),
     ("Mar-01", "VAL-IDDATE"), ("2026-04-03 00:00:00", "VAL-IDDATE")],
)  # fmt: skip
def test_ids_a_spreadsheet_spoilt(folder, refused, raw, code):
    folder.waves([*BEFORE, [raw, 1, 1, 1]], AFTER)
    (problem,) = refused()
    assert places([problem]) == [(code, "before.csv", 4, "code (A)")]
    assert raw not in str(problem)


@pytest.mark.parametrize("raw", ["1E5", "12E3", "TRUE", "3-4", "MAR1", "NA", "00000000"])
def test_ids_that_only_look_odd(folder, raw):
    folder.waves([*BEFORE, [raw, 1, 1, 1]], [*AFTER, [raw, 1, 1, 2]])
    assert len(folder.ingest().tables["participants"]) == 3


def waved(folder, values):
    del folder.export(0)["wave"]
    folder.cohort["exports"] = [folder.export(0)]
    folder.export(0)["wave_from"] = {"column": "event", "values": values}
    rows = [["first", *row] for row in BEFORE] + [["second", *row] for row in AFTER] + [["base", "A1", "", "", ""]]
    folder.rows("before.csv", *rows, header=["event", *folder.header])


def test_wave_column(folder):
    waved(folder, [{"value": "first", "wave": "before"}, {"value": "second", "wave": "after"}, {"value": "base"}])
    flow = folder.ingest().tables["flow"].set_index(["wave", "file", "reason"])["rows"].to_dict()
    assert flow["", "before.csv", "other_wave"] == 1
    assert flow["before", "before.csv", "used"] == flow["after", "before.csv", "used"] == 2
    assert flow["after", "", "paired"] == 2


def test_wave_value_that_is_not_declared(folder, refused):
    waved(folder, [{"value": "first", "wave": "before"}, {"value": "base"}])
    (problem,) = refused()
    assert places([problem]) == [("VAL-WAVE", "before.csv", 4, "event (A)")]
    assert problem.value == "second"


def test_rows_without_answers_and_with_only_missing_codes(folder):
    folder.items(0)["missing_codes"] = ["-9"]
    folder.waves([*BEFORE, ["A3", "", "", ""], ["A4", -9, -9, -9], ["", "", " ", ""]], AFTER)
    ingested = folder.ingest()
    flow = ingested.tables["flow"].set_index(["wave", "file", "reason"])["rows"].to_dict()
    assert flow["before", "before.csv", "received"] == 4  # the blank row is the reader's
    assert flow["before", "before.csv", "no_answers"] == 2
    assert ingested.tables["responses"]["person_id"].nunique() == 2


def test_a_comment_alone(folder):
    folder.export(0)["comments"] = ["said"]
    rows = [[*BEFORE[0], "good"], [*BEFORE[1], ""], ["A3", "", "", "", "alone"]]
    folder.rows("before.csv", *rows, header=[*folder.header, "said"])
    folder.rows("after.csv", *AFTER)
    ingested = folder.ingest()
    flow = ingested.tables["flow"].set_index(["wave", "file", "reason"])["rows"].to_dict()
    assert flow["before", "before.csv", "comment_only"] == 1
    assert ingested.comments.to_dict("list") == {"wave": ["before", "before"], "comment": ["alone", "good"]}
    assert not any("good" in table.to_csv() for table in ingested.tables.values())


def test_nothing_left(folder, refused):
    folder.waves([["A1", "", "", ""]], AFTER)
    (problem,) = refused()
    assert (problem.code, problem.file) == ("IN-NOBODY", "before.csv")
    assert "1 without answers" in problem.what


def dated(folder, *dates, **export):
    folder.export(0).update(answered_on="day", **export)
    rows = [[*row, day] for row, day in zip(BEFORE, dates, strict=True)]
    folder.rows("before.csv", *rows, header=[*folder.header, "day"])
    folder.rows("after.csv", *AFTER)


@pytest.mark.parametrize("day", ["01/02/2026", "1403/13/12", "2026-02-30", "2126-01-01", "31.12.2025", CANARY])
def test_dates_are_never_guessed(folder, refused, day):
    dated(folder, "2026-01-01", day)
    (problem,) = refused()
    assert places([problem]) == [("VAL-DATE", "before.csv", 3, "day (E)")]
    assert CANARY not in str(problem)


def test_declared_dates_in_any_order(folder):
    dated(folder, "01/02/2026", "13/02/2026", date_format="%d/%m/%Y")
    days = folder.ingest().tables["responses"].query("wave == 'before'")["answered_on"]
    assert set(days) == {"2026-02-01", "2026-02-13"}


def test_declared_date_that_is_impossible(folder, refused):
    dated(folder, "01/02/2026", "31/02/2026", date_format="%d/%m/%Y")
    (problem,) = refused()
    assert "in the format %d/%m/%Y" in problem.what
    assert problem.value == "31/02/2026"


def test_platform_status_leaves_rows_out_by_reason(folder):
    header = ["StartDate", "EndDate", "Status", "Finished", *folder.header]
    texts = ["Start Date", "End Date", "Response Type", "Finished", "Code", "One", "Two", "Three"]
    ids = [f'{{"ImportId":"{name}"}}' for name in ["startDate", "endDate", "status", "finished", "a", "b", "c", "d"]]
    day = ["2026-01-01 10:00:00", "2026-01-01 10:10:00"]
    status = [("0", "1"), ("0", "1"), ("1", "1"), ("8", "1"), ("0", "0"), ("0", "0")]
    rows = [[*day, *mark, f"A{n}", 1, 2, 3] for n, mark in enumerate(status, 1)]
    folder.rows("before.csv", texts, ids, *rows, header=header)
    folder.rows("after.csv", *AFTER)
    folder.export(0)["platform"] = "qualtrics"
    flow = folder.ingest().tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 6, "used": 2, "preview": 1, "spam": 1, "unfinished": 2}
    folder.export(0)["keep"] = ["unfinished"]
    flow = folder.ingest().tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 6, "used": 4, "preview": 1, "spam": 1}


def test_jalali_years_are_recognised_and_noted(folder):
    dated(folder, "1404/11/12", "۱۴۰۴/۱۱/۱۳")
    ingested = folder.ingest()
    assert set(ingested.tables["responses"].query("wave == 'before'")["answered_on"]) == {"2026-02-01", "2026-02-02"}
    assert "recognised as Jalali" in " ".join(ingested.tables["sources"]["notes"])


def test_dates_that_nothing_rests_on_are_noted_with_the_mend(folder):
    for index in (0, 1):
        folder.export(index)["platform"] = "google_forms"
    header = ["Timestamp", *folder.header]
    folder.rows("before.csv", *[["01/02/2026 10:00:00", *row] for row in BEFORE], header=header)
    folder.rows("after.csv", *[["03/02/2026 10:00:00", *row] for row in AFTER], header=header)
    tables = folder.ingest().tables
    assert set(tables["responses"]["answered_on"]) == {""}
    assert "set date_format: day_first or date_format: month_first" in tables["sources"]["notes"][0]


@pytest.mark.parametrize("key", [{"linkage": {"duplicates": "last"}}, {"waves": None}])
def test_dates_that_something_rests_on_must_be_read(folder, refused, key):
    test_dates_that_nothing_rests_on_are_noted_with_the_mend(folder)
    if "waves" in key:
        folder.content["waves"][0]["until"] = "2026-02-10"
    else:
        folder.content.update(key)
    problems = refused()
    assert {problem.code for problem in problems} == {"VAL-DATE"}
    assert len(problems) == 2


def windowed(folder, *dates):
    folder.content["waves"][0].update({"from": "2026-01-01", "until": "2026-01-31"})
    dated(folder, *dates)


def reasons(ingested, file="before.csv"):
    flow = ingested.tables["flow"].query("file == @file")
    return {(row.wave, row.reason): row.rows for row in flow.itertuples() if row.reason != "received"}


def test_rows_outside_their_wave_are_left_out_and_counted(folder):
    windowed(folder, "2026-01-31", "2026-02-01")
    assert reasons(folder.ingest()) == {("before", "used"): 1, ("before", "outside_window"): 1}


def test_rows_outside_their_wave_are_refused_where_that_is_declared(folder, refused):
    windowed(folder, "2025-12-31", "2026-01-01")
    folder.content["linkage"] = {"outside_window": "refuse"}
    (problem,) = refused()
    assert places([problem]) == [("VAL-WINDOW", "before.csv", 2, "day (E)")]
    assert "outside the wave 'before'" in problem.what


def test_rows_without_a_date_stay_and_are_said(folder):
    windowed(folder, "2026-01-15", "")
    ingested = folder.ingest()
    assert reasons(ingested) == {("before", "used"): 2}
    assert "1 row has no date" in " ".join(ingested.tables["sources"]["notes"])


def test_one_running_form_told_apart_by_date(folder):
    folder.content["waves"][0]["until"] = "1404-11-11"
    folder.content["waves"][1].update({"from": "2026-06-01", "until": "2026-06-30"})
    folder.cohort["exports"] = [folder.export(0)]
    folder.export(0).pop("wave")
    folder.export(0).update(wave_from={"date": True}, answered_on="day")
    days = ["2026-01-31", "2026-01-02", "2026-06-01", "2026-06-30", "2026-07-01", "2026-02-01", ""]
    rows = [*BEFORE, *AFTER, ["X1", 1, 1, 1], ["X2", 1, 1, 1], ["X3", 1, 1, 1]]
    folder.rows(
        "before.csv", *[[*row, day] for row, day in zip(rows, days, strict=True)], header=[*folder.header, "day"]
    )
    ingested = folder.ingest()
    assert reasons(ingested) == {
        ("before", "used"): 2, ("after", "used"): 2, ("", "outside_window"): 2, ("", "undated"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("days", [("", "")])
def test_a_wave_told_by_date_needs_dates(folder, refused, days):
    folder.content["waves"][0]["until"] = "2026-01-31"
    folder.content["waves"][1]["from"] = "2026-06-01"
    folder.export(0).pop("wave")
    folder.export(0).update(wave_from={"date": True})
    dated(folder, *days)
    assert "VAL-WINDOW" in {problem.code for problem in refused()}


def test_blank_ids_are_dropped_only_where_that_is_declared(folder, refused):
    folder.rows("before.csv", *BEFORE, ["", 1, 2, 3], [" \u200f", 1, 2, 3])
    folder.rows("after.csv", *AFTER)
    assert [problem.code for problem in refused()] == ["LK-BLANK", "LK-BLANK"]
    folder.content["linkage"] = {"blank_ids": "drop"}
    assert reasons(folder.ingest()) == {("before", "used"): 2, ("before", "blank_id"): 2}


def test_columns_of_one_form_that_are_missing_are_one_message(folder, refused):
    folder.rows("before.csv", *BEFORE, header=["code", "q01", "q02", "q03"])
    folder.rows("after.csv", *AFTER, header=["code", "q1", "x2", "x3"])
    first, second = refused()
    assert places([first, second]) == [("HD-MISSING", "before.csv", 1, "q1"), ("HD-MISSING", "after.csv", 1, "q2")]
    assert "none of the 3 columns of TRY is there: q1, q2, q3" in first.what
    assert "the file has q01 to q03" in first.what
    assert "2 of the 3 columns of TRY are missing: q2, q3" in second.what


def test_one_missing_column_keeps_its_own_message(folder, refused):
    folder.rows("before.csv", *BEFORE, header=["code", "q1", "q2", "x3"])
    folder.rows("after.csv", *AFTER)
    (problem,) = refused()
    assert "there is no such column" in problem.what


def test_answer_sets_are_stated_once(folder):
    words = ["never", "seldom", "sometimes", "often", "always"]
    answers = [{"answer": word, "code": code} for code, word in enumerate(words, start=1)]
    folder.content["answer_sets"] = [{"name": "how_often", "answers": answers}]
    for index in (0, 1):
        folder.items(index)["answer_set"] = "how_often"
    folder.rows("before.csv", ["A1", "Never", "seldom ", "ALWAYS"], ["A2", "often", "often", "always"])
    folder.rows("after.csv", ["A1", "always", "always", "always"], ["A2", "never", "often", "always"])
    values = folder.ingest().tables["responses"].query("wave == 'before'")["value"]
    assert sorted(values) == [1, 2, 4, 4, 5, 5]


def test_labels_of_each_wave_by_a_map_of_its_own(folder):
    words = {0: ["never", "seldom", "sometimes", "often", "always"], 1: ["nie", "selten", "manchmal", "oft", "immer"]}
    for index, texts in words.items():
        answers = [{"answer": word, "code": code} for code, word in enumerate(texts, start=1)]
        folder.items(index)["answers"] = answers
    folder.rows("before.csv", ["A1", "never", "seldom", "always"], ["A2", "often", "often", "always"])
    folder.rows("after.csv", ["A1", "immer", "nie", "oft"], ["A2", "nie", "oft", "oft"])
    values = folder.ingest().tables["responses"].query("wave == 'after'")["value"]
    assert sorted(values) == [1, 1, 4, 4, 4, 5]

"""Rows that look like trials, and answers given too fast: said with a count, never dropped, never named."""

import pytest


def notes(ingested):
    return " ".join(ingested.tables["sources"]["notes"])


PEOPLE = [["A1", 1, 2, 3], ["A2", 2, 2, 3], ["A3", 5, 4, 1]]
AFTER = [["A1", 2, 2, 3], ["A2", 2, 3, 3], ["A3", 5, 5, 1]]


@pytest.mark.parametrize("raw", ["test", "Test 2", "TEST_01", "تست"])
def test_trial_ids_are_counted(folder, raw):
    ingested = folder.waves([*PEOPLE, [raw, 1, 1, 1]], AFTER).ingest()
    assert "WARN-TESTROW: 1 row looks like a trial by the id or a comment" in notes(ingested)
    assert raw not in notes(ingested).replace("('test')", "")
    assert ingested.tables["responses"].query("wave == 'before'")["person_id"].nunique() == 4


@pytest.mark.parametrize("raw", ["testa", "contest", "1test1", "T1"])
def test_other_ids_are_not(folder, raw):
    assert "TESTROW" not in notes(folder.waves([*PEOPLE, [raw, 1, 1, 1]], AFTER).ingest())


def test_trial_comments_are_counted(folder):
    header = ["code", "q1", "q2", "q3", "more"]
    folder.export(0)["comments"] = ["more"]
    folder.rows(
        "before.csv", *([*row, text] for row, text in zip(PEOPLE, ("test", "", "a"), strict=True)), header=header
    )
    folder.rows("after.csv", *AFTER)
    assert "WARN-TESTROW: 1 row" in notes(folder.ingest())


@pytest.mark.parametrize(("seconds", "said"), [((3, 5.9, 60), True), ((6, 40, 60), False), (("", "", ""), False)])
def test_answers_too_fast_to_be_read(folder, seconds, said):
    header = ["code", "q1", "q2", "q3", "Duration (in seconds)"]
    folder.rows("before.csv", *([*row, time] for row, time in zip(PEOPLE, seconds, strict=True)), header=header)
    folder.rows("after.csv", *AFTER)
    text = notes(folder.ingest())
    assert ("WARN-FAST: 2 rows look too fast to be read, under 2 seconds an item" in text) is said


@pytest.mark.parametrize(("ended", "said"), [(("10:00:03", "10:00:05", "10:04:00"), True), (("10:00:06",) * 3, False)])
def test_start_and_end_of_the_platform_serve_where_it_gives_no_duration(folder, ended, said):
    header = ["StartDate", "EndDate", "code", "q1", "q2", "q3"]
    keys = [f'{{"ImportId":"{name}"}}' for name in ("startDate", "endDate", "QID1", "QID2_1", "QID2_2", "QID2_3")]
    times = [("2026-03-31 10:00:00", f"2026-03-31 {time}") for time in ended]
    rows = [[*time, *row] for time, row in zip(times, PEOPLE, strict=True)]
    folder.rows("before.csv", header, keys, *rows, header=header)
    folder.rows("after.csv", *AFTER)
    folder.export(0)["platform"] = "qualtrics"
    assert ("WARN-FAST: 2 rows look too fast" in notes(folder.ingest())) is said


def test_items_of_other_waves_do_not_count_against_a_row(folder):
    header = ["code", "event", "q1", "q2", "q3", "Duration (in seconds)"]
    rows = [[row[0], "b", *row[1:], 8] for row in PEOPLE] + [[row[0], "a", *row[1:], 8] for row in AFTER]
    folder.rows("all.csv", *rows, header=header)
    values = [{"value": "b", "wave": "before"}, {"value": "a", "wave": "after"}]
    items = [{"instrument": "TRY", "columns": "q{item}", "waves": [wave]} for wave in ("before", "after")]
    export = {"file": "all.csv", "platform": "plain", "person_id": "code", "items": items}
    folder.cohort["exports"] = [export | {"wave_from": {"column": "event", "values": values}}]
    assert "WARN-FAST" not in notes(folder.ingest())

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

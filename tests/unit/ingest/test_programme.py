"""The session log and the attendance: numbers, dates and people, each held to the rest."""

import pytest

from balint_eval.errors import DataError

BEFORE = [["A1", 1, 2, 3, "g1"], ["A2", 2, 2, 3, "g1"]]
HEADER = ["group", "session", "date", "minutes", "leaders"]
SESSIONS = [["g1", 1, "2026-01-07", 90, 2], ["g1", 2, "2026-01-14", "85,5", 1]]


@pytest.fixture
def held(folder):
    folder.export(0)["group"] = "g"
    folder.rows("before.csv", *BEFORE, header=[*folder.header, "g"])
    folder.rows("after.csv", ["A1", 2, 2, 2], ["A2", 3, 3, 3])
    folder.cohort.update(sessions={"file": "sessions.csv"}, attendance={"file": "attendance.csv"})

    def write(sessions=SESSIONS, attendance=(("A1", 1), ("A2", 1), ("a1 ", 2), ("A1", 2))):
        folder.rows("sessions.csv", *sessions, header=HEADER)
        folder.rows("attendance.csv", *attendance, header=["person_id", "session"])
        return folder

    return write


def problems_of(folder):
    with pytest.raises(DataError) as caught:
        folder.ingest()
    return caught.value.problems


def test_presence_is_counted_from_the_attendance(held):
    tables = held().ingest().tables
    sessions = tables["sessions"]
    assert sessions["present"].tolist() == [2, 1]
    assert sessions["minutes"].tolist() == [90, 85.5]
    assert sessions["group_id"].tolist() == ["one/g1", "one/g1"]
    assert len(tables["attendance"]) == 3


@pytest.mark.parametrize("number", ["1.5", "1e3", "inf", "nan", "0x1", "-1", "1_0", "one", ""])
def test_numbers_of_meetings_are_whole(held, number):
    (problem,) = problems_of(held([["g1", number, "2026-01-07", 90, 2]]))
    assert (problem.code, problem.file, problem.row, problem.column) == ("VAL-NUMBER", "sessions.csv", 2, "session")


def test_names_of_leaders_are_not_shown(held):
    (problem,) = problems_of(held([["g1", 1, "2026-01-07", 90, "Jane Canary"]]))
    assert problem.column == "leaders"
    assert "Canary" not in str(problem)


@pytest.mark.parametrize("day", ["07/01/2026", "2026-02-30", "1404-13-07"])
def test_dates(held, day):
    (problem,) = problems_of(held([["g1", 1, day, 90, 2]]))
    assert (problem.code, problem.row, problem.column, problem.value) == ("VAL-DATE", 2, "date", day)


def test_a_meeting_twice(held):
    (problem,) = problems_of(held([*SESSIONS, ["g1 ", 2, "2026-01-21", 90, 2]]))
    assert (problem.code, problem.row, problem.value) == ("VAL-SESSION", 4, "2")
    assert "first in row 3" in problem.what


def test_unknown_people_are_masked(held):
    first, second = problems_of(held(attendance=[("A1", 1), ("Zebra9", 1), ("", 1)]))
    assert (first.code, first.file, first.row, first.column) == ("LK-UNKNOWN", "attendance.csv", 3, "person_id")
    assert first.value == "Z… (6 characters)"
    assert second.value == "(blank)"


def test_both_logs_report_at_once(held):
    problems = problems_of(held([["g1", "x", "2026-01-07", 90, 2]], [("B1", 1)]))
    assert [p.file for p in problems] == ["sessions.csv", "attendance.csv"]


def test_without_attendance_nobody_is_counted(held, folder):
    held()
    del folder.cohort["attendance"]
    tables = folder.ingest().tables
    assert tables["sessions"]["present"].tolist() == [0, 0]
    assert tables["attendance"].empty

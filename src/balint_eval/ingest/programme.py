"""The session log: what was held, for how long, with whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from balint_eval.errors import DataError, Problem, cell_shown, masked
from balint_eval.ingest.dates import DateRule, read_dates
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.rows import resolve_columns
from balint_eval.ingest.text import clean_text
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort
from balint_eval.tables import empty_table

_SESSION = ("group", "session", "date", "minutes", "leaders")


def read_sessions(file: StudyFile, cohort: Cohort) -> pd.DataFrame:
    """Read the meetings of a cohort; `present` is filled by `with_presence`.

    Raises
    ------
    DataError
        A column is missing, or a cell is not a number or date.
    """
    if cohort.sessions is None:
        return empty_table("sessions")
    log = cohort.sessions
    cells = _cells(file, log.file, {name: getattr(log, name) for name in _SESSION})
    problems: list[Problem] = []
    numbers = {
        name: _numbers(cells[name], log.file, getattr(log, name), problems, whole=name != "minutes")
        for name in ("session", "minutes", "leaders")
    }
    dates = read_dates(cells["date"], DateRule(log.date_format, log.calendar), file=log.file, column=log.date)
    problems += dates.problems
    groups = cells["group"].map(clean_text)
    problems = problems or list(_repeated_meetings(groups, numbers["session"], log.file, log.session))
    if problems:
        raise DataError(problems)
    ids = groups.map(lambda group: f"{cohort.name}/{group}")
    return pd.DataFrame({"cohort": cohort.name, "group_id": ids, "date": dates.days, **numbers, "present": 0})


def read_attendance(
    file: StudyFile, cohort: Cohort, participants: pd.DataFrame, pseudonym: Callable[[str], str]
) -> pd.DataFrame:
    """Read who was present; the group of a person is the one of the participants table.

    Raises
    ------
    DataError
        A column is missing, a session is not a number, or a person is not enrolled.
    """
    if cohort.attendance is None:
        return empty_table("attendance")
    log = cohort.attendance
    cells = _cells(file, log.file, {"person_id": log.person_id, "session": log.session})
    problems: list[Problem] = []
    sessions = _numbers(cells["session"], log.file, log.session, problems)
    people = cells["person_id"].map(pseudonym)
    groups = people.map(dict(zip(participants["person_id"], participants["group_id"], strict=True)))
    for row in cells.index[groups.isna()]:
        raw = masked(str(cells.at[row, "person_id"]))
        what, mend = "this person attended and is not among the participants", "correct the id, or enrol the person"
        problems.append(Problem("LK-UNKNOWN", what, mend, log.file, int(row), log.person_id, raw))
    if problems:
        raise DataError(problems)
    table = pd.DataFrame({"cohort": cohort.name, "group_id": groups, "session": sessions, "person_id": people})
    return table.drop_duplicates()


def _cells(file: StudyFile, name: str, wanted: dict[str, str]) -> pd.DataFrame:
    sheet = read_export(file.path(name), shown_as=name, platform="plain")
    columns, problems = resolve_columns(sheet, list(wanted.values()))
    if problems:
        raise DataError(problems)
    return pd.DataFrame({key: sheet.cells[columns[column]] for key, column in wanted.items()})


def with_presence(sessions: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    """Give the meetings with the number of members present, counted from the attendance (0 without one)."""
    counts = attendance.groupby(["group_id", "session"])["person_id"].nunique().rename("present")
    merged = sessions.drop(columns="present").join(counts, on=["group_id", "session"])
    return merged.assign(present=merged["present"].fillna(0).astype(int))


def _numbers(texts: pd.Series, file: str, column: str, problems: list[Problem], *, whole: bool = True) -> pd.Series:
    plain = texts.map(clean_text).str.replace(",", ".", regex=False)
    form = r"[0-9]{1,6}" if whole else r"[0-9]{1,6}(?:[.][0-9]{1,6})?"
    readable = plain.str.fullmatch(form)
    for row in texts.index[~readable]:
        text = str(texts[row])
        value = masked(text) if any(letter.isalpha() for letter in text) else cell_shown(text)
        what = "the cell is blank" if not text.strip() else f"a {'whole ' * whole}number is expected"
        problems.append(Problem("VAL-NUMBER", what, "write the number", file, int(row), column, value * bool(text)))
    return plain.where(readable, "0").astype("float64")


def _repeated_meetings(groups: pd.Series, sessions: pd.Series, file: str, column: str) -> Iterator[Problem]:
    first: dict[tuple[str, float], int] = {}
    for (row, group), session in zip(groups.items(), sessions, strict=True):
        if (group, session) in first:
            what = f"this meeting of the group '{cell_shown(group)}' stands twice, first in row {first[group, session]}"
            yield Problem(
                "VAL-SESSION",
                what,
                "number the meetings of a group 1, 2, 3",
                file,
                int(str(row)),
                column,
                f"{session:g}",
            )
        first.setdefault((group, session), int(str(row)))

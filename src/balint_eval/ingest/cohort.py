"""One cohort from its files to tidy tables, or every problem of all its files at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.errors import BalintError, DataError, Problem
from balint_eval.ingest.answers import decode_items
from balint_eval.ingest.link import count_people, linkage_problems, settle_duplicates
from balint_eval.ingest.people import assign_people, read_roster
from balint_eval.ingest.programme import read_attendance, read_sessions, with_presence
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.rows import Rows, place_rows, resolve_columns
from balint_eval.ingest.sheet import Sheet
from balint_eval.study import Cohort, Export, Items, StudyFile
from balint_eval.tables import TABLES, check_table, empty_table

Pseudonym = Callable[[str], str]


@dataclass(frozen=True)
class Ingested:
    """Everything one cohort's files gave.

    Attributes
    ----------
    tables : dict of table name to pandas.DataFrame
        participants, responses, flow, sources, sessions, attendance, each held to its contract.
    comments : pandas.DataFrame
        Free text (wave, comment), shuffled, without person; for `restricted/` only.
    linkage : pandas.DataFrame
        person_id and raw_id; for `restricted/` only.
    """

    tables: dict[str, pd.DataFrame]
    comments: pd.DataFrame
    linkage: pd.DataFrame


@dataclass(frozen=True)
class _Reading:
    """One export, read and placed; answers wide, by instrument."""

    export: Export
    sheet: Sheet
    rows: Rows
    answers: Mapping[str, pd.DataFrame]
    problems: list[Problem]
    notes: list[str]
    columns_used: int


def ingest_cohort(file: StudyFile, cohort: Cohort, pseudonym: Pseudonym) -> Ingested:
    """Read, decode and link one cohort.

    Parameters
    ----------
    file : StudyFile
    cohort : Cohort
    pseudonym : callable
        From raw id to pseudonym.

    Returns
    -------
    Ingested

    Raises
    ------
    DataError
        All problems of all files.
    """
    readings, roster, problems = _read_all(file, cohort, pseudonym)
    if problems:
        raise DataError(problems)
    answers, problems = settle_duplicates(_answer_rows(readings, pseudonym), file.study.linkage)
    people = assign_people(file, cohort, _attributes(readings, pseudonym), roster)
    used = answers[_person(answers).isin(people.participants["person_id"])]
    visits = _visits(used)
    counts = count_people(visits, file.study.baseline.name, [wave.name for wave in file.study.later_waves])
    problems += [*people.problems, *linkage_problems(counts, visits, file, cohort.name)]
    problems += _copied_waves(readings, used, file)
    sessions, attendance = _programme(file, cohort, people.participants, pseudonym, problems)
    if problems:
        raise DataError(problems)
    tables = {
        "participants": people.participants,
        "responses": _responses(cohort.name, readings, used),
        "flow": _flow(cohort.name, readings, answers, used, counts),
        "sources": _sources(cohort.name, readings),
        "sessions": with_presence(sessions, attendance),
        "attendance": attendance,
    }
    checked = {name: check_table(table, name) for name, table in tables.items()}
    raw = _attributes(readings, pseudonym)[["person_id", "raw_id"]].drop_duplicates()
    return Ingested(checked, _comments(readings), raw.sort_values(["person_id", "raw_id"], ignore_index=True))


def _person(answers: pd.DataFrame) -> pd.Series:
    """Give the person of each answer row: a rating belongs to the person who was rated."""
    return answers["person_id"].str.split("#").str[0]


def _programme(
    file: StudyFile, cohort: Cohort, participants: pd.DataFrame, pseudonym: Pseudonym, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the session log and the attendance; what is wrong joins the other problems."""
    sessions, attendance = empty_table("sessions"), empty_table("attendance")
    try:
        sessions = read_sessions(file, cohort)
    except BalintError as error:
        problems += error.problems
    try:
        attendance = read_attendance(file, cohort, participants, pseudonym)
    except BalintError as error:
        problems += error.problems
    return sessions, attendance


def _read_all(
    file: StudyFile, cohort: Cohort, pseudonym: Pseudonym
) -> tuple[list[_Reading], pd.DataFrame | None, list[Problem]]:
    readings: list[_Reading] = []
    roster: pd.DataFrame | None = None
    problems: list[Problem] = []
    for export in cohort.exports:
        try:
            readings.append(_read(file, export))
        except BalintError as error:
            problems += error.problems
    try:
        roster = read_roster(file, cohort, pseudonym)
    except BalintError as error:
        problems += error.problems
    return readings, roster, problems + [problem for reading in readings for problem in reading.problems]


def _read(file: StudyFile, export: Export) -> _Reading:
    sheet = read_export(
        file.path(export.file),
        shown_as=export.file,
        platform=export.platform,
        sheet=export.sheet,
        encoding=export.encoding,
        delimiter=export.delimiter,
        dictionary=file.path(export.dictionary) if export.dictionary else None,
    )
    wanted = list(_wanted(file, export))
    columns, problems = resolve_columns(sheet, wanted)
    if problems:
        raise DataError(problems)
    answered = _any_answer(sheet, export, file, columns)
    rows = place_rows(sheet, export, columns, answered)
    answers, found, notes = _decode_all(sheet, export, file, columns, rows)
    none_left = _nobody_left(sheet, rows)
    return _Reading(
        export, sheet, rows, answers, [*none_left, *rows.problems, *found], [*sheet.notes, *rows.notes, *notes],
        len(set(columns.values())),
    )  # fmt: skip


def _wanted(file: StudyFile, export: Export) -> Iterator[str]:
    yield export.person_id
    yield from (name for name in (export.group, export.arm, export.answered_on, *export.comments) if name)
    if export.wave_from:
        yield export.wave_from.column
    for items in export.items:
        yield from items.column_names(file.instruments[items.instrument].n_items)


def _item_columns(items: Items, file: StudyFile, columns: Mapping[str, str]) -> list[str]:
    return [columns[name] for name in items.column_names(file.instruments[items.instrument].n_items)]


def _any_answer(sheet: Sheet, export: Export, file: StudyFile, columns: Mapping[str, str]) -> pd.Series:
    names = [name for items in export.items for name in _item_columns(items, file, columns)]
    names += [columns[name] for name in export.comments]
    return (sheet.cells[names].map(str.strip) != "").any(axis=1)


def _decode_all(
    sheet: Sheet, export: Export, file: StudyFile, columns: Mapping[str, str], rows: Rows
) -> tuple[dict[str, pd.DataFrame], list[Problem], list[str]]:
    answers: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for items in export.items:
        asked = rows.table["wave"].isin(items.waves) if items.waves else pd.Series(True, index=rows.table.index)
        used = rows.table.index[(rows.table["reason"] == "") & asked]
        instrument = file.instruments[items.instrument]
        names = _item_columns(items, file, columns)
        decoded = decode_items(sheet.cells.loc[used], names, items, instrument, sheet.file)
        answers[items.instrument] = decoded.values.dropna(how="all")
        problems += decoded.problems
        notes += decoded.notes
        if items.already_reversed:
            notes.append(
                f"The items of {instrument.name} that the platform had reversed were turned back, as declared."
            )
    return answers, problems, notes


def _nobody_left(sheet: Sheet, rows: Rows) -> list[Problem]:
    if sheet.cells.empty or (rows.table["reason"] == "").any():
        return []
    reasons = ", ".join(f"{n} {reason}" for reason, n in rows.table["reason"].value_counts().items())
    what = f"no row is left after the exclusions ({reasons})"
    mend = "check the export: it may hold previews or test answers only"
    return [Problem("IN-NOBODY", what, mend, sheet.file)]


def _answer_rows(readings: Sequence[_Reading], pseudonym: Pseudonym) -> pd.DataFrame:
    """Give one row a person, wave, instrument and source row; raters of one person are told apart."""
    frames = [
        _answers_of(reading, instrument, values, pseudonym)
        for reading in readings
        for instrument, values in reading.answers.items()
    ]
    columns = ["person_id", "raw_id", "wave", "instrument", "file", "row", "answered_on", "rated"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _answers_of(reading: _Reading, instrument: str, values: pd.DataFrame, pseudonym: Pseudonym) -> pd.DataFrame:
    who = reading.rows.table.loc[values.index]
    frame = who[["raw_id", "wave", "answered_on"]].assign(
        instrument=instrument, file=reading.sheet.file, row=values.index, rated=reading.export.ratings
    )
    frame["person_id"] = frame["raw_id"].map(pseudonym)
    if reading.export.ratings:
        number = frame.groupby(["person_id", "wave"]).cumcount() + 1
        frame["person_id"] = frame["person_id"] + "#" + number.astype(str)
    return frame


def _visits(answers: pd.DataFrame) -> pd.DataFrame:
    """Give one row a person and wave, over the instruments people answered about themselves."""
    own = answers[~answers["rated"].astype(bool)]
    return own.sort_values(["answered_on", "file", "row"]).drop_duplicates(["person_id", "wave"])


def _attributes(readings: Iterable[_Reading], pseudonym: Pseudonym) -> pd.DataFrame:
    """Give what the exports say of people: one row a used source row."""
    frames = []
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        frame = used[["raw_id", "wave", "group", "arm"]].assign(file=reading.sheet.file, row=used.index)
        frames.append(frame.assign(person_id=frame["raw_id"].map(pseudonym)))
    return pd.concat(frames, ignore_index=True)


def _copied_waves(readings: Sequence[_Reading], answers: pd.DataFrame, file: StudyFile) -> list[Problem]:
    """Refuse a later wave whose answers equal the baseline's for everybody: a file given twice."""
    problems = []
    baseline = file.study.baseline.name
    values = _long_values(readings, answers)
    for wave in (wave.name for wave in file.study.later_waves):
        wide = values[values["wave"].isin([baseline, wave])].pivot_table(
            index=["person_id", "instrument", "item"], columns="wave", values="value"
        )
        both = wide.dropna() if {baseline, wave} <= set(wide.columns) else wide.iloc[:0]
        people = both.index.get_level_values("person_id").nunique()
        if people >= 5 and (both[baseline] == both[wave]).all():
            what = f"all answers of all {people} people in the wave '{wave}' equal those of '{baseline}' (100 %)"
            source = str(answers.loc[answers["wave"] == wave, "file"].iloc[0])
            problems.append(Problem("LK-COPIED", what, "check that the right export was saved for each wave", source))
    return problems


def _long_values(readings: Sequence[_Reading], answers: pd.DataFrame) -> pd.DataFrame:
    """Give the answers kept, one row an item."""
    wide = {(r.sheet.file, name): values for r in readings for name, values in r.answers.items()}
    frames = []
    for (source, instrument), kept in answers.groupby(["file", "instrument"], sort=False):
        values = wide[(str(source), str(instrument))].loc[kept["row"]]
        long = values.reset_index(names="row").melt("row", var_name="item", value_name="value")
        frames.append(kept.merge(long, on="row", validate="1:m"))
    return pd.concat(frames, ignore_index=True)


def _responses(cohort: str, readings: Sequence[_Reading], used: pd.DataFrame) -> pd.DataFrame:
    values = _long_values(readings, used).rename(columns={"file": "source_file", "row": "source_row"})
    return values.assign(cohort=cohort)[TABLES["responses"].names]


def _flow(
    cohort: str, readings: Sequence[_Reading], answers: pd.DataFrame, used: pd.DataFrame, counts: pd.DataFrame
) -> pd.DataFrame:
    records = [record for reading in readings for record in _file_flow(reading, answers, used)]
    by_file = pd.DataFrame(records, columns=["wave", "file", "reason", "rows"])
    return pd.concat([by_file, counts.assign(file="")], ignore_index=True).assign(cohort=cohort)


def _file_flow(reading: _Reading, answers: pd.DataFrame, used: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Say of every row read why it was left out, or that it was used."""
    file, reasons = reading.sheet.file, reading.rows.table["reason"].copy()
    kept, linked = (set(frame.loc[frame["file"] == file, "row"]) for frame in (answers, used))
    normal = reasons == ""
    only_comments = normal & ~reasons.index.isin(_rows_with_answers(reading))
    duplicate = normal & ~only_comments & ~reasons.index.isin(kept)
    reasons[duplicate] = "duplicate"
    reasons[normal & ~only_comments & ~duplicate & ~reasons.index.isin(linked)] = "not_enrolled"
    reasons[only_comments] = "comment_only"
    for wave, rows in reasons.groupby(reading.rows.table["wave"].astype(str)):
        yield {"wave": wave, "file": file, "reason": "received", "rows": len(rows)}
        for reason, count in rows.replace("", "used").value_counts().sort_index().items():
            yield {"wave": wave, "file": file, "reason": reason, "rows": int(count)}


def _rows_with_answers(reading: _Reading) -> set[int]:
    return {int(row) for values in reading.answers.values() for row in values.index}


def _sources(cohort: str, readings: Sequence[_Reading]) -> pd.DataFrame:
    return pd.DataFrame([
        {
            "cohort": cohort, "file": reading.sheet.file, "platform": reading.sheet.platform,
            "encoding": reading.sheet.encoding, "delimiter": reading.sheet.delimiter,
            "header_rows": reading.sheet.header_rows, "rows": len(reading.sheet.cells),
            "columns_used": reading.columns_used,
            "columns_ignored": reading.sheet.cells.shape[1] - reading.columns_used,
            "bytes": reading.sheet.n_bytes, "sha256": reading.sheet.sha256, "notes": " ".join(reading.notes),
        }
        for reading in readings
    ])  # fmt: skip


def _comments(readings: Sequence[_Reading]) -> pd.DataFrame:
    """Give the free text without person, sorted by its own letters so that the order says nothing."""
    records = []
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        columns, _ = resolve_columns(reading.sheet, reading.export.comments)
        for column in columns.values():
            texts = reading.sheet.cells.loc[used.index, column]
            records += [{"wave": used.at[row, "wave"], "comment": text} for row, text in texts.items() if text.strip()]
    return pd.DataFrame(records, columns=["wave", "comment"]).sort_values(["wave", "comment"], ignore_index=True)

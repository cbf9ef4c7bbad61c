"""One cohort from its files to tidy tables, or every problem of all its files at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.errors import BalintError, DataError, Problem, masked
from balint_eval.ingest.flow import count_rows, list_sources
from balint_eval.ingest.identity import Identity, Review, identify, of_roster
from balint_eval.ingest.link import count_people, linkage_problems, list_links, settle_duplicates
from balint_eval.ingest.link_notes import interval_notes, spelling_notes
from balint_eval.ingest.linkage.codes import id_columns
from balint_eval.ingest.people import assign_people, read_roster
from balint_eval.ingest.programme import read_attendance, read_sessions, with_presence
from balint_eval.ingest.question_texts import number_remarks, question_remarks
from balint_eval.ingest.reading import Reading, comments_of, read_one
from balint_eval.ingest.remarks import as_warnings, different_delimiters, noted, unmatched, with_letters, with_purpose
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort
from balint_eval.tables import TABLES, check_table, empty_table

Pseudonym = Callable[[str], str]
FloatArray = NDArray[np.float64]
_Sheets = dict[tuple[str, str], list[FloatArray]]
"""The answers of each person to each instrument: one sheet, or several that are refused elsewhere."""


@dataclass(frozen=True)
class Ingested:
    """Everything one cohort's files gave.

    Attributes
    ----------
    tables : dict of table name to pandas.DataFrame
        participants, responses, totals, flow, sources, sessions, attendance, each held to its contract.
    comments : pandas.DataFrame
        Free text (wave, comment), shuffled, without person; for `restricted/` only.
    linkage : pandas.DataFrame
        person_id and raw_id; for `restricted/` only.
    review : Review or None
        Pairs of codes to decide on; its sheet is for `restricted/` only.
    notes : tuple of str
        What to know about the linkage, without any id or code.
    places : pandas.DataFrame
        cohort, person_id, shown, wave, file, row: where each person first stands in each wave.
    warnings : tuple of Problem
        What was accepted and a person should know of, each with its code and file.
    """

    tables: dict[str, pd.DataFrame]
    comments: pd.DataFrame
    linkage: pd.DataFrame
    review: Review | None = None
    notes: tuple[str, ...] = ()
    places: pd.DataFrame = field(default_factory=pd.DataFrame)
    warnings: tuple[Problem, ...] = ()


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
    sizes = {name: instrument.n_items for name, instrument in file.instruments.items()}
    asked = list(dict.fromkeys(items.instrument for reading in readings for items in reading.export.items))
    exchanged, reworded = question_remarks(readings, {name: sizes[name] for name in asked})
    reworded += number_remarks(readings, sizes)
    problems += exchanged
    if problems:
        raise DataError(with_letters(problems, readings))
    identity = identify(file, cohort, readings, roster, pseudonym)
    given, seen = _answer_rows(readings, identity), _attributes(readings, identity)
    answers, problems = settle_duplicates(given, file.study.linkage, identity.collision)
    people = assign_people(file, cohort, seen, roster)
    used = answers[_person(answers).isin(people.participants["person_id"])]
    problems += _nobody_enrolled(cohort, answers, used)
    visits = _visits(used)
    links = list_links(visits, identity.how, given, answers)
    later, by_kind = [wave.name for wave in file.study.later_waves], identity.review is not None
    counts = count_people(links, file.study.baseline.name, later, by_kind=by_kind)
    problems += [*people.problems, *linkage_problems(counts, visits, file, cohort.name)]
    problems += _copied_waves(readings, used, file)
    sessions, attendance = _programme(file, cohort, people.participants, identity.attending, problems)
    if problems:
        raise DataError(with_letters(problems, readings))
    tables = {
        "participants": people.participants,
        "responses": _responses(cohort.name, readings, used),
        "totals": _totals(cohort.name, readings, used),
        "flow": count_rows(cohort.name, readings, answers, used, _with_open(counts, identity)),
        "sources": list_sources(cohort.name, readings),
        "sessions": with_presence(sessions, attendance),
        "attendance": attendance,
        "links": links.assign(cohort=cohort.name),
    }
    checked = {name: check_table(table, name) for name, table in tables.items()}
    raw = seen[["person_id", "raw_id"]].drop_duplicates().sort_values(["person_id", "raw_id"], ignore_index=True)
    notes = (*identity.notes, *_notes(file, seen, visits))
    warnings = (*noted(readings), *reworded, *as_warnings(notes), *unmatched(counts, visits))
    return Ingested(checked, comments_of(readings), raw, identity.review, notes, _places(cohort, seen), warnings)


def _notes(file: StudyFile, seen: pd.DataFrame, visits: pd.DataFrame) -> list[str]:
    spelled = spelling_notes(seen) if file.study.linkage.method == "exact" else ()
    return [*spelled, *interval_notes(visits, [wave.name for wave in file.study.waves])]


def _places(cohort: Cohort, seen: pd.DataFrame) -> pd.DataFrame:
    """Give one row a person and wave, with the id as it may be shown."""
    first = seen.drop_duplicates(["person_id", "wave"])
    return first[["person_id", "wave", "file", "row"]].assign(cohort=cohort.name, shown=first["raw_id"].map(masked))


def _with_open(counts: pd.DataFrame, identity: Identity) -> pd.DataFrame:
    """Add how many people of each wave wait for a decision; they are counted as not linked until then."""
    waves = [] if identity.review is None else [shown.later for shown in identity.review.rows if shown.open]
    waiting = pd.Series(sorted(set(waves)), dtype=object).map(lambda place: place[0]).value_counts(sort=False)
    rows = pd.DataFrame({"wave": waiting.index, "reason": "to_review", "rows": waiting.to_numpy()})
    return pd.concat([counts, rows], ignore_index=True) if len(rows) else counts


def _person(answers: pd.DataFrame) -> pd.Series:
    """Give the person of each answer row: a rating belongs to the person who was rated."""
    return answers["person_id"].str.split("#").str[0]


def _nobody_enrolled(cohort: Cohort, answers: pd.DataFrame, used: pd.DataFrame) -> list[Problem]:
    if cohort.roster is None or answers.empty or len(used):
        return []
    what = f"none of the {_person(answers).nunique()} people who answered stands on this roster"
    mend = "check that person_id names the same code in the roster and in the exports"
    return [Problem("LK-UNKNOWN", what, mend, cohort.roster.file, 0, cohort.roster.person_id)]


def _programme(
    file: StudyFile, cohort: Cohort, participants: pd.DataFrame, pseudonym: Pseudonym, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the session log and the attendance; what is wrong joins the other problems."""
    sessions, attendance = empty_table("sessions"), empty_table("attendance")
    try:
        sessions = read_sessions(file, cohort)
        problems += _unknown_groups(sessions, participants, cohort)
    except BalintError as error:
        problems += error.problems
    try:
        attendance = read_attendance(file, cohort, participants, pseudonym)
    except BalintError as error:
        problems += error.problems
    return sessions, attendance


def _unknown_groups(sessions: pd.DataFrame, participants: pd.DataFrame, cohort: Cohort) -> list[Problem]:
    """Refuse a session log whose groups are not those of the people: their dose could not be told."""
    unknown = sorted(set(sessions["group_id"]) - set(participants["group_id"]))
    log = cohort.sessions.file if cohort.sessions else ""
    what = "the session log names this group and nobody is in it"
    mend = "name the column of the group under group: of the roster or the export, with the same group names"
    return [Problem("VAL-GROUP", what, mend, log, 0, "", group.partition("/")[2]) for group in unknown]


def _read_all(
    file: StudyFile, cohort: Cohort, pseudonym: Pseudonym
) -> tuple[list[Reading], pd.DataFrame | None, list[Problem]]:
    readings: list[Reading] = []
    roster: pd.DataFrame | None = None
    problems: list[Problem] = []
    for export in cohort.exports:
        try:
            readings += read_one(file, export)
        except BalintError as error:
            problems += with_purpose(error.problems, cohort.name, export)
    try:
        roster = read_roster(file, cohort, of_roster(file, cohort, pseudonym))
    except BalintError as error:
        problems += error.problems
    problems += [problem for reading in readings for problem in reading.problems]
    return readings, roster, [*problems, *different_delimiters(readings)]


def _answer_rows(readings: Sequence[Reading], identity: Identity) -> pd.DataFrame:
    """Give one row a person, wave, instrument and source row; raters of one person are told apart."""
    frames = [
        _answers_of(reading, at, instrument, values, identity)
        for at, reading in enumerate(readings)
        for instrument, values in reading.answers.items()
    ]
    columns = [
        "raw_id", "wave", "answered_on", "instrument", "reading", "file", "row", "id_column", "rated", "answered",
        "person_id",
    ]  # fmt: skip
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    numbers = _rater_numbers(readings, rows)
    raters = [numbers.get(place, 0) for place in zip(rows["reading"], rows["row"], strict=True)]
    suffix = pd.Series([f"#{number}" if number else "" for number in raters], index=rows.index, dtype=object)
    return rows.assign(person_id=rows["person_id"] + suffix)


def _answers_of(reading: Reading, at: int, instrument: str, values: pd.DataFrame, identity: Identity) -> pd.DataFrame:
    who = reading.rows.table.loc[values.index]
    return who[["raw_id", "wave", "answered_on"]].assign(
        instrument=instrument,
        reading=at,
        file=reading.sheet.file,
        row=values.index,
        id_column=id_columns(reading.export)[0],
        rated=reading.export.ratings,
        answered=_answers_given(reading).loc[values.index],
        person_id=identity.person_of(reading, values.index),
    )


def _answers_given(reading: Reading) -> pd.Series:
    """Count the answers of each row over all instruments."""
    counts = [values.notna().sum(axis=1) for values in reading.answers.values()]
    answered: pd.Series = pd.concat(counts).groupby(level=0).sum()
    return answered


def _rater_numbers(readings: Sequence[Reading], rows: pd.DataFrame) -> dict[tuple[int, int], int]:
    """Give the raters numbers by date and answers, within person and wave: the order of rows says nothing."""
    rated = rows[rows["rated"].astype(bool)].drop_duplicates(["reading", "row"])
    if rated.empty:
        return {}
    answers = pd.concat([_flat_answers(reading, at) for at, reading in enumerate(readings) if reading.export.ratings])
    by = ["person_id", "wave", "answered_on", *answers.columns]
    ordered = rated.join(answers, on=["reading", "row"], validate="1:1").sort_values(by, kind="stable")
    numbers = ordered.groupby(["person_id", "wave"]).cumcount() + 1
    return dict(zip(zip(ordered["reading"], ordered["row"], strict=True), numbers, strict=True))


def _flat_answers(reading: Reading, at: int) -> pd.DataFrame:
    """Give all answers of one export, one row a source row."""
    frames = [values.add_prefix(f"{name} ") for name, values in sorted(reading.answers.items())]
    flat = pd.concat(frames, axis=1) if frames else pd.DataFrame()
    flat.index = pd.MultiIndex.from_product([[at], flat.index], names=["reading", "row"])
    return flat


def _visits(answers: pd.DataFrame) -> pd.DataFrame:
    """Give one row a person and wave, over the instruments people answered about themselves."""
    own = answers[~answers["rated"].astype(bool)]
    return own.sort_values(["answered_on", "file", "row"]).drop_duplicates(["person_id", "wave"])


def _attributes(readings: Iterable[Reading], identity: Identity) -> pd.DataFrame:
    """Give what the exports say of people: one row a used source row."""
    frames = []
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        frame = used[["raw_id", "wave", "group", "arm"]].assign(file=reading.sheet.file, row=used.index)
        frames.append(frame.assign(person_id=identity.person_of(reading, used.index)))
    return pd.concat(frames, ignore_index=True)


def _copied_waves(readings: Sequence[Reading], answers: pd.DataFrame, file: StudyFile) -> list[Problem]:
    """Refuse a later wave whose answers equal the baseline's for everybody: a file given twice."""
    problems, sheets = [], _answer_sheets(readings, answers)
    baseline = file.study.baseline.name
    for wave in (wave.name for wave in file.study.later_waves):
        people = _with_same_answers(sheets.get(baseline, {}), sheets.get(wave, {}))
        if people >= 5:
            what = f"all answers of all {people} people in the wave '{wave}' equal those of '{baseline}' (100 %)"
            source = str(answers.loc[answers["wave"] == wave, "file"].iloc[0])
            problems.append(Problem("LK-COPIED", what, "check that the right export was saved for each wave", source))
    return problems


def _answer_sheets(readings: Sequence[Reading], answers: pd.DataFrame) -> dict[str, _Sheets]:
    """Give for each wave the answers by person and instrument."""
    sheets: dict[str, _Sheets] = {}
    for kept, values in _wide(readings, answers):
        for person, wave, instrument, row in zip(
            kept["person_id"], kept["wave"], kept["instrument"], values.to_numpy(dtype=np.float64), strict=True
        ):
            sheets.setdefault(wave, {}).setdefault((person, instrument), []).append(row)
    return sheets


def _with_same_answers(before: _Sheets, after: _Sheets) -> int:
    """Count the people with items answered in both waves, or give 0 as soon as one answer differs."""
    people = set()
    for (person, instrument), sheets in after.items():
        for earlier, later in product(before.get((person, instrument), ()), sheets):
            both = ~np.isnan(earlier) & ~np.isnan(later)
            if (earlier[both] != later[both]).any():
                return 0
            people |= {person} if both.any() else set()
    return len(people)


def _wide(readings: Sequence[Reading], answers: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Give, for each instrument of each reading, the rows kept and beside them their answers, a column an item."""
    wide = {(at, name): values for at, r in enumerate(readings) for name, values in r.answers.items()}
    for (at, instrument), kept in answers.groupby(["reading", "instrument"], sort=False):
        yield kept, wide[(int(str(at)), str(instrument))].loc[kept["row"]]


def _responses(cohort: str, readings: Sequence[Reading], used: pd.DataFrame) -> pd.DataFrame:
    """Give the answers that are used, one row an item."""
    names, frames = TABLES["responses"].names, []
    for kept, values in _wide(readings, used.rename(columns={"file": "source_file"})):
        frame = kept.assign(cohort=cohort, source_row=kept["row"]).loc[kept.index.repeat(values.shape[1])]
        frame = frame.assign(item=np.tile(values.columns, len(values)), value=values.to_numpy().ravel())
        frames.append(frame[names])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names)


def _totals(cohort: str, readings: Sequence[Reading], used: pd.DataFrame) -> pd.DataFrame:
    """Give the totals the exports hold, of the answer rows that are used."""
    supplied = [
        totals.assign(reading=at, instrument=name)
        for at, reading in enumerate(readings)
        for name, totals in reading.totals.items()
        if len(totals)
    ]
    if not supplied:
        return empty_table("totals")
    place = ["reading", "row", "instrument"]
    linked = used.merge(pd.concat(supplied, ignore_index=True), on=place, validate="1:m")
    named = linked.rename(columns={"file": "source_file", "row": "source_row", "column": "source_column"})
    return named.assign(cohort=cohort)[TABLES["totals"].names]

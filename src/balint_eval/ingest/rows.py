"""The rows of one export: which are used, whose they are, of which wave, and why the others are not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from balint_eval.errors import Problem, cell_shown, masked, shown
from balint_eval.ingest.dates import DateRule, DatesRead, read_dates
from balint_eval.ingest.grid import letter, listed
from balint_eval.ingest.linkage.codes import id_columns, raw_ids
from balint_eval.ingest.readers.redcap_events import EVENT, events_by_label
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import clean_header, clean_text
from balint_eval.ingest.windows import hold_to_windows, waves_by_date
from balint_eval.study_exports import Export
from balint_eval.study_model import Study

_PLACE = re.compile(r"@[A-Z]{1,3}")
_ROUNDED = re.compile(r"[0-9][.,][0-9]+[eE][+][0-9]+")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(rf"(?i)\d{{4}}-\d\d-\d\d(?: 00:00:00)?|\d{{1,2}}-{_MONTH}|{_MONTH}-\d\d")


@dataclass(frozen=True)
class Rows:
    """Every row of one export with its wave, person and fate.

    Attributes
    ----------
    table : pandas.DataFrame, index = line in the file
        wave, raw_id, group, arm, answered_on, reason (`""` = used).
    problems : list of Problem
    notes : list of str
    """

    table: pd.DataFrame
    problems: list[Problem]
    notes: list[str]


def resolve_columns(sheet: Sheet, wanted: Sequence[str]) -> tuple[dict[str, str], list[Problem]]:
    """Find the columns the study file names, by name, question text, platform key, or place as in `@D`.

    Returns
    -------
    found : dict of wanted name to the sheet's column
    problems : list of Problem
        One for every column that is missing, each with the nearest header.
    """
    exact = {column: column for column in sheet.cells.columns}
    loose: dict[str, list[str]] = {}
    for column in sheet.cells.columns:
        for text in {column, sheet.labels.get(column, ""), sheet.keys.get(column, "")} - {""}:
            loose.setdefault(clean_header(text), []).append(column)
    found, problems = {}, []
    for name in dict.fromkeys(wanted):
        matches = [exact[name]] if name in exact else sorted(set(loose.get(clean_header(name), [])))
        matches = matches or _at_place(name, sheet)
        if len(matches) == 1:
            found[name] = matches[0]
        else:
            problems.append(_column_problem(name, matches, sheet))
    return found, problems


def _at_place(name: str, sheet: Sheet) -> list[str]:
    """Give the column that `@D` stands for: the fourth, as a spreadsheet letters it."""
    if not _PLACE.fullmatch(name):
        return []
    number = reduce(lambda total, letter: total * 26 + ord(letter) - 64, name[1:], 0)
    return [str(column) for column in sheet.cells.columns[number - 1 : number]]


def _nearest(name: str, sheet: Sheet) -> str:
    """Say which header is meant: one that begins alike, one that looks alike, else the first few."""
    headers, first = [str(column) for column in sheet.cells.columns], sheet.first_letter
    begins = [header for header in headers if len(name) > 3 and header.casefold().startswith(name.casefold())]
    close = begins or difflib.get_close_matches(name, headers, n=1, cutoff=0.5)
    if close:
        place = letter(headers.index(close[0]) + first) if first is not None else ""
        return f"; the nearest header is '{close[0]}'" + (f" ({place})" if place else "")
    return f"; the headers are {', '.join(shown(header, 30) for header in headers[:8])}"


def _column_problem(name: str, matches: Sequence[str], sheet: Sheet) -> Problem:
    if matches:
        shown_as = [f"{match} ({sheet.letter_of(match)})" if sheet.letter_of(match) else match for match in matches[:4]]
        what = f"{len(matches)} columns answer to this name ({', '.join(shown_as)})"
        return Problem("HD-AMBIGUOUS", what, "name the column exactly", sheet.file, sheet.header_rows, name)
    what = f"there is no such column{_nearest(name, sheet)}"
    mend = 'name the column in the study file as the file has it (or by its place, as "@D"), or export the column'
    return Problem("HD-MISSING", what, mend, sheet.file, 1, name)


def missing_together(problems: Sequence[Problem], forms: Mapping[str, Sequence[str]], sheet: Sheet) -> list[Problem]:
    """Give one message for all columns of one form that are missing, in place of one a column.

    Parameters
    ----------
    problems : sequence of Problem
        From `resolve_columns`.
    forms : mapping of instrument name to the columns of its items
    sheet : Sheet
    """
    found = list(problems)
    for form, names in forms.items():
        lacking = [problem for problem in found if problem.code == "HD-MISSING" and problem.column in names]
        if len(lacking) > 1:
            at = found.index(lacking[0])
            found = [problem for problem in found if problem not in lacking]
            found.insert(at, _form_problem(form, [problem.column for problem in lacking], len(names), sheet))
    return found


def _form_problem(form: str, lacking: list[str], number: int, sheet: Sheet) -> Problem:
    how_many = f"none of the {number}" if len(lacking) == number else f"{len(lacking)} of the {number}"
    verb = "is there" if len(lacking) == number else "are missing"
    near = _nearest(lacking[0], sheet)
    what = f"{how_many} columns of {form} {verb}: {listed(lacking, 20)}{near}"
    mend = 'give under columns: of this form the names the file has (or their places, as "@D"), or export the columns'
    return Problem("HD-MISSING", what, mend, sheet.file, 1, lacking[0])


def place_rows(sheet: Sheet, export: Export, columns: dict[str, str], answered: pd.Series, study: Study) -> Rows:
    """Say of every row whose it is, of which wave, and whether it is used.

    Parameters
    ----------
    sheet : Sheet
    export : Export
    columns : dict
        From `resolve_columns`.
    answered : pandas.Series of bool, index = line
        Whether the row holds any answer to any item.
    study : Study
        Waves with their windows, time zone, and what to do with blank ids and answers outside a window.
    """
    cells = sheet.cells
    dates = _dates(sheet, export, columns, study)
    waves, wave_problems = _waves(sheet, export, columns, dates.days, study)
    table = pd.DataFrame({
        "wave": waves,
        "raw_id": raw_ids(cells, columns, export),
        "group": _attribute(cells, columns, export.group),
        "arm": _attribute(cells, columns, export.arm),
        "answered_on": dates.days,
        "reason": _reasons(sheet, export, waves, answered),
    })  # fmt: skip
    windows = hold_to_windows(table, export, study, sheet.file, date_column(sheet, export, columns))
    table = table.assign(reason=windows.reasons)
    table = table.assign(reason=_without_blank_ids(table, study))
    problems = [*wave_problems, *dates.problems, *windows.problems, *_id_problems(table, sheet, export)]
    return Rows(table, problems, [*dates.notes, *windows.notes])


def _without_blank_ids(table: pd.DataFrame, study: Study) -> pd.Series:
    if study.linkage.blank_ids == "refuse":
        return table["reason"]
    return table["reason"].mask((table["reason"] == "") & (table["raw_id"] == ""), "blank_id")


def _attribute(cells: pd.DataFrame, columns: dict[str, str], name: str) -> pd.Series:
    return cells[columns[name]].map(clean_text) if name else pd.Series("", index=cells.index, dtype=object)


def _waves(
    sheet: Sheet, export: Export, columns: dict[str, str], days: pd.Series, study: Study
) -> tuple[pd.Series, list[Problem]]:
    if export.wave_from is None:
        return pd.Series(export.wave, index=sheet.cells.index, dtype=object), []
    if export.wave_from.date:
        return waves_by_date(days, study), _without_dates(sheet, days)
    known = {clean_text(value.value): value.wave for value in export.wave_from.values}
    column = columns[export.wave_from.column]
    texts = sheet.cells[column].map(clean_text)
    if column == EVENT:
        texts = texts.replace(events_by_label(texts.unique(), list(known)))
    problems = [
        Problem(
            "VAL-WAVE", "this value of the wave column is not declared",
            "add it under wave_from: values: (with a blank wave to leave its rows out)",
            sheet.file, int(str(row)), export.wave_from.column, cell_shown(text),
        )
        for row, text in texts.drop_duplicates().items() if text not in known
    ]  # fmt: skip
    return texts.map(lambda text: known.get(text, "")).astype(object), problems


def _without_dates(sheet: Sheet, days: pd.Series) -> list[Problem]:
    if days.empty or (days != "").any():
        return []
    what = "the wave is to be told from the date of the answer, and no row of this file has a date"
    return [Problem("VAL-WINDOW", what, "name the column of the date under answered_on, or give wave", sheet.file)]


def _reasons(sheet: Sheet, export: Export, waves: pd.Series, answered: pd.Series) -> pd.Series:
    status = sheet.status.astype(object)
    reasons = status.mask(status.isin(export.keep), "")
    reasons = reasons.mask((reasons == "") & (waves == ""), "other_wave")
    return reasons.mask((reasons == "") & ~answered, "no_answers")


def date_column(sheet: Sheet, export: Export, columns: dict[str, str]) -> str:
    """Give the column with the date of the answer: the one that is named, else the platform's own, else `""`."""
    return "".join(columns[name] for name in export.date_columns[:1]) or sheet.ended or sheet.started


def _dates(sheet: Sheet, export: Export, columns: dict[str, str], study: Study) -> DatesRead:
    """Read the dates of the answers; those nobody asked for and nothing rests on are noted, not refused."""
    column = date_column(sheet, export, columns)
    if not column:
        return DatesRead(pd.Series("", index=sheet.cells.index, dtype=object))
    rule = DateRule(export.date_format, export.calendar, export.time_zone or sheet.time_zone, study.time_zone)
    found = read_dates(sheet.cells[column], rule, file=sheet.file, column=column)
    if not found.problems or _dates_needed(export, study):
        return found
    first = found.problems[0]
    why = f"{first.code}: in the column {column}, {first.what}"
    note = f"{why}. No result rests on these dates; to use them, {first.mend}."
    return DatesRead(found.days, [], [*found.notes, note])


def _dates_needed(export: Export, study: Study) -> bool:
    declared = export.answered_on or export.date_format or export.calendar or export.time_zone
    windows = any(wave.from_ or wave.until for wave in study.waves)
    return bool(declared) or windows or study.linkage.duplicates != "refuse"


def _id_problems(table: pd.DataFrame, sheet: Sheet, export: Export) -> Iterator[Problem]:
    for row, raw in table.loc[table["reason"] == "", "raw_id"].items():
        code, what, mend = _id_fault(raw)
        if code:
            yield Problem(code, what, mend, sheet.file, int(str(row)), id_columns(export)[0], masked(raw))


def _id_fault(raw: str) -> tuple[str, str, str]:
    if not raw:
        what = "the person id is blank, so the answers cannot be linked"
        return "LK-BLANK", what, "complete the id, or delete the row"
    if _ROUNDED.fullmatch(raw.strip()):
        what = "a spreadsheet has rounded this id, so its last digits are lost"
        return "VAL-SCI", what, "export again with the ids as text"
    if _DATE.fullmatch(raw.strip()):
        return "VAL-IDDATE", "a spreadsheet has made a date of this id", "export again with the ids as text"
    return "", "", ""

"""One export from its file to decoded answers, with what is wrong and what was noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.answers import decode_items
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.row_flags import row_flags
from balint_eval.ingest.rows import Rows, place_rows, resolve_columns
from balint_eval.ingest.sheet import Sheet
from balint_eval.study import Export, Items, StudyFile


@dataclass(frozen=True)
class Reading:
    """One export, read and placed.

    Attributes
    ----------
    export : Export
    sheet : Sheet
    rows : Rows
    answers : mapping of instrument name to pandas.DataFrame, shape (rows, items)
        Codes; rows without any answer are left out.
    with_comment : frozenset of int
        Lines with a comment.
    problems : list of Problem
    notes : list of str
    columns_used : int
    """

    export: Export
    sheet: Sheet
    rows: Rows
    answers: Mapping[str, pd.DataFrame]
    with_comment: frozenset[int]
    problems: list[Problem]
    notes: list[str]
    columns_used: int


def read_one(file: StudyFile, export: Export) -> Reading:
    """Read one export of a cohort.

    Raises
    ------
    DataError
        The file cannot be read, or lacks columns; other problems are in the result.
    """
    sheet = read_export(
        file.path(export.file),
        shown_as=export.file,
        platform=export.platform,
        sheet=export.sheet,
        encoding=export.encoding,
        delimiter=export.delimiter,
        dictionary=file.path(export.dictionary) if export.dictionary else None,
        syntax=file.path(export.syntax) if export.syntax else None,
    )
    wanted = list(_wanted(file, export))
    columns, problems = resolve_columns(sheet, wanted)
    if problems:
        raise DataError(problems)
    answered = _any_answer(sheet, export, file, columns)
    rows = place_rows(sheet, export, columns, answered)
    answers, found, notes = _decode_all(sheet, export, file, columns, rows)
    n_items = sum(file.instruments[items.instrument].n_items for items in export.items)
    flags = list(row_flags(sheet, rows, columns, export.comments, n_items))
    spoken = _filled(sheet, [columns[name] for name in export.comments])
    return Reading(
        export=export,
        sheet=sheet,
        rows=rows,
        answers=answers,
        with_comment=frozenset(int(row) for row in spoken.index[spoken]),
        problems=[*_nobody_left(sheet, rows), *rows.problems, *found],
        notes=[*sheet.notes, *rows.notes, *notes, *flags],
        columns_used=len(set(columns.values())),
    )


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
    return _filled(sheet, names)


def _filled(sheet: Sheet, names: Sequence[str]) -> pd.Series:
    return (sheet.cells[list(names)].map(str.strip) != "").any(axis=1)


def _decode_all(
    sheet: Sheet, export: Export, file: StudyFile, columns: Mapping[str, str], rows: Rows
) -> tuple[dict[str, pd.DataFrame], list[Problem], list[str]]:
    parts: dict[str, list[pd.DataFrame]] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for items in export.items:
        instrument = file.instruments[items.instrument]
        cells = sheet.cells.loc[_asked(rows, items)]
        decoded = decode_items(cells, _item_columns(items, file, columns), items, instrument, sheet.file)
        parts.setdefault(items.instrument, []).append(decoded.values.dropna(how="all"))
        problems += decoded.problems
        notes += decoded.notes
        if items.already_reversed:
            what = f"The items of {instrument.name} that the platform had reversed were turned back, as declared."
            notes.append(what)
    return {name: pd.concat(frames) for name, frames in parts.items()}, problems, notes


def _asked(rows: Rows, items: Items) -> pd.Index:
    """Give the lines that are used and of a wave in which the instrument was asked."""
    used = rows.table["reason"] == ""
    return rows.table.index[used & rows.table["wave"].isin(items.waves)] if items.waves else rows.table.index[used]


def _nobody_left(sheet: Sheet, rows: Rows) -> list[Problem]:
    if sheet.cells.empty or (rows.table["reason"] == "").any():
        return []
    counts = rows.table["reason"].value_counts().sort_index()
    reasons = ", ".join(f"{n} {str(reason).replace('_', ' ')}" for reason, n in counts.items())
    what = f"no row is left after the exclusions ({reasons})"
    mend = "export again once there are answers, or see the key keep"
    return [Problem("IN-NOBODY", what, mend, sheet.file)]


def comments_of(readings: Sequence[Reading]) -> pd.DataFrame:
    """Give the free text without person, sorted by its own letters so that the order says nothing."""
    records = []
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        columns, _ = resolve_columns(reading.sheet, reading.export.comments)
        for column in columns.values():
            texts = reading.sheet.cells.loc[used.index, column]
            records += [{"wave": used.at[row, "wave"], "comment": text} for row, text in texts.items() if text.strip()]
    return pd.DataFrame(records, columns=["wave", "comment"]).sort_values(["wave", "comment"], ignore_index=True)

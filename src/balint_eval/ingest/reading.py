"""One export from its file to decoded answers, with what is wrong and what was noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from balint_eval.errors import DataError, Problem, shown
from balint_eval.ingest.answers import decode_items
from balint_eval.ingest.choice_labels import by_declared_labels
from balint_eval.ingest.comments import clean_comment, cleaning_notes
from balint_eval.ingest.grid import counted, listed
from balint_eval.ingest.linkage.codes import id_columns
from balint_eval.ingest.numbering import numbering_problem
from balint_eval.ingest.personal import personal_columns
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.reasons import rows_in_words
from balint_eval.ingest.row_flags import row_flags
from balint_eval.ingest.rows import Rows, missing_together, place_rows, resolve_columns
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.totals import read_totals, stacked
from balint_eval.ingest.unanswered import unanswered
from balint_eval.ingest.wide import undated, views_of
from balint_eval.study import StudyFile
from balint_eval.study_exports import Export, Items


@dataclass(frozen=True)
class Reading:
    """One export, read and placed; a file with several waves in a row gives one reading a wave.

    Attributes
    ----------
    export : Export
        With the items of this reading.
    sheet : Sheet
    rows : Rows
    number : int
        0 for the first reading of a file; problems, notes and comments of the file as a whole are with it.
    waves_in_row : int
        Readings of the same file.
    answers : mapping of instrument name to pandas.DataFrame, shape (rows, items)
        Codes; rows without any answer are left out.
    totals : mapping of instrument name to pandas.DataFrame
        row, scale, value, column: totals the export holds.
    with_comment : frozenset of int
        Lines with a comment.
    problems : list of Problem
    notes : list of str
    columns : mapping of str to str
        The study file's names of columns to the sheet's.
    """

    export: Export
    sheet: Sheet
    rows: Rows
    answers: Mapping[str, pd.DataFrame]
    totals: Mapping[str, pd.DataFrame]
    with_comment: frozenset[int]
    problems: list[Problem]
    notes: list[str]
    columns: Mapping[str, str]
    number: int = 0
    waves_in_row: int = 1

    @property
    def columns_used(self) -> int:
        """Number of columns that the study file names."""
        return len(set(self.columns.values()))


def read_one(file: StudyFile, export: Export) -> list[Reading]:
    """Read one export of a cohort, the file once and its rows once a wave.

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
    columns = _columns(sheet, export, file)
    views = views_of(export)
    seen = undated(sheet) if len(views) > 1 else sheet
    readings = [_read_view(file, seen, view, columns, number, len(views)) for number, view in enumerate(views)]
    first, tables = readings[0], [reading.rows.table for reading in readings]
    used = _in_any_wave(tables)
    n_items = _fewest_items(file, export)
    flags = row_flags(seen, replace(first.rows, table=used), columns, export.comments, n_items)
    whole = replace(
        first,
        problems=[*_nobody_left(sheet, used, first.problems), *_once(reading.problems for reading in readings)],
        notes=[
            *sheet.notes,
            *_unused_columns(sheet, columns),
            *_wave_notes(readings),
            *first.notes,
            *flags,
            *cleaning_notes(sheet, [columns[name] for name in export.comments]),
            *personal_columns(sheet, set(columns.values())),
        ],
        columns=columns,
    )
    return [whole, *(replace(reading, problems=[]) for reading in readings[1:])]


def _read_view(
    file: StudyFile, sheet: Sheet, view: Export, columns: dict[str, str], number: int, waves_in_row: int
) -> Reading:
    """Place and decode the rows of one export, or of one wave of a wide one."""
    rows = place_rows(sheet, view, columns, _any_answer(sheet, view, file, columns), file.study)
    decoded = _decode_all(sheet, view, file, columns, rows)
    spoken = _filled(sheet, [columns[name] for name in view.comments])
    return Reading(
        export=view,
        sheet=sheet,
        rows=rows,
        answers=decoded.answers,
        totals=decoded.totals,
        with_comment=frozenset(int(row) for row in spoken.index[spoken]),
        problems=[*rows.problems, *decoded.problems],
        notes=[*rows.notes, *decoded.notes],
        columns={},
        number=number,
        waves_in_row=waves_in_row,
    )


def _fewest_items(file: StudyFile, export: Export) -> int:
    """Give how many items a row of the export was asked at least, whatever its wave."""
    sizes = [(file.instruments[items.instrument].n_items, items.waves) for items in export.items]
    waves = {wave for _, asked in sizes for wave in asked}
    always = sum(size for size, asked in sizes if not asked)
    by_wave = [always + sum(size for size, asked in sizes if wave in asked) for wave in waves]
    return min(by_wave, default=always)


def _in_any_wave(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Give the rows of the file with the reason of a wave in which they are used, if there is one."""
    first = tables[0]
    used = pd.concat([table["reason"] == "" for table in tables], axis=1).any(axis=1)
    return first.assign(reason=first["reason"].mask(used, ""))


def _once(found: Iterable[list[Problem]]) -> list[Problem]:
    """Give every problem once: a blank id is one fault, whatever number of waves its row holds."""
    return list(dict.fromkeys(problem for problems in found for problem in problems))


def _wave_notes(readings: list[Reading]) -> list[str]:
    if len(readings) == 1:
        return []
    waves = ", ".join(reading.export.wave for reading in readings)
    silent = [reading.export.wave for reading in readings if not (reading.rows.table["reason"] == "").any()]
    notes = [f"Each row holds the answers of several waves and was read once for each: {waves}."]
    return notes + [f"No row has an answer of the wave {wave}." for wave in silent]


def _forms(file: StudyFile, export: Export) -> dict[str, list[str]]:
    """Give the columns of each instrument of an export, for all waves."""
    forms: dict[str, list[str]] = {}
    for items in export.items:
        n_items = file.instruments[items.instrument].n_items
        forms.setdefault(items.instrument, []).extend(items.column_names(n_items))
    return forms


def _columns(sheet: Sheet, export: Export, file: StudyFile) -> dict[str, str]:
    """Find every column, or refuse the file; items under other names are told with the names they have."""
    sizes = {items.instrument: file.instruments[items.instrument].n_items for items in export.items}
    otherwise = {id(items): numbering_problem(sheet, items, sizes[items.instrument]) for items in export.items}
    told = {
        name for items in export.items if otherwise[id(items)] for name in items.column_names(sizes[items.instrument])
    }
    columns, problems = resolve_columns(sheet, [name for name in _wanted(file, export) if name not in told])
    problems = missing_together(problems, _forms(file, export), sheet)
    problems += [problem for problem in otherwise.values() if problem]
    if problems:
        raise DataError(problems)
    return columns


def _unused_columns(sheet: Sheet, columns: Mapping[str, str]) -> list[str]:
    """Name the columns nobody asked for, which are not carried on; a platform's own go without saying."""
    used = set(columns.values())
    unused = [str(column) for column in sheet.cells.columns if column not in used]
    if sheet.platform != "plain" or not unused:
        return []
    named = listed([shown(name, 30) for name in unused])
    verb = "is" if len(unused) == 1 else "are"
    return [f"WARN-EXTRA: {counted(len(unused), 'column')} {verb} not used and not carried on: {named}."]


def _wanted(file: StudyFile, export: Export) -> Iterator[str]:
    yield from id_columns(export)
    yield from (name for name in (export.group, export.arm, *export.date_columns, *export.comments) if name)
    if export.wave_from and export.wave_from.column:
        yield export.wave_from.column
    for items in export.items:
        yield from items.column_names(file.instruments[items.instrument].n_items)
        yield from (total.column for total in items.totals)


def _item_columns(items: Items, file: StudyFile, columns: Mapping[str, str]) -> list[str]:
    return [columns[name] for name in items.column_names(file.instruments[items.instrument].n_items)]


def _any_answer(sheet: Sheet, export: Export, file: StudyFile, columns: Mapping[str, str]) -> pd.Series:
    names = [name for items in export.items for name in _item_columns(items, file, columns)]
    names += [columns[name] for name in export.comments]
    return _filled(sheet, names)


def _filled(sheet: Sheet, names: Sequence[str]) -> pd.Series:
    """Tell the rows with anything in these columns; each distinct text is looked at once."""
    filled = np.zeros(len(sheet.cells), dtype=bool)
    for name in dict.fromkeys(names):
        texts = sheet.cells[name].tolist()
        blank = {text for text in set(texts) if not text.strip()}
        filled |= [text not in blank for text in texts]
    return pd.Series(filled, index=sheet.cells.index)


@dataclass(frozen=True)
class _AllDecoded:
    """Answers and totals of every instrument of one export."""

    answers: dict[str, pd.DataFrame]
    totals: dict[str, pd.DataFrame]
    problems: list[Problem]
    notes: list[str]


def _decode_all(sheet: Sheet, export: Export, file: StudyFile, columns: Mapping[str, str], rows: Rows) -> _AllDecoded:
    parts: dict[str, list[pd.DataFrame]] = {}
    totals: dict[str, list[pd.DataFrame]] = {}
    problems: list[Problem] = []
    notes: list[str] = []
    for items in export.items:
        instrument = file.instruments[items.instrument]
        cells = sheet.cells.loc[_asked(rows, items)]
        coded = file.with_answers(items).model_copy(
            update={"missing_codes": [*export.missing_codes, *items.missing_codes]}
        )
        named = _item_columns(items, file, columns)
        labelled, spoken = by_declared_labels(cells, named, sheet.choices, coded.answers)
        decoded = decode_items(labelled, named, coded, instrument, sheet.file)
        values = decoded.values.dropna(how="all")
        wanted = {outcome.scale for outcome in file.study.outcomes if outcome.instrument == instrument.name}
        blank = [] if decoded.problems else unanswered(decoded.values, instrument, named, wanted, sheet.file)
        parts.setdefault(items.instrument, []).append(values)
        supplied, wrong, said = read_totals(cells, columns, coded, values.index, sheet.file)
        totals.setdefault(items.instrument, []).append(supplied)
        problems += [*decoded.problems, *blank, *wrong]
        notes += [*spoken, *decoded.notes, *said]
        if items.already_reversed:
            what = f"The items of {instrument.name} that the platform had reversed were turned back, as declared."
            notes.append(what)
    answers = {name: pd.concat(frames) for name, frames in parts.items()}
    return _AllDecoded(answers, {name: stacked(frames) for name, frames in totals.items()}, problems, notes)


def _asked(rows: Rows, items: Items) -> pd.Index:
    """Give the lines that are used and of a wave in which the instrument was asked."""
    used = rows.table["reason"] == ""
    return rows.table.index[used & rows.table["wave"].isin(items.waves)] if items.waves else rows.table.index[used]


def _nobody_left(sheet: Sheet, table: pd.DataFrame, rows_problems: Iterable[Problem]) -> list[Problem]:
    if sheet.cells.empty or (table["reason"] == "").any() or any(p.code == "VAL-WAVE" for p in rows_problems):
        # Rows whose wave nobody declared are told one by one.
        return []
    counts = table["reason"].value_counts().sort_index()
    reasons = rows_in_words({str(reason): int(number) for reason, number in counts.items()})
    what = f"no row is left after the exclusions ({reasons})"
    mend = "export again once there are answers, or see the key keep"
    return [Problem("IN-NOBODY", what, mend, sheet.file)]


def comments_of(readings: Sequence[Reading]) -> pd.DataFrame:
    """Give the free text without person, sorted by its own letters so that the order says nothing.

    The wave is blank where a row holds several waves: nobody says to which a comment belongs.
    """
    records = []
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        used = used.assign(wave="") if reading.waves_in_row > 1 else used
        columns, _ = resolve_columns(reading.sheet, reading.export.comments)
        for column in columns.values():
            texts = reading.sheet.cells.loc[used.index, column]
            records += [
                {"wave": used.at[row, "wave"], "comment": clean_comment(text)}
                for row, text in texts.items()
                if text.strip()
            ]
    return pd.DataFrame(records, columns=["wave", "comment"]).sort_values(["wave", "comment"], ignore_index=True)

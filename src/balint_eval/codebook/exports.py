"""What a codebook says of one export, as the keys of the study file, each with its place in the codebook."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from balint_eval.codebook.code_elements import say_code_columns
from balint_eval.codebook.model import LEFT_OUT, MISSING, AnswerRow, Codebook, ColumnRow, FormRow, WaveRow
from balint_eval.codebook.read import CodebookFile
from balint_eval.codebook.words import word
from balint_eval.errors import Problem, cell_shown, shown
from balint_eval.ingest.text import clean_text
from balint_eval.settings_words import Location

Numbered = tuple[int, ColumnRow]
"""A row with its position in the section."""

_ONE_COLUMN = ("person_id", "group", "arm")
"""Uses that one column of an export may have; each is a key of the export."""


@dataclass
class Said:
    """What the codebook says of one export.

    Attributes
    ----------
    keys : dict
        Keys of the export and their values, as a study file would give them.
    places : dict of path below the export to location in the codebook
    problems : list of Problem
    uncoded : dict of position to AnswerRow
        Answers that items use and that have no code yet.
    """

    keys: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    uncoded: dict[int, AnswerRow] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """The rows of a codebook about one export, each with its position."""

    file: str
    columns: list[Numbered]
    waves: list[tuple[int, WaveRow]]
    forms: list[tuple[int, FormRow]]


def say_export(part: Part, codebook: CodebookFile, given: Collection[str] = (), elements: Sequence[str] = ()) -> Said:
    """Turn the rows about one export into keys of the study file.

    Parameters
    ----------
    part : Part
        The rows of this export.
    codebook : CodebookFile
        For its lists of answers and its places.
    given : collection of str
        Keys that the study file gives for this export; what stands there need not stand in the codebook.
    elements : sequence of str
        Names of the elements of self-made codes, in their order.

    Returns
    -------
    Said
    """
    said = Said()
    said.problems += _repeated_columns(part, codebook)
    _say_code(part, codebook, said, elements)
    _say_single_columns(part, codebook, said, given)
    _say_dates(part, codebook, said, given)
    _say_waves(part, codebook, said, given)
    _say_items(part, codebook, said)
    comments = [row.column for _, row in part.columns if row.use == "comment"]
    if comments:
        said.keys["comments"] = comments
    return said


def _repeated_columns(part: Part, codebook: CodebookFile) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for position, row in part.columns:
        if row.column in first:
            what = f"this column of {part.file} stands in two rows"
            yield codebook.places.problem("CFG-CODEBOOK", what, "keep one of them", ("columns", position, "column"))
        first.setdefault(row.column, position)


def _say_code(part: Part, codebook: CodebookFile, said: Said, elements: Sequence[str]) -> None:
    """Take the columns with one element of the code each."""
    rows = [(position, row) for position, row in part.columns if row.use == "code_element"]
    columns, problems = say_code_columns(rows, part.file, elements, codebook)
    said.problems += problems
    if columns:
        said.keys["code_columns"] = columns
        said.places["code_columns"] = ("columns", rows[0][0], "use")


def _say_single_columns(part: Part, codebook: CodebookFile, said: Said, given: Collection[str]) -> None:
    for use in _ONE_COLUMN:
        rows = [(position, row) for position, row in part.columns if row.use == use]
        for position, _ in rows[1:]:
            what = f"{part.file} has more than one column with the use '{word(use, 'en')}'"
            mend = "keep it at the right column, and set the others to ignore"
            said.problems.append(codebook.places.problem("CFG-CODEBOOK", what, mend, ("columns", position, "use")))
        if rows:
            said.keys[use] = rows[0][1].column
            said.places[use] = ("columns", rows[0][0], "use")
    asked = any(row.use == "code_element" for _, row in part.columns)
    if part.columns and not asked and not {"person_id", "code_columns"} & {*said.keys, *given}:
        position, _ = part.columns[0]
        what = f"no column of {part.file} has the use 'person id'"
        mend = (
            "set it at the column with the code by which a person is found again; "
            "where several questions make the code, give each of them the use 'code element'"
        )
        said.problems.append(codebook.places.problem("CFG-CODEBOOK", what, mend, ("columns", position, "use")))


def _say_dates(part: Part, codebook: CodebookFile, said: Said, given: Collection[str]) -> None:
    """Take the one column of dates, or the one of each wave where a row holds several."""
    rows = [(position, row) for position, row in part.columns if row.use == "date"]
    if not rows:
        return
    said.places["answered_on"] = ("columns", rows[0][0], "use")
    items = any(row.use == "item" for _, row in part.columns)
    if items and _wide(part) and not part.waves and not {"wave", "wave_from"} & set(given):
        unsaid = [position for position, row in rows if len(row.waves) != 1]
        what = f"a row of {part.file} holds several waves, and it is not said which of them this date belongs to"
        mend = "write its wave in the column 'waves', or set the use to ignore"
        said.problems += [
            codebook.places.problem("CFG-CODEBOOK", what, mend, ("columns", position, "waves")) for position in unsaid
        ]
        if unsaid:
            return
    if all(len(row.waves) == 1 for _, row in rows):
        said.keys["answered_on"] = {row.waves[0]: row.column for _, row in rows}
        rows = [member for member in rows if said.keys["answered_on"][member[1].waves[0]] != member[1].column]
    else:
        said.keys["answered_on"] = rows[0][1].column
        rows = rows[1:]
    for position, _ in rows:
        what = f"{part.file} has more than one column with the use 'date' for a wave"
        mend = "keep the one with the date of the answers; where a row holds several waves, name the wave of each"
        said.problems.append(codebook.places.problem("CFG-CODEBOOK", what, mend, ("columns", position, "use")))


def _say_waves(part: Part, codebook: CodebookFile, said: Said, given: Collection[str]) -> None:
    columns = [(position, row) for position, row in part.columns if row.use == "wave"]
    for position, row in part.waves:
        if not row.wave:
            what = f"it is not said which wave {part.file} is" + (
                f" where its wave column says {shown(row.value, 30)}" if row.value else ""
            )
            mend = "write the name of a wave of the study file, or 'leave out' for rows that are not used"
            said.problems.append(codebook.places.problem("CFG-BLANK", what, mend, ("waves", position, "wave")))
    if len(columns) > 1:
        what = f"{part.file} has more than one column with the use 'wave'"
        at = ("columns", columns[1][0], "use")
        said.problems.append(codebook.places.problem("CFG-CODEBOOK", what, "keep one", at))
    whole = [(position, row) for position, row in part.waves if not row.value]
    valued = [(position, row) for position, row in part.waves if row.value]
    if columns:
        _say_wave_column(columns[0], valued, said)
        why = "this file has a column with the use 'wave', so each of its values needs a row"
        said.problems += _wave_problems(whole, why, "give the value, or delete the row", codebook)
        return
    why = "this row names a value and no column of the file has the use 'wave'"
    said.problems += _wave_problems(valued, why, "set the use of that column, or delete the row", codebook)
    unused = [member for member in whole[:1] if member[1].wave == LEFT_OUT]
    mend = "give it one; a file that is not used is taken out of the study file and of the codebook"
    said.problems += _wave_problems([*unused, *whole[1:]], "a file has one wave", mend, codebook)
    if whole and not unused and whole[0][1].wave:
        said.keys["wave"], said.places["wave"] = whole[0][1].wave, ("waves", whole[0][0], "wave")
    elif not whole and not _wide(part) and not {"wave", "wave_from"} & set(given):
        said.problems.append(_no_wave(part, codebook))


def _wave_problems(
    rows: Sequence[tuple[int, WaveRow]], what: str, mend: str, codebook: CodebookFile
) -> Iterator[Problem]:
    for position, _ in rows:
        yield codebook.places.problem("CFG-WAVE", what, mend, ("waves", position, "value"))


def _wide(part: Part) -> bool:
    """Tell whether each row holds several waves: every item names its one wave."""
    return all(len(row.waves) == 1 for _, row in part.columns if row.use == "item")


def _no_wave(part: Part, codebook: CodebookFile) -> Problem:
    what = f"it is not said which wave {part.file} is"
    mend = "add a row with this file and its wave; where its rows hold several waves each, name the wave of each item"
    at: Location = ("waves", "", "wave") if part.waves or not part.columns else ("columns", part.columns[0][0], "file")
    return codebook.places.problem("CFG-WAVE", what, mend, at)


def _say_wave_column(column: Numbered, rows: Sequence[tuple[int, WaveRow]], said: Said) -> None:
    values = []
    for number, (position, row) in enumerate(rows):
        kept = {} if row.wave in (LEFT_OUT, "") else {"wave": row.wave}
        values.append({"value": row.value, **kept})
        said.places[f"wave_from.values.{number}"] = ("waves", position, "wave")
    said.keys["wave_from"] = {"column": column[1].column, "values": values}
    said.places["wave_from"] = ("columns", column[0], "use")


def _say_items(part: Part, codebook: CodebookFile, said: Said) -> None:
    rows = [(position, row) for position, row in part.columns if row.use == "item"]
    said.problems += _unsaid(rows, codebook)
    groups: dict[tuple[str, tuple[str, ...]], list[Numbered]] = {}
    for position, row in rows:
        if row.instrument and row.item is not None:
            groups.setdefault((row.instrument, tuple(row.waves)), []).append((position, row))
    settled = {row.instrument: (position, row) for position, row in part.forms}
    entries = []
    for number, ((instrument, waves), members) in enumerate(groups.items()):
        ordered = sorted(members, key=lambda member: member[1].item or 0)
        entry: dict[str, Any] = {"instrument": instrument, "columns": [row.column for _, row in ordered]}
        path = f"items.{number}"
        said.places[path] = ("columns", members[0][0], "instrument")
        if waves:
            entry["waves"] = list(waves)
            said.places[f"{path}.waves"] = ("columns", members[0][0], "waves")
        entry |= _answers(ordered, path, codebook, said)
        entry |= _totals(part, instrument, waves, path, said)
        if instrument in settled:
            _, form = settled[instrument]
            entry |= {"already_reversed": form.already_reversed, "key_confirmed": form.key_confirmed}
            entry |= {"accept": form.accept}
            said.places[f"{path}.accept"] = ("forms", settled[instrument][0], "accept")
        entries.append(entry)
    said.problems += _idle_forms(part, {instrument for instrument, _ in groups}, codebook)
    if entries:
        said.keys["items"] = entries


def _totals(part: Part, instrument: str, waves: tuple[str, ...], path: str, said: Said) -> dict[str, Any]:
    """Give the totals that came with an export: `CBI.PB` names a scale, `TEQ` alone its total."""
    found: list[dict[str, str]] = []
    for position, row in part.columns:
        name, _, scale = row.instrument.partition(".")
        if row.use == "total" and name == instrument and (not row.waves or tuple(row.waves) == waves):
            said.places[f"{path}.totals.{len(found)}"] = ("columns", position, "instrument")
            found.append({"column": row.column, "scale": scale or "total"})
    return {"totals": found} if found else {}


def _unsaid(rows: Sequence[Numbered], codebook: CodebookFile) -> Iterator[Problem]:
    """Give one problem for each run of item rows without instrument, or without number."""
    for name, what, mend in (
        (
            "instrument",
            "it is not said which instrument {these} of",
            "choose it from the list, or set the use to ignore",
        ),
        ("item", "it is not said which item {these}", "write the number of the item on the form, from 1"),
    ):
        blank = [
            (p, row) for p, row in rows if getattr(row, name) in ("", None) and (name == "instrument" or row.instrument)
        ]
        for run in _runs(blank):
            last = codebook.places.rows.get(("columns", run[-1][0]), 0)
            these = "this is an item" if len(run) == 1 else f"these {len(run)} rows, down to row {last}, are items"
            if name == "item":
                these = "this is" if len(run) == 1 else f"each of these {len(run)} rows, down to row {last}, is"
            note = run[0][1].note
            said = what.format(these=these) + (f" ({note.rstrip('.')})" if note and name == "instrument" else "")
            yield codebook.places.problem("CFG-BLANK", said, mend, ("columns", run[0][0], name))


def _runs(rows: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Give rows that follow each other with the same note and answer list as one run."""
    run: list[Numbered] = []
    for position, row in rows:
        if run and (position != run[-1][0] + 1 or (row.note, row.answers) != (run[-1][1].note, run[-1][1].answers)):
            yield run
            run = []
        run.append((position, row))
    if run:
        yield run


def _answers(
    rows: Sequence[Numbered], path: str, codebook: CodebookFile, said: Said
) -> dict[str, list[dict[str, Any]] | list[str]]:
    """Give the answers and missing codes of the lists that the items of one instrument name."""
    known = answer_lists(codebook.book)
    codes: dict[str, tuple[int, AnswerRow]] = {}
    told: set[str] = set()
    for position, row in rows:
        if row.answers and row.answers not in known and row.answers not in told:
            told.add(row.answers)
            said.problems.append(_no_list(row.answers, known, ("columns", position, "answers"), codebook))
        for at, answer in known.get(row.answers, []):
            text = clean_text(answer.answer).casefold()
            first = codes.setdefault(text, (at, answer))[1]
            if first.code != answer.code and text not in told:
                told.add(text)
                what = f"this answer has another code in the list '{first.answers}', and one instrument uses both lists"
                place = ("answers", at, "code")
                said.problems.append(codebook.places.problem("CFG-ANSWERS", what, "give it one code", place))
    said.uncoded |= {at: answer for at, answer in codes.values() if answer.code is None}
    real = [(at, answer) for at, answer in codes.values() if answer.code not in (MISSING, None)]
    missing = [(at, answer) for at, answer in codes.values() if answer.code == MISSING]
    for number, (at, _) in enumerate(real):
        said.places[f"{path}.answers.{number}"] = ("answers", at, "code")
    for number, (at, _) in enumerate(missing):
        said.places[f"{path}.missing_codes.{number}"] = ("answers", at, "code")
    if real:
        said.places[f"{path}.answers"] = ("answers", real[0][0], "answers")
    return {
        "answers": [{"answer": answer.answer, "code": answer.code} for _, answer in real],
        "missing_codes": [answer.answer for _, answer in missing],
    }


def answer_lists(book: Codebook) -> dict[str, list[tuple[int, AnswerRow]]]:
    """Give the lists of answers by name, each row with its position."""
    lists: dict[str, list[tuple[int, AnswerRow]]] = {}
    for position, row in enumerate(book.answers):
        lists.setdefault(row.answers, []).append((position, row))
    return lists


def repeated_answers(codebook: CodebookFile) -> Iterator[Problem]:
    """Give every answer that stands twice in one list."""
    for name, rows in answer_lists(codebook.book).items():
        seen: set[str] = set()
        for position, row in rows:
            text = clean_text(row.answer).casefold()
            if text in seen:
                what = f"this answer stands twice in the list '{name}' (capitals and blanks do not count)"
                at = ("answers", position, "answer")
                value = cell_shown(row.answer)
                yield codebook.places.problem("CFG-ANSWERS", what, "keep one of them", at, value)
            seen.add(text)


def uncoded_answers(uncoded: Mapping[int, AnswerRow], codebook: CodebookFile) -> Iterator[Problem]:
    """Give one problem for each list whose answers have no code, with its rows."""
    by_list: dict[str, list[int]] = {}
    for at, answer in sorted(uncoded.items()):
        by_list.setdefault(answer.answers, []).append(at)
    for name, positions in by_list.items():
        number = "one answer" if len(positions) == 1 else f"{len(positions)} answers"
        last = codebook.places.rows.get(("answers", positions[-1]), 0)
        where = f", down to row {last}," if last and len(positions) > 1 else ""
        what = f"{number} of the list '{name}'{where} {'has' if len(positions) == 1 else 'have'} no code"
        mend = "write the instrument's code of each, or the word missing where the text means no answer"
        yield codebook.places.problem("CFG-BLANK", what, mend, ("answers", positions[0], "code"))


def _no_list(name: str, known: Mapping[str, object], at: Location, codebook: CodebookFile) -> Problem:
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    mend = (
        f"did you mean '{close[0]}'?" if close else "add its answers to the sheet of answers, or leave the cell blank"
    )
    return codebook.places.problem("CFG-REFERENCE", f"there is no list of answers '{name}'", mend, at)


def _idle_forms(part: Part, instruments: set[str], codebook: CodebookFile) -> Iterator[Problem]:
    for position, row in part.forms:
        settles = row.already_reversed or row.key_confirmed or row.accept
        if settles and row.instrument not in instruments:
            what = f"no column of {part.file} is an item of {row.instrument}"
            at = ("forms", position, "instrument")
            yield codebook.places.problem("CFG-REFERENCE", what, "correct the instrument, or delete the row", at)

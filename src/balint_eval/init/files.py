"""The files given to `init`: what each is, and which belong to one cohort."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Literal

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.readers.open import read_dictionary, read_export
from balint_eval.ingest.sheet import Sheet
from balint_eval.init.blocks import find_blocks, stem_of
from balint_eval.init.code_parts import asked_parts
from balint_eval.init.columns import MOST_ANSWERS, Column, columns_of, overlap
from balint_eval.init.waves import dates_of, name_waves, waves_by_date

Kind = Literal["export", "roster", "sessions", "attendance", "unused"]
SAME_PEOPLE = 0.3
"""Share of the smaller file's codes that must be in the other for both to be of one cohort."""
FEWEST_ITEMS = 3


@dataclass(frozen=True)
class Given:
    """One file, read.

    Attributes
    ----------
    shown : str
        Path as the study file will write it.
    sheet : Sheet
    columns : list of Column
    kind : str
    dictionary : str
        REDCap dictionary of this file, as the study file will write it.
    """

    shown: str
    sheet: Sheet
    columns: list[Column]
    kind: Kind
    dictionary: str = ""

    @property
    def rows(self) -> int:
        """Rows of answers in the file."""
        return len(self.sheet.cells)

    def column(self, name: str) -> Column:
        """Give a column by name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Group:
    """The files of one cohort."""

    name: str
    exports: list[Given]
    roster: Given | None = None
    sessions: Given | None = None
    attendance: Given | None = None
    codes: frozenset[str] = field(default_factory=frozenset)


def read_all(paths: Sequence[Path], folder: Path, encoding: str = "") -> list[Given]:
    """Read every file; the dictionaries of REDCap are put to the exports they explain.

    Parameters
    ----------
    paths : sequence of Path
    folder : Path
        Where the study file will lie.
    encoding : str
        Of text files that are not UTF-8.

    Raises
    ------
    DataError
        The problems of all files that cannot be read.
    """
    sheets: dict[Path, Sheet] = {}
    dictionaries: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            sheets[path] = read_export(path, shown_as=path.as_posix(), encoding=encoding)
        except DataError as error:
            if {problem.code for problem in error.problems} == {"IN-DICTIONARY"}:
                dictionaries.append(path)
            else:
                problems += error.problems
    if problems:
        raise DataError(problems)
    explained = _explained(sheets, dictionaries)
    given = []
    for path, plain in sheets.items():
        with_words = explained.get(path)
        sheet = plain if with_words is None else read_export(path, shown_as=path.as_posix(), dictionary=with_words)
        columns = columns_of(sheet)
        found = Given(_shown(path, folder), sheet, columns, _kind(columns))
        given.append(replace(found, dictionary=_shown(with_words, folder) if with_words else ""))
    return given


def _shown(path: Path, folder: Path) -> str:
    """Give a path as seen from the study file, with slashes."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _explained(sheets: Mapping[Path, Sheet], dictionaries: Iterable[Path]) -> dict[Path, Path]:
    """Find the export that each dictionary explains: the one with most of its variables."""
    found: dict[Path, Path] = {}
    for dictionary in dictionaries:
        fields = {entry.name for entry in read_dictionary(dictionary).fields}
        shares = {path: overlap(fields, map(str, sheet.cells.columns)) for path, sheet in sheets.items()}
        best = max(shares, key=lambda path: shares[path], default=None)
        if best is not None and shares[best] > 0.5:
            found[best] = dictionary
    return found


def _kind(columns: Sequence[Column]) -> Kind:
    """Say what a file is: answers, a list of people, meetings, or presence."""
    words = {column.name.replace("_", " ").casefold().strip(): column for column in columns}
    meeting = any(word in words for word in ("session", "meeting", "جلسه"))
    if meeting and any(word in words for word in ("date", "minutes", "تاریخ")) and len(columns) <= 8:
        return "sessions"
    if meeting and len(columns) <= 4:
        return "attendance"
    if any(block.n_items >= FEWEST_ITEMS and block.answers for block in find_blocks(item_columns(columns))):
        return "export"
    grouped = any(column.named_group or column.named_arm for column in columns)
    coded = any(column.named_code for column in columns) or bool(asked_parts(columns))
    return "roster" if grouped and coded else "export" if any(c.written for c in columns) and coded else "unused"


def item_columns(columns: Iterable[Column]) -> list[Column]:
    """Give the columns that may be items; a column in which nobody answered may be one too.

    A column whose few answers nearly all differ, as with eight people, is one where its neighbours have such answers:
    numbered neighbours wherever they stand, others where they stand next to it.
    """
    possible = [
        column
        for column in columns
        if not column.of_platform
        and not (column.named_code and column.unique_share > 0.5)
        and not column.named_total
        and not column.is_private
    ]
    sure = [column for column in possible if column.like_answers or not column.counts]
    known: dict[str, set[str]] = {}
    for column in sure:
        known.setdefault(stem_of(column)[0], set()).update(column.counts)
    kept = {column.position for column in sure}
    for ordered in (possible, possible[::-1]):
        kept |= {column.position for column in _next_to_items(ordered, kept, known)}
    return [column for column in possible if column.position in kept]


def _next_to_items(ordered: Iterable[Column], kept: Collection[int], known: Mapping[str, set[str]]) -> Iterator[Column]:
    """Give the doubtful columns that continue a row of items, walking from one end."""
    before: Column | None = None
    for column in ordered:
        if column.position in kept or _like_neighbours(column, known, before):
            if column.position not in kept:
                yield column
            before = column
        else:
            before = None


def _like_neighbours(column: Column, known: Mapping[str, set[str]], before: Column | None) -> bool:
    stem, number = stem_of(column)
    beside = before is not None and abs(before.position - column.position) == 1 and stem_of(before)[0] == stem
    said = known.get(stem, set()) if (stem and number is not None) or beside else set()
    few = len(column.counts) <= MOST_ANSWERS and not column.written
    return few and 2 * len(said & set(column.counts)) >= len(column.counts)


def into_cohorts(given: Sequence[Given], codes: Mapping[str, frozenset[str]]) -> list[Group]:
    """Put files together that hold the codes of the same people.

    Parameters
    ----------
    given : sequence of Given
    codes : mapping of file to codes
        Person codes of each export, roster and attendance list.

    Returns
    -------
    list of Group
        Exports that share nobody and are of different waves stay together: that the codes do not match is then said
        by the check, which refuses to pair them.
    """
    exports = [file for file in given if file.kind == "export"]
    parts: list[list[Given]] = []
    for file in exports:
        near = [part for part in parts if any(_same_people(codes, file, other) for other in part)]
        parts = [part for part in parts if part not in near] + [[file, *(other for part in near for other in part)]]
    if len(parts) > 1 and all(len(part) == 1 for part in parts) and _of_several_waves(exports, codes):
        parts = [exports]
    order = {file.shown: at for at, file in enumerate(exports)}
    parts = [sorted(part, key=lambda file: order[file.shown]) for part in parts]
    names = _names(sorted(parts, key=lambda part: order[part[0].shown]))
    return [_group(name, part, given, codes) for name, part in names]


def _of_several_waves(exports: Sequence[Given], codes: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether names say that the files are waves, or, where no code is known, whether their dates do."""
    if len(name_waves([file.shown for file in exports])) == len(exports):
        return True
    periods = {file.shown: dates for file in exports if (dates := dates_of(file.sheet))}
    unlinked = not any(codes.get(file.shown) for file in exports)
    return unlinked and len(periods) == len(exports) and len(waves_by_date(periods)) == len(exports)


def _same_people(codes: Mapping[str, frozenset[str]], one: Given, two: Given) -> bool:
    return overlap(codes.get(one.shown, ()), codes.get(two.shown, ())) >= SAME_PEOPLE


def _names(parts: Sequence[list[Given]]) -> list[tuple[str, list[Given]]]:
    """Name a cohort by what its files' names begin with."""
    named: list[tuple[str, list[Given]]] = []
    for number, part in enumerate(parts, start=1):
        common = _beginning([Path(file.shown).stem for file in part]) if len(part) > 1 else ""
        letters = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in common).strip("_")
        plain = letters if letters and letters[0].isalpha() and len(parts) > 1 else f"cohort_{number}"
        named.append(
            (f"cohort_{number}" if plain.casefold() in {name.casefold() for name, _ in named} else plain, part)
        )
    return named


def _beginning(names: Sequence[str]) -> str:
    """Give the letters that all names begin with."""
    same = (letters[0] if len(set(letters)) == 1 else "" for letters in zip(*names, strict=False))
    return "".join(takewhile(bool, same))


def _group(name: str, exports: list[Given], given: Sequence[Given], codes: Mapping[str, frozenset[str]]) -> Group:
    people = frozenset().union(*(codes.get(file.shown, frozenset()) for file in exports))

    def of(kind: Kind) -> Given | None:
        near = [
            file for file in given if file.kind == kind and overlap(codes.get(file.shown, ()), people) >= SAME_PEOPLE
        ]
        return near[0] if len(near) == 1 else None

    roster = of("roster")
    groups = {
        text
        for file in (roster, *exports)
        if file
        for column in file.columns
        if column.named_group
        for text in column.counts
    }
    logs = [
        file for file in given
        if file.kind == "sessions" and any(overlap(column.counts, groups) >= SAME_PEOPLE for column in file.columns)
    ]  # fmt: skip
    return Group(name, exports, roster, logs[0] if len(logs) == 1 else None, of("attendance"), people)

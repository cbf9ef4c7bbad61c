"""Whose a row is: by its id, or by the code the person made, with what is left to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.linkage.chance import (
    TOO_SMALL,
    chance_in_words,
    collision_chance,
    element_chances,
    pair_chance,
)
from balint_eval.ingest.linkage.codes import ROSTER, Codes, gather
from balint_eval.ingest.linkage.decisions import read_decisions, words_in
from balint_eval.ingest.linkage.elements import BETWEEN, code_of
from balint_eval.ingest.linkage.persons import EXACT, Joined, Persons, Place, link_persons
from balint_eval.ingest.linkage.review import Shown, mark_of, rows_to_show, write_review
from balint_eval.ingest.reading import Reading
from balint_eval.study import StudyFile
from balint_eval.study_model import Cohort, Linkage

Pseudonym = Callable[[str], str]


@dataclass(frozen=True)
class Review:
    """What is laid before a person.

    Attributes
    ----------
    rows : sequence of Shown
        Pairs decided and pairs open.
    sheet : callable
        Gives the XLSX file; takes what was decided before, by mark, for pairs that are still open.
    decided, open : int
        Pairs decided, and people whose answers wait for a decision.
    """

    rows: Sequence[Shown]
    sheet: Callable[[Mapping[str, str]], bytes]
    decided: int
    open: int

    @property
    def marks(self) -> set[str]:
        """The marks of all pairs."""
        return {mark_of(row.earlier, row.later) for row in self.rows}


@dataclass(frozen=True)
class Identity:
    """The person behind every row of a cohort.

    Attributes
    ----------
    person_of : callable
        From a reading and its lines to pseudonyms, one a line.
    attending : callable
        From an id or code in the attendance log to a pseudonym.
    joined : mapping of (person_id, wave) to Joined
        How the answers came to the person; what is not in it is exact.
    review : Review or None
        None where nothing can be open: ids are exact.
    collision : str
        In words, how likely two people have one code; `""` for ids.
    notes : tuple of str
    """

    person_of: Callable[[Reading, pd.Index], pd.Series]
    attending: Pseudonym
    joined: Mapping[tuple[str, str], Joined] = field(default_factory=dict)
    review: Review | None = None
    collision: str = ""
    notes: tuple[str, ...] = ()

    def how(self, person_id: str, wave: str) -> tuple[str, int]:
        """Give the kind of the join and the number of elements that differed."""
        found = self.joined.get((person_id, wave))
        return (found.kind, found.off) if found else (EXACT, 0)


def by_id(pseudonym: Pseudonym) -> Identity:
    """Give the identity of a study with ids: equal ids are one person."""
    return Identity(lambda reading, lines: reading.rows.table.loc[lines, "raw_id"].map(pseudonym), pseudonym)


def of_roster(file: StudyFile, cohort: Cohort, pseudonym: Pseudonym) -> Pseudonym:
    """Give the function from an id or code of the roster to its pseudonym."""
    linkage = file.study.linkage
    if linkage.method == "exact" or cohort.roster is None:
        return pseudonym
    parted, of_code = bool(cohort.roster.code_columns), _within(cohort, pseudonym)
    return lambda raw: of_code("|".join(code_of(raw, linkage, parted=parted)))


def _within(cohort: Cohort, pseudonym: Pseudonym) -> Pseudonym:
    """Give the pseudonym of a self-made code: people of two cohorts with one code are two people."""
    return lambda code: pseudonym(f"{cohort.name}|{code}")


def identify(
    file: StudyFile, cohort: Cohort, readings: Sequence[Reading], roster: pd.DataFrame | None, pseudonym: Pseudonym
) -> Identity:
    """Say whose every row is.

    Parameters
    ----------
    file : StudyFile
    cohort : Cohort
    readings : sequence of Reading
    roster : pandas.DataFrame or None
        From `read_roster`.
    pseudonym : callable
        From an id, or from the code a person is known by, to a pseudonym.

    Returns
    -------
    Identity

    Raises
    ------
    DataError
        Decisions that cannot be read, are stale or contradict each other.
    """
    linkage = file.study.linkage
    if linkage.method == "exact":
        return by_id(pseudonym)
    pseudonym = _within(cohort, pseudonym)
    codes = gather(_code_rows(cohort, readings, roster), linkage)
    waves = [wave.name for wave in file.study.waves]
    places = codes.places()
    decisions = []
    if cohort.linkage_decisions:
        path = file.path(cohort.linkage_decisions)
        decisions = read_decisions(path, cohort.linkage_decisions, places, [ROSTER, *waves])
    persons = link_persons(codes.occasions(waves), decisions=decisions, within_group=linkage.within_group)
    if persons.conflicts:
        raise DataError(list(_conflicts(persons, cohort.linkage_decisions)))
    if cohort.linkage_decisions and persons.questions and not words_in(file.path(cohort.linkage_decisions)):
        raise DataError(_no_rows(len(persons.questions), cohort.linkage_decisions))
    people = {place: pseudonym(join.person) for place, join in persons.joined.items()}
    chances = element_chances(_largest(codes), linkage.elements)
    rows = rows_to_show(persons.questions, decisions, codes.by_place(), chances)
    return Identity(
        _finder(codes, people),
        _attending(linkage, persons, pseudonym),
        {(people[place], place[0]): join for place, join in persons.joined.items()},
        Review(
            rows,
            lambda words: write_review(rows, places, linkage, words),
            len(decisions),
            len({question.later for question in persons.questions}),
        ),
        *_about_codes(codes, linkage, cohort),
    )


def _code_rows(cohort: Cohort, readings: Sequence[Reading], roster: pd.DataFrame | None) -> pd.DataFrame:
    frames = []
    if roster is not None and cohort.roster is not None:
        parted = bool(cohort.roster.code_columns)
        listed = roster[["raw_id", "group"]]
        frames.append(listed.assign(occasion=ROSTER, file=cohort.roster.file, row=roster.index, parted=parted))
    for reading in readings:
        used = reading.rows.table[reading.rows.table["reason"] == ""]
        frames.append(
            used[["raw_id", "group"]].assign(
                occasion=used["wave"],
                file=reading.sheet.file,
                row=used.index,
                parted=bool(reading.export.code_columns),
            )
        )
    return pd.concat(frames, ignore_index=True).sort_values(["file", "row"], ignore_index=True)


def _conflicts(persons: Persons, sheet: str) -> list[Problem]:
    mend = "set one of the rows to undecided, and run again"
    return [Problem("LK-DECISION", one.why, mend, sheet, one.row, "decision") for one in persons.conflicts]


def _no_rows(number: int, sheet: str) -> Problem:
    """Say that a sheet decides nothing because it holds nothing: rows that were deleted are no decisions."""
    waiting = "1 pair waits" if number == 1 else f"{number} pairs wait"
    what = f"this sheet holds no pair of codes, and {waiting} for a decision: its rows are gone, or it is another file"
    mend = "bring the sheet back from a copy, or run without the key linkage_decisions and decide in the new sheet"
    return Problem("LK-DECISION", what, mend, sheet)


def _finder(codes: Codes, people: Mapping[Place, str]) -> Callable[[Reading, pd.Index], pd.Series]:
    table = codes.table[codes.table["occasion"] != ROSTER]
    # A row of a file with several waves side by side stands for one person in each of them.
    rows = table[["occasion", "file", "row", "key"]].itertuples(index=False)
    found = {(occasion, file, row): people[occasion, key] for occasion, file, row, key in rows}

    def person_of(reading: Reading, lines: pd.Index) -> pd.Series:
        waves = reading.rows.table.loc[lines, "wave"]
        persons = [found[wave, reading.sheet.file, line] for line, wave in waves.items()]
        return pd.Series(persons, index=lines, dtype=object)

    return person_of


def _attending(linkage: Linkage, persons: Persons, pseudonym: Pseudonym) -> Pseudonym:
    """Give the person of a code in the attendance log: equal to one of the codes a person has given."""
    known: dict[str, str] = {}
    for (_, key), join in persons.joined.items():
        known.setdefault(key, join.person)
    whole = bool(linkage.separator) or all(e.length or e.kind in {"day", "month"} for e in linkage.elements)

    def attending(raw: str) -> str:
        text = raw if whole else BETWEEN.join(part.strip() for part in raw.split(BETWEEN.strip()))
        key = "|".join(code_of(text, linkage, parted=not whole))
        return pseudonym(known.get(key, key))

    return attending


def _largest(codes: Codes) -> list[tuple[str, ...]]:
    """Give the codes of the occasion with most people: different people, as far as anybody can tell."""
    people = codes.table.drop_duplicates(["occasion", "file", "row"])
    name = people["occasion"].value_counts().sort_index().idxmax()
    return list(people.loc[people["occasion"] == name, "code"])


def _about_codes(codes: Codes, linkage: Linkage, cohort: Cohort) -> tuple[str, tuple[str, ...]]:
    largest = _largest(codes)
    chance = collision_chance(len(largest), pair_chance(largest, linkage.elements))
    said = (
        f"the chance that two of {len(largest)} people make the same code of {len(linkage.elements)} elements is "
        f"{chance_in_words(chance)}"
    )
    notes = [f"{said[0].upper()}{said[1:]}."]
    if chance > TOO_SMALL:
        notes = [
            f"WARN-CODESPACE: {said}: two people may be taken for one; ask for one more element next time, "
            "best one with many possible answers."
        ]
    no_form = codes.table[[not any(code) for code in codes.table["code"]]]
    if len(no_form):
        places = no_form[["row", "file"]].itertuples(index=False)
        where = ", ".join(f"row {row} of {name}" for row, name in places)
        notes.append(
            f"WARN-CODEFORM: {len(no_form)} {'code has' if len(no_form) == 1 else 'codes have'} not the declared form "
            f"and {'is' if len(no_form) == 1 else 'are'} linked to nobody: {where}."
        )
    return said, tuple(notes)

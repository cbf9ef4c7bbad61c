"""From codes to persons, wave after wave: who is joined, how, and which pairs wait for a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from balint_eval.ingest.linkage.elements import Code
from balint_eval.ingest.linkage.match import (
    AT_MOST,
    FAR,
    Distances,
    accepted,
    alphabet_differences,
    best_together,
    candidates,
    distances,
)

EXACT, TOLERANT, REVIEW = "exact", "tolerant", "review"
KINDS = (EXACT, TOLERANT, REVIEW)
"""How a code came to its person, from the surest to the least sure."""
SAME, DIFFERENT, UNDECIDED = "same", "different", "undecided"

Place = tuple[str, str]
"""An occasion and a key: one person at one time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The code of one person at one time.

    Attributes
    ----------
    key : str
        Stands for the code; two incomplete codes have two keys though they read alike.
    code : tuple of str
    group : str
        `""` when it is not known.
    """

    key: str
    code: Code
    group: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The codes of one wave, or of the roster: no key twice."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two codes.

    Attributes
    ----------
    earlier, later : Place
    same : bool
    row : int
        In the review sheet.
    """

    earlier: Place
    later: Place
    same: bool
    row: int


@dataclass(frozen=True, slots=True)
class Joined:
    """How one code came to its person: exact, tolerant or review, and how many elements differed."""

    person: str
    kind: str
    off: int


@dataclass(frozen=True, slots=True)
class Question:
    """Two codes that may be one person and that no rule joins.

    Attributes
    ----------
    off : int
        Elements that differ.
    rivals : int
        Other codes that are as near to either of the two.
    alphabet : int
        Elements written in another alphabet.
    suggested : bool
        Whether the two are partners when everybody gets at most one.
    """

    earlier: Place
    later: Place
    off: int
    rivals: int
    alphabet: int
    suggested: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A decision that cannot hold: its row in the sheet, and why."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Persons:
    """Everybody by occasion and key, what is left to decide, and decisions that cannot hold."""

    joined: Mapping[Place, Joined]
    questions: Sequence[Question]
    conflicts: Sequence[Conflict]


@dataclass(slots=True)
class _Known:
    """The persons so far, each by all the codes that came to them."""

    places: list[Place] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    person: list[int] = field(default_factory=list)
    rank: list[int] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    def add(self, occasion: str, entry: Entry, person: int, rank: int) -> None:
        self.places.append((occasion, entry.key))
        self.entries.append(entry)
        self.person.append(person)
        self.rank.append(rank)

    def found(self, occasion: str, entry: Entry) -> str:
        """Begin a person; the label is the first code, made different where another person has it."""
        label = entry.key
        while label in self.labels:
            label = f"{label}|{occasion}"
        self.labels[label] = len(self.labels)
        self.add(occasion, entry, self.labels[label], 0)
        return label


@dataclass(frozen=True, slots=True)
class _Round:
    """The known persons against the codes of one occasion.

    Attributes
    ----------
    off, alphabet : ndarray of int, shape (persons, entries)
        By the nearest of a person's codes.
    nearest : ndarray of int, shape (persons, entries)
        Which of the known codes that is.
    """

    off: Distances
    alphabet: Distances
    nearest: NDArray[np.intp]


def link_persons(
    occasions: Sequence[Occasion], *, decisions: Sequence[Decision] = (), within_group: bool = False
) -> Persons:
    """Join the codes of all occasions, each with the persons known from the ones before.

    Parameters
    ----------
    occasions : sequence of Occasion
        In time; a roster comes first.
    decisions : sequence of Decision
        Applied before any rule.
    within_group : bool
        Whether codes of two known groups are joined only when they are equal.

    Returns
    -------
    Persons

    Notes
    -----
    A code is held against every code a person has given so far, and the nearest counts, so that a slip in one wave
    does not hide the person in the next. A person gets at most one code of an occasion, and a code goes to at most
    one person; where a code is equal to codes of two persons, a person is asked. How sure the join of two waves is,
    is decided by the least sure step between them.
    """
    known, joined, questions, conflicts = _Known(), dict[Place, Joined](), list[Question](), list[Conflict]()
    for occasion in occasions:
        entries = sorted(occasion.entries, key=lambda entry: entry.key)
        here = [decision for decision in decisions if decision.later[0] == occasion.name]
        taken: dict[int, Joined] = {}
        if known.entries and entries:
            taken, asked, refused = _join(known, occasion.name, entries, here, within_group=within_group)
            questions += asked
            conflicts += refused
        for place, entry in enumerate(entries):
            join = taken.get(place) or Joined(known.found(occasion.name, entry), EXACT, 0)
            if place in taken:
                known.add(occasion.name, entry, known.labels[join.person], KINDS.index(join.kind))
            joined[occasion.name, entry.key] = join
    return Persons(joined, questions, conflicts)


def _join(
    known: _Known, occasion: str, entries: list[Entry], decisions: list[Decision], *, within_group: bool
) -> tuple[dict[int, Joined], list[Question], list[Conflict]]:
    compared = _compare(known, entries, within_group=within_group)
    decided, conflicts = _apply(decisions, known, entries, compared)
    off = compared.off.copy()
    for (person, place), same in decided.items():
        if same:
            off[person, :] = off[:, place] = FAR
        else:
            off[person, place] = FAR
    taken = {place: (person, KINDS.index(REVIEW)) for (person, place), same in decided.items() if same}
    for pair in accepted(off, np.where(compared.alphabet > 0, 0, AT_MOST)):
        rank = max(known.rank[compared.nearest[pair.one, pair.other]], int(pair.off > 0))
        taken[pair.other] = pair.one, rank
    free = off.copy()
    for place, (person, _) in taken.items():
        free[person, :] = free[:, place] = FAR
    labels = list(known.labels)
    joins = {
        place: Joined(labels[person], KINDS[rank], int(compared.off[person, place]))
        for place, (person, rank) in taken.items()
    }
    return joins, _questions(free, compared, known, occasion, entries), conflicts


def _compare(known: _Known, entries: list[Entry], *, within_group: bool) -> _Round:
    """Hold every person against every code, by the nearest and surest of the person's own codes."""
    theirs, codes = [entry.code for entry in known.entries], [entry.code for entry in entries]
    off, alphabet = distances(theirs, codes), alphabet_differences(theirs, codes)
    if within_group:
        groups = np.array([entry.group for entry in known.entries]), np.array([entry.group for entry in entries])
        both = (groups[0] != "")[:, None] & (groups[1] != "")[None, :]
        off[both & (groups[0][:, None] != groups[1][None, :]) & (off > 0)] = FAR
    sure = off.astype(np.int64) * len(KINDS) + np.array(known.rank)[:, None]
    nearest = np.empty((len(known.labels), len(entries)), dtype=np.intp)
    for person in range(len(known.labels)):
        own = np.flatnonzero(np.array(known.person) == person)
        nearest[person] = own[sure[own].argmin(axis=0)]
    columns = np.arange(len(entries))[None, :]
    return _Round(off[nearest, columns], alphabet[nearest, columns], nearest)


def _apply(
    decisions: list[Decision], known: _Known, entries: list[Entry], compared: _Round
) -> tuple[dict[tuple[int, int], bool], list[Conflict]]:
    """Give the decisions as pairs of person and place; those against each other or against an equal code conflict."""
    where = {entry.key: place for place, entry in enumerate(entries)}
    decided: dict[tuple[int, int], bool] = {}
    conflicts: list[Conflict] = []
    for decision in sorted(decisions, key=lambda decision: (not decision.same, decision.row)):
        person, place = known.person[known.places.index(decision.earlier)], where[decision.later[1]]
        why = _objection(person, place, decided, compared, same=decision.same)
        if why:
            conflicts.append(Conflict(decision.row, why))
        else:
            decided[person, place] = decision.same
    return decided, conflicts


def _objection(person: int, place: int, decided: dict[tuple[int, int], bool], compared: _Round, *, same: bool) -> str:
    if not same:
        clash = decided.get((person, place), False)
        return "another row says that these two are the same person" if clash else ""
    if any(one == person and other != place for one, other in decided):
        return "this person would have two answers in one wave: another row says 'same' for the same first code"
    if any(other == place and one != person for one, other in decided):
        return "these answers would belong to two people: another row says 'same' for the same second code"
    equal = compared.off == 0
    equal[person, place] = False
    overtaken = equal[person].any() or equal[:, place].any()
    return "one of the two codes has an equal code elsewhere by now" if overtaken else ""


def _questions(free: Distances, compared: _Round, known: _Known, occasion: str, entries: list[Entry]) -> list[Question]:
    pairs = candidates(free, compared.alphabet, len(entries[0].code))
    together = best_together(free, pairs)
    return [
        Question(
            known.places[compared.nearest[pair.one, pair.other]],
            (occasion, entries[pair.other].key),
            pair.off,
            _rivals(free, pair.one, pair.other),
            int(compared.alphabet[pair.one, pair.other]),
            (pair.one, pair.other) in together,
        )
        for pair in pairs
    ]


def _rivals(free: Distances, person: int, place: int) -> int:
    """Count the other codes that are at least as near to either of the two."""
    near = free <= free[person, place]
    return int(near[person].sum() + near[:, place].sum()) - 2

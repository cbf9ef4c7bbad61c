"""REDCap exports by labels: back to variable names and codes, by the dictionary, so that they equal the raw export.

Headers and values are looked at apart, since the API can export either by label. What the dictionary cannot decide
is left as it is and said.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted, letter, listed
from balint_eval.ingest.readers.layout import cells_at
from balint_eval.ingest.text import match_key

MARKER_LABELS = {
    "eventname": "redcap_event_name",
    "repeatinstrument": "redcap_repeat_instrument",
    "repeatinstance": "redcap_repeat_instance",
    "dataaccessgroup": "redcap_data_access_group",
    "surveyidentifier": "redcap_survey_identifier",
}
"""Labels of REDCap's own columns, as `match_key` gives them."""
COMPLETE, TIMESTAMP = "complete?", "surveytimestamp"
STATUS_LABELS = frozenset({"", "Incomplete", "Unverified", "Complete"})


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that a dictionary leads to expect: variable, label and choices."""

    name: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Names of the columns of a file, and what could not be told."""

    names: list[str]
    by_label: bool = False
    notes: tuple[str, ...] = ()


def has_label_headers(header: Sequence[str], records: Sequence[Record]) -> bool:
    """Tell an export by labels without its dictionary: the status of forms in words, or REDCap's own columns."""
    keys = [match_key(cell) for cell in header]
    if {"repeatinstrument", "repeatinstance"} <= set(keys):
        return True
    status = [at for at, key in enumerate(keys) if key == COMPLETE]
    if not status:
        return False
    cells = {cell.strip() for at in status for cell in set(cells_at(records, at))}
    return cells <= STATUS_LABELS and bool(cells - {""})


def named_by_dictionary(header: Sequence[str], expected: Sequence[Column]) -> Headers:
    """Give the variable of each header, whether the file has names or labels.

    Parameters
    ----------
    header : sequence of str
        Tidied.
    expected : sequence of Column
        Every column of the project, in the order in which REDCap exports them.

    Notes
    -----
    A file holds some of the expected columns in their order, so a label that occurs several times is settled where
    only one place in that order is possible; elsewhere the label stays, with the letter of its column.
    """
    known = {column.name for column in expected} | set(MARKER_LABELS.values())
    if sum(name in known for name in header) * 2 >= len(header):
        return Headers(names=list(header))
    keys = [match_key(name) for name in header]
    markers = {at: MARKER_LABELS[key] for at, key in enumerate(keys) if key in MARKER_LABELS}
    labels = [match_key(column.label) for column in expected]
    places = {at: key for at, key in enumerate(keys) if at not in markers and key in set(labels)}
    settled = _settled(list(places.values()), labels)
    found = {at: expected[place].name for at, place in zip(places, settled, strict=True) if place is not None}
    if not found:
        return Headers(names=list(header))
    names = [markers.get(at) or found.get(at) or name for at, name in enumerate(header)]
    return Headers(names=_apart(names), by_label=True, notes=tuple(_label_notes(keys, markers, found)))


def _settled(wanted: Sequence[str], labels: Sequence[str]) -> list[int | None]:
    """Give the one place of each wanted label in `labels`, in order; None where several are possible."""
    places: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    first, last = _earliest(wanted, places), _latest(wanted, places)
    if first is None or last is None:
        # Not in the order of the dictionary: only labels that occur once on both sides are certain.
        once = Counter(wanted)
        return [places[label][0] if once[label] == 1 == len(places[label]) else None for label in wanted]
    return [a if a == b else None for a, b in zip(first, last, strict=True)]


def _earliest(wanted: Sequence[str], places: Mapping[str, list[int]]) -> list[int] | None:
    found: list[int] = []
    for label in wanted:
        at = bisect_left(places[label], found[-1] + 1 if found else 0)
        if at == len(places[label]):
            return None
        found.append(places[label][at])
    return found


def _latest(wanted: Sequence[str], places: Mapping[str, list[int]]) -> list[int] | None:
    found: list[int] = []
    for label in reversed(wanted):
        at = bisect_left(places[label], found[-1]) if found else len(places[label])
        if at == 0:
            return None
        found.append(places[label][at - 1])
    return found[::-1]


def _label_notes(keys: Sequence[str], markers: Mapping[int, str], found: Mapping[int, str]) -> list[str]:
    notes = [f"The header holds labels; {counted(len(found), 'variable')} found by the dictionary."]
    lost = [letter(at) for at in range(len(keys)) if at not in markers and at not in found]
    if lost:
        why = "their label is not in the dictionary, or occurs several times and leaves two places open"
        notes.append(f"Columns that keep their label, since {why}: {listed(lost)}.")
    if "redcap_event_name" in markers.values():
        notes.append(
            "Events are written by their labels; wave_from may name them so, or as REDCap names them (before_arm_1)."
        )
    return notes


def _apart(names: Sequence[str]) -> list[str]:
    """Give names that occur several times the letter of their column."""
    often = Counter(match_key(name) for name in names)
    return [f"{name} ({letter(at)})" if often[match_key(name)] > 1 else name for at, name in enumerate(names)]


def own_columns_apart(header: Sequence[str]) -> list[str]:
    """Give repeated columns that REDCap adds (`Complete?`, `Survey Timestamp`) the letter of their column."""
    keys = [match_key(name) for name in header]
    often = Counter(keys)
    own = {key for key in (COMPLETE, TIMESTAMP) if often[key] > 1}
    return [f"{name} ({letter(at)})" if keys[at] in own else name for at, name in enumerate(header)]


@dataclass(frozen=True, kw_only=True)
class Values:
    """How cells are to be read: texts to codes by column, and what is wrong."""

    recoded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def coded_by_dictionary(grid: Grid, names: Sequence[str], choices: Mapping[str, Mapping[str, str]]) -> Values:
    """Give the code of every label where the file holds labels; nothing where it holds codes.

    Returns
    -------
    Values
        With IN-MIXED where some columns hold codes and others labels, and IN-DICTIONARY where a label that
        occurs stands for two codes.
    """
    columns = {name: at for at, name in enumerate(names) if name in choices}
    cells = {name: set(cells_at(grid.records[1:], at)) for name, at in columns.items()}
    coded = {name: _only(found, choices[name].keys(), choices[name].values()) for name, found in cells.items()}
    labelled = {name: _only(found, choices[name].values(), choices[name].keys()) for name, found in cells.items()}
    if not any(labelled.values()):
        return Values()
    if any(coded.values()):
        return Values(problems=(_mixed(coded, labelled, grid.file),))
    recoded = {name: _codes(found, choices[name]) for name, found in cells.items()}
    unclear = [
        _unclear(name, text, grid.file)
        for name, texts in sorted(recoded.items())
        for text, code in sorted(texts.items())
        if not code
    ]
    left = {name: number for name, found in cells.items() if (number := len({*found} - {""} - {*recoded[name]}))}
    notes = ["Answers are written by their labels and were read as the codes of the dictionary."]
    if left:
        shown = listed([f"{name} ({counted(number, 'text')})" for name, number in left.items()], 5)
        notes.append(f"Texts that are no choice in the dictionary stay as they are: {shown}.")
    return Values(recoded=recoded, notes=tuple(notes), problems=tuple(unclear))


def _only(cells: set[str], these: Iterable[str], not_those: Iterable[str]) -> set[str]:
    inside, outside = ({match_key(text) for text in texts} for texts in (these, not_those))
    return {cell for cell in cells if cell and match_key(cell) in inside - outside}


def _codes(cells: set[str], choices: Mapping[str, str]) -> dict[str, str]:
    """Give the code of each cell that is a label; blank where two codes have that label."""
    by_label: dict[str, list[str]] = {}
    for code, label in choices.items():
        by_label.setdefault(match_key(label), []).append(code)
    found = {cell: by_label.get(match_key(cell), []) for cell in cells if cell}
    return {cell: codes[0] if len(codes) == 1 else "" for cell, codes in found.items() if codes}


def _unclear(name: str, text: str, file: str) -> Problem:
    what = "this label stands for two codes in the dictionary"
    return Problem("IN-DICTIONARY", what, "export raw data instead of labels", file, 0, name, text[:40])


def _mixed(coded: Mapping[str, set[str]], labelled: Mapping[str, set[str]], file: str) -> Problem:
    codes, labels = ([name for name, found in kind.items() if found] for kind in (coded, labelled))
    what = f"some answers are written as codes ({listed(codes, 3)}) and others as labels ({listed(labels, 3)})"
    return Problem("IN-MIXED", what, "export again, raw or by labels throughout", file)

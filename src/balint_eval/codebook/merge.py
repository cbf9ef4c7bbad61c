"""A codebook put into the study file it belongs to, before the study is checked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from balint_eval.codebook.code_elements import SHEET, SaidOfCode, say_linkage
from balint_eval.codebook.exports import Part, Said, repeated_answers, say_export, uncoded_answers
from balint_eval.codebook.model import AnswerRow
from balint_eval.codebook.read import CodebookFile, read_codebook
from balint_eval.errors import Problem
from balint_eval.instruments.model import Instrument
from balint_eval.settings_words import Location
from balint_eval.strict_yaml import Document

Spot = tuple[int, int]
"""Positions of a cohort and of one of its exports."""
_EITHER = {"wave": ("wave", "wave_from"), "wave_from": ("wave", "wave_from")}


@dataclass(frozen=True)
class Merged:
    """A study file with what its codebook says.

    Attributes
    ----------
    document : Document
        The study file; each export holds the keys its codebook gives.
    codebook : CodebookFile or None
        None where the study file names none.
    places : mapping of path in the study file to location in the codebook
    problems : tuple of Problem
        What is wrong with the codebook, or between it and the study file.
    touched : tuple of str
        Paths of the exports that the codebook is about.
    """

    document: Document
    codebook: CodebookFile | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    touched: tuple[str, ...] = ()

    def relocated(self, problems: Iterable[Problem]) -> list[Problem]:
        """Move each problem of what the codebook gave to its place there.

        What only follows from a fault of the codebook is left out.
        """
        kept = []
        for problem in problems:
            path = problem.column
            while path and path not in self.places:
                path = path.rpartition(".")[0]
            if path and self.codebook is not None:
                moved = self.codebook.places.problem(problem.code, problem.what, "", self.places[path])
                kept.append(replace(moved, mend=problem.mend, value=problem.value))
            elif not self.problems or not problem.column.startswith(self.touched):
                kept.append(problem)
        return kept


def with_codebook(document: Document, folder: Path) -> Merged:
    """Read the codebook a study file names and put what it says into the exports.

    Parameters
    ----------
    document : Document
        The study file, not checked yet.
    folder : Path
        Its folder; the codebook's path starts there.

    Returns
    -------
    Merged
        The document as it is where no codebook is named.

    Raises
    ------
    StudyError
        The codebook cannot be read, or a cell of it cannot be.
    """
    name = document.values.get("codebook") if isinstance(document.values, dict) else None
    if not isinstance(name, str) or not name:
        return Merged(document)
    codebook = read_codebook(folder / name, name)
    exports = dict(_exports(document.values))
    owners, problems = _owners(codebook, exports, _cohort_names(document.values))
    problems += repeated_answers(codebook)
    values = _copied(document.values)
    code = say_linkage(codebook)
    elements = _merge_linkage(values, code, document)
    problems += code.problems
    places: dict[str, Location] = dict(code.places)
    touched = ["linkage."] if code.problems else []
    uncoded: dict[int, AnswerRow] = {}
    for spot, part in _parts(codebook, owners, exports).items():
        said = say_export(part, codebook, [key for key in exports[spot] if _given(key, exports[spot])], elements)
        path = _path(spot)
        touched.append(f"{path}.")
        problems += said.problems
        uncoded |= said.uncoded
        problems += _conflicts(exports[spot], said, path, document)
        entry = values["cohorts"][spot[0]]["exports"][spot[1]]
        entry |= {key: value for key, value in said.keys.items() if not _given(key, exports[spot])}
        places |= {f"{path}.{key}": place for key, place in said.places.items()}
    problems += uncoded_answers(uncoded, codebook)
    touched += [path.rstrip(".") for path in touched]
    changed = Document(document.shown_as, values, document.places, document.texts)
    return Merged(changed, codebook, places, tuple(problems), tuple(touched))


def _merge_linkage(values: dict[str, Any], code: SaidOfCode, document: Document) -> list[str]:
    """Put the elements of the code into the study's linkage; give the names of all elements in force."""
    given = values.get("linkage")
    given = {} if given is None else given
    if not isinstance(given, dict):
        return []
    for key, value in code.keys.items():
        if given.get(key) in (None, "", [], value):
            continue
        what = f"the study file gives linkage.{key}, and the sheet '{SHEET}' of the codebook says something else"
        mend = "delete the key here, or empty the sheet where ids were given out"
        at = ("linkage", key)
        code.problems.append(
            Problem("CFG-CODEBOOK", what, mend, document.shown_as, document.line(at), f"linkage.{key}")
        )
    if code.keys:
        values["linkage"] = {**given, **code.keys}
    listed = code.keys.get("elements") or given.get("elements")
    return [str(e.get("name", "")) for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []


def item_faults(merged: Merged, instruments: Mapping[str, Instrument]) -> list[Problem]:
    """Give the items that an instrument lacks, has twice, or has not, by row of the codebook."""
    if merged.codebook is None:
        return []
    rows = enumerate(merged.codebook.book.columns)
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[tuple[int, int]]] = {}
    for position, row in rows:
        if row.use == "item" and row.instrument in instruments and row.item is not None:
            key = (row.cohort, row.file, row.instrument, tuple(row.waves))
            groups.setdefault(key, []).append((row.item, position))
    problems: list[Problem] = []
    for (_, file, name, _), members in groups.items():
        problems += _numbering(members, file, instruments[name], merged.codebook)
    return problems


def _numbering(
    members: list[tuple[int, int]], file: str, instrument: Instrument, codebook: CodebookFile
) -> Iterator[Problem]:
    first: dict[int, int] = {}
    for item, position in members:
        at = ("columns", position, "item")
        if not 1 <= item <= instrument.n_items:
            what = f"{instrument.name} has the items 1 to {instrument.n_items}"
            yield codebook.places.problem("CFG-ITEM", what, "correct the number", at, str(item))
        elif item in first:
            what = f"item {item} of {instrument.name} stands twice for {file}"
            mend = "correct one of the numbers; an instrument asked twice needs its waves"
            yield codebook.places.problem("CFG-ITEMDUP", what, mend, at, str(item))
        first.setdefault(item, position)
    lacking = [item for item in range(1, instrument.n_items + 1) if item not in first]
    if lacking:
        named = ", ".join(map(str, lacking[:10])) + (" ..." if len(lacking) > 10 else "")
        what = f"{instrument.name} has {instrument.n_items} items and {file} has no column for item {named}"
        mend = "number the rows as on the form; a shorter form is another instrument (balint-eval instruments)"
        yield codebook.places.problem("CFG-COLUMNS", what, mend, ("columns", members[0][1], "item"))


def without_echo(problems: Iterable[Problem], found: Iterable[Problem]) -> list[Problem]:
    """Leave out problems of a count of columns where the items that lack are already named."""
    known = {(problem.file, problem.code) for problem in found}
    return [
        problem for problem in problems if problem.code != "CFG-COLUMNS" or (problem.file, problem.code) not in known
    ]


def _exports(values: Any) -> Iterator[tuple[Spot, dict[str, Any]]]:  # noqa: ANN401 - not checked yet
    cohorts = values.get("cohorts")
    for c, cohort in enumerate(cohorts if isinstance(cohorts, list) else []):
        exports = cohort.get("exports") if isinstance(cohort, dict) else None
        for e, export in enumerate(exports if isinstance(exports, list) else []):
            if isinstance(export, dict) and isinstance(export.get("file"), str):
                yield (c, e), export


def _cohort_names(values: Any) -> list[str]:  # noqa: ANN401 - not checked yet
    cohorts = values.get("cohorts")
    return [str(cohort.get("name", "")) if isinstance(cohort, dict) else "" for cohort in cohorts or []]


def _path(spot: Spot) -> str:
    return f"cohorts.{spot[0]}.exports.{spot[1]}"


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    """Copy a study file down to its exports, so that the document that was read stays as it is."""
    cohorts = [
        {**cohort, "exports": [dict(e) if isinstance(e, dict) else e for e in cohort.get("exports") or []]}
        if isinstance(cohort, dict) and isinstance(cohort.get("exports"), list)
        else cohort
        for cohort in values.get("cohorts") or []
    ]
    return {**values, "cohorts": cohorts} if isinstance(values.get("cohorts"), list) else dict(values)


def _owners(
    codebook: CodebookFile, exports: Mapping[Spot, Mapping[str, Any]], cohorts: list[str]
) -> tuple[dict[tuple[str, str], Spot], list[Problem]]:
    """Find the export that each pair of cohort and file means; a pair that means none is one problem."""
    owners: dict[tuple[str, str], Spot] = {}
    problems = []
    for section in ("columns", "waves", "forms"):
        for position, row in enumerate(getattr(codebook.book, section)):
            pair = (row.cohort, row.file)
            if pair in owners:
                continue
            spots = [s for s, e in exports.items() if e["file"] == row.file and row.cohort in ("", cohorts[s[0]])]
            if len(spots) != 1:
                problems.append(
                    _no_owner(row.cohort, row.file, len(spots), (section, position), exports, cohorts, codebook)
                )
            owners[pair] = spots[0] if len(spots) == 1 else (-1, -1)
    return owners, problems


def _no_owner(
    cohort: str, file: str, number: int, at: tuple[str, int],
    exports: Mapping[Spot, Mapping[str, Any]], cohorts: list[str], codebook: CodebookFile,
) -> Problem:  # fmt: skip
    if number > 1:
        what = f"{number} cohorts have the file {file}"
        return codebook.places.problem("CFG-REFERENCE", what, "say which cohort", (*at, "cohort"))
    if cohort and cohort not in cohorts:
        what, name, known = f"the study file has no cohort '{cohort}'", "cohort", cohorts
    else:
        what, name = f"the study file has no export '{file}'" + (f" in the cohort {cohort}" if cohort else ""), "file"
        known = [str(export["file"]) for export in exports.values()]
    close = difflib.get_close_matches(cohort if name == "cohort" else file, known, 1, 0.5)
    mend = f"did you mean '{close[0]}'?" if close else "write it as in the study file, or delete its rows"
    return codebook.places.problem("CFG-REFERENCE", what, mend, (*at, name))


def _parts(
    codebook: CodebookFile, owners: Mapping[tuple[str, str], Spot], exports: Mapping[Spot, Mapping[str, Any]]
) -> dict[Spot, Part]:
    parts = {spot: Part(str(export["file"]), [], [], []) for spot, export in exports.items()}
    for section in ("columns", "waves", "forms"):
        for position, row in enumerate(getattr(codebook.book, section)):
            part = parts.get(owners[row.cohort, row.file])
            if part is not None:
                getattr(part, section).append((position, row))
    return {spot: part for spot, part in parts.items() if part.columns or part.waves or part.forms}


def _given(key: str, export: Mapping[str, Any]) -> bool:
    return any(export.get(name) not in (None, "", []) for name in _EITHER.get(key, (key,)))


def _conflicts(export: Mapping[str, Any], said: Said, path: str, document: Document) -> Iterator[Problem]:
    """Refuse what study file and codebook both say, unless they say the same."""
    for key, value in said.keys.items():
        if not _given(key, export) or export.get(key) == value:
            continue
        given = next(name for name in _EITHER.get(key, (key,)) if export.get(name) not in (None, "", []))
        what = f"the study file gives '{given}' for {export['file']}, and the codebook says something else"
        parts = path.split(".")
        at = (parts[0], int(parts[1]), parts[2], int(parts[3]), given)
        mend = "keep one of them: delete the key here, or the rows in the codebook"
        yield Problem("CFG-CODEBOOK", what, mend, document.shown_as, document.line(at), f"{path}.{given}")

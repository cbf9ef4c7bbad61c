"""The instruments the package knows, read from `keys/*.yaml`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.checksum import key_sha256
from balint_eval.instruments.model import Instrument, Structure
from balint_eval.instruments.versions import Entry, resolve
from balint_eval.settings_words import Location
from balint_eval.strict_yaml import Document, read_yaml, understand, validate


@cache
def registry_entries() -> dict[str, Entry | Structure]:
    """Give every file of the registry by name, sorted: keyed ones as `Entry`, the others as `Structure`."""
    folder = files("balint_eval.instruments") / "keys"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    entries = [read_entry((folder / name).read_text(encoding="utf-8"), f"instruments/keys/{name}") for name in names]
    return {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name.casefold())}


def read_entry(text: str, shown_as: str) -> Entry | Structure:
    """Read one file of the registry and hold its key against its checksum.

    Raises
    ------
    StudyError
        The file does not fit its model, or the key is not the published one.
    """
    document = understand(text, shown_as)
    unkeyed = document.values.get("keyed") == "none"
    entry: Entry | Structure = validate(Structure if unkeyed else Entry, document)
    if isinstance(entry, Entry):
        _check_sums(entry, shown_as)
    return entry


def _check_sums(entry: Entry, shown_as: str) -> None:
    sums = {entry.name: (entry.key_sha256, key_sha256(entry))}
    for version in entry.versions:
        resolved = resolve(entry.instrument, version)
        sums[resolved.name] = (version.key_sha256, key_sha256(resolved))
    for name, (declared, found) in sums.items():
        if declared != found:
            what = f"the key of {name} is not the published one (checksum {found[:12]}...)"
            mend = "restore the file; a changed key needs a name of its own, in a file of your own"
            raise StudyError(Problem("CFG-SCALEHASH", what, mend, shown_as))


@cache
def known_instruments() -> dict[str, Instrument]:
    """Give everything that can be scored by name: each keyed instrument, and each version as `NAME@version`."""
    known: dict[str, Instrument] = {}
    for entry in registry_entries().values():
        if isinstance(entry, Entry):
            base = entry.instrument
            versions = [resolve(base, version) for version in entry.versions]
            known |= {instrument.name: instrument for instrument in (base, *versions)}
    return known


def no_key(name: str, scale: str = "") -> Problem | None:
    """Say why an instrument, or one of its scales, cannot be scored.

    Parameters
    ----------
    name : str
        Name of an instrument.
    scale : str
        Name of a scale; blank asks about the instrument as a whole.

    Returns
    -------
    Problem or None
        CFG-NOKEY with the reason; None where there is a key, or the name is unknown.
    """
    entry = registry_entries().get(name.partition("@")[0])
    mend = "declare it in a file of your own (config/instruments/README.md), with the key from its manual"
    if isinstance(entry, Structure):
        return Problem("CFG-NOKEY", f"{name} cannot be scored: {entry.why}", mend)
    if entry and scale in {unkeyed.name for unkeyed in entry.unkeyed}:
        given = ", ".join(keyed.name for keyed in entry.scales)
        what = f"the scale '{scale}' of {name} cannot be scored: its item positions are not known here"
        return Problem("CFG-NOKEY", what, f"use {given}, or {mend}")
    return None


def instrument_to_score(name: str) -> Instrument:
    """Give one instrument of the registry, ready to be scored.

    Raises
    ------
    StudyError
        Its key is not known, or there is no such instrument.
    """
    known = known_instruments()
    if name in known:
        return known[name]
    raise StudyError(no_key(name) or unknown_instrument(name))


def unknown_instrument(name: str) -> Problem:
    """Say that there is no such instrument, with the nearest name."""
    names = sorted({*registry_entries(), *known_instruments()})
    folded = {known.casefold(): known for known in reversed(names)}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    mend = f"did you mean '{folded[close[0]]}'?" if close else f"use one of: {', '.join(registry_entries())}"
    return Problem("CFG-REFERENCE", f"there is no instrument '{name}'", mend)


def read_instrument(path: Path, shown_as: str = "") -> Instrument:
    """Read one instrument file of a user's own.

    Raises
    ------
    StudyError
        With the line of each fault; also when a published name comes with another key.
    """
    document = read_yaml(path, shown_as)
    try:
        instrument: Instrument = validate(Instrument, document)
    except StudyError as error:
        raise StudyError(_placed(problem, document) for problem in error.problems) from None
    published = known_instruments().get(instrument.name)
    if published is not None and key_sha256(published) != key_sha256(instrument):
        what = f"the package knows an instrument '{instrument.name}' with another key or range"
        line = document.line(("name",))
        mend = "give your version a name of its own"
        raise StudyError(Problem("CFG-SCALEHASH", what, mend, document.shown_as, line, "name"))
    return instrument


def _placed(problem: Problem, document: Document) -> Problem:
    """Move a contradiction within the file from its top to the key or the scale it is about."""
    about = re.match(r"'(\w+)'", problem.what)
    if problem.column or about is None or not isinstance(document.values, dict):
        return problem
    for location in _places_of(about[1], document.values):
        column = ".".join(map(str, location))
        return replace(problem, row=document.line(location), column=column)
    return problem


def _places_of(name: str, values: Mapping[str, Any]) -> Iterator[Location]:
    if name in values:
        yield (name,)
    for index, scale in enumerate(values.get("scales") or []):
        if isinstance(scale, dict) and scale.get("name") == name:
            yield ("scales", index)

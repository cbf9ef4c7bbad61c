"""Rules between the parts of a study file: what names what, and what contradicts what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from balint_eval.errors import Problem
from balint_eval.instruments.model import Instrument
from balint_eval.strict_yaml import Document

if TYPE_CHECKING:
    from balint_eval.study import Items, StudyFile

RESERVED = frozenset({"all", "summary", "con", "nul", "prn", "aux", "com1", "lpt1"})
Fault = tuple[tuple[str | int, ...], str, str, str]
"""Location, code, what is wrong, what to do."""


def broken_references(file: StudyFile, document: Document) -> Iterator[Problem]:
    """Give every name that refers to nothing, and every setting that contradicts another."""
    for find in (_name_faults, _outcome_faults, _export_faults, _plan_faults):
        for location, code, what, mend in find(file):
            path = ".".join(str(part) for part in location)
            yield Problem(code, what, mend, document.shown_as, document.line(location), path)


def _name_faults(file: StudyFile) -> Iterator[Fault]:
    for section in ("cohorts", "waves", "arms"):
        seen: dict[str, str] = {}
        for index, entry in enumerate(getattr(file.study, section)):
            location = (section, index, "name")
            folded = entry.name.casefold()
            if folded in RESERVED or entry.name.endswith("."):
                yield (
                    location,
                    "CFG-IDRESERVED",
                    f"the name '{entry.name}' is reserved",
                    "choose another name",
                )
            if folded in seen:
                what = f"the names '{seen[folded]}' and '{entry.name}' collide on disks that ignore case"
                yield location, "CFG-IDCOLLIDE", what, "choose different names"
            seen[folded] = entry.name


def _outcome_faults(file: StudyFile) -> Iterator[Fault]:
    for index, outcome in enumerate(file.study.outcomes):
        instrument = file.instruments.get(outcome.instrument)
        if instrument is None:
            yield (
                ("outcomes", index, "instrument"),
                *_unknown("instrument", outcome.instrument, file.instruments),
            )
        elif outcome.scale not in {scale.name for scale in instrument.scales}:
            names = {scale.name for scale in instrument.scales}
            yield ("outcomes", index, "scale"), *_unknown("scale", outcome.scale, names)


def _export_faults(file: StudyFile) -> Iterator[Fault]:
    waves = {wave.name for wave in file.study.waves}
    for c, cohort in enumerate(file.study.cohorts):
        for e, export in enumerate(cohort.exports):
            at = ("cohorts", c, "exports", e)
            if export.wave and export.wave not in waves:
                yield (*at, "wave"), *_unknown("wave", export.wave, waves)
            for v, value in enumerate(export.wave_from.values if export.wave_from else []):
                if value.wave and value.wave not in waves:
                    yield (*at, "wave_from", "values", v, "wave"), *_unknown("wave", value.wave, waves)
            for i, items in enumerate(export.items):
                yield from _items_faults(file, items, (*at, "items", i))
        if cohort.arm and cohort.arm not in {arm.name for arm in file.study.arms}:
            yield ("cohorts", c, "arm"), *_unknown("arm", cohort.arm, {arm.name for arm in file.study.arms})


def _items_faults(file: StudyFile, items: Items, at: tuple[str | int, ...]) -> Iterator[Fault]:
    instrument = file.instruments.get(items.instrument)
    if instrument is None:
        yield (*at, "instrument"), *_unknown("instrument", items.instrument, file.instruments)
        return
    if isinstance(items.columns, str) and "{item" not in items.columns:
        what = "a column pattern needs the word {item}"
        yield (*at, "columns"), "CFG-COLUMNS", what, "write for example TEQ_{item}"
    elif len(items.column_names(instrument.n_items)) != instrument.n_items:
        found = len(items.column_names(instrument.n_items))
        what = f"{found} columns are listed and {instrument.name} has {instrument.n_items} items"
        yield (*at, "columns"), "CFG-COLUMNS", what, "list one column an item, in the order of the form"
    codes = set(instrument.response.codes)
    for answer in items.answers:
        if answer.code not in codes:
            what = f"the code {answer.code:g} is not a code of {instrument.name} ({_span(instrument)})"
            yield (*at, "answers"), "CFG-CODE", what, "use the instrument's codes"
    for text in items.missing_codes:
        if not items.answers and _number(text) in codes:
            what = f"the missing code {text} is also an answer of {instrument.name} ({_span(instrument)})"
            yield (*at, "missing_codes"), "CFG-MISSCODE", what, "choose a code outside the answers"


def _plan_faults(file: StudyFile) -> Iterator[Fault]:
    later = {wave.name for wave in file.study.later_waves}
    if file.study.plan.primary_wave and file.study.plan.primary_wave not in later:
        yield ("plan", "primary_wave"), *_unknown("later wave", file.study.plan.primary_wave, later)
    if file.study.control_arm and file.study.plan.allocation == "none":
        what = "the study has a control arm and does not say how people came into their arm"
        yield ("plan",), "CFG-PLAN", what, "set plan.allocation to people, groups or not_random"


def _unknown(kind: str, name: str, known: Iterable[str]) -> tuple[str, str, str]:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    mend = f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(names)}"
    return "CFG-REFERENCE", f"there is no {kind} '{name}'", mend


def _span(instrument: Instrument) -> str:
    return ", ".join(f"{code:g}" for code in instrument.response.codes)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

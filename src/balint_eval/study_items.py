"""Rules for one codebook entry: columns, answers and missing codes held against the instrument."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import no_key
from balint_eval.settings_words import Location

if TYPE_CHECKING:
    from balint_eval.study_exports import Items

Fault = tuple[Location, str, str, str]
"""Location, code, what is wrong, what to do."""


def items_faults(
    instruments: Mapping[str, Instrument], items: Items, at: Location, everywhere: Sequence[str] = ()
) -> Iterator[Fault]:
    """Give what is wrong with one entry of `items`; `everywhere` are the missing codes of its whole file."""
    instrument = instruments.get(items.instrument)
    if instrument is None:
        yield (*at, "instrument"), *unknown_name("instrument", items.instrument, instruments)
        return
    yield from _column_faults(instrument, items, (*at, "columns"))
    yield from _answer_faults(instrument, items, (*at, "answers"))
    yield from _missing_code_faults(instrument, items, items.missing_codes, (*at, "missing_codes"))
    yield from _missing_code_faults(instrument, items, everywhere, (*at[:-2], "missing_codes"))
    yield from _total_faults(instrument, items, (*at, "totals"))


def _column_faults(instrument: Instrument, items: Items, at: Location) -> Iterator[Fault]:
    names = items.column_names(instrument.n_items)
    if len(names) != instrument.n_items:
        what = f"{len(names)} columns are listed and {instrument.name} has {instrument.n_items} items"
        yield at, "CFG-COLUMNS", what, "list one column an item, in the order of the form"
    for name in _repeated(names):
        what = f"the column '{name}' is given for two items of {instrument.name}"
        yield at, "CFG-COLUMNS", what, "list one column an item"


def _answer_faults(instrument: Instrument, items: Items, at: Location) -> Iterator[Fault]:
    for index, answer in enumerate(items.answers):
        if answer.code not in instrument.response.codes:
            what = f"the code {answer.code:g} is not a code of {instrument.name} ({codes_shown(instrument)})"
            yield (*at, index, "code"), "CFG-CODE", what, "use the instrument's codes"
    for text in _repeated(answer.answer.casefold() for answer in items.answers):
        yield at, "CFG-ANSWERS", f"the answer '{text}' is given twice", "keep one of them"
    without = [f"{c:g}" for c in instrument.response.codes if c not in {answer.code for answer in items.answers}]
    if items.answers and without:
        what = f"no answer stands for the code {', '.join(without)} of {instrument.name}"
        yield at, "CFG-ANSWERS", what, "list the text of every answer on the form, also of those nobody gave"


def _missing_code_faults(instrument: Instrument, items: Items, missing: Sequence[str], at: Location) -> Iterator[Fault]:
    texts = {answer.answer.casefold() for answer in items.answers}
    for index, text in enumerate(missing):
        clash = text.casefold() in texts if texts else _number(text) in instrument.response.codes
        if clash:
            answers = "one of answers:" if texts else f"an answer of {instrument.name} ({codes_shown(instrument)})"
            what = f"the missing code {text} is also {answers}"
            yield (*at, index), "CFG-MISSCODE", what, "choose a code outside the answers"


def _total_faults(instrument: Instrument, items: Items, at: Location) -> Iterator[Fault]:
    names = {scale.name for scale in instrument.scales}
    columns = items.column_names(instrument.n_items)
    for index, total in enumerate(items.totals):
        if total.scale not in names:
            yield (*at, index, "scale"), *unknown_name(f"scale of {instrument.name}", total.scale, names)
        if total.column in columns:
            what = f"the column '{total.column}' is named as an item and as a total of {instrument.name}"
            yield (*at, index, "column"), "CFG-COLUMNS", what, "name each column for one use"
    for name in _repeated(total.scale for total in items.totals):
        what = f"two totals are given for the scale {name} of {instrument.name}"
        yield at, "CFG-TOTALS", what, "keep one of them"


def _repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, number in Counter(texts).items() if number > 1]


def unknown_name(kind: str, name: str, known: Iterable[str]) -> tuple[str, str, str]:
    """Give code, sentence and remedy for a name that refers to nothing, or to what cannot be scored."""
    instrument = kind.partition("scale of ")[2]
    refusal = no_key(instrument, name) if instrument else no_key(name) if kind == "instrument" else None
    if refusal:
        return refusal.code, refusal.what, refusal.mend
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    mend = f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(names)}"
    return "CFG-REFERENCE", f"there is no {kind} '{name}'", mend


def codes_shown(instrument: Instrument) -> str:
    """Give the codes of an instrument as text."""
    return ", ".join(f"{code:g}" for code in instrument.response.codes)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

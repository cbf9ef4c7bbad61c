"""Answer texts to codes: an answer is decoded exactly as declared, or refused with its place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from balint_eval.errors import Problem, answer_shown, shown
from balint_eval.ingest.grid import counted, listed
from balint_eval.ingest.labels import (
    CodedLabel,
    answers_to_paste,
    coded_label,
    contradictions,
    label_key,
    label_shown,
    listing,
    nearest,
    one_spelling,
    said,
)
from balint_eval.ingest.text import ascii_digits, clean_text, is_blank
from balint_eval.instruments.model import Instrument
from balint_eval.study_exports import Items

# ASCII digits only: `\d` would let full-width and other digits pass.
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_MISSING_WORDS = frozenset({"na", "n/a", ".", "-", "null", "none", "missing"})

_TOGETHER = frozenset({"VAL-LABEL", "VAL-LABELMAP"})
"""Faults of a form, not of a cell: one message an instrument, with every text."""
_ONCE = frozenset({"VAL-MISSTEXT"})
"""Faults of a text, not of a cell: told at its first cell, with how often it occurs."""

Fault = tuple[str, str, str]
"""Code, what is wrong, what to do. For a fault told together, `what` is what stands beside the text."""


@dataclass(frozen=True)
class Decoded:
    """The answers of one instrument in one export.

    Attributes
    ----------
    values : pandas.DataFrame, shape (rows, items)
        Codes as on the form (not reversed); NaN for no answer. Columns are item numbers.
    problems : list of Problem
        Everything that was refused.
    notes : list of str
        What was read in another way than it is written, with counts.
    """

    values: pd.DataFrame
    problems: list[Problem]
    notes: list[str]


def decode_items(
    cells: pd.DataFrame, columns: Sequence[str], items: Items, instrument: Instrument, file: str
) -> Decoded:
    """Turn the item columns of one instrument into codes.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells of the rows used; the index is the line in the file.
    columns : sequence of str
        Column of each item, in item order.
    items : Items
        The codebook entry: answer texts, missing codes, already reversed or not.
    instrument : Instrument
    file : str
        As shown to people.

    Returns
    -------
    Decoded
    """
    counts: Counter[str] = Counter()
    # Each distinct text is understood once: for every cell its place among the texts of its column.
    placed = [pd.factorize(cells[column].to_numpy()) for column in columns]
    for places, texts in placed:
        numbers = np.bincount(places, minlength=len(texts)).tolist()
        counts.update(dict(zip(map(str, texts), numbers, strict=True)))
    table = _meanings(counts, items, instrument)
    shift = _shift_problem({*table.codes.values()}, items, instrument, file)
    place = _Place(cells[list(columns)], counts, table, instrument, file)
    problems = [shift] if shift else [*_told_together(place), *_refusals(place)]
    allowed = {text: code if code in instrument.response.codes else math.nan for text, code in table.codes.items()}
    codes = np.empty((len(cells), len(placed)), order="F")
    for at, (places, texts) in enumerate(placed):
        codes[:, at] = np.array([allowed[text] for text in texts], dtype=np.float64)[places]
    values = pd.DataFrame(codes, index=cells.index, columns=pd.RangeIndex(1, len(placed) + 1), copy=False)
    return Decoded(_as_on_form(values, items, instrument), problems, _notes(place, items))


@dataclass(frozen=True)
class _Meanings:
    """What each distinct text means: its code, its fault, or that it was read with a tolerance."""

    codes: Mapping[str, float]
    faults: Mapping[str, Fault]
    coerced: frozenset[str]
    coded: Mapping[str, CodedLabel]
    likely: Mapping[str, float]


@dataclass(frozen=True)
class _Place:
    """The cells of one instrument in one export, and what their texts mean."""

    cells: pd.DataFrame
    counts: Mapping[str, int]
    table: _Meanings
    instrument: Instrument
    file: str

    def first(self, texts: Collection[str]) -> tuple[int, str, str]:
        """Give row, column and text of the first cell, column by column, that holds one of the texts."""
        for column in self.cells.columns:
            found = self.cells[column][self.cells[column].isin(list(texts))]
            if len(found):
                return int(str(found.index[0])), str(column), str(found.iloc[0])
        raise LookupError


def _meanings(counts: Mapping[str, int], items: Items, instrument: Instrument) -> _Meanings:
    missing = {clean_text(text).casefold() for text in items.missing_codes}
    blank = {text for text in counts if is_blank(text) or clean_text(text).casefold() in missing}
    texts = sorted(set(counts) - blank)
    table = _declared(texts, items) if items.answers else _undeclared(texts, instrument)
    return replace(table, codes={**table.codes, **dict.fromkeys(blank, math.nan)})


def _declared(texts: Sequence[str], items: Items) -> _Meanings:
    """Decode by the declared answers alone; a code beside a label must be the declared one."""
    exact = {clean_text(answer.answer).casefold(): answer.code for answer in items.answers}
    keys: dict[str, set[float]] = {}
    for answer in items.answers:
        keys.setdefault(label_key(answer.answer), set()).add(answer.code)
    loose = {key: next(iter(found)) for key, found in keys.items() if len(found) == 1}
    spelled = {label_key(answer.answer): answer.answer for answer in items.answers}
    codes: dict[str, float] = {}
    faults: dict[str, Fault] = {}
    likely: dict[str, float] = {}
    for text in texts:
        code = exact.get(clean_text(text).casefold(), loose.get(label_key(text)))
        found = coded_label(text)
        if code is None and found and loose.get(found.label) == found.code:
            code = found.code
        codes[text] = math.nan if code is None else code
        if code is None and clean_text(text).casefold() in _MISSING_WORDS:
            faults[text] = _text_fault(text, "")
        elif code is None:
            beside, likely_code = _beside(text, found, loose, spelled)
            faults[text] = ("VAL-LABELMAP", beside, "")
            likely |= {} if likely_code is None else {text: likely_code}
    as_written = {answer.answer for answer in items.answers}
    tidied = frozenset(text for text in texts if text not in as_written and text not in faults)
    return _Meanings(codes, faults, tidied, {}, likely)


def _beside(
    text: str, found: CodedLabel | None, loose: Mapping[str, float], spelled: Mapping[str, str]
) -> tuple[str, float | None]:
    """Say what an undeclared answer may be: a contradiction, a misspelling, or nothing known."""
    if found and found.label in loose:
        return f"it carries {found.code:g}, declared is {loose[found.label]:g}", None
    close = nearest(text, spelled)
    return (f"nearest is '{close}'", loose.get(label_key(close))) if close else ("", None)


def _undeclared(texts: Sequence[str], instrument: Instrument) -> _Meanings:
    """Read codes, alone or with their labels; a label without a code is not guessed."""
    coded = {text: found for text in texts if (found := coded_label(text))}
    labels = {found.label: found.code for found in coded.values()}
    codes: dict[str, float] = {}
    faults: dict[str, Fault] = {}
    likely: dict[str, float] = {}
    for text in texts:
        codes[text] = coded[text].code if text in coded else _code(text)
        fault = _number_fault(text, codes[text], instrument)
        if fault:
            faults[text] = fault
        if label_key(text) in labels:
            likely[text] = labels[label_key(text)]
    coerced = frozenset(t for t in texts if t not in faults and t not in coded and t != f"{codes[t]:g}")
    return _Meanings(codes, faults, coerced, coded, likely | {text: found.code for text, found in coded.items()})


def _code(text: str) -> float:
    plain = clean_text(text)
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan


def _number_fault(text: str, code: float, instrument: Instrument) -> Fault | None:
    allowed = ", ".join(f"{c:g}" for c in instrument.response.codes)
    if math.isnan(code):
        return _text_fault(text, allowed)
    if code in instrument.response.codes:
        return None
    kind = "VAL-RANGE" if code.is_integer() else "VAL-NOTINT"
    mend = "correct the export, or declare the value under missing_codes or answers"
    return kind, f"{instrument.name} allows {allowed}", mend


def _text_fault(text: str, allowed: str) -> Fault:
    plain = clean_text(text).casefold()
    if plain in _MISSING_WORDS:
        mend = f'if it means no answer, add missing_codes: ["{text.strip()}"]'
        return "VAL-MISSTEXT", "this text is not an answer", mend
    if any(letter.isalpha() for letter in plain) and not _looks_numeric(plain):
        return "VAL-LABEL", "", ""
    foreign = ", ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(plain) if c.isdigit() and not c.isascii())
    what = "this is not a whole answer code" + (f" (it holds the digit {foreign})" if foreign else "")
    return "VAL-NOTINT", what, f"correct the export; allowed are {allowed}"


def _looks_numeric(plain: str) -> bool:
    """Tell `1e1`, `0x10` and `inf` from a label that begins with a digit, such as `3 or more times`."""
    bare = plain.lstrip("+-")
    return (bare[:1].isdigit() and " " not in bare) or bare in {"inf", "infinity", "nan"}


def _told_together(place: _Place) -> Iterator[Problem]:
    """Give one message for all labels of the form that have no code, or contradict each other."""
    name, table = place.instrument.name, place.table
    if against := contradictions(table.coded):
        row, column, text = place.first(table.coded)
        what = f"the answers to {name} contradict each other: {'; '.join(against)}"
        mend = "correct the export, or say under answers: which code each text has"
        yield Problem("VAL-LABELMAP", what, mend, place.file, row, column, label_shown(text, 1))
    for code in sorted(_TOGETHER):
        found = [text for text, fault in table.faults.items() if fault[0] == code]
        if found:
            row, column, text = place.first(found)
            texts = one_spelling(found, place.counts)
            words = _label_words if any(label_shown(t, n) == t.strip() for t, n in texts.items()) else _not_answers
            what, mend = words(code, texts, place)
            yield Problem(code, what, mend, place.file, row, column, label_shown(text, place.counts[text]))


def _label_words(code: str, texts: Mapping[str, int], place: _Place) -> tuple[str, str]:
    name, table = place.instrument.name, place.table
    listed = listing(texts, {text: fault[1] for text, fault in table.faults.items()})
    if code == "VAL-LABELMAP":
        what = f"answers to {name} are not among the declared answers: {listed}"
        return what, f"correct them in the export, or add them to {answers_to_paste(texts, table.likely)}"
    allowed = ", ".join(f"{number:g}" for number in place.instrument.response.codes)
    what = f"answers to {name} are labels, and the study file says no codes for them: {listed}"
    labels = one_spelling(sorted({*texts, *table.coded}), place.counts)
    mend = f"add to its entry under items, with one of the codes {allowed} each, "
    return what, mend + answers_to_paste(labels, table.likely)


def _not_answers(_: str, texts: Mapping[str, int], place: _Place) -> tuple[str, str]:
    """Say that a column holds no answers at all: ids, or what people wrote, which is not shown."""
    number, cells = len(texts), sum(texts.values())
    said = f"{counted(cells, 'cell')} of {place.instrument.name} {'holds' if cells == 1 else 'hold'}"
    what = f"{said} what looks like an id or a sentence, not an answer ({counted(number, 'different text')})"
    return what, "check that columns: of this form names the columns with its answers; if it does, correct the export"


def _refusals(place: _Place) -> Iterator[Problem]:
    faults = {text: fault for text, fault in place.table.faults.items() if fault[0] not in _TOGETHER}
    told: set[str] = set()
    for column in place.cells.columns if faults else ():
        for row, text in place.cells[column].items():
            if text not in faults or text in told:
                continue
            code, what, mend = faults[text]
            if code in _ONCE:
                told.add(text)
            number = place.counts[text]
            times = f" (this value occurs {number} times in {place.instrument.name})" if number > 1 else ""
            yield Problem(code, what + times, mend, place.file, int(str(row)), str(column), answer_shown(text))


def _shift_problem(codes_found: set[float], items: Items, instrument: Instrument, file: str) -> Problem | None:
    """Recognise a whole questionnaire stored one step too high or too low."""
    found = {code for code in codes_found if not math.isnan(code)}
    if items.answers or not found:
        return None
    codes = instrument.response.codes
    step = codes[1] - codes[0]
    for sign, end, beyond in ((1, codes[0], codes[-1] + step), (-1, codes[-1], codes[0] - step)):
        shifted = {code + sign * step for code in codes}
        if end not in found and beyond in found and found <= shifted:
            what = (
                f"all answers to {instrument.name} look shifted by {sign * step:+g}: the code {end:g} "
                f"never occurs and {beyond:g} does, while {codes[0]:g} to {codes[-1]:g} is declared"
            )
            mend = "map under answers: the export's codes to the instrument's"
            return Problem("VAL-SHIFT", what, mend, file, 0, "", f"{beyond:g}")
    return None


def _as_on_form(values: pd.DataFrame, items: Items, instrument: Instrument) -> pd.DataFrame:
    """Undo a platform's reversal, so that every table downstream holds answers as on the form."""
    if not items.already_reversed:
        return values
    ends = instrument.response.codes[0] + instrument.response.codes[-1]
    return _reversed(values, instrument.reverse, ends)


def _reversed(values: pd.DataFrame, reverse: Sequence[int], ends: float) -> pd.DataFrame:
    result = values.copy()
    result[list(reverse)] = ends - result[list(reverse)]
    return result


def _notes(place: _Place, items: Items) -> list[str]:
    """Say which answers were read in another way than they are written, or by the code they carry."""
    notes = []
    name, table = place.instrument.name, place.table
    if table.coerced:
        by_column = {str(column): int(place.cells[column].isin(table.coerced).sum()) for column in place.cells.columns}
        written = listed([f"{counted(number, 'answer')} in {column}" for column, number in by_column.items() if number])
        examples = ", ".join(shown(label_shown(text, place.counts[text]), 30) for text in sorted(table.coerced)[:3])
        how = (
            "matched a declared answer after tidying blanks, letters or punctuation"
            if items.answers
            else "read as whole numbers although written otherwise"
        )
        # Persian and Arabic digits alone are no cause for a warning: that is how the form was filled in.
        plain = all(ascii_digits(text).isdecimal() for text in table.coerced)
        code = "WARN-NORMALISE: " if items.answers else "" if plain else "WARN-COERCE: "
        told = f"{counted(sum(by_column.values()), 'answer')} {how}" if items.answers else f"{how}: {written}"
        notes.append(f"{code}{name}: {told} (such as {examples}).")
    notes += _missing_notes(place)
    if table.coded:
        labels = {found.code: label_shown(text, place.counts[text]) for text, found in sorted(table.coded.items())}
        pairs = said(labels, place.instrument.response.codes)
        notes.append(f"{name}: decoded by the code that each label carries ({pairs}); answers: would state it.")
    return notes


def _missing_notes(place: _Place) -> list[str]:
    """Keep apart what the platform keeps apart: seen and skipped (a declared code), and never shown (blank)."""
    kinds = {text: number for text, number in place.counts.items() if math.isnan(place.table.codes[text])}
    blank = sum(number for text, number in kinds.items() if is_blank(text))
    coded = {text: number for text, number in kinds.items() if not is_blank(text) and text not in place.table.faults}
    if not coded:
        return []
    skipped = ", ".join(f"{shown(label_shown(text, number), 30)} {number}" for text, number in sorted(coded.items()))
    name, total = place.instrument.name, sum(coded.values())
    return [
        f"{name}: without an answer are {total} cells with a declared missing code ({skipped}) and {blank} blank ones."
    ]

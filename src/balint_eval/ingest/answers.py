"""Answer texts to codes: an answer is decoded exactly as declared, or refused with its place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balint_eval.errors import Problem, cell_shown, shown
from balint_eval.ingest.text import clean_text, is_blank
from balint_eval.instruments.model import Instrument
from balint_eval.study import Items

# ASCII digits only: `\d` would let full-width and other digits pass.
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_MISSING_WORDS = frozenset({"na", "n/a", ".", "-", "null", "none", "missing"})

_ONCE = frozenset({"VAL-LABEL", "VAL-LABELMAP", "VAL-MISSTEXT"})
"""Faults of a text, not of a cell: told at its first cell, with how often it occurs."""


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
    table = _meanings(cells[list(columns)], items, instrument)
    values = pd.DataFrame(
        {item: cells[column].map(table.codes) for item, column in enumerate(columns, start=1)},
        index=cells.index,
    ).astype("float64")
    problems = [_shift_problem(values, items, instrument, file)]
    if problems == [None]:
        problems = list(_refusals(cells, columns, table.faults, instrument, file))
    values = values.where(values.isin(instrument.response.codes))
    found = [problem for problem in problems if problem is not None]
    notes = _coercion_notes(cells, columns, table.coerced, instrument.name)
    return Decoded(_as_on_form(values, items, instrument), found, notes)


@dataclass(frozen=True)
class _Meanings:
    """What each distinct text means: its code, its fault, or that it was read with a tolerance."""

    codes: Mapping[str, float]
    faults: Mapping[str, tuple[str, str, str]]
    coerced: frozenset[str]


def _meanings(cells: pd.DataFrame, items: Items, instrument: Instrument) -> _Meanings:
    texts = {text for column in cells.columns for text in cells[column].unique()}
    labels = {clean_text(answer.answer).casefold(): answer.code for answer in items.answers}
    missing = {clean_text(text).casefold() for text in items.missing_codes}
    codes: dict[str, float] = {}
    faults: dict[str, tuple[str, str, str]] = {}
    coerced: set[str] = set()
    for text in sorted(texts):
        plain = clean_text(text).casefold()
        if is_blank(text) or plain in missing:
            codes[text] = math.nan
        elif labels:
            codes[text] = labels.get(plain, math.nan)
            if plain not in labels:
                faults[text] = _label_fault(labels)
        else:
            codes[text] = _code(text)
            fault = _number_fault(text, codes[text], instrument)
            if fault:
                faults[text] = fault
            elif text != f"{codes[text]:g}":
                coerced.add(text)
    return _Meanings(codes, faults, frozenset(coerced))


def _code(text: str) -> float:
    plain = clean_text(text)
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan


def _label_fault(labels: Mapping[str, float]) -> tuple[str, str, str]:
    known = ", ".join(shown(label, 30) for label in list(labels)[:8])
    what = "this answer is not among the declared answers"
    return "VAL-LABELMAP", what, f"add it under answers:, beside {known}"


def _number_fault(text: str, code: float, instrument: Instrument) -> tuple[str, str, str] | None:
    allowed = ", ".join(f"{c:g}" for c in instrument.response.codes)
    if math.isnan(code):
        return _text_fault(text, allowed)
    if code in instrument.response.codes:
        return None
    kind = "VAL-RANGE" if code.is_integer() else "VAL-NOTINT"
    mend = "correct the export, or declare the value under missing_codes or answers"
    return kind, f"{instrument.name} allows {allowed}", mend


def _text_fault(text: str, allowed: str) -> tuple[str, str, str]:
    plain = clean_text(text).casefold()
    if plain in _MISSING_WORDS:
        mend = f'if it means no answer, add missing_codes: ["{text.strip()}"]'
        return "VAL-MISSTEXT", "this text is not an answer", mend
    if any(letter.isalpha() for letter in plain) and not _looks_numeric(plain):
        what = "this is a label and the study file maps no labels"
        return "VAL-LABEL", what, "list under answers: each label of the form with its code"
    foreign = ", ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(plain) if c.isdigit() and not c.isascii())
    what = "this is not a whole answer code" + (f" (it holds the digit {foreign})" if foreign else "")
    return "VAL-NOTINT", what, f"correct the export; allowed are {allowed}"


def _looks_numeric(plain: str) -> bool:
    return plain.lstrip("+-")[:1].isdigit() or plain.lstrip("+-") in {"inf", "infinity", "nan"}


def _refusals(
    cells: pd.DataFrame,
    columns: Sequence[str],
    faults: Mapping[str, tuple[str, str, str]],
    instrument: Instrument,
    file: str,
) -> Iterator[Problem]:
    if not faults:
        return
    block = cells[list(columns)]
    counts = Counter(text for column in columns for text in block[column] if text in faults)
    told: set[str] = set()
    for column in columns:
        for row, text in block[column].items():
            if text not in faults or text in told:
                continue
            code, what, mend = faults[text]
            if code in _ONCE:
                told.add(text)
            times = f" (this value occurs {counts[text]} times in {instrument.name})" if counts[text] > 1 else ""
            yield Problem(code, what + times, mend, file, int(str(row)), column, cell_shown(text))


def _shift_problem(values: pd.DataFrame, items: Items, instrument: Instrument, file: str) -> Problem | None:
    """Recognise a whole questionnaire stored one step too high or too low."""
    if items.answers or values.isna().all(axis=None):
        return None
    codes = instrument.response.codes
    step = codes[1] - codes[0]
    found = set(np.unique(values.to_numpy()[~values.isna().to_numpy()]))
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


def _coercion_notes(cells: pd.DataFrame, columns: Sequence[str], coerced: frozenset[str], name: str) -> list[str]:
    if not coerced:
        return []
    count = int(cells[list(columns)].isin(coerced).to_numpy().sum())
    examples = ", ".join(shown(text, 12) for text in sorted(coerced)[:3])
    written = "1 answer" if count == 1 else f"{count} answers"
    return [f"{name}: {written} read as whole numbers although written otherwise (such as {examples})."]

"""Question texts of the items, held against each other: asked in other words, or in another order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from balint_eval.errors import Problem, shown
from balint_eval.ingest.grid import counted, listed
from balint_eval.ingest.labels import label_key
from balint_eval.ingest.reading import Reading
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import ascii_digits, tidy_header

_NUMBER = re.compile(r"[0-9]{1,4}")
FEWEST_WORDS = 3
"""Words from which a header without a label of its own is taken for the text of a question."""


@dataclass(frozen=True)
class Asked:
    """The texts of one instrument in one file, item by item.

    Attributes
    ----------
    file : str
    texts : mapping of item to text
        Items whose text is not known are left out.
    columns : mapping of item to the study file's name of its column
    sheet : Sheet
    """

    file: str
    texts: Mapping[int, str]
    columns: Mapping[int, str]
    sheet: Sheet


def question_remarks(readings: Sequence[Reading], sizes: Mapping[str, int]) -> tuple[list[Problem], list[Problem]]:
    """Hold the question texts of each instrument in every file against those of the first file.

    Parameters
    ----------
    readings : sequence of Reading
        Of one cohort, in the order of the study file.
    sizes : mapping of instrument to its number of items

    Returns
    -------
    problems : list of Problem
        HD-ITEMORDER where items stand under each other's texts: the scores would be of other items.
    warnings : list of Problem
        WARN-QUESTION where items are asked in other words.
    """
    problems, warnings = [], []
    for instrument, n_items in sizes.items():
        asked = [found for reading in readings for found in _asked(reading, instrument, n_items)]
        for other in asked[1:]:
            exchanged = _exchanged(asked[0], other)
            problems += [_order_problem(instrument, asked[0], other, exchanged)] if exchanged else []
            changed = [] if exchanged else _changed(asked[0], other)
            warnings += [_text_warning(instrument, asked[0], other, changed)] if changed else []
    return problems, warnings


def number_remarks(readings: Sequence[Reading], sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Give WARN-ITEMNUMBER where the headers number the items 1 to n, and the study file numbers them otherwise.

    A platform may number questions in another order than the form does; more often two rows of a codebook were
    exchanged.
    """
    for reading in readings:
        for items in reading.export.items:
            names = items.column_names(sizes[items.instrument])
            numbers = [_last_number(name) for name in names]
            wrong = [(item, name) for item, name in enumerate(names, start=1) if numbers[item - 1] != item]
            if wrong and sorted(numbers) == list(range(1, len(names) + 1)):
                said = listed([f"{shown(name, 40)} is item {item}" for item, name in wrong], 4)
                what = f"{items.instrument}: headers carry another number than their item: {said}"
                mend = "compare the numbers with the form, and correct the codebook where they were exchanged"
                yield Problem("WARN-ITEMNUMBER", what, mend, reading.sheet.file)


def _last_number(name: str) -> int:
    found = _NUMBER.findall(ascii_digits(name))
    return int(found[-1]) if found else 0


def _asked(reading: Reading, instrument: str, n_items: int) -> Iterator[Asked]:
    """Give the texts of a file with one wave a row; several waves in a row need texts of their own."""
    for items in reading.export.items if reading.waves_in_row == 1 else ():
        if items.instrument == instrument:
            names = dict(enumerate(items.column_names(n_items), start=1))
            columns = {item: reading.columns.get(name, name) for item, name in names.items()}
            texts = {item: text for item, column in columns.items() if (text := _text(reading.sheet, column))}
            yield Asked(reading.sheet.file, texts, names, reading.sheet)


def _text(sheet: Sheet, column: str) -> str:
    text = tidy_header(sheet.labels.get(column, ""))
    return text or (column if len(column.split()) >= FEWEST_WORDS else "")


def _exchanged(first: Asked, other: Asked) -> list[tuple[int, int]]:
    """Give (item, item there) of the texts that stand for another item in the other file."""
    places = _places(first)
    there = _places(other)
    moved = [(places[text], there[text]) for text in places if text in there and there[text] != places[text]]
    return moved if len(moved) > 1 else []


def _places(asked: Asked) -> dict[str, int]:
    """Give the item of each text that occurs once."""
    keys = {item: label_key(text) for item, text in asked.texts.items()}
    counts = Counter(keys.values())
    return {key: item for item, key in keys.items() if counts[key] == 1}


def _changed(first: Asked, other: Asked) -> list[int]:
    both = [item for item in first.texts if item in other.texts]
    return [item for item in both if label_key(first.texts[item]) != label_key(other.texts[item])]


def _order_problem(instrument: str, first: Asked, other: Asked, moved: Sequence[tuple[int, int]]) -> Problem:
    here, there = moved[0]
    text = shown(first.texts[here])
    what = (
        f"{counted(len(moved), 'item')} of {instrument} stand in another order than in {first.file}: {text} is item "
        f"{here} there and item {there} here"
    )
    mend = "list the columns under columns: in the order of the form, or name them by their texts"
    return Problem("HD-ITEMORDER", what, mend, other.file, other.sheet.header_rows, other.columns[there])


def _text_warning(instrument: str, first: Asked, other: Asked, changed: Sequence[int]) -> Problem:
    item = changed[0]
    differ = "is" if len(changed) == 1 else "are"
    what = (
        f"{instrument}: {counted(len(changed), 'item')} {differ} asked in other words than in {first.file}, such as "
        f"item {item}: {shown(first.texts[item])} there, {shown(other.texts[item])} here"
    )
    return Problem("WARN-QUESTION", what, "compare the forms; if it is another question, it is no change", other.file)

"""Which character parts the cells: declared, named by a `sep=` line, or found from the first records."""

from __future__ import annotations

import csv
import io
import re

from balint_eval.errors import Problem
from balint_eval.ingest.grid import blank_record, listed

CANDIDATES = (",", ";", "\t", "|", "^")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret"}
SNIFFED_RECORDS = 20
SNIFFED_CHARACTERS = 1 << 20

_SEP_LINE = re.compile(r"\A\"?sep=(?P<mark>[^\r\n\"])\"?(?:\r\n|\r|\n|\Z)", re.IGNORECASE)


def without_sep_line(text: str) -> tuple[str, int, str]:
    """Give the text after a `sep=` line, the lines skipped and the delimiter it names."""
    found = _SEP_LINE.match(text)
    return (text[found.end() :], 1, found["mark"]) if found else (text, 0, "")


def settled_delimiter(body: str, declared: str, prefer: str, file: str) -> tuple[str, list[Problem]]:
    """Give the delimiter to use, and IN-DELIM where it does not fit or cannot be told.

    Parameters
    ----------
    body : str
        Text from the header on.
    declared : str
        A character, its name (`tab`, `semicolon`) or `""`.
    prefer : str
        Taken when two candidates fit equally well.
    """
    spelled = {name: mark for mark, name in NAMES.items()} | {"\\t": "\t"}
    declared = spelled.get(declared.casefold(), declared)
    if len(declared) > 1 or declared in ("\r", "\n", '"'):
        mend = "use one character, such as ';', or 'tab'"
        return ",", [Problem("IN-DELIM", "the declared delimiter is not one usable character", mend, file)]
    widths = {mark: _widths(body, mark) for mark in CANDIDATES}
    if declared:
        return declared, _wrong_declared(declared, widths, file)
    return _sniffed(widths, prefer, file)


def _widths(body: str, mark: str) -> list[int]:
    """Give the number of cells of the first records that hold something."""
    widths: list[int] = []
    reader = csv.reader(io.StringIO(body[: 1 << 20], newline=""), delimiter=mark)
    try:
        for record in reader:
            if not blank_record(record):
                widths.append(len(record))
            if len(widths) >= SNIFFED_RECORDS:
                break
    except csv.Error:
        pass
    return widths or [0]


def _wrong_declared(declared: str, widths: dict[str, list[int]], file: str) -> list[Problem]:
    other = max(CANDIDATES, key=lambda mark: widths[mark][0])
    if widths.get(declared, [2])[0] > 1 or widths[other][0] < 2:
        return []
    what = f"with the declared {NAMES.get(declared, 'delimiter')} the header is one column"
    return [Problem("IN-DELIM", what, f"set `delimiter: {_written(other)}`", file, 1)]


def _sniffed(widths: dict[str, list[int]], prefer: str, file: str) -> tuple[str, list[Problem]]:
    fitting = [mark for mark in CANDIDATES if widths[mark][0] > 1]
    if not fitting:
        return prefer or ",", []
    score = {mark: (len(set(widths[mark])) == 1, widths[mark][0], mark == prefer) for mark in fitting}
    best = max(score.values())
    found = [mark for mark in fitting if score[mark] == best]
    if len(found) == 1:
        return found[0], []
    what = f"{listed([NAMES[mark] for mark in found])} fit equally well as delimiter"
    return found[0], [Problem("IN-DELIM", what, "set `delimiter:` for this file", file, 1)]


def _written(mark: str) -> str:
    return "tab" if mark == "\t" else f"'{mark}'"

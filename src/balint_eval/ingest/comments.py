"""Comments as they may be kept: without the characters that Word files refuse or that turn the text round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from balint_eval.ingest.grid import listed
from balint_eval.ingest.sheet import Sheet

UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters: no XML file may hold most of them
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates: they outlast the comment
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # half characters and what is no character
)
"""What is taken out of a comment. Line breaks, tabs, joiners and the marks LRM and RLM belong to the text and stay."""


def clean_comment(text: str) -> str:
    r"""Give a comment without characters that no report can hold.

    Examples
    --------
    >>> clean_comment("one\x0btwo")
    'one two'
    """
    return UNFIT.sub(lambda found: " " if found[0] in "\x0b\x0c" else "", text)


def cleaning_notes(sheet: Sheet, columns: Sequence[str]) -> list[str]:
    """Say in which rows characters are taken out, and which; one sentence a column, none where nothing is."""
    return [note for column in columns for note in _notes(sheet, column)]


def _notes(sheet: Sheet, column: str) -> Iterator[str]:
    found = {int(str(row)): set(UNFIT.findall(text)) for row, text in sheet.cells[column].items() if UNFIT.search(text)}
    if found:
        rows = listed([f"row {row}" for row in found])
        signs = listed([f"U+{ord(sign):04X}" for sign in sorted(set().union(*found.values()))])
        yield f"WARN-TEXTCLEAN: in the column {column} the characters {signs} are taken out of the comment: {rows}."

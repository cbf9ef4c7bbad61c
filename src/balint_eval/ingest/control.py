"""Control characters: NUL is refused, the others are named so that a later stage can decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Record, column_shown, counted, letter, listed

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_BYTES = bytes(code for code in range(128) if CONTROL.match(chr(code)))
_PIECE = 1 << 20

Hit = tuple[int, int, str]


def has_control(text: str) -> bool:
    """Tell whether a text holds any control character, at the speed of copying it."""
    pieces = (text[at : at + _PIECE].encode("utf-8", "surrogatepass") for at in range(0, len(text), _PIECE))
    return any(len(piece.translate(None, _BYTES)) != len(piece) for piece in pieces)


def control_problems(records: Sequence[Record], lines: list[int], file: str) -> list[Problem]:
    """Give IN-CONTROL for every cell with NUL and every column name with any control character."""
    refused = [hit for hit in _hits(records, lines) if "\x00" in hit[2] or hit[0] == lines[0]]
    return [_problem(hit, records[0], file) for hit in refused]


def control_notes(records: Sequence[Record], lines: list[int]) -> list[str]:
    """Say in which cells other control characters stand."""
    found = [f"row {row} column {letter(position)}" for row, position, _ in _hits(records, lines)]
    return [f"Control characters stand in {counted(len(found), 'cell')}: {listed(found)}."] if found else []


def _hits(records: Sequence[Record], lines: list[int]) -> Iterator[Hit]:
    for row, record in zip(lines, records, strict=True):
        if CONTROL.search("".join(record)):
            yield from ((row, at, cell) for at, cell in enumerate(record) if CONTROL.search(cell))


def _problem(hit: Hit, header: Record, file: str) -> Problem:
    row, position, cell = hit
    code = "0x00 (NUL)" if "\x00" in cell else f"0x{ord(CONTROL.findall(cell)[0]):02X}"
    name = header[position] if position < len(header) else ""
    what = f"the cell holds the control character {code}"
    return Problem("IN-CONTROL", what, "remove it, or export again", file, row, column_shown(name, position))

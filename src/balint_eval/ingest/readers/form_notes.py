"""What forms add to their exports that a person should know of: points of a quiz, several answers, numbered texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from balint_eval.ingest.grid import Grid, column_shown, listed
from balint_eval.ingest.text import match_key

LOOKED_AT = 200
_POINTS = re.compile(r"\d+(?:[.,]\d+)? ?/ ?\d+(?:[.,]\d+)?")
_NUMBERED = re.compile(r"(?P<text>.*\D)(?P<number>[2-9]|[1-9]\d)", re.DOTALL)


def points_note(grid: Grid) -> list[str]:
    """Say which columns hold points of a quiz, as in `8 / 10`."""
    found = [at for at in range(len(grid.header)) if _all_like(grid, at, _POINTS)]
    if not found:
        return []
    shown = listed([column_shown(grid.header[at], at) for at in found], 5)
    return [
        f"Points of a quiz, as in 8 / 10, stand in: {shown}. They are no answers; map them under answers: to use them."
    ]


def several_answers_note(grid: Grid) -> list[str]:
    """Say which columns hold several answers in a cell, each ended by a semicolon."""
    found = [at for at in range(len(grid.header)) if _all_like(grid, at, re.compile(r".*;", re.DOTALL))]
    shown = listed([column_shown(grid.header[at], at) for at in found], 5)
    return [f"Several answers in a cell, each ended by a semicolon, stand in: {shown}."] if found else []


def numbered_note(names: Sequence[str]) -> list[str]:
    """Say which question texts the platform numbered because they occur several times, as in When and When2."""
    known = {match_key(name) for name in names}
    matches = [(name, _NUMBERED.fullmatch(name)) for name in names]
    found = [name for name, match in matches if match and match_key(match["text"]) in known]
    return (
        [f"Question texts that occur several times were numbered by the platform: {listed(found, 5)}."] if found else []
    )


def _all_like(grid: Grid, at: int, pattern: re.Pattern[str]) -> bool:
    cells = [record[at].strip() for record in grid.records[1 : LOOKED_AT + 1] if at < len(record)]
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(pattern.fullmatch(cell) for cell in filled)

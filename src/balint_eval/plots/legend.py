"""A legend that flows over as many lines as its labels need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import FAINT, INK, RULE, SMALL, THIN
from balint_eval.plots.text import block_height, block_width, middle_of_line, wrapped

_GAP, _LEADING = 4.0, 0.9


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: a line with a marker, or a filled chip when `chip` is true."""

    label: str
    colour: str = INK
    marker: str = ""
    line: str = "none"
    filled: bool = True
    width: float = THIN
    chip: bool = False
    hatch: str = ""

    @property
    def symbol_width(self) -> float:
        """Millimetres the symbol takes with the gap after it."""
        return 7.5 if self.line != "none" else 4.2


@dataclass(frozen=True, slots=True)
class Legend:
    """A legend laid out for one width: each row is a list of (x, key, wrapped label)."""

    rows: tuple[tuple[tuple[float, Key, str], ...], ...]

    @property
    def height(self) -> float:
        """Millimetres it takes, without a gap below."""
        return sum(map(_row_height, self.rows)) + _LEADING * max(0, len(self.rows) - 1)

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Draw it with its upper left corner at the given place."""
        for row in self.rows:
            for x, key, label in row:
                _draw_symbol(sheet, left + x, top + middle_of_line(SMALL), key)
                sheet.text(left + x + key.symbol_width, top, label, size=SMALL)
            top += _row_height(row) + _LEADING


def legend(keys: Sequence[Key], width: float) -> Legend:
    """Lay a legend out over lines of at most `width` millimetres."""
    rows: list[list[tuple[float, Key, str]]] = [[]]
    x = 0.0
    for key in keys:
        label = wrapped(key.label, width - key.symbol_width, SMALL)
        needed = key.symbol_width + block_width(label, SMALL)
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, key, label))
        x += needed + _GAP
    return Legend(tuple(map(tuple, rows)))


def _row_height(row: Sequence[tuple[float, Key, str]]) -> float:
    return max(block_height(label, SMALL) for _, _, label in row)


def _draw_symbol(sheet: Sheet, x: float, y: float, key: Key) -> None:
    if key.chip:
        edge = RULE if key.hatch or key.colour in {FAINT, "white"} else "none"
        sheet.box(x, y - 1.2, 3.0, 2.4, facecolor=key.colour, edgecolor=edge, hatch=key.hatch or None)
        return
    if key.line != "none":
        sheet.line(
            (x, x + 6.3), (y, y), color=key.colour, linewidth=key.width, linestyle=key.line, solid_capstyle="butt"
        )
    if key.marker:
        face = key.colour if key.filled else "white"
        centre = x + (3.15 if key.line != "none" else 1.5)
        sheet.marker(centre, y, key.marker, color=key.colour, markerfacecolor=face)

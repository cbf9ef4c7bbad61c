"""Small plots side by side on a sheet: where each stands, its axes, and values turned into millimetres.

They are drawn on the sheet's own canvas: axes of their own would cost more time and room than what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

from balint_eval.language import Language
from balint_eval.plots.axis import nice_ticks
from balint_eval.plots.sheet import Sheet
from balint_eval.plots.style import BODY, FAINT, HAIRLINE, MARGIN, MUTED, RULE, SMALL
from balint_eval.plots.text import block_height, line_width, middle_of_line, wrapped
from balint_eval.plots.words import plain

GAP, ROW_GAP, TICK = 5.0, 4.0, 0.8
_BETWEEN_TICKS = 2.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's place in millimetres and the values at its edges."""

    left: float
    top: float
    width: float
    height: float
    x_ends: tuple[float, float]
    y_ends: tuple[float, float] = (0.0, 1.0)

    @property
    def right(self) -> float:
        """Millimetres from the sheet's left edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Millimetres from the sheet's top."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Place of a value, held within the frame."""
        low, high = self.x_ends
        return self.left + self.width * (max(low, min(high, value)) - low) / (high - low)

    def y(self, value: float) -> float:
        """Place of a value, held within the frame; larger values stand higher."""
        low, high = self.y_ends
        return self.bottom - self.height * (max(low, min(high, value)) - low) / (high - low)

    @classmethod
    def on(
        cls, sheet: Sheet, box: tuple[float, float, float, float], x_ends: tuple[float, float],
        y_ends: tuple[float, float] = (0.0, 1.0),
    ) -> Frame:  # fmt: skip
        """Give a frame on a sheet.

        Parameters
        ----------
        sheet : Sheet
        box : tuple of float
            Distance from where lines of text begin, top, width, height, in millimetres. Values run from left to
            right in every language.
        x_ends, y_ends : tuple of float
        """
        left, top, width, height = box
        return cls(sheet.x(left + width) if sheet.mirrored else left, top, width, height, x_ends, y_ends)

    def beyond(self, value: float) -> bool:
        """Tell whether a value lies right or left of the frame."""
        return isfinite(value) and not self.x_ends[0] <= value <= self.x_ends[1]


@dataclass(frozen=True, slots=True)
class Cell:
    """Room for one panel: a wrapped title with the plot below it."""

    title: str
    left: float
    top: float
    width: float
    body: float
    """Millimetres from the sheet's top to where the plot may begin."""


def cells(titles: Sequence[str], bodies: Sequence[float], width: float, narrowest: float) -> tuple[list[Cell], float]:
    """Lay panels out in rows.

    Parameters
    ----------
    titles : sequence of str
    bodies : sequence of float
        Millimetres that each plot takes below its title.
    width, narrowest : float
        Of the sheet and of one panel.

    Returns
    -------
    cells : list of Cell
        From the top of the sheet's margin.
    bottom : float
        Where the lowest row ends.
    """
    inner = width - 2 * MARGIN
    most = max(1, int((inner + GAP) // (narrowest + GAP)))
    columns = -(-len(titles) // -(-len(titles) // most))
    each = min((inner - GAP * (columns - 1)) / columns, 2 * narrowest)
    found, top = list[Cell](), MARGIN
    for start in range(0, len(titles), columns):
        heads = [wrapped(title, each) for title in titles[start : start + columns]]
        head = max(map(block_height, heads)) + 1.2
        for place, title in enumerate(heads):
            found.append(Cell(title, MARGIN + place * (each + GAP), top, each, top + head))
        top += head + max(bodies[start : start + columns]) + ROW_GAP
    return found, top - ROW_GAP


def ends(values: Sequence[float], room: float = 0.06) -> tuple[float, float]:
    """Give the ends of an axis that holds all finite values with some room."""
    known = [value for value in values if isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    span = (high - low) or max(abs(high), 1.0)
    return low - room * span, high + room * span


def x_axis(sheet: Sheet, frame: Frame, language: Language, wanted: int = 3) -> None:
    """Draw the horizontal axis with as many round ticks as have room."""
    x_ticks(sheet, frame, nice_ticks(*frame.x_ends, wanted), language)


def x_ticks(sheet: Sheet, frame: Frame, ticks: Sequence[float], language: Language) -> None:
    """Draw the horizontal axis with those of the ticks that have room."""
    ticks = _with_room(ticks, frame)
    xs, ys = list[float](), list[float]()
    for tick in ticks:
        xs += [frame.x(tick), frame.x(tick), nan]
        ys += [frame.bottom, frame.bottom + TICK, nan]
        label = language.number(plain(tick))
        sheet.text(sheet.x(frame.x(tick)), frame.bottom + TICK + 0.3, label, size=SMALL, ha="center")
    across, down = [frame.left, frame.right, nan, *xs], [frame.bottom, frame.bottom, nan, *ys]
    sheet.path(across, down, color=RULE, linewidth=0.5)


def _with_room(ticks: Sequence[float], frame: Frame) -> list[float]:
    kept, edge = list[float](), -1e9
    for tick in ticks:
        half = 0.5 * line_width(plain(tick), SMALL)
        if frame.x(tick) - half >= edge:
            kept.append(tick)
            edge = frame.x(tick) + half + _BETWEEN_TICKS
    return kept


def y_axis(
    sheet: Sheet, frame: Frame, ticks: Sequence[float], language: Language, *, labelled: bool = True, gap: float = 1.0
) -> None:
    """Draw hairlines at the ticks of the vertical axis, with their numbers where lines of text begin."""
    xs, ys = list[float](), list[float]()
    start = sheet.x(frame.right) if sheet.mirrored else frame.left
    for tick in ticks:
        xs += [frame.left, frame.right, nan]
        ys += [frame.y(tick), frame.y(tick), nan]
        if labelled:
            middle = frame.y(tick) - middle_of_line(SMALL)
            sheet.text(start - gap, middle, language.number(plain(tick)), size=SMALL, ha="right")
    sheet.path(xs, ys, color=FAINT, linewidth=0.5, zorder=0.9)


def value_axis(
    sheet: Sheet, frame: Frame, ticks: Sequence[float], language: Language, *, labelled: bool = True
) -> None:
    """Draw a vertical axis with hairlines, its edge and the floor; one shared with a neighbour has no edge."""
    y_axis(sheet, frame, ticks, language, labelled=labelled, gap=TICK + 0.7)
    xs, ys = [frame.left, frame.right, nan], [frame.bottom, frame.bottom, nan]
    if labelled:
        edge, outwards = (frame.right, TICK) if sheet.mirrored else (frame.left, -TICK)
        xs += [edge, edge, nan]
        ys += [frame.top, frame.bottom, nan]
        for tick in ticks:
            xs += [edge, edge + outwards, nan]
            ys += [frame.y(tick), frame.y(tick), nan]
    sheet.path(xs, ys, color=RULE, linewidth=HAIRLINE, zorder=2.5)


def band(sheet: Sheet, frame: Frame, low: float, high: float) -> None:
    """Shade the values between two, over the height of a frame."""
    left, right = frame.x(low), frame.x(high)
    corners = [(left, frame.top), (right, frame.top), (right, frame.bottom), (left, frame.bottom)]
    sheet.polygon(corners, facecolor=FAINT)


def write_at(sheet: Sheet, x: float, y: float, text: str, side: str) -> None:
    """Write small muted text that begins (`left`) or ends (`right`) at a place from the left edge."""
    if sheet.mirrored:
        side = {"left": "right", "right": "left"}[side]
    sheet.text(sheet.x(x), y, text, size=SMALL, color=MUTED, ha=side)


def axis_height() -> float:
    """Give the millimetres that the horizontal axis takes below a frame."""
    return TICK + 0.3 + block_height("", SMALL)


def label_room(ticks: Sequence[float]) -> float:
    """Give the millimetres that the numbers of a vertical axis take."""
    return max((line_width(plain(tick), SMALL) for tick in ticks), default=0.0) + 1.4


def draw_titles(sheet: Sheet, placed: Sequence[Cell]) -> None:
    """Write the panels' titles."""
    for cell in placed:
        sheet.text(cell.left, cell.top, cell.title, size=BODY)


def note_height(note: str, width: float) -> float:
    """Give the millimetres of a note under the panels, gap included."""
    return 2.0 + block_height(wrapped(note, width - 2 * MARGIN, SMALL), SMALL) if note else 0.0


def draw_note(sheet: Sheet, note: str, top: float) -> None:
    """Write a note under the panels, over the width of the sheet."""
    if note:
        sheet.text(MARGIN, top + 2.0, wrapped(note, sheet.width - 2 * MARGIN, SMALL), size=SMALL, color=MUTED)

"""How blocks are set on paper: which chapters lie on their side, what stands side by side, how wide columns are.

Word and PDF share these decisions, so that both look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from balint_eval.report.model import Block, Callout, FigureBlock, Paragraph, Report, Section, TableBlock, TableColumn

MOST_UPRIGHT_COLUMNS = 7
"""A table with more columns, too wide for the page, is printed on its side."""
ROOM = {False: 122.0, True: 186.0}
"""Characters of a table's text across a page, upright and sideways."""
NARROW_MM = 110.0
"""Drawings up to this width were made for one column of a paper and stand side by side."""
_TALLEST_SIDEWAYS_MM = 130.0
_MM_A_POINT = 25.4 / 72
_SIZE = re.compile(r"<svg\b[^>]*?\b(width|height)=\"([0-9.]+)(?:pt)?\"[^>]*?\b(?:width|height)=\"([0-9.]+)(?:pt)?\"")
_NUMBER = re.compile(r"[−-]?(?:\d+|(?=[.٫]))(?:([.٫])(\d+))?")
_ISOLATES = re.compile("[\u2066-\u2069]")
_WIDEST_WORD = 68
_LONG_WORD, _UNBROKEN = 20, 1.12
"""Codes of so many signs have more wide digits than words have, and are never broken."""
_BOLD = 1.2
"""How much wider the letters of a heading are."""
_ONE_PAGE = 900
"""Characters up to which a table is not broken over two pages."""
_PADDING = 2.0
"""Room between columns, in characters."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is a chapter."""

    text: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Narrow figures that share the width of the page."""

    figures: tuple[FigureBlock, ...]


@dataclass(frozen=True, slots=True)
class DataTable:
    """The numbers behind a figure."""

    figure: FigureBlock


Part = Heading | Block | SideBySide | DataTable


@dataclass(frozen=True, slots=True)
class Stretch:
    """Parts on pages of one orientation."""

    sideways: bool
    parts: tuple[Part, ...]


_BRIEF = 600
"""Letters of a chapter that is too short for a page of its own."""


def stretches(report: Report) -> tuple[Stretch, ...]:
    """Give the report as stretches of pages, each upright or sideways.

    A chapter is sideways as a whole when one of its tables has more than `MOST_UPRIGHT_COLUMNS` columns that do not
    fit an upright page, and so are chapters of tables, or of a sentence or two, between two such: turning the paper
    for each table would leave half of the pages empty. The numbers behind the figures come last.
    """
    chapters = [*_chapters(report.sections), *_data_chapter(report)]
    turned = _without_lone_turns([_is_sideways(parts) for parts in chapters], [_may_turn(parts) for parts in chapters])
    return tuple(
        Stretch(sideways, tuple(part for _, parts in group for part in parts))
        for sideways, group in groupby(zip(turned, chapters, strict=True), key=itemgetter(0))
    )


def _without_lone_turns(sideways: Sequence[bool], may_turn: Sequence[bool]) -> list[bool]:
    """Turn chapters that stand between sideways ones, where they may: paper turned twice leaves two gaps."""
    turned = list(sideways)
    for wide, group in groupby(range(len(turned)), key=lambda place: sideways[place]):
        places = list(group)
        is_between = places[0] > 0 and places[-1] < len(turned) - 1
        if not wide and is_between and all(may_turn[place] for place in places):
            for place in places:
                turned[place] = True
    return turned


def _may_turn(parts: tuple[Part, ...]) -> bool:
    """Say whether a chapter is as well read sideways: tables without a tall drawing, or hardly a text.

    A paragraph on a page of its own between two sideways ones looks like a mistake.
    """
    figures = [part for part in parts if isinstance(part, FigureBlock)]
    tall = any(drawing_size(figure)[1] > _TALLEST_SIDEWAYS_MM for figure in figures)
    return (any(isinstance(part, TableBlock) for part in parts) and not tall) or _is_brief(parts)


def _is_brief(parts: tuple[Part, ...]) -> bool:
    texts = [part.text for part in parts if isinstance(part, Paragraph | Callout | Heading)]
    return len(texts) == len(parts) and sum(map(len, texts)) <= _BRIEF


def _chapters(sections: Sequence[Section]) -> Iterator[tuple[Part, ...]]:
    chapter: list[Part] = []
    for section in sections:
        if section.depth == 2 and chapter:
            yield tuple(chapter)
            chapter = []
        chapter += [Heading(section.heading, section.depth - 1, section.anchor), *_placed(section.blocks)]
    if chapter:
        yield tuple(chapter)


def _placed(blocks: Sequence[Block]) -> Iterator[Part]:
    for narrow, group in groupby(blocks, key=lambda block: isinstance(block, FigureBlock) and is_narrow(block)):
        if narrow:
            yield SideBySide(tuple(block for block in group if isinstance(block, FigureBlock)))
        else:
            yield from group


def _data_chapter(report: Report) -> Iterator[tuple[Part, ...]]:
    tables = tuple(DataTable(block) for block in report.blocks() if isinstance(block, FigureBlock) and block.rows)
    if tables:
        yield (Heading(report.data_heading, 1, "figure-data"), *tables)


def _is_sideways(parts: tuple[Part, ...]) -> bool:
    return any(
        len(columns) > MOST_UPRIGHT_COLUMNS and sum(_full_widths(columns, rows)) > ROOM[False]
        for columns, rows in map(_cells, parts)
    )


def _cells(part: Part) -> tuple[tuple[TableColumn, ...], tuple[tuple[str, ...], ...]]:
    holder = part.figure if isinstance(part, DataTable) else part
    return (holder.columns, holder.rows) if isinstance(holder, TableBlock | FigureBlock) else ((), ())


def drawing_size(figure: FigureBlock) -> tuple[float, float]:
    """Give width and height of a drawing in millimetres; 174 by 100 where it does not say."""
    match = _SIZE.search(figure.svg)
    if match is None:
        return 174.0, 100.0
    sides = (float(match[2]) * _MM_A_POINT, float(match[3]) * _MM_A_POINT)
    return sides if match[1] == "width" else sides[::-1]


def is_narrow(figure: FigureBlock) -> bool:
    """Say whether a drawing was made for one column of a paper."""
    return drawing_size(figure)[0] < NARROW_MM


def column_shares(
    columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], *, sideways: bool
) -> tuple[float, ...]:
    """Share the width of a page among the columns of a table.

    Parameters
    ----------
    columns, rows
        Of the table.
    sideways : bool
        Whether the page lies on its side.

    Returns
    -------
    tuple of float
        Shares of the page's width; a small table takes less than all of it. Numbers are given the room they
        need; texts share the rest by the square root of what they lack, each as wide as its longest word.
    """
    room = ROOM[sideways]
    full = _full_widths(columns, rows)
    if sum(full) <= room:
        spare = min(room - sum(full), 0.25 * sum(full)) / len(columns)
        return tuple(round((width + spare) / room, 4) for width in full)
    least = [_least(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    widths = _narrowed(full, least, room)
    return tuple(round(width / max(sum(widths), room), 4) for width in widths)


def _narrowed(full: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Narrow the columns by one factor of the square root of their length, the longest first, until all fit."""
    low, high = 0.0, max(full)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if sum(_at(middle, full, least)) > room else (middle, high)
    return _at(low, full, least)


def _at(factor: float, full: Sequence[float], least: Sequence[float]) -> list[float]:
    both = zip(full, least, strict=True)
    return [max(shortest, min(longest, factor * longest**0.5)) for longest, shortest in both]


def _full_widths(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> list[float]:
    return [_full(column, [row[place] for row in rows]) for place, column in enumerate(columns)]


def _least(column: TableColumn, cells: Sequence[str]) -> float:
    words = [len(word) * (_UNBROKEN if len(word) > _LONG_WORD else 1.0) for text in cells for word in text.split()]
    words += [_BOLD * len(word) for word in column.heading.split()]
    if column.align == "number":
        words += map(len, cells)
    return _PADDING + min(max(words, default=1.0), _WIDEST_WORD)


def _full(column: TableColumn, cells: Sequence[str]) -> float:
    # A heading may take two lines.
    return _PADDING + max([len(column.heading) * 0.6, *map(len, cells), _least(column, cells) - _PADDING])


def decimal_padding(cells: Sequence[str]) -> tuple[str, ...]:
    """Give what each cell of a column of numbers lacks on its right for the decimal signs to stand in one line.

    Returns
    -------
    tuple of str
        Characters to leave room for, such as `.0`; blank for a cell that is not a plain number.
    """
    found = [_NUMBER.fullmatch(_ISOLATES.sub("", cell)) for cell in cells]
    places = max((len(match[2] or "") for match in found if match), default=0)
    sign = next((match[1] for match in found if match and match[1]), "")
    return tuple(_lacking(match, places, sign) for match in found)


def _lacking(match: re.Match[str] | None, places: int, sign: str) -> str:
    if match is None:
        return ""
    missing = "0" * (places - len(match[2] or ""))
    return missing if match[1] or not missing else f"{sign}{missing}"


def fits_one_page(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a table is small enough not to be broken over two pages."""
    return sum(len(cell) for row in rows for cell in row) < _ONE_PAGE


def leads(part: Part, following: Part | None) -> bool:
    """Say whether a paragraph speaks of the table or figure after it and must not stand alone at the foot of a page."""
    return isinstance(part, Paragraph) and isinstance(following, TableBlock | FigureBlock | SideBySide)

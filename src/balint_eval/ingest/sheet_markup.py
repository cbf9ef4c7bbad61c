"""The rows of a worksheet straight from its XML, where the XML has the plain form that programs write.

Millions of cells are cut apart by one pattern instead of being built as objects; each distinct cell is still given
to openpyxl, once. Whatever is not exactly of the plain form raises `NotPlain`, and openpyxl reads the whole sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

DECLARATION = re.compile(rb'\A(?:<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?(?: standalone="\w+")?\?>\s*)?')
_ROW = re.compile(rb'<row((?: [A-Za-z0-9:]+="[^"<>&]*")*) ?(/?)>')
_NAME = re.compile(rb' ([A-Za-z0-9:]+)="')
_NUMBER = re.compile(rb' r="([0-9]{1,7})"')
_START = b'<c r="'
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_CELL = re.compile(
    rb'(?: s="[0-9]+")?(?: t="[a-zA-Z]+")?'
    rb"(?: ?/>|>(?:<f(?: [a-z0-9]+=\"[^\"<>&]*\")* ?(?:/>|>[^<]*</f>))?"
    rb'(?:<v>[^<]*</v>|<v ?/>|<is><t(?: xml:space="preserve")?>[^<]*</t></is>|<is><t ?/></is>)?</c>)'
)
_SHARED = re.compile(rb'(?: s="[0-9]+")? t="s"><v>([0-9]+)</v></c>')
_NUMBER_CELL = re.compile(rb' s="([0-9]+)"(?: t="n")?><v>([0-9]+(?:\.[0-9]+)?)</v></c>')
_TEXT = re.compile(
    rb"""(?: s="[0-9]+")? t="inlineStr"><is><t(?: xml:space="preserve")?>([\t\n -%'-;=?-~]*)</t></is></c>"""
)


class NotPlain(Exception):
    """The markup has a form that only a full parser should read."""


class MarkedRow(NamedTuple):
    """One row that has cells: its number, the columns counted from 0, and each cell's markup after its place.

    The markup is what stands before the next cell; `refuse_other_cell` says whether that is one cell.
    """

    number: int
    columns: tuple[int, ...]
    cells: tuple[bytes, ...]


def plain_rows(markup: bytes) -> tuple[Iterator[MarkedRow], Callable[[], bytes]]:
    """Give the rows one by one, and a function for what is left of the sheet once they are taken.

    What is left, for a parser to check, holds one empty row for each set of row attributes: the parser then sees
    whatever is wrong with them.

    Raises
    ------
    NotPlain
        At once, or while the rows are taken.
    """
    start, end = markup.find(b"<sheetData>"), markup.find(b"</sheetData>")
    head, data, tail = markup[: start + 11], markup[start + 11 : end], markup[end:]
    declared = DECLARATION.match(markup)
    begins = declared is not None and markup.startswith(b"<worksheet", declared.end())
    plain = begins and 0 < start < end and markup.count(b"<sheetData") == 1
    if not plain or markup.count(b"xmlns=") != 1 or b' xmlns="' + MAIN + b'"' not in head:
        raise NotPlain
    if b"<!" in markup or markup.count(b"<?") > 1:
        raise NotPlain
    kinds: dict[tuple[bytes, ...], bytes] = {}
    return _rows(data, kinds), lambda: head + b"".join(b"<row" + row + b"/>" for row in kinds.values()) + tail


def _rows(data: bytes, kinds: dict[tuple[bytes, ...], bytes]) -> Iterator[MarkedRow]:
    columns: tuple[int, ...] = ()
    expected = b""
    last = 0
    *full, rest = data.split(b"</row>")
    for piece in full:
        start, number = _row_start(piece, last, kinds)
        if number is None:
            raise NotPlain
        last = number[1]
        before, *pieces = piece[start:].split(_START)
        if before:
            raise NotPlain
        if not pieces:
            continue
        places, _, cells = zip(*[cell.partition(b'"') for cell in pieces], strict=True)
        # Most rows have the columns of the row before.
        if b'"'.join(places) != expected.replace(b"#", number[0]):
            letters = _letters(places, number[0])
            columns, expected = _columns(letters), b'#"'.join(letters) + b"#"
        yield MarkedRow(last, columns, cells)
    _row_start(rest, last, kinds)


def _letters(places: tuple[bytes, ...], number: bytes) -> tuple[bytes, ...]:
    found = [_PLACE.fullmatch(place) for place in places]
    if any(place is None or place[2] != number for place in found):
        raise NotPlain
    return tuple(place[1] for place in found if place)


def refuse_other_cell(cell: bytes) -> None:
    """Refuse what is not the markup of one plain cell after its place.

    Raises
    ------
    NotPlain
    """
    if not _CELL.fullmatch(cell):
        raise NotPlain


def _row_start(piece: bytes, last: int, kinds: dict[tuple[bytes, ...], bytes]) -> tuple[int, tuple[bytes, int] | None]:
    """Give where the cells of a row begin and its number, after any rows without cells."""
    at = 0
    while at < len(piece):
        found = _ROW.match(piece, at)
        number = _NUMBER.search(found[1]) if found else None
        if found is None or number is None or number[1].startswith(b"0") or int(number[1]) <= last:
            raise NotPlain
        kinds.setdefault(tuple(_NAME.findall(found[1])), found[1])
        last, at = int(number[1]), found.end()
        if not found[2]:
            return at, (number[1], last)
    return at, None


def _columns(letters: tuple[bytes, ...]) -> tuple[int, ...]:
    positions = tuple(_position(text) for text in letters)
    if any(second <= first for first, second in pairwise(positions)):
        raise NotPlain
    return positions


def _position(letters: bytes) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total - 1


def text_of(cell: bytes) -> str | None:
    """Give the text of a cell that holds ASCII text in itself without any entity, None for every other cell."""
    found = _TEXT.fullmatch(cell)
    return found[1].decode("ascii") if found else None


def shared_text_of(cell: bytes) -> int | None:
    """Give the place of the shared text that a cell holds, None for every other cell."""
    found = _SHARED.fullmatch(cell)
    return int(found[1]) if found else None


def number_of(cell: bytes) -> tuple[int, str] | None:
    """Give style and number of a cell that holds a number and has a style, None for every other cell."""
    found = _NUMBER_CELL.fullmatch(cell)
    return (int(found[1]), found[2].decode("ascii")) if found else None


def element_of(cell: bytes) -> ET.Element:
    """Give the markup of one cell as an element; it holds no declaration, so it needs no guard against them."""
    return ET.fromstring(b'<c xmlns="' + MAIN + b'" r="A1"' + cell)  # noqa: S314

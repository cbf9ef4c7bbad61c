"""The rows of a worksheet straight from its XML, where the XML has the plain form that programs write.

Millions of cells are cut apart by one pattern instead of being built as objects; each distinct cell is still given
to openpyxl, once. Whatever is not exactly of the plain form raises `NotPlain`, and openpyxl reads the whole sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_DECLARATION = re.compile(rb'\A(?:<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?(?: standalone="\w+")?\?>\s*)?')
_ROW = re.compile(rb'<row((?: [A-Za-z0-9:]+="[^"<>&]*")*) ?(/?)>')
_NAME = re.compile(rb' ([A-Za-z0-9:]+)="')
_NUMBER = re.compile(rb' r="([0-9]{1,7})"')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
    rb'((?: s="[0-9]+")?(?: t="[a-zA-Z]+")?'
    rb"(?: ?/>|>(?:<f(?: [a-z0-9]+=\"[^\"<>&]*\")* ?(?:/>|>[^<]*</f>))?"
    rb'(?:<v>[^<]*</v>|<v ?/>|<is><t(?: xml:space="preserve")?>[^<]*</t></is>|<is><t ?/></is>)?</c>))'
)
_PARTS = 4
"""Pieces a cell leaves when a row is split: what stood before it, column, row, and the rest."""


class NotPlain(Exception):
    """The markup has a form that only a full parser should read."""


class MarkedRow(NamedTuple):
    """One row that has cells: its number, the columns counted from 0, and each cell's markup after its place."""

    number: int
    columns: tuple[int, ...]
    cells: list[bytes]


def plain_rows(markup: bytes) -> tuple[Iterator[MarkedRow], bytes]:
    """Give the rows one by one, and the sheet without them for a parser to check.

    Raises
    ------
    NotPlain
        At once, or while the rows are taken.
    """
    start, end = markup.find(b"<sheetData>"), markup.find(b"</sheetData>")
    head, data, tail = markup[: start + 11], markup[start + 11 : end], markup[end:]
    declared = _DECLARATION.match(markup)
    begins = declared is not None and markup.startswith(b"<worksheet", declared.end())
    plain = begins and 0 < start < end and markup.count(b"<sheetData") == 1
    if not plain or markup.count(b"xmlns=") != 1 or b' xmlns="' + MAIN + b'"' not in head:
        raise NotPlain
    if b"<!" in markup or markup.count(b"<?") > 1:
        raise NotPlain
    return _rows(data), head + _samples(data) + tail


def _samples(data: bytes) -> bytes:
    """Give one empty row for each set of row attributes: a parser then sees whatever is wrong with them."""
    kinds = {tuple(_NAME.findall(found)): found for found, _ in _ROW.findall(data)}
    return b"".join(b"<row" + found + b"/>" for found in kinds.values())


def _rows(data: bytes) -> Iterator[MarkedRow]:
    known: dict[tuple[bytes, ...], tuple[int, ...]] = {}
    last = 0
    *full, rest = data.split(b"</row>")
    for piece in full:
        start, number = _row_start(piece, 0, last)
        if number is None:
            raise NotPlain
        last = number[1]
        parts = _CELL.split(piece[start:])
        if any(parts[::_PARTS]) or set(parts[2::_PARTS]) - {number[0]}:
            raise NotPlain
        letters = tuple(parts[1::_PARTS])
        if letters not in known:
            known[letters] = _columns(letters)
        if letters:
            yield MarkedRow(last, known[letters], parts[3::_PARTS])
    _row_start(rest, 0, last)


def _row_start(piece: bytes, at: int, last: int) -> tuple[int, tuple[bytes, int] | None]:
    """Give where the cells of a row begin and its number, after any rows without cells."""
    while at < len(piece):
        found = _ROW.match(piece, at)
        number = _NUMBER.search(found[1]) if found else None
        if found is None or number is None or number[1].startswith(b"0") or int(number[1]) <= last:
            raise NotPlain
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


def element_of(cell: bytes) -> ET.Element:
    """Parse the markup of one cell; it holds no declaration, so it needs no guard against them."""
    return ET.fromstring(b'<c xmlns="' + MAIN + b'" r="A1"' + cell)  # noqa: S314

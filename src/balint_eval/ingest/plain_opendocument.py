"""The rows of an OpenDocument sheet cut out of its XML, where the XML has the plain form that programs write.

A parser sees the document without the cells of its rows, and each distinct cell once. Whatever this cannot cut apart
for certain raises `NotPlain`, and the whole document goes through the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from balint_eval.ingest.sheet_markup import DECLARATION, NotPlain

_URN = b"urn:oasis:names:tc:opendocument:xmlns:"
_ROOT = re.compile(rb'<(office:document-content)((?: [A-Za-z0-9:_-]+="[^"<>&]*")*)>')
_ROW = re.compile(rb'<table:table-row((?: [A-Za-z0-9:_-]+="[^"<>&]*")*) ?>')
_ROW_START = b"<table:table-row"
_ROW_END = b"</table:table-row>"
_CELL_START = b"<table:table-cell"
_STAND_IN = b"<table:table-cell/>"


@dataclass(frozen=True)
class CutDocument:
    """A document and the cells of its rows, apart.

    Attributes
    ----------
    skeleton : bytes
        The document with one empty cell in each row that had an end tag of its own.
    markup : bytes
        The whole document.
    places : list of (int, int)
        Where the cells of these rows begin and end in it.
    """

    skeleton: bytes
    markup: bytes
    places: list[tuple[int, int]]
    _before: bytes
    _after: bytes

    def rows(self) -> Iterator[list[bytes]]:
        """Give the cells of each row: the markup of each one after its first tag's name, and covered cells with it.

        Raises
        ------
        NotPlain
        """
        for start, end in self.places:
            before, *cells = self.markup[start:end].split(_CELL_START)
            if before:
                raise NotPlain
            yield cells

    def elements(self, cell: bytes) -> list[ET.Element]:
        """Give the cell, and covered cells that may follow it, as elements.

        Raises
        ------
        NotPlain
            The markup is not one of whole elements.
        """
        try:
            # Declarations were refused for the document as a whole.
            root = ET.fromstring(self._before + _CELL_START + cell + self._after)  # noqa: S314
        except ET.ParseError:
            raise NotPlain from None
        return list(root)


def cut(markup: bytes) -> CutDocument:
    """Cut the cells out of a document's rows.

    Raises
    ------
    NotPlain
    """
    declared = DECLARATION.match(markup)
    root = _ROOT.match(markup, declared.end()) if declared else None
    if root is None or b"<!" in markup or markup.count(b"<?") > 1 or markup.count(b"xmlns") != root[2].count(b"xmlns"):
        raise NotPlain
    if not all(b' xmlns:%s="%s%s:1.0"' % (name, _URN, name) in root[2] for name in (b"table", b"text", b"office")):
        raise NotPlain
    kept, places, last = [], list[tuple[int, int]](), 0
    while (end := markup.find(_ROW_END, last)) >= 0:
        start = _start_of_cells(markup, last, end)
        # The row's own tag is kept, so that the parser sees its attributes and what stands around it.
        kept.append(markup[last:start])
        places.append((start, end))
        last = end + len(_ROW_END)
    skeleton = (_STAND_IN + _ROW_END).join([*kept, markup[last:]])
    return CutDocument(skeleton, markup, places, root[0], b"</" + root[1] + b">")


def _start_of_cells(markup: bytes, last: int, end: int) -> int:
    cell = markup.find(_CELL_START, last, end)
    start = markup.rfind(_ROW_START, last, end if cell < 0 else cell)
    found = _ROW.match(markup, start, end) if start >= 0 else None
    if found is None:
        raise NotPlain
    return found.end()

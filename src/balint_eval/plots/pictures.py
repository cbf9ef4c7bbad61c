"""PDF and PNG of a figure from its SVG, by the typesetter: the one tagged and searchable, the other in dots."""

from __future__ import annotations

import struct
import zlib

import typst

from balint_eval.errors import EnvironmentProblem, Problem
from balint_eval.plots.drawing import Drawing
from balint_eval.typesetting import fonts, with_text

CREATOR = "balint-eval"
_INCH = 0.0254
_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#set document(title: sys.inputs.title, description: sys.inputs.words, author: sys.inputs.creator, date: none)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.words)
"""
"""A page of the figure's own size; title and words come as data and are never read as markup."""


def pdf_of(svg: bytes, drawing: Drawing) -> bytes:
    """Give a figure as a page of tagged PDF (PDF/UA-1) whose text is text.

    Parameters
    ----------
    svg : bytes
        The figure with outlined letters.
    drawing : Drawing
        Whose title and alternative text the file holds.

    Raises
    ------
    EnvironmentProblem
        WF-PDF, where the typesetter refuses.
    """
    text = with_text(svg.decode("utf-8"))
    return _typeset(drawing, text, format="pdf", pdf_standards=["ua-1"])


def png_of(svg: bytes, drawing: Drawing) -> bytes:
    """Give a figure as PNG with the drawing's dots an inch, its title and its words.

    Parameters
    ----------
    svg, drawing
        As for `pdf_of`.

    Raises
    ------
    EnvironmentProblem
        WF-PDF, where the typesetter refuses.
    """
    picture = _typeset(drawing, svg.decode("utf-8"), format="png", ppi=drawing.dpi)
    head = len(_SIGNATURE) + 25
    dots = round(drawing.dpi / _INCH)
    added = _chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1))
    said = {"Title": drawing.title, "Description": drawing.alternative_text, "Software": CREATOR}
    added += b"".join(_text_chunk(word, text) for word, text in said.items())
    return picture[:head] + added + picture[head:]


def _typeset(drawing: Drawing, svg: str, **options: object) -> bytes:
    given = {"svg": svg, "title": drawing.title, "words": drawing.alternative_text, "creator": CREATOR}
    try:
        return typst.compile(_PAGE, font_paths=fonts(), sys_inputs=given, **options)  # type: ignore[call-overload,no-any-return]
    except typst.TypstError as error:
        what = f"the figure '{drawing.title}' was refused by the typesetter: {error.message}"
        raise EnvironmentProblem(Problem("WF-PDF", what, "tell us of it, with the study file")) from error


_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _text_chunk(keyword: str, text: str) -> bytes:
    """Write a chunk `iTXt`: keyword, not compressed, no language, text as UTF-8."""
    return _chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

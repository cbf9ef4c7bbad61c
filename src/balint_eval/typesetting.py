"""What the typesetter needs for figures and reports alike: its fonts, and figures whose text is text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

FACE = "DejaVu Sans"
"""The face of all figures, which comes with the plotting library and is the same everywhere."""
_TEXT = re.compile(
    r"<!-- (?P<text>[^<>]*?) -->\s*"
    r'<g(?: style="(?P<style>[^"]*)")? transform="translate\((?P<x>[-\d.]+) (?P<y>[-\d.]+)\) '
    r'scale\((?P<size>[\d.]+) -[\d.]+\)">(?P<letters>.*?)</g>',
    re.DOTALL,
)
"""A line of text as the plotting library writes it: the text as a comment, then the outlines of its letters."""
_OUTLINE = re.compile(r'<path id="(DejaVuSans[\w-]*)" .*?/>', re.DOTALL)
_REFERENCE = re.compile(r'href="#(DejaVuSans[\w-]*)"')
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_MARK = "\u200f"
"""Right-to-left mark: with one at each end, a line runs from right to left whatever stands around it."""


@cache
def fonts(*, system: bool = False) -> typst.Fonts:
    """Give Typst's own fonts with DejaVu Sans as it comes with the plotting library.

    Parameters
    ----------
    system : bool
        Whether the machine's own fonts are looked at as well; the same bytes everywhere then end.
    """
    import typst

    plotting = find_spec("matplotlib")
    folder = Path(plotting.origin).parent / "mpl-data" / "fonts" / "ttf" if plotting and plotting.origin else Path()
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=[folder])


def with_text(svg: str) -> str:
    """Give a figure whose letters are text again, which a PDF can be searched for and stores in a third of the room.

    Parameters
    ----------
    svg : str
        A figure as the plotting library writes it, letters as outlines.

    Returns
    -------
    str
        The same picture. Lines that mix letters of both directions, or hold marks over letters, stay outlines:
        typesetters set them differently from the plotting library. So do lines that its comments do not hold to
        the letter (two hyphens).
    """
    outlines: dict[str, str] = {}

    def set_as_text(line: re.Match[str]) -> str:
        outlines.update((found[1], found[0]) for found in _OUTLINE.finditer(line["letters"]))
        return _as_text(line) if _is_safe(line["text"]) else _OUTLINE.sub("", line[0])

    written = _TEXT.sub(set_as_text, svg)
    needed = {name for name in _REFERENCE.findall(written) if name in outlines}
    if not needed:
        return written
    kept = "".join(shape for name, shape in outlines.items() if name in needed)
    return written.replace("<defs>", f"<defs>{kept}", 1)


def _is_safe(text: str) -> bool:
    directions = {unicodedata.bidirectional(letter) for letter in text}
    mixed = "L" in directions and bool(directions & _RIGHT_TO_LEFT)
    marks = any(unicodedata.category(letter).startswith("M") for letter in text)
    return not (mixed or marks or "- " in text)


def _as_text(line: re.Match[str]) -> str:
    text = line["text"]
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        text = f"{_MARK}{text}{_MARK}"
    weight = "bold" if "DejaVuSans-Bold" in line["letters"] else "normal"
    size = f"{100 * float(line['size']):g}"
    style = f"{line['style'] or ''};font-family:{FACE};font-size:{size}px;font-weight:{weight}"
    return f'<text xml:space="preserve" x="{line["x"]}" y="{line["y"]}" style="{style}">{text}</text>'

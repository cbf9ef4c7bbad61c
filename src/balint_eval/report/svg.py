"""Drawings made fit to stand inside one page: own ids, no outside address, letters drawn once.

The drawing library writes text as outlines and defines each letter again in each figure; on a page they are
put into one place and shared, which halves its size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LEFT_OUT = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->|<metadata\b.*?</metadata>|<script\b.*?</script>|<title\b.*?</title>",
    re.DOTALL | re.IGNORECASE,
)
_NAMESPACE = re.compile(r"""\s(?:xmlns(?::[\w-]+)?|version|aria-\w+|role)=(?:"[^"]*"|'[^']*')""")
_HANDLER = re.compile(r"""\son\w+=(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ID = re.compile(r"""(\sid=)(["'])([^"']+)\2""")
_REFERENCE = re.compile(r"""((?:xlink:)?href=["']#|url\(['"]?#)([^"')]+)""")
_OPENING = re.compile(r"<svg\b[^>]*>")
_ANY_STYLE = re.compile(r"(<style\b[^>]*>)\s*\*\s*\{")
_GLYPH = re.compile(r"""<path id="([A-Za-z][\w-]*-[0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>""")
_NUMBERED_GROUP = re.compile(r"""<g id=(["'])[A-Za-z][\w.]*_\d+\1>""")
"""A group that the drawing library only counts; nothing refers to it."""
_LETTER_PLACE = re.compile(r"""(<use xlink:href="#[\w-]+") transform="translate\(([-\d.]+) 0\)"/>""")
"""A letter's place along its line; as `x` it says the same in a third of the room."""
_EMPTY_DEFINITIONS = re.compile(r"<defs>\s*</defs>")
SHARED = "l"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter: the id it has on the page, and its outline."""

    id: str
    shape: str


def embedded(drawings: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Give the drawings of one page as elements that do not disturb each other.

    Parameters
    ----------
    drawings : mapping of name to SVG document
        Names must be fit to be ids.

    Returns
    -------
    letters : str
        Definitions shared by all drawings; an `svg` element without size, or an empty text.
    elements : dict of name to str
        `svg` elements, hidden from screen readers: the words of a figure stand beside it.
    """
    bare = {name: _bare(svg) for name, svg in drawings.items()}
    glyphs: dict[str, Glyph] = {}
    for svg in bare.values():
        for name, shape in _GLYPH.findall(svg):
            # A page of figures names its letters some thousand times: short names save a sixth of it.
            glyphs.setdefault(name, Glyph(f"{SHARED}{len(glyphs):x}", shape))
    return _letters(glyphs), {name: _element(svg, name, glyphs) for name, svg in bare.items()}


def _bare(svg: str) -> str:
    text = _LETTER_PLACE.sub(r'\1 x="\2"/>', svg).replace("xlink:href=", "href=")
    text = _NUMBERED_GROUP.sub("<g>", _HANDLER.sub("", _LEFT_OUT.sub("", text)))
    return re.sub(r"\s*\n\s*", " ", text).strip()


def _letters(glyphs: Mapping[str, Glyph]) -> str:
    if not glyphs:
        return ""
    shapes = "".join(
        f'<path id="{glyph.id}" d="{glyph.shape}" transform="scale(0.015625)"/>' for glyph in glyphs.values()
    )
    return f'<svg class="letters" width="0" height="0" aria-hidden="true"><defs>{shapes}</defs></svg>'


def _element(svg: str, name: str, glyphs: Mapping[str, Glyph]) -> str:
    def shared(match: re.Match[str]) -> str:
        return "" if glyphs[match[1]].shape == match[2] else match[0]

    own = _GLYPH.sub(shared, svg)
    kept = {match[0] for match in _GLYPH.findall(own)}

    def reference(match: re.Match[str]) -> str:
        target = match[2]
        is_shared = target in glyphs and target not in kept
        return match[1] + (glyphs[target].id if is_shared else f"{name}-{target}")

    own = _REFERENCE.sub(reference, _ID.sub(rf"\1\2{name}-\3\2", own))
    own = _ANY_STYLE.sub(rf"\1#{name}-drawing *{{", _EMPTY_DEFINITIONS.sub("", own))
    return _OPENING.sub(lambda match: _opening(match[0], name), own, count=1)


def _opening(tag: str, name: str) -> str:
    bare = _ID.sub("", _NAMESPACE.sub("", tag))
    return bare.replace("<svg", f'<svg id="{name}-drawing" aria-hidden="true" focusable="false"', 1)

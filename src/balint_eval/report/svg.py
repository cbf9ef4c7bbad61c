"""Drawings made fit to stand inside one page: own ids, no outside address, letters drawn once.

The drawing library writes text as outlines and defines each letter again in each figure; on a page they are
put into one place and shared, which halves its size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_LEFT_OUT = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->|<metadata\b.*?</metadata>|<script\b.*?</script>|<title\b.*?</title>",
    re.DOTALL | re.IGNORECASE,
)
_NAMESPACE = re.compile(r"""\s(?:xmlns(?::[\w-]+)?|version|aria-\w+|role)=(?:"[^"]*"|'[^']*')""")
_HANDLER = re.compile(r"""\son\w+=(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ID = re.compile(r"""(\sid=)(["'])([^"']+)\2""")
_REFERENCE = re.compile(r"""((?:xlink:)?href=["']#|url\(['"]?#)([^"')]+)""")
_OPENING = re.compile(r"<svg\b[^>]*>")
_EVERYWHERE = re.compile(r"<style\b[^>]*>\s*\*\s*\{([^}]*)\}\s*</style>")
_STYLE = re.compile(r' style="([^"]*)"')
_GLYPH = re.compile(r"""<path id="([A-Za-z][\w-]*-[0-9a-f]+)" d="([^"]*)" transform="scale\(0\.015625\)"/>""")
_NUMBERED_GROUP = re.compile(r"""<g id=(["'])[A-Za-z][\w.]*_\d+\1>""")
"""A group that the drawing library only counts; nothing refers to it."""
_LETTER_PLACE = re.compile(r"""(<use xlink:href="#[\w-]+") transform="translate\(([-\d.]+) 0\)"/>""")
"""A letter's place along its line; as `x` it says the same in a third of the room.

It is counted in hundredths of the letters' size, so that whole numbers are fine enough.
"""
_ATTRIBUTE = re.compile(r'( d| style)="([^"]*)"')
_BLANK_IN_STYLE = re.compile(r"(?<=[:;]) ")
_LEADING_ZERO = re.compile(r"(?<![0-9.])0(?=[.][0-9])")
_PLAIN_GROUP = re.compile(r"<g\b[^>]*/>|<g\b[^>]*>|</g>")
_EMPTY_DEFINITIONS = re.compile(r"<defs>\s*</defs>")
LETTER, LOOK, OWN = "l", "q", "d"
"""How the names of shared letters, shared looks and a drawing's own parts begin."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter: the id it has on the page, and its outline."""

    id: str
    shape: str


@dataclass(slots=True)
class Shared:
    """What the drawings of one page have in common, under names as short as can be: they are said a thousand times."""

    glyphs: dict[str, Glyph] = field(default_factory=dict)
    """Letters by the name the drawing library gives them."""
    looks: dict[str, str] = field(default_factory=dict)
    """Classes by the style they stand for."""
    ids: int = 0
    """How many ids of single drawings are given out."""

    def look(self, style: re.Match[str]) -> str:
        """Give the class for a style."""
        return f' class="{self.looks.setdefault(style[1], f"{LOOK}{len(self.looks):x}")}"'

    def new_id(self) -> str:
        """Give an id that no other drawing of the page has."""
        self.ids += 1
        return f"{OWN}{self.ids:x}"


def embedded(drawings: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Give the drawings of one page as elements that do not disturb each other.

    Parameters
    ----------
    drawings : mapping of name to SVG document
        Names must be fit to be ids.

    Returns
    -------
    letters : str
        Letters and looks shared by all drawings; an `svg` element without size, or an empty text.
    elements : dict of name to str
        `svg` elements, hidden from screen readers: the words of a figure stand beside it.
    """
    bare = {name: _bare(svg) for name, svg in drawings.items()}
    shared = Shared()
    for svg in bare.values():
        for name, shape in _GLYPH.findall(svg):
            shared.glyphs.setdefault(name, Glyph(f"{LETTER}{len(shared.glyphs):x}", shape))
    elements = {name: _element(svg, name, shared) for name, svg in bare.items()}
    return _definitions(shared), elements


def _bare(svg: str) -> str:
    text = _LETTER_PLACE.sub(lambda place: f'{place[1]} x="{float(place[2]):.0f}"/>', svg)
    text = _NUMBERED_GROUP.sub("<g>", _HANDLER.sub("", _LEFT_OUT.sub("", text.replace("xlink:href=", "href="))))
    text = _ATTRIBUTE.sub(_shorter, re.sub(r"\s*\n\s*", " ", text))
    return _without_plain_groups(re.sub(r">\s+<", "><", text)).strip()


def _shorter(attribute: re.Match[str]) -> str:
    """Leave out the blanks and leading zeros that a path or a style can do without."""
    name, value = attribute.groups()
    if name == " style":
        return f'{name}="{_BLANK_IN_STYLE.sub("", value)}"'
    value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value)
    return f'{name}="{_LEADING_ZERO.sub("", value).replace(" -", "-").strip()}"'


def _without_plain_groups(svg: str) -> str:
    """Leave out groups that say nothing of what they hold."""
    said: list[bool] = []

    def kept(tag: re.Match[str]) -> str:
        if tag[0].endswith("/>"):
            return tag[0]
        if tag[0] == "</g>":
            return tag[0] if said.pop() else ""
        said.append(tag[0] != "<g>")
        return tag[0] if said[-1] else ""

    return _PLAIN_GROUP.sub(kept, svg)


def _definitions(shared: Shared) -> str:
    if not (shared.glyphs or shared.looks):
        return ""
    shapes = "".join(
        f'<path id="{glyph.id}" d="{glyph.shape}" transform="scale(0.015625)"/>' for glyph in shared.glyphs.values()
    )
    looks = "".join(f".{name}{{{style}}}" for style, name in shared.looks.items())
    style = f"<style>{looks}</style>" if looks else ""
    return f'<svg class="letters" width="0" height="0" aria-hidden="true">{style}<defs>{shapes}</defs></svg>'


def _element(svg: str, name: str, shared: Shared) -> str:
    glyphs = shared.glyphs

    def only_new(match: re.Match[str]) -> str:
        return "" if glyphs[match[1]].shape == match[2] else match[0]

    own = _GLYPH.sub(only_new, svg)
    kept = {match[0] for match in _GLYPH.findall(own)}
    ids: dict[str, str] = {}

    def renamed(target: str) -> str:
        if target not in ids:
            ids[target] = shared.new_id()
        return ids[target]

    def reference(match: re.Match[str]) -> str:
        target = match[2]
        is_shared = target in glyphs and target not in kept
        return match[1] + (glyphs[target].id if is_shared else renamed(target))

    everywhere = _EVERYWHERE.search(own)
    own = _EMPTY_DEFINITIONS.sub("", _EVERYWHERE.sub("", own))
    own = _OPENING.sub(lambda match: _opening(match[0], name), own, count=1)
    head, body = own.split(">", 1)
    body = _ID.sub(lambda match: f"{match[1]}{match[2]}{renamed(match[3])}{match[2]}", body)
    body = _STYLE.sub(shared.look, _REFERENCE.sub(reference, body))
    # What the drawing library says of all elements is inherited from the first, so that single ones can differ.
    inherited = f' style="{_BLANK_IN_STYLE.sub("", everywhere[1])}"' if everywhere else ""
    return f"{head}{inherited}>{body}"


def _opening(tag: str, name: str) -> str:
    bare = _ID.sub("", _NAMESPACE.sub("", tag))
    return bare.replace("<svg", f'<svg id="{name}-drawing" aria-hidden="true" focusable="false"', 1)

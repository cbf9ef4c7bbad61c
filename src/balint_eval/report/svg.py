"""A drawing's SVG made fit to stand inside a page beside others."""

from __future__ import annotations

import re

_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->", re.DOTALL)
_METADATA = re.compile(r"<metadata\b.*?</metadata>|<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
_NAMESPACE = re.compile(r"""\s(?:xmlns(?::[\w-]+)?|version|on\w+)=(?:"[^"]*"|'[^']*')""")
_ID = re.compile(r"""(\sid=)(["'])([^"']+)\2""")
_REFERENCE = re.compile(r"""((?:xlink:)?href=["']#|url\(['"]?#)([^"')]+)""")
_LABELLED = re.compile(r"""\s(?:aria-[\w]+|role)=(?:"[^"]*"|'[^']*')""")
_OPENING = re.compile(r"<svg\b[^>]*>")


def embedded(svg: str, prefix: str) -> str:
    """Give an SVG element for a page: own ids, no outside address, hidden from screen readers.

    Parameters
    ----------
    svg : str
        A whole SVG document as a drawing library writes it.
    prefix : str
        Put before each id and each reference to one, so that two drawings never share an id.

    Returns
    -------
    str
        The `svg` element. The words of the figure stand beside it, in the element around it.
    """
    element = _METADATA.sub("", _PROLOGUE.sub("", svg)).strip()
    element = _OPENING.sub(_opening, element, count=1)
    element = _ID.sub(rf"\1\2{prefix}\3\2", element)
    return _REFERENCE.sub(rf"\1{prefix}\2", element)


def _opening(match: re.Match[str]) -> str:
    tag = _LABELLED.sub("", _NAMESPACE.sub("", match[0]))
    return tag.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)

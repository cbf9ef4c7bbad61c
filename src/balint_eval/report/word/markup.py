"""Small pieces of WordprocessingML as text; every text of a report is escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def run(text: str, *, bold: bool = False, italic: bool = False, colour: str = "", size: int = 0) -> str:
    """Write a run; line ends become breaks.

    Parameters
    ----------
    text : str
        Without control characters.
    bold, italic : bool
    colour : str
        Six hexadecimal digits; blank takes the style's.
    size : int
        In half points; 0 takes the style's.
    """
    # The order of these is the schema's; the second of each pair is for right-to-left letters.
    properties = (
        ("<w:b/><w:bCs/>" if bold else "")
        + ("<w:i/><w:iCs/>" if italic else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + (f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "")
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{_text(text)}</w:r>"


def _text(text: str) -> str:
    return "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))


def line_break() -> str:
    """Write a line end inside a paragraph."""
    return "<w:r><w:br/></w:r>"


def tab() -> str:
    """Write a tab."""
    return "<w:r><w:tab/></w:r>"


def field(instruction: str, shown: str, *, bold: bool = False) -> str:
    """Write a field with what it shows until Word counts again."""
    look = "<w:rPr><w:b/><w:bCs/></w:rPr>" if bold else ""
    start, middle, end = (
        f'<w:r>{look}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    code = f'<w:r>{look}<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    return f"{start}{code}{middle}{run(shown, bold=bold)}{end}"


def paragraph(style: str, *inside: str, properties: str = "") -> str:
    """Write a paragraph; `properties` are further elements of `w:pPr` in the schema's order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(inside)}</w:p>'


def bar(colour: str, width: int, side: str) -> str:
    """Write the properties of a paragraph with a coloured bar at its `left` or `right`; width in eighths of a point."""
    return f'<w:pBdr><w:{side} w:val="single" w:sz="{width}" w:space="8" w:color="{colour}"/></w:pBdr>'


def bookmarked(name: str, number: int, inside: str) -> str:
    """Write runs that links can lead to."""
    return f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>{inside}<w:bookmarkEnd w:id="{number}"/>'


def inner_link(anchor: str, text: str) -> str:
    """Write a link to a bookmark."""
    return f'<w:hyperlink w:anchor={quoteattr(anchor)} w:history="1">{run(text)}</w:hyperlink>'


def outer_link(relation: str, text: str) -> str:
    """Write a link to an address that the document lists under `relation`."""
    styled = f'<w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr>{_text(text)}</w:r>'
    return f'<w:hyperlink r:id={quoteattr(relation)} w:history="1">{styled}</w:hyperlink>'


def attribute(text: str) -> str:
    """Write text as the value of an attribute, with its quotes."""
    return quoteattr(text)


def parsed(markup: str) -> BaseOxmlElement:
    """Give the element that a piece of markup stands for."""
    from docx.oxml import parse_xml

    name = markup[: markup.index(">")].rstrip("/")
    return parse_xml(markup.replace(name, f"{name} {_NAMESPACES}", 1).encode("utf-8"))

"""What surrounds the text of a Word document: paper, header, footer, lists, language, direction."""

from __future__ import annotations

import string
from importlib.resources import files
from typing import TYPE_CHECKING

from balint_eval.report.labels import counted
from balint_eval.report.model import Report
from balint_eval.report.word.markup import field, paragraph, parsed, run, tab

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

_TWIPS_A_MM = 1440 / 25.4
_PAPER_MM = (210, 297)
_SIDE_MM, _TOP_MM, _BOTTOM_MM, _EDGE_MM = 15, 19, 17, 9
_LANGUAGES = {"en": "en-GB", "fa": "fa-IR"}
"""Word names a language with its country."""
_BULLETS = 1
_THUMBNAIL = "thumbnail"


def empty_document(report: Report) -> Document:
    """Give a document with this package's styles and lists, and without text.

    Parameters
    ----------
    report : Report
        For its language, direction and number of lists.
    """
    from docx import Document

    document = Document()
    for relation in [one for one in document.part.package.rels.values() if one.reltype.endswith(_THUMBNAIL)]:
        del document.part.package.rels[relation.rId]
    _replace(document.styles.element, parsed(_styles(report)))
    _replace(document.part.numbering_part.element, parsed(_lists()))
    document.settings.element.append(parsed(f'<w:themeFontLang w:val="{_language(report)}" w:bidi="fa-IR"/>'))
    body = document.element.body
    for element in [one for one in body if not one.tag.endswith("}sectPr")]:
        body.remove(element)
    return document


def _replace(old: object, new: object) -> None:
    for element in list(old):  # type: ignore[call-overload]
        old.remove(element)  # type: ignore[attr-defined]
    for element in list(new):  # type: ignore[call-overload]
        old.append(element)  # type: ignore[attr-defined]


def _language(report: Report) -> str:
    return _LANGUAGES.get(report.language, report.language)


def _styles(report: Report) -> str:
    text = files("balint_eval").joinpath("report/templates/word_styles.xml").read_text(encoding="utf-8")
    text = text.replace(' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"', "", 1)
    if report.direction == "rtl":
        turned = '<w:name w:val="Normal"/><w:qFormat/><w:pPr><w:bidi/></w:pPr>'
        return text.replace('w:bidi="fa-IR"', f'w:bidi="{_language(report)}"').replace(
            '<w:name w:val="Normal"/><w:qFormat/>', turned
        )
    return text.replace('<w:lang w:val="en-GB"', f'<w:lang w:val="{_language(report)}"')


def _lists() -> str:
    kinds = (("bullet", "•"), ("decimal", "%1."))
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{place}"><w:multiLevelType w:val="singleLevel"/>'
        f"{_level(kind, sign)}</w:abstractNum>"
        for place, (kind, sign) in enumerate(kinds)
    )
    bullets = f'<w:num w:numId="{_BULLETS}"><w:abstractNumId w:val="0"/></w:num>'
    return f"<w:numbering>{abstract}{bullets}</w:numbering>"


def _level(kind: str, sign: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="0"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{sign}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="400" w:hanging="300"/></w:pPr></w:lvl>'
    )


def add_counted_list(document: Document, report: Report, items: int) -> list[int]:
    """Add a list numbered from 1, and give the id for each item.

    Word counts in the digits of the reader's settings. Where the report's own digits are others, each item has a
    numbering of its own that spells its number.
    """
    if report.digits == string.digits:
        return [_add_numbering(document, "%1.", 1)] * items
    return [_add_numbering(document, f"{counted(report, place)}.", place) for place in range(1, items + 1)]


def _add_numbering(document: Document, sign: str, start: int) -> int:
    numbering = document.part.numbering_part.element
    number = len(numbering.findall(f"{{{numbering.nsmap['w']}}}num")) + 1
    level = _level("decimal", sign, start)
    again = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/>{level}</w:lvlOverride>'
    numbering.append(parsed(f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/>{again}</w:num>'))
    return number


def set_paper(section: Section, report: Report, *, sideways: bool) -> None:
    """Give a section its paper, the watermark above and the page number below.

    Parameters
    ----------
    section : docx.section.Section
    report : Report
    sideways : bool
        Whether the pages lie on their side.
    """
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section.orientation = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
    width, height = (Mm(side) for side in (_PAPER_MM[::-1] if sideways else _PAPER_MM))
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Mm(_SIDE_MM)
    section.top_margin, section.bottom_margin = Mm(_TOP_MM), Mm(_BOTTOM_MM)
    section.header_distance = section.footer_distance = Mm(_EDGE_MM)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    _replace(section.header._element, [parsed(paragraph("Header", run(report.watermark)))])
    right = f'<w:tabs><w:tab w:val="right" w:pos="{text_width(sideways=sideways)}"/></w:tabs>'
    pages = (field("PAGE", "1"), run(" / "), field("NUMPAGES", "1"))
    _replace(section.footer._element, [parsed(paragraph("Footer", run(report.title), tab(), *pages, properties=right))])
    if report.direction == "rtl":
        section._sectPr.append(parsed("<w:bidi/>"))


def text_width(*, sideways: bool) -> int:
    """Give the width between the margins, in twentieths of a point."""
    return round((_PAPER_MM[1 if sideways else 0] - 2 * _SIDE_MM) * _TWIPS_A_MM)


def turn(document: Document) -> None:
    """Set runs and tables from right to left; paragraphs have it from their style."""
    from docx.oxml.ns import qn

    parts = [
        document.element.body,
        *(part for s in document.sections for part in (s.header._element, s.footer._element)),
    ]
    for part in parts:
        for one in part.iter(qn("w:r")):
            properties = one.find(qn("w:rPr"))
            if properties is None:
                properties = parsed("<w:rPr/>")
                one.insert(0, properties)
            properties.append(parsed("<w:rtl/>"))
        for style in part.iter(qn("w:tblStyle")):
            style.addnext(parsed("<w:bidiVisual/>"))

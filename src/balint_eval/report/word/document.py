"""Blocks of the report model as paragraphs, tables and pictures of a Word document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatchmethod
from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING
from urllib.parse import quote

from balint_eval.office_files import without_dates
from balint_eval.report.displayable import displayable
from balint_eval.report.labels import counted, label, word
from balint_eval.report.model import (
    BulletList,
    Callout,
    Claim,
    DefinitionList,
    FigureBlock,
    KeyFigures,
    LevelStrip,
    Paragraph,
    ReferenceList,
    Report,
    TableBlock,
    Tone,
)
from balint_eval.report.pages import DataTable, Heading, Part, SideBySide, Stretch, drawing_size, leads, stretches
from balint_eval.report.word.frame import add_counted_list, empty_document, set_paper, text_width, turn
from balint_eval.report.word.markup import (
    bar,
    bookmarked,
    field,
    inner_link,
    line_break,
    outer_link,
    paragraph,
    parsed,
    run,
)
from balint_eval.report.word.tables import table_markup

if TYPE_CHECKING:
    from docx.document import Document

PROGRAM = "balint-eval"
_TONES: Mapping[Tone, str] = {
    "good": "17633A",
    "mild": "3F6212",
    "neutral": "4B5563",
    "bad": "9A2525",
    "info": "4B5563",
}
_STYLES = {"body": "Normal", "lead": "Lead", "note": "Note"}
_INSET = '<w:ind w:left="200"/>'
_TALLEST_MM = {False: 225.0, True: 140.0}


def render_docx(report: Report, pictures: Mapping[str, bytes]) -> bytes:
    """Draw a report as a Word document.

    Parameters
    ----------
    report : Report
    pictures : mapping of figure name to bytes
        Each figure of the report as PNG; Word does not show the drawings' SVG everywhere.

    Returns
    -------
    bytes
        Of a .docx file that holds no date; the same report gives the same bytes.

    Raises
    ------
    BalintError
        WF-ALTTEXT, for a figure without words.
    KeyError
        A figure has no picture.
    """
    clean = displayable(report)
    document = empty_document(clean)
    _Writer(clean, pictures, document).write()
    if clean.direction == "rtl":
        turn(document)
    buffer = BytesIO()
    document.save(buffer)
    return without_dates(buffer.getvalue(), PROGRAM, title=clean.title, language=clean.language)


class _Writer:
    """Writes one report into one document, from top to bottom."""

    def __init__(self, report: Report, pictures: Mapping[str, bytes], document: Document) -> None:
        self.report, self.pictures, self.document = report, pictures, document
        self.sideways = False
        self.level, self.keep = 1, ""
        # Borders have sides of the paper, indents have a start and an end.
        self.start = "right" if report.direction == "rtl" else "left"
        self.bookmarks = 0

    def write(self) -> None:
        """Write title, contents, every stretch of pages, and who made it."""
        from docx.enum.section import WD_SECTION

        report, parts = self.report, stretches(self.report)
        self._add(paragraph("Title", run(report.title)))
        if report.subtitle:
            self._add(paragraph("Subtitle", run(report.subtitle)))
        if report.kind == "researcher":
            self._add(*_contents(report, parts))
        for place, stretch in enumerate(parts):
            if place:
                self.document.add_section(WD_SECTION.NEW_PAGE)
            self.sideways = stretch.sideways
            set_paper(self.document.sections[-1], report, sideways=stretch.sideways)
            for part, following in zip_longest(stretch.parts, stretch.parts[1:]):
                self.keep = "<w:keepNext/>" if leads(part, following) else ""
                self._write(part)
        self._add(paragraph("Note", run(report.generated), properties='<w:spacing w:before="300"/>'))

    def _add(self, *elements: str) -> None:
        end = self.document.element.body[-1]
        for element in elements:
            end.addprevious(parsed(element))

    @singledispatchmethod
    def _write(self, part: Part) -> None:
        raise TypeError(f"Word has no form for {type(part).__name__}")

    @_write.register
    def _(self, part: Heading) -> None:
        self.level = part.level
        text = run(part.text)
        if part.level == 1:
            self.bookmarks += 1
            text = bookmarked(_bookmark(self.bookmarks), self.bookmarks, text)
        self._add(paragraph(f"Heading{part.level}", text))

    @_write.register
    def _(self, part: Paragraph) -> None:
        self._add(paragraph(_STYLES[part.role], run(part.text), properties=self.keep))

    @_write.register
    def _(self, part: Callout) -> None:
        colour = _TONES[part.tone]
        mark = run(f"{part.symbol} {part.word} ", bold=True, colour=colour)
        self._add(paragraph("Callout", mark, run(part.text), properties=bar(colour, 18, self.start) + _INSET))

    @_write.register
    def _(self, part: Claim) -> None:
        colour = _TONES[part.tone]
        side = bar(colour, 30 if part.prominent else 18, self.start)
        verdict = run(f"{part.symbol} {part.verdict}.  ", bold=True, colour=colour)
        self._add(
            paragraph(f"Heading{min(self.level + 1, 3)}", run(part.heading), properties=side + _INSET),
            paragraph("ClaimText", verdict, run(part.text), properties=side + _INSET),
        )

    @_write.register
    def _(self, part: TableBlock) -> None:
        self._add(
            self._caption(part),
            table_markup(
                part.title,
                part.columns,
                part.rows,
                sideways=self.sideways,
                width=text_width(sideways=self.sideways),
                noted=bool(part.notes),
                filled=self.report.direction == "rtl",
            ),
            *_notes(part.notes),
        )

    @_write.register
    def _(self, part: DataTable) -> None:
        figure = part.figure
        title = self._title(figure.title)
        table = table_markup(
            figure.title,
            figure.columns,
            figure.rows,
            sideways=self.sideways,
            width=text_width(sideways=self.sideways),
            noted=False,
            filled=self.report.direction == "rtl",
        )
        number = run(label(self.report, figure), bold=True)
        self._add(paragraph("Caption", number, line_break(), title), table)

    @_write.register
    def _(self, part: FigureBlock) -> None:
        self._add(self._caption(part))
        notes = [note for note in (part.caption, part.data_note) if note]
        self._picture(part, keep=bool(notes))
        self._add(*_notes(notes))

    @_write.register
    def _(self, part: SideBySide) -> None:
        for figure in part.figures:
            self._write(figure)

    @_write.register
    def _(self, part: KeyFigures) -> None:
        self._add(
            *(
                paragraph("KeyFigure", run(figure.value, bold=True, size=30), run(f"  {figure.label}"))
                for figure in part.figures
            )
        )

    @_write.register
    def _(self, part: LevelStrip) -> None:
        for cell in part.cells:
            sign = run("●  " if cell.measured else "○  ", colour="17596A")
            outcomes = run(f": {cell.outcomes}") if cell.outcomes else ""
            status = run(f"{cell.title} · {cell.status}")
            self._add(paragraph("Level", sign, run(f"{cell.level}  ", bold=True), status, outcomes))

    @_write.register
    def _(self, part: BulletList) -> None:
        if not part.ordered:
            self._add(*(paragraph("ListBullet", run(item)) for item in part.items))
            return
        for item, number in zip(part.items, add_counted_list(self.document, self.report, len(part.items)), strict=True):
            properties = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
            self._add(paragraph("ListNumber", run(item), properties=properties))

    @_write.register
    def _(self, part: DefinitionList) -> None:
        self._add(*(paragraph("Term", run(f"{entry.term}  ", bold=True), run(entry.text)) for entry in part.entries))

    @_write.register
    def _(self, part: ReferenceList) -> None:
        for entry in part.entries:
            link = (run(" "), outer_link(self._relation(entry.doi), f"doi:{entry.doi}")) if entry.doi else ()
            self._add(paragraph("Bibliography", run(entry.text), *link))

    def _relation(self, doi: str) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE

        address = "https://doi.org/" + quote(doi, safe="/:;()<>.-_")
        return self.document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    def _caption(self, block: TableBlock | FigureBlock) -> str:
        title = self._title(block.title)
        if not label(self.report, block):
            return paragraph("Caption", title)
        sequence = "Table" if isinstance(block, TableBlock) else "Figure"
        number = field(f"SEQ {sequence} \\* ARABIC", counted(self.report, block.number), bold=True)
        return paragraph("Caption", run(f"{word(self.report, block)} ", bold=True), number, line_break(), title)

    def _title(self, text: str) -> str:
        # Persian and Arabic have no italics.
        return run(text, italic=self.report.direction == "ltr")

    def _picture(self, figure: FigureBlock, *, keep: bool) -> None:
        from docx.shared import Mm

        holder = self.document.add_paragraph(style="Picture")
        holder.paragraph_format.keep_with_next = keep
        width, height = drawing_size(figure)
        most = text_width(sideways=self.sideways) * 25.4 / 1440
        scale = min(1.0, most / width, _TALLEST_MM[self.sideways] / height)
        shape = holder.add_run().add_picture(BytesIO(self.pictures[figure.name]), width=Mm(width * scale))
        words = shape._inline.docPr
        words.set("descr", figure.alternative_text)
        words.set("title", figure.title)


def _notes(notes: Sequence[str]) -> Iterator[str]:
    """Write notes that stay together."""
    for place, note in enumerate(notes, start=1):
        yield paragraph("Note", run(note), properties="<w:keepNext/>" if place < len(notes) else "")


def _contents(report: Report, parts: Iterable[Stretch]) -> Iterator[str]:
    """Write a table of contents that Word can make anew; without page numbers it is right from the start."""
    headings = [
        part.text for stretch in parts for part in stretch.parts if isinstance(part, Heading) and part.level == 1
    ]
    start = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\n \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    yield paragraph("TOCHeading", run(report.contents_label))
    for place, heading in enumerate(headings, start=1):
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if place == len(headings) else ""
        yield paragraph("TOC1", start if place == 1 else "", inner_link(_bookmark(place), heading), end)


def _bookmark(number: int) -> str:
    return f"_Toc{number:08d}"

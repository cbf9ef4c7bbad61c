import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from report_paper import BATCHES, every_block, every_block_of, pictures, turned

from balint_eval.errors import BalintError
from balint_eval.report.displayable import without_controls
from balint_eval.report.educator import build_educator
from balint_eval.report.model import Claim, FigureBlock, TableBlock
from balint_eval.report.researcher import build_researcher
from balint_eval.report.word import render_docx

BUILD = {"educator": build_educator, "researcher": build_researcher}
BLANKS = "\u2007\u2008"


KINDS = ("gain", "markup")


@pytest.fixture(scope="module")
def made():
    """Every report once, with its document."""
    held = {}

    def give(kind, reader, example):
        if (kind, reader) not in held:
            report = BUILD[reader](*example(kind))
            held[kind, reader] = report, opened(report)
        return held[kind, reader]

    return give


@pytest.fixture(params=[(kind, reader) for kind in KINDS for reader in sorted(BUILD)], ids="-".join)
def pair(request, made, example):
    return made(*request.param, example)


@pytest.fixture
def report(pair):
    return pair[0]


@pytest.fixture
def document(pair):
    return pair[1]


def opened(report):
    return docx.Document(io.BytesIO(render_docx(report, pictures(report))))


def parts(report):
    content = zipfile.ZipFile(io.BytesIO(render_docx(report, pictures(report))))
    return {name: content.read(name) for name in content.namelist()}


def shown(paragraph):
    """Give a paragraph's text with the text of its links and fields."""
    return "".join(
        "\n" if piece.tag == qn("w:br") else piece.text or "" for piece in paragraph._p.iter(qn("w:t"), qn("w:br"))
    )


def captions(document):
    return [p for p in document.paragraphs if p.style.name == "Caption"]


def cells(table):
    return [[cell.text.rstrip(BLANKS) for cell in row.cells] for row in table.rows]


def test_headings_are_those_of_the_model_in_order(report, document):
    expected = []
    for section in report.sections:
        expected.append((section.depth - 1, section.heading))
        expected += [(section.depth, b.heading) for b in section.blocks if isinstance(b, Claim)]
    if any(isinstance(b, FigureBlock) and b.rows for b in report.blocks()):
        expected.append((1, report.data_heading))
    found = [(int(p.style.name[-1]), p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert found == expected
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [report.title]


def test_tables_are_those_of_the_model_and_repeat_their_head(report, document):
    expected = [
        [[c.heading for c in b.columns], *map(list, b.rows)] for b in report.blocks() if isinstance(b, TableBlock)
    ]
    behind = [b for b in report.blocks() if isinstance(b, FigureBlock) and b.rows]
    expected += [[[c.heading for c in b.columns], *map(list, b.rows)] for b in behind]
    assert [cells(table) for table in document.tables] == expected
    for table in document.tables:
        assert table.style.name == "APA Table"
        repeated = [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in table.rows]
        assert repeated == [True] + [False] * (len(table.rows) - 1)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


def test_captions_are_counted_by_word_as_in_the_model(report, document):
    blocks = [b for b in report.blocks() if isinstance(b, TableBlock | FigureBlock)]
    words = {TableBlock: ("Table", report.table_word), FigureBlock: ("Figure", report.figure_word)}
    if report.kind == "educator":
        assert sorted(shown(p) for p in captions(document)) == sorted(b.title for b in blocks)
        return
    behind = [f"Figure {b.number}\n{b.title}" for b in blocks if isinstance(b, FigureBlock) and b.rows]
    counted, plain = captions(document)[: len(blocks)], captions(document)[len(blocks) :]
    assert [shown(p) for p in plain] == behind
    for paragraph, block in zip(counted, blocks, strict=True):
        sequence, word = words[type(block)]
        assert shown(paragraph) == f"{word} {block.number}\n{block.title}"
        instructions = [one.text.strip() for one in paragraph._p.iter(qn("w:instrText"))]
        assert instructions == [rf"SEQ {sequence} \* ARABIC"]
        bold, italic = paragraph.runs[0], paragraph.runs[-1]
        assert bold.bold
        assert italic.italic


def test_every_picture_has_the_words_of_the_model(report, document):
    figures = [b for b in report.blocks() if isinstance(b, FigureBlock)]
    found = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert sorted(found) == sorted(b.alternative_text for b in figures)
    ids = [shape._inline.docPr.get("id") for shape in document.inline_shapes]
    assert len(set(ids)) == len(ids)


def test_notes_stand_under_their_table(report, document):
    text = "\n".join(p.text for p in document.paragraphs if p.style.name == "Note")
    for block in report.blocks():
        if isinstance(block, TableBlock):
            assert all(note in text for note in block.notes)


def test_language_title_and_no_person_or_date(report, document):
    content = parts(report)
    core = content["docProps/core.xml"].decode()
    assert f"<dc:language>{report.language}</dc:language>" in core
    assert document.core_properties.title == report.title
    assert document.core_properties.author == "balint-eval"
    assert not re.search("created|modified|lastModifiedBy|thumbnail", core + " ".join(content))
    language = document.styles.element.find(f".//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB"
    assert language.get(qn("w:bidi")) == "fa-IR"


def test_every_page_says_who_may_read_it_and_its_number(report, document):
    for section in document.sections:
        assert section.header.paragraphs[0].text == report.watermark
        fields = [one.text.strip() for one in section.footer._element.iter(qn("w:instrText"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_contents_lead_to_the_chapters(report, document):
    links = [one for one in document.element.body.iter(qn("w:hyperlink")) if one.get(qn("w:anchor"))]
    marks = {one.get(qn("w:name")) for one in document.element.body.iter(qn("w:bookmarkStart"))}
    chapters = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    if report.kind == "educator":
        assert not links
        return
    assert ["".join(t.text for t in link.iter(qn("w:t"))) for link in links] == chapters
    assert {link.get(qn("w:anchor")) for link in links} <= marks
    assert any(one.text.strip().startswith("TOC ") for one in document.element.body.iter(qn("w:instrText")))


def test_wide_tables_lie_on_their_side_and_fit():
    document = opened(every_block("text"))
    assert [s.orientation for s in document.sections] == [0, 1, 0]
    width, height = document.sections[1].page_width, document.sections[1].page_height
    assert width > height
    for table, section in zip(document.tables, (0, 1), strict=True):
        room = document.sections[section]
        across = sum(int(c.get(qn("w:w"))) for c in table._tbl.iter(qn("w:gridCol"))) * 635
        assert across <= room.page_width - room.left_margin - room.right_margin + 12 * 635


def test_decimal_signs_stand_in_one_line():
    report = every_block("text")
    table = next(b for b in report.blocks() if isinstance(b, TableBlock))
    column = [cell._tc.xpath("string(.)") for cell in opened(report).tables[0].columns[1].cells]
    assert column == [table.columns[1].heading, "1\u2008\u2007\u2007", "2.50"]


def test_each_counted_list_starts_at_one():
    document = opened(every_block("text"))
    ids = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"]
    assert len(ids) == 4
    assert ids[0] == ids[1] != ids[2] == ids[3]
    numbering = document.part.numbering_part.element
    starts = {n.get(qn("w:numId")): n.find(f".//{qn('w:startOverride')}") for n in numbering.iter(qn("w:num"))}
    assert all(starts[str(one)].get(qn("w:val")) == "1" for one in ids)


def test_right_to_left_everywhere():
    document = opened(turned(every_block("متن")))
    body = document.element.body
    runs = list(body.iter(qn("w:r")))
    assert all(one.find(qn("w:rPr")).find(qn("w:rtl")) is not None for one in runs)
    assert all(one.find(qn("w:bidiVisual")) is not None for one in body.iter(qn("w:tblPr")))
    assert all(s._sectPr.find(qn("w:bidi")) is not None for s in document.sections)
    assert all(one.find(qn("w:right")) is not None for one in body.iter(qn("w:pBdr")))
    for table in document.tables[:1]:
        across = sum(int(c.get(qn("w:w"))) for c in table._tbl.iter(qn("w:gridCol")))
        assert across == pytest.approx(180 / 25.4 * 1440, abs=3)
    normal = document.styles["Normal"].element
    assert normal.find(f".//{qn('w:bidi')}") is not None
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:bidi")) == "fa-IR"
    assert [shown(p).split("\n")[0] for p in captions(document)][:2] == ["جدول ۱", "شکل ۱"]


@pytest.mark.parametrize("texts", BATCHES)
def test_odd_text_comes_through_as_text(texts):
    document = opened(every_block_of(texts))
    paragraphs = [p.text for p in document.paragraphs]
    first = [table.rows[1].cells[0].text for table in document.tables]
    words = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    for text in texts:
        clean = without_controls(text)
        assert paragraphs.count(clean) >= 8
        assert first.count(clean) == 2
        assert words.count(clean) == 3
    assert document.core_properties.title == without_controls(texts[0])
    instructions = {one.text.strip().split(" ")[0] for one in document.element.body.iter(qn("w:instrText"))}
    assert instructions == {"TOC", "SEQ"}
    outside = {r.target_ref for r in document.part.rels.values() if r.is_external}
    assert outside == {"https://doi.org/10.1000/a%20b<c>"}


def test_a_figure_without_words_is_refused(example):
    report = build_researcher(*example("gain"))
    bare = replace(report, sections=tuple(
        replace(s, blocks=tuple(
            replace(b, alternative_text=" ") if isinstance(b, FigureBlock) and b.number == 1 else b for b in s.blocks
        )) for s in report.sections
    ))  # fmt: skip
    with pytest.raises(BalintError, match="has no words for readers who do not see it") as error:
        render_docx(bare, pictures(bare))
    assert [problem.code for problem in error.value.problems] == ["WF-ALTTEXT"]
    assert str(error.value).count("\n") == 0

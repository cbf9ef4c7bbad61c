import io
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject
from report_paper import BATCHES, every_block, every_block_of, turned
from report_pdf_ua import elements, faults

from balint_eval.errors import BalintError
from balint_eval.report.displayable import without_controls
from balint_eval.report.educator import build_educator
from balint_eval.report.model import Claim, FigureBlock, TableBlock
from balint_eval.report.pdf import render_pdf
from balint_eval.report.researcher import build_researcher

KINDS = ("gain", "markup")
BUILD = {"educator": build_educator, "researcher": build_researcher}


@pytest.fixture(scope="module")
def made():
    """Every report once, with its PDF."""
    held = {}

    def give(kind, reader, example):
        if (kind, reader) not in held:
            report = BUILD[reader](*example(kind))
            held[kind, reader] = report, render_pdf(report)
        return held[kind, reader]

    return give


@pytest.fixture(params=[(kind, reader) for kind in KINDS for reader in sorted(BUILD)], ids="-".join)
def pair(request, made, example):
    return made(*request.param, example)


@cache
def texts(content):
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_nothing_that_pdf_ua_asks_for_is_missing(pair):
    assert faults(pair[1]) == []


def test_title_language_and_no_date(pair):
    report, content = pair
    reader = PdfReader(io.BytesIO(content))
    assert reader.metadata.title == report.title
    assert reader.trailer["/Root"]["/Lang"] == report.language
    assert reader.metadata.creation_date is None
    assert not {"/Author", "/ModDate"} & set(reader.metadata)
    assert b"CreateDate" not in content


def test_headings_tables_and_figures_are_those_of_the_model(pair):
    report, content = pair
    found = elements(PdfReader(io.BytesIO(content)))
    blocks = list(report.blocks())
    behind = [b for b in blocks if isinstance(b, FigureBlock) and b.rows]
    expected = []
    for section in report.sections:
        expected.append((section.depth - 1, section.heading))
        expected += [(section.depth, b.heading) for b in section.blocks if isinstance(b, Claim)]
    expected += [(1, report.data_heading)] if behind else []
    contents = [(1, report.contents_label)] if report.kind == "researcher" else []
    headings = [(int(role[1]), node["/T"]) for role, node in found if role[0] == "H" and role[1:].isdigit()]
    assert headings == contents + expected
    words = [node["/Alt"] for role, node in found if role == "Figure"]
    assert words == [b.alternative_text for b in blocks if isinstance(b, FigureBlock)]
    tables = [b for b in blocks if isinstance(b, TableBlock)]
    assert sum(role == "Table" for role, _ in found) == len(tables) + len(behind)
    rows = sum(len(b.rows) + 1 for b in [*tables, *behind])
    assert sum(role == "TR" for role, _ in found) == rows


def test_every_cell_and_caption_is_on_paper(pair):
    report, content = pair
    text = "".join(texts(content))
    for block in report.blocks():
        if isinstance(block, TableBlock):
            # A cell may be broken between its words, never inside a number.
            words = {word for row in block.rows for cell in row for word in cell.split() if len(word) < 20}
            assert not {word for word in words if word not in text}
            if report.kind == "researcher":
                assert f"{report.table_word}{block.number}{''.join(block.title.split())}" in text
        if isinstance(block, FigureBlock) and report.kind == "researcher":
            assert f"{report.figure_word}{block.number}" in text


def test_every_page_says_who_may_read_it_and_its_number(pair):
    report, content = pair
    pages = texts(content)
    for number, page in enumerate(pages, start=1):
        assert "".join(report.watermark.split()) in page
        assert f"{number}/{len(pages)}" in page


def test_wide_tables_lie_on_their_side():
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(render_pdf(every_block("text")))).pages]
    sideways = [box.width > box.height for box in boxes]
    assert True in sideways
    assert not sideways[0]
    assert not sideways[-1]


def test_right_to_left():
    content = render_pdf(turned(every_block("متن")))
    assert faults(content) == []
    root = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/Lang"] == "fa"
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"


@pytest.mark.parametrize(
    "texts", [BATCHES[0], *(pytest.param(batch, marks=pytest.mark.thorough) for batch in BATCHES[1:])]
)
def test_odd_text_comes_through_as_text(texts):
    reader = PdfReader(io.BytesIO(render_pdf(every_block_of(texts))))
    found = elements(reader)
    headings = [node["/T"] for role, node in found if role[0] == "H" and role[1:].isdigit()]
    words = [node["/Alt"] for role, node in found if role == "Figure"]
    written = "".join("".join(page.extract_text().split()) for page in reader.pages)
    for text in texts:
        clean = without_controls(text)
        assert headings.count(clean) == 6
        assert words.count(clean) == 3
        if clean.isascii():
            assert written.count("".join(clean.split())) >= 24
    assert reader.metadata.title == without_controls(texts[0])
    links = {a.get_object()["/A"]["/URI"] for page in reader.pages for a in page.get("/Annots", [])
             if "/URI" in a.get_object().get("/A", {})}  # fmt: skip
    assert links == {"https://doi.org/10.1000/a b<c>"}


def test_letters_of_other_scripts_do_not_stop_the_report():
    content = render_pdf(every_block("中文 हिन्दी 😀"))
    assert faults(content) == []
    if shutil.which("fc-list") is None or not subprocess.check_output(["fc-list", ":lang=zh"]):
        pytest.skip("no font of this machine has Chinese letters: boxes stand in their place")
    assert "中文" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_a_figure_without_words_is_refused():
    report = every_block("text")
    bare = replace(report, sections=tuple(
        replace(s, blocks=tuple(replace(b, alternative_text="") if isinstance(b, FigureBlock) else b for b in s.blocks))
        for s in report.sections
    ))  # fmt: skip
    with pytest.raises(BalintError, match="has no words for readers who do not see it") as error:
        render_pdf(bare)
    assert [problem.code for problem in error.value.problems] == ["WF-ALTTEXT"] * 3


def test_the_typesetter_refuses_it_too(monkeypatch):
    monkeypatch.setattr("balint_eval.report.pdf.displayable", lambda report: report)
    report = every_block("text")
    bare = replace(report, sections=(replace(report.sections[2], depth=2, blocks=tuple(
        replace(b, alternative_text="") for b in report.sections[2].blocks)),))  # fmt: skip
    with pytest.raises(BalintError, match=r"WF-PDF.*missing alt text"):
        render_pdf(bare)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda w: w._root_object.pop("/Lang"), "7.2-34"),
        (lambda w: w._root_object.pop("/MarkInfo"), "7.1: not marked"),
        (lambda w: w._root_object.pop("/StructTreeRoot"), "7.1: no structure"),
        (lambda w: w._root_object.pop("/Metadata"), "7.1-9"),
        (lambda w: w._root_object.pop("/Outlines"), "7.17"),
        (lambda w: w._root_object["/StructTreeRoot"].pop("/ParentTree"), "7.1-3"),
        (lambda w: retag(w, "/Figure", alternative=""), "7.3-1"),
        (lambda w: retag(w, "/H1", role="/H3"), "7.4.2-1"),
        (lambda w: retag(w, "/TH", role="/TD"), "7.5: a table"),
        (lambda w: retag(w, "/TD", role="/P"), "7.2: a TR"),
        (lambda w: first_font(w).pop("/ToUnicode"), "7.21.7"),
    ],
)  # fmt: skip
def test_the_checker_sees_what_is_spoiled(spoil, expected):
    writer = PdfWriter(clone_from=io.BytesIO(render_pdf(every_block("text"))))
    spoil(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert any(fault.startswith(expected) for fault in faults(buffer.getvalue()))


def first_font(writer):
    return next(iter(writer.pages[0]["/Resources"]["/Font"].values())).get_object()


def retag(writer, role_before, role=None, alternative=None):
    for one in writer._objects:
        if getattr(one, "get", None) and one.get("/S") == role_before:
            if role:
                one[NameObject("/S")] = NameObject(role)
            if alternative is not None:
                one[NameObject("/Alt")] = TextStringObject(alternative)

"""PDF and PNG come from the SVG: the same picture, with text that is text, and the words of the figure inside."""

from __future__ import annotations

import re
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import typst
from made_tables import made_study, made_tables, study_file
from PIL import Image
from pypdf import PdfReader

from balint_eval.errors import EnvironmentProblem
from balint_eval.language import ENGLISH, read_language
from balint_eval.plots import draw_all, rendered
from balint_eval.plots.drawing import Drawing
from balint_eval.plots.pictures import pdf_of
from balint_eval.report.svg import embedded
from balint_eval.typesetting import fonts, with_text

PAGE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
CHOSEN = ("forest", "flow", "raincloud_TEQ_total", "starts")


def pixels(svg):
    """Give the grey of every dot of an SVG."""
    picture = typst.compile(PAGE, format="png", ppi=100, font_paths=fonts(), sys_inputs={"svg": svg})
    return np.asarray(Image.open(BytesIO(picture)).convert("L"), dtype=int)


@pytest.fixture(scope="module", params=["en", "fa"])
def pictures(request):
    """Some figures as SVG text, in each language; labels mix directions, marks and hyphens."""
    study = made_study(balint="Balint گروه -- (a)", pre="قبلاً ۱۲", c1="همدلی")
    language = ENGLISH if request.param == "en" else read_language("fa")
    drawn = draw_all(made_tables(study), study_file(study, Path()), language)
    return {name: rendered(drawn[name], "svg").decode() for name in CHOSEN}


@pytest.mark.thorough
def test_text_looks_as_its_outlines_do(pictures):
    for name, svg in pictures.items():
        text = with_text(svg)
        assert text.count("<text ") > 5
        assert len(text) < 0.8 * len(svg)
        assert not (np.abs(pixels(text) - pixels(svg)) > 100).any(), name


def test_a_figure_on_a_page_looks_as_it_does_by_itself(pictures):
    letters, elements = embedded(pictures)
    for name, svg in pictures.items():
        style, shapes = re.fullmatch(r"<svg[^>]*>(<style>.*</style>)<defs>(.*)</defs></svg>", letters).groups()
        head, body = elements[name].split(">", 1)
        head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
        alone = f"{head}>{style}<defs>{shapes}</defs>{body}"
        # Letters stand on whole hundredths of their size: a hair of grey may move.
        assert (np.abs(pixels(alone) - pixels(svg)) > 100).mean() < 2e-4, name


def test_lines_that_typesetters_set_differently_stay_outlines():
    letter = '<path id="DejaVuSans-{0}" d="M 0 {0}" transform="scale(0.015625)"/>'
    line = (
        '<!-- {0} -->\n<g style="fill: #fff" transform="translate(1 2) scale(0.07 -0.07)"><defs>{1}</defs>'
        '<use xlink:href="#DejaVuSans-1"/></g>'
    )
    lines = [
        line.format("plain &amp; simple", letter.format(1)),
        *(line.format(one, "") for one in ("a ب", "قطعاً", "- -")),
    ]
    svg = f"<svg><defs></defs>{''.join(lines)}</svg>"
    text = with_text(svg)
    assert re.findall(r"<text [^>]*>([^<]*)<", text) == ["plain &amp; simple"]
    assert "font-size:7px;font-weight:normal" in text
    assert text.count('<use xlink:href="#DejaVuSans-1"/>') == 3
    assert text.count(letter.format(1)) == 1
    assert with_text("<svg><path/></svg>") == "<svg><path/></svg>"


def test_pdf_of_a_figure_is_tagged_and_can_be_searched(drawings):
    reader = PdfReader(BytesIO(rendered(drawings["forest"], "pdf")))
    assert reader.metadata.title == drawings["forest"].title
    assert "Primary outcome" in reader.pages[0].extract_text()
    content = rendered(drawings["forest"], "pdf")
    assert b"/MarkInfo" in content
    assert reader.trailer["/Root"]["/StructTreeRoot"]
    assert float(reader.pages[0].mediabox.width) / 72 == pytest.approx(
        drawings["forest"].figure.get_figwidth(), abs=0.01
    )


def test_png_says_its_size_and_its_words(drawings):
    content = rendered(drawings["forest"], "png")
    image = Image.open(BytesIO(content))
    image.load()
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert image.text["Description"] == drawings["forest"].alternative_text
    assert struct.unpack(">I", content[16:20])[0] == image.width


def test_a_figure_that_the_typesetter_refuses_is_named(drawings):
    one = drawings["forest"]
    broken = Drawing(one.figure, one.alternative_text, one.data, "broken", one.caption)
    with pytest.raises(EnvironmentProblem, match=r"WF-PDF: the figure 'broken' was refused"):
        pdf_of(b"<svg", broken)

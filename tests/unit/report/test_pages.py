"""How blocks are set on paper: turns of the paper, widths of columns, decimal signs."""

from dataclasses import replace
from itertools import pairwise

import pytest
from report_paper import SVG, every_block

from balint_eval.report.displayable import displayable, without_controls
from balint_eval.report.labels import counted, label
from balint_eval.report.model import FigureBlock, Paragraph, Section, TableBlock, TableColumn
from balint_eval.report.pages import (
    ROOM,
    DataTable,
    Heading,
    column_shares,
    decimal_padding,
    drawing_size,
    is_narrow,
    leads,
    stretches,
)

TEXT, NUMBER = TableColumn("Text"), TableColumn("n", "number")


def chapter(name, *blocks):
    return Section(name, name, blocks)


def table(columns, width):
    return TableBlock("t", "t", (TEXT, *[NUMBER] * (columns - 1)), (("x" * width,) * columns,), number=1)


def orientations(*chapters):
    made = stretches(replace(every_block("a"), sections=chapters))
    return [(one.sideways, [p.text for p in one.parts if isinstance(p, Heading)]) for one in made]


def test_only_many_columns_that_do_not_fit_turn_the_paper():
    assert orientations(chapter("a", table(7, 40))) == [(False, ["a"])]
    assert orientations(chapter("a", table(8, 4))) == [(False, ["a"])]
    assert orientations(chapter("a", table(8, 40))) == [(True, ["a"])]


def test_paper_is_not_turned_back_for_a_table_but_for_text_and_tall_drawings():
    wide, small = table(9, 40), table(2, 4)
    assert orientations(chapter("a", wide), chapter("b", small), chapter("c", wide)) == [(True, ["a", "b", "c"])]
    text, tall = Paragraph("words " * 150), FigureBlock("f", SVG.replace("90pt", "600pt").format(490), "a", "t")
    for block in (text, tall):
        parts = [block, small] if block is tall else [block]
        found = orientations(chapter("a", wide), chapter("b", *parts), chapter("c", wide))
        assert found == [(True, ["a"]), (False, ["b"]), (True, ["c"])]
    brief = chapter("b", Paragraph("Hardly a text, and a page of its own would look like a mistake."))
    assert orientations(chapter("a", wide), brief, chapter("c", wide)) == [(True, ["a", "b", "c"])]
    assert orientations(chapter("a", small), chapter("b", wide)) == [(False, ["a"]), (True, ["b"])]


def test_the_numbers_behind_figures_come_last_and_every_block_once():
    figure = FigureBlock("f", SVG.format(490), "a", "t", columns=(TEXT,), rows=(("x",),), number=1)
    report = replace(every_block("a"), sections=(chapter("a", figure), chapter("b", Paragraph("p"))))
    parts = [part for one in stretches(report) for part in one.parts]
    assert parts[-2:] == [Heading(report.data_heading, 1, "figure-data"), DataTable(figure)]
    assert [p for p in parts if isinstance(p, FigureBlock | Paragraph)] == [figure, Paragraph("p")]


def test_a_paragraph_leads_to_the_table_after_it():
    assert leads(Paragraph("p"), table(2, 4))
    assert not leads(Paragraph("p"), Paragraph("q"))
    assert not leads(Paragraph("p"), None)
    assert not leads(table(2, 4), table(2, 4))


@pytest.mark.parametrize("sideways", [False, True])
@pytest.mark.parametrize("lengths", [(5, 5), (60, 3, 200), (300, 300, 300), (2,), (40,) * 12, (1600, 12)])
def test_columns_share_the_page(lengths, sideways):
    words = tuple(" ".join(["word"] * (length // 5 + 1)) for length in lengths)
    columns = tuple(replace(TEXT, heading="h") for _ in lengths)
    shares = column_shares(columns, (words,), sideways=sideways)
    assert sum(shares) <= 1.001
    assert min(shares) * ROOM[sideways] >= 4
    ordered = sorted(zip(lengths, shares, strict=True))
    assert all(before[1] <= after[1] + 1e-9 for before, after in pairwise(ordered))
    if sum(map(len, words)) > 2 * ROOM[sideways]:
        assert sum(shares) > 0.98


def test_numbers_and_long_codes_are_not_broken():
    columns = (TEXT, replace(NUMBER, heading="95% CI"), TEXT)
    rows = (("word " * 60, "[−10.25, 10.25]", "f" * 64),)
    shares = [share * ROOM[False] for share in column_shares(columns, rows, sideways=False)]
    assert shares[1] >= len("[−10.25, 10.25]")
    assert shares[2] >= 64


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1", "2.50", "−3.1"), (".00", "", "0")),
        (("1", "2"), ("", "")),
        ((".05", "< .001", "1"), ("", "", ".00")),
        (("–", "[1.00, 2.00]", "", "1.5"), ("", "", "", "")),
        (("۱", "۲٫۵۰"), ("٫00", "")),
        (("\u2066−1\u2069", "\u20662.5\u2069"), (".0", "")),
        (("1,234", "1.5"), ("", "")),
    ],
)
def test_decimal_signs_stand_in_one_line(cells, expected):
    assert decimal_padding(cells) == expected


def test_sizes_of_drawings():
    drawing = FigureBlock("f", SVG.format(72), "a", "t")
    assert drawing_size(drawing) == pytest.approx((25.4, 31.75))
    assert is_narrow(drawing)
    assert not is_narrow(replace(drawing, svg=SVG.format(490)))
    assert drawing_size(replace(drawing, svg='<svg height="72pt" width="144pt">')) == pytest.approx((50.8, 25.4))
    assert drawing_size(replace(drawing, svg="<svg>")) == (174.0, 100.0)


def test_numbers_of_tables_in_the_digits_of_the_language():
    report = replace(every_block("a"), digits="۰۱۲۳۴۵۶۷۸۹", table_word="جدول", figure_word="شکل")
    assert counted(report, 120) == "۱۲۰"
    assert label(report, table(2, 4)) == "جدول ۱"
    assert label(report, FigureBlock("f", "", "a", "t", number=2)) == "شکل ۲"
    assert label(replace(report, kind="educator"), table(2, 4)) == ""


def test_what_no_format_can_hold_goes_and_the_rest_stays():
    assert without_controls("a\x00b\x07\ufeffc\ud800\uffff") == "abc"
    assert without_controls("a\r\nb\rc\x0bd\u2028e\tf") == "a\nb\nc\nd\ne f"
    assert without_controls("\u200f\u2067سلام\u2069 e\u0301 \U0001f600") == "\u200f\u2067سلام\u2069 e\u0301 \U0001f600"
    report = every_block("a")
    assert displayable(report) == report

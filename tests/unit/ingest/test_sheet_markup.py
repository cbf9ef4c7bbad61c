"""The quick way through a worksheet gives cell by cell and problem by problem what openpyxl gives."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.errors import DataError
from balint_eval.ingest import plain_sheet
from balint_eval.ingest.sheet_markup import NotPlain, plain_rows
from balint_eval.ingest.workbook import read_workbook

SHEET = "xl/worksheets/sheet1.xml"
VALUES = st.one_of(
    st.none(),
    st.integers(-3, 10**16),
    st.floats(-1e3, 1e3, allow_nan=False),
    st.booleans(),
    st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2100, 1, 1)),
    st.sampled_from(["=1+1", "#N/A", "", " ", "a & b <c>", "007", "کاملاً", "line\nbreak", "_x0041_", "'=1"]),
)
FORMATS = st.sampled_from(["General", "0%", "0000", "yyyy-mm-dd hh:mm", "[h]:mm", '0" %"'])


def taken(content, quick, monkeypatch):
    def never(*_):
        raise NotPlain

    with monkeypatch.context() as patch:
        if not quick:
            patch.setattr(plain_sheet, "plain_rows", never)
        try:
            grid = read_workbook(content, file="x.xlsx")
        except DataError as error:
            return error.problems
    return [list(grid.records), list(grid.lines), grid.notes, grid.problems]


def book(cells, inline=False):
    made = openpyxl.Workbook(write_only=inline)
    sheet = made.create_sheet("a") if inline else made.active
    for row in cells:
        sheet.append([value for value, _ in row])
    if not inline:
        for number, row in enumerate(cells, start=1):
            for at, (_, pattern) in enumerate(row, start=1):
                sheet.cell(number, at).number_format = pattern
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def rewritten(content, change):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == SHEET else old.read(name))
    return stream.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(VALUES, FORMATS), max_size=4), min_size=1, max_size=5), st.booleans())
def test_both_ways_agree_on_what_programs_write(cells, inline):
    content = book(cells, inline)
    with pytest.MonkeyPatch.context() as patch:
        assert taken(content, True, patch) == taken(content, False, patch)


CELLS = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="2"><c r="A2"><v>7</v></c></row>'


LATIN = b'<?xml version="1.0" encoding="ISO-8859-1"?>'


def sheet(data, before="", after=""):
    start = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{before}<sheetData>'
    return f"{start}{data}</sheetData>{after}</worksheet>".encode()


@pytest.mark.parametrize(
    "markup",
    [
        sheet(CELLS),
        sheet(CELLS.replace('r="2"', 'r="4"').replace("A2", "A4")),
        sheet(CELLS + '<row r="9"/><row r="11" ht="15"/>'),
        sheet(CELLS + '<row r="3" hidden="1"><c r="A3"><v>8</v></c></row>', '<cols><col min="2" hidden="1"/></cols>'),
        sheet(CELLS, after='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'),
        sheet(CELLS + '<row r="3"><c r="C3"><f>A1</f><v>7</v></c><c r="E3" t="e"><v>#REF!</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="B3"><f t="shared" si="0"/><v>7</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3"><v/></c><c r="B3" t="str"><v>a&amp;b</v></c><c r="D3" s="0" /></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="d"><v>2026-01-02</v></c><c r="B3" t="b"><v>1</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="inlineStr"><is><t/></is></c><c r="B3"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="inlineStr"><is><t xml:space="preserve"> a&#10;b </t></is></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="inlineStr"><is><t> a_x0041_\n b]]></t></is></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="inlineStr"><is><t> a_x0041_\n\tb </t></is></c></row>'),
        # From here on forms that the quick way must leave to openpyxl, or that both must refuse.
        sheet(CELLS.replace('"', "'")),
        sheet(CELLS + '<row><c><v>5</v></c></row>'),
        sheet(CELLS + '<row r="2"><c r="A2"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="B3"><v>5</v></c><c r="A3"><v>6</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A4"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3"> <c r="A3"><v>5</v></c>\n</row>'),
        sheet(CELLS + "<!-- <row/> -->"),
        sheet(CELLS + '<row r="3"><c r="A3" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>'),
        sheet(CELLS + '<row r="3" r="3"><c r="A3"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3" x:dyDescent="1"><c r="A3"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3"><v>many</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" t="s"><v>99</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3" s="99"><v>5</v></c></row>'),
        sheet(CELLS + '<row r="3"><c r="A3"><v>1e400</v></c></row>'),
        sheet(CELLS)[:-20],
        sheet(CELLS).replace(b"</sheetData>", b"</row></sheetData>"),
        sheet(CELLS, after="<pageMargins"),
        LATIN + sheet(CELLS.replace("id", "\xe9")).replace(b"\xc3\xa9", b"\xe9"),
        sheet(CELLS.replace("id", "\xe9")),
        sheet(CELLS.replace("id", "\xe9")).replace(b"\xc3\xa9", b"\xe9"),
        sheet(CELLS).replace(b"<c ", b"<x:c "),
        sheet(CELLS).replace(b"spreadsheetml/2006", b"spreadsheetml/2007"),
        sheet(""),
    ],
)  # fmt: skip
def test_both_ways_agree_on_what_nobody_should_write(markup, monkeypatch):
    content = rewritten(book([[("id", "General")]]), lambda _: markup)
    assert taken(content, True, monkeypatch) == taken(content, False, monkeypatch)


def test_the_quick_way_is_taken_for_what_programs_write():
    with zipfile.ZipFile(
        io.BytesIO(book([[("id", "General"), (3, "0%")], [("A", "General"), (None, "0%")]]))
    ) as archive:
        rows, _ = plain_rows(archive.read(SHEET))
        assert [(row.number, row.columns) for row in rows] == [(1, (0, 1)), (2, (0, 1))]

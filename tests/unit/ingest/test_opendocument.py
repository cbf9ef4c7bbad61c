"""OpenDocument sheets: the same cells and the same strictness as xlsx."""

import csv
import io
import shutil
import subprocess
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balint_eval.errors import DataError
from balint_eval.ingest import opendocument, plain_opendocument
from balint_eval.ingest.opendocument import read_opendocument
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.sheet_markup import NotPlain
from balint_eval.ingest.workbook import read_workbook

KIND = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in [("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
                        ("number", "datastyle")]
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip
STYLES = """
<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>
<number:number-style style:name="N4"><number:number number:min-integer-digits="4"/></number:number-style>
<number:date-style style:name="N5"><number:year/><number:hours/></number:date-style>
<style:style style:name="base" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="four" style:family="table-cell" style:parent-style-name="base"/>
<style:style style:name="clock" style:family="table-cell" style:data-style-name="N5"/>
"""
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</m:manifest>'
FILLER = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'  # noqa: E501


def text(said, attributes=""):
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in said.split("\n")) if said else ""
    return f'<table:table-cell office:value-type="string" {attributes}>{paragraphs}</table:table-cell>'


def value(kind, name, held, attributes=""):
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{held}" {attributes}/>'


def row(*cells, attributes=""):
    made = "".join(cell if cell.startswith("<") else text(cell) for cell in cells)
    return f"<table:table-row {attributes}>{made}</table:table-row>"


def table(*rows, name="Answers", style=""):
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def ods(*tables, head="", manifest="", kind=KIND, extra=()):
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    styles = f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr(
            "content.xml", f"{head}<office:document-content {SPACES}>{styles}{body}</office:document-content>"
        )
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(manifest))
        for name, content in extra:
            archive.writestr(name, content)
    return stream.getvalue()


def one(cell):
    """The text of one cell below a header."""
    grid = read_opendocument(ods(table(row("id", "q1"), row("P01", cell))), file="a.ods")
    assert not grid.problems
    return grid.records[1][1]


def problems(content, **options):
    with pytest.raises(DataError) as caught:
        read_opendocument(content, file="a.ods", **options)
    return caught.value.problems


def noted(*rows):
    return read_opendocument(ods(table(*rows)), file="a.ods").problems


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (value("float", "value", "7"), "7"),
        (value("float", "value", "0.30000000000000004"), "0.3"),
        (value("float", "value", "7", 'table:style-name="four"'), "0007"),
        (value("percentage", "value", "0.125"), "12.5%"),
        (value("currency", "value", "12.50"), "12.5"),
        (value("boolean", "boolean-value", "true"), "TRUE"),
        (value("boolean", "boolean-value", "false"), "FALSE"),
        (value("date", "date-value", "2023-03-15"), "2023-03-15"),
        (value("date", "date-value", "2023-03-15T10:05:09"), "2023-03-15 10:05:09"),
        (value("date", "date-value", "2023-03-15", 'table:style-name="clock"'), "2023-03-15 00:00:00"),
        (value("date", "date-value", "12023-03-15"), "12023-03-15"),
        (value("time", "time-value", "PT10H05M00S"), "10:05:00"),
        (value("time", "time-value", "PT25H00M00S"), "1 day, 1:00:00"),
        (value("string", "string-value", "007"), "007"),
        (text("a_x0000_b"), "a_x0000_b"),
        (text("one\ntwo"), "one\ntwo"),
        ('<table:table-cell><text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p></table:table-cell>',
         "a   b\tc\nd"),
        ("<table:table-cell><text:p><text:span>bo</text:span>ld</text:p></table:table-cell>", "bold"),
        ("<table:table-cell><office:annotation><text:p>secret</text:p></office:annotation><text:p>x</text:p>"
         "</table:table-cell>", "x"),
    ],
)  # fmt: skip
def test_cells_as_in_xlsx(cell, said):
    assert one(cell) == said


def test_a_column_gives_its_format_to_cells_without_one():
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="four"/>'
    made = ods(table(columns, row("id", "q1"), row("P01", value("float", "value", "12"))))
    assert read_opendocument(made, file="a.ods").records[1] == ["P01", "0012"]


def test_blank_rows_keep_the_numbers_of_the_others_and_a_million_at_the_end_say_nothing():
    gap = row("", attributes='table:number-rows-repeated="3"')
    grid = read_opendocument(ods(table(row("id", "q1"), gap, row("P01", "1"), FILLER)), file="a.ods")
    assert (grid.lines, grid.notes) == ([1, 5], ("3 blank rows left out: 2, 3, 4.",))
    assert grid.records == [["id", "q1"], ["P01", "1"]]


def test_repeated_answers_are_written_out():
    twice = text("4", 'table:number-columns-repeated="2"')
    made = ods(table(row("id", "a", "b"), row("P", twice, attributes='table:number-rows-repeated="2"')))
    grid = read_opendocument(made, file="a.ods")
    assert (grid.lines, grid.records[1:]) == ([1, 2, 3], [["P", "4", "4"]] * 2)


@pytest.mark.parametrize(
    "rows",
    [
        row("P", attributes='table:number-rows-repeated="1048576"'),
        row(text("4", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1000000"'),
        row(text("4", 'table:number-columns-repeated="999999999"')),
        FILLER + row("P", attributes='table:number-rows-repeated="9"'),
    ],
)
def test_repeats_beyond_the_limits_are_a_bomb(rows):
    assert [problem.code for problem in problems(ods(table(row("id", "q1"), rows)))] == ["IN-BOMB"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 5000])
def test_a_repeat_that_is_no_number_is_refused(number):
    (problem,) = problems(ods(table(row("P", attributes=f'table:number-rows-repeated="{number}"'))))
    assert problem.code == "IN-XLSX"


def test_formulas_and_errors_are_refused_without_their_text():
    found = noted(
        row("id", "q1"),
        row("P01", value("float", "value", "3", 'table:formula="of:=secret"')),
        row("P02", text("#N/A", 'table:formula="of:=#N/A" calcext:value-type="error"')),
    )
    assert [(p.code, p.row, p.column) for p in found] == [("IN-FORMULA", 2, "q1 (B)"), ("IN-FORMULA", 3, "q1 (B)")]
    assert "secret" not in str(found[0])
    assert "#N/A" in found[1].what


@pytest.mark.parametrize("state", ["collapse", "filter"])
def test_hidden_rows_are_refused(state):
    attributes = f'table:visibility="{state}"'
    (problem,) = noted(row("id", "q1"), row("P01", "1", attributes=attributes), row("", attributes=attributes))
    assert (problem.code, problem.row) == ("IN-HIDDEN", 2)
    assert "1 row" in problem.what


def test_rows_of_a_folded_group_are_hidden():
    group = f'<table:table-row-group table:display="false">{row("P01", "1")}</table:table-row-group>'
    assert [p.code for p in noted(row("id", "q1"), group)] == ["IN-HIDDEN"]


def test_hidden_columns_are_read_and_said():
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    grid = read_opendocument(ods(table(columns, row("id", "q1"), row("P", "1"))), file="a.ods")
    assert "Hidden columns were read too: from B." in grid.notes


def test_merged_cells_are_refused():
    merged = text("Calm", 'table:number-columns-spanned="2" table:number-rows-spanned="1"')
    (problem,) = noted(row("id", merged, "<table:covered-table-cell/>"), row("P01", "1", "2"))
    assert (problem.code, problem.row) == ("IN-HEADERROWS", 1)
    assert "B1:C1" in problem.what


def test_the_sheet_is_named_where_there_are_two():
    made = ods(table(row("id"), row("P")), table(row("other"), row("Q"), name="Other"))
    assert problems(made)[0].code == "IN-SHEET"
    assert "sheet: Other" in problems(made, sheet="Othr")[0].mend
    assert read_opendocument(made, file="a.ods", sheet="Other").records == [["other"], ["Q"]]


def test_hidden_sheets_are_not_read_and_said():
    grid = read_opendocument(ods(table(row("key"), name="Key", style="hid"), table(row("id"), row("P"))), file="a.ods")
    assert grid.header == ["id"]
    assert grid.notes == ("Hidden sheets were not read: 'Key'.",)


def test_tables_inside_cells_and_links_are_no_sheets():
    inner = f"<table:table-cell>{table(row('no'), name='In')}<text:p>q1</text:p></table:table-cell>"
    link = f"<table:dde-links><table:dde-link>{table(row('no'), name='Link')}</table:dde-link></table:dde-links>"
    grid = read_opendocument(ods(table(row("id", inner), row("P", "1")), link), file="a.ods")
    assert grid.records == [["id", "q1"], ["P", "1"]]


@pytest.mark.parametrize(
    ("made", "code", "word"),
    [
        (ods(table(row("id")), manifest="<m:file-entry><m:encryption-data/></m:file-entry>"), "IN-XLSX", "password"),
        (ods(table(row("id")), kind="application/vnd.oasis.opendocument.text"), "IN-FORMAT", "opendocument.text"),
        (ods(table(row("id")), head='<!DOCTYPE a [<!ENTITY b "c">]>'), "IN-XML", "entities"),
        (ods(table(row("id")), extra=[("../x", "x")]), "IN-ZIPSLIP", "leads out"),
        (ods(table(row("id")), extra=[("x.bin", b"\0" * (30 << 20))]), "IN-BOMB", "limit is 100"),
        (ods(table(row("id")))[:-60], "IN-XLSX", "damaged"),
        (ods(), "IN-SHEET", "0 visible sheets"),
    ],
)
def test_what_is_refused_before_any_cell(tmp_path, made, code, word):
    path = tmp_path / "a.ods"
    path.write_bytes(made)
    with pytest.raises(DataError) as caught:
        read_export(path, shown_as="a.ods")
    assert [problem.code for problem in caught.value.problems] == [code]
    assert word in str(caught.value.problems[0])


def test_macros_of_the_file_are_no_reason_to_refuse_it():
    made = ods(
        table(row("id"), row("P")), extra=[("Basic/script-lc.xml", '<!DOCTYPE library:libraries PUBLIC "x" "y">')]
    )
    assert read_opendocument(made, file="a.ods").header == ["id"]


def test_a_flat_file_is_named(tmp_path):
    path = tmp_path / "a.fods"
    path.write_text(f'<?xml version="1.0"?><office:document {SPACES} office:mimetype="{KIND}"/>', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_export(path, shown_as="a.fods")
    assert ".fods" in caught.value.problems[0].what


LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=6)
CELLS = LETTERS.map(lambda said: f"x{said}x") | st.just("") | st.sampled_from(["007", "3", "۵", "سلام"])


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5))
def test_the_same_table_as_csv_xlsx_and_ods_gives_the_same_cells(tmp_path, answers):
    rows = [["id", "a", "b", "c"], *([f"P{at}", *cells] for at, cells in enumerate(answers))]
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append([said or None for said in cells])
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.ods").write_bytes(ods(table(*(row(*cells) for cells in rows), FILLER)))
    read = {kind: read_export(tmp_path / f"a.{kind}", shown_as="a") for kind in ("csv", "xlsx", "ods")}
    assert read["ods"].cells.to_numpy().tolist() == [row[:] for row in rows[1:]]
    assert read["ods"].cells.equals(read["xlsx"].cells)
    assert read["ods"].cells.to_numpy().tolist() == read["csv"].cells.to_numpy().tolist()


def taken(content, quick):
    def never(_):
        raise NotPlain

    with pytest.MonkeyPatch.context() as patch:
        if not quick:
            patch.setattr(opendocument, "cut", never)
        try:
            grid = read_opendocument(content, file="a.ods")
        except DataError as error:
            return error.problems
    return [list(grid.records), list(grid.lines), grid.notes, grid.problems]


NESTED = '<table:table table:name="inner"><table:table-row><table:table-cell/></table:table-row></table:table>'
STYLED = st.sampled_from(["", 'table:style-name="four"', 'table:style-name="clock"', 'calcext:value-type="float"'])
ODD = st.sampled_from([
    text("a & b <c>\n d"),
    text("x", 'calcext:value-type="error"'),
    text("three", 'table:number-columns-repeated="3"'),
    text("wide", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>",
    text("said").replace("<text:p>", "<office:annotation><text:p>not this</text:p></office:annotation><text:p>"),
    text("gap").replace("gap", 'a<text:s text:c="3"/>b<text:tab/><text:span>c</text:span>'),
    "<table:table-cell/>",
    '<table:table-cell table:number-columns-repeated="2"/>',
    value("date", "date-value", "2026-01-02T03:04:05"),
    value("date", "date-value", "99999-01-02"),
    value("time", "time-value", "PT27H03M00S"),
    value("boolean", "boolean-value", "true"),
    value("percentage", "value", "0.25"),
    value("float", "value", "7", 'table:formula="of:=A1"'),
    value("float", "value", "many"),
    f'<table:table-cell office:value-type="string">{NESTED}<text:p>with</text:p></table:table-cell>',
    "<!-- a comment -->",
    "  \n ",
    "<table:covered-table-cell/>",
    '<table:table-cell office:value-type="string"><text:p>unclosed</table:table-cell>',
    '<x:cell xmlns:x="urn:x"/>',
    "<y:cell/>",
])  # fmt: skip
NUMBERS = st.builds(
    value, st.just("float"), st.just("value"), st.sampled_from(["1", "2.5", "1234567890123456"]), STYLED
)
SHAPES = st.sampled_from(
    ["", 'table:number-rows-repeated="3"', 'table:visibility="collapse"', 'table:default-cell-style-name="four"']
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(SHAPES, st.lists(st.one_of(NUMBERS, CELLS, ODD), max_size=3)), max_size=4),
    st.sampled_from(["", '<table:table-column table:default-cell-style-name="four"/>']),
    st.sampled_from([FILLER, "", "<table:table-row/>", "<table:table-row></table:table-row>"]),
)
def test_both_ways_agree(rows, column, last):
    made = [row(*cells, attributes=shape) for shape, cells in rows]
    content = ods(table(column, row("id", "q1", "q2"), *made, last), table(row("other"), name="B", style="hid"))
    assert taken(content, quick=True) == taken(content, quick=False)


def test_the_quick_way_is_taken_for_what_programs_write():
    content = ods(table(row("id", "q1"), row("P01", value("float", "value", "4")), FILLER, row("P02", text("3"))))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = plain_opendocument.cut(archive.read("content.xml"))
    assert len(list(document.rows())) == 4
    assert b"P01" not in document.skeleton
    assert b"1048570" in document.skeleton


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_what_libreoffice_makes_of_an_xlsx_file_is_read_alike(tmp_path):
    book = openpyxl.Workbook()
    for cells in [["id", "q1", "share"], ["007", 3, 0.125], ["P02", 4.5, 0.5]]:
        book.active.append(cells)
    book.active["C2"].number_format = book.active["C3"].number_format = "0.0%"
    book.create_sheet("Key").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", tmp_path, tmp_path / "a.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    if not (tmp_path / "a.ods").exists():
        pytest.skip("LibreOffice is here without its Calc")
    made, before = (tmp_path / "a.ods").read_bytes(), (tmp_path / "a.xlsx").read_bytes()
    assert read_opendocument(made, file="a") == read_workbook(before, file="a")

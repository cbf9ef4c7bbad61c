"""Workbooks: what Excel hides, and what an attacker hides."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from balint_eval.errors import DataError
from balint_eval.ingest import workbook_guard
from balint_eval.ingest.readers.open import read_export

ROWS = [["id", "q1", "q2"], ["P01", 3, 4], ["P02", 2, 5], ["P03", 1, 1]]


def book(rows=ROWS):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return made


def content(made):
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def rewritten(original, changes):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name)(old.read(name)) if name in changes else old.read(name))
        for name, make in changes.items():
            new.writestr(name, make(b""))
    return stream.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(made, **options):
        path = tmp_path / "post.xlsx"
        path.write_bytes(made if isinstance(made, bytes) else content(made))
        return read_export(path, shown_as="post.xlsx", **options)

    return read


@pytest.fixture
def problems(read):
    def problems(made, **options):
        with pytest.raises(DataError) as caught:
            read(made, **options)
        return caught.value.problems

    return problems


def test_a_plain_sheet_is_text(read):
    sheet = read(book())
    assert (sheet.platform, sheet.delimiter) == ("plain", "")
    assert sheet.cells.loc[2].tolist() == ["P01", "3", "4"]


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (5.0, "General", "5"),
        (3.5, "General", "3.5"),
        (0.1 + 0.2, "General", "0.3"),
        (0.5, "0%", "50%"),
        (0.125, "0.00%", "12.5%"),
        (7, "0000", "0007"),
        (123456789012, "General", "123456789012"),
        (True, "General", "TRUE"),
        (dt.datetime(2023, 3, 15), "yyyy-mm-dd", "2023-03-15"),
        (dt.datetime(2023, 3, 15, 10, 5, 9), "yyyy-mm-dd hh:mm:ss", "2023-03-15 10:05:09"),
        (dt.datetime(2023, 3, 15), "yyyy-mm-dd hh:mm", "2023-03-15 00:00:00"),
        (dt.time(10, 5), "hh:mm", "10:05:00"),
        ("007", "@", "007"),
        ("a_x000D_b", "@", "a\rb"),
        (None, "General", ""),
    ],
)
def test_cells_as_a_person_sees_them(read, value, pattern, text):
    made = book()
    made.active["C3"].value = value
    made.active["C3"].number_format = pattern
    assert read(made).cells.loc[3, "q2"] == text


def test_microsoft_forms(read):
    moment = dt.datetime(2026, 1, 2, 10, 0, 1)
    header = ["Id", "Start time", "Completion time", "Email", "Name", "Which?\nreally"]
    sheet = read(book([header, [1, moment, moment, "anonymous", None, "A;B;"]]))
    assert (sheet.platform, sheet.started, sheet.ended) == ("microsoft_forms", "Start time", "Completion time")
    assert sheet.cells.iloc[0].tolist()[-2:] == ["", "A;B;"]
    assert list(sheet.cells.columns)[-1] == "Which? really"


def test_microsoft_forms_in_another_language(read):
    moment = dt.datetime(2026, 1, 2, 10, 0, 1)
    header = ["ID", "آغاز", "پایان", "رایانامه", "نام", "چرا؟"]
    assert read(book([header, [1, moment, moment, "anonymous", None, "x"]])).platform == "microsoft_forms"


def test_two_visible_sheets_need_a_name(read, problems):
    made = book()
    made.create_sheet("Other").append(["id"])
    (problem,) = problems(made)
    assert problem.code == "IN-SHEET"
    assert "'Other'" in problem.what
    assert read(made, sheet="Sheet").cells.shape == (3, 3)
    assert "Other" in problems(made, sheet="Othr")[0].mend


def test_hidden_sheets_are_not_read_and_said(read):
    made = book()
    made.create_sheet("Key").sheet_state = "hidden"
    assert any("'Key'" in note for note in read(made).notes)


def test_hidden_rows_are_refused_and_hidden_columns_said(read, problems):
    made = book()
    made.active.column_dimensions["B"].hidden = True
    assert any("Hidden columns" in note and "B" in note for note in read(made).notes)
    made.active.row_dimensions[3].hidden = True
    (problem,) = problems(made)
    assert (problem.code, problem.row) == ("IN-HIDDEN", 3)


def test_formulas_and_errors_are_refused_without_their_text(problems):
    made = book()
    made.active["C3"] = "=VLOOKUP(secret,A1,1)"
    made.active["B4"] = "#N/A"
    found = problems(made)
    assert [(p.code, p.row, p.column) for p in found] == [("IN-FORMULA", 3, "q2 (C)"), ("IN-FORMULA", 4, "q1 (B)")]
    assert "C3" in found[0].what
    assert "secret" not in str(found[0])
    assert "#N/A" in found[1].what


def test_merged_header_cells_are_refused(problems):
    made = book([["id", "Calm", None], *ROWS])
    made.active.merge_cells("B1:C1")
    assert problems(made)[0].code == "IN-HEADERROWS"
    assert "B1:C1" in problems(made)[0].what


def test_blank_rows_and_formatted_margins_are_no_people(read):
    made = book([*ROWS[:2], [None, None, None], *ROWS[2:]])
    made.active["H9"].number_format = "0.00"
    sheet = read(made)
    assert list(sheet.cells.index) == [2, 4, 5]
    assert sheet.cells.shape == (3, 3)
    assert any("blank row" in note for note in sheet.notes)


def test_a_wrong_dimension_does_not_cut_the_sheet(read):
    made = rewritten(
        content(book()),
        {"xl/worksheets/sheet1.xml": lambda old: old.replace(b'ref="A1:C4"', b'ref="A1:B2"')},
    )
    assert read(made).cells.shape == (3, 3)


def test_a_bomb_is_refused_before_it_is_unpacked(problems):
    made = rewritten(content(book()), {"xl/media/x.bin": lambda _: b"\0" * (30 << 20)})
    (problem,) = problems(made)
    assert problem.code == "IN-BOMB"
    assert "limit is 100" in problem.what


def test_too_many_parts_are_refused(problems, monkeypatch):
    monkeypatch.setattr(workbook_guard, "ENTRIES_AT_MOST", 3)
    assert problems(book())[0].code == "IN-BOMB"


def test_too_much_is_refused(problems, monkeypatch):
    monkeypatch.setattr(workbook_guard, "UNPACKED_AT_MOST", 100)
    assert problems(book())[0].code == "IN-BOMB"


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "..\\x", "C:/x"])
def test_names_that_lead_out_are_refused(problems, name):
    assert problems(rewritten(content(book()), {name: lambda _: b"x"}))[0].code == "IN-ZIPSLIP"


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("encode", [bytes, lambda raw: raw.decode().encode("utf-16")])
def test_entities_are_refused(problems, encode):
    made = rewritten(content(book()), {"xl/worksheets/sheet1.xml": lambda old: encode(ENTITIES + old)})
    (problem,) = problems(made)
    assert problem.code == "IN-XML"


@pytest.mark.parametrize("damage", [lambda raw: raw[:200], lambda raw: raw[: len(raw) // 2], lambda raw: b"PK\x03\x04"])
def test_a_damaged_workbook_is_refused(problems, damage):
    assert problems(damage(content(book())))[0].code == "IN-XLSX"


def test_another_kind_of_zip_is_refused(problems):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "id\n1\n")
    assert problems(stream.getvalue())[0].code == "IN-XLSX"


def test_nul_in_a_cell_is_refused(problems):
    made = book()
    made.active["A2"] = "P_x0000_1"
    assert problems(made)[0].code == "IN-CONTROL"


def test_as_many_rows_as_a_sheet_can_hold(problems):
    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
    body = "".join(row.format(n) for n in (2, 3, 1_048_576))

    def sheet(old):
        return old.replace(b"</sheetData>", body.encode() + b"</sheetData>")

    made = rewritten(content(book([["id"]])), {"xl/worksheets/sheet1.xml": sheet})
    assert problems(made)[0].code == "IN-XLSXLIMIT"

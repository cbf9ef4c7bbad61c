"""The traps of structure, S1 to S18, by their numbers: each read right or refused with its place."""

import io

import platform_files as made
import pytest
from openpyxl import Workbook

from balint_eval.ingest.rows import resolve_columns

PEOPLE = "P01,3,4\nP02,2,5\nP03,1,1\n"
HEADER = "id,q1,q2\n"
QUALTRICS_ID = '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}"\n'

REFUSED = {
    "S1 every row ends with a comma": (
        HEADER + PEOPLE.replace("\n", ",\n"), "IN-RAGGED", 0, "each row has 1 more cell than the header"),
    "S2 the first row has a cell more": (HEADER + "P00,1,1,1\n" + PEOPLE, "IN-RAGGED", 2, "4 cells, the header 3"),
    "S3 a later row has a cell more": (HEADER + PEOPLE + "P04,1,1,1\n", "IN-RAGGED", 5, "4 cells, the header 3"),
    "S4 a row has a cell too few": (HEADER + PEOPLE + "P04,1\n", "IN-RAGGED", 5, "2 cells, the header 3"),
    "S8 three header rows taken for one": (
        HEADER + "Id,How,Why\n" + QUALTRICS_ID + PEOPLE, "IN-HEADERROWS", 3, "more than one row"),
    "S9 the header again": (HEADER + PEOPLE + HEADER + PEOPLE, "IN-HEADERAGAIN", 5, "repeats the header"),
    "S9 an average at the end": (HEADER + PEOPLE + "Average,2,3.3\n", "IN-TOTALROW", 5, "total or an average"),
    "S9 a sentence below": (
        HEADER + PEOPLE + '"These answers were collected on paper in May by two of us",,\n', "IN-TOTALROW", 5,
        "one sentence"),
    "S10 two columns with one name": ("id,q1,q1\n" + PEOPLE, "HD-DUP", 1, "B, C"),
    "S12 lines end with CR alone": ((HEADER + PEOPLE).replace("\n", "\r"), "IN-NEWLINE", 0, "CR alone"),
    "S13 a quotation mark not closed": (HEADER + 'P01,3,"4\n' + PEOPLE, "IN-QUOTE", 2, "is not closed"),
    "S13 a stray quotation mark": (HEADER + 'P0"1,3,4\n' + PEOPLE, "IN-QUOTE", 2, "without being doubled"),
    "S14 a NUL in a cell": (HEADER + "P\x0001,3,4\n" + PEOPLE, "IN-CONTROL", 2, "NUL"),
    "S18 a data file without header": (PEOPLE, "HD-NONE", 1, "answers, not column names"),
}  # fmt: skip


@pytest.mark.parametrize("trap", REFUSED)
def test_refused_with_its_place(refused, trap):
    content, code, row, said = REFUSED[trap]
    (problem,) = refused(content, platform="plain")
    assert (problem.code, problem.row) == (code, row)
    assert said in problem.what
    assert problem.mend


def test_s5_semicolons_with_decimal_commas(read_bytes, refused):
    content = "id;q1\nA;3,5\nB;4,0\n"
    assert read_bytes(content).cells.to_numpy().tolist() == [["A", "3,5"], ["B", "4,0"]]
    (problem,) = refused(content, delimiter=",")
    assert problem.code == "IN-DELIM"
    assert "one column" in problem.what
    assert "';'" in problem.mend


def test_s6_a_line_that_names_the_delimiter(read_bytes):
    sheet = read_bytes("sep=;\nid;q1\nA;3,5\n")
    assert list(sheet.cells.columns) == ["id", "q1"]
    assert list(sheet.cells.index) == [3]


def test_s7_an_empty_last_column_goes_only_if_all_of_it_is_empty(read_bytes, refused):
    assert list(read_bytes("id,q1,\nA,3,\nB,4,\n").cells.columns) == ["id", "q1"]
    (problem,) = refused("id,q1,\nA,3,\nB,4,9\n")
    assert (problem.code, problem.column) == ("HD-BLANK", "C")


@pytest.mark.parametrize("header", ["Do you\nlisten?", "Do  you listen?", " Do you listen?", "Do you<br>listen?"])
def test_s11_white_space_in_a_header_of_one_wave(read_bytes, header):
    sheet = read_bytes(made.table([["id", header], ["A", "3"], ["B", "4"]]))
    found, problems = resolve_columns(sheet, ["Do you listen?"])
    assert problems == []
    assert sheet.cells[found["Do you listen?"]].tolist() == ["3", "4"]


def test_s15_blank_rows_and_rows_of_delimiters_are_counted(read_bytes):
    sheet = read_bytes(HEADER + "P01,3,4\n\n,,\n , ,\u00a0\nP02,2,5\n")
    assert list(sheet.cells.index) == [2, 6]
    assert "3 blank rows left out: 3, 4, 5." in sheet.notes


def test_s16_as_many_rows_as_the_format_can_hold(refused):
    (problem,) = refused("id,q1\n" + "".join(f"P{n},3\n" for n in range(65_535)))
    assert problem.code == "IN-XLSLIMIT"
    assert "likely cut off" in problem.what


def test_s17_hidden_rows(refused):
    book, packed = Workbook(), io.BytesIO()
    for row in (["id", "q1"], ["A", "3"], ["B", "4"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(packed)
    assert [problem.code for problem in refused(packed.getvalue(), "export.xlsx")] == ["IN-HIDDEN"]


def test_s18_names_come_from_the_syntax_file(read_bytes):
    sheet = read_bytes(made.LIME_SPSS_DATA, "data.dat", syntax=made.limesurvey_spss_syntax())
    assert len(sheet.cells) == len(made.LIME_BARE)

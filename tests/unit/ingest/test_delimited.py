"""The strict reader of delimited text: structure first, every fault with its place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balint_eval.ingest.delimited import read_delimited
from balint_eval.ingest.grid import blank_record


def read(text, **options):
    return read_delimited(text, file="pre.csv", **options)


def codes(text, **options):
    return [problem.code for problem in read(text, **options).problems]


def the_problem(text, **options):
    (problem,) = read(text, **options).problems
    return problem


def test_every_cell_is_text_and_lines_are_physical():
    grid = read('id,q1,note\nNA,007,"two\nlines"\n1E5,TRUE,\n')
    assert grid.records == [["id", "q1", "note"], ["NA", "007", "two\nlines"], ["1E5", "TRUE", ""]]
    assert grid.lines == [1, 2, 4]
    assert not grid.problems


@pytest.mark.parametrize(("mark", "name"), [(",", ","), (";", ";"), ("\t", "\t"), ("|", "|"), ("^", "^")])
def test_delimiter_is_found(mark, name):
    grid = read(f"id{mark}q1{mark}q2\nA{mark}1{mark}2\nB{mark}1{mark}2\n")
    assert grid.delimiter == name
    assert len(grid.header) == 3


def test_decimal_comma_in_a_semicolon_file_stays_one_cell():
    grid = read("id;q1\nA;3,5\nB;4,0\n")
    assert grid.records[1:] == [["A", "3,5"], ["B", "4,0"]]


def test_a_wrong_declared_delimiter_is_named():
    problem = the_problem("id;q1\nA;3\nB;4\n", delimiter=",")
    assert problem.code == "IN-DELIM"
    assert "';'" in problem.mend


def test_a_delimiter_may_be_declared_by_name():
    assert read("id\tq1\nA\t1\n", delimiter="tab").delimiter == "\t"
    assert codes("id,q1\nA,1\n", delimiter="::") == ["IN-DELIM"]


def test_two_delimiters_that_fit_equally_are_asked_for():
    assert codes("a,b;c\n1,2;3\n4,5;6\n") == ["IN-DELIM"]
    assert not codes("a,b;c\n1,2;3\n4,5;6\n", delimiter=";")


def test_sep_line_is_skipped_and_said():
    grid = read("sep=;\r\nid;q1\r\nA;1\r\n")
    assert grid.records == [["id", "q1"], ["A", "1"]]
    assert grid.lines == [2, 3]
    assert "sep=;" in grid.notes[0]


def test_an_extra_cell_is_refused_with_row_and_masked_id():
    problem = the_problem("id,q1\nSecret77,1,2\nB,1\nC,2\n")
    assert (problem.code, problem.row) == ("IN-RAGGED", 2)
    assert "3 cells" in problem.what
    assert "Secret77" not in str(problem)


def test_a_missing_cell_is_refused():
    problem = the_problem("id,q1,q2\nA,1,2\nB,1\n")
    assert (problem.code, problem.row) == ("IN-RAGGED", 3)


def test_all_ragged_rows_come_at_once():
    found = read("id,q1,q2\nA,1,2\nB,1\nC,1,2,3\n").problems
    assert [problem.row for problem in found] == [3, 4]


def test_a_trailing_delimiter_on_every_row_is_one_problem():
    problem = the_problem("id,q1\nA,1,\nB,2,\nC,3,\n")
    assert "each row has 1 more cell than the header" in problem.what


def test_a_last_column_empty_everywhere_is_dropped_and_said():
    grid = read("id,q1,\nA,1,\nB,2,\n")
    assert grid.header == ["id", "q1"]
    assert any("last column" in note for note in grid.notes)


def test_a_blank_last_name_over_answers_is_not_dropped():
    assert read("id,q1,\nA,1,x\nB,2,\n").header == ["id", "q1", ""]


def test_an_unclosed_quote_is_placed_where_it_opened():
    problem = the_problem('id,q1,note\nA,1,fine\nB,2,"open\nC,3,x\nD,4,y\n')
    assert (problem.code, problem.row, problem.column) == ("IN-QUOTE", 3, "C")
    assert "not closed" in problem.what


def test_an_unclosed_quote_after_a_line_break_is_placed_on_its_own_line():
    problem = the_problem('id,a,b\nA,"x\ny","open\nB,1,2\n')
    assert (problem.row, problem.column) == (3, "C")


@pytest.mark.parametrize("cell", ['"ab"c', 'a"b', ' "a"'])
def test_a_stray_quote_is_refused(cell):
    problem = the_problem(f"id,q1\nA,1\nB,{cell}\n")
    assert (problem.code, problem.row, problem.column) == ("IN-QUOTE", 3, "B")


def test_doubled_quotes_are_text():
    assert read('id,q1\nA,"say ""hi"""\nB,""\n').records[1:] == [["A", 'say "hi"'], ["B", ""]]


def test_nul_is_refused_and_shown_as_a_code():
    problem = the_problem("id,q1\nA,1\x00\n")
    assert (problem.code, problem.row, problem.column) == ("IN-CONTROL", 2, "q1 (B)")
    assert "\x00" not in str(problem)


def test_other_control_characters_in_answers_are_noted_and_in_names_refused():
    grid = read("id,note\nA,x\x0by\n")
    assert not grid.problems
    assert any("Control characters" in note and "row 2" in note for note in grid.notes)
    assert codes("id,no\x0bte\nA,x\n") == ["IN-CONTROL"]


def test_old_mac_line_ends_are_refused():
    assert codes("id,q1\rA,1\rB,2\r") == ["IN-NEWLINE"]


def test_mixed_line_ends_are_noted_and_counted_as_the_csv_module_does():
    text = "id,q1\r\nA,1\nB,2\r\n"
    grid = read(text)
    assert len(grid.records) == len(list(csv.reader(io.StringIO(text, newline=""))))
    assert any("mixed" in note for note in grid.notes)


def test_blank_rows_are_left_out_and_counted():
    grid = read("id,q1\nA,1\n\n,\n \u00a0,\u200c\nB,2\n\n")
    assert grid.lines == [1, 2, 6]
    assert any("4 blank rows" in note for note in grid.notes)


def test_the_mask_before_a_formula_is_stripped_and_said():
    grid = read("id,note\nA,'=1+1\nB,'tis\n")
    assert [record[1] for record in grid.records[1:]] == ["=1+1", "'tis"]
    assert any("1 cell" in note for note in grid.notes)


def test_a_comment_of_a_megabyte_is_read_and_the_limit_restored():
    before = csv.field_size_limit()
    assert len(read("id,note\nA," + "x" * 1_000_000 + "\n").records[1][1]) == 1_000_000
    assert csv.field_size_limit() == before


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_read_back(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["id", "note"], *rows])
    grid = read(stream.getvalue(), delimiter=",")
    written = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert not grid.problems
    assert grid.records[1:] == [[unmasked(c) for c in row] for row in written[1:] if not blank_record(row)]


def unmasked(cell):
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@") else cell

"""Headers and rows that are not people."""

import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.readers.open import read_export

ROWS = "P01,3,4\nP02,2,5\nP03,1,1\n"


@pytest.fixture
def read(tmp_path):
    def read(content, platform="auto"):
        path = tmp_path / "pre.csv"
        path.write_text(content, encoding="utf-8", newline="")
        return read_export(path, shown_as="pre.csv", platform=platform)

    return read


@pytest.fixture
def problems(read):
    def problems(content, platform="auto"):
        with pytest.raises(DataError) as caught:
            read(content, platform)
        return caught.value.problems

    return problems


def test_two_columns_with_one_name(problems):
    (problem,) = problems("id,q1,q1\n" + ROWS)
    assert (problem.code, problem.column) == ("HD-DUP", "q1 (B)")
    assert "B, C" in problem.what


@pytest.mark.parametrize("other", ["Q1", "q\u00a01", "q1\u200b", " q1"])
def test_names_that_look_the_same_are_shown_with_escapes(problems, other):
    (problem,) = problems(f"id,q1,{other}\n" + ROWS)
    assert problem.code == "HD-NEARDUP"
    assert "(B)" in problem.what
    assert "(C)" in problem.what
    assert all(c.isprintable() for c in str(problem))


def test_a_blank_name_has_its_letter(problems):
    (problem,) = problems("id,q1, ,q3\nP1,1,2,3\n")
    assert (problem.code, problem.column) == ("HD-BLANK", "C")


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        "101,3,3,3\n102,4,4,1\n103,1,1,2\n",
        "2026-01-02 10:00,Often,Never\n2026-01-03 11:00,Never,Often\n",
        "anna@example.org,Often,Never\nb@example.org,Never,Often\n",
    ],
)
def test_a_file_without_header_is_refused_and_the_row_masked(problems, content):
    (problem,) = problems(content)
    assert problem.code == "HD-NONE"
    assert "example.org" not in str(problem)
    assert "P01" not in str(problem)


@pytest.mark.parametrize("header", ["id,1,2", "q1,q2,q3", "code,2025,2026", "P,a1,a2"])
def test_numbered_items_are_a_header(read, header):
    assert read(f"{header}\n{ROWS}").cells.shape == (3, 3)


def test_names_are_tidied_of_breaks_and_said(read):
    sheet = read('id,"q\n1",q  2\n' + ROWS)
    assert list(sheet.cells.columns) == ["id", "q 1", "q 2"]
    assert list(sheet.cells.index) == [3, 4, 5]
    assert any("B, C" in note for note in sheet.notes)


def test_a_row_counter_without_name_is_dropped(read):
    sheet = read('"",id,q\n1,A,3\n2,B,4\n')
    assert list(sheet.cells.columns) == ["id", "q"]
    assert any("counts the rows" in note for note in sheet.notes)


@pytest.mark.parametrize("word", ["Total", "AVERAGE:", "میانگین", "Mean (SD)", "Összesen", " grand total "])
def test_totals_are_not_people(problems, word):
    (problem,) = problems(f"id,q1,q2\n{ROWS}{word},2,3.3\n")
    assert (problem.code, problem.row) == ("IN-TOTALROW", 5)


@pytest.mark.parametrize("code", ["NA", "Totò", "Meanwhile", "12", "Count-3", "null"])
def test_codes_that_resemble_words_are_people(read, code):
    assert read(f"id,q1,q2\n{ROWS}{code},2,3\n").cells.shape == (4, 3)


def test_a_sentence_below_the_table_is_not_a_person(problems):
    text = "All answers were given on paper and typed in by the office"
    (problem,) = problems(f"id,q1,q2\n{ROWS}{text},,\n")
    assert (problem.code, problem.row) == ("IN-TOTALROW", 5)
    assert "paper" not in str(problem)


def test_a_header_pasted_again_is_refused(problems):
    (problem,) = problems(f"id,q1,q2\n{ROWS}id,q1,q2\n{ROWS}")
    assert (problem.code, problem.row) == ("IN-HEADERAGAIN", 5)


def test_a_row_of_texts_is_never_a_person(problems):
    texts = "Your code please,I feel calm today,I listen to others\n"
    (problem,) = problems(f"id,q1,q2\n{texts}{ROWS}")
    assert (problem.code, problem.row) == ("IN-HEADERROWS", 2)


def test_long_texts_above_labels_are_a_header(problems):
    labels = "A,Often,Never,Often\nB,Never,Often,Never\nC,Often,Often,Often\n"
    texts = "Your code,I feel calm and rested,I listen to what others say,I would come again\n"
    assert [p.code for p in problems(f"id,q1,q2,q3\n{texts}{labels}")] == ["IN-HEADERROWS"]


def test_one_wordy_person_is_a_person(read):
    assert read("id,q1,q2,note\nA,agree,3,I liked it very much\nB,2,3,ok\nC,1,1,\n").cells.shape == (3, 4)


def test_a_qualtrics_export_declared_plain_is_refused(problems):
    content = 'Q1,Q2\nHow,Why\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n1,2\n'
    found = problems(content, "plain")
    assert [p.code for p in found] == ["IN-HEADERROWS"]
    assert found[0].row == 3
    assert "platform: qualtrics" in found[0].mend


def test_all_problems_of_a_file_come_at_once(problems):
    found = problems('id,q1,q1,\nP1,1,1,1\nP2,1\nTotal,1,1,1\nP3,a"b,1,1\n')
    assert {p.code for p in found} == {"IN-QUOTE", "IN-RAGGED", "HD-DUP", "HD-BLANK", "IN-TOTALROW"}


def test_rows_that_may_be_people_are_shown_masked(problems):
    texts = "Geheim77,I feel calm today,I listen to others\n"
    (problem,) = problems(f"id,q1,q2\n{texts}{ROWS}")
    assert "row 1 begins id, q1, q2" in problem.what
    assert "Geheim77" not in problem.what
    assert "P01" not in problem.what

"""The review sheet: which rows it has, what it says of each pair, how it looks, and that nothing in it runs."""

import io

import openpyxl
import pytest

from balint_eval.ingest.linkage.persons import Decision, Question
from balint_eval.ingest.linkage.review import Shown, differences, headers, mark_of, rows_to_show, write_review
from balint_eval.study_model import Linkage

ELEMENTS = [{"name": "mother", "kind": "letters", "length": 2}, {"name": "day", "kind": "day"},
            {"name": "town", "kind": "letters", "length": 2}]  # fmt: skip
LINKAGE = Linkage(method="code", elements=ELEMENTS)
PRE, POST, LATER = ("pre", "ma|3|te"), ("post", "ma|4|te"), ("later", "ma||te")
CODES = {PRE: ("ma", "3", "te"), POST: ("ma", "4", "te"), LATER: ("ma", "", "te")}
CHANCES = [0.1, 0.05, 0.002]
NARROW = "\u202f"


def question(earlier=PRE, later=POST, off=1, rivals=0, alphabet=0, suggested=True):
    return Question(earlier, later, off, rivals, alphabet, suggested)


def place(code, raw, occasion="pre", parted=False, row=2):
    return {"occasion": occasion, "file": f"{occasion or 'roster'}.csv", "row": row, "raw_id": raw, "parted": parted,
            "code": code}  # fmt: skip


PLACES = {
    PRE: place(CODES[PRE], "MA03te"),
    POST: place(CODES[POST], "Mária / 4 / Te", "post", parted=True, row=9),
    LATER: place(CODES[LATER], "ma te", "", row=5),
}


def shown(earlier=PRE, later=POST, decision="undecided"):
    return Shown(earlier, later, decision, "yes", "1 element differs", "1 in 9 pairs")


def read(rows, words=None, places=PLACES):
    book = openpyxl.load_workbook(io.BytesIO(write_review(rows, places, LINKAGE, words)))
    assert book.sheetnames == ["pairs", "how to"]
    return book


def test_marks_tie_a_pair_to_its_codes_times_and_order():
    """By coreutils: printf 'pre\\nma|3|te' | sha256sum | cut -c1-12."""
    assert mark_of(PRE, POST) == "02e04c7664e7-54281c079220"
    assert len({mark_of(PRE, POST), mark_of(POST, PRE), mark_of(PRE, LATER), mark_of(("post", "ma|3|te"), POST)}) == 4


def test_what_is_decided_stands_first_and_is_not_asked_again():
    decisions = [Decision(PRE, POST, same=True, row=2), Decision(PRE, LATER, same=False, row=3)]
    rows = rows_to_show([question(), question(POST, LATER, suggested=False)], decisions, CODES, CHANCES)
    assert [(one.earlier, one.later, one.decision, one.proposal, one.seen, one.open) for one in rows] == [
        (PRE, POST, "same", "", "decided", False),
        (PRE, LATER, "different", "", "decided", False),
        (POST, LATER, "undecided", "", "1 element differs", True),
    ]
    assert [one.proposal for one in rows_to_show([question()], [], CODES, CHANCES)] == ["yes"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"off": 1}, "1 element differs"),
        ({"off": 2}, "2 elements differ"),
        ({"off": 0, "rivals": 1}, "all elements agree; 1 other code fits as well"),
        ({"off": 1, "rivals": 2}, "1 element differs; 2 other codes fit as well"),
        ({"off": 2, "alphabet": 1}, "2 elements differ; letters of another alphabet"),
        ({"off": 1, "alphabet": 1, "rivals": 1},
         "1 element differs; letters of another alphabet; 1 other code fits as well"),
    ],
)  # fmt: skip
def test_what_is_seen_is_said_in_words(facts, said):
    (row,) = rows_to_show([question(**facts)], [], CODES, CHANCES)
    assert row.seen == said


@pytest.mark.parametrize(
    ("earlier", "later", "said"),
    [
        # mother and town agree: 0.1 x 0.002.
        (PRE, POST, f"1 in 5{NARROW}000 pairs"),
        (PRE, PRE, f"1 in 100{NARROW}000 pairs"),
        # A blank element agrees with nothing, not even with a blank.
        (LATER, LATER, f"1 in 5{NARROW}000 pairs"),
        (PRE, ("x", "x"), "1 in 1 pairs"),
    ],
)
def test_how_often_other_people_agree_as_much(earlier, later, said):
    codes = {**CODES, ("x", "x"): ("zo", "9", "qo")}
    (row,) = rows_to_show([question(earlier, later)], [], codes, CHANCES)
    assert row.chance == said
    (row,) = rows_to_show([], [Decision(earlier, later, same=True, row=2)], codes, CHANCES)
    assert row.chance == said


def test_a_row_shows_both_codes_as_they_were_written():
    sheet = read([shown(), shown(LATER, POST)])["pairs"]
    head = [cell.value for cell in sheet[1]]
    assert head == headers(LINKAGE) == [
        "decision", "proposal", "what is seen", "by chance", "elements that differ",
        "mother, first", "mother, second", "day, first", "day, second", "town, first", "town, second",
        "wave, first", "file, first", "row, first", "wave, second", "file, second", "row, second",
        "mark (leave as it is)",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]] == [
        "undecided", "yes", "1 element differs", "1 in 9 pairs", "day", "ma", "Mária", "03", "4", "te", "Te",
        "pre", "pre.csv", "2", "post", "post.csv", "9", mark_of(PRE, POST),
    ]  # fmt: skip
    # A code without the declared form stands in its first cell; the roster is no wave.
    assert [cell.value for cell in sheet[3]][4:14] == [
        "day", "ma te", "Mária", None, "4", None, "Te", "roster", "roster.csv", "5",
    ]  # fmt: skip


def test_elements_that_differ_are_coloured_and_no_others():
    sheet = read([shown(), shown(LATER, POST)])["pairs"]
    for number in (2, 3):
        coloured = {cell.column for cell in sheet[number] if cell.fill.fill_type == "solid"}
        assert coloured == {8, 9}
    assert sheet.cell(2, 8).fill.fgColor.rgb == "FFFFE0B2"
    assert not [cell for cell in sheet[1] if cell.fill.fill_type]
    assert differences(PLACES[LATER], PLACES[LATER]) == [False, True, False]
    assert differences(PLACES[PRE], PLACES[POST]) == [False, True, False]


@pytest.mark.parametrize(
    ("decision", "carried", "stands"),
    [("undecided", "same", "same"), ("undecided", "different", "different"), ("undecided", "undecided", "undecided"),
     ("undecided", "perhaps", "undecided"), ("undecided", "", "undecided"), ("same", "different", "same"),
     ("different", "same", "different")],
)  # fmt: skip
def test_words_are_carried_over_to_open_pairs_only(decision, carried, stands):
    assert read([shown(decision=decision)], {mark_of(PRE, POST): carried})["pairs"]["A2"].value == stands
    assert read([shown(decision=decision)], {mark_of(POST, PRE): carried})["pairs"]["A2"].value == decision


def test_cells_are_text_and_hold_no_sign_a_workbook_cannot():
    typed = {PRE: place(("", "", ""), "=1+1\x0b\x00\ttab\nline"), POST: PLACES[POST]}
    book = read([shown()], places=typed)
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value):
            assert (cell.data_type, cell.number_format) == ("s", "@")
    assert book["pairs"]["F2"].value == "=1+1\ttab\nline"


def test_the_sheet_helps_whoever_decides():
    sheet = read([shown(), shown(LATER, POST)])["pairs"]
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", '"same,different,undecided"', "A2:A3")
    assert choice.allowBlank
    assert choice.showErrorMessage
    assert choice.error == "Choose same, different or undecided."
    assert sheet.freeze_panes == "B2"
    assert all(cell.font.bold for cell in sheet[1])
    assert not sheet["A2"].font.bold
    widths = [sheet.column_dimensions[letter].width for letter in "ABCE"]
    assert widths == [11, 10, 19, 22]


def test_columns_are_neither_too_narrow_nor_too_wide():
    typed = {PRE: place(("", "", ""), "x" * 100), POST: PLACES[POST]}
    sheet = read([shown()], places=typed)["pairs"]
    assert sheet.column_dimensions["F"].width == 45
    short = Linkage(method="code", elements=[{**one, "name": name} for one, name in zip(ELEMENTS, "abc", strict=True)])
    book = openpyxl.load_workbook(io.BytesIO(write_review([], {}, short)))
    assert book["pairs"].column_dimensions["N"].width == len("row, first") + 2
    assert str(book["pairs"].data_validations.dataValidation[0].sqref) == "A2"


def test_the_help_says_what_each_column_is_for_and_what_never_to_look_at():
    sheet = read([shown()])["how to"]
    lines = [row[0].value for row in sheet.iter_rows()]
    assert len(lines) == len(set(lines)) == 9
    for word in ("decision", "proposal", "by chance"):
        assert any(f"'{word}'" in line for line in lines)
    assert any("(linkage_decisions:)" in line for line in lines)
    assert any("Never choose by looking at the answers" in line for line in lines)
    assert sheet.column_dimensions["A"].width == 120
    assert all(line.endswith(".") for line in lines)


def test_codes_and_chances_of_two_lengths_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="shorter"):
        rows_to_show([question()], [], CODES, CHANCES[:2])
    with pytest.raises(ValueError, match="shorter"):
        differences({"code": ("ma", "3")}, {"code": ("ma",)})

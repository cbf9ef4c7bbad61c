"""`balint-eval init` on exports with self-made codes: drafted, asked, and linked with the codebook alone."""

import random

import openpyxl
import pytest

from balint_eval.cli import main
from balint_eval.cohort_stages import ingest_all
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.simulate.exports import csv_bytes
from balint_eval.study import read_study

PEOPLE = 24
QUESTIONS = (
    "First two letters of your mother's name",
    "Day of the month you were born",
    "First two letters of the town you were born in",
    "Month you were born",
)
PERSIAN = ("دو حرف اول نام مادر", "روز تولد", "دو حرف اول شهر محل تولد", "ماه تولد")
WHOLE = "Your code (first two letters of your mother's name, day of birth, first two letters of your birthplace, month)"
TEQ = [f"TEQ_{n}" for n in range(1, 17)]


def people():
    rng = random.Random(11)
    names = ["MA", "LE", "PA", "SI", "KA", "NO", "DA", "ZO"]
    towns = ["TE", "SH", "IS", "TA", "QO"]
    return [(names[n % 8], rng.randint(1, 31), towns[n % 5], rng.randint(1, 12)) for n in range(PEOPLE)]


def answers(seed):
    rng = random.Random(seed)
    return [[str(rng.randint(0, 4)) for _ in TEQ] for _ in range(PEOPLE)]


def slipped(code):
    """Two people write one element otherwise the second time; the others write theirs in small letters."""
    mother, day, town, month = code
    return mother.lower(), day % 31 + 1 if town == "QO" and mother == "MA" else day, town, month


def by_question(questions, letters=str):
    codes = people()
    for name, seed in (("before.csv", 1), ("after.csv", 2)):
        given = codes if seed == 1 else [slipped(code) for code in codes]
        rows = [[*map(letters, code), *said] for code, said in zip(given, answers(seed), strict=True)]
        yield name, [[*questions, *TEQ], *rows]


def in_one_column(heading, write):
    codes = people()
    for name, seed in (("before.csv", 1), ("after.csv", 2)):
        given = codes if seed == 1 else [slipped(code) for code in codes]
        yield name, [[heading, *TEQ], *([write(code), *said] for code, said in zip(given, answers(seed), strict=True))]


def plain(code):
    return f"{code[0]}{code[1]:02}{code[2]}{code[3]:02}"


def persian(text):
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ابپتثجچحخدذرزسشصضطظعغفقکگل", strict=True))
    digits = dict(zip("0123456789", "۰۱۲۳۴۵۶۷۸۹", strict=True))
    return "".join((letters | digits).get(sign, sign) for sign in str(text).upper())


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key" / "k"))

    def call(*arguments):
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


@pytest.fixture
def init(run, tmp_path):
    """Write the exports, run `init`, and give what was said."""

    def call(files, *arguments, **more):
        named = dict(files) | more
        for name, rows in named.items():
            (tmp_path / name).write_bytes(csv_bytes([[str(cell) for cell in row] for row in rows]))
        code, out, err = run("init", *named, *(arguments or ["--yes"]))
        assert (code, err) == (0, ""), err
        return out

    return call


def waves_of_people():
    """Give how many people answered in one wave, and in both."""
    file = read_study("study.yaml")
    ((_, ingested),) = ingest_all(file, pseudonymiser(bytes(range(32))))
    return ingested.tables["links"].groupby("person_id")["wave"].nunique().value_counts().to_dict()


def rows_of(path, sheet):
    book = openpyxl.load_workbook(path)[sheet]
    headings = [cell.value for cell in book[1]]
    return [dict(zip(headings, (cell.value for cell in row), strict=True)) for row in book.iter_rows(min_row=2)]


@pytest.mark.parametrize(("questions", "letters", "language"), [(QUESTIONS, str, "en"), (PERSIAN, persian, "fa")])
def test_several_questions(run, init, tmp_path, questions, letters, language):
    out = init(by_question(questions, letters), "--yes", "--language", language)
    assert questions[0] in out
    linkage = read_study("study.yaml").study.linkage
    assert [(e.kind, e.length) for e in linkage.elements] == [("letters", 2), ("day", 0), ("letters", 2), ("month", 0)]
    code, out, err = run("check", "study.yaml")
    assert (code, err) == (0, "")
    assert waves_of_people() == {2: PEOPLE}


@pytest.mark.parametrize(
    ("heading", "write"),
    [
        (WHOLE, plain),
        ("Your code", plain),
        ("Your code", lambda c: f"{c[0]}-{c[1]}-{c[2]}-{c[3]}"),
        ("کد شما", lambda c: persian(plain(c))),
        (f"کد شما ({'، '.join(PERSIAN)})", lambda c: persian(plain(c))),
        # The heading never says that it is a code.
        (WHOLE.partition("(")[2].rstrip(")"), plain),
    ],
)
def test_one_column(run, init, heading, write):
    out = init(in_one_column(heading, write))
    assert "linked element by element" in out
    code, _, err = run("check", "study.yaml")
    assert (code, err) == (0, "")
    assert waves_of_people() == {2: PEOPLE}


def test_questions_in_one_file_and_one_column_in_the_other(run, init):
    first = dict(by_question(QUESTIONS))["before.csv"]
    second = dict(in_one_column("Your code", plain))["after.csv"]
    init({"before.csv": first, "after.csv": second})
    assert run("check", "study.yaml")[0] == 0
    assert waves_of_people() == {2: PEOPLE}


def test_what_only_one_file_asks_for_is_left_out(run, init, tmp_path):
    files = dict(by_question(QUESTIONS))
    files["after.csv"] = [[*row[:3], *row[4:]] for row in files["after.csv"]]
    init(files)
    assert [e.name for e in read_study("study.yaml").study.linkage.elements] == ["mother", "day", "birthplace"]
    (row,) = [row for row in rows_of(tmp_path / "codebook.xlsx", "columns") if row["column"] == QUESTIONS[3]]
    assert row["use"] == "ignore"
    assert "another file does not ask for" in row["note"]


def test_a_roster_with_the_same_questions(run, init):
    listed = [[*QUESTIONS, "group"], *([*code, f"G{n % 3}"] for n, code in enumerate(people()))]
    out = init(by_question(QUESTIONS), **{"people.csv": listed})
    assert "taken as the roster" in out
    code, out, err = run("check", "study.yaml")
    assert (code, err) == (0, "")
    assert "24 people in 3 groups of 8\n" in out


def test_ids_that_were_given_out_are_not_taken_apart(init):
    out = init(in_one_column("Participant ID", plain))
    assert "element by element" not in out
    assert read_study("study.yaml").study.linkage.method == "exact"


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"P{n:03}",
        lambda n: f"BAL-{n:02}-X",
        lambda n: str(10_000 + 37 * n),
        lambda n: f"AB{n:04}CD",
    ],
)
def test_numbers_with_a_common_prefix_are_no_self_made_codes(init, write):
    files = {
        name: [["Your code", *TEQ], *([write(n), *said] for n, said in enumerate(answers(seed), start=1))]
        for name, seed in (("before.csv", 1), ("after.csv", 2))
    }
    init(files)
    assert read_study("study.yaml").study.linkage.method == "exact"


def test_an_id_by_which_people_come_back_needs_no_code(init):
    files = {
        name: [["Participant ID", *rows[0]], *([f"P{n:03}", *row] for n, row in enumerate(rows[1:]))]
        for name, rows in by_question(QUESTIONS)
    }
    init(files)
    study = read_study("study.yaml").study
    assert (study.linkage.method, study.cohorts[0].exports[0].person_id) == ("exact", "Participant ID")


def test_it_is_asked_and_the_answer_counts(init, tmp_path):
    (tmp_path / "answers.yaml").write_text("person_code: given_out\n")
    init(in_one_column("Your code", plain), "--answers", "answers.yaml")
    assert read_study("study.yaml").study.linkage.method == "exact"


def test_the_sheet_is_yellow_and_says_why(init, tmp_path):
    init(in_one_column("Your code", plain))
    rows = rows_of(tmp_path / "codebook.xlsx", "person code")
    assert [(row["code element"], row["kind"], row["length"]) for row in rows] == [
        ("letters", "letters", 2), ("day", "day", None), ("letters 2", "letters", 2), ("month", "month", None),
    ]  # fmt: skip
    assert all("have this form" in row["note"] for row in rows)
    sheet = openpyxl.load_workbook(tmp_path / "codebook.xlsx")["person code"]
    assert {sheet.cell(row, 2).fill.fgColor.rgb for row in range(2, 6)} == {"FFFFF2CC"}


def test_nothing_of_a_code_is_written_down(init, tmp_path):
    out = init(by_question(("First letters of your mother's name", *QUESTIONS[1:])))
    book = openpyxl.load_workbook(tmp_path / "codebook.xlsx")
    cells = {str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert not {"MA", "LE", "ZO", "ma", "le"} & cells
    assert " MA" not in out


def test_a_person_id_that_is_not_found_is_an_orange_cell(run, init, tmp_path):
    files = {
        name: [["stamp", "thing", *TEQ], *([f"x{7 * n + seed}", f"R{n + 50 * seed}", *said] for n, said in rows)]
        for name, seed, rows in (("before.csv", 1, enumerate(answers(1))), ("after.csv", 2, enumerate(answers(2))))
    }
    out = init(files)
    assert "2 cells to fill (orange)" in out
    sheet = openpyxl.load_workbook(tmp_path / "codebook.xlsx")["columns"]
    orange = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFCE4D6"]
    assert len(orange) == 2
    assert all(place.startswith("F") for place in orange)
    assert "it is not known which column holds the person's code" in sheet.cell(2, 12).value

"""`balint-eval init`: from exports nobody described to the scores of a study written by hand, by the codebook alone."""

import csv
import io
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from balint_eval.cli import main
from balint_eval.cohort_stages import ingest_all, score
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.exports import (
    Field,
    Record,
    Response,
    csv_bytes,
    google_forms_csv,
    microsoft_forms_xlsx,
    qualtrics_csv,
    redcap_csv,
    redcap_dictionary,
)
from balint_eval.study import read_study

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"
KEY = bytes(range(32))
CODES = [f"{a}{b}{n:02}" for n, (a, b) in enumerate(zip("KLMNOPQRSTUV", "ABCDEFGHIJKL", strict=True), start=11)]
COMMENTS = [
    f"What stayed with me was the silence in meeting {n}, and that nobody filled it at once." for n in range(12)
]
SIZES = {"TEQ": 16, "PSS10": 10}
WORDS = ["never", "rarely", "sometimes", "often", "always"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in the folder of the exports; give exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key" / "k"))

    def call(*arguments):
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


@pytest.fixture
def answers():
    """Codes 0 to 4 of twelve people, two waves and two instruments; every code occurs in each block."""
    rng = np.random.default_rng(7)
    drawn = {name: rng.integers(0, 5, (12, 2, size)) for name, size in SIZES.items()}
    for values in drawn.values():
        values[0, :, :5] = [0, 1, 2, 3, 4]
    return drawn


def fill(path, codes=None, instruments=None):
    """Do what a person does in a spreadsheet: fill the blank cells, and ignore what is not wanted."""
    book = openpyxl.load_workbook(path)
    columns = {cell.value: at for at, cell in enumerate(book["columns"][1])}
    for row in book["columns"].iter_rows(min_row=2):
        if row[columns["use"]].value == "item" and not row[columns["instrument"]].value:
            found = next(
                (name for part, name in (instruments or {}).items() if part in row[columns["column"]].value), ""
            )
            row[columns["instrument"]].value = found or None
            row[columns["use"]].value = "item" if found else "ignore"
    columns = {cell.value: at for at, cell in enumerate(book["answers"][1])}
    for row in book["answers"].iter_rows(min_row=2):
        name = row[columns["answer list"]].value.split()[0]
        code = (codes or {}).get((name, row[columns["answer"]].value))
        if row[columns["code"]].value is None and code is not None:
            row[columns["code"]].value = code
    book.save(path)


def scores_of(path):
    file = read_study(path)
    frames = []
    for cohort, ingested in ingest_all(file, pseudonymiser(KEY)):
        table = score(ingested.tables, file, cohort)["scores"]
        frames += table.assign(wave=table["wave"].replace("three_months", "follow_up")).to_dict("records")
    keys = ("cohort", "person_id", "wave", "instrument", "scale")
    return {tuple(row[key] for key in keys): row["score"] for row in frames if row["instrument"] != "course_form"}


def test_the_demo_files_give_the_scores_of_the_hand_written_study(run, tmp_path):
    for path in DEMO.glob("*_*"):
        shutil.copy(path, tmp_path / path.name)
    files = sorted(path.name for path in tmp_path.iterdir())
    code, out, _ = run("init", *files, "--yes")
    assert code == 0
    assert "Next: correct ./codebook.xlsx in a spreadsheet" in out
    steps = {"step 0 (lowest)": 0, "step 1": 1, "step 2": 2, "step 3": 3, "step 4 (highest)": 4}
    codes = {
        (name, text): step * (25 if name == "CBI" else 1)
        for name in ("TEQ", "CBI", "PSS10")
        for text, step in steps.items()
    }
    codes |= {("CBI", str(n)): (n - 1) * 25 for n in range(1, 6)} | {("CARE", "9"): "missing"}
    assert run("check", "study.yaml")[0] == 2
    fill(tmp_path / "codebook.xlsx", codes)
    code, out, err = run("check", "study.yaml")
    assert (code, err) == (0, "")
    assert "31 people in 4 groups" in out
    ours, theirs = scores_of("study.yaml"), scores_of(ROOT / "config" / "config.yaml")
    assert len(theirs) > 800
    assert ours.keys() == theirs.keys()
    assert [key for key in theirs if not np.isclose(ours[key], theirs[key], equal_nan=True)] == []


def test_nothing_of_a_person_is_in_the_codebook(run, tmp_path):
    for path in DEMO.glob("*_*"):
        shutil.copy(path, tmp_path / path.name)
    _, out, _ = run("init", *sorted(path.name for path in tmp_path.iterdir()), "--yes")
    sheets = openpyxl.load_workbook(tmp_path / "codebook.xlsx").worksheets
    cells = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None}
    texts = "\n".join(cells) + out + (tmp_path / "study.yaml").read_text("utf-8")
    with (DEMO / "students_roster.csv").open(encoding="utf-8") as file:
        people = [row["code"] for row in csv.DictReader(file)]
    with (DEMO / "residents_redcap.csv").open(encoding="utf-8", newline="") as file:
        people += [row["course_comment"] for row in csv.DictReader(file) if row["course_comment"]]
    assert len(people) > 30
    assert [text for text in people if len(text) > 2 and text in texts] == []


# ---- each platform: two files, or one with a wave column


def responses(answers, wave, name_of, as_text=str, group=True):
    start = datetime(2024, 3, 1 + 60 * 0) + timedelta(days=70 * wave)
    return [
        Response(
            started=start + timedelta(days=n % 5),
            seconds=300,
            cells={
                name_of("code", 0): code,
                **({name_of("group", 0): f"G{n % 2 + 1}"} if group else {}),
                **{
                    name_of(i, q + 1): as_text(v)
                    for i, values in answers.items()
                    for q, v in enumerate(values[n, wave])
                },
                name_of("comment", 0): COMMENTS[n],
            },
        )
        for n, code in enumerate(CODES)
    ]


def qualtrics(folder, answers):
    def name(what, item):
        return {"code": "Code", "group": "Group", "comment": "Comment"}.get(what) or f"{what}_{item}"

    questions = {name("code", 0): "Please give your code", "Group": "Your group", "Comment": "Anything else?"}
    questions |= {name(i, q): f"Item {q}" for i, size in SIZES.items() for q in range(1, size + 1)}
    for wave, file in enumerate(("pre.csv", "post.csv")):
        (folder / file).write_bytes(qualtrics_csv(questions, responses(answers, wave, name)))
    return ["pre.csv", "post.csv"]


def google_forms(folder, answers):
    def name(what, item):
        named = {"code": "Your code", "group": "Your group", "comment": "Comments"}
        return named.get(what) or f"{what} [Item {item}]"

    questions = [
        name("code", 0),
        name("group", 0),
        *(name(i, q) for i, n in SIZES.items() for q in range(1, n + 1)),
        "Comments",
    ]
    for wave, file in enumerate(("before.csv", "after.csv")):
        (folder / file).write_bytes(google_forms_csv(questions, responses(answers, wave, name)))
    return ["before.csv", "after.csv"]


def microsoft_forms(folder, answers):
    def name(what, item):
        named = {"code": "Your code", "group": "Your group", "comment": "Comments"}
        return named.get(what) or f"{what} {item}"

    questions = [
        name("code", 0),
        name("group", 0),
        *(name(i, q) for i, n in SIZES.items() for q in range(1, n + 1)),
        "Comments",
    ]
    for wave, file in enumerate(("group 1 before.xlsx", "group 1 after.xlsx")):
        said = responses(answers, wave, name, lambda v: WORDS[v])
        (folder / file).write_bytes(microsoft_forms_xlsx(questions, said))
    return ["group 1 before.xlsx", "group 1 after.xlsx"]


def redcap(folder, answers):
    names = {i: [f"{i.lower()}_{q}" for q in range(1, n + 1)] for i, n in SIZES.items()}
    choices = " | ".join(f"{n}, {word}" for n, word in enumerate(WORDS))
    fields = [Field(name="record_id", form="start", label="Code"), Field(name="group", form="start", label="Group")]
    fields += [
        Field(name=name, form=i.lower(), label=name, kind="radio", choices=choices)
        for i, ns in names.items()
        for name in ns
    ]
    records = [
        Record(
            record_id=code,
            event=f"t{wave}_arm_1",
            cells={"group": f"G{n % 2 + 1}"}
            | {m: str(v) for i in SIZES for m, v in zip(names[i], answers[i][n, wave], strict=True)},
        )
        for n, code in enumerate(CODES)
        for wave in (0, 1)
    ]
    (folder / "data.csv").write_bytes(redcap_csv(fields, records))
    (folder / "dictionary.csv").write_bytes(redcap_dictionary(fields))
    return ["data.csv", "dictionary.csv"]


def surveymonkey(folder, answers):
    meta = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"]
    for wave, file in enumerate(("baseline.csv", "posttest.csv")):
        blocks = [["TEQ: how often?", *[""] * 15], ["PSS10: how often?", *[""] * 9]]
        first = [*meta, "Your code", "Your group", *blocks[0], *blocks[1], "Comments"]
        rows = [f"row {n}" for size in SIZES.values() for n in range(1, size + 1)]
        day = f"2024-0{3 + wave}-02"
        second = ["", "", "", "", "", "Open-Ended Response", "Response", *rows, "Open-Ended Response"]
        body = [
            [
                str(10_000_000_001 + n), "9", f"{day} 10:00:00", f"{day} 10:09:00", "192.0.2.1", code,
                f"G{n % 2 + 1}", *(f"{v}" for i in SIZES for v in answers[i][n, wave]), COMMENTS[n],
            ]
            for n, code in enumerate(CODES)
        ]  # fmt: skip
        (folder / file).write_bytes(csv_bytes([first, second, *body]))
    return ["baseline.csv", "posttest.csv"]


def limesurvey(folder, answers):
    meta = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
    for wave, file in enumerate(("results_t1.csv", "results_t2.csv")):
        header = [
            *meta,
            "code",
            "group",
            *(f"{i}[SQ{q:03}]" for i, n in SIZES.items() for q in range(1, n + 1)),
            "comment",
        ]
        day = f"2024-0{3 + wave}-02"
        body = [
            [
                str(n + 1), f"{day} 10:09:00", "3", "en", str(100 + n), f"{day} 10:00:00", f"{day} 10:09:00", code,
                f"G{n % 2 + 1}", *(f"{v} - {WORDS[v]}" for i in SIZES for v in answers[i][n, wave]), COMMENTS[n],
            ]
            for n, code in enumerate(CODES)
        ]  # fmt: skip
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([header, *body])
        (folder / file).write_bytes(("\ufeff" + text.getvalue()).encode())
    return ["results_t1.csv", "results_t2.csv"]


def persian(folder, answers):
    """Plain files with Persian names, headers, digits and labels."""
    labels = ["هرگز", "به ندرت", "گاهی", "اغلب", "همیشه"]
    digits = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    items = [f"پرسشنامه {i} گویه {str(q).translate(digits)}" for i, n in SIZES.items() for q in range(1, n + 1)]
    for wave, file in enumerate(("پیش آزمون.csv", "پس آزمون.csv")):
        body = [
            [code, f"گروه {n % 2 + 1}", *(labels[v] for i in SIZES for v in answers[i][n, wave]), COMMENTS[n]]
            for n, code in enumerate(CODES)
        ]
        (folder / file).write_bytes(csv_bytes([["کد شما", "گروه", *items, "نظر شما"], *body]))
    return ["پیش آزمون.csv", "پس آزمون.csv"]


EVERYDAY = {"qualtrics", "surveymonkey"}
"""Platforms tried every day; CI tries all."""
PLATFORMS = {
    "qualtrics": qualtrics,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
    "redcap": redcap,
    "surveymonkey": surveymonkey,
    "limesurvey": limesurvey,
    "plain": persian,
}
LABELS = [WORDS, ["هرگز", "به ندرت", "گاهی", "اغلب", "همیشه"]]


@pytest.mark.parametrize(
    "platform",
    [name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.thorough) for name in PLATFORMS],
)
def test_from_two_files_to_scores_with_no_question_answered(run, tmp_path, answers, platform):
    files = PLATFORMS[platform](tmp_path, answers)
    code, out, err = run("init", *files, "--yes")
    assert (code, err) == (0, ""), err
    assert f"12 rows, {platform}" in out or f"24 rows, {platform}" in out
    fill(tmp_path / "codebook.xlsx", {(i, w): n for i in SIZES for words in LABELS for n, w in enumerate(words)})
    code, out, err = run("check", "study.yaml")
    assert (code, err) == (0, ""), err
    assert "12 people in 2 groups of 6\n" in out
    found = scores_of("study.yaml")
    pseudonym = pseudonymiser(KEY)
    for instrument, values in answers.items():
        reverse = [item - 1 for item in known_instruments()[instrument].reverse]
        keyed = values.copy()
        keyed[:, :, reverse] = 4 - keyed[:, :, reverse]
        for n, person in enumerate(CODES):
            for at, wave in enumerate(("before", "after")):
                key = ("cohort_1", pseudonym(person), wave, instrument, "total")
                assert found[key] == keyed[n, at].sum()


def test_columns_that_name_their_wave(run, tmp_path, answers):
    header = ["code", "group", *(f"{wave}_TEQ_{n}" for wave in ("pre", "post") for n in range(1, 17))]
    body = [[code, f"G{n % 2}", *map(str, answers["TEQ"][n].ravel())] for n, code in enumerate(CODES)]
    (tmp_path / "wide.csv").write_bytes(csv_bytes([header, *body]))
    code, out, _ = run("init", "wide.csv", "--yes")
    assert code == 0
    assert "wave: before, after." in out
    assert "Nothing is left to fill in codebook.xlsx" in out
    code, out, err = run("check", "study.yaml")
    assert (code, err) == (0, "")
    assert len(scores_of("study.yaml")) == 24


def test_each_wave_of_a_wide_file_has_its_date(run, tmp_path, answers):
    header = [
        "code",
        *(name for wave in ("pre", "post") for name in (f"{wave} date", *(f"{wave}_TEQ_{n}" for n in range(1, 17)))),
    ]
    days = "2025-10-01", "2026-02-01"
    body = [
        [code, *(cell for at in (0, 1) for cell in (days[at], *map(str, answers["TEQ"][n][at])))]
        for n, code in enumerate(CODES)
    ]
    (tmp_path / "wide.csv").write_bytes(csv_bytes([header, *body]))
    run("init", "wide.csv", "--yes")
    export = read_study("study.yaml").study.cohorts[0].exports[0]
    assert export.answered_on == {"before": "pre date", "after": "post date"}
    book = openpyxl.load_workbook(tmp_path / "codebook.xlsx")
    headings = [cell.value for cell in book["columns"][1]]
    rows = [row for row in book["columns"].iter_rows(min_row=2) if row[headings.index("use")].value == "date"]
    rows[0][headings.index("waves")].value = None
    book.save(tmp_path / "codebook.xlsx")
    code, _, err = run("check", "study.yaml")
    assert code == 2
    assert "codebook.xlsx, sheet columns, row 3, column waves" in err


def test_the_persian_workbook_is_filled_in_the_same_way(run, tmp_path, answers):
    files = persian(tmp_path, answers)
    code, out, _ = run("init", *files, "--yes", "--language", "fa")
    assert code == 0
    assert "نوشته شد" in out
    book = openpyxl.load_workbook(tmp_path / "codebook.xlsx")
    sheet = book["پاسخ‌ها"]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        row[headings.index("کد")].value = LABELS[1].index(row[headings.index("پاسخ")].value)
    book.save(tmp_path / "codebook.xlsx")
    assert run("check", "study.yaml")[0] == 0


def test_the_study_file_says_what_each_key_is_for(run, tmp_path, answers):
    run("init", *qualtrics(tmp_path, answers), "--yes")
    lines = (tmp_path / "study.yaml").read_text("utf-8").splitlines()
    keys = [at for at, line in enumerate(lines) if line[:1].isalpha()]
    assert len(keys) >= 8
    assert all(lines[at - 1].startswith("#") for at in keys)
    assert "TODO" not in "\n".join(lines)
    assert read_study("study.yaml").study.codebook == "codebook.xlsx"


def test_paths_are_seen_from_the_study_file(run, tmp_path, answers):
    (tmp_path / "data").mkdir()
    files = qualtrics(tmp_path / "data", answers)
    code, out, _ = run("init", *(f"data/{name}" for name in files), "--yes", "--output", "study")
    assert code == 0
    assert "study/study.yaml" in out
    assert [e.file for e in read_study("study/study.yaml").study.cohorts[0].exports] == [
        "../data/pre.csv",
        "../data/post.csv",
    ]
    assert run("check", "study/study.yaml")[0] == 0


@pytest.mark.parametrize("name", ["study.yaml", "codebook.xlsx"])
def test_what_is_there_is_never_overwritten(run, tmp_path, answers, name):
    files = qualtrics(tmp_path, answers)
    (tmp_path / name).write_text("mine")
    code, _, err = run("init", *files, "--yes")
    assert code == 2
    assert "never overwritten. To mend it: move or rename it, or name another folder with --output." in err
    assert (tmp_path / name).read_text() == "mine"
    assert len([path for path in tmp_path.iterdir() if path.is_file()]) == 3


def test_a_file_that_cannot_be_read_stops_all_and_writes_nothing(run, tmp_path, answers):
    files = qualtrics(tmp_path, answers)
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    code, _, err = run("init", *files, "bad.csv", "gone.csv", "--yes")
    assert code == 3
    assert "bad.csv" in err
    assert "gone.csv" in err
    assert not (tmp_path / "study.yaml").exists()


def test_files_without_answers_are_refused(run, tmp_path):
    (tmp_path / "people.csv").write_text("code,group\nA1,1\nB2,1\nC3,2\nD4,2\n")
    code, _, err = run("init", "people.csv", "--yes")
    assert code == 2
    assert "no file holds answers to a questionnaire" in err
    assert not (tmp_path / "study.yaml").exists()


# ---- questions


@pytest.fixture
def unnamed(tmp_path, answers):
    """A pair of files that name neither the wave, nor the instrument; two columns could be the code."""
    for wave, file in enumerate(("file_x.csv", "file_y.csv")):
        body = [[code, f"R{n + 100 * wave}", *answers["TEQ"][n, wave]] for n, code in enumerate(CODES)]
        header = ["my code", "other code", *(f"Statement {chr(97 + n)}" for n in range(16))]
        (tmp_path / file).write_bytes(csv_bytes([header, *[[str(cell) for cell in row] for row in body]]))
    return ["file_x.csv", "file_y.csv"]


def test_what_cannot_be_seen_is_asked_with_its_choices(run, unnamed, monkeypatch):
    typed = iter(["NOTHING", "teq", "1", "", "Tuesday group"])
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or next(typed))
    code, out, _ = run("init", *unnamed)
    assert code == 0
    assert len(asked) == 5
    assert "file_x.csv: which questionnaire are the 16 columns from 'Statement a' to 'Statement p'?" in out
    assert re.findall(r"^  \d  (\w+)", out, re.MULTILINE)[:3] == ["PFI", "TEQ", "MBI_GS"]
    assert "That name is not known." in out
    assert "1  before" in out
    assert asked[-2] == "  (Enter takes after): "
    assert "Did all of them meet in one group?" in out
    assert "Nobody's group is known" not in out
    file = read_study("study.yaml")
    assert file.study.cohorts[0].group == "Tuesday group"
    assert [o.role for o in file.study.outcomes] == ["primary"]
    assert [e.person_id for e in file.study.cohorts[0].exports] == ["my code", "my code"]
    assert run("check", "study.yaml")[0] == 0


def test_answers_from_a_file(run, tmp_path, unnamed):
    (tmp_path / "answers.yaml").write_text(
        "wave/file_x.csv: before\nwave/file_y.csv: after\ninstrument/file_x.csv/Statement a: TEQ\n"
    )
    assert run("init", *unnamed, "--answers", "answers.yaml")[0] == 0
    assert run("check", "study.yaml")[0] == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("primry: TEQ.total\n", "the question 'primry' was not asked"),
        ("instrument/file_x.csv/Statement a: TEK\n", "did you mean 'TEQ'?"),
        ("- a\n", "maps questions to answers"),
    ],
)
def test_wrong_answers_are_refused(run, tmp_path, unnamed, text, says):
    (tmp_path / "answers.yaml").write_text(text)
    code, _, err = run("init", *unnamed, "--answers", "answers.yaml")
    assert code == 2
    assert says in err
    assert not (tmp_path / "study.yaml").exists()


def test_what_stays_open_is_explained_by_check(run, tmp_path, unnamed):
    code, out, _ = run("init", *unnamed, "--yes")
    assert code == 0
    assert "No instrument is certain yet" in out
    code, _, err = run("check", "study.yaml")
    assert code == 2
    for said in (
        "the key 'outcomes' is missing",
        "it is not said which instrument these 16 rows",
        "it is not said which wave file_x.csv is",
    ):
        assert said in err


@pytest.fixture
def two_in_a_row(tmp_path, answers):
    """Statements of two questionnaires with the same answers, one after the other, without a name between them."""
    for wave, file in enumerate(("before.csv", "after.csv")):
        body = [
            [code, *map(str, answers["TEQ"][n, wave]), *map(str, answers["PSS10"][n, wave])]
            for n, code in enumerate(CODES)
        ]
        header = ["my code", *(f"Statement {chr(97 + n)}" for n in range(26))]
        (tmp_path / file).write_bytes(csv_bytes([header, *body]))
    return ["before.csv", "after.csv"]


def test_several_questionnaires_in_a_row_are_named_in_their_order(run, two_in_a_row, monkeypatch):
    typed = iter(["TEQ", "teq, pss4", "TEK", "TEQ, pss10", "2", ""])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    code, out, _ = run("init", *two_in_a_row)
    assert code == 0
    assert "The number of items does not fit: TEQ 16, and these are 26 columns." in out
    assert "The number of items does not fit: TEQ 16, PSS4 4, and these are 26 columns." in out
    assert "Did you mean TEQ?" in out
    file = read_study("study.yaml")
    assert [(o.instrument, o.role) for o in file.study.outcomes] == [("TEQ", "secondary"), ("PSS10", "primary")]
    items = file.study.cohorts[0].exports[1].items
    assert [(entry.instrument, len(entry.columns)) for entry in items] == [("TEQ", 16), ("PSS10", 10)]
    assert items[1].columns[0] == "Statement q"


def test_columns_set_aside_by_a_person_are_not_read(run, tmp_path, two_in_a_row):
    (tmp_path / "answers.yaml").write_text("instrument/before.csv/Statement a: none\n")
    code, out, _ = run("init", *two_in_a_row, "--answers", "answers.yaml")
    assert code == 0
    assert "Nothing is left to fill" in out
    assert {row["use"] for row in codebook_rows(tmp_path) if "Statement" in row["column"]} == {"ignore"}


def codebook_rows(folder):
    sheet = openpyxl.load_workbook(folder / "codebook.xlsx")["columns"]
    headings = [cell.value for cell in sheet[1]]
    return [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize(("codes", "found"), [(CODES, "q1"), ([str(30 + n) for n in range(12)], "")])
def test_a_code_no_heading_names_is_known_by_coming_back_and_ages_are_not(run, tmp_path, answers, codes, found):
    for wave, file in enumerate(("pre.csv", "post.csv")):
        body = [[code, *map(str, answers["TEQ"][n, wave])] for n, code in enumerate(codes)]
        (tmp_path / file).write_bytes(csv_bytes([["q1", *(f"TEQ_{n}" for n in range(1, 17))], *body]))
    code, out, _ = run("init", "--yes")
    assert code == 0
    assert out.count("person id: q1.") == (2 if found else 0)
    if found:
        book = openpyxl.load_workbook(tmp_path / "codebook.xlsx")["columns"]
        cell = next(cell for cell in book[2] if cell.value == "person id")
        assert cell.fill.fgColor.rgb == "FFFFF2CC"


def test_a_folder_stands_for_the_tables_in_it(run, tmp_path, answers):
    (tmp_path / "mine").mkdir()
    qualtrics(tmp_path / "mine", answers)
    (tmp_path / "mine" / "notes.txt").write_text("not a table")
    (tmp_path / "mine" / "~$pre.csv").write_text("left by an office program")
    code, out, _ = run("init", "mine", "--yes")
    assert code == 0
    assert "Written: mine/study.yaml and mine/codebook.xlsx." in out
    assert [e.file for e in read_study("mine/study.yaml").study.cohorts[0].exports] == ["post.csv", "pre.csv"]
    (tmp_path / "empty").mkdir()
    code, _, err = run("init", "empty", "--yes")
    assert code == 2
    assert "the folder empty holds no export" in err


def test_the_language_of_init_is_the_language_of_the_reports(run, tmp_path, answers):
    run("init", *qualtrics(tmp_path, answers), "--yes", "--language", "fa")
    assert read_study("study.yaml").study.languages == ["fa"]


# ---- the page that shows it

PAGE = ROOT / "docs" / "first-study.md"
FILES = {
    "students_before_qualtrics.csv": "before.csv",
    "students_after_microsoft_forms.xlsx": "after.xlsx",
    "students_roster.csv": "people.csv",
}
STEPS = {"step 0 (lowest)": 0, "step 1": 1, "step 2": 2, "step 3": 3, "step 4 (highest)": 4}


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Run a command line of the page and give all it says."""
    for name in ("init.command", "check"):
        monkeypatch.setattr(f"balint_eval.{name}.program", lambda: "balint-eval")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_study").mkdir()
    for source, target in FILES.items():
        shutil.copy(ROOT / "data" / "demo" / source, tmp_path / "my_study" / target)

    def run(command):
        main(command.split()[1:])
        printed = capsys.readouterr()
        return (printed.out + printed.err).strip()

    return run


def agrees(said, expected):
    """Tell whether a text is what a transcript shows; a line that ends in ` ...` shows the beginning of one."""
    lines, shown = said.splitlines(), expected.splitlines()
    return len(lines) == len(shown) and all(
        line.startswith(part.removesuffix(" ...")) if part.endswith(" ...") else line == part
        for line, part in zip(lines, shown, strict=True)
    )


def test_every_transcript_is_true(said, tmp_path):
    blocks = re.findall(r"```transcript\n\$ (.*?)\n(.*?)\n```", PAGE.read_text("utf-8"), re.DOTALL)
    assert [command.split()[1] for command, _ in blocks] == ["init", "check", "check"]
    codes = {(i, t): n * (25 if i == "CBI" else 1) for i in ("TEQ", "CBI", "PSS10") for t, n in STEPS.items()}
    for number, (command, expected) in enumerate(blocks):
        if number == 2:
            fill(tmp_path / "my_study" / "codebook.xlsx", codes)
        told = said(command)
        assert agrees(told, expected), told


def test_outcomes_of_instruments_chosen_in_the_codebook_are_one_line_to_paste(run, tmp_path, unnamed):
    run("init", *unnamed, "--yes")
    path = tmp_path / "codebook.xlsx"
    fill(path, instruments={"Statement": "TEQ"})
    book = openpyxl.load_workbook(path)
    for row, wave in zip(book["waves"].iter_rows(min_row=2), ("before", "after"), strict=True):
        row[3].value = wave
    book.save(path)
    code, _, err = run("check", "study.yaml")
    assert code == 2
    (line,) = err.splitlines()
    assert "it is not said which scales are compared" in line
    pasted = line.partition("answers: ")[2].removesuffix(".")
    assert pasted == "outcomes: [{instrument: TEQ, scale: total}]"
    study = tmp_path / "study.yaml"
    study.write_text(study.read_text("utf-8") + pasted + "\n", encoding="utf-8")
    assert run("check", "study.yaml")[0] == 0

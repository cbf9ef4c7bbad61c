"""The codebook: written and read back in two languages, every fault with its row, as if typed in the study file."""

import copy
import io
import zipfile

import openpyxl
import pytest
import yaml

from balint_eval.codebook.model import LEFT_OUT
from balint_eval.codebook.workbook import Draft, workbook_bytes
from balint_eval.errors import StudyError
from balint_eval.provenance import input_hashes, stage_settings
from balint_eval.study import read_study

LANGUAGES = ("en", "fa")


def column(file, name, use, **more):
    return {"file": file, "column": name, "use": use, **more}


def rows_of(wave, answers=""):
    file = f"{wave}.csv"
    items = [column(file, f"q{n}", "item", instrument="TRY", item=n, answers=answers) for n in (1, 2, 3)]
    return [column(file, "code", "person_id"), *items]


CODEBOOK = {
    "columns": [*rows_of("before"), *rows_of("after", "agree")],
    "answers": [{"answers": "agree", "answer": f"step {n}", "code": n} for n in (1, 2, 3, 4, 5)]
    + [{"answers": "agree", "answer": "-99", "code": "missing"}],
    "waves": [{"file": "before.csv", "wave": "before"}, {"file": "after.csv", "wave": "after"}],
    "forms": [{"file": "before.csv", "instrument": "TRY", "key_confirmed": True}],
}


@pytest.fixture
def book():
    """The rows of a codebook to change at will."""
    return copy.deepcopy(CODEBOOK)


@pytest.fixture
def described(folder):
    """The small study with everything about columns taken out."""
    for export in folder.cohort["exports"]:
        for key in ("person_id", "items", "wave"):
            del export[key]
    folder.content["codebook"] = "codebook.xlsx"
    folder.waves(
        [["a", 1, 2, 3], ["b", 5, 4, 3]], [["a", "step 1", "step 2", "-99"], ["b", "Step  5", "step 4", "step 3"]]
    )
    return folder


@pytest.fixture
def faults(described, book):
    """Write codebook and study, and give the problems."""

    def read(language="en"):
        write(described, book, language)
        with pytest.raises(StudyError) as caught:
            described.read()
        return list(caught.value.problems)

    return read


def write(folder, book, language="en"):
    (folder.folder / "codebook.xlsx").write_bytes(workbook_bytes(Draft(rows=book), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_codebook_says_is_what_the_study_file_could_say(described, book, language):
    write(described, book, language)
    before, after = described.read().study.cohorts[0].exports
    assert (before.person_id, before.wave, after.wave) == ("code", "before", "after")
    assert before.items[0].columns == after.items[0].columns == ["q1", "q2", "q3"]
    assert (before.items[0].answers, before.items[0].key_confirmed) == ([], True)
    assert [(a.answer, a.code) for a in after.items[0].answers] == [(f"step {n}", n) for n in range(1, 6)]
    assert after.items[0].missing_codes == ["-99"]


def test_answers_are_decoded_by_it(described, book):
    write(described, book)
    responses = described.ingest().tables["responses"]
    after = responses[responses["wave"] == "after"].pivot(index="person_id", columns="item", values="value")
    assert sorted(after.fillna(0).to_numpy().tolist()) == [[1, 2, 0], [5, 4, 3]]


def test_yaml_says_the_same(described, book):
    write(described, book)
    workbook = described.read().study
    described.content["codebook"] = "codebook.yaml"
    (described.folder / "codebook.yaml").write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    assert described.read().study.cohorts == workbook.cohorts


def test_yaml_faults_have_lines(described, book):
    book["columns"][2]["instrument"] = "TRI"
    book["columns"][5]["use"] = "itme"
    described.content["codebook"] = "codebook.yaml"
    text = yaml.safe_dump(book, sort_keys=False)
    (described.folder / "codebook.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        described.read()
    (problem,) = caught.value.problems
    assert (problem.file, problem.column, problem.value) == ("codebook.yaml", "columns.5.use", "itme")
    assert "itme" in text.splitlines()[problem.row - 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bytes_are_the_same_every_time_and_hold_no_date(book, language):
    draft = Draft(rows=book, waves=["before"], instruments=["TEQ"])
    first = workbook_bytes(draft, language)
    assert first == workbook_bytes(draft, language)
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert dates == {(2024, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_helps_to_fill_it_in(book, language):
    open_cells = frozenset({("answers", 0, "code")})
    draft = Draft(rows=book, waves=["before", "after"], instruments=["TEQ", "CBI"], open_cells=open_cells)
    loaded = openpyxl.load_workbook(io.BytesIO(workbook_bytes(draft, language)))
    visible = [sheet for sheet in loaded.worksheets if sheet.sheet_state == "visible"]
    assert len(visible) == 6
    assert loaded.active is visible[1]
    assert all(sheet.sheet_view.rightToLeft == (language == "fa") for sheet in visible)
    assert all(sheet.freeze_panes == "A2" for sheet in visible[1:])
    columns = loaded.worksheets[1]
    lists = {str(v.sqref).split(":")[0]: v.formula1 for v in columns.data_validations.dataValidation}
    assert set(lists) == {"F2", "G2", "J2", "K2"}
    assert lists["G2"] == "lists!$A$1:$A$2"
    assert len(lists["F2"]) < 256
    assert [cell.value for cell in loaded["lists"]["A"]][:2] == ["TEQ", "CBI"]
    assert loaded.worksheets[2].cell(2, 3).fill.fgColor.rgb == "FFFCE4D6"


@pytest.mark.parametrize("text", ['=HYPERLINK("x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_header_that_looks_like_a_formula_stays_text(described, book, text):
    header = ["code", "q1", "q2", text]
    described.waves([["a", 1, 2, 3], ["b", 5, 4, 3]], [["a", 1, 2, 3], ["b", 5, 4, 2]], header=header)
    for row in book["columns"]:
        row.pop("answers", None)
        if row["column"] == "q3":
            row |= {"column": text, "question": text}
    write(described, book)
    sheet = openpyxl.load_workbook(described.folder / "codebook.xlsx").worksheets[1]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value and text.strip() in str(cell.value)]
    assert len(cells) == 4
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    described.ingest()


def test_control_characters_do_not_break_the_file(book):
    book["columns"][1]["question"] = "a\x00b\x0bc\ud800"
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(Draft(rows=book)))).worksheets[1]
    assert sheet.cell(3, 4).value == "abc"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_faults_at_once_each_with_sheet_row_and_column(faults, book, language):
    book["columns"][1]["instrument"] = "TRI"
    book["columns"][2]["item"] = ""
    book["columns"][7]["instrument"] = ""
    book["answers"][1]["code"] = ""
    book["answers"][2]["code"] = 7
    book["waves"][1]["wave"] = "aftr"
    names = {"en": ("columns", "answers", "waves"), "fa": ("ستون‌ها", "پاسخ‌ها", "نوبت‌ها")}[language]
    found = {(p.code, p.file.partition(", sheet ")[2], p.row) for p in faults(language)}
    assert {
        ("CFG-REFERENCE", names[0], 3),
        ("CFG-BLANK", names[0], 4),
        ("CFG-BLANK", names[0], 9),
        ("CFG-BLANK", names[1], 3),
        ("CFG-CODE", names[1], 4),
        ("CFG-REFERENCE", names[2], 3),
    } <= found


def test_a_message_says_sheet_row_column_value_and_what_to_do(faults, book):
    book["columns"][2]["use"] = "itme"
    (problem,) = faults()
    assert str(problem) == (
        "CFG-CHOICE: codebook.xlsx, sheet columns, row 4, column use, value 'itme': this is not a use of a column. "
        "To mend it: did you mean 'item'?"
    )


def test_a_wrong_instrument_is_named_where_it_stands(faults, book):
    for row in book["columns"][1:4]:
        row["instrument"] = "TRYY"
    book["forms"] = []
    (problem,) = faults()
    assert (problem.row, problem.column, problem.mend) == (3, "instrument", "did you mean 'TRY'?")


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda c: c[0].update(use="ignore"), "CFG-CODEBOOK", "no column of before.csv has the use 'person id'"),
        (lambda c: c[1].update(use="person_id"), "CFG-CODEBOOK", "more than one column with the use 'person id'"),
        (lambda c: c[3].update(item=2), "CFG-ITEMDUP", "item 2 of TRY stands twice for before.csv"),
        (lambda c: c[3].update(item=4), "CFG-ITEM", "TRY has the items 1 to 3"),
        (lambda c: c[3].update(use="ignore"), "CFG-COLUMNS", "before.csv has no column for item 3"),
        (lambda c: c[3].update(column="q2"), "CFG-CODEBOOK", "this column of before.csv stands in two rows"),
        (lambda c: c[3].update(file="befor.csv"), "CFG-REFERENCE", "the study file has no export 'befor.csv'"),
        (lambda c: c[3].update(cohort="two"), "CFG-REFERENCE", "the study file has no cohort 'two'"),
        (lambda c: c[6].update(answers="agre"), "CFG-REFERENCE", "there is no list of answers 'agre'"),
        (lambda c: c[3].update(waves=["x"]), "CFG-REFERENCE", "there is no wave 'x'"),
    ],
)
def test_rows_that_contradict_each_other_or_the_study(faults, book, change, code, says):
    change(book["columns"])
    found = [p for p in faults() if p.code == code and says in p.what]
    assert len(found) == 1
    assert found[0].file == "codebook.xlsx, sheet columns"
    assert found[0].row > 1
    assert found[0].mend


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ([], "CFG-WAVE", "it is not said which wave before.csv is"),
        (
            [{"file": "before.csv", "value": "T1", "wave": "before"}],
            "CFG-WAVE",
            "no column of the file has the use 'wave'",
        ),
        ([{"file": "before.csv", "wave": LEFT_OUT}], "CFG-WAVE", "a file has one wave"),
        ([{"file": "before.csv", "wave": ""}], "CFG-BLANK", "it is not said which wave before.csv is"),
    ],
)
def test_waves_that_are_not_said(faults, book, rows, code, says):
    book["waves"] = [*rows, CODEBOOK["waves"][1]]
    found = [p for p in faults() if p.code == code]
    assert any(says in p.what for p in found), [str(p) for p in found]


def test_an_answer_twice_and_an_answer_that_lacks(faults, book):
    book["answers"][1]["answer"] = "STEP 1 "
    found = {(p.code, p.row) for p in faults()}
    assert ("CFG-ANSWERS", 3) in found
    book["answers"] = [row for row in CODEBOOK["answers"] if row["code"] != 2]
    (problem,) = faults()
    assert "no answer stands for the code 2" in problem.what
    assert problem.file == "codebook.xlsx, sheet answers"


def test_lists_that_disagree_within_one_instrument(faults, book):
    book["columns"][6]["answers"] = "other"
    book["answers"].append({"answers": "other", "answer": "step 1", "code": 5})
    assert [p.row for p in faults() if "another code in the list" in p.what] == [8]


def test_answers_of_a_form_that_is_not_used_need_no_code(described, book):
    book["answers"].append({"answers": "unused", "answer": "well", "code": ""})
    write(described, book)
    assert described.read().study.name == "small"


def test_study_file_and_codebook_may_not_say_different_things(described, book):
    described.export(0)["person_id"] = "q1"
    described.export(0)["items"] = [{"instrument": "TRY", "columns": "q{item}"}]
    write(described, book)
    with pytest.raises(StudyError) as caught:
        described.read()
    assert [(p.code, p.column) for p in caught.value.problems] == [
        ("CFG-CODEBOOK", "cohorts.0.exports.0.person_id"),
        ("CFG-CODEBOOK", "cohorts.0.exports.0.items"),
    ]


def test_the_same_thing_said_twice_is_no_conflict(described, book):
    described.export(0)["person_id"] = "code"
    described.export(0)["wave"] = "before"
    write(described, book)
    described.read()


def test_an_export_may_stay_in_the_study_file(described, book):
    described.export(0).update(
        {"person_id": "code", "wave": "before", "items": [{"instrument": "TRY", "columns": "q{item}"}]}
    )
    book["columns"] = rows_of("after", "agree")
    book["waves"] = book["waves"][1:]
    book["forms"] = []
    write(described, book)
    assert [e.wave for e in described.read().study.cohorts[0].exports] == ["before", "after"]


def test_a_wave_column_with_values_left_out(described, book):
    described.content["cohorts"][0]["exports"] = [{"file": "all.csv", "platform": "plain"}]
    described.rows(
        "all.csv",
        ["a", "T0", 1, 2, 3],
        ["a", "T1", 3, 2, 3],
        ["b", "T0", 5, 4, 3],
        ["b", "T1", 5, 4, 4],
        ["c", "x", 1, 1, 1],
        header=["code", "time", "q1", "q2", "q3"],
    )
    book["columns"] = [{**row, "file": "all.csv"} for row in rows_of("before")] + [column("all.csv", "time", "wave")]
    waves = {"T0": "before", "T1": "after", "x": LEFT_OUT}
    book["waves"] = [{"file": "all.csv", "value": value, "wave": wave} for value, wave in waves.items()]
    book["forms"] = []
    write(described, book)
    flow = described.ingest().tables["flow"]
    assert int(flow.loc[flow["reason"] == "other_wave", "rows"].sum()) == 1


def test_several_waves_in_a_row(described, book):
    described.content["cohorts"][0]["exports"] = [{"file": "wide.csv", "platform": "plain"}]
    names = [f"{wave}_{n}" for wave in ("before", "after") for n in (1, 2, 3)]
    described.rows("wide.csv", ["a", 1, 2, 3, 3, 4, 5], ["b", 5, 4, 3, 2, 1, 1], header=["code", *names])
    items = [
        column("wide.csv", name, "item", instrument="TRY", item=int(name[-1]), waves=[name.split("_")[0]])
        for name in names
    ]
    book |= {"columns": [column("wide.csv", "code", "person_id"), *items], "waves": [], "forms": [], "answers": []}
    write(described, book)
    responses = described.ingest().tables["responses"]
    assert responses.groupby("wave")["value"].sum().to_dict() == {"after": 16.0, "before": 18.0}


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda b: b.remove(b["columns"]), "the workbook has no sheet 'columns'"),
        (lambda b: setattr(b["columns"]["F1"], "value", "used for"), "the sheet has no column 'use'"),
        (lambda b: setattr(b["columns"]["G1"], "value", "use"), "this heading stands twice"),
        (lambda b: setattr(b["columns"]["F3"], "value", "=A1"), "holds a formula"),
        (lambda b: b["columns"].row_dimensions.__getitem__(4).__setattr__("hidden", True), "hidden or filtered out"),
    ],
)
def test_a_workbook_that_was_spoiled(described, book, spoil, says):
    write(described, book)
    path = described.folder / "codebook.xlsx"
    loaded = openpyxl.load_workbook(path)
    spoil(loaded)
    loaded.save(path)
    with pytest.raises(StudyError) as caught:
        described.read()
    assert any(says in p.what for p in caught.value.problems), str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"), [("codebook.csv", b"a,b"), ("codebook.xlsx", b"not a zip"), ("none.xlsx", None)]
)
def test_a_file_that_is_no_codebook(described, name, content):
    described.content["codebook"] = name
    if content is not None:
        (described.folder / name).write_bytes(content)
    with pytest.raises(StudyError) as caught:
        described.read()
    assert name in caught.value.problems[0].file


def test_columns_of_the_users_own_and_another_order_are_read(described, book):
    write(described, book)
    path = described.folder / "codebook.xlsx"
    loaded = openpyxl.load_workbook(path)
    loaded["columns"].move_range("F1:F9", cols=9)
    loaded["columns"]["P1"] = "my remarks"
    loaded["columns"]["P2"] = "=dear colleague".lstrip("=")
    loaded.save(path)
    assert described.read().study.cohorts[0].exports[0].person_id == "code"


def test_a_changed_codebook_reruns_what_it_touches(described, book):
    write(described, book)
    first = described.read()
    hashes, settings = (
        input_hashes(first, first.study.cohorts[0]),
        stage_settings(first, "ingest", first.study.cohorts[0]),
    )
    assert any(entry.startswith("codebook.xlsx ") for entry in hashes)
    book["answers"][5]["answer"] = "-98"
    write(described, book)
    second = read_study(described.folder / "study.yaml")
    assert input_hashes(second, second.study.cohorts[0]) != hashes
    assert stage_settings(second, "ingest", second.study.cohorts[0]) != settings


@pytest.mark.parametrize(("written", "scale"), [("TRY", "total"), ("TRY.total", "total"), ("", None)])
def test_a_total_that_came_with_the_file_is_compared_and_never_a_score(described, book, written, scale):
    book["columns"].append(column("before.csv", "sum", "total", instrument=written))
    write(described, book)
    totals = described.read().study.cohorts[0].exports[0].items[0].totals
    assert [(total.column, total.scale) for total in totals] == ([("sum", scale)] if scale else [])


def test_a_total_of_a_scale_that_is_not_there_is_told_at_its_row(faults, book):
    book["columns"].append(column("before.csv", "sum", "total", instrument="TRY.none"))
    (problem,) = faults()
    assert (problem.file, problem.row, problem.column) == ("codebook.xlsx, sheet columns", 10, "instrument")

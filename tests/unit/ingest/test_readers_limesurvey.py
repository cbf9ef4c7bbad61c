"""LimeSurvey: header modes, unfinished responses, and data files without header beside a syntax file."""

import platform_files as made
import pytest

from balint_eval.errors import DataError

NAMED_BY_CODE = ("bracket", "underscore", "both")


@pytest.mark.parametrize("mode", ["bracket", "underscore", "text", "spaced", "translated", "both"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_header_mode_gives_the_same_cells(read_bytes, mode, delimiter):
    sheet = read_bytes(made.limesurvey(mode, delimiter=delimiter))
    assert (sheet.platform, sheet.header_rows, sheet.delimiter) == ("limesurvey", 1, delimiter)
    assert "Recognised as a LimeSurvey export with one header row." in sheet.notes
    assert sheet.cells.to_numpy().tolist() == made.LIME_PEOPLE
    assert list(sheet.status) == ["", "unfinished", ""]
    assert list(sheet.cells.index) == [2, 3, 4]
    assert (
        sheet.cells.columns[sheet.cells.columns.get_loc(sheet.ended)] == made.limesurvey_header(mode)[1].split(".")[0]
    )


def test_the_blank_line_at_the_end_is_counted_and_nobody(read_bytes):
    assert "1 blank row left out: 5." in read_bytes(made.limesurvey()).notes


@pytest.mark.parametrize("mode", NAMED_BY_CODE)
def test_codes_answer_to_both_spellings(read_bytes, mode):
    from balint_eval.ingest.rows import resolve_columns

    sheet = read_bytes(made.limesurvey(mode))
    found, problems = resolve_columns(sheet, ["G01Q01[SQ002]", "G01Q01_SQ003", "submitdate"])
    assert problems == []
    assert [list(sheet.cells.columns).index(name) for name in found.values()] == [9, 10, 1]


def test_codes_with_texts_are_named_by_code_and_labelled_by_text(read_bytes):
    sheet = read_bytes(made.limesurvey("both"))
    assert list(sheet.cells.columns[-2:]) == ["G01Q01[SQ002]", "G01Q01[SQ003]"]
    assert sheet.labels["G01Q01[SQ002]"] == "How was it? [useful]"


def anonymised():
    return [[*row[:1], row[1] and "1980-01-01 00:00:00", *row[2:]] for row in made.LIME_PEOPLE]


def test_the_marker_of_anonymised_surveys_is_no_date(read_bytes):
    sheet = read_bytes(made.limesurvey(people=anonymised()))
    assert sheet.ended == "datestamp"
    assert list(sheet.status) == ["", "unfinished", ""]
    assert any("anonymised" in note for note in sheet.notes)


def test_answers_that_mean_none_and_other_are_counted(read_bytes):
    people = [[*row[:-2], "N/A", "-oth-"] for row in made.LIME_PEOPLE]
    notes = " ".join(read_bytes(made.limesurvey(people=people)).notes)
    assert "3 cells hold N/A" in notes
    assert "3 cells hold -oth-" in notes


def test_without_submitdate_it_is_said_that_nobody_is_known_to_have_finished(read_bytes):
    rows = [[*row[:1], *row[2:]] for row in (made.limesurvey_header("bracket"), *made.LIME_PEOPLE)]
    sheet = read_bytes(made.table(rows))
    assert sheet.platform == "limesurvey"
    assert set(sheet.status) == {""}
    assert any("no column submitdate" in note for note in sheet.notes)


def test_a_file_for_reading_back_is_refused(refused):
    rows = [made.limesurvey_header("text"), made.limesurvey_header("underscore"), *made.LIME_PEOPLE]
    (problem,) = refused(made.table(rows, "\t"), "vvexport_1.tsv")
    assert problem.code == "IN-PLATFORM"
    assert "VV file" in problem.what
    rows = [made.limesurvey_header("underscore"), [*made.LIME_PEOPLE[0][:-1], "{question_not_shown}"]]
    assert "VV file" in refused(made.table(rows, "\t"), "vvexport_1.tsv")[0].what


SYNTAX = {
    "spss": (made.LIME_SPSS_DATA, made.limesurvey_spss_syntax()),
    "r": (made.LIME_R_DATA, made.limesurvey_r_syntax()),
    "r with a header of its own": (made.LIME_R_DATA_WITH_HEADER, made.limesurvey_r_syntax()),
    "r with a header of other names": (made.LIME_R_DATA_WITH_OTHER_HEADER, made.limesurvey_r_syntax()),
}


@pytest.mark.parametrize("form", SYNTAX)
def test_names_and_labels_come_from_the_syntax_file(read_bytes, form):
    data, syntax = SYNTAX[form]
    sheet = read_bytes(data, "data.dat", syntax=syntax)
    own_header = int("header" in form)
    assert (sheet.platform, sheet.header_rows) == ("limesurvey", own_header)
    assert list(sheet.cells.columns) == [name for name, *_ in made.LIME_VARIABLES]
    assert sheet.cells.to_numpy().tolist() == made.LIME_BARE
    assert list(sheet.cells.index) == [1 + own_header, 2 + own_header, 3 + own_header]
    assert list(sheet.status) == ["", "unfinished", ""]
    assert sheet.labels["code"] == 'Your "code"'
    assert sheet.choices == {name: dict(found) for name, _, _, found in made.LIME_VARIABLES if found}
    assert "Column names come from the syntax file (7 columns)." in sheet.notes


def test_a_last_question_nobody_answered_stays_a_column(read_bytes):
    data = made.table([[*row[:-1], ""] for row in made.LIME_BARE])
    sheet = read_bytes(data, "data.csv", syntax=made.limesurvey_r_syntax())
    assert sheet.cells.shape == (3, 7)


@pytest.mark.parametrize("form", ["spss", "r"])
def test_a_data_file_of_another_width_is_refused(refused, form):
    data, syntax = SYNTAX[form]
    short = made.table([row[:-1] for row in made.LIME_BARE], quote="'" if form == "spss" else '"')
    (problem,) = refused(short, "data.dat", syntax=syntax)
    assert problem.code == "IN-RAGGED"
    assert "1 fewer cell" in problem.what
    found = refused(data.replace("en,", "en", 1), "data.dat", syntax=syntax)
    assert [(p.code, p.row) for p in found] == [("IN-RAGGED", 1)]


@pytest.mark.parametrize(
    ("syntax", "said"),
    [
        ("print(1)", "neither an SPSS syntax file"),
        (made.limesurvey_spss_syntax().replace(" V2 DATETIME23.2", " V2"), "one name and one format"),
        (made.limesurvey_spss_syntax().replace(' "A2" "now and then".', " A2 now and then."), "a value label"),
        (made.limesurvey_r_syntax().replace('names(data)[3] <- "lastpage"', ""), "leaves column 3"),
        (made.limesurvey_r_syntax().replace('levels=c("A1","A2")', 'levels=c("A1")'), "1 level and 2 labels"),
    ],
)
def test_a_damaged_syntax_file_is_refused(refused, syntax, said):
    (problem,) = refused(made.LIME_R_DATA, "data.csv", syntax=syntax)
    assert (problem.code, problem.file) == ("IN-SYNTAX", "syntax.txt")
    assert said in problem.what


def test_an_open_cell_of_another_quotation_mark_is_placed(refused):
    found = refused(made.LIME_SPSS_DATA.replace("en,", "en,'", 1), "data.dat", syntax=made.limesurvey_spss_syntax())
    assert [p.code for p in found] == ["IN-QUOTE"]


def test_a_syntax_file_beside_a_workbook_is_refused(refused):
    (problem,) = refused(b"PK\x03\x04" + bytes(40), "data.xlsx", syntax=made.limesurvey_r_syntax())
    assert problem.code == "IN-SYNTAX"


def test_codes_and_texts_without_the_columns_about_the_response(read_bytes):
    rows = [row[len(made.LIME_CODES) :] for row in (made.limesurvey_header("both"), *made.LIME_PEOPLE)]
    sheet = read_bytes(made.table(rows), platform="limesurvey")
    assert list(sheet.cells.columns) == ["code", "G01Q01[SQ001]", "G01Q01[SQ002]", "G01Q01[SQ003]"]
    assert sheet.labels["code"] == "Your code"


def labelled(folder, answers):
    """A study of one file with a syntax file; its first item column holds A1 and A2."""
    folder.content["own_instruments"][0].update(
        n_items=1, response={"codes": [1, 2]}, reverse=[],
        scales=[{"name": "total", "items": [1], "rule": "sum", "range": [1, 2], "higher_is": "better"}])  # fmt: skip
    folder.cohort["exports"] = [{
        "file": "data.dat", "syntax": "data.sps", "wave": "before", "person_id": "id", "keep": ["unfinished"],
        "items": [{"instrument": "TRY", "columns": ["G01Q01_SQ001"], "answers": answers}]}]  # fmt: skip
    (folder.folder / "data.dat").write_text(made.LIME_SPSS_DATA)
    (folder.folder / "data.sps").write_text(made.limesurvey_spss_syntax())
    return folder


def test_answers_may_name_the_labels_of_the_syntax_file(folder, new_folder):
    by_code = labelled(folder, [{"answer": "A1", "code": 2}, {"answer": "A2", "code": 1}])
    by_label = labelled(new_folder("labels"), [{"answer": "Never", "code": 2}, {"answer": "now and  then", "code": 1}])
    codes, labels = by_code.ingest().tables, by_label.ingest().tables
    assert codes["responses"]["value"].tolist() == labels["responses"]["value"].tolist()
    assert sorted(codes["responses"]["value"]) == [1, 2]
    assert "'A1' as 'never', 'A2' as 'now and then'" in labels["sources"].at[0, "notes"]
    assert "as 'never'" not in codes["sources"].at[0, "notes"]


def test_a_changed_syntax_file_is_an_input_of_the_cohort(folder):
    file = labelled(folder, []).read()
    assert file.input_files(file.study.cohorts[0]) == ["data.dat", "data.sps"]


def test_no_answer_as_a_text_is_refused_until_it_is_declared(folder):
    answers = [{"answer": "A1", "code": 1}, {"answer": "A2", "code": 2}]
    made_study = labelled(folder, answers)
    (folder.folder / "data.dat").write_text(made.LIME_SPSS_DATA.replace("A1", "N/A"))
    with pytest.raises(DataError) as caught:
        made_study.ingest()
    (problem,) = caught.value.problems
    assert (problem.code, problem.row, problem.value) == ("VAL-MISSTEXT", 1, "N/A")
    assert 'missing_codes: ["N/A"]' in problem.mend
    made_study.export(0)["missing_codes"] = ["n/a"]
    assert made_study.ingest().tables["responses"]["value"].tolist() == [2]

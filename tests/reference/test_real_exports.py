"""Real export files, where they are present: shape, platform, header rows, and the same answers twice.

The files lie outside the repository and are never copied into it; see the README of each folder there.
"""

import csv
from pathlib import Path

import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.readers.open import read_dictionary, read_export

EXPORTS = Path(__file__).parents[2].parent / "shared" / "exports"
TOOLS = "qualtrics/qualtricstools"
REDCAP = "redcap/REDCapR"

pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason=f"real export files are not at {EXPORTS}")

# file: platform, header rows, responses, columns
EXPECTED = {
    "qualtrics/qualtRics_sample_3header.csv": ("qualtrics", 3, 1, 20),
    "qualtrics/qualtRics_sample_legacy_2header.csv": ("qualtrics", 2, 1, 15),
    f"{TOOLS}/Better_Sample_Survey__Better_Sample_Survey.csv": ("qualtrics", 3, 10, 59),
    f"{TOOLS}/Comment_Coding__Test_Survey_for_Coded_Comments.csv": ("qualtrics", 3, 10, 17),
    f"{TOOLS}/Long_Exhaustive_Sample_Survey__Long_Exhaustive_Sample_Survey.csv": ("qualtrics", 3, 31, 367),
    f"{TOOLS}/Many_Different_Question_Types__Sample_Survey.csv": ("qualtrics", 2, 5, 189),
    f"{TOOLS}/Many_Different_Question_Types__Sample_Survey_(Insights).csv": ("qualtrics", 3, 5, 190),
    f"{TOOLS}/Matrix_Single_Answer_Survey__Matrix_Single_Answer_Testing.csv": ("qualtrics", 3, 5, 35),
    f"{TOOLS}/Multiple_Answer_Matrix_Questions__Multiple_Answer_Matrix_Questions.csv": ("qualtrics", 2, 5, 74),
    f"{TOOLS}/Multiple_Answer_Matrix_Questions__Multiple_Answer_Matrix_Questions_(Insights).csv": (
        "qualtrics", 3, 5, 75),
    f"{TOOLS}/Multiple_Answer_Multiple_Choices_Questions__Multiple_Answer_MC_Questions.csv": (
        "qualtrics", 2, 5, 35),
    f"{TOOLS}/Multiple_Answer_Multiple_Choices_Questions__Multiple_Answer_MC_Questions_(Insights).csv": (
        "qualtrics", 3, 5, 36),
    f"{TOOLS}/No_Basis_for_Evaluation__No_Basis_for_Evaluation_(Insights).csv": ("qualtrics", 3, 15, 49),
    f"{TOOLS}/No_Basis_for_Evaluation__No_Basis_for_Evaluation_(Legacy).csv": ("qualtrics", 2, 15, 48),
    f"{TOOLS}/Sample_Survey__Sample_Survey.csv": ("qualtrics", 3, 5, 74),
    f"{TOOLS}/Side-by-Side_Questions__SidebySide_Questions_(Insights).csv": ("qualtrics", 3, 25, 71),
    f"{TOOLS}/Side-by-Side_Questions__SidebySide_Questions_(Legacy).csv": ("qualtrics", 2, 25, 70),
    f"{TOOLS}/Single_Answer_Matrix_Questions__Single_Answer_Matrix_Questions.csv": ("qualtrics", 2, 5, 29),
    f"{TOOLS}/Single_Answer_Matrix_Questions__Single_Answer_Matrix_Questions_(Insights).csv": (
        "qualtrics", 3, 5, 30),
    f"{TOOLS}/Single_Answer_Multiple_Choice_Questions__Single_Answer_MC_Questions.csv": ("qualtrics", 2, 5, 19),
    f"{TOOLS}/Single_Answer_Multiple_Choice_Questions__Single_Answer_MC_Questions_(Insights).csv": (
        "qualtrics", 3, 5, 20),
    f"{TOOLS}/Test_Getting_Choice_Text_from_Response_Columns__Choice_Text_from_Response_Columns.csv": (
        "qualtrics", 3, 5, 30),
    f"{TOOLS}/Text_Entry_Components__Questions_with_Text_Entry_Components.csv": ("qualtrics", 3, 15, 40),
    f"{TOOLS}/User_Notes_Survey__Notes_Survey.csv": ("qualtrics", 3, 5, 17),
    f"{REDCAP}/arm-multiple-delete__arm.csv": ("plain", 1, 3, 2),
    f"{REDCAP}/arm-multiple-delete__data-old.csv": ("redcap", 1, 56, 5),
    f"{REDCAP}/arm-multiple-delete__data.csv": ("redcap", 1, 60, 5),
    f"{REDCAP}/arm-multiple-delete__event.csv": ("plain", 1, 3, 5),
    f"{REDCAP}/arm-single-longitudinal__arm.csv": ("plain", 1, 1, 2),
    f"{REDCAP}/arm-single-longitudinal__data.csv": ("redcap", 1, 9, 6),
    f"{REDCAP}/arm-single-longitudinal__event.csv": ("plain", 1, 3, 5),
    f"{REDCAP}/blank-for-gray-status__data.csv": ("redcap", 1, 6, 26),
    f"{REDCAP}/checkboxes-1__data.csv": ("redcap", 1, 4, 13),
    f"{REDCAP}/dag__data.csv": ("redcap", 1, 3, 17),
    f"{REDCAP}/decimal-comma-and-dot__data.csv": ("redcap", 1, 4, 9),
    f"{REDCAP}/longitudinal__arm.csv": ("plain", 1, 2, 2),
    f"{REDCAP}/longitudinal__data.csv": ("redcap", 1, 18, 125),
    f"{REDCAP}/longitudinal__event.csv": ("plain", 1, 12, 5),
    f"{REDCAP}/multilevel-model-1__data.csv": ("redcap", 1, 220, 19),
    f"{REDCAP}/nonnumeric-record-id__data.csv": ("redcap", 1, 3, 3),
    f"{REDCAP}/repeating-instruments-sparse__data.csv": ("redcap", 1, 9, 15),
    f"{REDCAP}/repeating-instruments__data.csv": ("redcap", 1, 6, 15),
    f"{REDCAP}/russian__data.csv": ("redcap", 1, 3, 401),
    f"{REDCAP}/survey__data.csv": ("redcap", 1, 2, 33),
    f"{REDCAP}/validation-types-1__data.csv": ("redcap", 1, 1, 52),
    "redcap/raw_and_labels/Codesofconductreview_DATA_2021-08-26_0940.csv": ("redcap", 1, 25, 40),
    "surveymonkey/comma-survey.csv": ("surveymonkey", 1, 1129, 13),
    "surveymonkey/steak-risk-survey.csv": ("surveymonkey", 2, 550, 15),
}  # fmt: skip

REFUSED = {
    "surveymonkey/StarWars.csv": "IN-ENCODING",
    "redcap/raw_and_labels/Codesofconductreview_DATA_LABELS_2021-03-08_1401.csv": "HD-DUP",
    f"{REDCAP}/decimal-comma-and-dot__metadata.csv": "IN-DICTIONARY",
}

DEFINITIONS = sorted(
    path.relative_to(EXPORTS).as_posix() for suffix in ("qsf", "xml") for path in EXPORTS.rglob(f"*.{suffix}")
)
"""Definitions of surveys and whole projects, which hold no table of answers."""

PAIRS = {
    "Many_Different_Question_Types": 5,
    "Multiple_Answer_Matrix_Questions": 5,
    "Multiple_Answer_Multiple_Choices_Questions": 5,
    "No_Basis_for_Evaluation": 15,
    "Side-by-Side_Questions": 25,
    "Single_Answer_Matrix_Questions": 5,
    "Single_Answer_Multiple_Choice_Questions": 5,
}
OTHER_ORDER = "Multiple_Answer_Multiple_Choices_Questions"
WITH_DICTIONARY = [
    "arm-multiple-delete", "arm-single-longitudinal", "blank-for-gray-status", "checkboxes-1", "dag",
    "decimal-comma-and-dot", "longitudinal", "multilevel-model-1", "nonnumeric-record-id",
    "repeating-instruments", "repeating-instruments-sparse", "survey", "validation-types-1",
]  # fmt: skip


def read(name, **options):
    return read_export(EXPORTS / name, shown_as=name, **options)


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items(), ids=[Path(name).name for name in EXPECTED])
def test_platform_header_rows_and_shape(name, expected):
    sheet = read(name)
    assert (sheet.platform, sheet.header_rows, *sheet.cells.shape) == expected
    assert all(isinstance(cell, str) for cell in sheet.cells.to_numpy().ravel())
    assert sheet.cells.columns.is_unique
    assert sheet.cells.index.is_monotonic_increasing


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_refused_for_a_reason(name, code):
    with pytest.raises(DataError) as caught:
        read(name)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_no_file_is_forgotten():
    found = {
        path.relative_to(EXPORTS).as_posix() for path in EXPORTS.rglob("*.*") if path.suffix not in (".md", ".txt")
    }
    dictionaries = {f"{REDCAP}/{name}__dictionary.csv" for name in WITH_DICTIONARY}
    assert found == set(EXPECTED) | set(REFUSED) | dictionaries | {*DEFINITIONS}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_of_a_survey_holds_no_answers(name):
    with pytest.raises(DataError) as caught:
        read(name)
    (problem,) = caught.value.problems
    assert problem.code == "IN-FORMAT"
    assert {".qsf": "a JSON file", ".xml": "an XML file"}[Path(name).suffix] in problem.what
    assert "export the answers as CSV" in problem.mend


def test_every_file_of_a_platform_says_so():
    for name, (platform, *_) in EXPECTED.items():
        said = [note for note in read(name).notes if "ecognised" in note]
        assert len(said) == 1, name
        assert ("No survey platform" in said[0]) == (platform == "plain"), name


def test_the_odd_byte_has_its_place_and_the_declared_encoding_reads_it():
    with pytest.raises(DataError) as caught:
        read("surveymonkey/StarWars.csv")
    (problem,) = caught.value.problems
    assert (problem.row, problem.column) == (1, "AF")
    assert "0x8C at position 641" in problem.what
    assert "encoding: latin-1" in problem.mend
    sheet = read("surveymonkey/StarWars.csv", encoding="latin-1")
    assert (sheet.header_rows, *sheet.cells.shape) == (2, 1186, 38)
    assert sheet.cells.iloc[:, 0].str.fullmatch(r"\d{10}").all()


def test_nine_columns_with_one_label_are_all_named():
    name = "redcap/raw_and_labels/Codesofconductreview_DATA_LABELS_2021-03-08_1401.csv"
    with pytest.raises(DataError, match="9 columns have one name: P, R, T, V, X, Z, AC, AE, AG"):
        read(name)


def pair(survey):
    files = sorted((EXPORTS / TOOLS).glob(f"{survey}__*.csv"))
    (insights,) = [path for path in files if "(Insights)" in path.name]
    (legacy,) = [path for path in files if path != insights]
    return [read(path.relative_to(EXPORTS).as_posix()) for path in (legacy, insights)]


def answers(sheet, n_meta):
    id_column = next(name for name, key in sheet.keys.items() if key == "responseId")
    ordered = sheet.cells.sort_values(id_column)
    return ordered[id_column].tolist(), ordered.iloc[:, n_meta:]


@pytest.mark.parametrize(("survey", "people"), PAIRS.items())
def test_legacy_and_insights_give_the_same_answers(survey, people):
    legacy, insights = pair(survey)
    ids, old = answers(legacy, 10)
    other_ids, new = answers(insights, 11)
    assert ids == other_ids
    assert old.shape == new.shape
    assert len(ids) == people
    columns = [old.T.to_numpy().tolist(), new.T.to_numpy().tolist()]
    if survey == OTHER_ORDER:
        columns = [sorted(column) for column in columns]
    assert columns[0] == columns[1]


def once(sheet, columns):
    """Give text to name for the question texts that occur once."""
    texts = [sheet.labels[name] for name in columns]
    return {sheet.labels[name]: name for name in columns if texts.count(sheet.labels[name]) == 1}


def test_where_the_order_differs_the_question_texts_match_the_answers():
    legacy, insights = pair(OTHER_ORDER)
    _, old = answers(legacy, 10)
    _, new = answers(insights, 11)
    by_text = [once(sheet, frame.columns) for sheet, frame in ((legacy, old), (insights, new))]
    shared = by_text[0].keys() & by_text[1].keys()
    assert len(shared) > 10
    assert all(old[by_text[0][text]].tolist() == new[by_text[1][text]].tolist() for text in shared)


@pytest.mark.parametrize("survey", PAIRS)
def test_every_sample_response_is_a_test_response(survey):
    assert all((sheet.status == "test").all() for sheet in pair(survey))


@pytest.mark.parametrize("project", WITH_DICTIONARY)
def test_every_dictionary_explains_its_data(project):
    dictionary = EXPORTS / REDCAP / f"{project}__dictionary.csv"
    sheet = read(f"{REDCAP}/{project}__data.csv", dictionary=dictionary)
    assert not [note for note in sheet.notes if "does not explain" in note]
    assert read_dictionary(dictionary).fields
    for name, choices in sheet.choices.items():
        if not name.endswith("_complete"):
            assert set(sheet.cells[name]) - {""} <= set(choices) | {"-99", "NI", "UNK"}, name


def by_labels(project):
    """Write a project's data as REDCap's export by labels: headers and values, from the dictionary alone."""
    with (EXPORTS / REDCAP / f"{project}__data.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *people = csv.reader(file)
    with (EXPORTS / REDCAP / f"{project}__dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        fields = list(csv.reader(file))[1:]
    label_of = {"redcap_event_name": "Event Name", "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance", "redcap_data_access_group": "Data Access Group",
        "redcap_survey_identifier": "Survey Identifier"}  # fmt: skip
    words = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
    values = {}
    for name, form, _, kind, label, choices, *_ in fields:
        label_of |= {name: label, f"{form}_timestamp": "Survey Timestamp", f"{form}_complete": "Complete?"}
        values[f"{form}_complete"] = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
        pairs = [part.split(",", 1) for part in words.get(kind, choices).split("|") if "," in part]
        coded = {code.strip(): text.strip() for code, text in pairs}
        if kind == "checkbox":
            for code, text in coded.items():
                box = f"{name}___{code.lower().replace('-', '_')}"
                label_of[box], values[box] = f"{label} (choice={text})", {"0": "Unchecked", "1": "Checked"}
        elif kind in ("radio", "dropdown", *words):
            values[name] = coded
    rows = [[values.get(name, {}).get(cell, cell) for name, cell in zip(header, row, strict=True)] for row in people]
    return [[label_of[name] for name in header], *rows]


@pytest.mark.parametrize("project", WITH_DICTIONARY)
def test_the_same_project_by_labels_gives_the_same_cells(project, tmp_path):
    dictionary = EXPORTS / REDCAP / f"{project}__dictionary.csv"
    raw = read(f"{REDCAP}/{project}__data.csv", dictionary=dictionary)
    path = tmp_path / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(by_labels(project))
    labels = read_export(path, shown_as="labels.csv", dictionary=dictionary)
    assert labels.cells.to_numpy().tolist() == raw.cells.to_numpy().tolist()
    assert list(labels.cells.columns) == list(raw.cells.columns)
    assert labels.choices == raw.choices


def test_longitudinal_people_have_several_rows():
    dictionary = EXPORTS / REDCAP / "longitudinal__dictionary.csv"
    sheet = read(f"{REDCAP}/longitudinal__data.csv", dictionary=dictionary)
    assert sheet.cells["study_id"].duplicated().any()
    assert sheet.cells["redcap_event_name"].nunique() > 1
    assert (sheet.status == "").all()


def test_surveymonkey_names_are_filled_to_the_right():
    sheet = read("surveymonkey/StarWars.csv", encoding="latin-1")
    blocks = {name.split(" [")[0] for name in sheet.cells.columns if name.endswith("]")}
    assert len(blocks) == 3

"""REDCap: raw and label exports of one project, repeated forms, check boxes, missing-data codes."""

import platform_files as made
import pytest

from balint_eval.errors import DataError


def without(rows, *positions):
    return [[cell for at, cell in enumerate(row) if at not in positions] for row in rows]


@pytest.fixture
def read(read_bytes):
    def read(rows, dictionary=made.REDCAP_DICTIONARY, delimiter=","):
        return read_bytes(made.table(rows, delimiter), dictionary=dictionary)

    return read


def test_raw_and_labels_of_one_project_give_the_same_cells(read):
    raw, labels = read(made.REDCAP_RAW), read(made.REDCAP_LABELS)
    assert list(labels.cells.columns) == list(raw.cells.columns) == made.REDCAP_RAW[0]
    event = "redcap_event_name"
    assert labels.cells.drop(columns=event).equals(raw.cells.drop(columns=event))
    assert (labels.choices, labels.labels) == (raw.choices, raw.labels)
    assert set(labels.cells[event]) == {"Term 1"}
    assert any("Events are written by their labels" in note for note in labels.notes)
    assert any("13 variables found by the dictionary" in note for note in labels.notes)
    assert not any("labels" in note for note in raw.notes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_any_delimiter(read, delimiter):
    sheet = read(made.REDCAP_RAW, delimiter=delimiter)
    assert (sheet.delimiter, sheet.cells.shape) == (delimiter, (5, 16))


@pytest.mark.parametrize("headers, values", [(made.REDCAP_LABELS, made.REDCAP_RAW), (made.REDCAP_RAW, made.REDCAP_LABELS)])  # fmt: skip  # noqa: E501, PT006
def test_headers_and_values_are_told_apart(read, headers, values):
    mixed = [headers[0], *values[1:]]
    event = "redcap_event_name"
    assert read(mixed).cells.drop(columns=event).equals(read(made.REDCAP_RAW).cells.drop(columns=event))


def test_missing_data_codes_stay_as_they_are(read):
    sheet = read(made.REDCAP_LABELS)
    assert sheet.cells["q2"].tolist() == ["", "1", "2", "", "-99"]
    assert any("no choice in the dictionary stay as they are: q2 (1 text)" in note for note in sheet.notes)


def test_rows_of_repeated_forms_are_said(read):
    said = "Repeated forms have rows of their own: 3 rows the form scale; 2 rows the forms asked once."
    assert said in read(made.REDCAP_RAW).notes


def test_some_columns_of_the_project_are_enough_where_only_one_reading_is_possible(read):
    names, labels = (without(rows, 4, 9) for rows in (made.REDCAP_RAW, made.REDCAP_LABELS))
    assert list(read(labels).cells.columns) == names[0]


def test_a_label_that_could_stand_for_two_variables_keeps_its_letter(read):
    # Without I am calm, nobody can tell whose comments the last ones are.
    sheet = read(without(made.REDCAP_LABELS, 13, 14))
    assert "Comments" in sheet.cells.columns
    assert "why_q1" not in sheet.cells.columns
    assert "q1" in sheet.cells.columns
    assert any("keep their label" in note and note.endswith("M.") for note in sheet.notes)


def test_columns_in_another_order_are_found_by_labels_that_occur_once(read):
    turned = [[*row[:11], *row[13:15], *row[11:13], *row[15:]] for row in made.REDCAP_LABELS]
    sheet = read(turned)
    assert {"code", "year", "q1", "q2", "met____9"} <= set(sheet.cells.columns)
    assert not {"why_q1", "why_q2", "why_year"} & set(sheet.cells.columns)


def test_codes_beside_labels_are_refused(read):
    rows = [made.REDCAP_LABELS[0], *made.REDCAP_LABELS[1:-1], [*made.REDCAP_LABELS[-1][:11], "1", "", "2", "", ""]]
    with pytest.raises(DataError) as caught:
        read(rows)
    (problem,) = caught.value.problems
    assert problem.code == "IN-MIXED"
    assert "codes (q1, q2)" in problem.what


def test_a_label_of_two_codes_is_refused(read):
    twice = made.REDCAP_DICTIONARY.replace('"1, never | 2, often | 3, always"', '"1, never | 2, often | 3, often"', 1)
    with pytest.raises(DataError) as caught:
        read(made.REDCAP_LABELS, twice)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.value) == ("IN-DICTIONARY", "q1", "often")


def test_without_dictionary_labels_stay_and_the_way_is_shown(read_bytes, refused):
    rows = without(made.REDCAP_LABELS, 12, 14)
    sheet = read_bytes(made.table(rows))
    assert sheet.platform == "redcap"
    assert {"Complete? (K)", "Complete? (N)", "I listen"} <= set(sheet.cells.columns)
    assert any("with `dictionary:`" in note for note in sheet.notes)
    assert [p.code for p in refused(made.table(made.REDCAP_LABELS))] == ["HD-DUP"]


def study(folder, rows, dictionary=made.REDCAP_DICTIONARY):
    """A study of the repeated form: its instances are the waves."""
    folder.content["own_instruments"][0].update(
        n_items=2, response={"codes": [1, 2, 3]}, reverse=[],
        scales=[{"name": "total", "items": [1, 2], "rule": "sum", "range": [2, 6], "higher_is": "better"}])  # fmt: skip
    folder.cohort["exports"] = [{
        "file": "data.csv", "dictionary": "dictionary.csv", "person_id": "code", "missing_codes": ["-99"],
        "wave_from": {"column": "redcap_repeat_instance", "values": [
            {"value": "1", "wave": "before"}, {"value": "2", "wave": "after"}, {"value": ""}]},
        "items": [{"instrument": "TRY", "columns": "q{item}"}],
    }]  # fmt: skip
    (folder.folder / "data.csv").write_text(made.table(rows))
    (folder.folder / "dictionary.csv").write_text(dictionary)
    return folder


def test_instances_of_a_repeated_form_are_waves_and_raw_equals_labels(folder, new_folder):
    raw = study(folder, made.REDCAP_RAW).ingest().tables
    labels = study(new_folder("labels"), made.REDCAP_LABELS).ingest().tables
    assert raw["responses"].equals(labels["responses"])
    answers = raw["responses"].set_index(["wave", "source_row", "item"])["value"]
    assert answers[("before", 3)].tolist() == [3, 1]
    assert answers[("after", 4)].tolist() == [2, 2]
    assert answers[("before", 6, 1)] == 1
    assert answers.isna()[("before", 6, 2)]
    flow = raw["flow"].query("file != ''").set_index(["wave", "reason"])["rows"]
    assert flow.to_dict() == {
        ("", "received"): 2, ("", "other_wave"): 2, ("before", "received"): 2, ("before", "used"): 2,
        ("after", "received"): 1, ("after", "used"): 1}  # fmt: skip


def test_two_instances_in_one_wave_need_a_policy(folder):
    rows = made.REDCAP_RAW
    made_study = study(folder, rows)
    made_study.export(0).update(wave="before", wave_from=None)
    del made_study.export(0)["wave_from"]
    with pytest.raises(DataError, match="LK-DUP"):
        made_study.ingest()


def test_an_undeclared_missing_data_code_is_refused(folder):
    made_study = study(folder, made.REDCAP_RAW)
    del made_study.export(0)["missing_codes"]
    with pytest.raises(DataError) as caught:
        made_study.ingest()
    assert [(p.code, p.row, p.column, p.value) for p in caught.value.problems] == [("VAL-RANGE", 6, "q2 (N)", "-99")]


def test_a_missing_code_that_is_an_answer_is_refused(folder):
    from balint_eval.errors import StudyError

    made_study = study(folder, made.REDCAP_RAW)
    made_study.export(0)["missing_codes"] = ["-99", "3"]
    with pytest.raises(StudyError) as caught:
        made_study.read()
    (problem,) = caught.value.problems
    assert (problem.code, problem.column) == ("CFG-MISSCODE", "cohorts.0.exports.0.missing_codes.1")


def test_answers_may_name_the_labels_of_the_dictionary_tags_and_all(folder):
    tagged = made.REDCAP_DICTIONARY.replace(
        '"1, never | 2, often | 3, always"', '"1, <b>never</b> | 2, often | 3, always"'
    )
    made_study = study(folder, made.REDCAP_RAW, tagged)
    made_study.items(0)["answers"] = [{"answer": word, "code": code} for word, code in
        (("Never", 3), ("Often", 2), ("Always", 1))]  # fmt: skip
    answers = made_study.ingest().tables["responses"].set_index(["wave", "source_row", "item"])["value"]
    assert answers[("before", 3)].tolist() == [1, 3]

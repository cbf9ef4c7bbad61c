"""Traps of Qualtrics, SurveyMonkey, Google Forms and Microsoft Forms, each on a made file."""

import platform_files as made
import pytest

from balint_eval.ingest.rows import resolve_columns

KEYS = ["QID1_TEXT", "QID2_1", "QID2_2"]


def test_qualtrics_columns_are_found_by_their_import_ids(read_bytes):
    sheet = read_bytes(made.qualtrics())
    found, problems = resolve_columns(sheet, [*KEYS, "_recordId"])
    assert problems == []
    assert list(found.values()) == ["Q1", "Q2_1", "Q2_4", "ResponseId"]


def test_qualtrics_reordered_and_renamed_items_keep_their_import_ids(read_bytes):
    questions = [made.QUALTRICS_QUESTIONS[0], ("Q9_7", "How? - awake", "QID2_2"), ("Q9_1", "How? - calm", "QID2_1")]
    people = [[number, code, second, first] for number, code, first, second in made.QUALTRICS_PEOPLE]
    sheets = [read_bytes(made.qualtrics()), read_bytes(made.qualtrics(people, questions=questions))]
    found = [[sheet.cells[resolve_columns(sheet, KEYS)[0][key]].tolist() for key in KEYS] for sheet in sheets]
    assert found[0] == found[1]


@pytest.mark.parametrize("key", ["responseId", "Your code"])
def test_qualtrics_legacy_answers_to_the_same_keys_and_texts(read_bytes, key):
    meta = [("ResponseID", "Response ID", "responseId") if m[2] == "_recordId" else m for m in made.QUALTRICS_META]
    sheets = [read_bytes(made.qualtrics_legacy()), read_bytes(made.qualtrics(meta=meta))]
    found = [sheet.cells[resolve_columns(sheet, [key])[0][key]].tolist() for sheet in sheets]
    assert found[0] == found[1]


def test_qualtrics_says_its_time_zone_and_its_codes_for_no_answer(read_bytes):
    content = made.qualtrics().replace('""startDate""}', '""startDate"", ""timeZone"": ""Asia/Tehran""}')
    sheet = read_bytes(content)
    assert sheet.keys["StartDate"] == "startDate"
    assert "Moments are written in the time zone Asia/Tehran." in sheet.notes
    assert any(note.startswith("1 cell holds -99 or -999") for note in sheet.notes)


def test_qualtrics_tsv_is_recognised_in_utf16(read_bytes, refused):
    codec = "utf-16"
    sheet = read_bytes(made.qualtrics(delimiter="\t").encode(codec), "export.tsv")
    assert (sheet.platform, sheet.delimiter, sheet.cells.shape) == ("qualtrics", "\t", (3, 9))
    (problem,) = refused("id\tq1\nA\t3\nB\t4\n".encode(codec), "export.tsv")
    assert problem.code == "IN-ENCODING"
    (problem,) = refused(made.qualtrics(delimiter="\t").encode(codec), "export.csv")
    assert problem.code == "IN-ENCODING"


def test_surveymonkey_condensed_and_expanded(read_bytes):
    condensed, expanded = read_bytes(made.MONKEY_CONDENSED), read_bytes(made.MONKEY_EXPANDED)
    assert list(condensed.cells.columns[9:]) == ["Your code", "Do you<br>listen?",
        "Do you<br>listen? [Other (please specify)]"]  # fmt: skip
    options = [f"Do you<br>listen? [{option}]" for option in ("Never", "Often", "Other (please specify)")]
    assert list(expanded.cells.columns[10:]) == [*options, "Do you<br>listen?"]
    wanted = "Do you listen? [Other (please specify)]"
    for sheet in (condensed, expanded):
        assert sheet.cells[resolve_columns(sheet, [wanted])[0][wanted]].tolist() == ["", "", "it depends"]


def test_surveymonkey_numbers_and_entities_in_headers(read_bytes):
    sheet = read_bytes(made.MONKEY_NUMERIC)
    found, problems = resolve_columns(sheet, ["How? & when [calm]", "How? & when [awake]"])
    assert problems == []
    assert [sheet.cells[name].tolist() for name in found.values()] == [["3", "2", "1"], ["4", "5", "1"]]


def test_surveymonkey_numbers_rounded_by_a_spreadsheet_are_said(read_bytes):
    content = made.MONKEY_NUMERIC.replace("11800000001", "1.18E+10").replace("11800000002", "1.18E+10")
    notes = read_bytes(content).notes
    assert any(note.startswith("2 respondents' numbers were rounded") for note in notes)
    assert not any("rounded" in note for note in read_bytes(made.MONKEY_NUMERIC).notes)


def test_google_points_of_a_quiz_are_said(read_bytes):
    moment = "2026/06/14 10:10:09 AM GMT+1"
    header = ["Timestamp", "Score", "Your code", "How?"]
    content = made.table([header, [moment, "8 / 10", "A7", "3"], [moment, "10 / 10", "B8", "4"]])
    sheet = read_bytes(content)
    assert sheet.platform == "google_forms"
    assert any("Score (B)" in note and "Points of a quiz" in note for note in sheet.notes)


@pytest.mark.parametrize("language", made.MS_HEADERS)
def test_microsoft_quiz_several_answers_and_numbered_texts(read_bytes, language):
    extra = ["Total points", "Quiz feedback", "When", "Points - When", "Which?", "When2"]
    rows = [[*row[:5], "8 / 10", "", "3", "1", "A;B;", "2"] for row in made.MS_PEOPLE]
    sheet = read_bytes(made.microsoft_forms([*made.MS_HEADERS[language], *extra], rows), "export.xlsx")
    assert (sheet.platform, sheet.ended) == ("microsoft_forms", made.MS_HEADERS[language][2])
    notes = " ".join(sheet.notes)
    assert "numbered by the platform: When2." in notes
    assert "ended by a semicolon, stand in: Which? (J)." in notes
    assert "Points of a quiz, as in 8 / 10, stand in: Total points (F)" in notes


def test_items_numbered_by_their_author_are_not_taken_for_repeats(read_bytes):
    rows = [[*row[:5], "3", "4"] for row in made.MS_PEOPLE]
    sheet = read_bytes(made.microsoft_forms([*made.MS_HEADERS["English"], "Item 2", "Item 3"], rows), "export.xlsx")
    assert not any("numbered" in note for note in sheet.notes)


SCALE = {"name": "total", "items": [1, 2], "rule": "sum", "range": [2, 10], "higher_is": "better"}


def codes_and_texts(folder, new_folder):
    """One Qualtrics survey, exported as numbers and as choice texts."""
    answers = [{"answer": text, "code": code} for code, text in enumerate(["never", "seldom", "at times", "often",
        "always"], start=1)]  # fmt: skip
    texts = {str(answer["code"]): answer["answer"] for answer in answers}
    people = [[f"R_{n}", f"P{n}", *row] for n, row in enumerate((["1", "5"], ["3", "-99"], ["4", "2"]))]
    for made_study, rows in (
        (folder, people),
        (new_folder("text"), [[texts.get(c, c) for c in row] for row in people]),
    ):
        made_study.content["own_instruments"][0].update(
            n_items=2, reverse=[], scales=[SCALE])  # fmt: skip
        items = {"instrument": "TRY", "columns": ["QID2_1", "QID2_2"]} | (
            {"answers": answers} if rows != people else {}
        )
        made_study.cohort["exports"] = [{"file": "q.csv", "wave": "before", "person_id": "QID1_TEXT",
            "missing_codes": ["-99"], "items": [items]}]  # fmt: skip
        (made_study.folder / "q.csv").write_text(made.qualtrics(rows), encoding="utf-8")
        yield made_study.ingest().tables["responses"]


def test_qualtrics_numbers_and_texts_give_the_same_responses(folder, new_folder):
    numbers, texts = codes_and_texts(folder, new_folder)
    assert numbers.equals(texts)
    assert numbers["value"].isna().sum() == 1


EXPANDED = made.surveymonkey(
    [made.MONKEY_CODE, ("Do you listen?", "Never"), ("", "Often"), ("", "Other (please specify)"),
     ("Do you ask?", "Never"), ("", "Often"), ("Which of these?", "Never"), ("", "Often")],
    [["", "Often", "", "Never", "", "Never", "Often"], ["Never", "", "", "", "", "Never", ""],
     ["", "", "it depends", "", "Often", "", "Often"]],
)  # fmt: skip


def test_surveymonkey_expanded_questions_with_one_answer_are_one_column_too(read_bytes):
    sheet = read_bytes(EXPANDED)
    assert sheet.cells["Do you listen?"].tolist() == ["Often", "Never", ""]
    assert sheet.cells["Do you ask?"].tolist() == ["Never", "", "Often"]
    # Two options in one row: several answers were allowed, so there is nothing to join.
    assert "Which of these?" not in sheet.cells.columns
    assert sheet.letter_of("Do you ask?") == sheet.letter_of("Do you ask? [Never]") == "N"
    assert any(note.startswith("2 questions stand in a column an option") for note in sheet.notes)


def test_surveymonkey_rows_of_a_matrix_are_not_joined(read_bytes):
    assert read_bytes(made.MONKEY_NUMERIC).joined == {}


def test_surveymonkey_expanded_with_numbers(read_bytes):
    people = [["", "2"], ["1", ""], ["", "2"]]
    sheet = read_bytes(made.surveymonkey([made.MONKEY_CODE, ("Do you listen?", "Never"), ("", "Often")], people))
    assert sheet.cells["Do you listen?"].tolist() == ["2", "1", "2"]


def zoned(zone):
    return made.qualtrics().replace('""startDate""}', f'""startDate"", ""timeZone"": ""{zone}""}}')


@pytest.mark.parametrize(("zone", "found"), [("Asia/Tehran", "Asia/Tehran"), ("Z", "UTC"), ("Mars/Base", "")])
def test_qualtrics_time_zone_is_that_of_the_times(read_bytes, zone, found):
    sheet = read_bytes(zoned(zone))
    assert sheet.time_zone == found
    (note,) = [note for note in sheet.notes if "time zone" in note]
    assert ("give time_zone: of the export" in note) == (not found)

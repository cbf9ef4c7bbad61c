"""One small synthetic export a platform."""

import gzip

import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.readers.open import read_dictionary, read_export
from balint_eval.ingest.readers.redcap import parse_choices

META = ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "DistributionChannel"]
META_KEYS = ["startDate", "endDate", "status", "finished", "_recordId", "distributionChannel"]
DAY = "2026-01-02 10:00:00"


def quoted(cells):
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def qualtrics(people, names=("Q1", "Q1"), keys=("QID1", "QID2_1"), style='{{"ImportId":"{}"}}'):
    header = quoted([*META, *names]) + quoted([*META, "How?", "Why,\nindeed?"])
    return header + quoted([style.format(key) for key in (*META_KEYS, *keys)]) + "".join(map(quoted, people))


def person(status="0", finished="1", channel="anonymous"):
    return [DAY, DAY, status, finished, "R_1", channel, "3", "4"]


@pytest.fixture
def read(tmp_path):
    def read(content, name="export.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_export(path, shown_as=name, **options)

    return read


def test_qualtrics_with_three_header_rows(read):
    sheet = read(qualtrics([person(), person()]))
    assert (sheet.platform, sheet.header_rows, len(sheet.cells)) == ("qualtrics", 3, 2)
    assert "Recognised as a Qualtrics export with three header rows." in sheet.notes
    assert list(sheet.cells.columns)[-2:] == ["Q1 [QID1]", "Q1 [QID2_1]"]
    assert sheet.keys["Q1 [QID2_1]"] == "QID2_1"
    assert sheet.labels["Q1 [QID1]"] == "How?"
    assert (sheet.started, sheet.ended) == ("StartDate", "EndDate")
    assert list(sheet.cells.index) == [5, 6]


def test_qualtrics_with_python_style_import_ids_and_choices(read):
    sheet = read(qualtrics([person()], names=("Q1", "Q2"), style="{{'ImportId': '{}', 'choiceId': '7'}}"))
    assert sheet.keys["Q2"] == "QID2_1-7"
    assert sheet.header_rows == 3


def test_qualtrics_legacy(read):
    names = quoted([*[f"V{n}" for n in range(1, 11)], "Q1", "Q1"]).rstrip() + ",\n"
    texts = "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Finished"
    row = f"R_1,Set,Anon,,,192.0.2.1,0,{DAY},{DAY},0,3,4,\n"
    sheet = read("\ufeff" + names + texts + ",How?,Why?,\n" + row)
    assert (sheet.platform, sheet.header_rows, sheet.started) == ("qualtrics", 2, "V8")
    assert list(sheet.cells.columns)[-2:] == ["Q1 [How?]", "Q1 [Why?]"]
    assert sheet.keys["V7"] == "status"
    assert list(sheet.status) == ["unfinished"]
    assert list(sheet.cells.index) == [3]


@pytest.mark.parametrize(
    ("status", "finished", "channel", "expected"),
    [
        ("0", "1", "anonymous", ""),
        ("IP Address", "True", "email", ""),
        ("1", "1", "anonymous", "preview"),
        ("Survey Preview", "1", "preview", "preview"),
        ("2", "1", "anonymous", "test"),
        ("Survey Test", "0", "test", "test"),
        ("8", "1", "", "spam"),
        ("Spam", "1", "", "spam"),
        ("0", "1", "preview", "preview"),
        ("0", "False", "anonymous", "unfinished"),
        ("0", "0", "anonymous", "unfinished"),
    ],
)
def test_qualtrics_status(read, status, finished, channel, expected):
    assert list(read(qualtrics([person(status, finished, channel)])).status) == [expected]


def test_qualtrics_status_counts_and_unknown_values_are_said(read):
    sheet = read(qualtrics([person("2"), person("2"), person("77")]))
    assert "Of 3 responses: 2 responses test." in sheet.notes
    assert any("'77' (1)" in note for note in sheet.notes)


def test_qualtrics_tsv_is_utf16(read):
    text = qualtrics([person()], names=("Q1", "Q2")).replace('","', '"\t"')
    sheet = read(text.encode("utf-16"), "export.tsv", platform="qualtrics")
    assert (sheet.delimiter, sheet.encoding, sheet.cells.shape) == ("\t", "utf-16-le", (1, 8))


def test_qualtrics_without_its_import_ids(read):
    content = qualtrics([person(), person()], names=("Q1", "Q2"))
    kept = "\n".join(line for line in content.split("\n") if "ImportId" not in line)
    sheet = read(kept)
    assert (sheet.platform, sheet.header_rows, len(sheet.cells)) == ("qualtrics", 2, 2)


def test_qualtrics_with_rows_above_the_header_is_refused(read):
    with pytest.raises(DataError, match="IN-HEADERROWS"):
        read("x" + "," * 7 + "\n" + qualtrics([person()]))


def test_a_plain_table_declared_qualtrics_is_refused(read):
    with pytest.raises(DataError, match="IN-PLATFORM"):
        read("id,q1\nA,1\n", platform="qualtrics")


def test_no_response_after_three_header_rows(read):
    with pytest.raises(DataError, match="IN-NOROWS"):
        read(qualtrics([]))


DICTIONARY_HEADER = quoted(["Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", *[f"c{n}" for n in range(12)]])  # fmt: skip


def field(name, form, kind, label, choices=""):
    return quoted([name, form, "", kind, label, choices, *[""] * 12])


DICTIONARY = (
    DICTIONARY_HEADER
    + field("record_id", "base", "text", "Id")
    + field("mood", "base", "radio", "Mood", "1, Low, or so | 2, High | -99, <b>Not</b> said")
    + field("met", "base", "checkbox", "Met", "1, A | -9, B")
    + field("again", "base", "yesno", "Again?")
)
REDCAP = (
    "record_id,redcap_event_name,mood,met___1,met____9,again,base_timestamp,base_complete\n"
    "1,pre_arm_1,2,1,0,1,[not completed],0\n1,post_arm_1,,,,,,\n"
)


def test_redcap_with_dictionary(read, tmp_path):
    path = tmp_path / "dictionary.csv"
    path.write_text(DICTIONARY)
    sheet = read(REDCAP, dictionary=path)
    assert (sheet.platform, sheet.cells.shape) == ("redcap", (2, 8))
    assert sheet.choices["mood"] == {"1": "Low, or so", "2": "High", "-99": "<b>Not</b> said"}
    assert sheet.choices["met____9"] == {"1": "Checked", "0": "Unchecked"}
    assert sheet.labels["met____9"] == "Met (choice=B)"
    assert sheet.choices["again"] == {"1": "Yes", "0": "No"}
    assert sheet.choices["base_complete"]["2"] == "Complete"
    assert list(sheet.status) == ["", ""]
    assert len(read_dictionary(path).fields) == 4


def test_redcap_is_recognised_by_form_status_alone(read):
    sheet = read("record_id,q1,base_complete\n1,3,2\n2,4,0\n")
    assert sheet.platform == "redcap"
    assert read("record_id,q1,base_complete\n1,3,yes\n2,4,no\n").platform == "plain"


def test_a_dictionary_given_as_data_is_refused(read):
    with pytest.raises(DataError, match="IN-DICTIONARY"):
        read(DICTIONARY)


def test_problems_of_a_dictionary_come_with_the_row(read, tmp_path):
    path = tmp_path / "dictionary.csv"
    path.write_text(DICTIONARY + field("bad", "base", "dropdown", "Bad", "no code | 1, A"))
    with pytest.raises(DataError) as caught:
        read(REDCAP, dictionary=path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.row) == ("IN-DICTIONARY", 6)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="18 expected"):
        read(REDCAP, dictionary=path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1, A|2, B, C", {"1": "A", "2": "B, C"}), ("a,", {"a": ""}), ("1, A | 1, B", None), ("", None), ("x", None)],
)
def test_choices(text, expected):
    assert parse_choices(text) == expected


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("Timestamp", "2026/06/14 10:10:09 AM GMT+1"),
        ("Marca temporal", "14/06/2026 10:26:52 p. m. GMT-3"),
        ("Zeitstempel", "05.01.2026 10:10:09"),
        ("Irgendwann", "2026/06/14 10:10:09 AM GMT+1"),
    ],
)
def test_google_forms(read, word, moment):
    sheet = read(f"{word},Code,How [Calm]\n{moment},A,3\n{moment},B,4\n")
    assert (sheet.platform, sheet.ended, sheet.started) == ("google_forms", word, "")
    assert sheet.labels["How [Calm]"] == "How [Calm]"


def test_a_column_called_timestamp_alone_is_not_google_forms(read):
    assert read("timestamp,q1\nA,3\nB,4\n").platform == "plain"


def test_surveymonkey_fills_questions_to_the_right(read):
    header = "Respondent ID,Start Date,End Date,Which?,,,Why?\n,,,Film A,Film B,Other (say),Open-Ended Response\n"
    sheet = read(header + "1234567890,01/02/2026,01/02/2026,Film A,,,because\n")
    assert (sheet.platform, sheet.header_rows) == ("surveymonkey", 2)
    assert list(sheet.cells.columns)[3:] == ["Which? [Film A]", "Which? [Film B]", "Which? [Other (say)]", "Why?"]
    assert (sheet.started, sheet.ended) == ("Start Date", "End Date")
    assert sheet.cells.iloc[0, 0] == "1234567890"


def test_surveymonkey_with_one_header_row(read):
    sheet = read('RespondentID,"Is it, or ""not""?"\n123,Yes\n124,No\n')
    assert (sheet.platform, sheet.header_rows, len(sheet.cells)) == ("surveymonkey", 1, 2)


def test_a_packed_plain_file(read):
    sheet = read(gzip.compress(b"id,q1\nA,1\n"), "export.csv.gz")
    assert (sheet.platform, sheet.cells.shape) == ("plain", (1, 2))

"""The files have the shape the platforms give them."""

import csv
import io
import json
import zipfile
from datetime import datetime

from openpyxl import load_workbook

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

STARTED = datetime(2025, 1, 2, 13, 5, 9)
AWKWARD = 'a, "b"\nسلام'


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_awkward_text_survives_csv():
    assert rows_of(csv_bytes([["a"], [AWKWARD]])) == [["a"], [AWKWARD]]


def test_qualtrics_has_three_header_rows_and_seventeen_metadata_columns():
    sent = Response(started=STARTED, seconds=60, cells={"code": "NA", "Q_1": "3"})
    left = Response(started=STARTED, seconds=9, cells={"code": "X"}, progress=20)
    preview = Response(started=STARTED, seconds=9, cells={"code": "X"}, preview=True)
    rows = rows_of(qualtrics_csv({"code": "Your code", "Q_1": "Item 1"}, [sent, left, preview]))
    assert [len(row) for row in rows] == [19] * 6
    assert rows[0][:3] == ["StartDate", "EndDate", "Status"]
    assert rows[0][17:] == ["code", "Q_1"]
    assert [json.loads(cell)["ImportId"] for cell in rows[2]][-2:] == ["QID1", "QID2"]
    status, finished = rows[0].index("Status"), rows[0].index("Finished")
    assert [(row[status], row[finished]) for row in rows[3:]] == [("0", "1"), ("0", "0"), ("1", "1")]
    assert rows[3][1] == "2025-01-02 13:06:09"
    assert rows[4][18] == ""


def test_google_forms_begins_with_its_timestamp():
    content = google_forms_csv(["Your code"], [Response(started=STARTED, seconds=0, cells={"Your code": "1E5"})])
    assert content == b"Timestamp,Your code\r\n2025/01/02 01:05:09 PM GMT+1,1E5\r\n"


def test_microsoft_forms_is_anonymous_and_the_same_at_any_time():
    answered = [Response(started=STARTED, seconds=60, cells={"Your code": "007", "Note": AWKWARD})]
    content = microsoft_forms_xlsx(["Your code", "Item", "Note"], answered)
    assert content == microsoft_forms_xlsx(["Your code", "Item", "Note"], answered)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    header, row = sheet.iter_rows(values_only=True)
    assert header[:5] == ("ID", "Start time", "Completion time", "Email", "Name")
    assert row == (1, STARTED, datetime(2025, 1, 2, 13, 6, 9), "anonymous", None, "007", None, AWKWARD)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {2024}


def test_redcap_leaves_forms_of_other_events_blank():
    fields = [
        Field(name="record_id", form="start", label="Code"),
        Field(name="enrolled_on", form="start", label="Enrolled on", validation="date_ymd"),
        Field(name="q_1", form="q", label="Item 1", kind="radio", choices="0, low | 1, high"),
    ]
    records = [
        Record(record_id="007", event="start_arm_1", cells={"enrolled_on": "2025-01-02"}),
        Record(record_id="007", event="later_arm_1", cells={"q_1": ""}),
    ]
    assert rows_of(redcap_csv(fields, records)) == [
        ["record_id", "redcap_event_name", "enrolled_on", "start_complete", "q_1", "q_complete"],
        ["007", "start_arm_1", "2025-01-02", "2", "", ""],
        ["007", "later_arm_1", "", "", "", "2"],
    ]
    dictionary = rows_of(redcap_dictionary(fields))
    assert [len(row) for row in dictionary] == [18] * 4
    assert dictionary[3][:6] == ["q_1", "q", "", "radio", "Item 1", "0, low | 1, high"]

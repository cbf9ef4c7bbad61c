"""Exports in the form the survey platforms write them, from simulated answers.

Each writer gives bytes, the same for the same input on every machine.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from balint_eval.office_files import without_dates

QUALTRICS_METADATA = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)

DICTIONARY_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)

MICROSOFT_METADATA = ("ID", "Start time", "Completion time", "Email", "Name")
PROGRAM = "balint_eval.simulate"


@dataclass(frozen=True, kw_only=True)
class Response:
    """One filled-in form.

    Attributes
    ----------
    started : datetime
    seconds : int
        Until it was sent, or left.
    cells : mapping of column name to text
        What was answered; a column that is not there is blank.
    progress : int
        Per cent; below 100 the response is unfinished.
    preview : bool
        An author tried the form.
    """

    started: datetime
    seconds: int
    cells: Mapping[str, str]
    progress: int = 100
    preview: bool = False

    @property
    def ended(self) -> datetime:
        """When the form was sent, or left."""
        return self.started + timedelta(seconds=self.seconds)


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a REDCap project.

    Attributes
    ----------
    name, form, label : str
    kind : str
        REDCap's field type: text, notes, radio, ...
    choices : str
        In REDCap's own notation, `1, Label | 2, Label`.
    validation : str
        For example date_ymd.
    """

    name: str
    form: str
    label: str
    kind: str = "text"
    choices: str = ""
    validation: str = ""

    def dictionary_row(self) -> list[str]:
        """Give the 18 cells of the data dictionary."""
        head = [self.name, self.form, "", self.kind, self.label, self.choices, "", self.validation]
        return head + [""] * (len(DICTIONARY_COLUMNS) - len(head))


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a longitudinal REDCap project: a person and an event."""

    record_id: str
    event: str
    cells: Mapping[str, str]


def csv_bytes(rows: Iterable[Sequence[str]], line_end: str = "\n") -> bytes:
    """Write rows as UTF-8 CSV; cells with commas, quotes or line breaks are quoted."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=line_end).writerows(rows)
    return buffer.getvalue().encode("utf-8")


def qualtrics_csv(questions: Mapping[str, str], responses: Sequence[Response]) -> bytes:
    """Write a Qualtrics export: names, texts, ImportIds, then 17 metadata columns and the questions.

    Parameters
    ----------
    questions : mapping of column name to question text
    responses : sequence of Response
    """
    names, texts, ids = (list(row) for row in zip(*QUALTRICS_METADATA, strict=True))
    ids += [f"QID{number}" for number in range(1, len(questions) + 1)]
    import_ids = [json.dumps({"ImportId": name}, separators=(",", ":")) for name in ids]
    header = [[*names, *questions], [*texts, *questions.values()], import_ids]
    rows = [
        _qualtrics_metadata(number, response) + [response.cells.get(name, "") for name in questions]
        for number, response in enumerate(responses, start=1)
    ]
    return csv_bytes([*header, *rows])


def _qualtrics_metadata(number: int, response: Response) -> list[str]:
    start, end = f"{response.started:%Y-%m-%d %H:%M:%S}", f"{response.ended:%Y-%m-%d %H:%M:%S}"
    finished = str(int(response.progress == 100))
    status, channel = ("1", "preview") if response.preview else ("0", "anonymous")
    state = [status, f"192.0.2.{number}", str(response.progress), str(response.seconds), finished]
    return [start, end, *state, end, f"R_simulated{number:04d}", "", "", "", "", "", "", channel, "EN"]


def google_forms_csv(questions: Sequence[str], responses: Sequence[Response]) -> bytes:
    """Write a Google Forms export: `Timestamp`, then the questions."""
    rows = [
        [f"{response.ended:%Y/%m/%d %I:%M:%S %p} GMT+1", *(response.cells.get(name, "") for name in questions)]
        for response in responses
    ]
    return csv_bytes([["Timestamp", *questions], *rows], line_end="\r\n")


def microsoft_forms_xlsx(questions: Sequence[str], responses: Sequence[Response]) -> bytes:
    """Write a Microsoft Forms export of an anonymous form: five metadata columns, then the questions."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    sheet.append([*MICROSOFT_METADATA, *questions])
    for number, response in enumerate(responses, start=1):
        answers = [response.cells.get(name) or None for name in questions]
        sheet.append([number, response.started, response.ended, "anonymous", None, *answers])
    buffer = io.BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue(), PROGRAM)


def redcap_csv(fields: Sequence[Field], records: Sequence[Record]) -> bytes:
    """Write a raw longitudinal REDCap export.

    The first field is the record id. A form that was not shown at an event leaves its cells blank,
    `<form>_complete` too.
    """
    record_id, *others = fields
    forms = [(form, list(members)) for form, members in groupby(others, key=lambda field: field.form)]
    columns = [name for form, members in forms for name in [*(f.name for f in members), f"{form}_complete"]]
    rows = [
        [record.record_id, record.event, *(cell for _, members in forms for cell in _form_cells(record, members))]
        for record in records
    ]
    return csv_bytes([[record_id.name, "redcap_event_name", *columns], *rows])


def _form_cells(record: Record, fields: Sequence[Field]) -> list[str]:
    cells = [record.cells.get(field.name, "") for field in fields]
    shown = any(field.name in record.cells for field in fields)
    return [*cells, "2" if shown else ""]


def redcap_dictionary(fields: Sequence[Field]) -> bytes:
    """Write the data dictionary of a REDCap project."""
    return csv_bytes([DICTIONARY_COLUMNS, *(field.dictionary_row() for field in fields)])

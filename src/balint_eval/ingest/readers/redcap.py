"""REDCap: variable names in one header row, codes and labels in a dictionary file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted, escaped, listed
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header
from balint_eval.ingest.readers.redcap_labels import (
    Column,
    Headers,
    coded_by_dictionary,
    has_label_headers,
    named_by_dictionary,
    own_columns_apart,
)

DICTIONARY_COLUMNS = 18
FIRST_HEADERS = frozenset({"variable / field name", "field_name"})
MARKERS = frozenset(
    {
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_data_access_group",
        "redcap_survey_identifier",
    }
)
CHOICE_TYPES = frozenset({"radio", "dropdown", "checkbox"})
FORM_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
FIXED_CHOICES = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
BOX = {"1": "Checked", "0": "Unchecked"}
COMPLETE_LABEL, TIMESTAMP_LABEL = "Complete?", "Survey Timestamp"
INSTRUMENT = "redcap_repeat_instrument"

_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a dictionary: variable, form, type, label and choices."""

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """All fields of a project and what is wrong with the dictionary file."""

    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()


def is_redcap(grid: Grid) -> bool:
    """Tell a REDCap export by its event columns, by `<form>_complete` columns that hold 0, 1 or 2, or by its labels."""
    if MARKERS & set(grid.header) or has_label_headers(grid.header, grid.records[1:]):
        return True
    status = [at for at, name in enumerate(grid.header) if name.endswith("_complete") and name.islower()]
    people = grid.records[1:]
    return bool(status) and all({r[at] for r in people if at < len(r)} <= {"", "0", "1", "2"} for at in status)


def is_dictionary(grid: Grid) -> bool:
    """Tell a REDCap data dictionary, which holds no answers."""
    return len(grid.header) >= DICTIONARY_COLUMNS and grid.header[0].strip().casefold() in FIRST_HEADERS


def parse_dictionary(grid: Grid) -> Dictionary:
    """Read the 18 columns of a dictionary; choices are `1, Label | 2, Label`.

    Returns
    -------
    Dictionary
        With IN-DICTIONARY problems for another shape or a choice without code.
    """
    if not is_dictionary(grid):
        what = f"this is not a REDCap data dictionary: {counted(len(grid.header), 'column')}, 18 expected"
        mend = "download it under Project Setup, Data Dictionary"
        return Dictionary(problems=(Problem("IN-DICTIONARY", what, mend, grid.file),))
    problems: list[Problem] = []
    fields = [
        _field(record, line, grid.file, problems) for line, record in zip(grid.lines[1:], grid.records[1:], strict=True)
    ]
    return Dictionary(fields=tuple(fields), problems=tuple(problems))


def _field(record: Record, line: int, file: str, problems: list[Problem]) -> Field:
    name, form, kind, label, coded = (record[at].strip() for at in (0, 1, 3, 4, 5))
    choices = parse_choices(coded) if kind in CHOICE_TYPES else FIXED_CHOICES.get(kind, {})
    if choices is None:
        what = f"the choices of {escaped(name)} are not of the form `1, Label | 2, Label`, or a code occurs twice"
        problems.append(Problem("IN-DICTIONARY", what, "correct them in the dictionary", file, line))
    return Field(name=name, form=form, kind=kind, label=label, choices=choices or {})


def parse_choices(text: str) -> dict[str, str] | None:
    """Give code to label from `1, Label | 2, Label`, None where that is not the form.

    Examples
    --------
    >>> parse_choices("1, Yes, often | -99, Not said")
    {'1': 'Yes, often', '-99': 'Not said'}
    """
    pairs = [part.partition(",") for part in text.replace("\n", "|").split("|") if part.strip()]
    codes = Counter(code.strip() for code, _, _ in pairs)
    if not pairs or any(not comma or not code.strip() for code, comma, _ in pairs) or max(codes.values()) > 1:
        return None
    return {code.strip(): label.strip() for code, _, label in pairs}


def arrange(grid: Grid, dictionary: Dictionary | None = None) -> Layout:
    """Take variable names and codes, whether the file is raw or by labels; labels and choices from the dictionary.

    Notes
    -----
    No response is marked unfinished: `[not completed]` and form status 0 belong to one form of a person, whose
    blank cells were not shown.
    """
    header = tidy_names(grid)
    if dictionary is None or dictionary.problems:
        problems = dictionary.problems if dictionary else ()
        return _layout(grid, own_columns_apart(header), notes=_without_dictionary(grid), problems=problems)
    expected = expected_columns(dictionary)
    headers = named_by_dictionary(header, expected)
    known = {column.name: column for column in expected}
    choices = {name: known[name].choices for name in headers.names if name in known and known[name].choices}
    values = coded_by_dictionary(grid, headers.names, choices)
    forms = {field.form for field in dictionary.fields}
    return _layout(
        grid,
        headers.names,
        labels={name: known[name].label for name in headers.names if name in known and known[name].label},
        choices=choices,
        recoded={**values.recoded, **_form_names(grid, headers.names, forms)},
        notes=[*headers.notes, *values.notes, *_unlisted(headers, known)],
        problems=values.problems,
    )


def _layout(
    grid: Grid,
    names: list[str],
    *,
    notes: list[str],
    problems: Sequence[Problem],
    labels: Mapping[str, str] | None = None,
    choices: Mapping[str, Mapping[str, str]] | None = None,
    recoded: Mapping[str, Mapping[str, str]] | None = None,
) -> Layout:
    raw = list(grid.header) if names == tidy_names(grid) else names
    return Layout(
        platform="redcap",
        names=raw,
        labels={name: label for name, label in (labels or {}).items() if not _own(name)},
        choices=choices or {},
        recoded=recoded or {},
        notes=(*notes, *_repeats(grid, names)),
        problems=(*foreign_header(grid), *problems),
    )


def _own(name: str) -> bool:
    return name.endswith(("_complete", "_timestamp"))


def _without_dictionary(grid: Grid) -> list[str]:
    if not has_label_headers(grid.header, grid.records[1:]):
        return []
    return ["The file holds labels; with `dictionary:` they are read as variable names and codes."]


def expected_columns(dictionary: Dictionary) -> list[Column]:
    """Give every column of a project in the order in which REDCap exports them."""
    columns: list[Column] = []
    for number, (form, fields) in enumerate(groupby(dictionary.fields, key=lambda field: field.form)):
        of_form = [column for field in fields for column in _field_columns(field)]
        # The record id, the first field of the first form, stands before everything else.
        record_id, others = (of_form[:1], of_form[1:]) if number == 0 else ([], of_form)
        sent = Column(name=f"{form}_timestamp", label=TIMESTAMP_LABEL)
        status = Column(name=f"{form}_complete", label=COMPLETE_LABEL, choices=FORM_STATUS)
        columns += [*record_id, sent, *others, status]
    return columns


def _field_columns(field: Field) -> list[Column]:
    if field.kind == "descriptive":
        return []
    if field.kind != "checkbox":
        return [Column(name=field.name, label=field.label, choices=field.choices)]
    return [
        Column(name=checkbox_column(field.name, code), label=f"{field.label} (choice={label})", choices=BOX)
        for code, label in field.choices.items()
    ]


def checkbox_column(name: str, code: str) -> str:
    """Give the column of one box; a minus in the code becomes an underscore."""
    return f"{name}___{code.lower().replace('-', '_')}"


def _form_names(grid: Grid, names: list[str], forms: set[str]) -> dict[str, dict[str, str]]:
    """Give the name of each form that a repeated row names by its label, where the two agree letter by letter."""
    if INSTRUMENT not in names:
        return {}
    at = names.index(INSTRUMENT)
    by_letters = {_LETTERS.sub("", form): form for form in forms}
    said = {record[at] for record in grid.records[1:] if at < len(record)} - forms - {""}
    found = {text: by_letters.get(_LETTERS.sub("", text.casefold()), "") for text in said}
    return {INSTRUMENT: {text: form for text, form in found.items() if form}}


def _repeats(grid: Grid, names: list[str]) -> list[str]:
    """Say which rows hold a form that is asked several times."""
    if INSTRUMENT not in names:
        return []
    at = names.index(INSTRUMENT)
    counts = Counter(record[at].strip() for record in grid.records[1:] if at < len(record))
    plain = counts.pop("", 0)
    if not counts:
        return []
    shown = listed([f"{counted(number, 'row')} the form {escaped(form)}" for form, number in sorted(counts.items())], 5)
    return [f"Repeated forms have rows of their own: {shown}; {counted(plain, 'row')} the forms asked once."]


def _unlisted(headers: Headers, known: Mapping[str, object]) -> list[str]:
    if headers.by_label:
        return []
    extra = [n for n in headers.names if n not in known and n not in MARKERS and not n.endswith("_timestamp")]
    return [f"Columns that the dictionary does not explain: {listed(extra)}."] if extra else []

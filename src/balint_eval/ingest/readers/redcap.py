"""REDCap: variable names in one header row, codes and labels in a dictionary file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted, escaped, listed
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header

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
    """Tell a REDCap export by its event columns or by `<form>_complete` columns that hold 0, 1 or 2."""
    if MARKERS & set(grid.header):
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
    """Take variable names as they are; labels and choices come from the dictionary.

    Notes
    -----
    No response is marked unfinished: `[not completed]` and form status 0 belong to one form of a person, whose
    blank cells were not shown.
    """
    names = tidy_names(grid)
    known = _columns(dictionary.fields if dictionary else (), names)
    return Layout(
        platform="redcap",
        names=list(grid.header),
        labels={name: label for name, (label, _) in known.items() if label},
        choices={name: choices for name, (_, choices) in known.items() if choices},
        notes=tuple(_unlisted(names, known, dictionary)),
        problems=(*foreign_header(grid), *(dictionary.problems if dictionary else ())),
    )


def _columns(fields: tuple[Field, ...], names: list[str]) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Give label and choices of each column that the fields explain."""
    known: dict[str, tuple[str, Mapping[str, str]]] = {}
    for field in fields:
        if field.kind == "checkbox":
            for code, label in field.choices.items():
                known[checkbox_column(field.name, code)] = (f"{field.label}: {label}", BOX)
        else:
            known[field.name] = (field.label, field.choices)
        known[f"{field.form}_complete"] = ("", FORM_STATUS)
    return {name: known[name] for name in names if name in known}


def checkbox_column(name: str, code: str) -> str:
    """Give the column of one box; a minus in the code becomes an underscore."""
    return f"{name}___{code.lower().replace('-', '_')}"


def _unlisted(names: list[str], known: Mapping[str, object], dictionary: Dictionary | None) -> list[str]:
    if dictionary is None or dictionary.problems:
        return []
    extra = [n for n in names if n not in known and n not in MARKERS and not n.endswith("_timestamp")]
    return [f"Columns that the dictionary does not explain: {listed(extra)}."] if extra else []

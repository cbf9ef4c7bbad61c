"""The codebook as data: one row a column, an answer, a wave, a questionnaire or an element of the code."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from balint_eval.strict_yaml import Model

Use = Literal["item", "person_id", "code_element", "group", "arm", "wave", "date", "comment", "total", "ignore"]
USES: tuple[Use, ...] = get_args(Use)
ElementKind = Literal["letters", "number", "day", "month", "choice"]
KINDS: tuple[ElementKind, ...] = get_args(ElementKind)
LONGEST_ELEMENT = 40
ElementName = Annotated[str, Field(pattern=r"^\w[\w .'-]{0,63}$")]
"""Name of an element of the code, in any alphabet: it heads columns of the review sheet."""
MISSING = "missing"
LEFT_OUT = "leave_out"
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Text in which a blank cell and a key without value are the same."""


def _as_list(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    """Give `after, three_months` as a list; a spreadsheet has no lists."""
    if isinstance(value, str):
        return [part.strip() for part in value.replace("،", ",").split(",") if part.strip()]
    return [] if value is None else value


Texts = Annotated[list[str], BeforeValidator(_as_list)]


class ColumnRow(Model):
    """One column of one export, and what it is."""

    cohort: Text = ""
    """Cohort; blank where only one cohort has this file."""
    file: str
    """The export, written as in the study file."""
    column: str
    """Header of the column, as in the file."""
    question: Text = ""
    """Text of the question; only to help people."""
    examples: Text = ""
    """Answers that occur; only to help people, never an id or free text."""
    use: Use
    """What the column holds."""
    instrument: Text = ""
    """Instrument of an item; for a total that came with the export also its scale, as in `CBI.PB`, or blank."""
    item: int | None = None
    """Number of the item on the form, from 1."""
    answers: Text = ""
    """Name of the list of answers; blank where the column holds the instrument's own codes."""
    waves: Texts = Field(default_factory=list)
    """Waves in which it was asked; blank means every wave of the file."""
    element: Text = ""
    """Element of the self-made code that this column asks for, where each element was a question of its own."""
    note: Text = ""
    """Why it was drafted so; only to help people."""


class AnswerRow(Model):
    """One answer of a list of answers, and its code."""

    answers: str
    """Name of the list."""
    answer: str
    """Text of the answer as the export writes it."""
    code: float | Literal["missing"] | None = None
    """The instrument's code, or `missing` where the text means no answer; needed where an item uses the list."""
    note: Text = ""
    """Only to help people."""


class WaveRow(Model):
    """The wave of a file, or of one value of its wave column."""

    cohort: Text = ""
    """Cohort; blank where only one cohort has this file."""
    file: str
    """The export."""
    value: Text = ""
    """Value of the wave column; blank for a file without one."""
    wave: Text = ""
    """Name of the wave, or `leave_out` for rows that are not used; needed."""
    note: Text = ""
    """Only to help people."""


class FormRow(Model):
    """What a person has settled about one questionnaire in one export."""

    cohort: Text = ""
    """Cohort; blank where only one cohort has this file."""
    file: str
    """The export."""
    instrument: str
    """Instrument."""
    already_reversed: bool = False
    """The platform has reversed the items."""
    key_confirmed: bool = False
    """A person has checked that the key is right although the check of the key doubts it."""
    accept: Texts = Field(default_factory=list)
    """Codes of the doctor's findings that a person has looked at."""
    note: Text = ""
    """Only to help people."""


class ElementRow(Model):
    """One element of the code that people make themselves, in the order in which the code is written."""

    element: ElementName
    """Its name, such as `mother`."""
    kind: ElementKind
    """How it is tidied: letters without accents, numbers without leading zeros, months by name or number."""
    length: int = Field(default=0, ge=0, le=LONGEST_ELEMENT)
    """Signs of the element; needed where one column holds the whole code, except for a day or a month."""
    separator: Annotated[Text, Field(max_length=1)] = ""
    """Sign that stands after the element where one column holds the whole code, such as `-`."""
    note: Text = ""
    """Only to help people."""


class Codebook(Model):
    """All that a codebook says."""

    columns: list[ColumnRow] = Field(min_length=1)
    """One entry a column of an export."""
    answers: list[AnswerRow] = Field(default_factory=list)
    """One entry an answer of a list of answers."""
    waves: list[WaveRow] = Field(default_factory=list)
    """One entry a file, or a value of its wave column."""
    forms: list[FormRow] = Field(default_factory=list)
    """One entry a questionnaire in an export, where a person has settled something about it."""
    elements: list[ElementRow] = Field(default_factory=list)
    """One entry an element of the self-made code; none where ids were given out."""

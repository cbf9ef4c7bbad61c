"""Models of the files of a study: exports with their columns and answers, rosters and logs.

They are parts of the study file; `study_model` puts them together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from balint_eval.strict_yaml import Model

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A short name: letters, digits, dot, dash and underscore."""
Calendar = Literal["", "gregorian", "jalali"]


class AnswerCode(Model):
    """One answer as the export writes it, and its code."""

    answer: str
    """The text in the export; blanks, punctuation, digits, capitals and letter forms may differ."""
    code: float
    """The instrument's code for it."""


class AnswerSet(Model):
    """Answers that several instruments or exports share, stated once."""

    name: Name
    """What `answer_set` under `items` calls it."""
    answers: list[AnswerCode] = Field(min_length=1)
    """Every answer of the form with its code."""


class SuppliedTotal(Model):
    """A total that came with the export: the doctor holds it against the score by the key."""

    scale: str = "total"
    """Scale of the instrument it is a total of."""
    column: str
    """Its column, named as an item's column is."""


class Items(Model):
    """Where one instrument's items stand in an export, and how its answers are written."""

    instrument: str
    """Instrument name, from the registry or from `own_instruments`."""
    columns: str | list[str]
    """A pattern such as `TEQ_{item}` (or `TEQ_{item:02}`), or the columns in item order.

    A column is named by its header, by its question text, by the platform's key, or by its place as `@D`.
    """
    answers: list[AnswerCode] = Field(default_factory=list)
    """Answer texts and their codes; empty when the export holds the instrument's own codes, alone or with their labels
    (`5 - strongly agree`)."""
    answer_set: str = ""
    """Name of one of the study's `answer_sets`, in place of `answers`."""
    missing_codes: list[str] = Field(default_factory=list)
    """Texts that mean 'not answered', such as `-99`; a blank always does."""
    totals: list[SuppliedTotal] = Field(default_factory=list)
    """Totals the export already holds; they are never used as scores, only compared with them."""
    already_reversed: bool = False
    """True when the platform has reversed the items; they are then not reversed again."""
    key_confirmed: bool = False
    """True when a person has checked that the key is right although the check of the key doubts it."""
    accept: list[Annotated[str, Field(pattern=r"^(DOC|WARN)-[A-Z]+$")]] = Field(default_factory=list)
    """Codes of the doctor's findings that a person has looked at, such as `DOC-UNUSED`; they then withhold no score."""
    waves: list[str] = Field(default_factory=list)
    """Waves of this export in which the instrument was asked; empty means all of them.

    Where a row holds the answers of several waves, every entry of `items` names one wave, and the export has
    neither `wave` nor `wave_from`.
    """

    @model_validator(mode="after")
    def _one_map(self) -> Items:
        if self.answers and self.answer_set:
            raise ValueError("CFG-ANSWERS: answers and answer_set are both given | keep one of them")
        return self

    @field_validator("columns")
    @classmethod
    def _usable_pattern(cls, columns: str | list[str]) -> str | list[str]:
        if isinstance(columns, str):
            try:
                usable = columns.format(item=1) != columns.format(item=2)
            except (ValueError, LookupError, AttributeError):
                usable = False
            if not usable:
                raise ValueError("CFG-COLUMNS: a column pattern needs the word {item} | write for example TEQ_{item}")
        return columns

    def column_names(self, n_items: int) -> list[str]:
        """Give the column of each item, in item order."""
        if isinstance(self.columns, list):
            return list(self.columns)
        return [self.columns.format(item=item) for item in range(1, n_items + 1)]


class WaveValue(Model):
    """One value of the wave column; a blank wave leaves its rows out, counted."""

    value: str
    """Text in the column."""
    wave: str = ""
    """Wave of these rows; blank leaves them out, counted."""


class WaveColumn(Model):
    """A column that says which wave a row belongs to."""

    column: str = ""
    """Name of the column, such as `redcap_event_name`."""
    values: list[WaveValue] = Field(default_factory=list)
    """Every value that occurs must be listed."""
    date: bool = False
    """True to tell the wave from the date of the answer, by `from` and `until` of the waves, in place of a column."""

    @model_validator(mode="after")
    def _one_way(self) -> WaveColumn:
        if bool(self.column) == self.date or bool(self.values) != bool(self.column):
            raise ValueError("CFG-WAVE: wave_from needs column and values, or date: true | give one of the two")
        return self


class CodeColumn(Model):
    """The column with one element of the code."""

    element: str
    """Name of the element, from `linkage.elements`."""
    column: str
    """Name of the column, such as the question's text."""


class Export(Model):
    """One export file, and which column of it holds what (here, or in the study's codebook)."""

    file: str
    """Path, relative to the study file."""
    platform: Literal[
        "auto", "qualtrics", "redcap", "limesurvey", "kobotoolbox", "google_forms", "microsoft_forms",
        "surveymonkey", "sosci", "wenjuanxing", "plain",
    ] = "auto"  # fmt: skip
    """`auto` recognises the platform and says so."""
    wave: str = ""
    """The wave of every row; or use `wave_from`. Neither, where a row holds several waves: see `items.waves`."""
    wave_from: WaveColumn | None = None
    """Column that says which wave a row belongs to, in place of `wave`."""
    code_columns: list[CodeColumn] = Field(default_factory=list)
    """Columns with one element of the code each, where the code was asked in several questions."""
    person_id: str = Field(default="", validate_default=True)
    """Column with the person's id or whole code, always read as text. Needed here or in the codebook."""
    group: str = ""
    """Column with the group, where no roster says it."""
    arm: str = ""
    """Column with the arm, where no roster says it."""
    items: list[Items] = Field(default_factory=list)
    """Which columns hold which items."""
    missing_codes: list[str] = Field(default_factory=list)
    """Texts that mean 'not answered' in every column of this file, such as REDCap's missing-data codes or `N/A`."""
    comments: list[str] = Field(default_factory=list)
    """Free-text columns; they go to `restricted/` only."""
    ratings: bool = False
    """True when others rate the person: several rows a person are then expected."""
    answered_on: str | dict[str, str] = ""
    """Column with the date of the answer; blank takes the platform's own.

    Where a row holds several waves, the column of each wave: `{before: date_1, after: date_2}`.
    """
    date_format: str = ""
    """How its dates are written: `day_first`, `month_first`, `excel_serial` or a strptime format such as `%d/%m/%Y`;
    blank takes dates that begin with the year or name the month."""
    calendar: Calendar = ""
    """Calendar of these dates; blank recognises the Iranian one by its years (13xx, 14xx) and says so."""
    time_zone: str = ""
    """Time zone in which the platform writes times that carry none, such as `UTC`; blank takes the study's."""
    dictionary: str = ""
    """REDCap data dictionary, relative to the study file."""
    syntax: str = ""
    """SPSS or R syntax file that names the columns of a data file without header, relative to the study file."""
    sheet: str = ""
    """Sheet of a workbook that has several."""
    encoding: str = ""
    """Encoding of a text file that is not UTF-8, such as `cp1256`."""
    delimiter: str = ""
    """Cell delimiter, where it is not recognised."""
    keep: list[Literal["unfinished", "preview", "test", "spam", "imported", "not_approved"]] = Field(
        default_factory=list
    )
    """Kinds of response to use although the platform marks them; all others are left out, counted by kind."""

    @field_validator("person_id")
    @classmethod
    def _needed(cls, person_id: str, info: ValidationInfo) -> str:
        # The default is there for editors: with a codebook the key need not stand in the study file.
        if not person_id and not info.data.get("code_columns"):
            raise PydanticCustomError("missing", "missing")
        if person_id.casefold() == "none":
            raise ValueError(
                "CFG-NOLINK: without an id or code nobody's waves can be linked, so no change of persons can be "
                "computed | ask for a code in every wave next time; now, evaluate each wave as a study of its own"
            )
        return person_id

    @model_validator(mode="after")
    def _one_wave_source(self) -> Export:
        if self.wave and self.wave_from:
            raise ValueError("CFG-WAVE: an export needs either wave or wave_from | give one of the two")
        if not self.wave and not self.wave_from and not self.wide:
            raise ValueError(
                "CFG-WAVE: an export needs either wave or wave_from | give one of the two; where each row holds "
                "several waves, give neither and name one wave under waves: of every entry of items"
            )
        if isinstance(self.answered_on, str) == self.wide and self.answered_on:
            raise ValueError(
                "CFG-WAVE: answered_on does not fit the waves of this export | one column where a row is of one wave; "
                "where it holds several, the column of each wave, as in {before: date_1, after: date_2}"
            )
        return self

    @property
    def wide(self) -> bool:
        """Tell whether each row holds the answers of several waves: every entry of `items` names its one wave."""
        one_each = bool(self.items) and all(len(items.waves) == 1 for items in self.items)
        return one_each and not self.wave and self.wave_from is None

    @property
    def date_columns(self) -> list[str]:
        """Give the columns with dates that are named."""
        named = self.answered_on.values() if isinstance(self.answered_on, dict) else [self.answered_on]
        return [column for column in named if column]


class Range(Model):
    """The range of a number in the roster; a value outside is refused."""

    column: str
    """Name of the column, one of the covariates."""
    lowest: float
    """Lowest possible value."""
    highest: float
    """Highest possible value."""

    @model_validator(mode="after")
    def _ascending(self) -> Range:
        if self.lowest >= self.highest:
            what = f"the range of '{self.column}' goes from {self.lowest:g} to {self.highest:g}"
            raise ValueError(f"CFG-RANGE: {what} | write the lowest value first, then the highest")
        return self


class Roster(Model):
    """A list of the people enrolled, with their groups and arms."""

    file: str
    """Path, relative to the study file."""
    person_id: str = ""
    """Column with the id or whole code, as in the exports; or use `code_columns`."""
    code_columns: list[CodeColumn] = Field(default_factory=list)
    """Columns with one element of the code each."""
    group: str = ""
    """Column with the group."""
    arm: str = ""
    """Column with the arm."""
    site: str = ""
    """Column with the site."""
    role: str = ""
    """Column with the role, such as student or resident."""
    covariates: list[str] = Field(default_factory=list)
    """Further columns to keep, used to compare people lost with people kept."""
    ranges: list[Range] = Field(default_factory=list)
    """Ranges of covariates that are numbers; a column `age` is held to 10 to 110 unless another is given."""


class SessionLog(Model):
    """Meetings as they were held: one row a group and meeting."""

    file: str
    """Path, relative to the study file."""
    group: str = "group"
    """Column with the group."""
    session: str = "session"
    """Column with the number of the meeting, from 1."""
    date: str = "date"
    """Column with the date."""
    date_format: str = ""
    """How dates are written: `day_first`, `month_first`, `excel_serial` or a strptime format such as `%d/%m/%Y`."""
    calendar: Calendar = ""
    """Calendar of these dates; blank recognises the Iranian one by its years (13xx, 14xx)."""
    minutes: str = "minutes"
    """Column with the length in minutes."""
    leaders: str = "leaders"
    """Column with the number of leaders present."""


class AttendanceLog(Model):
    """Who was present: one row a person and meeting attended."""

    file: str
    """Path, relative to the study file."""
    person_id: str = "person_id"
    """Column with the id or code, as in the roster."""
    session: str = "session"
    """Column with the number of the meeting."""

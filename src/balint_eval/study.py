"""The study file: what was asked of whom, when, in which files, and what is to be compared.

Schema (`workflow/schemas/study.schema.json`) and key reference (`docs/reference/study.md`) are generated
from these models; a test holds them in step.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from balint_eval.codebook.merge import Merged, item_faults, with_codebook, without_echo
from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.model import Instrument, Level, Scale
from balint_eval.instruments.registry import known_instruments, read_instrument
from balint_eval.strict_yaml import Model, read_yaml, validate

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


def _day_as_text(value: object) -> object:
    """Give a date that YAML has read as a date back as text: 2026-03-31 needs no quotes."""
    return value.isoformat() if isinstance(value, date) else value


STUDENT_MINUTES = 60
"""Minutes of a meeting of a student Balint group."""
Day = Annotated[str, BeforeValidator(_day_as_text)]
Calendar = Literal["", "gregorian", "jalali"]


class Wave(Model):
    """One point in time at which people answered."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    role: Literal["baseline", "post", "follow_up"]
    """The baseline is compared with each later wave."""
    from_: Day = Field(default="", alias="from")
    """First day on which answers of this wave were given, as 2026-03-31 or, in the Iranian calendar, 1405-01-11."""
    until: Day = ""
    """Last day on which answers of this wave were given."""


class Arm(Model):
    """One arm of the study."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    role: Literal["intervention", "control"] = "intervention"
    """The first control arm is the one the others are compared with."""
    starts_after: str = ""
    """Wave after which this arm's own programme begins (waiting list, delayed start); blank: after the baseline.

    After that wave a control arm is no control any more, and its change is counted from there."""


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


class Cohort(Model):
    """People who were evaluated together, with their files."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    arm: str = ""
    """The arm of everyone, where neither roster nor export says it."""
    roster: Roster | None = None
    """List of the people enrolled; with one, only these people are analysed and others are counted."""
    exports: list[Export] = Field(min_length=1)
    """The survey exports."""
    sessions: SessionLog | None = None
    """Log of the meetings held."""
    attendance: AttendanceLog | None = None
    """Log of who was present."""
    linkage_decisions: str = ""
    """Review sheet of the linkage with your decisions, relative to the study file."""


class Programme(Model):
    """The programme as planned; the session log is held against it."""

    name: str = "Balint group"
    """Name shown to readers."""
    sessions: int | None = None
    """Meetings planned."""
    variant: Literal["standard", "student"] = "standard"
    """`student` for the shorter form: 60 minutes a meeting, where `minutes` says nothing else."""
    minutes: int = 90
    """Minutes of one meeting."""
    minutes_tolerance: int = Field(default=15, ge=0)
    """Minutes by which a meeting may differ from that and still count as held as planned."""
    members: tuple[int, int] = (6, 10)
    """Fewest and most members of a group."""
    leaders: tuple[int, int] = (1, 2)
    """Fewest and most leaders present."""
    interval_days: tuple[int, int] = (7, 31)
    """Fewest and most days from one meeting of a group to the next: weekly to monthly."""
    interval_tolerance: int = Field(default=3, ge=0)
    """Days by which an interval may differ from that and still count as held as planned."""

    @model_validator(mode="before")
    @classmethod
    def _shorter_for_students(cls, values: object) -> object:
        if isinstance(values, dict) and values.get("variant") == "student":
            return {"minutes": STUDENT_MINUTES, **values}
        return values


class Outcome(Model):
    """A scale to be compared, and what is at stake."""

    instrument: str
    """Instrument name."""
    scale: str = "total"
    """Scale of that instrument."""
    label: str = ""
    """Name shown to readers; blank takes the registry's."""
    role: Literal["primary", "secondary"] = "secondary"
    """One outcome is primary; the others are secondary."""
    family: str = ""
    """Tests adjusted together; blank means all outcomes of the same role."""
    smallest_change: float | None = Field(default=None, gt=0)
    """Smallest change of interest, in points of the scale."""
    smallest_change_source: str = ""
    """Where that number comes from; required with it."""
    reliability: float | None = Field(default=None, gt=0, lt=1)
    """Reliability that individual change is held against; blank takes what `plan.reliability` says."""
    reliability_source: str = ""
    """Where that number comes from; required with it."""
    level: Level | None = None
    """Kirkpatrick level; blank takes the registry's."""
    level_reason: str = ""
    """Why the level differs from the registry's."""

    @model_validator(mode="after")
    def _sourced(self) -> Outcome:
        if self.smallest_change is not None and not self.smallest_change_source:
            raise ValueError("CFG-SOURCE: a smallest change needs its source | add smallest_change_source")
        if self.reliability is not None and not self.reliability_source:
            raise ValueError("CFG-SOURCE: a reliability needs its source | add reliability_source")
        return self


class Plan(Model):
    """How outcomes are compared, fixed before the data are seen."""

    primary_wave: str = ""
    """Wave of the main comparison; blank takes the first wave with the role post."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Level of the intervals."""
    adjust: Literal["holm", "hochberg", "bh", "none"] = "holm"
    """Adjustment within a family."""
    allocation: Literal["none", "people", "groups", "not_random"] = "none"
    """What was allocated to arms: nothing (one arm), people or groups at random, or not at random."""
    groups: Literal["expected", "none"] = "expected"
    """`none` says that people did not meet in groups; else nothing is claimed where nobody's group is known."""
    registration: str = ""
    """Registration id, one line."""
    reliability: Literal["auto", "alpha", "omega", "retest", "registry"] = "auto"
    """Reliability for individual change: alpha or omega of this study's baseline, `retest` of the control arm, or the
    registry's published alpha with the most people; `auto` takes alpha, else the registry."""
    ordinal_alpha: bool = False
    """True to give ordinal alpha (of polychoric correlations) beside alpha; slower."""


class CodeElement(Model):
    """One element of the code that people make themselves, such as the day of birth."""

    name: Name
    """Short name used in the review sheet."""
    kind: Literal["letters", "number", "day", "month", "choice"]
    """How it is tidied: letters without accents, numbers without leading zeros, months by name or number."""
    length: int = Field(default=0, ge=0, le=40)
    """Signs of the element: of letters the first so many count; needed where one column holds the whole code."""


class Linkage(Model):
    """How the waves of one person are put together."""

    method: Literal["exact", "code"] = "exact"
    """`exact` joins equal ids; `code` also joins self-made codes with one element off, where nobody else is near."""
    elements: list[CodeElement] = Field(default_factory=list)
    """Elements of the code, in the order in which they are written; three or more."""
    separator: str = Field(default="", max_length=1)
    """Sign between the elements where one column holds the whole code, such as `-`."""
    within_group: bool = True
    """True: a code that differs in one element is not joined across two groups, where the group of both is known."""
    duplicates: Literal["refuse", "first", "last", "most_complete", "none"] = "refuse"
    """What to do when a person answered twice in one wave; `none` uses none of these answers."""
    blank_ids: Literal["refuse", "drop"] = "refuse"
    """What to do with answers whose person id is blank; `drop` leaves them out, counted."""
    outside_window: Literal["exclude", "refuse"] = "exclude"
    """What to do with answers given before `from` or after `until` of their wave; `exclude` counts them."""
    min_match_rate: float = Field(default=0.5, ge=0, le=1)
    """Share of the people of the smaller wave that must be linked; below it paired analysis is refused."""


class Study(Model):
    """A whole study file."""

    name: Name
    """Short name; results go to `results/<name>/`."""
    title: str
    """Title of the report."""
    description: str = ""
    """What the study is, for somebody who was not there."""
    question: str = ""
    """What the study asks, in one sentence."""
    contact: str = ""
    """Whom to ask about the report."""
    levels: Literal["classic4", "barr6", "barr7", "beme_students"] = "classic4"
    """Vocabulary of Kirkpatrick levels."""
    audience: Literal["internal"] = "internal"
    """Who may read the report; `release` comes with the disclosure rules."""
    waves: list[Wave] = Field(min_length=1)
    """Points in time, in order."""
    arms: list[Arm] = Field(default_factory=lambda: [Arm(name="balint", label="Balint group")])
    """Arms; without a control arm a report speaks of change, never of an effect."""
    programme: Programme = Programme()
    """The programme as planned."""
    outcomes: list[Outcome] = Field(min_length=1)
    """The scales that are compared."""
    cohorts: list[Cohort] = Field(min_length=1)
    """People who were evaluated together, with their files."""
    own_instruments: list[Instrument] = Field(default_factory=list)
    """The study's own scales and reaction forms."""
    instrument_files: list[str] = Field(default_factory=list)
    """Further instruments in files of their own, relative to the study file."""
    codebook: str = ""
    """Workbook (.xlsx) or YAML file that says which column of each export holds what, relative to the study file."""
    allow_external_inputs: bool = False
    """True to read exports through links that lead out of the study's folder."""
    plan: Plan = Plan()
    """How outcomes are compared."""
    linkage: Linkage = Linkage()
    """How the waves of one person are put together."""
    answer_sets: list[AnswerSet] = Field(default_factory=list)
    """Answers that several instruments share."""
    time_zone: str = ""
    """Time zone of the place of the study, such as `Asia/Tehran`: the day of an answer is the day there."""

    @property
    def baseline(self) -> Wave:
        """The wave with the role baseline (or the first, when there is none)."""
        return next((wave for wave in self.waves if wave.role == "baseline"), self.waves[0])

    @property
    def later_waves(self) -> list[Wave]:
        """Waves after the baseline, in order."""
        return [wave for wave in self.waves if wave is not self.baseline]

    @property
    def primary_wave(self) -> str:
        """Name of the wave of the main comparison; the only wave where there is one."""
        posts = [wave.name for wave in self.later_waves if wave.role == "post"]
        later = [wave.name for wave in self.later_waves]
        return self.plan.primary_wave or next(iter(posts + later), self.baseline.name)

    @property
    def control_arm(self) -> Arm | None:
        """The first arm with the role control."""
        return next((arm for arm in self.arms if arm.role == "control"), None)


class StudyFile:
    """A study with the folder its paths start from and its resolved instruments.

    Parameters
    ----------
    study : Study
    folder : Path
        Folder of the study file.
    shown_as : str
        The study file as shown to people.
    instruments : dict of name to Instrument
        Registry, instrument files and own instruments.
    """

    def __init__(self, study: Study, folder: Path, shown_as: str, instruments: dict[str, Instrument]) -> None:
        self.study = study
        self.folder = folder
        self.shown_as = shown_as
        self.instruments = instruments

    def with_answers(self, items: Items) -> Items:
        """Give an entry of the codebook with the answers of its answer set, where it names one."""
        found = next((entry for entry in self.study.answer_sets if entry.name == items.answer_set), None)
        return items.model_copy(update={"answers": found.answers}) if found else items

    def path(self, relative: str) -> Path:
        """Give a path of the study file as a real path."""
        return self.folder / relative

    def cohort(self, name: str) -> Cohort:
        """Give one cohort.

        Raises
        ------
        StudyError
            There is no such cohort.
        """
        for cohort in self.study.cohorts:
            if cohort.name == name:
                return cohort
        names = ", ".join(cohort.name for cohort in self.study.cohorts)
        raise StudyError(
            Problem("CFG-REFERENCE", f"there is no cohort '{name}'", f"use one of: {names}", self.shown_as)
        )

    def input_files(self, cohort: Cohort) -> list[str]:
        """Give every file a cohort is read from, as written in the study file, sorted."""
        logs = [log.file for log in (cohort.roster, cohort.sessions, cohort.attendance) if log]
        exports = [
            file for export in cohort.exports for file in (export.file, export.dictionary, export.syntax) if file
        ]
        codebook = [self.study.codebook] if self.study.codebook else []
        decisions = [cohort.linkage_decisions] if cohort.linkage_decisions else []
        return sorted({*logs, *exports, *codebook, *decisions})

    def scale_of(self, outcome: Outcome) -> tuple[Instrument, Scale]:
        """Give the instrument and the scale an outcome names."""
        instrument = self.instruments[outcome.instrument]
        return instrument, instrument.scale(outcome.scale)


def read_study(path: Path | str) -> StudyFile:
    """Read a study file and hold it to its rules.

    Parameters
    ----------
    path : path
        The YAML file.

    Returns
    -------
    StudyFile

    Raises
    ------
    StudyError
        All faults at once, each with its line.
    """
    path = Path(path)
    merged = with_codebook(read_yaml(path), path.parent)
    study = _validated(merged)
    instruments = {**known_instruments(), **_instruments_in_files(study, path.parent)}
    own = {instrument.name: instrument for instrument in study.own_instruments}
    file = StudyFile(study, path.parent, merged.document.shown_as, {**instruments, **own})
    from balint_eval.study_rules import broken_references

    found = [*merged.problems, *item_faults(merged, file.instruments)]
    broken = merged.relocated(broken_references(file, merged.document))
    problems = [*found, *without_echo(broken, found)]
    if problems:
        raise StudyError(sorted(problems, key=lambda problem: (problem.file != file.shown_as, problem.row)))
    return file


def _validated(merged: Merged) -> Study:
    """Hold a study file to its model; what is wrong with its codebook is said with it."""
    try:
        study: Study = validate(Study, merged.document)
    except StudyError as error:
        raise StudyError([*merged.relocated(error.problems), *merged.problems]) from None
    return study


def _instruments_in_files(study: Study, folder: Path) -> dict[str, Instrument]:
    read, problems = [], list[Problem]()
    for name in study.instrument_files:
        try:
            read.append(read_instrument(folder / name, name))
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return {instrument.name: instrument for instrument in read}

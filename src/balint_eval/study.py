"""The study file: what was asked of whom, when, in which files, and what is to be compared.

Schema (`workflow/schemas/study.schema.json`) and key reference (`docs/reference/study.md`) are generated
from these models; a test holds them in step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.model import Instrument, Level, Scale
from balint_eval.instruments.registry import known_instruments, read_instrument
from balint_eval.strict_yaml import Document, Model, read_yaml, validate

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
RESERVED = frozenset({"all", "summary", "con", "nul", "prn", "aux", "com1", "lpt1"})


class Wave(Model):
    """One point in time at which people answered."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    role: Literal["baseline", "post", "follow_up"]
    """The baseline is compared with each later wave."""


class Arm(Model):
    """One arm of the study."""

    name: Name
    label: str = ""
    role: Literal["intervention", "control"] = "intervention"


class AnswerCode(Model):
    """One answer as the export writes it, and its code."""

    answer: str
    """The text in the export, compared after tidying blanks, digits and letter forms."""
    code: float
    """The instrument's code for it."""


class Items(Model):
    """Where one instrument's items stand in an export, and how its answers are written."""

    instrument: str
    """Instrument name, from the registry or from `own_instruments`."""
    columns: str | list[str]
    """A pattern such as `TEQ_{item}` (or `TEQ_{item:02}`), or the columns in item order."""
    answers: list[AnswerCode] = Field(default_factory=list)
    """Answer texts and their codes; empty when the export holds the instrument's own codes."""
    missing_codes: list[str] = Field(default_factory=list)
    """Texts that mean 'not answered', such as `-99`; a blank always does."""
    already_reversed: bool = False
    """True when the platform has reversed the items; they are then not reversed again."""
    key_confirmed: bool = False
    """True when a person has checked that the key is right although the check of the key doubts it."""
    waves: list[str] = Field(default_factory=list)
    """Waves of this export in which the instrument was asked; empty means all of them."""

    def column_names(self, n_items: int) -> list[str]:
        """Give the column of each item, in item order."""
        if isinstance(self.columns, list):
            return list(self.columns)
        return [self.columns.format(item=item) for item in range(1, n_items + 1)]


class WaveValue(Model):
    """One value of the wave column; a blank wave leaves its rows out, counted."""

    value: str
    wave: str = ""


class WaveColumn(Model):
    """A column that says which wave a row belongs to."""

    column: str
    values: list[WaveValue]
    """Every value that occurs must be listed."""


class Export(Model):
    """One export file and its codebook."""

    file: str
    """Path, relative to the study file."""
    platform: Literal[
        "auto", "qualtrics", "redcap", "google_forms", "microsoft_forms", "surveymonkey", "plain"
    ] = "auto"  # fmt: skip
    """`auto` recognises the platform and says so."""
    wave: str = ""
    """The wave of every row; or use `wave_from`."""
    wave_from: WaveColumn | None = None
    person_id: str
    """Column with the person's id or code; ids are always text."""
    group: str = ""
    """Column with the group, where no roster says it."""
    arm: str = ""
    """Column with the arm, where no roster says it."""
    items: list[Items] = Field(default_factory=list)
    comments: list[str] = Field(default_factory=list)
    """Free-text columns; they go to `restricted/` only."""
    ratings: bool = False
    """True when others rate the person: several rows a person are then expected."""
    answered_on: str = ""
    """Column with the date of the answer; blank takes the platform's own."""
    date_format: str = ""
    """strptime format of that column; blank accepts ISO dates and the platform's own format."""
    dictionary: str = ""
    """REDCap data dictionary, relative to the study file."""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    unfinished: Literal["exclude", "keep"] = "exclude"
    """What to do with responses the platform marks as unfinished; they are counted either way."""

    @model_validator(mode="after")
    def _one_wave_source(self) -> Export:
        if bool(self.wave) == bool(self.wave_from):
            raise ValueError("CFG-WAVE: an export needs either wave or wave_from | give one of the two")
        return self


class Roster(Model):
    """A list of the people enrolled, with their groups and arms."""

    file: str
    person_id: str
    group: str = ""
    arm: str = ""
    site: str = ""
    role: str = ""
    covariates: list[str] = Field(default_factory=list)
    """Further columns to keep, used to compare people lost with people kept."""


class SessionLog(Model):
    """Meetings as they were held: one row a group and meeting."""

    file: str
    group: str = "group"
    session: str = "session"
    date: str = "date"
    minutes: str = "minutes"
    leaders: str = "leaders"


class AttendanceLog(Model):
    """Who was present: one row a person and meeting attended."""

    file: str
    person_id: str = "person_id"
    session: str = "session"


class Cohort(Model):
    """People who were evaluated together, with their files."""

    name: Name
    label: str = ""
    arm: str = ""
    """The arm of everyone, where neither roster nor export says it."""
    roster: Roster | None = None
    exports: list[Export] = Field(min_length=1)
    sessions: SessionLog | None = None
    attendance: AttendanceLog | None = None


class Programme(Model):
    """The programme as planned; the session log is held against it."""

    name: str = "Balint group"
    sessions: int | None = None
    minutes: int = 90
    members: tuple[int, int] = (6, 10)
    leaders: tuple[int, int] = (1, 2)


class Outcome(Model):
    """A scale to be compared, and what is at stake."""

    instrument: str
    scale: str = "total"
    label: str = ""
    """Name shown to readers; blank takes the registry's."""
    role: Literal["primary", "secondary"] = "secondary"
    family: str = ""
    """Tests adjusted together; blank means all outcomes of the same role."""
    smallest_change: float | None = Field(default=None, gt=0)
    """Smallest change of interest, in points of the scale."""
    smallest_change_source: str = ""
    """Where that number comes from; required with it."""
    level: Level | None = None
    """Kirkpatrick level; blank takes the registry's."""
    level_reason: str = ""
    """Why the level differs from the registry's."""

    @model_validator(mode="after")
    def _sourced(self) -> Outcome:
        if self.smallest_change is not None and not self.smallest_change_source:
            raise ValueError("CFG-SOURCE: a smallest change needs its source | add smallest_change_source")
        return self


class Plan(Model):
    """How outcomes are compared, fixed before the data are seen."""

    primary_wave: str = ""
    """Wave of the main comparison; blank takes the first wave with the role post."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    adjust: Literal["holm", "hochberg", "bh", "none"] = "holm"
    """Adjustment within a family."""
    allocation: Literal["none", "people", "groups", "not_random"] = "none"
    """What was allocated to arms: nothing (one arm), people or groups at random, or not at random."""
    registration: str = ""
    """Registration id, one line."""


class Linkage(Model):
    """How the waves of one person are put together."""

    duplicates: Literal["refuse", "first", "last"] = "refuse"
    """What to do when a person answered twice in one wave."""
    min_match_rate: float = Field(default=0.5, ge=0, le=1)
    """Share of the people of the smaller wave that must be linked; below it paired analysis is refused."""


class Study(Model):
    """A whole study file."""

    name: Name
    """Short name; results go to `results/<name>/`."""
    title: str
    description: str = ""
    question: str = ""
    """What the study asks, in one sentence."""
    contact: str = ""
    """Whom to ask about the report."""
    levels: Literal["classic4", "barr6", "barr7", "beme_students"] = "classic4"
    """Vocabulary of Kirkpatrick levels."""
    audience: Literal["internal"] = "internal"
    """Who may read the report; `release` comes with the disclosure rules."""
    waves: list[Wave] = Field(min_length=1)
    arms: list[Arm] = Field(default_factory=lambda: [Arm(name="balint", label="Balint group")])
    programme: Programme = Programme()
    outcomes: list[Outcome] = Field(min_length=1)
    cohorts: list[Cohort] = Field(min_length=1)
    own_instruments: list[Instrument] = Field(default_factory=list)
    """The study's own scales and reaction forms."""
    instrument_files: list[str] = Field(default_factory=list)
    """Further instruments in files of their own, relative to the study file."""
    plan: Plan = Plan()
    linkage: Linkage = Linkage()

    @property
    def baseline(self) -> Wave:
        """The wave with the role baseline (or the first, when there is none)."""
        return next((wave for wave in self.waves if wave.role == "baseline"), self.waves[0])

    @property
    def later_waves(self) -> list[Wave]:
        """Waves after the baseline, in order."""
        return [wave for wave in self.waves if wave.role != "baseline"]

    @property
    def primary_wave(self) -> str:
        """Name of the wave of the main comparison."""
        posts = [wave.name for wave in self.later_waves if wave.role == "post"]
        later = [wave.name for wave in self.later_waves]
        return self.plan.primary_wave or next(iter(posts + later), "")

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
        exports = [file for export in cohort.exports for file in (export.file, export.dictionary) if file]
        return sorted({*logs, *exports})

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
    document = read_yaml(path)
    study: Study = validate(Study, document)
    instruments = {**known_instruments(), **_instruments_in_files(study, path.parent)}
    own = {instrument.name: instrument for instrument in study.own_instruments}
    file = StudyFile(study, path.parent, document.shown_as, {**instruments, **own})
    problems = list(_broken_references(file, document))
    if problems:
        raise StudyError(sorted(problems, key=lambda problem: problem.row))
    return file


def _instruments_in_files(study: Study, folder: Path) -> dict[str, Instrument]:
    read = [read_instrument(folder / name, name) for name in study.instrument_files]
    return {instrument.name: instrument for instrument in read}


def _broken_references(file: StudyFile, document: Document) -> Iterator[Problem]:
    for find in (_name_faults, _outcome_faults, _export_faults, _plan_faults):
        for location, code, what, mend in find(file):
            path = ".".join(str(part) for part in location)
            yield Problem(code, what, mend, document.shown_as, document.line(location), path)


Fault = tuple[tuple[str | int, ...], str, str, str]


def _name_faults(file: StudyFile) -> Iterator[Fault]:
    for section in ("cohorts", "waves", "arms"):
        seen: dict[str, str] = {}
        for index, entry in enumerate(getattr(file.study, section)):
            location = (section, index, "name")
            folded = entry.name.casefold()
            if folded in RESERVED or entry.name.endswith("."):
                yield (
                    location,
                    "CFG-IDRESERVED",
                    f"the name '{entry.name}' is reserved",
                    "choose another name",
                )
            if folded in seen:
                what = f"the names '{seen[folded]}' and '{entry.name}' collide on disks that ignore case"
                yield location, "CFG-IDCOLLIDE", what, "choose different names"
            seen[folded] = entry.name


def _outcome_faults(file: StudyFile) -> Iterator[Fault]:
    for index, outcome in enumerate(file.study.outcomes):
        instrument = file.instruments.get(outcome.instrument)
        if instrument is None:
            yield (
                ("outcomes", index, "instrument"),
                *_unknown("instrument", outcome.instrument, file.instruments),
            )
        elif outcome.scale not in {scale.name for scale in instrument.scales}:
            names = {scale.name for scale in instrument.scales}
            yield ("outcomes", index, "scale"), *_unknown("scale", outcome.scale, names)


def _export_faults(file: StudyFile) -> Iterator[Fault]:
    waves = {wave.name for wave in file.study.waves}
    for c, cohort in enumerate(file.study.cohorts):
        for e, export in enumerate(cohort.exports):
            at = ("cohorts", c, "exports", e)
            if export.wave and export.wave not in waves:
                yield (*at, "wave"), *_unknown("wave", export.wave, waves)
            for v, value in enumerate(export.wave_from.values if export.wave_from else []):
                if value.wave and value.wave not in waves:
                    yield (*at, "wave_from", "values", v, "wave"), *_unknown("wave", value.wave, waves)
            for i, items in enumerate(export.items):
                yield from _items_faults(file, items, (*at, "items", i))
        if cohort.arm and cohort.arm not in {arm.name for arm in file.study.arms}:
            yield ("cohorts", c, "arm"), *_unknown("arm", cohort.arm, {arm.name for arm in file.study.arms})


def _items_faults(file: StudyFile, items: Items, at: tuple[str | int, ...]) -> Iterator[Fault]:
    instrument = file.instruments.get(items.instrument)
    if instrument is None:
        yield (*at, "instrument"), *_unknown("instrument", items.instrument, file.instruments)
        return
    if isinstance(items.columns, str) and "{item" not in items.columns:
        what = "a column pattern needs the word {item}"
        yield (*at, "columns"), "CFG-COLUMNS", what, "write for example TEQ_{item}"
    elif len(items.column_names(instrument.n_items)) != instrument.n_items:
        found = len(items.column_names(instrument.n_items))
        what = f"{found} columns are listed and {instrument.name} has {instrument.n_items} items"
        yield (*at, "columns"), "CFG-COLUMNS", what, "list one column an item, in the order of the form"
    codes = set(instrument.response.codes)
    for answer in items.answers:
        if answer.code not in codes:
            what = f"the code {answer.code:g} is not a code of {instrument.name} ({_span(instrument)})"
            yield (*at, "answers"), "CFG-CODE", what, "use the instrument's codes"
    for text in items.missing_codes:
        if not items.answers and _number(text) in codes:
            what = f"the missing code {text} is also an answer of {instrument.name} ({_span(instrument)})"
            yield (*at, "missing_codes"), "CFG-MISSCODE", what, "choose a code outside the answers"


def _plan_faults(file: StudyFile) -> Iterator[Fault]:
    later = {wave.name for wave in file.study.later_waves}
    if file.study.plan.primary_wave and file.study.plan.primary_wave not in later:
        yield ("plan", "primary_wave"), *_unknown("later wave", file.study.plan.primary_wave, later)
    if file.study.control_arm and file.study.plan.allocation == "none":
        what = "the study has a control arm and does not say how people came into their arm"
        yield ("plan",), "CFG-PLAN", what, "set plan.allocation to people, groups or not_random"


def _unknown(kind: str, name: str, known: object) -> tuple[str, str, str]:
    import difflib

    names = sorted(str(item) for item in known)  # type: ignore[attr-defined]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    mend = f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(names)}"
    return "CFG-REFERENCE", f"there is no {kind} '{name}'", mend


def _span(instrument: Instrument) -> str:
    return ", ".join(f"{code:g}" for code in instrument.response.codes)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

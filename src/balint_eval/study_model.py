"""Models of the study file: what was asked of whom, when, in which files, and what is to be compared.

Schema (`workflow/schemas/study.schema.json`) and key reference (`docs/reference/study.md`) are generated
from these models; a test holds them in step.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from balint_eval.codebook.model import LONGEST_ELEMENT, ElementKind, ElementName
from balint_eval.instruments.model import Instrument, Level
from balint_eval.strict_yaml import Model
from balint_eval.study_context import Context
from balint_eval.study_exports import AnswerSet, AttendanceLog, Export, Name, Roster, SessionLog


def _day_as_text(value: object) -> object:
    """Give a date that YAML has read as a date back as text: 2026-03-31 needs no quotes."""
    return value.isoformat() if isinstance(value, date) else value


FEWEST_IMPUTATIONS = 20
"""Below it another seed would give another result."""
STUDENT_MINUTES = 60
"""Minutes of a meeting of a student Balint group."""
Day = Annotated[str, BeforeValidator(_day_as_text)]


class Wave(Model):
    """One point in time at which people answered."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    role: Literal["baseline", "post", "follow_up"]
    """The baseline is compared with each later wave."""
    months: float | None = None
    """Months from the start of the study, such as 0, 3 and 12; with three waves and more, growth per month is told."""
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


class Cohort(Model):
    """People who were evaluated together, with their files."""

    name: Name
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    arm: str = ""
    """The arm of everyone, where neither roster nor export says it."""
    group: str = ""
    """Name of the group, where everybody of the cohort met in the same one; no file has a column for it then."""
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


class CutOff(Model):
    """A mark on a scale that people are counted at or beyond, such as a cut-off for high burnout."""

    value: float
    """The mark, in points of the scale."""
    side: Literal["at_or_above", "at_or_below"]
    """Which side of the mark counts; the mark itself does."""
    source: str = Field(min_length=1)
    """Where the mark comes from."""


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
    cut_off: CutOff | None = None
    """Mark at or beyond which people are counted too: shares before and after, and between arms."""
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


class FurtherContrast(Model):
    """Two arms that are compared with each other, neither of them the control."""

    arm: str
    """Arm that stands first: its mean less the other's."""
    against: str
    """Arm it is compared with."""


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
    further_contrasts: list[FurtherContrast] = Field(default_factory=list)
    """Pairs of arms to be compared beside each arm with the control; a family of tests of their own."""
    bayes: bool = False
    """True to give a JZS Bayes factor (Cauchy prior of scale 0.707) of every comparison, on group means."""
    imputations: int = Field(default=50, ge=0, le=1000)
    """How often the scores of people who answered once are imputed for the sensitivity rows `..._imputed` and the
    table `tipping`; 0 imputes nothing, else at least 20. The planned comparison never uses imputed scores."""
    ordinal_alpha: bool = False
    """True to give ordinal alpha (of polychoric correlations) beside alpha; slower."""

    @model_validator(mode="after")
    def _enough_imputations(self) -> Plan:
        if 0 < self.imputations < FEWEST_IMPUTATIONS:
            raise ValueError(
                f"CFG-IMPUTATIONS: fewer than {FEWEST_IMPUTATIONS} imputations leave the result to the draw | "
                "write 50, or 0 to impute nothing"
            )
        return self


class CodeElement(Model):
    """One element of the code that people make themselves, such as the day of birth."""

    name: ElementName
    """Short name used in the review sheet."""
    kind: ElementKind
    """How it is tidied: letters without accents, numbers without leading zeros, months by name or number."""
    length: int = Field(default=0, ge=0, le=LONGEST_ELEMENT)
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


class Translation(Model):
    """One text of the study file in another language."""

    text: str
    """The text as it stands elsewhere in the study file, such as the label of a wave."""
    translation: str
    """What readers of the other language see."""


class Translations(Model):
    """The study's own texts in one further language."""

    language: str
    """Language, as in `languages`."""
    texts: list[Translation] = Field(min_length=1)
    """Texts with their translations; a text without one stays as it is written."""


class ReportFiles(Model):
    """What the reports are written as."""

    formats: list[Literal["html", "docx", "pdf"]] = Field(default=["html", "docx", "pdf"], min_length=1)
    """`html` for a browser, `docx` for Word, `pdf` tagged for screen readers."""
    each_cohort: bool = False
    """True for a page for the educators of each cohort too, in `report/cohorts/`, with its figures and tables."""

    @model_validator(mode="after")
    def _each_once(self) -> ReportFiles:
        if len(set(self.formats)) < len(self.formats):
            raise ValueError("CFG-CHOICE: a format is named twice | name each format once")
        return self


LOWEST = 5
"""No release shows anything about fewer people, whatever the reason."""
USUAL = 8
LONG_ENOUGH = 20


class ReleaseRules(Model):
    """What leaves the house, and on how many people it must rest."""

    smallest: int = USUAL
    """Fewest people behind any figure; complete pairs for a change. May be raised; lowered only with `reason`, never
    below 5, and never below what an earlier release of the study had."""
    reason: str = ""
    """Why fewer than 8 are enough, in 20 signs or more; printed on the first page."""
    items: Literal["if_enough", "pooled", "none"] = "if_enough"
    """Answers to single items, over the whole study: where at least 30 people answered; `pooled` asks for them and is
    refused where fewer did; `none` leaves them out."""
    trait: str = ""
    """One of site, role or a covariate of the roster whose levels are counted; blank for none."""
    comments: Literal["count", "approved", "none"] = "count"
    """Their number, or word by word those that a person approved in `restricted/<study>/comments_to_approve.csv`."""

    @field_validator("smallest")
    @classmethod
    def _above_the_floor(cls, smallest: int) -> int:
        if smallest < LOWEST:
            raise ValueError(
                f"CFG-KFLOOR: {smallest} people are fewer than {LOWEST}, below which nothing is ever released | "
                f"write {USUAL}, or {LOWEST} to {USUAL - 1} with a reason"
            )
        return smallest

    @model_validator(mode="after")
    def _lowered_with_a_reason(self) -> ReleaseRules:
        if self.smallest < USUAL and len(self.reason) < LONG_ENOUGH:
            raise ValueError(
                f"CFG-KREASON: fewer than {USUAL} people need a written reason of at least {LONG_ENOUGH} signs, which "
                f"is printed on the first page | add reason: beside it, or write {USUAL}"
            )
        return self


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
    audience: Literal["internal", "release"] = "internal"
    """Who may read what `balint-eval run` makes where `--audience` is not given: the people who run the groups, or
    anybody else (docs/confidentiality.md)."""
    release: ReleaseRules = ReleaseRules()
    """What leaves the house with `--audience release`."""
    report: ReportFiles = ReportFiles()
    """What the reports are written as."""
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
    languages: list[str] = Field(default=["en"], min_length=1)
    """Languages of the reports and figures: `en` (English), `fa` (Persian); the first is the one of the summary."""
    translations: list[Translations] = Field(default_factory=list)
    """Titles, labels and answers of this study file in these languages."""
    answer_sets: list[AnswerSet] = Field(default_factory=list)
    """Answers that several instruments share."""
    time_zone: str = ""
    """Time zone of the place of the study, such as `Asia/Tehran`: the day of an answer is the day there."""
    context: Context = Context()
    """What only the authors know: setting, theory, leaders and the rest that a reporting checklist asks for."""

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

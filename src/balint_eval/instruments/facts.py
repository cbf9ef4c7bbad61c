"""The building blocks of an instrument: codes, scores, rules and sourced numbers, each with its evidence."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from balint_eval.strict_yaml import Model

Mark = Literal["P", "S", "C", "D", "U", "derived", "user"]
"""P the paper or official page, S secondary page, C published scoring code, D recomputed from open data,
U unverified, derived by arithmetic from another mark, user: declared by the study's author."""

Level = Literal["1", "2", "2a", "2b", "3", "3a", "3b", "4", "4a", "4b", "process", "well_being"]
Measures = Literal[
    "empathy", "burnout", "satisfaction", "engagement", "distress", "resilience", "process", "reaction", "confidence",
    "skill", "attitude", "well_being",
]  # fmt: skip
Direction = Literal["better", "worse"]
Rule = Literal["sum", "mean", "category"]
ScaleName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]


class AnswerCodes(Model):
    """The codes an answer may have in the data, before anything is reversed."""

    codes: list[float] = Field(min_length=2)
    """Allowed codes, ascending; an answer outside them is refused."""
    low: str = ""
    """What the lowest code stands for, in a word or two of our own."""
    high: str = ""
    """What the highest code stands for."""
    not_applicable: bool = False
    """The form offers 'does not apply'; it counts as missing."""

    @field_validator("codes")
    @classmethod
    def _ascending(cls, codes: list[float]) -> list[float]:
        if sorted(set(codes)) != codes:
            listed = ", ".join(f"{code:g}" for code in codes)
            raise ValueError(f"CFG-RANGE: the codes {listed} are not ascending and different | sort them")
        return codes


class Scale(Model):
    """One score: which items, by which rule."""

    name: ScaleName
    """Short name used in tables."""
    label: str = ""
    """Name shown to readers."""
    items: list[int] = Field(default_factory=list)
    """Positions on the form, from 1."""
    of: list[str] = Field(default_factory=list)
    """Other scales this one is composed of, instead of items."""
    rule: Rule
    """Sum or mean of the keyed items (or of the scales in `of`); `category` shows the one answer as it is."""
    multiply: float = 1.0
    """Factor applied after the rule."""
    range: tuple[float, float]
    """Lowest and highest possible score."""
    higher_is: Direction
    """Whether a higher score is better or worse for the person."""
    min_answered: int | None = None
    """Items that must be answered for a score; null applies the package default, half of the items."""
    min_answered_mark: Mark | None = None
    """Evidence mark of that number where it differs from the instrument's missing rule."""
    mark: Mark | None = None
    """Evidence mark of the key where it differs from the instrument's."""

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        if bool(self.items) == bool(self.of):
            raise ValueError("CFG-SCALE: a scale needs either items or of | give one of the two")
        repeated = sorted({item for item in self.items if self.items.count(item) > 1})
        if repeated:
            places = [str(place) for place, item in enumerate(self.items, start=1) if item == repeated[0]]
            what = f"the scale '{self.name}' lists item {repeated[0]} at its positions {' and '.join(places)}"
            raise ValueError(f"CFG-ITEMDUP: {what} | list each item once")
        if self.rule == "category" and len(self.items) != 1:
            what = "the rule category shows one answer as it is and needs a scale of one item"
            raise ValueError(f"CFG-SCALE: {what} | use sum or mean for several items")
        self._check_numbers()
        return self

    def _check_numbers(self) -> None:
        if self.range[0] >= self.range[1]:
            what = f"the scale '{self.name}' ranges from {self.range[0]:g} to {self.range[1]:g}"
            raise ValueError(f"CFG-RANGE: {what} | write the lowest possible score first, then the highest")
        if self.min_answered is not None and not 1 <= self.min_answered <= len(self.items):
            what = "min_answered must lie between 1 and the number of items"
            raise ValueError(f"CFG-RANGE: {what} | correct it")


class UnkeyedScale(Model):
    """A score that exists and cannot be given here, because its item positions are not known."""

    name: ScaleName
    """Short name."""
    label: str = ""
    """Name shown to readers."""
    n_items: int | None = None
    """How many items it has, where known."""
    rule: Rule | None = None
    """Sum or mean, where known."""
    range: tuple[float, float] | None = None
    """Lowest and highest possible score, where known."""
    higher_is: Direction | None = None
    """Whether a higher score is better or worse, where known."""


class MissingRule(Model):
    """What happens when items are not answered."""

    published: bool
    """Whether the authors give a rule; without one the package default applies and is printed."""
    text: str = ""
    """The rule in words."""
    mark: Mark = "U"
    """Evidence mark."""
    most_missing_on_form: int | None = Field(default=None, ge=0)
    """Items of the whole form that may be missing; with more of them missing no scale gets a score."""


class Cutoff(Model):
    """A bound that a cited source uses."""

    scale: str
    """Scale."""
    op: Literal["<", "<=", ">=", ">", "bound"]
    """How a score is held against the value; `bound` where the source as known here does not say."""
    value: float
    """The bound, in points of the metric."""
    metric: Literal["raw", "mean", "T"] = "raw"
    """Points of this scale as it stands here, mean of its items, or T scores; only `raw` bounds fit the scores."""
    label: str
    """What the source calls it."""
    people: str = ""
    """Whom it is for, where not for everybody."""
    source: str = Field(min_length=1)
    """The source."""
    note: str = ""
    """What else must be known before it is used."""
    mark: Mark
    """Evidence mark."""


class Reliability(Model):
    """A published reliability."""

    scale: str
    """Scale."""
    kind: Literal["alpha", "omega", "retest"]
    """Which coefficient."""
    value: float
    """The coefficient."""
    value_to: float | None = None
    """The upper end, where the source gives a range."""
    interval: str = ""
    """Time between test and retest."""
    population: str
    """In whom."""
    n: int | None = None
    """People."""
    note: str = ""
    """What else is known."""
    mark: Mark
    """Evidence mark."""


class Norm(Model):
    """A mean and SD with the population they belong to."""

    scale: str
    """Scale."""
    population: str = Field(min_length=1)
    """In whom."""
    mean: float
    """Mean, points."""
    mean_to: float | None = None
    """The upper end, where the source gives a range of means."""
    sd: float | None = None
    """SD, points."""
    sd_to: float | None = None
    """The upper end, where the source gives a range of SDs."""
    n: int | None = None
    """People."""
    source: str
    """The source."""
    note: str = ""
    """What else is known."""
    mark: Mark
    """Evidence mark."""


class Licence(Model):
    """Who may use the wording; the package never holds it."""

    status: Literal["free", "free-with-citation", "public-domain", "proprietary", "unclear", "own"]
    """Status."""
    note: str = ""
    """What else is known."""


class ItemLabel(Model):
    """A user's own short label for an item of their own form."""

    item: int
    """Position on the form."""
    label: str
    """Your words for it."""


class AnswerLabel(Model):
    """A user's own label for an answer code of their own form."""

    code: float
    """Answer code."""
    label: str
    """Your words for it."""

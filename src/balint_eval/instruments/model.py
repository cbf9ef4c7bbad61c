"""What is known of a questionnaire: positions, codes, rules and their evidence, never its wording."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from balint_eval.strict_yaml import Model

Mark = Literal["P", "S", "C", "D", "U", "derived", "user"]
"""P the paper or official page, S secondary page, C published scoring code, D recomputed from open data,
U unverified, derived by arithmetic from another mark, user: declared by the study's author."""

Level = Literal["1", "2", "2a", "2b", "3", "3a", "3b", "4", "4a", "4b", "process", "well_being"]
Direction = Literal["better", "worse"]
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
            raise ValueError("CFG-RANGE: the codes must be ascending and different | sort them")
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
    rule: Literal["sum", "mean"]
    """Sum or mean of the keyed items (or of the scales in `of`)."""
    multiply: float = 1.0
    """Factor applied after the rule."""
    range: tuple[float, float]
    """Lowest and highest possible score."""
    higher_is: Direction
    """Whether a higher score is better or worse for the person."""
    min_answered: int | None = None
    """Items that must be answered for a score; null applies the package default, half of the items."""
    mark: Mark | None = None
    """Evidence mark where it differs from the instrument's."""

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        if bool(self.items) == bool(self.of):
            raise ValueError("CFG-SCALE: a scale needs either items or of | give one of the two")
        repeated = sorted({item for item in self.items if self.items.count(item) > 1})
        if repeated:
            what = f"item {repeated[0]} stands twice in the scale"
            raise ValueError(f"CFG-ITEMDUP: {what} | list each item once")
        if self.range[0] >= self.range[1]:
            raise ValueError("CFG-RANGE: the lowest score must be below the highest | correct the range")
        if self.min_answered is not None and not 1 <= self.min_answered <= len(self.items):
            what = "min_answered must lie between 1 and the number of items"
            raise ValueError(f"CFG-RANGE: {what} | correct it")
        return self


class MissingRule(Model):
    """What happens when items are not answered."""

    published: bool
    """Whether the authors give a rule; without one the package default applies and is printed."""
    text: str = ""
    """The rule in words."""
    mark: Mark = "U"
    """Evidence mark."""


class Cutoff(Model):
    """A bound that a cited source uses."""

    scale: str
    """Scale."""
    op: Literal["<", "<=", ">=", ">"]
    """How a score is held against the value."""
    value: float
    """The bound, in points."""
    label: str
    """What the source calls it."""
    source: str
    """The source."""
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
    population: str
    """In whom."""
    n: int | None = None
    """People."""
    mark: Mark
    """Evidence mark."""


class Norm(Model):
    """A mean and SD with the population they belong to."""

    scale: str
    """Scale."""
    population: str
    """In whom."""
    mean: float
    """Mean, points."""
    sd: float | None = None
    """SD, points."""
    n: int | None = None
    """People."""
    source: str
    """The source."""
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


class Instrument(Model):
    """One questionnaire in one version.

    Notes
    -----
    Reversing replaces an answer by lowest code + highest code - answer, with the declared codes.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]
    """Short name, used in tables and in the study file."""
    title: str
    """Full name."""
    citation: str = ""
    """How to cite it."""
    doi: str = ""
    """DOI of that reference."""
    measures: Literal[
        "empathy", "burnout", "satisfaction", "engagement", "distress", "resilience", "process", "reaction",
        "confidence", "skill", "attitude", "well_being",
    ]  # fmt: skip
    """What it measures."""
    level: Level
    """Default Kirkpatrick level; `well_being` is reported beside the levels."""
    level_basis: str = ""
    """Why it sits on that level."""
    rater: str = "self"
    """Who answers: self, patient, faculty, ..."""
    n_items: int = Field(ge=1)
    """Items on the form."""
    response: AnswerCodes
    """Codes of the answers."""
    reverse: list[int] = Field(default_factory=list)
    """Positions that are reversed before scoring."""
    scales: list[Scale] = Field(default_factory=list)
    """The scores it gives; none for a form that is only shown by item."""
    by_item: bool = False
    """Show answers item by item (reaction forms)."""
    item_labels: list[ItemLabel] = Field(default_factory=list)
    """Only for a user's own form."""
    answer_labels: list[AnswerLabel] = Field(default_factory=list)
    """Only for a user's own form."""
    missing: MissingRule = MissingRule(published=False)
    """What the authors say of missing answers."""
    cutoffs: list[Cutoff] = Field(default_factory=list)
    """Bounds that a cited source uses."""
    reliability: list[Reliability] = Field(default_factory=list)
    """Published reliabilities."""
    norms: list[Norm] = Field(default_factory=list)
    """Published means, each with its population."""
    licence: Licence
    """Who may use the wording."""
    evidence: dict[str, list[Mark]] = Field(default_factory=dict)
    """Evidence marks for each group of fields (key, range, missing, anchors, ...)."""
    traps: list[str] = Field(default_factory=list)
    """What has gone wrong with this instrument elsewhere."""

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        self._check_positions("reverse", self.reverse)
        names = [scale.name for scale in self.scales]
        if len(set(names)) < len(names):
            raise ValueError("CFG-SCALE: two scales share a name | rename one")
        for scale in self.scales:
            self._check_positions(scale.name, scale.items)
            unknown = [name for name in scale.of if name not in names]
            if unknown:
                what = f"'{scale.name}' is composed of '{unknown[0]}', which is not a scale"
                raise ValueError(f"CFG-SCALE: {what} | name a scale of this instrument")
            if any(self.scale(name).of for name in scale.of):
                what = f"'{scale.name}' is composed of a scale that is composed itself"
                raise ValueError(f"CFG-SCALE: {what} | name scales of items")
            self._check_range(scale)
        return self

    def _check_positions(self, where: str, items: list[int]) -> None:
        outside = [item for item in items if not 1 <= item <= self.n_items]
        if outside:
            what = f"'{where}' names item {outside[0]} of a form with {self.n_items} items"
            raise ValueError(f"CFG-ITEM: {what} | correct the number")

    def _check_range(self, scale: Scale) -> None:
        ends = (self.response.codes[0], self.response.codes[-1])
        parts = [self.scale(name).range for name in scale.of] or [ends] * len(scale.items)
        factor = scale.multiply / (len(parts) if scale.rule == "mean" else 1)
        possible = (sum(low for low, _ in parts) * factor, sum(high for _, high in parts) * factor)
        if any(abs(a - b) > 1e-9 for a, b in zip(possible, scale.range, strict=True)):
            raise ValueError(
                f"CFG-RANGE: '{scale.name}' can range from {possible[0]:g} to {possible[1]:g}, not from "
                f"{scale.range[0]:g} to {scale.range[1]:g} | correct the range, the items or the codes"
            )

    def scale(self, name: str) -> Scale:
        """Give one scale by name.

        Raises
        ------
        KeyError
            There is no such scale.
        """
        return {scale.name: scale for scale in self.scales}[name]

    def required_answers(self, scale: Scale) -> int:
        """Give how many items of a scale must be answered: the manual's number, else half, rounded up."""
        return scale.min_answered or -(-len(scale.items) // 2)

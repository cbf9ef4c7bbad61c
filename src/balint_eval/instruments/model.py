"""What is known of a questionnaire: positions, codes, rules and their evidence, never its wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from balint_eval.instruments.facts import (
    AnswerCodes,
    AnswerLabel,
    Cutoff,
    Direction,
    ItemLabel,
    Level,
    Licence,
    Mark,
    Measures,
    MissingRule,
    Norm,
    Reliability,
    Scale,
    UnkeyedScale,
)
from balint_eval.strict_yaml import Model

__all__ = ["Described", "Direction", "Instrument", "Level", "Mark", "Scale", "Structure", "possible_range"]


class Described(Model):
    """Name, source and place of a questionnaire."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]
    """Short name, used in tables and in the study file."""
    title: str
    """Full name."""
    citation: str = ""
    """How to cite it."""
    doi: str = ""
    """DOI of that reference."""
    measures: Measures
    """What it measures."""
    level: Level
    """Default Kirkpatrick level; `well_being` is reported beside the levels."""
    level_basis: str = ""
    """Why it sits on that level."""
    rater: str = "self"
    """Who answers: self, patient, faculty, ..."""


class Instrument(Described):
    """One questionnaire in one version.

    Notes
    -----
    Reversing replaces an answer by lowest code + highest code - answer, with the declared codes.
    """

    keyed: Literal["full", "partial"] = "full"
    """Whether every score of the form can be given, or only some."""
    n_items: int = Field(ge=1)
    """Items on the form."""
    extra: str = ""
    """What else is on the form and never scored."""
    optional_items: list[int] = Field(default_factory=list)
    """Positions that the form can do without; they do not count for a missing rule of the whole form."""
    risk_items: list[int] = Field(default_factory=list)
    """Positions that ask about danger to life: a study that uses the form needs a safeguarding rule."""
    response: AnswerCodes
    """Codes of the answers."""
    reverse: list[int] = Field(default_factory=list)
    """Positions that are reversed before scoring."""
    reverse_unverified: list[int] = Field(default_factory=list)
    """Those of them whose reversal is unverified, where the others are not."""
    to_confirm: str = ""
    """What a person must hold against the form before this key is right for it."""
    scales: list[Scale] = Field(default_factory=list)
    """The scores it gives; none for a form that is only shown by item."""
    unkeyed: list[UnkeyedScale] = Field(default_factory=list)
    """Scores that exist and cannot be given, because their item positions are not known."""
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
    facts: list[str] = Field(default_factory=list)
    """Other published facts, each with its mark."""
    licence: Licence
    """Who may use the wording."""
    evidence: dict[str, list[Mark]] = Field(default_factory=dict)
    """Evidence marks for each group of fields (key, range, missing, anchors, ...)."""
    traps: list[str] = Field(default_factory=list)
    """What has gone wrong with this instrument elsewhere."""

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        for where in ("reverse", "reverse_unverified", "optional_items", "risk_items"):
            self._check_positions(where, getattr(self, where))
        names = [scale.name for scale in self.scales] + [scale.name for scale in self.unkeyed]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"CFG-SCALE: '{twice[0]}' is the name of two scales | rename one")
        for scale in self.scales:
            self._check_positions(scale.name, scale.items)
            self._check_parts(scale)
            self._check_range(scale)
        self._check_labels()
        return self

    def _check_positions(self, where: str, items: list[int]) -> None:
        outside = [item for item in items if not 1 <= item <= self.n_items]
        if outside:
            what = f"'{where}' names item {outside[0]} of a form with {self.n_items} items"
            raise ValueError(f"CFG-ITEM: {what} | correct the number")
        twice = [item for item in items if items.count(item) > 1]
        if twice:
            places = " and ".join(str(place) for place, item in enumerate(items, start=1) if item == twice[0])
            raise ValueError(
                f"CFG-ITEMDUP: '{where}' lists item {twice[0]} at its positions {places} | list each item once"
            )

    def _check_parts(self, scale: Scale) -> None:
        keyed = {other.name: other for other in self.scales}
        unknown = [name for name in scale.of if name not in keyed]
        if unknown:
            what = f"'{scale.name}' is composed of '{unknown[0]}', which is not a scale"
            raise ValueError(f"CFG-SCALE: {what} | name a scale of this instrument")
        if any(keyed[name].of for name in scale.of):
            what = f"'{scale.name}' is composed of a scale that is composed itself"
            raise ValueError(f"CFG-SCALE: {what} | name scales of items")

    def _check_range(self, scale: Scale) -> None:
        possible = possible_range(scale, self.response.codes, [self.scale(name).range for name in scale.of])
        if any(abs(a - b) > 1e-9 for a, b in zip(possible, scale.range, strict=True)):
            raise ValueError(
                f"CFG-RANGE: '{scale.name}' can range from {possible[0]:g} to {possible[1]:g}, not from "
                f"{scale.range[0]:g} to {scale.range[1]:g} | correct the range, the items or the codes"
            )

    def _check_labels(self) -> None:
        self._check_positions("item_labels", [entry.item for entry in self.item_labels])
        unknown = [entry.code for entry in self.answer_labels if entry.code not in self.response.codes]
        if unknown:
            what = f"'answer_labels' names the code {unknown[0]:g}, which is not among the codes"
            raise ValueError(f"CFG-CODE: {what} | correct the code")

    @property
    def main_scales(self) -> list[str]:
        """The scales that an outcome is proposed for: the total, else the scores made of scales, else all."""
        names = [scale.name for scale in self.scales]
        return ["total"] if "total" in names else [scale.name for scale in self.scales if scale.of] or names

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


class Structure(Described):
    """A questionnaire whose key is not known here: it is listed and never scored."""

    keyed: Literal["none"]
    """No score can be given."""
    why: str
    """Why not, as a clause."""
    n_items: int | None = None
    """Items on the form, where known."""
    codes: list[float] = Field(default_factory=list)
    """Codes of the answers, where known."""
    low: str = ""
    """What the lowest code stands for."""
    high: str = ""
    """What the highest code stands for."""
    reverse: list[int] | None = None
    """Positions that are reversed, where known."""
    unkeyed: list[UnkeyedScale] = Field(default_factory=list)
    """The scores it has."""
    missing: MissingRule = MissingRule(published=False)
    """What the authors say of missing answers."""
    reliability: list[Reliability] = Field(default_factory=list)
    """Published reliabilities."""
    norms: list[Norm] = Field(default_factory=list)
    """Published means, each with its population."""
    facts: list[str] = Field(default_factory=list)
    """Other published facts, each with its mark."""
    licence: Licence
    """Who may use the wording."""
    evidence: dict[str, list[Mark]] = Field(default_factory=dict)
    """Evidence marks for each group of fields."""
    traps: list[str] = Field(default_factory=list)
    """What has gone wrong with this instrument elsewhere."""


def possible_range(
    scale: Scale, codes: Sequence[float], parts: Sequence[tuple[float, float]] = ()
) -> tuple[float, float]:
    """Give the lowest and highest score a scale can have.

    Parameters
    ----------
    scale : Scale
    codes : sequence of float
        Codes of an answer, ascending.
    parts : sequence of (low, high)
        Ranges of the scales it is composed of; empty for a scale of items.

    Returns
    -------
    low, high : float
        In points.
    """
    ranges = list(parts) or [(codes[0], codes[-1])] * len(scale.items)
    factor = scale.multiply / (len(ranges) if scale.rule == "mean" else 1)
    return sum(low for low, _ in ranges) * factor, sum(high for _, high in ranges) * factor

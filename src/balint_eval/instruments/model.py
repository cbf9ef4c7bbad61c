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
            what = f"'{where}' names item {outside[0]} of a form with {self.n_items} items"
            raise ValueError(f"CFG-ITEM: {what} | correct the number")

    def _check_range(self, scale: Scale) -> None:
        if scale.of:
            return
        factor = scale.multiply * (len(scale.items) if scale.rule == "sum" else 1)
        possible = (self.response.codes[0] * factor, self.response.codes[-1] * factor)
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

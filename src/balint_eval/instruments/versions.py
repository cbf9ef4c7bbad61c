"""Versions of an instrument that circulate: chosen by name in the study file, as `OLBI@mean_score`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from balint_eval.instruments.facts import Cutoff, Mark, Norm, Scale, ScaleName
from balint_eval.instruments.model import Instrument, possible_range
from balint_eval.strict_yaml import Model


class ScaleItems(Model):
    """The items of one scale in a version with another order."""

    name: ScaleName
    """Scale."""
    items: list[int]
    """Positions on the form of the version."""


class Version(Model):
    """How a version differs from the instrument it belongs to; what is not named stays."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
    """Name behind the @."""
    text: str
    """What is different, for people."""
    mark: Mark
    """Evidence mark of the difference."""
    n_items: int | None = None
    """Items on the form."""
    codes: list[float] = Field(default_factory=list)
    """Codes as they are stored."""
    low: str = ""
    """What the lowest code stands for."""
    high: str = ""
    """What the highest code stands for."""
    reverse: list[int] | None = None
    """Positions that are reversed."""
    rule: Literal["sum", "mean"] | None = None
    """Rule of every scale of items."""
    multiply: float | None = None
    """Factor of every scale of items."""
    scales: list[ScaleItems] = Field(default_factory=list)
    """Scales with other positions."""
    only: list[str] = Field(default_factory=list)
    """The scales it can give, where not all."""
    settles: bool = False
    """Choosing it answers what the instrument asks to have confirmed."""
    key_sha256: str = ""
    """Checksum of the resolved key."""


class Entry(Instrument):
    """One file of the registry: an instrument, its versions and the checksum of its key."""

    versions: list[Version] = Field(default_factory=list)
    """Versions that circulate."""
    key_sha256: str = ""
    """Checksum of the key (`instruments.checksum`)."""

    @property
    def instrument(self) -> Instrument:
        """The instrument alone, as a study file could declare it."""
        return Instrument(**{name: getattr(self, name) for name in Instrument.model_fields})


def resolve(base: Instrument, version: Version) -> Instrument:
    """Give a version as an instrument of its own, named `NAME@version` in every table.

    Parameters
    ----------
    base : Instrument
    version : Version

    Returns
    -------
    Instrument
        Ranges follow from codes, rule and factor. Bounds and norms are left out where the version's points
        are not those of their source; bounds on the mean of items come in with the rule mean.
    """
    codes = version.codes or base.response.codes
    scales = _scales(base, version, codes)
    names = {scale.name for scale in scales}
    response = base.response.model_copy(update={
        "codes": codes, "low": version.low or base.response.low, "high": version.high or base.response.high,
    })  # fmt: skip
    changed = base.model_copy(update={
        "title": f"{base.title} ({version.text})",
        "n_items": version.n_items or base.n_items,
        "optional_items": [item for item in base.optional_items if item <= (version.n_items or base.n_items)],
        "response": response,
        "reverse": base.reverse if version.reverse is None else version.reverse,
        "reverse_unverified": base.reverse_unverified if version.reverse is None else [],
        "to_confirm": "" if version.settles else base.to_confirm,
        "scales": scales,
        "cutoffs": [cutoff for cutoff in _cutoffs(base, version) if cutoff.scale in names],
        "norms": [norm for norm in _norms(base, version) if norm.scale in names],
        "reliability": [entry for entry in base.reliability if entry.scale in names],
        "evidence": _evidence(base, version),
    })  # fmt: skip
    # Validated under the plain name: the @ is kept from the names people may give.
    Instrument.model_validate(changed.model_dump())
    return changed.model_copy(update={"name": f"{base.name}@{version.name}"})


def _scales(base: Instrument, version: Version, codes: list[float]) -> list[Scale]:
    moved = {entry.name: entry.items for entry in version.scales}
    kept = [scale for scale in base.scales if not version.only or scale.name in version.only]
    changed: dict[str, Scale] = {}
    for scale in sorted(kept, key=lambda scale: bool(scale.of)):
        update: dict[str, object] = {"items": moved.get(scale.name, scale.items)}
        if scale.items:
            update |= {"rule": version.rule or scale.rule, "multiply": version.multiply or scale.multiply}
        new = scale.model_copy(update=update)
        parts = [changed[name].range for name in new.of]
        changed[scale.name] = new.model_copy(update={"range": possible_range(new, codes, parts)})
    return [changed[scale.name] for scale in kept]


def _same_points(base: Instrument, version: Version) -> bool:
    return not version.codes and not version.multiply and (
        not version.rule or all(scale.rule == version.rule for scale in base.scales if scale.items)
    )  # fmt: skip


def _cutoffs(base: Instrument, version: Version) -> list[Cutoff]:
    if _same_points(base, version):
        return base.cutoffs
    if version.rule == "mean" and not version.codes and not version.multiply:
        return [c.model_copy(update={"metric": "raw"}) for c in base.cutoffs if c.metric == "mean"]
    return []


def _norms(base: Instrument, version: Version) -> list[Norm]:
    return base.norms if _same_points(base, version) else []


def _evidence(base: Instrument, version: Version) -> dict[str, list[Mark]]:
    """Give the marks of a version: another order or reversal rests on the version's own source."""
    other_key = version.reverse is not None or bool(version.scales)
    return {**base.evidence, "version": [version.mark]} | ({"key": [version.mark]} if other_key else {})

"""What a report is built from, with the look-ups every section needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, cast

from balint_eval.kinds import BETWEEN_ARMS
from balint_eval.language import ENGLISH, Language, marked
from balint_eval.study import StudyFile
from balint_eval.study_model import Outcome, Study
from balint_eval.tables import ALL_COHORTS, records

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]
"""One row of a table, by the contract's column names."""
_NUMBERED = re.compile(r"cohort_[0-9]+")
DEFAULTS = (
    *(marked("Balint group"), marked("Before the first meeting"), marked("After the last meeting")),
    marked("Follow-up"),
)
"""Names of programme and waves in a study file where nobody chose others."""
_MAIN_ROLES = ("primary", "secondary")


class Drawing(Protocol):
    """A figure as `balint_eval.plots` gives it."""

    @property
    def svg(self) -> str:
        """SVG text."""

    @property
    def title(self) -> str:
        """Short title."""

    @property
    def caption(self) -> str:
        """Sentence under the figure."""

    @property
    def alternative_text(self) -> str:
        """What the figure shows, in words."""

    @property
    def data(self) -> pd.DataFrame:
        """Numbers behind the figure."""


@dataclass(frozen=True)
class Headline:
    """A claim with the comparison that supports it and the outcome it is about."""

    claim: Row
    comparison: Row
    outcome: Row


@dataclass(frozen=True)
class Material:
    """Tables, study file, drawings and provenance of one report, and the language it is written in.

    Attributes
    ----------
    tables : mapping of name to DataFrame
        Tables under their contract names; a missing one counts as empty.
    file : StudyFile
    drawings : mapping of name to Drawing
    provenance : mapping
    language : Language
    audience : {"internal", "release"}
    """

    tables: Mapping[str, pd.DataFrame]
    file: StudyFile
    drawings: Mapping[str, Drawing]
    provenance: Mapping[str, object]
    language: Language = ENGLISH
    audience: str = "internal"
    _read: dict[str, list[Row]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def study(self) -> Study:
        """The study as declared."""
        return self.file.study

    def say(self, message: str, /, **values: str) -> str:
        """Say a sentence in the report's language."""
        return self.language.say(message, **values)

    def noted(self, text: str) -> str:
        """Give a remark of a table in the report's language; as it stands where there is no translation."""
        return self.language.noted(text, {wave.name: self.wave(wave.name) for wave in self.study.waves})

    def family(self, name: str) -> str:
        """Give the name of a family of tests, with its wave as readers know it."""
        waves = {wave.name for wave in self.study.waves}
        words = [self.wave(part) if part in waves else part.replace("_", " ") for part in name.split(", ")]
        return self.language.sequence([self.say("primary") if word == "primary" else word for word in words])

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a table in their order; none when the table is not there."""
        if name not in self._read:
            frame = self.tables.get(name)
            self._read[name] = [] if frame is None else [cast(Row, row) for row in records(frame)]
        return self._read[name]

    def own_rows(self, name: str) -> list[Row]:
        """Give the rows of single cohorts; pooled rows only where there are no others."""
        rows = self.rows(name)
        return [row for row in rows if row["cohort"] != ALL_COHORTS] or rows

    def pooled_rows(self, name: str) -> list[Row]:
        """Give the rows of the pooled study; those of the cohorts where nothing was pooled."""
        rows = self.rows(name)
        return [row for row in rows if row["cohort"] == ALL_COHORTS] or rows

    @cached_property
    def outcomes(self) -> list[Row]:
        """Outcomes, primary ones first, else in the order of the study file."""
        order = {(outcome.instrument, outcome.scale): i for i, outcome in enumerate(self.study.outcomes)}
        return sorted(
            self.rows("outcomes"),
            key=lambda row: (row["role"] != "primary", order.get((row["instrument"], row["scale"]), 999)),
        )

    @cached_property
    def main_rows(self) -> list[Row]:
        """Comparisons of the planned method over the whole study, in the order of the outcomes."""
        return self.in_order([row for row in self.rows("comparisons") if row["role"] in _MAIN_ROLES])

    @cached_property
    def places(self) -> Mapping[tuple[str, ...], Row]:
        """A comparison of each cohort, outcome and contrast, by `place_of`."""
        return {place_of(row): row for row in self.rows("comparisons")}

    def in_order(self, rows: list[Row]) -> list[Row]:
        """Sort rows by outcome, then by wave and contrast, as the study declares them."""
        places = {(row["instrument"], row["scale"]): i for i, row in enumerate(self.outcomes)}
        waves = {wave.name: i for i, wave in enumerate(self.study.waves)}
        return sorted(
            rows,
            key=lambda row: (
                places.get((row["instrument"], row["scale"]), 999),
                (row["instrument"], row["scale"]),
                waves.get(row.get("wave_to", row.get("wave", "")), 99),
                row.get("kind", "") not in BETWEEN_ARMS,
                str(row.get("contrast", "")),
            ),
        )

    @cached_property
    def claims(self) -> list[Headline]:
        """Claims that a comparison supports; one without its row is left out."""
        by_key = {_key(row): row for row in self.rows("comparisons")}
        outcomes = {(row["instrument"], row["scale"]): row for row in self.outcomes}
        found = {
            _key(claim): Headline(claim, by_key[_key(claim)], outcomes[claim["instrument"], claim["scale"]])
            for claim in self.rows("claims")
            if _key(claim) in by_key and (claim["instrument"], claim["scale"]) in outcomes
        }
        return [found[_key(row)] for row in self.in_order(list(by_key.values())) if _key(row) in found]

    @cached_property
    def headlines(self) -> list[Headline]:
        """One claim an outcome: at the primary wave, between arms where there is a control arm."""
        control = self.study.control_arm
        at_wave = [
            claim
            for claim in self.claims
            if claim.comparison["wave_to"] == self.study.primary_wave
            and claim.comparison["role"] in _MAIN_ROLES
            and not (control and claim.comparison["arm"] == control.name)
        ]
        between = {id(claim.outcome) for claim in at_wave if claim.comparison["kind"] in BETWEEN_ARMS}
        return [
            claim for claim in at_wave if id(claim.outcome) not in between or claim.comparison["kind"] in BETWEEN_ARMS
        ]

    def outcome(self, row: Row) -> Row:
        """Give the outcome a row is about; one with the machine names where it is not declared."""
        for outcome in self.outcomes:
            if (outcome["instrument"], outcome["scale"]) == (row["instrument"], row["scale"]):
                return outcome
        return {"label": self._scale_label(row["instrument"], row["scale"]), "minimum": 0.0, "maximum": 0.0}

    def _scale_label(self, name: str, scale: str) -> str:
        instrument = self.file.instruments.get(name)
        labels = {one.name: one.label for one in instrument.scales} if instrument else {}
        return self.say(
            "{instrument}: {scale}", instrument=name, scale=self.say(labels.get(scale) or scale.replace("_", " "))
        )

    def label(self, row: Row) -> str:
        """Give the name of a row's outcome as readers know it."""
        instrument = self.file.instruments.get(row["instrument"])
        outcome = self.outcome(row)
        repeated = [other for other in self.outcomes if other["label"] == outcome["label"]]
        if instrument and len(repeated) > 1:
            return self.say("{outcome} ({instrument})", outcome=self.named(outcome), instrument=instrument.name)
        return self.named(outcome)

    def named(self, outcome: Row) -> str:
        """Give the label of an outcome: the study's own, in its own translation, else the registry's."""
        label = str(outcome["label"])
        declared = self.declared(outcome) if "instrument" in outcome else None
        own = declared is not None and bool(declared.label)
        return self.language.named(label if own or label in self.language.names else self.say(label))

    def wave(self, name: str) -> str:
        """Give a wave's name as readers know it."""
        found = next((wave.label for wave in self.study.waves if wave.name == name and wave.label), name)
        return self.language.isolated(self.language.translated(found))

    def arm(self, name: str) -> str:
        """Give an arm's name as readers know it."""
        if name == ALL_COHORTS:
            return self.say("All arms")
        found = next((arm.label for arm in self.study.arms if arm.name == name and arm.label), name)
        return self.language.isolated(self.language.translated(found))

    def cohort(self, name: str) -> str:
        """Give a cohort's name as readers know it."""
        found = next((c.label for c in self.study.cohorts if c.name == name and c.label), name)
        if name == ALL_COHORTS or found in self.unnamed:
            return self.say("Whole study")
        return self.language.named(found)

    @property
    def unnamed(self) -> list[str]:
        """The only cohort, where its name is the number that `init` gave it: readers know it by no name."""
        names = [cohort.label or cohort.name for cohort in self.study.cohorts]
        return [name for name in names if len(names) == 1 and _NUMBERED.fullmatch(name)]

    @property
    def programme(self) -> str:
        """The programme's name as readers know it."""
        return self.language.isolated(self.language.translated(self.study.programme.name))

    def compared(self, row: Row) -> str:
        """Give the later wave of a comparison, with the arms where they could be mistaken."""
        wave, arms = self.wave(row["wave_to"]), len(self.study.arms)
        if row["kind"] in BETWEEN_ARMS and arms > 2:
            pair = {"arm": self.arm(row["arm"]), "reference": self.arm(row["reference_arm"])}
            return self.say("{wave}: {arm} − {reference}", wave=wave, **pair)
        if row["kind"] not in BETWEEN_ARMS and arms > 1:
            return self.say("{wave}: {arm}", wave=wave, arm=self.arm(row["arm"]))
        return wave

    def signs(self, rows: Sequence[Row]) -> str:
        """Say which way the numbers of some comparisons are taken."""
        waves = list(dict.fromkeys(self.wave(row["wave_from"]) for row in rows if row["wave_from"]))
        pairs = {(row["arm"], row["reference_arm"]) for row in rows if row["kind"] in BETWEEN_ARMS}
        named: dict[str, str] = {"first": self.language.listed(waves)} if waves else {}
        if len(pairs) != 1:
            if waves:
                return self.say("In points of the scale: the later wave minus “{first}”.", **named)
            return self.say("In points of the scale.")
        arm, reference = (self.arm(name) for name in pairs.pop())
        named |= {"arm": arm, "reference": reference}
        if waves:
            return self.say("In points of the scale: the later wave minus “{first}”, {arm} minus {reference}.", **named)
        return self.say("In points of the scale, {arm} minus {reference}.", **named)

    def declared(self, row: Row) -> Outcome | None:
        """Give the outcome as the study file declares it."""
        wanted = (row["instrument"], row["scale"])
        return next((o for o in self.study.outcomes if (o.instrument, o.scale) == wanted), None)


def place_of(row: Row) -> tuple[str, ...]:
    """Give cohort, outcome and contrast of a row."""
    return tuple(str(row[name]) for name in ("cohort", "instrument", "scale", "contrast"))


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("cohort", "instrument", "scale", "contrast", "method"))

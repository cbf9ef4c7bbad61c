"""How many of ten people changed by more than the error of their scores, in words for both readers."""

from __future__ import annotations

from math import isfinite

from balint_eval.language import Language
from balint_eval.report import numbers
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Callout

FIRST = "jacobson_truax"
"""Method of record; the others stand beside it in the researcher report."""


def gives_away(row: Row) -> bool:
    """Tell whether a share tells what became of everybody in a small arm."""
    few = not numbers.too_few(row["n"]) and row["n"] < numbers.SMALLEST_FOR_EXTREMES
    return bool(few and any(row[name] == row["n"] for name in ("improved", "unchanged", "worse")))


def of_ten(language: Language, row: Row) -> str:
    """Write a row of `individual_change` as numbers of ten people; a dash where they are not known."""
    if not isfinite(row["of_ten_improved"]):
        return numbers.MISSING
    return language.say("{improved} better, {unchanged} as before, {worse} worse", **_counts(row))


def of_ten_people(material: Material) -> tuple[Callout, ...]:
    """Say for the primary outcome at the primary wave what became of ten people of each arm.

    Nothing is said where fewer than five people stand behind it, where it would tell everybody's change, or where
    no reliability is known.
    """
    primary = next((row for row in material.outcomes if row["role"] == "primary"), None)
    rows = [
        row
        for row in material.rows("individual_change")
        if primary
        and (row["instrument"], row["scale"]) == (primary["instrument"], primary["scale"])
        and row["method"] == FIRST
        and row["wave_to"] == material.study.primary_wave
        and not numbers.too_few(row["n"])
        and isfinite(row["of_ten_improved"])
        and not gives_away(row)
    ]
    if primary is None or not rows:
        return ()
    said = [_sentence(material, row) for row in rows]
    error = material.say("Better or worse means: by more than the error of one person's score.")
    word = material.say("Of 10 people, {outcome}:", outcome=material.label(primary))
    return (Callout("info", "⚇", word, " ".join([*said, error])),)


def _sentence(material: Material, row: Row) -> str:
    if len(material.study.arms) == 1:
        return material.say("{improved} better, {unchanged} as before, {worse} worse.", **_counts(row))
    arm = material.arm(row["arm"])
    return material.say("{arm}: {improved} better, {unchanged} as before, {worse} worse.", arm=arm, **_counts(row))


def _counts(row: Row) -> dict[str, str]:
    return {name: numbers.count(row[f"of_ten_{name}"]) for name in ("improved", "unchanged", "worse")}

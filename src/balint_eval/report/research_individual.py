"""Researcher report: how many people changed by more than the error of their scores."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.language import SEMICOLONS, Language, marked
from balint_eval.report import numbers
from balint_eval.report.cells import guarded, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Section, TableBlock
from balint_eval.report.of_ten import FIRST, gives_away, of_ten

METHODS = {
    FIRST: marked("Jacobson and Truax"),
    "both_waves": marked("SDs of both waves (Maassen)"),
    "gulliksen_lord_novick": marked("Gulliksen, Lord and Novick"),
}


def individual(material: Material) -> Section:
    """Show the shares at the primary wave: by Jacobson and Truax, by the other methods, and against norms."""
    wave = material.study.primary_wave
    rows = [row for row in material.rows("individual_change") if row["wave_to"] == wave]
    bounds = [row for row in material.rows("clinical_cutoffs") if row["wave_to"] == wave]
    rows = material.in_order(rows)
    blocks = (_shares(material, rows), _methods(material, rows), _cutoffs(material, material.in_order(bounds)))
    return Section(material.say("Change of single people"), "individual", tuple(block for block in blocks if block))


def _shares(material: Material, rows: Sequence[Row]) -> TableBlock | None:
    first = [row for row in rows if row["method"] == FIRST]
    if not first:
        return None
    chance = _by_chance(rows)
    heads = (
        *(material.say("Outcome"), material.say("Arm"), material.say("#n"), material.say("#Change beyond error")),
        *(material.say("#Improved (by chance {share})", share=chance), material.say("#Within error")),
        *(material.say("#Worse (by chance {share})", share=chance), material.say("Of 10 people")),
    )
    cells = [(material.label(row), material.arm(row["arm"]), *_share_cells(material.language, row)) for row in first]
    notes = [
        material.say(
            "At “{wave}”. A person improved or got worse when the change is larger than 1.96 standard errors of a "
            "difference of two scores (Jacobson and Truax, with the factor of Christensen and Mendoza). If nobody "
            "changed, 2.5% would stand on each side; hold the shares against that, and against the arm without the "
            "programme. {level} Wilson intervals take people as independent, so they are too short; this is no test.",
            wave=material.wave(material.study.primary_wave),
            level=numbers.percent(material.study.plan.confidence),
        ),
        *_sources(material, first),
        *row_notes(
            first,
            [material.language.sequence([material.label(row), material.arm(row["arm"])]) for row in first],
            material.language,
        ),
    ]
    title = material.say("Change of single people beyond the error of their scores")
    return table("individual", title, heads, cells, notes, "individual_change")


def _sources(material: Material, rows: Sequence[Row]) -> list[str]:
    """Name the reliability behind each outcome's error."""
    said = {material.label(row): row for row in rows if isfinite(row["reliability"])}
    parts = [
        material.say(
            "{outcome} {value} ({source})", outcome=label, value=numbers.probability(row["reliability"], 2),
            source=material.noted(str(row["reliability_source"])),
        )
        for label, row in said.items()
    ]  # fmt: skip
    return [material.say("Reliability: {parts}.", parts=material.language.sequence(parts, SEMICOLONS))] if parts else []


def _by_chance(rows: Sequence[Row]) -> str:
    """Give the share that is expected on each side if nobody changed."""
    known = {f"{100 * float(row['expected_share']):.1f}%" for row in rows if isfinite(row["expected_share"])}
    return known.pop() if len(known) == 1 else numbers.MISSING


def _share_cells(language: Language, row: Row) -> list[str]:
    shown = [
        f"{_percent(row, 'improved')} {_interval(row, 'improved')}", _percent(row, "unchanged"),
        f"{_percent(row, 'worse')} {_interval(row, 'worse')}", of_ten(language, row),
    ]  # fmt: skip
    if not isfinite(row["reliability"]):
        shown = [numbers.MISSING for _ in shown]
    return [*guarded(row["n"], numbers.count(row["n"]), number(row["threshold"], 1)), *_protected(row, shown)]


def _percent(row: Row, name: str) -> str:
    return numbers.percent(row[f"{name}_share"])


def _interval(row: Row, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not (isfinite(low) and isfinite(high)):
        return numbers.MISSING
    return f"[{numbers.percent(low)}, {numbers.percent(high)}]"


def _methods(material: Material, rows: Sequence[Row]) -> TableBlock | None:
    primary = {(one["instrument"], one["scale"]) for one in material.outcomes if one["role"] == "primary"}
    known = [row for row in rows if isfinite(row["reliability"]) and (row["instrument"], row["scale"]) in primary]
    if not known:
        return None
    heads = (
        *(
            material.say("Outcome"),
            material.say("Arm"),
            material.say("Method"),
            material.say("#n"),
            material.say("#Error, points"),
            material.say("#Improved"),
        ),
        *(material.say("#Within error"), material.say("#Worse")),
    )
    ordered = sorted(known, key=lambda row: (known.index(_first_of(row, known)), list(METHODS).index(row["method"])))
    cells = [
        (
            *(material.label(row), material.arm(row["arm"]), material.say(METHODS[str(row["method"])])),
            *guarded(row["n"], numbers.count(row["n"]), number(row["error"])),
            *_protected(row, [_percent(row, name) for name in ("improved", "unchanged", "worse")]),
        )
        for row in ordered
    ]
    note = material.say(
        "The same people by three errors. Gulliksen, Lord and Novick hold each score against what regression to the "
        "mean predicts from the first, so people who began low or high are judged by another change. All outcomes: "
        "table individual_change."
    )
    return table("individual-methods", material.say("By three methods"), heads, cells, [note], "individual_change")


def _first_of(row: Row, rows: Sequence[Row]) -> Row:
    """Give the first row of the same outcome and arm, which keeps the order of the outcomes."""
    same = ("instrument", "scale", "arm")
    return next(other for other in rows if all(other[name] == row[name] for name in same))


def _protected(row: Row, shown: list[str]) -> list[str]:
    return [numbers.PROTECTED for _ in shown] if gives_away(row) else guarded(row["n"], *shown)


def _cutoffs(material: Material, rows: Sequence[Row]) -> TableBlock | None:
    if not rows:
        return None
    heads = (
        *(
            material.say("Outcome"),
            material.say("Arm"),
            material.say("Norm population"),
            material.say("#Norm, M (SD)"),
            material.say("#a"),
            material.say("#b"),
            material.say("#c"),
        ),
        *(
            material.say("#n"),
            material.say("#Beyond c before"),
            material.say("#Beyond c later"),
            material.say("#Crossed c and improved beyond error"),
        ),
    )
    cells = [(material.label(row), material.arm(row["arm"]), *_cutoff_cells(row)) for row in rows]
    notes = [
        material.say(
            "Cut-offs of Jacobson and Truax: a is two SDs from this study's baseline mean, b two SDs from the norm's, "
            "c lies where a score is as likely in either. They were made for patients and healthy people; here the "
            "two populations are people of one profession, and c parts them only roughly."
        ),
        *row_notes(
            rows,
            [material.language.sequence([material.label(row), row["population"]]) for row in rows],
            material.language,
        ),
    ]
    return table("cutoffs", material.say("Beside published norms"), heads, cells, notes, "clinical_cutoffs")


def _cutoff_cells(row: Row) -> tuple[str, ...]:
    norm = f"{number(row['norm_mean'], 1)} ({number(row['norm_sd'], 1)})"
    people = [f"{row['population']} ({row['source']}, {row['mark']})", norm]
    bounds = [number(row[name], 1) for name in ("a", "b", "c")]
    counted = [numbers.count(row[name]) for name in ("beyond_before", "beyond_after", "crossed_reliably")]
    ends = {0, row["n"]} & {row[name] for name in ("beyond_before", "beyond_after")}
    if ends and not numbers.too_few(row["n"]) and row["n"] < numbers.SMALLEST_FOR_EXTREMES:
        counted = [numbers.PROTECTED for _ in counted]
    return *people, *bounds, *guarded(row["n"], numbers.count(row["n"]), *counted)

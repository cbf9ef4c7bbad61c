"""Researcher report: mixed model, sensitivity, cohorts and families of tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.language import Language
from balint_eval.report import numbers
from balint_eval.report.cells import groups_cell, guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Callout, Paragraph, Section, TableBlock
from balint_eval.report.research_results import PLANNED, effect_notes, estimates, how_got
from balint_eval.report.wording import method


def model(material: Material) -> Section:
    """Show the mixed model with its variances, and say singular fits in words."""
    rows = [row for row in _main_contrasts(material) if row["method"] == "mixed_model"]
    blocks: list[Block] = []
    if rows:
        blocks.append(estimates(material, rows, "model", material.say("Mixed model")))
    fits = _fits(material, rows)
    if fits:
        blocks += [_variances(material, fits), *_singular(material, fits)]
    return Section(material.say("Mixed model"), "model", tuple(blocks))


def _main_contrasts(material: Material) -> list[Row]:
    """Give all methods' rows of the contrasts that have a main result."""
    main = {_contrast(row) for row in material.main_rows}
    rows = [row for row in material.rows("comparisons") if _contrast(row) in main]
    return material.in_order([row for row in rows if row["role"] != "by_cohort"])


def _contrast(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("cohort", "instrument", "scale", "contrast"))


Fit = tuple[Row, list[Row]]
"""A mixed model's comparison and its variance terms."""


def _fits(material: Material, rows: Sequence[Row]) -> list[Fit]:
    terms: dict[tuple[str, ...], list[Row]] = {}
    for term in material.rows("diagnostics"):
        terms.setdefault(_contrast(term), []).append(term)
    return [
        (row, terms[_contrast(row)]) for row in rows if _contrast(row) in terms and not numbers.too_few(row["n_paired"])
    ]


def _variances(material: Material, fits: Sequence[Fit]) -> TableBlock:
    names = list(dict.fromkeys(str(term["term"]) for _, terms in fits for term in terms))
    names.sort(key=lambda name: (name == "icc", name == "residual"))
    heads = (
        material.say("Outcome"),
        material.say("Wave"),
        *(f"#{_term_head(material.language, name)}" for name in names),
    )
    cells = [
        (
            *(material.label(row), material.compared(row)),
            *(_term_cell({str(term["term"]): term for term in terms}.get(name)) for name in names),
        )
        for row, terms in fits
    ]
    formulas = list(dict.fromkeys(str(term["formula"]) for _, terms in fits for term in terms))
    shares = material.say(
        "REML; variance in points squared with its share of the total. * marks an estimate of exactly zero."
    )
    notes = [shares, material.say("Model: {formulas}.", formulas="; ".join(formulas))]
    return table("variances", material.say("Variance components and ICC"), heads, cells, notes, "diagnostics")


def _term_head(language: Language, name: str) -> str:
    return {"icc": language.say("ICC"), "residual": language.say("Residual")}.get(name) or language.noted(
        name.replace("_", " ")
    )


def _term_cell(term: Row | None) -> str:
    if term is None:
        return numbers.MISSING
    if term["term"] == "icc":
        return numbers.probability(term["share"], 2)
    star = "*" if term["singular"] and float(term["variance"]) == 0 else ""
    return f"{number(term['variance'])}{star} ({numbers.probability(term['share'], 2)})"


def _singular(material: Material, fits: Sequence[Fit]) -> list[Block]:
    named = list(dict.fromkeys(material.label(row) for row, terms in fits if any(term["singular"] for term in terms)))
    if not named:
        return []
    text = material.say(
        "For {outcomes} a variance was estimated as exactly zero. With few groups this is common and does not show "
        "that groups are alike.",
        outcomes=material.language.listed(named),
    )
    return [Callout("info", "!", material.say("Singular fit."), text)]


def sensitivity(material: Material) -> Section:
    """Show every method for each outcome, the planned one first."""
    rows = _main_contrasts(material)
    blocks = [
        _methods_table(material, outcome, of_outcome)
        for outcome in material.outcomes
        if (of_outcome := [row for row in rows if _same(row, outcome)])
    ]
    heading = material.say("Sensitivity: the same outcome by every method")
    return Section(heading, "sensitivity", (Paragraph(_persons(material.language), "note"), *blocks) if blocks else ())


def _persons(language: Language) -> str:
    return language.say(
        "Methods that take persons as independent are shown because the literature reports them. "
        "Where groups differ, their intervals are too narrow."
    )


def _same(row: Row, outcome: Row) -> bool:
    return bool(row["instrument"] == outcome["instrument"] and row["scale"] == outcome["scale"])


def _methods_table(material: Material, outcome: Row, rows: Sequence[Row], part: str = "methods") -> TableBlock:
    heads = (
        *(
            material.say("Wave"),
            material.say("Method"),
            material.say("Status"),
            material.say("#Pairs"),
            material.say("#Groups"),
            material.say("#Estimate"),
        ),
        *(
            f"#{level_of_confidence(rows, material.language)}",
            material.say("#Statistic"),
            material.say("#df"),
            material.say("#p"),
            material.say("Standardised size"),
        ),
    )
    ordered = sorted(rows, key=lambda row: (str(row["contrast"]), row["method"] not in PLANNED))
    cells = [
        (
            *(material.compared(row), method(str(row["method"]), material.language)),
            *(
                material.say("planned") if row["method"] in PLANNED else material.say("sensitivity"),
                *_method_cells(row),
            ),
        )
        for row in ordered
    ]
    labels = {
        place: material.language.sequence([material.compared(row), method(str(row["method"]), material.language)])
        for place, row in enumerate(ordered)
    }
    said = {place: label for place, label in labels.items() if ordered[place]["method"] != "mixed_model"}
    notes = [
        material.say("Each row is one method on the same contrast; p is not adjusted here."),
        material.signs(ordered),
    ]
    notes += row_notes([ordered[place] for place in said], list(said.values()), material.language)
    name = f"{part}-{outcome['instrument']}-{outcome['scale']}"
    title = material.say("{outcome} by every method", outcome=material.label(outcome))
    if part == "arms":
        title = material.say("{outcome}: change within each arm by every method", outcome=material.label(outcome))
    return table(name, title, heads, cells, [*notes, *effect_notes(material.language, ordered)], "comparisons")


def _method_cells(row: Row) -> list[str]:
    people = (numbers.count(row["n_paired"]), groups_cell(row["n_groups"]))
    test = (number(row["statistic"]), numbers.degrees(row["df"]), numbers.p_value(row["p_value"]))
    return guarded(row["n_paired"], *people, number(row["estimate"]), interval(row), *test, _size(row))


def _size(row: Row) -> str:
    if not row["effect_name"] or not isfinite(row["effect"]):
        return numbers.MISSING
    return f"{row['effect_name']} {number(row['effect'])} {interval(row, 'effect_low', 'effect_high')}"


def within_arms_by_method(material: Material) -> Section:
    """Show every method for the change within each arm at the main wave, beside a controlled main result."""
    rows = [
        row
        for row in material.rows("comparisons")
        if row["role"] == "by_arm" and row["kind"] == "change" and row["wave_to"] == material.study.primary_wave
    ]
    heading = material.say("Change within each arm by every method")
    blocks = [
        _methods_table(material, outcome, of_outcome, "arms")
        for outcome in material.outcomes
        if (of_outcome := [row for row in material.in_order(rows) if _same(row, outcome)])
    ]
    return Section(heading, "arms-methods", (Paragraph(_persons(material.language), "note"), *blocks) if blocks else ())


def by_cohort(material: Material) -> Section:
    """Show each cohort by itself."""
    main = {(_contrast(row)[1:], row["method"]) for row in material.main_rows}
    rows = [row for row in material.rows("comparisons") if (_contrast(row)[1:], row["method"]) in main]
    rows = material.in_order([row for row in rows if row["role"] == "by_cohort"])
    if not rows:
        return Section(material.say("By cohort"), "cohorts", ())
    heads = (
        *(
            material.say("Outcome"),
            material.say("Cohort"),
            material.say("Wave"),
            material.say("#Pairs"),
            material.say("#Groups"),
        ),
        *(
            material.say("#Estimate"),
            f"#{level_of_confidence(rows, material.language)}",
            material.say("#Statistic"),
            material.say("#df"),
            material.say("#p"),
        ),
    )
    cells = [
        (
            *(material.label(row), material.cohort(row["cohort"]), material.compared(row)),
            *_method_cells(row),
        )
        for row in rows
    ]
    labels = [material.language.sequence([material.label(row), material.cohort(row["cohort"])]) for row in rows]
    notes = [*how_got(material, rows), material.signs(rows), *row_notes(rows, labels, material.language)]
    block = table("cohorts", material.say("Each cohort by itself"), heads, cells, notes, "comparisons")
    return Section(material.say("By cohort"), "cohorts", (block,))


def families(material: Material) -> Section:
    """Show raw and adjusted p side by side, family by family."""
    rows = sorted(
        (row for row in material.rows("comparisons") if row["family"] and isfinite(row["p_adjusted"])),
        key=lambda row: (str(row["family"]), float(row["p_value"])),
    )
    if not rows:
        return Section(material.say("Families of tests"), "families", ())
    heads = (
        material.say("Family"),
        material.say("Outcome"),
        material.say("Wave"),
        material.say("#p"),
        material.say("#Adjusted p"),
    )
    cells = [
        (
            material.family(str(row["family"])),
            material.label(row),
            material.compared(row),
            *guarded(row["n_paired"], numbers.p_value(row["p_value"]), numbers.p_value(row["p_adjusted"])),
        )
        for row in rows
    ]
    block = table("families", material.say("Adjusted p-values"), heads, cells, how_got(material, rows), "comparisons")
    return Section(material.say("Families of tests"), "families", (block,))

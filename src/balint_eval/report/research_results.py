"""Researcher report: main results, mixed model, sensitivity, cohorts and families of tests."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.report import numbers
from balint_eval.report.cells import guarded, interval, level_of_confidence, mean_sd, number, row_notes, table
from balint_eval.report.educator import plain_claim
from balint_eval.report.figures import figure
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Callout, Paragraph, Section, TableBlock
from balint_eval.report.wording import ADJUSTMENTS, listed, method, say


def in_brief(material: Material) -> Section:
    """Give the result of each outcome at the primary wave, as a paper would."""
    claims = tuple(plain_claim(material, line, plain=False) for line in material.headlines)
    return Section(say("Results in brief"), "brief", (Paragraph(_signs(), "note"), *claims) if claims else ())


def _signs() -> str:
    return say("Differences are later minus earlier wave, and intervention minus control, in points of the scale.")


def how_got(material: Material, rows: Sequence[Row]) -> list[str]:
    """Say under a table which methods gave its rows and how p-values were adjusted."""
    names = list(dict.fromkeys(method(str(row["method"])) for row in rows))
    notes = [say("Method: {methods}.", methods="; ".join(names))]
    families = sorted({str(row["family"]) for row in rows if row["family"] and isfinite(row["p_adjusted"])})
    if families:
        name = ADJUSTMENTS[material.study.plan.adjust]
        values = {"name": name, "families": listed(families)}
        notes.append(say("Two-sided p; adjusted p by {name} within each family: {families}.", **values))
    return notes


def _estimates(material: Material, rows: Sequence[Row], name: str, title: str) -> TableBlock:
    heads = (
        *(say("Outcome"), say("Compared"), say("#Pairs"), say("#Groups"), say("#Estimate")),
        *(f"#{level_of_confidence(rows)}", say("#SE"), say("#t"), say("#df"), say("#p"), say("#Adjusted p")),
    )
    cells = [(material.label(row), material.compared(row), *_estimate_cells(row)) for row in rows]
    notes = [*how_got(material, rows), _signs(), *_row_notes(material, rows)]
    return table(name, title, heads, cells, notes, "comparisons")


def _estimate_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"],
        numbers.count(row["n_paired"]),
        numbers.count(row["n_groups"]),
        number(row["estimate"]),
        interval(row),
        number(row["std_error"]),
        number(row["statistic"]),
        numbers.degrees(row["df"]),
        numbers.p_value(row["p_value"]),
        numbers.p_value(row["p_adjusted"]),
    )


def _row_notes(material: Material, rows: Sequence[Row]) -> list[str]:
    labels = {place: f"{material.label(row)}, {material.compared(row)}" for place, row in enumerate(rows)}
    return row_notes(rows, labels)


def main_results(material: Material) -> Section:
    """Show primary and secondary outcomes by the planned method, with their forest."""
    rows = material.main_rows
    if not rows:
        return Section(say("Main results"), "results", ())
    first = _estimates(material, rows, "results", say("Main results by the planned method"))
    blocks: tuple[Block, ...] = (first, *figure(material, "forest"), _sizes(material, rows))
    return Section(say("Main results"), "results", blocks)


def _sizes(material: Material, rows: Sequence[Row]) -> TableBlock:
    heads = (
        *(say("Outcome"), say("Compared"), say("#Earlier wave, M (SD)"), say("#Later wave, M (SD)")),
        *(say("Standardised by"), say("#Size"), f"#{level_of_confidence(rows)}"),
    )
    cells = [(material.label(row), material.compared(row), *_size_cells(row)) for row in rows]
    note = say("Means and SDs of the pairs analysed, in points. The standardised size carries its denominator's name.")
    return table("sizes", say("Means and standardised sizes"), heads, cells, [note], "comparisons")


def _size_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"],
        mean_sd(row["mean_pre"], row["sd_pre"]),
        mean_sd(row["mean_post"], row["sd_post"]),
        str(row["effect_name"]) or numbers.MISSING,
        number(row["effect"]),
        interval(row, "effect_low", "effect_high"),
    )


def model(material: Material) -> Section:
    """Show the mixed model with its variances, and say singular fits in words."""
    rows = material.in_order([row for row in material.rows("comparisons") if row["method"] == "mixed_model"])
    rows = [row for row in rows if row["role"] != "by_cohort"]
    blocks: list[Block] = []
    if rows:
        blocks.append(_estimates(material, rows, "model", say("Mixed model")))
    terms = _terms(material)
    if terms:
        blocks += [_variances(material, terms), *_singular(material, terms)]
    return Section(say("Mixed model"), "model", tuple(blocks))


def _terms(material: Material) -> list[Row]:
    """Give the variance terms of models on enough people."""
    enough = {
        _contrast(row) for row in material.rows("comparisons")
        if row["method"] == "mixed_model" and not numbers.too_few(row["n_paired"])
    }  # fmt: skip
    rows = material.in_order(material.pooled_rows("diagnostics"))
    return [row for row in rows if _contrast(row) in enough]


def _contrast(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("cohort", "instrument", "scale", "contrast"))


def _variances(material: Material, rows: Sequence[Row]) -> TableBlock:
    heads = (*(say("Outcome"), say("Contrast"), say("Term"), say("#Variance"), say("#Share"), say("On the boundary")),)
    cells = [
        (
            material.label(row),
            str(row["contrast"]),
            say("ICC") if row["term"] == "icc" else str(row["term"]),
            number(row["variance"], 3),
            numbers.probability(row["share"], 3),
            say("yes") if row["singular"] else say("no"),
        )
        for row in rows
    ]
    formulas = listed(list(dict.fromkeys(str(row["formula"]) for row in rows)))
    note = say("REML; variance in points squared, share of the total variance. Model: {formulas}.", formulas=formulas)
    return table("variances", say("Variance components"), heads, cells, [note], "diagnostics")


def _singular(material: Material, rows: Sequence[Row]) -> list[Block]:
    named = list(dict.fromkeys(material.label(row) for row in rows if row["singular"]))
    if not named:
        return []
    text = say(
        "For {outcomes} a variance was estimated as exactly zero. With few groups this is common and does not show "
        "that groups are alike.",
        outcomes=listed(named),
    )
    return [Callout("info", "!", say("Singular fit."), text)]


def sensitivity(material: Material) -> Section:
    """Show every method for each outcome, the planned one first."""
    rows = [row for row in material.rows("comparisons") if row["role"] != "by_cohort"]
    blocks = [
        _methods_table(material, outcome, of_outcome)
        for outcome in material.outcomes
        if (of_outcome := [row for row in material.in_order(rows) if _same(row, outcome)])
    ]
    heading = say("Sensitivity: the same outcome by every method")
    return Section(heading, "sensitivity", (Paragraph(_persons(), "note"), *blocks) if blocks else ())


def _persons() -> str:
    return say(
        "Methods that take persons as independent are shown because the literature reports them. "
        "Where groups differ, their intervals are too narrow."
    )


def _same(row: Row, outcome: Row) -> bool:
    return bool(row["instrument"] == outcome["instrument"] and row["scale"] == outcome["scale"])


def _methods_table(material: Material, outcome: Row, rows: Sequence[Row]) -> TableBlock:
    heads = (
        *(say("Compared"), say("Method"), say("Role"), say("#Pairs"), say("#Groups"), say("#Estimate")),
        *(f"#{level_of_confidence(rows)}", say("#Statistic"), say("#df"), say("#p")),
    )
    ordered = sorted(rows, key=lambda row: (str(row["contrast"]), row["role"] == "sensitivity"))
    cells = [
        (material.compared(row), method(str(row["method"])), str(row["role"]), *_method_cells(row)) for row in ordered
    ]
    labels = {place: f"{material.compared(row)}, {row['method']}" for place, row in enumerate(ordered)}
    notes = [say("Each row is one method on the same contrast; p is not adjusted here."), *row_notes(ordered, labels)]
    name = f"methods-{outcome['instrument']}-{outcome['scale']}"
    return table(
        name, say("{outcome} by every method", outcome=material.label(outcome)), heads, cells, notes, "comparisons"
    )


def _method_cells(row: Row) -> list[str]:
    people = (numbers.count(row["n_paired"]), numbers.count(row["n_groups"]))
    test = (number(row["statistic"]), numbers.degrees(row["df"]), numbers.p_value(row["p_value"]))
    return guarded(row["n_paired"], *people, number(row["estimate"]), interval(row), *test)


def by_cohort(material: Material) -> Section:
    """Show each cohort by itself."""
    rows = material.in_order([row for row in material.rows("comparisons") if row["role"] == "by_cohort"])
    if not rows:
        return Section(say("By cohort"), "cohorts", ())
    heads = (
        *(say("Outcome"), say("Cohort"), say("Compared"), say("Method"), say("#Pairs"), say("#Groups")),
        *(say("#Estimate"), f"#{level_of_confidence(rows)}", say("#Statistic"), say("#df"), say("#p")),
    )
    cells = [
        (
            *(material.label(row), material.cohort(row["cohort"]), material.compared(row), method(str(row["method"]))),
            *_method_cells(row),
        )
        for row in rows
    ]
    labels = {place: f"{material.label(row)}, {material.cohort(row['cohort'])}" for place, row in enumerate(rows)}
    notes = [*how_got(material, rows), *row_notes(rows, labels)]
    block = table("cohorts", say("Each cohort by itself"), heads, cells, notes, "comparisons")
    return Section(say("By cohort"), "cohorts", (block,))


def families(material: Material) -> Section:
    """Show raw and adjusted p side by side, family by family."""
    rows = sorted(
        (row for row in material.rows("comparisons") if row["family"] and isfinite(row["p_adjusted"])),
        key=lambda row: (str(row["family"]), float(row["p_value"])),
    )
    if not rows:
        return Section(say("Families of tests"), "families", ())
    heads = (say("Family"), say("Outcome"), say("Compared"), say("#p"), say("#Adjusted p"))
    cells = [
        (
            str(row["family"]),
            material.label(row),
            material.compared(row),
            *guarded(row["n_paired"], numbers.p_value(row["p_value"]), numbers.p_value(row["p_adjusted"])),
        )
        for row in rows
    ]
    block = table("families", say("Adjusted p-values"), heads, cells, how_got(material, rows), "comparisons")
    return Section(say("Families of tests"), "families", (block,))

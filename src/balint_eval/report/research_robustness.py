"""Researcher report: how alike group members are, who the result hangs on, and meetings attended."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.language import Language
from balint_eval.report import numbers
from balint_eval.report.cells import groups_cell, guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.figures import plain_figure
from balint_eval.report.material import Material, Row, place_of
from balint_eval.report.model import FigureBlock, Paragraph, Section


def clustering(material: Material) -> Section:
    """Show the correlation within groups and what it costs, for every main comparison."""
    rows = of_main(material, "clustering")
    heading = material.say("How alike the members of a group are")
    if not rows:
        return Section(heading, "clustering", ())
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#People"),
            material.say("#Groups"),
            material.say("#ICC"),
            f"#{level_of_confidence(rows, material.language)}",
        ),
        *(material.say("#Design effect"), f"#{level_of_confidence(rows, material.language)}"),
    )
    notes = [
        material.say(
            "ICC: correlation of two members of a group in what is compared, by analysis of variance within arms; "
            "below zero, members are less alike than people of different groups."
        ),
        material.say("Design effect: by how much grouping multiplies the variance of a mean."),
        *place_notes(material, rows),
    ]
    cells = [(*named(material, row), *_correlation_cells(row)) for row in rows]
    block = table("clustering", material.say("Correlation within groups"), heads, cells, notes, "clustering")
    return Section(heading, "clustering", (block,))


def _correlation_cells(row: Row) -> list[str]:
    return guarded(
        row["n"],
        numbers.count(row["n"]),
        groups_cell(row["n_groups"]),
        number(row["icc"]),
        interval(row, "icc_low", "icc_high"),
        number(row["design_effect"]),
        interval(row, "design_effect_low", "design_effect_high"),
    )


def influence(material: Material) -> Section:
    """Show how far each main result moves without one group, and without one person."""
    rows = of_main(material, "influence")
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(place_of(row), []).append(row)
    heading = material.say("Does it hang on one group or one person?")
    if not groups:
        return Section(heading, "influence", ())
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#Estimate"),
            material.say("#Without one group"),
            material.say("#Groups that decide"),
        ),
        material.say("#Without one person"),
    )
    cells = [_influence_cells(material, found) for found in groups.values()]
    notes = [
        material.say("In points, by the planned method. Without one group: the smallest and the largest estimate."),
        material.say(
            "Groups that decide: groups without which the interval holds zero although it did not, or leaves zero out "
            "although it held it, of all groups."
        ),
        material.say("Without one person: the estimate without the person who moves it most."),
    ]
    block = table("influence", material.say("Estimates without one group or person"), heads, cells, notes, "influence")
    return Section(heading, "influence", (block, *_left_out(material)))


def _left_out(material: Material) -> tuple[FigureBlock, ...]:
    drawing = material.drawings.get("left_out")
    return plain_figure(material, "left_out", drawing.caption) if drawing else ()


def _influence_cells(material: Material, rows: Sequence[Row]) -> tuple[str, ...]:
    by_kind = {kind: [row for row in rows if row["left_out"] == kind] for kind in ("nobody", "group", "person")}
    whole = by_kind["nobody"][0]
    without = by_kind["group"]
    few = min(row["n_paired"] for row in rows)
    span = [number(edge(row["estimate"] for row in without)) for edge in (min, max)] if without else []
    person = number(by_kind["person"][0]["estimate"]) if by_kind["person"] else numbers.MISSING
    shown = (
        number(whole["estimate"]),
        " / ".join(span) or numbers.MISSING,
        _deciding(material.language, whole, without),
        person,
    )
    return (*named(material, whole), *guarded(few, *shown))


def _deciding(language: Language, whole: Row, without: Sequence[Row]) -> str:
    told = [row for row in without if isfinite(row["conf_low"])]
    if not told or not isfinite(whole["conf_low"]):
        return numbers.MISSING
    changed = sum(_holds_zero(row) != _holds_zero(whole) for row in told)
    return language.say("{changed} of {all}", changed=str(changed), all=str(len(told)))


def _holds_zero(row: Row) -> bool:
    return bool(row["conf_low"] <= 0 <= row["conf_high"])


def dose(material: Material) -> Section:
    """Show how the later score goes with the meetings a person came to."""
    rows = material.in_order(material.rows("dose"))
    heading = material.say("More meetings, more change?")
    if not rows:
        return Section(heading, "dose", ())
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#People"),
            material.say("#Groups"),
            material.say("#Meetings, M (SD)"),
        ),
        *(material.say("#Per meeting"), f"#{level_of_confidence(rows, material.language)}", material.say("#p")),
    )
    caution = material.say(
        "Exploratory: people chose how often they came, so those who came more often may differ in other ways. "
        "No claim rests on this."
    )
    notes = [
        material.say(
            "Points of the later score per meeting more, given the earlier score; CR2 errors, Bell-McCaffrey df."
        ),
        *place_notes(material, rows),
    ]
    cells = [(*named(material, row), *_dose_cells(row)) for row in rows]
    block = table("dose", material.say("Change and meetings attended"), heads, cells, notes, "dose")
    return Section(heading, "dose", (Paragraph(caution, "note"), block))


def _dose_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"],
        numbers.count(row["n_paired"]),
        groups_cell(row["n_groups"]),
        f"{number(row['meetings_mean'])} ({number(row['meetings_sd'])})",
        number(row["estimate"]),
        interval(row),
        numbers.p_value(row["p_value"]),
    )


def of_main(material: Material, name: str) -> list[Row]:
    """Give the rows of a table that belong to a main result, in the order of the results."""
    order = {place_of(row): place for place, row in enumerate(material.main_rows)}
    return sorted((row for row in material.rows(name) if place_of(row) in order), key=lambda row: order[place_of(row)])


def named(material: Material, row: Row) -> tuple[str, str]:
    """Give outcome and wave of a row, which it shares with the main result it belongs to."""
    return material.label(row), material.compared(material.places.get(place_of(row), row))


def place_notes(material: Material, rows: Sequence[Row]) -> list[str]:
    """Give the remarks of rows, each said once with the outcomes and waves it is about."""
    return row_notes(rows, [", ".join(named(material, row)) for row in rows], material.language)

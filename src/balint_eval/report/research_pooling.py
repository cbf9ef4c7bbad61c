"""Researcher report: several cohorts pooled, and this study beside published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from balint_eval.language import marked
from balint_eval.report import numbers
from balint_eval.report.cells import guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.figures import plain_figure
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Section, TableBlock
from balint_eval.report.research_results import EFFECTS
from balint_eval.report.wording import method

PUBLISHED_EFFECTS: Mapping[str, str] = {
    **EFFECTS,
    "g_post": marked("g_post: difference between the arms at the later wave over their pooled SD then."),
    "g_change": marked("g_change: difference of the changes over the SD of the changes, pooled over both arms."),
    "SMD": marked("SMD: pooled by the meta-analysis from whatever its trials print."),
    "d": marked("d: as the meta-analysis prints it."),
}
"""What each standardised size is divided by."""


def pooling(material: Material) -> Section:
    """Show the cohorts pooled by random effects, beside the analyses of all people at once."""
    main = {_place(row) for row in material.main_rows}
    rows = [row for row in material.rows("pooled") if _place(row) in main and row["cohorts"] > 1]
    rows = material.in_order(rows)
    drawing = material.drawings.get("pooled")
    pictures: tuple[Block, ...] = plain_figure(material, "pooled", drawing.caption) if drawing else ()
    blocks = (*pictures, _pooled(material, rows), _between(material, rows)) if rows else ()
    return Section(material.say("Cohorts pooled"), "pooling", blocks)


def _place(row: Row) -> tuple[str, str, str]:
    return str(row["instrument"]), str(row["scale"]), str(row["contrast"])


def _pooled(material: Material, rows: Sequence[Row]) -> TableBlock:
    """Give two-stage and one-stage results of each outcome under each other."""
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("Put together by"),
            material.say("#Pairs"),
            material.say("#Estimate"),
            material.say("#SE"),
        ),
        *(f"#{level_of_confidence(rows, material.language)}", material.say("#df"), material.say("#p")),
    )
    cells = [line for row in rows for line in _lines(material, row)]
    notes = [
        material.say(
            "Random effects: each cohort's estimate and standard error by the planned method, pooled by REML with the "
            "interval of Hartung and Knapp, whose factor is never taken below 1: cohorts that happen to agree must "
            "not give an interval shorter than their own standard errors allow. The rows below it analyse all people "
            "at once; they take the mean change to be the same in every cohort. Those with sites and cohorts kept "
            "apart give each a mean and a change of its own and speak of these cohorts only."
        ),
        material.signs(rows),
        *row_notes(
            rows,
            [material.language.sequence([material.label(row), material.compared(row)]) for row in rows],
            material.language,
        ),
    ]
    return table(
        "pooled", material.say("Two ways to put the cohorts together"), heads, cells, notes, "pooled, comparisons"
    )


def _lines(material: Material, row: Row) -> list[tuple[str, ...]]:
    by = material.say("random effects over {many} cohorts", many=str(row["cohorts"]))
    first = (material.label(row), material.compared(row), by, *_line_cells(row))
    return [
        first,
        *(
            ("", "", method(str(one["method"]), material.language), *_line_cells(one))
            for one in _at_once(material, row)
        ),
    ]


def _at_once(material: Material, row: Row) -> list[Row]:
    names = (row["method"], f"{row['method']}_by_site", "mixed_model", "mixed_model_by_site")
    return [
        one
        for name in names
        for one in material.rows("comparisons")
        if one["cohort"] == "all" and one["method"] == name and _place(one) == _place(row)
    ]


def _line_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"], numbers.count(row["n_paired"]), number(row["estimate"]), number(row["std_error"]),
        interval(row), numbers.degrees(row["df"]), numbers.p_value(row["p_value"]),
    )  # fmt: skip


def _between(material: Material, rows: Sequence[Row]) -> TableBlock:
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#Cohorts"),
            material.say("#SD between cohorts"),
            material.say("#Its interval"),
            material.say("#I²"),
        ),
        *(
            material.say("#Q (df)"),
            material.say("#p"),
            material.say("#Change in a further cohort"),
            material.say("#Smallest df of a cohort"),
        ),
    )
    cells = [(material.label(row), material.compared(row), *_between_cells(row)) for row in rows]
    note = material.say(
        "SD between cohorts (tau) by REML, its interval by Q-profile; Q tests that all cohorts change alike. The "
        "prediction interval is for the true change of a further cohort. A cohort's standard error with few df is "
        "uncertain itself, which none of these numbers shows."
    )
    return table("between", material.say("How much the cohorts differ"), heads, cells, [note], "pooled")


def _between_cells(row: Row) -> list[str]:
    q = f"{number(row['q'])} ({numbers.degrees(row['q_df'])})"
    return guarded(
        row["n_paired"], numbers.count(row["cohorts"]), number(row["tau"]), interval(row, "tau_low", "tau_high"),
        numbers.percent(row["i_squared"]), q, numbers.p_value(row["q_p"]),
        interval(row, "predict_low", "predict_high"), numbers.degrees(row["smallest_df"]),
    )  # fmt: skip


def published(material: Material) -> Section:
    """Show the standardised result of the primary outcomes beside the published ones of the same construct."""
    rows = material.rows("beside_published")
    primary = {(one["instrument"], one["scale"]) for one in material.outcomes if one["role"] == "primary"}
    chosen = [row for row in rows if (row["instrument"], row["scale"]) in primary]
    groups = {_place(row): None for row in chosen}
    names = dict.fromkeys(f"published_{row['instrument']}_{row['scale']}" for row in chosen)
    # The numbers behind the figure stand in the table below it.
    blocks: list[Block] = [
        block
        for name in names
        if name in material.drawings
        for block in plain_figure(material, name, material.drawings[name].caption)
    ]
    blocks += [_beside(material, [row for row in chosen if _place(row) == place]) for place in groups]
    return Section(material.say("Beside published Balint studies"), "published", tuple(blocks))


def _beside(material: Material, rows: Sequence[Row]) -> TableBlock:
    ordered = sorted(rows, key=lambda row: (row["row"] > 0, bool(row["from_meta_analysis"]), row["source"], row["row"]))
    heads = (
        *(
            material.say("Source"),
            material.say("What"),
            material.say("#People"),
            material.say("Standardised by"),
            material.say("#Size"),
            material.say("#Interval"),
        ),
        material.say("To know"),
    )
    cells = [(_source(material, row), *_size_cells(row), str(row["warning"])) for row in ordered]
    used = {str(row["effect_name"]) for row in ordered}
    notes = [
        material.say(
            "Above zero is better. Intervals of published studies take people as independent, so they are too short. "
            "The rows are for looking at, not for pooling: samples overlap, denominators differ, and some numbers do "
            "not fit together or are larger than such groups can plausibly give. The two trials that are large and "
            "consistent find .27 to .36. What fits and what does not: docs/published.md."
        ),
        *(material.say(sentence) for name, sentence in PUBLISHED_EFFECTS.items() if name in used),
    ]
    title = material.say("{outcome} beside published results", outcome=material.label(rows[0]))
    name = f"published-{rows[0]['instrument']}-{rows[0]['scale']}-{rows[0]['contrast']}"
    return table(name, title, heads, cells, notes, "beside_published")


def _source(material: Material, row: Row) -> str:
    if row["row"]:
        return f"{row['source']} ({row['design']})" if row["from_meta_analysis"] else str(row["source"])
    cohort = str(row["source"]).partition(", ")[2]
    return (
        material.say("This study, {cohort}", cohort=material.cohort(cohort)) if cohort else material.say("This study")
    )


def _size_cells(row: Row) -> tuple[str, ...]:
    names = ("outcome", "measured_with", *(("comparison",) if row["row"] else ()))
    what = ", ".join(str(row[name]) for name in names if row[name])
    shown = (number(row["effect"]), interval(row, "effect_low", "effect_high"))
    if not row["row"]:
        people, *sizes = guarded(row["people"], numbers.count(row["people"]), *shown)
        return what, people, str(row["effect_name"]), *sizes
    people = numbers.count(row["people"]) if row["people"] else numbers.MISSING
    return what, people, str(row["effect_name"]), *shown

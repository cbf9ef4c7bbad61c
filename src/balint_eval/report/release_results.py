"""Results in a release: estimates over the whole study and by cohort, and the means of the pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from balint_eval.disclosure.comparisons import row_name
from balint_eval.disclosure.log import is_mark
from balint_eval.report import numbers, research_results
from balint_eval.report.cells import level_of_confidence, table
from balint_eval.report.figures import figure
from balint_eval.report.material import Row
from balint_eval.report.model import (
    Paragraph,
    Section,
    TableBlock,
)
from balint_eval.report.release_educator import not_shown
from balint_eval.report.release_pages import Pages
from balint_eval.tables import ALL_COHORTS


def brief(pages: Pages) -> Section:
    """Give the results in sentences."""
    found = research_results.in_brief(pages.material)
    lost = not_shown(pages)
    if not found.blocks:
        none = pages.say("No result is released: each rests on too few people, or would give away what is hidden.")
        return Section(found.heading, found.anchor, (Paragraph(none, "lead"),))
    return Section(found.heading, found.anchor, (*found.blocks, *lost))


def results(pages: Pages) -> Section:
    """Give the estimates over the whole study, with their picture."""
    material = pages.material
    rows = material.in_order([row for row in pages.rows("comparisons") if row["cohort"] == ALL_COHORTS])
    heading = pages.say("Results by the planned method")
    if not rows:
        return Section(heading, "results", ())
    title = pages.say("The whole study, by the planned method")
    return Section(heading, "results", (_estimates(pages, rows, "results", title), *figure(material, "forest")))


def cohorts(pages: Pages) -> Section:
    """Give the estimates of each cohort."""
    material = pages.material
    rows = material.in_order([row for row in pages.rows("comparisons") if row["role"] == "by_cohort"])
    heading = pages.say("By cohort")
    if not rows:
        return Section(heading, "cohorts", ())
    title = pages.say("Each cohort by itself")
    return Section(heading, "cohorts", (_estimates(pages, rows, "cohorts", title, cohorts=True),))


def _estimates(pages: Pages, rows: Sequence[Row], name: str, title: str, *, cohorts: bool = False) -> TableBlock:
    material, say = pages.material, pages.say
    heads = (
        say("Outcome"), *((say("Cohort"),) if cohorts else ()), say("Wave"), say("#Pairs"), say("#Estimate"),
        f"#{level_of_confidence(rows, material.language)}", say("#p"), say("#Adjusted p"),
    )  # fmt: skip
    cells = [
        (
            material.label(row),
            *((material.cohort(row["cohort"]),) if cohorts else ()),
            material.compared(row),
            pages.cell(row["n_paired"]),
            pages.cell(row["estimate"]),
            _interval(pages, row),
            *(_or_mark(pages, row[column], written) for column, written in _WRITTEN),
        )
        for row in rows
    ]
    notes = [
        *_how_got(pages, rows),
        say("Numbers of people in single cohorts are given in bands.") if cohorts else "",
        pages.withheld(map(row_name, rows), "comparisons", _SHOWN, len(rows)),
    ]
    return table(name, title, heads, cells, notes, "comparisons")


_SHOWN = ("n_paired", "estimate", "conf_low", "p_value", "p_adjusted")


_OF_MEANS = ("n_paired", "mean_pre", "sd_pre", "mean_post", "sd_post", "effect")


_WRITTEN = (("p_value", numbers.p_value), ("p_adjusted", numbers.p_value))


def _or_mark(pages: Pages, value: Any, written: Callable[[float], str]) -> str:  # noqa: ANN401 - a mark or a number
    return pages.mark(str(value)) if is_mark(value) else written(float(value))


def _interval(pages: Pages, row: Row) -> str:
    if is_mark(row["conf_low"]):
        return pages.mark(str(row["conf_low"]))
    return numbers.between(float(row["conf_low"]), float(row["conf_high"]), 2)


def _how_got(pages: Pages, rows: Sequence[Row]) -> list[str]:
    from balint_eval.report.wording import ADJUSTMENTS, method

    material = pages.material
    names = list(dict.fromkeys(method(str(row["method"]), material.language) for row in rows))
    said = [pages.say("Method: {methods}.", methods="; ".join(names)), material.signs(rows)]
    if any(row["family"] for row in rows):
        adjusted = pages.say(ADJUSTMENTS[material.study.plan.adjust])
        said.append(pages.say("p is two-sided, adjusted by {name} within each family.", name=adjusted))
    return said


def means(pages: Pages) -> Section:
    """Give the means and standard deviations of people with both scores."""
    material, say = pages.material, pages.say
    rows = [row for row in pages.rows("comparisons") if row["cohort"] == ALL_COHORTS and row["kind"] == "change"]
    rows = material.in_order(rows)
    heading = say("Means of the pairs")
    if not rows:
        return Section(heading, "means", ())
    heads = (
        say("Outcome"), say("Wave"), say("#Pairs"), say("#M, earlier"), say("#SD, earlier"), say("#M, later"),
        say("#SD, later"), say("#Standardised size"),
    )  # fmt: skip
    cells = [
        (material.label(row), material.compared(row), *(pages.cell(row[column]) for column in _OF_MEANS))
        for row in rows
    ]
    notes = [
        say("Only people with both scores; means of everybody who answered would tell of those who left."),
        *research_results.effect_notes(material.language, rows),
        pages.withheld(map(row_name, rows), "comparisons", _OF_MEANS, len(rows)),
    ]
    block = table("means", say("Means and standard deviations of the pairs"), heads, cells, notes, "comparisons")
    return Section(heading, "means", (block, *figure(material, "means")))

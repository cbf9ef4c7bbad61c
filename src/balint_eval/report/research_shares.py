"""Researcher report: how many people are at or beyond a mark, before and after and between arms."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.kinds import BETWEEN_ARMS
from balint_eval.language import Language, marked
from balint_eval.report import numbers
from balint_eval.report.cells import groups_cell, guarded, level_of_confidence, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Paragraph, Section

METHODS = {
    "mcnemar_exact": marked("McNemar's exact test, Newcombe's interval"),
    "fisher_exact": marked("Fisher's exact test, Newcombe's interval"),
    "share_cr2": marked("difference of shares, CR2"),
    "logistic_cr2": marked("logistic regression, CR2"),
    "proportional_odds": marked("proportional odds, groups as random intercepts"),
}


def shares(material: Material) -> Section:
    """Show the shares at or beyond each outcome's mark, their differences and odds ratios."""
    found = [row for row in material.rows("proportions") if row["role"] != "by_cohort"]
    rows = material.in_order(sorted(found, key=lambda row: list(METHODS).index(str(row["method"]))))
    heading = material.say("How many people are at or beyond a cut-off?")
    if not rows:
        return Section(heading, "shares", ())
    heads = (
        *(
            material.say("Outcome"),
            material.say("Counted"),
            material.say("Wave"),
            material.say("Method"),
            material.say("#People"),
            material.say("#Groups"),
        ),
        *(
            material.say("#Before"),
            material.say("#After"),
            material.say("#Reference, before"),
            material.say("#Reference, after"),
        ),
        *(
            material.say("#Percentage points"),
            f"#{level_of_confidence(rows, material.language)}",
            material.say("#df"),
            material.say("#p"),
        ),
        *(material.say("#Odds ratio"), f"#{level_of_confidence(rows, material.language)}"),
    )
    caution = material.say(
        "No claim rests on these shares: the planned comparison is that of the scores, which say more than the side "
        "of a mark they fall on. The p-values are not adjusted."
    )
    cells = [(*_named(material, row), *_cells(row)) for row in rows]
    block = table(
        "shares", material.say("People at or beyond a mark"), heads, cells, _notes(material, rows), "proportions"
    )
    return Section(heading, "shares", (Paragraph(caution, "note"), block))


def _named(material: Material, row: Row) -> tuple[str, ...]:
    return (
        material.label(row),
        _counted(material.language, row),
        _compared(material, row),
        material.say(METHODS[str(row["method"])]),
    )


def _counted(language: Language, row: Row) -> str:
    if row["cut_off_side"] == "any":
        return language.say("a higher answer, wherever the mark")
    mark = numbers.trimmed(float(row["cut_off"]))
    if row["cut_off_side"] == "at_or_below":
        return language.say("{mark} or below", mark=mark)
    return language.say("{mark} or above", mark=mark)


def _compared(material: Material, row: Row) -> str:
    """Name the wave and the arms: changes within arms stand beside differences between them."""
    if row["kind"] in BETWEEN_ARMS:
        arms = {"arm": material.arm(row["arm"]), "reference": material.arm(row["reference_arm"])}
        return material.say("{wave}: {arm} − {reference}", wave=material.wave(row["wave_to"]), **arms)
    return material.compared(row)


def _cells(row: Row) -> list[str]:
    fewest = min(int(row[name]) for name in ("n", "reference_n") if name == "n" or row["reference_arm"])
    people = numbers.count(int(row["n"]) + int(row["reference_n"]))
    told = ("percent_pre", "percent_post", "reference_percent_pre", "reference_percent_post")
    shown = [people, groups_cell(row["n_groups"]), *(numbers.percent(float(row[name]) / 100) for name in told)]
    in_points = row["method"] not in ("logistic_cr2", "proportional_odds")
    size = (
        [number(row["estimate"], 1), numbers.between(row["conf_low"], row["conf_high"], 1)] if in_points else ["", ""]
    )
    ratio = [number(row["odds_ratio"]), numbers.between(row["odds_ratio_low"], row["odds_ratio_high"], 2)]
    cells = [*shown, *size, numbers.degrees(row["df"]), numbers.p_value(row["p_value"]), *ratio]
    if _gives_away(row):
        return [*guarded(fewest, *cells[:2]), *(numbers.PROTECTED for _ in cells[2:])]
    return guarded(fewest, *cells)


def _gives_away(row: Row) -> bool:
    """Tell whether a share says on which side everybody of a small arm is."""
    sides = (("n", "percent"), ("reference_n", "reference_percent"))
    return any(
        numbers.SMALLEST_COUNT <= row[people] < numbers.SMALLEST_FOR_EXTREMES
        and not {float(row[f"{share}_pre"]), float(row[f"{share}_post"])}.isdisjoint({0.0, 100.0})
        for people, share in sides
    )


def _notes(material: Material, rows: Sequence[Row]) -> list[str]:
    sources = {
        material.say(
            "{outcome}: the cut-off is that of {source}.", outcome=material.label(row), source=row["cut_off_source"]
        )
        for row in material.outcomes
        if row["cut_off_source"] and isfinite(row["cut_off"])
    }
    labels = [
        material.language.sequence(
            [material.label(row), _compared(material, row), material.say(METHODS[str(row["method"])])]
        )
        for row in rows
    ]
    return [
        material.say(
            "Percentage points by least squares on the sides of the mark, given the earlier score where there is one; "
            "CR2 errors, Bell-McCaffrey df. Odds ratios by logistic regression of the same design."
        ),
        material.say(
            "Paired odds ratios of McNemar's test are people who came to the mark per person who left it; the others "
            "compare shares."
        )
        if any(row["method"] == "mcnemar_exact" for row in rows)
        else "",
        *sorted(sources),
        *row_notes(rows, labels, material.language),
    ]

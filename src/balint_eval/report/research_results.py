"""Researcher report: the results by the planned method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from balint_eval.kinds import BETWEEN_ARMS, LEVEL
from balint_eval.language import SEMICOLONS, Language, marked
from balint_eval.report import numbers
from balint_eval.report.cells import (
    groups_cell,
    guarded,
    interval,
    level_of_confidence,
    mean_sd,
    number,
    row_notes,
    table,
)
from balint_eval.report.educator import plain_claim
from balint_eval.report.figures import figure
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Paragraph, Section, TableBlock
from balint_eval.report.wording import ADJUSTMENTS, method

EFFECTS: Mapping[str, str] = {
    "d_total": marked(
        "d_total: difference over the SD of the baseline scores, pooled over both arms; its interval takes "
        "that SD as known."
    ),
    "d_av": marked("d_av: mean change over the root mean square of the SDs at the two waves."),
    "d_z": marked("d_z: mean change over the SD of the changes."),
    "d_post": marked("d_post: difference over the SD of the scores at that wave, pooled over both arms."),
    "d_pooled": marked(
        "d_pooled: difference in means over the pooled SD of what is compared: changes, or scores at one wave."
    ),
    "rank_biserial": marked(
        "rank_biserial: share of the rank sum of gains minus that of losses; persons who did not change left out."
    ),
    "cliffs_delta": marked(
        "cliffs_delta: share of pairs of persons in which the first is higher, minus the share in which it is lower."
    ),
    "cliffs_delta_adjusted": marked("cliffs_delta_adjusted: the same, from ranks adjusted for the earlier score."),
}
"""What each standardised size is divided by."""
PLANNED = ("ancova_cr2", "change_cr2", "level_cr2")
"""Methods of record where the data have groups."""


def in_brief(material: Material) -> Section:
    """Give the result of each outcome at the primary wave, as a paper would."""
    claims = tuple(plain_claim(material, line, plain=False) for line in material.headlines)
    return Section(
        material.say("Results in brief"), "brief", (Paragraph(_lead(material), "note"), *claims) if claims else ()
    )


def _lead(material: Material) -> str:
    rows = [line.comparison for line in material.headlines]
    wave = material.say("At “{wave}”.", wave=material.wave(material.study.primary_wave))
    return f"{wave} {material.signs(rows)} {how_got(material, rows)[0]}"


def how_got(material: Material, rows: Sequence[Row]) -> list[str]:
    """Say under a table which methods gave its rows and how p-values were adjusted."""
    names = list(dict.fromkeys(method(str(row["method"]), material.language) for row in rows))
    notes = [material.say("Method: {methods}.", methods=material.language.sequence(names, SEMICOLONS))]
    families = sorted({str(row["family"]) for row in rows if row["family"] and isfinite(row["p_adjusted"])})
    if families:
        name = material.say(ADJUSTMENTS[material.study.plan.adjust])
        values = {
            "name": name,
            "families": material.language.sequence([material.family(one) for one in families], SEMICOLONS),
        }
        notes.append(material.say("Two-sided p; adjusted p by {name} within each family: {families}.", **values))
    return notes


def estimates(material: Material, rows: Sequence[Row], name: str, title: str) -> TableBlock:
    """Give the table of estimates with interval, test and adjusted p."""
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#Pairs"),
            material.say("#Groups"),
            material.say("#Estimate"),
        ),
        *(
            f"#{level_of_confidence(rows, material.language)}",
            material.say("#SE"),
            material.say("#t"),
            material.say("#df"),
            material.say("#p"),
            material.say("#Adjusted p"),
        ),
    )
    cells = [(material.label(row), material.compared(row), *_estimate_cells(row)) for row in rows]
    notes = [*how_got(material, rows), material.signs(rows), *_row_notes(material, rows)]
    return table(name, title, heads, cells, notes, "comparisons")


def _estimate_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"],
        numbers.count(row["n_paired"]),
        groups_cell(row["n_groups"]),
        number(row["estimate"]),
        interval(row),
        number(row["std_error"]),
        number(row["statistic"]),
        numbers.degrees(row["df"]),
        numbers.p_value(row["p_value"]),
        numbers.p_value(row["p_adjusted"]),
    )


def _row_notes(material: Material, rows: Sequence[Row]) -> list[str]:
    return row_notes(
        rows,
        [material.language.sequence([material.label(row), material.compared(row)]) for row in rows],
        material.language,
    )


def main_results(material: Material) -> Section:
    """Show primary and secondary outcomes by the planned method, with their forest."""
    rows = material.main_rows
    if not rows:
        return Section(material.say("Main results"), "results", ())
    first = estimates(material, rows, "results", material.say("Main results by the planned method"))
    blocks: tuple[Block, ...] = (first, *figure(material, "forest"), _sizes(material, rows))
    return Section(material.say("Main results"), "results", blocks)


def _sizes(material: Material, rows: Sequence[Row]) -> TableBlock:
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("Arm"),
            material.say("#Earlier wave, M (SD)"),
            material.say("#Later wave, M (SD)"),
        ),
        *(material.say("Standardised by"), material.say("#Size"), f"#{level_of_confidence(rows, material.language)}"),
    )
    cells = [cell for row in rows for cell in _arm_cells(material, row)]
    notes = [
        material.say("Means and SDs of the pairs analysed in each arm, in points."),
        *effect_notes(material.language, rows),
    ]
    return table("sizes", material.say("Means and standardised sizes"), heads, cells, notes, "comparisons")


def _arm_cells(material: Material, row: Row) -> list[tuple[str, ...]]:
    """Give the line of the arm with the size, and below it the line of the arm it is compared with."""
    first = (material.label(row), material.compared(row), material.arm(row["arm"]), *_size_cells(row))
    return [first, *(_reference_cells(material, other) for other in _reference_changes(material, row))]


def _reference_changes(material: Material, row: Row) -> list[Row]:
    if row["kind"] == LEVEL:
        return [_as_change(other) for other in material.rows("descriptives") if _describes_reference(other, row)]
    same = {name: row[name] for name in ("cohort", "instrument", "scale", "wave_from", "wave_to")}
    same |= {"arm": row["reference_arm"], "kind": "change", "method": "change_cr2"}
    return [other for other in material.rows("comparisons") if all(other[name] == same[name] for name in same)]


def _describes_reference(described: Row, row: Row) -> bool:
    wanted = [row[name] for name in ("cohort", "reference_arm", "wave_to", "instrument", "scale")]
    return [described[name] for name in ("cohort", "arm", "wave", "instrument", "scale")] == wanted


def _as_change(described: Row) -> Row:
    """Give what `descriptives` say of an arm at one wave under the names of `comparisons`."""
    none = float("nan")
    means = {"mean_pre": none, "sd_pre": none, "mean_post": described["mean"], "sd_post": described["sd"]}
    return {"arm": described["arm"], "n_paired": described["n"]} | means


def _reference_cells(material: Material, row: Row) -> tuple[str, ...]:
    means = (mean_sd(row["mean_pre"], row["sd_pre"]), mean_sd(row["mean_post"], row["sd_post"]))
    return ("", "", material.arm(row["arm"]), *guarded(row["n_paired"], *means), "", "", "")


def effect_notes(language: Language, rows: Sequence[Row]) -> list[str]:
    """Name the denominator of every standardised size in use."""
    used = {str(row["effect_name"]) for row in rows}
    return [language.say(sentence) for name, sentence in EFFECTS.items() if name in used]


def _size_cells(row: Row) -> list[str]:
    return guarded(
        row["n_paired"],
        mean_sd(row["mean_pre"], row["sd_pre"]),
        mean_sd(row["mean_post"], row["sd_post"]),
        str(row["effect_name"]) or numbers.MISSING,
        number(row["effect"]),
        interval(row, "effect_low", "effect_high"),
    )


def within_arms(material: Material) -> Section:
    """Show the change of each arm where the main result is a difference between arms."""
    rows = [
        row
        for row in material.rows("comparisons")
        if row["kind"] == "change" and row["role"] == "by_arm" and row["method"] in PLANNED
    ]
    rows = material.in_order(rows)
    heading = material.say("Change within each arm")
    if not rows or not any(row["kind"] in BETWEEN_ARMS for row in material.main_rows):
        return Section(heading, "arms-change", ())
    block = estimates(material, rows, "arms-change", material.say("Change within each arm, not a comparison of arms"))
    return Section(heading, "arms-change", (block,))

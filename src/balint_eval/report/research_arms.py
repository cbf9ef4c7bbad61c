"""Researcher report: what each arm scores at each wave, and whether several arms differ at all."""

from __future__ import annotations

from balint_eval.language import marked
from balint_eval.report import numbers
from balint_eval.report.cells import groups_cell, guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Section, TableBlock

METHODS = {
    "mean_cr2": marked("mean, CR2"),
    "adjusted_mean_cr2": marked("at the baseline mean of all arms, CR2"),
    "mixed_model": marked("mixed model, Kenward-Roger df"),
}


def arm_means(material: Material) -> Section:
    """Show the estimated marginal means, and the joint tests of three and more arms."""
    blocks: list[Block] = [*_joint(material), *_means(material)]
    return Section(material.say("Means of each arm at each wave"), "arm-means", tuple(blocks))


def _joint(material: Material) -> list[TableBlock]:
    rows = material.in_order(material.rows("joint_tests"))
    if not rows:
        return []
    heads = (
        *(material.say("Outcome"), material.say("Wave"), material.say("#People"), material.say("#Groups")),
        *(material.say("#F"), material.say("#df"), material.say("#p")),
    )
    cells = [(material.label(row), material.wave(row["wave_to"]), *_joint_cells(row)) for row in rows]
    notes = [
        material.say(
            "All arms at once, given the baseline score where there is one: approximate Hotelling's T-squared test "
            "of CR2 (Tipton and Pustejovsky, 2015). With two groups an arm it rejects far too rarely. "
            "p is not adjusted."
        ),
        *row_notes(
            rows,
            [material.language.sequence([material.label(row), material.wave(row["wave_to"])]) for row in rows],
            material.language,
        ),
    ]
    return [table("joint", material.say("Do the arms differ at all?"), heads, cells, notes, "joint_tests")]


def _joint_cells(row: Row) -> list[str]:
    degrees = numbers.MISSING
    if row["df_numerator"] == row["df_numerator"]:
        degrees = f"{numbers.degrees(row['df_numerator'])}, {numbers.degrees(row['df_denominator'])}"
    people = (numbers.count(row["n"]), groups_cell(row["n_groups"]))
    return guarded(row["n"], *people, number(row["statistic"]), degrees, numbers.p_value(row["p_value"]))


def _means(material: Material) -> list[TableBlock]:
    order = {name: place for place, name in enumerate(METHODS)}
    arms = {arm.name: place for place, arm in enumerate(material.study.arms)}
    found = sorted(material.rows("marginal_means"), key=lambda row: (arms.get(row["arm"], 99), order[row["method"]]))
    rows = material.in_order(found)
    if not rows:
        return []
    heads = (
        *(material.say("Outcome"), material.say("Wave"), material.say("Arm"), material.say("Method")),
        *(material.say("#n"), material.say("#Groups"), material.say("#Mean")),
        *(f"#{level_of_confidence(rows, material.language)}", material.say("#SE"), material.say("#df")),
    )
    cells = [(*_named(material, row), *_mean_cells(row)) for row in rows]
    notes = [
        material.say(
            "Estimated marginal means in points. CR2 errors allow for groups and have Bell-McCaffrey df; the mixed "
            "model uses everybody with a score at any wave."
        ),
        *row_notes(rows, [", ".join(_named(material, row)) for row in rows], material.language),
    ]
    return [table("marginal", material.say("Estimated marginal means"), heads, cells, notes, "marginal_means")]


def _named(material: Material, row: Row) -> tuple[str, ...]:
    said = material.say(METHODS[str(row["method"])])
    return material.label(row), material.wave(row["wave"]), material.arm(row["arm"]), said


def _mean_cells(row: Row) -> list[str]:
    people = (numbers.count(row["n"]), groups_cell(row["n_groups"]))
    error = (number(row["std_error"]), numbers.degrees(row["df"]))
    return guarded(row["n"], *people, number(row["estimate"]), interval(row), *error)

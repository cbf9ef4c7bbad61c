"""Researcher report: growth over three waves and more, in points per month."""

from __future__ import annotations

from collections.abc import Sequence

from balint_eval.language import marked
from balint_eval.report import numbers
from balint_eval.report.cells import groups_cell, guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Paragraph, Section

METHODS = {
    "slopes_cr2": marked("persons' slopes, CR2"),
    "growth_model": marked("growth model, Kenward-Roger df"),
}
FEWEST_WAVES = 3


def growth(material: Material) -> Section:
    """Show slopes and their differences, or say why waves are only compared one by one."""
    heading = material.say("Growth over time")
    if len(material.study.waves) < FEWEST_WAVES:
        return Section(heading, "growth", ())
    rows = _ordered(material)
    if not rows:
        return Section(heading, "growth", (Paragraph(_only_ordered(material), "note"),))
    heads = (
        *(material.say("Outcome"), material.say("Arm"), material.say("Waves"), material.say("Method")),
        *(material.say("#People"), material.say("#Groups"), material.say("#Points per month")),
        *(f"#{level_of_confidence(rows, material.language)}", material.say("#df"), material.say("#p")),
    )
    notes = [
        material.say(
            "Persons' slopes: the line of each person with a score at every wave, then CR2 errors and "
            "Bell-McCaffrey df."
        ),
        material.say(
            "Growth model: straight lines that vary over people and groups, from everybody with a score at any wave. "
            "With fewer than six groups it rejects too rarely."
        ),
        material.say("No claim rests on these rows, and p is not adjusted. A line may be a poor picture of growth."),
        *row_notes(rows, [", ".join(_named(material, row)) for row in rows], material.language),
    ]
    cells = [(*_named(material, row), *_cells(row)) for row in rows]
    block = table("growth", material.say("Points per month"), heads, cells, notes, "growth")
    return Section(heading, "growth", (block,))


def _only_ordered(material: Material) -> str:
    if any(wave.months is not None for wave in material.study.waves):
        return material.say("No outcome was asked at three waves, so no growth is estimated.")
    return material.say(
        "The study file does not say when the waves were (months of each wave), so they are only ordered: each later "
        "wave is compared with the baseline, and no growth per month is given."
    )


def _ordered(material: Material) -> Sequence[Row]:
    methods = list(METHODS)
    rows = sorted(material.rows("growth"), key=lambda row: methods.index(str(row["method"])))
    places = {(one["instrument"], one["scale"]): place for place, one in enumerate(material.outcomes)}
    return sorted(
        rows,
        key=lambda row: (
            places.get((row["instrument"], row["scale"]), 999), row["kind"] == "slope", str(row["contrast"]),
        ),
    )  # fmt: skip


def _named(material: Material, row: Row) -> tuple[str, ...]:
    arms = [material.arm(row[name]) for name in ("arm", "reference_arm") if row[name]]
    waves = material.language.listed([material.wave(name) for name in str(row["waves"]).split("; ")])
    return material.label(row), " − ".join(arms), waves, material.say(METHODS[str(row["method"])])


def _cells(row: Row) -> list[str]:
    people = (numbers.count(row["n"]), groups_cell(row["n_groups"]))
    test = (numbers.degrees(row["df"]), numbers.p_value(row["p_value"]))
    return guarded(row["n"], *people, number(row["estimate"]), interval(row), *test)

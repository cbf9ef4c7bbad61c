"""Researcher report: flow, baseline, data quality, reliability and descriptives."""

from __future__ import annotations

from collections.abc import Sequence

from balint_eval.language import marked
from balint_eval.report import counts, numbers
from balint_eval.report.cells import guarded, number, table
from balint_eval.report.figures import figure, plain_figure
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Callout, Section, TableBlock
from balint_eval.report.research_balance import balance_of_arms
from balint_eval.report.research_design import arms_table
from balint_eval.tables import ALL_COHORTS

_REASONS = {
    "received": marked("rows received"),
    "used": marked("rows used"),
    "paired": marked("people with both waves"),
    "linked_exactly": marked("of these linked by equal codes"),
    "linked_tolerantly": marked("of these linked by codes one element off"),
    "linked_by_review": marked("of these linked by a decision in the review sheet"),
    "pre_only": marked("people with the earlier wave only"),
    "post_only": marked("people with the later wave only"),
    "to_review": marked("of these waiting for a decision in the review sheet"),
}

_RANK = {
    "received": 0, "paired": 0, "linked_exactly": 1, "linked_tolerantly": 2, "linked_by_review": 3, "used": 9,
    "pre_only": 10, "post_only": 11, "to_review": 12,
}  # fmt: skip


def flow(material: Material) -> Section:
    """Account for every row and every person."""
    waves = {wave.name: place for place, wave in enumerate(material.study.waves)}
    rows = sorted(
        material.own_rows("flow"),
        key=lambda row: (row["cohort"], waves.get(row["wave"], -1), row["file"], _RANK.get(str(row["reason"]), 8)),
    )
    blocks: list[Block] = list(plain_figure(material, "flow", material.say("The counts stand in the tables below.")))
    files = [_flow_cells(material, row) for row in rows if row["file"]]
    people = [_flow_cells(material, row) for row in rows if not row["file"]]
    if files:
        blocks.append(_flow_table(material, "flow-rows", material.say("Rows of each export"), files))
    if people:
        blocks.append(_flow_table(material, "flow-people", material.say("People across waves"), people))
    return Section(material.say("Flow"), "flow", tuple(blocks))


def _flow_cells(material: Material, row: Row) -> tuple[str, ...]:
    name = str(row["reason"])
    left_out = material.say("left out: {reason}", reason=material.noted(name.replace("_", " ")))
    reason = material.say(_REASONS[name]) if name in _REASONS else left_out
    place = (material.cohort(row["cohort"]), material.wave(row["wave"]), str(row["file"]).rpartition("/")[2])
    return (*place, reason, numbers.count(row["rows"]))


def _flow_table(material: Material, name: str, title: str, rows: Sequence[Sequence[str]]) -> TableBlock:
    heads = [
        material.say("Cohort"),
        material.say("Wave"),
        material.say("Export"),
        material.say("What became of them"),
        material.say("#Count"),
    ]
    if not any(row[2] for row in rows):
        heads, rows = [*heads[:2], *heads[3:]], [(*row[:2], *row[3:]) for row in rows]
    note = _rows_note(material) if name == "flow-rows" else _people_note(material)
    return table(name, title, heads, rows, [note], "flow")


_DUPLICATES = {
    "first": marked("Of people who answered twice in a wave the first answer is used."),
    "last": marked("Of people who answered twice in a wave the last answer is used."),
    "most_complete": marked("Of people who answered twice in a wave the most complete answer is used."),
    "none": marked("Of people who answered twice in a wave none is used."),
}


def _rows_note(material: Material) -> str:
    note = material.say(
        "Rows received = rows left out by each reason + rows used. Rows and people are counted exactly, also when few."
    )
    used = _DUPLICATES.get(material.study.linkage.duplicates)
    return f"{note} {material.say(used)}" if used else note


def _people_note(material: Material) -> str:
    if material.study.linkage.method == "exact":
        return material.say("Counted over all exports of the wave, after linking on the person's id.")
    return material.say(
        "Counted over all exports of the wave, after linking on codes that people made themselves. People with both "
        "waves = equal codes + one element off + decided; the less sure of a person's two joins counts."
    )


def baseline(material: Material) -> Section:
    """Describe the arms before the groups began; no tests."""
    wave = material.study.baseline.name
    rows = [row for row in _describing(material) if row["wave"] == wave]
    if not rows:
        return Section(material.say("Baseline"), "baseline", ())
    heads = (material.say("Outcome"), material.say("Arm"), *map(material.say, _STATISTICS))
    cells = [(material.label(row), material.arm(row["arm"]), *shown) for row, shown in _protected(rows)]
    note = material.say(
        "Everyone with a score at “{wave}”; no tests of baseline differences are made.", wave=material.wave(wave)
    )
    block = table("baseline", material.say("Baseline scores by arm"), heads, cells, [note], "descriptives")
    people = (arms_table(material),) if material.rows("participants") else ()
    return Section(material.say("Baseline"), "baseline", (*people, block, *balance_of_arms(material)))


_STATISTICS = (marked("#n"), marked("#M"), marked("#SD"), marked("#Median"), marked("#Quartiles"))


def _describing(material: Material) -> list[Row]:
    named = {(row["instrument"], row["scale"]) for row in material.outcomes}
    rows = material.in_order(material.pooled_rows("descriptives"))
    return [row for row in rows if (row["instrument"], row["scale"]) in named]


def _protected(rows: Sequence[Row]) -> list[tuple[Row, list[str]]]:
    """Withhold small arms, and the pooled row of the same wave that would give them away."""
    small = {_place(row) for row in rows if row["arm"] != ALL_COHORTS and numbers.too_few(row["n"])}
    return [(row, _described(row, row["arm"] == ALL_COHORTS and _place(row) in small)) for row in rows]


def _place(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("cohort", "wave", "instrument", "scale"))


def _described(row: Row, gives_away: bool) -> list[str]:
    quartiles = numbers.between(row["quartile_low"], row["quartile_high"], 2)
    values = (numbers.count(row["n"]), number(row["mean"]), number(row["sd"]), number(row["median"]), quartiles)
    shown = guarded(row["n"], *values)
    return [numbers.PROTECTED for _ in shown] if gives_away and not numbers.too_few(row["n"]) else shown


def descriptives(material: Material) -> Section:
    """Describe every wave and arm."""
    rows = _describing(material)
    heads = (material.say("Outcome"), material.say("Arm"), material.say("Wave"), *map(material.say, _STATISTICS))
    cells = [
        (material.label(row), material.arm(row["arm"]), material.wave(row["wave"]), *shown)
        for row, shown in _protected(rows)
    ]
    note = material.say(
        "Everyone with a score at that wave, so the people differ from wave to wave. SD: divisor n − 1."
    )
    block = table("descriptives", material.say("Scores by wave and arm"), heads, cells, [note], "descriptives")
    pictures = [found for name in _pictures(material) for found in figure(material, name)]
    return Section(material.say("Descriptive results"), "descriptives", (block, *pictures) if rows else ())


def _pictures(material: Material) -> list[str]:
    """Name the figures of the scores: slopes and raincloud of primary outcomes, means of all in one where drawn."""
    scales = {f"{row['instrument']}_{row['scale']}": row["role"] == "primary" for row in material.outcomes}
    together = "means" in material.drawings
    means = ["means"] if together else [f"means_{scale}" for scale in scales]
    people = [f"{kind}_{scale}" for scale, primary in scales.items() if primary for kind in ("slopes", "raincloud")]
    return [*people, *means]


def quality(material: Material) -> Section:
    """Show missing answers, floor and ceiling, and what the doctor found."""
    rows = material.in_order(material.pooled_rows("quality"))
    heads = (
        *(
            material.say("Scale"),
            material.say("Wave"),
            material.say("#n"),
            material.say("#Missing answers"),
            material.say("#At the floor"),
        ),
        *(material.say("#At the ceiling"), material.say("#Prorated")),
    )
    cells = [_quality_cells(material, row) for row in rows]
    note = material.say(
        "n: people with every item answered. Floor and ceiling: share of scores at the ends of the range."
    )
    block = table("quality", material.say("Data quality"), heads, cells, [note], "quality")
    blocks: tuple[Block, ...] = (block,) if rows else ()
    return Section(material.say("Data quality and findings"), "quality", (*blocks, *_findings(material)))


def _quality_cells(material: Material, row: Row) -> tuple[str, ...]:
    shares = (numbers.percent(row[name]) for name in ("missing_share", "floor_share", "ceiling_share"))
    shown = guarded(row["n"], numbers.count(row["n"]), *shares, numbers.count(row["prorated"]))
    return material.label(row), material.wave(row["wave"]), *shown


def _findings(material: Material) -> tuple[Block, ...]:
    rows = material.rows("findings")
    if not rows:
        return (
            Callout(
                "info", "✓", material.say("No finding."), material.say("The scoring doctor found nothing to report.")
            ),
        )
    heads = (
        *(
            material.say("Code"),
            material.say("Severity"),
            material.say("Where"),
            material.say("#People"),
            material.say("Seen"),
            material.say("Why it matters"),
        ),
        material.say("What to write in the study file"),
    )
    note = material.say("From the scoring doctor; a finding never changes a score by itself.")
    cells = [_finding_cells(material, row) for row in rows]
    return (table("findings", material.say("Findings of the scoring doctor"), heads, cells, [note], "findings"),)


_FOUND = ("seen", "why", "mend")


def _finding_cells(material: Material, row: Row) -> tuple[str, ...]:
    places = [
        *(material.say("all") if part == ALL_COHORTS else part for part in (str(row["instrument"]), str(row["scale"]))),
        *(material.say("all") if row["wave"] == ALL_COHORTS else material.wave(row["wave"]), _cohort(material, row)),
    ]
    where = material.language.sequence([part for part in dict.fromkeys(places) if part])
    people = guarded(row["people"], numbers.count(row["people"])) if row["people"] else [numbers.MISSING]
    return row["code"], material.noted(row["severity"]), where, *people, *(material.noted(row[name]) for name in _FOUND)


def _cohort(material: Material, row: Row) -> str:
    return "" if row["cohort"] == ALL_COHORTS or not row["cohort"] else material.cohort(row["cohort"])


def _form(material: Material, name: str) -> str:
    instrument = material.file.instruments.get(name)
    return material.language.named(instrument.title if instrument else name)


def reaction(material: Material) -> Section:
    """Show the reaction form item by item, pooled over groups."""
    items = counts.reaction_items(material)
    rows = [
        (
            _form(material, item.instrument),
            material.language.named(item.label),
            item.shown,
            *guarded(item.answered, numbers.count(item.answered)),
        )
        for item in items
    ]
    heads = (
        material.say("Form"),
        material.say("Item"),
        material.say("#Two best answers"),
        material.say("#People who answered"),
    )
    note = material.say("Share of the two best answer codes among those who answered the item, pooled over groups.")
    few = {"few": str(numbers.SMALLEST_FOR_EXTREMES)}
    rule = material.say("Shares of 0% and 100% are withheld below {few} people.", **few)
    block = table("reaction", material.say("Reaction, item by item"), heads, rows, [note, rule], "item_counts")
    blocks: tuple[Block, ...] = (block, *figure(material, "reaction")) if rows else ()
    return Section(material.say("Reaction"), "reaction", blocks)

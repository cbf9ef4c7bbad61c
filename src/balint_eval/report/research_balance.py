"""Researcher report: how alike the arms were at the start, and those lost and those kept."""

from __future__ import annotations

from balint_eval.language import Language
from balint_eval.report import numbers
from balint_eval.report.cells import guarded, mean_sd, number, table
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Paragraph, Section, TableBlock
from balint_eval.tables import ALL_COHORTS


def balance_of_arms(material: Material) -> tuple[TableBlock, ...]:
    """Give the table of the arms' standardised differences at the baseline; nothing without a control arm."""
    rows = [row for row in material.rows("balance") if row["comparison"] == "arms"]
    control = material.study.control_arm
    if not rows or control is None:
        return ()
    heads = (
        *(
            material.say("Trait"),
            material.say("Arm"),
            material.say("#n"),
            material.say("#Mean (SD) or share"),
            material.say("#n, control"),
        ),
        *(material.say("#Control"), material.say("#Standardised difference")),
    )
    cells = [(_trait(material, row), material.arm(row["arm"]), *_cells(material.language, row)) for row in rows]
    against = material.say("Each arm against {control}.", control=material.arm(control.name))
    return (
        table(
            "balance",
            material.say("How alike the arms were at the start"),
            heads,
            cells,
            [against, _note(material.language)],
            "balance",
        ),
    )


def lost(material: Material) -> Section:
    """Compare the people kept with those lost, over all arms and in each."""
    rows = [row for row in material.rows("balance") if row["comparison"] == "kept"]
    heading = material.say("Were those lost like those kept?")
    if not rows:
        return Section(heading, "lost", ())
    heads = (
        *(
            material.say("Trait"),
            material.say("Arm"),
            material.say("#n, kept"),
            material.say("#Mean (SD) or share"),
            material.say("#n, lost"),
        ),
        *(material.say("#Lost"), material.say("#Standardised difference")),
    )
    arms = list(dict.fromkeys(str(row["arm"]) for row in rows))
    few = {arm for arm in arms if all(numbers.too_few(row["n_second"]) for row in rows if row["arm"] == arm)}
    cells = [
        (_trait(material, row), _arm(material, row), *_cells(material.language, row))
        for row in rows
        if row["arm"] not in few and _anybody(row)
    ]
    wave = material.wave(material.study.primary_wave)
    kept = material.say("Kept: people enrolled with a score of any outcome at “{wave}”; lost: the others.", wave=wave)
    withheld = material.say(
        "Fewer than {few} people were lost, so they are not compared.", few=str(numbers.SMALLEST_COUNT)
    )
    if not cells:
        return Section(heading, "lost", (Paragraph(f"{kept} {withheld}", "note"),))
    title = material.say("People kept and people lost, as they were at the start")
    return Section(heading, "lost", (table("lost", title, heads, cells, [kept, _note(material.language)], "balance"),))


def _note(language: Language) -> str:
    return language.say(
        "Standardised difference: over the root mean square of the two SDs, for shares over the root of the mean of "
        "p (1 - p); about 0.1 is small. No tests: they would judge the number of people, not the difference."
    )


def _trait(material: Material, row: Row) -> str:
    if row["instrument"]:
        return material.label(row)
    return f"{row['trait']}: {row['level']}" if row["level"] else str(row["trait"])


def _arm(material: Material, row: Row) -> str:
    return material.say("All arms") if row["arm"] == ALL_COHORTS else material.arm(row["arm"])


def _anybody(row: Row) -> bool:
    return bool(row["n_first"] and row["n_second"])


def _cells(language: Language, row: Row) -> list[str]:
    people = [int(row["n_first"]), int(row["n_second"])]
    shown = (
        numbers.count(people[0]),
        _value(language, row, "first"),
        numbers.count(people[1]),
        _value(language, row, "second"),
    )
    return guarded(_fewest(row, people), *shown, number(row["difference"]))


def _fewest(row: Row, people: list[int]) -> int:
    """Give the fewest people that a cell of the row speaks of: of a word, those who have it or have not."""
    if not row["level"]:
        return min(people)
    counts = [round(share * n) if n else 0 for share, n in zip((row["first"], row["second"]), people, strict=True)]
    parts: list[int] = [part for count, n in zip(counts, people, strict=True) for part in (count, n - count) if part]
    return min([*people, *parts])


def _value(language: Language, row: Row, side: str) -> str:
    if row["level"]:
        return language.say("{share} %", share=numbers.decimal(100 * row[side], 0))
    return mean_sd(row[side], row[f"sd_{side}"])

"""Researcher report: who answered when, and what the results would be had the missing answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from balint_eval.report import numbers
from balint_eval.report.cells import guarded, interval, level_of_confidence, number, row_notes, table
from balint_eval.report.figures import figure
from balint_eval.report.material import Material, Row
from balint_eval.report.missing_words import nearest_turn, steps_of, what_turns, without_shift
from balint_eval.report.model import Paragraph, Section, TableBlock
from balint_eval.report.wording import places
from balint_eval.tables import ALL_COHORTS

IMPUTED, PLANNED_DF, MODEL = "_imputed", "_imputed_planned_df", "mixed_model"
_PLACE = ("cohort", "instrument", "scale", "contrast")


def missing(material: Material) -> Section:
    """Show the patterns of missing scores, and the main results with the missing imputed and shifted."""
    heading = material.say("If the missing had answered")
    blocks = (*_patterns(material), *_beside(material), *_turning(material))
    if not blocks:
        return Section(heading, "missing", ())
    primary = [row for row in material.outcomes if row["role"] == "primary"]
    pictures = [found for row in primary for found in figure(material, f"tipping_{row['instrument']}_{row['scale']}")]
    said = material.say(
        "The planned results use people with both scores. What follows shows how far they depend on those who have one "
        "only; nothing here replaces them."
    )
    return Section(heading, "missing", (Paragraph(said, "note"), *blocks, *pictures))


def _patterns(material: Material) -> tuple[TableBlock, ...]:
    rows = material.in_order(material.rows("missing_patterns"))
    several = any(row["arm"] != ALL_COHORTS for row in rows)
    shown = [row for row in rows if (row["arm"] != ALL_COHORTS) == several]
    if not shown:
        return ()
    heads = (
        material.say("Outcome"),
        material.say("Arm"),
        material.say("Scores at"),
        material.say("#People"),
        material.say("#Groups"),
    )
    cells: list[tuple[str, ...]] = []
    for outcomes, parts in _alike(material, _by_arm(shown)).items():
        found = [line for part in parts for line in _pattern_cells(material, part)]
        cells += [(outcomes if place == 0 else "", *line) for place, line in enumerate(found)]
    notes = [
        material.say(
            "People enrolled in the cohorts in which the outcome was asked; a score needs enough items answered."
        ),
        material.say("Missing items within a score are in the table of data quality."),
    ]
    title = material.say("Who has a score at which waves")
    return (table("missing-patterns", title, heads, cells, notes, "missing_patterns"),)


def _by_arm(rows: Sequence[Row]) -> Mapping[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((str(row["instrument"]), str(row["scale"]), str(row["arm"])), []).append(row)
    return found


def _alike(material: Material, parts: Mapping[tuple[str, ...], list[Row]]) -> Mapping[str, list[list[Row]]]:
    """Put outcomes together that are missing in the same way, under their names."""
    by_outcome: dict[tuple[str, ...], list[list[Row]]] = {}
    for (instrument, scale, _), rows in parts.items():
        by_outcome.setdefault((instrument, scale), []).append(rows)
    same: dict[tuple[tuple[object, ...], ...], list[list[list[Row]]]] = {}
    for arms in by_outcome.values():
        counts = (tuple(row[name] for name in ("arm", "pattern", "people", "groups")) for rows in arms for row in rows)
        same.setdefault(tuple(counts), []).append(arms)
    return {
        material.language.listed([material.label(arms[0][0]) for arms in found]): found[0] for found in same.values()
    }


def _pattern_cells(material: Material, rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Withhold few people, and a second count where one alone could be had by subtraction."""
    few = [row for row in rows if numbers.too_few(row["people"])]
    others = sorted((row for row in rows if row not in few), key=lambda row: row["people"])
    protected = others[:1] if len(few) == 1 else []
    ordered = sorted(rows, key=lambda row: (-row["people"], row["pattern"]))
    for row in ordered:
        counts = guarded(row["people"], numbers.count(row["people"]), numbers.count(row["groups"]))
        cells = [numbers.PROTECTED for _ in counts] if row in protected else counts
        yield (material.arm(row["arm"]), _pattern(material, str(row["pattern"])), *cells)


def _pattern(material: Material, pattern: str) -> str:
    waves = [material.wave(name) for name in pattern.split(" + ")]
    return material.say("no wave") if pattern == "none" else " + ".join(waves)


def _beside(material: Material) -> tuple[TableBlock, ...]:
    """Put complete cases, all available data, imputed scores and both ends of the shifts side by side."""
    mains = [row for row in material.main_rows if _same_place(material, row, IMPUTED)]
    if not mains:
        return ()
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("Who counts, and how"),
            material.say("#People"),
            material.say("#Estimate"),
        ),
        *(f"#{level_of_confidence(mains, material.language)}", material.say("#df"), material.say("#p")),
    )
    cells = [cells for main in mains for cells in _beside_cells(material, main)]
    imputed = [row for main in mains for row in _same_place(material, main, IMPUTED)]
    notes = [
        material.say(
            "Complete cases: the planned result. All available data: the mixed model, which has its own estimate."
        ),
        material.say(
            "Imputed: the planned method on scores drawn from a normal regression on the other wave, arm and random "
            "effects of groups, pooled by Rubin's rules. Missing at random is assumed."
        ),
        material.say(
            "Barnard-Rubin df make intervals wider than need be where groups are few; with the df of the planned "
            "analysis the error still stays below the nominal one."
        ),
        material.say(
            "Least and most favourable: the later scores of those lost shifted by two SDs, or as far as the scale "
            "allows, for the worse and for the better; in a comparison of arms, those lost of the first arm."
        ),
        *row_notes(
            imputed,
            [material.language.sequence([material.label(row), material.compared(row)]) for row in imputed],
            material.language,
        ),
    ]
    title = material.say("If the missing had answered")
    return (table("missing-beside", title, heads, cells, notes, "comparisons, tipping"),)


def _same_place(material: Material, main: Row, end: str) -> list[Row]:
    """Give the rows of a main result's contrast by another method: the model, or the planned one with an ending."""
    wanted = end if end == MODEL else f"{main['method']}{end}"
    rows = material.rows("comparisons")
    return [row for row in rows if row["method"] == wanted and all(row[name] == main[name] for name in _PLACE)]


def _beside_cells(material: Material, main: Row) -> Iterator[tuple[str, ...]]:
    steps = steps_of(material, main)
    yield (
        material.label(main),
        material.compared(main),
        material.say("Complete cases (planned)"),
        *_numbers(main, main),
    )
    for end, words in (
        (MODEL, material.say("All available data (mixed model)")),
        (IMPUTED, material.say("Imputed, Barnard-Rubin df")),
        (PLANNED_DF, material.say("Imputed, planned df")),
    ):
        for row in _same_place(material, main, end):
            yield ("", "", words, *_numbers(row, main))
    if len(steps) > 1:
        ends = (steps[0], steps[-1]) if material.outcome(main)["higher_is"] == "better" else (steps[-1], steps[0])
        for step, worst in zip(ends, (True, False), strict=True):
            yield ("", "", _end(material, main, step, worst), *_numbers(step, main))


def _end(material: Material, main: Row, step: Row, worst: bool) -> str:
    points, lower = numbers.size(step["shift"], places(material.outcome(main))), step["shift"] < 0
    if worst and lower:
        return material.say("Least favourable: those lost {points} points lower", points=points)
    if worst:
        return material.say("Least favourable: those lost {points} points higher", points=points)
    if lower:
        return material.say("Most favourable: those lost {points} points lower", points=points)
    return material.say("Most favourable: those lost {points} points higher", points=points)


def _numbers(row: Row, main: Row) -> list[str]:
    people = row["n"] if "n" in row else main["n_paired"] if row is main else _anybody(row)
    shown = (numbers.count(people), number(row["estimate"]), interval(row), numbers.degrees(row["df"]))
    return guarded(main["n_paired"], *shown, numbers.p_value(row["p_value"]))


def _anybody(row: Row) -> float:
    """Count the people with one of the two scores or both."""
    return float(row["n_pre"] + row["n_post"] - row["n_paired"])


def _turning(material: Material) -> tuple[TableBlock, ...]:
    rows = [row for row in material.main_rows if len(steps_of(material, row)) > 1]
    if not rows:
        return ()
    heads = (
        *(
            material.say("Outcome"),
            material.say("Wave"),
            material.say("#Lost and shifted"),
            material.say("#Turns at, points"),
            material.say("#In SDs"),
        ),
        material.say("In words"),
    )
    cells = [_turning_cells(material, row) for row in rows]
    notes = [
        material.say(
            "Turns at: the smallest shift of the later scores of those lost at which the interval (imputed, planned "
            "df) begins or ceases to hold zero; a dash where none does, up to two SDs and within the scale."
        ),
        material.say("SD of the earlier scores within arms. Below zero: those lost scored lower than was imputed."),
    ]
    title = material.say("How different those lost would have to be")
    return (table("tipping", title, heads, cells, notes, "tipping"),)


def _turning_cells(material: Material, row: Row) -> tuple[str, ...]:
    steps = steps_of(material, row)
    now, turn = without_shift(steps), nearest_turn(steps)
    lost = now["n_shifted"] if now else 0
    turned = [numbers.MISSING, numbers.MISSING]
    if turn is not None:
        decimals = places(material.outcome(row))
        turned = [numbers.decimal(turn["shift"], decimals), numbers.decimal(turn["shift_sd"], 2)]
    words = what_turns(material, row) or numbers.MISSING
    shown = guarded(row["n_paired"], *turned, words)
    return (material.label(row), material.compared(row), *guarded(lost, numbers.count(lost)), *shown)

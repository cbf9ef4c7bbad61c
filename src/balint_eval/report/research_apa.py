"""Researcher report: the main results as sentences in APA style that a paper can take over."""

from __future__ import annotations

from math import isfinite

from balint_eval.kinds import CHANGE, LEVEL
from balint_eval.report import numbers
from balint_eval.report.cells import interval, number
from balint_eval.report.material import Material, Row
from balint_eval.report.model import BulletList, Paragraph, Section


def results_text(material: Material) -> Section:
    """Give a sentence for each main result, with the statistics in APA form."""
    heading = material.say("Results text in APA style")
    rows = material.main_rows
    if not rows:
        return Section(heading, "apa", ())
    lead = material.say(
        "Sentences to take over; say in the paper which outcome was primary. The planned method stands behind."
    )
    return Section(
        heading, "apa", (Paragraph(lead, "note"), BulletList(tuple(_sentence(material, row) for row in rows)))
    )


def _unclaimed(material: Material) -> list[Row]:
    """Give the comparisons on which the data cannot carry a claim: they are reported without a test."""
    return [line.comparison for line in material.claims if line.claim["verdict"] == "no_claim"]


def _sentence(material: Material, row: Row) -> str:
    label = material.label(row)
    if numbers.too_few(row["n_paired"]) or not isfinite(float(row["estimate"])):
        return material.say(
            "{outcome}, {wave}: too few people for a result.", outcome=label, wave=material.compared(row)
        )
    said = {
        "outcome": label,
        "wave": material.wave(row["wave_to"]),
        "first": material.wave(row["wave_from"]),
        "arm": material.arm(row["arm"]),
        "reference": material.arm(row["reference_arm"]) if row["reference_arm"] else "",
        "n": numbers.count(row["n_paired"]),
        "statistics": _statistics(material, row, tested=row not in _unclaimed(material)),
    }
    if row["kind"] == CHANGE:
        return material.say(
            "{outcome}, {arm}: from “{first}” (M = {m1}, SD = {s1}) to “{wave}” (M = {m2}, SD = {s2}; n = {n}) the "
            "mean change was {statistics}.",
            **said,
            m1=number(row["mean_pre"]),
            s1=number(row["sd_pre"]),
            m2=number(row["mean_post"]),
            s2=number(row["sd_post"]),
        )
    if row["kind"] == LEVEL:
        return material.say("{outcome}: at “{wave}” {arm} minus {reference} (n = {n}) was {statistics}.", **said)
    return material.say(
        "{outcome}: given the score at “{first}”, {arm} minus {reference} at “{wave}” (n = {n}) was {statistics}.",
        **said,
    )


def _statistics(material: Material, row: Row, *, tested: bool) -> str:
    """Give estimate, interval, test and standardised size, as far as each is there."""
    points = material.say("{estimate} points", estimate=number(row["estimate"]))
    level = f"{100 * float(row['conf_level']):g}"
    parts = [points]
    if isfinite(float(row["conf_low"])):
        parts.append(material.say("{level}% CI {interval}", level=level, interval=interval(row)))
    if tested and isfinite(float(row["p_value"])):
        parts.append(_test(row))
        if isfinite(float(row["p_adjusted"])):
            parts.append(material.say("adjusted {p}", p=numbers.unbroken(numbers.p_equals(float(row["p_adjusted"])))))
    if isfinite(float(row["effect"])):
        parts.append(f"{row['effect_name']} = {number(row['effect'])}")
        if isfinite(float(row["effect_low"])):
            bounds = interval(row, "effect_low", "effect_high")
            parts.append(material.say("{level}% CI {interval}", level=level, interval=bounds))
    return (
        ", ".join(parts)
        if tested
        else material.say("{statistics}; no claim of significance", statistics=", ".join(parts))
    )


def _test(row: Row) -> str:
    test = f"t({numbers.degrees(float(row['df']))}) = {number(row['statistic'])}"
    return f"{numbers.unbroken(test)}, {numbers.unbroken(numbers.p_equals(float(row['p_value'])))}"

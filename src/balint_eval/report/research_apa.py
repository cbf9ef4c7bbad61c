"""Researcher report: the main results as sentences in APA style that a paper can take over."""

from __future__ import annotations

from math import isfinite, nan

from balint_eval.kinds import CHANGE, LEVEL
from balint_eval.report import numbers
from balint_eval.report.cells import mean_sd
from balint_eval.report.material import Material, Row
from balint_eval.report.model import BulletList, Paragraph, Section
from balint_eval.report.wording import apa


def results_text(material: Material) -> Section:
    """Give a sentence for each main result, with the statistics in APA form."""
    heading = material.say("Results text in APA style")
    rows = material.main_rows
    if not rows:
        return Section(heading, "apa", ())
    lead = material.say(
        "Sentences to take over, by the planned method; say in the paper which outcome was primary. Where the data "
        "carry no claim, no test is given."
    )
    sentences = tuple(_sentence(material, row) for row in rows)
    return Section(heading, "apa", (Paragraph(lead, "note"), BulletList(sentences)))


def _sentence(material: Material, row: Row) -> str:
    said = {
        "outcome": material.label(row),
        "wave": material.wave(row["wave_to"]),
        "first": material.wave(row["wave_from"]),
        "arm": material.arm(row["arm"]),
        "reference": material.arm(row["reference_arm"]) if row["reference_arm"] else "",
    }
    statistics = apa(material.language, _reported(material, row))
    if row["kind"] == LEVEL:
        about = material.say("{outcome}: {arm} minus {reference} at “{wave}”:", **said)
    elif row["kind"] != CHANGE:
        about = material.say("{outcome}: {arm} minus {reference} at “{wave}”, given the score at “{first}”:", **said)
    elif numbers.too_few(row["n_paired"]) or not isfinite(row["estimate"]):
        about = material.say("{outcome}: {arm}, from “{first}” to “{wave}”:", **said)
    else:
        means = {name: mean_sd(row[f"mean_{name}"], row[f"sd_{name}"]) for name in ("pre", "post")}
        about = material.say("{outcome}: {arm}, M (SD) from {pre} at “{first}” to {post} at “{wave}”:", **said, **means)
    return f"{about} {statistics}"


def _reported(material: Material, row: Row) -> Row:
    """Give the row without its test where the data cannot carry a claim."""
    unclaimed = [line.comparison for line in material.claims if line.claim["verdict"] == "no_claim"]
    return {**row, "p_value": nan} if row in unclaimed else row

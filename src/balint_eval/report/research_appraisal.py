"""Researcher report: how a reviewer would score the study, the checklist that fits it, and what authors add."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from math import isfinite

from balint_eval.appraisal.checklists import AUTHOR, FILLED, NOT_APPLICABLE, SETTINGS, guidelines
from balint_eval.report import numbers
from balint_eval.report.cells import table
from balint_eval.report.levels import level_name
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Definition, DefinitionList, Paragraph, Section
from balint_eval.report.wording import listed, say

_DOMAINS: Mapping[str, str] = {
    "design": say("Study design"),
    "sampling": say("Sampling"),
    "data": say("Type of data"),
    "validity": say("Validity of the instrument"),
    "analysis": say("Data analysis"),
    "outcome": say("Outcome"),
}
_ITEMS: Mapping[str, str] = {
    "design": say("Design"),
    "institutions": say("Institutions"),
    "response": say("Response rate"),
    "type": say("Who judges the primary outcome"),
    "internal_structure": say("Internal structure"),
    "content": say("Content"),
    "relations": say("Relations to other variables"),
    "appropriate": say("Analysis fits design and data"),
    "complexity": say("More than description"),
    "outcome": say("Level of the primary outcome"),
}
_BASIS: Mapping[str, str] = {
    "randomised": say("Two or more arms, formed by lot."),
    "two_groups": say("Two or more arms, not formed by lot."),
    "pre_and_post": say("One group, before and after."),
    "one_wave": say("One wave."),
    "institutions": say("{value} by the study file."),
    "sites": say("{value} by the site column of the rosters."),
    "institutions_unknown": say("Not said; write `context.institutions`."),
    "response": say("{value} of those enrolled have the primary score at the primary wave."),
    "response_unknown": say("Not every cohort has a roster, so nobody knows how many were asked."),
    "self_assessed": say("The people themselves."),
    "rated_by_others": say("Somebody else."),
    "alpha": say("Cronbach's alpha in this sample: {value}."),
    "no_alpha": say("No reliability could be computed in this sample."),
    "cited": say("The study file names a source."),
    "not_cited": say("No source is named; write `context.content_validity` or `context.relations_validity`."),
    "to_confirm": say("A person who knows statistics must confirm it."),
    "inference": say("Estimates with intervals and tests."),
    "descriptive": say("Description only."),
}
_CONTEXT: Mapping[str, str] = {
    "background": say("Background"),
    "theory": say("Theory"),
    "objectives": say("Objectives"),
    "setting": say("Setting"),
    "eligibility": say("Eligibility"),
    "recruitment": say("Recruitment"),
    "allocation_method": say("How arms were formed"),
    "blinding": say("Blinding"),
    "materials": say("Materials"),
    "leaders": say("Leaders"),
    "incentives": say("Incentives"),
    "changes": say("Changes on the way"),
    "fidelity": say("How fidelity was seen to"),
    "sample_size": say("Sample size"),
    "harms": say("Harms"),
    "local_gap": say("Local gap"),
    "wider_impact": say("Impact on patients, families and the system"),
    "generalisability": say("Generalisability"),
    "interpretation": say("Interpretation"),
    "deviations": say("Deviations from the plan"),
    "content_validity": say("Validity: content"),
    "relations_validity": say("Validity: relations to other variables"),
    "ethics": say("Ethics"),
    "protocol": say("Protocol"),
    "funding": say("Funding"),
}
_STATUS: Mapping[str, str] = {
    FILLED: say("in this report"),
    SETTINGS: say("from the study file"),
    AUTHOR: say("author must write"),
    NOT_APPLICABLE: say("not applicable"),
}
_WHY_NOT: Mapping[str, str] = {
    "one_arm": say("there is one arm"),
    "always": say("it asks for something Balint groups do not have"),
    "no_binary": say("no outcome is a yes or no"),
}
_SECTIONS: Mapping[str, str] = {
    "baseline": say("Baseline"),
    "brief": say("Results in brief"),
    "clustering": say("How alike the members of a group are"),
    "descriptives": say("Descriptive results"),
    "design": say("Question and design"),
    "flow": say("Flow"),
    "instruments": say("Instruments"),
    "lost": say("Were those lost like those kept?"),
    "methods": say("Methods paragraph"),
    "outcomes": say("Outcomes"),
    "results": say("Main results"),
    "sensitivity": say("Sensitivity: the same outcome by every method"),
    "setting": say("Setting, dose and fidelity"),
    "threats": say("Threats to validity"),
}
_SWOT = ("strengths", "weaknesses", "opportunities", "threats")
_SWOT_WORDS: Mapping[str, str] = {
    "strengths": say("Strengths"),
    "weaknesses": say("Weaknesses"),
    "opportunities": say("Opportunities"),
    "threats": say("Threats"),
}


def context(material: Material) -> Section:
    """Print what the authors wrote of the study."""
    given = material.study.context
    entries = [Definition(name, str(getattr(given, key))) for key, name in _CONTEXT.items() if getattr(given, key)]
    heading = say("In the authors' words")
    return Section(heading, "context", (DefinitionList(tuple(entries)),) if entries else ())


def themes(material: Material) -> Section:
    """Show themes and SWOT tables beside the level they explain."""
    heading = say("What people said")
    given = material.study.context
    blocks: list[Block] = []
    if given.themes:
        heads = (say("Level"), say("Outcomes on it"), say("Theme"), say("In the authors' words"), say("#People"))
        rows = [
            (
                level_name(theme.level),
                _on_level(material, theme.level),
                theme.name,
                theme.text,
                _people(theme.people),
            )
            for theme in sorted(given.themes, key=lambda theme: theme.level)
        ]
        note = say("Found and summed up by the authors; no quotation is printed without their hand.")
        blocks.append(table("themes", say("Themes by level"), heads, rows, [note], "study file"))
    for place, swot in enumerate(given.swot, start=1):
        named = [(_SWOT_WORDS[part], "; ".join(getattr(swot, part)) or numbers.MISSING) for part in _SWOT]
        title = say("Strengths, weaknesses, opportunities and threats: {level}", level=level_name(swot.level))
        blocks.append(table(f"swot-{place}", title, (say("Kind"), say("Named by people")), named, [], "study file"))
    return Section(heading, "themes", tuple(blocks))


def _people(people: int | None) -> str:
    if people is None:
        return numbers.MISSING
    return numbers.WITHHELD if numbers.too_few(people) else numbers.count(people)


def _on_level(material: Material, level: str) -> str:
    labels = [material.label(row) for row in material.outcomes if str(row["level"]).startswith(level)]
    return listed(labels) if labels else say("none measured")


def mersqi(material: Material) -> Section:
    """Show the proposed MERSQI score with what each point rests on."""
    rows = sorted(material.rows("mersqi"), key=lambda row: list(_ITEMS).index(row["item"]))
    heading = say("Study quality: a proposed MERSQI score")
    if not rows:
        return Section(heading, "mersqi", ())
    points, most = (sum(float(row[name]) for row in rows) for name in ("points", "maximum"))
    open_items = [row for row in rows if row["status"] == AUTHOR]
    lead = say(
        "Proposed: {points} of {most} points. {open} of {all} items wait for a person; until then they count with the "
        "points shown.",
        points=numbers.trimmed(points),
        most=numbers.trimmed(most),
        open=str(len(open_items)),
        all=str(len(rows)),
    )
    heads = (say("Domain"), say("Item"), say("#Points"), say("#Of"), say("Rests on"), say("Decided by"))
    cells = [
        (
            _DOMAINS[row["domain"]],
            _ITEMS[row["item"]],
            numbers.trimmed(float(row["points"])),
            numbers.trimmed(float(row["maximum"])),
            _rests_on(row),
            say("a person") if row["status"] == AUTHOR else say("the workflow"),
        )
        for row in rows
    ]
    notes = [
        say(
            "Medical Education Research Study Quality Instrument (Reed et al., 2007; doi:10.1001/jama.298.9.1002), "
            "5 to 18 points. It depends on judgement: use it as a draft."
        ),
        say("The items are judged for the primary outcome. A response of 75% counts as reached."),
    ]
    block = table("mersqi", say("Proposed MERSQI score"), heads, cells, notes, "mersqi")
    return Section(heading, "mersqi", (Paragraph(lead), block))


def _rests_on(row: Row) -> str:
    basis, value = str(row["basis"]), float(row["value"])
    if basis.startswith("level_"):
        level = basis.removeprefix("level_")
        return say("The primary outcome is on: {level}.", level=level_name(level))
    return say(_BASIS[basis], value=_written(basis, value) if isfinite(value) else "")


def _written(basis: str, value: float) -> str:
    if basis == "response":
        return numbers.percent(value)
    return numbers.probability(value, 2) if basis == "alpha" else numbers.trimmed(value)


def checklists(material: Material) -> Section:
    """Show each reporting checklist, filled where the workflow can."""
    rows = material.rows("checklists")
    heading = say("Reporting checklists")
    blocks = [
        block
        for name, items in groupby(rows, key=lambda row: str(row["guideline"]))
        for block in _checklist(name, list(items))
    ]
    return Section(heading, "checklists", tuple(blocks))


def _checklist(name: str, rows: list[Row]) -> tuple[Block, ...]:
    facts = guidelines()[name]
    counted = {status: sum(row["status"] == status for row in rows) for status in _STATUS}
    done = counted[FILLED] + counted[SETTINGS]
    lead = say(
        "{title}: {done} of {all} items are answered, {author} wait for the author, {off} do not apply.",
        title=facts.title,
        done=str(done),
        all=str(len(rows)),
        author=str(counted[AUTHOR]),
        off=str(counted[NOT_APPLICABLE]),
    )
    heads = (say("Item"), say("Asks for (in our words)"), say("Answer"), say("Where"))
    cells = [(str(row["item"]), say(str(row["topic"])), _STATUS[row["status"]], _where(row)) for row in rows]
    unsure = [str(row["item"]) for row in rows if row["mark"] == "U"]
    notes = [
        say("{citation}; doi:{doi}. Read the original before you submit.", citation=facts.citation, doi=facts.doi),
        say(facts.note) if facts.note else "",
        say("Numbering not checked against the original: items {items}.", items=", ".join(unsure)) if unsure else "",
    ]
    block = table(f"checklist-{name}", say("Checklist: {title}", title=facts.title), heads, cells, notes, "checklists")
    return (Paragraph(lead), block)


def _where(row: Row) -> str:
    where = str(row["where"])
    if row["status"] == FILLED:
        return say("section “{section}”", section=_SECTIONS[where])
    if row["status"] == SETTINGS:
        return where
    return _WHY_NOT[where] if row["status"] == NOT_APPLICABLE else ""

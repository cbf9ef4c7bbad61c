"""Researcher report: how a reviewer would score the study, the checklist that fits it, and what authors add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import isfinite

from balint_eval.appraisal.checklists import AUTHOR, FILLED, NOT_APPLICABLE, SETTINGS, guidelines
from balint_eval.kirkpatrick import level_in
from balint_eval.language import SEMICOLONS, marked
from balint_eval.report import numbers
from balint_eval.report.cells import table
from balint_eval.report.levels import level_name, outcomes_on
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Definition, DefinitionList, Paragraph, Section

_DOMAINS: Mapping[str, str] = {
    "design": marked("Study design"),
    "sampling": marked("Sampling"),
    "data": marked("Type of data"),
    "validity": marked("Validity of the instrument"),
    "analysis": marked("Data analysis"),
    "outcome": marked("Outcome"),
}
_ITEMS: Mapping[str, str] = {
    "design": marked("Design"),
    "institutions": marked("Institutions"),
    "response": marked("Response rate"),
    "type": marked("Who judges the primary outcome"),
    "internal_structure": marked("Internal structure"),
    "content": marked("Content"),
    "relations": marked("Relations to other variables"),
    "appropriate": marked("Analysis fits design and data"),
    "complexity": marked("More than description"),
    "outcome": marked("Level of the primary outcome"),
}
_BASIS: Mapping[str, str] = {
    "randomised": marked("Two or more arms, formed by lot."),
    "two_groups": marked("Two or more arms, not formed by lot."),
    "pre_and_post": marked("One group, before and after."),
    "one_wave": marked("One wave."),
    "institutions": marked("{value} by the study file."),
    "sites": marked("{value} by the site column of the rosters."),
    "institutions_unknown": marked("Not said; write context.institutions in the study file."),
    "response": marked("{value} of those enrolled have the primary score at the primary wave."),
    "response_unknown": marked("Not every cohort has a roster, so nobody knows how many were asked."),
    "self_assessed": marked("The people themselves."),
    "rated_by_others": marked("Somebody else."),
    "alpha": marked("Cronbach's alpha in this sample: {value}."),
    "no_alpha": marked("No reliability could be computed in this sample."),
    "cited": marked("The study file names a source."),
    "not_cited": marked(
        "No source is named; write context.content_validity or context.relations_validity in the study file."
    ),
    "to_confirm": marked("A person who knows statistics must confirm it."),
    "inference": marked("Estimates with intervals and tests."),
    "descriptive": marked("Description only."),
}
_CONTEXT: Mapping[str, str] = {
    "background": marked("Background"),
    "theory": marked("Theory"),
    "objectives": marked("Objectives"),
    "setting": marked("Setting"),
    "eligibility": marked("Eligibility"),
    "recruitment": marked("Recruitment"),
    "allocation_method": marked("How arms were formed"),
    "blinding": marked("Blinding"),
    "materials": marked("Materials"),
    "leaders": marked("Leaders"),
    "incentives": marked("Incentives"),
    "changes": marked("Changes on the way"),
    "fidelity": marked("How fidelity was seen to"),
    "sample_size": marked("Sample size"),
    "harms": marked("Harms"),
    "local_gap": marked("Local gap"),
    "wider_impact": marked("Impact on patients, families and the system"),
    "generalisability": marked("Generalisability"),
    "interpretation": marked("Interpretation"),
    "deviations": marked("Deviations from the plan"),
    "content_validity": marked("Validity: content"),
    "relations_validity": marked("Validity: relations to other variables"),
    "ethics": marked("Ethics"),
    "protocol": marked("Protocol"),
    "funding": marked("Funding"),
}
_STATUS: Mapping[str, str] = {
    FILLED: marked("in this report"),
    SETTINGS: marked("from the study file"),
    AUTHOR: marked("author must write"),
    NOT_APPLICABLE: marked("not applicable"),
}
_WHY_NOT: Mapping[str, str] = {
    "one_arm": marked("there is one arm"),
    "always": marked("it asks for something Balint groups do not have"),
    "no_binary": marked("no outcome is a yes or no"),
}
_SECTIONS: Mapping[str, str] = {
    "baseline": marked("Baseline"),
    "brief": marked("Results in brief"),
    "clustering": marked("How alike the members of a group are"),
    "descriptives": marked("Descriptive results"),
    "design": marked("Question and design"),
    "flow": marked("Flow"),
    "instruments": marked("Instruments"),
    "lost": marked("Were those lost like those kept?"),
    "methods": marked("Methods paragraph"),
    "outcomes": marked("Outcomes"),
    "results": marked("Main results"),
    "sensitivity": marked("Sensitivity: the same outcome by every method"),
    "setting": marked("Setting, dose and fidelity"),
    "shares": marked("How many people are at or beyond a cut-off?"),
    "threats": marked("Threats to validity"),
}
_SWOT = ("strengths", "weaknesses", "opportunities", "threats")
_SWOT_WORDS: Mapping[str, str] = {
    "strengths": marked("Strengths"),
    "weaknesses": marked("Weaknesses"),
    "opportunities": marked("Opportunities"),
    "threats": marked("Threats"),
}


def context(material: Material) -> Section:
    """Print what the authors wrote of the study."""
    given = material.study.context
    entries = [
        Definition(material.say(name), material.language.named(str(getattr(given, key))))
        for key, name in _CONTEXT.items()
        if getattr(given, key)
    ]
    heading = material.say("In the authors' words")
    return Section(heading, "context", (DefinitionList(tuple(entries)),) if entries else ())


def themes(material: Material) -> Section:
    """Show themes and SWOT tables beside the level they explain."""
    heading = material.say("What people said")
    given = material.study.context
    blocks: list[Block] = []
    if given.themes:
        heads = (
            material.say("Level"),
            material.say("Outcomes on it"),
            material.say("Theme"),
            material.say("In the authors' words"),
            material.say("#People"),
        )
        rows = [
            (
                _level(material, theme.level),
                _on_level(material, theme.level),
                material.language.named(theme.name),
                material.language.named(theme.text),
                _people(theme.people),
            )
            for theme in sorted(given.themes, key=lambda theme: theme.level)
        ]
        note = material.say("Found and summed up by the authors; no quotation is printed without their hand.")
        blocks.append(table("themes", material.say("Themes by level"), heads, rows, [note], "study file"))
    for place, swot in enumerate(given.swot, start=1):
        named = [(material.say(_SWOT_WORDS[part]), _points(material, getattr(swot, part))) for part in _SWOT]
        title = material.say(
            "Strengths, weaknesses, opportunities and threats: {level}", level=_level(material, swot.level)
        )
        blocks.append(
            table(
                f"swot-{place}", title, (material.say("Kind"), material.say("Named by people")), named, [], "study file"
            )
        )
    return Section(heading, "themes", tuple(blocks))


def _points(material: Material, points: Sequence[str]) -> str:
    said = [material.language.named(point) for point in points]
    return material.language.sequence(said, SEMICOLONS) or numbers.MISSING


def _people(people: int | None) -> str:
    if people is None:
        return numbers.MISSING
    return numbers.WITHHELD if numbers.too_few(people) else numbers.count(people)


def _level(material: Material, level: str) -> str:
    return level_name(material.language, level_in(material.study.levels, level))


def _on_level(material: Material, level: str) -> str:
    own = level_in(material.study.levels, level)
    named = [outcomes_on(material, row) for row in material.rows("levels") if row["level"] == own]
    return "".join(named) or material.say("none measured")


def mersqi(material: Material) -> Section:
    """Show the proposed MERSQI score with what each point rests on."""
    rows = sorted(material.rows("mersqi"), key=lambda row: list(_ITEMS).index(row["item"]))
    heading = material.say("Study quality: a proposed MERSQI score")
    if not rows:
        return Section(heading, "mersqi", ())
    points, most = (sum(float(row[name]) for row in rows) for name in ("points", "maximum"))
    open_items = [row for row in rows if row["status"] == AUTHOR]
    lead = material.say(
        "Proposed: {points} of {most} points. {open} of {all} items wait for a person; until then they count with the "
        "points shown.",
        points=numbers.trimmed(points),
        most=numbers.trimmed(most),
        open=str(len(open_items)),
        all=str(len(rows)),
    )
    heads = (
        material.say("Domain"),
        material.say("Item"),
        material.say("#Points"),
        material.say("#Of"),
        material.say("Rests on"),
        material.say("Decided by"),
    )
    cells = [
        (
            material.say(_DOMAINS[row["domain"]]),
            material.say(_ITEMS[row["item"]]),
            numbers.trimmed(float(row["points"])),
            numbers.trimmed(float(row["maximum"])),
            _rests_on(material, row),
            material.say("a person") if row["status"] == AUTHOR else material.say("the workflow"),
        )
        for row in rows
    ]
    notes = [
        material.say(
            "Medical Education Research Study Quality Instrument (Reed et al., 2007; doi:10.1001/jama.298.9.1002), "
            "5 to 18 points. It depends on judgement: use it as a draft."
        ),
        material.say("The items are judged for the primary outcome. A response of 75% counts as reached."),
    ]
    block = table("mersqi", material.say("Proposed MERSQI score"), heads, cells, notes, "mersqi")
    return Section(heading, "mersqi", (Paragraph(lead), block))


def _rests_on(material: Material, row: Row) -> str:
    basis, value = str(row["basis"]), float(row["value"])
    if basis.startswith("level_"):
        level = basis.removeprefix("level_")
        return material.say("The primary outcome is on: {level}.", level=level_name(material.language, level))
    return material.say(_BASIS[basis], value=_written(basis, value) if isfinite(value) else "")


def _written(basis: str, value: float) -> str:
    if basis == "response":
        return numbers.percent(value)
    return numbers.probability(value, 2) if basis == "alpha" else numbers.trimmed(value)


def checklists(material: Material) -> Section:
    """Show each reporting checklist, filled where the workflow can."""
    rows = material.rows("checklists")
    heading = material.say("Reporting checklists")
    blocks = [
        block
        for name, items in groupby(rows, key=lambda row: str(row["guideline"]))
        for block in _checklist(material, name, list(items))
    ]
    return Section(heading, "checklists", tuple(blocks))


def _checklist(material: Material, name: str, rows: list[Row]) -> tuple[Block, ...]:
    facts = guidelines()[name]
    counted = {status: sum(row["status"] == status for row in rows) for status in _STATUS}
    done = counted[FILLED] + counted[SETTINGS]
    lead = material.say(
        "{title}: {done} of {all} items are answered, {author} wait for the author, {off} do not apply.",
        title=facts.title,
        done=str(done),
        all=str(len(rows)),
        author=str(counted[AUTHOR]),
        off=str(counted[NOT_APPLICABLE]),
    )
    heads = (
        material.say("Item"),
        material.say("Asks for (in our words)"),
        material.say("Answer"),
        material.say("Where"),
    )
    cells = [
        (str(row["item"]), material.say(str(row["topic"])), material.say(_STATUS[row["status"]]), _where(material, row))
        for row in rows
    ]
    unsure = [str(row["item"]) for row in rows if row["mark"] == "U"]
    notes = [
        material.say(
            "{citation}; doi:{doi}. Read the original before you submit.", citation=facts.citation, doi=facts.doi
        ),
        material.say(facts.note) if facts.note else "",
        material.say("Numbering not checked against the original: items {items}.", items=", ".join(unsure))
        if unsure
        else "",
    ]
    block = table(
        f"checklist-{name}", material.say("Checklist: {title}", title=facts.title), heads, cells, notes, "checklists"
    )
    return (Paragraph(lead), block)


def _where(material: Material, row: Row) -> str:
    where = str(row["where"])
    if row["status"] == FILLED:
        return material.say("section “{section}”", section=material.say(_SECTIONS[where]))
    if row["status"] == SETTINGS:
        return where
    return material.say(_WHY_NOT[where]) if row["status"] == NOT_APPLICABLE else ""

"""Researcher report: question, design, outcomes, instruments, setting and evidence by level."""

from __future__ import annotations

from math import isfinite

from balint_eval.language import Language
from balint_eval.report import counts, numbers
from balint_eval.report.cells import guarded, number, table
from balint_eval.report.figures import figure
from balint_eval.report.levels import VOCABULARIES, level_name, level_strip
from balint_eval.report.material import Material, Row
from balint_eval.report.model import Block, Definition, DefinitionList, Paragraph, Section
from balint_eval.report.programme import programme_rows
from balint_eval.report.wording import ADJUSTMENTS, ALLOCATIONS, verdict


def subtitle(material: Material) -> str:
    """Give the line under the title."""
    return material.say("Researcher report · {name}", name=material.study.name)


def design(material: Material) -> Section:
    """Say what was asked, of whom, how it was compared, and what was registered."""
    study = material.study
    entries = [
        (
            material.say("Question"),
            material.language.named(study.question) or material.say("not stated in the study file"),
        ),
        (material.say("Description"), material.language.named(study.description)),
        (material.say("Design"), _design(material)),
        (material.say("Arms"), material.language.listed([_arm(material, arm.name) for arm in study.arms])),
        (material.say("Allocation"), material.say(ALLOCATIONS[study.plan.allocation])),
        (material.say("Waves"), material.language.listed([material.wave(wave.name) for wave in study.waves])),
        (material.say("Estimand"), estimand(material)),
        (material.say("Confidence level"), f"{100 * study.plan.confidence:g}%"),
        (material.say("Adjustment within a family"), material.say(ADJUSTMENTS[study.plan.adjust])),
        (
            material.say("Registration"),
            study.plan.registration or material.say("not registered, as far as the study file says"),
        ),
    ]
    kept = tuple(Definition(term, text[0].upper() + text[1:]) for term, text in entries if text)
    return Section(material.say("Question and design"), "design", (DefinitionList(kept),))


def _arm(material: Material, name: str) -> str:
    control = material.study.control_arm
    role = material.say("control") if control and control.name == name else material.say("intervention")
    return f"{material.arm(name)} ({role})"


def _design(material: Material) -> str:
    number = len(material.study.waves)
    waves = material.say("one wave") if number == 1 else material.say("{number} waves", number=str(number))
    if material.study.control_arm is None:
        return material.say("one arm, measured at {waves}; no control arm", waves=waves)
    if material.study.plan.allocation == "groups":
        return material.say("controlled, cluster-allocated, measured at {waves}", waves=waves)
    return material.say("controlled, measured at {waves}", waves=waves)


def estimand(material: Material) -> str:
    """Say in words what the main comparison estimates."""
    wave = {"wave": material.wave(material.study.primary_wave), "first": material.wave(material.study.baseline.name)}
    control = material.study.control_arm
    if not material.study.later_waves and control is None:
        return material.say("none: with one wave and one arm nothing is compared")
    if not material.study.later_waves:
        return material.say(
            "the difference at “{wave}” between the other arms and {control}; where people started is not known",
            wave=wave["wave"],
            control=material.arm(control.name) if control else "",
        )
    if control is None:
        return material.say("the mean change from “{first}” to “{wave}” among people with both scores", **wave)
    return material.say(
        "the mean difference at “{wave}” between the intervention arm and {control}, given the score at “{first}”, "
        "among people with both scores",
        control=material.arm(control.name),
        **wave,
    )


def outcomes(material: Material) -> Section:
    """List the outcomes with what is at stake."""
    heads = (
        *(
            material.say("Outcome"),
            material.say("Instrument, scale"),
            material.say("Level"),
            material.say("Role"),
            material.say("Family"),
            material.say("Range"),
        ),
        *(material.say("Higher is"), material.say("#Smallest change")),
    )
    note = material.say("From the study file and the instrument registry; the basis of each level is given below.")
    rows = [_outcome_cells(material, row) for row in material.outcomes]
    sources = [_smallest_source(material, row) for row in material.outcomes]
    first = table("outcomes", material.say("Outcomes"), heads, rows, [note, *sources], "outcomes")
    basis = [
        (material.label(row), level_name(material.language, row["level"]), material.noted(row["basis"]))
        for row in material.outcomes
    ]
    title = material.say("Why each outcome sits on its level")
    second = table(
        "basis",
        title,
        (material.say("Outcome"), material.say("Level"), material.say("Basis")),
        basis,
        source="outcomes",
    )
    return Section(material.say("Outcomes"), "outcomes", (first, second) if rows else ())


def _outcome_cells(material: Material, row: Row) -> tuple[str, ...]:
    smallest = float(row["smallest_change"])
    return (
        material.label(row),
        f"{row['instrument']}, {row['scale']}",
        level_name(material.language, row["level"]),
        material.noted(str(row["role"])),
        str(row["family"]),
        material.say("{low} to {high}", low=numbers.trimmed(row["minimum"]), high=numbers.trimmed(row["maximum"])),
        material.noted(str(row["higher_is"])),
        numbers.trimmed(smallest) if isfinite(smallest) else material.say("none declared"),
    )


def _smallest_source(material: Material, row: Row) -> str:
    if not row["smallest_change_source"]:
        return ""
    source = str(row["smallest_change_source"]).rstrip(".")
    return material.say("Smallest change of {outcome}: {source}.", outcome=material.label(row), source=source)


def instruments(material: Material) -> Section:
    """List the instruments with key, missing rule, licence and evidence marks."""
    heads = (
        material.say("Instrument, scale"),
        material.say("Rater"),
        material.say("#Items"),
        material.say("Reversed items"),
        material.say("Missing items"),
    )
    used = {str(row["instrument"]): row for row in reversed(material.outcomes)}
    rows = [_scale_cells(material, row) for row in material.outcomes]
    keys = table(
        "keys",
        material.say("Scales and their keys"),
        heads,
        rows,
        [_marks_note(material.language)],
        "outcomes, instrument registry",
    )
    source = [
        (name, str(row["citation"]) or numbers.MISSING, str(row["licence"]), str(row["evidence"]))
        for name, row in sorted(used.items())
    ]
    titles = (material.say("Instrument"), material.say("Citation"), material.say("Licence"), material.say("Evidence"))
    licences = table("licences", material.say("Sources, licences and evidence marks"), titles, source, [], "outcomes")
    return Section(material.say("Instruments"), "instruments", (keys, licences) if rows else ())


def _scale_cells(material: Material, row: Row) -> tuple[str, ...]:
    instrument = material.file.instruments.get(row["instrument"])
    scales = {scale.name: scale for scale in instrument.scales} if instrument else {}
    scale = scales.get(row["scale"])
    if instrument is None or scale is None:
        return (
            str(row["instrument"]),
            material.noted(str(row["rater"])),
            numbers.MISSING,
            numbers.MISSING,
            material.noted(str(row["missing_rule"])),
        )
    reverse = ", ".join(str(item) for item in instrument.reverse if item in scale.items)
    title = f"{instrument.title}, {scale.label or scale.name}"
    items = str(len(scale.items)) if scale.items else numbers.MISSING
    return (
        title,
        material.noted(str(row["rater"])),
        items,
        reverse or material.say("none"),
        material.noted(str(row["missing_rule"])),
    )


def _marks_note(language: Language) -> str:
    return language.say(
        "Evidence marks: P paper or official page, S secondary page, C published scoring code, "
        "D recomputed from open data, U unverified, user: declared by the study's author."
    )


def setting(material: Material) -> Section:
    """Hold the programme as it ran against its plan, in all and group by group."""
    rows = programme_rows(material)
    if not rows:
        return Section(material.say("Setting, dose and fidelity"), "setting", ())
    heads = (material.say("Feature"), material.say("Planned"), material.say("As it ran"), material.say("Kept?"))
    notes = [
        material.say("Lowest to highest over the groups, counted from the session log and the roster."),
        material.say("What people came to is counted from the attendance; who never came counts as 0 meetings."),
    ]
    plan = table(
        "fidelity", material.say("Programme against plan"), heads, rows, notes, "sessions, attendance, participants"
    )
    blocks: tuple[Block, ...] = (plan, _groups(material), *figure(material, "attendance"))
    return Section(material.say("Setting, dose and fidelity"), "setting", blocks)


def _groups(material: Material) -> Block:
    heads = (
        material.say("Group"),
        material.say("#Meetings"),
        material.say("Dates"),
        material.say("#Minutes"),
        material.say("#Leaders"),
        material.say("#Members"),
    )
    rows = [
        (
            run.group,
            str(run.meetings),
            material.language.days(run.first, run.last) if run.first else numbers.MISSING,
            run.minutes.said(material.language) if run.minutes else numbers.MISSING,
            run.leaders.said(material.language) if run.leaders else numbers.MISSING,
            *guarded(run.members, str(run.members)),
        )
        for run in counts.group_runs(material)
    ]
    note = material.say("Counted from the session log; members are those of the roster.")
    return table("groups", material.say("Each group as it met"), heads, rows, [note], "sessions, participants")


def evidence(material: Material) -> Section:
    """Say which level has evidence, of which kind, and which was not measured."""
    strip = level_strip(material)
    if not strip.cells:
        return Section(material.say("Evidence by level"), "evidence", ())
    heads = (material.say("Level"), material.say("In words"), material.say("How"), material.say("Outcomes"))
    rows = [(cell.level, cell.title, cell.status, cell.outcomes) for cell in strip.cells]
    note = material.say("Vocabulary: {name}.", name=material.say(VOCABULARIES[material.study.levels]))
    block = table("levels", material.say("Levels and what was measured on them"), heads, rows, [note], "levels")
    return Section(material.say("Evidence by level"), "evidence", (strip, block, _claims(material)))


def _claims(material: Material) -> Block:
    heads = (
        *(material.say("Outcome"), material.say("Wave"), material.say("Verdict"), material.say("#Smallest detectable")),
        material.say("#p, too small to matter"),
        material.say("Why no more is claimed"),
    )
    rows = []
    for line in material.claims:
        word = verdict(str(line.claim["verdict"]), line.comparison["kind"], material.language)
        compared = material.compared(line.comparison)
        reason = material.noted(str(line.claim["reason"]))
        could = (number(line.claim["smallest_detectable"]), numbers.p_value(line.claim["p_equivalence"]))
        small = guarded(line.comparison["n_paired"], *could)
        rows.append((material.label(line.comparison), compared, f"{word.symbol} {word.word}", *small, reason))
    if not rows:
        return Paragraph(material.say("No claim is made."))
    note = material.say(
        "p, too small to matter: two one-sided tests of the planned method against the smallest change of interest, "
        "up and down; a small p says that the change lies between."
    )
    detectable = material.say(
        "Smallest detectable: the true change, in points, that a study with this standard error finds in 80 of 100 "
        "repetitions. It does not depend on what was found."
    )
    return table("claims", material.say("What is claimed, and why no more"), heads, rows, [detectable, note], "claims")


def arms_table(material: Material) -> Block:
    """Count people and groups of each arm."""
    people, groups = counts.people_by_arm(material), counts.groups_by_arm(material)
    heads = (material.say("Arm"), material.say("#People enrolled"), material.say("#Groups"))
    rows = [
        (material.arm(arm), *guarded(people[arm], numbers.count(people[arm]), number(groups.get(arm, 0), 0)))
        for arm in people
    ]
    note = material.say("Counted from the participants table.")
    return table("arms", material.say("People and groups by arm"), heads, rows, [note], "participants")

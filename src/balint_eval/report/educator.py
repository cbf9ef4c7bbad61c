"""The educator's page: what changed, how sure, what next, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from balint_eval.kinds import LEVEL
from balint_eval.language import ENGLISH, Language
from balint_eval.report import counts, numbers
from balint_eval.report.cells import table
from balint_eval.report.figures import plain_figure
from balint_eval.report.frame import frame
from balint_eval.report.levels import level_strip
from balint_eval.report.material import Drawing, Headline, Material, Row
from balint_eval.report.missing_words import hangs_on_missing
from balint_eval.report.model import (
    Block,
    BulletList,
    Claim,
    ComparisonKey,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Report,
    Section,
    numbered,
)
from balint_eval.report.of_ten import of_ten_people
from balint_eval.report.programme import programme_rows
from balint_eval.report.steps import limits, next_steps, one_wave, pairs
from balint_eval.report.wording import (
    GAINS,
    LOSSES,
    apa,
    confidence,
    headline,
    plain_enough,
    usable,
    verdict,
    what_matters,
)

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.study import StudyFile


def build_educator(
    tables: Mapping[str, pd.DataFrame],
    study_file: StudyFile,
    drawings: Mapping[str, Drawing],
    provenance: Mapping[str, object],
    language: Language = ENGLISH,
) -> Report:
    """Build the educator's page.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Tables under their contract names; one that is missing counts as empty.
    study_file : StudyFile
    drawings : mapping of name to Drawing
        Uses `forest`, or `slopes_<instrument>_<scale>` of the first primary outcome.
    provenance : mapping
        Uses `generated`.
    language : Language

    Returns
    -------
    Report
        Without a section where there is nothing to say.
    """
    material = Material(tables, study_file, drawings, provenance, language)
    sections = [
        _changes(material),
        _certainty(material),
        _picture(material),
        _levels(material),
        _reaction(material),
        _programme(material),
        _steps(material),
        _limits(material),
        _contact(material),
    ]
    kept = tuple(section for section in sections if section.blocks)
    return numbered(frame(material, "educator", _subtitle(material), kept))


def _subtitle(material: Material) -> str:
    language = material.language
    named = [material.cohort(cohort.name) for cohort in material.study.cohorts if not material.unnamed]
    cohorts = language.sequence(named)
    dates = sorted(str(row["date"]) for row in material.own_rows("sessions") if row["date"])
    span = language.days(dates[0], dates[-1]) if dates else ""
    return " · ".join(part for part in (material.programme, cohorts, span) if part)


def _changes(material: Material) -> Section:
    claims = tuple(plain_claim(material, line) for line in material.headlines)
    blocks: tuple[Block, ...] = (Paragraph(compared_sentence(material), "lead"), *claims) if claims else ()
    if not claims:
        blocks = (Paragraph(material.say("There is no result to report: no outcome could be compared.")),)
    heading = material.say("What was found") if one_wave(material) else material.say("What changed")
    return Section(heading, "what-changed", (*blocks, *of_ten_people(material), *_asked_once(material)))


def _asked_once(material: Material) -> tuple[Block, ...]:
    """Name outcomes that have scores and could not be compared, so that none is lost without a word."""
    compared = {(line.outcome["instrument"], line.outcome["scale"]) for line in material.headlines}
    scored = {(row["instrument"], row["scale"]) for row in material.rows("descriptives")}
    lost = [
        material.label(row)
        for row in material.outcomes
        if (key := (row["instrument"], row["scale"])) in scored and key not in compared
    ]
    if not lost or not material.headlines:
        return ()
    return (
        Paragraph(
            material.say(
                "Not compared, because not asked at both times: {outcomes}.", outcomes=material.language.listed(lost)
            ),
            "note",
        ),
    )


def compared_sentence(material: Material) -> str:
    """Say which waves and arms the page compares."""
    row = material.headlines[0].comparison
    if row["kind"] == LEVEL:
        return _compared_once(material, row)
    waves = {"first": material.wave(row["wave_from"]), "last": material.wave(row["wave_to"])}
    if row["kind"] != "difference":
        return material.say("Compared: “{first}” with “{last}”, the same people both times.", **waves)
    others = [material.arm(arm.name) for arm in material.study.arms if arm.name != row["reference_arm"]]
    arms = {"arm": material.language.listed(others), "reference": material.arm(row["reference_arm"])}
    said = material.say("Compared at “{last}”: {arm} with {reference}.", **arms, last=waves["last"])
    start = material.say("Where each person started was taken into account.")
    return f"{said} {start}"


def _compared_once(material: Material, row: Row) -> str:
    others = [material.arm(arm.name) for arm in material.study.arms if arm.name != row["reference_arm"]]
    arms = {"arm": material.language.listed(others), "reference": material.arm(row["reference_arm"])}
    said = material.say("Compared at “{wave}”: {arm} with {reference}.", **arms, wave=material.wave(row["wave_to"]))
    start = material.say("It was not asked before, so where people started is not known.")
    return f"{said} {start}"


def plain_claim(material: Material, line: Headline, plain: bool = True) -> Claim:
    """Give the claim of one outcome, in plain words or in APA style.

    Parameters
    ----------
    material : Material
    line : Headline
    plain : bool
        False writes the result as a paper would.
    """
    row = line.comparison
    word = verdict(str(line.claim["verdict"]), row["kind"], material.language)
    key = ComparisonKey(*(str(row[name]) for name in ("cohort", "instrument", "scale", "contrast", "method")))
    text = _plain_text(material, line) if plain else apa(material.language, row)
    primary = line.outcome["role"] == "primary"
    return Claim(material.label(row), word.tone, word.symbol, word.word, text, key, primary)


def _plain_text(material: Material, line: Headline) -> str:
    row = line.comparison
    said = headline(material.language, row, line.outcome, material.arm(row["arm"]), material.arm(row["reference_arm"]))
    several = len(material.study.arms) > 1 and row["kind"] == "change"
    parts = [
        material.say("{arm}.", arm=material.arm(row["arm"])) if several else "",
        said,
        what_matters(material.language, line.outcome),
        _why(material, line),
    ]
    return " ".join(part for part in parts if part)


def _why(material: Material, line: Headline) -> str:
    name, reason = str(line.claim["verdict"]), str(line.claim["reason"]).strip()
    if name == "cannot_tell" and (line.outcome["role"] == "primary" or _allowed_for(line)):
        return _too_wide(material.language, line)
    if name == "no_claim" and reason and plain_enough(reason) and not numbers.too_few(line.comparison["n_paired"]):
        return material.noted(reason if reason.endswith(".") else f"{reason[0].upper()}{reason[1:]}.")
    return ""


def _allowed_for(line: Headline) -> bool:
    """Say whether only the adjustment for several outcomes keeps a result from counting."""
    row = line.comparison
    return bool(line.claim["verdict"] == "cannot_tell" and row["conf_low"] * row["conf_high"] > 0)


def _too_wide(language: Language, line: Headline) -> str:
    if _allowed_for(line):
        return language.say("Several comparisons were made, so chance alone may explain this one.")
    return language.say("The likely range is too wide to decide.")


def _certainty(material: Material) -> Section:
    if not material.headlines:
        return Section(material.say("How sure are we?"), "how-sure", ())
    groups = sum(counts.groups_by_arm(material).values())
    figures = [KeyFigure(_share_answered(material), _who_answered(material))]
    figures += [KeyFigure(numbers.count(groups), material.say("groups"))] if groups else []
    figures += _lost(material)
    return Section(
        material.say("How sure are we?"), "how-sure", (KeyFigures(tuple(figures)), BulletList(_sureness(material)))
    )


def _share_answered(material: Material) -> str:
    """Give how many of those enrolled answered; where so few were enrolled that both numbers are withheld, one mark."""
    people, enrolled = _answered(material), counts.enrolled(material)
    if numbers.too_few(enrolled):
        return numbers.WITHHELD
    shown = numbers.WITHHELD if numbers.too_few(people) else numbers.count(people)
    return material.say("{pairs} of {enrolled}", pairs=shown, enrolled=numbers.count(enrolled))


def _answered(material: Material) -> int:
    """Count those who answered at both waves of the main comparison, or at the only wave."""
    return max(line.comparison["n_paired"] for line in material.headlines) if one_wave(material) else pairs(material)


def _who_answered(material: Material) -> str:
    if one_wave(material):
        return material.say("people enrolled answered") if _has_roster(material) else material.say("people answered")
    return (
        material.say("people enrolled answered both times")
        if _has_roster(material)
        else material.say("people answered both times")
    )


def _has_roster(material: Material) -> bool:
    """Say whether all cohorts list who was enrolled; else only those who answered are known."""
    return all(cohort.roster is not None for cohort in material.study.cohorts)


def _lost(material: Material) -> list[KeyFigure]:
    """Count those with one of the two waves together: one number is easier to read."""
    wave = material.study.primary_wave
    parts = [counts.flow_people(material, reason, wave) for reason in ("pre_only", "post_only")]
    once = sum(part for part in parts if part is not None)
    if all(part is None for part in parts):
        return []
    return [KeyFigure(numbers.count(once), material.say("answered only once"))]


def _chance(material: Material) -> str:
    level = confidence(material.headlines[0].comparison)
    return material.say(
        "The likely range comes from a method that catches the true value {level} times in 100.", level=level
    )


def _about_groups(material: Material) -> str:
    return material.say(
        "People in one group learn together. So the number of groups matters as much as that of people."
    )


def sureness_of_release(material: Material) -> tuple[str, ...]:
    """Say how sure the results are, from what a release shows only."""
    ranged = any(usable(line.comparison) for line in material.headlines)
    grouped = any(line.comparison["n_groups"] for line in material.headlines)
    said = ((_chance(material),) if ranged else ()) + ((_about_groups(material),) if grouped else ())
    return (*said, *_other_explanations(material))


def _sureness(material: Material) -> tuple[str, ...]:
    chance, groups = _chance(material), _about_groups(material)
    fewest = min(line.comparison["n_paired"] for line in material.headlines)
    some = (material.say("Some outcomes rest on fewer people than these."),) if fewest < pairs(material) else ()
    known = sum(counts.groups_by_arm(material).values()) > 0
    unknown = material.say("Who was in which group is not known, so nothing can be claimed.")
    alone = material.study.plan.groups == "none"
    about_groups = () if alone else (groups,) if known else (unknown,)
    ranged = any(usable(line.comparison) for line in material.headlines)
    about_range = (chance,) if ranged and (known or alone) else ()
    primary = (line for line in material.headlines if line.outcome["role"] == "primary")
    hangs = tuple(dict.fromkeys(said for line in primary if (said := hangs_on_missing(material, line))))
    return (*about_range, *about_groups, *some, *hangs, *_other_explanations(material))


def _other_explanations(material: Material) -> tuple[str, ...]:
    control = material.study.control_arm
    if control is None:
        other = material.say("Without a comparison group other things could explain a change.")
        return (other, material.say("For example: time, other teaching, answering twice, or an unusual start."))
    name = material.arm(control.name)
    if material.study.plan.allocation not in ("people", "groups"):
        return (material.say("{name} is the comparison. Arms were not formed at random and may differ.", name=name),)
    return (
        material.say("Chance decided who was in which arm; {name} is the comparison.", name=name),
        *_effect(material),
    )


def _effect(material: Material) -> tuple[str, ...]:
    found = [
        material.label(line.comparison)
        for line in material.headlines
        if line.claim["may_say_effect"] and str(line.claim["verdict"]) in GAINS | LOSSES
    ]
    if not found:
        return ()
    named = material.say(
        "For {outcomes}, the difference may be called an effect of the groups.",
        outcomes=material.language.listed(found),
    )
    plain = material.say("Where a gain or a loss is named, it may be called an effect of the groups.")
    return (named if plain_enough(named) else plain,)


def _picture(material: Material) -> Section:
    heading, anchor = material.say("The picture"), "picture"
    primary = next((line.outcome for line in material.headlines if line.outcome["role"] == "primary"), None)
    slopes = f"slopes_{primary['instrument']}_{primary['scale']}" if primary else ""
    return Section(
        heading,
        anchor,
        plain_figure(material, "forest", forest_caption(material.language))
        or plain_figure(material, slopes, _slopes_caption(material.language)),
    )


def forest_caption(language: Language) -> str:
    """Say in plain words how to read the forest."""
    dots = language.say("Dots are averages, lines their likely ranges; to the right is better.")
    unit = language.say("A common unit lets outcomes be compared; the last column gives points.")
    return f"{dots} {unit}"


def _slopes_caption(language: Language) -> str:
    return language.say("Each thin line is one person, from the first to the last score.")


def _levels(material: Material) -> Section:
    strip = level_strip(material)
    return Section(material.say("What was measured"), "levels", (strip,) if strip.cells else ())


def _reaction(material: Material) -> Section:
    items = counts.reaction_items(material)
    rows = [
        (
            material.language.named(item.label),
            item.shown,
            numbers.WITHHELD if numbers.too_few(item.answered) else str(item.answered),
        )
        for item in items
    ]
    heads = (material.say("Question"), material.say("#Share"), material.say("#Of people"))
    title = material.say("Chose one of the two best answers")
    block = table("reaction", title, heads, rows, source="item_counts")
    return Section(material.say("What participants thought"), "reaction", (block,) if rows else ())


def _programme(material: Material) -> Section:
    rows = programme_rows(material)
    heads = (material.say("Feature"), material.say("Planned"), material.say("As it ran"), material.say("Kept?"))
    block = table("programme", material.say("Planned, and as it ran"), heads, rows, source="sessions, participants")
    return Section(material.say("The programme as it ran"), "programme", (block,) if rows else ())


def _steps(material: Material) -> Section:
    return Section(material.say("Next steps"), "next-steps", (BulletList(next_steps(material), ordered=True),))


def _limits(material: Material) -> Section:
    return Section(material.say("What this page cannot show"), "limits", (BulletList(limits(material)),))


def _contact(material: Material) -> Section:
    more = material.say("The researcher report holds every table and method behind this page.")
    contact = material.study.contact
    ask = material.say("Questions: {contact}.", contact=material.language.named(contact).rstrip(".")) if contact else ""
    return Section(material.say("Whom to ask"), "contact", (Paragraph(f"{ask} {more}".strip()),))

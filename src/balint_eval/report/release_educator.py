"""The sections of a release for educators: what changed, how sure, the answers in brief, limits, whom to ask."""

from __future__ import annotations

from balint_eval.disclosure.log import is_mark
from balint_eval.language import SEMICOLONS
from balint_eval.report import educator, numbers, steps
from balint_eval.report.cells import table
from balint_eval.report.material import Row
from balint_eval.report.model import (
    Block,
    BulletList,
    Callout,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Section,
)
from balint_eval.report.release_pages import Pages
from balint_eval.study_model import USUAL
from balint_eval.tables import ALL_COHORTS


def lowered(pages: Pages) -> tuple[Block, ...]:
    """Print the written reason where the smallest number was lowered."""
    if pages.rules.smallest >= USUAL:
        return ()
    text = pages.say(
        "Figures here rest on at least {few} people, fewer than the usual {usual}. The reason given: {reason}",
        few=str(pages.rules.smallest), usual=str(USUAL), reason=pages.material.language.named(pages.rules.reason),
    )  # fmt: skip
    return (Callout("bad", "!", pages.say("A lower number of people."), text),)


def changes(pages: Pages) -> Section:
    """Tell what changed, an outcome at a time, after a written reason where the smallest number was lowered."""
    material, say = pages.material, pages.say
    heading = say("What was found") if steps.one_wave(material) else say("What changed")
    claims = tuple(educator.plain_claim(material, line) for line in material.headlines)
    lead: tuple[Block, ...] = (Paragraph(educator.compared_sentence(material), "lead"),) if claims else ()
    if not claims:
        none = say("No result is released: each rests on too few people, or would give away what is hidden.")
        lead = (Paragraph(none, "lead"),)
    return Section(heading, "what-changed", (*lowered(pages), *lead, *claims, *not_shown(pages)))


def not_shown(pages: Pages) -> tuple[Block, ...]:
    """Name the outcomes of which no claim is shown, so that none is lost without a word."""
    material = pages.material
    told = {(line.outcome["instrument"], line.outcome["scale"]) for line in material.headlines}
    rows = [row for row in pages.rows("comparisons") if _is_main(pages, row)]
    lost = [row for row in material.in_order(rows) if (row["instrument"], row["scale"]) not in told]
    names = list(dict.fromkeys(material.label(row) for row in lost))
    if not names or not told:
        return ()
    text = pages.say("Not told, to protect single people: {outcomes}.", outcomes=material.language.listed(names))
    return (Paragraph(text, "note"),)


_MAIN = ("primary", "secondary")


def _is_main(pages: Pages, row: Row) -> bool:
    whole = row["cohort"] == ALL_COHORTS and row["role"] in _MAIN
    return bool(whole and row["wave_to"] == pages.material.study.primary_wave)


def certainty(pages: Pages) -> Section:
    """Give people and groups, and what else could explain the change."""
    material, say = pages.material, pages.say
    heading = say("How sure are we?")
    if not material.headlines:
        return Section(heading, "how-sure", ())
    row = material.headlines[0].comparison
    once = steps.one_wave(material)
    people = KeyFigure(
        numbers.count(row["n_paired"]), say("people answered") if once else say("people answered both times")
    )
    groups = [KeyFigure(numbers.count(row["n_groups"]), say("groups"))] if row["n_groups"] else []
    return Section(
        heading, "how-sure", (KeyFigures((people, *groups)), BulletList(educator.sureness_of_release(material)))
    )


def limits(pages: Pages) -> Section:
    """Say what the page cannot show."""
    material = pages.material
    told = [material.say(sentence) for holds, sentence in steps.LIMITS_OF_RELEASE if holds(material)]
    few = pages.say("Numbers on fewer than {few} people are not shown.", few=str(pages.limits.smallest))
    return Section(pages.say("What this page cannot show"), "limits", (BulletList((*told, few)),))


def contact(pages: Pages) -> Section:
    """Say whom to ask."""
    heading, whom = pages.say("Whom to ask"), pages.material.study.contact
    if not whom:
        return Section(heading, "contact", ())
    named = pages.material.language.named(whom).rstrip(".")
    return Section(heading, "contact", (Paragraph(pages.say("Questions: {contact}.", contact=named)),))


def answers_in_brief(pages: Pages) -> Section:
    """Give the answers to each question in one row, in per cent."""
    material, say = pages.material, pages.say
    rows = pages.rows("answers")
    heading = say("What participants thought")
    if not rows:
        return Section(heading, "answers", ())
    said: dict[tuple[str, str, int], list[str]] = {}
    for row in rows:
        cell = pages.mark(str(row["share"])) if is_mark(row["share"]) else numbers.percent(int(row["share"]) / 100)
        share = say("{answers}: {share}", answers=pages.answers(str(row["answers"])), share=cell)
        said.setdefault((row["wave"], row["label"], row["item"]), []).append(share)
    cells = [
        (material.language.named(label), material.language.sequence(shares, SEMICOLONS))
        for (_, label, _), shares in said.items()
    ]
    note = say("Answers that few people gave are joined with the next.")
    block = table("answers", say("Answers, question by question"), (say("Question"), say("Answers")), cells, [note])
    return Section(heading, "answers", (block,))

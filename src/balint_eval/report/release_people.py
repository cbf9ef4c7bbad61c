"""People and answers in a release: who took part, reliability, answers, comments, and what is withheld."""

from __future__ import annotations

from balint_eval.disclosure.log import is_mark
from balint_eval.language import marked
from balint_eval.report import numbers
from balint_eval.report.cells import table
from balint_eval.report.model import (
    Block,
    BulletList,
    Paragraph,
    Section,
)
from balint_eval.report.release_pages import Pages

_REASONS = {
    "enrolled": marked("people enrolled"),
    "paired": marked("people with both waves"),
    "pre_only": marked("people with the earlier wave only"),
    "post_only": marked("people with the later wave only"),
}


def people(pages: Pages) -> Section:
    """Give how many people were enrolled and came back, to the nearest five."""
    say, heading = pages.say, pages.say("People")
    rows = pages.rows("people")
    wave = pages.material.wave
    cells = [
        (wave(row["wave"]) if row["wave"] else "", say(_REASONS[str(row["reason"])]), pages.cell(row["people"]))
        for row in rows
    ]
    names = [f"{row['wave']} · {row['reason']}".strip(" ·") for row in rows]
    notes = [
        say("Counts are given to the nearest five, so they need not add up."),
        pages.withheld(names, "people", ("people",), len(rows)),
    ]
    heads = (say("Wave"), say("Who"), say("#People"))
    block = table("people", say("People of the whole study"), heads, cells, notes, "people")
    return Section(heading, "people", (block,) if rows else ())


def reliability(pages: Pages) -> Section:
    """Give alpha and omega of each scale at each wave."""
    material, say = pages.material, pages.say
    rows = material.in_order(pages.rows("reliability"))
    heading = say("Reliability")
    if not rows:
        return Section(heading, "reliability", ())
    heads = (say("Scale"), say("Wave"), say("#People"), say("#Alpha"), say("#Interval of alpha"), say("#Omega"))
    cells = [
        (
            material.label(row), material.wave(row["wave"]), pages.band(str(row["n"])), pages.cell(row["alpha"]),
            _pair(pages, row["alpha_low"], row["alpha_high"]), pages.cell(row["omega"]),
        )
        for row in rows
    ]  # fmt: skip
    names = [f"{row['wave']} · {row['instrument']} · {row['scale']}" for row in rows]
    notes = [pages.withheld(names, "reliability", ("alpha", "alpha_low", "omega"), len(rows))]
    block = table("reliability", say("Reliability over the whole study"), heads, cells, notes, "reliability")
    return Section(heading, "reliability", (block,))


def _pair(pages: Pages, low: object, high: object) -> str:
    if is_mark(low):
        return pages.mark(str(low))
    if isinstance(low, float) and isinstance(high, float):
        return numbers.between(low, high, 2)
    return numbers.MISSING


def answers(pages: Pages) -> Section:
    """Give the answers to single questions, item by item."""
    material, say = pages.material, pages.say
    rows = pages.rows("answers")
    heading = say("What participants thought")
    if not rows:
        return Section(heading, "answers", ())
    heads = (say("Wave"), say("Question"), say("Answers"), say("#People"), say("#Share"))
    cells = [
        (
            material.wave(row["wave"]), material.language.named(str(row["label"])), pages.answers(str(row["answers"])),
            pages.cell(row["people"]),
            pages.mark(str(row["share"])) if is_mark(row["share"]) else numbers.percent(int(str(row["share"])) / 100),
        )
        for row in rows
    ]  # fmt: skip
    names = [f"{row['wave']} · {row['instrument']} · {row['item']}" for row in rows]
    notes = [
        say(
            "Answers that few people gave are joined with the next; counts are to the nearest five, shares from these."
        ),
        pages.withheld(names, "answers", ("people", "share"), len(rows)),
    ]
    return Section(
        heading, "answers", (table("answers", say("Answers, item by item"), heads, cells, notes, "answers"),)
    )


def trait(pages: Pages) -> Section:
    """Give the one trait of people that may be told."""
    rows, say = pages.rows("trait"), pages.say
    heading = say("Who took part")
    if not rows:
        return Section(heading, "trait", ())
    cells = [(str(row["levels"]), pages.cell(row["people"])) for row in rows]
    names = [f"{row['trait']} · {row['levels']}" for row in rows]
    merged = any(one.table == "trait" and one.action == "merged" for one in pages.released.hidden)
    notes = [
        say("Counts are given to the nearest five, so they need not add up."),
        say("Levels with few people are joined (P8).") if merged else "",
        pages.withheld(names, "trait", ("people",), len(rows)),
    ]
    block = table("trait", str(rows[0]["trait"]), (say("Level"), say("#People")), cells, notes, "trait")
    return Section(heading, "trait", (block,))


def comments(pages: Pages) -> Section:
    """Tell how many comments were written, and those a person has approved."""
    say, heading = pages.say, pages.say("Comments")
    if pages.rules.comments == "none":
        return Section(heading, "comments", ())
    told = pages.released.comments
    if is_mark(told):
        few = str(pages.limits.comments)
        text = say("Fewer than {few} comments were written, so their number is not told (P10).", few=few)
    else:
        text = say("About {number} comments were written.", number=str(told))
    blocks: tuple[Block, ...] = (Paragraph(text),)
    if pages.approved:
        lead = say("These were read and approved for release by a person, one by one:")
        quoted = tuple(pages.material.language.isolated(comment) for comment in pages.approved)
        blocks = (*blocks, Paragraph(lead), BulletList(quoted))
    return Section(heading, "comments", blocks)


def withheld(pages: Pages) -> Section:
    """Say what is withheld, by which rule, and how many figures that are."""
    say, limits = pages.say, pages.limits
    redacted = pages.released.redacted()
    people, spread, answers = str(limits.smallest), str(limits.dispersion), str(limits.items)
    items = [
        say("Every figure rests on at least {few} people, every change on as many complete pairs (P1).", few=people),
        say("Standard deviations, likely ranges, p-values and sizes are given from {few} people on (P2).", few=spread),
        say("Answers to single questions are given for the whole study only, from {few} people on (P3).", few=answers),
        say("What would tell everybody's answer is withheld: 0%, 100%, and groups who all scored alike (P4)."),
        say("What would let a reader work out a hidden figure is withheld, too (P5)."),
        say("Lowest and highest scores, single groups and single people are never shown."),
    ]
    count = pages.material.language.plural(
        "In the tables of this release {n} figure is withheld.",
        "In the tables of this release {n} figures are withheld.",
        redacted,
    )
    listed = say("Each is listed with its rule in disclosure_log.csv.")
    return Section(
        say("What is withheld, and why"), "withheld", (Paragraph(f"{count} {listed}"), BulletList(tuple(items)))
    )

"""The reports of a release: made from released tables only, with what is withheld said where it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from balint_eval.disclosure.comparisons import row_name
from balint_eval.disclosure.log import Hidden, is_mark, summarise
from balint_eval.disclosure.rules import Limits
from balint_eval.language import ENGLISH, SEMICOLONS, Language, marked
from balint_eval.report import educator, numbers, research_design, research_results, research_words, steps
from balint_eval.report.cells import level_of_confidence, table
from balint_eval.report.figures import figure, plain_figure
from balint_eval.report.frame import frame
from balint_eval.report.levels import level_strip
from balint_eval.report.material import Drawing, Material, Row
from balint_eval.report.model import (
    Block,
    BulletList,
    Callout,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Report,
    Section,
    TableBlock,
    numbered,
)
from balint_eval.study_model import USUAL
from balint_eval.tables import ALL_COHORTS, records

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.disclosure.released import Released
    from balint_eval.study import StudyFile

Reader = Literal["educator", "researcher"]
_MAIN = ("primary", "secondary")


class _Pages:
    """What the sections of one release are written from."""

    def __init__(self, material: Material, released: Released, approved: Sequence[str]) -> None:
        self.material = material
        self.released = released
        self.approved = tuple(approved)
        self.rules = material.study.release
        self.limits = Limits.of(self.rules.smallest)
        self.say = material.say

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a released table as people see it."""
        frame: pd.DataFrame | None = self.released.shown.get(name)
        return [] if frame is None else list(records(frame))

    def cell(self, value: object, places: int = 2) -> str:
        """Give a cell: a mark in the language's words, a number, or a dash."""
        if is_mark(value):
            return self.mark(str(value))
        if isinstance(value, float):
            return numbers.decimal(value, places)
        return numbers.count(value) if isinstance(value, int) else str(value) or numbers.MISSING

    def band(self, text: str) -> str:
        """Give a band of a number of people; below the smallest number as the mark that people know."""
        return self.say("[REDACTED n<{few}]", few=text[1:]) if text.startswith("<") else text

    def mark(self, text: str) -> str:
        """Give a mark in the language's words."""
        inside = text.removeprefix("[REDACTED ").removesuffix("]")
        if inside.startswith("n<"):
            return self.say("[REDACTED n<{few}]", few=inside.removeprefix("n<"))
        return self.say("[REDACTED {rule}]", rule=inside)

    def withheld(self, names: Iterable[str], table_name: str, figures: Sequence[str], rows: int) -> str:
        """Say under a table how much of it is withheld, and by which rule; blank where nothing is."""
        kept = set(names)
        mine = [one for one in self.released.hidden if one.table == table_name and one.row in kept]
        return self.said(mine, figures, rows)

    def said(self, hidden: Sequence[Hidden], figures: Sequence[str], rows: int) -> str:
        """Say how much of some rows is withheld."""
        found, plural = summarise(hidden, rows, figures), self.material.language.plural
        if not found.redacted:
            return ""
        least = {one.threshold for one in hidden if one.column == figures[0] and one.rule in {"P1", "P3"}}
        few, of = "".join(sorted(least)[:1]), f"{rows:,}"
        rule = "P3" if any(one.rule == "P3" for one in hidden) else "P1"
        parts = [
            plural(
                "{n} of {rows} rows rests on fewer than {few} people and is withheld ({rule}).",
                "{n} of {rows} rows rest on fewer than {few} people and are withheld ({rule}).",
                found.too_few, rows=of, few=few, rule=rule,
            )
            if found.too_few
            else "",
            plural(
                "{n} more is withheld to protect hidden figures (P5).",
                "{n} more are withheld to protect hidden figures (P5).",
                found.protected,
            )
            if found.protected
            else "",
            plural(
                "{n} is withheld because it would tell everyone's answer (P4).",
                "{n} are withheld because they would tell everyone's answer (P4).",
                found.no_spread,
            )
            if found.no_spread
            else "",
            plural(
                "Of {n} row some figures are withheld (P2, P5).",
                "Of {n} rows some figures are withheld (P2, P5).",
                found.partly,
            )
            if found.partly
            else "",
            self.say("{redacted} of {cells} cells redacted.", redacted=f"{found.redacted:,}", cells=f"{found.cells:,}"),
        ]  # fmt: skip
        return " ".join(part for part in parts if part)


def build_release(
    reader: Reader,
    released: Released,
    approved: Sequence[str],
    study_file: StudyFile,
    drawings: Mapping[str, Drawing],
    versions: Mapping[str, str],
    language: Language = ENGLISH,
) -> Report:
    """Build one report of a release.

    Parameters
    ----------
    reader : {"educator", "researcher"}
    released : Released
    approved : sequence of str
        Comments that a person has approved.
    study_file : StudyFile
    drawings : mapping of name to Drawing
        Drawn from `released.numbers`: `forest`, `means`; any may be absent.
    versions : mapping of package to version
    language : Language

    Returns
    -------
    Report
        Without a watermark: it may be given to anybody.
    """
    provenance = {"versions": dict(versions)}
    material = Material(released.numbers, study_file, drawings, provenance, language, audience="release")
    pages = _Pages(material, released, approved)
    sections = _for_educators(pages) if reader == "educator" else _for_researchers(pages)
    kept = tuple(section for section in sections if section.blocks)
    subtitle = _subtitle(pages) if reader == "educator" else research_design.subtitle(material)
    return numbered(frame(material, reader, subtitle, kept))


def _subtitle(pages: _Pages) -> str:
    return pages.material.language.named(pages.material.study.programme.name)


def _for_educators(pages: _Pages) -> list[Section]:
    material, say = pages.material, pages.say
    strip = level_strip(material)
    return [
        _changes(pages),
        _certainty(pages),
        Section(say("The picture"), "picture", plain_figure(material, "forest", _forest_caption(pages))),
        Section(say("What was measured"), "levels", (strip,) if strip.cells else ()),
        _answers_in_brief(pages),
        _withheld(pages),
        _limits(pages),
        _contact(pages),
    ]


def _for_researchers(pages: _Pages) -> list[Section]:
    material = pages.material
    return [
        *_reason(pages),
        research_design.design(material),
        research_design.outcomes(material),
        research_design.instruments(material),
        _people(pages),
        _brief(pages),
        _results(pages),
        _cohorts(pages),
        _means(pages),
        _reliability(pages),
        _answers(pages),
        _trait(pages),
        _comments(pages),
        _withheld(pages),
        research_words.assumptions(material),
        _threats(pages),
        research_words.methods(material),
        research_words.reproducibility(material),
        research_words.references(material),
    ]


def _lowered(pages: _Pages) -> tuple[Block, ...]:
    """Print the written reason where the smallest number was lowered."""
    if pages.rules.smallest >= USUAL:
        return ()
    text = pages.say(
        "Figures here rest on at least {few} people, fewer than the usual {usual}. The reason given: {reason}",
        few=str(pages.rules.smallest), usual=str(USUAL), reason=pages.material.language.named(pages.rules.reason),
    )  # fmt: skip
    return (Callout("bad", "!", pages.say("A lower number of people."), text),)


def _reason(pages: _Pages) -> list[Section]:
    return [Section(pages.say("A lower number of people"), "lower-number", _lowered(pages))]


def _changes(pages: _Pages) -> Section:
    material, say = pages.material, pages.say
    heading = say("What was found") if steps.one_wave(material) else say("What changed")
    claims = tuple(educator.plain_claim(material, line) for line in material.headlines)
    lead: tuple[Block, ...] = (Paragraph(educator.compared_sentence(material), "lead"),) if claims else ()
    if not claims:
        none = say("No result is released: each rests on too few people, or would give away what is hidden.")
        lead = (Paragraph(none, "lead"),)
    return Section(heading, "what-changed", (*_lowered(pages), *lead, *claims, *_not_shown(pages)))


def _not_shown(pages: _Pages) -> tuple[Block, ...]:
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


def _is_main(pages: _Pages, row: Row) -> bool:
    whole = row["cohort"] == ALL_COHORTS and row["role"] in _MAIN
    return bool(whole and row["wave_to"] == pages.material.study.primary_wave)


def _certainty(pages: _Pages) -> Section:
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


def _forest_caption(pages: _Pages) -> str:
    return educator.forest_caption(pages.material.language)


def _limits(pages: _Pages) -> Section:
    material = pages.material
    told = [material.say(sentence) for holds, sentence in steps.LIMITS_OF_RELEASE if holds(material)]
    few = pages.say("Numbers on fewer than {few} people are not shown.", few=str(pages.limits.smallest))
    return Section(pages.say("What this page cannot show"), "limits", (BulletList((*told, few)),))


def _contact(pages: _Pages) -> Section:
    contact = pages.material.study.contact
    if not contact:
        return Section(pages.say("Whom to ask"), "contact", ())
    named = pages.material.language.named(contact).rstrip(".")
    return Section(pages.say("Whom to ask"), "contact", (Paragraph(pages.say("Questions: {contact}.", contact=named)),))


def _threats(pages: _Pages) -> Section:
    return research_words.threats(pages.material)


_REASONS = {
    "enrolled": marked("people enrolled"),
    "paired": marked("people with both waves"),
    "pre_only": marked("people with the earlier wave only"),
    "post_only": marked("people with the later wave only"),
}


def _people(pages: _Pages) -> Section:
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


def _brief(pages: _Pages) -> Section:
    found = research_results.in_brief(pages.material)
    lost = _not_shown(pages)
    if not found.blocks:
        none = pages.say("No result is released: each rests on too few people, or would give away what is hidden.")
        return Section(found.heading, found.anchor, (Paragraph(none, "lead"),))
    return Section(found.heading, found.anchor, (*found.blocks, *lost))


_SHOWN = ("n_paired", "estimate", "conf_low", "p_value", "p_adjusted")
_OF_MEANS = ("n_paired", "mean_pre", "sd_pre", "mean_post", "sd_post", "effect")


def _results(pages: _Pages) -> Section:
    material = pages.material
    rows = material.in_order([row for row in pages.rows("comparisons") if row["cohort"] == ALL_COHORTS])
    heading = pages.say("Results by the planned method")
    if not rows:
        return Section(heading, "results", ())
    title = pages.say("The whole study, by the planned method")
    return Section(heading, "results", (_estimates(pages, rows, "results", title), *figure(material, "forest")))


def _cohorts(pages: _Pages) -> Section:
    material = pages.material
    rows = material.in_order([row for row in pages.rows("comparisons") if row["role"] == "by_cohort"])
    heading = pages.say("By cohort")
    if not rows:
        return Section(heading, "cohorts", ())
    title = pages.say("Each cohort by itself")
    return Section(heading, "cohorts", (_estimates(pages, rows, "cohorts", title, cohorts=True),))


def _estimates(pages: _Pages, rows: Sequence[Row], name: str, title: str, *, cohorts: bool = False) -> TableBlock:
    material, say = pages.material, pages.say
    heads = (
        say("Outcome"), *((say("Cohort"),) if cohorts else ()), say("Wave"), say("#Pairs"), say("#Estimate"),
        f"#{level_of_confidence(rows, material.language)}", say("#p"), say("#Adjusted p"),
    )  # fmt: skip
    cells = [
        (
            material.label(row),
            *((material.cohort(row["cohort"]),) if cohorts else ()),
            material.compared(row),
            pages.cell(row["n_paired"]),
            pages.cell(row["estimate"]),
            _interval(pages, row),
            *(_or_mark(pages, row[column], written) for column, written in _WRITTEN),
        )
        for row in rows
    ]
    notes = [
        *_how_got(pages, rows),
        say("Numbers of people in single cohorts are given in bands.") if cohorts else "",
        pages.withheld(map(row_name, rows), "comparisons", _SHOWN, len(rows)),
    ]
    return table(name, title, heads, cells, notes, "comparisons")


_WRITTEN = (("p_value", numbers.p_value), ("p_adjusted", numbers.p_value))


def _or_mark(pages: _Pages, value: Any, written: Callable[[float], str]) -> str:  # noqa: ANN401 - a mark or a number
    return pages.mark(str(value)) if is_mark(value) else written(float(value))


def _interval(pages: _Pages, row: Row) -> str:
    if is_mark(row["conf_low"]):
        return pages.mark(str(row["conf_low"]))
    return numbers.between(float(row["conf_low"]), float(row["conf_high"]), 2)


def _how_got(pages: _Pages, rows: Sequence[Row]) -> list[str]:
    from balint_eval.report.wording import ADJUSTMENTS, method

    material = pages.material
    names = list(dict.fromkeys(method(str(row["method"]), material.language) for row in rows))
    said = [pages.say("Method: {methods}.", methods="; ".join(names)), material.signs(rows)]
    if any(row["family"] for row in rows):
        adjusted = pages.say(ADJUSTMENTS[material.study.plan.adjust])
        said.append(pages.say("p is two-sided, adjusted by {name} within each family.", name=adjusted))
    return said


def _means(pages: _Pages) -> Section:
    material, say = pages.material, pages.say
    rows = [row for row in pages.rows("comparisons") if row["cohort"] == ALL_COHORTS and row["kind"] == "change"]
    rows = material.in_order(rows)
    heading = say("Means of the pairs")
    if not rows:
        return Section(heading, "means", ())
    heads = (
        say("Outcome"), say("Wave"), say("#Pairs"), say("#M, earlier"), say("#SD, earlier"), say("#M, later"),
        say("#SD, later"), say("#Standardised size"),
    )  # fmt: skip
    cells = [
        (material.label(row), material.compared(row), *(pages.cell(row[column]) for column in _OF_MEANS))
        for row in rows
    ]
    notes = [
        say("Only people with both scores; means of everybody who answered would tell of those who left."),
        *research_results.effect_notes(material.language, rows),
        pages.withheld(map(row_name, rows), "comparisons", _OF_MEANS, len(rows)),
    ]
    block = table("means", say("Means and standard deviations of the pairs"), heads, cells, notes, "comparisons")
    return Section(heading, "means", (block, *figure(material, "means")))


def _reliability(pages: _Pages) -> Section:
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


def _pair(pages: _Pages, low: object, high: object) -> str:
    if is_mark(low):
        return pages.mark(str(low))
    if isinstance(low, float) and isinstance(high, float):
        return numbers.between(low, high, 2)
    return numbers.MISSING


def _answers(pages: _Pages) -> Section:
    material, say = pages.material, pages.say
    rows = pages.rows("answers")
    heading = say("What participants thought")
    if not rows:
        return Section(heading, "answers", ())
    heads = (say("Wave"), say("Question"), say("Answers"), say("#People"), say("#Share"))
    cells = [
        (
            material.wave(row["wave"]), material.language.named(str(row["label"])), _named(pages, str(row["answers"])),
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


def _answers_in_brief(pages: _Pages) -> Section:
    """Give the answers to each question in one row, in per cent."""
    material, say = pages.material, pages.say
    rows = pages.rows("answers")
    heading = say("What participants thought")
    if not rows:
        return Section(heading, "answers", ())
    said: dict[tuple[str, str, int], list[str]] = {}
    for row in rows:
        cell = pages.mark(str(row["share"])) if is_mark(row["share"]) else numbers.percent(int(row["share"]) / 100)
        share = say("{answers}: {share}", answers=_named(pages, str(row["answers"])), share=cell)
        said.setdefault((row["wave"], row["label"], row["item"]), []).append(share)
    cells = [
        (material.language.named(label), material.language.sequence(shares, SEMICOLONS))
        for (_, label, _), shares in said.items()
    ]
    note = say("Answers that few people gave are joined with the next.")
    block = table("answers", say("Answers, question by question"), (say("Question"), say("Answers")), cells, [note])
    return Section(heading, "answers", (block,))


def _named(pages: _Pages, answers: str) -> str:
    language = pages.material.language
    ends = [language.named(answer) for answer in answers.split(" – ")]
    return ends[0] if len(ends) == 1 else pages.say("{first} to {last}", first=ends[0], last=ends[-1])


def _trait(pages: _Pages) -> Section:
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


def _comments(pages: _Pages) -> Section:
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


def _withheld(pages: _Pages) -> Section:
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

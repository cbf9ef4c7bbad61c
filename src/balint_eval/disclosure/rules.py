"""The rules P1 to P13 for both audiences, in one table: the page of the manual is made from it."""

from __future__ import annotations

from dataclasses import dataclass

from balint_eval.study_model import USUAL


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of disclosure: what it is about, and what holds for each audience."""

    name: str
    about: str
    internal: str
    release: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers the rules of a release work with.

    Attributes
    ----------
    smallest : int
        People behind any figure (P1); complete pairs for a change.
    dispersion : int
        People behind a standard deviation, interval, p or effect size (P2).
    items : int
        People behind an item table (P3).
    comments : int
        Comments from which their number is told (P10).
    """

    smallest: int = USUAL
    dispersion: int = 10
    items: int = 30
    comments: int = 10

    @classmethod
    def of(cls, smallest: int) -> Limits:
        """Give the limits of a study: none of them lies below its smallest number."""
        return cls(smallest, max(10, smallest), max(30, smallest), max(10, smallest))


RULES: tuple[Rule, ...] = (
    Rule(
        "P1", "smallest number of people behind a figure (complete pairs for a change)", "5",
        "8; may be raised; lowered only with a written reason (printed on page 1), never below 5",
    ),
    Rule(
        "P2", "standard deviation, interval, p, effect size", "from 5, with the warning that the number is small",
        "from 10; with 8 or 9 people only means, and the number in a band",
    ),
    Rule(
        "P3", "answers to single items", "pooled over groups, from 10",
        "pooled over groups only, from 30; answers that fewer than 8 people gave are merged with the next",
    ),
    Rule(
        "P4", "figures that tell everyone's answer: 0 %, 100 %, a standard deviation of 0", "withheld below 10 people",
        "withheld, whatever the number",
    ),
    Rule(
        "P5", "hidden figures that could be worked out from those shown", "small arms with their pooled row",
        "more is withheld, the next smallest first, until nothing hidden can be solved",
    ),
    Rule(
        "P6", "ledger of releases", "not kept", "kept; a release is refused when its people differ from an earlier "
        "one's by fewer than the smallest number; that number is never lowered later",
    ),
    Rule(
        "P7", "numbers of people", "exact",
        "exact for the whole study's pairs; cohorts in bands (8-9, 10-14, ...); other counts to the nearest 5",
    ),
    Rule("P8", "sites, roles and other traits", "cells on few people withheld",
         "one trait at a time, whole study only, levels with fewer than 8 people merged, counts to the nearest 5"),
    Rule("P9", "dots and lines of single people", "allowed under the watermark, without ids and times",
         "none; figures are drawn from released tables only"),
    Rule("P10", "comments", "in the folder `restricted` only, without id and group",
         "their number from 10 on; word by word only those that a person approved by hand"),
    Rule("P11", "ids", "keyed pseudonyms; ids, comments and the key stand in no log, error, cache or metadata",
         "the same; released files hold no pseudonyms either"),
    Rule("P12", "messages", "ids and free text masked", "the same"),
    Rule("P13", "hidden figures", "marked where they stood, and counted",
         "marked [REDACTED ...] where they stood, counted, and listed in disclosure_log.csv"),
)  # fmt: skip

CODES = {
    "P1": "PV-K", "P2": "PV-K", "P3": "PV-ITEM", "P4": "PV-CLASS", "P5": "PV-COMPLEMENT", "P7": "PV-DIFFERENCE",
    "P8": "PV-CELL", "P10": "PV-TEXT",
}  # fmt: skip
"""Codes of what is withheld, by rule, as `disclosure_log.csv` gives them."""


def rules_page() -> str:
    """Give the rules as a Markdown table.

    Returns
    -------
    str
        A row a rule: its name, what it is about, what it does inside and in a release.
    """
    head = ["| rule | about | internal | release |", "|---|---|---|---|"]
    return "\n".join([*head, *(f"| {r.name} | {r.about} | {r.internal} | {r.release} |" for r in RULES)]) + "\n"

"""What the sections of a release are written from: released tables, their marks in words, and what is withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from balint_eval.disclosure.log import Hidden, is_mark, summarise
from balint_eval.disclosure.rules import Limits
from balint_eval.report import numbers
from balint_eval.report.material import Material, Row
from balint_eval.tables import records

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.disclosure.released import Released


class Pages:
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

    def answers(self, joined: str) -> str:
        """Give an answer, or the first and last of several that were joined, in the language's words."""
        ends = [self.material.language.named(answer) for answer in joined.split(" – ")]
        return ends[0] if len(ends) == 1 else self.say("{first} to {last}", first=ends[0], last=ends[-1])

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

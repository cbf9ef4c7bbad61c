"""The bars behind the diverging stacked bars: items with like answers stand in one block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.selection import ordered_waves, pooled, wave_label
from balint_eval.plots.words import plain
from balint_eval.study_model import Study

SMALLEST_ITEM = 10
"""Fewest answers to an item that is drawn (rule P3, internal audience)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: people per answer, from the least to the most favourable answer."""

    number: int
    label: str
    people: list[int]

    @property
    def answered(self) -> int:
        """People who answered it."""
        return sum(self.people)

    @property
    def shown(self) -> bool:
        """True when enough people answered it."""
        return self.answered >= SMALLEST_ITEM

    @property
    def shares(self) -> list[float]:
        """Share of each answer."""
        return [count / self.answered for count in self.people]

    @property
    def sides(self) -> tuple[float, float, float]:
        """Shares on the unfavourable side, in the middle and on the favourable side."""
        half = len(self.people) // 2
        shares = self.shares
        middle = shares[half] if len(shares) % 2 else 0.0
        return sum(shares[:half]), middle, sum(shares[-half:]) if half else 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """Items of one form and wave that share their answers."""

    instrument: str
    wave: str
    title: str
    codes: list[float]
    answers: list[str]
    items: list[Item]


def blocks(item_counts: pd.DataFrame, study: Study, language: Language) -> list[Block]:
    """Give the blocks in the order of waves, forms and items."""
    rows = pooled(item_counts)
    return [
        _block(part, _title(str(instrument), wave, study, language), language)
        for wave in ordered_waves(study, rows["wave"])
        for instrument, form in rows[rows["wave"] == wave].groupby("instrument", sort=True)
        for part in _alike(form)
    ]


def _title(instrument: str, wave: str, study: Study, language: Language) -> str:
    form = {own.name: own.title for own in study.own_instruments}.get(instrument) or instrument
    return language.say("{form}, {wave}", form=language.translated(form), wave=wave_label(study, wave, language))


def _alike(form: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Split a form where its items differ in answers or direction."""
    signatures = {item: _signature(rows) for item, rows in form.groupby("item", sort=True)}
    for signature in dict.fromkeys(signatures.values()):
        items = [item for item, other in signatures.items() if other == signature]
        yield form[form["item"].isin(items)]


def _signature(rows: pd.DataFrame) -> tuple[tuple[float, ...], tuple[str, ...], str]:
    codes = rows.drop_duplicates("code").sort_values("code")
    return tuple(codes["code"]), tuple(codes["answer"]), str(rows["higher_is"].iloc[0])


def _block(part: pd.DataFrame, title: str, language: Language) -> Block:
    codes, answers, higher_is = _signature(part)
    order = list(codes) if higher_is != "worse" else list(reversed(codes))
    names = dict(zip(codes, answers, strict=True))
    numbers = sorted({int(item) for item in part["item"]})
    items = [_item(item, part[part["item"] == item], order, language) for item in numbers]
    first = part.iloc[0]
    labels = [language.translated(names[code]) or language.number(plain(code)) for code in order]
    return Block(str(first["instrument"]), str(first["wave"]), title, order, labels, items)


def _item(number: int, rows: pd.DataFrame, order: list[float], language: Language) -> Item:
    people = rows.groupby("code")["people"].sum().reindex(order, fill_value=0)
    label = language.translated(str(rows["label"].iloc[0])) or language.say("Item {number}", number=str(number))
    return Item(number, label, [int(count) for count in people])


def likert_table(found: list[Block]) -> pd.DataFrame:
    """Give the numbers of the bars, tidy; items with fewer than ten answers are left out."""
    columns = ["wave", "instrument", "item", "label", "code", "answer", "people", "answered", "share"]
    rows = [
        (block.wave, block.instrument, item.number, item.label, code, answer, count, item.answered, share)
        for block in found
        for item in block.items
        if item.shown
        for code, answer, count, share in zip(block.codes, block.answers, item.people, item.shares, strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)

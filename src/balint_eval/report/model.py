"""The frozen report: sections of blocks that HTML, Word and PDF draw, in any language.

A block holds finished text only. Numbers were turned into words before they came here, so that every
format prints the same ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

Alignment = Literal["text", "number"]
Tone = Literal["good", "mild", "neutral", "bad", "info"]


@dataclass(frozen=True, slots=True)
class ComparisonKey:
    """The row of `comparisons` that a claim rests on."""

    cohort: str
    instrument: str
    scale: str
    contrast: str
    method: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a `note` is set smaller."""

    text: str
    role: Literal["body", "lead", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark that stands out by its symbol and word; the tone only adds colour."""

    tone: Tone
    symbol: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said about one outcome, with the row that supports it.

    Attributes
    ----------
    heading : str
        The outcome as readers know it.
    tone, symbol, verdict : str
        The verdict in a word; the symbol repeats it, the tone only adds colour.
    text : str
        Sentences with the numbers.
    support : ComparisonKey
        The row the numbers come from.
    prominent : bool
        True for a primary outcome.
    """

    heading: str
    tone: Tone
    symbol: str
    verdict: str
    text: str
    support: ComparisonKey
    prominent: bool = False


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Head of a column; numbers are set right."""

    heading: str
    align: Alignment = "text"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table of finished cells.

    Attributes
    ----------
    name : str
        Unique in the report; becomes its id.
    title : str
        Caption.
    columns : tuple of TableColumn
        The first column heads its row.
    rows : tuple of tuple of str
        As many cells a row as there are columns.
    notes : tuple of str
        Sentences under the table: how it was got, what was withheld.
    source : str
        Machine table the cells come from, comma-separated when several.
    number : int
        Position among the tables, given by `numbered`.
    """

    name: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A drawing with its words and the data behind it."""

    name: str
    svg: str
    alternative_text: str
    title: str
    caption: str = ""
    columns: tuple[TableColumn, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    data_note: str = ""
    number: int = 0
    small_svg: str = ""
    """The same drawing for a screen of a phone's width, where there is one."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number with what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A short row of numbers."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class LevelCell:
    """One Kirkpatrick level: measured, how and by what, or said not to be."""

    level: str
    title: str
    measured: bool
    status: str
    outcomes: str = ""


@dataclass(frozen=True, slots=True)
class LevelStrip:
    """The levels side by side."""

    title: str
    cells: tuple[LevelCell, ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list of sentences; ordered lists are numbered."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A term with what it stands for."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Terms and their meanings."""

    entries: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A work cited; the DOI is the only address a report may link."""

    text: str
    doi: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """Works cited."""

    entries: tuple[Reference, ...]


Block = (
    Paragraph
    | Callout
    | Claim
    | TableBlock
    | FigureBlock
    | KeyFigures
    | LevelStrip
    | BulletList
    | DefinitionList
    | ReferenceList
)


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under one heading; depth 2 is a chapter, 3 a part of the one before."""

    heading: str
    anchor: str
    blocks: tuple[Block, ...]
    depth: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report for one reader in one language.

    Attributes
    ----------
    kind : str
        `educator` or `researcher`.
    title, subtitle : str
        Of the study.
    language : str
        BCP 47 tag such as `en`.
    direction : str
        `ltr` or `rtl`.
    watermark : str
        Line on every page that says who may read it.
    generated : str
        When and by what it was made.
    sections : tuple of Section
    contents_label, data_label : str
        Names of the table of contents and of the data tables behind figures.
    table_word, figure_word : str
        What their numbers stand after.
    data_heading : str
        Heading of the data tables where they cannot be folded away, as on paper.
    digits : str
        The ten digits from zero, for the numbers of tables, figures and pages.
    """

    kind: Literal["educator", "researcher"]
    title: str
    subtitle: str
    language: str
    direction: Literal["ltr", "rtl"]
    watermark: str
    generated: str
    sections: tuple[Section, ...]
    contents_label: str = "Contents"
    data_label: str = "Show the numbers behind this figure"
    table_word: str = "Table"
    figure_word: str = "Figure"
    data_heading: str = "The numbers behind the figures"
    digits: str = "0123456789"

    def blocks(self) -> Iterator[Block]:
        """Give every block in reading order."""
        for section in self.sections:
            yield from section.blocks

    def figure_names(self) -> tuple[str, ...]:
        """Give the names of its figures in reading order."""
        return tuple(block.name for block in self.blocks() if isinstance(block, FigureBlock))


def numbered(report: Report) -> Report:
    """Give the report with its tables and figures numbered in reading order."""
    counts = {TableBlock: 0, FigureBlock: 0}
    sections = tuple(
        replace(section, blocks=tuple(_numbered(block, counts) for block in section.blocks))
        for section in report.sections
    )
    return replace(report, sections=sections)


def _numbered(block: Block, counts: dict[type, int]) -> Block:
    if isinstance(block, TableBlock | FigureBlock):
        counts[type(block)] += 1
        return replace(block, number=counts[type(block)])
    return block


def to_json(report: Report) -> str:
    """Write a report as JSON; the same report gives the same bytes.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        JSON with sorted keys, a line feed at the end.
    """
    return json.dumps(_plain(report), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Report:
    """Read a report that `to_json` wrote.

    Parameters
    ----------
    text : str
        JSON.

    Returns
    -------
    Report
        Equal to the one that was written.

    Raises
    ------
    ValueError
        The text is not such a report.
    """
    report = _built(json.loads(text))
    if not isinstance(report, Report):
        raise ValueError("this JSON holds no report")
    return report


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"block": type(value).__name__, **named}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _built(value: object) -> object:
    if isinstance(value, list):
        return tuple(_built(part) for part in value)
    if isinstance(value, dict):
        kind = _KINDS.get(value.get("block", ""))
        if kind is None:
            raise ValueError(f"there is no block '{value.get('block', '')}'")
        return kind(**{name: _built(part) for name, part in value.items() if name != "block"})
    return value


_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(ComparisonKey, Paragraph, Callout, Claim, TableColumn, TableBlock, FigureBlock, KeyFigure),
        *(KeyFigures, LevelCell, LevelStrip, BulletList, Definition, DefinitionList, Reference),
        *(ReferenceList, Section, Report),
    )
}

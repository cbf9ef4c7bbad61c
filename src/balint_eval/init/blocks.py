"""Blocks of columns that belong together: the items of one questionnaire, by name, number and kind of answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from balint_eval.ingest.text import clean_header
from balint_eval.init.columns import Column
from balint_eval.instruments.registry import known_instruments

FEWEST_UNNAMED = 3
"""Columns without a common name are a block from this many with the same kind of answer."""

MISSING_NUMBERS = frozenset(
    map(float, (-999, -99, -98, -97, -96, -95, -88, -77, -66, -9, -8, -7, 88, 98, 99, 888, 998, 999))
)
"""Numbers that platforms and people write for no answer, and that no form here uses as a code."""

_WORD = r"(?:[\s_.\-:#(\[/]+(?:items?|questions?|statements?|sq|q|no|nr|گویه|سوال|پرسش|شماره))?"
_BEHIND = re.compile(rf"(?P<stem>.*?){_WORD}[\s_.\-:#(\[/]*(?<![0-9])0*(?P<number>[0-9]{{1,3}})[\s)\]]*", re.IGNORECASE)
_GENERIC = re.compile(r"(q|question|item|var|v|x|col|column|s|statement|سوال|پرسش|گویه)?[\s_.\-#]*[0-9]*")
"""Stems that say nothing of a questionnaire: only such a run of columns is cut where the kind of answer changes."""
_BEFORE = re.compile(r"0*(?P<number>[0-9]{1,3})\s*[.):\-–،]\s*(\D.*)?")
_GRID = re.compile(r"(?P<stem>.+?)\s*\[(?P<row>[^\[\]]+)\]")


@dataclass(frozen=True)
class Block:
    """Columns that look like the items of one questionnaire, in their order.

    Attributes
    ----------
    stem : str
        What their names have in common; `""` where nothing.
    columns : tuple of Column
    numbers : tuple of int
        Their numbers, where the names carry them; else empty.
    """

    stem: str
    columns: tuple[Column, ...]
    numbers: tuple[int, ...] = ()

    @property
    def n_items(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @property
    def in_form_order(self) -> bool:
        """Tell whether the names number the items 1, 2, 3 and so on, each once."""
        return sorted(self.numbers) == list(range(1, len(self.columns) + 1))

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """Distinct texts of all columns, in order of appearance by row."""
        seen: dict[str, None] = {}
        for row in zip(*(column.cells for column in self.columns), strict=True):
            seen |= dict.fromkeys(text for text in row if text)
        return tuple(seen)

    @cached_property
    def numeric(self) -> frozenset[float]:
        """Distinct numbers, where every answer is one; else empty."""
        found = [column.numbers for column in self.columns if column.counts]
        return frozenset().union(*found) if found and all(found) else frozenset()

    def times(self, answer: str) -> int:
        """Count how often an answer was given in the whole block."""
        return sum(column.counts[answer] for column in self.columns)

    def spelled(self, answer: str) -> str:
        """Give an answer as most cells of the file write it, so that it is found there without tidying."""
        pairs = (pair for column in self.columns for pair in zip(column.cells, column.raw, strict=False))
        written = Counter(raw.strip() for text, raw in pairs if text == answer)
        return written.most_common(1)[0][0] if written else answer

    @property
    def shown(self) -> str:
        """Name the block in a sentence."""
        first, last = self.columns[0].name, self.columns[-1].name
        grids = _GRID.fullmatch(first.strip()), _GRID.fullmatch(last.strip())
        if len(self.columns) > 1 and grids[0] and grids[1]:
            # The rows tell the columns apart; the question above them is the same.
            return f"{grids[0]['stem'][:40]} [{grids[0]['row'][:30]}] … [{grids[1]['row'][:30]}]"
        return first if len(self.columns) == 1 else f"{first[:40]} … {last[:40]}"

    @property
    def signature(self) -> tuple[str, ...]:
        """Questions and names, to find the same block in another file."""
        return tuple(clean_header(column.question or column.name).casefold() for column in self.columns)


@cache
def _kinds() -> tuple[frozenset[float], ...]:
    codes = {tuple(instrument.response.codes) for instrument in known_instruments().values()}
    return (*map(frozenset, sorted(codes)), frozenset(map(float, range(11))))


def one_kind(numbers: Iterable[float]) -> bool:
    """Tell whether numbers can be the codes of one form: of a known one, or 0 to 10."""
    said = {number for number in numbers if number not in MISSING_NUMBERS}
    return any(said <= kind for kind in _kinds())


def numbered(name: str) -> tuple[str, int] | None:
    """Give stem and number of a column name, None where it ends in no number.

    Examples
    --------
    >>> numbered("PSS10_4"), numbered("TEQ_04"), numbered("TEQ [Item 12]"), numbered("G1[SQ003]"), numbered("Code")
    (('pss10', 4), ('teq', 4), ('teq', 12), ('g1', 3), None)
    """
    found = _BEHIND.fullmatch(clean_header(name))
    return (found["stem"].strip(" _.-:").casefold(), int(found["number"])) if found else None


def stem_of(column: Column) -> tuple[str, int | None]:
    """Give what a column shares with its neighbours, and its number among them."""
    behind = numbered(column.name)
    if behind is not None and (behind[0] or column.name.strip().isdigit()):
        return behind
    text = clean_header(column.name)
    grid = _GRID.fullmatch(text)
    if grid:
        row = _BEFORE.fullmatch(grid["row"])
        return grid["stem"].casefold(), int(row["number"]) if row else None
    before = _BEFORE.fullmatch(text)
    return ("#", int(before["number"])) if before else ("", None)


def find_blocks(columns: Sequence[Column]) -> list[Block]:
    """Give the blocks of an export, in the order of their first columns.

    Parameters
    ----------
    columns : sequence of Column
        Those that may be items: no ids, no comments, none of the platform's own.

    Notes
    -----
    Columns with one stem are a block. Columns without one are a block where at least three stand side by side and
    share answers. A stem such as `Q` that runs through several questionnaires is cut where the kind of answer changes.
    """
    runs: list[list[tuple[Column, str, int | None]]] = []
    for column in columns:
        stem, number = stem_of(column)
        last = runs[-1] if runs else []
        joined = bool(last) and last[-1][0].position + 1 >= column.position - _skipped(columns, last[-1][0], column)
        same = joined and stem == last[-1][1]
        if same and (not _GENERIC.fullmatch(stem) or _continues(last, column)):
            last.append((column, stem, number))
        else:
            runs.append([(column, stem, number)])
    return [block for run in _rejoined(runs) for block in _blocks_of(run)]


def _rejoined(runs: Sequence[list[tuple[Column, str, int | None]]]) -> list[list[tuple[Column, str, int | None]]]:
    """Join what was cut too early: few people may all disagree with the first statement and agree with the next."""
    joined: list[list[tuple[Column, str, int | None]]] = []
    for run in runs:
        last = joined[-1] if joined else []
        beside = bool(last) and last[-1][1] == run[0][1] and last[-1][0].position + 1 == run[0][0].position
        if beside and _GENERIC.fullmatch(run[0][1]) and set() < _answers(last) <= _answers(run):
            joined[-1] = [*last, *run]
        else:
            joined.append(run)
    return joined


def _answers(run: Sequence[tuple[Column, str, int | None]]) -> set[str]:
    """Give the texts that are answers of a run; none where they are numbers."""
    filled = [column for column, _, _ in run if column.counts]
    return set() if any(column.numbers for column in filled) else set().union(*(column.counts for column in filled))


def _skipped(columns: Sequence[Column], first: Column, second: Column) -> int:
    """Count the columns between two that are not offered as items."""
    between = {column.position for column in columns if first.position < column.position < second.position}
    return second.position - first.position - 1 - len(between)


def _continues(run: Sequence[tuple[Column, str, int | None]], column: Column) -> bool:
    """Tell whether a column has the kind of answer of the run before it; a blank one has any."""
    before = [other for other, _, _ in run if other.counts]
    if not before or not column.counts:
        return True
    if bool(column.numbers) != bool(before[-1].numbers):
        return False
    if column.numbers:
        return one_kind(frozenset().union(*(other.numbers for other in before)) | column.numbers)
    seen = set().union(*(other.counts for other in before))
    return bool(seen & set(column.counts))


def _blocks_of(run: Sequence[tuple[Column, str, int | None]]) -> Iterator[Block]:
    columns, stem = tuple(column for column, _, _ in run), run[0][1]
    numbers = tuple(number for _, _, number in run if number is not None)
    if len(numbers) != len(columns) or len(set(numbers)) != len(numbers):
        numbers = ()
    if stem not in ("", "#") or len(columns) >= FEWEST_UNNAMED:
        yield Block(stem, columns, numbers)

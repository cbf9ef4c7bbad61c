"""Records held by column: eight bytes a cell, equal texts of a column held once."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import overload

import numpy as np
from numpy.typing import NDArray

from balint_eval.ingest.grid import Record
from balint_eval.ingest.text import is_blank

Columns = NDArray[np.object_]

BATCH = 1024
"""Records packed at a time: few enough to stay in the processor's cache."""


@contextmanager
def without_collection() -> Iterator[None]:
    """Keep the collector of reference cycles from walking millions of new cells, which hold none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class PackedRecords(Sequence[Record]):
    """Records of one width, read like a list of lists; a slice shares the cells of the whole.

    Parameters
    ----------
    columns : ndarray of str, shape (columns, records)
    white : frozenset of int
        Columns with a cell that holds nothing visible and is not empty.
    """

    def __init__(self, columns: Columns, white: frozenset[int] = frozenset()) -> None:
        self.columns = columns
        self.white = white

    @property
    def width(self) -> int:
        """Cells in each record."""
        return int(self.columns.shape[0])

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> PackedRecords: ...
    def __getitem__(self, at: int | slice) -> Record | PackedRecords:
        if isinstance(at, slice):
            return PackedRecords(self.columns[:, at], self.white)
        return list(self.columns[:, at].tolist())

    def __setitem__(self, at: int, record: Record) -> None:
        self.columns[:, at] = record

    def __iter__(self) -> Iterator[Record]:
        for start in range(0, len(self), BATCH):
            yield from self.columns[:, start : start + BATCH].T.tolist()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def without(self, position: int) -> PackedRecords:
        """Give the records without one column; the others are not copied."""
        position %= self.width
        if position in (0, self.width - 1):
            kept = self.columns[1:] if position == 0 else self.columns[:-1]
        else:
            kept = np.delete(self.columns, position, axis=0)
        return PackedRecords(kept, frozenset(at - (at > position) for at in self.white if at != position))


class Packing:
    """Takes records batch by batch and packs them as long as all have one width.

    Parameters
    ----------
    at_most : int
        No fewer than the records to come; memory is used only for those that do.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._columns: Columns | None = None
        self._number = 0
        self._known: list[dict[str, str]] = []
        self._white: set[int] = set()
        self._ragged: list[Record] | None = None

    def add(self, batch: list[Record]) -> None:
        """Take the next records."""
        if not batch:
            return
        if self._ragged is None and self._fits(batch):
            self._pack(batch)
            return
        if self._ragged is None:
            self._ragged = list(self._packed())
            self._columns = None
        self._ragged += batch

    def records(self) -> Records:
        """Give all records taken: packed, or a list of lists where their widths differ."""
        return self._packed() if self._ragged is None else self._ragged

    def _fits(self, batch: list[Record]) -> bool:
        widths = set(map(len, batch))
        if self._columns is None:
            return len(widths) == 1
        return widths == {self._columns.shape[0]}

    def _packed(self) -> PackedRecords:
        columns = np.empty((0, 0), dtype=object) if self._columns is None else self._columns[:, : self._number]
        return PackedRecords(columns, frozenset(self._white))

    def _pack(self, batch: list[Record]) -> None:
        if self._columns is None:
            self._columns = np.empty((len(batch[0]), self._at_most), dtype=object)
            self._known = [{} for _ in batch[0]]
        end = self._number + len(batch)
        for position, column in enumerate(zip(*batch, strict=True)):
            self._columns[position, self._number : end] = self._shared(position, column)
        self._number = end

    def _shared(self, position: int, column: tuple[str, ...]) -> Sequence[str]:
        """Give the cells with equal texts as one object, where texts repeat; Python shares single letters itself."""
        texts = set(column)
        if position not in self._white and any(text and is_blank(text) for text in texts if not text.isalnum()):
            self._white.add(position)
        if len(texts) * 2 > len(column) or max(map(len, texts)) < 2:
            return column
        known = self._known[position]
        for text in texts:
            known.setdefault(text, text)
        return list(map(known.__getitem__, column))


Records = PackedRecords | list[Record]


def packed_records(records: Sequence[Record], width: int) -> PackedRecords:
    """Pack records that all have one width."""
    packing = Packing(len(records))
    for start in range(0, len(records), BATCH):
        packing.add(list(records[start : start + BATCH]))
    packed = packing.records()
    if not isinstance(packed, PackedRecords) or (records and packed.width != width):
        raise ValueError("records of different widths cannot be packed")
    return packed if records else PackedRecords(np.empty((width, 0), dtype=object))


def column_of(records: Sequence[Record], position: int) -> list[str]:
    """Give the cells of one column; every record must reach that far."""
    if isinstance(records, PackedRecords):
        return list(records.columns[position].tolist())
    return [record[position] for record in records]


def without_column(records: Sequence[Record], position: int) -> Records:
    """Give the records without one column, counted from either end as in a list."""
    if isinstance(records, PackedRecords):
        return records.without(position)
    return [[cell for at, cell in enumerate(record) if at != position % len(record)] for record in records]


def with_first(first: Record, records: Records) -> Records:
    """Give the records with another one before them."""
    if isinstance(records, PackedRecords) and records.width == len(first):
        head = np.array(first, dtype=object).reshape(-1, 1)
        return PackedRecords(np.concatenate([head, records.columns], axis=1), records.white)
    return [first, *records]


def widths_of(records: Sequence[Record]) -> set[int]:
    """Give the numbers of cells that records have."""
    if isinstance(records, PackedRecords):
        return {records.width} if len(records) else set()
    return set(map(len, records))

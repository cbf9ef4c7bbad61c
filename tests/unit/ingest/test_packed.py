"""Records held by column behave like the list of lists they replace."""

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balint_eval.ingest import delimited
from balint_eval.ingest.delimited import read_delimited
from balint_eval.ingest.grid import blank_record
from balint_eval.ingest.packed import PackedRecords, Packing, column_of, packed_records, widths_of, without_column

CELLS = st.sampled_from(["", " ", "1", "5", "P01", "strongly agree", "\u200c", "کاملاً", '"', "a\nb", "'=1", "x" * 50])
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=9))


def taken(records, batch):
    packing = Packing(len(records))
    for start in range(0, len(records), batch):
        packing.add([list(record) for record in records[start : start + batch]])
    return packing.records()


@given(TABLES, st.integers(1, 4))
def test_packed_records_read_like_lists(records, batch):
    held = taken(records, batch)
    assert isinstance(held, PackedRecords)
    assert list(held) == records
    assert len(held) == len(records)
    assert [held[at] for at in range(len(held))] == records
    assert held[1:] == records[1:]
    assert widths_of(held) == widths_of(records)
    for position in range(len(records[0]) if records else 0):
        assert column_of(held, position) == column_of(records, position)
        assert list(without_column(held, position)) == without_column(records, position)
    if records:
        assert list(without_column(held, -1)) == without_column(records, -1)


@given(TABLES)
def test_columns_with_cells_that_only_look_empty_are_known(records):
    white = {at for record in records for at, cell in enumerate(record) if cell in (" ", "\u200c")}
    assert taken(records, 2).white == white


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=9), st.integers(1, 3))
def test_ragged_records_stay_lists(records, batch):
    assert list(taken(records, batch)) == records


def test_equal_texts_are_held_once():
    held = packed_records([["".join(["agr", "ee"]), f"P{n}"] for n in range(50)], 2)
    assert len({id(cell) for cell in held.columns[0]}) == 1


def test_a_record_can_be_replaced_and_a_column_taken_from_the_middle():
    held = packed_records([["a", "b", "c"], ["d", " ", "f"]], 3)
    held[0] = ["x", "y", "z"]
    assert list(held) == [["x", "y", "z"], ["d", " ", "f"]]
    assert list(held.without(1)) == [["x", "z"], ["d", "f"]]
    assert (held.without(0).white, held.without(1).white, held.without(2).white) == ({0}, set(), {1})
    assert held != [["x"]]


def test_ragged_records_cannot_be_packed():
    with pytest.raises(ValueError, match="widths"):
        packed_records([["a"], ["b", "c"]], 1)
    assert packed_records([], 3).columns.shape == (3, 0)


NASTY = st.text(st.sampled_from("a1,;\"\n\r\ufeff\x00 \u200c='é"), max_size=60)


@given(NASTY, st.integers(1, 3))
def test_the_size_of_a_batch_and_of_a_piece_changes_nothing(text, size):
    """Whatever the text holds: same cells, lines, notes and problems, read whole or cut into small pieces."""
    whole = read_delimited(text, file="x.csv", delimiter=",")
    with pytest.MonkeyPatch.context() as patch:
        for module in ("balint_eval.ingest.delimited", "balint_eval.ingest.packed"):
            patch.setattr(f"{module}.BATCH", size)
        patch.setattr("balint_eval.ingest.delimited.PIECE", size)
        cut = read_delimited(text, file="x.csv", delimiter=",")
    assert list(cut.records) == list(whole.records)
    assert (cut.lines, cut.notes, cut.problems) == (whole.lines, whole.notes, whole.problems)


@given(NASTY)
def test_quotation_marks_make_no_difference_where_there_are_none(text):
    """The two ways of reading, with and without quotation marks, agree on a text that has none."""
    plain = text.replace('"', "")
    fast = read_delimited(plain, file="x.csv", delimiter=",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_read_unquoted", delimited._read_quoted)
        strict = read_delimited(plain, file="x.csv", delimiter=",")
    assert list(fast.records) == list(strict.records)
    assert (fast.lines, fast.notes, fast.problems) == (strict.lines, strict.notes, strict.problems)


@given(NASTY)
def test_cells_are_those_of_the_csv_module(text):
    plain = text.replace("\x00", "").replace("'", "")
    try:
        expected = list(csv.reader(io.StringIO(plain, newline=""), strict=True))
    except csv.Error:
        return
    grid = read_delimited(plain, file="x.csv", delimiter=",")
    kept = [record for record in expected if not blank_record(record)]
    if any("last column" in note for note in grid.notes):
        kept = [record[:-1] for record in kept]
    if not plain.casefold().lstrip('"').startswith("sep="):
        assert list(grid.records) == kept


def test_a_packed_file_takes_eight_bytes_a_cell():
    rows = "\n".join(f"P{n},3,strongly agree" for n in range(3000))
    grid = read_delimited(f"id,q1,q2\n{rows}\n", file="x.csv")
    assert isinstance(grid.records, PackedRecords)
    assert grid.records.columns.dtype == np.dtype(object)
    assert len({id(cell) for cell in itertools.islice(grid.records.columns[2], 1, None)}) == 1

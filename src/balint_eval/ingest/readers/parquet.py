"""Parquet files, with the extra `parquet`: columns that carry their types, as the text a person would see.

Apache Arrow (pyarrow) reads the bytes; its own names stop in this file. Each different value of a column is turned
into text once, so that a long file costs little more than its different values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.cell_text import EXACT_DIGITS, plain_number
from balint_eval.ingest.control import control_notes, control_problems, has_control
from balint_eval.ingest.grid import Grid, counted, escaped, listed
from balint_eval.ingest.packed import PackedRecords
from balint_eval.ingest.readers.explained import Explained, long_notes, moment_notes
from balint_eval.ingest.source import CELLS_AT_MOST, UNPACKED_AT_MOST
from balint_eval.ingest.text import is_blank

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC = b"PAR1"
SINGLE_DIGITS = 7
"""Digits that single precision holds."""
_MIDNIGHT = " 00:00:00"


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    texts: NDArray[np.object_]
    """The different texts among the cells; the last is `""`."""
    places: NDArray[np.integer[Any]]
    """Of each cell its text."""
    moments: bool = False
    zoned: bool = False
    long: bool = False


def is_parquet(content: bytes) -> bool:
    """Tell a Parquet file by its first bytes."""
    return content.startswith(MAGIC)


def read_parquet(content: bytes, *, file: str) -> Explained:
    """Read a Parquet file.

    Parameters
    ----------
    content : bytes
    file : str
        As shown to people.

    Returns
    -------
    Explained
        Whole numbers without a point, others with at most 15 digits (7 where they are stored in single precision),
        dates and times in ISO form (those with a time zone in UTC, and so marked), truth values as `TRUE` and
        `FALSE`, null and NaN as `""`.

    Raises
    ------
    DataError
        IN-PARQUET (pyarrow is lacking, the file is damaged or cut off, a column holds more than a value a cell) or
        IN-BOMB.
    """
    columns = _stored(content, file)
    names = [column.name for column in columns]
    white = (at for at, column in enumerate(columns) if any(text and is_blank(text) for text in column.texts))
    lines = list(range(len(columns[0].places) + 1)) if columns else []
    cells = np.empty((len(columns), len(lines)), dtype=object)
    for at, column in enumerate(columns):
        cells[at, 0] = column.name
        np.take(column.texts, column.places, out=cells[at, 1:])
    records = PackedRecords(cells, frozenset(white))
    controlled = has_control("".join(names)) or any(has_control("".join(column.texts)) for column in columns)
    grid = Grid(
        file=file,
        records=records,
        lines=lines,
        problems=tuple(control_problems(records, lines, file)) if controlled else (),
    )
    notes = [*_notes(columns), *(control_notes(records, lines) if controlled else ())]
    return Explained(grid=grid, labels={}, choices={}, notes=tuple(notes))


def _stored(content: bytes, file: str) -> list[_Column]:
    """Give the columns of the file."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise DataError(_without_arrow(file)) from None
    try:
        stored = pq.ParquetFile(pa.BufferReader(content))
        _refuse_too_large(stored.metadata, file)
        _refuse_nested(stored.schema_arrow, file)
        texts = [one.name for one in stored.schema_arrow if _is_text(one.type) or _is_binary(one.type)]
        # Texts stay as the file packs them: unpacked, few bytes could say a great many.
        packed = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts, page_checksum_verification=True)
        table = packed.read(use_threads=False)
        table.validate(full=True)
        return [_column(name, values) for name, values in zip(table.column_names, table.columns, strict=True)]
    except (pa.ArrowException, OSError, ValueError, MemoryError):
        raise DataError(_damaged(file)) from None


def _refuse_too_large(about: pq.FileMetaData, file: str) -> None:
    """Refuse what would not fit into memory, before any of it is unpacked."""
    groups = range(about.num_row_groups)
    unpacked = sum(about.row_group(group).total_byte_size for group in groups)
    if about.num_rows * max(about.num_columns, 1) <= CELLS_AT_MOST and unpacked <= UNPACKED_AT_MOST:
        return
    size = f"{about.num_rows} rows of {counted(about.num_columns, 'column')}"
    what = f"the file says it holds {size}, which would not fit into memory"
    raise DataError(Problem("IN-BOMB", what, "save it in parts, such as one file a cohort", file))


def _refuse_nested(schema: pa.Schema, file: str) -> None:
    """Refuse columns whose cells are no single value, all at once."""
    found = [(one.name, one.type) for one in schema if not _is_plain(one.type)]
    problems = [
        Problem(
            "IN-PARQUET",
            f"the cells of this column are of the type {escaped(str(kind))}, and not one text, number, date or time",
            "save a column for each value, or leave the column out",
            file,
            column=escaped(name),
        )
        for name, kind in found
    ]
    if problems:
        raise DataError(problems)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    of = pa.types
    if of.is_dictionary(kind):
        return _is_plain(kind.value_type)
    known = (of.is_boolean, of.is_integer, of.is_floating, of.is_decimal, of.is_date, of.is_time, of.is_timestamp)
    return _is_text(kind) or _is_binary(kind) or of.is_null(kind) or any(asks(kind) for asks in known)


def _column(name: str, values: pa.ChunkedArray) -> _Column:
    """Turn one column into text; each different value is asked once."""
    import pyarrow as pa

    of = pa.types
    if of.is_float16(values.type) or of.is_null(values.type):
        # Arrow cannot list the different values of these two.
        values = values.cast(pa.float32() if of.is_float16(values.type) else pa.string())
    whole = _encoded(values)
    kind = whole.type.value_type
    texts = [*_texts(whole.dictionary), ""]
    places = whole.indices
    if places.null_count:
        places = places.cast(pa.int64()).fill_null(len(texts) - 1)
    numbers = [value for value in whole.dictionary.to_pylist() if value is not None] if of.is_floating(kind) else []
    return _Column(
        name=name,
        texts=np.array(texts, dtype=object),
        places=places.to_numpy(zero_copy_only=False),
        moments=of.is_date(kind) or of.is_time(kind) or of.is_timestamp(kind),
        zoned=of.is_timestamp(kind) and kind.tz is not None,
        long=any(abs(value) >= 10**EXACT_DIGITS for value in numbers),
    )


def _encoded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """Give a column as its different values and, for each cell, which of them it holds."""
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        return values.unify_dictionaries().combine_chunks()
    if isinstance(values := values.combine_chunks(), pa.ChunkedArray):
        raise TypeError("a column of so many bytes is refused before")
    return values.dictionary_encode(null_encoding="encode")


def _texts(values: pa.Array) -> list[str]:
    """Give each different value of a column as text."""
    import pyarrow as pa

    kind = values.type
    if pa.types.is_timestamp(kind):
        return _moments(values)
    if _is_binary(kind):
        # Writers of long ago do not mark their texts as such; bytes that are no UTF-8 end here.
        values = values.cast(pa.string())
    say = _speaker(kind)
    return ["" if value is None else say(value) for value in values.to_pylist()]


def _speaker(kind: pa.DataType) -> Callable[[Any], str]:
    """Give the function that says a value of a column, by the column's type."""
    import pyarrow as pa

    of = pa.types
    if of.is_boolean(kind):
        return lambda value: str(value).upper()
    if of.is_floating(kind):
        return partial(_number, digits=SINGLE_DIGITS if of.is_float32(kind) else EXACT_DIGITS)
    if of.is_decimal(kind):
        return lambda value: f"{value.normalize():f}"
    if of.is_time(kind):
        return lambda value: str(value.isoformat("seconds"))
    return str


def _number(value: float, digits: int) -> str:
    if math.isnan(value):
        return ""
    return plain_number(value) if digits == EXACT_DIGITS else plain_number(float(format(value, f".{digits}g")))


def _moments(values: pa.Array) -> list[str]:
    """Give moments to the second, as days where every one is a midnight without time zone."""
    found = values.to_numpy(zero_copy_only=False)
    seconds = (found + np.timedelta64(500, "ms")).astype("datetime64[s]")
    texts = ["" if np.isnat(one) else str(one).replace("T", " ") for one in seconds]
    if values.type.tz is not None:
        return [text and f"{text}+00:00" for text in texts]
    days = all(text.endswith(_MIDNIGHT) for text in texts if text)
    return [text.removesuffix(_MIDNIGHT) for text in texts] if days else texts


def _notes(columns: Sequence[_Column]) -> Iterator[str]:
    yield "Read as a Parquet file; rows are counted from 1, without a row of names."
    yield from moment_notes([column.name for column in columns if column.moments])
    if zoned := [escaped(column.name, 30) for column in columns if column.zoned]:
        yield f"Times with a time zone, which the file keeps in UTC, stand in column {listed(zoned)}."
    yield from long_notes([column.name for column in columns if column.long])


def _without_arrow(file: str) -> Problem:
    what = "this is a Parquet file, and the package that reads it is not installed"
    mend = "run `pip install pyarrow`, or export the answers as CSV"
    return Problem("IN-PARQUET", what, mend, file)


def _damaged(file: str) -> Problem:
    what = "this begins like a Parquet file and cannot be read as one: it is damaged, cut off or encrypted"
    return Problem("IN-PARQUET", what, "copy or save it again, or export CSV", file)

"""Parquet files, with the extra `parquet`: typed columns, as the text of a CSV file of the same table.

Apache Arrow (pyarrow) reads the bytes; its own names stop in this file. Each different value of a column is turned
into text once, so that a long file costs little more than its different values.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.cell_text import EXACT_DIGITS, plain_number
from balint_eval.ingest.control import control_notes, control_problems, has_control
from balint_eval.ingest.delimited import blank_notes, drop_empty_last
from balint_eval.ingest.grid import Grid, column_shown, counted, escaped, letter, listed
from balint_eval.ingest.packed import PackedRecords
from balint_eval.ingest.source import UNPACKED_AT_MOST
from balint_eval.ingest.text import is_blank

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC = b"PAR1"
CELL_BYTES = 8
"""What a cell takes in memory, beside its text."""
ROWS_AT_ONCE, ROWS_OF_GROWING_TEXT = 65_536, 1_024
"""Rows read before the bytes are counted; fewer where a text may be packed as a small change of the one before."""
_DAY = 86_400
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31, in days since 1970."""
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


class _Unreadable(ValueError):
    """Why a column cannot be read, and what to do."""


@dataclass(frozen=True, kw_only=True)
class _Column:
    texts: NDArray[np.object_]
    """The different texts among the cells; the last is `""`."""
    places: NDArray[np.integer[Any]]
    """Of each cell its text."""
    moments: bool
    zoned: bool
    long: bool


def is_parquet(content: bytes) -> bool:
    """Tell a Parquet file by its first bytes."""
    return content.startswith(MAGIC)


def read_parquet(content: bytes, *, file: str) -> Grid:
    """Read a Parquet file.

    Parameters
    ----------
    content : bytes
    file : str
        As shown to people.

    Returns
    -------
    Grid
        The names are row 1, as in a CSV file. Whole numbers are without a point, others have at most 15 digits (as
        few as tell them apart where they are stored in less precision), dates and times are in ISO form to the second
        (those with a time zone in UTC, and so marked), truth values `TRUE` and `FALSE`, null and NaN `""`.

    Raises
    ------
    DataError
        IN-PARQUET (pyarrow is lacking, the file is damaged or cut off, a column cannot be read as one text, number,
        date or time a cell) or IN-BOMB.
    """
    table = _stored(content, file)
    names = [str(name) for name in table.column_names]
    columns = _columns(table, names, file)
    filled = _filled(columns, table.num_rows)
    kept = slice(None) if filled.all() else np.flatnonzero(filled)
    lines = [1, *(np.arange(2, table.num_rows + 2)[kept]).tolist()] if columns else []
    cells = np.empty((len(columns), len(lines)), dtype=object)
    for at, (name, column) in enumerate(zip(names, columns, strict=True)):
        cells[at, 0] = name
        np.take(column.texts, column.places[kept], out=cells[at, 1:])
    white = (at for at, column in enumerate(columns) if any(map(_white, column.texts)))
    records, dropped = drop_empty_last(PackedRecords(cells, frozenset(white)))
    controlled = has_control("".join(names)) or any(has_control("".join(column.texts)) for column in columns)
    notes = [*_notes(columns), *blank_notes((np.flatnonzero(~filled) + 2).tolist()), *dropped]
    notes += control_notes(records, lines) if controlled else []
    problems = control_problems(records, lines, file) if controlled else []
    return Grid(file=file, records=records, lines=lines, notes=tuple(notes), problems=tuple(problems))


def _white(text: str) -> bool:
    return bool(text) and not text.isalnum() and is_blank(text)


def _filled(columns: Sequence[_Column], rows: int) -> NDArray[np.bool_]:
    """Tell which rows hold something; columns of few different texts are asked first, and mostly are enough."""
    filled = np.zeros(rows, dtype=bool)
    for column in sorted(columns, key=lambda column: len(column.texts)):
        if filled.all():
            break
        filled |= np.array([not is_blank(text) for text in column.texts])[column.places]
    return filled


def _stored(content: bytes, file: str) -> pa.Table:
    """Give what the file holds, repeated texts held once."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise DataError(_without_arrow(file)) from None
    try:
        about = pq.ParquetFile(pa.BufferReader(content))
        _refuse_too_large(about.metadata, file)
        _refuse_strange(about.schema_arrow, file)
        texts = [one.name for one in about.schema_arrow if _is_text(one.type)]
        try:
            # Texts stay as the file packs them: unpacked, few bytes could say a great many.
            return _read(content, file, texts, ROWS_AT_ONCE)
        except OSError:
            # Arrow cannot keep texts that are packed as changes of the texts before, and finds that out while it reads.
            return _read(content, file, [], ROWS_OF_GROWING_TEXT)
    except (pa.ArrowException, OSError, ValueError, MemoryError, ArithmeticError):
        raise DataError(_damaged(file)) from None


def _read(content: bytes, file: str, packed: list[str], rows: int) -> pa.Table:
    """Read so many rows at a time, some columns of texts packed, and count the bytes on the way."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stored = pq.ParquetFile(pa.BufferReader(content), read_dictionary=packed, page_checksum_verification=True)
    batches, size = [], 0
    for batch in stored.iter_batches(rows, use_threads=False):
        size += batch.nbytes
        if size > UNPACKED_AT_MOST:
            raise DataError(_too_large(stored.metadata, file))
        batches.append(batch)
    return pa.Table.from_batches(batches, batches[0].schema if batches else stored.schema_arrow)


def _refuse_too_large(about: pq.FileMetaData, file: str) -> None:
    """Refuse what would not fit into memory, before any of it is unpacked."""
    unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    if max(about.num_rows * max(about.num_columns, 1) * CELL_BYTES, unpacked) > UNPACKED_AT_MOST:
        raise DataError(_too_large(about, file))


def _refuse_strange(schema: pa.Schema, file: str) -> None:
    """Refuse columns whose cells are no single value that is read, all at once."""
    import pyarrow as pa

    problems = []
    for at, one in enumerate(schema):
        if not _is_plain(one.type):
            what = f"the cells of this column are of the type {escaped(str(one.type))}, which is not read"
            nested = pa.types.is_nested(one.type)
            mend = f"save {'a column for each of its values' if nested else 'the column as text'}, or leave it out"
            problems.append(Problem("IN-PARQUET", what, mend, file, column=column_shown(one.name, at)))
    if problems:
        raise DataError(problems)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    of = pa.types
    known = (of.is_string, of.is_large_string, of.is_string_view, of.is_binary, of.is_large_binary)
    return any(asks(kind) for asks in known)


def _is_uuid(kind: pa.DataType) -> bool:
    return getattr(kind, "extension_name", "") == "arrow.uuid"


def _is_plain(kind: pa.DataType) -> bool:
    import pyarrow as pa

    of = pa.types
    if of.is_dictionary(kind):
        return _is_plain(kind.value_type)
    known = (of.is_boolean, of.is_integer, of.is_floating, of.is_decimal, of.is_date, of.is_time, of.is_timestamp)
    return _is_text(kind) or of.is_null(kind) or _is_uuid(kind) or any(asks(kind) for asks in known)


def _columns(table: pa.Table, names: Sequence[str], file: str) -> list[_Column]:
    """Turn the columns into text, or refuse all that cannot be."""
    import pyarrow as pa

    columns, problems = [], []
    for at, (name, values) in enumerate(zip(names, table.columns, strict=True)):
        try:
            columns.append(_column(values))
        except _Unreadable as reason:
            problems.append(_unreadable(str(reason), file, column_shown(name, at)))
        except (pa.ArrowException, ValueError):
            what = "some of its texts are not in UTF-8, or it is damaged"
            problems.append(_unreadable(what, file, column_shown(name, at)))
    if problems:
        raise DataError(problems)
    return columns


def _column(values: pa.ChunkedArray) -> _Column:
    """Turn one column into text; each different value is asked once."""
    import pyarrow as pa

    of, stored = pa.types, values.type
    if _is_text(stored) or of.is_dictionary(stored):
        values.validate(full=True)
    whole = _encoded(values)
    kind = whole.type.value_type
    texts = [*_texts(whole.dictionary, stored), ""]
    places = whole.indices
    if places.null_count:
        places = places.cast(pa.int64()).fill_null(len(texts) - 1)
    return _Column(
        texts=np.array(texts, dtype=object),
        places=places.to_numpy(zero_copy_only=False),
        moments=of.is_date(kind) or of.is_time(kind) or of.is_timestamp(kind),
        zoned=of.is_timestamp(kind) and kind.tz is not None,
        long=of.is_floating(kind) and _is_long(whole.dictionary, stored),
    )


def _encoded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """Give a column as its different values and, for each cell, which of them it holds."""
    import pyarrow as pa

    of, kind = pa.types, values.type
    if of.is_dictionary(kind):
        # Pieces with categories of their own may have more of them together than their small indices can count.
        wide = values.cast(pa.dictionary(pa.int32(), kind.value_type))
        return wide.unify_dictionaries().combine_chunks()
    if _is_uuid(kind):
        values = pa.chunked_array([chunk.storage for chunk in values.chunks], kind.storage_type)
    elif of.is_float16(kind) or of.is_null(kind) or of.is_string_view(kind):
        # Arrow cannot list the different values of these.
        values = values.cast(pa.float32() if of.is_float16(kind) else pa.string())
    whole = values.combine_chunks()
    return whole.dictionary_encode(null_encoding="encode")


def _is_long(values: pa.Array, stored: pa.DataType) -> bool:
    """Tell whether numbers have more digits than their type holds."""
    import pyarrow as pa

    of = pa.types
    exact = 2.0**11 if of.is_float16(stored) else 2.0**24 if of.is_float32(values.type) else 10.0**EXACT_DIGITS
    found = values.drop_null().to_numpy(zero_copy_only=False)
    return bool(np.any(np.isfinite(found) & (np.abs(found) > exact)))


def _texts(values: pa.Array, stored: pa.DataType) -> list[str]:
    """Give each different value of a column as text; `stored` is the column's type in the file."""
    import pyarrow as pa

    of, kind = pa.types, values.type
    if of.is_date(kind) or of.is_timestamp(kind):
        return _moments(values)
    if of.is_time(kind):
        return [_clock(ticks, _PER_SECOND[kind.unit]) for ticks in _ticks(values)]
    if of.is_binary(kind) or of.is_large_binary(kind):
        # Writers of long ago do not mark their texts as such; bytes that are no UTF-8 end here.
        values = values.cast(pa.string())
    say = _speaker(kind, stored)
    return ["" if value is None else say(value) for value in values.to_pylist()]


def _speaker(kind: pa.DataType, stored: pa.DataType) -> Callable[[Any], str]:
    """Give the function that says a value of a column, by the column's type."""
    import pyarrow as pa

    of = pa.types
    known: tuple[tuple[bool, Callable[[Any], str]], ...] = (
        (of.is_boolean(kind), lambda value: str(value).upper()),
        (of.is_float16(stored), partial(_short, kind=np.float16)),
        (of.is_float32(kind), partial(_short, kind=np.float32)),
        (of.is_floating(kind), lambda value: "" if np.isnan(value) else plain_number(value)),
        (of.is_decimal(kind), _decimal),
        (_is_uuid(stored), lambda value: str(uuid.UUID(bytes=value))),
    )
    return next((say for fits, say in known if fits), str)


def _short(value: float, kind: type[np.floating[Any]]) -> str:
    """Give a number of less precision with as few digits as tell it apart from its neighbours."""
    if np.isnan(value):
        return ""
    if np.isinf(value) or value == int(value):
        return plain_number(value)
    return np.format_float_positional(kind(value), trim="-")


def _decimal(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _ticks(values: pa.Array) -> list[int | None]:
    """Give dates and times as the whole numbers that the file holds."""
    import pyarrow as pa

    narrow = pa.types.is_date32(values.type) or pa.types.is_time32(values.type)
    ticks: list[int | None] = values.cast(pa.int32() if narrow else pa.int64()).to_pylist()
    return ticks


def _moments(values: pa.Array) -> list[str]:
    """Give moments to the second, as days where every one is a midnight without time zone."""
    import pyarrow as pa

    kind, ticks = values.type, _ticks(values)
    if pa.types.is_date32(kind):
        seconds = [None if tick is None else tick * _DAY for tick in ticks]
    else:
        unit = _PER_SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
        seconds = [None if tick is None else tick // unit for tick in ticks]
    known = [second for second in seconds if second is not None]
    if any(not _FIRST_DAY <= second // _DAY <= _LAST_DAY for second in known):
        raise _Unreadable("it holds a date outside of the years 1 to 9999")
    zone = getattr(kind, "tz", None)
    if zone is None and all(second % _DAY == 0 for second in known):
        return ["" if second is None else str(np.datetime64(second // _DAY, "D")) for second in seconds]
    offset = "" if zone is None else "+00:00"
    return ["" if one is None else str(np.datetime64(one, "s")).replace("T", " ") + offset for one in seconds]


def _clock(ticks: int | None, per_second: int) -> str:
    if ticks is None:
        return ""
    minutes, seconds = divmod(ticks // per_second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _notes(columns: Sequence[_Column]) -> list[str]:
    said = (
        ("Dates and times given in ISO form, to the second,", [column.moments for column in columns]),
        ("Times with a time zone, which the file keeps in UTC, stand", [column.zoned for column in columns]),
        (
            "Numbers with more digits than their type holds, of which the end may be lost, stand",
            [c.long for c in columns],
        ),
    )
    found = [(what, [letter(at) for at, is_so in enumerate(which) if is_so]) for what, which in said]
    first = "Read as a Parquet file; the names count as row 1, as in a CSV file."
    return [first, *(f"{what} in column {listed(letters)}." for what, letters in found if letters)]


def _without_arrow(file: str) -> Problem:
    what = "this is a Parquet file, and the package that reads it is not installed"
    return Problem("IN-PARQUET", what, "run `pip install pyarrow`, or export the answers as CSV", file)


def _damaged(file: str) -> Problem:
    what = "this Parquet file cannot be read: it is damaged, cut off, encrypted or packed in a rare way"
    return Problem("IN-PARQUET", what, "copy it again, save it again without special settings, or export CSV", file)


def _unreadable(reason: str, file: str, column: str) -> Problem:
    what = f"this column cannot be read: {reason}"
    return Problem("IN-PARQUET", what, "save the column as text in UTF-8, or leave it out", file, column=column)


def _too_large(about: pq.FileMetaData, file: str) -> Problem:
    size = f"{about.num_rows} rows of {counted(about.num_columns, 'column')}"
    what = f"the file says it holds {size}, which would not fit into memory"
    return Problem("IN-BOMB", what, "save it in parts, such as one file a cohort", file)

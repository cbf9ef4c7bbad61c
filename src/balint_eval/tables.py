r"""The contracts of the tables that flow between stages: columns, kinds and keys.

Tables are CSV (people open, compare and archive them): sorted by key, `\n` line ends, floats at full
precision, blank for missing. A path that ends in `.parquet` is written as parquet where pyarrow is present.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from balint_eval.errors import DataError, EnvironmentProblem, Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

TEXT, INTEGER, NUMBER, FLAG = "text", "integer", "number", "flag"
_HELD_AS = {INTEGER: "int64", NUMBER: "float64"}
ALL_COHORTS = "all"
PART = ".part"
"""End of the names of files that are not yet whole."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OF_THE_DISK = (*FULL, errno.EROFS, errno.EACCES, errno.EPERM)
_SMALL = 1_000
"""Rows up to which Python sorts a table faster than pandas."""
# A text that already begins with quotes before such a sign gets one more, so that reading gives it back exactly.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract: its name, kind and meaning."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One contract: a table's columns in order, and how many of the first form its key."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    open_ended: bool = False
    """Further columns declared in the study (covariates) may follow."""
    of_study: bool = True
    """Whether every study's results hold it."""

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]


def _read_contracts() -> dict[str, Table]:
    text = files("balint_eval").joinpath("contracts.yaml").read_text(encoding="utf-8")
    return {name: _contract(name, entry) for name, entry in yaml.load(text, yaml.CSafeLoader).items()}


def _contract(name: str, entry: Mapping[str, Any]) -> Table:
    columns = tuple(Column(*column) for column in entry["columns"])
    flags = {flag: bool(entry[flag]) for flag in ("open_ended", "of_study") if flag in entry}
    return Table(name, tuple(entry["key"]), columns, **flags)


CONTRACTS: Mapping[str, Table] = _read_contracts()
TABLES: Mapping[str, Table] = {name: table for name, table in CONTRACTS.items() if table.of_study}
"""The tables of a study's results."""


def check_table(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Hold a frame to its contract and give it in the contract's column order, sorted by key.

    Parameters
    ----------
    frame : pandas.DataFrame
        Must hold every column of the contract; extra columns only where it is open-ended.
    name : str
        Table name, a key of `CONTRACTS`.

    Returns
    -------
    pandas.DataFrame
        Typed copy with a fresh index.

    Raises
    ------
    DataError
        Missing or unknown columns, a key that is not unique, or text where a number belongs.
    """
    table, given = CONTRACTS[name], list(frame.columns)
    problems = _column_problems(given, table)
    if problems:
        raise DataError(problems)
    typed = _typed(frame, table)
    rows, is_twice = _order_by_key(typed, table)
    if is_twice:
        raise DataError(Problem("TAB-KEY", f"the table '{name}' holds a key ({', '.join(table.key)}) twice"))
    return (typed if rows is None else typed.take(rows)).reset_index(drop=True)


def _order_by_key(frame: pd.DataFrame, table: Table) -> tuple[NDArray[np.intp] | None, bool]:
    """Give the places of the rows sorted by key, nothing where they are sorted, and whether a key stands twice."""
    import numpy as np

    key = list(table.key)
    if len(frame) > _SMALL or any(column.kind == NUMBER for column in table.columns if column.name in key):
        places = frame[key].set_axis(np.arange(len(frame))).sort_values(key, kind="stable").index
        return places.to_numpy(), bool(frame.duplicated(key).any())
    # Most tables hold some dozen rows, for which sorting them by name costs a hundredth of what pandas needs to begin.
    keys = list(zip(*(frame[column].tolist() for column in key), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    is_sorted = all(place == at for at, place in enumerate(order))
    return None if is_sorted else np.array(order, dtype=np.intp), len(set(keys)) < len(keys)


def _column_problems(given: Sequence[object], table: Table) -> list[Problem]:
    lacks, unknown = f"the table '{table.name}' lacks the column", f"the table '{table.name}' has no column"
    names, found = table.names, set(given)
    problems = [_column_problem(lacks, name) for name in names if name not in found]
    if not table.open_ended and found - set(names):
        problems += [_column_problem(unknown, str(n)) for n in given if n not in names]
    return problems


def _column_problem(what: str, name: str) -> Problem:
    return Problem("TAB-COLUMN", f"{what} '{name}'")


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Give the columns in the order of the contract, each of its kind; the frame itself where they are."""
    import pandas as pd

    names, given = table.names, list(frame.columns)
    kinds = {column.name: column.kind for column in table.columns}
    order = [*names, *(column for column in given if column not in kinds)]
    held = dict(frame.items())
    typed = {name: _as_kind(held[name], kinds.get(str(name), TEXT), table.name) for name in order}
    if order == given and all(values is held[name] for name, values in typed.items()):
        return frame
    return pd.DataFrame(typed, index=frame.index)


def _as_kind(values: pd.Series, kind: str, table: str) -> pd.Series:
    if kind in {INTEGER, NUMBER}:
        return _as_number(values, kind, table)
    return _as_flag(values) if kind == FLAG else _as_text(values)


def _as_flag(values: pd.Series) -> pd.Series:
    if values.dtype == bool:
        return values
    return values.map(lambda value: str(value).casefold() == "true").astype(bool)


def _as_text(values: pd.Series) -> pd.Series:
    import pandas as pd

    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=False) == "string":
        return values
    if isinstance(values.dtype, pd.StringDtype):
        # One pass where the general way below takes four: every stage holds every table to its contract.
        return pd.Series(values.to_numpy(dtype=object, na_value=""), index=values.index, name=values.name, dtype=object)
    return values.astype(object).where(values.notna(), "").map(str).astype(object)


def _as_number(values: pd.Series, kind: str, table: str) -> pd.Series:
    if values.dtype == _HELD_AS[kind]:
        return values
    try:
        held = values.dtype in ("float64", "int64")
        numbers = (values if held else values.map(float, na_action="ignore")).astype("float64")
        return numbers if kind == NUMBER else _whole(numbers)
    except (TypeError, ValueError):
        what = f"the column '{values.name}' of the table '{table}' holds what is no {kind}"
        raise DataError(Problem("TAB-KIND", what, "run the stage before again")) from None


def _whole(numbers: pd.Series) -> pd.Series:
    filled = numbers.fillna(0)
    if (filled % 1 != 0).any():
        raise ValueError
    return filled.astype("int64")


def empty_table(name: str) -> pd.DataFrame:
    """Give a table of the contract without rows."""
    return _empty_table(name).copy()


@cache
def _empty_table(name: str) -> pd.DataFrame:
    import pandas as pd

    return check_table(pd.DataFrame(columns=CONTRACTS[name].names, dtype=object), name)


def read_table(path: Path | str, name: str) -> pd.DataFrame:
    """Read a table that a stage wrote, and hold it to its contract.

    Raises
    ------
    DataError
        The file is missing or breaks the contract.
    """
    import pandas as pd

    path = Path(path)
    if not path.is_file():
        raise DataError(Problem("TAB-MISSING", f"the table '{name}' is not there", "run the stage before", str(path)))
    if path.suffix == ".parquet":
        return check_table(pd.read_parquet(path), name)
    read = pd.read_csv(path, dtype=object, keep_default_na=False, na_values={}, encoding="utf-8")
    kinds = {column.name: column.kind for column in CONTRACTS[name].columns}
    return check_table(read.apply(lambda values: _as_read(values, kinds.get(str(values.name), TEXT))), name)


def _as_read(values: pd.Series, kind: str) -> pd.Series:
    """Take quotes off texts and make numbers of cells, each different cell once: a column has few."""
    import numpy as np
    import pandas as pd

    places, cells = pd.factorize(values.to_numpy(dtype=object))
    texts = [str(as_written(cell)) for cell in cells]
    if kind not in {INTEGER, NUMBER}:
        return pd.Series(np.array(texts, dtype=object)[places], index=values.index, name=values.name, dtype=object)
    try:
        # Python's own reading of a number gives back the very bits that were written.
        numbers = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
    except ValueError:
        # What is no number is told by the contract.
        return values
    return pd.Series(numbers[places], index=values.index, name=values.name)


def write_table(frame: pd.DataFrame, path: Path | str, name: str) -> None:
    """Hold a frame to its contract and write it atomically.

    Raises
    ------
    DataError
        The frame breaks the contract.
    EnvironmentProblem
        The file cannot be written.
    """
    checked = check_table(frame, name)
    if Path(path).suffix == ".parquet":
        write_bytes(Path(path), checked.to_parquet(index=False))
        return
    write_text(Path(path), neutralised(checked).to_csv(index=False, lineterminator="\n"))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as dictionaries of Python's own numbers and texts."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype=object).tolist()]


def person_of(person_id: pd.Series) -> pd.Series:
    """Give the person a row belongs to: a rating `P1#3` belongs to `P1`."""
    return person_id.str.split("#").str[0]


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """Put a quote before text a spreadsheet would run as a formula (OWASP ASVS 1.2.10)."""
    result = frame.copy()
    for name in result.columns[[not _is_plain(result[column]) for column in result.columns]]:
        # Of a column's few different cells mostly none is to be changed.
        if any(harmless(cell) is not cell for cell in result[name].unique()):
            result[name] = result[name].map(harmless)
    return result


def _is_plain(values: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(values)


def harmless(value: object) -> object:
    """Put a quote before a text a spreadsheet would run as a formula; other values are given back."""
    if not isinstance(value, str):
        return value
    # A lone carriage return would stand unquoted in the file and end the row for every reader.
    text = value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(value: object) -> object:
    """Take the quote off again that `neutralised` put on."""
    return value[1:] if isinstance(value, str) and value.startswith("'") and _FORMULA.match(value) else value


def write_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write UTF-8 text under a temporary name and move it into place."""
    write_bytes(path, text.encode("utf-8"), mode)


def write_bytes(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write bytes under a temporary name in the same folder and move them into place.

    Parameters
    ----------
    path : Path
    content : bytes
    mode : int
        Who may read and write the file, from its first moment under this name.

    Raises
    ------
    EnvironmentProblem
        Disk full, read-only folder or no permission; nothing is left under the final name.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise EnvironmentProblem(disk_problem(path, error)) from error


def remove_parts(folder: Path) -> int:
    """Remove the temporary files that a killed process left below a folder, and say how many there were."""
    found = [path for path in folder.rglob(f".*{PART}") if path.is_file()]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def disk_problem(path: Path | str, error: OSError, what: str = "this file") -> Problem:
    """Say in a sentence why something cannot be written: WF-DISKFULL or WF-READONLY."""
    if error.errno in FULL:
        mend = "free space, then give the same command again; it goes on from there"
        return Problem(
            "WF-DISKFULL", f"{what} cannot be written: the disk, or your share of it, is full", mend, str(path)
        )
    reason = (error.strerror or str(error)).lower()
    mend = "give yourself the right to write there, or choose another folder with --results"
    return Problem("WF-READONLY", f"{what} cannot be written ({reason})", mend, str(path))

"""What a platform's reader says about a grid: which rows are headers, what the columns are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, column_shown, escaped, letter, listed
from balint_eval.ingest.packed import PackedRecords, column_of
from balint_eval.ingest.text import is_blank, match_key, tidy_header

Reason = Callable[[Record], str]


def normal(_: Record) -> str:
    """Give the status of a response on a platform that has none."""
    return ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the records of one grid are to be understood.

    Attributes
    ----------
    platform : str
    names : list of str
        One a column, as in the file or as the platform composes them.
    header_rows : int
    labels, keys : mapping of column name to text
    choices : mapping of column name to a mapping of code to label
    started, ended : str
        Column names or `""`.
    time_zone : str
        Zone of the times, where the file says it.
    reason : callable
        From a record to its status, `""` for normal.
    recoded : mapping of column name to a mapping of text to text
        Cells to be read as another text, such as a label as its code.
    joined : mapping of column name to positions
        Further columns, each made of columns of which at most one is filled in a row: one question, a column an option.
    notes : tuple of str
    problems : tuple of Problem
    """

    platform: str
    names: list[str]
    header_rows: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    started: str = ""
    ended: str = ""
    time_zone: str = ""
    reason: Reason = normal
    recoded: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def tidy_names(grid: Grid) -> list[str]:
    """Give the tidied names of the first record."""
    return [tidy_header(cell) for cell in grid.header]


def count_cells(records: Sequence[Record], texts: Collection[str], positions: Iterable[int]) -> int:
    """Count the cells of some columns that are one of some texts; whole columns at a time, since files are long."""
    if isinstance(records, PackedRecords):
        columns = (column_of(records, at) for at in positions if at < records.width)
        return sum(column.count(text) for column in columns for text in texts)
    wanted = set(positions)
    return sum(cell in texts for record in records for at, cell in enumerate(record) if at in wanted)


def cells_at(records: Sequence[Record], position: int) -> list[str]:
    """Give the cells of one column, of those records that reach so far."""
    if isinstance(records, PackedRecords):
        return column_of(records, position) if position < records.width else []
    return [record[position] for record in records if position < len(record)]


def name_problems(names: list[str], file: str, row: int) -> list[Problem]:
    """Give HD-BLANK, HD-DUP and HD-NEARDUP for the names of a table, each with its positions."""
    blank = [_blank_name(position, file, row) for position, name in enumerate(names) if is_blank(name)]
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if not is_blank(name):
            groups.setdefault(match_key(name) or name, []).append(position)
    repeated = [positions for positions in groups.values() if len(positions) > 1]
    return blank + [_repeated(names, positions, file, row) for positions in repeated]


def _blank_name(position: int, file: str, row: int) -> Problem:
    what = f"column {letter(position)} has no name"
    return Problem("HD-BLANK", what, "give it a name, or delete the column", file, row, letter(position))


def _repeated(names: list[str], positions: list[int], file: str, row: int) -> Problem:
    spelled = {names[position] for position in positions}
    places = listed([letter(position) for position in positions])
    column = column_shown(names[positions[0]], positions[0])
    if len(spelled) == 1:
        what = f"{len(positions)} columns have one name: {places}"
        mend = "give each its own name, or export variable names instead of labels"
        return Problem("HD-DUP", what, mend, file, row, column)
    shown = listed([f"'{escaped(names[p], 60)}' ({letter(p)})" for p in positions])
    what = f"column names differ only by case, blanks or invisible characters: {shown}"
    return Problem("HD-NEARDUP", what, "give each a name that can be told apart", file, row, column)


def renamed_notes(raw: list[str], names: list[str]) -> list[str]:
    """Say which names had line breaks, double blanks or invisible characters."""
    changed = [letter(p) for p, (old, new) in enumerate(zip(raw, names, strict=True)) if old != new]
    if not changed:
        return []
    return [f"Line breaks, double blanks or invisible characters in column names tidied: {listed(changed)}."]

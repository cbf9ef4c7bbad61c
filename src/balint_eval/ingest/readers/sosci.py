"""SoSci Survey: variable names, a second row of question texts, columns about the interview at both ends.

Names of those columns and the values of MODE are those of the platform's manual (additional variables in the
data set).
"""

from __future__ import annotations

from collections.abc import Sequence

from balint_eval.ingest.grid import Grid, Record, listed
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header

META = frozenset(
    {"CASE", "SERIAL", "REF", "QUESTNNR", "MODE", "STARTED", "LASTDATA", "FINISHED", "Q_VIEWER", "LASTPAGE", "MAXPAGE",
     "MISSING", "MISSREL", "TIME_SUM", "TIME_RSI", "TIME001"}
)  # fmt: skip
MODES = {"interview": "", "pretest": "test", "debug": "test", "admin": "preview"}


def is_sosci(grid: Grid) -> bool:
    """Tell a SoSci Survey export by its case number and three more of its own columns."""
    names = {cell.strip() for cell in grid.header}
    return "CASE" in names and len(names & META) > 3


def arrange(grid: Grid) -> Layout:
    """Take variable names as they are; the texts of the second row are the labels.

    Notes
    -----
    FINISHED 0 is `unfinished`, MODE pretest or debug `test`, MODE admin `preview`.
    """
    names = tidy_names(grid)
    at = {name: place for place, name in enumerate(names) if name in META}
    rows = 2 if _has_texts(grid, at) else 1
    return Layout(
        platform="sosci",
        names=list(grid.header),
        header_rows=rows,
        labels=dict(zip(names, grid.records[1], strict=False)) if rows == 2 else {},
        started="STARTED" if "STARTED" in at else "",
        ended="LASTDATA" if "LASTDATA" in at else "",
        reason=lambda record: _reason(record, at),
        notes=tuple(_notes(grid.records[rows:], at)),
        problems=tuple(foreign_header(grid)),
    )


def _has_texts(grid: Grid, at: dict[str, int]) -> bool:
    """Tell the row of texts: a case number is a number, its text is not."""
    if len(grid.records) < 2 or "CASE" not in at:
        return False
    case = grid.records[1][at["CASE"] : at["CASE"] + 1]
    return not "".join(case).strip().isdigit()


def _value(record: Record, at: dict[str, int], name: str) -> str:
    place = at.get(name, len(record))
    return record[place].strip() if place < len(record) else ""


def _reason(record: Record, at: dict[str, int]) -> str:
    return MODES.get(_value(record, at, "MODE").casefold(), "") or (
        "unfinished" if _value(record, at, "FINISHED") in ("0", "FALSE") else ""
    )


def _notes(people: Sequence[Record], at: dict[str, int]) -> list[str]:
    modes = {_value(record, at, "MODE") for record in people} - {""}
    unknown = sorted(mode[:30] for mode in modes if mode.casefold() not in MODES)
    return [f"Values of MODE that are not known count as normal: {listed(unknown)}."] if unknown else []

"""A table with one header row, from whatever program: CSV, TSV or xlsx."""

from __future__ import annotations

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid
from balint_eval.ingest.readers.layout import Layout
from balint_eval.ingest.readers.qualtrics import import_id_row


def arrange(grid: Grid) -> Layout:
    """Take the first record as header; refuse a table that is a Qualtrics export (IN-HEADERROWS)."""
    return Layout(platform="plain", names=list(grid.header), problems=tuple(foreign_header(grid)))


def foreign_header(grid: Grid) -> list[Problem]:
    """Give IN-HEADERROWS where a row of ImportIds shows that the header has three rows."""
    found = import_id_row(grid)
    if found is None:
        return []
    what = "the row holds Qualtrics ImportIds, so the header has more than one row and texts would count as people"
    mend = "set `platform: qualtrics` (or `auto`) for this file"
    return [Problem("IN-HEADERROWS", what, mend, grid.file, grid.lines[found])]

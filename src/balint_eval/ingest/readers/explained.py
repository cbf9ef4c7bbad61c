"""A table whose file itself says what its columns are, as files of statistics programs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from balint_eval.ingest.grid import Grid, escaped, listed
from balint_eval.ingest.readers.layout import Layout


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A table and what its own file says of its columns.

    Attributes
    ----------
    grid : Grid
        Names on line 0, since no row of the file holds them; cases are counted from 1.
    labels : mapping of column to question text
    choices : mapping of column to a mapping of code to label
    notes : tuple of str
    """

    grid: Grid
    labels: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...]

    def arranged(self, layout: Layout) -> Layout:
        """Give what a platform's reader says of the grid, names and labels as the file has them."""
        return replace(
            layout,
            names=list(self.grid.header),
            header_rows=1,
            labels={**layout.labels, **self.labels},
            choices={**layout.choices, **self.choices},
        )


def long_notes(names: Sequence[str]) -> list[str]:
    """Name the columns with numbers that have more digits than their file can hold."""
    what = "Numbers longer than 15 digits, of which the file may have lost the end, stand in column"
    return [f"{what} {_shown(names)}."] if names else []


def moment_notes(names: Sequence[str]) -> list[str]:
    """Name the columns of dates and times that the file holds as numbers."""
    return [f"Dates and times given in ISO form in column {_shown(names)}."] if names else []


def _shown(names: Sequence[str]) -> str:
    return listed([escaped(name, 30) for name in names])

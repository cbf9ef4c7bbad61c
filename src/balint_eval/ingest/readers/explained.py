"""A table whose file itself says what its columns are, as files of statistics programs do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from balint_eval.ingest.grid import Grid
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

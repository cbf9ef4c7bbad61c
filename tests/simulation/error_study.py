"""Simulate studies in which nothing changes and count how often each method says that something did.

    python tests/simulation/error_study.py --replications 10000 --write docs/type_one_error.md

The seed is fixed: the same versions give the same page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coverage_intervals import METHODS, Intervals, hold_against_package
from error_cells import CELLS, SINGLE, Cell, simulate
from error_page import page
from tqdm import tqdm

SEED = 20265
PORTION = 500
CHECKED_PER_PORTION = 1


@dataclass(frozen=True)
class Row:
    """How often one method rejects in one cell, of the replications in which it gives a p-value."""

    cell: Cell
    method: str
    rejected: float
    without_p: float


def methods_for(cell: Cell) -> list[str]:
    """Name the methods that the package offers for a cell."""
    if cell.design == SINGLE:
        return ["ancova_cr2", "person_change_t"]
    if not cell.in_grid:
        return ["ancova_cr2", "group_means_t", "person_change_t"]
    return list(METHODS)


def run(
    cells: Sequence[Cell], replications: int, tell: Callable[[int], object] = lambda _: None
) -> tuple[list[Row], int]:
    """Simulate every cell.

    Returns
    -------
    rows : list of Row
    checked : int
        Tests that were computed one by one with the package's functions as well, and agreed.
    """
    rows, checked = list[Row](), 0
    for cell in cells:
        names = methods_for(cell)
        parts: dict[str, list[Intervals]] = {name: [] for name in names}
        sizes = [PORTION] * (replications // PORTION) + ([replications % PORTION] if replications % PORTION else [])
        seeds = np.random.SeedSequence([SEED, CELLS.index(cell)]).spawn(len(sizes))
        for size, seed in zip(sizes, seeds, strict=True):
            data = simulate(cell, np.random.default_rng(seed), size)
            found = {name: METHODS[name].many(data) for name in names}
            checked += hold_against_package(data, found, range(min(CHECKED_PER_PORTION, size)))
            for name in names:
                parts[name].append(found[name])
            tell(size)
        rows += [_row(cell, name, parts[name]) for name in names]
    return rows, checked


def _row(cell: Cell, name: str, parts: Sequence[Intervals]) -> Row:
    estimate, half_width = (np.concatenate(values) for values in zip(*parts, strict=True))
    given = np.isfinite(half_width)
    return Row(cell, name, float((np.abs(estimate) > half_width)[given].mean()), float((~given).mean()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study, print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=10_000, help="studies a cell")
    parser.add_argument("--write", type=Path, help="file to write; by default the page is printed")
    options = parser.parse_args(arguments)
    with tqdm(total=len(CELLS) * options.replications, unit="study", file=sys.stderr) as bar:
        rows, checked = run(CELLS, options.replications, bar.update)
    text = page(rows, options.replications, SEED, checked)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()

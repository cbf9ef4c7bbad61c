"""Simulate studies of the demo's design and count how often the intervals hold the truth.

    python tests/simulation/coverage_study.py --replications 10000 --write docs/coverage.md

The seed is fixed: the same versions give the same page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coverage_cells import CELLS, Cell, simulate, truths
from coverage_intervals import METHODS, BoolArray, Intervals, hold_against_package
from coverage_page import page
from tqdm import tqdm

SEED = 20261
PORTION = 500
CHECKED_PER_PORTION = 2


@dataclass(frozen=True)
class Row:
    """What one method does in one cell. Shares are of the replications that have an interval."""

    cell: Cell
    method: str
    coverage: float
    coverage_error: float
    bias: float
    bias_error: float
    width: float
    type_one: float
    type_one_error: float
    without_interval: float


def run(
    cells: Sequence[Cell], replications: int, tell: Callable[[int], object] = lambda _: None
) -> tuple[list[Row], int]:
    """Simulate every cell with the effect and without it.

    Parameters
    ----------
    cells : sequence of Cell
    replications : int
    tell : callable
        Told how many studies have been simulated since the last time.

    Returns
    -------
    rows : list of Row
    checked : int
        Intervals that were computed one by one as well, and agreed.
    """
    rows, checked = list[Row](), 0
    for cell in cells:
        # The draws of a cell hang on its place in the whole table, not on which cells are run.
        seeds = np.random.SeedSequence([SEED, CELLS.index(cell)]).spawn(2)
        (effect, some), (null, more) = (
            _many(cell, seed, replications, null=null, tell=tell)
            for seed, null in zip(seeds, (False, True), strict=True)
        )
        checked += some + more
        rows += [_row(cell, name, effect[name], null[name]) for name in METHODS]
    return rows, checked


def _many(
    cell: Cell, seed: np.random.SeedSequence, replications: int, *, null: bool, tell: Callable[[int], object]
) -> tuple[dict[str, Intervals], int]:
    portions, checked = [], 0
    sizes = [PORTION] * (replications // PORTION) + ([replications % PORTION] if replications % PORTION else [])
    for size, child in zip(sizes, seed.spawn(len(sizes)), strict=True):
        data = simulate(cell, np.random.default_rng(child), size, null=null)
        found = {name: method.many(data) for name, method in METHODS.items()}
        checked += hold_against_package(data, found, range(min(CHECKED_PER_PORTION, size)))
        portions.append(found)
        tell(size)
    joined = {name: Intervals(*map(np.concatenate, zip(*(p[name] for p in portions), strict=True))) for name in METHODS}
    return joined, checked


def _row(cell: Cell, name: str, effect: Intervals, null: Intervals) -> Row:
    truth = truths(null=False)[METHODS[name].is_change]
    coverage, coverage_error = _share(np.abs(effect.estimate - truth) <= effect.half_width, effect)
    type_one, type_one_error = _share(np.abs(null.estimate) > null.half_width, null)
    estimates = effect.estimate[np.isfinite(effect.estimate)]
    return Row(
        cell=cell,
        method=name,
        coverage=coverage,
        coverage_error=coverage_error,
        bias=float(estimates.mean() - truth),
        bias_error=float(estimates.std(ddof=1) / np.sqrt(estimates.size)),
        width=2 * float(np.nanmean(effect.half_width)),
        type_one=type_one,
        type_one_error=type_one_error,
        without_interval=float(np.isnan(effect.half_width).mean()),
    )


def _share(hits: BoolArray, intervals: Intervals) -> tuple[float, float]:
    """Give a share of the replications with an interval, and its Monte-Carlo standard error."""
    given = hits[np.isfinite(intervals.half_width)]
    share = float(given.mean())
    return share, float(np.sqrt(share * (1 - share) / given.size))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study, print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=10_000, help="studies a cell and truth")
    parser.add_argument("--write", type=Path, help="file to write; by default the page is printed")
    options = parser.parse_args(arguments)
    with tqdm(total=2 * len(CELLS) * options.replications, unit="study", file=sys.stderr) as bar:
        rows, checked = run(CELLS, options.replications, bar.update)
    text = page(rows, options.replications, SEED, checked)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()

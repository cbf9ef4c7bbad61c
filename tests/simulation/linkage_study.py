"""Link simulated cohorts by self-made codes, and count true pairs found and false links made.

    python tests/simulation/linkage_study.py --people 30000 --write docs/linkage.md

The seed is fixed: the same versions give the same table. It replaces what stands between the marks in the page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from balint_eval.ingest.linkage.persons import Entry, Occasion, link_persons

SEED = 20264
SIZES = (30, 60, 100, 200, 300)
ELEMENTS = (3, 4, 5, 6)
ERROR, ATTRITION, NEWCOMERS = 0.08, 0.25, 0.10
WANTED = {6: 0.93, 3: 0.84}
"""True pairs to be found, by elements."""
WANTED_FALSE = 0.01
MARKS = ("<!-- simulation: begin -->", "<!-- simulation: end -->")

Codes = NDArray[np.int64]


def _falling(size: int) -> NDArray[np.float64]:
    """Give the shares of first letters: few are common, many are rare."""
    weights = 1 / np.arange(1, size + 1) ** 0.8
    return np.asarray(weights / weights.sum())


POOLS: Sequence[NDArray[np.float64]] = (
    _falling(150),  # first two letters of the mother's name
    np.full(31, 1 / 31),  # day of birth
    _falling(150),  # first two letters of the place of birth
    np.full(12, 1 / 12),  # month of birth
    np.array([0.15, 0.35, 0.28, 0.13, 0.06, 0.03]),  # brothers and sisters
    np.array([0.6, 0.4]),  # sex
)


@dataclass(frozen=True)
class Cell:
    """One number of elements and one size of cohort, over all cohorts simulated.

    Attributes
    ----------
    pairs : int
        True pairs: people in both waves.
    exact, found, asked : int
        True pairs linked by equal codes, linked in all, and laid before a person.
    exact_false, false : int
        False links among equal codes, and in all.
    """

    elements: int
    size: int
    pairs: int
    exact: int
    found: int
    asked: int
    exact_false: int
    false: int

    @property
    def false_share(self) -> float:
        """False links among all links made."""
        return self.false / max(1, self.found + self.false)


def draw(rng: np.random.Generator, n: int, elements: int) -> Codes:
    """Give codes, shape (n, elements)."""
    return np.stack([rng.choice(len(pool), n, p=pool) for pool in POOLS[:elements]], axis=1)


def simulate(rng: np.random.Generator, n: int, elements: int) -> tuple[Codes, Codes, NDArray[np.int64]]:
    """Give the codes of two waves, and who each person of the second was in the first (-1 for newcomers).

    An error is an answer drawn anew from everybody's answers, so that now and then it is right by chance.
    """
    before = draw(rng, n, elements)
    stayed = np.flatnonzero(rng.random(n) >= ATTRITION)
    again, anew = before[stayed], draw(rng, stayed.size, elements)
    again = np.where(rng.random(again.shape) < ERROR, anew, again)
    new = draw(rng, round(NEWCOMERS * n), elements)
    order = rng.permutation(stayed.size + len(new))
    truth = np.concatenate([stayed, np.full(len(new), -1)])
    return before, np.vstack([again, new])[order], truth[order]


def _occasion(name: str, codes: Codes) -> tuple[Occasion, dict[str, list[int]]]:
    """Give the occasion, and the rows of each key: two people with one code are one entry."""
    rows: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        rows.setdefault("|".join(map(str, code)), []).append(row)
    return Occasion(name, [Entry(key, tuple(key.split("|"))) for key in rows]), rows


def count(before: Codes, after: Codes, truth: NDArray[np.int64]) -> dict[str, int]:
    """Link two waves and count.

    People who share a code within a wave are left out of the counts of links: the program refuses them (LK-DUP).
    """
    (first, of_first), (second, of_second) = _occasion("before", before), _occasion("after", after)
    persons = link_persons([first, second])
    tally = dict.fromkeys(("exact", "found", "asked", "exact_false", "false"), 0)
    for (wave, key), join in persons.joined.items():
        # A code that found nobody began a person of its own, under its own key.
        if wave != "after" or join.person not in of_first:
            continue
        if len(of_first[join.person]) > 1 or len(of_second[key]) > 1:
            continue
        right = truth[of_second[key][0]] == of_first[join.person][0]
        tally["found" if right else "false"] += 1
        if join.off == 0:
            tally["exact" if right else "exact_false"] += 1
    for question in persons.questions:
        earlier, later = of_first[question.earlier[1]], of_second[question.later[1]]
        tally["asked"] += any(truth[row] in earlier for row in later)
    return tally


def run_cell(elements: int, size: int, people: int) -> Cell:
    """Simulate cohorts of one kind until there were so many people."""
    rng = np.random.default_rng([SEED, elements, size])
    total = dict.fromkeys(("pairs", "exact", "found", "asked", "exact_false", "false"), 0)
    for _ in range(max(1, people // size)):
        before, after, truth = simulate(rng, size, elements)
        total["pairs"] += int((truth >= 0).sum())
        for name, number in count(before, after, truth).items():
            total[name] += number
    return Cell(elements, size, **total)


def run(people: int, elements: Iterable[int] = ELEMENTS, sizes: Iterable[int] = SIZES) -> list[Cell]:
    """Give every cell of the table."""
    sizes = tuple(sizes)
    return [run_cell(number, size, people) for number in elements for size in sizes]


def pooled(cells: Sequence[Cell], elements: int) -> Cell:
    """Add the cells of one number of elements up."""
    own = [cell for cell in cells if cell.elements == elements]
    names = ("pairs", "exact", "found", "asked", "exact_false", "false")
    return Cell(elements, 0, *(sum(getattr(cell, name) for cell in own) for name in names))


def as_table(cells: Sequence[Cell], people: int) -> str:
    """Write the table and the sentence above it."""
    heads = ("elements", "people", "equal codes only", "found by the rule", "more to decide", "false links")
    lines = [f"| {' | '.join((*heads, 'false, equal codes only'))} |", "|---|---|---|---|---|---|---|"]
    for cell in cells:
        shares = [f"{100 * number / cell.pairs:.1f} %" for number in (cell.exact, cell.found, cell.asked)]
        exact_false = cell.exact_false / max(1, cell.exact + cell.exact_false)
        shares += [f"{100 * cell.false_share:.2f} %", f"{100 * exact_false:.2f} %"]
        lines.append(f"| {cell.elements} | {cell.size} | {' | '.join(shares)} |")
    said = [_verdict(cells, number) for number in sorted(WANTED, reverse=True)]
    intro = f"About {people:,} people a row. {' '.join(said)}"
    return f"{intro}\n\n" + "\n".join(lines)


def _verdict(cells: Sequence[Cell], elements: int) -> str:
    own = [cell for cell in cells if cell.elements == elements]
    least = min(cell.found / cell.pairs for cell in own)
    most = max(cell.false_share for cell in own)
    held = "held" if least >= WANTED[elements] and most < WANTED_FALSE else "not held"
    return (
        f"At {elements} elements at least {100 * least:.1f} % of the true pairs are found (wanted: "
        f"{100 * WANTED[elements]:.0f} %), with at most {100 * most:.2f} % false links (wanted: under 1 %): {held}."
    )


def main() -> int:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    table = as_table(run(options.people), options.people)
    print(table)
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        before, after = text.partition(MARKS[0])[0], text.partition(MARKS[1])[2]
        options.write.write_text(f"{before}{MARKS[0]}\n{table}\n{MARKS[1]}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

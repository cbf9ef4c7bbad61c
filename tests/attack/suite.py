"""The attack suite: programmes drawn by lot, released, and attacked. `make attack` runs 500."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.attack import attacks
from tests.attack.programmes import Programme, draw_programme, with_late_answers

from balint_eval.disclosure import Ledger, Limits, Release, check_release, release_tables
from balint_eval.disclosure.comparisons import PLANNED
from balint_eval.errors import DisclosureError


@dataclass
class Tally:
    """What many attacks have found."""

    programmes: int = 0
    figures: int = 0
    """Figures that can be read in the released comparisons."""
    withheld: int = 0
    refused: int = 0
    second: int = 0
    recovered: Counter[str] = field(default_factory=Counter)

    def add(self, found: list[attacks.Recovered]) -> None:
        """Count what one attack has recovered."""
        self.recovered.update(one.attack for one in found)


def attack(seed: int, tally: Tally, *, protected: bool = True) -> None:
    """Draw a programme, release it, attack it; then release it again after some late answers, and attack both.

    Parameters
    ----------
    seed : int
    tally : Tally
        Counts are added.
    protected : bool
        False publishes everything, to show that the attacks find something.
    """
    programme = draw_programme(seed)
    shown, answers, release = _publish(programme, Ledger(), protected)
    tally.programmes += 1
    tally.figures += int(shown.map(attacks.readable).to_numpy().sum())
    first = attacks.equations(programme, shown)
    for listed in first.values():
        tally.add(attacks.solve_linearly(listed))
    tally.add(attacks.read_groups_from_errors(programme, shown))
    tally.add(attacks.read_rare_answers(answers))
    _attack_second_release(programme, first, release, seed, tally, protected)


def _attack_second_release(
    programme: Programme,
    first: dict[str, list[attacks.Equation]],
    release: Release,
    seed: int,
    tally: Tally,
    protected: bool,
) -> None:
    later = with_late_answers(programme, 1 + seed % 12, seed)
    if later is None:
        return
    tally.second += 1
    try:
        shown, _, _ = _publish(later, Ledger((release,)), protected)
    except DisclosureError:
        tally.refused += 1
        return
    second = attacks.equations(later, shown)
    for scale, listed in second.items():
        tally.add(attacks.solve_linearly([*first.get(scale, []), *listed], "two releases"))


def _publish(programme: Programme, ledger: Ledger, protected: bool) -> tuple[pd.DataFrame, pd.DataFrame, Release]:
    if not protected:
        rows = programme.tables["comparisons"]
        counts = programme.tables["item_counts"].rename(columns={"answer": "answers"})
        return rows[rows["method"].isin(PLANNED)], counts[counts["people"] > 0], Release("", 8, "", {})
    limits = Limits.of(8)
    wanted = release_tables(programme.tables, limits, comments=0)
    check_release(ledger, wanted.sums, limits.smallest, "the ledger")
    released = release_tables(programme.tables, limits, comments=0, known=ledger.known())
    return released.shown["comparisons"], released.shown["answers"], Release("", 8, "", released.sums)


def main() -> int:
    """Attack so many programmes and say what was recovered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first programme drawn (0)")
    parser.add_argument("--unprotected", action="store_true", help="publish everything: the attacks must succeed")
    options = parser.parse_args()
    tally = Tally()
    for seed in range(options.first, options.first + options.programmes):
        attack(seed, tally, protected=not options.unprotected)
        if tally.programmes % 25 == 0:
            print(f"  {tally.programmes} programmes, {tally.recovered.total()} recovered", file=sys.stderr, flush=True)
    print(f"{tally.programmes} programmes, {tally.figures} figures released; {tally.second} released a second time")
    print(f"after late answers, {tally.refused} of these refused.")
    print(f"Figures recovered on fewer than {attacks.FEW} people: {tally.recovered.total()}", dict(tally.recovered))
    return 0 if options.unprotected or not tally.recovered else 1


if __name__ == "__main__":
    sys.exit(main())

"""What else is printed in the same study: the rows that one recomputation needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from balint_eval.published.inference import Arm
from balint_eval.published.intervals import HALF
from balint_eval.published.rows import PublishedRow

VERSUS = " vs "
CONTROLS = frozenset({"control", "no Balint", "not attended"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows with mean and SD that one test compares."""

    first: PublishedRow
    second: PublishedRow

    @property
    def lines(self) -> str:
        """Name the rows, for a remark."""
        return f"rows {self.first.line} and {self.second.line}"

    @property
    def usable(self) -> bool:
        """Whether both sides have two people or more and a spread that rounding does not swallow."""
        sides = (self.first, self.second)
        return min(row.people or 0 for row in sides) > 1 and min(row.sd_within().low for row in sides) > 0.0

    def arms(self, units: float = HALF, n: tuple[int, int] | None = None) -> tuple[Arm, Arm]:
        """Give both sides as intervals; other numbers of people than the printed ones may be tried."""
        first, second = n or (self.first.people or 0, self.second.people or 0)
        return _side(self.first, first, units), _side(self.second, second, units)


def _side(row: PublishedRow, n: int, units: float) -> Arm:
    return Arm(n, row.mean_within(units), row.sd_within(units))


class Study:
    """All rows of one study.

    Parameters
    ----------
    rows : sequence of PublishedRow
    """

    def __init__(self, rows: Sequence[PublishedRow]) -> None:
        self.rows = tuple(rows)

    def pair_of(self, row: PublishedRow) -> Pair | None:
        """Give the two rows of means that a test row compares, by the names in its comparison."""
        first, _, second = row.comparison.partition(VERSUS)
        if row.comparison in {"pre vs post", "paired"}:
            return self._pair(self._means(row.outcome, wave) for wave in ("pre", "post"))
        return self._pair(self._means(row.outcome, row.wave, arm) for arm in (first, second))

    def _means(self, outcome: str, wave: str, arm: str | None = None) -> PublishedRow | None:
        found = [
            row for row in self.of_kind("mean_sd")
            if row.outcome == outcome and row.wave == wave and arm in {None, row.arm}
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    @staticmethod
    def _pair(rows: Iterable[PublishedRow | None]) -> Pair | None:
        first, second = rows
        return Pair(first, second) if first and second else None

    def of_kind(self, kind: str) -> list[PublishedRow]:
        """Give the rows of one kind."""
        return [row for row in self.rows if row.statistic_kind == kind]

    def people_in(self, arm: str) -> int | None:
        """Give the number of people of an arm, where every row agrees on it."""
        counts = {row.people for row in self.rows if row.arm == arm and row.people}
        return counts.pop() if len(counts) == 1 else None

    def pairs(self) -> list[Pair]:
        """Give every pair of means that can be set against each other: arms at one wave, or one arm's two waves."""
        means = self.of_kind("mean_sd")
        between = [
            Pair(row, other) for row in means for other in means
            if (row.outcome, row.wave) == (other.outcome, other.wave)
            and row.arm not in CONTROLS and other.arm in CONTROLS
        ]  # fmt: skip
        within = [
            Pair(row, other) for row in means for other in means
            if (row.outcome, row.arm, row.wave, other.wave) == (other.outcome, other.arm, "pre", "post")
        ]  # fmt: skip
        return between + within

"""What was withheld, said without telling what: marks in the cells, lines of the log, sentences under the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from balint_eval.disclosure.rules import CODES

COLUMNS = ("file", "table", "row", "column", "rule", "threshold", "band", "action", "code")


@dataclass(frozen=True, slots=True)
class Hidden:
    """One cell that is not shown as it is.

    Attributes
    ----------
    table, row, column : str
        Where it stands; the row by the words of its key.
    rule : str
        Such as `P1`.
    threshold : str
        What the rule asks for, such as `8`.
    band : str
        Band of the number of people, never the number.
    action : str
        `withheld`, `merged`, `banded`, `rounded`.
    """

    table: str
    row: str
    column: str
    rule: str
    threshold: str
    band: str
    action: str = "withheld"

    @property
    def mark(self) -> str:
        """What stands in the cell instead."""
        return mark(self.rule, self.threshold)

    def as_record(self) -> dict[str, str]:
        """Give it as a line of `disclosure_log.csv`."""
        place = {"file": f"tables/{self.table}.csv", "table": self.table, "row": self.row, "column": self.column}
        said = {"rule": self.rule, "threshold": self.threshold, "band": self.band, "action": self.action}
        return place | said | {"code": CODES.get(self.rule, "")}


def mark(rule: str, threshold: str) -> str:
    """Give the mark of a hidden cell: how many people the rule asks for, or the rule where it is not about that."""
    return f"[REDACTED n<{threshold}]" if rule in {"P1", "P2", "P3", "P10"} else f"[REDACTED {rule}]"


def is_mark(value: object) -> bool:
    """Say whether a cell holds a mark in place of a figure."""
    return isinstance(value, str) and value.startswith("[REDACTED")


@dataclass(frozen=True, slots=True)
class Summary:
    """How much of one table is withheld, for the sentence under it.

    Attributes
    ----------
    rows : int
        Rows of the table.
    too_few, protected, no_spread : int
        Rows withheld whole by P1, P5 and P4.
    partly : int
        Rows of which some cells are withheld by P2 or P5.
    redacted, cells : int
        Cells with a mark, and all cells that hold or would hold a figure.
    """

    rows: int = 0
    too_few: int = 0
    protected: int = 0
    no_spread: int = 0
    partly: int = 0
    redacted: int = 0
    cells: int = 0


def summarise(hidden: Iterable[Hidden], rows: int, figures: Sequence[str]) -> Summary:
    """Count what is withheld in one table.

    Parameters
    ----------
    hidden : iterable of Hidden
        Of this table.
    rows : int
    figures : sequence of str
        Columns that hold figures about people; the first is hidden only where the whole row is.
    """
    withheld = [one for one in hidden if one.action == "withheld" and one.column in figures]
    whole = Counter(one.rule for one in withheld if one.column == figures[0])
    return Summary(
        rows=rows,
        too_few=whole["P1"] + whole["P3"],
        protected=whole["P5"],
        no_spread=whole["P4"],
        partly=len({one.row for one in withheld}) - whole.total(),
        redacted=len({(one.row, one.column) for one in withheld}),
        cells=rows * len(figures),
    )

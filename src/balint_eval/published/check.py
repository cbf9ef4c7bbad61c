"""One recomputation of one published number, and the words for how it came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from balint_eval.published.intervals import HALF, WHOLE, Interval
from balint_eval.published.rows import PublishedRow

CONSISTENT = "consistent"
LAST_DIGIT = "last_digit"
CONDITIONAL = "conditional"
INCONSISTENT = "inconsistent"
IMPLAUSIBLE = "implausible"
USED = "used"
NOT_RECOMPUTABLE = "not_recomputable"
FLAGGED = (INCONSISTENT, IMPLAUSIBLE, CONDITIONAL, LAST_DIGIT)
VERDICTS = {
    CONSISTENT: "the printed number is one that rounding of the printed inputs allows",
    LAST_DIGIT: "outside strict rounding, but within one unit of the last digit: cut off, or rounded twice",
    CONDITIONAL: "fits only under something that is not printed, which is named",
    INCONSISTENT: "no rounding of the printed inputs gives the printed number",
    IMPLAUSIBLE: "it can be computed, and is not what such studies find: look at the source before using it",
    USED: "an input of another row's recomputation",
    NOT_RECOMPUTABLE: "what would be needed is not printed; the reason is given",
}
SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the table `reproduction`.

    Attributes
    ----------
    row : PublishedRow
    check : str
        Machine name of the recomputation.
    verdict : str
        A key of `VERDICTS`.
    compared : str
        What is compared: p, t, percent and so on.
    printed : str
        As printed.
    recomputed : Interval or None
        All values the printed inputs allow.
    value : float
        Recomputed from the inputs as printed.
    decision_error : bool
        Printed and recomputed p lie on different sides of .05.
    would_fit : str
        What would be consistent.
    remark : str
        The reason, or what the recomputation stands on.
    """

    row: PublishedRow
    check: str
    verdict: str
    compared: str = ""
    printed: str = ""
    recomputed: Interval | None = None
    value: float = nan
    decision_error: bool = False
    would_fit: str = ""
    remark: str = ""


def not_recomputable(row: PublishedRow, reason: str) -> Check:
    """Say why nothing can be recomputed."""
    return Check(row=row, check="none", verdict=NOT_RECOMPUTABLE, remark=reason)


def compare(printed: Interval, recomputed: Interval) -> str:
    """Hold a printed number against a recomputation from several rounded numbers: rounding decides."""
    return CONSISTENT if printed.meets(recomputed) else INCONSISTENT


def compare_at(printed: Callable[[float], Interval], recomputed: Callable[[float], Interval]) -> str:
    """Hold a printed number against its recomputation from one other, by rounding first and by the last digit then.

    Not for several inputs: a whole unit on each of them would hide most mistakes.

    Parameters
    ----------
    printed, recomputed : callable
        From units of the last digit to the interval.

    Returns
    -------
    str
        `CONSISTENT`, `LAST_DIGIT` or `INCONSISTENT`.
    """
    if printed(HALF).meets(recomputed(HALF)):
        return CONSISTENT
    return LAST_DIGIT if printed(WHOLE).meets(recomputed(WHOLE)) else INCONSISTENT


def crosses_significance(printed: Interval, recomputed: Interval) -> bool:
    """Tell whether two p-values lie on different sides of .05, rounding allowed for on both."""
    below, above = printed.high < SIGNIFICANCE, printed.low > SIGNIFICANCE
    return (below and recomputed.low > SIGNIFICANCE) or (above and recomputed.high < SIGNIFICANCE)


def p_text(value: float) -> str:
    """Give a p-value with the digits that decide: four decimals, more below .001."""
    return f"{value:.4f}" if value >= 0.001 else f"{value:.2g}"


def span(within: Interval, decimals: int) -> str:
    """Give an interval in words."""
    low, high = f"{within.low:.{decimals}f}", f"{within.high:.{decimals}f}"
    return low if low == high else f"{low} to {high}"

"""Recompute effects of meta-analyses and models: an interval lies evenly about its effect, on its scale."""

from __future__ import annotations

from collections.abc import Iterator

from balint_eval.published.check import (
    CONSISTENT,
    IMPLAUSIBLE,
    USED,
    Check,
    compare,
    not_recomputable,
)
from balint_eval.published.context import Study
from balint_eval.published.of_means import LARGEST_USUAL
from balint_eval.published.rows import PublishedRow

_LEVELS = ("high ", "low ")
STANDARDISED = frozenset({"SMD", "d", "g"})


def check_effect(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Recompute an effect from the middle of its interval; flag a size that such studies do not find."""
    bounds = _bounds(row, study)
    large = row.stat_name in STANDARDISED and abs(row.statistic_within()).low > LARGEST_USUAL
    if large:
        yield Check(
            row=row, check="size", verdict=IMPLAUSIBLE, compared=row.stat_name, printed=row.stat_value,
            recomputed=row.statistic_within(), value=float(row.stat_value),
            would_fit=f"up to {LARGEST_USUAL:g} is usual",
            remark="a pooled effect: look at the trials behind it",
        )  # fmt: skip
    if bounds:
        yield _middle(row, bounds)
    elif not large:
        yield not_recomputable(row, _why_not(row, study))


def check_bound(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Say that the limit of an interval is an input of its effect's row."""
    effects = [one for one in study.of_kind("effect") if (one.outcome, one.arm) == (row.outcome, row.arm)]
    if effects:
        yield Check(row=row, check="none", verdict=USED, remark=f"an input of row {effects[0].line}")
    else:
        yield not_recomputable(row, "no effect is printed beside this limit")


def _bounds(row: PublishedRow, study: Study) -> list[PublishedRow]:
    mine = [one for one in study.of_kind("ci") if (one.outcome, one.arm) == (row.outcome, row.arm)]
    return sorted(mine, key=lambda one: float(one.stat_value)) if len(mine) == 2 else []


def _middle(row: PublishedRow, bounds: list[PublishedRow]) -> Check:
    low, high = (bound.statistic_within() for bound in bounds)
    within = (low + high).times(0.5)
    verdict = compare(row.statistic_within(), within)
    return Check(
        row=row, check="middle_of_interval", verdict=verdict, compared=row.stat_name, printed=row.stat_value,
        recomputed=within, value=within.middle,
        would_fit="" if verdict == CONSISTENT else "an interval that is not even about its effect, or a mistyped limit",
        remark=f"the interval of rows {bounds[0].line} and {bounds[1].line} lies evenly about its effect",
    )  # fmt: skip


def _why_not(row: PublishedRow, study: Study) -> str:
    crude = _crude_odds_ratio(row, study)
    if crude is None:
        return "no interval and no single study's effect is printed beside it"
    return f"a model of ordered levels; the crude odds ratio of the highest level is {crude:.2f}"


def _crude_odds_ratio(row: PublishedRow, study: Study) -> float | None:
    """Give the odds ratio of the two percentages beside it, first arm over second."""
    shares = [
        float(one.stat_value) / 100.0 for one in study.of_kind("percent")
        if row.stat_name == "OR" and any(one.outcome == level + row.outcome for level in _LEVELS)
    ]  # fmt: skip
    if len(shares) != 2:
        return None
    first, second = (share / (1.0 - share) for share in shares)
    return first / second


def check_other(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Kinds beside which nothing is printed that would give them."""
    del study
    reasons = {
        "heterogeneity": "needs the effect and standard error of every pooled study",
        "range": "the lowest and highest of several means; the means are not printed",
        "correlation": "needs both variables person by person; no p or interval is printed beside it",
    }
    yield not_recomputable(row, reasons[row.statistic_kind])

"""Recompute every published row that can be recomputed: the table `reproduction`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from math import nan
from typing import TYPE_CHECKING

from balint_eval.published.check import Check
from balint_eval.published.context import Study
from balint_eval.published.of_counts import check_count, check_percent
from balint_eval.published.of_effects import check_bound, check_effect, check_other
from balint_eval.published.of_means import check_mean, check_means
from balint_eval.published.of_tests import check_p_only, check_test
from balint_eval.published.rows import PublishedRow
from balint_eval.tables import check_table

if TYPE_CHECKING:
    import pandas as pd

_CHECKS: dict[str, Callable[[PublishedRow, Study], Iterator[Check]]] = {
    "test": check_test,
    "p_only": check_p_only,
    "count": check_count,
    "percent": check_percent,
    "mean_sd": check_means,
    "mean": check_mean,
    "effect": check_effect,
    "ci": check_bound,
    "heterogeneity": check_other,
    "range": check_other,
    "correlation": check_other,
}


def recompute(rows: Sequence[PublishedRow]) -> list[Check]:
    """Recompute every row; a row that cannot be recomputed says why.

    Parameters
    ----------
    rows : sequence of PublishedRow

    Returns
    -------
    list of Check
        At least one a row, in the order of the rows.
    """
    studies = {
        name: Study(list(mine)) for name, mine in groupby(sorted(rows, key=lambda r: r.study), key=lambda r: r.study)
    }
    return [check for row in rows for check in _CHECKS[row.statistic_kind](row, studies[row.study])]


def reproduction_table(checks: Sequence[Check]) -> pd.DataFrame:
    """Give the checks as a table, contract `reproduction`.

    Parameters
    ----------
    checks : sequence of Check
        From `recompute`.

    Returns
    -------
    pandas.DataFrame
        Contract `reproduction`, one row a check.
    """
    import pandas as pd

    return check_table(pd.DataFrame([_record(check) for check in checks]), "reproduction")


def _record(check: Check) -> dict[str, object]:
    row, within = check.row, check.recomputed
    return {
        "row": row.line, "check": check.check, "study": row.study, "doi": row.doi, "outcome": row.outcome,
        "instrument": row.instrument, "arm": row.arm, "wave": row.wave, "comparison": row.comparison,
        "kind": row.statistic_kind, "compared": check.compared, "printed": check.printed, "recomputed": check.value,
        "recomputed_low": within.low if within else nan, "recomputed_high": within.high if within else nan,
        "verdict": check.verdict, "decision_error": check.decision_error, "would_fit": check.would_fit,
        "remark": check.remark,
    }  # fmt: skip

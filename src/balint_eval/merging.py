"""Which tables each stage gives, and the tables of several cohorts put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from balint_eval.tables import TABLES, check_table

INGESTED = ("participants", "responses", "totals", "flow", "sources", "sessions", "attendance", "links")
TO_SCORE = ("responses", "totals")
SCORED = ("scores", "findings")
COMPARED = (
    "comparisons", "diagnostics", "clustering", "balance", "influence", "dose", "outcomes", "levels", "claims",
    "descriptives", "quality", "item_counts", "item_statistics", "retest", "pooled", "beside_published",
    "individual_change", "clinical_cutoffs", "residuals", "residual_checks", "edges", "baseline_slopes",
    "baseline_bins", "norm_regression", "group_spread", "group_effects", "proportions", "mersqi", "checklists",
    "marginal_means", "joint_tests", "growth", "tipping", "missing_patterns",
)  # fmt: skip
MERGED = (*INGESTED, *SCORED)

Tables = dict[str, pd.DataFrame]


def merge(parts: Iterable[Mapping[str, pd.DataFrame]]) -> Tables:
    """Put the tables of all cohorts together."""
    listed = list(parts)
    return {name: stack([part[name] for part in listed], name) for name in MERGED}


def merge_responses(parts: Iterable[Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    """Put the responses of all cohorts together."""
    return stack([part["responses"] for part in parts], "responses")


def stack(frames: Sequence[pd.DataFrame], name: str) -> pd.DataFrame:
    """Put the rows of one table of several cohorts together."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return frames[0]
    stacked = pd.concat(filled, ignore_index=True)
    extra = [column for column in stacked.columns if column not in TABLES[name].names]
    # A covariate that only one cohort has is blank in the others, as text.
    return check_table(stacked.assign(**{column: stacked[column].fillna("") for column in extra}), name)

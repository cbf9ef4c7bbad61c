"""What the planned comparisons take for granted, looked at: residuals, and scores at the edges of a scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from balint_eval.contrasts import Contrast, Sample, each_sample, is_main, place_of
from balint_eval.kinds import CHANGE, DIFFERENCE
from balint_eval.quality import person_scores
from balint_eval.stats.pairs import FloatArray
from balint_eval.stats.residuals import (
    NO_RESIDUALS,
    Residuals,
    largest_usual,
    normal_quantiles,
    standardised_residuals,
    tied_bins,
)
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

SMALLEST_SHOWN = 5
"""Residuals of fewer people stand in no table, and no bin holds fewer."""
MOST_BINS = 6
NOTHING_LEFT = "no residuals: too few people, or the model leaves nothing over"
TOO_FEW = "fewer than five people"
NORMAL, FITTED = "normal", "fitted"
_RANKS = ("rank_cr2", "wilcoxon", "mann_whitney", "level_rank_cr2", "level_mann_whitney")
_MAIN = ("primary", "secondary")
_PLACE = ("cohort", "instrument", "scale", "contrast")

Row = dict[str, Any]


def assess_residuals(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, comparisons: pd.DataFrame, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Describe the residuals of the planned model of every main comparison of the whole study.

    Parameters
    ----------
    scores, participants, outcomes, comparisons : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    residuals, residual_checks : pandas.DataFrame
        Contracts of these names. Quantiles and bins only: no person's residual is listed, and none of fewer than
        five people.
    """
    drawn, checks = list[Row](), list[Row]()
    tests = _tests(comparisons)
    for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study):
        if cohort == ALL_COHORTS and is_main(contrast, study):
            place = place_of(outcome, cohort, contrast)
            along, found, k = _planned_residuals(sample, contrast)
            drawn += [place | row for row in _drawn(along, found.standardised, study.plan.confidence)]
            summary = _summary(sample, found.standardised, k, study.plan.confidence)
            agreement = _agreement(
                tests.get(tuple(str(name) for name in place.values()), {}), 1.0 - study.plan.confidence
            )
            checks.append(place | {"against": _against(contrast)} | summary | agreement)
    return (
        check_table(pd.DataFrame(drawn, columns=TABLES["residuals"].names), "residuals"),
        check_table(pd.DataFrame(checks, columns=TABLES["residual_checks"].names), "residual_checks"),
    )


def _against(contrast: Contrast) -> str:
    """Name what the residuals are drawn against; a mean change has one fitted value for everybody."""
    return "mean_of_both" if contrast.kind == CHANGE else "fitted"


def _planned_residuals(sample: Sample, contrast: Contrast) -> tuple[FloatArray, Residuals, int]:
    """Give what residuals are drawn against, the residuals, and the number of coefficients."""
    kept = sample.analysed
    pre, post, treated = sample.pre[kept], sample.post[kept], sample.treated[kept].astype(np.float64)
    ones = np.ones(post.size)
    if contrast.kind == CHANGE:
        found = standardised_residuals(ones[:, None], post - pre)
        return 0.5 * (pre + post) if found.fitted.size else NO_RESIDUALS.fitted, found, 1
    columns = (ones, pre, treated) if contrast.kind == DIFFERENCE else (ones, treated)
    found = standardised_residuals(np.column_stack(columns), post)
    return found.fitted, found, len(columns)


def _drawn(along: FloatArray, standardised: FloatArray, level: float) -> Iterator[Row]:
    if standardised.size < SMALLEST_SHOWN:
        return
    for place, found in enumerate(zip(*normal_quantiles(standardised, level), strict=True), start=1):
        names = ("at", "residual", "low", "high")
        yield {"part": NORMAL, "place": place, "n": standardised.size} | dict(zip(names, found, strict=True))
    bins = tied_bins(along, MOST_BINS, SMALLEST_SHOWN)
    for code in np.unique(bins).tolist():
        mine = standardised[bins == code]
        mean, sd = float(mine.mean()), float(mine.std(ddof=1))
        span = {"residual": mean, "low": mean - sd, "high": mean + sd}
        yield {"part": FITTED, "place": code + 1, "n": mine.size, "at": float(along[bins == code].mean())} | span


def _summary(sample: Sample, standardised: FloatArray, k: int, level: float) -> Row:
    n = standardised.size
    facts: Row = {"n": n, "n_groups": sample.n_groups, "largest": nan, "usual": nan, "note": ""}
    facts |= {"quantiles": 0, "outside": 0}
    if n == 0:
        return facts | {"n": int(sample.analysed.sum()), "note": NOTHING_LEFT}
    if n < SMALLEST_SHOWN:
        return facts | {"note": TOO_FEW}
    found = normal_quantiles(standardised, level)
    outside = int(np.sum((found.observed < found.low) | (found.observed > found.high)))
    facts |= {"quantiles": found.observed.size, "outside": outside}
    return facts | {"largest": float(np.max(np.abs(standardised))), "usual": largest_usual(n, k)}


def _tests(comparisons: pd.DataFrame) -> Mapping[tuple[str, ...], Mapping[str, float]]:
    """Give the p-values of the planned method (under `planned`) and of the rank-based ones, by comparison."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for row in records(comparisons):
        name = "planned" if row["role"] in _MAIN else str(row["method"])
        if name == "planned" or name in _RANKS:
            place = tuple(str(row[column]) for column in _PLACE)
            found.setdefault(place, {})[name] = float(row["p_value"])
    return found


def _agreement(tests: Mapping[str, float], alpha: float) -> Row:
    """Say whether the rank-based row comes to the same side of alpha as the planned one."""
    method = next((name for name in _RANKS if np.isfinite(tests.get(name, nan))), "")
    planned, ranks = tests.get("planned", nan), tests.get(method, nan)
    facts = {"rank_method": method, "planned_p": planned, "rank_p": ranks, "agrees": ""}
    if not (np.isfinite(planned) and np.isfinite(ranks)):
        return facts
    sides = {(True, True): "both", (False, False): "neither", (True, False): "planned_only"}
    return facts | {"agrees": sides.get((planned < alpha, ranks < alpha), "ranks_only")}


def count_edges(scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Count the people at the ends of each outcome's scale, wave by wave.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `edges`: everybody with a score, over all arms and in each. Several ratings of one person count once,
        by their mean.
    """
    people = person_scores(scores).merge(participants[["cohort", "person_id", "arm"]], on=["cohort", "person_id"])
    rows: list[Row] = []
    for outcome in records(outcomes):
        mine = people[(people["instrument"] == outcome["instrument"]) & (people["scale"] == outcome["scale"])]
        place = {"cohort": ALL_COHORTS, "instrument": outcome["instrument"], "scale": outcome["scale"]}
        for arm in [ALL_COHORTS, *(arm.name for arm in study.arms)] if len(study.arms) > 1 else [ALL_COHORTS]:
            for wave, given in mine[mine["arm"].isin([arm]) | (arm == ALL_COHORTS)].groupby("wave", sort=True):
                values = given["score"].to_numpy(dtype=np.float64)
                rows.append(place | {"arm": arm, "wave": wave} | _at_edges(values, outcome))
    return check_table(pd.DataFrame(rows, columns=TABLES["edges"].names), "edges")


def _at_edges(values: FloatArray, outcome: Mapping[str, Any]) -> Row:
    low, high = float(outcome["minimum"]), float(outcome["maximum"])
    near = 1e-9 * max(high - low, 1.0)
    at = {"lowest": int(np.sum(values <= low + near)), "highest": int(np.sum(values >= high - near))}
    best, worst = ("highest", "lowest") if outcome["higher_is"] == "better" else ("lowest", "highest")
    return {
        "n": values.size, "at_worst": at[worst], "at_best": at[best], "worst_share": at[worst] / values.size,
        "best_share": at[best] / values.size,
    }  # fmt: skip

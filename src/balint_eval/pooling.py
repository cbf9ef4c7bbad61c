"""Several cohorts put together as a meta-analysis would, and this study beside published ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from math import isfinite, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd

from balint_eval.comparisons import PRIMARY_METHOD
from balint_eval.published.effects import PublishedEffect, published_effects
from balint_eval.stats.meta import Pooled, pool_estimates
from balint_eval.study import StudyFile
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

THIS_STUDY = "this study"
_OF_POOLED = ("instrument", "scale", "contrast", "kind", "wave_from", "wave_to", "arm", "reference_arm", "method")
_TAKEN = (
    "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "conf_level", "predict_low",
    "predict_high", "q", "q_df", "q_p", "i_squared", "i_squared_low", "i_squared_high",
)  # fmt: skip


def pool_cohorts(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Pool the cohorts' estimates of every contrast by random effects.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        Contract of this name.

    Returns
    -------
    pandas.DataFrame
        Contract `pooled`; empty in a study of one cohort. A contrast that fewer than two cohorts have a standard
        error for stands there without numbers, and its note says so.

    Notes
    -----
    Cohorts are pooled by the method of record (CR2), whose standard errors allow for groups. They must not share
    people, which `compare` has made sure of.
    """
    own = comparisons[comparisons["cohort"] != ALL_COHORTS]
    own = own[own["method"] == own["kind"].map(PRIMARY_METHOD)]
    rows = [_pooled_row(group) for _, group in own.groupby(["instrument", "scale", "contrast"], sort=True)]
    return check_table(pd.DataFrame(rows, columns=TABLES["pooled"].names), "pooled")


def _pooled_row(group: pd.DataFrame) -> dict[str, Any]:
    usable = group[np.isfinite(group["estimate"]) & (group["std_error"] > 0) & group["converged"]]
    level = float(group["conf_level"].iloc[0])
    found = pool_estimates(usable["estimate"].to_numpy(float), usable["std_error"].to_numpy(float), level)
    left_out = sorted(set(group["cohort"]) - set(usable["cohort"]))
    first = records(group)[0]
    return (
        {name: first[name] for name in _OF_POOLED}
        | {name: getattr(found, name) for name in _TAKEN}
        | {
            "cohorts": found.k, "left_out": len(left_out), "n_paired": int(usable["n_paired"].sum()),
            "factor": found.factor_untruncated, "smallest_df": usable["df"].min() if len(usable) else nan,
            "tau": sqrt(found.tau_squared), "tau_low": sqrt(found.tau_squared_low),
            "tau_high": sqrt(found.tau_squared_high), "note": _note(found, left_out),
        }
    )  # fmt: skip


def _note(found: Pooled, left_out: list[str]) -> str:
    without = f"left out, because no standard error can be given: {', '.join(left_out)}" if left_out else ""
    return "; ".join(part for part in (found.note, without) if part)


def set_beside_published(comparisons: pd.DataFrame, outcomes: pd.DataFrame, file: StudyFile) -> pd.DataFrame:
    """Put the standardised result of every outcome beside the published ones that measure the same.

    Parameters
    ----------
    comparisons, outcomes : pandas.DataFrame
        Contracts of these names.
    file : StudyFile

    Returns
    -------
    pandas.DataFrame
        Contract `beside_published`: the results of record at the primary wave, over the whole study and for each
        cohort, and the published effects of the same construct and kind. Nothing is pooled. Empty where nothing is
        published for any outcome.
    """
    published, rows = published_effects(), list[dict[str, Any]]()
    for outcome in records(outcomes):
        own = list(_own(comparisons, outcome, file))
        alike = [one for one in published if _measures_the_same(one, outcome, file)]
        for contrast, kind in {(row["contrast"], row["kind"]): None for row in own}:
            beside = [one for one in alike if one.kind == kind]
            if beside:
                mine = [row for row in own if row["contrast"] == contrast]
                place = {"instrument": outcome["instrument"], "scale": outcome["scale"], "contrast": contrast}
                rows += [place | _own_row(row, outcome, file) for row in mine]
                rows += [place | _published_row(one) for one in beside]
    return check_table(pd.DataFrame(rows, columns=TABLES["beside_published"].names), "beside_published")


def _measures_the_same(one: PublishedEffect, outcome: Mapping[str, Any], file: StudyFile) -> bool:
    """Tell whether a published effect is about the same construct, rated by the same sort of person."""
    construct = file.instruments[str(outcome["instrument"])].measures
    return one.construct == construct and one.rater in {"", outcome["rater"]}


def _own(comparisons: pd.DataFrame, outcome: Mapping[str, Any], file: StudyFile) -> Iterator[Mapping[str, Any]]:
    """Give the rows of record of an outcome at the primary wave that have a standardised size."""
    kind = "difference" if file.study.control_arm else "change"
    for row in records(comparisons):
        same = (row["instrument"], row["scale"]) == (outcome["instrument"], outcome["scale"])
        against = file.study.control_arm.name if file.study.control_arm else ""
        planned = row["method"] == PRIMARY_METHOD[kind] and row["reference_arm"] == against
        main = row["kind"] == kind and planned
        if same and main and row["wave_to"] == file.study.primary_wave and isfinite(float(row["effect"])):
            yield row


def _own_row(row: Mapping[str, Any], outcome: Mapping[str, Any], file: StudyFile) -> dict[str, Any]:
    whole = row["cohort"] == ALL_COHORTS
    turned = outcome["higher_is"] == "worse"
    effect, low, high = _turned(turned, row["effect"], row["effect_low"], row["effect_high"])
    return {
        "source": THIS_STUDY if whole else f"{THIS_STUDY}, {row['cohort']}", "row": 0, "doi": "",
        "outcome": outcome["label"], "measured_with": row["instrument"], "design": "",
        "comparison": " vs ".join(name for name in (row["arm"], row["reference_arm"]) if name),
        "people": row["n_paired"], "effect_name": row["effect_name"], "effect": effect, "effect_low": low,
        "effect_high": high, "turned": turned, "from_meta_analysis": False,
        "warning": "" if whole or len(file.study.cohorts) == 1 else "part of the row `this study`",
    }  # fmt: skip


def _published_row(one: PublishedEffect) -> dict[str, Any]:
    turned = one.higher_is == "worse"
    effect, low, high = _turned(turned, one.effect, one.low, one.high)
    taken = asdict(one)
    kept = ("row", "doi", "outcome", "design", "comparison", "effect_name", "warning")
    return {name: taken[name] for name in kept} | {
        "source": one.study, "measured_with": one.instrument, "people": one.n, "effect": effect, "effect_low": low,
        "effect_high": high, "turned": turned, "from_meta_analysis": one.pooled,
    }  # fmt: skip


def _turned(turned: bool, effect: float, low: float, high: float) -> tuple[float, float, float]:
    return (-effect, -high, -low) if turned else (effect, low, high)

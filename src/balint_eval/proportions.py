"""How many people are at or beyond a mark: shares before and after, between arms, and their odds ratios.

An outcome with few ordered answers has an odds ratio for all marks at once beside them, where arms are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.contrasts import Contrast, Sample, each_sample, is_main, place_of
from balint_eval.kinds import BETWEEN_ARMS, CHANGE, DIFFERENCE
from balint_eval.stats.exact_shares import PERCENT, fisher_newcombe, mcnemar_exact
from balint_eval.stats.ordered_answers import ordered_difference, ordered_level
from balint_eval.stats.pairs import with_notes
from balint_eval.stats.proportions import share_change, share_difference, share_level
from balint_eval.stats.result import Result
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table

AT_OR_ABOVE, AT_OR_BELOW = "at_or_above", "at_or_below"
LATER_ONLY = "the later shares alone, whatever the earlier score"
MOST_ANSWERS = 7
"""An outcome whose scores can only be so many whole numbers is one of ordered answers."""
ANY_MARK = "any"
NO_GROUPS = "the data have no groups, so each person stands alone"

FloatArray = NDArray[np.float64]


def assess_proportions(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Compare the share of people at or beyond the mark of every outcome that has one.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names; `outcomes.cut_off` is the study's cut-off, or the upper answer of an item with two.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `proportions`: for every contrast the difference in percentage points (`share_cr2`, the first row)
        and the odds ratio (`logistic_cr2`); before them, where nobody has a group, the exact test of independent
        people (`mcnemar_exact`, `fisher_exact`). Between arms, an outcome with three to seven ordered answers has a
        row `proportional_odds`, marked or not. Empty where no outcome has a mark or ordered answers.

    Notes
    -----
    No claim of the study rests on these rows: the planned comparison is that of the scores. Dichotomised scores
    say less than the scores themselves (Royston, Altman and Sauerbrei 2006, Stat Med 25:127-41).
    """
    marked = outcomes[np.isfinite(outcomes["cut_off"].astype(float))]
    rows = [
        place_of(outcome, cohort, contrast) | _row(result, outcome, cohort, contrast, sample, study)
        for outcome, cohort, contrast, sample in each_sample(scores, participants, marked, study)
        if _is_told(sample, outcome)
        for result in _results(sample, contrast, outcome, study.plan.confidence)
    ]
    rows += [
        place_of(outcome, cohort, contrast) | _of_any_mark(_row(result, outcome, cohort, contrast, sample, study))
        for outcome, cohort, contrast, sample in each_sample(scores, participants, _coarse(outcomes), study)
        if cohort == ALL_COHORTS and contrast.kind in BETWEEN_ARMS and _is_answered(sample)
        for result in _ordered(sample, contrast, study.plan.confidence)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["proportions"].names), "proportions")


def _is_told(sample: Sample, outcome: Mapping[str, Any]) -> bool:
    """Say whether scores stand on one side: the mean of several ratings of a yes or no may stand between."""
    if outcome["cut_off_source"]:
        return True
    given = np.concatenate((sample.pre, sample.post))
    given = given[np.isfinite(given)]
    return bool(np.isin(given, (outcome["minimum"], outcome["maximum"])).all())


def _coarse(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Keep the outcomes of three to seven possible answers; one of two is a share."""
    return outcomes[(outcomes["maximum"] - outcomes["minimum"]).between(2, MOST_ANSWERS - 1)]


def _is_answered(sample: Sample) -> bool:
    """Say whether scores are answers: means of items or of several ratings stand between them."""
    given = np.concatenate((sample.pre, sample.post))
    given = given[np.isfinite(given)]
    return bool(given.size and np.all(given == np.round(given)))


def _ordered(sample: Sample, contrast: Contrast, level: float) -> list[Result]:
    if contrast.kind == DIFFERENCE:
        found = ordered_difference(sample.pre, sample.post, sample.treated, sample.cluster, level)
    else:
        found = ordered_level(sample.post, sample.treated, sample.cluster, level)
    return [found if sample.grouped else with_notes(found, [NO_GROUPS])]


def _of_any_mark(row: dict[str, object]) -> dict[str, object]:
    """Blank what belongs to one mark."""
    return row | {name: nan for name in row if "percent" in name or name == "cut_off"} | {"cut_off_side": ANY_MARK}


def _results(sample: Sample, contrast: Contrast, outcome: Mapping[str, Any], level: float) -> list[Result]:
    before, after = (_sides(scores, outcome) for scores in (sample.pre, sample.post))
    if contrast.kind == CHANGE:
        exact, modelled = (
            mcnemar_exact(before, after, level),
            share_change(before, after, sample.cluster, level),
        )
    elif contrast.kind == DIFFERENCE:
        later = np.where(sample.analysed, after, nan)
        exact = with_notes(fisher_newcombe(later, sample.treated, level), [LATER_ONLY])
        modelled = share_difference(sample.pre, after, sample.treated, sample.cluster, level)
    else:
        exact = fisher_newcombe(after, sample.treated, level)
        modelled = share_level(after, sample.treated, sample.cluster, level)
    return list(modelled) if sample.grouped else [with_notes(one, [NO_GROUPS]) for one in (exact, *modelled)]


def _sides(scores: FloatArray, outcome: Mapping[str, Any]) -> FloatArray:
    """Give 1 for people at or beyond the mark, 0 for the others, `nan` where there is no score."""
    mark = float(outcome["cut_off"])
    beyond = scores <= mark if outcome["cut_off_side"] == AT_OR_BELOW else scores >= mark
    return np.where(np.isfinite(scores), beyond.astype(np.float64), nan)


def _row(
    result: Result,
    outcome: Mapping[str, Any],
    cohort: str,
    contrast: Contrast,
    sample: Sample,
    study: Study,
) -> dict[str, object]:
    counted = _counted(sample, outcome, sample.treated == 1, "")
    counted |= _counted(sample, outcome, sample.treated == 0, "reference_")
    names = ("method", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "conf_level")
    return contrast.as_record() | counted | {
        **{name: getattr(result, name) for name in names},
        "n_groups": sample.n_groups,
        "cut_off": outcome["cut_off"],
        "cut_off_side": outcome["cut_off_side"],
        "odds_ratio": result.effect,
        "odds_ratio_name": result.effect_name if isfinite(result.effect) else "",
        "odds_ratio_low": result.effect_low,
        "odds_ratio_high": result.effect_high,
        "role": "by_cohort" if cohort != ALL_COHORTS else "main" if is_main(contrast, study) else "by_arm",
        "note": result.note,
    }  # fmt: skip


def _counted(sample: Sample, outcome: Mapping[str, Any], arm: NDArray[np.bool_], prefix: str) -> dict[str, object]:
    """Count the people analysed of an arm, and give their shares at both waves in per cent."""
    chosen = arm & sample.analysed
    shares = {
        f"{prefix}percent_{wave}": PERCENT * float(np.mean(_sides(scores[chosen], outcome))) if chosen.any() else nan
        for wave, scores in (("pre", sample.pre), ("post", sample.post))
    }
    return {f"{prefix}n": int(chosen.sum()), **shares}

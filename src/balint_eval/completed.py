"""Which comparisons are repeated on imputed scores, and the scores imputed for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from balint_eval.contrasts import Contrast, Sample, each_sample, is_main, place_of
from balint_eval.kinds import CHANGE, LEVEL
from balint_eval.stats.imputed import Shifted, ancova_imputed, change_imputed
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS
from balint_eval.threads import one_thread

Place: TypeAlias = tuple[object, ...]
Completions: TypeAlias = Mapping[Place, Shifted | str]
"""By the place of a comparison: its analysis on imputed scores, or why there is none."""


def complete(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> dict[Place, Shifted | str]:
    """Impute the scores of every main comparison of the whole study in which somebody answered only once.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    dict
        By the values of `contrasts.place_of`. No single cohorts, no changes within one of several arms, no
        comparisons at one wave (nothing is known of those without a score), and nothing with `plan.imputations: 0`.
    """
    if not study.plan.imputations:
        return {}
    found: dict[Place, Shifted | str] = {}
    with one_thread():
        for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study):
            once = not (np.isfinite(sample.pre) & np.isfinite(sample.post)).all()
            if once and cohort == ALL_COHORTS and is_main(contrast, study) and contrast.kind != LEVEL:
                place = tuple(place_of(outcome, cohort, contrast).values())
                found[place] = _completed(sample, contrast, study.plan.imputations)
    return found


def _completed(sample: Sample, contrast: Contrast, imputations: int) -> Shifted | str:
    if contrast.kind == CHANGE:
        return change_imputed(sample.pre, sample.post, sample.cluster, imputations)
    return ancova_imputed(sample.pre, sample.post, sample.treated, sample.cluster, imputations)

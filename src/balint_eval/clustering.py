"""How alike the members of a group are in what is compared, and what that costs: ICC and design effect."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from balint_eval.contrasts import Contrast, Sample, each_sample, in_groups, is_main, place_of
from balint_eval.kinds import LEVEL
from balint_eval.stats.icc import GroupCorrelation, group_correlation
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table


def assess_clustering(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Estimate the correlation of members of a group for every main comparison of people in groups.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `clustering`. What is correlated is the change, or the score where arms are compared at one wave;
        arms' means are taken out, and people without a group left out.
    """
    rows = [
        place_of(outcome, cohort, contrast) | asdict(_correlation(sample, contrast, study.plan.confidence))
        for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study)
        if sample.grouped and is_main(contrast, study)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["clustering"].names), "clustering")


def _correlation(sample: Sample, contrast: Contrast, level: float) -> GroupCorrelation:
    values = sample.post if contrast.kind == LEVEL else sample.post - sample.pre
    kept = in_groups(sample)
    return group_correlation(values[kept], sample.cluster[kept], sample.treated[kept], level)

"""Whether a result hangs on one group or one person: the main estimate again, leaving each out in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.contrasts import Contrast, Sample, each_sample, is_main, place_of
from balint_eval.kinds import CHANGE, DIFFERENCE
from balint_eval.stats import cluster, levels
from balint_eval.stats.leave_out import leave_each_out
from balint_eval.stats.result import Result
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table

MOST_GROUPS = 60
"""With more groups no single one decides, and each costs a fit."""

Row = dict[str, object]


def assess_influence(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Repeat every main comparison of the whole study without each group, and without each person.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `influence`: a row for everybody, one for each group left out (numbered by size of the estimate, so
        that no group is named), and one for the person whose absence moves the estimate most (no interval).
    """
    rows: list[Row] = []
    for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study):
        if cohort == ALL_COHORTS and is_main(contrast, study):
            place = place_of(outcome, cohort, contrast)
            rows += [place | row for row in _left_out(sample, contrast, study.plan.confidence)]
    return check_table(pd.DataFrame(rows, columns=TABLES["influence"].names), "influence")


def _left_out(sample: Sample, contrast: Contrast, level: float) -> Iterator[Row]:
    whole = _estimate(sample, contrast, level)
    if not np.isfinite(whole.estimate):
        return
    yield _row(whole, "nobody", 0)
    groups = np.unique(sample.cluster[sample.analysed & sample.has_group])
    if 1 < groups.size <= MOST_GROUPS:
        without = [_estimate(_kept(sample, sample.cluster != group), contrast, level) for group in groups]
        for place, result in enumerate(sorted(without, key=lambda result: result.estimate), start=1):
            yield _row(result, "group", place)
    moved = _without_each_person(sample, contrast)
    if moved.size and np.isfinite(moved).all():
        farthest = float(moved[np.argmax(np.abs(moved - whole.estimate))])
        yield _row(Result(method=whole.method, n_paired=whole.n_paired - 1, estimate=farthest), "person", 1)


def _row(result: Result, left_out: str, place: int) -> Row:
    names = ("n_paired", "estimate", "conf_low", "conf_high", "p_value")
    return {"left_out": left_out, "place": place} | {name: getattr(result, name) for name in names}


def _estimate(sample: Sample, contrast: Contrast, level: float) -> Result:
    if contrast.kind == CHANGE:
        return cluster.change_cr2(sample.pre, sample.post, sample.cluster, level)
    if contrast.kind == DIFFERENCE:
        return cluster.ancova_cr2(sample.pre, sample.post, sample.treated, sample.cluster, level)
    return levels.level_cr2(sample.post, sample.treated, sample.cluster, level)


def _kept(sample: Sample, kept: NDArray[np.bool_]) -> Sample:
    names = ("pre", "post", "person", "cluster", "has_group", "treated", "analysed")
    return replace(sample, **{name: getattr(sample, name)[kept] for name in names})


def _without_each_person(sample: Sample, contrast: Contrast) -> NDArray[np.float64]:
    """Give the estimate without each person analysed, in no order that tells who."""
    kept = sample.analysed
    pre, post, treated = sample.pre[kept], sample.post[kept], sample.treated[kept]
    ones = np.ones(post.size)
    if contrast.kind == CHANGE:
        return np.sort(leave_each_out(ones[:, None], post - pre))
    design = (ones, pre, treated) if contrast.kind == DIFFERENCE else (ones, treated)
    return np.sort(leave_each_out(np.column_stack(design), post))

"""How much groups differ in what is compared: group means, drawn towards each other, and the next group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from balint_eval.contrasts import Contrast, Sample, each_sample, in_groups, is_main, place_of
from balint_eval.kinds import LEVEL
from balint_eval.stats.group_spread import GroupSpread, spread_of_groups
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table

Row = dict[str, Any]


def assess_heterogeneity(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate how much groups differ within arms, for every main comparison of the whole study.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    group_spread, group_effects : pandas.DataFrame
        Contracts of these names. What differs is the change, or the score where arms are compared at one wave. A
        group is known by its place in its arm only, and people without a group are left out.
    """
    spread, effects = list[Row](), list[Row]()
    for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study):
        if cohort == ALL_COHORTS and sample.grouped and is_main(contrast, study):
            place = place_of(outcome, cohort, contrast)
            found = _spread(sample, contrast, study.plan.confidence)
            spread += [place | row for row in _spread_rows(found, contrast)]
            effects += [place | row for row in _effect_rows(found, contrast)]
    return (
        check_table(pd.DataFrame(spread, columns=TABLES["group_spread"].names), "group_spread"),
        check_table(pd.DataFrame(effects, columns=TABLES["group_effects"].names), "group_effects"),
    )


def _spread(sample: Sample, contrast: Contrast, level: float) -> GroupSpread:
    values = sample.post if contrast.kind == LEVEL else sample.post - sample.pre
    kept = in_groups(sample)
    return spread_of_groups(values[kept], sample.cluster[kept], sample.treated[kept], level)


def _arm(code: int, contrast: Contrast) -> str:
    return contrast.arm if code else contrast.reference_arm


def _spread_rows(found: GroupSpread, contrast: Contrast) -> Iterator[Row]:
    names = ("sd_between", "sd_low", "sd_high", "sd_within", "conf_level", "singular", "converged", "note")
    common = {name: getattr(found, name) for name in names}
    if not found.arms:
        yield {"arm": contrast.arm, "n": found.n, "n_groups": found.n_groups} | common
    for arm in found.arms:
        facts = {"arm": _arm(arm.arm, contrast), "n": arm.n, "n_groups": arm.n_groups, "mean": arm.mean}
        yield facts | common | {"predict_low": arm.predict_low, "predict_high": arm.predict_high}


def _effect_rows(found: GroupSpread, contrast: Contrast) -> Iterator[Row]:
    places: dict[int, int] = {}
    for group in found.groups:
        places[group.arm] = places.get(group.arm, 0) + 1
        facts = {"arm": _arm(group.arm, contrast), "place": places[group.arm], "n": group.n}
        yield facts | {"mean": group.mean, "shrunken": group.shrunken}

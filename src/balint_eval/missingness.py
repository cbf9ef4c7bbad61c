"""Who answered when, and how different those lost would have to be for a result to change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from balint_eval.completed import Completions
from balint_eval.quality import person_scores
from balint_eval.stats.imputed import Shifted
from balint_eval.stats.tipping import step_shifts, turning_shifts
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

NEITHER = "none"
JOINED = " + "
_PLACE = ("cohort", "instrument", "scale", "contrast")

Row = dict[str, object]


def find_tipping(completions: Completions, outcomes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Shift the imputed later scores of those lost by more and more points.

    Parameters
    ----------
    completions : mapping
        From `completed.complete`.
    outcomes : pandas.DataFrame
        Contract `outcomes`.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `tipping`: steps of a quarter SD up to two SDs, but no further than the shifted people's mean score
        stays within the scale; where the range ends first, its end; and the points at which the conclusion turns.
        Nothing where nobody of the arm in question was lost.
    """
    ends = {(row["instrument"], row["scale"]): (row["minimum"], row["maximum"]) for row in records(outcomes)}
    rows: list[Row] = []
    for place, found in completions.items():
        if isinstance(found, Shifted) and found.shifted:
            named = dict(zip(_PLACE, place, strict=True))
            rows += [named | row for row in _steps(found, ends[place[1], place[2]], study.plan.confidence)]
    return check_table(pd.DataFrame(rows, columns=TABLES["tipping"].names), "tipping")


def _steps(found: Shifted, ends: tuple[float, float], level: float) -> Iterator[Row]:
    steps = step_shifts(found.spread, found.shifted_mean, ends)
    turns = turning_shifts(found, (steps[0], steps[-1]), level)
    shifts = np.unique(np.concatenate((steps, turns)))
    pooled, low, high, p = found.intervals(shifts, level)
    first = int(np.searchsorted(shifts, 0.0))
    people = found.base.n_pre + found.base.n_post - found.base.n_paired
    for place, shift in enumerate(shifts):
        yield {
            "step": place - first, "shift": shift, "shift_sd": shift / found.spread,
            "turns": bool(np.isin(shift, turns)), "n": people, "n_shifted": found.shifted,
            "mean_shifted": found.shifted_mean + shift, "estimate": pooled.estimate[place],
            "std_error": pooled.std_error[place], "df": pooled.df[place], "p_value": p[place],
            "conf_low": low[place], "conf_high": high[place], "conf_level": level,
        }  # fmt: skip


def count_patterns(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Count who has a score at which waves, for every outcome, over all arms and in each.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `missing_patterns`. People of a cohort in which nobody has a score of an outcome were not asked and
        do not count as missing.
    """
    given = person_scores(scores)
    waves = [wave.name for wave in study.waves]
    rows: list[Row] = []
    for outcome in records(outcomes):
        mine = given[(given["instrument"] == outcome["instrument"]) & (given["scale"] == outcome["scale"])]
        asked = participants[participants["cohort"].isin(mine["cohort"].unique())]
        patterns = _patterns(mine, asked, waves)
        place = {"cohort": ALL_COHORTS, "instrument": outcome["instrument"], "scale": outcome["scale"]}
        for arm in [ALL_COHORTS, *sorted(asked["arm"].unique())] if asked["arm"].nunique() > 1 else [ALL_COHORTS]:
            here = patterns[(patterns["arm"] == arm) | (arm == ALL_COHORTS)]
            rows += [place | {"arm": arm} | row for row in _counted(here)]
    return check_table(pd.DataFrame(rows, columns=TABLES["missing_patterns"].names), "missing_patterns")


def _patterns(given: pd.DataFrame, asked: pd.DataFrame, waves: list[str]) -> pd.DataFrame:
    """Give one row a person asked: arm, group and the waves they have a score at."""
    wide = given.assign(there=True).pivot(index=["cohort", "person_id"], columns="wave", values="there")
    people = asked[["cohort", "person_id", "group_id", "arm"]].merge(
        wide.reset_index(), on=["cohort", "person_id"], how="left", validate="1:1"
    )
    there = {wave: people[wave].notna() for wave in waves if wave in people}
    named = [JOINED.join(wave for wave, has in there.items() if has.iloc[row]) for row in range(len(people))]
    return people[["group_id", "arm"]].assign(pattern=[name or NEITHER for name in named])


def _counted(patterns: pd.DataFrame) -> Iterator[Row]:
    for pattern, rows in patterns.groupby("pattern", sort=True):
        groups = rows.loc[rows["group_id"] != "", "group_id"].nunique()
        yield {"pattern": pattern, "people": len(rows), "groups": groups}

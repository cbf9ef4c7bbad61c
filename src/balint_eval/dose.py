"""Whether those who came to more meetings gained more: exploratory, because people chose how often they came."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from balint_eval.contrasts import Contrast, enumerate_contrasts, place_of
from balint_eval.kinds import CHANGE
from balint_eval.quality import person_scores
from balint_eval.stats.slope import slope_cr2
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

_WHO = ["cohort", "person_id"]


def assess_dose(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    attendance: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Relate the later score, given the earlier one, to the meetings a person came to.

    Parameters
    ----------
    scores, participants, attendance, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `dose`, a row for each outcome and change of an intervention arm whose attendance was kept;
        empty where it was not. People of groups without any attendance are left out; a member of the others who
        never came counts with 0 meetings.
    """
    came = _meetings(participants, attendance)
    # Sorted first, so that the order of rows cannot reach the last digit.
    people = person_scores(check_table(scores, "scores")).merge(came, on=_WHO, validate="m:1")
    rows = [
        place_of(outcome, ALL_COHORTS, contrast) | row
        for outcome in records(outcomes)
        for contrast in _contrasts(study)
        for row in _related(_of(people, outcome, contrast), contrast, study.plan.confidence)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["dose"].names), "dose")


def _meetings(participants: pd.DataFrame, attendance: pd.DataFrame) -> pd.DataFrame:
    """Count the meetings of each member of a group whose attendance was kept."""
    counted = attendance.groupby(_WHO).size().rename("meetings").reset_index()
    known = participants["group_id"].isin(set(attendance["group_id"]))
    members = participants.loc[known, [*_WHO, "group_id", "arm"]]
    merged = members.merge(counted, on=_WHO, how="left", validate="1:1")
    return merged.assign(meetings=merged["meetings"].fillna(0).astype(int))


def _contrasts(study: Study) -> list[Contrast]:
    arms = {arm.name for arm in study.arms if arm.role == "intervention"}
    return [one for one in enumerate_contrasts(study) if one.kind == CHANGE and one.arm in arms]


def _of(people: pd.DataFrame, outcome: dict[str, object], contrast: Contrast) -> pd.DataFrame:
    """Give one row a person with both scores: pre, post, meetings, group_id."""
    same = (people["instrument"] == outcome["instrument"]) & (people["scale"] == outcome["scale"])
    mine = people[same & (people["arm"] == contrast.arm)]
    wide = mine.pivot(index=[*_WHO, "group_id", "meetings"], columns="wave", values="score").sort_index()
    both = wide.reindex(columns=[contrast.wave_from, contrast.wave_to]).dropna()
    return both.set_axis(["pre", "post"], axis=1).reset_index()


def _related(people: pd.DataFrame, contrast: Contrast, level: float) -> Iterator[dict[str, object]]:
    if people.empty:
        return
    came = people["meetings"].to_numpy(dtype=np.float64)
    found = slope_cr2(people["pre"], people["post"], came, people["group_id"], level)
    names = ("n_paired", "n_groups", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high", "conf_level")
    yield {
        "arm": contrast.arm,
        "wave_to": contrast.wave_to,
        "meetings_mean": float(came.mean()),
        "meetings_sd": float(came.std(ddof=1)) if came.size > 1 else np.nan,
        **{name: getattr(found, name) for name in names},
        "note": found.note,
    }

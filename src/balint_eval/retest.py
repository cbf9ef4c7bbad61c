"""Agreement over time in the control arm, where no programme lies between the waves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from balint_eval.consistency import SMALLEST_N_FOR_ALPHA, STEADY_N_FOR_ALPHA
from balint_eval.quality import person_scores
from balint_eval.stats.reliability_retest import icc_agreement
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table


def assess_retest(scores: pd.DataFrame, participants: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Hold the scores of the control arm at each later wave against those at the baseline.

    Parameters
    ----------
    scores, participants : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `retest`; empty without a control arm. The ICC is withheld below 20 people with both
        scores. Ratings by others count once a person rated (their mean).

    Notes
    -----
    A waiting list has no programme in between, but months: real changes of people count as disagreement,
    so the ICC is a lower bound of what a retest within two weeks would give.
    """
    columns = TABLES["retest"].names
    if study.control_arm is None:
        return check_table(pd.DataFrame(columns=columns), "retest")
    arm = study.control_arm.name
    people = person_scores(scores).merge(participants[["cohort", "person_id", "arm"]], on=["cohort", "person_id"])
    records = [
        {"cohort": ALL_COHORTS, "arm": arm, "instrument": name, "scale": scale} | record
        for (name, scale), mine in people[people["arm"] == arm].groupby(["instrument", "scale"], sort=True)
        for record in _agreements(mine, study)
    ]
    return check_table(pd.DataFrame(records, columns=columns), "retest")


def _agreements(mine: pd.DataFrame, study: Study) -> Iterator[dict[str, object]]:
    """Give the agreement of each later wave with the baseline, where anybody has both scores."""
    wide = mine.pivot(index=["cohort", "person_id"], columns="wave", values="score")
    first = study.baseline.name
    for wave in (wave.name for wave in study.later_waves):
        both = wide.reindex(columns=[first, wave]).dropna().to_numpy(dtype=np.float64)
        if len(both):
            yield {"wave_from": first, "wave_to": wave} | _agreement(both)


def _agreement(both: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> dict[str, object]:
    if len(both) < SMALLEST_N_FOR_ALPHA:
        return {"n": len(both), "note": f"withheld: fewer than {SMALLEST_N_FOR_ALPHA} people with both scores"}
    found = icc_agreement(both)
    few = f"fewer than {STEADY_N_FOR_ALPHA} people: unsteady" if found.n < STEADY_N_FOR_ALPHA else ""
    return {
        "n": found.n, "icc": found.icc, "icc_low": found.low, "icc_high": found.high, "sem": found.sem,
        "note": "; ".join(note for note in (found.note, few) if note),
    }  # fmt: skip

"""What a raincloud shows: the scores of an arm at a wave, their smoothed distribution, quartiles and mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.plots.selection import ordered_arms, ordered_waves, pooled
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, person_of, records

Values = NDArray[np.float64]
_PLACES = 81


@dataclass(frozen=True, slots=True)
class Cloud:
    """The people of one arm at one wave."""

    arm: str
    """Blank where the study has one arm."""
    wave: str
    scores: Values
    """Sorted, so that no order of people shows."""
    described: Mapping[str, Any]
    """Row of `descriptives`: n, mean, median, quartile_low, quartile_high."""

    @property
    def n(self) -> int:
        """People with a score."""
        return int(self.described["n"])


def clouds(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    descriptives: pd.DataFrame,
    study: Study,
    instrument: str,
    scale: str,
) -> list[Cloud]:
    """Give the clouds wave by wave, arms in the study's order, also those of too few people to be drawn.

    Ratings by others count once a person rated, as in `descriptives`.
    """
    people = _one_score_a_person(_of(scores, instrument, scale)).merge(participants[["cohort", "person_id", "arm"]])
    described = {(row["arm"], row["wave"]): row for row in records(pooled(_of(descriptives, instrument, scale)))}
    by_arm = people["arm"].nunique() > 1
    found = []
    for wave in ordered_waves(study, people["wave"]):
        here = people[people["wave"] == wave]
        for arm in ordered_arms(study, here["arm"]) if by_arm else [""]:
            row = described.get((arm or ALL_COHORTS, wave))
            mine = here[here["arm"] == arm] if by_arm else here
            if row is not None:
                found.append(Cloud(arm, wave, np.sort(mine["score"].to_numpy(dtype=float)), row))
    return found


def _of(table: pd.DataFrame, instrument: str, scale: str) -> pd.DataFrame:
    return table[(table["instrument"] == instrument) & (table["scale"] == scale)]


def _one_score_a_person(scores: pd.DataFrame) -> pd.DataFrame:
    given = scores.dropna(subset=["score"])
    given = given.assign(person_id=person_of(given["person_id"].astype(object)))
    return given.groupby(["cohort", "person_id", "wave"], sort=True)["score"].mean().reset_index()


def density(scores: Values, low: float, high: float) -> tuple[Values, Values]:
    """Smooth scores into a distribution between the ends of their scale.

    Parameters
    ----------
    scores : array, shape (n,)
    low, high : float
        Ends of the scale, where what would lie beyond is folded back: nobody can score there.

    Returns
    -------
    places, heights : array, shape (81,)
        Heights are relative, 1 at the top; all 0 where the scores do not differ.

    Notes
    -----
    Gaussian kernel with the width 0.9 min(SD, IQR / 1.34) n^(-1/5) of Silverman (1986, Density Estimation for
    Statistics and Data Analysis, equation 3.31), reflected at the ends (his section 2.10). It is a way to look at
    scores and no result.
    """
    places = np.linspace(low, high, _PLACES)
    quartile_low, quartile_high = np.quantile(scores, [0.25, 0.75])
    spreads = [spread for spread in (np.std(scores, ddof=1), (quartile_high - quartile_low) / 1.34) if spread > 0]
    if not spreads:
        return places, np.zeros_like(places)
    width = 0.9 * min(spreads) * len(scores) ** -0.2
    mirrored = np.concatenate([scores, 2 * low - scores, 2 * high - scores])
    heights = np.exp(-0.5 * ((places[:, None] - mirrored[None, :]) / width) ** 2).sum(axis=1)
    return places, heights / heights.max()


def ends_of(outcome: pd.Series, found: list[Cloud]) -> tuple[float, float]:
    """Give the ends of the scale; where it has none, those of the scores with some room."""
    low, high = float(outcome["minimum"]), float(outcome["maximum"])
    if isfinite(low) and isfinite(high) and high > low:
        return low, high
    scores = np.concatenate([cloud.scores for cloud in found])
    room = 0.1 * float(np.ptp(scores)) or 1.0
    return float(scores.min()) - room, float(scores.max()) + room


def raincloud_table(found: list[Cloud]) -> pd.DataFrame:
    """Give the numbers behind the figure, tidy; single scores are not among them."""
    names = ["n", "mean", "median", "quartile_low", "quartile_high"]
    rows = [[cloud.arm, cloud.wave, *(cloud.described[name] for name in names)] for cloud in found]
    return pd.DataFrame(rows, columns=["arm", "wave", *names])

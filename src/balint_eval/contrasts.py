"""Which waves and arms are compared, and who is in each comparison: scores to arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.study import Study
from balint_eval.tables import ALL_COHORTS

CHANGE, DIFFERENCE = "change", "difference"
_WHO = ["person_id", "cohort", "group_id", "arm"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One question: a change within an arm, or the difference between an arm and the reference."""

    kind: str
    wave_from: str
    wave_to: str
    arm: str
    reference_arm: str = ""

    @property
    def name(self) -> str:
        """Name in the tables, such as `after-before@balint-waiting`."""
        against = f"-{self.reference_arm}" if self.reference_arm else ""
        return f"{self.wave_to}-{self.wave_from}@{self.arm}{against}"


def enumerate_contrasts(study: Study) -> list[Contrast]:
    """List every contrast of a study: changes of each arm, then differences from the control arm."""
    control, first = study.control_arm, study.baseline.name
    contrasts = []
    for wave in (wave.name for wave in study.later_waves):
        contrasts += [Contrast(CHANGE, first, wave, arm.name) for arm in study.arms]
        if control:
            others = [arm.name for arm in study.arms if arm.name != control.name]
            contrasts += [Contrast(DIFFERENCE, first, wave, arm, control.name) for arm in others]
    return contrasts


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The people of one contrast and one scale who have a score at one of its waves or both.

    Attributes
    ----------
    pre, post : ndarray of float, shape (n,)
        In points; `nan` is missing.
    person : ndarray of int, shape (n,)
    cluster : ndarray of int, shape (n,)
        Equal codes are the same group; a person without a group has a code of their own.
    has_group : ndarray of bool, shape (n,)
    treated : ndarray of int, shape (n,)
        1 in the first-named arm, 0 in the reference arm.
    """

    pre: NDArray[np.float64]
    post: NDArray[np.float64]
    person: NDArray[np.intp]
    cluster: NDArray[np.intp]
    has_group: NDArray[np.bool_]
    treated: NDArray[np.intp]

    @property
    def grouped(self) -> bool:
        """Whether anybody has a group."""
        return bool(self.has_group.any())

    @property
    def alone(self) -> int:
        """People with both scores and no group."""
        return int((self._paired & ~self.has_group).sum())

    @property
    def n_groups(self) -> int:
        """Groups with somebody who has both scores; people without a group do not count."""
        return int(np.unique(self.cluster[self._paired & self.has_group]).size)

    @property
    def _paired(self) -> NDArray[np.bool_]:
        return np.isfinite(self.pre) & np.isfinite(self.post)

    def long(self) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Give score, wave (0 or 1), person and cluster, one row a person and wave."""
        score, twice = np.concatenate((self.pre, self.post)), (self.person, self.cluster)
        person, cluster = (np.tile(codes, 2) for codes in twice)
        return score, np.repeat(np.arange(2), self.pre.size), person, cluster

    def long_treated(self) -> NDArray[np.intp]:
        """Give the arm of each row of `long`."""
        return np.tile(self.treated, 2)


class WideScores:
    """The scores of one scale, one row a person and one column a wave.

    Parameters
    ----------
    people : pandas.DataFrame
        cohort, person_id, group_id, arm, wave, score of one scale; a person and wave occurs once.
    """

    def __init__(self, people: pd.DataFrame) -> None:
        wide = people.pivot(index=_WHO, columns="wave", values="score").sort_index()
        self._who = wide.index.to_frame(index=False).astype(str)
        self._scores = {str(wave): wide[wave].to_numpy(dtype=np.float64) for wave in wide.columns}

    def sample(self, contrast: Contrast, cohort: str) -> Sample | None:
        """Give the people of a contrast in one cohort or all.

        Returns
        -------
        Sample or None
            None where nobody has the earlier or nobody has the later score.
        """
        pre, post = self._scores.get(contrast.wave_from), self._scores.get(contrast.wave_to)
        if pre is None or post is None:
            return None
        chosen = self._members(contrast, cohort) & (np.isfinite(pre) | np.isfinite(post))
        if not np.isfinite(pre[chosen]).any() or not np.isfinite(post[chosen]).any():
            return None
        return _as_sample(self._who[chosen], pre[chosen], post[chosen], contrast)

    def _members(self, contrast: Contrast, cohort: str) -> NDArray[np.bool_]:
        in_arms = self._who["arm"].isin([contrast.arm, contrast.reference_arm]).to_numpy()
        in_cohort = (self._who["cohort"] == cohort).to_numpy()
        return np.asarray(in_arms if cohort == ALL_COHORTS else in_arms & in_cohort, dtype=np.bool_)


def _as_sample(who: pd.DataFrame, pre: NDArray[np.float64], post: NDArray[np.float64], contrast: Contrast) -> Sample:
    # The prefix keeps a person's code from meeting a group's name.
    has_group = (who["group_id"] != "").to_numpy(dtype=np.bool_)
    cluster = np.where(has_group, "group " + who["group_id"], "person " + who["person_id"])
    return Sample(
        pre=pre,
        post=post,
        person=np.arange(len(who)),
        cluster=np.unique(cluster.astype(str), return_inverse=True)[1].astype(np.intp),
        has_group=has_group,
        treated=(who["arm"] == contrast.arm).to_numpy().astype(np.intp),
    )

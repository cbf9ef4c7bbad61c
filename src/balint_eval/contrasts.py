"""Which waves and arms are compared, and who is in each comparison: scores to arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.kinds import BETWEEN_ARMS, CHANGE, DIFFERENCE, LEVEL
from balint_eval.quality import person_scores
from balint_eval.stats.pairs import one_arm_grouped
from balint_eval.study_model import Arm, Study
from balint_eval.tables import ALL_COHORTS, check_table, records

_WHO = ["person_id", "cohort", "group_id", "arm", "site"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One question: a change within an arm, or a difference between an arm and the reference.

    Attributes
    ----------
    kind : str
        `change` within an arm; `difference` between arms given the earlier score; `level`, a difference between
        arms at one wave, for what was not asked at the baseline.
    wave_from : str
        Blank for a level.
    wave_to, arm, reference_arm : str
    baseline : str
        The study's baseline; blank where it is `wave_to` itself.
    """

    kind: str
    wave_from: str
    wave_to: str
    arm: str
    reference_arm: str = ""
    baseline: str = ""

    @property
    def name(self) -> str:
        """Name in the tables, such as `after-before@balint-waiting`."""
        against = f"-{self.reference_arm}" if self.reference_arm else ""
        since = f"-{self.wave_from}" if self.wave_from else ""
        return f"{self.wave_to}{since}@{self.arm}{against}"

    def as_record(self) -> dict[str, str]:
        """Give the columns of `comparisons` that a contrast fills."""
        names = ("kind", "wave_from", "wave_to", "arm", "reference_arm")
        return {"contrast": self.name} | {name: getattr(self, name) for name in names}


def enumerate_contrasts(study: Study) -> list[Contrast]:
    """List every contrast of a study, wave by wave: changes of each arm, then comparisons with the control arm.

    Notes
    -----
    An arm that starts after a wave (`starts_after`: waiting list, delayed start) is followed from its baseline up
    to that wave, and from that wave on; beyond it, it is no control, because it then takes part itself.
    """
    contrasts = []
    for wave in (wave.name for wave in study.later_waves):
        contrasts += [_change(study, arm, wave) for arm in study.arms]
        contrasts += _between_arms(study, wave)
        contrasts += _further(study, wave)
    only = study.baseline.name
    return contrasts or _levels(study, only, "") + _further_levels(study, only, "")


def _further(study: Study, wave: str) -> list[Contrast]:
    """Give the further pairs of arms at a wave; none once an arm of the pair has begun later than the others."""
    levels = _further_levels(study, wave, study.baseline.name)
    return [replace(level, kind=DIFFERENCE, wave_from=study.baseline.name) for level in levels] + levels


def _further_levels(study: Study, wave: str, baseline: str) -> list[Contrast]:
    starts = {arm.name: arm.starts_after for arm in study.arms}
    return [
        Contrast(LEVEL, "", wave, pair.arm, pair.against, baseline)
        for pair in study.plan.further_contrasts
        if not any(_is_before(study, starts.get(name, ""), wave) for name in (pair.arm, pair.against))
    ]


def _change(study: Study, arm: Arm, wave: str) -> Contrast:
    started = arm.starts_after if _is_before(study, arm.starts_after, wave) else study.baseline.name
    return Contrast(CHANGE, started, wave, arm.name)


def _between_arms(study: Study, wave: str) -> list[Contrast]:
    control, first = study.control_arm, study.baseline.name
    if control is None or _is_before(study, control.starts_after, wave):
        return []
    levels = _levels(study, wave, first)
    return [replace(level, kind=DIFFERENCE, wave_from=first) for level in levels] + levels


def _levels(study: Study, wave: str, baseline: str) -> list[Contrast]:
    control = study.control_arm
    others = [arm.name for arm in study.arms if control and arm.name != control.name]
    return [Contrast(LEVEL, "", wave, arm, control.name, baseline) for arm in others if control]


def _is_before(study: Study, wave: str, other: str) -> bool:
    names = [wave.name for wave in study.waves]
    return wave in names and names.index(wave) < names.index(other)


def each_sample(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> Iterator[tuple[dict[str, object], str, Contrast, Sample]]:
    """Give every comparison that has scores: outcome, cohort (`all` first), contrast and sample.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study
    """
    arranged = _arranged(scores, participants)
    contrasts = enumerate_contrasts(study)
    for outcome in records(outcomes):
        wide = arranged.of(str(outcome["instrument"]), str(outcome["scale"]))
        for cohort, contrast in product(arranged.cohorts, contrasts):
            sample = wide.sample(contrast, cohort)
            if sample is not None:
                yield outcome, cohort, contrast, sample


_REMEMBERED: ContextVar[list[tuple[pd.DataFrame, pd.DataFrame, _Arranged]] | None] = ContextVar("samples", default=None)


@contextmanager
def samples_remembered() -> Iterator[None]:
    """Let `each_sample` remember how it arranged the same two tables, until the end of the block.

    Only for code that changes no table on the way: tables are told apart by what they are, not by what they hold.
    """
    token = _REMEMBERED.set([])
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def _arranged(scores: pd.DataFrame, participants: pd.DataFrame) -> _Arranged:
    remembered = _REMEMBERED.get()
    for known, people, arranged in remembered or ():
        if known is scores and people is participants:
            return arranged
    arranged = _Arranged(scores, participants)
    if remembered is not None:
        remembered.append((scores, participants, arranged))
    return arranged


class _Arranged:
    """Scores of people with their group, arm and site; each scale is made wide when it is first asked for."""

    def __init__(self, scores: pd.DataFrame, participants: pd.DataFrame) -> None:
        # Sorted first, so that the order of rows cannot reach the last digit of a mean.
        self._people = person_scores(check_table(scores, "scores")).merge(
            participants[["cohort", "person_id", "group_id", "arm", "site"]], on=["cohort", "person_id"], validate="m:1"
        )
        names = sorted(participants["cohort"].unique())
        self.cohorts = [ALL_COHORTS, *names] if len(names) > 1 else [ALL_COHORTS]
        self._wide: dict[tuple[str, str], WideScores] = {}

    def of(self, instrument: str, scale: str) -> WideScores:
        """Give the scores of one scale."""
        if (instrument, scale) not in self._wide:
            mine = (self._people["instrument"] == instrument) & (self._people["scale"] == scale)
            self._wide[instrument, scale] = WideScores(self._people[mine])
        return self._wide[instrument, scale]


def place_of(outcome: dict[str, object], cohort: str, contrast: Contrast) -> dict[str, object]:
    """Give the columns by which every table names a comparison."""
    facts = {"cohort": cohort, "instrument": outcome["instrument"], "scale": outcome["scale"]}
    return facts | {"contrast": contrast.name}


def is_further(contrast: Contrast, study: Study) -> bool:
    """Whether a contrast is between two arms neither of which is the control."""
    control = study.control_arm.name if study.control_arm else ""
    return contrast.kind in BETWEEN_ARMS and contrast.reference_arm != control


def is_main(contrast: Contrast, study: Study) -> bool:
    """Whether a contrast answers the study's question: between arms where there is a control, else a change."""
    return contrast.kind in BETWEEN_ARMS or study.control_arm is None


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
    analysed : ndarray of bool, shape (n,)
        Who has every score that the contrast needs.
    stratum : ndarray of int, shape (n,)
        Equal codes are the same site of the same cohort.
    """

    pre: NDArray[np.float64]
    post: NDArray[np.float64]
    person: NDArray[np.intp]
    cluster: NDArray[np.intp]
    has_group: NDArray[np.bool_]
    treated: NDArray[np.intp]
    analysed: NDArray[np.bool_]
    stratum: NDArray[np.intp]

    @property
    def several_sites(self) -> bool:
        """Whether people of more than one site or cohort are analysed."""
        return np.unique(self.stratum[self.analysed]).size > 1

    @property
    def grouped(self) -> bool:
        """Whether anybody has a group."""
        return bool(self.has_group.any())

    @property
    def partially_nested(self) -> bool:
        """Whether people of one arm share groups while those of the other stand alone."""
        codes = np.unique(self.cluster[self.analysed], return_inverse=True)[1].astype(np.intp)
        return bool(codes.size) and one_arm_grouped(codes, self.treated[self.analysed].astype(np.bool_))

    @property
    def alone(self) -> int:
        """People analysed who have no group."""
        return int((self.analysed & ~self.has_group).sum())

    @property
    def n_groups(self) -> int:
        """Groups with somebody analysed; people without a group do not count."""
        return int(np.unique(self.cluster[self.analysed & self.has_group]).size)

    def long(self) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Give score, wave (0 or 1), person and cluster, one row a person and wave."""
        score, twice = np.concatenate((self.pre, self.post)), (self.person, self.cluster)
        person, cluster = (np.tile(codes, 2) for codes in twice)
        return score, np.repeat(np.arange(2), self.pre.size), person, cluster

    def long_treated(self) -> NDArray[np.intp]:
        """Give the arm of each row of `long`."""
        return np.tile(self.treated, 2)


def in_groups(sample: Sample) -> NDArray[np.bool_]:
    """Mark who is analysed and says something of how groups differ.

    Where people share groups in one arm only, those of the other stand alone and say nothing of groups.
    """
    kept = sample.analysed & sample.has_group
    codes, arms = np.unique(sample.cluster[kept], return_inverse=True)[1].astype(np.intp), sample.treated[kept]
    if codes.size and one_arm_grouped(codes, arms.astype(np.bool_)):
        shares_group = np.bincount(codes)[codes] > 1
        kept[kept] = np.isin(arms, arms[shares_group])
    return kept


_NOBODY = -1
"""Number of a name that nobody has."""


def _numbered(names: pd.Series) -> tuple[NDArray[np.intp], dict[str, int]]:
    """Give each name a number: cohorts are picked out by the thousand, and numbers are compared far sooner."""
    numbers, known = names.factorize()
    return numbers, {str(name): number for number, name in enumerate(known)}


class WideScores:
    """The scores of one scale, one row a person and one column a wave.

    Parameters
    ----------
    people : pandas.DataFrame
        cohort, person_id, group_id, arm, site, wave, score of one scale; a person and wave occurs once.
    """

    def __init__(self, people: pd.DataFrame) -> None:
        wide = people.pivot(index=_WHO, columns="wave", values="score").sort_index()
        who = wide.index.to_frame(index=False).astype(str)
        self._cohort, self._cohorts = _numbered(who["cohort"])
        self._arm, self._arms = _numbered(who["arm"])
        self._has_group = (who["group_id"] != "").to_numpy(dtype=np.bool_)
        # The prefix keeps a person's code from meeting a group's name.
        cluster = np.where(self._has_group, "group " + who["group_id"], "person " + who["person_id"])
        self._cluster = np.unique(cluster.astype(str), return_inverse=True)[1].astype(np.intp)
        self._stratum = (who["cohort"] + "\n" + who["site"]).factorize(sort=True)[0].astype(np.intp)
        self._scores = {str(wave): wide[wave].to_numpy(dtype=np.float64) for wave in wide.columns}

    def sample(self, contrast: Contrast, cohort: str) -> Sample | None:
        """Give the people of a contrast in one cohort or all.

        Returns
        -------
        Sample or None
            None where nobody has the earlier or nobody has the later score. A level needs scores in both arms, and
            none of anybody of these arms at the baseline: where people started is then known and must count.
        """
        if contrast.kind == LEVEL:
            return self._level(contrast, cohort)
        pre, post = self._scores.get(contrast.wave_from), self._scores.get(contrast.wave_to)
        if pre is None or post is None:
            return None
        chosen = self._members(contrast, cohort) & (np.isfinite(pre) | np.isfinite(post))
        if not np.isfinite(pre[chosen]).any() or not np.isfinite(post[chosen]).any():
            return None
        return self._chosen(chosen, pre, post, contrast)

    def _level(self, contrast: Contrast, cohort: str) -> Sample | None:
        post, members = self._scores.get(contrast.wave_to), self._members(contrast, ALL_COHORTS)
        if post is None or self._has_scores(contrast.baseline, members):
            return None
        chosen = self._members(contrast, cohort) & np.isfinite(post)
        if np.unique(self._arm[chosen]).size < 2:
            return None
        return self._chosen(chosen, np.full(post.size, np.nan), post, contrast)

    def _has_scores(self, wave: str, members: NDArray[np.bool_]) -> bool:
        scores = self._scores.get(wave)
        return scores is not None and bool(np.isfinite(scores[members]).any())

    def _members(self, contrast: Contrast, cohort: str) -> NDArray[np.bool_]:
        arms = [self._arms.get(name, _NOBODY) for name in (contrast.arm, contrast.reference_arm)]
        in_arms = (self._arm == arms[0]) | (self._arm == arms[1])
        here = self._cohort == self._cohorts.get(cohort, _NOBODY)
        return np.asarray(in_arms if cohort == ALL_COHORTS else in_arms & here, dtype=np.bool_)

    def _chosen(
        self, chosen: NDArray[np.bool_], pre: NDArray[np.float64], post: NDArray[np.float64], contrast: Contrast
    ) -> Sample:
        earlier, later = pre[chosen], post[chosen]
        return Sample(
            pre=earlier,
            post=later,
            person=np.arange(later.size),
            cluster=self._cluster[chosen],
            has_group=self._has_group[chosen],
            treated=(self._arm[chosen] == self._arms.get(contrast.arm, _NOBODY)).astype(np.intp),
            analysed=np.isfinite(later) & (np.isfinite(earlier) | (contrast.kind == LEVEL)),
            stratum=self._stratum[chosen],
        )

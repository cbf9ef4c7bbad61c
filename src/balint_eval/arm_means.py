"""What each arm scores at each wave, and whether arms differ at all: marginal means and joint tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.kinds import DIFFERENCE, LEVEL
from balint_eval.quality import person_scores
from balint_eval.stats.cr2_joint import cr2_joint
from balint_eval.stats.marginal import adjusted_means_cr2, mean_cr2, model_means, working_icc
from balint_eval.stats.pairs import is_constant
from balint_eval.stats.result import Result
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

ONE_ARM_GROUPED = "only some arms have groups: no joint test is made"
NO_JOINT_TEST = "too few or too uneven groups for a joint test"
FEWEST_ARMS = 3

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Scores of one outcome by wave, one entry a person.

    Attributes
    ----------
    scores : dict of str to ndarray of float, shape (n,)
        By wave; `nan` is missing.
    arm : ndarray of str, shape (n,)
    cluster : ndarray of int, shape (n,)
        A person without a group has a code of their own.
    has_group : ndarray of bool, shape (n,)
    """

    scores: Mapping[str, NDArray[np.float64]]
    arm: NDArray[Any]
    cluster: NDArray[np.intp]
    has_group: NDArray[np.bool_]

    def both(self, first: str, second: str) -> NDArray[np.bool_]:
        """Mark who has a score at both waves."""
        return np.asarray(np.isfinite(self.scores[first]) & np.isfinite(self.scores[second]), dtype=np.bool_)


def assess_marginal_means(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Estimate the mean of every arm at every wave, over the whole study.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `marginal_means`: `mean_cr2` (who answered at that wave), `adjusted_mean_cr2` (who answered then and
        at the baseline, at the baseline mean of all arms; two arms and more) and `mixed_model` (everybody with a
        score at any wave; where everybody or nobody has a group).
    """
    rows = [
        {"cohort": ALL_COHORTS, "instrument": outcome["instrument"], "scale": outcome["scale"]} | row
        for outcome, cells in _each(scores, participants, outcomes)
        for row in _means(cells, study)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["marginal_means"].names), "marginal_means")


def _each(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame
) -> Iterator[tuple[dict[str, object], Cells]]:
    people = person_scores(check_table(scores, "scores")).merge(
        participants[["cohort", "person_id", "group_id", "arm"]], on=["cohort", "person_id"], validate="m:1"
    )
    for outcome in records(outcomes):
        mine = people[(people["instrument"] == outcome["instrument"]) & (people["scale"] == outcome["scale"])]
        if len(mine):
            yield outcome, _cells(mine)


def _cells(people: pd.DataFrame) -> Cells:
    wide = people.pivot(index=["person_id", "group_id", "arm"], columns="wave", values="score").sort_index()
    who = wide.index.to_frame(index=False).astype(str)
    has_group = (who["group_id"] != "").to_numpy(dtype=np.bool_)
    cluster = np.where(has_group, "group " + who["group_id"], "person " + who["person_id"])
    return Cells(
        scores={str(wave): wide[wave].to_numpy(dtype=np.float64) for wave in wide.columns},
        arm=who["arm"].to_numpy(),
        cluster=np.unique(cluster.astype(str), return_inverse=True)[1].astype(np.intp),
        has_group=has_group,
    )


def _means(cells: Cells, study: Study) -> Iterator[Row]:
    waves = [wave.name for wave in study.waves if wave.name in cells.scores]
    arms = [arm.name for arm in study.arms if arm.name in set(cells.arm)]
    level = study.plan.confidence
    for wave in waves:
        for arm in arms:
            rows = (cells.arm == arm) & np.isfinite(cells.scores[wave])
            if rows.any():
                result = mean_cr2(cells.scores[wave][rows], cells.cluster[rows], level)
                yield _row(result, wave, arm, cells, rows)
    for wave in waves:
        if wave != study.baseline.name and study.baseline.name in waves:
            yield from _adjusted(cells, study.baseline.name, wave, arms, level)
    yield from _modelled(cells, waves, arms, level)


def _row(result: Result, wave: str, arm: str, cells: Cells, rows: NDArray[np.bool_]) -> Row:
    names = ("method", "estimate", "std_error", "df", "conf_low", "conf_high", "conf_level", "converged", "note")
    groups = int(np.unique(cells.cluster[rows & cells.has_group]).size)
    people = {"n": result.n_paired, "n_groups": groups}
    return {"wave": wave, "arm": arm} | people | {name: getattr(result, name) for name in names}


def _adjusted(cells: Cells, baseline: str, wave: str, arms: list[str], level: float) -> Iterator[Row]:
    both = cells.both(baseline, wave)
    present = [arm for arm in arms if (both & (cells.arm == arm)).any()]
    if len(present) < 2:
        return
    codes = np.array([present.index(arm) for arm in cells.arm[both]])
    scores = (cells.scores[baseline][both], cells.scores[wave][both])
    for arm, result in zip(present, adjusted_means_cr2(*scores, codes, cells.cluster[both], level), strict=True):
        yield _row(result, wave, arm, cells, both & (cells.arm == arm))


def _modelled(cells: Cells, waves: list[str], arms: list[str], level: float) -> Iterator[Row]:
    if cells.has_group.any() and not cells.has_group.all():
        return
    people = np.arange(cells.arm.size)
    given = [np.isfinite(cells.scores[wave]) for wave in waves]
    places = np.array([arms.index(arm) for arm in cells.arm])
    person, arm = (np.concatenate([codes[rows] for rows in given]) for codes in (people, places))
    wave = np.repeat(np.arange(len(waves)), [int(rows.sum()) for rows in given])
    score = np.concatenate([cells.scores[name][rows] for name, rows in zip(waves, given, strict=True)])
    group = cells.cluster[person] if cells.has_group.any() else None
    for (a, w), result in model_means(score, wave, arm, person, group, level).items():
        yield _row(result, waves[w], arms[a], cells, given[w] & (places == a))


def assess_joint_tests(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Test at every later wave whether any of three or more arms differ, over the whole study.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `joint_tests`, empty with fewer than three arms: given the baseline score where there is one
        (`difference`), else at the wave itself (`level`); up to the wave after which an arm begins later.
    """
    rows = [
        {"cohort": ALL_COHORTS, "instrument": outcome["instrument"], "scale": outcome["scale"]} | row
        for outcome, cells in _each(scores, participants, outcomes)
        for row in _joint_rows(cells, study)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["joint_tests"].names), "joint_tests")


def _joint_rows(cells: Cells, study: Study) -> Iterator[Row]:
    first = study.baseline.name
    if len(study.arms) < FEWEST_ARMS:
        return
    waves = [wave.name for wave in study.waves]
    begun = min((waves.index(arm.starts_after) for arm in study.arms if arm.starts_after), default=len(waves))
    for wave in (wave.name for wave in study.later_waves or study.waves):
        if wave in cells.scores and waves.index(wave) <= begun:
            adjusted = first in cells.scores and first != wave
            rows = cells.both(first, wave) if adjusted else np.isfinite(cells.scores[wave])
            pre = cells.scores[first][rows] if adjusted else None
            found = _joint(pre, cells.scores[wave][rows], cells.arm[rows], cells.cluster[rows], study)
            groups = int(np.unique(cells.cluster[rows & cells.has_group]).size)
            kind = DIFFERENCE if adjusted else LEVEL
            if found:
                yield {"wave_to": wave, "kind": kind, "n": int(rows.sum()), "n_groups": groups} | found


def _joint(
    pre: NDArray[np.float64] | None,
    post: NDArray[np.float64],
    arm: NDArray[Any],
    cluster: NDArray[np.intp],
    study: Study,
) -> Row:
    names = [one.name for one in study.arms if one.name in set(arm)]
    if len(names) < FEWEST_ARMS:
        return {}
    codes = np.array([names.index(name) for name in arm]).astype(np.intp)
    columns = [np.ones(post.size)] + ([] if pre is None or is_constant(pre, 0.0) else [pre - pre.mean()])
    design = np.column_stack((*columns, codes[:, None] == np.arange(1, len(names))))
    said = {"arms": "; ".join(names), "method": "aht_cr2"}
    if working_icc(np.unique(cluster, return_inverse=True)[1].astype(np.intp), codes):
        return said | {"note": ONE_ARM_GROUPED}
    found = cr2_joint(design.astype(np.float64), post, cluster, np.eye(design.shape[1])[1 - len(names) :])
    return said | found._asdict() | {"note": "" if np.isfinite(found.p_value) else NO_JOINT_TEST}

"""The planned analysis on multiply imputed scores, as a function of how far the lost differ from what is expected.

Adding d points to the imputed later scores of the lost moves each estimate along a line and its CR2 variance along a
parabola. Both are worked out once, so that every shift costs next to nothing.

References
----------
Delta adjustment: Rubin 1977, JASA 72:538-43; Carpenter and Kenward 2013, Multiple Imputation and its Application,
chapter 10; Cro et al. 2020, Stat Med 39:2815-42. Pooling: `rubin`. Imputation: `imputation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from scipy.special import stdtr, stdtrit

from balint_eval.stats.cluster import NO_VARIANCE
from balint_eval.stats.cr2 import ONE_ARM_ICC, Contrasts, cr2_replicates
from balint_eval.stats.group_means import group_note
from balint_eval.stats.imputation import IMPUTATIONS, SEED, Imputed, impute, too_few_pairs
from balint_eval.stats.pairs import (
    BoolArray,
    FloatArray,
    IntArray,
    Pairs,
    complete_pairs,
    describe,
    obstacle,
    tested,
    untested,
    with_notes,
)
from balint_eval.stats.result import Result
from balint_eval.stats.rubin import Pooled, planned_df, pool

BARNARD_RUBIN, PLANNED = "imputed", "imputed_planned_df"
"""Ends of the methods: one estimate and standard error, with the df of Barnard and Rubin or those planned."""
CHANGE_METHOD, DIFFERENCE_METHOD = "change_cr2", "ancova_cr2"
TOO_FEW = "too few people with both scores to impute from"
EMPTY_GROUPS = "nobody of {} has the later score: what is imputed there rests on the other groups"


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """A planned comparison on imputed scores, for any shift of the lost people's later scores.

    Attributes
    ----------
    method : str
        Planned method.
    base : Result
        Counts of the scores there are; means and SDs of the completed ones.
    estimates, slopes : ndarray, shape (m,)
        Estimate without a shift, and points it moves for each point of shift.
    variances : ndarray, shape (m, 3)
        c0, c1, c2 of the squared standard error c0 + c1 d + c2 d^2.
    complete_df, residual_df : float
        Bell-McCaffrey df of completed data; df of the residual variance behind the imputations.
    spread : float
        SD of the earlier scores within arms, over all data sets; the unit of the shifts.
    noise : float
        Smallest standard error that is one.
    shifted : int
        People whose later score is imputed and shifted: the lost of the first-named arm, or of the only one.
    shifted_mean : float
        Mean of their imputed scores; `nan` without any.
    scores : int
        Scores imputed.
    notes : tuple of str
    """

    method: str
    base: Result
    estimates: FloatArray
    slopes: FloatArray
    variances: FloatArray
    complete_df: float
    residual_df: float
    spread: float
    noise: float
    shifted: int
    shifted_mean: float
    scores: int
    notes: tuple[str, ...] = ()

    @property
    def imputations(self) -> int:
        """How many imputed data sets there are."""
        return int(self.estimates.size)

    def pooled(self, shifts: FloatArray) -> Pooled:
        """Pool by Rubin's rules for each of some shifts, shape (s,), in points."""
        powers = np.stack((np.ones_like(shifts), shifts, shifts**2))
        estimates = self.estimates[:, None] + self.slopes[:, None] * shifts
        return pool(estimates, np.maximum(self.variances @ powers, 0.0), np.full(shifts.shape, self.complete_df))

    def intervals(self, shifts: FloatArray, conf_level: float) -> tuple[Pooled, FloatArray, FloatArray, FloatArray]:
        """Give the pooled result (with `rubin.planned_df`), the two limits and the two-sided p for each shift."""
        found = self.pooled(shifts)
        df = planned_df(found.between_share, self.complete_df, self.residual_df, self.imputations)
        half = stdtrit(df, 0.5 + conf_level / 2.0) * found.std_error
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2.0 * stdtr(df, -np.abs(found.estimate / found.std_error))
        return found._replace(df=df), found.estimate - half, found.estimate + half, np.asarray(p, dtype=np.float64)


def change_imputed(
    pre: FloatArray, post: FloatArray, cluster: IntArray, imputations: int = IMPUTATIONS, seed: int = SEED
) -> Shifted | str:
    """Impute the scores of one arm and analyse the change as `cluster.change_cr2` does.

    Parameters
    ----------
    pre, post : ndarray of float, shape (n,)
        In points; `nan` is missing. People with neither score are left out.
    cluster : ndarray of int, shape (n,)
    imputations, seed : int

    Returns
    -------
    Shifted or str
        The reason in words where nothing can be imputed.
    """
    return _shifted(CHANGE_METHOD, pre, post, np.zeros(pre.size, dtype=np.intp), cluster, imputations, seed)


def ancova_imputed(
    pre: FloatArray,
    post: FloatArray,
    treated: IntArray,
    cluster: IntArray,
    imputations: int = IMPUTATIONS,
    seed: int = SEED,
) -> Shifted | str:
    """Impute the scores of two arms and compare them as `cluster.ancova_cr2` does; see `change_imputed`.

    Only the lost of the arm coded 1 are shifted, so that the other arm's stand for those who were expected.
    """
    return _shifted(DIFFERENCE_METHOD, pre, post, np.asarray(treated, dtype=np.intp), cluster, imputations, seed)


def results(found: Shifted | str, method: str, conf_level: float = 0.95) -> list[Result]:
    """Give the pooled result without a shift: with the df of Barnard and Rubin, and with those planned.

    Parameters
    ----------
    found : Shifted or str
    method : str
        Planned method, for the name where nothing could be imputed.
    conf_level : float

    Returns
    -------
    list of Result
        Methods `<method>_imputed` and `<method>_imputed_planned_df`; counts are of the scores there are, means and
        SDs of the completed ones, no standardised effect. One result with the reason where nothing could be imputed.
    """
    if isinstance(found, str):
        return [untested(Result(method=f"{method}_{BARNARD_RUBIN}", conf_level=conf_level), found)]
    nothing = np.zeros(1)
    usual, planned = found.pooled(nothing), found.intervals(nothing, conf_level)[0]
    base = replace(found.base, conf_level=conf_level)
    named = {BARNARD_RUBIN: usual, PLANNED: planned}
    return [
        _result(replace(base, method=f"{found.method}_{end}"), found, values, _notes(found, usual))
        for end, values in named.items()
    ]


def _result(base: Result, found: Shifted, values: Pooled, notes: Sequence[str]) -> Result:
    estimate, std_error, df = (float(value[0]) for value in (values.estimate, values.std_error, values.df))
    return with_notes(tested(base, estimate, std_error, df, found.noise), notes)


def _notes(found: Shifted, values: Pooled) -> list[str]:
    people = found.base.n_pre + found.base.n_post - found.base.n_paired
    said = f"{found.scores} of {2 * people} scores of {people} people imputed {found.imputations} times"
    share, information = float(values.between_share[0]), float(values.missing_information[0])
    known = (
        f"missing scores make {100 * share:.0f} % of the variance; fraction of missing information {information:.2f}"
    )
    return [said, *([known] if np.isfinite(information) else []), *found.notes]


def _shifted(
    method: str,
    pre: FloatArray,
    post: FloatArray,
    treated: IntArray,
    cluster: IntArray,
    imputations: int,
    seed: int,
) -> Shifted | str:
    some = np.isfinite(pre) | np.isfinite(post)
    before, after, arm, code = pre[some], post[some], treated[some], cluster[some]
    two_arms = method == DIFFERENCE_METHOD
    observed = complete_pairs(before, after, code, arm)
    reason = obstacle(observed, two_arms=two_arms)
    if reason or too_few_pairs(before, after, arm):
        return reason or TOO_FEW
    drawn = impute(before, after, code, arm, imputations, seed)
    everybody = complete_pairs(drawn.pre[0], drawn.post[0], code, arm)
    moved = drawn.lost & (arm == 1) if two_arms else drawn.lost
    analysed, scale = _analyse(drawn, everybody, moved, two_arms)
    square, up, down = (analysed.std_error.T[place] ** 2 for place in range(3))
    curved = ((up + down) / 2.0 - square) / scale**2
    return Shifted(
        method=method,
        base=_described(method, drawn, observed, arm == 1 if two_arms else np.ones(arm.size, dtype=np.bool_)),
        estimates=analysed.estimate[:, 0],
        slopes=(analysed.estimate[:, 1] - analysed.estimate[:, 0]) / scale,
        variances=np.column_stack((square, (up - down) / (2.0 * scale), curved)),
        complete_df=float(np.mean(analysed.df)),
        residual_df=float(np.isfinite(after).sum() - (3 if two_arms else 2)),
        spread=_spread(drawn.pre, arm) or _spread(drawn.post, arm) or 1.0,
        noise=everybody.noise,
        shifted=int(moved.sum()),
        shifted_mean=float(drawn.post[:, moved].mean()) if moved.any() else nan,
        scores=int(drawn.lost.sum() + drawn.late.sum()),
        notes=_remarks(drawn, everybody, analysed, two_arms),
    )


def _spread(scores: FloatArray, arm: IntArray) -> float:
    squares = [scores[:, arm == code].var(axis=1, ddof=1).mean() for code in np.unique(arm)]
    return float(np.sqrt(np.mean(squares)))


def _analyse(drawn: Imputed, everybody: Pairs, moved: BoolArray, two_arms: bool) -> tuple[Contrasts, float]:
    """Do the planned regression in every data set, without a shift and with one unit up and down.

    Returns
    -------
    Contrasts
        Of shape (m, 3); the df of shape (m,).
    float
        The unit, in points.
    """
    unit = float(drawn.post.std()) or 1.0
    step = unit * moved.astype(np.float64)
    later = np.stack((drawn.post, drawn.post + step, drawn.post - step), axis=-1)
    ones = np.ones(drawn.pre.shape)
    if not two_arms:
        contrast = cr2_replicates(ones[..., None], later - drawn.pre[..., None], everybody.group, np.ones(1))
        return contrast, unit
    centred = drawn.pre - drawn.pre.mean(axis=1, keepdims=True)
    X = np.stack((ones, centred, ones * everybody.treated), axis=-1)
    icc = ONE_ARM_ICC if everybody.partially_nested else 0.0
    return cr2_replicates(X, later, everybody.group, np.array([0.0, 0.0, 1.0]), icc), unit


def _described(method: str, drawn: Imputed, observed: Pairs, rows: BoolArray) -> Result:
    """Count the scores there are; describe the completed ones of the first-named arm, averaged over the data sets."""
    known = describe(method, observed, 0.95)
    spread = [float(np.sqrt(scores[:, rows].var(axis=1, ddof=1).mean())) for scores in (drawn.pre, drawn.post)]
    return replace(
        known,
        mean_pre=float(drawn.pre[:, rows].mean()),
        sd_pre=spread[0],
        mean_post=float(drawn.post[:, rows].mean()),
        sd_post=spread[1],
    )


def _remarks(drawn: Imputed, everybody: Pairs, analysed: Contrasts, two_arms: bool) -> tuple[str, ...]:
    empty = drawn.empty_groups
    groups = EMPTY_GROUPS.format("1 group" if empty == 1 else f"{empty} groups") if empty else ""
    place = "an arm" if two_arms else "the arm"
    lone = NO_VARIANCE.format(place) if np.isnan(analysed.std_error).any() else ""
    return tuple(note for note in (groups, lone, group_note(everybody, two_arms=two_arms)) if note)

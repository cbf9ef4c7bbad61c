"""Estimated marginal means: what an arm scores at a wave, with an error that allows for groups.

References: Searle, Speed and Milliken 1980, Am Stat 34:216-21 (population marginal means); `balint_eval.stats.cr2`;
R emmeans, which gives the same means and, with the CR2 covariance or Kenward-Roger, the same errors.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, isnan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.cr2 import ONE_ARM_ICC, cr2_contrast
from balint_eval.stats.pairs import (
    NOISE,
    BoolArray,
    FloatArray,
    IntArray,
    is_constant,
    one_arm_grouped,
    sample_sd,
    tested,
    with_notes,
)
from balint_eval.stats.reml import MixedModelError, RandomTerm, crossed, fit_reml, random_intercept
from balint_eval.stats.result import Result
from balint_eval.stats.small_sample import contrast_test, kenward_roger

NO_ERROR = "one group, or too few or too uneven groups: no standard error can be given"
CONSTANT_PRE = "the earlier scores do not vary: nothing is adjusted for"
NOT_CONVERGED = "the mixed model did not converge, so no number is given"


def mean_cr2(scores: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Give the mean of one arm at one wave: `score ~ 1`, CR2, Bell-McCaffrey df.

    Parameters
    ----------
    scores : array_like of float, shape (n,)
        In points; none missing, at least one.
    group : array_like of int or str, shape (n,)
        People without a group have labels of their own.
    conf_level : float

    Returns
    -------
    Result
        Method `mean_cr2`; no test, because a mean of zero is no hypothesis: `statistic` and `p_value` are `nan`.
    """
    values = np.asarray(scores, dtype=np.float64)
    codes = _codes(group)
    found = cr2_contrast(np.ones((values.size, 1)), values, codes, np.ones(1))
    return _mean("mean_cr2", values, codes, found, conf_level)


def adjusted_means_cr2(
    pre: ArrayLike, post: ArrayLike, arm: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> list[Result]:
    """Give the later mean of each arm at the earlier mean of all: `post ~ pre + arm`, CR2.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; none missing.
    arm : array_like of int, shape (n,)
        Codes 0 to A - 1; every arm has people.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    list of Result
        Method `adjusted_mean_cr2`, in the order of the codes. Differences of these means are the estimates of
        ANCOVA over all arms together, whose slope is common to them; with two arms those of `cluster.ancova_cr2`.
    """
    before, after = (np.asarray(values, dtype=np.float64) for values in (pre, post))
    arms, codes = np.asarray(arm).astype(np.intp), _codes(group)
    constant = is_constant(before, NOISE * float(np.max(np.abs(before), initial=0.0)))
    own = (arms[:, None] == np.arange(int(arms.max()) + 1)).astype(np.float64)
    design = own if constant else np.column_stack((own, before - before.mean()))
    results = []
    for code in range(own.shape[1]):
        contrast = np.zeros(design.shape[1])
        contrast[code] = 1.0
        found = cr2_contrast(design, after, codes, contrast, working_icc(codes, arms))
        mine = _mean("adjusted_mean_cr2", after, codes, found, conf_level, arms == code)
        results.append(with_notes(mine, [CONSTANT_PRE if constant else ""]))
    return results


def working_icc(codes: IntArray, arms: IntArray) -> float:
    """Give the correlation the df allow for: `ONE_ARM_ICC` where some arms have groups and others single people."""
    mixed = any(one_arm_grouped(_codes(codes[pair]), _first(arms[pair])) for pair in _pairs(arms))
    return ONE_ARM_ICC if mixed else 0.0


def _pairs(arms: IntArray) -> list[BoolArray]:
    found = np.unique(arms)
    return [np.isin(arms, (first, second)) for i, first in enumerate(found) for second in found[i + 1 :]]


def _first(arms: IntArray) -> BoolArray:
    return np.asarray(arms == arms.min(), dtype=np.bool_)


def _mean(
    method: str,
    values: FloatArray,
    codes: IntArray,
    found: tuple[float, float, float],
    conf_level: float,
    rows: BoolArray | None = None,
) -> Result:
    mine = np.ones(values.size, dtype=np.bool_) if rows is None else rows
    base = Result(
        method=method,
        n_post=int(mine.sum()),
        n_paired=int(mine.sum()),
        n_groups=int(np.unique(codes[mine]).size),
        mean_post=float(values[mine].mean()),
        sd_post=sample_sd(values[mine]),
        conf_level=conf_level,
    )
    result = tested(base, *found, NOISE * float(np.max(np.abs(values))))
    return with_notes(_untested(result), [NO_ERROR if isnan(found[1]) else ""])


def _untested(result: Result) -> Result:
    """Take the test against zero away, which nobody asked for."""
    return replace(result, statistic=float("nan"), p_value=float("nan"))


def model_means(
    score: ArrayLike,
    wave: ArrayLike,
    arm: ArrayLike,
    person: ArrayLike,
    group: ArrayLike | None,
    conf_level: float = 0.95,
) -> dict[tuple[int, int], Result]:
    """Give the mean of every arm and wave under one mixed model, from everybody with a score at any wave.

    Parameters
    ----------
    score : array_like of float, shape (n,)
        One row a person and wave, none missing.
    wave, arm : array_like of int, shape (n,)
        Codes.
    person, group : array_like of int or str, shape (n,)
        No group where nobody has one.
    conf_level : float

    Returns
    -------
    dict of (arm, wave) to Result
        Method `mixed_model`: REML fit of `score ~ arm * wave + (1 | group) + (1 | group:wave) + (1 | person)`,
        Kenward-Roger errors and df. Empty of numbers, with the reason in the note, where it cannot be fitted.
    """
    values = np.asarray(score, dtype=np.float64)
    waves, arms = (np.asarray(codes).astype(np.intp) for codes in (wave, arm))
    cells = sorted({(int(a), int(w)) for a, w in zip(arms, waves, strict=True)})
    inside = [(arms == a) & (waves == w) for a, w in cells]
    groups = np.asarray(group) if group is not None else None
    bases = [_cell(values[rows], None if groups is None else groups[rows], conf_level) for rows in inside]
    try:
        fit = fit_reml(values, np.column_stack(inside).astype(np.float64), _terms(waves, person, groups))
    except MixedModelError as error:
        reason = f"No mixed model: {str(error)[:1].lower()}{str(error)[1:]}"
        return {cell: replace(base, note=reason) for cell, base in zip(cells, bases, strict=True)}
    if not fit.converged:
        failed = [replace(base, converged=False, note=NOT_CONVERGED) for base in bases]
        return dict(zip(cells, failed, strict=True))
    means = kenward_roger(fit)
    found = {}
    for place, (cell, base) in enumerate(zip(cells, bases, strict=True)):
        test = contrast_test(means, np.eye(len(cells))[place], conf_level=conf_level)
        numbers = {name: getattr(test, name) for name in ("estimate", "std_error", "df", "conf_low", "conf_high")}
        found[cell] = replace(base, **numbers, note="" if isfinite(test.std_error) else NO_ERROR)
    return found


def _cell(values: FloatArray, group: np.ndarray[tuple[int], np.dtype[np.intp]] | None, conf_level: float) -> Result:
    groups = 0 if group is None else int(np.unique(group).size)
    return Result(
        method="mixed_model",
        n_post=values.size,
        n_paired=values.size,
        n_groups=groups,
        mean_post=float(values.mean()),
        sd_post=sample_sd(values),
        conf_level=conf_level,
    )


def _terms(waves: IntArray, person: ArrayLike, groups: ArrayLike | None) -> tuple[RandomTerm, ...]:
    people = np.asarray(person)
    terms = (random_intercept("person", people),) if np.unique(people).size < people.size else ()
    if groups is None:
        return terms
    by_wave = (random_intercept("group:wave", crossed(groups, waves)),) if np.unique(waves).size > 1 else ()
    return (random_intercept("group", groups), *by_wave, *terms)


def _codes(group: ArrayLike) -> IntArray:
    return np.unique(np.asarray(group), return_inverse=True)[1].astype(np.intp)

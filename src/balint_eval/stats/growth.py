"""Growth over three waves and more: points per month, of persons (CR2) and under a mixed model (Kenward-Roger).

The summary-measure analysis fits each person's own line by least squares and treats its slope as the person's one
score, so that nothing is assumed of how the waves of one person resemble each other; CR2 then allows for groups.

References: Matthews, Altman, Campbell and Royston 1990, BMJ 300:230-5 (summary measures); Laird and Ware 1982,
Biometrics 38:963-74 (growth models); `balint_eval.stats.cr2`; `balint_eval.stats.small_sample`.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, nan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats import levels
from balint_eval.stats.cluster import change_cr2
from balint_eval.stats.pairs import NOISE, BoolArray, FloatArray, IntArray, with_notes
from balint_eval.stats.reml import MixedModelError, RandomTerm, RemlFit, fit_reml, random_intercept, random_slope
from balint_eval.stats.result import Result
from balint_eval.stats.small_sample import contrast_test, kenward_roger

FEWEST_WAVES = 3
FEW_WAVES = "fewer than three waves: no growth is estimated"
NOT_CONVERGED = "the mixed model did not converge, so no number is given"
NO_ERROR = "the Kenward-Roger standard error cannot be computed for these data"
PARTLY_ALONE = "some people have no group: the model has no random slope of groups, so it is not fitted"
ZERO = "the variance of the slopes between {} is estimated as zero"
_FIELDS = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")


def person_slopes(scores: ArrayLike, months: ArrayLike) -> FloatArray:
    """Give the least-squares slope of each person who has a score at every wave.

    Parameters
    ----------
    scores : array_like of float, shape (n, W)
        One row a person; `nan` is missing.
    months : array_like of float, shape (W,)
        Time of each wave, not all equal.

    Returns
    -------
    ndarray of float, shape (n,)
        Points per month; `nan` where a score is missing. Slopes from other waves have another error and, where
        growth is not a straight line, another meaning.
    """
    values, times = np.asarray(scores, dtype=np.float64), np.asarray(months, dtype=np.float64)
    centred = times - times.mean()
    return np.asarray((values - values.mean(axis=1, keepdims=True)) @ centred / (centred @ centred), dtype=np.float64)


def slope_change(scores: ArrayLike, months: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Test the mean slope of one arm, allowing for groups: `slope ~ 1`, CR2, Bell-McCaffrey df.

    Parameters
    ----------
    scores : array_like of float, shape (n, W)
    months : array_like of float, shape (W,)
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `slopes_cr2`; `estimate` in points per month; means and SDs of the first and the last wave of the
        people analysed. No standardised effect: a slope has no unit of its own.
    """
    slopes = person_slopes(scores, months)
    found = change_cr2(np.where(np.isfinite(slopes), 0.0, nan), slopes, group, conf_level)
    return _described(found, np.asarray(scores, dtype=np.float64), np.isfinite(slopes), None)


def slope_difference(
    scores: ArrayLike, months: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare the mean slopes of two arms, allowing for groups: `slope ~ treated`, CR2, Bell-McCaffrey df.

    Parameters and result as `slope_change`; `treated` holds 0 and 1, means and SDs are of the first-named arm.
    """
    slopes = person_slopes(scores, months)
    found = levels.level_cr2(slopes, treated, group, conf_level)
    arm = np.asarray(treated).astype(np.bool_)
    return _described(found, np.asarray(scores, dtype=np.float64), np.isfinite(slopes), arm)


def _described(result: Result, scores: FloatArray, complete: BoolArray, arm: ArrayLike | None) -> Result:
    shown = complete if arm is None else complete & np.asarray(arm)
    first, last = scores[shown, 0], scores[shown, -1]
    return replace(
        result,
        method="slopes_cr2",
        n_pre=int(np.isfinite(scores[:, 0]).sum()),
        n_post=int(np.isfinite(scores[:, -1]).sum()),
        n_paired=int(complete.sum()),
        mean_pre=float(first.mean()) if first.size else nan,
        sd_pre=float(first.std(ddof=1)) if first.size > 1 else nan,
        mean_post=float(last.mean()) if last.size else nan,
        sd_post=float(last.std(ddof=1)) if last.size > 1 else nan,
        effect=nan,
        effect_low=nan,
        effect_high=nan,
        effect_name="",
    )


def growth_model(
    scores: ArrayLike,
    months: ArrayLike,
    group: ArrayLike | None,
    treated: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> tuple[Result, RemlFit | None]:
    """Fit straight lines that vary over people and groups, from everybody with a score at any wave.

    Parameters
    ----------
    scores : array_like of float, shape (n, W)
    months : array_like of float, shape (W,)
    group : array_like of int or str, shape (n,), or None
        None where nobody has a group.
    treated : array_like of 0/1, shape (n,), optional
        Arm; without it there is one.
    conf_level : float

    Returns
    -------
    Result, RemlFit or None
        Method `growth_model`: REML fit of `score ~ months (* treated) + (1 + months | person) + (1 | group) +
        (0 + months | group)`, Kenward-Roger errors and df. `estimate` is the slope, or the difference of the slopes
        of the two arms, in points per month. No numbers, with a note, where there is no model.

    Notes
    -----
    The random slope of groups is what makes the test of slopes honest; without it the model takes persons as
    independent. Kenward-Roger rejects too rarely with fewer than six groups.
    """
    values, times = np.asarray(scores, dtype=np.float64), np.asarray(months, dtype=np.float64)
    arms = np.ones(len(values)) if treated is None else np.asarray(treated, dtype=np.float64)
    person, wave = np.nonzero(np.isfinite(values))
    time, arm, score = times[wave], arms[person], values[person, wave]
    groups = None if group is None else np.unique(np.asarray(group), return_inverse=True)[1].astype(np.intp)
    base = _counted(values, groups, arms, conf_level)
    columns, names = [np.ones(score.size), time], ["(Intercept)", "months"]
    if treated is not None:
        columns = [columns[0], arm, time, time * arm]
        names = ["(Intercept)", "arm", "months", "months:arm"]
    try:
        _need_groups(groups, arms)
        _need_noise(values, times)
        terms = _terms(person.astype(np.intp), time, None if groups is None else groups[person])
        fit = fit_reml(score, np.column_stack(columns), terms, tuple(names))
    except MixedModelError as error:
        reason = f"No mixed model: {str(error)[:1].lower()}{str(error)[1:]}"
        return with_notes(base, [reason]), None
    return _concluded(base, fit, conf_level), fit


def _counted(values: FloatArray, groups: IntArray | None, arms: FloatArray, conf_level: float) -> Result:
    """Count everybody with a score and their groups; means and SDs are of those with all."""
    count = 0 if groups is None else int(np.unique(groups).size)
    complete = np.asarray(np.isfinite(values).all(axis=1), dtype=np.bool_)
    described = _described(Result(method="", conf_level=conf_level), values, complete, arms == 1.0)
    people = int(np.isfinite(values).any(axis=1).sum())
    return replace(described, method="growth_model", n_paired=people, n_groups=count)


def _need_groups(groups: IntArray | None, arms: FloatArray) -> None:
    if groups is not None and np.unique(groups).size <= np.unique(arms).size:
        raise MixedModelError("There is one group in each arm, so how the slopes of groups differ is not known.")


def _need_noise(values: FloatArray, times: FloatArray) -> None:
    """Refuse scores that lie on their persons' lines: there is no error then to judge a slope by."""
    complete = values[np.isfinite(values).all(axis=1)]
    if not complete.size:
        return
    fitted = complete.mean(axis=1, keepdims=True) + np.outer(person_slopes(complete, times), times - times.mean())
    if np.max(np.abs(complete - fitted)) <= NOISE * np.max(np.abs(complete)):
        raise MixedModelError("All scores lie on straight lines, so there is no error to judge a slope by.")


def _terms(person: IntArray, time: FloatArray, group: IntArray | None) -> tuple[RandomTerm, ...]:
    lines = random_slope("person", person, "months", time)
    if group is None:
        return (lines,)
    slopes = RandomTerm("group", group, time[:, None], ("months",))
    return (lines, random_intercept("group", group), slopes)


def _concluded(base: Result, fit: RemlFit, conf_level: float) -> Result:
    """Test the last coefficient; a fit that did not converge gives no number."""
    if not fit.converged:
        return with_notes(replace(base, converged=False), [NOT_CONVERGED])
    test = contrast_test(kenward_roger(fit), np.eye(len(fit.names))[-1], conf_level=conf_level)
    if not isfinite(test.std_error):
        return with_notes(replace(base, estimate=test.estimate), [NO_ERROR])
    filled = replace(base, **{field: getattr(test, field) for field in _FIELDS})
    return with_notes(filled, [ZERO.format("groups") if _no_slopes_of_groups(fit) else ""])


def _no_slopes_of_groups(fit: RemlFit) -> bool:
    return any(term.name == "group" and term.column_names == ("months",) and term.singular for term in fit.terms)

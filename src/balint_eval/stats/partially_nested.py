"""Mixed model where people of one arm are in groups and those of the other stand alone, each with its own residuals.

`score ~ (earlier score +) treated` with a random effect of groups in the one arm that has them and a residual
variance for each arm. A model with one residual variance takes the extra spread of either arm for groups, or hides
groups in it. R: `lme(..., random = ~ 0 + grouped | group, weights = varIdent(form = ~ 1 | arm))`.

V is diagonal once every group is turned into its mean and the deviations from it: root(m) times a mean has the
variance m g + s1, a deviation s1, a single person s0. So every term of Kenward and Roger is a weighted sum of
squares of the turned design, and nothing is n x n.

References: Roberts and Roberts 2005, Clin Trials 2:152-62; Candlish et al. 2018, BMC Med Res Methodol 18:105 (partially
nested trials); Kenward and Roger 1997, Biometrics 53:983-97.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isfinite, log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from balint_eval.stats.pairs import (
    NOISE,
    BoolArray,
    FloatArray,
    IntArray,
    Pairs,
    complete_pairs,
    describe,
    is_constant,
    obstacle,
    raw_difference,
    untested,
    with_notes,
)
from balint_eval.stats.result import Result
from balint_eval.stats.small_sample import KENWARD_ROGER, Approximation, contrast_test

METHOD = "mixed_model_partially_nested"
NAMES = ("group", "residual, groups", "residual, alone")
ONE_GROUP = "one group: how groups differ is not known, so no mixed model"
NO_NOISE = "people of an arm do not vary beyond the design: no mixed model"
NOT_CONVERGED = "the mixed model did not converge, so no number is given"
NOT_NESTED = "not one arm in groups and the other alone: this model is for no other design"
ZERO_GROUPS = "the estimated variance between groups is zero"
SPREAD = "ICC {:.3f} in the arm with groups; residual SD {:.3g} with groups, {:.3g} alone"
_FIELDS = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
_STARTS = (0.01, 0.3, 2.0)
_POLISH = 50
_CERTAIN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """Outcome and design after the turn, and how each row's variance is made up.

    Attributes
    ----------
    y : ndarray of float, shape (r,)
    X : ndarray of float, shape (r, p)
    parts : ndarray of float, shape (r, 3)
        Variances are `parts @ (g, s1, s0)`.
    count : ndarray of float, shape (r,)
        Independent observations that a row stands for, not always a whole number.
    """

    y: FloatArray
    X: FloatArray
    parts: FloatArray
    count: FloatArray

    @property
    def free(self) -> int:
        """Observations less fixed effects."""
        observations: float = self.count.sum()
        return round(observations) - int(self.X.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class PartialFit:
    """A fitted model.

    Attributes
    ----------
    beta : ndarray of float, shape (p,)
    variances : ndarray of float, shape (3,)
        Of groups, of residuals in the arm with groups, of residuals in the other; points squared.
    log_likelihood : float
        Restricted; comparable with `logLik` of R nlme.
    converged : bool
    approximation : Approximation
        Kenward-Roger, for `small_sample.contrast_test`.
    """

    beta: FloatArray
    variances: FloatArray
    log_likelihood: float
    converged: bool
    approximation: Approximation


def turn(y: FloatArray, X: FloatArray, group: IntArray, in_groups: BoolArray) -> Turned:
    """Turn groups into means and deviations.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
    X : ndarray of float, shape (n, p)
    group : ndarray of int, shape (n,)
        Codes; those of people alone do not matter.
    in_groups : ndarray of bool, shape (n,)
        Whether a person belongs to the arm with groups.
    """
    both = np.column_stack((y, X))
    inside, alone = both[in_groups], both[~in_groups]
    codes = np.unique(group[in_groups], return_inverse=True)[1]
    sizes = np.bincount(codes).astype(np.float64)
    means = np.column_stack([np.bincount(codes, weights=column) / sizes for column in inside.T])
    # Rows of one variance are as good as the triangle that has their squares and products.
    within, single = (np.linalg.qr(rows, mode="r") for rows in (inside - means[codes], alone))
    rows = np.vstack((np.sqrt(sizes)[:, None] * means, within, single))
    g, w, a = len(sizes), len(within), len(single)
    parts = np.zeros((g + w + a, 3))
    parts[:g, 0], parts[: g + w, 1], parts[g + w :, 2] = sizes, 1.0, 1.0
    count = np.concatenate((np.ones(g), np.full(w, (len(inside) - g) / w), np.full(a, len(alone) / a)))
    return Turned(rows[:, 0], rows[:, 1:], parts, count)


def fit_partial(data: Turned) -> PartialFit:
    """Fit by restricted maximum likelihood; the variance of groups may be zero, those of residuals not."""
    unit = _unit(data)
    # On an orthonormal basis of the design, and in units of the residuals, every number of the search is near one.
    scaled = Turned(data.y / unit, np.linalg.qr(data.X)[0], data.parts, data.count)
    found = min((_search(scaled, start) for start in _STARTS), key=lambda variances: _criterion(scaled, variances))
    variances, converged = _polished(scaled, found)
    return _assembled(data, variances * unit**2, converged)


def _unit(data: Turned) -> float:
    residual = data.y - data.X @ np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    return sqrt(float(residual @ residual) / data.free)


def _search(data: Turned, start: float) -> FloatArray:
    """Descend in (g, log s1, log s0) from one start."""

    def value(theta: FloatArray) -> tuple[float, FloatArray]:
        variances = np.array([theta[0], *np.exp(theta[1:])])
        slope = _gradient(data, variances) * np.array([1.0, *variances[1:]])
        return _criterion(data, variances), slope

    bounds = [(0.0, 1e3), (-12.0, 7.0), (-12.0, 7.0)]
    found = minimize(value, np.array([start, 0.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.array([found.x[0], *np.exp(found.x[1:])])


def _criterion(data: Turned, variances: FloatArray) -> float:
    """Give -2 log of the restricted likelihood."""
    v = data.parts @ variances
    weighted = data.X / v[:, None]
    sign, size = np.linalg.slogdet(data.X.T @ weighted)
    if sign <= 0:
        return inf
    residual = _residual(data, v)
    return float(data.count @ np.log(v) + size + residual @ (residual / v) + data.free * log(2.0 * pi))


def _residual(data: Turned, v: FloatArray) -> FloatArray:
    weighted = data.X / v[:, None]
    return np.asarray(data.y - data.X @ np.linalg.solve(data.X.T @ weighted, weighted.T @ data.y), dtype=np.float64)


def _gradient(data: Turned, variances: FloatArray) -> FloatArray:
    v = data.parts @ variances
    phi = np.linalg.inv(data.X.T @ (data.X / v[:, None]))
    leverage = np.einsum("ri,ij,rj->r", data.X, phi, data.X) / v**2
    residual = _residual(data, v)
    return np.asarray((data.count / v - leverage - (residual / v) ** 2) @ data.parts, dtype=np.float64)


def _information(data: Turned, variances: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give tr(P G_r P G_s), shape (3, 3), X'V^-1 G_r V^-1 X, (3, p, p), and X'V^-1 G_r V^-1 G_s V^-1 X."""
    v = data.parts @ variances
    phi = np.linalg.inv(data.X.T @ (data.X / v[:, None]))
    first = np.einsum("ri,rj,rk->kij", data.X, data.X, data.parts / (v**2)[:, None])
    pairs = data.parts[:, :, None] * data.parts[:, None, :]
    second = np.einsum("ri,rj,rkl->klij", data.X, data.X, pairs / (v**3)[:, None, None])
    traces = np.einsum("r,rkl->kl", data.count / v**2, pairs)
    turned = phi @ first
    traces = traces - 2.0 * np.einsum("ij,klji->kl", phi, second) + np.einsum("kij,lji->kl", turned, turned)
    return traces, first, second


def _polished(data: Turned, variances: FloatArray) -> tuple[FloatArray, bool]:
    """Take scoring steps from the end of the search, and say whether it is an optimum."""
    for _ in range(_POLISH):
        slope, traces = _gradient(data, variances), _information(data, variances)[0]
        free = np.array([variances[0] > 0.0 or slope[0] < 0.0, True, True])
        step = np.zeros(3)
        step[free] = np.linalg.solve(traces[np.ix_(free, free)], -slope[free])
        if float(-slope @ step) < _CERTAIN**2 * data.free:
            return variances, True
        moved = _shortened(data, variances, step)
        if moved is None:
            # Rounding of the criterion hides what is left to gain.
            return variances, bool(float(-slope @ step) < _CERTAIN * data.free)
        variances = moved
    return variances, False


def _shortened(data: Turned, variances: FloatArray, step: FloatArray) -> FloatArray | None:
    before = _criterion(data, variances)
    for halvings in range(30):
        candidate = variances + step * 0.5**halvings
        candidate[0] = max(candidate[0], 0.0)
        if candidate[1:].min() > 0.0 and _criterion(data, candidate) < before:
            return candidate
    return None


def _assembled(data: Turned, variances: FloatArray, converged: bool) -> PartialFit:
    v = data.parts @ variances
    weighted = data.X / v[:, None]
    phi: FloatArray = np.linalg.inv(data.X.T @ weighted).astype(np.float64)
    beta: FloatArray = (phi @ (weighted.T @ data.y)).astype(np.float64)
    likelihood = -_criterion(data, variances) / 2.0
    return PartialFit(beta, variances, likelihood, converged, _adjusted(data, variances, beta, phi))


def _adjusted(data: Turned, variances: FloatArray, beta: FloatArray, phi: FloatArray) -> Approximation:
    """Adjust the covariance as Kenward and Roger do; V is linear in the variances, so no second derivatives occur."""
    traces, first, second = _information(data, variances)
    scale = np.sqrt(np.diag(traces))
    weights = 2.0 * np.linalg.pinv(traces / np.outer(scale, scale), hermitian=True) / np.outer(scale, scale)
    bracket = np.einsum("kl,klij->ij", weights, second - np.einsum("kia,ab,lbj->klij", first, phi, first))
    slopes = np.einsum("ia,kab,bj->kij", phi, first, phi)
    covariance = phi + 2.0 * phi @ bracket @ phi
    names = tuple(f"x{place}" for place in range(len(beta)))
    return Approximation(KENWARD_ROGER, names, beta, covariance, phi, slopes, weights)


def partially_nested_ancova(
    pre: ArrayLike, post: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare two arms, one of them in groups, given the earlier score: `post ~ pre + treated`.

    Parameters
    ----------
    pre, post, treated, group, conf_level
        As in `cluster.ancova_cr2`; people who stand alone have labels of their own.

    Returns
    -------
    Result
        Method `mixed_model_partially_nested`, Kenward-Roger standard error and df; `estimate` is the first-named arm
        less the other, in points. No standardised effect. No numbers with one group, or where people of an arm do
        not vary.
    """
    pairs = complete_pairs(pre, post, group, treated)
    base = describe(METHOD, pairs, conf_level, pairs.treated)
    if reason := obstacle(pairs, two_arms=True):
        return untested(base, reason, raw_difference(pairs))
    before = [] if is_constant(pairs.pre, pairs.noise) else [pairs.pre - pairs.pre.mean()]
    return _compared(base, pairs, np.column_stack((np.ones(pairs.n), *before, pairs.treated.astype(np.float64))))


def partially_nested_level(scores: ArrayLike, treated: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Compare two arms, one of them in groups, at one wave: `score ~ treated`; see `partially_nested_ancova`."""
    values = np.asarray(scores, dtype=np.float64)
    found = partially_nested_ancova(np.where(np.isfinite(values), 0.0, np.nan), values, treated, group, conf_level)
    return replace(found, n_pre=0, mean_pre=float("nan"), sd_pre=float("nan"))


def _compared(base: Result, pairs: Pairs, design: FloatArray) -> Result:
    if not pairs.partially_nested:
        return untested(base, NOT_NESTED)
    in_groups = _arm_with_groups(pairs)
    if reason := _no_model(pairs, design, in_groups):
        return untested(base, reason)
    fit = fit_partial(turn(pairs.post, design, pairs.group, in_groups))
    if not fit.converged:
        return with_notes(replace(base, converged=False), [NOT_CONVERGED])
    test = contrast_test(fit.approximation, np.eye(design.shape[1])[-1], conf_level=base.conf_level)
    if not isfinite(test.std_error):
        return untested(base, NOT_CONVERGED, test.estimate)
    between, inside, alone = fit.variances
    said = SPREAD.format(between / (between + inside), sqrt(inside), sqrt(alone))
    filled = replace(base, **{field: getattr(test, field) for field in _FIELDS})
    return with_notes(filled, [said, "" if between > 0.0 else ZERO_GROUPS])


def _arm_with_groups(pairs: Pairs) -> BoolArray:
    shared = np.bincount(pairs.group)[pairs.group] > 1
    return np.asarray(pairs.treated == pairs.treated[shared][0], dtype=np.bool_)


def _no_model(pairs: Pairs, design: FloatArray, in_groups: BoolArray) -> str:
    """Say why no model can be fitted; empty when one can."""
    if np.unique(pairs.group[in_groups]).size < 2:
        return ONE_GROUP
    residual = pairs.post - design @ np.linalg.lstsq(design, pairs.post, rcond=None)[0]
    groups = pairs.group[in_groups]
    means = np.bincount(groups, weights=residual[in_groups]) / np.maximum(np.bincount(groups), 1)
    spreads = (residual[in_groups] - means[groups], residual[~in_groups])
    noise = NOISE * float(np.max(np.abs(pairs.post)))
    if min(int((~in_groups).sum()), int(in_groups.sum())) <= design.shape[1]:
        return NO_NOISE
    return NO_NOISE if any(is_constant(spread, noise) for spread in spreads) else ""

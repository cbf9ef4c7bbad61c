"""Proportional-odds models with random intercepts: maximum likelihood by Laplace's method or adaptive quadrature.

P(answer <= k) = F(threshold_k - x'beta - sum_r sd_r u_r), F logistic, every u standard normal. With h(u) the joint log
density and H its negative second derivative at the mode, Laplace's method gives log L = h(mode) - log|H| / 2; with one
random intercept a Gauss-Hermite rule centred at the mode replaces it (Pinheiro and Bates 1995, J Comput Graph Stat
4:12-35). Two categories are a logistic model with random intercepts. The models are those of R's `ordinal::clmm` and
`lme4::glmer`.

The gradient takes complex steps (Squire and Trapp 1998, SIAM Rev 40:110-2), so that it has no truncation error; the
Hessian is its central difference. The likelihood is even in each standard deviation, which therefore needs no bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from balint_eval.stats.pairs import FloatArray, IntArray

_STEPS = 60
_NEARLY = 1e-5
"""A step to the mode after which one more is the last."""
_AT_REST = 1e-11
_TINY = 1e-20
"""Length of a complex step."""
_WIDE = 1e-4
"""Step of the Hessian's central differences."""
_GRADIENT_REACHED = 1e-5
_NO_SPREAD = 1e-4
"""A standard deviation below this is shown as 0: the likelihood is flat there."""
_SEPARATED = 15.0
"""Log odds a standard deviation of x beyond this have no finite optimum: the search stopped on its way."""
_EDGE = 200.0
"""Threshold below the lowest and above the highest answer; F is 0 and 1 there to the last digit."""

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinalFit:
    """One fitted model.

    Attributes
    ----------
    thresholds : ndarray, shape (k - 1,)
        Log odds of standing at or below each answer but the last, where every x is 0.
    coefficients : ndarray, shape (p,)
        Log odds ratios of a higher answer.
    deviations : ndarray, shape (r,)
        Standard deviations of the random intercepts, log odds.
    covariance : ndarray, shape (k - 1 + p + r, k - 1 + p + r)
        Inverse of the observed information for thresholds, coefficients and deviations; `nan` in the rows of a
        deviation of 0, which the others do not depend on then.
    log_likelihood : float
    converged : bool
        False where no finite optimum was found, as in separated data; then no number may be used.
    """

    thresholds: FloatArray
    coefficients: FloatArray
    deviations: FloatArray
    covariance: FloatArray
    log_likelihood: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Data:
    answer: IntArray  # (n,), 0 to k - 1
    X: FloatArray  # (n, p)
    Z: tuple[FloatArray, ...]  # r indicators, each (n, levels of it)
    nodes: int
    categories: int

    def parts(self, parameters: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        cuts, p = self.categories - 1, self.X.shape[1]
        return parameters[:cuts], parameters[cuts : cuts + p], parameters[cuts + p :]


def cumulative_mixed(answer: IntArray, X: FloatArray, factors: tuple[IntArray, ...], nodes: int = 1) -> OrdinalFit:
    """Fit a proportional-odds model with crossed or nested random intercepts.

    Parameters
    ----------
    answer : ndarray of int, shape (n,)
        Ordered answers. Only those that somebody gave are categories.
    X : ndarray of float, shape (n, p)
        Design without an intercept: the thresholds take its place.
    factors : tuple of ndarray of int, each of shape (n,)
        The group, person or the like of each answer; one random intercept each.
    nodes : int
        Points of the adaptive Gauss-Hermite rule, odd or even; 1 is Laplace's method. More than 1 needs one factor.

    Returns
    -------
    OrdinalFit

    Raises
    ------
    ValueError
        Fewer than two categories, or quadrature over several factors.
    """
    given, codes = np.unique(answer, return_inverse=True)
    if given.size < 2:
        raise ValueError("fewer than two different answers")
    if nodes > 1 and len(factors) != 1:
        raise ValueError("quadrature needs one factor; take nodes=1 for Laplace's method")
    data = _Data(codes.astype(np.intp), X, tuple(map(_indicators, factors)), nodes, given.size)
    shares = np.cumsum(np.bincount(codes))[:-1] / codes.size
    start = np.concatenate((np.log(shares / (1 - shares)), np.zeros(X.shape[1]), np.full(len(factors), 0.5)))
    found = minimize(_loss, start, (data,), jac=_loss_gradient, method="BFGS", options={"gtol": 1e-6, "maxiter": 500})
    return _summary(_polished(_snapped(found.x, data), data), data)


def _snapped(parameters: FloatArray, data: _Data) -> FloatArray:
    """Put deviations to exactly 0 where that fits as well: the search only creeps towards it."""
    for at in range(parameters.size - len(data.Z), parameters.size):
        without = parameters.copy()
        without[at] = 0.0
        if _loss(without, data) <= _loss(parameters, data) + _AT_REST:
            parameters = without
    return parameters


def _indicators(factor: IntArray) -> FloatArray:
    levels, codes = np.unique(factor, return_inverse=True)
    return np.eye(levels.size)[codes]


def _loss(parameters: FloatArray, data: _Data) -> float:
    thresholds = data.parts(parameters)[0]
    if np.any(np.diff(thresholds) <= 0):
        return np.inf
    return -float(_log_likelihood(parameters, data, _mode(parameters, data)))


def _loss_gradient(parameters: FloatArray, data: _Data) -> FloatArray:
    if np.any(np.diff(data.parts(parameters)[0]) <= 0):
        return np.zeros_like(parameters)
    mode = _mode(parameters, data)
    slopes = np.empty(parameters.size)
    for at in range(parameters.size):
        moved = parameters.astype(complex)
        moved[at] += 1j * _TINY
        # One step of Newton's method from the mode gives its derivative exactly.
        shifted = mode + _newton_step(moved, data, mode.astype(complex))
        slopes[at] = np.imag(_log_likelihood(moved, data, shifted)) / _TINY
    return -slopes


def _polished(parameters: FloatArray, data: _Data) -> FloatArray:
    """Take Newton's last steps, which a quasi-Newton search leaves out; deviations of 0 stay where they are."""
    free = _free(parameters, data)
    information = _information(parameters, data, free)
    if not _is_peak(information):
        return parameters
    for _ in range(10):
        gradient = _loss_gradient(parameters, data)[free]
        moved = parameters.copy()
        moved[free] -= np.linalg.solve(information, gradient)
        if not _loss(moved, data) <= _loss(parameters, data) + _AT_REST:
            break
        parameters = moved
        if np.max(np.abs(gradient)) < _AT_REST:
            break
    return parameters


def _is_peak(information: FloatArray) -> bool:
    return bool(np.all(np.isfinite(information)) and np.min(np.linalg.eigvalsh(information)) > 0)


def _free(parameters: FloatArray, data: _Data) -> NDArray[np.bool_]:
    """Say which parameters lie inside: a deviation of 0 is a bound at which all else is differentiated."""
    free = np.ones(parameters.size, dtype=bool)
    deviations = data.parts(parameters)[2]
    if deviations.size:
        free[-deviations.size :] = np.abs(deviations) > _NO_SPREAD
    return free


def _information(parameters: FloatArray, data: _Data, free: NDArray[np.bool_]) -> FloatArray:
    chosen = np.flatnonzero(free)
    rows = np.empty((chosen.size, chosen.size))
    for row, at in enumerate(chosen):
        step = np.zeros(parameters.size)
        step[at] = _WIDE
        sides = [_loss_gradient(parameters + sign * step, data)[chosen] for sign in (1.0, -1.0, 2.0, -2.0)]
        rows[row] = (8 * (sides[0] - sides[1]) - (sides[2] - sides[3])) / (12 * _WIDE)
    return (rows + rows.T) / 2


def _summary(parameters: FloatArray, data: _Data) -> OrdinalFit:
    thresholds, coefficients, deviations = data.parts(parameters)
    free = _free(parameters, data)
    information = _information(parameters, data, free)
    covariance = np.full((parameters.size, parameters.size), np.nan)
    sound = _is_peak(information)
    if sound:
        covariance[np.ix_(free, free)] = np.linalg.inv(information)
    still = float(np.max(np.abs(_loss_gradient(parameters, data)[free]))) < _GRADIENT_REACHED
    finite = bool(np.all(np.abs(coefficients) * data.X.std(axis=0) < _SEPARATED))
    return OrdinalFit(
        thresholds=thresholds,
        coefficients=coefficients,
        deviations=np.where(free[free.size - deviations.size :], np.abs(deviations), 0.0),
        covariance=covariance,
        log_likelihood=-_loss(parameters, data),
        converged=sound and still and finite,
    )


def _mode(parameters: FloatArray, data: _Data) -> FloatArray:
    """Give the mode of the random effects; the log density is concave, so halved Newton steps reach it."""
    mode = np.zeros(sum(block.shape[1] for block in data.Z))
    reached = _joint(parameters, data, mode)
    for _ in range(_STEPS):
        step = _newton_step(parameters, data, mode)
        if np.max(np.abs(step), initial=0.0) < _NEARLY:
            # Newton's error is squared by each step, so this one leaves rounding only.
            return mode + step + _newton_step(parameters, data, mode + step)
        for halvings in range(30):
            candidate = mode + step * 0.5**halvings
            value = _joint(parameters, data, candidate)
            if value >= reached:
                break
        mode, reached = candidate, value
    return mode


def _newton_step(parameters: Numbers, data: _Data, effects: Numbers) -> Numbers:
    loadings = _loadings(parameters, data)
    lower, upper = _reaching(parameters, data, loadings @ effects)
    below, above = _logistic(lower), _logistic(upper)
    gradient = loadings.T @ (above + below - 1.0) - effects
    return np.linalg.solve(_curvature(loadings, below, above), gradient)


def _curvature(loadings: Numbers, below: Numbers, above: Numbers) -> Numbers:
    weight = above * (1.0 - above) + below * (1.0 - below)
    return np.eye(loadings.shape[1]) + loadings.T @ (weight[:, None] * loadings)


def _loadings(parameters: Numbers, data: _Data) -> Numbers:
    """Give what each standard normal effect adds to each predictor, shape (n, effects)."""
    deviations = data.parts(parameters)[2]
    blocks = [deviation * block for deviation, block in zip(deviations, data.Z, strict=True)]
    return np.concatenate([np.empty((data.answer.size, 0)), *blocks], axis=1)


def _reaching(parameters: Numbers, data: _Data, random: Numbers) -> tuple[Numbers, Numbers]:
    """Give the thresholds below and above each answer less its predictor."""
    thresholds, coefficients, _ = data.parts(parameters)
    edges = np.concatenate(([-_EDGE], thresholds, [_EDGE]))
    predictor = data.X @ coefficients
    shifted = predictor.reshape(-1, *(1,) * (random.ndim - 1)) + random
    lower, upper = (edges[data.answer + side].reshape(-1, *(1,) * (random.ndim - 1)) for side in (0, 1))
    return lower - shifted, upper - shifted


def _logistic(x: Numbers) -> Numbers:
    return 1.0 / (1.0 + np.exp(-x))


def _answered(lower: Numbers, upper: Numbers) -> Numbers:
    """Give log(F(upper) - F(lower)) as log F(upper) + log F(-lower) + log(1 - exp(lower - upper)): no digits cancel."""
    said: Numbers = np.log1p(-np.exp(lower - upper)) - np.log1p(np.exp(-upper)) - np.log1p(np.exp(lower))
    return said


def _joint(parameters: Numbers, data: _Data, effects: Numbers) -> Any:  # noqa: ANN401
    random = _loadings(parameters, data) @ effects
    return np.sum(_answered(*_reaching(parameters, data, random))) - effects @ effects / 2


def _log_likelihood(parameters: Numbers, data: _Data, mode: Numbers) -> Any:  # noqa: ANN401
    loadings = _loadings(parameters, data)
    lower, upper = _reaching(parameters, data, loadings @ mode)
    curvature = _curvature(loadings, _logistic(lower), _logistic(upper))
    if data.nodes > 1:
        return _by_quadrature(parameters, data, mode, np.diag(curvature))
    sign, size = np.linalg.slogdet(curvature)
    return np.sum(_answered(lower, upper)) - mode @ mode / 2 - (np.log(sign) + size) / 2


@cache
def _rule(nodes: int) -> tuple[FloatArray, FloatArray]:
    return np.polynomial.hermite.hermgauss(nodes)


def _by_quadrature(parameters: Numbers, data: _Data, mode: Numbers, curvature: Numbers) -> Any:  # noqa: ANN401
    """Integrate each level's effect over nodes about its mode."""
    nodes, weights = _rule(data.nodes)
    effects = mode[:, None] + np.sqrt(2.0 / curvature)[:, None] * nodes  # (levels, nodes)
    random = data.parts(parameters)[2][0] * (data.Z[0] @ effects)  # (n, nodes)
    density = data.Z[0].T @ _answered(*_reaching(parameters, data, random)) - effects**2 / 2
    terms = density + nodes**2 + np.log(weights)
    largest = np.max(terms.real, axis=1)
    integrals = np.log(np.sum(np.exp(terms - largest[:, None]), axis=1)) + largest
    return np.sum(integrals - np.log(np.pi * curvature) / 2)

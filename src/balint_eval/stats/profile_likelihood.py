"""Profile-likelihood intervals of a mixed model: standard deviations, correlations and fixed effects.

A parameter is held at a value, the likelihood is maximised over all others, and the interval holds the values at
which twice the loss of log likelihood stays below the quantile of chi squared on 1 df. It is not symmetric and may
end at 0, which a Wald interval of a variance cannot. As in lme4, the likelihood is the full one and not the
restricted one, which cannot be compared between different fixed effects.

References: Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1), section 5.1; Venzon and
Moolgavkar (1988), Applied Statistics 37, 87-94.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize
from scipy.special import chdtri

from balint_eval.stats.reml import RemlFit
from balint_eval.stats.reml_moments import reduce
from balint_eval.stats.reml_problem import Problem
from balint_eval.stats.reml_terms import FloatArray, IntArray, MixedModelError

RESIDUAL = "Residual"

# A bound is sought no further than this many times away from the estimate.
_FARTHEST = 1e3
# Bounds are sought to this share of themselves, in internal units, whose size is near one.
_XTOL = 1e-9
# The gradient at which the likelihood is as good as maximal; its value is then right to some 1e-11.
_FLAT = 1e-6
# A standard deviation of 0 is a stationary point whether or not it is the best; the search starts beside it too.
_NEAR_ZERO, _LIFTED = 0.05, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileInterval:
    """Interval of one parameter.

    Attributes
    ----------
    term, name : str
        Grouping factor (`Residual` for the residual; empty for a fixed effect), and what of it: the column whose
        standard deviation it is, or two columns for their correlation.
    kind : str
        `sd`, `correlation` or `fixed`.
    estimate : float
        At the maximum of the likelihood, in units of the outcome; standard deviations differ from those of REML.
    conf_low, conf_high : float
        `nan` where no bound was found: the likelihood is too flat.
    """

    term: str
    name: str
    kind: str
    estimate: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True, eq=False)
class _Parameter:
    """One coordinate of the likelihood: `unit` turns it into the units of the data."""

    term: str
    name: str
    kind: str
    unit: float


def profile_variances(fit: RemlFit, conf_level: float = 0.95) -> tuple[ProfileInterval, ...]:
    """Give profile intervals of all standard deviations and correlations of a fit, the residual last.

    Parameters
    ----------
    fit : RemlFit
        Terms with up to two columns (intercept, or intercept and slope).
    conf_level : float

    Returns
    -------
    tuple of ProfileInterval
        In the order of the terms; a correlated slope gives intercept, correlation, slope, as lme4.

    Notes
    -----
    A standard deviation of 0 and a correlation of -1 or 1 end an interval that reaches them. Some tenths of a second
    a parameter. With few groups the chi-squared limit is rough: read it as a picture of what the data leave open.
    """
    likelihood = _Likelihood(fit)
    order = likelihood.in_order_of_terms()
    return tuple(likelihood.interval(index, conf_level) for index in order)


def profile_contrast(fit: RemlFit, weights: ArrayLike, conf_level: float = 0.95, name: str = "") -> ProfileInterval:
    """Give the profile interval of one linear combination of the fixed effects, weights of shape (p,).

    Notes
    -----
    The normal limit knows nothing of few groups: `small_sample.contrast_test` is the honest interval there.
    """
    likelihood = _Likelihood(fit)
    contrast = np.linalg.solve(fit.problem.triangle.T, np.asarray(weights, dtype=float))
    estimate = likelihood.fixed_at(likelihood.best, contrast)

    def lost(value: float) -> float:
        return likelihood.lost(fixed=(contrast, value))

    step = 2 * float(np.sqrt(np.asarray(weights) @ fit.covariance @ np.asarray(weights))) / fit.problem.unit
    middle = float(np.asarray(weights) @ np.linalg.solve(fit.problem.triangle, fit.problem.start))
    low, high = (_bound(lost, estimate, direction * step, _limit(conf_level)) for direction in (-1, 1))
    unit = fit.problem.unit
    return ProfileInterval(
        term="", name=name, kind="fixed",
        estimate=middle + unit * estimate, conf_low=middle + unit * low, conf_high=middle + unit * high,
    )  # fmt: skip


def _limit(conf_level: float) -> float:
    return float(chdtri(1, 1 - conf_level))


class _Likelihood:
    """-2 log likelihood of a problem in standard deviations, angles (correlation = sine) and sigma, internal units."""

    def __init__(self, fit: RemlFit) -> None:
        self.problem = fit.problem
        self.parameters = _parameters(fit.problem)
        start = np.append(_standard(fit), fit.moments.sigma)
        self.best, self.value = self._minimise(start, fixed_index=None)

    def in_order_of_terms(self) -> list[int]:
        """Sort the parameters as the terms were given; blocks are sorted by width."""
        of = {term.name: position for position, term in enumerate(self.problem.terms)}
        last = len(of)
        return sorted(range(len(self.parameters)), key=lambda i: of.get(self.parameters[i].term, last))

    def interval(self, index: int, conf_level: float) -> ProfileInterval:
        """Profile one coordinate."""
        parameter, estimate = self.parameters[index], float(self.best[index])
        limit = _limit(conf_level)
        is_angle = parameter.kind == "correlation"
        ends = (-pi / 2, pi / 2) if is_angle else (0.0, np.inf)
        step = 0.5 if is_angle else max(0.3 * abs(estimate), 0.1)

        def lost(value: float) -> float:
            return self.lost(held=(index, value))

        low, high = (_bound(lost, estimate, sign * step, limit, end) for sign, end in zip((-1, 1), ends, strict=True))
        # An estimate of zero may have either sign; a standard deviation has none.
        turn: Callable[[float], float] = np.sin if is_angle else (lambda value: abs(value) * parameter.unit)
        return ProfileInterval(
            term=parameter.term, name=parameter.name, kind=parameter.kind,
            estimate=float(turn(estimate)), conf_low=float(turn(low)), conf_high=float(turn(high)),
        )  # fmt: skip

    def lost(self, held: tuple[int, float] | None = None, fixed: tuple[FloatArray, float] | None = None) -> float:
        """Give what -2 log likelihood rises to above its minimum when one coordinate or contrast is held."""
        start = self.best.copy()
        index = None
        if held is not None:
            index, start[held[0]] = held[0], held[1]
        return self._minimise(start, index, fixed)[1] - self.value

    def _minimise(
        self, start: FloatArray, fixed_index: int | None, fixed: tuple[FloatArray, float] | None = None
    ) -> tuple[FloatArray, float]:
        """Minimise over all coordinates but one, from the best point and from one without zeros."""
        free = np.array([i for i in range(len(start)) if i != fixed_index], dtype=np.intp)

        def objective(values: FloatArray) -> tuple[float, FloatArray]:
            point = start.copy()
            point[free] = values
            value, slope = self._deviance(point, fixed)
            return value, slope[free]

        starts = self._starts(start, free)
        found = [minimize(objective, at[free], jac=True, method="BFGS", options={"gtol": _FLAT}) for at in starts]
        best = min(found, key=lambda one: float(one.fun))
        point = start.copy()
        point[free] = best.x
        return point, float(best.fun)

    def _starts(self, point: FloatArray, free: IntArray) -> list[FloatArray]:
        """Give the point, one without zeros, and one with no correlation: zeros and full correlations are traps."""
        near_zero = np.abs(point) < _NEAR_ZERO
        angles = np.array([parameter.kind == "correlation" for parameter in self.parameters])
        others = [np.where(near_zero, _LIFTED, point)] if near_zero[free].any() else []
        if angles[free].any():
            others.append(np.where(angles, -_LIFTED * np.sign(point), others[0] if others else point))
        return [point, *others]

    def fixed_at(self, point: FloatArray, contrast: FloatArray) -> float:
        """Give a contrast of the fixed effects at one point, internal units."""
        theta, _ = self._theta(point)
        return float(contrast @ _solve(self.problem, theta)[2])

    def _theta(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give theta and its derivative in the coordinates, shape (T, T + 1)."""
        sigma = point[-1]
        count = len(self.parameters) - 1
        relative, slope = np.zeros(count), np.zeros((count, count + 1))
        for i, parameter in enumerate(self.parameters[:-1]):
            if parameter.kind == "sd" and not _has_angle(self.parameters, i):
                relative[i], slope[i, i] = point[i], 1.0
            elif parameter.kind == "correlation":
                angle, sd = point[i], point[i + 1]
                relative[i], relative[i + 1] = sd * np.sin(angle), sd * np.cos(angle)
                slope[i, i], slope[i, i + 1] = sd * np.cos(angle), np.sin(angle)
                slope[i + 1, i], slope[i + 1, i + 1] = -sd * np.sin(angle), np.cos(angle)
        slope[:, :-1] /= sigma
        slope[:, -1] = -relative / sigma**2
        return relative / sigma, slope

    def _deviance(self, point: FloatArray, fixed: tuple[FloatArray, float] | None) -> tuple[float, FloatArray]:
        sigma, problem = float(point[-1]), self.problem
        if sigma == 0:
            return np.inf, np.zeros_like(point)
        theta, turn = self._theta(point)
        try:
            logs, first, gamma, phi = _solve(problem, theta)
        except (MixedModelError, np.linalg.LinAlgError):
            return np.inf, np.zeros_like(point)
        if fixed is not None:
            contrast, value = fixed
            reach = phi @ contrast
            gamma = gamma - reach * ((contrast @ gamma - value) / (contrast @ reach))
        weights = np.concatenate([-gamma, [1.0]])
        left = float(weights @ first[problem.q :, problem.q :] @ weights)
        z_v_e = first[: problem.q, problem.q :] @ weights
        rows, columns = problem.parameters.rows, problem.parameters.columns
        traces = [first[c, r].sum() for r, c in zip(rows, columns, strict=True)]
        squares = [z_v_e[r] @ z_v_e[c] for r, c in zip(rows, columns, strict=True)]
        by_covariance = np.array(traces) - np.array(squares) / sigma**2
        slope = (2 * problem.parameters.form @ theta).T @ by_covariance @ turn
        slope[-1] += 2 * problem.n / sigma - 2 * left / sigma**3
        return problem.n * float(np.log(2 * pi * sigma**2)) + logs + left / sigma**2, slope


def _solve(problem: Problem, theta: FloatArray) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Give log|V*|, A'V*^-1 A, the fixed effects and their relative covariance, V* = V / sigma^2."""
    first, root, _ = reduce(problem, theta)
    dense = slice(problem.q, problem.q + problem.p)
    phi = np.asarray(np.linalg.inv(first[dense, dense]), dtype=np.float64)
    return 2 * float(np.sum(np.log(np.diag(root)))), first, phi @ first[dense, -1], phi


def _parameters(problem: Problem) -> list[_Parameter]:
    """List the coordinates in the order of theta, sigma last."""
    found = []
    for r in range(len(problem.parameters.block)):
        block = problem.blocks[problem.parameters.block[r]]
        if len(block.columns) > 2:
            raise MixedModelError("Profile intervals are given for random terms of at most two columns.")
        term, a, b = problem.terms[block.term], problem.parameters.row[r], problem.parameters.column[r]
        first, second = (term.column_names[block.columns[at]] for at in (a, b))
        kind, name = ("sd", first) if a == b else ("correlation", f"{second}, {first}")
        found.append(_Parameter(term.name, name, kind, problem.unit / float(block.scale[a])))
    return [*found, _Parameter(RESIDUAL, "", "sd", problem.unit)]


def _has_angle(parameters: list[_Parameter], i: int) -> bool:
    return i > 0 and parameters[i - 1].kind == "correlation"


def _standard(fit: RemlFit) -> FloatArray:
    """Give the standard deviations and angles of a fit, without sigma, internal units."""
    theta, sigma = fit.moments.theta, fit.moments.sigma
    point = np.abs(theta) * sigma
    for i, parameter in enumerate(_parameters(fit.problem)[:-1]):
        if parameter.kind == "correlation":
            point[i], point[i + 1] = np.arctan2(theta[i], theta[i + 1]), sigma * np.hypot(theta[i], theta[i + 1])
    return point


def _bound(lost: Callable[[float], float], estimate: float, step: float, limit: float, end: float = nan) -> float:
    """Find where the loss reaches the limit, walking away from the estimate; the end of the scale if it never does."""
    inner, width = estimate, step
    while abs(width) < _FARTHEST * abs(step):
        outer = inner + width
        if np.isfinite(end) and (outer - end) * np.sign(step) >= 0:
            outer = end
        if lost(outer) > limit:
            root = brentq(lambda value: _root_of(lost(value)) - sqrt(limit), inner, outer, xtol=_XTOL, rtol=_XTOL)
            return float(root)
        if outer == end:
            return end
        inner, width = outer, 1.5 * width
    return nan


def _root_of(loss: float) -> float:
    return sqrt(max(loss, 0.0))

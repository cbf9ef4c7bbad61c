"""Minimise a REML criterion: a grid of starts, Newton steps, a certificate of the optimum.

theta = 0 is a stationary point of the criterion whether or not it is the optimum, because a
variance is the square of theta. The certificate therefore looks at derivatives in the variances
themselves: at the optimum the gradient matrix of each block is positive semidefinite.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product as combinations

import numpy as np
from scipy.optimize import fmin

from balint_eval.stats.reml_problem import Criterion, Problem
from balint_eval.stats.reml_profile import Profile, profile_derivatives
from balint_eval.stats.reml_terms import FloatArray, MixedModelError

_GRID = (0.15, 0.7, 3.0)
_GRID_AT_MOST = 81
_STEPS = 60
_ROUGH = 1e-4
_DONE = 1e-13
_CERTAIN = 1e-7
_SNAP = 1e-3
_TIE = 1e-9
_FLAT = 1e-9
_RUNAWAY = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended; `converged` only with a certificate."""

    theta: FloatArray
    value: float
    converged: bool
    evaluations: int


def optimise(problem: Problem) -> Optimum:
    """Find the minimum of the REML criterion of `problem`."""
    criterion = Criterion(problem)
    rough = [_descend(problem, criterion, start, _ROUGH) for start in _starts(problem, criterion)]
    theta = _finish(problem, criterion, min(rough, key=criterion))
    certified = _certified(problem, criterion, theta)
    for attempt in (_lift_zeros, _simplex):
        if certified:
            break
        other = _finish(problem, criterion, attempt(problem, criterion, theta))
        certified = _certified(problem, criterion, other)
        theta = other if certified else min(theta, other, key=criterion)
    return Optimum(theta, criterion(theta), certified, criterion.evaluations)


def _finish(problem: Problem, criterion: Criterion, theta: FloatArray) -> FloatArray:
    return _snap(problem, criterion, _descend(problem, criterion, theta, 0.0))


def _starts(problem: Problem, criterion: Criterion) -> list[FloatArray]:
    """Pick the best grid point and the best of those that differ from it in every variance."""
    count = int(problem.parameters.diagonal.sum())
    small = len(_GRID) ** count <= _GRID_AT_MOST
    grid = list(combinations(_GRID, repeat=count)) if small else [(size,) * count for size in _GRID]
    ranked = sorted(grid, key=lambda scale: criterion(_spread(problem, scale)))
    other = next(scale for scale in ranked if all(a != b for a, b in zip(scale, ranked[0], strict=True)))
    return [_spread(problem, ranked[0]), _spread(problem, other), *_tilted(problem)]


def _spread(problem: Problem, scale: tuple[float, ...]) -> FloatArray:
    theta = np.zeros(len(problem.parameters.block))
    theta[problem.parameters.diagonal] = scale
    return theta


def _tilted(problem: Problem) -> list[FloatArray]:
    """Add starts with strong correlations of either sign where a block has covariances."""
    diagonal = problem.parameters.diagonal
    if diagonal.all():
        return []
    return [np.where(diagonal, 0.5, tilt) for tilt in (-1.0, 1.0)]


def _descend(problem: Problem, criterion: Criterion, theta: FloatArray, enough: float) -> FloatArray:
    """Take Newton steps until the next one promises less than `enough`.

    Curvature is made positive, and a step is halved until it helps. Once the promise is below the
    rounding noise of the criterion the derivatives are trusted instead.
    """
    value = criterion(theta)
    for _ in range(_STEPS):
        found = _profile(problem, criterion, theta)
        if found is None:
            break
        step = _newton_step(found, theta)
        promised = -float(found.slope @ step)
        if promised < max(enough, _DONE):
            return theta + step
        candidate, reached = (theta + step, value) if promised < _TIE else _backtrack(criterion, theta, value, step)
        if candidate is theta:
            break
        theta, value = candidate, reached
    return theta


def _profile(problem: Problem, criterion: Criterion, theta: FloatArray) -> Profile | None:
    """Give the derivatives, or nothing where the residual variance vanishes against the others."""
    criterion.evaluations += 1
    if not np.isfinite(theta).all() or np.max(np.abs(theta)) > _RUNAWAY:
        return None
    try:
        return profile_derivatives(problem, theta)
    except (MixedModelError, np.linalg.LinAlgError):
        return None


def _newton_step(profile: Profile, theta: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(profile.curvature)
    floor = max(_FLAT * float(np.max(np.abs(values))), 1e-12)
    step = -vectors @ ((vectors.T @ profile.slope) / np.maximum(np.abs(values), floor))
    limit = 1.0 + float(np.linalg.norm(theta))
    length = float(np.linalg.norm(step))
    return np.asarray(step if length <= limit else step * (limit / length), dtype=np.float64)


def _backtrack(criterion: Criterion, theta: FloatArray, value: float, step: FloatArray) -> tuple[FloatArray, float]:
    for halvings in range(30):
        candidate = theta + step * 0.5**halvings
        reached = criterion(candidate)
        if reached < value:
            return candidate, reached
    return theta, value


def _snap(problem: Problem, criterion: Criterion, theta: FloatArray) -> FloatArray:
    """Put tiny diagonal entries at exactly zero where that costs nothing, and make the rest positive."""
    parameters = problem.parameters
    theta = _positive_columns(problem, theta)
    for r in np.flatnonzero(parameters.diagonal & (np.abs(theta) < _SNAP)):
        candidate = theta.copy()
        candidate[r] = 0.0
        if criterion(candidate) <= criterion(theta) + _TIE:
            theta = candidate
    return theta


def _positive_columns(problem: Problem, theta: FloatArray) -> FloatArray:
    """Flip the sign of factor columns with a negative diagonal, which changes no covariance."""
    parameters, theta = problem.parameters, theta.copy()
    for r in np.flatnonzero(parameters.diagonal & (theta < 0)):
        column = (parameters.block == parameters.block[r]) & (parameters.column == parameters.column[r])
        theta[column] *= -1
    return theta


def _certified(problem: Problem, criterion: Criterion, theta: FloatArray) -> bool:
    """Tell whether `theta` is a minimum: nothing to be gained in theta nor by leaving a zero."""
    found = _profile(problem, criterion, theta)
    if found is None:
        return False
    size = float(np.max(np.abs(found.curvature)))
    if np.linalg.eigvalsh(found.curvature)[0] < -1e-6 * size:
        return False
    promised = -float(found.slope @ _newton_step(found, theta))
    return promised < _CERTAIN and not _pulled_from_zero(problem, found)


def _pulled_from_zero(problem: Problem, profile: Profile) -> bool:
    """Tell whether the criterion would fall if a direction of zero variance were freed."""
    matrices = [_gradient_matrix(problem, profile.by_covariance, b) for b in range(len(problem.blocks))]
    return any(np.linalg.eigvalsh(matrix)[0] < -1e-5 for matrix in matrices)


def _gradient_matrix(problem: Problem, slope: FloatArray, block: int) -> FloatArray:
    parameters, size = problem.parameters, len(problem.blocks[block].columns)
    matrix = np.zeros((size, size))
    for r in np.flatnonzero(parameters.block == block):
        row, column = parameters.row[r], parameters.column[r]
        share = slope[r] / (1 if row == column else 2)
        matrix[row, column] = matrix[column, row] = share
    return matrix


def _lift_zeros(problem: Problem, criterion: Criterion, theta: FloatArray) -> FloatArray:
    """Start again with every small diagonal entry well away from zero."""
    criterion.evaluations += 1
    small = problem.parameters.diagonal & (np.abs(theta) < 0.1)
    return np.where(small, 0.3, theta)


def _simplex(problem: Problem, criterion: Criterion, theta: FloatArray) -> FloatArray:
    """Polish without derivatives."""
    start = np.where(problem.parameters.diagonal & (np.abs(theta) < 0.1), 0.1, theta)
    found = fmin(criterion, start, xtol=1e-8, ftol=1e-10, maxfun=400 * len(theta), disp=False)
    return np.asarray(found, dtype=np.float64)

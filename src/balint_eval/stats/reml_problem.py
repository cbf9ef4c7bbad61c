"""A mixed model reduced to cross-products, and its profiled REML criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf

from balint_eval.stats.reml_terms import (
    Block,
    FloatArray,
    MixedModelError,
    Parameters,
    RandomTerm,
    gram,
    index_parameters,
    make_blocks,
)

# Residuals below this share of the scores are rounding: numbers of 64 bits hold some 16 digits, and what least squares
# leaves of scores without spread is a few units of the last. A wider margin would refuse data that do have spread: the
# scores of NIST's SmLs07 to SmLs09 agree in 13 leading digits, so their residuals are 1e-13 of them, and the certified
# variances are still found to 3.5 digits (it was 1e-10, which refused them).
_NO_SPREAD = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What a fit needs: sizes, cross-products and the way back to the units of the data.

    Attributes
    ----------
    n, p, q : int
        Scores, fixed effects, random effects.
    product : array, shape (q + p + 1, q + p + 1)
        A'A for A = [Z | Q | r].
    triangle, start : arrays, shapes (p, p) and (p,)
        X = Q `triangle`; least-squares coefficients in the basis Q.
    unit : float
        Root mean square of the least-squares residuals, by which r was divided.
    """

    n: int
    p: int
    q: int
    terms: tuple[RandomTerm, ...]
    blocks: tuple[Block, ...]
    parameters: Parameters
    product: FloatArray
    triangle: FloatArray
    start: FloatArray
    unit: float

    @property
    def constant(self) -> float:
        """What must be added to the criterion in internal units to get that of the data."""
        free = self.n - self.p
        return float(2 * np.sum(np.log(np.abs(np.diag(self.triangle)))) + 2 * free * np.log(self.unit))


def factor_transposed(problem: Problem, theta: FloatArray, matrix: FloatArray) -> FloatArray:
    """Give Lambda' times a matrix with a row for each random effect."""
    at, to = problem.parameters.factor_rows, problem.parameters.factor_columns
    product = np.zeros_like(matrix)
    for r in np.flatnonzero(theta):
        product[to[r]] += theta[r] * matrix[at[r]]
    return product


def factor_times(problem: Problem, theta: FloatArray, matrix: FloatArray) -> FloatArray:
    """Give Lambda times a matrix with a row for each random effect."""
    at, to = problem.parameters.factor_rows, problem.parameters.factor_columns
    product = np.zeros_like(matrix)
    for r in np.flatnonzero(theta):
        product[at[r]] += theta[r] * matrix[to[r]]
    return product


def make_problem(y: FloatArray, X: FloatArray, terms: tuple[RandomTerm, ...]) -> Problem:
    """Check the data and reduce them to cross-products."""
    _check(y, X, terms)
    n, p = X.shape
    # A model of too many effects is refused before its design is looked at: that costs minutes for a thousand sites.
    blocks = make_blocks(terms, n)
    _need_full_rank(X)
    basis, triangle = np.linalg.qr(X)
    start = basis.T @ y
    residual = y - basis @ start
    residual -= basis @ (basis.T @ residual)
    unit = float(np.sqrt(np.mean(residual**2)))
    if unit <= _NO_SPREAD * float(np.sqrt(np.mean(y**2))) or unit == 0:
        raise MixedModelError("The scores do not vary beyond the fixed effects, so there is nothing to model.")
    product = gram(blocks, np.column_stack([basis, residual / unit]))
    q = len(product) - p - 1
    return Problem(n, p, q, terms, blocks, index_parameters(blocks), product, triangle, start, unit)


def _check(y: FloatArray, X: FloatArray, terms: tuple[RandomTerm, ...]) -> None:
    if not terms:
        raise MixedModelError("A mixed model needs at least one random term.")
    if y.ndim != 1 or X.ndim != 2 or len(X) != len(y):
        raise MixedModelError("The scores and the design of the fixed effects do not have the same rows.")
    if not (np.isfinite(y).all() and np.isfinite(X).all()):
        raise MixedModelError("The scores or the design of the fixed effects hold a missing value.")
    if len(y) <= X.shape[1]:
        raise MixedModelError(f"There are {len(y)} scores for {X.shape[1]} fixed effects; that is too few.")


def _need_full_rank(X: FloatArray) -> None:
    norms = np.sqrt(np.sum(X**2, axis=0))
    if np.any(norms == 0) or np.linalg.matrix_rank(X / norms) < X.shape[1]:
        raise MixedModelError("The fixed effects cannot be told apart in these data (the design is rank deficient).")


class Criterion:
    """-2 log REML likelihood profiled over the fixed effects and sigma, in internal units.

    The first block of Z is eliminated level by level; what is left is small, so a call costs
    tens of microseconds. Bates et al. (2015), Journal of Statistical Software 67(1), eq. 41-43.
    """

    def __init__(self, problem: Problem) -> None:
        self.evaluations = 0
        self._free = problem.n - problem.p
        first, width = problem.blocks[0], problem.blocks[0].width
        k = len(first.columns)
        self._k = k
        product = problem.product
        diagonal = product[:width, :width].reshape(first.levels, k, first.levels, k)
        self._within = np.ascontiguousarray(np.einsum("ikil->ikl", diagonal))
        self._across = product[:width, width:].reshape(first.levels, k, -1)
        self._rest = product[width:, width:]
        self._place(problem, width)

    def _place(self, problem: Problem, width: int) -> None:
        parameters = problem.parameters
        head = parameters.block == 0
        self._head = int(head.sum())
        self._lower = (parameters.row[head], parameters.column[head])
        later = range(self._head, len(head))
        repeats = [len(parameters.factor_rows[r]) for r in later]
        self._owner = np.repeat(np.arange(len(repeats)), repeats)
        none = np.zeros(0, dtype=np.intp)
        self._at = np.concatenate([none, *(parameters.factor_rows[r] for r in later)]) - width
        self._to = np.concatenate([none, *(parameters.factor_columns[r] for r in later)]) - width
        self._tail = problem.q - width
        self._last = self._tail + problem.p

    def __call__(self, theta: FloatArray) -> float:
        """Give the criterion at `theta`, infinite where it has no value."""
        self.evaluations += 1
        reduced = self._eliminate_first(theta[: self._head])
        if reduced is None:
            return float("inf")
        log_first, rest = reduced
        t = self._tail
        if t:
            factor = np.zeros((t, t))
            factor[self._at, self._to] = theta[self._head :][self._owner]
            rest[:t] = factor.T @ rest[:t]
            rest[:, :t] = rest[:, :t] @ factor
            rest.flat[: t * len(rest) : len(rest) + 1] += 1
        return self._value(log_first, rest)

    def _eliminate_first(self, theta: FloatArray) -> tuple[float, FloatArray] | None:
        if self._k == 1:
            inner = 1 + theta[0] ** 2 * self._within[:, 0, 0]
            half = self._across[:, 0, :] * (theta[0] / np.sqrt(inner))[:, None]
            return float(np.sum(np.log(inner))), self._rest - half.T @ half
        return self._eliminate_wide(theta)

    def _eliminate_wide(self, theta: FloatArray) -> tuple[float, FloatArray] | None:
        k = self._k
        factor = np.zeros((k, k))
        factor[self._lower] = theta
        inner = np.eye(k) + factor.T @ self._within @ factor
        try:
            root = np.linalg.cholesky(inner)
        except np.linalg.LinAlgError:
            return None
        half = np.linalg.solve(root, factor.T @ self._across).reshape(-1, self._across.shape[2])
        log_first = 2 * float(np.sum(np.log(np.einsum("ikk->ik", root))))
        return log_first, self._rest - half.T @ half

    def _value(self, log_first: float, rest: FloatArray) -> float:
        root, failed = dpotrf(rest, lower=1, clean=0)
        if failed:
            return float("inf")
        diagonal = np.diag(root)
        log_rest = 2 * float(np.sum(np.log(diagonal[: self._last])))
        variance = float(diagonal[-1]) ** 2 / self._free
        return log_first + log_rest + self._free * (1 + float(np.log(2 * np.pi * variance)))

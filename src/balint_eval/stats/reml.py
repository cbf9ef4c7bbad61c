"""Linear mixed models by restricted maximum likelihood, with numpy and scipy only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.reml_moments import Moments, check_identified, compute_moments, covariance_of
from balint_eval.stats.reml_optimise import Optimum, optimise
from balint_eval.stats.reml_problem import Problem, make_problem
from balint_eval.stats.reml_terms import (
    INTERCEPT,
    FloatArray,
    MixedModelError,
    RandomTerm,
    crossed,
    random_intercept,
    random_slope,
)

__all__ = [
    "INTERCEPT",
    "MixedModelError",
    "RandomTerm",
    "RemlFit",
    "TermVariance",
    "crossed",
    "fit_reml",
    "random_intercept",
    "random_slope",
]

SINGULAR_BELOW = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class TermVariance:
    """Estimated covariance of one random term, in squared units of the outcome.

    Attributes
    ----------
    name : str
        Grouping factor.
    column_names : tuple of str
        What varies over it.
    covariance : array, shape (k, k)
        Variances and covariances; off-diagonal zero for independent effects.
    singular : bool
        True when the matrix is on the boundary: a zero variance or a correlation of -1 or 1.
    """

    name: str
    column_names: tuple[str, ...]
    covariance: FloatArray
    singular: bool

    @property
    def variance(self) -> float:
        """Variance of the first column, usually the intercept."""
        return float(self.covariance[0, 0])

    @property
    def sd(self) -> FloatArray:
        """Standard deviations, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def correlation(self) -> FloatArray:
        """Correlations, `nan` where a variance is zero."""
        scale = np.where(self.sd > 0, self.sd, np.nan)
        return np.asarray(self.covariance / np.outer(scale, scale), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RemlFit:
    """A fitted linear mixed model.

    Attributes
    ----------
    names : tuple of str
        Names of the fixed effects.
    beta, std_error : array, shape (p,)
        Fixed effects and their model-based standard errors.
    covariance : array, shape (p, p)
        Model-based covariance of `beta`, (X'V^-1 X)^-1.
    terms : tuple of TermVariance
        Variance components, in the order the terms were given.
    sigma : float
        Residual standard deviation.
    theta : tuple of array
        Relative Cholesky factor of each term, shape (k, k), in the units of the data.
    criterion, log_likelihood : float
        -2 log REML likelihood, comparable with `REMLcrit` of lme4, and the log likelihood.
    n : int
        Scores used.
    singular : bool
        True when a variance is estimated as zero or a correlation as -1 or 1.
    converged : bool
        True only when the optimum was certified by its derivatives. Numbers of a fit that has
        not converged must not be reported.
    evaluations : int
        Evaluations of the criterion and its derivatives.
    problem, moments
        Cross-products and their moments at the optimum, for `small_sample`.
    """

    names: tuple[str, ...]
    beta: FloatArray
    std_error: FloatArray
    covariance: FloatArray
    terms: tuple[TermVariance, ...]
    sigma: float
    theta: tuple[FloatArray, ...]
    criterion: float
    log_likelihood: float
    n: int
    singular: bool
    converged: bool
    evaluations: int
    problem: Problem = field(repr=False)
    moments: Moments = field(repr=False)


def fit_reml(
    y: ArrayLike, X: ArrayLike, terms: tuple[RandomTerm, ...], names: tuple[str, ...] | None = None
) -> RemlFit:
    """Fit y = X beta + sum of random terms + residual by restricted maximum likelihood.

    Parameters
    ----------
    y : array, shape (n,)
        Outcome without missing values.
    X : array, shape (n, p)
        Design of the fixed effects, of full column rank; the intercept is a column like others.
    terms : tuple of RandomTerm
        Nested, crossed, or both; the residual is added by itself.
    names : tuple of str, optional
        Names of the columns of X; `x0`, `x1`, ... by default.

    Returns
    -------
    RemlFit
        With `converged` False when no optimum could be certified.

    Raises
    ------
    MixedModelError
        If X is rank deficient, if there are too few scores, if a random term has fewer than two
        levels or as many as scores, if the data cannot tell its variance from other effects, or if
        the scores do not vary.

    Notes
    -----
    Criterion: Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1),
    eq. 41-43. Work and memory grow with the cube and the square of the number of random effects:
    milliseconds to a few hundred, not meant for more than some thousands.

    Examples
    --------
    >>> import numpy as np
    >>> person = np.repeat(np.arange(4), 2)
    >>> wave = np.tile([0.0, 1.0], 4)
    >>> score = np.array([10.0, 13, 12, 14, 9, 13, 11, 14])
    >>> fit = fit_reml(score, np.column_stack([np.ones(8), wave]), (random_intercept("person", person),))
    >>> round(float(fit.beta[1]), 6), fit.converged
    (3.0, True)
    """
    outcome, design = np.asarray(y, dtype=float), np.asarray(X, dtype=float)
    problem = make_problem(outcome, design, tuple(terms))
    labels = tuple(names) if names is not None else tuple(f"x{j}" for j in range(problem.p))
    if len(labels) != problem.p:
        raise MixedModelError(f"{len(labels)} names were given for {problem.p} fixed effects.")
    check_identified(problem)
    return _assemble(problem, optimise(problem), labels)


def _assemble(problem: Problem, optimum: Optimum, names: tuple[str, ...]) -> RemlFit:
    moments = compute_moments(problem, optimum.theta)
    inverse = np.linalg.inv(problem.triangle)
    covariance = problem.unit**2 * inverse @ moments.phi @ inverse.T
    criterion = optimum.value + problem.constant
    terms = tuple(_term_variance(problem, moments, position) for position in range(len(problem.terms)))
    return RemlFit(
        names=names,
        beta=inverse @ (problem.start + problem.unit * moments.gamma),
        std_error=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        terms=terms,
        sigma=moments.sigma * problem.unit,
        theta=tuple(_relative_factor(problem, optimum.theta, position) for position in range(len(terms))),
        criterion=criterion,
        log_likelihood=-criterion / 2,
        n=problem.n,
        singular=any(term.singular for term in terms),
        converged=optimum.converged,
        evaluations=optimum.evaluations,
        problem=problem,
        moments=moments,
    )


def _term_variance(problem: Problem, moments: Moments, position: int) -> TermVariance:
    term, parameters = problem.terms[position], problem.parameters
    g = covariance_of(problem, moments.theta, moments.sigma) * problem.unit**2
    covariance = np.zeros((term.columns.shape[1],) * 2)
    singular = False
    for r in range(len(parameters.block)):
        block = problem.blocks[parameters.block[r]]
        if block.term != position:
            continue
        a, b = parameters.row[r], parameters.column[r]
        i, j = block.columns[a], block.columns[b]
        covariance[i, j] = covariance[j, i] = g[r] / (block.scale[a] * block.scale[b])
        singular |= bool(a == b and moments.theta[r] < SINGULAR_BELOW)
    return TermVariance(term.name, term.column_names, covariance, singular)


def _relative_factor(problem: Problem, theta: FloatArray, position: int) -> FloatArray:
    factor = np.zeros((problem.terms[position].columns.shape[1],) * 2)
    for r in range(len(theta)):
        block = problem.blocks[problem.parameters.block[r]]
        if block.term == position:
            a, b = problem.parameters.row[r], problem.parameters.column[r]
            factor[block.columns[a], block.columns[b]] = theta[r] / block.scale[a]
    return factor

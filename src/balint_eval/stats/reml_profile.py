"""Derivatives of the REML criterion profiled over the fixed effects and sigma.

With T the covariances relative to sigma^2, V* = V / sigma^2 and P* = sigma^2 P, and N - p = f,
d(T) = log|V*| + log|X'V*^-1 X| + f log(y'P*y) + constant, so that
dd/dT_r = tr(P*G_r) - f a_r / y'P*y with a_r = y'P*G_r P*y, and likewise once more. The chain rule
through T_r = theta'S_r theta gives Newton's method exact derivatives in theta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balint_eval.stats.reml_moments import fixed_part, lift, pair_traces, products_in_v
from balint_eval.stats.reml_problem import Problem
from balint_eval.stats.reml_terms import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Gradient in the relative covariances T, gradient and Hessian in theta."""

    by_covariance: FloatArray
    slope: FloatArray
    curvature: FloatArray


def profile_derivatives(problem: Problem, theta: FloatArray) -> Profile:
    """Differentiate the profiled criterion at `theta`."""
    by_covariance, curved = _in_covariances(problem, theta)
    form = problem.parameters.form
    chain = 2 * form @ theta
    bend = 2 * np.tensordot(by_covariance, form, axes=1)
    return Profile(by_covariance, chain.T @ by_covariance, chain.T @ curved @ chain + bend)


def _in_covariances(problem: Problem, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    q = problem.q
    first = products_in_v(problem, theta)
    phi, gamma, left = fixed_part(problem, first)
    z_v_x = first[:q, q:-1]
    z_p_z = first[:q, :q] - z_v_x @ phi @ z_v_x.T
    z_p_y = first[:q, -1] - z_v_x @ gamma
    lifted = np.array([lift(problem, r, z_p_y) for r in range(len(theta))])
    a = lifted @ z_p_y
    rows, columns = problem.parameters.rows, problem.parameters.columns
    traces = np.array([z_p_z[c, r].sum() for r, c in zip(rows, columns, strict=True)])
    share = (problem.n - problem.p) / left
    quadratic = lifted @ z_p_z @ lifted.T
    curved = 2 * share * quadratic - share / left * np.outer(a, a) - pair_traces(problem, z_p_z)
    return traces - share * a, curved

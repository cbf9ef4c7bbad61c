"""First and second derivatives of the REML criterion, and what small-sample inference needs.

With V = sum_r g_r G_r, G_r = Z B_r Z' and the residual variance last (G = I), and
P = V^-1 - V^-1 X Phi X'V^-1, everything below is a sum over entries of products of A'A, where
A = [Z | Q | r] (see `reml_terms`). Powers of V^-1 come from Woodbury's identity:
V^-1 A = A K / sigma^2, K = I - [H; 0], H = Lambda (I + Lambda'Z'Z Lambda)^-1 Lambda'Z'A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dtrtrs

from balint_eval.stats.reml_problem import Problem, factor_times, factor_transposed
from balint_eval.stats.reml_terms import FloatArray, MixedModelError

_IDENTIFIED = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Quadratic forms in V^-1 and P at one value of the covariance parameters.

    Names read as products: `z_p_z` is Z'PZ, `x_v2_x` is X'V^-2 X, `z_pv_x` is Z'PV^-1 X. Here X
    stands for the orthonormal basis Q and e for r less its fitted fixed effects, in units of
    `Problem.unit`. `trace_p`, `trace_p2` are the traces of P and P^2.
    """

    theta: FloatArray
    sigma: float
    phi: FloatArray
    gamma: FloatArray
    z_p_z: FloatArray
    z_v_x: FloatArray
    z_v_e: FloatArray
    x_v2_x: FloatArray
    e_v2_e: float
    z_pp_z: FloatArray
    z_pv_x: FloatArray
    z_pv_e: FloatArray
    x_vpv_x: FloatArray
    e_vpv_e: float
    trace_p: float
    trace_p2: float


def reduce(problem: Problem, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give sigma^2 A'V^-1 A, the root R of R R' = I + Lambda'Z'Z Lambda, and R^-1 Lambda'Z'A."""
    q, product = problem.q, problem.product
    right = factor_transposed(problem, theta, product[:q])
    inner = factor_transposed(problem, theta, right[:, :q].T)
    inner.flat[:: q + 1] += 1
    root, failed = dpotrf(inner, lower=1, clean=1)
    if failed:
        raise MixedModelError("The covariance matrix of the model cannot be factorised.")
    half, _ = dtrtrs(root, right, lower=1)
    return product - half.T @ half, root, half


def products_in_v(problem: Problem, theta: FloatArray) -> FloatArray:
    """Give sigma^2 A'V^-1 A as `reduce` does, faster where the first block of Z is a random intercept.

    Its Z'Z is diagonal, so V^-1 with this block alone costs nothing, and Woodbury's identity is needed for the other
    blocks only: with persons in groups a matrix of groups, not of persons, is factorised.
    """
    first = problem.blocks[0]
    if len(first.columns) > 1:
        return reduce(problem, theta)[0]
    q, width, product = problem.q, first.width, problem.product
    within, across = np.diag(product)[:width], product[:width, width:]
    shrunk = across / (1 + theta[0] ** 2 * within)[:, None]
    alone = np.zeros_like(product)
    alone.flat[: width * len(product) : len(product) + 1] = within / (1 + theta[0] ** 2 * within)
    alone[:width, width:] = shrunk
    alone[width:, :width] = shrunk.T
    alone[width:, width:] = product[width:, width:] - theta[0] ** 2 * across.T @ shrunk
    if width == q:
        return alone
    others = np.where(problem.parameters.block == 0, 0.0, theta)
    right = factor_transposed(problem, others, alone[:q])[width:]
    inner = factor_transposed(problem, others, right[:, :q].T)[width:]
    inner.flat[:: q - width + 1] += 1
    root, failed = dpotrf(inner, lower=1, clean=1)
    if failed:
        raise MixedModelError("The covariance matrix of the model cannot be factorised.")
    half, _ = dtrtrs(root, right, lower=1)
    return np.asarray(alone - half.T @ half, dtype=np.float64)


def compute_moments(problem: Problem, theta: FloatArray) -> Moments:
    """Compute the moments at `theta`, with sigma at its profiled value."""
    q, p = problem.q, problem.p
    first, root, half = reduce(problem, theta)
    H = factor_times(problem, theta, np.asarray(dtrtrs(root, half, lower=1, trans=1)[0]))
    phi, gamma, left = fixed_part(problem, first)
    variance = left / (problem.n - p)
    second = first - first[:, :q] @ H
    third = second[q:] - second[q:, :q] @ H
    powers = [_with_residual(part, gamma) / variance ** (k + 1) for k, part in enumerate((first, second))]
    last = _with_residual(third[:, q:], gamma) / variance**3
    return _collect(problem, theta, variance, phi * variance, gamma, powers, last, H[:, :q])


def fixed_part(problem: Problem, first: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Give Phi / sigma^2, the fixed effects and sigma^2 y'Py from sigma^2 A'V^-1 A."""
    dense = slice(problem.q, problem.q + problem.p)
    phi = np.linalg.inv(first[dense, dense])
    phi = (phi + phi.T) / 2
    gamma = phi @ first[dense, -1]
    left = float(first[-1, -1] - gamma @ first[dense, -1])
    if not left > 0:
        raise MixedModelError("The residual variance of the model vanishes.")
    return phi, gamma, left


def _with_residual(part: FloatArray, gamma: FloatArray) -> FloatArray:
    """Replace r by e = r - Q gamma, on both sides where the last row is r too."""
    p = len(gamma)
    changed = part.copy()
    changed[:, -1] -= changed[:, -1 - p : -1] @ gamma
    changed[-1, :] -= gamma @ changed[-1 - p : -1, :]
    return changed


def _collect(
    problem: Problem,
    theta: FloatArray,
    variance: float,
    phi: FloatArray,
    gamma: FloatArray,
    powers: list[FloatArray],
    third: FloatArray,
    HZ: FloatArray,
) -> Moments:
    q, p = problem.q, problem.p
    first, second = powers
    z, x, e = slice(0, q), slice(q, q + p), -1
    load = phi @ first[x, z]  # Phi X'V^-1 Z
    v2_load = second[z, x] @ load
    phi2 = phi @ second[x, x]
    trace_h, trace_h2 = float(np.trace(HZ)), float(np.sum(HZ * HZ.T))
    trace_p = (problem.n - trace_h) / variance - float(np.trace(phi2))
    trace_v2 = (problem.n - 2 * trace_h + trace_h2) / variance**2
    trace_phi3 = float(np.sum(phi * third[:p, :p]))
    return Moments(
        theta=theta,
        sigma=float(np.sqrt(variance)),
        phi=phi,
        gamma=gamma,
        z_p_z=first[z, z] - first[z, x] @ load,
        z_v_x=first[z, x],
        z_v_e=first[z, e],
        x_v2_x=second[x, x],
        e_v2_e=float(second[e, e]),
        z_pp_z=second[z, z] - v2_load - v2_load.T + load.T @ second[x, x] @ load,
        z_pv_x=second[z, x] - load.T @ second[x, x],
        z_pv_e=second[z, e] - load.T @ second[x, e],
        x_vpv_x=third[:p, :p] - second[x, x] @ phi2,
        e_vpv_e=float(third[e, e] - second[e, x] @ phi @ second[x, e]),
        trace_p=trace_p,
        trace_p2=trace_v2 - 2 * trace_phi3 + float(np.sum(phi2 * phi2.T)),
    )


def gradient(problem: Problem, moments: Moments) -> FloatArray:
    """Give the derivatives of -2 log REML in g (residual last): tr(P G_r) - e'V^-1 G_r V^-1 e."""
    rows, columns = problem.parameters.rows, problem.parameters.columns
    ze = moments.z_v_e
    random = [moments.z_p_z[c, r].sum() - ze[r] @ ze[c] for r, c in zip(rows, columns, strict=True)]
    return np.array([*random, moments.trace_p - moments.e_v2_e])


def trace_products(problem: Problem, moments: Moments) -> FloatArray:
    """Give tr(P G_r P G_s), twice the expected information on g (residual last)."""
    parameters = problem.parameters
    edges = [moments.z_pp_z[c, r].sum() for r, c in zip(parameters.rows, parameters.columns, strict=True)]
    count = len(edges)
    table = np.empty((count + 1, count + 1))
    table[:count, :count] = pair_traces(problem, moments.z_p_z)
    table[count, :count] = table[:count, count] = edges
    table[count, count] = moments.trace_p2
    return table


def pair_traces(problem: Problem, z_p_z: FloatArray) -> FloatArray:
    """Give tr(B_r M B_s M) for M = Z'PZ and all pairs of random parameters."""
    rows, columns = problem.parameters.rows, problem.parameters.columns
    count = len(rows)
    table = np.empty((count, count))
    for r in range(count):
        across, down = z_p_z[columns[r]], z_p_z[rows[r]]
        for s in range(r + 1):
            table[r, s] = table[s, r] = np.vdot(across[:, rows[s]], down[:, columns[s]])
    return table


def check_identified(problem: Problem) -> None:
    """Refuse covariance parameters that the data cannot tell from each other or from fixed effects.

    The expected information is taken at variances equal to the residual variance, relative to what
    it would be if the fixed effects were known.
    """
    moments = compute_moments(problem, np.where(problem.parameters.diagonal, 1.0, 0.0))
    z_v_z = moments.z_p_z + moments.z_v_x @ moments.phi @ moments.z_v_x.T
    pairs = zip(problem.parameters.rows, problem.parameters.columns, strict=True)
    known = [float(np.sum(z_v_z[np.ix_(c, r)] * z_v_z[np.ix_(r, c)])) for r, c in pairs]
    scale = np.sqrt([*known, moments.trace_p2])
    values, vectors = np.linalg.eigh(trace_products(problem, moments) / np.outer(scale, scale))
    if values[0] < _IDENTIFIED:
        culprits = np.flatnonzero(np.abs(vectors[:-1, 0]) > 0.1)
        blocks = [problem.blocks[problem.parameters.block[r]] for r in culprits]
        names = sorted({problem.terms[block.term].name for block in blocks})
        raise MixedModelError(
            f"The data cannot tell the variance of {' and '.join(names)} from the other effects of the model."
        )


def hessian(problem: Problem, moments: Moments) -> FloatArray:
    """Give the second derivatives in g: -tr(P G_r P G_s) + 2 y'P G_r P G_s P y."""
    rows, columns = problem.parameters.rows, problem.parameters.columns
    zz, ze, count = moments.z_p_z, moments.z_v_e, len(rows)
    lifted = [lift(problem, r, ze) for r in range(count)]
    quadratic = np.empty((count + 1, count + 1))
    for r in range(count):
        quadratic[r, count] = quadratic[count, r] = ze[rows[r]] @ moments.z_pv_e[columns[r]]
        for s in range(r + 1):
            quadratic[r, s] = quadratic[s, r] = lifted[r] @ zz @ lifted[s]
    quadratic[count, count] = moments.e_vpv_e
    return 2 * quadratic - trace_products(problem, moments)


def lift(problem: Problem, r: int, matrix: FloatArray) -> FloatArray:
    """Give B_r times a vector or matrix with a row for each random effect."""
    lifted = np.zeros_like(matrix)
    lifted[problem.parameters.rows[r]] = matrix[problem.parameters.columns[r]]
    return lifted


def covariance_of(problem: Problem, theta: FloatArray, sigma: float) -> FloatArray:
    """Give g, the covariance parameters in internal units, residual last."""
    relative = np.einsum("i,rij,j->r", theta, problem.parameters.form, theta)
    return sigma**2 * np.append(relative, 1.0)


def chain(problem: Problem, moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Give dg/d(theta, sigma), shape (R, T), and d2g/d(theta, sigma)2, shape (R, T, T)."""
    form, theta, sigma = problem.parameters.form, moments.theta, moments.sigma
    count = len(theta)
    slope = form @ theta
    relative = slope @ theta
    first = np.zeros((count + 1, count + 1))
    first[:count, :count] = 2 * sigma**2 * slope
    first[:, count] = 2 * sigma * np.append(relative, 1.0)
    second = np.zeros((count + 1, count + 1, count + 1))
    second[:count, :count, :count] = 2 * sigma**2 * form
    second[:count, :count, count] = second[:count, count, :count] = 4 * sigma * slope
    second[:, count, count] = 2 * np.append(relative, 1.0)
    return first, second


def theta_derivatives(problem: Problem, moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Give gradient and Hessian of the criterion in (theta, sigma), which lmerTest differentiates."""
    by_g = gradient(problem, moments)
    first, second = chain(problem, moments)
    curved = np.einsum("r,rij->ij", by_g, second)
    return first.T @ by_g, first.T @ hessian(problem, moments) @ first + curved

"""What Kenward-Roger and Satterthwaite know of a fitted mixed model, ready for `small_sample`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balint_eval.stats.reml import RemlFit
from balint_eval.stats.reml_moments import Moments, chain, lift, theta_derivatives, trace_products
from balint_eval.stats.reml_problem import Problem
from balint_eval.stats.reml_terms import FloatArray

KENWARD_ROGER = "kenward_roger"
SATTERTHWAITE = "satterthwaite"

_RELATIVE_ZERO = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Approximation:
    """What either method knows of a fit, in the units and coefficients of the data.

    Attributes
    ----------
    method : str
        `kenward_roger` or `satterthwaite`.
    names, beta
        As in the fit.
    covariance : array, shape (p, p)
        Covariance of `beta` that standard errors are taken from: adjusted for Kenward-Roger.
    model_covariance : array, shape (p, p)
        (X'V^-1 X)^-1.
    slopes : array, shape (R, p, p)
        Derivatives of `model_covariance` in the covariance parameters.
    parameter_covariance : array, shape (R, R)
        Covariance of the estimated covariance parameters.
    """

    method: str
    names: tuple[str, ...]
    beta: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    slopes: FloatArray
    parameter_covariance: FloatArray


def kenward_roger(fit: RemlFit) -> Approximation:
    """Adjust the covariance of the fixed effects as Kenward and Roger (1997) do.

    Parameters
    ----------
    fit : RemlFit

    Returns
    -------
    Approximation
        Covariance of the fixed effects, shape (k, k), and what their df are made from.

    Notes
    -----
    Phi_A = Phi + 2 Phi {sum_rs W_rs (Q_rs - P_r Phi P_s)} Phi with W = 2 [tr(P G_r P G_s)]^-1, the
    inverse expected information on covariance parameters in which V is linear. Variances estimated
    as zero stay in: that is why the method does not lose the groups in a singular fit.
    """
    problem, moments = fit.problem, fit.moments
    information = trace_products(problem, moments)
    parameter_covariance = 2 * _inverse(information)
    bracket = np.einsum("rs,rsij->ij", parameter_covariance, _curvatures(problem, moments))
    adjusted = moments.phi + 2 * moments.phi @ bracket @ moments.phi
    return _in_data_units(fit, KENWARD_ROGER, adjusted, _phi_slopes(problem, moments), parameter_covariance)


def satterthwaite(fit: RemlFit) -> Approximation:
    """Prepare Satterthwaite's degrees of freedom as lmerTest does.

    Parameters
    ----------
    fit : RemlFit

    Returns
    -------
    Approximation
        Covariance of the fixed effects, shape (k, k), and what their df are made from.

    Notes
    -----
    The covariance of (theta, sigma) is twice the generalised inverse of the observed Hessian of the
    REML criterion, here exact and not by finite differences. Do not use it on singular fits of few
    groups: a variance estimated as zero drops out, and the df become those of independent people.
    """
    problem, moments = fit.problem, fit.moments
    _, curvature = theta_derivatives(problem, moments)
    first, _ = chain(problem, moments)
    slopes = np.einsum("rj,rab->jab", first, _phi_slopes(problem, moments))
    return _in_data_units(fit, SATTERTHWAITE, moments.phi, slopes, 2 * _positive_inverse(curvature))


def _phi_slopes(problem: Problem, moments: Moments) -> FloatArray:
    """Give dPhi/dg_r = -Phi P_r Phi = Phi X'V^-1 G_r V^-1 X Phi, shape (R, p, p)."""
    rows, columns, zx = problem.parameters.rows, problem.parameters.columns, moments.z_v_x
    inner = [zx[r].T @ zx[c] for r, c in zip(rows, columns, strict=True)]
    return np.array([moments.phi @ part @ moments.phi for part in (*inner, moments.x_v2_x)])


def _curvatures(problem: Problem, moments: Moments) -> FloatArray:
    """Give Q_rs - P_r Phi P_s = X'V^-1 G_r P G_s V^-1 X, shape (R, R, p, p)."""
    lifted = [lift(problem, r, moments.z_v_x) for r in range(len(problem.parameters.rows))]
    count, p = len(lifted), problem.p
    table = np.empty((count + 1, count + 1, p, p))
    for r, left in enumerate(lifted):
        table[r, count] = left.T @ moments.z_pv_x
        table[count, r] = table[r, count].T
        for s, right in enumerate(lifted):
            table[r, s] = left.T @ moments.z_p_z @ right
    table[count, count] = moments.x_vpv_x
    return table


def _in_data_units(
    fit: RemlFit, method: str, covariance: FloatArray, slopes: FloatArray, parameters: FloatArray
) -> Approximation:
    inverse = np.linalg.inv(fit.problem.triangle) * fit.problem.unit
    return Approximation(
        method=method,
        names=fit.names,
        beta=fit.beta,
        covariance=inverse @ covariance @ inverse.T,
        model_covariance=fit.covariance,
        slopes=inverse @ slopes @ inverse.T,
        parameter_covariance=parameters,
    )


def _inverse(information: FloatArray) -> FloatArray:
    """Invert, or pseudo-invert when a parameter cannot be told from the others."""
    scale = np.sqrt(np.diag(information))
    scaled = information / np.outer(scale, scale)
    inverse = np.linalg.pinv(scaled, rcond=_RELATIVE_ZERO, hermitian=True)
    return np.asarray(inverse / np.outer(scale, scale), dtype=np.float64)


def _positive_inverse(curvature: FloatArray) -> FloatArray:
    """Invert on the directions of positive curvature, as lmerTest does, but whatever the units."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(curvature)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(curvature / np.outer(scale, scale))
    keep = values > _RELATIVE_ZERO
    inverse = (vectors[:, keep] / values[keep]) @ vectors[:, keep].T
    return np.asarray(inverse / np.outer(scale, scale), dtype=np.float64)

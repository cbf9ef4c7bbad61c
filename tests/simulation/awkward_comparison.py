"""Every number of a fit of ours beside R's: estimates, errors, Satterthwaite, Kenward-Roger, joint tests, CR2."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from awkward_sets import SHAPES, AwkwardSet

from balint_eval.stats.cr2 import cr2_contrast
from balint_eval.stats.reml import RemlFit, fit_reml
from balint_eval.stats.small_sample import coefficient_tests, joint_test, kenward_roger, satterthwaite

METHODS = {"Satterthwaite": satterthwaite, "Kenward-Roger": kenward_roger}
RELATIVE, OF_DF, OF_CRITERION = 1e-6, 1e-3, 1e-9
"""Tolerances. R takes the Hessian behind Satterthwaite's df by differences, and p follows df."""
NOTHING = 1e-7
"""A CR2 standard error below this share of the outcome's SD is zero in both (groups with equal means): rounding."""


@dataclass(frozen=True)
class Comparison:
    """One number of ours beside R's."""

    of: str
    kind: str
    number: str
    ours: float
    theirs: float
    tolerance: float

    @property
    def error(self) -> float:
        """Relative difference; infinite where one side alone has no number."""
        if math.isnan(self.ours) and math.isnan(self.theirs):
            return 0.0
        gap = abs(self.ours - self.theirs)
        return gap / max(abs(self.theirs), 1e-12) if math.isfinite(gap) else math.inf

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the tolerance."""
        return self.error <= self.tolerance


def values(found: Any) -> list[Any]:
    """Give a list as one, missing numbers as nan: R writes a single value without brackets and NaN as null."""
    return [math.nan if value is None else value for value in (found if isinstance(found, list) else [found])]


def fit_of(one: AwkwardSet, names: Any) -> RemlFit:
    """Fit a set with our own REML."""
    y, X, terms = SHAPES[one.shape].arrays(one.columns)
    return fit_reml(y, X, terms, tuple(values(names)))


def compare(one: AwkwardSet, theirs: Mapping[str, Any]) -> Iterator[Comparison]:
    """Put every number of a set beside R's."""
    fit = fit_of(one, theirs["names"])
    yield Comparison(one.name, "fit", "converged", float(fit.converged), 1.0, 0.0)
    yield Comparison(one.name, "fit", "REML criterion", fit.criterion, theirs["reml"], OF_CRITERION)
    yield Comparison(one.name, "fit", "sigma", fit.sigma, theirs["sigma"], RELATIVE)
    errors = np.array(values(theirs["std_error"]))
    for at, name in enumerate(fit.names):
        yield Comparison(one.name, "fit", f"standard error of {name}", float(fit.std_error[at]), errors[at], RELATIVE)
        # An estimate may itself be next to nothing, so it is held to its standard error.
        shifted = (1 + value / errors[at] for value in (fit.beta[at], values(theirs["beta"])[at]))
        yield Comparison(one.name, "fit", f"estimate of {name}", *shifted, RELATIVE)
    yield from _variances(one, fit, theirs["variances"])
    for method in METHODS:
        yield from _tests(one, fit, method, theirs)
    yield from _cr2(one, theirs)


def _variances(one: AwkwardSet, fit: RemlFit, listed: Mapping[str, list[Any]]) -> Iterator[Comparison]:
    """Compare variances with all others beside them, so that one of nothing is held to nothing."""
    total = sum(v for v, second in zip(listed["vcov"], listed["var2"], strict=True) if second is None)
    found = {term.name: term for term in fit.terms}
    for group, first, second, value in zip(*(listed[key] for key in ("grp", "var1", "var2", "vcov")), strict=True):
        if group == "Residual":
            continue
        term = found[group.removesuffix(".1")]
        row = term.column_names.index(first)
        column = row if second is None else term.column_names.index(second)
        ours = float(term.covariance[row, column])
        yield Comparison(one.name, "fit", f"variance of {group}", 1 + ours / total, 1 + value / total, RELATIVE)


def _tests(one: AwkwardSet, fit: RemlFit, method: str, theirs: Mapping[str, Any]) -> Iterator[Comparison]:
    approximation, key = METHODS[method](fit), method.lower().replace("-", "_")
    for at, test in enumerate(coefficient_tests(approximation)):
        for number, tolerance in (("std_error", RELATIVE), ("df", OF_DF), ("p_value", OF_DF)):
            expected = values(theirs[key][number])[at]
            yield Comparison(one.name, method, f"{number} of {test.name}", getattr(test, number), expected, tolerance)
    joint, expected = joint_test(approximation, one.joint), theirs["joint"][key]
    yield Comparison(one.name, method, "joint F", joint.statistic, values(expected["statistic"])[0], RELATIVE)
    yield Comparison(one.name, method, "joint df", joint.df_denominator, values(expected["df"])[0], OF_DF)
    yield Comparison(one.name, method, "joint p", joint.p_value, values(expected["p_value"])[0], OF_DF)


def _cr2(one: AwkwardSet, theirs: Mapping[str, Any]) -> Iterator[Comparison]:
    shape = SHAPES[one.shape]
    y, X, _ = shape.arrays(one.columns)
    codes = np.unique(one.columns[shape.cluster], return_inverse=True)[1].astype(np.intp)
    nothing = NOTHING * float(np.std(y))
    for at, contrast in enumerate(np.eye(X.shape[1])):
        found, name = cr2_contrast(X, y, codes, contrast), values(theirs["names"])[at]
        std_error, df = (values(theirs["cr2"][key])[at] for key in ("std_error", "df"))
        if not max(std_error, found.std_error) < nothing:
            yield Comparison(one.name, "CR2", f"std_error of {name}", found.std_error, std_error, RELATIVE)
        yield Comparison(one.name, "CR2", f"df of {name}", found.df, df, OF_DF)

"""Profile-likelihood intervals against lme4, by root finding on its deviance function and by its own `confint`.

`profile_r.json` is made by `profile_r.R`: exact bounds, held to 1e-6. `confint(fit, method = "profile")`, which made
the profiles of shared/oracle, interpolates: four to five digits, and fewer where the profile bends. Where it is
further off than that the exact bound stands beside it in profile_r.json, and agrees with ours.
"""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.profile_likelihood import profile_contrast, profile_variances

sys.path.insert(0, str(Path(__file__).parent))
from test_mixed_oracle import ORACLE, needs_shared, oracle, oracle_fit, own_fit

R = json.loads((Path(__file__).parent / "profile_r.json").read_text())
# Bounds of confint further off than 3 in 10,000 of the interval; all but one have an exact one in profile_r.json.
# orth_corr: lme4's profile breaks down at a correlation of -1 or 1 (its residual has no upper bound).
INTERPOLATED = {
    ("balint_1arm2g", "sd_(Intercept)|group"), ("balint_2arm2g", "sd_(Intercept)|group"),
    ("carrots", "cor_sens2.(Intercept)|Consumer"), ("carrots", "sd_sens2|Consumer"),
    ("orth_corr", "sd_(Intercept)|Subject"), ("orth_corr", "sigma"), ("balint_sing7", "sd_(Intercept)|person"),
}  # fmt: skip
EVERYDAY = ("orth_int", "penicillin")


def parameter_of(interval):
    """Name an interval as lme4 does."""
    if interval.term == "Residual":
        return "sigma"
    parts = interval.name.split(", ")
    what = f"cor_{parts[1]}.{parts[0]}" if len(parts) == 2 else f"sd_{parts[0]}"
    return f"{what}|{interval.term}"


@cache
def intervals(name, source):
    fit = oracle_fit(name) if source == "oracle" else own_fit(name)
    return {parameter_of(interval): interval for interval in profile_variances(fit)}


def assert_exact(rows, found):
    for row in rows:
        interval = found[row["parameter"]]
        assert (interval.conf_low, interval.conf_high) == pytest.approx((row["low"], row["high"]), rel=1e-6, abs=1e-6)
        # R's optimiser stops at 1e-5 of the best value, where the likelihood is flat.
        assert interval.estimate == pytest.approx(row["estimate"], rel=1e-4, abs=1e-4)


@pytest.mark.thorough
@pytest.mark.parametrize("name", R["cases"])
def test_bounds_are_the_roots_of_lme4s_deviance(name):
    rows, found = R["cases"][name], intervals(name, "own")
    assert {row["parameter"] for row in rows} == set(found)
    assert_exact(rows, found)


@needs_shared
@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in R["oracle"] if name != "carrots"])
def test_bounds_where_confint_interpolates_badly(name):
    assert_exact(R["oracle"][name], intervals(name, "oracle"))


@needs_shared
@pytest.mark.thorough
def test_bounds_where_confint_interpolates_badly_in_many_rows():
    assert_exact(R["oracle"]["carrots"], intervals("carrots", "oracle"))


def test_every_exception_has_its_exact_bound():
    assert {(name, row["parameter"]) for name, rows in R["oracle"].items() for row in rows} == INTERPOLATED


def assert_near_confint(name):
    table = oracle()[name]["profile"]
    # lme4 lists the terms with the most levels first, a correlation between its two standard deviations.
    order = [entry for entry in oracle()[name]["vc"] if entry["grp"] != "Residual"]
    listed = dict(zip(lme4_names(order), table["values"], strict=False))
    assert set(listed) == set(intervals(name, "oracle"))
    for parameter, bounds in listed.items():
        if (name, parameter) not in INTERPOLATED:
            interval = intervals(name, "oracle")[parameter]
            width = interval.conf_high - interval.conf_low
            assert (interval.conf_low, interval.conf_high) == pytest.approx(bounds, abs=3e-4 * width), parameter
    return table


def lme4_names(order):
    """Name the rows of a profile in lme4's order from the rows of its VarCorr."""
    slopes = [entry for entry in order if entry["var2"]]
    for entry in order:
        if entry["var2"]:
            continue
        # In a correlated block the correlation stands before the slope's standard deviation.
        if slopes and entry["var1"] == slopes[0]["var2"]:
            yield f"cor_{slopes[0]['var2']}.{slopes[0]['var1']}|{entry['grp']}"
        yield f"sd_{entry['var1']}|{entry['grp'].removesuffix('.1')}"
    yield "sigma"


@needs_shared
@pytest.mark.parametrize(
    "name", [name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.thorough) for name in ORACLE]
)
def test_oracle_profiles(name):
    table, fit = assert_near_confint(name), oracle_fit(name)
    rows = dict(zip(table["rows"], table["values"], strict=True))
    for weights, fixed in zip(np.eye(len(fit.names)), fit.names, strict=True):
        interval = profile_contrast(fit, weights, name=fixed)
        width = interval.conf_high - interval.conf_low
        assert (interval.conf_low, interval.conf_high) == pytest.approx(rows[fixed], abs=1e-3 * width), fixed

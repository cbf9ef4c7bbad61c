"""Groups in one arm only: estimates held to R nlme, Kenward-Roger held to its definition by brute force."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.unit.made_studies import TEQ, a_study, drawn, some_people

from balint_eval.comparisons import compare
from balint_eval.stats.partially_nested import (
    NO_NOISE,
    NOT_NESTED,
    ONE_GROUP,
    ZERO_GROUPS,
    fit_partial,
    partially_nested_ancova,
    partially_nested_level,
    turn,
)
from balint_eval.stats.small_sample import degrees_of_freedom

ORACLE = json.loads((Path(__file__).with_name("partially_nested_r.json")).read_text("utf-8"))
CASES = ORACLE["cases"]
KINDS = ["ancova", "level"]


def data_of(name, kind):
    data = {key: np.array(values, dtype=float) for key, values in CASES[name]["data"].items()}
    columns = [np.ones(len(data["pre"])), *([data["pre"]] if kind == "ancova" else []), data["arm"]]
    return data, np.column_stack(columns)


def fitted(name, kind):
    data, X = data_of(name, kind)
    return fit_partial(turn(data["post"], X, data["group"].astype(int), data["arm"] == 1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_estimates_variances_and_likelihood_are_nlme(name, kind):
    fit, expected = fitted(name, kind), CASES[name][kind]
    assert fit.converged
    assert_allclose(fit.log_likelihood, expected["log_likelihood"], rtol=1e-12)
    # The likelihood is equal to 12 digits; nlme stops where that is flat, so what it finds has fewer.
    assert_allclose(fit.beta[-1], expected["estimate"], rtol=1e-6)
    assert_allclose(fit.approximation.model_covariance[-1, -1] ** 0.5, expected["std_error"], rtol=1e-6)
    assert_allclose(fit.variances, [expected[key] for key in ("group", "residual_1", "residual_0")], rtol=2e-5)


def dense(data, variances):
    """Give V as it is written down, one row and column a person."""
    group, arm = data["group"], data["arm"]
    shared = (group[:, None] == group[None, :]) & (arm == 1)[:, None] & (arm == 1)[None, :]
    return variances[0] * shared + np.diag(np.where(arm == 1, variances[1], variances[2]))


def by_brute_force(data, X, variances):
    """Give the adjusted covariance and df of the last coefficient, every derivative by differences."""
    size, steps = len(variances), np.maximum(np.abs(variances), 0.1) * 1e-4

    def information(at):
        return X.T @ np.linalg.solve(dense(data, at), X)

    def moved(*places):
        at = variances.astype(float).copy()
        for place, sign in places:
            at[place] += sign * steps[place]
        return information(at)

    phi = np.linalg.inv(information(variances))
    first = [(moved((r, 1)) - moved((r, -1))) / (2 * steps[r]) for r in range(size)]
    second = [
        [
            sum(i * j * moved((r, i), (s, j)) for i in (1, -1) for j in (1, -1)) / (4 * steps[r] * steps[s])
            for s in range(size)
        ]
        for r in range(size)
    ]
    V = dense(data, variances)
    inverse = np.linalg.inv(V)
    P = inverse - inverse @ X @ phi @ X.T @ inverse
    G = [dense(data, row) for row in np.eye(size)]
    W = 2 * np.linalg.inv([[np.trace(P @ G[r] @ P @ G[s]) for s in range(size)] for r in range(size)])
    # d2(X'V^-1 X) is twice the symmetric part of Q_rs.
    bracket = sum(W[r, s] * (second[r][s] / 2 - first[r] @ phi @ first[s]) for r in range(size) for s in range(size))
    adjusted = phi + 2 * phi @ ((bracket + bracket.T) / 2) @ phi
    slope = np.array([-(phi @ first[r] @ phi)[-1, -1] for r in range(size)])
    return adjusted, 2 * phi[-1, -1] ** 2 / (slope @ W @ slope)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_kenward_roger_is_its_definition(name, kind):
    data, X = data_of(name, kind)
    fit = fitted(name, kind)
    adjusted, df = by_brute_force(data, X, fit.variances)
    assert_allclose(fit.approximation.covariance[-1, -1], adjusted[-1, -1], rtol=1e-5)
    weights = np.eye(X.shape[1])[-1]
    assert_allclose(degrees_of_freedom(fit.approximation, weights), df, rtol=1e-5)
    assert np.linalg.slogdet(dense(data, fit.variances))[0] == 1


def test_the_optimum_is_one():
    data, X = data_of("plain", "ancova")
    fit = fitted("plain", "ancova")

    def likelihood(variances):
        V = dense(data, variances)
        inverse = np.linalg.inv(V)
        information = X.T @ inverse @ X
        e = data["post"] - X @ np.linalg.solve(information, X.T @ inverse @ data["post"])
        free = len(e) - X.shape[1]
        logs = np.linalg.slogdet(V)[1] + np.linalg.slogdet(information)[1]
        return -0.5 * (logs + e @ inverse @ e + free * np.log(2 * np.pi))

    assert likelihood(fit.variances) == pytest.approx(fit.log_likelihood, rel=1e-12)
    rng = np.random.default_rng(1)
    for _ in range(30):
        assert likelihood(fit.variances * np.exp(0.3 * rng.standard_normal(3))) < fit.log_likelihood


def made(rng, groups=4, icc=0.15, size=8):
    group = np.r_[np.arange(groups).repeat(size), groups + np.arange(size * groups)]
    arm = (np.arange(group.size) < groups * size).astype(float)
    pre = rng.standard_normal(group.size)
    common = np.sqrt(icc) * rng.standard_normal(groups)[group[arm == 1]]
    post = 0.6 * pre + np.where(arm == 1, np.sqrt(0.64 - icc), 0.8) * rng.standard_normal(group.size)
    post[arm == 1] += common
    return pre, post, arm, group


def test_points_scale_and_shift_with_the_scores():
    pre, post, arm, group = made(np.random.default_rng(2))
    plain = partially_nested_ancova(pre, post, arm, group)
    other = partially_nested_ancova(40 + 9 * pre, 55 + 9 * post, arm, group)
    for name, factor in (("estimate", 9), ("std_error", 9), ("df", 1), ("p_value", 1)):
        assert getattr(other, name) == pytest.approx(factor * getattr(plain, name), rel=1e-6)
    turned = partially_nested_ancova(pre, post, 1 - arm, group)
    assert (turned.estimate, turned.df) == pytest.approx((-plain.estimate, plain.df), rel=1e-6)


def test_a_variance_of_zero_stays_in_the_df():
    rng = np.random.default_rng(3)
    found = [partially_nested_ancova(*made(rng, icc=0.0)) for _ in range(12)]
    zero = [result for result in found if ZERO_GROUPS in result.note]
    assert zero
    assert all(result.df < 62 for result in zero)


def test_what_cannot_be_fitted_says_why():
    pre, post, arm, group = made(np.random.default_rng(4))
    assert NOT_NESTED in partially_nested_ancova(pre, post, arm, np.arange(post.size)).note
    single = np.where(arm == 1, 0, group)
    assert ONE_GROUP in partially_nested_ancova(pre, post, arm, single).note
    assert NO_NOISE in partially_nested_level(np.where(arm == 1, post, 3.0), arm, group).note
    level = partially_nested_level(post, arm, group)
    assert (level.n_pre, level.n_paired) == (0, post.size)
    assert np.isnan(level.mean_pre)


def test_it_takes_the_place_of_the_mixed_model_where_one_arm_has_groups():
    people = some_people(grouped=("balint",), groups=4)
    table = compare(drawn(people, 2), people, TEQ, a_study(allocation="people"))[0]
    between = set(table.loc[table["kind"] == "difference", "method"])
    assert "mixed_model_partially_nested" in between
    assert "mixed_model" not in between
    assert "mixed_model" in set(table.loc[table["arm"].eq("balint") & table["kind"].eq("change"), "method"])
    (row,) = table[table["method"] == "mixed_model_partially_nested"].to_dict("records")
    assert row["role"] == "sensitivity"
    assert row["std_error"] > 0
    both = some_people(groups=4)
    other = compare(drawn(both, 2), both, TEQ, a_study(allocation="groups"))[0]
    assert "mixed_model_partially_nested" not in set(other["method"])


def rejected(icc, many, seed):
    rng = np.random.default_rng(seed)
    found = [partially_nested_ancova(*made(rng, groups, icc)).p_value for groups in (3, 4, 8) for _ in range(many)]
    return np.mean(np.array(found) < 0.05), np.sqrt(0.05 * 0.95 / len(found))


@pytest.mark.thorough
def test_nothing_is_found_where_nothing_is_in_more_than_five_of_a_hundred():
    share, error = rejected(0.15, 60, 1)
    assert share <= 0.05 + 2 * error


@pytest.mark.slow
@pytest.mark.parametrize("icc", [0.0, 0.05, 0.15])
def test_the_same_with_enough_studies_to_find_seven_of_a_hundred(icc):
    share, error = rejected(icc, 500, 2)
    assert share <= 0.05 + 2 * error

"""Pooling and imputation against R's mice (`missing_r.R` made `missing_r.json`)."""

import json
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.imputation import impute
from balint_eval.stats.random_intercept import ALONE, GRID, draw_parameters
from balint_eval.stats.rubin import planned_df, pool

ORACLE = json.loads((Path(__file__).parent / "missing_r.json").read_text(encoding="utf-8"))
DRAWS = 20_000


@pytest.mark.parametrize("case", ORACLE["pools"], ids=lambda case: f"m{len(case['q'])}-df{case['complete_df']:g}")
def test_pooling_is_that_of_mice(case):
    found = pool(case["q"], case["u"], case["complete_df"])
    assert found.estimate == pytest.approx(case["qbar"], rel=1e-9)
    assert found.std_error**2 == pytest.approx(case["t"], rel=1e-9)
    assert found.df == pytest.approx(case["df"], rel=1e-6)
    assert found.missing_information == pytest.approx(case["fmi"], rel=1e-6)
    share = found.between_share
    assert share / (1 - share) == pytest.approx(case["r"], rel=1e-9)


def test_several_quantities_are_pooled_as_one_by_one():
    values, squares = (np.array([case[name] for case in ORACLE["pools"][:1]] * 2).T for name in ("q", "u"))
    together = pool(values, squares, np.array([12.0, 3.0]))
    assert together.df[1] == pytest.approx(float(pool(values[:, 1], squares[:, 1], 3.0).df))


@pytest.mark.parametrize("design", ["one_arm", "two_arms"])
def test_draws_are_distributed_as_those_of_mice(design):
    case, data = ORACLE[design], ORACLE["data"]
    post = np.array([np.nan if value is None else value for value in data[f"post_{design}"]], dtype=float)
    arm = np.array(data["arm"]) if design == "two_arms" else np.zeros(post.size, dtype=int)
    made = impute(np.array(data["pre"], dtype=float), post, np.arange(post.size), arm, DRAWS).post[:, case["lost"]]
    mean, sd = np.array(case["mean"]), np.array(case["sd"])
    both = np.sqrt(1 / DRAWS + 1 / case["draws"])
    assert np.abs(made.mean(axis=0) - mean).max() < 4 * sd.max() * both
    # Draws have heavier tails than a normal distribution, hence twice its error of an SD.
    assert np.abs(made.std(axis=0) / sd - 1).max() < 4 * np.sqrt(2) * both
    assert np.corrcoef(made[:, 0], made[:, 1])[0, 1] == pytest.approx(case["correlation"], abs=4 * both)


def test_draws_with_groups_follow_the_posterior_worked_out_with_whole_matrices():
    rng = np.random.default_rng(4)
    group = np.repeat([0, 1, 2, ALONE], [7, 6, 8, 4])
    X = np.column_stack((np.ones(group.size), rng.standard_normal(group.size)))
    y = X @ [0.3, 0.7] + np.array([0.9, -0.6, 0.1, 0.0])[group] + rng.standard_normal(group.size) * 0.8
    expected, effects, variance = _by_whole_matrices(X, y, group)
    found = draw_parameters(X, y, group, 4, np.random.default_rng(1), DRAWS)
    for mine, theirs in ((found.coefficients, expected), (found.effects[:, :3], effects)):
        assert np.abs(mine.mean(axis=0) - theirs).max() < 4 * mine.std(axis=0).max() / np.sqrt(DRAWS)
    assert (found.sd**2).mean() == pytest.approx(variance, rel=0.02)
    # Nobody is in the fourth group: its effect is drawn around zero, as wide as groups differ.
    assert abs(np.median(found.effects[:, 3])) < 0.05
    assert found.effects[:, 3].std() > found.effects[:, 0].std()


def _by_whole_matrices(X, y, group):
    """Posterior means of coefficients, effects of three groups and residual variance, on the same grid."""
    weights, parts = [], []
    member = (group[:, None] == np.arange(3)).astype(float)
    for place in range(GRID):
        icc = (place + 0.5) / GRID
        ratio = icc / (1 - icc)
        V = np.eye(y.size) + ratio * member @ member.T
        bread = X.T @ np.linalg.inv(V) @ X
        b = np.linalg.solve(bread, X.T @ np.linalg.inv(V) @ y)
        rest = (y - X @ b) @ np.linalg.inv(V) @ (y - X @ b)
        df = y.size - X.shape[1]
        weights.append(-0.5 * np.linalg.slogdet(V)[1] - 0.5 * np.linalg.slogdet(bread)[1] - 0.5 * df * np.log(rest))
        parts.append((b, ratio * member.T @ np.linalg.inv(V) @ (y - X @ b), rest / (df - 2)))
    share = np.exp(np.array(weights) - max(weights))
    share /= share.sum()
    return tuple(sum(w * part[i] for w, part in zip(share, parts, strict=True)) for i in range(3))


def test_planned_df_never_exceed_those_of_complete_data_and_meet_them():
    share = np.linspace(0, 0.95, 20)
    assert (planned_df(share, 3.0, 40, 50) <= 3.0).all()
    assert planned_df(0.0, 5.8, 40, 50) == pytest.approx(5.8)
    # Where nothing is known but the imputations, their own df hold.
    assert planned_df(0.9, 500.0, 12, 50) < 20

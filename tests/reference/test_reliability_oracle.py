"""Alpha, omega, agreement over time and ordinal alpha against R; `reliability_r.R` holds every call."""

import json
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.reliability import alpha_if_dropped, cronbach_alpha, item_rest_correlations
from balint_eval.stats.reliability_factor import fit_one_factor
from balint_eval.stats.reliability_omega import mcdonald_omega
from balint_eval.stats.reliability_ordinal import ordinal_alpha, polychoric_correlations
from balint_eval.stats.reliability_retest import icc_agreement

R = json.loads((Path(__file__).parent / "reliability_r.json").read_text())
ITEMS = {name: np.array(rows, dtype=float) for name, rows in R["data"].items()}
WAVES = {name: np.array(rows) for name, rows in R["times"].items()}


@pytest.mark.parametrize("name", ITEMS)
def test_alpha_and_items_against_psych(name):
    result, expected = cronbach_alpha(ITEMS[name]), R["alpha"][name]
    found = [result.alpha, result.low, result.high]
    assert found == pytest.approx([expected[key] for key in ("alpha", "low", "high")], rel=1e-10)
    assert item_rest_correlations(ITEMS[name]) == pytest.approx(expected["item_rest"], rel=1e-10)
    assert alpha_if_dropped(ITEMS[name]) == pytest.approx(expected["if_dropped"], rel=1e-10)


@pytest.mark.parametrize("name", ITEMS)
def test_omega_against_psych(name):
    # fa() stops at its optimiser's tolerance: loadings agree to 5e-6, omega to 3e-6.
    items, expected = ITEMS[name], R["omega"][name]
    assert mcdonald_omega(items, resamples=0).omega == pytest.approx(expected["omega"], abs=3e-6)
    covariance = np.cov(items, rowvar=False)
    fit = fit_one_factor(covariance[None])
    loadings = fit.loadings[0] * np.sign(fit.loadings[0].sum())
    assert loadings == pytest.approx(expected["loadings"], abs=1e-5)
    assert fit.unique[0] == pytest.approx(expected["unique"], abs=1e-5)
    unique_shares = fit.unique[0] / np.diag(covariance)
    total = 1 - unique_shares.sum() / np.corrcoef(items, rowvar=False).sum()  # psych's omega_total, of z-scores
    assert total == pytest.approx(expected["psych_total"], abs=1e-6)


@pytest.mark.parametrize("name", ITEMS)
def test_omega_is_near_the_maximum_likelihood_one_of_lavaan(name):
    assert mcdonald_omega(ITEMS[name], resamples=0).omega == pytest.approx(R["omega"][name]["lavaan_ml"], abs=5e-3)


def test_omega_of_three_items_equals_maximum_likelihood():
    # Three items are just identified: every method fits exactly, so lavaan's number is ours.
    assert mcdonald_omega(ITEMS["three"]).omega == pytest.approx(R["omega"]["three"]["lavaan_ml"], abs=1e-7)


@pytest.mark.parametrize("name", ["six", "sixteen", "mixed"])
def test_loadings_against_statsmodels(name):
    factor = pytest.importorskip("statsmodels.multivariate.factor")
    fitted = factor.Factor(ITEMS[name], n_factor=1, method="pa", smc=False).fit(maxiter=5000, tol=1e-12)
    sd = ITEMS[name].std(axis=0, ddof=1)
    ours = fit_one_factor(np.cov(ITEMS[name], rowvar=False)[None]).loadings[0] / sd
    assert np.abs(ours) == pytest.approx(np.abs(fitted.loadings[:, 0]), abs=1e-6)


@pytest.mark.parametrize("name", WAVES)
def test_agreement_against_psych(name):
    result, expected = icc_agreement(WAVES[name]), R["icc"][name]
    found = [result.icc, result.low, result.high]
    assert found == pytest.approx([expected[key] for key in ("icc", "low", "high")], rel=1e-9)


@pytest.mark.filterwarnings("ignore")  # pingouin's own
@pytest.mark.parametrize("name", WAVES)
def test_agreement_against_pingouin(name):
    pandas, pingouin = pytest.importorskip("pandas"), pytest.importorskip("pingouin")
    n, k = WAVES[name].shape
    table = {"who": np.repeat(range(n), k), "wave": np.tile(range(k), n), "score": WAVES[name].ravel()}
    rows = pingouin.intraclass_corr(pandas.DataFrame(table), "who", "wave", "score").set_index("Type")
    result = icc_agreement(WAVES[name])
    assert result.icc == pytest.approx(rows.loc["ICC(A,1)", "ICC"], rel=1e-10)
    assert [result.low, result.high] == pytest.approx(list(rows.loc["ICC(A,1)", "CI95"]), abs=5.01e-3)  # its rounding


@pytest.mark.parametrize("name", R["polychoric"])
def test_polychoric_correlations_against_lavaan_and_psych(name):
    items, expected = ITEMS[name], R["polychoric"][name]
    k = items.shape[1]
    found = polychoric_correlations(items)[np.triu_indices(k, 1)]
    assert found == pytest.approx(expected["lavaan"], abs=1e-7)
    assert found == pytest.approx(expected["psych"], abs=5e-5)  # optimize() stops at 1.2e-4
    assert ordinal_alpha(items) == pytest.approx(expected["ordinal_alpha_lavaan"], abs=1e-7)
    assert ordinal_alpha(items) == pytest.approx(expected["ordinal_alpha_psych"], abs=1e-5)

"""Crossed factors: columns as R codes them, marginal means, contrasts; a hand-made table of cell means is recovered."""

import numpy as np
import pytest

from balint_eval.stats.factorial import Factorial

ARM_WAVE = Factorial(("arm", "wave"), (("a", "b", "c"), ("w0", "w1")))
# Mean of each cell, arms down, waves across; nothing is additive.
CELLS = {"a": (10.0, 12.0), "b": (11.0, 17.0), "c": (9.0, 10.0)}


def coefficients():
    """Solve for the coefficients that give the cell means."""
    places = [(arm, wave) for arm in CELLS for wave in range(2)]
    X = ARM_WAVE.design({"arm": [arm for arm, _ in places], "wave": [f"w{wave}" for _, wave in places]})
    return np.linalg.solve(X, [CELLS[arm][wave] for arm, wave in places])


def test_columns_are_those_of_r():
    # colnames(model.matrix(~ arm * wave)) with three arms and two waves
    assert ARM_WAVE.names == ("(Intercept)", "armb", "armc", "wavew1", "armb:wavew1", "armc:wavew1")
    row = ARM_WAVE.design({"arm": ["c"], "wave": ["w1"]})
    assert row.tolist() == [[1, 0, 1, 1, 0, 1]]


def test_the_first_factor_varies_fastest():
    both = Factorial(("x", "y"), (("0", "1", "2"), ("0", "1", "2")))
    assert both.names[5:] == ("x1:y1", "x2:y1", "x1:y2", "x2:y2")
    labels = {"x": ["2", "1"], "y": ["1", "2"]}
    assert both.design(labels)[:, 5:].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_three_factors_have_every_interaction():
    three = Factorial(("a", "b", "c"), (("0", "1"),) * 3)
    assert three.names == ("(Intercept)", "a1", "b1", "c1", "a1:b1", "a1:c1", "b1:c1", "a1:b1:c1")
    assert three.design({name: ["1"] for name in "abc"}).tolist() == [[1.0] * 8]
    assert list(three.type_three()) == ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]


def test_marginal_means_weigh_levels_alike():
    beta = coefficients()
    assert ARM_WAVE.mean(arm="b", wave="w1") @ beta == pytest.approx(17)
    assert ARM_WAVE.mean(arm="b") @ beta == pytest.approx((11 + 17) / 2)
    assert ARM_WAVE.mean(wave="w0") @ beta == pytest.approx((10 + 11 + 9) / 3)
    assert ARM_WAVE.mean() @ beta == pytest.approx(69 / 6)


def test_type_three_contrasts_are_differences_of_marginal_means():
    beta, contrasts = coefficients(), ARM_WAVE.type_three()
    assert list(contrasts) == ["arm", "wave", "arm:wave"]
    assert contrasts["arm"] @ beta == pytest.approx([14 - 11, 9.5 - 11])
    assert contrasts["wave"] @ beta == pytest.approx([13 - 10])
    # b against a, c against a: differences in change
    assert contrasts["arm:wave"] @ beta == pytest.approx([6 - 2, 1 - 2])


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="arm has no level d; it has a, b, c"):
        ARM_WAVE.mean(arm="d")
    with pytest.raises(ValueError, match="no factor group; there is arm, wave"):
        ARM_WAVE.mean(group="a")
    with pytest.raises(ValueError, match="wave has no level w7"):
        ARM_WAVE.design({"arm": ["a"], "wave": ["w7"]})

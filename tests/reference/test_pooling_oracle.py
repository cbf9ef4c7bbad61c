"""Random-effects pooling against metafor (pooling_r.R): 1e-6 relative for every number."""

import json
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.meta import pool_estimates

R = json.loads((Path(__file__).parent / "pooling_r.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", R["cases"], ids=lambda case: f"{case['name']} {case['level']}")
@pytest.mark.parametrize("kind", ["knha", "adhoc"])
def test_agrees_with_metafor(case, kind):
    found = pool_estimates(case["y"], np.sqrt(case["v"]), case["level"], truncate=kind == "adhoc")
    expected = case[kind] | case["profile"]
    if len(case["y"]) == 2:
        # metafor gives a prediction interval from two studies; here none is given.
        assert np.isnan([found.predict_low, found.predict_high]).all()
        expected = {name: value for name, value in expected.items() if not name.startswith("predict")}
    values = {name: getattr(found, name) for name in expected}
    assert values == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert len(expected) >= 13

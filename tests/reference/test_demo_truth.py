"""The demo's known effects lie inside the intervals of the primary method."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from balint_eval.pipeline import evaluate

ROOT = Path(__file__).parents[2]


@pytest.mark.thorough
def test_every_known_effect_is_inside_its_interval() -> None:
    comparisons = evaluate(ROOT / "config" / "config.yaml", key=bytes(range(32))).tables["comparisons"]
    truth = pd.read_csv(ROOT / "data" / "demo" / "truth.csv").rename(columns={"wave": "wave_to", "effect": "known"})
    main = comparisons.query("cohort == 'all' and method == 'ancova_cr2'")
    joined = truth.merge(main, on=["instrument", "scale", "wave_to"], validate="1:1")
    assert len(joined) == len(truth) == 13
    inside = joined["known"].between(joined["conf_low"], joined["conf_high"])
    assert inside.all(), joined.loc[~inside, ["outcome", "wave_to", "known", "conf_low", "conf_high"]]

"""The thresholds are those that docs/doctor.md was made with: a changed one needs `make doctor-study` again."""

import importlib

import pytest

THRESHOLDS = {
    "answer_codes": {
        "FEWEST_PEOPLE": 12, "FEWEST_ITEMS": 4, "CHANCE_OF_UNUSED": 1e-5, "ENOUGH_ODDS": 5.0, "LARGEST_EXPECTED": 3.0,
        "FEWEST_EFFECTIVE": 12.0, "INNER_SHARE": 0.08,
    },
    "cohorts": {"FEWEST_PEOPLE": 12, "FEWEST_ITEMS": 7},
    "evidence": {"LARGEST_R": 0.98},
    "flags": {"FEWEST_ITEMS": 8, "LONG_STRING": 0.6, "FEWEST_SCALES": 4, "CONTRARY": -0.5, "FEWEST_ANSWERS": 20},
    "keys": {
        "ENOUGH_ROWS": 20, "CLEARLY": 1.0, "FEWEST_ITEMS": 4, "ENOUGH_ODDS": 5.0, "ENOUGH_ODDS_IN_WAVE": 7.0,
        "WEIGHT_ELSEWHERE": 0.5,
    },
    "limits": {"ENOUGH_PEOPLE": 30},
    "missing_codes": {
        "FEWEST_ITEMS": 7, "SHARE_OF_FORM": 0.5, "FEWEST_PEOPLE": 3, "LEAST_SHARE": 0.03, "COMMON_ANSWER": 0.3,
    },
    "order": {
        "FEWEST_PEOPLE": 12, "ENOUGH_T": 4.0, "ENOUGH_T_OF_TWO": 4.0, "ENOUGH_GAIN": 0.05, "SAME_GAIN": 0.8, "FOLDS": 5,
        "MOST_PEOPLE": 2000, "CHANCE_OF_EQUAL": 0.01, "USUAL_QUANTILE": 0.95,
    },
    "totals": {"MOST_DECIMALS": 6, "ROWS_SHOWN": 5, "USUAL": 0.5, "FEWEST_FOR_A_CONSTANT": 3},
    "waves": {
        "FEWEST_PEOPLE": 12, "FEWEST_ITEMS": 5, "EXPECTED_RETEST": 0.5, "EXPECTED_PROFILE": 0.8, "ENOUGH_ODDS": 6.0,
        "SHIFT": 0.45,
    },
}  # fmt: skip


@pytest.mark.parametrize("module", THRESHOLDS)
def test_thresholds_are_those_of_the_study(module):
    loaded = importlib.import_module(f"balint_eval.doctor.{module}")
    assert {name: getattr(loaded, name) for name in THRESHOLDS[module]} == THRESHOLDS[module]

"""Choosing rows of the contract tables, and the labels of arms, waves and outcomes."""

from __future__ import annotations

from math import isfinite

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.words import natural_key, plain
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS

MAIN_ROLES = ("primary", "secondary")


def pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the pooled study where it has any, else all rows."""
    whole = frame[frame["cohort"] == ALL_COHORTS]
    return frame if whole.empty else whole


def pooled_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the pooled rows of a table of estimates; estimates of several cohorts are never mixed."""
    rows = pooled(frame)
    return rows if rows["cohort"].nunique() <= 1 else rows.iloc[:0]


def arm_label(study: Study, name: str, language: Language) -> str:
    """Give an arm's name as shown to readers."""
    return language.translated({arm.name: arm.label or arm.name for arm in study.arms}.get(name, name))


def wave_label(study: Study, name: str, language: Language) -> str:
    """Give a wave's name as shown to readers."""
    return language.translated({wave.name: wave.label or wave.name for wave in study.waves}.get(name, name))


def ordered_arms(study: Study, present: pd.Series) -> list[str]:
    """Give the arms that occur, in the study's order, unknown ones last."""
    names = {str(name) for name in present}
    declared = [arm.name for arm in study.arms]
    return [name for name in declared if name in names] + sorted(names - set(declared), key=natural_key)


def ordered_waves(study: Study, present: pd.Series) -> list[str]:
    """Give the waves that occur, in the study's order, unknown ones last."""
    names = {str(name) for name in present}
    declared = [wave.name for wave in study.waves]
    return [name for name in declared if name in names] + sorted(names - set(declared), key=natural_key)


def ordered_outcomes(study: Study, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Give the outcomes as the study lists them: primary ones first, indexed by instrument and scale."""
    declared = [(outcome.instrument, outcome.scale) for outcome in study.outcomes]
    place = {pair: position for position, pair in enumerate(declared)}
    frame = outcomes.assign(
        _secondary=outcomes["role"] != "primary",
        _place=[place.get(pair, len(place)) for pair in zip(outcomes["instrument"], outcomes["scale"], strict=True)],
    )
    frame = frame.sort_values(["_secondary", "_place"], kind="stable").drop(columns=["_secondary", "_place"])
    return frame.set_index(["instrument", "scale"], drop=False)


def outcome_label(row: pd.Series, language: Language) -> str:
    """Give an outcome's name as shown to readers."""
    return language.translated(str(row["label"]) or f"{row['instrument']} {row['scale']}")


def scale_words(outcome: pd.Series, language: Language) -> str:
    """Give the end points of an outcome's scale in words."""
    low, high = float(outcome["minimum"]), float(outcome["maximum"])
    if not (isfinite(low) and isfinite(high)):
        better = outcome["higher_is"] == "better"
        return language.say("points; higher is better") if better else language.say("points; higher is worse")
    worst, best = (low, high) if outcome["higher_is"] == "better" else (high, low)
    return language.say(
        "points; {worst} is the worst and {best} the best possible score", worst=plain(worst), best=plain(best)
    )


def higher_is(outcome: pd.Series, language: Language) -> str:
    """Say which way the scale of an outcome runs, as a sentence."""
    better = outcome["higher_is"] == "better"
    return language.say("Higher is better.") if better else language.say("Higher is worse.")

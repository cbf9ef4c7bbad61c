"""Whether the arms were alike at the start, and those lost like those kept: standardised differences, no tests."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

import numpy as np
import pandas as pd

from balint_eval.quality import person_scores
from balint_eval.stats.balance import difference_of_means, difference_of_shares
from balint_eval.stats.pairs import sample_sd
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

ARMS, KEPT = "arms", "kept"
_WHO = ["cohort", "person_id"]
_NO_TRAITS = frozenset({"cohort", "person_id", "group_id", "arm"})
MOST_LEVELS = 12
"""A covariate with more words than this is not a trait that people share."""

Row = dict[str, object]


def assess_balance(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Hold the arms against each other at the baseline, and people kept against people lost.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study

    Returns
    -------
    pandas.DataFrame
        Contract `balance`. Traits are the baseline scores of the outcomes, the site, the role and the covariates
        of the roster. `arms`: each arm against the control arm, everybody enrolled. `kept`: those with any outcome's
        score at the primary wave against those without, over all arms and in each.
    """
    people = _people(scores, participants, outcomes, study)
    rows: list[Row] = []
    control = study.control_arm
    for arm in (arm.name for arm in study.arms if control and arm.name != control.name):
        sides = (people["arm"] == arm, people["arm"] == (control.name if control else ""))
        rows += _compared(people, sides, outcomes, {"comparison": ARMS, "arm": arm})
    if study.later_waves:
        arms = [ALL_COHORTS, *(arm.name for arm in study.arms)] if len(study.arms) > 1 else [ALL_COHORTS]
        for arm in arms:
            mine = people["arm"].isin([arm]) | (arm == ALL_COHORTS)
            sides = (mine & people["_kept"], mine & ~people["_kept"])
            rows += _compared(people, sides, outcomes, {"comparison": KEPT, "arm": arm})
    return check_table(pd.DataFrame(rows, columns=TABLES["balance"].names), "balance")


def _people(scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Give one row a person enrolled: traits, a column for each outcome's baseline score, and whether kept."""
    named = outcomes[["instrument", "scale"]].drop_duplicates()
    mine = person_scores(scores).merge(named, on=["instrument", "scale"])
    first = mine[mine["wave"] == study.baseline.name]
    wide = first.pivot(index=_WHO, columns=["instrument", "scale"], values="score")
    wide.columns = pd.Index([_column(*pair) for pair in wide.columns])
    people = participants.merge(wide.reset_index(), on=_WHO, how="left", validate="1:1")
    later = mine.loc[mine["wave"] == study.primary_wave, _WHO].drop_duplicates().assign(_kept=True)
    merged = people.merge(later, on=_WHO, how="left", validate="1:1")
    return merged.assign(_kept=merged["_kept"].notna()).sort_values(_WHO, ignore_index=True)


def _column(instrument: str, scale: str) -> str:
    return f"{instrument}\t{scale}"


def _compared(
    people: pd.DataFrame, sides: tuple[pd.Series, pd.Series], outcomes: pd.DataFrame, facts: Row
) -> Iterator[Row]:
    if not (sides[0].any() and sides[1].any()):
        return
    facts = {"cohort": ALL_COHORTS, **facts}
    for outcome in records(outcomes):
        name = _column(outcome["instrument"], outcome["scale"])
        if name in people:
            place = {"instrument": outcome["instrument"], "scale": outcome["scale"]}
            yield facts | place | {"trait": "", "level": ""} | _of_numbers(people[name], sides)
    for trait in (name for name in people.columns if name not in _NO_TRAITS and "\t" not in name and name != "_kept"):
        for row in _of_trait(people[trait], sides):
            yield facts | {"instrument": "", "scale": "", "trait": trait} | row


def _of_trait(values: pd.Series, sides: tuple[pd.Series, pd.Series]) -> Iterator[Row]:
    """Compare a trait as a number where every answer is one, else each of its words."""
    known = values.where(values.astype(str).str.strip() != "")
    numbers = pd.to_numeric(known, errors="coerce")
    if known.notna().any() and numbers.notna().equals(known.notna()) and known.nunique() > 2:
        yield {"level": ""} | _of_numbers(numbers, sides)
    elif 1 < known.nunique() <= MOST_LEVELS:
        for level in sorted(known.dropna().unique()):
            yield {"level": str(level)} | _of_shares(known, str(level), sides)


def _of_numbers(values: pd.Series, sides: tuple[pd.Series, pd.Series]) -> Row:
    first, second = (values[side].dropna().to_numpy(dtype=np.float64) for side in sides)
    return {
        "n_first": first.size,
        "n_second": second.size,
        "first": float(first.mean()) if first.size else nan,
        "second": float(second.mean()) if second.size else nan,
        "sd_first": sample_sd(first),
        "sd_second": sample_sd(second),
        "difference": difference_of_means(first, second),
    }


def _of_shares(known: pd.Series, level: str, sides: tuple[pd.Series, pd.Series]) -> Row:
    first, second = (known[side].dropna() == level for side in sides)
    shares = [float(side.mean()) if len(side) else nan for side in (first, second)]
    return {
        "n_first": len(first),
        "n_second": len(second),
        "first": shares[0],
        "second": shares[1],
        "sd_first": nan,
        "sd_second": nan,
        "difference": difference_of_shares(*shares),
    }

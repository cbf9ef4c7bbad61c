"""A proposed MERSQI score: what the study file and the tables can say, and what only a person can.

Domains and points: Reed DA et al., JAMA 2007;298:1002-9, doi:10.1001/jama.298.9.1002. Legends of the response
rate differ ("> 75" and ">= 75"); 75 % counts as reached here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite

import pandas as pd

from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, person_of, records

PROPOSED, AUTHOR = "proposed", "author"
RANDOM = frozenset({"people", "groups"})
_OUTCOME_POINTS = {
    "1": 1.0, "2": 1.0, "2a": 1.0, "2b": 1.5, "3": 2.0, "3a": 2.0, "3b": 2.0, "4": 3.0, "4a": 3.0, "4b": 3.0,
    "process": 1.0, "well_being": 1.0,
}  # fmt: skip
_UNSURE_LEVELS = frozenset({"2", "4", "4a", "process", "well_being"})
"""Levels that MERSQI's outcome classes do not name: a person must confirm the points."""

Row = dict[str, object]
Tables = Mapping[str, pd.DataFrame]


def propose_mersqi(file: StudyFile, tables: Tables) -> pd.DataFrame:
    """Propose the ten items of MERSQI.

    Parameters
    ----------
    file : StudyFile
    tables : mapping
        `participants`, `scores`, `outcomes`, `quality` and `comparisons`.

    Returns
    -------
    pandas.DataFrame
        Contract `mersqi`. `basis` is a word the report turns into a sentence, `value` the number behind it.
        Where nothing is known the item has its lowest points and the status `author`.
    """
    primary = _primary(tables["outcomes"])
    rows = [
        _item("design", "design", *_design(file.study), 3),
        _item("sampling", "institutions", *_institutions(file.study, tables["participants"]), 1.5),
        _item("sampling", "response", *_response(file.study, tables, primary), 1.5),
        _item("data", "type", *_type_of_data(primary), 3),
        *_validity(file.study, tables["quality"], primary),
        *_analysis(tables["comparisons"]),
        _item("outcome", "outcome", *_outcome(primary), 3),
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["mersqi"].names), "mersqi")


def _item(domain: str, item: str, points: float, status: str, basis: str, value: float, maximum: float) -> Row:
    return {
        "domain": domain,
        "item": item,
        "points": points,
        "maximum": maximum,
        "status": status,
        "basis": basis,
        "value": value,
    }


def _primary(outcomes: pd.DataFrame) -> Row:
    """Give the primary outcome, or the first where the study names none."""
    rows = records(outcomes)
    return next((row for row in rows if row["role"] == "primary"), rows[0])


_NONE = float("nan")
Judged = tuple[float, str, str, float]


def _design(study: Study) -> Judged:
    if study.control_arm is not None and len(study.arms) > 1:
        random = study.plan.allocation in RANDOM
        return (3.0, PROPOSED, "randomised", _NONE) if random else (2.0, PROPOSED, "two_groups", _NONE)
    return (1.5, PROPOSED, "pre_and_post", _NONE) if study.later_waves else (1.0, PROPOSED, "one_wave", _NONE)


def _institutions(study: Study, participants: pd.DataFrame) -> Judged:
    sites = participants.loc[participants["site"] != "", "site"].nunique()
    number = study.context.institutions or sites
    if not number:
        return 0.5, AUTHOR, "institutions_unknown", _NONE
    points = {1: 0.5, 2: 1.0}.get(number, 1.5)
    return points, PROPOSED, "institutions" if study.context.institutions else "sites", float(number)


def _response(study: Study, tables: Tables, primary: Row) -> Judged:
    """Share of the people enrolled who have the primary score at the primary wave; needs a roster everywhere."""
    if any(cohort.roster is None for cohort in study.cohorts):
        return 0.5, AUTHOR, "response_unknown", _NONE
    scores = tables["scores"]
    mine = scores[
        (scores["instrument"] == primary["instrument"])
        & (scores["scale"] == primary["scale"])
        & (scores["wave"] == study.primary_wave)
        & scores["score"].notna()
    ]
    people = mine.assign(person_id=person_of(mine["person_id"]))[["cohort", "person_id"]].drop_duplicates()
    share = len(people) / len(tables["participants"]) if len(tables["participants"]) else 0.0
    points = 0.5 if share < 0.5 else 1.0 if share < 0.75 else 1.5
    return points, PROPOSED, "response", share


def _type_of_data(primary: Row) -> Judged:
    own = primary["rater"] == "self"
    return (1.0, PROPOSED, "self_assessed", _NONE) if own else (3.0, PROPOSED, "rated_by_others", _NONE)


def _validity(study: Study, quality: pd.DataFrame, primary: Row) -> Iterator[Row]:
    same = (quality["instrument"] == primary["instrument"]) & (quality["scale"] == primary["scale"])
    alphas = quality.loc[same & (quality["cohort"] == ALL_COHORTS), "alpha"]
    known = alphas.dropna()
    internal = (1.0, PROPOSED, "alpha", float(known.iloc[0])) if len(known) else (0.0, AUTHOR, "no_alpha", _NONE)
    yield _item("validity", "internal_structure", *internal, 1)
    for item, source in (
        ("content", study.context.content_validity),
        ("relations", study.context.relations_validity),
    ):
        judged = (1.0, PROPOSED, "cited", _NONE) if source else (0.0, AUTHOR, "not_cited", _NONE)
        yield _item("validity", item, *judged, 1)


def _analysis(comparisons: pd.DataFrame) -> Iterator[Row]:
    tested = comparisons["p_value"].notna() if len(comparisons) else pd.Series(dtype=bool)
    inference = bool(tested.any())
    yield _item("analysis", "appropriate", 1.0 if inference else 0.0, AUTHOR, "to_confirm", _NONE, 1)
    basis = "inference" if inference else "descriptive"
    yield _item("analysis", "complexity", 2.0 if inference else 1.0, PROPOSED, basis, _NONE, 2)


def _outcome(primary: Row) -> Judged:
    level = str(primary["level"])
    status = AUTHOR if level in _UNSURE_LEVELS else PROPOSED
    return _OUTCOME_POINTS[level], status, f"level_{level}", _NONE


def total(rows: pd.DataFrame) -> float:
    """Add the points up; `nan` where an item has none."""
    points = float(rows["points"].sum(skipna=False))
    return points if isfinite(points) else _NONE

"""The scores as they would be under stricter rules for linking and for people who answered twice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from balint_eval.tables import person_of

EXACT_LINKS, ANSWERED_ONCE = "exact_links", "answered_once"
"""Ends of the methods that repeat the planned comparison on these scores."""
_KEY = ["cohort", "person_id", "wave"]


def stricter_scores(
    scores: pd.DataFrame, participants: pd.DataFrame, links: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Give scores and participants with people linked by equal codes only, and without double answers.

    Parameters
    ----------
    scores, participants, links : pandas.DataFrame
        Contracts of these names.

    Yields
    ------
    name, scores, participants
        Only where that changes something.
    """
    person = person_of(scores["person_id"])
    facts = scores.assign(person_id=person)[_KEY].merge(links, on=_KEY, how="left", validate="m:1")
    # Ratings of somebody who gave no answers have no link of their own.
    unequal = facts["linked"].fillna("exact").ne("exact").to_numpy()
    if unequal.any():
        # Not linked by an equal code, somebody counts as two people, each with one wave.
        alone = person + "~" + scores["wave"]
        rater = scores["person_id"].str.partition("#")[2]
        named = (alone + rater.map(lambda number: f"#{number}" if number else "")).where(unequal, scores["person_id"])
        new = scores.assign(person_id=person, alone=alone)[unequal][["cohort", "person_id", "alone"]].drop_duplicates()
        more = new.merge(participants, on=["cohort", "person_id"]).assign(person_id=lambda rows: rows["alone"])
        people = pd.concat([participants, more.drop(columns="alone")], ignore_index=True)
        yield EXACT_LINKS, scores.assign(person_id=named), people
    twice = facts["rows_set_aside"].fillna(0).gt(0).to_numpy()
    if twice.any():
        yield ANSWERED_ONCE, scores[~twice], participants

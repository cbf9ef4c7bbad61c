"""What a person should know of a linkage that is not refused, and people who turn up in two cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from balint_eval.errors import Problem
from balint_eval.ingest.text import ID_RULES, rules_that_unite

SHORTEST, LONGEST = 1, 3 * 365
"""Days between two waves of a person outside of which a date is more likely to be wrong."""


def spelling_notes(seen: pd.DataFrame) -> Iterator[str]:
    """Say how many ids were written in two ways and taken for one person, and by which rules.

    Parameters
    ----------
    seen : pandas.DataFrame
        person_id and raw_id, one row a row of a file.
    """
    spelled = seen[["person_id", "raw_id"]].drop_duplicates()
    twice = spelled[spelled["person_id"].duplicated(keep=False)]
    several = [ids.to_numpy() for _, ids in twice.groupby("person_id")["raw_id"]]
    if several:
        used = {rule for ids in several for rule in rules_that_unite(ids)}
        rules = "; ".join(rule for rule in ID_RULES if rule in used)
        ids = "1 id was" if len(several) == 1 else f"{len(several)} ids were"
        yield f"WARN-NORMALISE: {ids} written in two ways and taken for one person, because {rules}."


def interval_notes(visits: pd.DataFrame, waves: Sequence[str]) -> Iterator[str]:
    """Say how many people answered two waves within a day, or more than three years apart.

    Parameters
    ----------
    visits : pandas.DataFrame
        person_id, wave and answered_on (ISO date or blank), one row a person and wave.
    waves : sequence of str
        In time.
    """
    if not (visits["answered_on"] != "").any():
        return
    # A blank date is no time, and differs from no other by any number of days.
    days = pd.to_datetime(visits["answered_on"]).set_axis(pd.MultiIndex.from_frame(visits[["person_id", "wave"]]))
    wide = days.unstack("wave")
    for earlier, later in combinations([wave for wave in waves if wave in wide.columns], 2):
        apart = (wide[later] - wide[earlier]).dt.days.dropna()
        short, long = int((apart <= SHORTEST).sum()), int((apart > LONGEST).sum())
        if short or long:
            yield (
                f"WARN-INTERVAL: of {len(apart)} people with both dates {short} answered '{later}' within {SHORTEST} "
                f"day of '{earlier}', and {long} more than {LONGEST // 365} years later."
            )


def across_cohorts(places: pd.DataFrame) -> list[Problem]:
    """Give the people who turn up in two cohorts: in one wave, or in two.

    Parameters
    ----------
    places : pandas.DataFrame
        cohort, person_id, shown (the id as it may be shown), wave, file, row; one row a cohort, person and wave.

    Returns
    -------
    list of Problem
        LK-TWOCOHORTS where both answered in one wave, else LK-MOVED.
    """
    several = places.groupby("person_id")["cohort"].transform("nunique") > 1
    return [_in_two(rows) for _, rows in places[several].groupby("person_id", sort=False)]


def _in_two(rows: pd.DataFrame) -> Problem:
    pairs = [
        (here, there) for (_, here), (_, there) in combinations(rows.iterrows(), 2) if here["cohort"] != there["cohort"]
    ]
    here, there = next((pair for pair in pairs if pair[0]["wave"] == pair[1]["wave"]), pairs[0])
    code = "LK-TWOCOHORTS" if here["wave"] == there["wave"] else "LK-MOVED"
    what = (
        f"the person {here['shown']} is in the cohort '{here['cohort']}' in the wave '{here['wave']}' and in the "
        f"cohort '{there['cohort']}' in the wave '{there['wave']}' (row {there['row']} of {there['file']})"
    )
    mend = "put all answers of one person into one cohort, or make the ids different if they are two people"
    return Problem(code, what, mend, str(here["file"]), int(here["row"]))

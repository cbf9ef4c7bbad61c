"""People across waves: joined on the person id, exactly, never on row order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from balint_eval.errors import Problem, masked
from balint_eval.study import StudyFile
from balint_eval.study_model import Linkage

ANSWER_KEY = ["person_id", "wave", "instrument"]
HOW = {"exact": "linked_exactly", "tolerant": "linked_tolerantly", "review": "linked_by_review"}
"""Kinds of join, from the surest, and the reason that counts them in the table `flow`."""


def settle_duplicates(answers: pd.DataFrame, linkage: Linkage, remark: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Keep one row where a person answered an instrument twice in one wave, as the study file says.

    Parameters
    ----------
    answers : pandas.DataFrame
        One row a person, wave, instrument and source row: person_id, raw_id, wave, instrument, file, row,
        id_column, answered_on, answered (answers in the source row, over all instruments).
    linkage : Linkage
        `duplicates`: refuse; first or last (by date, then by line); most_complete (most answers; of equals the
        first); none (no answers of this person in this wave).
    remark : str
        What to add to a refusal, such as how likely two people have one code.

    Returns
    -------
    kept : pandas.DataFrame
    problems : list of Problem
        With the policy `refuse`, one a person and wave. Two ids that only the rules for ids make one are
        refused under every policy: they may be two people.
    """
    in_time = ["answered_on", "file", "row"]
    ordered = answers.sort_values(in_time)
    if linkage.duplicates == "most_complete":
        ordered = answers.sort_values(["answered", *in_time], ascending=[False, True, True, True])
    repeated = ordered.duplicated(ANSWER_KEY, keep=False)
    if not repeated.any():
        return answers, []
    twice = ordered[repeated].sort_index()
    if linkage.duplicates == "refuse":
        return answers, list(_duplicate_problems(twice, remark))
    spellings = twice.groupby(["person_id", "wave"])["raw_id"].transform("nunique")
    return _kept(ordered, twice, linkage.duplicates).sort_index(), list(
        _duplicate_problems(twice[spellings > 1], remark)
    )


def _kept(ordered: pd.DataFrame, twice: pd.DataFrame, policy: str) -> pd.DataFrame:
    if policy == "none":
        visits = pd.MultiIndex.from_frame(ordered[["person_id", "wave"]])
        return ordered[~visits.isin(pd.MultiIndex.from_frame(twice[["person_id", "wave"]]))]
    return ordered.drop_duplicates(ANSWER_KEY, keep="last" if policy == "last" else "first")


def _duplicate_problems(repeated: pd.DataFrame, remark: str) -> Iterator[Problem]:
    for (_, wave), rows in repeated.groupby(["person_id", "wave"], sort=False):
        places = rows[["file", "row", "raw_id", "id_column"]].drop_duplicates(["file", "row"])
        others = ", ".join(f"row {p.row} of {p.file}" for p in places.iloc[1:].itertuples())
        first = places.iloc[0]
        same = rows["raw_id"].nunique() == 1
        who = "this person" if same else "this person (written in two ways that the rules for ids make one)"
        what = f"{who} answered twice in the wave '{wave}', again in {others}"
        what += f" ({remark})" if remark else ""
        mend = "say under linkage: duplicates: which one counts: first, last, most_complete or none"
        mend = mend if same else "delete one row if it is one person, give two people two ids if not"
        yield Problem(
            "LK-DUP", what, mend, first["file"], int(first["row"]), first["id_column"], masked(first["raw_id"])
        )


def list_links(
    visits: pd.DataFrame, how: Callable[[str, str], tuple[str, int]], answers: pd.DataFrame, kept: pd.DataFrame
) -> pd.DataFrame:
    """Say of every person and wave how the answers came to the person, and how many rows were set aside.

    Parameters
    ----------
    visits : pandas.DataFrame
        person_id and wave, one row a person and wave.
    how : callable
        From person_id and wave to the kind of join and the number of elements that differed.
    answers, kept : pandas.DataFrame
        Before and after `settle_duplicates`.

    Returns
    -------
    pandas.DataFrame
        person_id, wave, linked, elements_off, rows_set_aside.
    """
    found = [how(person, wave) for person, wave in visits[["person_id", "wave"]].itertuples(index=False)]
    links = visits[["person_id", "wave"]].assign(
        linked=[kind for kind, _ in found], elements_off=[off for _, off in found]
    )
    dropped = answers.loc[~answers.index.isin(kept.index), ["person_id", "wave", "file", "row"]].drop_duplicates()
    number = dropped.groupby(["person_id", "wave"]).size().rename("rows_set_aside")
    return links.join(number, on=["person_id", "wave"]).fillna({"rows_set_aside": 0})


def count_people(people: pd.DataFrame, baseline: str, later: list[str], *, by_kind: bool = False) -> pd.DataFrame:
    """Count people with both waves and with one only, for every later wave.

    Parameters
    ----------
    people : pandas.DataFrame
        Columns person_id, wave and linked, one row a person and wave.
    baseline, later : wave names
    by_kind : bool
        Whether to count the pairs also by the way they were linked, by the less sure of their two joins.

    Returns
    -------
    pandas.DataFrame
        wave, reason, rows: paired, pre_only, post_only; with `by_kind` also linked_exactly, linked_tolerantly and
        linked_by_review, which together are the paired.
    """
    rank = people["linked"].map(list(HOW).index).set_axis(people["person_id"])
    by_wave = {wave: rank[people["wave"].to_numpy() == wave] for wave in [baseline, *later]}
    before = by_wave[baseline]
    records = []
    for wave in later:
        after = by_wave[wave]
        both = before.index.intersection(after.index)
        numbers = {"paired": len(both)}
        if by_kind:
            weakest = np.maximum(before[both].to_numpy(), after[both].to_numpy())
            numbers |= {reason: int((weakest == place).sum()) for place, reason in enumerate(HOW.values())}
        numbers |= {"pre_only": len(before) - len(both), "post_only": len(after) - len(both)}
        records += [{"wave": wave, "reason": reason, "rows": number} for reason, number in numbers.items()]
    return pd.DataFrame(records, columns=["wave", "reason", "rows"])


def linkage_problems(counts: pd.DataFrame, people: pd.DataFrame, file: StudyFile, cohort: str) -> list[Problem]:
    """Refuse a linkage that cannot be right: nobody found again, too few, or answers before the baseline.

    Parameters
    ----------
    counts : pandas.DataFrame
        From `count_people`.
    people : pandas.DataFrame
        person_id, raw_id, wave, answered_on, file, row; one row a person and wave.
    file : StudyFile
    cohort : str
    """
    problems = []
    for wave, rows in counts.groupby("wave", sort=False):
        number = {reason: int(people) for reason, people in rows[["reason", "rows"]].itertuples(index=False)}
        if number["paired"] + number["pre_only"] and number["paired"] + number["post_only"]:
            problems += _rate_problems(number, str(wave), file, cohort, people)
    return problems + list(_order_problems(people, file))


def _rate_problems(
    number: dict[str, int], wave: str, file: StudyFile, cohort: str, people: pd.DataFrame
) -> list[Problem]:
    source = str(people.loc[people["wave"] == wave, "file"].iloc[0])
    smaller = number["paired"] + min(number["pre_only"], number["post_only"])
    rate = number["paired"] / smaller
    if not number["paired"]:
        shapes = ", ".join(sorted({_shape(raw) for raw in people["raw_id"]})[:5])
        what = f"in the cohort '{cohort}' nobody of the wave '{wave}' has an id of the baseline (id shapes: {shapes})"
        return [Problem("LK-NOMATCH", what, "check that person_id names the same code in both files", source)]
    if rate < file.study.linkage.min_match_rate:
        what = (
            f"in the cohort '{cohort}' only {number['paired']} of {smaller} people ({rate:.0%}) of the wave '{wave}' "
            f"could be linked to the baseline; at least {file.study.linkage.min_match_rate:.0%} is "
            "required (self-made codes: 51 to 67% after 6 to 18 months, Yurek and others 2008)"
        )
        return [Problem("LK-LOWRATE", what, "check the ids, or lower linkage: min_match_rate", source)]
    return []


def _shape(raw: str) -> str:
    return "".join("A" if c.isalpha() else "9" if c.isdigit() else c for c in raw)


def _order_problems(people: pd.DataFrame, file: StudyFile) -> Iterator[Problem]:
    dated = people[people["answered_on"] != ""]
    if dated.empty:
        return
    for earlier, later in combinations((wave.name for wave in file.study.waves), 2):
        pairs = dated[dated["wave"] == earlier].merge(
            dated[dated["wave"] == later], on="person_id", suffixes=("_pre", "_post"), validate="1:1"
        )
        for row in pairs[pairs["answered_on_post"] < pairs["answered_on_pre"]].itertuples():
            what = (
                f"the person {masked(str(row.raw_id_post))} answered the wave '{later}' on {row.answered_on_post}, "
                f"before the wave '{earlier}' on {row.answered_on_pre} (row {row.row_pre} of {row.file_pre})"
            )
            mend = "check the dates, or whether the files of the two waves were swapped"
            yield Problem("LK-ORDER", what, mend, str(row.file_post), int(str(row.row_post)))

"""Counts and shares as they are released: people of each wave, answers to items, one trait, reliability, comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite

import pandas as pd

from balint_eval.disclosure.counts import band, merged_answers, merged_levels, rounded
from balint_eval.disclosure.log import Hidden, mark
from balint_eval.disclosure.rules import Limits
from balint_eval.tables import ALL_COHORTS, records

Cells = tuple[object, ...]
Shown = tuple[pd.DataFrame, list[Hidden]]
"""A table as people see it, and what is hidden or changed in it."""

PEOPLE_COLUMNS = ("wave", "reason", "people")
ITEM_COLUMNS = ("wave", "instrument", "item", "label", "answers", "people", "share")
TRAIT_COLUMNS = ("trait", "levels", "people")
RELIABILITY = ("alpha", "alpha_low", "alpha_high", "omega", "omega_low", "omega_high")
RELIABILITY_COLUMNS = ("wave", "instrument", "scale", "n", *RELIABILITY)
ENROLLED = "enrolled"
_REASONS = ("paired", "pre_only", "post_only")


def people_of_waves(flow: pd.DataFrame, enrolled: int, limits: Limits) -> Shown:
    """Count people of the whole study by wave, to the nearest five (P7)."""
    rows: list[tuple[str, str, int]] = [("", ENROLLED, enrolled)]
    people = flow[(flow["file"] == "") & flow["reason"].isin(_REASONS)]
    for (wave, reason), counts in people.groupby(["wave", "reason"])["rows"]:
        rows.append((str(wave), str(reason), int(counts.sum())))
    hidden, cells = [], []
    for wave, reason, count in rows:
        few = count < limits.smallest
        rule, action = ("P1", "withheld") if few else ("P7", "rounded")
        said = band(count, limits.smallest)
        name = " · ".join(filter(None, (wave, reason)))
        one = Hidden("people", name, "people", rule, str(limits.smallest), said, action)
        hidden.append(one)
        cells.append((wave, reason, one.mark if few else rounded(count)))
    return pd.DataFrame(cells, columns=list(PEOPLE_COLUMNS), dtype=object), hidden


def answers_to_items(item_counts: pd.DataFrame, compared: frozenset[str], limits: Limits) -> Shown:
    """Share the answers to each item over the whole study (P3).

    Parameters
    ----------
    item_counts : pandas.DataFrame
        Contract `item_counts`.
    compared : set of str
        Instruments with a released comparison: their items would add up to it, so they are left out.
    limits : Limits

    Returns
    -------
    frame, hidden
        A row for each part of the answers; small parts are merged with their neighbours.
    """
    pooled = item_counts[(item_counts["cohort"] == ALL_COHORTS) & ~item_counts["instrument"].isin(compared)]
    cells: list[Cells] = []
    hidden: list[Hidden] = []
    for (wave, instrument, item), codes in pooled.groupby(["wave", "instrument", "item"]):
        ordered = records(codes.sort_values("code"))
        place = (wave, instrument, int(str(item)), ordered[0]["label"])
        rows, withheld = _parts_of(ordered, f"{wave} · {instrument} · {item}", limits)
        cells += [(*place, *row) for row in rows]
        hidden += withheld
    return pd.DataFrame(cells, columns=list(ITEM_COLUMNS), dtype=object), hidden


def _parts_of(codes: Sequence[dict[str, object]], name: str, limits: Limits) -> tuple[list[Cells], list[Hidden]]:
    counts = [int(str(code["people"])) for code in codes]
    answered, texts = sum(counts), [str(code["answer"]) for code in codes]
    said = band(answered, limits.smallest)
    if answered < limits.items:
        return _nothing(texts, name, "P3", str(limits.items), said)
    parts = merged_answers(counts, limits.smallest)
    if len(parts) == 1:
        return _nothing(texts, name, "P4", "", said)
    sums = {(first, last): rounded(sum(counts[first : last + 1])) for first, last in parts}
    rows: list[Cells] = [
        (_range(texts, first, last), people, round(100 * people / sum(sums.values())))
        for (first, last), people in sums.items()
    ]
    merged = [
        Hidden("answers", name, _range(texts, first, last), "P3", str(limits.smallest), said, "merged")
        for first, last in parts
        if first < last
    ]
    return rows, [*merged, Hidden("answers", name, "people", "P7", str(limits.smallest), said, "rounded")]


def _nothing(texts: Sequence[str], name: str, rule: str, threshold: str, said: str) -> tuple[list[Cells], list[Hidden]]:
    hidden = [Hidden("answers", name, column, rule, threshold, said) for column in ("people", "share")]
    return [(_range(texts, 0, len(texts) - 1), *(one.mark for one in hidden))], hidden


def _range(texts: Sequence[str], first: int, last: int) -> str:
    return texts[first] if first == last else f"{texts[first]} – {texts[last]}"


def one_trait(participants: pd.DataFrame, trait: str, limits: Limits) -> Shown:
    """Count the people of each level of one trait over the whole study (P8)."""
    counts = Counter(str(value) for value in participants[trait])
    parts = merged_levels(dict(counts), limits.smallest)
    cells: list[Cells] = []
    hidden: list[Hidden] = []
    for levels, people in parts:
        name = "; ".join(level or "not known" for level in levels)
        row = f"{trait} · {name}"
        said = band(people, limits.smallest)
        if people < limits.smallest or len(parts) == 1:
            rule = "P1" if people < limits.smallest else "P4"
            one = Hidden("trait", row, "people", rule, str(limits.smallest) if rule == "P1" else "", said)
            cells.append((trait, name, one.mark))
        else:
            one = Hidden(
                "trait", row, "people", "P8" if len(levels) > 1 else "P7", str(limits.smallest), said, "rounded"
            )
            cells.append((trait, name, rounded(people)))
        hidden.append(one)
        if len(levels) > 1:
            hidden.append(Hidden("trait", row, "levels", "P8", str(limits.smallest), said, "merged"))
    return pd.DataFrame(cells, columns=list(TRAIT_COLUMNS), dtype=object), hidden


def reliability(quality: pd.DataFrame, limits: Limits) -> Shown:
    """Give alpha and omega of the whole study from the number of people on that item tables ask for (P3).

    The standard error of measurement is left out: with alpha it gives the spread of everybody who answered, and with
    the spread of the pairs that of those who left.
    """
    pooled = quality[quality["cohort"] == ALL_COHORTS]
    cells: list[Cells] = []
    hidden: list[Hidden] = []
    for row in records(pooled):
        name = f"{row['wave']} · {row['instrument']} · {row['scale']}"
        said = band(int(row["n"]), limits.smallest)
        if row["n"] < limits.items:
            withheld = [
                Hidden("reliability", name, column, "P3", str(limits.items), said)
                for column in RELIABILITY
                if isfinite(row[column])
            ]
            figures = [mark("P3", str(limits.items)) if isfinite(row[column]) else "" for column in RELIABILITY]
        else:
            withheld = []
            figures = [row[column] if isfinite(row[column]) else "" for column in RELIABILITY]
        hidden += [*withheld, Hidden("reliability", name, "n", "P7", str(limits.smallest), said, "banded")]
        cells.append((row["wave"], row["instrument"], row["scale"], said, *figures))
    return pd.DataFrame(cells, columns=list(RELIABILITY_COLUMNS), dtype=object), hidden


def comments_counted(comments: int, limits: Limits) -> tuple[object, list[Hidden]]:
    """Give the number of comments to the nearest five, from ten on (P10); a mark below."""
    said = band(comments, limits.comments)
    if comments < limits.comments:
        one = Hidden("comments", "comments", "people", "P10", str(limits.comments), said)
        return one.mark, [one]
    return rounded(comments), [Hidden("comments", "comments", "people", "P10", str(limits.comments), said, "rounded")]

"""How good the data are: reliability, missing answers, floor and ceiling, distributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.consistency import cohorts_in_doubt, describe_reliability, trusted_items
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.scoring import keyed_answers
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, person_of
from balint_eval.threads import one_thread


def assess_quality(
    responses: pd.DataFrame,
    scores: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    *,
    ordinal: bool = False,
    intervals: bool = True,
) -> pd.DataFrame:
    """Describe every scale in every wave, by cohort and over all cohorts.

    Parameters
    ----------
    responses, scores : pandas.DataFrame
        Contracts `responses` and `scores`.
    instruments : mapping of name to Instrument
    ordinal : bool
        Whether ordinal alpha is asked for.
    intervals : bool
        Whether the interval of omega is asked for, which takes a bootstrap. Rows of single cohorts never have it.

    Returns
    -------
    pandas.DataFrame
        Contract `quality`. Alpha and omega are withheld below 20 complete answers. Answers of cohorts in which the key
        is in doubt count in neither, nor among `n` and `missing_share`, unless it is in doubt in all.
    """
    with one_thread():
        records = list(_scale_records(responses, scores, instruments, ordinal=ordinal, intervals=intervals))
    return check_table(pd.DataFrame(records, columns=TABLES["quality"].names), "quality")


def _scale_records(
    responses: pd.DataFrame,
    scores: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    *,
    ordinal: bool,
    intervals: bool,
) -> Iterator[dict[str, object]]:
    doubted = cohorts_in_doubt(scores)
    for cohort, rows in _by_cohort(responses):
        own = scores if cohort == ALL_COHORTS else scores[scores["cohort"] == cohort]
        for (name, wave), answers in rows.groupby(["instrument", "wave"], sort=True):
            instrument = instruments[str(name)]
            who, keyed = keyed_answers(answers, instrument)
            for scale in (scale for scale in instrument.scales if scale.items):
                place = {"cohort": cohort, "wave": wave, "instrument": name, "scale": scale.name}
                mine = own[(own["instrument"] == name) & (own["wave"] == wave) & (own["scale"] == scale.name)]
                trusted = trusted_items(who, keyed, scale, doubted.get((instrument.name, scale.name), frozenset()))
                # Of a cohort's own few people a percentile bootstrap says little, and a thousand cohorts are many.
                drawn = intervals and cohort == ALL_COHORTS
                found = describe_reliability(
                    trusted.items, scale, withheld=trusted.withheld, ordinal=ordinal, intervals=drawn
                )
                notes = [str(note) for note in (trusted.note, found["note"]) if note]
                yield place | found | {"note": "; ".join(notes)} | _ends(mine, scale)


def _by_cohort(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give all rows, and, where there are several cohorts, each cohort's rows."""
    yield ALL_COHORTS, table
    if table["cohort"].nunique() > 1:
        for cohort, rows in table.groupby("cohort", sort=True):
            yield str(cohort), rows


def _ends(scores: pd.DataFrame, scale: Scale) -> dict[str, object]:
    given = scores["score"].dropna()
    shares = {"floor_share": np.nan, "ceiling_share": np.nan}
    if len(given):
        shares = {
            "floor_share": float((given == scale.range[0]).mean()),
            "ceiling_share": float((given == scale.range[1]).mean()),
        }
    return {**shares, "prorated": int(scores["prorated"].sum())}


def count_answers(responses: pd.DataFrame, instruments: Mapping[str, Instrument]) -> pd.DataFrame:
    """Count the answers to every item of the forms that are shown by item.

    Returns
    -------
    pandas.DataFrame
        Contract `item_counts`, with a row for each code of the form, also those nobody gave.
    """
    records = []
    for cohort, rows in _by_cohort(responses):
        for (wave, name), answers in rows.groupby(["wave", "instrument"], sort=True):
            instrument = instruments[str(name)]
            if instrument.by_item:
                place = {"cohort": cohort, "wave": wave, "instrument": name}
                records += [place | record for record in _item_records(answers, instrument)]
    return check_table(pd.DataFrame(records, columns=TABLES["item_counts"].names), "item_counts")


def _item_records(answers: pd.DataFrame, instrument: Instrument) -> Iterator[dict[str, object]]:
    labels = {entry.item: entry.label for entry in instrument.item_labels}
    texts = {entry.code: entry.label for entry in instrument.answer_labels}
    for item in range(1, instrument.n_items + 1):
        given = answers.loc[answers["item"] == item, "value"].dropna()
        for code in instrument.response.codes:
            yield {
                "item": item, "code": code, "label": labels.get(item, f"Item {item}"),
                "answer": texts.get(code, f"{code:g}"), "people": int((given == code).sum()),
                "answered": len(given), "higher_is": "better",
            }  # fmt: skip


def describe_scores(scores: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Describe scores by cohort, arm and wave; ratings by others count once a person rated (their mean).

    Returns
    -------
    pandas.DataFrame
        Contract `descriptives`.
    """
    people = person_scores(scores).merge(participants[["cohort", "person_id", "arm"]], on=["cohort", "person_id"])
    records = []
    for cohort, rows in _by_cohort(people):
        for arm, mine in _by_arm(rows):
            for (wave, name, scale), values in mine.groupby(["wave", "instrument", "scale"], sort=True)["score"]:
                place = {"cohort": cohort, "arm": arm, "wave": wave, "instrument": name, "scale": scale}
                records.append(place | _describe(values.to_numpy(dtype=np.float64)))
    return check_table(pd.DataFrame(records, columns=TABLES["descriptives"].names), "descriptives")


def _by_arm(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    yield "all", table
    if table["arm"].nunique() > 1:
        for arm, rows in table.groupby("arm", sort=True):
            yield str(arm), rows


def _describe(values: NDArray[np.float64]) -> dict[str, object]:
    low, high = np.percentile(values, [25.0, 75.0])
    return {
        "n": len(values),
        "mean": values.mean(),
        "sd": values.std(ddof=1) if len(values) > 1 else np.nan,
        "median": np.median(values),
        "quartile_low": low,
        "quartile_high": high,
    }


def person_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Give one score a person, wave and scale: several ratings of one person become their mean.

    Returns
    -------
    pandas.DataFrame
        cohort, person_id, wave, instrument, scale, score; rows without a score are left out.
    """
    given = scores.dropna(subset=["score"])
    given = given.assign(person_id=person_of(given["person_id"]))
    keys = ["cohort", "person_id", "wave", "instrument", "scale"]
    return given.groupby(keys, sort=True)["score"].mean().reset_index()

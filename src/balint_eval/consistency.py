"""How well the items of a scale hold together: alpha, omega, and what each item adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balint_eval.instruments.model import Instrument, Scale
from balint_eval.scoring import FloatArray, keyed_answers
from balint_eval.stats.reliability import (
    Alpha,
    alpha_if_dropped,
    complete_rows,
    cronbach_alpha,
    item_rest_correlations,
    standard_error_of_measurement,
)
from balint_eval.stats.reliability_omega import mcdonald_omega
from balint_eval.stats.reliability_ordinal import ordinal_alpha
from balint_eval.tables import ALL_COHORTS, TABLES, check_table

SMALLEST_N_FOR_ALPHA = 20
STEADY_N_FOR_ALPHA = 50
SMALLEST_N_FOR_ITEMS = 10
"""People below whom nothing is said of a single item."""
DOUBTFUL = "the key is in doubt: no reliability is given"


def items_of(keyed: FloatArray, scale: Scale) -> FloatArray:
    """Give the keyed answers to the items of one scale, shape (rows, items of the scale)."""
    return keyed[:, np.asarray(scale.items, dtype=np.intp) - 1]


def cohorts_in_doubt(scores: pd.DataFrame) -> dict[tuple[str, str], frozenset[str]]:
    """Give for each (instrument, scale) whose key the doctor doubts the cohorts in which it does."""
    doubted = scores.loc[scores["status"] == "doubtful_key", ["instrument", "scale", "cohort"]].drop_duplicates()
    return {
        (str(instrument), str(scale)): frozenset(cohorts)
        for (instrument, scale), cohorts in doubted.groupby(["instrument", "scale"])["cohort"]
    }


@dataclass(frozen=True)
class Trusted:
    """The keyed answers to the items of a scale, without those of cohorts in which its key is in doubt.

    Attributes
    ----------
    items : ndarray, shape (rows, items of the scale)
    withheld : bool
        Whether the key is in doubt wherever somebody answered.
    note : str
        How many cohorts were left out.
    """

    items: FloatArray
    withheld: bool = False
    note: str = ""


def trusted_items(who: pd.DataFrame, keyed: FloatArray, scale: Scale, doubted: frozenset[str]) -> Trusted:
    """Give the answers that the reliability of a scale may rest on.

    Parameters
    ----------
    who, keyed
        From `keyed_answers`.
    scale : Scale
    doubted : frozenset of str
        Cohorts in which the key of the scale is in doubt.

    Returns
    -------
    Trusted
        All answers, where none could be trusted.
    """
    items = items_of(keyed, scale)
    aside = who["cohort"].isin(doubted).to_numpy() if doubted else np.zeros(len(who), dtype=np.bool_)
    if not aside.any() or aside.all():
        return Trusted(items, withheld=bool(aside.any()))
    left_out, cohorts = who.loc[aside, "cohort"].nunique(), who["cohort"].nunique()
    note = f"the key is in doubt in {left_out} of {cohorts} cohorts, whose answers are left out here"
    return Trusted(items[~aside], note=note)


def describe_reliability(
    items: FloatArray, scale: Scale, *, withheld: bool, ordinal: bool, intervals: bool = True
) -> dict[str, object]:
    """Describe the reliability of one scale as the columns of the contract `quality`.

    Parameters
    ----------
    items : ndarray, shape (rows, items of the scale)
        Keyed answers, `nan` where not answered.
    scale : Scale
    withheld : bool
        Whether the key is in doubt.
    ordinal : bool
        Whether ordinal alpha is asked for.
    intervals : bool
        Whether the interval of omega is asked for, which takes a bootstrap.

    Returns
    -------
    dict
        Alpha and omega are withheld below 20 complete answers, and said to be unsteady below 50.
    """
    complete = complete_rows(items)
    record: dict[str, object] = {"n": len(complete), "missing_share": float(np.isnan(items).mean())}
    if withheld:
        return record | {"note": DOUBTFUL}
    if len(complete) < SMALLEST_N_FOR_ALPHA:
        return record | {"note": f"alpha and omega withheld: fewer than {SMALLEST_N_FOR_ALPHA} complete answers"}
    alpha = cronbach_alpha(complete)
    omega = mcdonald_omega(complete) if intervals else mcdonald_omega(complete, resamples=0)
    notes = (alpha.note, _remark(alpha.alpha, len(complete)), omega.note if omega.note != alpha.note else "")
    return record | {
        "alpha": alpha.alpha, "alpha_low": alpha.low, "alpha_high": alpha.high,
        "omega": omega.omega, "omega_low": omega.low, "omega_high": omega.high,
        "ordinal_alpha": ordinal_alpha(complete) if ordinal else np.nan,
        "sem": _error_of_measurement(complete, scale, alpha),
        "note": "; ".join(note for note in notes if note),
    }  # fmt: skip


def _error_of_measurement(complete: FloatArray, scale: Scale, alpha: Alpha) -> float:
    score = complete.sum(axis=1) if scale.rule == "sum" else complete.mean(axis=1)
    return standard_error_of_measurement(float(score.std(ddof=1)) * scale.multiply, alpha.alpha)


def _remark(alpha: float, n: int) -> str:
    if alpha < 0:
        return "alpha is negative: items go against each other, check the key"
    return f"fewer than {STEADY_N_FOR_ALPHA} people: alpha and omega are unsteady" if n < STEADY_N_FOR_ALPHA else ""


def describe_items(
    responses: pd.DataFrame, scores: pd.DataFrame, instruments: Mapping[str, Instrument]
) -> pd.DataFrame:
    """Describe every item of every scale in every wave, over all cohorts.

    Parameters
    ----------
    responses, scores : pandas.DataFrame
        Contracts `responses` and `scores`.
    instruments : mapping of name to Instrument

    Returns
    -------
    pandas.DataFrame
        Contract `item_statistics`. Never by cohort: few people's answers to one item can be worked back.
    """
    doubted, records = cohorts_in_doubt(scores), list[dict[str, object]]()
    for (name, wave), answers in responses.groupby(["instrument", "wave"], sort=True):
        instrument = instruments[str(name)]
        who, keyed = keyed_answers(answers, instrument)
        for scale in (scale for scale in instrument.scales if scale.items):
            place = {"cohort": ALL_COHORTS, "wave": wave, "instrument": name, "scale": scale.name}
            trusted = trusted_items(who, keyed, scale, doubted.get((instrument.name, scale.name), frozenset()))
            records += [place | facts for facts in _item_facts(trusted.items, scale, withheld=trusted.withheld)]
    return check_table(pd.DataFrame(records, columns=TABLES["item_statistics"].names), "item_statistics")


def _item_facts(items: FloatArray, scale: Scale, *, withheld: bool) -> Iterator[dict[str, object]]:
    """Describe each item: by everyone who answered it, and by those who answered all."""
    judged = not withheld and len(complete_rows(items)) >= SMALLEST_N_FOR_ALPHA
    blank = np.full(items.shape[1], np.nan)
    rest, dropped = (item_rest_correlations(items), alpha_if_dropped(items)) if judged else (blank, blank)
    for place, item in enumerate(scale.items):
        given = items[~np.isnan(items[:, place]), place]
        shown = len(given) >= SMALLEST_N_FOR_ITEMS
        yield {
            "item": item, "n": len(given), "missing_share": float(np.isnan(items[:, place]).mean()),
            "mean": float(given.mean()) if shown else np.nan, "sd": float(given.std(ddof=1)) if shown else np.nan,
            "item_rest": rest[place], "alpha_if_dropped": dropped[place],
        }  # fmt: skip

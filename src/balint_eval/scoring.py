"""Responses and instrument facts to scores: keyed, prorated only by rule, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from balint_eval.errors import StudyError
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.instruments.registry import no_key, unknown_instrument
from balint_eval.score_arrays import (
    STATUSES,
    FloatArray,
    Scored,
    form_is_invalid,
    n_items,
    reversed_by_key,
    score_scale,
    score_wide,
)
from balint_eval.tables import TABLES, check_table

__all__ = [
    "FloatArray", "form_is_invalid", "keyed_answers", "reversed_by_key", "score_responses", "score_scale", "score_wide",
    "stored_answers", "withhold",
]  # fmt: skip
WHO = ["cohort", "person_id", "wave"]
WHOLE_FORM = "all"
"""Stands for every scale of an instrument where scales are named."""


def score_responses(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], doubtful: Iterable[tuple[str, str]] = ()
) -> pd.DataFrame:
    """Score every scale of every instrument that was answered.

    Parameters
    ----------
    responses : pandas.DataFrame
        Contract `responses`: answers as on the form, not reversed.
    instruments : mapping of name to Instrument
    doubtful : iterable of (instrument, scale)
        Scales whose key the doctor doubts: they get no score until the study file decides. The scale `all`
        stands for every scale of the instrument.

    Returns
    -------
    pandas.DataFrame
        Contract `scores`, one row a person, wave and scale.

    Raises
    ------
    StudyError
        CFG-NOKEY for an instrument whose key is not known, with the reason.
    DataError
        VAL-RANGE for answers that are none of an instrument's codes.

    Notes
    -----
    An item is reversed as lowest + highest code - answer. With missing answers the score stands on the
    mean of the answered items (times the number of items for sums) when at least the manual's number, or
    half of the items where there is no manual's rule, is answered; such scores are marked `prorated`. Where
    the manual limits the missing answers of the whole form, a form above the limit gets no score at all.
    """
    doubted = set(doubtful)
    frames = [
        _score_instrument(answers, instrument, doubted)
        for name, answers in responses.groupby("instrument")
        if (instrument := _with_key(instruments, str(name))).scales
    ]
    if not frames:
        return check_table(pd.DataFrame(columns=TABLES["scores"].names), "scores")
    return check_table(pd.concat(frames), "scores")


def withhold(scores: pd.DataFrame, doubtful: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Take away the scores of doubtful scales; see `score_responses`.

    Parameters
    ----------
    scores : pandas.DataFrame
        Contract `scores`.
    doubtful : iterable of (instrument, scale)

    Returns
    -------
    pandas.DataFrame
        Contract `scores`.
    """
    doubted = set(doubtful)
    whole = {name for name, scale in doubted if scale == WHOLE_FORM}
    pairs = scores[["instrument", "scale"]].itertuples(index=False, name=None)
    mine = np.array([name in whole or (name, scale) in doubted for name, scale in pairs], dtype=np.bool_)
    return scores.assign(
        score=scores["score"].where(~mine),
        status=scores["status"].where(~mine, "doubtful_key"),
        prorated=scores["prorated"] & ~mine,
    )


def _with_key(instruments: Mapping[str, Instrument], name: str) -> Instrument:
    if name not in instruments:
        raise StudyError(no_key(name) or unknown_instrument(name))
    return instruments[name]


def keyed_answers(answers: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, FloatArray]:
    """Give the answers of one instrument wide, items reversed by the key.

    Parameters
    ----------
    answers : pandas.DataFrame
        Rows of the contract `responses` that belong to one instrument.
    instrument : Instrument

    Returns
    -------
    who : pandas.DataFrame
        cohort, person_id, wave of each row.
    keyed : ndarray, shape (rows, n_items)
        NaN where not answered.
    """
    who, values = stored_answers(answers, instrument)
    return who, reversed_by_key(values, instrument)


def stored_answers(answers: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, FloatArray]:
    """Give the answers of one instrument wide, as on the form; see `keyed_answers`.

    Parameters
    ----------
    answers : pandas.DataFrame
        Rows of the contract `responses` that belong to one instrument.
    instrument : Instrument

    Returns
    -------
    who : pandas.DataFrame
        cohort, person_id, wave of each row.
    stored : ndarray, shape (rows, n_items)
        NaN where not answered.
    """
    codes = np.zeros(len(answers), dtype=np.int64)
    for column in WHO:
        code, names = answers[column].factorize(sort=True)
        codes = codes * max(len(names), 1) + code
    # Numbered by name, so that the rows come sorted; a pivot of a small table costs ten times as much.
    _, first, row = np.unique(codes, return_index=True, return_inverse=True)
    item = answers["item"].to_numpy() - 1
    stored, known = np.full((len(first), instrument.n_items), np.nan), item < instrument.n_items
    stored[row[known], item[known]] = answers["value"].to_numpy(dtype=np.float64)[known]
    return answers[WHO].iloc[first].reset_index(drop=True), stored


def _score_instrument(answers: pd.DataFrame, instrument: Instrument, doubted: set[tuple[str, str]]) -> pd.DataFrame:
    who, values = stored_answers(answers, instrument)
    parts = score_wide(values, instrument)
    frames = [_scale_rows(who, instrument, scale, parts[scale.name], doubted) for scale in instrument.scales]
    return pd.concat(frames)


def _scale_rows(
    who: pd.DataFrame, instrument: Instrument, scale: Scale, part: Scored, doubted: set[tuple[str, str]]
) -> pd.DataFrame:
    score, status = part.score, np.asarray(STATUSES, dtype=object)[part.status]
    # A score that is composed of a doubtful one is doubtful itself.
    if any((instrument.name, name) in doubted for name in (WHOLE_FORM, scale.name, *scale.of)):
        score, status = np.full(len(score), np.nan), np.full(len(score), "doubtful_key", dtype=object)
    return who.assign(
        instrument=instrument.name,
        scale=scale.name,
        score=score,
        n_items=n_items(instrument, scale),
        n_answered=part.answered.astype(np.int64),
        prorated=status == "prorated",
        status=status,
        minimum=scale.range[0],
        maximum=scale.range[1],
        higher_is=scale.higher_is,
    )

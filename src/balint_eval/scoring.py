"""Responses and instrument facts to scores: keyed, prorated only by rule, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.errors import StudyError
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.instruments.registry import no_key, unknown_instrument
from balint_eval.tables import TABLES, check_table

FloatArray = NDArray[np.float64]
WHO = ["cohort", "person_id", "wave"]


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
        Scales whose key the doctor doubts: they get no score until the study file decides.

    Returns
    -------
    pandas.DataFrame
        Contract `scores`, one row a person, wave and scale.

    Raises
    ------
    StudyError
        CFG-NOKEY for an instrument whose key is not known, with the reason.

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
        for name, answers in responses.groupby("instrument", sort=True)
        if (instrument := _with_key(instruments, str(name))).scales
    ]
    if not frames:
        return check_table(pd.DataFrame(columns=TABLES["scores"].names), "scores")
    return check_table(pd.concat(frames, ignore_index=True), "scores")


def _with_key(instruments: Mapping[str, Instrument], name: str) -> Instrument:
    if name not in instruments:
        raise StudyError(no_key(name) or unknown_instrument(name))
    return instruments[name]


def keyed_answers(answers: pd.DataFrame, instrument: Instrument) -> tuple[pd.DataFrame, FloatArray]:
    """Give the answers of one instrument wide, items reversed by the key.

    Returns
    -------
    who : pandas.DataFrame
        cohort, person_id, wave of each row.
    keyed : ndarray, shape (rows, n_items)
        NaN where not answered.
    """
    wide = answers.pivot(index=WHO, columns="item", values="value").reindex(columns=range(1, instrument.n_items + 1))
    return wide.index.to_frame(index=False), reversed_by_key(wide.to_numpy(dtype=np.float64), instrument)


def reversed_by_key(values: FloatArray, instrument: Instrument) -> FloatArray:
    """Reverse the items of the key: lowest + highest code - answer.

    Parameters
    ----------
    values : ndarray, shape (rows, n_items)
    """
    keyed = values.copy()
    positions = np.asarray(instrument.reverse, dtype=np.intp) - 1
    keyed[:, positions] = instrument.response.codes[0] + instrument.response.codes[-1] - keyed[:, positions]
    return keyed


def score_scale(keyed: FloatArray, scale: Scale, required: int) -> tuple[FloatArray, NDArray[np.int64]]:
    """Score one scale of items.

    Parameters
    ----------
    keyed : ndarray, shape (rows, n_items)
        Keyed answers of the whole instrument.
    scale : Scale
    required : int
        Items that must be answered for a score.

    Returns
    -------
    score : ndarray, shape (rows,)
        NaN where too few items are answered.
    answered : ndarray, shape (rows,)
    """
    items = keyed[:, np.asarray(scale.items, dtype=np.intp) - 1]
    present = ~np.isnan(items)
    answered = present.sum(axis=1)
    total = np.where(present, items, 0.0).sum(axis=1)
    mean = np.divide(total, answered, out=np.full(len(items), np.nan), where=answered >= max(required, 1))
    # A complete sum is taken as it is: mean times n would carry rounding noise into whole numbers.
    full = np.where(answered == items.shape[1], total, mean * items.shape[1])
    score = np.where(np.isnan(mean), np.nan, full) if scale.rule == "sum" else mean
    return score * scale.multiply, answered


def form_is_invalid(keyed: FloatArray, instrument: Instrument) -> NDArray[np.bool_]:
    """Tell whose form misses more answers than the manual allows; optional items do not count.

    Parameters
    ----------
    keyed : ndarray, shape (rows, n_items)
        Keyed answers of the whole instrument.
    instrument : Instrument

    Returns
    -------
    ndarray of bool, shape (rows,)
        All false where the manual has no rule for the whole form.
    """
    most = instrument.missing.most_missing_on_form
    if most is None:
        return np.zeros(len(keyed), dtype=np.bool_)
    counted = [item - 1 for item in range(1, instrument.n_items + 1) if item not in instrument.optional_items]
    return np.asarray(np.isnan(keyed[:, counted]).sum(axis=1) > most)


def _score_instrument(answers: pd.DataFrame, instrument: Instrument, doubted: set[tuple[str, str]]) -> pd.DataFrame:
    who, keyed = keyed_answers(answers, instrument)
    invalid = form_is_invalid(keyed, instrument)
    parts: dict[str, tuple[FloatArray, NDArray[np.int64], int]] = {}
    for scale in instrument.scales:
        if scale.items:
            score, answered = score_scale(keyed, scale, instrument.required_answers(scale))
            parts[scale.name] = (np.where(invalid, np.nan, score), answered, len(scale.items))
    for scale in instrument.scales:
        if scale.of:
            parts[scale.name] = _compose(scale, parts)
    frames = [_scale_rows(who, instrument, scale, parts[scale.name], doubted) for scale in instrument.scales]
    return pd.concat(frames, ignore_index=True)


def _compose(
    scale: Scale, parts: Mapping[str, tuple[FloatArray, NDArray[np.int64], int]]
) -> tuple[FloatArray, NDArray[np.int64], int]:
    """Compose a score of other scales; one that is missing leaves the whole missing."""
    scores = np.column_stack([parts[name][0] for name in scale.of])
    score = scores.sum(axis=1) if scale.rule == "sum" else scores.mean(axis=1)
    answered = np.sum([parts[name][1] for name in scale.of], axis=0)
    return score * scale.multiply, answered, sum(parts[name][2] for name in scale.of)


def _scale_rows(
    who: pd.DataFrame,
    instrument: Instrument,
    scale: Scale,
    part: tuple[FloatArray, NDArray[np.int64], int],
    doubted: set[tuple[str, str]],
) -> pd.DataFrame:
    score, answered, n_items = part
    status = np.where(np.isnan(score), "too_few", np.where(answered < n_items, "prorated", "scored"))
    # A score that is composed of a doubtful one is doubtful itself.
    if any((instrument.name, name) in doubted for name in (scale.name, *scale.of)):
        score, status = np.full(len(score), np.nan), np.full(len(score), "doubtful_key")
    return who.assign(
        instrument=instrument.name,
        scale=scale.name,
        score=score,
        n_items=n_items,
        n_answered=answered,
        prorated=status == "prorated",
        status=status,
        minimum=scale.range[0],
        maximum=scale.range[1],
        higher_is=scale.higher_is,
    )

"""Answers to scores as plain arrays: the one kernel of the long table and of the wide fast path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from balint_eval.errors import DataError, Problem
from balint_eval.instruments.model import Instrument, Scale

FloatArray: TypeAlias = NDArray[np.float64]
ROWS_AT_ONCE = 4096
"""Rows of one piece: 60 items of them fit a core's cache."""
SCORED, PRORATED, TOO_FEW = range(3)
STATUSES = ("scored", "prorated", "too_few")
"""Words of the status codes."""


class Scored(NamedTuple):
    """One scale of many people.

    Attributes
    ----------
    score : ndarray of float, shape (people,)
        In points; NaN where none is given.
    answered : ndarray of int, shape (people,)
    status : ndarray of int8, shape (people,)
        Place in `STATUSES`.
    """

    score: FloatArray
    answered: NDArray[np.int16]
    status: NDArray[np.int8]


def score_wide(values: ArrayLike, instrument: Instrument, *, workers: int = 1) -> dict[str, Scored]:
    """Score every scale of one instrument for many people.

    Parameters
    ----------
    values : array_like of float, shape (people, n_items)
        Answers as on the form, not reversed, in the instrument's codes; NaN where not answered.
    instrument : Instrument
    workers : int
        Threads; the result does not depend on it.

    Returns
    -------
    dict of scale name to Scored

    Raises
    ------
    DataError
        VAL-RANGE, one problem an item with answers that are none of the instrument's codes.
    ValueError
        `values` does not have a column an item.

    Notes
    -----
    Works through the people in pieces, so beside the answers and the scores it needs little memory.
    """
    answers = np.asarray(values)
    if answers.ndim != 2 or answers.shape[1] != instrument.n_items:
        raise ValueError(f"{instrument.name} needs people by {instrument.n_items} items, not {answers.shape}")
    found = _empty(instrument, len(answers))
    with ThreadPoolExecutor(workers) as pool:
        outside = list(
            pool.map(lambda rows: _score_rows(answers[rows], instrument, found, rows), _pieces(len(answers)))
        )
    if outside:
        _refuse_outside(np.sum(outside, axis=0), instrument)
    return found


def _pieces(rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, rows, ROWS_AT_ONCE))


def _empty(instrument: Instrument, rows: int) -> dict[str, Scored]:
    return {
        scale.name: Scored(np.empty(rows), np.empty(rows, dtype=np.int16), np.empty(rows, dtype=np.int8))
        for scale in instrument.scales
    }


def _score_rows(
    answers: NDArray[np.floating], instrument: Instrument, into: Mapping[str, Scored], rows: slice
) -> NDArray[np.intp]:
    """Score a piece into its place; give how many answers to each item are none of the codes."""
    piece = answers.astype(np.float64)
    outside = count_outside(piece, instrument)
    keyed = reversed_by_key(piece, instrument)
    for name, part in _score_piece(keyed, instrument).items():
        whole = into[name]
        whole.score[rows], whole.answered[rows], whole.status[rows] = part
    return outside


def _score_piece(keyed: FloatArray, instrument: Instrument) -> dict[str, Scored]:
    invalid = form_is_invalid(keyed, instrument)
    parts: dict[str, Scored] = {}
    for scale in (scale for scale in instrument.scales if scale.items):
        score, answered = score_scale(keyed, scale, instrument.required_answers(scale))
        parts[scale.name] = _with_status(np.where(invalid, np.nan, score), answered, len(scale.items))
    for scale in (scale for scale in instrument.scales if scale.of):
        parts[scale.name] = _compose(scale, parts, n_items(instrument, scale))
    return parts


def n_items(instrument: Instrument, scale: Scale) -> int:
    """Give the number of items of a scale, or of the scales it is composed of."""
    return sum(len(instrument.scale(name).items) for name in scale.of) or len(scale.items)


def _with_status(score: FloatArray, answered: NDArray[np.int64], items: int) -> Scored:
    given = np.where(answered < items, PRORATED, SCORED)
    return Scored(score, answered.astype(np.int16), np.where(np.isnan(score), TOO_FEW, given).astype(np.int8))


def _compose(scale: Scale, parts: Mapping[str, Scored], items: int) -> Scored:
    """Compose a score of other scales; one that is missing leaves the whole missing."""
    scores = np.column_stack([parts[name].score for name in scale.of])
    score = scores.sum(axis=1) if scale.rule == "sum" else scores.mean(axis=1)
    answered = np.sum([parts[name].answered for name in scale.of], axis=0)
    return _with_status(score * scale.multiply, answered, items)


def reversed_by_key(values: FloatArray, instrument: Instrument) -> FloatArray:
    """Reverse the items of the key: lowest + highest code - answer.

    Parameters
    ----------
    values : ndarray, shape (rows, n_items)
    instrument : Instrument
        Its codes and the numbers of its reversed items.

    Returns
    -------
    ndarray, shape (rows, n_items)
        A copy; NaN stays NaN.
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


def count_outside(values: FloatArray, instrument: Instrument) -> NDArray[np.intp]:
    """Count the answers to each item that are none of the instrument's codes; NaN is no answer.

    Parameters
    ----------
    values : ndarray, shape (rows, n_items)
        Answers as on the form.

    Returns
    -------
    ndarray of int, shape (n_items,)
    """
    codes = np.asarray(instrument.response.codes, dtype=np.float64)
    steps = np.diff(codes)
    if (steps != steps[0]).any():
        return np.asarray((~np.isin(values, codes) & ~np.isnan(values)).sum(axis=0))
    # Codes at equal steps, which nearly all are: whole steps above the lowest, and no further than the highest.
    place = (values - codes[0]) / steps[0]
    wrong = (place < 0) | (place > codes.size - 1) | (place != np.rint(place))
    return np.asarray((wrong & ~np.isnan(values)).sum(axis=0))


def _refuse_outside(outside: NDArray[np.intp], instrument: Instrument) -> None:
    codes = ", ".join(f"{code:g}" for code in instrument.response.codes)
    problems = [
        Problem(
            "VAL-RANGE",
            f"{_answers(count, item, instrument.name)} none of its codes ({codes})",
            "correct the export, or declare the codes the form has",
        )
        for item, count in enumerate(outside, start=1)
        if count
    ]
    if problems:
        raise DataError(problems)


def _answers(count: int, item: int, name: str) -> str:
    return f"1 answer to item {item} of {name} is" if count == 1 else f"{count} answers to item {item} of {name} are"

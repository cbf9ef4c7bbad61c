"""Answers to the items of a questionnaire that give back a wanted score, exactly.

The registry's key is run backwards: a score is a total of steps, the steps are dealt out to the items
with noise, and reversed items are turned round. So an effect put into the scores is in the answers too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.instruments.model import Instrument, Scale
from balint_eval.simulate.design import BoolArray, FloatArray, IntArray

DIFFICULTY = 0.3
LEAST_NOISE_VARIANCE = 0.15


def attainable_scores(instrument: Instrument, scale: str, scores: ArrayLike) -> FloatArray:
    """Round scores to what the scale can give, and clip them to its range.

    Parameters
    ----------
    instrument : Instrument
    scale : str
        A scale of items, not one composed of other scales.
    scores : array_like of float, any shape
        In points; `nan` stays.

    Returns
    -------
    array of float, same shape
    """
    rule = instrument.scale(scale)
    low, step, _ = _steps(instrument)
    floor, point = _floor_and_point(rule, low, step)
    return floor + point * _totals(instrument, rule, scores)


def answers_for(
    instrument: Instrument, scores: Mapping[str, ArrayLike], rng: np.random.Generator, alpha: float = 0.82
) -> FloatArray:
    """Make answers whose keyed scores are the given ones.

    Parameters
    ----------
    instrument : Instrument
    scores : mapping of scale name to array_like of float, shape (people,)
        Scales that share no item and cover the form together. Scores are rounded and clipped to what
        the scale can give; where any is `nan` the person answers nothing of that scale.
    rng : numpy.random.Generator
    alpha : float
        Cronbach's alpha aimed at, given the spread of the scores.

    Returns
    -------
    array of float, shape (people, items)
        In the instrument's codes, in form order, not reversed.

    Raises
    ------
    ValueError
        The scales overlap or leave items out.
    """
    scales = {name: instrument.scale(name) for name in scores}
    positions = [item for scale in scales.values() for item in scale.items]
    if sorted(positions) != list(range(1, instrument.n_items + 1)):
        raise ValueError(f"the scales must hold each item of {instrument.name} once")
    keyed = np.full((np.size(next(iter(scores.values()))), instrument.n_items), np.nan)
    for name, scale in scales.items():
        columns = [item - 1 for item in scale.items]
        keyed[:, columns] = _keyed_steps(instrument, scale, scores[name], rng, alpha)
    return _codes(instrument, keyed)


def leave_out(answers: FloatArray, share: float, rng: np.random.Generator) -> FloatArray:
    """Give a copy in which a share of the answers is missing, each with the same chance.

    Parameters
    ----------
    answers : ndarray
        Of any shape.
    share : float
        From 0 to 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        Of the same shape; NaN where an answer is missing.
    """
    return np.where(rng.random(answers.shape) < share, np.nan, answers)


def _steps(instrument: Instrument) -> tuple[float, float, int]:
    """Give the lowest code, the step between codes and the number of steps."""
    codes = np.array(instrument.response.codes)
    gaps = np.diff(codes)
    if not np.allclose(gaps, gaps[0]):
        raise ValueError(f"the codes of {instrument.name} are not evenly spaced")
    return float(codes[0]), float(gaps[0]), len(gaps)


def _floor_and_point(rule: Scale, low: float, step: float) -> tuple[float, float]:
    """Give the lowest score, and what one step of one item adds to it."""
    if rule.of:
        raise ValueError(f"'{rule.name}' is composed of other scales: give scores for those")
    size = len(rule.items)
    weight = rule.multiply / (size if rule.rule == "mean" else 1)
    return size * low * weight, step * weight


def _totals(instrument: Instrument, rule: Scale, scores: ArrayLike) -> FloatArray:
    low, step, top = _steps(instrument)
    floor, point = _floor_and_point(rule, low, step)
    totals: FloatArray = np.rint((np.asarray(scores, dtype=float) - floor) / point)
    return np.clip(totals, 0, top * len(rule.items))


def _keyed_steps(
    instrument: Instrument, scale: Scale, scores: ArrayLike, rng: np.random.Generator, alpha: float
) -> FloatArray:
    totals = _totals(instrument, scale, scores)
    known = ~np.isnan(totals)
    size, top = len(scale.items), _steps(instrument)[2]
    noise = _noise(alpha, float(np.var(totals[known])) if known.any() else 0.0, size)
    result = np.full((len(totals), size), np.nan)
    result[known] = deal_out(totals[known].astype(np.int64), size, top, noise, rng)
    return result


def _noise(alpha: float, variance: float, size: int) -> float:
    """Give the SD of an item around the person's mean that leads to alpha.

    From alpha = k / (k - 1) (1 - sum of item variances / variance of the total), with
    item variance = variance / k^2 + noise^2.
    """
    item_variance = variance * (1 - alpha * (size - 1) / size) / size
    return float(np.sqrt(max(item_variance - variance / size**2, LEAST_NOISE_VARIANCE)))


def deal_out(totals: IntArray, size: int, top: int, noise: float, rng: np.random.Generator) -> IntArray:
    """Deal totals out to items: uneven within a person, exact in sum.

    Parameters
    ----------
    totals : array of int, shape (people,)
        Between 0 and `size * top`.
    size, top : int
        Number of items, and the highest value of one; the lowest is 0.
    noise : float
        SD of an item around the person's mean.
    rng : numpy.random.Generator

    Returns
    -------
    array of int, shape (people, size)
    """
    # Some items are harder to agree to than others, the same ones for everybody.
    difficulty = DIFFICULTY * np.sin(1.7 * np.arange(size))
    centre = totals[:, None] / size + difficulty - difficulty.mean()
    drawn: FloatArray = np.rint(centre + noise * rng.standard_normal((len(totals), size)))
    items: IntArray = np.clip(drawn, 0, top).astype(np.int64)
    while (off := totals - items.sum(axis=1)).any():
        items += _one_step(items, off, top, rng)
    return items


def _one_step(items: IntArray, off: IntArray, top: int, rng: np.random.Generator) -> IntArray:
    """Move one item, drawn from those that can move, of everyone whose sum is off."""
    movable: BoolArray = np.where(off[:, None] > 0, items < top, items > 0)
    chosen = np.argmax(rng.random(items.shape) * movable, axis=1)
    step = np.zeros_like(items)
    step[np.arange(len(items)), chosen] = np.sign(off)
    return step


def _codes(instrument: Instrument, keyed: FloatArray) -> FloatArray:
    low, step, top = _steps(instrument)
    reverse = np.isin(np.arange(1, instrument.n_items + 1), instrument.reverse)
    return low + step * np.where(reverse, top - keyed, keyed)

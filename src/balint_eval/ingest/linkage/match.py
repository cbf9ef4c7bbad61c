"""Which codes are one person: the rule for what is joined without asking, and what is laid before a person.

Codes are compared element by element. Let the distance of two codes be the number of elements that differ; a
blank element differs from everything. Two codes of two waves are joined

- when the distance is 0, and neither has another such code, or
- when the distance is 1, nobody on either side is nearer or as near to either of them (mutual and unique), and the
  runner-up on either side is at least `RUNNER_UP` = 2 elements off.

Everything else that is near is laid before a person. The second case is the rule "unique mutual nearest, at most
one off" of the simulation in docs/linkage.md; the runner-up is looked for among all codes, also among those
already joined, so that a person who was left out by mistake cannot be replaced by a neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from balint_eval.ingest.linkage.elements import Code, alphabet

AT_MOST = 1
"""Elements that may differ in a join without asking."""
RUNNER_UP = 2
"""Elements in which the next best code must differ."""
FAR = int(np.iinfo(np.int16).max)
"""A distance nobody has."""
NEAREST_SHOWN = 3
"""Candidates of one code that are shown."""

Distances = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes that may be one person: their places in the two lists, and how far they are apart."""

    one: int
    other: int
    off: int


def distances(one: Sequence[Code], other: Sequence[Code]) -> Distances:
    """Count the elements in which two lists of codes differ.

    Parameters
    ----------
    one, other : sequence of codes
        All of the same length.

    Returns
    -------
    ndarray of int, shape (len(one), len(other))
        A blank element differs from everything.
    """
    total = np.zeros((len(one), len(other)), dtype=np.int16)
    for left, right in zip(zip(*one, strict=True), zip(*other, strict=True), strict=False):
        numbers = {text: number for number, text in enumerate(dict.fromkeys((*left, *right)))}
        a, b = (np.array([numbers[text] for text in side], dtype=np.int64) for side in (left, right))
        blank = np.array([not text for text in left])
        total += (a[:, None] != b[None, :]) | blank[:, None]
    return total


def accepted(off: Distances, at_most: NDArray[np.int16] | int = AT_MOST) -> list[Pair]:
    """Give the pairs that are joined without asking; nobody stands in two of them.

    Parameters
    ----------
    off : ndarray of int, shape (n, m)
        From `distances`; `FAR` where a pair is ruled out.
    at_most : ndarray of int, shape (n, m), or int
        Elements that may differ, 0 or 1; 0 where a pair may only be joined when it is equal.

    Returns
    -------
    list of Pair
        Exact ones first, each part in the order of the lists.
    """
    exact = _alone(off == 0)
    near = _alone(off < RUNNER_UP) & (off > 0) & (off <= at_most)
    places = [*np.argwhere(exact), *np.argwhere(near)]
    return [Pair(int(i), int(j), int(off[i, j])) for i, j in places]


def _alone(holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep what is the only true cell of its row and of its column."""
    row, column = holds.sum(axis=1) == 1, holds.sum(axis=0) == 1
    return np.asarray(holds & row[:, None] & column[None, :], dtype=np.bool_)


def alphabet_differences(one: Sequence[Code], other: Sequence[Code]) -> Distances:
    """Count for every pair the elements written in Persian letters on one side only.

    They are never joined without asking: the same name in two alphabets cannot be told from two names.
    """
    found = np.zeros((len(one), len(other)), dtype=np.int16)
    for left, right in zip(zip(*one, strict=True), zip(*other, strict=True), strict=False):
        a, b = (np.array([alphabet(text) for text in side], dtype=np.int64) for side in (left, right))
        found += (a[:, None] * b[None, :]) < 0
    return found


def worth_asking(n_elements: int) -> int:
    """Give the most elements in which a pair may differ to be shown: half of them, at most two, at least one."""
    return max(1, min(2, n_elements // 2))


def candidates(off: Distances, alphabet: Distances, n_elements: int) -> list[Pair]:
    """Give the pairs to be laid before a person: near, or equal but for the alphabet; the nearest few of each code.

    Parameters
    ----------
    off : ndarray of int, shape (n, m)
        Distances between the codes that are not joined; `FAR` where a pair is ruled out.
    alphabet : ndarray of int, shape (n, m)
        From `alphabet_differences`.
    n_elements : int

    Returns
    -------
    list of Pair
        By the second list, nearest first.
    """
    # What is ruled out stays far: a code has far fewer elements than FAR.
    judged = off - alphabet
    near = (off <= worth_asking(n_elements)) | (judged <= AT_MOST)
    pairs = []
    for j in range(off.shape[1]):
        rows = np.flatnonzero(near[:, j])
        nearest = rows[np.lexsort([judged[rows, j]])]
        limit = judged[nearest[:NEAREST_SHOWN], j].max(initial=0)
        # As many as are equally near: none of two that fit alike is hidden.
        pairs += [Pair(int(i), j, int(off[i, j])) for i in nearest if judged[i, j] <= limit]
    return pairs


def best_together(off: Distances, pairs: Sequence[Pair]) -> set[tuple[int, int]]:
    """Give the candidates that fit best when everybody gets at most one partner.

    Notes
    -----
    The assignment problem, solved exactly (scipy's linear_sum_assignment; Jonker and Volgenant 1987, Computing
    38:325-340). It is a proposal in the review sheet and joins nobody.
    """
    from scipy.optimize import linear_sum_assignment

    if not pairs:
        return set()
    cost = np.full(off.shape, float(FAR))
    for pair in pairs:
        cost[pair.one, pair.other] = pair.off
    partners = np.transpose(linear_sum_assignment(cost))
    return {(int(i), int(j)) for i, j in partners if cost[i, j] < FAR}

"""What somebody can work out who holds the released tables and knows who took part, and when.

Written apart from `balint_eval.disclosure`: arithmetic on whole numbers, no line shared. Every attack gives the
figures it recovers on fewer than eight people; one number is enough to fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite, nan, sqrt

import numpy as np
import pandas as pd
from tests.attack.programmes import Programme

from balint_eval.stats import cluster
from balint_eval.tables import ALL_COHORTS

FEW = 8
PRIME = 2_147_483_647
"""Ranks are taken in whole numbers modulo this prime, so that no rounding decides."""


@dataclass(frozen=True)
class Equation:
    """A figure that can be read: coefficient by (person, wave), and the value it adds up to."""

    terms: dict[tuple[str, str], int]
    value: float
    source: str


@dataclass(frozen=True)
class Recovered:
    """A figure on fewer than eight people that the attack has found."""

    attack: str
    people: frozenset[str]
    value: float


def members(programme: Programme) -> dict[tuple[str, str], dict[str, float]]:
    """Give the true scores by (scale, wave); the attacker knows whose they are, not what they are."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in programme.scores.itertuples():
        found.setdefault((row.scale, row.wave), {})[row.person_id] = row.score
    return found


def behind(programme: Programme, row: object, arm: str) -> list[str]:
    """Give the people of one arm of a comparison."""
    scored, people = members(programme), programme.people
    waves = [row.wave_to] if row.kind == "level" else [row.wave_from, row.wave_to]
    here = people[(people["arm"] == arm) & ((people["cohort"] == row.cohort) | (row.cohort == ALL_COHORTS))]
    return [name for name in here["person_id"] if all(name in scored.get((row.scale, wave), {}) for wave in waves)]


def readable(value: object) -> bool:
    """Say whether a cell can be read as a number."""
    return isinstance(value, int | float) and isfinite(value)


def equations(programme: Programme, shown: pd.DataFrame) -> dict[str, list[Equation]]:
    """Read every sum that stands in the comparisons, scale by scale."""
    found: dict[str, list[Equation]] = {}
    for row in shown.itertuples():
        mine = behind(programme, row, row.arm)
        where = f"{row.cohort} {row.contrast}"
        listed = found.setdefault(row.scale, [])
        for column, wave in (("mean_pre", row.wave_from), ("mean_post", row.wave_to)):
            if readable(getattr(row, column)):
                listed.append(Equation({(name, wave): 1 for name in mine}, getattr(row, column) * len(mine), where))
        if row.kind == "change" and readable(row.estimate):
            terms = {(name, row.wave_to): 1 for name in mine} | {(name, row.wave_from): -1 for name in mine}
            listed.append(Equation(terms, row.estimate * len(mine), where))
    return found


def rank(matrix: np.ndarray) -> int:
    """Give the rank of a matrix of whole numbers modulo a prime."""
    left, found = matrix.astype(np.int64) % PRIME, 0
    for column in range(left.shape[1]):
        places = np.flatnonzero(left[found:, column])
        if not places.size:
            continue
        pivot = found + int(places[0])
        left[[found, pivot]] = left[[pivot, found]]
        left[found] = left[found] * pow(int(left[found, column]), PRIME - 2, PRIME) % PRIME
        below = found + 1 + np.flatnonzero(left[found + 1 :, column])
        left[below] = (left[below] - left[below, column][:, None] * left[found][None, :]) % PRIME
        found += 1
        if found == len(left):
            break
    return found


def solve_linearly(listed: list[Equation], attack: str = "linear", most: int = 200) -> list[Recovered]:
    """Look for combinations of published sums that rest on fewer than eight people.

    Parameters
    ----------
    listed : list of Equation
    attack : str
        Name of the attack in what is found.
    most : int
        Sets of people that are tried, the smallest first.
    """
    if not listed:
        return []
    persons = sorted({name for one in listed for name, _ in one.terms})
    waves = sorted({wave for one in listed for _, wave in one.terms})
    pattern: dict[tuple[tuple[int, ...], ...], list[str]] = {}
    for name in persons:
        key = tuple(tuple(one.terms.get((name, wave), 0) for one in listed) for wave in waves)
        pattern.setdefault(key, []).append(name)
    atoms = list(pattern.values())
    matrix = np.array([[entry for wave in key for entry in wave] for key in pattern], dtype=np.int64)
    matrix = matrix.reshape(len(atoms), len(waves), len(listed))
    whole, found = _rank_without(matrix, ()), []
    small = [place for place, names in enumerate(atoms) if len(names) < FEW]
    if _rank_without(matrix, small) == whole:
        # Nothing rests on all the small ones together, so nothing does on some of them.
        return []
    for chosen in _small_sets([len(names) for names in atoms])[:most]:
        if _rank_without(matrix, chosen) < whole:
            people = frozenset(name for place in chosen for name in atoms[place])
            # The first few are written down; the others are counted.
            found.append(Recovered(attack, people, _value(listed, people) if len(found) < 2 else nan))
    return found


def _rank_without(matrix: np.ndarray, atoms: Sequence[int]) -> int:
    kept = np.delete(matrix, list(atoms), axis=0)
    return rank(kept.reshape(-1, matrix.shape[2]).T) if kept.size else 0


def _small_sets(sizes: list[int]) -> list[tuple[int, ...]]:
    small = [place for place, size in enumerate(sizes) if size < FEW]
    return [
        chosen
        for number in (1, 2, 3)
        for chosen in combinations(small, number)
        if sum(sizes[place] for place in chosen) < FEW
    ]


def _value(listed: list[Equation], people: frozenset[str]) -> float:
    """Solve for the figure itself by least squares: what the attacker writes down."""
    unknown = sorted({key for one in listed for key in one.terms})
    matrix = np.array([[one.terms.get(key, 0) for key in unknown] for one in listed], dtype=float)
    values = np.array([one.value for one in listed])
    outside = np.array([name not in people for name, _ in unknown])
    weights = np.linalg.svd(matrix[:, outside].T)[2]
    null = weights[np.linalg.matrix_rank(matrix[:, outside]) :]
    rests = null @ matrix
    best = int(np.abs(rests).sum(axis=1).argmax())
    return float(null[best] @ values / np.abs(rests[best]).max())


def read_groups_from_errors(programme: Programme, shown: pd.DataFrame) -> list[Recovered]:
    """Work out the mean change of a small group from a standard error that rests on two groups."""
    groups = programme.people.set_index("person_id")["group_id"]
    scored, found = members(programme), []
    for row in shown.itertuples():
        if row.kind != "change" or not readable(row.std_error) or not readable(row.estimate):
            continue
        mine = behind(programme, row, row.arm)
        codes, names = pd.factorize(groups[mine])
        sizes = np.bincount(codes)
        if len(names) != 2 or sizes.min() >= FEW:
            continue
        # Any change with deviations of one point in the first group shows how the error is made of the sums.
        trial = np.where(codes == 0, 1.0, -sizes[0] / sizes[1])
        made = cluster.change_cr2(np.zeros(len(mine)), trial, codes.astype(np.intp), 0.95).std_error
        small = int(sizes.argmin())
        people = frozenset(np.array(mine)[codes == small])
        shift = row.std_error / made * sizes[0] / sizes[small]
        change = [scored[row.scale, row.wave_to][n] - scored[row.scale, row.wave_from][n] for n in people]
        if min(abs(row.estimate + sign * shift - np.mean(change)) for sign in (-1, 1)) < 0.02:
            found.append(Recovered("error of two groups", people, row.estimate + shift))
    return found


def read_rare_answers(shown: pd.DataFrame) -> list[Recovered]:
    """Look in the table of answers for a number of people that can only be below eight."""
    return [
        Recovered("answers", frozenset({f"{row.item} {row.answers}"}), float(row.people))
        for row in shown.itertuples()
        if readable(row.people) and row.people < FEW
    ]


def rebuild_answers(mean: float, spread: float, number: int, low: int, high: int) -> int:
    """Count the sets of whole answers that a mean and a standard deviation allow; 1 gives every answer away."""
    total = round(mean * number)
    squares = spread**2 * (number - 1) + number * (total / number) ** 2
    ways: dict[tuple[int, int, int], int] = {(0, 0, 0): 1}
    for value in range(low, high + 1):
        further: dict[tuple[int, int, int], int] = {}
        for (count, added, squared), known in ways.items():
            for more in range(number - count + 1):
                state = (count + more, added + more * value, squared + more * value * value)
                if state[1] <= total and state[2] <= squares + 0.5:
                    further[state] = further.get(state, 0) + known
        ways = further
    fits = 0
    for (count, added, squared), known in ways.items():
        if count == number and added == total:
            found = sqrt(max(squared - total**2 / number, 0) / (number - 1))
            fits += known if abs(found - spread) < 1e-3 else 0
    return fits

"""What could be worked out from sums that are shown: linear algebra on who stands behind each of them.

Whoever knows who took part can subtract one published sum from another. A set of published sums is safe when no
combination of them rests on fewer people than the smallest number allowed. Each sum is a row over atoms (people who
stand in the same populations) at each wave; the row space must hold no vector but zero that rests on fewer people
than that. Numbers of people are taken as known to the reader, so that nothing rests on bands or on rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Population = frozenset[str]
_TINY = 1e-9
_MOST_TRIED = 12
"""Atoms of one block whose subsets are tried; a larger block counts as unsafe."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over people: of their scores at a wave, or of the differences of two.

    Attributes
    ----------
    parts : tuple of (name, sign)
        What is added up for each person, such as (("after", 1), ("before", -1)).
    people : frozenset of str
    """

    parts: tuple[tuple[str, int], ...]
    people: Population


class Shown:
    """Sums of one instrument that are shown.

    Parameters
    ----------
    smallest : int
        Fewest people that a combination of them may rest on.
    known : iterable of Sum
        Those of earlier releases: they are known already, whatever is done now.
    """

    def __init__(self, smallest: int, known: Iterable[Sum] = ()) -> None:
        self._smallest = smallest
        self._shown: list[Sum] = list(dict.fromkeys(known))
        self._hidden: list[Sum] = []

    def allows(self, sums: Iterable[Sum]) -> bool:
        """Say whether these may be shown too, all of them together."""
        further = [one for one in dict.fromkeys(sums) if one not in self._shown]
        shown = [*self._shown, *further]
        if any(len(one.people) < self._smallest for one in further):
            return False
        if further and gives_away(shown, self._smallest):
            return False
        return not any(follows(one, shown) for one in self._hidden)

    def add(self, sums: Iterable[Sum]) -> None:
        """Note that these are shown."""
        self._shown += [one for one in dict.fromkeys(sums) if one not in self._shown]

    def hide(self, one: Sum) -> None:
        """Note that this sum must not follow from those shown, however many people it has."""
        if one not in self._hidden:
            self._hidden.append(one)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """What is shown, in the order in which it came."""
        return tuple(self._shown)


def gives_away(sums: Sequence[Sum], smallest: int) -> bool:
    """Say whether sums can be combined into a figure on fewer than `smallest` people.

    Parameters
    ----------
    sums : sequence of Sum
    smallest : int

    Notes
    -----
    Exact where few small atoms hang together; where many do, it errs towards yes.
    """
    rows, atom, sizes = _rows(sums)
    small = sizes[atom] < smallest
    if not small.any():
        return False
    inside = _zero_combinations(rows[:, ~small]) @ rows[:, small]
    return any(
        _rests_on_fewer(block, atom[small][columns], sizes, smallest) for block, columns in _blocks(_reduced(inside))
    )


def follows(one: Sum, shown: Sequence[Sum]) -> bool:
    """Say whether a sum follows from those that are shown."""
    rows, _, _ = _rows([*shown, one])
    return bool(np.linalg.matrix_rank(rows, tol=_TINY) == np.linalg.matrix_rank(rows[:-1], tol=_TINY))


Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def _rows(sums: Sequence[Sum]) -> tuple[Floats, Integers, Integers]:
    """Give the sums as rows over atoms at waves, the atom of each column, and how many people each atom holds."""
    member: dict[str, list[int]] = {}
    for place, one in enumerate(sums):
        for person in sorted(one.people):
            member.setdefault(person, []).append(place)
    counts: dict[tuple[int, ...], int] = {}
    for places in member.values():
        counts[tuple(places)] = counts.get(tuple(places), 0) + 1
    names = {name: place for place, name in enumerate(dict.fromkeys(name for one in sums for name, _ in one.parts))}
    rows = np.zeros((len(sums), len(counts), len(names)))
    for atom, standing in enumerate(counts):
        for place in standing:
            for name, sign in sums[place].parts:
                rows[place, atom, names[name]] = sign
    flat = rows.reshape(len(sums), len(counts) * len(names))
    used = (flat != 0).any(axis=0)
    sizes = np.array(list(counts.values()), dtype=np.intp)
    return flat[:, used], np.repeat(np.arange(len(counts)), len(names))[used], sizes


def _zero_combinations(rows: Floats) -> Floats:
    """Give a basis of the combinations of rows that are zero everywhere."""
    if not rows.shape[1]:
        return np.eye(rows.shape[0])
    left, values, _ = np.linalg.svd(rows, full_matrices=True)
    return np.asarray(left[:, np.count_nonzero(~_is_zero(values)) :].T)


def _is_zero(values: Floats) -> NDArray[np.bool_]:
    return np.isclose(values, 0.0)


def _reduced(rows: Floats) -> Floats:
    """Give the reduced row echelon form, rows of zeros left out."""
    reduced, at = rows.copy(), 0
    for column in range(reduced.shape[1]):
        if at == len(reduced):
            break
        pivot = at + int(np.abs(reduced[at:, column]).argmax())
        if _is_zero(reduced[pivot, column]):
            continue
        reduced[[at, pivot]] = reduced[[pivot, at]]
        reduced[at] /= reduced[at, column]
        others = np.arange(len(reduced)) != at
        reduced[others] -= np.outer(reduced[others, column], reduced[at])
        reduced[_is_zero(reduced)] = 0.0
        at += 1
    return reduced[:at]


def _blocks(reduced: Floats) -> Iterator[tuple[Floats, Integers]]:
    """Part a row space into blocks that share no column; the vector on the fewest people lies within one of them."""
    left = list(range(len(reduced)))
    while left:
        block = [left.pop(0)]
        columns = reduced[block[0]] != 0
        while joined := [row for row in left if (columns & (reduced[row] != 0)).any()]:
            for row in joined:
                columns = columns | (reduced[row] != 0)
                left.remove(row)
            block += joined
        places = np.flatnonzero(columns)
        yield reduced[block][:, places], places


def _rests_on_fewer(rows: Floats, atom: Integers, sizes: Integers, smallest: int) -> bool:
    """Say whether a row space whose every column is in use holds a vector on fewer people than `smallest`."""
    atoms = np.unique(atom)
    if len(rows) == 1:
        return int(sizes[atoms].sum()) < smallest
    if len(atoms) > _MOST_TRIED:
        return True
    # A vector rests on a set of atoms alone when it vanishes on all the others.
    return any(
        np.linalg.matrix_rank(rows[:, ~np.isin(atom, chosen)], tol=_TINY) < len(rows)
        for chosen in _sets_of_fewer({int(one): int(sizes[one]) for one in atoms}, smallest)
    )


def _sets_of_fewer(sizes: Mapping[int, int], smallest: int) -> list[list[int]]:
    """Give the sets of atoms that hold fewer people than `smallest`."""
    sets: list[tuple[list[int], int]] = [([], 0)]
    for one, size in sizes.items():
        sets += [([*chosen, one], people + size) for chosen, people in sets if people + size < smallest]
    return [chosen for chosen, _ in sets]

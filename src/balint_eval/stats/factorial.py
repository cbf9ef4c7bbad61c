"""Designs of crossed factors, such as arm by wave: columns, marginal means and type-III contrasts.

Factors are coded by treatment contrasts, the first level being the reference, in the column order of R:
`y ~ arm * wave` has (Intercept), arm, waves, arm:waves. The weights given here are for `small_sample.contrast_test`
and `joint_test`, so every mean, difference and F of a fitted model is one of these two calls.

A marginal mean gives every level of the factors it averages over the same weight, however many people are in each
(Searle, Speed and Milliken 1980, Am Stat 34:216-21; R emmeans). Type III (Yates 1934, J Am Stat Assoc 29:51-66) tests
a factor averaged in this way over the levels of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.reml_terms import INTERCEPT, FloatArray


@dataclass(frozen=True, slots=True)
class Factorial:
    """All combinations of the levels of some factors.

    Attributes
    ----------
    factors : tuple of str
        Names, such as ("arm", "wave").
    levels : tuple of tuple of str
        Levels of each factor; the first is the reference.

    Examples
    --------
    >>> design = Factorial(("arm", "wave"), (("waiting", "balint"), ("before", "after")))
    >>> design.names
    ('(Intercept)', 'armbalint', 'waveafter', 'armbalint:waveafter')
    >>> design.mean(arm="balint")
    array([1. , 1. , 0.5, 0.5])
    """

    factors: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @property
    def terms(self) -> tuple[tuple[int, ...], ...]:
        """Main effects and interactions, each as positions of its factors; the intercept is not among them."""
        places = range(len(self.factors))
        return tuple(term for size in range(1, len(places) + 1) for term in combinations(places, size))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns as R gives them: `arma1`, `wavew2`, `arma1:wavew2`; the first factor varies fastest."""
        found = [INTERCEPT]
        for term in self.terms:
            parts = [[f"{self.factors[f]}{level}" for level in self.levels[f][1:]] for f in reversed(term)]
            found += [":".join(reversed(names)) for names in product(*parts)]
        return tuple(found)

    def design(self, labels: Mapping[str, ArrayLike]) -> FloatArray:
        """Give the columns of the fixed effects for rows of data.

        Parameters
        ----------
        labels : mapping of factor to array, shape (n,)
            Level of each row, as written in `levels`.

        Returns
        -------
        ndarray of float, shape (n, p)

        Raises
        ------
        ValueError
            If a label is not one of the levels.
        """
        return self._rows([self._indicators(f, labels[name]) for f, name in enumerate(self.factors)])

    def mean(self, **at: str) -> FloatArray:
        """Give the weights of an estimated marginal mean, shape (p,).

        Parameters
        ----------
        **at : str
            Level of each factor that is held; the others are averaged over, each level with the same weight.

        Raises
        ------
        ValueError
            If there is no such factor or level.
        """
        if unknown := set(at) - set(self.factors):
            raise ValueError(f"there is no factor {', '.join(sorted(unknown))}; there is {', '.join(self.factors)}")
        shares = [
            self._indicators(f, [at[name]]) if name in at else _average(len(self.levels[f]))
            for f, name in enumerate(self.factors)
        ]
        return np.asarray(self._rows(shares)[0], dtype=np.float64)

    def type_three(self) -> dict[str, FloatArray]:
        """Give the contrasts of each main effect and interaction, shape (q, p), by name such as `arm:wave`."""
        return {":".join(self.factors[f] for f in term): self._contrasts(term) for term in self.terms}

    def _contrasts(self, term: tuple[int, ...]) -> FloatArray:
        parts = [
            _from_reference(len(levels)) if f in term else _average(len(levels)) for f, levels in enumerate(self.levels)
        ]
        rows = list(product(*parts))
        return self._rows([np.array([row[f] for row in rows]) for f in range(len(parts))])

    def _indicators(self, factor: int, labels: ArrayLike) -> FloatArray:
        texts, levels = np.asarray(labels).astype(str), np.array(self.levels[factor])
        if unknown := sorted(set(texts) - set(levels)):
            raise ValueError(f"{self.factors[factor]} has no level {', '.join(unknown)}; it has {', '.join(levels)}")
        return np.asarray(texts[:, None] == levels, dtype=np.float64)

    def _rows(self, shares: Sequence[FloatArray]) -> FloatArray:
        """Give rows of the design at shares of the levels of each factor, shapes (n, levels).

        A column of a term is the product of its factors' shares; the shares of the other factors are summed.
        """
        totals = [share.sum(axis=1, keepdims=True) for share in shares]
        columns = [reduce(_row_products, totals)]
        for term in self.terms:
            parts = [share[:, 1:] if f in term else totals[f] for f, share in enumerate(shares)]
            columns.append(reduce(_row_products, parts[::-1]))
        return np.concatenate(columns, axis=1)


def _average(levels: int) -> FloatArray:
    return np.full((1, levels), 1.0 / levels)


def _from_reference(levels: int) -> FloatArray:
    return np.asarray(np.eye(levels)[1:] - np.eye(levels)[0], dtype=np.float64)


def _row_products(slow: FloatArray, fast: FloatArray) -> FloatArray:
    """Multiply all columns of one matrix by all of another, row by row."""
    return np.asarray((slow[:, :, None] * fast[:, None, :]).reshape(len(slow), -1), dtype=np.float64)

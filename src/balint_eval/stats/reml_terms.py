"""Random terms of a linear mixed model, and the cross-products a fit needs of them.

A fit never looks at the rows again once `CrossProducts` is made: all it uses is A'A, with
A = [Z | Q | r]. Q is an orthonormal basis of the fixed effects and r the least-squares residual
in units of its root mean square, so every number a fit handles is near one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

INTERCEPT = "(Intercept)"
MOST_EFFECTS = 2_000
"""Levels of all random terms together, about 1,400 people in two waves: some seconds and 0.5 GB; ten times as many
would take hours."""


class MixedModelError(ValueError):
    """The model cannot be fitted to these data; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomTerm:
    """Effects that vary over the levels of one grouping factor.

    Attributes
    ----------
    name : str
        Name of the grouping factor, such as `group:wave`.
    labels : array, shape (n,)
        Level of each row. Equal labels are the same level: a ward numbered 1 in each of two
        hospitals needs two labels (see `crossed`).
    columns : array, shape (n, k)
        What varies: a column of ones, covariates for slopes, or both.
    column_names : tuple of str
        One name a column.
    correlated : bool
        True for an unstructured k x k covariance, False for k independent variances.
    """

    name: str
    labels: NDArray[Any]
    columns: FloatArray
    column_names: tuple[str, ...] = (INTERCEPT,)
    correlated: bool = True


def random_intercept(name: str, labels: ArrayLike) -> RandomTerm:
    """Give the term `(1 | name)`.

    Parameters
    ----------
    name : str
        Shown in results.
    labels : array-like, shape (n,)
        Unit of each row.

    Returns
    -------
    RandomTerm
        With one variance.
    """
    values = np.asarray(labels)
    return RandomTerm(name, values, np.ones((len(values), 1)))


def random_slope(
    name: str, labels: ArrayLike, slope_name: str, slope: ArrayLike, *, correlated: bool = True
) -> RandomTerm:
    """Give `(1 + slope | name)`, or `(1 + slope || name)` when not `correlated`.

    Parameters
    ----------
    name : str
        Shown in results.
    labels : array-like, shape (n,)
        Unit of each row.
    slope_name : str
        Shown in results.
    slope : array-like of float, shape (n,)
        The covariate.
    correlated : bool
        Whether intercept and slope of a unit may be correlated.

    Returns
    -------
    RandomTerm
        With two variances, and a covariance when `correlated`.
    """
    values, covariate = np.asarray(labels), np.asarray(slope, dtype=float)
    columns = np.column_stack([np.ones(len(values)), covariate])
    return RandomTerm(name, values, columns, (INTERCEPT, slope_name), correlated)


def crossed(first: ArrayLike, second: ArrayLike) -> IntArray:
    """Give one label for each combination of two factors, as `first:second` does in R.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Labels.

    Returns
    -------
    ndarray of int, shape (n,)
        Codes from 0, in the order of the pairs of labels.
    """
    outer, inner = _codes(first), _codes(second)
    return outer * (int(inner.max(initial=0)) + 1) + inner


def _codes(labels: ArrayLike) -> IntArray:
    values = np.asarray(labels)
    if values.dtype == object:
        values = values.astype(str)
    return np.unique(values, return_inverse=True)[1].astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One covariance matrix to be estimated: a correlated term, or one column of another.

    `scale` holds the root mean squares by which `values`, shape (n, k), were divided.
    """

    term: int
    columns: tuple[int, ...]
    codes: IntArray
    levels: int
    values: FloatArray
    scale: FloatArray

    @property
    def width(self) -> int:
        """Columns of Z that belong to the block."""
        return self.levels * len(self.columns)


def make_blocks(terms: tuple[RandomTerm, ...], n: int) -> tuple[Block, ...]:
    """Split terms into blocks, the widest first, since the first one is eliminated cheaply."""
    refuse_many_effects(terms, n)
    blocks = [block for position, term in enumerate(terms) for block in _term_blocks(position, term, n)]
    return tuple(sorted(blocks, key=lambda block: -block.width))


def refuse_many_effects(terms: tuple[RandomTerm, ...], n: int) -> None:
    """Refuse a model of too many random effects, before anything is made for it.

    Raises
    ------
    MixedModelError
    """
    effects = sum(block.width for position, term in enumerate(terms) for block in _term_blocks(position, term, n))
    if effects > MOST_EFFECTS:
        raise MixedModelError(
            f"The model has {effects} random effects, and with more than {MOST_EFFECTS} it is not fitted, "
            "because its time grows with their cube."
        )


def _term_blocks(position: int, term: RandomTerm, n: int) -> list[Block]:
    codes = _codes(term.labels)
    levels = int(codes.max(initial=-1)) + 1
    _check_term(term, levels, n)
    k = term.columns.shape[1]
    picks = [tuple(range(k))] if term.correlated else [(column,) for column in range(k)]
    return [_block(position, term, pick, codes, levels) for pick in picks]


def _block(position: int, term: RandomTerm, pick: tuple[int, ...], codes: IntArray, levels: int) -> Block:
    values = term.columns[:, list(pick)]
    scale = np.sqrt(np.mean(values**2, axis=0))
    if np.any(scale == 0):
        raise MixedModelError(f"A design column of the random term '{term.name}' is zero throughout.")
    return Block(position, pick, codes, levels, values / scale, scale)


def _check_term(term: RandomTerm, levels: int, n: int) -> None:
    if term.columns.ndim != 2 or term.columns.shape[1] != len(term.column_names):
        raise MixedModelError(f"The random term '{term.name}' needs one name for each design column.")
    if len(term.labels) != n or len(term.columns) != n:
        raise MixedModelError(f"The random term '{term.name}' does not have one label for each score.")
    if levels < 2:
        raise MixedModelError(f"The random term '{term.name}' has {levels} level; it needs at least two.")
    if levels >= n:
        raise MixedModelError(
            f"The random term '{term.name}' has as many levels as there are scores ({n}), "
            "so its variance cannot be told from the residual variance."
        )
    if levels * term.columns.shape[1] >= n and term.correlated:
        raise MixedModelError(
            f"The random term '{term.name}' has {levels * term.columns.shape[1]} effects for {n} scores, "
            "so its variances cannot be told from the residual variance."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Index of the covariance parameters: the lower triangle of each block, column by column.

    Parameter r is at once an entry of theta (relative Cholesky factor) and one of the
    covariances g. dV/dg_r = Z B_r Z', where B_r has ones at (`rows[r]`, `columns[r]`);
    g_r = sigma^2 theta' `form[r]` theta. `factor_rows`, `factor_columns` place theta_r in Lambda.
    """

    block: IntArray
    row: IntArray
    column: IntArray
    rows: tuple[IntArray, ...]
    columns: tuple[IntArray, ...]
    factor_rows: tuple[IntArray, ...]
    factor_columns: tuple[IntArray, ...]
    form: FloatArray

    @property
    def diagonal(self) -> NDArray[np.bool_]:
        """Mark the parameters on a diagonal."""
        return np.equal(self.row, self.column)


def index_parameters(blocks: tuple[Block, ...]) -> Parameters:
    """List the covariance parameters of the blocks in order."""
    places = [
        (b, row, column)
        for b, block in enumerate(blocks)
        for column in range(len(block.columns))
        for row in range(column, len(block.columns))
    ]
    at = [_positions(blocks, b, row) for b, row, _ in places]
    to = [_positions(blocks, b, column) for b, _, column in places]
    off = [row != column for _, row, column in places]
    block, row, column = np.array(places, dtype=np.intp).T
    return Parameters(
        block,
        row,
        column,
        tuple(np.concatenate([i, j]) if o else i for i, j, o in zip(at, to, off, strict=True)),
        tuple(np.concatenate([j, i]) if o else j for i, j, o in zip(at, to, off, strict=True)),
        tuple(at),
        tuple(to),
        _quadratic_forms(places),
    )


def _positions(blocks: tuple[Block, ...], b: int, column: int) -> IntArray:
    offset = sum(block.width for block in blocks[:b])
    block = blocks[b]
    return offset + np.arange(block.levels) * len(block.columns) + column


def _quadratic_forms(places: list[tuple[int, int, int]]) -> FloatArray:
    """Give S with (L L')_ab = theta' S_ab theta for each place (a, b)."""
    order = {place: position for position, place in enumerate(places)}
    forms = np.zeros((len(places), len(places), len(places)))
    for r, (b, row, column) in enumerate(places):
        for j in range(min(row, column) + 1):
            first, second = order[b, row, j], order[b, column, j]
            forms[r, first, second] += 0.5
            forms[r, second, first] += 0.5
    return forms


def gram(blocks: tuple[Block, ...], dense: FloatArray) -> FloatArray:
    """Give A'A for A = [Z | dense] without ever forming Z."""
    q = sum(block.width for block in blocks)
    sparse = [
        (_row_positions(blocks, b, column), blocks[b].values[:, column])
        for b in range(len(blocks))
        for column in range(len(blocks[b].columns))
    ]
    product = np.zeros((q + dense.shape[1], q + dense.shape[1]))
    product[:q, :q] = _sparse_gram(sparse, q)
    product[:q, q:] = _sparse_dense(sparse, dense, q)
    product[q:, :q] = product[:q, q:].T
    product[q:, q:] = dense.T @ dense
    return product


def _row_positions(blocks: tuple[Block, ...], b: int, column: int) -> IntArray:
    return _positions(blocks, b, column)[blocks[b].codes]


def _sparse_gram(sparse: list[tuple[IntArray, FloatArray]], q: int) -> FloatArray:
    total = np.zeros((q, q))
    for i, (at, left) in enumerate(sparse):
        for j, (to, right) in enumerate(sparse[: i + 1]):
            part = np.bincount(at * q + to, left * right, minlength=q * q).reshape(q, q)
            total += part if i == j else part + part.T
    return total


def _sparse_dense(sparse: list[tuple[IntArray, FloatArray]], dense: FloatArray, q: int) -> FloatArray:
    total = np.zeros((q, dense.shape[1]))
    for at, values in sparse:
        for column in range(dense.shape[1]):
            total[:, column] += np.bincount(at, values * dense[:, column], minlength=q)
    return total

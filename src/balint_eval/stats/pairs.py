"""Scores at two waves as plain arrays: complete pairs, their description, and t inference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan, nan, sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

from balint_eval.stats.result import Result

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]
BoolArray: TypeAlias = NDArray[np.bool_]

# Variation smaller than this share of the largest score is floating-point noise.
NOISE = 1e-10
EQUAL_CHANGES = "all changes are equal: no test is possible"
ZERO_ERROR = "the standard error is zero: no test is possible"
ONE_ARM_ONLY = "only one arm has people with both scores: arms cannot be compared"


@dataclass(frozen=True, slots=True)
class Pairs:
    """People with a score at both waves, and how many had one at each.

    Attributes
    ----------
    pre, post : ndarray of float, shape (n,)
        Scores of the people who have both.
    group : ndarray of int, shape (n,)
        Codes 0..G-1; all zero when no groups were given.
    treated : ndarray of bool, shape (n,)
        Arm; all False when no arms were given.
    n_pre, n_post : int
        People with a score before and after, paired or not.
    has_groups : bool
        Whether groups were given.
    """

    pre: FloatArray
    post: FloatArray
    group: IntArray
    treated: BoolArray
    n_pre: int
    n_post: int
    has_groups: bool

    @property
    def n(self) -> int:
        """Number of pairs."""
        return int(self.pre.size)

    @property
    def n_groups(self) -> int:
        """Groups with at least one pair; 0 when no groups were given."""
        return int(self.group.max()) + 1 if self.has_groups and self.n else 0

    @property
    def partially_nested(self) -> bool:
        """Whether people of one arm are in groups while those of the other stand alone."""
        return self.has_groups and one_arm_grouped(self.group, self.treated)

    @property
    def change(self) -> FloatArray:
        """Post minus pre, shape (n,)."""
        return np.asarray(self.post - self.pre, dtype=np.float64)

    @property
    def noise(self) -> float:
        """Largest difference that counts as none, in points."""
        return NOISE * float(np.max(np.abs([self.pre, self.post]), initial=0.0))


def complete_pairs(
    pre: ArrayLike, post: ArrayLike, group: ArrayLike | None = None, treated: ArrayLike | None = None
) -> Pairs:
    """Keep the people who have both scores.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        `nan` (or infinite) marks a missing score.
    group : array_like of int or str, shape (n,), optional
    treated : array_like of 0/1 or bool, shape (n,), optional

    Raises
    ------
    ValueError
        When lengths differ, a group is missing, or `treated` holds anything but 0 and 1.
    """
    before, after = (np.asarray(scores, dtype=np.float64) for scores in (pre, post))
    labels = _column(group, before.size)
    _check_labels(labels)
    arms = _column(treated, before.size)
    _check_shapes(before, after, labels, arms)
    has_pre, has_post = np.isfinite(before), np.isfinite(after)
    both = has_pre & has_post
    return Pairs(
        pre=before[both],
        post=after[both],
        group=np.unique(labels[both], return_inverse=True)[1].astype(np.intp),
        treated=arms[both].astype(np.bool_),
        n_pre=int(has_pre.sum()),
        n_post=int(has_post.sum()),
        has_groups=group is not None,
    )


def _column(values: ArrayLike | None, n: int) -> NDArray[Any]:
    return np.zeros(n, dtype=np.intp) if values is None else np.asarray(values)


def _check_labels(labels: NDArray[Any]) -> None:
    if labels.dtype.kind in "Of" and any(_is_missing(label) for label in labels.ravel()):
        raise ValueError("group must be given for everyone: leave out people without one")


def _is_missing(label: object) -> bool:
    return label is None or (isinstance(label, float) and isnan(label))


def _check_shapes(pre: FloatArray, post: FloatArray, group: NDArray[Any], treated: NDArray[Any]) -> None:
    shapes = {column.shape for column in (pre, post, group, treated)}
    if shapes != {(pre.size,)}:
        raise ValueError(f"pre, post, group and treated must be 1-D and of one length, not {sorted(shapes)}")
    if not np.isin(treated, (0, 1)).all():
        raise ValueError("treated must hold 0 and 1 only")


def one_arm_grouped(group: IntArray, treated: BoolArray) -> bool:
    """Say whether exactly one of two arms has a group of two or more; `group` holds codes 0..G-1."""
    if treated.all() or not treated.any():
        return False
    return [bool(np.max(np.bincount(group[arm])) > 1) for arm in (treated, ~treated)].count(True) == 1


def sample_sd(values: FloatArray) -> float:
    """SD with divisor n - 1; `nan` below two values."""
    return float(np.std(values, ddof=1)) if values.size > 1 else float("nan")


def describe(method: str, pairs: Pairs, conf_level: float, rows: BoolArray | None = None) -> Result:
    """Start a result: counts over all pairs, means and SDs over `rows` (all by default)."""
    pre, post = (pairs.pre, pairs.post) if rows is None else (pairs.pre[rows], pairs.post[rows])
    return Result(
        method=method,
        n_pre=pairs.n_pre,
        n_post=pairs.n_post,
        n_paired=pairs.n,
        n_groups=pairs.n_groups,
        mean_pre=_mean(pre),
        sd_pre=sample_sd(pre),
        mean_post=_mean(post),
        sd_post=sample_sd(post),
        conf_level=conf_level,
    )


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")


def obstacle(pairs: Pairs, *, two_arms: bool = False) -> str:
    """Say in plain words why no test of change is possible; empty when one is."""
    if pairs.n < 2:
        return f"{pairs.n} complete pair{'' if pairs.n else 's'}: no test is possible"
    if two_arms and is_constant(pairs.treated.astype(np.float64), 0.0):
        return ONE_ARM_ONLY
    return EQUAL_CHANGES if is_constant(pairs.change, pairs.noise) else ""


def untested(result: Result, reason: str, estimate: float = nan) -> Result:
    """Give no test but the reason, with the raw estimate where there is one."""
    return with_notes(replace(result, estimate=estimate), [reason])


def raw_change(pairs: Pairs) -> float:
    """Mean change in points; `nan` below two pairs."""
    return float(pairs.change.mean()) if pairs.n > 1 else nan


def raw_difference(pairs: Pairs) -> float:
    """Mean change of the treated minus that of the others; `nan` unless both arms have people."""
    both = pairs.treated.any() and not pairs.treated.all()
    return arm_difference(pairs.change, pairs.treated) if both else nan


def arm_difference(values: FloatArray, treated: BoolArray) -> float:
    """Mean of the treated minus mean of the others; both must have people."""
    return float(values[treated].mean() - values[~treated].mean())


def is_constant(values: FloatArray, noise: float) -> bool:
    """Whether `values` vary by no more than `noise`."""
    return bool(values.size == 0 or np.ptp(values) <= noise)


def with_t(result: Result, estimate: float, std_error: float, df: float) -> Result:
    """Fill estimate, t, two-sided p and the t interval; a standard error of `nan` leaves them `nan`."""
    statistic = estimate / std_error
    half_width = t_quantile(result.conf_level, df) * std_error
    return replace(
        result,
        estimate=estimate,
        std_error=std_error,
        df=df,
        statistic=statistic,
        p_value=2.0 * float(stdtr(df, -abs(statistic))),
        conf_low=estimate - half_width,
        conf_high=estimate + half_width,
    )


def tested(result: Result, estimate: float, std_error: float, df: float, noise: float) -> Result:
    """Do as `with_t`, but with a note instead of an infinite t where the standard error vanishes."""
    if std_error <= noise:
        return with_notes(replace(result, estimate=estimate), [ZERO_ERROR])
    return with_t(result, estimate, std_error, df)


def t_quantile(conf_level: float, df: float) -> float:
    """Two-sided critical value of Student's t at `conf_level`, for whole or fractional df."""
    return float(stdtrit(df, 0.5 + conf_level / 2.0))


def mean_and_error(values: FloatArray) -> tuple[float, float]:
    """Mean and its standard error SD / sqrt(n) for independent values; n must be 2 or more."""
    return float(values.mean()), sample_sd(values) / sqrt(values.size)


def with_notes(result: Result, notes: Sequence[str]) -> Result:
    """Append the non-empty `notes` to the result's note."""
    return replace(result, note="; ".join(note for note in (result.note, *notes) if note))

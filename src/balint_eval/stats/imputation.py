"""Multiple imputation of the scores of people who answered only once: draws from a joint model of both waves.

Earlier score: mean of the arm, group, person. Later score: a line in the earlier score, arm, group, person, which is
the model of the analysis itself. Groups have random effects: fixed ones take the noise of a group's mean for a
difference between groups and make intervals too wide (Andridge 2011), none make them too narrow.

References
----------
Rubin 1987. Andridge 2011, Biom J 53:57-74. Drechsler 2015, J Educ Behav Stat 40:69-95. Van Buuren 2018, Flexible
Imputation of Missing Data, chapter 7. Schafer and Yucel 2002, J Comput Graph Stat 11:437-57 (the joint model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from balint_eval.stats.pairs import BoolArray, FloatArray, IntArray
from balint_eval.stats.random_intercept import ALONE, Draws, draw_parameters

IMPUTATIONS = 50
SEED = 20265
SWEEPS = 5
"""Rounds of drawing earlier scores and parameters in turn; needed only where earlier scores are missing."""
FEWEST_SPARE = 5
"""Complete pairs needed beyond the coefficients of the model."""


@dataclass(frozen=True, slots=True, eq=False)
class Imputed:
    """Completed scores.

    Attributes
    ----------
    pre, post : ndarray of float, shape (m, n)
        Observed scores are the same in all m.
    lost, late : ndarray of bool, shape (n,)
        Who had no later, and who had no earlier score.
    empty_groups : int
        Groups of two or more people of whom nobody has the later score: what is imputed there rests on other groups.
    """

    pre: FloatArray
    post: FloatArray
    lost: BoolArray
    late: BoolArray
    empty_groups: int


def impute(
    pre: FloatArray,
    post: FloatArray,
    cluster: IntArray,
    treated: IntArray,
    imputations: int = IMPUTATIONS,
    seed: int = SEED,
) -> Imputed:
    """Draw the missing scores of people who have one of two.

    Parameters
    ----------
    pre, post : ndarray of float, shape (n,)
        `nan` is missing; everyone has one of the two.
    cluster : ndarray of int, shape (n,)
        Equal codes are the same group; somebody alone with a code has no group effect.
    treated : ndarray of int, shape (n,)
        0 or 1; all alike when there is one arm.
    imputations : int
    seed : int
        The same seed gives the same draws, whatever the order of the people.

    Returns
    -------
    Imputed

    Raises
    ------
    ValueError
        Too few complete pairs (`too_few_pairs`), or somebody without any score.

    Notes
    -----
    Missing at random is assumed: who is missing may depend on the scores that are there and on the arm, not on those
    that are not. Draws are neither rounded nor held within the range of the scale, which would bias means and
    variances (von Hippel 2013, Sociol Methods Res 42:105-38).
    """
    if too_few_pairs(pre, post, treated):
        raise ValueError("too few complete pairs to impute from")
    if not (np.isfinite(pre) | np.isfinite(post)).all():
        raise ValueError("everyone must have one of the two scores")
    order, group = _in_order(pre, post, cluster, treated)
    model = _Model(pre[order], post[order], group[order], treated[order])
    rng = np.random.default_rng(seed)
    earlier, later = np.empty((imputations, pre.size)), np.empty((imputations, pre.size))
    earlier[:, order], later[:, order] = model.complete(rng, imputations)
    return Imputed(earlier, later, np.isnan(post), np.isnan(pre), model.empty_groups)


def too_few_pairs(pre: FloatArray, post: FloatArray, treated: IntArray) -> bool:
    """Say whether complete pairs are too few to learn from, over all or in an arm."""
    both = np.isfinite(pre) & np.isfinite(post)
    arms = np.unique(treated)
    fewest = min(int((both & (treated == arm)).sum()) for arm in arms)
    return bool(fewest < 2 or both.sum() < arms.size + 1 + FEWEST_SPARE)


def _in_order(pre: FloatArray, post: FloatArray, cluster: IntArray, treated: IntArray) -> tuple[IntArray, IntArray]:
    """Sort people, and number groups, by scores alone, so that neither the order of rows nor a name reaches a draw.

    Returns
    -------
    order, group : ndarray of int, shape (n,)
    """
    first = np.lexsort((post, pre, treated))
    codes = np.unique(cluster, return_inverse=True)[1]
    earlier, later = np.nan_to_num(pre), np.nan_to_num(post)
    facts = np.column_stack((np.ones(pre.size), earlier, later, earlier**2, later**2, earlier * later))
    sums = np.zeros((codes.max() + 1, facts.shape[1]))
    # Added up in the order of the scores, for the last digit.
    np.add.at(sums, codes[first], facts[first])
    place = np.empty(len(sums), dtype=np.intp)
    place[np.lexsort(sums.T)] = np.arange(len(sums))
    group = place[codes]
    return np.lexsort((post, pre, group, treated)), group


class _Model:
    """The joint model with its data, centred and in units of the complete pairs' spread."""

    def __init__(self, pre: FloatArray, post: FloatArray, cluster: IntArray, treated: IntArray) -> None:
        self.pre_place, self.pre_unit = _unit(pre)
        self.post_place, self.post_unit = _unit(post)
        self.pre, self.post = (pre - self.pre_place) / self.pre_unit, (post - self.post_place) / self.post_unit
        _, codes, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
        numbers = np.where(sizes > 1, np.cumsum(sizes > 1) - 1, ALONE)
        self.group = np.asarray(numbers[codes], dtype=np.intp)
        self.n_groups = int((sizes > 1).sum())
        self.lost, self.late = np.isnan(post), np.isnan(pre)
        ones = np.ones((pre.size, 1))
        self.arms: FloatArray = np.column_stack((ones, treated.astype(float))) if np.ptp(treated) else ones

    @property
    def empty_groups(self) -> int:
        """Groups in which nobody has the later score."""
        return self.n_groups - np.unique(self.group[~self.lost & (self.group != ALONE)]).size

    def complete(self, rng: np.random.Generator, draws: int) -> tuple[FloatArray, FloatArray]:
        """Give `draws` completed pairs of scores, each of shape (draws, n)."""
        pre = np.broadcast_to(self.pre, (draws, self.pre.size)).copy()
        if self.late.any():
            kept = ~self.late
            pre[:, self.late] = self._guessed(self._earlier(self.pre[kept], kept, rng, draws), rng)
            for _ in range(SWEEPS):
                later = self._later(pre, rng, draws)
                earlier = self._earlier(pre, np.ones_like(self.late), rng, draws)
                pre[:, self.late] = self._redrawn(earlier, later, rng)
        post = np.broadcast_to(self.post, pre.shape).copy()
        if self.lost.any():
            later = self._later(pre if self.late.any() else self.pre, rng, draws)
            fitted = self._line(pre, later) + self._effects(later)
            noise = later.sd[:, None] * rng.standard_normal((draws, int(self.lost.sum())))
            post[:, self.lost] = fitted[:, self.lost] + noise
        return self.pre_place + self.pre_unit * pre, self.post_place + self.post_unit * post

    def _earlier(self, pre: FloatArray, rows: BoolArray, rng: np.random.Generator, draws: int) -> Draws:
        return draw_parameters(self.arms[rows], pre, self.group[rows], self.n_groups, rng, draws)

    def _later(self, pre: FloatArray, rng: np.random.Generator, draws: int) -> Draws:
        """Draw the later score's parameters from everybody who has one."""
        kept = ~self.lost
        known = pre[..., kept]
        arms = np.broadcast_to(self.arms[kept], (*known.shape, self.arms.shape[1]))
        X = np.asarray(np.concatenate((arms, known[..., None]), axis=-1), dtype=np.float64)
        y = np.broadcast_to(self.post[kept], known.shape)
        return draw_parameters(X, y, self.group[kept], self.n_groups, rng, draws)

    def _guessed(self, earlier: Draws, rng: np.random.Generator) -> FloatArray:
        """Draw missing earlier scores from arm and group alone, to begin with."""
        mean = self._means(earlier)[:, self.late]
        return np.asarray(mean + earlier.sd[:, None] * rng.standard_normal(mean.shape), dtype=np.float64)

    def _redrawn(self, earlier: Draws, later: Draws, rng: np.random.Generator) -> FloatArray:
        """Draw missing earlier scores given the later ones and all parameters (Bayes' rule for two normals)."""
        rest = self.post - later.coefficients[:, :-1] @ self.arms.T - self._effects(later)
        slope, own, noise = later.coefficients[:, -1:], earlier.sd[:, None] ** 2, later.sd[:, None] ** 2
        variance = 1.0 / (1.0 / own + slope**2 / noise)
        mean = variance * (self._means(earlier) / own + slope * rest / noise)[:, self.late]
        return np.asarray(mean + np.sqrt(variance) * rng.standard_normal(mean.shape), dtype=np.float64)

    def _means(self, earlier: Draws) -> FloatArray:
        return np.asarray(earlier.coefficients @ self.arms.T + self._effects(earlier), dtype=np.float64)

    def _line(self, pre: FloatArray, later: Draws) -> FloatArray:
        return np.asarray(later.coefficients[:, :-1] @ self.arms.T + later.coefficients[:, -1:] * pre, dtype=np.float64)

    def _effects(self, drawn: Draws) -> FloatArray:
        """Give each person the effect of their group, 0 for those alone."""
        padded = np.concatenate((drawn.effects, np.zeros((len(drawn.effects), 1))), axis=1)
        return np.asarray(padded[:, self.group], dtype=np.float64)


def _unit(scores: FloatArray) -> tuple[float, float]:
    """Give mean and SD of the scores that are there; 1 where they do not vary."""
    known = scores[np.isfinite(scores)]
    spread = float(known.std())
    return float(known.mean()), spread if spread > 0 else 1.0

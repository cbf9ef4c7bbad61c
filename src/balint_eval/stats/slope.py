"""How the later score, given the earlier one, goes with something counted, such as meetings attended."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats.cr2 import cr2_contrast
from balint_eval.stats.group_means import group_note
from balint_eval.stats.pairs import complete_pairs, describe, is_constant, obstacle, tested, untested, with_notes
from balint_eval.stats.result import Result

SAME_DOSE = "everybody has the same number: nothing can be related to it"
FEW_PEOPLE = "fewer than ten people: no relation is estimated"
NO_ERROR = "the groups are too few or too uneven for a standard error"
SMALLEST_N = 10


def slope_cr2(pre: ArrayLike, post: ArrayLike, dose: ArrayLike, group: ArrayLike, conf_level: float = 0.95) -> Result:
    """Regress the later score on the earlier one and a dose, allowing for groups: `post ~ 1 + pre + dose`, CR2.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    dose : array_like of float, shape (n,)
        Known for everybody.
    group : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `slope_cr2`; `estimate` is points of the later score per unit of dose. No effect size. No numbers
        below ten people or where the dose does not vary.

    Notes
    -----
    A dose that people chose is no cause: those who came more often may differ in other ways. Where a whole group
    has nearly one dose, few degrees of freedom are left, and the df say so. References: see `balint_eval.stats.cr2`.
    """
    doses = np.asarray(dose, dtype=np.float64)
    if not np.isfinite(doses).all():
        raise ValueError("dose must be known for everyone: leave out people without one")
    both = np.isfinite(np.asarray(pre, dtype=np.float64)) & np.isfinite(np.asarray(post, dtype=np.float64))
    pairs = complete_pairs(pre, post, group)
    base = describe("slope_cr2", pairs, conf_level)
    if reason := obstacle(pairs) or _obstacle(doses[both], pairs.n):
        return untested(base, reason)
    design = np.column_stack((np.ones(pairs.n), pairs.pre - pairs.pre.mean(), doses[both] - doses[both].mean()))
    fitted = cr2_contrast(design, pairs.post, pairs.group, np.array([0.0, 0.0, 1.0]))
    result = tested(base, *fitted, pairs.noise)
    return with_notes(result, [NO_ERROR if np.isnan(fitted.std_error) else "", group_note(pairs)])


def _obstacle(doses: np.ndarray[tuple[int], np.dtype[np.float64]], n: int) -> str:
    if n < SMALLEST_N:
        return FEW_PEOPLE
    return SAME_DOSE if is_constant(doses, 0.0) else ""

"""Intervals of many simulated studies at once, and the check that they are the package's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from balint_eval.replicates import (
    Intervals,
    ancova_many,
    change_many,
    group_means_many,
    paired_many,
    person_change_many,
)
from balint_eval.simulate.design import TwoArms
from balint_eval.stats.cluster import ancova_cr2, change_cr2, group_means_difference
from balint_eval.stats.independent import change_t
from balint_eval.stats.paired import paired_t
from balint_eval.stats.result import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
AGREEMENT = 1e-9


class Method(NamedTuple):
    """A method, what it estimates and how the package computes it for one study."""

    is_change: bool
    primary: bool
    many: Callable[[TwoArms], Intervals]
    one: Callable[[FloatArray, FloatArray, NDArray[np.int64], BoolArray], Result]


METHODS: Mapping[str, Method] = {
    "ancova_cr2": Method(False, True, ancova_many, lambda a, b, g, t: ancova_cr2(a, b, t, g)),
    "group_means_t": Method(False, False, group_means_many, lambda a, b, g, t: group_means_difference(a, b, t, g)),
    "person_change_t": Method(False, False, person_change_many, lambda a, b, _, t: change_t(a, b, t)),
    "change_cr2": Method(True, True, change_many, lambda a, b, g, t: change_cr2(a[t], b[t], g[t])),
    "paired_t": Method(True, False, paired_many, lambda a, b, _, t: paired_t(a[t], b[t])),
}


def hold_against_package(data: TwoArms, found: Mapping[str, Intervals], rows: range) -> int:
    """Compute some replications one by one with the package's functions.

    Returns
    -------
    int
        Intervals compared.

    Raises
    ------
    ArithmeticError
        An estimate or a width differs by more than `AGREEMENT` points.
    """
    for row in rows:
        for name in found:
            method = METHODS[name]
            one = method.one(data.pre[row], data.post[row], data.group, data.treated)
            theirs = (one.estimate, (one.conf_high - one.conf_low) / 2)
            ours = (found[name].estimate[row], found[name].half_width[row])
            if not np.allclose(ours, theirs, rtol=0, atol=AGREEMENT, equal_nan=True):
                raise ArithmeticError(f"{name} of replication {row}: {ours} here, {theirs} in the package")
    return len(rows) * len(found)

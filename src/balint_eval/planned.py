"""Power and precision of a planned study, for the method that will be the primary one.

After a study, what matters is how small a change it could have detected (`smallest_detectable`), never the power
that its own estimate would have had: that is only the p-value in other words (Hoenig and Heisey 2001, Am Stat
55:19-24).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from balint_eval.stats.detectable import power_of_t, smallest_detectable

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.replicates import Intervals
    from balint_eval.simulate.design import TwoArms

__all__ = ["PlannedStudy", "Precision", "closed_form", "power", "power_of_t", "simulated", "smallest_detectable"]

PORTION = 1000
SEED = 1
CLOSED, SIMULATED = "closed form", "simulation"


@dataclass(frozen=True, kw_only=True)
class PlannedStudy:
    """A study of groups before and after, as it is planned.

    Attributes
    ----------
    arms : int
        1 (change) or 2 (difference between arms).
    groups : int
        In each arm.
    members : tuple of int
        Fewest and most people of a group; each size is equally likely.
    effect : float
        True change, or true difference of the arms afterwards, in points.
    sd : float
        Of the scores at one wave, in points.
    correlation : float
        Of the two waves.
    icc : float
        Share of the later variance that a group has in common.
    drop_out : float
        Share of people who do not answer afterwards.
    conf_level : float
        Of the interval; the test has the error 1 - conf_level.

    Raises
    ------
    ValueError
        A number lies outside what is possible; the message says which.
    """

    arms: int = 2
    groups: int = 4
    members: tuple[int, int] = (6, 10)
    effect: float = 0.5
    sd: float = 1.0
    correlation: float = 0.6
    icc: float = 0.05
    drop_out: float = 0.1
    conf_level: float = 0.95

    def __post_init__(self) -> None:
        if len(self.members) != 2:
            raise ValueError("members must be two numbers, the fewest and the most people of a group")
        low, high = self.members
        rules = {
            "arms must be 1 or 2": self.arms in (1, 2),
            "groups must be 2 or more: with one group an arm nothing is known of how groups differ": self.groups >= 2,
            "members must be two numbers, the smaller first, of at least 2": 2 <= low <= high,
            "sd must be above 0": self.sd > 0,
            "correlation and icc must not be negative and not exceed 1 together": (
                min(self.correlation, self.icc) >= 0 and self.correlation + self.icc <= 1
            ),
            "drop_out must be at least 0 and below 1": 0 <= self.drop_out < 1,
            "conf_level must lie between 0.5 and 1": 0.5 < self.conf_level < 1,
        }
        broken = [rule for rule, holds in rules.items() if not holds]
        if broken:
            raise ValueError("; ".join(broken))


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What one method would give in a planned study.

    Attributes
    ----------
    method, how : str
        As in `comparisons`; `closed form` or `simulation`.
    power, power_error : float
        Share of studies whose interval leaves 0 out, and its Monte-Carlo standard error (0 in closed form).
    width : float
        Mean width of the interval, points.
    without_interval : float
        Share of simulated studies that give none.
    """

    method: str
    how: str
    power: float
    width: float
    power_error: float = 0.0
    without_interval: float = 0.0


def closed_form(planned: PlannedStudy) -> Precision:
    """Give power and width of the t-test on group means, exactly, for groups of one size of which nobody is lost.

    Parameters
    ----------
    planned : PlannedStudy
        Without drop-out that differs by group, and with groups of one size.

    Returns
    -------
    Precision
        Power from 0 to 1, and the half width of the interval in points.

    Notes
    -----
    Each group's mean change varies by icc sd^2 + (2 - 2 r - icc) sd^2 / m, so t is noncentral with k - 1 df (one
    arm) or 2 k - 2 (two arms). Groups of several sizes are taken at their mean size less the drop-out, which is an
    approximation: `simulated` is not.
    """
    size = (planned.members[0] + planned.members[1]) / 2 * (1 - planned.drop_out)
    between = planned.icc * planned.sd**2
    within = (2 - 2 * planned.correlation - planned.icc) * planned.sd**2
    std_error = sqrt(planned.arms * (between + within / size) / planned.groups)
    df = planned.arms * (planned.groups - 1)
    return Precision(
        method="group_means_t",
        how=CLOSED,
        power=power_of_t(planned.effect, std_error, df, planned.conf_level),
        width=_mean_width(std_error, df, planned.conf_level),
    )


def _mean_width(std_error: float, df: float, conf_level: float) -> float:
    """Give the mean width of a t interval: the estimated standard error is on average a little below the true one."""
    from scipy.special import gammaln, stdtrit

    shrink = sqrt(2 / df) * float(np.exp(gammaln((df + 1) / 2) - gammaln(df / 2)))
    return 2 * float(stdtrit(df, 0.5 + conf_level / 2)) * std_error * shrink


def simulated(planned: PlannedStudy, replications: int = 10_000, seed: int = SEED) -> list[Precision]:
    """Simulate a planned study many times and count how often each method finds the effect.

    Parameters
    ----------
    planned : PlannedStudy
    replications : int
    seed : int

    Returns
    -------
    list of Precision
        The primary method first: `ancova_cr2`, `group_means_t`, `mixed_model` (post given pre, Kenward-Roger) for two
        arms, `change_cr2` for one.
    """
    from balint_eval import replicates

    two: Mapping[str, Callable[[TwoArms, float], Intervals]] = {
        "ancova_cr2": replicates.ancova_many,
        "group_means_t": replicates.group_means_many,
        "mixed_model": replicates.ancova_mixed_many,
    }
    methods = two if planned.arms == 2 else {"change_cr2": replicates.change_many}
    parts: dict[str, list[Intervals]] = {name: [] for name in methods}
    sizes = [PORTION] * (replications // PORTION) + ([replications % PORTION] if replications % PORTION else [])
    for size, child in zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True):
        data = _draw(planned, size, child)
        for name, many in methods.items():
            parts[name].append(many(data, planned.conf_level))
    return [_counted(name, found) for name, found in parts.items()]


def _draw(planned: PlannedStudy, replications: int, seed: np.random.SeedSequence) -> TwoArms:
    from balint_eval.simulate.design import simulate_two_arms

    return simulate_two_arms(
        np.random.default_rng(seed),
        replications,
        groups_per_arm=planned.groups,
        members=planned.members,
        effect=planned.effect,
        sd=planned.sd,
        correlation=planned.correlation,
        icc=planned.icc,
        absent=(0.0, planned.drop_out),
    )


def _counted(name: str, parts: Sequence[Intervals]) -> Precision:
    estimate, half_width = (np.concatenate(values) for values in zip(*parts, strict=True))
    given = np.isfinite(half_width)
    # A study without an interval has found nothing.
    found = float(np.mean(given & (np.abs(estimate) > np.where(given, half_width, np.inf))))
    return Precision(
        method=name,
        how=SIMULATED,
        power=found,
        power_error=sqrt(found * (1 - found) / given.size),
        width=2 * float(np.mean(half_width[given])) if given.any() else nan,
        without_interval=float(1 - given.mean()),
    )


def power(
    planned: PlannedStudy,
    *,
    groups: Sequence[int] = (),
    iccs: Sequence[float] = (),
    replications: int = 10_000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Give power and precision over numbers of groups and intra-class correlations.

    Parameters
    ----------
    planned : PlannedStudy
        What is kept the same.
    groups : sequence of int
        Groups in each arm; by default those of `planned`.
    iccs : sequence of float
        By default that of `planned`.
    replications : int
        Simulated studies for each row.
    seed : int
        The same seed and versions give the same table.

    Returns
    -------
    pandas.DataFrame
        One row for each combination and method: the columns of `PlannedStudy` (members as `fewest`, `most`), then
        those of `Precision`.

    Examples
    --------
    >>> from balint_eval.planned import PlannedStudy, power
    >>> table = power(PlannedStudy(effect=0.5), groups=(2, 4), replications=500)
    >>> sorted(set(table["method"]))
    ['ancova_cr2', 'group_means_t', 'mixed_model']
    """
    import pandas as pd

    rows = []
    for icc, number in product(iccs or (planned.icc,), groups or (planned.groups,)):
        one = replace(planned, icc=icc, groups=number)
        for found in (*simulated(one, replications, seed), closed_form(one)):
            settings = asdict(one)
            fewest, most = settings.pop("members")
            rows.append({**settings, "fewest": fewest, "most": most, **asdict(found)})
    return pd.DataFrame(rows)

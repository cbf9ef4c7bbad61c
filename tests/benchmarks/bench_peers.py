"""The statistics of one outcome beside pingouin and statsmodels, called in a loop over outcomes, in the same run.

Run `make bench-peers`. Each row does one job for 100 outcomes of 40 people in five groups, in one thread; the number
named is held to the peer's. Where the peer does less (no Kenward-Roger, CR1 in place of CR2), the row says so.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pingouin as pg
import statsmodels.api as sm
import statsmodels.formula.api as smf

from balint_eval.stats.cluster import change_cr2
from balint_eval.stats.paired import paired_t, wilcoxon
from balint_eval.stats.reliability import cronbach_alpha
from balint_eval.stats.reliability_retest import icc_agreement
from balint_eval.stats.reml import fit_reml, random_intercept
from balint_eval.stats.small_sample import coefficient_tests, kenward_roger

PEOPLE, GROUPS, ITEMS, OUTCOMES = 40, 5, 16, 100


class Outcome(NamedTuple):
    """One outcome: scores before and after, groups, answers to the items before."""

    pre: np.ndarray
    post: np.ndarray
    group: np.ndarray
    items: np.ndarray


class Job(NamedTuple):
    """One job here and elsewhere; both give the number that is compared."""

    name: str
    peer: str
    number: str
    here: Callable[[Outcome], float]
    there: Callable[[Outcome], float]
    tolerance: float
    optimum: bool = False
    """The number is what both make as large as they can; a relative difference would not say who succeeded."""


def outcome(number: int) -> Outcome:
    """Draw an outcome: groups differ, people differ, no two changes are equal."""
    drawn = np.random.default_rng([7, number])
    group = np.repeat(np.arange(GROUPS), PEOPLE // GROUPS)
    person = drawn.normal(0, 5, PEOPLE)
    pre = 50 + person + drawn.normal(0, 3, PEOPLE)
    post = 53 + person + drawn.normal(0, 2, GROUPS)[group] + drawn.normal(0, 3, PEOPLE)
    items = person[:, None] / 5 + drawn.normal(0, 1.5, (PEOPLE, ITEMS))
    return Outcome(pre, post, group, items)


def p_value(found: pd.DataFrame) -> float:
    """Give the p-value of a table of pingouin, whose columns have been called otherwise over the years."""
    return float(found[next(name for name in found if name in {"p_val", "p-val"})].iloc[0])


def mixed_here(one: Outcome) -> float:
    """Fit a random intercept of groups to the later score given the earlier, and test it by Kenward-Roger."""
    X = np.column_stack([np.ones(PEOPLE), one.pre])
    fit = fit_reml(one.post, X, (random_intercept("group", one.group),))
    coefficient_tests(kenward_roger(fit))
    return fit.log_likelihood


def mixed_there(one: Outcome) -> float:
    """Fit the same by statsmodels, which tests by the normal distribution."""
    frame = pd.DataFrame({"pre": one.pre, "post": one.post, "group": one.group})
    return float(smf.mixedlm("post ~ pre", frame, groups="group").fit(reml=True).llf)


def clustered_there(one: Outcome) -> float:
    """Give the mean change with statsmodels' own correction (CR1)."""
    fit = sm.OLS(one.post - one.pre, np.ones(PEOPLE)).fit(cov_type="cluster", cov_kwds={"groups": one.group})
    return float(fit.params[0])


def agreement_there(one: Outcome) -> float:
    """Give ICC(A,1) by pingouin, which wants a long table and gives six kinds at once."""
    scores = np.concatenate([one.pre, one.post])
    frame = pd.DataFrame({"who": np.tile(np.arange(PEOPLE), 2), "wave": np.repeat([0, 1], PEOPLE), "score": scores})
    found = pg.intraclass_corr(frame, targets="who", raters="wave", ratings="score")
    return float(found["ICC"].iloc[1])


JOBS = (
    Job("paired t, interval, effect", "pingouin.ttest", "p", lambda one: paired_t(one.pre, one.post).p_value,
        lambda one: p_value(pg.ttest(one.post, one.pre, paired=True)), 1e-9),
    Job("Wilcoxon, exact, with the Hodges-Lehmann interval", "pingouin.wilcoxon, no interval", "p",
        lambda one: wilcoxon(one.pre, one.post).p_value,
        lambda one: p_value(pg.wilcoxon(one.post, one.pre, method="exact")), 1e-9),
    Job("mean change, CR2 and its degrees of freedom", "statsmodels OLS, CR1", "estimate",
        lambda one: change_cr2(one.pre, one.post, one.group).estimate, clustered_there, 1e-9),
    Job("ANCOVA mixed model, Kenward-Roger", "statsmodels MixedLM, normal", "log-likelihood",
        mixed_here, mixed_there, 1e-3, optimum=True),
    Job("Cronbach's alpha, interval", "pingouin.cronbach_alpha", "alpha", lambda one: cronbach_alpha(one.items).alpha,
        lambda one: float(pg.cronbach_alpha(pd.DataFrame(one.items))[0]), 1e-9),
    Job("ICC(A,1), interval", "pingouin.intraclass_corr, six kinds", "ICC",
        lambda one: icc_agreement(np.column_stack([one.pre, one.post])).icc, agreement_there, 1e-6),
)  # fmt: skip


def spent(job: Callable[[Outcome], float], outcomes: list[Outcome]) -> tuple[float, np.ndarray]:
    """Give the CPU milliseconds an outcome, after one that is not counted, and the numbers."""
    job(outcomes[0])
    began = time.process_time()
    numbers = [job(one) for one in outcomes]
    return (time.process_time() - began) * 1000 / len(outcomes), np.array(numbers)


def held(job: Job, ours: np.ndarray, theirs: np.ndarray) -> tuple[bool, str]:
    """Tell whether the numbers agree, and in words how far they are apart."""
    if job.optimum:
        missed = int((ours - theirs > job.tolerance).sum())
        kept = bool((ours - theirs > -job.tolerance).all())
        return kept, f"{'never' if kept else '**sometimes**'} lower; the peer stops before the optimum {missed} times"
    apart = float(np.max(np.abs(ours - theirs) / np.abs(theirs)))
    kept = apart <= job.tolerance
    return kept, f"{apart:.0e}" if kept else f"**{apart:.0e}, above {job.tolerance:.0e}**"


def main() -> int:
    """Print the table; 1 where a number is not the peer's."""
    warnings.simplefilter("ignore")
    outcomes = [outcome(number) for number in range(OUTCOMES)]
    print(f"{PEOPLE} people in {GROUPS} groups, {OUTCOMES} outcomes; load {os.getloadavg()[0]:.1f}\n")
    heads = (
        "job, for one outcome",
        "here, ms",
        "the peer",
        "its ms",
        "times as fast",
        "compared",
        "largest difference",
    )
    print(f"| {' | '.join(heads)} |")
    print("|---" * len(heads) + "|")
    broken = False
    for job in JOBS:
        (here, ours), (there, theirs) = spent(job.here, outcomes), spent(job.there, outcomes)
        kept, shown = held(job, ours, theirs)
        broken |= not kept
        print(f"| {job.name} | {here:.2f} | {job.peer} | {there:.2f} | {there / here:.1f} | {job.number} | {shown} |")
    return broken


if __name__ == "__main__":
    sys.exit(main())

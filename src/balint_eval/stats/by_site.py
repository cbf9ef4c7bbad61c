"""The planned comparison with a mean of its own for every site or cohort: sites as strata, not as a sample of sites.

Sites that start at different heights, or where time does something else, then say nothing of the arms: only people
of one site are compared with each other. What is estimated is the same; the error is that of these sites.

References: Kahan and Morris 2012, Stat Med 31:328-40 (strata belong into the model); `balint_eval.stats.cr2`.
"""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
from numpy.typing import ArrayLike

from balint_eval.stats import mixed
from balint_eval.stats.cr2 import ONE_ARM_ICC, cr2_contrast
from balint_eval.stats.group_means import group_note
from balint_eval.stats.pairs import FloatArray, Pairs, complete_pairs, describe, is_constant, tested, with_notes
from balint_eval.stats.reml import RemlFit
from balint_eval.stats.reml_scores import LongScores, arrange
from balint_eval.stats.result import Result

BY_SITE = "_by_site"
ONE_SITE = "people of one site only: there is nothing to keep apart"
ALIASED = "sites and arms cannot be told apart, or there are too few people"
MOST_PRODUCTS = 200_000_000
"""People times the square of the sites: what is held at once takes eight bytes each."""
TOO_MANY = "not computed: {sites} sites of {people} people would take more memory than a laptop has"
NO_ERROR = "a site has too few or too uneven groups for a standard error within sites"


def change_by_site(
    pre: ArrayLike, post: ArrayLike, group: ArrayLike, site: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Test the change of one arm by CR2 with a mean change for each site: `post - pre ~ site`.

    Parameters
    ----------
    pre, post : array_like of float, shape (n,)
        In points; `nan` is missing.
    group, site : array_like of int or str, shape (n,)
    conf_level : float

    Returns
    -------
    Result
        Method `change_cr2_by_site`; `estimate` is the mean change over people, as without sites; its standard error
        comes from groups within sites and speaks of these sites only.
    """
    pairs = complete_pairs(pre, post, group)
    sites = _centred_sites(site, pre, post)
    design = np.column_stack((sites, np.ones(pairs.n)))
    return _tested("change_cr2", pairs, design, pairs.change, sites, conf_level)


def ancova_by_site(
    pre: ArrayLike,
    post: ArrayLike,
    treated: ArrayLike,
    group: ArrayLike,
    site: ArrayLike,
    conf_level: float = 0.95,
) -> Result:
    """Compare two arms by CR2 within sites: `post ~ pre + site + treated`.

    Parameters and result as `change_by_site`, with method `ancova_cr2_by_site` and `treated` as in
    `cluster.ancova_cr2`. No numbers where sites and arms cannot be told apart.
    """
    pairs = complete_pairs(pre, post, group, treated)
    sites = _centred_sites(site, pre, post)
    before = [] if is_constant(pairs.pre, pairs.noise) else [pairs.pre - pairs.pre.mean()]
    design = np.column_stack((np.ones(pairs.n), sites, *before, pairs.treated.astype(np.float64)))
    return _tested("ancova_cr2", pairs, design, pairs.post, sites, conf_level, two_arms=True)


def level_by_site(
    scores: ArrayLike, treated: ArrayLike, group: ArrayLike, site: ArrayLike, conf_level: float = 0.95
) -> Result:
    """Compare two arms at one wave by CR2 within sites: `score ~ site + treated`; method `level_cr2_by_site`."""
    values = np.asarray(scores, dtype=np.float64)
    found = ancova_by_site(np.where(np.isfinite(values), 0.0, np.nan), values, treated, group, site, conf_level)
    nothing = float("nan")
    return replace(found, method="level_cr2" + BY_SITE, n_pre=0, mean_pre=nothing, sd_pre=nothing)


def _centred_sites(site: ArrayLike, *scores: ArrayLike) -> FloatArray:
    """Give a column for each site but the first, less its share, of the people who have every score.

    With these columns the intercept stays the mean over people.
    """
    complete = np.logical_and.reduce([np.isfinite(np.asarray(values, dtype=np.float64)) for values in scores])
    return centred_dummies(np.asarray(site)[complete])


def centred_dummies(labels: ArrayLike) -> FloatArray:
    """Give indicator columns of all labels but the first, each less its mean; shape (n, labels - 1)."""
    values = np.asarray(labels)
    columns = (values[:, None] == np.unique(values)[None, 1:]).astype(np.float64)
    return np.asarray(columns - columns.mean(axis=0), dtype=np.float64) if values.size else columns


def _tested(
    method: str,
    pairs: Pairs,
    design: FloatArray,
    outcome: FloatArray,
    sites: FloatArray,
    conf_level: float,
    *,
    two_arms: bool = False,
) -> Result:
    base = describe(method + BY_SITE, pairs, conf_level, pairs.treated if two_arms else None)
    if not sites.shape[1]:
        return with_notes(base, [ONE_SITE])
    if pairs.n * design.shape[1] ** 2 > MOST_PRODUCTS:
        return with_notes(base, [TOO_MANY.format(sites=f"{sites.shape[1] + 1:,}", people=f"{pairs.n:,}")])
    contrast = np.eye(design.shape[1])[-1]
    found = cr2_contrast(design, outcome, pairs.group, contrast, ONE_ARM_ICC if pairs.partially_nested else 0.0)
    result = tested(base, *found, pairs.noise)
    reason = ALIASED if isnan(found.estimate) else NO_ERROR if isnan(found.std_error) else ""
    return with_notes(result, [reason, group_note(pairs, two_arms=two_arms)])


def mixed_by_site(
    score: ArrayLike,
    wave: ArrayLike,
    person: ArrayLike,
    group: ArrayLike,
    arm: ArrayLike | None,
    site: ArrayLike,
    conf_level: float = 0.95,
) -> tuple[Result, RemlFit | None]:
    """Fit the mixed model with a mean and a change of its own for every site.

    Parameters
    ----------
    score, wave, person, group, conf_level
        As in `mixed.change_mixed`.
    arm : array, shape (n,), or None
        As in `mixed.controlled_mixed`; None for one arm.
    site : array, shape (n,)

    Returns
    -------
    Result, RemlFit or None
        Method `mixed_model_by_site`: REML fit of `score ~ wave * site (+ wave * arm) + (1 | group) +
        (1 | group:wave) + (1 | person)`, sites centred over the rows, Kenward-Roger df. `estimate` is the change over
        the people of all sites, or the difference in change between arms within sites.
    """
    given = np.isfinite(np.asarray(score, dtype=np.float64))
    values, times, people, groups = (np.asarray(column)[given] for column in (score, wave, person, group))
    data = arrange(values, times, people, groups, None if arm is None else np.asarray(arm)[given])
    labels = np.asarray(site)[given]
    names = ["(Intercept)", *(f"site{place}" for place in range(2, len(np.unique(labels)) + 1))]
    names += [f"wave:{name}" for name in names[1:]]
    names += ["wave"] if arm is None else ["wave", "arm", "wave:arm"]

    def design(scores: LongScores) -> FloatArray:
        waves, sites = scores.wave[:, None], centred_dummies(labels)
        parts = [np.ones_like(waves), sites, sites * waves, waves]
        arms = scores.arm[:, None]
        return np.hstack(parts if arm is None else [*parts, arms, waves * arms])

    result, fit = mixed.estimate_design(data, design, tuple(names), conf_level)
    return replace(result, method=result.method + BY_SITE), fit

"""Further numbers of R, each with the call that made it: persons' tests, ranks, effects, equivalence, CR2, power.

`further_r.json` is made by `further_r.R` beside this file. Everything is held to 1e-6 relative, degrees of freedom
too. How many numbers of R the tests hold in all is counted below and printed in docs/validation.md.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata

from balint_eval.stats.cluster import (
    ancova_cr2,
    change_cr2,
    change_difference_cr2,
    group_means_change,
    group_means_difference,
    permutation_arms,
    sign_flip,
)
from balint_eval.stats.cr2 import cr2_contrast
from balint_eval.stats.detectable import power_of_t, smallest_detectable
from balint_eval.stats.effects import d_av, probability_of_superiority
from balint_eval.stats.equivalence import equivalence_p
from balint_eval.stats.icc import group_correlation
from balint_eval.stats.independent import change_t, change_welch, mann_whitney
from balint_eval.stats.levels import level_cr2
from balint_eval.stats.paired import paired_t, wilcoxon
from balint_eval.stats.rank_distributions import rank_sum_counts
from balint_eval.stats.slope import slope_cr2

HERE = Path(__file__).parent
CASES = json.loads((HERE / "further_r.json").read_text())["cases"]
for _case in CASES:  # an empty list of R's is written [] and not {}
    _case.update(data=_case["data"] or {}, settings=_case["settings"] or {})


class Data:
    """The columns of a case as arrays."""

    def __init__(self, columns):
        self.__dict__.update({name: np.array(values, dtype=float) for name, values in columns.items()})


def of_two(test):
    """Give people's changes in two arms the form that the tests of two arms take."""

    def run(d, settings):
        change, treated = np.concatenate((d.first, d.second)), np.repeat([1, 0], [d.first.size, d.second.size])
        return test(np.zeros(change.size), change, treated, **settings)

    return run


def equivalence(d, settings):
    result = paired_t(d.pre, d.post)
    return {"p_value": equivalence_p(result.estimate, result.std_error, result.df, settings["margin"])}


def working_icc(d, settings):
    design = np.column_stack([np.ones(d.pre.size), d.pre, d.treated])
    codes = d.group.astype(int)
    return cr2_contrast(design, d.post, codes, np.array([0.0, 0.0, 1.0]), settings["icc"])


def by_distance(d, _):
    """Count the rank sums as far from their mean as the observed one: p as exactRankTests defines it."""
    ranks, n = rankdata(np.concatenate((d.first, d.second))), d.first.size
    counts = rank_sum_counts(ranks, n)
    far = np.abs(np.arange(counts.size) - 2 * n * ranks.mean())
    return {"p_value": counts[far >= abs(2 * ranks[:n].sum() - 2 * n * ranks.mean())].sum() / counts.sum()}


def power(_, settings):
    return {"power": power_of_t(settings["delta"], settings["n"] ** -0.5, settings["n"] - 1)}


def detectable(_, settings):
    return {"detectable": smallest_detectable(settings["n"] ** -0.5, settings["n"] - 1)}


OURS = {
    "paired_t": lambda d, s: paired_t(d.pre, d.post, s["level"]),
    "d_av": lambda d, _: d_av(d.pre, d.post),
    "equivalence": equivalence,
    "wilcoxon": lambda d, s: wilcoxon(d.pre, d.post, s.get("level", 0.95), exact=s["exact"]),
    "change_t": of_two(change_t),
    "change_welch": of_two(change_welch),
    "mann_whitney": of_two(mann_whitney),
    "by_distance": by_distance,
    "superiority": lambda d, _: probability_of_superiority(d.first, d.second),
    "change_cr2": lambda d, _: change_cr2(d.pre, d.post, d.group),
    "ancova_cr2": lambda d, _: ancova_cr2(d.pre, d.post, d.treated, d.group),
    "change_difference_cr2": lambda d, _: change_difference_cr2(d.pre, d.post, d.treated, d.group),
    "level_cr2": lambda d, _: level_cr2(d.post, d.treated, d.group),
    "slope_cr2": lambda d, _: slope_cr2(d.pre, d.post, d.dose, d.group),
    "working_icc": working_icc,
    "group_means_change": lambda d, _: group_means_change(d.pre, d.post, d.group),
    "group_means_difference": lambda d, _: group_means_difference(d.pre, d.post, d.treated, d.group),
    "permutation": lambda d, _: permutation_arms(d.pre, d.post, d.treated, d.group),
    "sign_flip": lambda d, _: sign_flip(d.pre, d.post, d.group),
    "icc": lambda d, _: group_correlation(d.post, d.group),
    "power": power,
    "detectable": detectable,
}


def named(case):
    settings = " ".join(str(value) for value in case["settings"].values())
    return f"{case['kind']} {settings}".strip()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_agrees_with_r(case):
    found = OURS[case["kind"]](Data(case["data"]), case["settings"])
    values = {name: found[name] if isinstance(found, dict) else getattr(found, name) for name in case["values"]}
    assert values == pytest.approx(case["values"], rel=1e-6, abs=1e-12), case["call"]
    assert case["call"]


def test_every_kind_of_case_is_compared():
    assert {case["kind"] for case in CASES} == set(OURS)
    assert min(Counter(case["kind"] for case in CASES).values()) >= 2

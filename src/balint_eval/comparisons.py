"""Compare every outcome by every method, in its role: scores to the `comparisons` table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from math import nan

import numpy as np
import pandas as pd

from balint_eval.completed import Completions
from balint_eval.contrasts import Contrast, Sample, each_sample, is_further, is_main, place_of
from balint_eval.errors import DataError, Problem
from balint_eval.kinds import CHANGE, DIFFERENCE, LEVEL
from balint_eval.relinked import stricter_scores
from balint_eval.stats import bayes, by_site, cluster, imputed, independent, levels, mixed, paired, partially_nested
from balint_eval.stats.adjust import adjust_p
from balint_eval.stats.imputed import Shifted
from balint_eval.stats.reml import RemlFit
from balint_eval.stats.result import Result
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table
from balint_eval.threads import one_thread

PRIMARY_METHOD = {CHANGE: "change_cr2", DIFFERENCE: "ancova_cr2", LEVEL: "level_cr2"}
NO_GROUPS = "the data have no groups, so each person stands alone"
SOME_ALONE = "{} of {} people have no group and stand alone"
UNLIKE_MEANS = "a group's mean and a single person's score cannot be treated alike: no test on group means"

_ON_MEANS = frozenset({"group_means_t", "permutation", bayes.METHOD})
"""Methods to which each group is one observation."""
_TESTED = frozenset({"primary", "secondary"})
"""Roles of the planned comparisons."""

Rows = list[dict[str, object]]
Modelled = tuple[Result, RemlFit | None]


def compare(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    links: pd.DataFrame | None = None,
    completions: Completions | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare every outcome in every contrast by every method, over all cohorts and within each.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study
    links : pandas.DataFrame, optional
        Contract `links`. Where codes were not all equal, or double answers were set aside, the planned comparison is
        repeated without them, as sensitivity rows.
    completions : mapping, optional
        From `completed.complete`: the planned comparison is repeated on these imputed scores, as sensitivity rows.

    Returns
    -------
    comparisons, diagnostics : pandas.DataFrame
        Contracts of these names.

    Raises
    ------
    DataError
        One person is in two cohorts.
    """
    _refuse_two_cohorts(participants)
    with one_thread():
        rows, terms = _compare_all(scores, participants, outcomes, study, links, completions or {})
    comparisons = _adjusted(pd.DataFrame(rows, columns=TABLES["comparisons"].names), study.plan.adjust)
    diagnostics = pd.DataFrame(terms, columns=TABLES["diagnostics"].names)
    return check_table(comparisons, "comparisons"), check_table(diagnostics, "diagnostics")


def _refuse_two_cohorts(participants: pd.DataFrame) -> None:
    repeated = participants[participants.duplicated("person_id", keep=False)]
    if repeated.empty:
        return
    count, cohorts = repeated["person_id"].nunique(), ", ".join(sorted(repeated["cohort"].unique()))
    what = f"{count} {'person has' if count == 1 else 'people have'} the same id in two cohorts ({cohorts})"
    raise DataError(Problem("LK-TWOCOHORTS", what, "keep each person in one cohort, or make the ids different"))


def _compare_all(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    links: pd.DataFrame | None,
    completions: Completions,
) -> tuple[Rows, Rows]:
    rows, terms = Rows(), Rows()
    for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study):
        results, fit = _analysed(sample, contrast, study.plan.confidence)
        results += _bayes_factor(sample, contrast, study.plan.confidence) if study.plan.bayes else []
        place = place_of(outcome, cohort, contrast)
        if (completed := completions.get(tuple(place.values()))) is not None:
            results += _on_imputed_scores(completed, sample, contrast, study.plan.confidence)
        rows += [place | _row(result, contrast, outcome, study, cohort) for result in results]
        terms += [place | term for term in _terms(fit)]
    return [*rows, *_under_stricter_rules(scores, participants, outcomes, study, links)], terms


def _under_stricter_rules(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    links: pd.DataFrame | None,
) -> Iterator[dict[str, object]]:
    """Repeat the planned method under stricter rules for links and double answers, where it has other pairs then.

    A comparison at one wave links nobody and is left out.
    """
    if links is None:
        return
    pairs = {
        tuple(place_of(outcome, cohort, contrast).values()): int(sample.analysed.sum())
        for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, study)
    }
    for name, others, people in stricter_scores(scores, participants, links):
        for outcome, cohort, contrast, sample in each_sample(others, people, outcomes, study):
            place = place_of(outcome, cohort, contrast)
            planned = PRIMARY_METHOD[contrast.kind]
            tested = _role(planned, contrast, outcome, study, cohort) in _TESTED
            before = pairs[tuple(place.values())]
            if tested and contrast.kind != LEVEL and int(sample.analysed.sum()) != before:
                result = _planned(sample, contrast, study.plan.confidence)
                noted = _noted(result, f"{result.n_paired} of {before} pairs")
                yield place | _row(replace(noted, method=f"{planned}_{name}"), contrast, outcome, study, cohort)


def _planned(sample: Sample, contrast: Contrast, level: float) -> Result:
    """Give the planned method's result; the methods give it first."""
    result = _METHODS[contrast.kind][0](sample, level)[0]
    return _with_some_alone(result, sample) if sample.grouped else _without_groups(result, result.method)


def _analysed(sample: Sample, contrast: Contrast, level: float) -> tuple[list[Result], RemlFit | None]:
    """Give the result of every method, and the mixed model behind the last one where there is one."""
    by_person, by_group, model = _METHODS[contrast.kind]
    results = by_person(sample, level)
    if not sample.grouped:
        results += _within_sites(sample, contrast, level)
        return [_without_groups(result, PRIMARY_METHOD[contrast.kind]) for result in results], None
    modelled, fit = model(sample, level)
    results = [*results, *by_group(sample, level), modelled, *_within_sites(sample, contrast, level)]
    return [_with_some_alone(result, sample) for result in results], fit


def _within_sites(sample: Sample, contrast: Contrast, level: float) -> list[Result]:
    """Repeat the planned method, and the mixed model of a change, with sites kept apart, where there are several."""
    if not sample.several_sites:
        return []
    if contrast.kind == LEVEL:
        return [by_site.level_by_site(sample.post, sample.treated, sample.cluster, sample.stratum, level)]
    scores, sites = (sample.pre, sample.post), (sample.cluster, sample.stratum)
    if contrast.kind == CHANGE:
        planned, arms = by_site.change_by_site(*scores, *sites, level), None
    else:
        planned, arms = by_site.ancova_by_site(*scores, sample.treated, *sites, level), sample.long_treated()
    if not sample.grouped or sample.partially_nested:
        return [planned]
    return [planned, by_site.mixed_by_site(*sample.long(), arms, np.tile(sample.stratum, 2), level)[0]]


def _bayes_factor(sample: Sample, contrast: Contrast, level: float) -> list[Result]:
    """Give the Bayes factor on independent units: none where some people stand in groups and others alone."""
    group = sample.cluster if sample.grouped else None
    if contrast.kind == LEVEL:
        found = bayes.level_bayes(sample.post, sample.treated, group, level)
    elif contrast.kind == CHANGE:
        found = bayes.change_bayes(sample.pre, sample.post, group, level)
    else:
        found = bayes.difference_bayes(sample.pre, sample.post, sample.treated, group, level)
    return [_with_some_alone(found, sample) if sample.grouped else found]


def _on_imputed_scores(completed: Shifted | str, sample: Sample, contrast: Contrast, level: float) -> list[Result]:
    """Give the planned method's result on imputed scores."""
    results = imputed.results(completed, PRIMARY_METHOD[contrast.kind], level)
    if not sample.grouped:
        return [replace(result, n_groups=0) for result in results]
    return [_with_some_alone(result, sample) for result in results]


def _change_of_people(sample: Sample, level: float) -> list[Result]:
    scores = (sample.pre, sample.post)
    return [
        cluster.change_cr2(*scores, sample.cluster, level),
        paired.paired_t(*scores, level),
        paired.wilcoxon(*scores, level),
    ]


def _change_of_groups(sample: Sample, level: float) -> list[Result]:
    scores = (sample.pre, sample.post, sample.cluster)
    return [
        cluster.group_means_change(*scores, level),
        cluster.sign_flip(*scores, level),
        cluster.rank_cr2_change(*scores, level),
    ]


def _model_of_change(sample: Sample, level: float) -> Modelled:
    return mixed.estimate_change(*sample.long(), conf_level=level)


def _difference_of_people(sample: Sample, level: float) -> list[Result]:
    scores = (sample.pre, sample.post, sample.treated)
    return [
        cluster.ancova_cr2(*scores, sample.cluster, level),
        cluster.change_difference_cr2(*scores, sample.cluster, level),
        independent.change_t(*scores, level),
        independent.mann_whitney(*scores, level),
    ]


def _difference_of_groups(sample: Sample, level: float) -> list[Result]:
    scores = (sample.pre, sample.post, sample.treated, sample.cluster)
    return [
        cluster.group_means_difference(*scores, level),
        cluster.permutation_arms(*scores, level),
        cluster.rank_cr2_ancova(*scores, level),
    ]


def _model_of_difference(sample: Sample, level: float) -> Modelled:
    if sample.partially_nested:
        scores = (sample.pre, sample.post, sample.treated, sample.cluster)
        return partially_nested.partially_nested_ancova(*scores, level), None
    return mixed.estimate_controlled(*sample.long(), sample.long_treated(), conf_level=level)


def _level_of_people(sample: Sample, level: float) -> list[Result]:
    scores = (sample.post, sample.treated)
    return [
        levels.level_cr2(*scores, sample.cluster, level),
        levels.level_t(*scores, level),
        levels.level_mann_whitney(*scores, level),
    ]


def _level_of_groups(sample: Sample, level: float) -> list[Result]:
    scores = (sample.post, sample.treated, sample.cluster)
    return [
        levels.level_group_means(*scores, level),
        levels.level_permutation(*scores, level),
        levels.level_rank_cr2(*scores, level),
    ]


def _model_of_level(sample: Sample, level: float) -> Modelled:
    if sample.partially_nested:
        return partially_nested.partially_nested_level(sample.post, sample.treated, sample.cluster, level), None
    return levels.level_mixed(sample.post, sample.treated, sample.cluster, level)


_METHODS: Mapping[
    str,
    tuple[
        Callable[[Sample, float], list[Result]],
        Callable[[Sample, float], list[Result]],
        Callable[[Sample, float], Modelled],
    ],
] = {
    CHANGE: (_change_of_people, _change_of_groups, _model_of_change),
    DIFFERENCE: (_difference_of_people, _difference_of_groups, _model_of_difference),
    LEVEL: (_level_of_people, _level_of_groups, _model_of_level),
}
"""For each kind of contrast: methods that need no groups (the primary one first), methods on groups, the model."""


def _without_groups(result: Result, primary: str) -> Result:
    alone = replace(result, n_groups=0)
    return _noted(alone, NO_GROUPS) if result.method == primary else alone


def _with_some_alone(result: Result, sample: Sample) -> Result:
    """Say where some people have no group; person-level methods, which count no groups, stay as they are."""
    if not sample.alone or not result.n_groups:
        return result
    noted = _noted(replace(result, n_groups=sample.n_groups), SOME_ALONE.format(sample.alone, result.n_paired))
    return _noted(_withheld(noted), UNLIKE_MEANS) if result.method in _ON_MEANS else noted


def _noted(result: Result, remark: str) -> Result:
    return replace(result, note="; ".join(note for note in (remark, result.note) if note))


def _withheld(result: Result) -> Result:
    """Take the numbers of a test away; counts, means and SDs stay."""
    shown = replace(result, estimate=nan, std_error=nan, df=nan, statistic=nan, p_value=nan)
    return replace(shown, conf_low=nan, conf_high=nan, effect=nan, effect_low=nan, effect_high=nan, effect_name="")


def _terms(fit: RemlFit | None) -> Iterator[dict[str, object]]:
    """Describe the mixed model's random part; nothing where there is no model."""
    if fit is None or not fit.converged:
        return
    facts = mixed.describe_fit(fit)
    variances = {name.removeprefix("variance_"): float(v) for name, v in facts.items() if name.startswith("variance_")}
    total = sum(variances.values())
    common = {"singular": facts["singular"], "formula": facts["formula"]}
    for name, variance in variances.items():
        yield {"term": name, "variance": variance, "share": variance / total if total else np.nan, **common}
    yield {"term": "icc", "variance": np.nan, "share": facts["icc"], **common}


def _row(
    result: Result, contrast: Contrast, outcome: dict[str, object], study: Study, cohort: str
) -> dict[str, object]:
    role = _role(result.method, contrast, outcome, study, cohort)
    tested = role in _TESTED
    return asdict(result) | contrast.as_record() | {
        "role": role,
        "family": _family(outcome, contrast, study) if tested else "",
        "kirkpatrick_level": outcome["level"],
    }  # fmt: skip


def _role(method: str, contrast: Contrast, outcome: dict[str, object], study: Study, cohort: str) -> str:
    if cohort != ALL_COHORTS:
        return "by_cohort"
    if not is_main(contrast, study):
        return "by_arm"
    if method != PRIMARY_METHOD[contrast.kind]:
        return "sensitivity"
    asked = outcome["role"] == "primary" and contrast.wave_to == study.primary_wave
    if is_further(contrast, study):
        return "secondary"
    return "primary" if asked else "secondary"


def _family(outcome: dict[str, object], contrast: Contrast, study: Study) -> str:
    """Name the family: outcomes of one role (or one declared family) at one later wave."""
    name = str(outcome["family"])
    if is_further(contrast, study):
        name = f"{name}, further contrasts"
    return name if contrast.wave_to == study.primary_wave else f"{name}, {contrast.wave_to}"


def _adjusted(comparisons: pd.DataFrame, method: str) -> pd.DataFrame:
    adjusted = pd.Series(np.nan, index=comparisons.index)
    tested = comparisons[comparisons["family"] != ""]
    for _, rows in tested.groupby("family", sort=True):
        adjusted[rows.index] = adjust_p(rows["p_value"].to_numpy(dtype=float), method)  # type: ignore[arg-type]
    return comparisons.assign(p_adjusted=adjusted)

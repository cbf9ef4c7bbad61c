"""The stages, in memory: the command line writes what they give, `evaluate` keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from balint_eval.appraisal.checklists import fill_checklists
from balint_eval.appraisal.mersqi import propose_mersqi
from balint_eval.arm_means import assess_joint_tests, assess_marginal_means
from balint_eval.assumptions import assess_residuals, count_edges
from balint_eval.balance import assess_balance
from balint_eval.baseline_dependence import assess_baseline_dependence
from balint_eval.clustering import assess_clustering
from balint_eval.cohort_stages import compare_cohorts, ingest_all, score
from balint_eval.comparisons import compare
from balint_eval.completed import complete
from balint_eval.consistency import describe_items
from balint_eval.contrasts import samples_remembered
from balint_eval.doctor import doubtful_scales
from balint_eval.dose import assess_dose
from balint_eval.growth import assess_growth
from balint_eval.heterogeneity import assess_heterogeneity
from balint_eval.individual_change import assess_individual_change
from balint_eval.influence import assess_influence
from balint_eval.ingest.pseudonyms import pseudonymiser, read_key
from balint_eval.kirkpatrick import cover_levels, judge_claims, list_outcomes
from balint_eval.merging import Tables, merge, stack
from balint_eval.missingness import count_patterns, find_tipping
from balint_eval.pooling import pool_cohorts, set_beside_published
from balint_eval.proportions import assess_proportions
from balint_eval.quality import assess_quality, count_answers, describe_scores
from balint_eval.retest import assess_retest
from balint_eval.scoring import withhold
from balint_eval.study import StudyFile, read_study
from balint_eval.tables import check_table


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` gives.

    Attributes
    ----------
    file : StudyFile
    tables : dict of table name to pandas.DataFrame
        Every table of `results/<study>/tables`, held to its contract.
    """

    file: StudyFile
    tables: Tables


def evaluate(study: Path | str, *, key: bytes | None = None) -> Evaluation:
    """Evaluate a study in one process, with the same stages as the workflow.

    Parameters
    ----------
    study : path
        The study file.
    key : bytes, optional
        Key of the pseudonyms, at least 32 bytes; by default the key file of this computer.

    Returns
    -------
    Evaluation

    Raises
    ------
    StudyError
        The study file is wrong.
    DataError
        An export is refused; all problems of all cohorts are in the error.

    Examples
    --------
    >>> from balint_eval import evaluate
    >>> evaluation = evaluate("config/config.yaml")  # doctest: +SKIP
    >>> evaluation.tables["comparisons"].query("role == 'primary'")  # doctest: +SKIP
    """
    file = read_study(study)
    ingested = ingest_all(file, pseudonymiser(key or read_key()))
    parts = [{**result.tables, **score(result.tables, file, cohort)} for cohort, result in ingested]
    merged = merge(parts)
    return Evaluation(file, {**merged, **analyse(merged, file)})


def analyse(merged: Mapping[str, pd.DataFrame], file: StudyFile) -> Tables:
    """Compare, describe and judge.

    Parameters
    ----------
    merged : mapping
        The tables of `merge`.
    file : StudyFile

    Returns
    -------
    dict
        The tables named in `COMPARED`, and `findings` and `scores` after the cohorts were held against each other.
    """
    with samples_remembered():
        return _analyse({**merged, **_hold_cohorts_together(merged, file)}, file)


def _analyse(merged: Mapping[str, pd.DataFrame], file: StudyFile) -> Tables:
    shared = _analyse_outcomes(merged, file)
    outcomes, comparisons = shared["outcomes"], shared["comparisons"]
    scored = (merged["scores"], merged["participants"])
    analysed = {
        "findings": merged["findings"],
        "scores": merged["scores"],
        **shared,
        "clustering": assess_clustering(*scored, outcomes, file.study),
        "balance": assess_balance(*scored, outcomes, file.study),
        "influence": assess_influence(*scored, outcomes, file.study),
        "missing_patterns": count_patterns(*scored, outcomes, file.study),
        "dose": assess_dose(*scored, merged["attendance"], outcomes, file.study),
        "item_statistics": describe_items(merged["responses"], merged["scores"], file.instruments),
        "pooled": pool_cohorts(comparisons),
        "beside_published": set_beside_published(comparisons, outcomes, file),
        **_look_at_assumptions(merged, outcomes, comparisons, shared["individual_change"], file),
        "proportions": assess_proportions(*scored, outcomes, file.study),
        "marginal_means": assess_marginal_means(*scored, outcomes, file.study),
        "joint_tests": assess_joint_tests(*scored, outcomes, file.study),
        "growth": assess_growth(*scored, outcomes, file.study),
    }
    known = {**merged, **analysed}
    return {
        **analysed,
        "mersqi": propose_mersqi(file, known),
        "checklists": fill_checklists(file, known),
    }


def _analyse_outcomes(merged: Mapping[str, pd.DataFrame], file: StudyFile, *, intervals: bool = True) -> Tables:
    """Give what both readers are told: how the outcomes changed, by what method, and what may be claimed of it.

    `intervals` says whether those of omega are asked for.
    """
    outcomes = list_outcomes(file)
    scored = (merged["scores"], merged["participants"])
    completions = complete(*scored, outcomes, file.study)
    comparisons, diagnostics = compare(*scored, outcomes, file.study, merged["links"], completions)
    item_counts = count_answers(merged["responses"], file.instruments)
    quality = assess_quality(
        merged["responses"],
        merged["scores"],
        file.instruments,
        ordinal=file.study.plan.ordinal_alpha,
        intervals=intervals,
    )
    retest = assess_retest(*scored, file.study)
    individual, bounds = assess_individual_change(*scored, outcomes, quality, retest, file)
    return {
        "outcomes": outcomes,
        "comparisons": comparisons,
        "diagnostics": diagnostics,
        "item_counts": item_counts,
        "levels": cover_levels(file, outcomes, item_counts, merged["scores"]),
        "claims": judge_claims(comparisons, outcomes, file),
        "descriptives": describe_scores(*scored),
        "quality": quality,
        "retest": retest,
        "individual_change": individual,
        "clinical_cutoffs": bounds,
        "tipping": find_tipping(completions, outcomes, file.study),
    }


def analyse_for_educators(merged: Mapping[str, pd.DataFrame], file: StudyFile) -> Tables:
    """Give those tables of `analyse` that the educators' report and its figures are made from.

    Parameters
    ----------
    merged : mapping
        The tables of `merge`; findings of the whole study may stand among the findings.
    file : StudyFile

    Returns
    -------
    dict
        As `analyse`, in a part of its time: omega has no interval, which their report does not show.
    """
    scores = check_table(withhold(merged["scores"], doubtful_scales(merged["findings"])), "scores")
    with samples_remembered():
        return {"scores": scores, **_analyse_outcomes({**merged, "scores": scores}, file, intervals=False)}


def _look_at_assumptions(
    merged: Mapping[str, pd.DataFrame],
    outcomes: pd.DataFrame,
    comparisons: pd.DataFrame,
    individual: pd.DataFrame,
    file: StudyFile,
) -> Tables:
    scored = (merged["scores"], merged["participants"])
    residuals, residual_checks = assess_residuals(*scored, outcomes, comparisons, file.study)
    slopes, bins, norms = assess_baseline_dependence(*scored, outcomes, individual, file)
    group_spread, group_effects = assess_heterogeneity(*scored, outcomes, file.study)
    return {
        "residuals": residuals,
        "residual_checks": residual_checks,
        "edges": count_edges(*scored, outcomes, file.study),
        "baseline_slopes": slopes,
        "baseline_bins": bins,
        "norm_regression": norms,
        "group_spread": group_spread,
        "group_effects": group_effects,
    }


def _hold_cohorts_together(merged: Mapping[str, pd.DataFrame], file: StudyFile) -> Tables:
    """Let the doctor compare the cohorts; an instrument in doubt loses its scores in all of them."""
    found = compare_cohorts(merged["responses"], file)
    if found.empty:
        return {}
    return {
        "findings": stack([merged["findings"], found], "findings"),
        "scores": check_table(withhold(merged["scores"], doubtful_scales(found)), "scores"),
    }

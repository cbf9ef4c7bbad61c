"""The researcher report: everything a reviewer asks for, a section a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from balint_eval.language import ENGLISH, Language
from balint_eval.report import (
    research_apa,
    research_appraisal,
    research_arms,
    research_assumptions,
    research_balance,
    research_data,
    research_design,
    research_growth,
    research_individual,
    research_missing,
    research_model,
    research_pooling,
    research_reliability,
    research_results,
    research_robustness,
    research_shares,
    research_words,
)
from balint_eval.report.frame import frame
from balint_eval.report.material import Drawing, Material
from balint_eval.report.model import Report, Section, numbered

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.study import StudyFile

SECTIONS: tuple[Callable[[Material], Section], ...] = (
    research_results.in_brief,
    research_design.design,
    research_design.outcomes,
    research_design.instruments,
    research_design.setting,
    research_appraisal.context,
    research_data.flow,
    research_data.baseline,
    research_balance.lost,
    research_data.quality,
    research_reliability.reliability,
    research_data.descriptives,
    research_results.main_results,
    research_apa.results_text,
    research_results.within_arms,
    research_arms.arm_means,
    research_growth.growth,
    research_shares.shares,
    research_model.within_arms_by_method,
    research_model.model,
    research_robustness.clustering,
    research_model.sensitivity,
    research_robustness.influence,
    research_missing.missing,
    research_model.by_cohort,
    research_individual.individual,
    research_pooling.pooling,
    research_pooling.published,
    research_robustness.dose,
    research_model.families,
    research_data.reaction,
    research_appraisal.themes,
    research_words.assumptions,
    research_assumptions.residuals,
    research_assumptions.groups,
    research_assumptions.edges,
    research_assumptions.starts,
    research_assumptions.fits,
    research_design.evidence,
    research_words.threats,
    research_appraisal.mersqi,
    research_appraisal.checklists,
    research_words.methods,
    research_words.reproducibility,
    research_words.references,
)
"""Sections in reading order; one without blocks is left out."""


def build_researcher(
    tables: Mapping[str, pd.DataFrame],
    study_file: StudyFile,
    drawings: Mapping[str, Drawing],
    provenance: Mapping[str, object],
    language: Language = ENGLISH,
) -> Report:
    """Build the researcher report.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Tables under their contract names; one that is missing counts as empty.
    study_file : StudyFile
    drawings : mapping of name to Drawing
        `forest`, `slopes_*`, `means_*`, `reaction`, `flow`, `attendance`, `pooled`, `residuals`, `left_out`,
        `groups`, `edges`, `starts`; any may be absent.
    provenance : mapping
        Printed key by key: mappings as tables, lists as lists, the rest as text.
    language : Language

    Returns
    -------
    Report
    """
    material = Material(tables, study_file, drawings, provenance, language)
    sections = tuple(section for build in SECTIONS if (section := build(material)).blocks)
    return numbered(frame(material, "researcher", research_design.subtitle(material), sections))

"""What a reader of the tables must know: scores that could not be given, comparisons that could not be made, edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from balint_eval.errors import Problem
from balint_eval.instruments.model import Instrument
from balint_eval.stats.pairs import EQUAL_CHANGES
from balint_eval.tables import ALL_COHORTS

AT_CEILING = 0.15
"""Share of people at the best possible score from which a scale can show little further change (Terwee 2007)."""
_SCALE = ["instrument", "scale"]


def list_notices(tables: Mapping[str, pd.DataFrame], instruments: Mapping[str, Instrument]) -> list[Problem]:
    """Give every notice, with a stable code.

    Parameters
    ----------
    tables : mapping
        The tables of a study's results.
    instruments : mapping of name to Instrument

    Returns
    -------
    list of Problem
        SC-TOOFEW, AN-N0, AN-N1, AN-ZEROVAR, AN-ONEGROUP, WARN-CEILING, WARN-BOUNDARY and WARN-ALPHA; no id in any.

    References
    ----------
    Terwee CB, Bot SDM, de Boer MR et al. Quality criteria were proposed for measurement properties of health status
    questionnaires. J Clin Epidemiol 2007;60:34-42.
    """
    return [
        *_too_few_answers(tables["scores"], instruments),
        *_pairs(tables),
        *_equal_changes(tables["comparisons"]),
        *_one_group(tables["comparisons"]),
        *_ceilings(tables["edges"]),
        *_boundaries(tables["diagnostics"]),
        *_alphas(tables["quality"]),
    ]


def _too_few_answers(scores: pd.DataFrame, instruments: Mapping[str, Instrument]) -> Iterator[Problem]:
    for key, rows in scores.groupby(["cohort", *_SCALE, "wave"]):
        number = int((rows["status"] == "too_few").sum())
        if number:
            cohort, name, scale, wave = map(str, key)
            needed = _needed(instruments[name], scale)
            of = f"{number} of {len(rows)} people answered too few items of {name} {scale} for a score"
            yield Problem("SC-TOOFEW", f"{cohort}, {wave}: {of}; it is blank, not 0{needed}")


def _needed(instrument: Instrument, name: str) -> str:
    scale = next(scale for scale in instrument.scales if scale.name == name)
    return f" (at least {instrument.required_answers(scale)} answers are needed)" if scale.items else ""


def _pairs(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """Tell of each cohort whether its outcomes have pairs at all; one cohort alone is the whole study."""
    compared = tables["comparisons"]
    chosen = compared[compared["role"].isin(["primary", "secondary", "by_cohort"])]
    pairs = chosen.groupby([*_SCALE, "cohort"])["n_paired"].max()
    cohorts = sorted(tables["scores"]["cohort"].unique())
    outcomes = tables["outcomes"][_SCALE].drop_duplicates().itertuples(index=False, name=None)
    for name, scale in outcomes:
        if (name, scale) not in pairs.droplevel("cohort").index:
            continue
        for cohort in cohorts:
            place = (name, scale, cohort if len(cohorts) > 1 else ALL_COHORTS)
            found = int(pairs[place]) if place in pairs.index else 0
            if found == 0:
                yield Problem("AN-N0", f"{cohort}: no pairs of {name} {scale}; its people are in no test of a change")
            elif found == 1:
                yield Problem("AN-N1", f"{cohort}: not estimable for {name} {scale}: 1 pair")


def _equal_changes(compared: pd.DataFrame) -> Iterator[Problem]:
    planned = compared[compared["role"].isin(["primary", "secondary", "by_cohort"])]
    equal = planned[planned["note"].str.contains(EQUAL_CHANGES, regex=False)]
    for row in equal.drop_duplicates(["cohort", *_SCALE, "contrast"]).itertuples():
        what = f"{row.cohort}: all people changed alike on {row.instrument} {row.scale}; no p-value and no effect size"
        yield Problem("AN-ZEROVAR", what)


def _one_group(compared: pd.DataFrame) -> Iterator[Problem]:
    mixed = compared[(compared["method"] == "mixed_model") & (compared["n_groups"] == 1) & compared["estimate"].isna()]
    for row in mixed.itertuples():
        what = f"{row.cohort}: no mixed model for {row.instrument} {row.scale}: one group; the paired test is given"
        yield Problem("AN-ONEGROUP", what)


def _ceilings(edges: pd.DataFrame) -> Iterator[Problem]:
    whole = edges[
        (edges["cohort"] == ALL_COHORTS) & (edges["arm"] == ALL_COHORTS) & (edges["best_share"] >= AT_CEILING)
    ]
    for row in whole.itertuples():
        what = (
            f"{row.wave}: {100 * float(str(row.best_share)):.0f} % have the best possible {row.instrument} {row.scale}"
        )
        yield Problem("WARN-CEILING", what)


def _boundaries(diagnostics: pd.DataFrame) -> Iterator[Problem]:
    at_zero = diagnostics[diagnostics["singular"] & (diagnostics["term"] != "icc") & (diagnostics["variance"] == 0)]
    for key, rows in at_zero.groupby(["cohort", *_SCALE, "contrast"]):
        cohort, name, scale, contrast = map(str, key)
        terms = ", ".join(str(term).replace("_", " ") for term in rows["term"])
        what = f"{cohort}: {name} {scale}, {contrast}: estimated as zero in the mixed model: variance of {terms}"
        yield Problem("WARN-BOUNDARY", what)


def _alphas(quality: pd.DataFrame) -> Iterator[Problem]:
    withheld = quality[(quality["cohort"] == ALL_COHORTS) & (quality["alpha"].isna() | (quality["alpha"] < 0))]
    for row in withheld[withheld["note"] != ""].itertuples():
        yield Problem("WARN-ALPHA", f"{row.wave}: {row.instrument} {row.scale}: {row.note}")

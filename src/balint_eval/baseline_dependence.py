"""Whether those who started low changed more, and how much of it regression to the mean explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd

from balint_eval.contrasts import Contrast, Sample, each_sample, place_of
from balint_eval.kinds import CHANGE
from balint_eval.stats.baseline import baseline_slopes, change_by_selection, corrected_slope, slope_without_change
from balint_eval.stats.residuals import tied_bins
from balint_eval.study import StudyFile
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

SMALLEST_BIN, MOST_BINS = 5, 6
NO_RELIABILITY = "no reliability is known, so the part of error of measurement cannot be told"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Error:
    """What is known of the error of the earlier score."""

    reliability: float = nan
    source: str = ""
    mean: float = nan
    """Of everybody with a baseline score, points."""


def assess_baseline_dependence(
    scores: pd.DataFrame,
    participants: pd.DataFrame,
    outcomes: pd.DataFrame,
    individual_change: pd.DataFrame,
    file: StudyFile,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Relate the change of every arm to where its people started.

    Parameters
    ----------
    scores, participants, outcomes, individual_change : pandas.DataFrame
        Contracts of these names; the last names the reliability.
    file : StudyFile

    Returns
    -------
    baseline_slopes, baseline_bins, norm_regression : pandas.DataFrame
        Contracts of these names. Bins hold at least five people.
    """
    slopes, bins = list[Row](), list[Row]()
    known = _known_errors(individual_change)
    for outcome, cohort, contrast, sample in each_sample(scores, participants, outcomes, file.study):
        if cohort == ALL_COHORTS and contrast.kind == CHANGE:
            place = place_of(outcome, cohort, contrast)
            error = known.get((str(outcome["instrument"]), str(outcome["scale"]), contrast.wave_to), _Error())
            slopes.append(place | _slopes(sample, contrast, error, file.study.plan.confidence))
            bins += [place | row for row in _bins(sample)]
    return (
        check_table(pd.DataFrame(slopes, columns=TABLES["baseline_slopes"].names), "baseline_slopes"),
        check_table(pd.DataFrame(bins, columns=TABLES["baseline_bins"].names), "baseline_bins"),
        _norm_regression(outcomes, known, file),
    )


def _known_errors(individual_change: pd.DataFrame) -> Mapping[tuple[str, str, str], _Error]:
    found = {}
    for row in records(individual_change):
        if isfinite(float(row["reliability"])):
            error = _Error(float(row["reliability"]), str(row["reliability_source"]), float(row["baseline_mean"]))
            found[str(row["instrument"]), str(row["scale"]), str(row["wave_to"])] = error
    return found


def _slopes(sample: Sample, contrast: Contrast, error: _Error, level: float) -> Row:
    found = baseline_slopes(sample.pre, sample.post, sample.cluster, level)
    corrected = corrected_slope(found.on_baseline, error.reliability)
    notes = (found.note, "" if isfinite(error.reliability) else NO_RELIABILITY)
    both = sample.analysed
    means = [float(values[both].mean()) if both.any() else nan for values in (sample.pre, sample.post - sample.pre)]
    return {
        "arm": contrast.arm, "wave_from": contrast.wave_from, "wave_to": contrast.wave_to, "n": found.n,
        "n_groups": sample.n_groups, "baseline_mean": means[0], "change_mean": means[1],
        "reliability": error.reliability, "reliability_source": error.source,
        "expected_slope": slope_without_change(error.reliability), "conf_level": level,
        **_named("slope", found.on_baseline), **_named("corrected", corrected), **_named("oldham", found.on_mean),
        "note": "; ".join(note for note in notes if note),
    }  # fmt: skip


def _named(name: str, slope: tuple[float, float, float]) -> Row:
    return dict(zip((name, f"{name}_low", f"{name}_high"), slope, strict=True))


def _bins(sample: Sample) -> Iterator[Row]:
    """Give the mean change of people who started alike."""
    pre = sample.pre[sample.analysed]
    change = sample.post[sample.analysed] - pre
    bins = tied_bins(pre, MOST_BINS, SMALLEST_BIN)
    for code in np.unique(bins).tolist():
        mine = bins == code
        means = {"baseline": float(pre[mine].mean()), "change": float(change[mine].mean())}
        yield {"place": code + 1, "n": int(mine.sum())} | means


def _norm_regression(
    outcomes: pd.DataFrame, known: Mapping[tuple[str, str, str], _Error], file: StudyFile
) -> pd.DataFrame:
    """Give the change to expect at the primary wave if people had been chosen from a norm for their scores."""
    rows: list[Row] = []
    for outcome in records(outcomes):
        place = (str(outcome["instrument"]), str(outcome["scale"]))
        error = known.get((*place, file.study.primary_wave))
        rows += _by_norm(place, error, file) if error else []
    frame = pd.DataFrame(rows, columns=TABLES["norm_regression"].names)
    return check_table(frame.drop_duplicates(["instrument", "scale", "population", "source"]), "norm_regression")


def _by_norm(place: tuple[str, str], error: _Error, file: StudyFile) -> Iterator[Row]:
    """Give a row for each norm population with one mean."""
    for norm in file.instruments[place[0]].norms:
        if norm.scale == place[1] and norm.mean_to is None:
            yield {
                "instrument": place[0], "scale": place[1], "population": norm.population, "source": norm.source,
                "mark": norm.mark, "norm_mean": norm.mean, "baseline_mean": error.mean,
                "reliability": error.reliability,
                "expected_change": change_by_selection(error.mean, norm.mean, error.reliability),
            }  # fmt: skip

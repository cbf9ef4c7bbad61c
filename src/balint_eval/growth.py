"""Growth over three waves and more: points per month in each arm, and how arms differ in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.quality import person_scores
from balint_eval.stats.growth import (
    FEW_WAVES,
    FEWEST_WAVES,
    PARTLY_ALONE,
    growth_model,
    slope_change,
    slope_difference,
)
from balint_eval.stats.pairs import with_notes
from balint_eval.stats.result import Result
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

SLOPE, DIFFERENCE = "slope", "difference"
_WHO = ["cohort", "person_id", "group_id", "arm"]


@dataclass(frozen=True, slots=True)
class Line:
    """One question: the slope of an arm, or the difference of the slopes of two, over some waves."""

    kind: str
    arm: str
    reference_arm: str
    waves: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name in the table, such as `slope@balint-waiting`."""
        return f"slope@{self.arm}" + (f"-{self.reference_arm}" if self.reference_arm else "")


def assess_growth(
    scores: pd.DataFrame, participants: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Estimate points per month in each arm and between arms, over the whole study.

    Parameters
    ----------
    scores, participants, outcomes : pandas.DataFrame
        Contracts of these names.
    study : Study
        Its waves say when they were (`months`).

    Returns
    -------
    pandas.DataFrame
        Contract `growth`: for every arm and pair of arms the mean of the persons' slopes (`slopes_cr2`) and the mixed
        model (`growth_model`). Empty where fewer than three waves were asked or nobody says when they were: waves
        without a time are only ordered, and are compared with the baseline one by one in `comparisons`.
    """
    months = {wave.name: wave.months for wave in study.waves if wave.months is not None}
    if len(months) < FEWEST_WAVES:
        return check_table(pd.DataFrame(columns=TABLES["growth"].names), "growth")
    people = person_scores(check_table(scores, "scores")).merge(
        participants[_WHO], on=["cohort", "person_id"], validate="m:1"
    )
    rows = [
        {"cohort": ALL_COHORTS, "instrument": outcome["instrument"], "scale": outcome["scale"]} | row
        for outcome in records(outcomes)
        for row in _of_outcome(_wide(people, outcome), months, study)
    ]
    return check_table(pd.DataFrame(rows, columns=TABLES["growth"].names), "growth")


def _wide(people: pd.DataFrame, outcome: dict[str, object]) -> pd.DataFrame:
    mine = people[(people["instrument"] == outcome["instrument"]) & (people["scale"] == outcome["scale"])]
    return mine.pivot(index=_WHO, columns="wave", values="score").sort_index()


def enumerate_lines(study: Study, asked: Sequence[str]) -> list[Line]:
    """List the slopes of all arms, then their differences from the control arm and the further pairs.

    Parameters
    ----------
    study : Study
    asked : sequence of str
        Waves with a time at which the outcome was asked, in order.

    Notes
    -----
    An arm that starts after a wave (`starts_after`) is followed from that wave on; it is compared with another arm up
    to it.
    """
    starts = {arm.name: arm.starts_after for arm in study.arms}
    control = study.control_arm
    pairs = [(arm.name, control.name) for arm in study.arms if control and arm.name != control.name]
    pairs += [(pair.arm, pair.against) for pair in study.plan.further_contrasts]
    order = [wave.name for wave in study.waves]
    lines = [Line(SLOPE, arm, "", tuple(w for w in asked if _not_before(order, w, at))) for arm, at in starts.items()]
    for pair in pairs:
        ends = [starts[name] for name in pair if starts[name]]
        until = tuple(wave for wave in asked if all(order.index(wave) <= order.index(end) for end in ends))
        lines.append(Line(DIFFERENCE, *pair, until))
    return lines


def _not_before(order: list[str], wave: str, start: str) -> bool:
    return not start or order.index(wave) >= order.index(start)


def _of_outcome(wide: pd.DataFrame, months: dict[str, float], study: Study) -> Iterator[dict[str, Any]]:
    asked = [name for name in months if name in wide.columns]
    if wide.empty or len(asked) < FEWEST_WAVES:
        return
    who = wide.index.to_frame(index=False).astype(str)
    has_group = (who["group_id"] != "").to_numpy(dtype=np.bool_)
    cluster = np.where(has_group, "group " + who["group_id"], "person " + who["person_id"]).astype(str)
    for line in enumerate_lines(study, asked):
        members = who["arm"].isin([line.arm, line.reference_arm]).to_numpy()
        scores = wide[list(line.waves)].to_numpy(dtype=np.float64)
        chosen = members & np.isfinite(scores).any(axis=1)
        arms = who["arm"].to_numpy()[chosen]
        if set(arms) == {name for name in (line.arm, line.reference_arm) if name}:
            found = _People(scores[chosen], cluster[chosen], has_group[chosen], arms == line.arm)
            times = [months[name] for name in line.waves]
            yield from (_row(result, line, found) for result in _results(found, times, line, study.plan.confidence))


@dataclass(frozen=True, slots=True, eq=False)
class _People:
    """Scores, one row a person and one column a wave, with cluster, whether it is a group, and arm."""

    scores: NDArray[np.float64]
    cluster: NDArray[Any]
    has_group: NDArray[np.bool_]
    treated: NDArray[np.bool_]


def _results(people: _People, times: list[float], line: Line, level: float) -> list[Result]:
    if len(times) < FEWEST_WAVES:
        return [Result(method=name, conf_level=level, note=FEW_WAVES) for name in ("slopes_cr2", "growth_model")]
    two = line.kind == DIFFERENCE
    if two:
        slopes = slope_difference(people.scores, times, people.treated, people.cluster, level)
    else:
        slopes = slope_change(people.scores, times, people.cluster, level)
    if people.has_group.any() and not people.has_group.all():
        return [slopes, with_notes(Result(method="growth_model", conf_level=level), [PARTLY_ALONE])]
    group = people.cluster if people.has_group.any() else None
    return [slopes, growth_model(people.scores, times, group, people.treated if two else None, level)[0]]


def _row(result: Result, line: Line, people: _People) -> dict[str, Any]:
    names = (
        "method", "estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high", "conf_level",
        "converged", "note",
    )  # fmt: skip
    complete = np.isfinite(people.scores).all(axis=1) if result.method == "slopes_cr2" else people.has_group | True
    return {name: getattr(result, name) for name in names} | {
        "contrast": line.name,
        "kind": line.kind,
        "waves": "; ".join(line.waves),
        "arm": line.arm,
        "reference_arm": line.reference_arm,
        "n": result.n_paired,
        "n_groups": int(np.unique(people.cluster[people.has_group & complete]).size),
        "mean_first": result.mean_pre,
        "sd_first": result.sd_pre,
        "mean_last": result.mean_post,
        "sd_last": result.sd_post,
    }

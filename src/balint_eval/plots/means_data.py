"""The points behind the means over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.selection import (
    ordered_arms,
    ordered_outcomes,
    ordered_waves,
    outcome_label,
    pooled_estimates,
)  # fmt: skip
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.study_model import Study

_LEAST_SHARE = 0.25
"""The axis shows at least this share of the scale, so that small changes do not look large."""
_ROLES = ("primary", "secondary", "sensitivity")


@dataclass(frozen=True, slots=True)
class Point:
    """The mean of one arm at one wave, with the interval of its change since the baseline."""

    arm: str
    wave: str
    n: int
    mean: float
    low: float = nan
    high: float = nan
    conf_level: float = nan

    @property
    def shown(self) -> bool:
        """True when enough people stand behind it."""
        return self.n >= SMALLEST_SHOWN and isfinite(self.mean)

    @property
    def has_interval(self) -> bool:
        """True when it is drawn with a bar."""
        return self.shown and isfinite(self.low) and isfinite(self.high)


@dataclass(frozen=True, slots=True)
class Panel:
    """One outcome: its row of the outcomes table and its points."""

    outcome: pd.Series
    label: str
    arms: list[str]
    waves: list[str]
    points: list[Point]

    def point(self, arm: str, wave: str) -> Point | None:
        """Give the point of an arm at a wave."""
        return next((p for p in self.points if (p.arm, p.wave) == (arm, wave)), None)


def mean_panels(
    descriptives: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    shown: Sequence[tuple[str, str]] | None,
    language: Language,
) -> list[Panel]:
    """Give a panel for each outcome that has a mean of at least five people."""
    means, changes = pooled_estimates(descriptives), _changes(comparisons, study)
    panels = [
        _panel(outcome, _of(means, outcome), _of(changes, outcome), study, language)
        for pair, outcome in ordered_outcomes(study, outcomes).iterrows()
        if shown is None or pair in shown
    ]
    return [panel for panel in panels if any(point.shown for point in panel.points)]


def _of(frame: pd.DataFrame, outcome: pd.Series) -> pd.DataFrame:
    same: pd.Series = (frame["instrument"] == outcome["instrument"]) & (frame["scale"] == outcome["scale"])
    return frame.loc[same]


def _changes(comparisons: pd.DataFrame, study: Study) -> pd.DataFrame:
    rows = pooled_estimates(comparisons)
    rows = rows[(rows["kind"] == "change") & (rows["wave_from"] == study.baseline.name)]
    rank = {role: place for place, role in enumerate(_ROLES)}
    order = rows["role"].map(lambda role: rank.get(role, len(rank)))
    robust = (rows["method"] != "change_cr2").astype(int)
    ranked = rows.assign(_role=order, _robust=robust).sort_values(["_role", "_robust"], kind="stable")
    return ranked.drop_duplicates(["instrument", "scale", "arm", "wave_to"])


def _panel(outcome: pd.Series, means: pd.DataFrame, changes: pd.DataFrame, study: Study, language: Language) -> Panel:
    single = means[means["arm"] != "all"]
    means = means if single.empty else single
    intervals = {(row.arm, row.wave_to): row for row in changes.itertuples()}
    points = [_point(row, intervals.get((row.arm, row.wave))) for row in means.itertuples()]
    arms, waves = ordered_arms(study, means["arm"]), ordered_waves(study, means["wave"])
    points.sort(key=lambda point: (arms.index(point.arm), waves.index(point.wave)))
    return Panel(outcome, outcome_label(outcome, language), arms, waves, points)


def _point(row: object, change: object | None) -> Point:
    arm, wave = str(getattr(row, "arm")), str(getattr(row, "wave"))  # noqa: B009
    n, mean = int(getattr(row, "n")), float(getattr(row, "mean"))  # noqa: B009
    if change is None:
        return Point(arm, wave, n, mean)
    estimate, low, high, level = (
        float(getattr(change, name)) for name in ("estimate", "conf_low", "conf_high", "conf_level")
    )
    return Point(arm, wave, n, mean, mean + low - estimate, mean + high - estimate, level)


def value_window(panel: Panel) -> tuple[float, float]:
    """Give the part of the scale that is drawn: all points with room, at least a quarter of the scale."""
    drawn = [point for point in panel.points if point.shown]
    values = [v for p in drawn for v in (p.mean, p.low, p.high) if isfinite(v)]
    low, high = min(values), max(values)
    bottom, top = float(panel.outcome["minimum"]), float(panel.outcome["maximum"])
    span = top - bottom if isfinite(top - bottom) and top > bottom else 0.0
    missing = max(0.0, _LEAST_SHARE * span - (high - low))
    room = 0.08 * (high - low + missing) or 1.0
    low, high = low - 0.5 * missing - room, high + 0.5 * missing + room
    edge = 0.02 * span
    if not span:
        return low, high
    return max(low, min(bottom, *values) - edge), min(high, max(top, *values) + edge)


def means_table(panels: list[Panel]) -> pd.DataFrame:
    """Give the numbers of the panels, tidy; means of fewer than five people are left out."""
    columns = ["instrument", "scale", "arm", "wave", "n", "mean", "change_low", "change_high", "conf_level"]
    rows = [
        (panel.outcome["instrument"], panel.outcome["scale"], p.arm, p.wave, p.n, p.mean, p.low, p.high, p.conf_level)
        for panel in panels
        for p in panel.points
        if p.shown
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)

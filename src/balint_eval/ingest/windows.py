"""Waves by date: the wave of a row told from its date, and rows outside the days of their wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from balint_eval.errors import Problem
from balint_eval.study_dates import window
from balint_eval.study_exports import Export
from balint_eval.study_model import Study

OUTSIDE, UNDATED = "outside_window", "undated"


@dataclass(frozen=True)
class Held:
    """Reasons of rows after the windows were looked at.

    Attributes
    ----------
    reasons : pandas.Series of str
        With `outside_window` and `undated` (the wave is told from the date, and there is none).
    problems : list of Problem
        With `outside_window: refuse`, one a row.
    notes : list of str
    """

    reasons: pd.Series
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def waves_by_date(days: pd.Series, study: Study) -> pd.Series:
    """Give the wave in whose days each date lies; blank where there is none."""
    names = pd.Series("", index=days.index, dtype=object)
    for wave in study.waves:
        names = names.mask(_inside(days, study, wave.name), wave.name)
    return names


def _inside(days: pd.Series, study: Study, name: str) -> pd.Series:
    """Tell which ISO dates lie in a wave; as text of equal length they sort as days."""
    first, last = window(next(wave for wave in study.waves if wave.name == name))
    return (days != "") & (days >= first.isoformat()) & (days <= last.isoformat())


def hold_to_windows(table: pd.DataFrame, export: Export, study: Study, file: str, column: str = "") -> Held:
    """Leave out, or refuse, the rows whose date lies outside their wave.

    Parameters
    ----------
    table : pandas.DataFrame
        wave, answered_on, reason; the index is the line in the file.
    export : Export
    study : Study
    file : str
        As shown to people.
    column : str
        With the dates.
    """
    if export.wave_from and export.wave_from.date:
        lost = table["reason"] == "other_wave"
        outside, undated = lost & (table["answered_on"] != ""), lost & (table["answered_on"] == "")
    else:
        outside, undated = _outside(table, study), pd.Series(data=False, index=table.index)
    notes = list(_unchecked(table, study))
    if study.linkage.outside_window == "refuse":
        reasons = table["reason"].mask(undated, UNDATED)
        return Held(reasons, [_problem(table, int(row), file, column) for row in table.index[outside]], notes)
    return Held(table["reason"].mask(outside, OUTSIDE).mask(undated, UNDATED), [], notes)


def _outside(table: pd.DataFrame, study: Study) -> pd.Series:
    used = (table["reason"] == "") & (table["answered_on"] != "")
    outside = pd.Series(data=False, index=table.index)
    for wave in _windowed(study):
        outside |= used & (table["wave"] == wave) & ~_inside(table["answered_on"], study, wave)
    return outside


def _windowed(study: Study) -> list[str]:
    return [wave.name for wave in study.waves if wave.from_ or wave.until]


def _problem(table: pd.DataFrame, row: int, file: str, column: str) -> Problem:
    day, wave = str(table.at[row, "answered_on"]), str(table.at[row, "wave"])
    what = f"this row was answered on {day}, " + (f"outside the wave '{wave}'" if wave else "in no wave")
    mend = "check the export, correct from and until of the wave, or set linkage: outside_window: exclude"
    return Problem("VAL-WINDOW", what, mend, file, row, column, day)


def _unchecked(table: pd.DataFrame, study: Study) -> Iterator[str]:
    """Say how many rows could not be held to a window; they are used."""
    without = (table["reason"] == "") & (table["answered_on"] == "") & table["wave"].isin(_windowed(study))
    if number := int(without.sum()):
        rows = "1 row has" if number == 1 else f"{number} rows have"
        yield f"{rows} no date, so from and until of the wave could not be checked; they are used."

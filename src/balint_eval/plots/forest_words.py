"""Note, caption and alternative text of the forest."""

from __future__ import annotations

from balint_eval.plots.forest_data import Row
from balint_eval.plots.selection import wave_label
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import counted, interval, isolated, number, percent
from balint_eval.study_model import Study

TURNED = "\u2020"
"""Mark of an outcome on which higher is worse."""


def turned_note(rows: list[Row]) -> str:
    """Say which signs are turned; blank when none is."""
    if not any(row.turned for row in rows):
        return ""
    return (
        f"{TURNED} Higher is worse: the sign of the standardised value is turned, so that better is to the right. "
        "Points keep the scale\u2019s own sign."
    )


def caption(rows: list[Row], kind: str, study: Study) -> str:
    """Say what markers, lines and signs mean and what is left out."""
    waves = isolated(wave_label(study, study.primary_wave))
    if study.later_waves:
        waves = f"{waves} minus {isolated(wave_label(study, study.baseline.name))}"
    against = ", arm minus control" if kind == "difference" else ""
    few = sum(not row.enough for row in rows)
    withheld = (
        f" {counted(few, 'comparison rests', 'comparisons rest')} on fewer than {SMALLEST_SHOWN} pairs and "
        "is not drawn."
        if few
        else ""
    )
    words = f"Markers are standardised differences or changes, lines their {percent(rows[0].conf_level)} intervals"
    more = f"An arrowhead marks an interval that goes on. {turned_note(rows)}{withheld}"
    return f"{words} ({waves}{against}). {more}".strip()


def alternative_text(rows: list[Row], kind: str) -> str:
    """Give every effect with its interval in words."""
    parts = [_words(row) for row in rows if row.drawable]
    missing = len(rows) - len(parts)
    more = f"; {counted(missing, 'outcome is', 'outcomes are')} not estimated" if missing else ""
    if not parts:
        return f"Forest of {counted(len(rows), 'outcome', 'outcomes')}, none of which could be estimated."
    return (
        f"Forest of standardised {kind}s, better to the right, with {percent(rows[0].conf_level)} intervals: "
        f"{'; '.join(parts)}{more}."
    )


def _words(row: Row) -> str:
    arm = f", {isolated(row.arm_label)}" if row.arm_label else ""
    return f"{isolated(row.label)}{arm} {number(row.effect, 2)} {interval(row.low, row.high, 2)} ({row.points} points)"

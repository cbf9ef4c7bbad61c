"""Caption and alternative text of the paired slopes."""

from __future__ import annotations

import pandas as pd

from balint_eval.plots.selection import arm_label, outcome_label
from balint_eval.plots.slopes_data import Slot
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import counted, digits_for, isolated, listed, number
from balint_eval.study_model import Study


def caption(everyone: list[Slot], outcome: pd.Series) -> str:
    """Say what the lines are and which groups are left out."""
    hidden = sum(not slot.shown for slot in everyone)
    withheld = (
        f" {counted(hidden, 'group', 'groups')} with fewer than {SMALLEST_SHOWN} pairs "
        f"{'is' if hidden == 1 else 'are'} not drawn."
        if hidden
        else ""
    )
    return (
        "Complete pairs only: each thin line joins the two scores of one person (of one group, where there "
        "are many groups), the bold line joins the means. Open markers stand for the earlier wave, filled "
        f"ones for the later. Higher is {outcome['higher_is']}.{withheld}"
    )


def alternative_text(panels: dict[str, list[Slot]], outcome: pd.Series, study: Study, waves: tuple[str, str]) -> str:
    """Give the means of each arm in words."""
    digits = digits_for(float(outcome["maximum"]) - float(outcome["minimum"]))
    means = [_mean_words(arm, panel, study, digits) for arm, panel in panels.items()]
    shown = [slot for panel in panels.values() for slot in panel if slot.shown]
    return (
        f"Paired slopes of {isolated(outcome_label(outcome))}, {isolated(waves[0])} to {isolated(waves[1])}, "
        f"in {counted(len(shown), 'group', 'groups')}: the mean went {listed([m for m in means if m])}. "
        f"Higher is {outcome['higher_is']}."
    )


def _mean_words(arm: str, panel: list[Slot], study: Study, digits: int) -> str:
    lines = [slot.lines for slot in panel if slot.shown]
    if not lines:
        return ""
    mean = pd.concat(lines).mean()
    people = sum(slot.people for slot in panel if slot.shown)
    return (
        f"from {number(mean['earlier'], digits)} to {number(mean['later'], digits)} points "
        f"in the arm {isolated(arm_label(study, arm) or 'all')} ({counted(people, 'pair', 'pairs')})"
    )

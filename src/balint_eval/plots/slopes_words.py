"""Caption and alternative text of the paired slopes."""

from __future__ import annotations

import pandas as pd

from balint_eval.language import Language
from balint_eval.plots.selection import arm_label, higher_is, outcome_label
from balint_eval.plots.slopes_data import Slot
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import digits_for, isolated, number
from balint_eval.study_model import Study


def caption(everyone: list[Slot], outcome: pd.Series, language: Language) -> str:
    """Say what the lines are and which groups are left out."""
    hidden = sum(not slot.shown for slot in everyone)
    withheld = language.plural(
        "{n} group with fewer than {few} pairs is not drawn.",
        "{n} groups with fewer than {few} pairs are not drawn.",
        hidden,
        few=str(SMALLEST_SHOWN),
    )
    lines = language.say(
        "Complete pairs only: each thin line joins the two scores of one person (of one group, where there "
        "are many groups), the bold line joins the means. Open markers stand for the earlier wave, filled "
        "ones for the later."
    )
    return " ".join([lines, higher_is(outcome, language), *([withheld] if hidden else [])])


def alternative_text(
    panels: dict[str, list[Slot]], outcome: pd.Series, study: Study, waves: tuple[str, str], language: Language
) -> str:
    """Give the means of each arm in words."""
    digits = digits_for(float(outcome["maximum"]) - float(outcome["minimum"]))
    means = [_mean_words(arm, panel, study, digits, language) for arm, panel in panels.items()]
    shown = [slot for panel in panels.values() for slot in panel if slot.shown]
    drawn = language.plural(
        "Paired slopes of {outcome}, {first} to {last}, in {n} group: the mean went {means}.",
        "Paired slopes of {outcome}, {first} to {last}, in {n} groups: the mean went {means}.",
        len(shown),
        outcome=isolated(outcome_label(outcome, language), language),
        first=isolated(waves[0], language),
        last=isolated(waves[1], language),
        means=language.listed([mean for mean in means if mean]),
    )
    return f"{drawn} {higher_is(outcome, language)}"


def _mean_words(arm: str, panel: list[Slot], study: Study, digits: int, language: Language) -> str:
    lines = [slot.lines for slot in panel if slot.shown]
    if not lines:
        return ""
    mean = pd.concat(lines).mean()
    return language.plural(
        "from {earlier} to {later} points in the arm {arm} ({n} pair)",
        "from {earlier} to {later} points in the arm {arm} ({n} pairs)",
        sum(slot.people for slot in panel if slot.shown),
        earlier=number(mean["earlier"], digits),
        later=number(mean["later"], digits),
        arm=isolated(arm_label(study, arm, language), language) or language.say("all"),
    )

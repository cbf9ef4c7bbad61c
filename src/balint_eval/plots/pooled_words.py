"""Note, caption and alternative text of the cohorts pooled."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from balint_eval.language import Language
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import interval, number, percent

if TYPE_CHECKING:
    from balint_eval.plots.pooled import Panel


def note(panels: Sequence[Panel], language: Language) -> str:
    """Say which way is better, and what is marked."""
    words = [language.say("In points of each scale, with the scale’s own sign.")]
    if any(panel.question.turned for panel in panels):
        named = language.listed([panel.question.title for panel in panels if panel.question.turned])
        words.append(language.say("Higher is worse: {outcomes}.", outcomes=named))
    if any(panel.doubtful for panel in panels):
        words.append(language.say("Hollow: standardised above 2, larger than such groups plausibly give."))
    return " ".join(words)


def caption(panels: Sequence[Panel], further: int, language: Language) -> str:
    """Say how the cohorts were pooled, and what to know before reading it."""
    level = percent(panels[0].pooled["conf_level"])
    words = [
        language.say(
            "Squares are cohorts by the planned method with their {level} intervals. The diamond is the mean over "
            "cohorts by random effects (REML, interval of Hartung and Knapp). The broad bar holds the true value of a "
            "further cohort; it is drawn from three cohorts on. An arrowhead marks an interval that goes on.",
            level=level,
        ),
        language.say("No two cohorts share a person: that is refused."),
    ]
    if any(panel.crowded for panel in panels):
        words.append(
            language.say(
                "Where cohorts are too many to be named, each is a thin line with a dot, from the least result down to "
                "the greatest; their numbers stand in the table of the figure."
            )
        )
    few = sum(not _rests_on_enough(row["n_paired"]) for panel in panels for _, row in panel.cohorts)
    if few:
        words.append(
            language.plural(
                "{n} result rests on fewer than {few} pairs and is not drawn.",
                "{n} results rest on fewer than {few} pairs and are not drawn.",
                few,
                few=str(SMALLEST_SHOWN),
            )
        )
    if further:
        words.append(
            language.plural(
                "{n} further comparison stands in the tables only.",
                "{n} further comparisons stand in the tables only.",
                further,
            )
        )
    return " ".join(words)


def _rests_on_enough(people: float) -> bool:
    return people >= SMALLEST_SHOWN


def in_words(panels: Sequence[Panel], language: Language) -> str:
    """Give every mean over cohorts with its interval, and that of a further cohort."""
    parts = [language.say("Means over cohorts, in points.")]
    for panel in panels:
        mean, digits = panel.pooled, panel.question.digits
        given = {
            "outcome": panel.question.title, "cohorts": str(mean["cohorts"]),
            "estimate": number(mean["estimate"], digits),
            "limits": interval(mean["conf_low"], mean["conf_high"], digits),
        }  # fmt: skip
        parts.append(language.say("{outcome}: {estimate} {limits} over {cohorts} cohorts.", **given))
        if isfinite(mean["predict_low"]):
            beyond = interval(mean["predict_low"], mean["predict_high"], digits)
            parts.append(language.say("A further cohort: {limits}.", limits=beyond))
    return " ".join(parts)

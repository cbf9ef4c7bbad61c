"""Note, caption and alternative text of the forest."""

from __future__ import annotations

from balint_eval.language import SEMICOLONS, Language
from balint_eval.plots.forest_data import Row
from balint_eval.plots.selection import wave_label
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import interval, isolated, number, percent
from balint_eval.study_model import Study

TURNED = "\u2020"
"""Mark of an outcome on which higher is worse."""


def turned_note(rows: list[Row], language: Language) -> str:
    """Say which signs are turned; blank when none is."""
    if not any(row.turned for row in rows):
        return ""
    return language.say(
        "{mark} Higher is worse: the sign of the standardised value is turned, so that better is to the right. "
        "Points keep the scale\u2019s own sign.",
        mark=TURNED,
    )


def caption(rows: list[Row], kind: str, study: Study, language: Language) -> str:
    """Say what markers, lines and signs mean and what is left out."""
    few = sum(not row.enough for row in rows)
    withheld = language.plural(
        "{n} comparison rests on fewer than {few} pairs and is not drawn.",
        "{n} comparisons rest on fewer than {few} pairs and are not drawn.",
        few,
        few=str(SMALLEST_SHOWN),
    )
    sentences = (
        _compared(rows, kind, study, language),
        language.say("An arrowhead marks an interval that goes on."),
        turned_note(rows, language),
        withheld if few else "",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _compared(rows: list[Row], kind: str, study: Study, language: Language) -> str:
    level = percent(rows[0].conf_level)
    later = isolated(wave_label(study, study.primary_wave, language), language)
    if not study.later_waves:
        if kind != "difference":
            return language.say(
                "Markers are standardised differences or changes, lines their {level} intervals ({wave}).",
                level=level,
                wave=later,
            )
        return language.say(
            "Markers are standardised differences or changes, lines their {level} intervals ({wave}, arm minus "
            "control).",
            level=level,
            wave=later,
        )
    waves = {"later": later, "first": isolated(wave_label(study, study.baseline.name, language), language)}
    if kind != "difference":
        return language.say(
            "Markers are standardised differences or changes, lines their {level} intervals ({later} minus {first}).",
            level=level,
            **waves,
        )
    return language.say(
        "Markers are standardised differences or changes, lines their {level} intervals ({later} minus {first}, arm "
        "minus control).",
        level=level,
        **waves,
    )


def alternative_text(rows: list[Row], kind: str, language: Language) -> str:
    """Give every effect with its interval in words."""
    parts = [_words(row, language) for row in rows if row.drawable]
    if not parts:
        return language.plural(
            "Forest of {n} outcome, none of which could be estimated.",
            "Forest of {n} outcomes, none of which could be estimated.",
            len(rows),
        )
    if missing := len(rows) - len(parts):
        parts.append(language.plural("{n} outcome is not estimated", "{n} outcomes are not estimated", missing))
    said = {"level": percent(rows[0].conf_level), "outcomes": language.sequence(parts, SEMICOLONS)}
    if kind == "difference":
        return language.say(
            "Forest of standardised differences, better to the right, with {level} intervals: {outcomes}.", **said
        )
    return language.say(
        "Forest of standardised changes, better to the right, with {level} intervals: {outcomes}.", **said
    )


def _words(row: Row, language: Language) -> str:
    said = {
        "outcome": isolated(row.label, language),
        "effect": number(row.effect, 2),
        "interval": interval(row.low, row.high, 2),
        "points": row.points,
    }
    if not row.arm_label:
        return language.say("{outcome} {effect} {interval} ({points} points)", **said)
    arm = isolated(row.arm_label, language)
    return language.say("{outcome}, {arm} {effect} {interval} ({points} points)", arm=arm, **said)

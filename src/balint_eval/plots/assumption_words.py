"""Captions, notes and alternative texts of the figures that look at assumptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from balint_eval.language import Language
from balint_eval.plots.selection import arm_label, wave_label
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import interval, number, percent
from balint_eval.study_model import Study

if TYPE_CHECKING:
    from balint_eval.plots.edges import Line
    from balint_eval.plots.group_means import Panel as GroupPanel
    from balint_eval.plots.left_out import Panel as LeftOutPanel
    from balint_eval.plots.starts import Panel as StartPanel

Row = Mapping[str, Any]


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _more(further: int, language: Language) -> str:
    """Say how many panels have no room."""
    if not further:
        return ""
    return language.plural(
        "{n} further comparison stands in the tables only.",
        "{n} further comparisons stand in the tables only.",
        further,
    )


def _withheld(comparisons: int, language: Language) -> str:
    if not comparisons:
        return ""
    return language.plural(
        "{n} comparison has residuals of fewer than {few} people, or none, and is not drawn.",
        "{n} comparisons have residuals of fewer than {few} people, or none, and are not drawn.",
        comparisons,
        few=str(SMALLEST_SHOWN),
    )


def residuals_note(language: Language) -> str:
    """Say how to read the two plots of a comparison."""
    return language.say(
        "Up: standardised residuals. Across: left normal quantiles with their band, right the fitted value, points."
    )


def residuals_caption(checks: Sequence[tuple[str, Row]], further: int, hidden: int, language: Language) -> str:
    """Say what is drawn and what is left out."""
    changes = any(check["against"] == "mean_of_both" for _, check in checks)
    across = language.say(
        "A mean change has one fitted value, so its right plot runs along the mean of both scores of a person."
    )
    words = language.say(
        "Dots are quantiles of the residuals, the band holds nearly all of them where residuals are normal. Diamonds "
        "are means and SDs of at least {few} people each; no single person is drawn. Dots that leave the band at the "
        "ends mean long tails or a person far outside. Diamonds that bend away from the middle line, or bars that "
        "grow, mean that the model’s line or its equal spread does not hold.",
        few=str(SMALLEST_SHOWN),
    )
    return _joined([words, across if changes else "", _more(further, language), _withheld(hidden, language)])


def residuals_in_words(checks: Sequence[tuple[str, Row]], language: Language) -> str:
    """Give each comparison's largest residual, and how many quantiles leave the band."""
    parts = [
        language.say(
            "{outcome}: the largest standardised residual is {largest}; {outside} of {all} quantiles lie outside the "
            "band.",
            outcome=title, largest=number(check["largest"], 1), outside=str(check["outside"]),
            all=str(check["quantiles"]),
        )
        for title, check in checks
    ]  # fmt: skip
    return _joined([language.say("Residuals against a normal distribution, and along the fitted value."), *parts])


def left_out_note(language: Language) -> str:
    """Say what marks and bands are."""
    return language.say(
        "In points. Blue with its band: everybody. Black: without one group. Diamond: without one person."
    )


def left_out_caption(further: int, language: Language) -> str:
    """Say how it was got."""
    words = language.say(
        "The planned method again without each group in turn, in the order of the estimates, so that none is named. "
        "Hollow marks: without this group the interval holds zero although it did not, or leaves zero out although it "
        "held it. The diamond leaves out the person who moves the estimate most. An arrowhead marks an interval that "
        "goes on; with too few groups left there is no interval."
    )
    return _joined([words, _more(further, language)])


def left_out_in_words(panels: Sequence[LeftOutPanel], language: Language) -> str:
    """Give the estimates with everybody, the range without one group, and that without one person."""
    parts = [_left_out(panel, language) for panel in panels]
    return _joined([language.say("Estimates in points, leaving out one group at a time."), *parts])


def _left_out(panel: LeftOutPanel, language: Language) -> str:
    digits = panel.question.digits
    whole = number(panel.whole["estimate"], digits)
    person = number(panel.person["estimate"], digits) if panel.person else ""
    given = {"outcome": panel.question.title, "estimate": whole}
    if not panel.groups:
        return language.say("{outcome}: {estimate}; without one person {person}.", **given, person=person)
    found = [float(row["estimate"]) for row in panel.groups]
    low, high = number(min(found), digits), number(max(found), digits)
    if not person:
        return language.say("{outcome}: {estimate}; without one group {low} to {high}.", **given, low=low, high=high)
    return language.say(
        "{outcome}: {estimate}; without one group {low} to {high}, without one person {person}.",
        **given, low=low, high=high, person=person,
    )  # fmt: skip


def edges_caption(many: str, few: str, language: Language) -> str:
    """Say what the dotted lines are."""
    return language.say(
        "Everybody with a score at the wave, all arms together. Dotted lines: {many}, from which a scale is said to "
        "have a floor or a ceiling; those who stand there can get no worse, or no better. Shares of 0% and 100% are "
        "not drawn of fewer than {few} people.",
        many=many, few=few,
    )  # fmt: skip


def edges_in_words(lines: Sequence[Line], study: Study, language: Language) -> str:
    """Give every share."""
    parts = [
        language.say(
            "{outcome}, {wave}: {worst} at the worst possible score, {best} at the best.",
            outcome=line.label, wave=wave_label(study, str(row["wave"]), language),
            worst=percent(round(row["worst_share"], 2)), best=percent(round(row["best_share"], 2)),
        )
        for line in lines
        for row in line.waves
    ]  # fmt: skip
    return _joined([language.say("Shares of people at the ends of the scales."), *parts])


def starts_note(language: Language) -> str:
    """Say how to read the panels."""
    return language.say("Up: change in points. Across: score before. Marks are means of people who started alike.")


def starts_caption(further: int, language: Language) -> str:
    """Say what error of measurement does."""
    words = language.say(
        "Low scores are partly bad luck, so people who start low tend to change upwards even if nobody truly changes "
        "(regression to the mean): the dotted line, whose slope is the reliability minus 1. An arm’s line that is "
        "steeper than the dotted one says that those who started low truly changed more; one that lies above or below "
        "it alike, that everybody changed. Lines are fitted to all people of an arm; marks hold at least {few} people.",
        few=str(SMALLEST_SHOWN),
    )
    return _joined([words, _more(further, language)])


def starts_in_words(panels: Sequence[StartPanel], study: Study, language: Language) -> str:
    """Give each arm's slope beside the one that error alone gives."""
    parts = [_start(panel.label, slopes, study, language) for panel in panels for slopes, _ in panel.arms]
    return _joined([language.say("Slopes of the change on the score before."), *parts])


def _start(label: str, slopes: Row, study: Study, language: Language) -> str:
    given = {"outcome": label, "arm": arm_label(study, slopes["arm"], language), "slope": number(slopes["slope"], 2)}
    if not isfinite(slopes["expected_slope"]):
        return language.say("{outcome}, {arm}: {slope}.", **given)
    expected = number(slopes["expected_slope"], 2)
    return language.say("{outcome}, {arm}: {slope}, expected without change {expected}.", **given, expected=expected)


def groups_note(language: Language) -> str:
    """Say how to read the panels."""
    return language.say(
        "In points; each line is a group. Filled marks: its mean drawn towards its arm’s, the upright line."
    )


def groups_caption(further: int, hidden: int, language: Language) -> str:
    """Say how it was got and what is left out."""
    words = language.say(
        "Mean changes (or scores, where arms are compared at one wave) of the groups, in their order, so that none is "
        "named. Filled marks are drawn towards the arm’s mean by how little is known of a group: a random intercept "
        "a group, by REML. The bar below an arm holds the true mean of a further group with "
        "the confidence of the intervals; it is drawn from four groups on, and an arrowhead marks one that goes on."
    )
    few = ""
    if hidden:
        few = language.plural(
            "{n} mean of a group of fewer than {few} people is not drawn.",
            "{n} means of groups of fewer than {few} people are not drawn.",
            hidden,
            few=str(SMALLEST_SHOWN),
        )
    return _joined([words, _more(further, language), few])


def groups_in_words(panels: Sequence[GroupPanel], study: Study, language: Language) -> str:
    """Give the range of the groups' means and the SD between groups."""
    parts = [_groups(panel, study, language) for panel in panels]
    return _joined([language.say("Means of the groups, in points."), *parts])


def _groups(panel: GroupPanel, study: Study, language: Language) -> str:
    digits = panel.question.digits
    said = []
    for arm in panel.arms:
        low, high = (number(edge(float(group["mean"]) for group in arm.groups), digits) for edge in (min, max))
        given = {"outcome": panel.question.title, "arm": arm_label(study, arm.name, language), "low": low, "high": high}
        said.append(language.say("{outcome}, {arm}: groups from {low} to {high}.", **given))
    spread = panel.spread
    if isfinite(spread["sd_between"]):
        sd, limits = number(spread["sd_between"], digits), interval(spread["sd_low"], spread["sd_high"], digits)
        said.append(language.say("SD between groups {sd} {limits}.", sd=sd, limits=limits))
    return _joined(said)

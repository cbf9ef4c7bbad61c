"""The one vocabulary: every sentence with a number, every verdict, every name of a method.

Sentences are whole, so that a translation can order its words as its language does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from balint_eval.kinds import BETWEEN_ARMS, LEVEL
from balint_eval.language import ENGLISH, Language, marked
from balint_eval.report import numbers
from balint_eval.report.model import Tone

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as readers see it."""

    tone: Tone
    symbol: str
    word: str


VERDICTS: Mapping[str, Verdict] = {
    "clear_gain": Verdict("good", "▲", marked("Clear gain")),
    "small_gain": Verdict("mild", "△", marked("Probably a gain, maybe too small to matter")),
    "gain": Verdict("good", "▲", marked("A gain; how much matters was not fixed beforehand")),
    "no_relevant_change": Verdict("neutral", "≈", marked("No change that matters")),
    "cannot_tell": Verdict("neutral", marked("?"), marked("Cannot tell")),
    "loss": Verdict("bad", "▼", marked("A loss; how much matters was not fixed beforehand")),
    "small_loss": Verdict("bad", "▽", marked("Probably a loss, maybe too small to matter")),
    "clear_loss": Verdict("bad", "▼", marked("Clear loss")),
    "no_claim": Verdict("neutral", "–", marked("No claim")),
}
GAINS = frozenset({"clear_gain", "small_gain", "gain"})
LOSSES = frozenset({"clear_loss", "small_loss", "loss"})

METHODS: Mapping[str, str] = {
    "change_cr2": marked("mean change, CR2 errors, Bell-McCaffrey df"),
    "ancova_cr2": marked("ANCOVA, CR2 errors, Bell-McCaffrey df"),
    "change_difference_cr2": marked("difference in mean change, CR2 errors, Bell-McCaffrey df"),
    "group_means_t": marked("t-test on group means"),
    "mixed_model": marked("mixed model (REML), Kenward-Roger df"),
    "paired_t": marked("paired t-test, persons taken as independent"),
    "wilcoxon": marked("Wilcoxon signed-rank test, persons taken as independent"),
    "person_change_t": marked("t-test on persons' changes, persons taken as independent"),
    "mann_whitney": marked("Mann-Whitney test, persons taken as independent"),
    "rank_cr2": marked("CR2 on ranks, Bell-McCaffrey df"),
    "permutation": marked("permutation of arms over groups, or of signs of group means"),
    "level_cr2": marked("difference of means at one wave, CR2 errors, Bell-McCaffrey df"),
    "mixed_model_partially_nested": marked("mixed model with groups in one arm (REML), Kenward-Roger df"),
    "jzs_bayes_factor": marked("Bayes factor (JZS) of the t-test on groups, or on persons without groups"),
    "level_t": marked("t-test on persons' scores, persons taken as independent"),
}
ADJUSTMENTS: Mapping[str, str] = {
    "holm": marked("Holm"),
    "hochberg": marked("Hochberg"),
    "bh": marked("Benjamini-Hochberg"),
    "none": marked("none"),
}
ALLOCATIONS: Mapping[str, str] = {
    "none": marked("nothing was allocated: everyone took part"),
    "people": marked("people were allocated to arms at random"),
    "groups": marked("whole groups were allocated to arms at random"),
    "not_random": marked("arms were not formed at random"),
}


LEVEL_WORDS: Mapping[str, str] = {
    "clear_gain": marked("Clearly better"),
    "small_gain": marked("Probably better, maybe by too little to matter"),
    "gain": marked("Better; how much matters was not fixed beforehand"),
    "no_relevant_change": marked("No difference that matters"),
    "loss": marked("Worse; how much matters was not fixed beforehand"),
    "small_loss": marked("Probably worse, maybe by too little to matter"),
    "clear_loss": marked("Clearly worse"),
}
"""Words for arms that were compared at one wave: nobody was seen to gain or lose."""


def verdict(name: str, kind: str = "", language: Language = ENGLISH) -> Verdict:
    """Give a verdict in words that suit the kind of comparison; an unknown verdict claims nothing."""
    found = VERDICTS.get(name, VERDICTS["no_claim"])
    word = LEVEL_WORDS[name] if kind == LEVEL and name in LEVEL_WORDS else found.word
    return replace(found, word=language.say(word), symbol=language.say(found.symbol))


UNDER_OTHER_RULES: Mapping[str, str] = {
    "_exact_links": marked("people linked by equal codes only"),
    "_answered_once": marked("without people who answered twice"),
    "_imputed": marked("missing scores imputed, Barnard-Rubin df"),
    "_imputed_planned_df": marked("missing scores imputed, df as planned"),
    "_by_site": marked("sites and cohorts kept apart"),
}
"""Ends of the methods that repeat the planned one, and what they leave out."""


def method(name: str, language: Language = ENGLISH) -> str:
    """Give a method's name in words; an unknown one keeps its machine name."""
    for end, words in UNDER_OTHER_RULES.items():
        if name.endswith(end):
            planned = method(name.removesuffix(end), language)
            return language.say("{method}; {rule}", method=planned, rule=language.say(words))
    return language.say(METHODS.get(name, name.replace("_", " ")))


def words_of(text: str) -> list[list[str]]:
    """Split text into sentences of words, as the test of sentence length counts them."""
    import re

    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return [re.findall(r"[^\W_][\w'’.,–−%-]*", sentence) for sentence in sentences if sentence]


def plain_enough(text: str, most: int = 25) -> bool:
    """Say whether every sentence is short enough for the educator's page."""
    return all(len(sentence) <= most for sentence in words_of(text))


def places(outcome: Row) -> int:
    """Give the decimals for points of an outcome."""
    return numbers.point_places(float(outcome["minimum"]), float(outcome["maximum"]))


def usable(comparison: Row) -> bool:
    """Say whether a comparison has an estimate with its interval on enough people."""
    parts = (comparison["estimate"], comparison["conf_low"], comparison["conf_high"])
    return all(isfinite(part) for part in parts) and not numbers.too_few(comparison["n_paired"])


def headline(language: Language, comparison: Row, outcome: Row, arm: str, reference: str) -> str:
    """Say in plain words what was found: points, direction, scale and likely range.

    Parameters
    ----------
    comparison, outcome : mapping
        Rows of `comparisons` and `outcomes`.
    arm, reference : str
        Names of the arms as readers know them.

    Returns
    -------
    str
        Sentences of at most 25 words; without numbers when there are too few people or no estimate.
    """
    if numbers.too_few(comparison["n_paired"]):
        few = str(numbers.SMALLEST_COUNT)
        if comparison["kind"] == LEVEL:
            return language.say("Fewer than {few} people answered, so no numbers are shown.", few=few)
        return language.say("Fewer than {few} people answered both times, so no numbers are shown.", few=few)
    if not isfinite(comparison["estimate"]):
        return language.say("There were too few people or groups to give an average.")
    between = comparison["kind"] in BETWEEN_ARMS
    found = (
        _difference(language, comparison, outcome, arm, reference)
        if between
        else _change(language, comparison, outcome)
    )
    if not usable(comparison):
        unknown = language.say("How far chance reaches cannot be told from so few groups, so no likely range is given.")
        return f"{found} {unknown}"
    return f"{found} {likely_range(language, comparison, outcome)}"


_CHANGES = {
    (True, True): marked("The average rose by {points} points, which is better."),
    (True, False): marked("The average rose by {points} points, which is worse."),
    (False, True): marked("The average fell by {points} points, which is better."),
    (False, False): marked("The average fell by {points} points, which is worse."),
}
"""By whether it rose, and whether that is better."""
_DIFFERENCES = {
    (True, True): marked("{arm}: {points} points higher than {reference}, which is better."),
    (True, False): marked("{arm}: {points} points higher than {reference}, which is worse."),
    (False, True): marked("{arm}: {points} points lower than {reference}, which is better."),
    (False, False): marked("{arm}: {points} points lower than {reference}, which is worse."),
}
"""By whether it is higher, and whether that is better."""


def _change(language: Language, comparison: Row, outcome: Row) -> str:
    value, decimals = float(comparison["estimate"]), places(outcome)
    if numbers.decimal(value, decimals) == numbers.decimal(0.0, decimals):
        return language.say("The average stayed the same.")
    return language.say(_CHANGES[direction(value, outcome)], points=numbers.size(value, decimals))


def _difference(language: Language, comparison: Row, outcome: Row, arm: str, reference: str) -> str:
    value, decimals = float(comparison["estimate"]), places(outcome)
    if numbers.decimal(value, decimals) == numbers.decimal(0.0, decimals):
        return language.say("Both arms ended with the same average.")
    points = numbers.size(value, decimals)
    return language.say(_DIFFERENCES[direction(value, outcome)], arm=arm, points=points, reference=reference)


def direction(value: float, outcome: Row) -> tuple[bool, bool]:
    """Say whether a value is above zero, and whether that is better by the scale's direction."""
    return value > 0, (value > 0) == (outcome["higher_is"] == "better")


def likely_range(language: Language, comparison: Row, outcome: Row) -> str:
    """Say the interval in points, each end with its direction."""
    low, high = float(comparison["conf_low"]), float(comparison["conf_high"])
    decimals = places(outcome)
    ends = {name: numbers.trimmed(float(outcome[name])) for name in ("minimum", "maximum")}
    if low * high <= 0:
        return language.say(
            "On this scale from {minimum} to {maximum}, "
            "the likely range is {low} points lower to {high} points higher.",
            low=numbers.size(low, decimals),
            high=numbers.size(high, decimals),
            **ends,
        )
    near, far = (numbers.size(value, decimals) for value in sorted((low, high), key=abs))
    if low > 0:
        return language.say(
            "On this scale from {minimum} to {maximum}, the likely range is {near} to {far} points higher.",
            near=near,
            far=far,
            **ends,
        )
    return language.say(
        "On this scale from {minimum} to {maximum}, the likely range is {near} to {far} points lower.",
        near=near,
        far=far,
        **ends,
    )


def what_matters(language: Language, outcome: Row) -> str:
    """Say the smallest change fixed beforehand, or that none was."""
    smallest = float(outcome["smallest_change"])
    if not isfinite(smallest):
        return ""
    points = numbers.trimmed(smallest)
    return language.say("Fixed beforehand: a change of {points} points matters.", points=points)


def apa(language: Language, comparison: Row) -> str:
    """Write a result in APA style; every number is in the comparison's row."""
    if numbers.too_few(comparison["n_paired"]):
        return language.say("Withheld: fewer than {few} people.", few=str(numbers.SMALLEST_COUNT))
    parts = [
        *_apa_estimate(language, comparison),
        *_apa_test(language, comparison),
        language.statistics(_apa_size(comparison)),
        _apa_people(language, comparison),
    ]
    return language.say(
        "{statistics}.", statistics=language.sequence([numbers.unbroken(part) for part in parts if part])
    )


def _apa_estimate(language: Language, row: Row) -> list[str]:
    if not isfinite(row["estimate"]):
        return [language.say("no estimate")]
    value = numbers.decimal(row["estimate"], 2)
    between = row["kind"] in BETWEEN_ARMS
    estimate = (
        language.say("difference = {value}", value=value) if between else language.say("change = {value}", value=value)
    )
    interval = numbers.between(row["conf_low"], row["conf_high"], 2)
    return [estimate, language.say("{level}% CI {interval}", level=confidence(row), interval=interval)]


def confidence(row: Row) -> str:
    """Write the confidence level as a percentage without its sign."""
    return f"{100 * float(row['conf_level']):g}"


def _apa_test(language: Language, row: Row) -> list[str]:
    if not (isfinite(row["statistic"]) and isfinite(row["p_value"])):
        return []
    value, p = numbers.decimal(row["statistic"], 2), language.statistics(numbers.p_equals(row["p_value"]))
    if isfinite(row["df"]):
        statistic = language.statistics(f"t({numbers.degrees(row['df'])}) = {value}")
    else:
        statistic = language.say("statistic = {value}", value=value)
    if not isfinite(row["p_adjusted"]):
        return [statistic, p]
    return [statistic, p, language.say("adjusted {p}", p=language.statistics(numbers.p_equals(row["p_adjusted"])))]


def _apa_size(row: Row) -> str:
    if not isfinite(row["effect"]):
        return ""
    interval = numbers.between(row["effect_low"], row["effect_high"], 2)
    shown = "" if interval == numbers.MISSING else f" {interval}"
    return f"{row['effect_name']} = {numbers.decimal(row['effect'], 2)}{shown}"


def _apa_people(language: Language, row: Row) -> str:
    people, groups = int(row["n_paired"]), numbers.count(row["n_groups"])
    if row["kind"] == LEVEL:
        if not row["n_groups"]:
            return language.say("{n} people", n=numbers.count(people))
        return language.say("{n} people in {groups} groups", n=numbers.count(people), groups=groups)
    if not row["n_groups"]:
        return language.say("{n} pairs", n=numbers.count(people))
    return language.say("{n} pairs in {groups} groups", n=numbers.count(people), groups=groups)

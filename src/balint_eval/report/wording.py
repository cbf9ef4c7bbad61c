"""The one vocabulary: every sentence with a number, every verdict, every name of a method.

`say` is the one place where a sentence becomes a language; translations will hang there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from balint_eval.kinds import BETWEEN_ARMS, LEVEL
from balint_eval.report import numbers
from balint_eval.report.model import Tone

Row = Mapping[str, Any]


def say(sentence: str, /, **values: str) -> str:
    """Put values, already written as text, into a sentence of the vocabulary."""
    return sentence.format(**values) if values else sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict as readers see it."""

    tone: Tone
    symbol: str
    word: str


VERDICTS: Mapping[str, Verdict] = {
    "clear_gain": Verdict("good", "▲", say("Clear gain")),
    "small_gain": Verdict("mild", "△", say("Probably a gain, maybe too small to matter")),
    "gain": Verdict("good", "▲", say("A gain; how much matters was not fixed beforehand")),
    "no_relevant_change": Verdict("neutral", "≈", say("No change that matters")),
    "cannot_tell": Verdict("neutral", "?", say("Cannot tell")),
    "loss": Verdict("bad", "▼", say("A loss; how much matters was not fixed beforehand")),
    "small_loss": Verdict("bad", "▽", say("Probably a loss, maybe too small to matter")),
    "clear_loss": Verdict("bad", "▼", say("Clear loss")),
    "no_claim": Verdict("neutral", "–", say("No claim")),
}
GAINS = frozenset({"clear_gain", "small_gain", "gain"})
LOSSES = frozenset({"clear_loss", "small_loss", "loss"})

METHODS: Mapping[str, str] = {
    "change_cr2": say("mean change, CR2 errors, Bell-McCaffrey df"),
    "ancova_cr2": say("ANCOVA, CR2 errors, Bell-McCaffrey df"),
    "change_difference_cr2": say("difference in mean change, CR2 errors, Bell-McCaffrey df"),
    "group_means_t": say("t-test on group means"),
    "mixed_model": say("mixed model (REML), Kenward-Roger df"),
    "paired_t": say("paired t-test, persons taken as independent"),
    "wilcoxon": say("Wilcoxon signed-rank test, persons taken as independent"),
    "person_change_t": say("t-test on persons' changes, persons taken as independent"),
    "mann_whitney": say("Mann-Whitney test, persons taken as independent"),
    "rank_cr2": say("CR2 on ranks, Bell-McCaffrey df"),
    "permutation": say("permutation of arms over groups, or of signs of group means"),
    "level_cr2": say("difference of means at one wave, CR2 errors, Bell-McCaffrey df"),
    "level_t": say("t-test on persons' scores, persons taken as independent"),
}
ADJUSTMENTS: Mapping[str, str] = {
    "holm": say("Holm"),
    "hochberg": say("Hochberg"),
    "bh": say("Benjamini-Hochberg"),
    "none": say("none"),
}
ALLOCATIONS: Mapping[str, str] = {
    "none": say("nothing was allocated: everyone took part"),
    "people": say("people were allocated to arms at random"),
    "groups": say("whole groups were allocated to arms at random"),
    "not_random": say("arms were not formed at random"),
}


LEVEL_WORDS: Mapping[str, str] = {
    "clear_gain": say("Clearly better"),
    "small_gain": say("Probably better, maybe by too little to matter"),
    "gain": say("Better; how much matters was not fixed beforehand"),
    "no_relevant_change": say("No difference that matters"),
    "loss": say("Worse; how much matters was not fixed beforehand"),
    "small_loss": say("Probably worse, maybe by too little to matter"),
    "clear_loss": say("Clearly worse"),
}
"""Words for arms that were compared at one wave: nobody was seen to gain or lose."""


def verdict(name: str, kind: str = "") -> Verdict:
    """Give a verdict in words that suit the kind of comparison; an unknown verdict claims nothing."""
    found = VERDICTS.get(name, VERDICTS["no_claim"])
    return replace(found, word=LEVEL_WORDS[name]) if kind == LEVEL and name in LEVEL_WORDS else found


UNDER_OTHER_RULES: Mapping[str, str] = {
    "_exact_links": say("people linked by equal codes only"),
    "_answered_once": say("without people who answered twice"),
}
"""Ends of the methods that repeat the planned one, and what they leave out."""


def method(name: str) -> str:
    """Give a method's name in words; an unknown one keeps its machine name."""
    for end, words in UNDER_OTHER_RULES.items():
        if name.endswith(end):
            return f"{method(name.removesuffix(end))}; {words}"
    return METHODS.get(name, name.replace("_", " "))


def words_of(text: str) -> list[list[str]]:
    """Split text into sentences of words, as the test of sentence length counts them."""
    import re

    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return [re.findall(r"[^\W_][\w'’.,–−%-]*", sentence) for sentence in sentences if sentence]


def plain_enough(text: str, most: int = 25) -> bool:
    """Say whether every sentence is short enough for the educator's page."""
    return all(len(sentence) <= most for sentence in words_of(text))


def listed(words: list[str] | tuple[str, ...]) -> str:
    """Write words as a list: `a, b and c`."""
    kept = [word for word in words if word]
    if len(kept) < 2:
        return "".join(kept)
    return say("{first} and {last}", first=", ".join(kept[:-1]), last=kept[-1])


def places(outcome: Row) -> int:
    """Give the decimals for points of an outcome."""
    return numbers.point_places(float(outcome["minimum"]), float(outcome["maximum"]))


def usable(comparison: Row) -> bool:
    """Say whether a comparison has an estimate with its interval on enough people."""
    parts = (comparison["estimate"], comparison["conf_low"], comparison["conf_high"])
    return all(isfinite(part) for part in parts) and not numbers.too_few(comparison["n_paired"])


def headline(comparison: Row, outcome: Row, arm: str, reference: str) -> str:
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
            return say("Fewer than {few} people answered, so no numbers are shown.", few=few)
        return say("Fewer than {few} people answered both times, so no numbers are shown.", few=few)
    if not isfinite(comparison["estimate"]):
        return say("There were too few people or groups to give an average.")
    found = _difference if comparison["kind"] in BETWEEN_ARMS else _change
    if not usable(comparison):
        unknown = say("How far chance reaches cannot be told from so few groups, so no likely range is given.")
        return f"{found(comparison, outcome, arm, reference)} {unknown}"
    return f"{found(comparison, outcome, arm, reference)} {likely_range(comparison, outcome)}"


def _change(comparison: Row, outcome: Row, arm: str, reference: str) -> str:
    value, decimals = float(comparison["estimate"]), places(outcome)
    if numbers.decimal(value, decimals) == numbers.decimal(0.0, decimals):
        return say("The average stayed the same.")
    moved = say("rose") if value > 0 else say("fell")
    return say(
        "The average {moved} by {points} points, which is {direction}.",
        moved=moved,
        points=numbers.size(value, decimals),
        direction=direction(value, outcome),
    )


def _difference(comparison: Row, outcome: Row, arm: str, reference: str) -> str:
    value, decimals = float(comparison["estimate"]), places(outcome)
    if numbers.decimal(value, decimals) == numbers.decimal(0.0, decimals):
        return say("Both arms ended with the same average.")
    side = say("higher") if value > 0 else say("lower")
    return say(
        "{arm}: {points} points {side} than {reference}, which is {direction}.",
        arm=arm,
        points=numbers.size(value, decimals),
        side=side,
        reference=reference,
        direction=direction(value, outcome),
    )


def direction(value: float, outcome: Row) -> str:
    """Say whether a change is better or worse, from the scale's direction."""
    rises_are_better = outcome["higher_is"] == "better"
    return say("better") if (value > 0) == rises_are_better else say("worse")


def likely_range(comparison: Row, outcome: Row) -> str:
    """Say the interval in points, each end with its direction."""
    low, high = float(comparison["conf_low"]), float(comparison["conf_high"])
    scale = say(
        "On this scale from {low} to {high},",
        low=numbers.trimmed(float(outcome["minimum"])),
        high=numbers.trimmed(float(outcome["maximum"])),
    )
    decimals = places(outcome)
    if low * high > 0:
        near, far = sorted((low, high), key=abs)
        ends = {"near": numbers.size(near, decimals), "far": numbers.size(far, decimals)}
        side = say("higher") if low > 0 else say("lower")
        return say("{scale} the likely range is {near} to {far} points {side}.", scale=scale, side=side, **ends)
    return say(
        "{scale} the likely range is {low} points lower to {high} points higher.",
        scale=scale,
        low=numbers.size(low, decimals),
        high=numbers.size(high, decimals),
    )


def what_matters(outcome: Row) -> str:
    """Say the smallest change fixed beforehand, or that none was."""
    smallest = float(outcome["smallest_change"])
    if not isfinite(smallest):
        return ""
    points = numbers.trimmed(smallest)
    return say("Fixed beforehand: a change of {points} points matters.", points=points)


def apa(comparison: Row) -> str:
    """Write a result in APA style; every number is in the comparison's row."""
    if numbers.too_few(comparison["n_paired"]):
        return say("Withheld: fewer than {few} people.", few=str(numbers.SMALLEST_COUNT))
    parts = [*_apa_estimate(comparison), *_apa_test(comparison), _apa_size(comparison), _apa_people(comparison)]
    return f"{', '.join(numbers.unbroken(part) for part in parts if part)}."


def _apa_estimate(row: Row) -> list[str]:
    if not isfinite(row["estimate"]):
        return [say("no estimate")]
    name = say("difference") if row["kind"] in BETWEEN_ARMS else say("change")
    interval = numbers.between(row["conf_low"], row["conf_high"], 2)
    return [
        f"{name} = {numbers.decimal(row['estimate'], 2)}",
        say("{level}% CI {interval}", level=confidence(row), interval=interval),
    ]


def confidence(row: Row) -> str:
    """Write the confidence level as a percentage without its sign."""
    return f"{100 * float(row['conf_level']):g}"


def _apa_test(row: Row) -> list[str]:
    if not (isfinite(row["statistic"]) and isfinite(row["p_value"])):
        return []
    df = f"({numbers.degrees(row['df'])})" if isfinite(row["df"]) else ""
    letter = "t" if isfinite(row["df"]) else say("statistic")
    adjusted = [f"{say('adjusted')} {numbers.p_equals(row['p_adjusted'])}"] if isfinite(row["p_adjusted"]) else []
    statistic = f"{letter}{df} = {numbers.decimal(row['statistic'], 2)}"
    return [statistic, numbers.p_equals(row["p_value"]), *adjusted]


def _apa_size(row: Row) -> str:
    if not isfinite(row["effect"]):
        return ""
    interval = numbers.between(row["effect_low"], row["effect_high"], 2)
    shown = "" if interval == numbers.MISSING else f" {interval}"
    return f"{row['effect_name']} = {numbers.decimal(row['effect'], 2)}{shown}"


def _apa_people(row: Row) -> str:
    people = say("{n} people") if row["kind"] == LEVEL else say("{n} pairs")
    said = say(people, n=numbers.count(row["n_paired"]))
    if not row["n_groups"]:
        return said
    return say("{people} in {groups} groups", people=said, groups=numbers.count(row["n_groups"]))

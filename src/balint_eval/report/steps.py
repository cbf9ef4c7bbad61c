"""Next steps and limits of the educator's page, each by a rule that stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

from balint_eval.language import marked
from balint_eval.report import counts, numbers
from balint_eval.report.levels import unmeasured
from balint_eval.report.material import Material
from balint_eval.report.wording import GAINS, LOSSES

ENOUGH_GROUPS = 6
"""Groups an arm from which the usual tests recover their strength (shared/statistics.md)."""
ENOUGH_ANSWERS = 0.75
"""Share of pairs among people enrolled from which MERSQI gives full points."""
HOW_MANY = 3

Rule = Callable[[Material], bool]


def verdicts(material: Material, primary_only: bool = False) -> set[str]:
    """Give the verdicts of the headline claims."""
    return {
        str(line.claim["verdict"])
        for line in material.headlines
        if not primary_only or line.outcome["role"] == "primary"
    }


def pairs(material: Material) -> int:
    """Count the people who answered at the baseline and in the wave of the main comparison, whatever they answered."""
    return counts.flow_people(material, "paired", material.study.primary_wave) or 0


def one_wave(material: Material) -> bool:
    """Say whether people were asked only once."""
    return not material.study.later_waves


def few_answers(material: Material) -> bool:
    """Say whether fewer than three in four people enrolled answered both times."""
    return not one_wave(material) and pairs(material) < ENOUGH_ANSWERS * counts.enrolled(material)


def few_groups(material: Material) -> bool:
    """Say whether some arm has fewer than six groups; never where people did not meet in groups."""
    if material.study.plan.groups == "none":
        return False
    if material.audience == "release":
        # No release holds who is in which group; the comparisons say how many groups there were.
        known = [int(row["n_groups"]) for row in material.rows("comparisons") if row["kind"] == "change"]
        return not known or min(known) < ENOUGH_GROUPS
    groups = counts.groups_by_arm(material)
    return not groups or min(groups.get(arm.name, 0) for arm in material.study.arms) < ENOUGH_GROUPS


def groups_unknown(material: Material) -> bool:
    """Say whether people met in groups and nobody's group is known; a release does not tell that from few groups."""
    internal = material.audience != "release" and material.study.plan.groups != "none"
    return internal and not any(counts.groups_by_arm(material).values())


def no_control(material: Material) -> bool:
    """Say whether the study lacks an arm with the role control."""
    return material.study.control_arm is None


def off_plan(material: Material) -> bool:
    """Say whether some group met less often, shorter or with longer pauses than planned."""
    plan = material.study.programme
    runs = counts.group_runs(material)
    meetings = any(plan.sessions and run.meetings < plan.sessions for run in runs)
    shortest = plan.minutes - plan.minutes_tolerance
    short = any(run.minutes and run.minutes.low < shortest for run in runs)
    rare = plan.interval_days[1] + plan.interval_tolerance
    pauses = any(run.days_between and run.days_between.high > rare for run in runs)
    return meetings or short or pauses


def _loss(material: Material) -> bool:
    return bool(verdicts(material) & LOSSES) and not one_wave(material)


def _gain(material: Material) -> bool:
    found = verdicts(material, primary_only=True)
    return bool(found) and found <= GAINS and not one_wave(material)


def _unsure(material: Material) -> bool:
    open_ones = verdicts(material) & {"cannot_tell", "no_claim", "small_gain"}
    return bool(open_ones) and few_groups(material) and not groups_unknown(material)


def _nothing_fixed(material: Material) -> bool:
    primary = [line.outcome for line in material.headlines if line.outcome["role"] == "primary"]
    return any(isnan(outcome["smallest_change"]) for outcome in primary)


def _unmeasured(*levels: str) -> Rule:
    def holds(material: Material) -> bool:
        known = {str(row["level"]) for row in material.rows("levels")} & set(levels)
        return bool(known) and known <= set(unmeasured(material))

    return holds


def _always(material: Material) -> bool:
    return True


STEPS: tuple[tuple[Rule, str], ...] = (
    (one_wave, marked("Ask the same questions again after the course: one wave shows no change.")),
    (_loss, marked("Look into the loss with leaders and participants before the next course.")),
    (_gain, marked("Keep the programme as it is.")),
    (few_answers, marked("Raise the response rate: plan time for the forms in the first and last meeting.")),
    (groups_unknown, marked("Ask who was in which group, and evaluate again: without it nothing can be claimed.")),
    (_unsure, marked("Repeat with more groups and pool the results: this course alone leaves outcomes undecided.")),
    (no_control, marked("Add a comparison group, for example the people waiting for the next course.")),
    (off_plan, marked("Bring meetings back to the plan, or change the plan and say why.")),
    (_unmeasured("3", "3a", "3b"), marked("Measure what people do at work, for example by patients' ratings.")),
    (_nothing_fixed, marked("Agree before the next course how many points would matter.")),
    (_unmeasured("4", "4a", "4b"), marked("Plan one measure of results, for example patients' complaints.")),
    (_always, marked("Ask the same questions of the next course, so that results can be pooled.")),
    (_always, marked("Discuss this page with leaders and participants.")),
    (_always, marked("Keep the forms and the plan unchanged until then.")),
)
"""Rules in order of urgency; the first three that hold are printed."""


def next_steps(material: Material) -> tuple[str, ...]:
    """Choose three next steps by the rules."""
    return tuple(material.say(sentence) for holds, sentence in STEPS if holds(material))[:HOW_MANY]


LIMITS: tuple[tuple[Rule, str], ...] = (
    (one_wave, marked("People were asked once. Nothing here is a change.")),
    (
        no_control,
        marked("There was no comparison group. The course cannot be told from time, other teaching or repeated forms."),
    ),
    (
        lambda material: not no_control(material) and material.study.plan.allocation == "not_random",
        marked("Arms were not formed at random. They may have differed from the start."),
    ),
    (groups_unknown, marked("Who was in which group is not known. One unusual group can move the result.")),
    (
        lambda material: few_groups(material) and not groups_unknown(material),
        marked("There were few groups. One unusual group can move the result."),
    ),
    (few_answers, marked("Many people did not answer both times. Those who did may differ from the others.")),
    (
        lambda material: all(row["rater"] == "self" for row in material.outcomes),
        marked("People rated themselves. How they act with patients was not observed."),
    ),
    (lambda material: bool(unmeasured(material)), marked("Nothing is said about levels marked as not measured.")),
)


_COUNT_PEOPLE = (few_groups, few_answers)
LIMITS_OF_RELEASE: tuple[tuple[Rule, str], ...] = tuple(rule for rule in LIMITS if rule[0] not in _COUNT_PEOPLE)
"""Those that need no count of everybody enrolled, which no release holds."""


def limits(material: Material) -> tuple[str, ...]:
    """Give the limits that hold for this study."""
    few = material.say("Numbers on fewer than {few} people are not shown.", few=str(numbers.SMALLEST_COUNT))
    return (*(material.say(sentence) for holds, sentence in LIMITS if holds(material)), few)

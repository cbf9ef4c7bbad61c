"""Remarks that the analysis leaves in tables in English, and that reports say in their own language.

Tables are the same whatever the languages of a study, so a remark is recognised by its wording: a mould with places
for its numbers. One that no mould fits is shown in English, isolated. A test holds the moulds to the demo's tables.
"""

from __future__ import annotations

import re
from functools import cache

from balint_eval.language.file_remarks import FILE_MOULDS
from balint_eval.language.speech import marked

MOULDS = (
    *FILE_MOULDS,
    *(marked("{groups} groups in a single arm, {needed} needed: no claim of significance may rest on this result"),),
    *(marked("{groups} group in a single arm, {needed} needed: no claim of significance may rest on this result"),),
    marked(
        "nobody's group is known: people who met in one group are not independent, so no claim may rest on this result"
    ),
    *(marked("no cohort has people of both arms: what differs between cohorts cannot be told from the programme"),),
    *(marked("no interval could be given"), marked("after adjusting for the family of tests p is {p}")),
    *(marked("no control arm: time, the course and other events may explain a change"),),
    *(marked("arms were not formed at random: they may have differed from the start"),),
    marked("arms were not formed at random and were asked only afterwards: they may have differed from the start"),
    *(marked("too few groups: no claim"), marked("exact p"), marked("p by normal approximation")),
    *(marked("estimate, standard error and interval are in mid-ranks, not points"),),
    *(marked("{changed} of {all} people did not change and are left out"),),
    *(marked("smallest attainable p = {one}/{all} = {p}"), marked("one estimate: nothing to pool")),
    marked("two cohorts: how much they differ can hardly be told, and no prediction interval is given"),
    *(marked("fewer than {few} people: alpha and omega are unsteady"), marked("fewer than {few} people: unsteady")),
    *(marked("alpha and omega withheld: fewer than {few} complete answers"),),
    *(marked("the key is in doubt: no reliability is given"),),
    marked("the key is in doubt in {left_out} of {cohorts} cohorts, whose answers are left out here"),
    marked("no interval for omega: an item has no variance of its own in the one-factor model (Heywood)"),
    *(marked("withheld: fewer than {few} people with both scores"), marked("a norm from only {n} people")),
    marked(
        "no individual change, because no reliability is known: rated by several others: the reliability of the mean "
        "of their ratings is not known"
    ),
    marked(
        "no interval and no test, which this model has with many groups only: the ranks are tested in the comparisons"
    ),
    *(marked("everybody gave the same answer: no odds ratio"),),
    marked(
        "no finite odds ratio fits best: the answers of the arms hardly overlap, or too few people gave some answer"
    ),
    *(marked("groups in one arm only: the model gives both arms the same spread of groups, so no odds ratio"),),
    *(marked("fewer than ten people: no slope is estimated"),),
    *(marked("no reliability is known, so the part of error of measurement cannot be told"),),
    marked("the variance between groups is estimated as zero, which with few groups does not show that they are alike"),
    marked(
        "at least {least} of {all} items answered, then the mean of the answered (package default, no rule of the "
        "authors is known)"
    ),
    *(marked("at least {least} of {all} items answered, then the mean of the answered (package default)"),),
    *(marked("at least {least} of {all} items answered, then the mean of the answered (rule of the manual)"),),
    *(marked("one item: scored only when it is answered"), marked("set in the study file")),
    marked("attitudes and perceptions (definition P; assignment is a proposal of this project)"),
    marked("behaviour at work as rated by real patients; 2b when standardised patients rate in a test (proposal)"),
    marked("well-being of the learners: neither learning nor results, so reported beside the levels (proposal)"),
    marked(
        "{n} people: with fewer than {few} a single wrong item, two swapped codes or two exchanged columns are often "
        "missed"
    ),
    marked(
        "{n} people: with fewer than {few} a wrong key, single wrong items, swapped codes and exchanged columns cannot "
        "be told from chance"
    ),
    *(marked("what was not found may still be there"),),
    *(marked("used"), marked("without a person id"), marked("with a comment and no answers"), marked("given twice")),
    *(marked("without answers"), marked("of people who are not on the roster"), marked("left out by their wave")),
    *(marked("outside the days of their wave"), marked("without a date")),
    *(marked("compare the key, the codes and the order of the columns with the form by eye"),),
    *(marked("Cronbach's alpha of this study at {wave}, n = {n}"),),
    *(marked("primary"), marked("secondary"), marked("better"), marked("worse"), marked("self"), marked("patient")),
    *(marked("observer"), marked("group member"), marked("refuse"), marked("warn"), marked("note"), marked("group")),
    *(
        marked("person"),
        marked("group by wave"),
        marked("duplicate"),
        marked("unfinished"),
        marked("not enrolled"),
        marked("comment only"),
    ),
    marked("ICC {icc}: groups account for {share} % of the variance within a wave"),
    *(
        marked("The estimated variance between groups is zero"),
        marked("The estimated variance between persons is zero"),
    ),
    *(marked("The estimated variance of the change between groups is zero"), marked("One arm has a single group")),
    marked("The estimated variance between groups and the variance of the change between groups are zero"),
    marked("The estimated variance between groups and the variance between persons are zero"),
    marked("The estimated variance of the change between groups and the variance between persons are zero"),
    marked(
        "The estimated variance between groups and the variance of the change between groups and the variance between "
        "persons are zero"
    ),
    *(marked("Nobody has a score at both waves, so the model has no variance between persons"),),
    *(marked("Scores left out because the person has no group: {n}"),),
    *(marked("{scores} of {all} scores of {people} people imputed {times} times"),),
    *(marked("missing scores make {share} % of the variance"), marked("fraction of missing information {fraction}")),
    *(marked("no answers"), marked("other wave"), marked("preview"), marked("no person id"), marked("test")),
    *(marked("spam"), marked("imported"), marked("not approved")),
)
VERBATIM = frozenset({"example", "examples", "pairs", "codes"})
"""Places that hold what stands in a file, whose digits stay as they are."""
TEXTS = frozenset(
    {
        *("wave", "platform", "encoding", "rows", "columns", "column", "order", "instrument", "earlier", "later"),
        *VERBATIM,
    }
)
"""Places that hold a text; every other place holds a number."""
LISTS = {"rules": re.compile("; "), "reasons": re.compile(", | and ")}
"""Places that hold remarks themselves, and what stands between these."""
_NUMBER = r"([−\-]?[\d.,]+%?)"
_NAME = r"(.+?)"
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def recognised(remark: str) -> tuple[str, dict[str, str]] | None:
    """Give the mould of a remark, with or without a capital, and what stands in its places; None where none fits."""
    for mould, pattern, names in _patterns():
        found = pattern.fullmatch(remark) or pattern.fullmatch(remark[:1].lower() + remark[1:])
        if found is not None:
            return mould, dict(zip(names, found.groups(), strict=True))
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
    """Give each mould with the pattern that fits it and the names of its places."""
    made = []
    for mould in MOULDS:
        escaped = re.escape(mould)
        names = tuple(_PLACE.findall(escaped))
        pattern = _PLACE.sub(lambda place: _NAME if place[1] in {*TEXTS, *LISTS} else _NUMBER, escaped)
        made.append((mould, re.compile(pattern), names))
    return tuple(made)

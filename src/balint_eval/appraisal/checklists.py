"""The reporting checklists that fit a study, each item filled from what the workflow holds, or left to the author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd
import yaml
from pydantic import Field

from balint_eval.appraisal.mersqi import RANDOM
from balint_eval.strict_yaml import Document, Model, validate
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table

FILLED, SETTINGS, AUTHOR, NOT_APPLICABLE = "filled", "settings", "author", "not_applicable"
_TABLE_OF = {
    "baseline": "descriptives", "brief": "claims", "clustering": "clustering", "descriptives": "descriptives",
    "flow": "flow", "lost": "balance", "results": "comparisons", "sensitivity": "comparisons", "shares": "proportions",
}  # fmt: skip
"""Sections of the researcher report that need a table; the others are always there."""

Row = dict[str, object]


class Item(Model):
    """One item of a checklist, with where this package would find it."""

    item: str
    topic: str
    mark: Literal["P", "S", "U"]
    section: str = ""
    settings: list[str] = Field(default_factory=list)
    study: str = ""
    plan: str = ""
    log: Literal["", "sessions", "attendance"] = ""
    unless: Literal["", "always", "one_arm", "no_binary"] = ""


class GuidelineFacts(Model):
    """One reporting guideline: its source and items, topics in words of our own."""

    name: str
    title: str
    citation: str
    doi: str
    note: str = ""
    items: list[Item]


@cache
def guidelines() -> Mapping[str, GuidelineFacts]:
    """Give every guideline by name."""
    folder = files("balint_eval.appraisal") / "guidelines"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        text = file.read_text(encoding="utf-8")
        facts: GuidelineFacts = validate(GuidelineFacts, Document(file.name, yaml.load(text, yaml.CSafeLoader), {}))
        found[facts.name] = facts
    return found


def fitting(study: Study) -> list[str]:
    """Give the checklists of a study: those it names, else the one of its design, and GREET.

    Notes
    -----
    People or groups allocated by lot: CONSORT with the cluster extension (people who meet in groups are clusters
    in that arm at least). One wave: STROBE. Everything else is not randomised: TREND.
    """
    if study.context.checklists:
        return list(study.context.checklists)
    if study.control_arm is not None and study.plan.allocation in RANDOM:
        return ["consort_cluster", "greet"]
    return ["trend" if study.later_waves else "strobe", "greet"]


def fill_checklists(file: StudyFile, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Fill the checklists that fit a study.

    Parameters
    ----------
    file : StudyFile
    tables : mapping
        Tables of the study by name; one that is missing counts as empty.

    Returns
    -------
    pandas.DataFrame
        Contract `checklists`.
    """
    rows = [row for name in fitting(file.study) for row in _filled(guidelines()[name], file.study, tables)]
    return check_table(pd.DataFrame(rows, columns=TABLES["checklists"].names), "checklists")


def _filled(facts: GuidelineFacts, study: Study, tables: Mapping[str, pd.DataFrame]) -> Iterator[Row]:
    for place, item in enumerate(facts.items, start=1):
        status, where = _status(item, study, tables)
        yield {
            "guideline": facts.name,
            "place": place,
            "item": item.item,
            "topic": item.topic,
            "status": status,
            "where": where,
            "mark": item.mark,
        }


def _status(item: Item, study: Study, tables: Mapping[str, pd.DataFrame]) -> tuple[str, str]:
    if item.unless and _holds(item.unless, study, tables):
        return NOT_APPLICABLE, item.unless
    given = [f"context.{key}" for key in item.settings if getattr(study.context, key)]
    given += ["question"] if item.study == "question" and study.question else []
    given += ["plan.registration"] if item.plan == "registration" and study.plan.registration else []
    if given:
        return SETTINGS, ", ".join(given)
    if item.section and _has(tables, _TABLE_OF.get(item.section, "")) and _has(tables, item.log):
        return FILLED, item.section
    return AUTHOR, ""


def _has(tables: Mapping[str, pd.DataFrame], name: str) -> bool:
    return not name or (name in tables and len(tables[name]) > 0)


def _holds(condition: str, study: Study, tables: Mapping[str, pd.DataFrame]) -> bool:
    if condition == "one_arm":
        return study.control_arm is None
    if condition == "no_binary":
        return not _has(tables, "proportions")
    return condition == "always"

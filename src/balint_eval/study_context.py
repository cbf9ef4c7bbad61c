"""Models of what only the authors of a study know: its setting, what people said, what a checklist asks for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from balint_eval.instruments.model import Level
from balint_eval.strict_yaml import Model

Guideline = Literal["trend", "consort_cluster", "strobe", "greet", "squire_edu"]


class Theme(Model):
    """A theme found in comments, interviews or focus groups, in your words; quotations do not belong here."""

    name: str
    """The theme in a few words."""
    text: str = ""
    """What people said, summed up so that nobody can be recognised."""
    level: Level
    """Kirkpatrick level it explains, or `process` or `well_being`."""
    people: int | None = Field(default=None, ge=1)
    """People who brought it up; fewer than five are not shown."""


class Swot(Model):
    """Strengths, weaknesses, opportunities and threats of the programme as people named them."""

    level: Level = "1"
    """Kirkpatrick level it explains, or `process` or `well_being`."""
    strengths: list[str] = Field(default_factory=list)
    """What helped."""
    weaknesses: list[str] = Field(default_factory=list)
    """What hindered."""
    opportunities: list[str] = Field(default_factory=list)
    """What could be made of it."""
    threats: list[str] = Field(default_factory=list)
    """What endangers it."""


class Context(Model):
    """What no file of answers can say; each key fills an item of a reporting checklist and is printed there."""

    checklists: list[Guideline] = Field(default_factory=list)
    """Checklists to fill; empty takes the one that fits the design, and GREET."""
    institutions: int | None = Field(default=None, ge=1)
    """Institutions that took part; blank counts the sites of the rosters."""
    content_validity: str = ""
    """Where it is shown that the primary instrument asks for the right things here: a citation."""
    relations_validity: str = ""
    """Where it is shown that its scores go with other measures as they should: a citation."""
    background: str = ""
    """Why the programme was needed, and what was known."""
    theory: str = ""
    """Why Balint groups should bring about what is measured."""
    objectives: str = ""
    """What people should learn."""
    setting: str = ""
    """Where it took place."""
    eligibility: str = ""
    """Who could take part."""
    recruitment: str = ""
    """How people were asked to take part."""
    allocation_method: str = ""
    """How arms were formed, by whom, and who knew what came next."""
    blinding: str = ""
    """Who did not know the arms."""
    materials: str = ""
    """What people were given."""
    leaders: str = ""
    """Who led the groups, with training and experience."""
    incentives: str = ""
    """What people got for taking part."""
    changes: str = ""
    """What was changed on the way, and why."""
    fidelity: str = ""
    """How it was seen to that groups were Balint groups."""
    sample_size: str = ""
    """How the number of people was fixed."""
    harms: str = ""
    """What harm was looked for, and found."""
    local_gap: str = ""
    """What was lacking in teaching or care at this place."""
    wider_impact: str = ""
    """What it meant for patients, families or the system."""
    generalisability: str = ""
    """For whom else it may hold."""
    interpretation: str = ""
    """What the result means beside other evidence."""
    deviations: str = ""
    """Where the study left its plan."""
    ethics: str = ""
    """Approval, and how people agreed."""
    protocol: str = ""
    """Where the plan can be read."""
    funding: str = ""
    """Who paid."""
    themes: list[Theme] = Field(default_factory=list)
    """Themes, shown beside the level they explain."""
    swot: list[Swot] = Field(default_factory=list)
    """SWOT tables, shown beside the level they explain."""

    @model_validator(mode="after")
    def _themes_once(self) -> Context:
        places = [(theme.level, theme.name) for theme in self.themes]
        twice = [name for place, (level, name) in enumerate(places) if (level, name) in places[:place]]
        if twice:
            raise ValueError(f"CFG-THEME: the theme '{twice[0]}' stands twice on one level | join them, or rename one")
        return self

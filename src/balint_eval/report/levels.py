"""The Kirkpatrick levels as a strip: measured and how, or plainly not measured."""

from __future__ import annotations

from balint_eval.language import SEMICOLONS, Language, marked
from balint_eval.report.material import Material, Row
from balint_eval.report.model import LevelCell, LevelStrip

_HALVES = (marked("2a"), marked("2b"), marked("3a"), marked("3b"), marked("4a"), marked("4b"))
"""Halves of levels, which languages with letters of their own write in their own way."""
_RATERS = (
    *(marked("self-report"), marked("rated by patients"), marked("rated by observers"), marked("rated by peers")),
    *(marked("rated by group members"), marked("rated by leaders"), marked("rated by teachers")),
    marked("rated by supervisors"),
)
"""Words of `levels.how`."""
_NAMES = {"process": marked("Process"), "well_being": marked("Well-being")}
VOCABULARIES = {
    "classic4": marked("classic Kirkpatrick levels 1 to 4"),
    "barr6": marked("Barr's six levels"),
    "barr7": marked("Barr's levels with self-reported and measured behaviour apart"),
    "beme_students": marked("BEME levels for students"),
}


def level_name(language: Language, level: str) -> str:
    """Give a level's short name for readers."""
    return (
        language.say(_NAMES[level])
        if level in _NAMES
        else language.say("Level {level}", level=language.say(level) if level in _HALVES else level)
    )


def level_strip(material: Material) -> LevelStrip:
    """Give the strip of all levels of the chosen vocabulary."""
    cells = tuple(_cell(material, row) for row in material.rows("levels"))
    return LevelStrip(material.say("What was measured, from reaction to results"), cells)


def _cell(material: Material, row: Row) -> LevelCell:
    measured = bool(row["measured"])
    status = (_how(material, row) or material.say("measured")) if measured else material.say("not measured")
    outcomes = outcomes_on(material, row) if measured else ""
    title = material.say(str(row["title"]))
    return LevelCell(level_name(material.language, str(row["level"])), title, measured, status, outcomes)


def _how(material: Material, row: Row) -> str:
    return material.language.listed([material.say(how) for how in str(row["how"]).split(" and ")])


def outcomes_on(material: Material, row: Row) -> str:
    """Name the outcomes of a level, each in its own translation; nothing where it has none."""
    if not row["outcomes"]:
        return ""
    labels = {str(outcome["label"]): material.named(outcome) for outcome in material.outcomes}
    names = [labels.get(label) or material.language.named(label) for label in str(row["outcomes"]).split("; ")]
    return material.language.sequence(names, SEMICOLONS)


def unmeasured(material: Material) -> list[str]:
    """Give the levels without a result."""
    return [str(row["level"]) for row in material.rows("levels") if not row["measured"]]

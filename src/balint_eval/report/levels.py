"""The Kirkpatrick levels as a strip: measured and how, or plainly not measured."""

from __future__ import annotations

from balint_eval.report.material import Material, Row
from balint_eval.report.model import LevelCell, LevelStrip
from balint_eval.report.wording import say

_NAMES = {"process": "Process", "well_being": "Well-being"}
VOCABULARIES = {
    "classic4": say("classic Kirkpatrick levels 1 to 4"),
    "barr6": say("Barr's six levels"),
    "barr7": say("Barr's levels with self-reported and measured behaviour apart"),
    "beme_students": say("BEME levels for students"),
}


def level_name(level: str) -> str:
    """Give a level's short name for readers."""
    return say(_NAMES[level]) if level in _NAMES else say("Level {level}", level=level)


def level_strip(material: Material) -> LevelStrip:
    """Give the strip of all levels of the chosen vocabulary."""
    cells = tuple(_cell(row) for row in material.rows("levels"))
    return LevelStrip(say("What was measured, from reaction to results"), cells)


def _cell(row: Row) -> LevelCell:
    measured = bool(row["measured"])
    status = (str(row["how"]) or say("measured")) if measured else say("not measured")
    outcomes = str(row["outcomes"]) if measured else ""
    return LevelCell(level_name(str(row["level"])), str(row["title"]), measured, status, outcomes)


def unmeasured(material: Material) -> list[str]:
    """Give the levels without a result."""
    return [str(row["level"]) for row in material.rows("levels") if not row["measured"]]

"""What the tipping analysis says in words, for both readers."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from balint_eval.report import numbers
from balint_eval.report.material import Headline, Material, Row
from balint_eval.report.wording import GAINS, LOSSES, places

CLOSE_SD = 0.5
"""A shift within half an SD is nothing unusual for people who stay away."""
_PLACE = ("cohort", "instrument", "scale", "contrast")


def steps_of(material: Material, row: Row) -> list[Row]:
    """Give the rows of `tipping` of a comparison, in order of the shift."""
    return [step for step in material.rows("tipping") if all(step[name] == row[name] for name in _PLACE)]


def without_shift(steps: Sequence[Row]) -> Row | None:
    """Give the row without a shift."""
    return next((step for step in steps if step["step"] == 0), None)


def nearest_turn(steps: Sequence[Row]) -> Row | None:
    """Give the turning point nearest to no shift."""
    return min((step for step in steps if step["turns"]), key=lambda step: abs(step["shift"]), default=None)


def told(row: Row) -> int:
    """Give 1 for an interval above zero, -1 for one below, 0 for one that holds it."""
    return 1 if row["conf_low"] > 0 else -1 if row["conf_high"] < 0 else 0


def what_turns(material: Material, row: Row) -> str:
    """Say how different those lost would have to be for the conclusion to change; blank without an interval.

    Parameters
    ----------
    material : Material
    row : Row
        The planned comparison.
    """
    steps = steps_of(material, row)
    now, turn = without_shift(steps), nearest_turn(steps)
    if now is None or not (isfinite(now["conf_low"]) and isfinite(row["conf_low"])):
        return ""
    if told(row) and not told(now):
        return material.say("With the missing imputed, the interval holds zero without any shift.")
    if told(now) != told(row):
        return material.say("With the missing imputed, the interval leaves zero out without any shift.")
    if turn is None:
        return material.say("No plausible shift within the scale's range changes it.")
    points = numbers.size(turn["shift"], places(material.outcome(row)))
    if float(points) == 0:
        return material.say("Almost any shift of those lost would change the conclusion.")
    return _vanishes(material, turn, points) if told(now) else _appears(material, turn, points)


def _vanishes(material: Material, turn: Row, points: str) -> str:
    if turn["shift"] < 0:
        return material.say(
            "The result would vanish if those lost had changed by {points} points less than those who stayed.",
            points=points,
        )
    return material.say(
        "The result would vanish if those lost had changed by {points} points more than those who stayed.",
        points=points,
    )


def _appears(material: Material, turn: Row, points: str) -> str:
    if turn["shift"] < 0:
        return material.say(
            "A result would appear only if those lost had changed by {points} points less than those who stayed.",
            points=points,
        )
    return material.say(
        "A result would appear only if those lost had changed by {points} points more than those who stayed.",
        points=points,
    )


def hangs_on_missing(material: Material, line: Headline) -> str:
    """Say in plain words that a gain or loss hangs on those lost; blank where it does not.

    Notes
    -----
    It does where the interval of the imputed scores holds zero, or begins to within half an SD of shift.
    """
    row = line.comparison
    steps = steps_of(material, row)
    now, turn = without_shift(steps), nearest_turn(steps)
    if str(line.claim["verdict"]) not in GAINS | LOSSES or now is None or not isfinite(now["conf_low"]):
        return ""
    if not told(now):
        return material.say(
            "Some did not answer again. With their answers estimated, the main result is no longer clear."
        )
    if turn is None or abs(turn["shift_sd"]) > CLOSE_SD:
        return ""
    points = numbers.size(turn["shift"], places(line.outcome))
    if turn["shift"] < 0:
        return material.say(
            "Some did not answer again. Had they changed by {points} points less than the others, the main result "
            "would not be clear.",
            points=points,
        )
    return material.say(
        "Some did not answer again. Had they changed by {points} points more than the others, the main result would "
        "not be clear.",
        points=points,
    )

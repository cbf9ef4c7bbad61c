"""The curve of a tipping analysis: the estimate against how far those lost differ from what was imputed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from balint_eval.kinds import BETWEEN_ARMS
from balint_eval.language import SEMICOLONS, Language
from balint_eval.plots.selection import MAIN_ROLES, arm_label, outcome_label, pooled, wave_label
from balint_eval.plots.style import SMALLEST_SHOWN
from balint_eval.plots.words import digits_for, interval, isolated, number
from balint_eval.study_model import Study
from balint_eval.tables import records


@dataclass(frozen=True, slots=True)
class Curve:
    """What one figure shows.

    Attributes
    ----------
    steps : DataFrame
        Rows of `tipping` in order of the shift.
    label, wave : str
        Outcome and later wave as shown to readers.
    arm, reference : str
        Arms as shown to readers; no reference for a change.
    digits : int
        Decimals of points.
    """

    steps: pd.DataFrame
    label: str
    wave: str
    arm: str
    reference: str
    digits: int

    @property
    def turns(self) -> list[float]:
        """Shifts at which the conclusion turns."""
        return [float(shift) for shift in self.steps.loc[self.steps["turns"], "shift"]]

    @property
    def level(self) -> str:
        """Confidence level as a percentage without its sign."""
        return f"{100 * float(self.steps['conf_level'].iloc[0]):g}"


def tipping_curve(
    tipping: pd.DataFrame,
    comparisons: pd.DataFrame,
    outcomes: pd.DataFrame,
    study: Study,
    instrument: str,
    scale: str,
    language: Language,
) -> Curve | None:
    """Give the curve of an outcome at the primary wave, for the first arm that has one.

    Returns
    -------
    Curve or None
        None where nobody was lost, the comparison has no interval, or too few people were analysed.
    """
    mine = comparisons["role"].isin(MAIN_ROLES) & (comparisons["wave_to"] == study.primary_wave)
    mine &= (comparisons["instrument"] == instrument) & (comparisons["scale"] == scale)
    for main in records(pooled(comparisons[mine])):
        same = (tipping["instrument"] == instrument) & (tipping["scale"] == scale)
        steps = tipping[same & (tipping["contrast"] == main["contrast"])].sort_values("shift", ignore_index=True)
        if len(steps) > 1 and steps["conf_low"].notna().all() and main["n_paired"] >= SMALLEST_SHOWN:
            outcome = outcomes[(outcomes["instrument"] == instrument) & (outcomes["scale"] == scale)].iloc[0]
            reference = arm_label(study, str(main["reference_arm"]), language) if main["kind"] in BETWEEN_ARMS else ""
            return Curve(
                steps, outcome_label(outcome, language), wave_label(study, str(main["wave_to"]), language),
                arm_label(study, str(main["arm"]), language), reference,
                digits_for(float(outcome["maximum"]) - float(outcome["minimum"])),
            )  # fmt: skip
    return None


def tipping_table(curve: Curve) -> pd.DataFrame:
    """Give the numbers of the figure."""
    names = ["shift", "shift_sd", "estimate", "conf_low", "conf_high", "p_value", "n", "turns"]
    return curve.steps[names].assign(turns=[bool(turn) for turn in curve.steps["turns"]])


def heading(curve: Curve, language: Language) -> str:
    """Say what the vertical axis is."""
    if curve.reference:
        return language.say("Difference between arms, points [{level}% interval]", level=curve.level)
    return language.say("Change, points [{level}% interval]", level=curve.level)


def caption(curve: Curve, language: Language) -> str:
    """Say what is drawn and how it was got."""
    wave = isolated(curve.wave, language)
    if curve.reference:
        what = language.say(
            "Difference between arms at {wave} when the imputed later scores of those lost of {arm} are all shifted by "
            "so many points.",
            wave=wave,
            arm=isolated(curve.arm, language),
        )
    else:
        what = language.say(
            "Change at {wave} when the imputed later scores of those lost are all shifted by so many points.", wave=wave
        )
    how = language.say(
        "Line: estimate; band: {level}% interval (planned method on imputed scores, Rubin's rules, planned degrees of "
        "freedom). Vertical lines: no shift, and where the conclusion turns.",
        level=curve.level,
    )
    return f"{what} {how}"


def alternative_text(curve: Curve, language: Language) -> str:
    """Say the ends of the curve, its middle and its turning points."""
    steps = curve.steps
    rows = [steps.iloc[0], steps.iloc[int((steps["shift"].abs()).argmin())], steps.iloc[-1]]
    said = [
        language.say(
            "{shift} points: {estimate} {interval}",
            shift=number(row["shift"], curve.digits),
            estimate=number(row["estimate"], curve.digits),
            interval=interval(row["conf_low"], row["conf_high"], curve.digits),
        )
        for row in rows
    ]
    parts = (_lost(curve, language), f"{language.sequence(said, SEMICOLONS)}.", _turning(curve, language))
    return " ".join(parts)


def _lost(curve: Curve, language: Language) -> str:
    lost, label = int(curve.steps["n_shifted"].iloc[0]), isolated(curve.label, language)
    if lost < SMALLEST_SHOWN:
        few = str(SMALLEST_SHOWN)
        return language.say("{outcome}, fewer than {few} people lost and shifted.", outcome=label, few=few)
    return language.say("{outcome}, {people} people lost and shifted.", outcome=label, people=str(lost))


def _turning(curve: Curve, language: Language) -> str:
    if not curve.turns:
        return language.say("The conclusion turns nowhere.")
    turns = language.listed([language.number(number(turn, curve.digits)) for turn in curve.turns])
    return language.say("The conclusion turns at {shifts} points.", shifts=turns)

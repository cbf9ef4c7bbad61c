"""`balint-eval power`: the table in words, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.errors import Problem, StudyError
from balint_eval.tables import records

if TYPE_CHECKING:
    import pandas as pd

    from balint_eval.planned import PlannedStudy

FEWEST_FOR_CLAIM = {1: 3, 2: 2}
PRIMARY = {1: "change_cr2", 2: "ancova_cr2"}


def plan_power(
    settings: dict[str, object],
    groups: Sequence[int],
    iccs: Sequence[float],
    *,
    replications: int,
    seed: int,
    output: Path | None,
) -> list[str]:
    """Compute power over groups and ICCs, write table and figure where a folder is given, and say what was found.

    Parameters
    ----------
    settings : dict
        Fields of `PlannedStudy` without groups and icc.
    groups, iccs : sequence
    replications, seed : int
    output : Path, optional

    Returns
    -------
    list of str
        Lines to print.

    Raises
    ------
    StudyError
        CFG-POWER: a number is impossible; all of them at once.
    """
    from balint_eval.planned import PlannedStudy, power

    try:
        planned = PlannedStudy(**settings, groups=min(groups), icc=max(iccs))  # type: ignore[arg-type]
    except ValueError as error:
        raise StudyError(
            [Problem("CFG-POWER", rule, "correct the option") for rule in str(error).split("; ")]
        ) from None
    table = power(planned, groups=groups, iccs=iccs, replications=replications, seed=seed)
    lines = [*_assumed(planned, replications), "", *_lines(table), "", *_reading(planned, groups)]
    return [*lines, *(_written(table, output) if output else [])]


def _assumed(planned: PlannedStudy, replications: int) -> list[str]:
    what = "difference between two arms" if planned.arms == 2 else "change in one arm (no comparison group)"
    low, high = planned.members
    return [
        f"A true {what} of {planned.effect:g} points; SD {planned.sd:g}, correlation of the waves "
        f"{planned.correlation:g}, groups of {low} to {high}, {100 * planned.drop_out:g} % lost.",
        f"{replications} simulated studies a row.",
    ]


def _lines(table: pd.DataFrame) -> list[str]:
    shown = records(table[(table["how"] == "simulation") & table["method"].isin(PRIMARY.values())])
    heads = ("groups per arm", "ICC", "power", "mean width of the interval")
    rows = [
        (f"{row['groups']}", f"{row['icc']:g}", f"{100 * row['power']:.0f} %", f"{row['width']:.1f} points")
        for row in shown
    ]
    widths = [max(len(line[place]) for line in [heads, *rows]) for place in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *rows]
    ]


def _reading(planned: PlannedStudy, groups: Sequence[int]) -> list[str]:
    lines = [f"Method: {PRIMARY[planned.arms]}, the primary one of such a study; --output writes the others beside it."]
    fewest = FEWEST_FOR_CLAIM[planned.arms]
    if min(groups) < fewest:
        lines.append(f"With fewer than {fewest} groups no claim is made, whatever the power.")
    return [*lines, "More groups help more than more people in a group."]


def _written(table: pd.DataFrame, folder: Path) -> list[str]:
    from balint_eval.plots.power import draw_power
    from balint_eval.plots.save import save_drawing
    from balint_eval.tables import write_text

    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "power_table.csv", table.to_csv(index=False, lineterminator="\n"))
    save_drawing(draw_power(table), folder, "power")
    return [f"Table: {(folder / 'power_table.csv').as_posix()}", f"Figure: {(folder / 'power.svg').as_posix()}"]

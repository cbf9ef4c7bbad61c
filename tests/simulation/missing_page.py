"""The page that `missing_study.py` writes."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from error_cells import CORRELATION, MEMBERS
from missing_cells import WITHOUT_BASELINE

if TYPE_CHECKING:
    from missing_study import Row

COMMAND = "python tests/simulation/missing_study.py --replications {replications} --write docs/missing_study.md"
NAMES = {"imputed": "Barnard and Rubin", "imputed_planned_df": "planned df"}


def page(rows: Sequence[Row], models: Mapping[str, Sequence[Row]], replications: int, seed: int, draws: int) -> str:
    """Write the page: what was found, the tables, how to repeat it."""
    sections = [
        "# How often do imputed scores show a change where there is none?",
        _found(rows, replications, draws),
        "## Every cell",
        _cells(rows),
        "## Which model the scores are drawn from",
        _models(models),
        "## How the studies are simulated",
        _design(replications, draws),
        "## How to repeat it",
        _repeat(replications, seed),
    ]
    return "\n\n".join(sections) + "\n"


def _found(rows: Sequence[Row], replications: int, draws: int) -> str:
    parts = [
        f"Of {replications} studies a cell in which nothing changed, an interval of 95 % should leave zero out in 5 of "
        f"100. People were lost, more of those with low baselines, and {100 * WITHOUT_BASELINE:g} % of the others had "
        f"no baseline; scores were imputed {draws} times by the package's own functions. Over all cells:",
        "",
    ]
    for name, words in (
        ("complete cases", "complete cases, as planned"),
        *((n, f"imputed, {w}") for n, w in NAMES.items()),
    ):
        mine = [100 * row.rejected for row in rows if row.method == name]
        parts.append(f"- {words}: {_mean(mine):.1f} % ({min(mine):.1f} to {max(mine):.1f})")
    one_arm = {
        name: [row.bias for row in rows if row.method == name and row.cell.arms == 1]
        for name in ("complete cases", "imputed")
    }
    parts += [
        "",
        f"In one arm the mean change of complete cases is off by {_mean(one_arm['complete cases']):.3f} SD, because "
        "those who stay had higher baselines and fall back; with imputed scores it is off by "
        f"{_mean(one_arm['imputed']):.3f} SD.",
        "",
        "The degrees of freedom of Barnard and Rubin stay well below those of complete data where these are few; with "
        "2 to 4 groups an arm they make intervals so wide that they hardly ever leave anything out. So the same "
        "estimate and standard error are also given with the degrees of freedom of the planned analysis. Both err "
        "on the careful side.",
    ]
    return "\n".join(parts)


def _cells(rows: Sequence[Row]) -> str:
    cells = list(dict.fromkeys(row.cell for row in rows))
    by_place = {(row.cell, row.method): row for row in rows}
    header = ["arms", "groups an arm", "ICC", "scores", "lost", "complete cases %"]
    header += [*(f"imputed, {words} %" for words in NAMES.values()), "half-width: complete", *NAMES.values()]
    header += ["SE² / variance"]
    lines = [header, ["---:"] * 3 + ["---"] + ["---:"] * (len(header) - 4)]
    for cell in cells:
        found = [by_place[cell, name] for name in ("complete cases", *NAMES)]
        lines.append([
            str(cell.arms), str(cell.groups), f"{cell.icc:.2f}", cell.scores, f"{100 * cell.lost:.0f} %",
            *(f"{100 * row.rejected:.1f}" for row in found), *(f"{row.half_width:.2f}" for row in found),
            f"{found[1].variance_ratio:.2f}",
        ])  # fmt: skip
    return _table(lines)


def _models(models: Mapping[str, Sequence[Row]]) -> str:
    cells = [row.cell for row in next(iter(models.values()))]
    header = [
        "groups an arm",
        "ICC",
        "lost",
        *(f"{name} %" for name in models),
        *(f"{name}: SE² / variance" for name in models),
    ]
    lines = [header, ["---:"] * len(header)]
    for place, cell in enumerate(cells):
        found = [rows[place] for rows in models.values()]
        lines.append([
            str(cell.groups), f"{cell.icc:.2f}", f"{100 * cell.lost:.0f} %",
            *(f"{100 * row.rejected:.1f}" for row in found), *(f"{row.variance_ratio:.2f}" for row in found),
        ])  # fmt: skip
    said = (
        "Two arms, everybody with a baseline, planned df. Drawn without groups, the scores of those lost forget what "
        "their group has in common, and the intervals are too narrow. With fixed effects the noise of a group's mean "
        "is counted twice and they are too wide (Andridge 2011). Random effects with a flat prior of the ICC "
        "lie between."
    )
    return f"{said}\n\n{_table(lines)}"


def _table(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _design(replications: int, draws: int) -> str:
    low, high = MEMBERS
    return "\n".join([
        f"- {replications} studies a cell; Monte-Carlo standard error of a share of 5 %: "
        f"{100 * (0.05 * 0.95 / replications) ** 0.5:.1f} %.",
        f"- As in `type_one_error.md`: groups of {low}-{high} people, correlation {CORRELATION:g}, group effects that "
        "arise after the groups begin to meet.",
        "- Lost: log odds of intercept - baseline (in SD), with the intercept that gives the share.",
        f"- {draws} imputations (by default the package makes 50).",
        "- SE² / variance: mean squared standard error over the variance of the estimates; above 1 is careful.",
        "- Half-width: median of half the interval, in SDs.",
    ])  # fmt: skip


def _repeat(replications: int, seed: int) -> str:
    versions = f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {version(name)}" for name in ("balint-eval", "numpy", "scipy")
    )
    command = COMMAND.format(replications=replications)
    return (
        f"```\nmake missing-study\n# {command}\n```\n\nSeed {seed}; {versions}. The same versions give the same page."
    )

"""The page that `error_study.py` writes."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from coverage_intervals import METHODS
from error_cells import (
    BASELINE_INTERCEPT,
    BASELINE_WEIGHT,
    CORRELATION,
    GROUPS,
    MEMBERS,
    ONE_TO_TWO,
    SHARES,
    SINGLE,
    Cell,
)

from balint_eval.stats.cr2 import ONE_ARM_ICC

if TYPE_CHECKING:
    from error_study import Row

WANTED = (0.04, 0.06)
FEWEST_GROUPS = {True: 3, False: 2}
"""Groups needed for a claim: in a single arm, in each of two arms (`stats.group_means.enough_groups`)."""
COMMAND = "python tests/simulation/error_study.py --replications {replications} --write docs/type_one_error.md"


def page(rows: Sequence[Row], replications: int, seed: int, checked: int) -> str:
    """Write the page: what was found, the tables, how the studies are simulated, how to repeat it."""
    grid = [row for row in rows if row.cell.in_grid]
    beyond = [row for row in rows if not row.cell.in_grid]
    sections = [
        "# How often is something found where there is nothing?",
        _found(grid, replications),
        "## Two arms",
        _table([row for row in grid if not METHODS[row.method].is_change]),
        "## One arm",
        _table([row for row in grid if METHODS[row.method].is_change]),
        "## Beyond the grid: other designs and drop-out that depends on the baseline",
        _beyond(beyond),
        _table(beyond),
        "## How the studies are simulated",
        _design(replications),
        "## How to repeat it",
        _repeat(replications, seed, checked),
    ]
    return "\n\n".join(sections) + "\n"


def inside(row: Row) -> bool:
    """Say whether the share, rounded as it is printed, lies from 4 to 6 %."""
    return WANTED[0] <= round(row.rejected, 4) <= WANTED[1]


def claims(row: Row) -> bool:
    """Say whether the package lets a claim rest on a primary result of this cell."""
    single_arm = METHODS[row.method].is_change or row.cell.design == SINGLE
    return row.cell.groups >= FEWEST_GROUPS[single_arm]


def _found(rows: Sequence[Row], replications: int) -> str:
    primary = [row for row in rows if METHODS[row.method].primary]
    claimed = [row for row in primary if claims(row)]
    outside = [row for row in primary if not inside(row)]
    lines = [
        f"The p-value of the primary method (`ancova_cr2` for two arms, `change_cr2` for one) should be below .05 in "
        f"5 of 100 studies in which nothing changed. In {replications} simulated studies a cell it was so in 4 to 6 "
        f"of 100 in {sum(map(inside, claimed))} of the {len(claimed)} cells in which the package lets a claim rest "
        f"on it, and in {sum(map(inside, primary))} of all {len(primary)} cells.",
        "",
        f"Outside were {len(outside)} cells" + (":" if outside else "."),
    ]
    lines += [
        f"- `{row.method}`, {row.cell.groups} groups an arm, ICC {row.cell.icc:.2f}, {row.cell.scores}, "
        f"{row.cell.missing}: {100 * row.rejected:.2f} %" + ("" if claims(row) else " (no claim is made from so few)")
        for row in outside
    ]
    return "\n".join(lines)


def _table(rows: Sequence[Row]) -> str:
    names = list(dict.fromkeys(row.method for row in rows))
    cells = list(dict.fromkeys(row.cell for row in rows))
    by_place = {(row.cell, row.method): row for row in rows}
    header = ["groups", "ICC", "scores", "people lost", *_headed(names), "4-6 %", "claim", "no p %"]
    if any(cell.design != GROUPS for cell in cells):
        header = ["design", *header]
    aligned = ["---"] * (header.index("people lost") + 1) + ["---:"] * len(names) + ["---", "---", "---:"]
    lines = [header, aligned, *(list(_line(cell, names, by_place, "design" in header)) for cell in cells)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _headed(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield f"**`{name}`** %" if METHODS[name].primary else f"`{name}` %"


def _line(cell: Cell, names: Sequence[str], by_place: dict[tuple[Cell, str], Row], with_design: bool) -> Iterator[str]:
    if with_design:
        yield cell.design
    yield from (str(cell.groups), f"{cell.icc:.2f}", cell.scores, cell.missing)
    for name in names:
        row = by_place.get((cell, name))
        yield f"{100 * row.rejected:.2f}" if row else "-"
    main = by_place[cell, names[0]]
    yield "yes" if inside(main) else "**no**"
    yield "yes" if claims(main) else "never"
    yield f"{100 * main.without_p:.2f}"


def _beyond(rows: Sequence[Row]) -> str:
    worst = {
        design: [100 * row.rejected for row in rows if METHODS[row.method].primary and row.cell.design == design]
        for design in (ONE_TO_TWO, SINGLE, GROUPS)
    }
    claimed = [
        100 * row.rejected for row in rows if METHODS[row.method].primary and row.cell.design == SINGLE and claims(row)
    ]
    return "\n".join([
        f"- {ONE_TO_TWO.capitalize()}: {_span(worst[ONE_TO_TWO])} %. With two groups against four the test is "
        "cautious: it finds less than it could.",
        f"- {SINGLE.capitalize()} (people of the other arm stand alone): {_span(claimed)} % with three groups or "
        f"more. The degrees of freedom allow for an intra-group correlation of {ONE_ARM_ICC:g}; with those of "
        "independence up to 6.9 % were found. With two groups no claim is made.",
        f"- Drop-out that depends on the baseline: {_span(worst[GROUPS])} %.",
    ])  # fmt: skip


def _span(shares: Sequence[float]) -> str:
    return f"{min(shares):.2f} to {max(shares):.2f}"


def _design(replications: int) -> str:
    low, high = MEMBERS
    return "\n".join([
        f"- {replications} studies a cell; Monte-Carlo standard error of a share of 5 %: "
        f"{100 * (0.05 * 0.95 / replications) ** 0.5:.2f} %.",
        f"- Groups of {low}-{high} people, each size equally likely; correlation of pre and post {CORRELATION:g}. "
        "Before, people are independent; after, the ICC is the share of the variance that a group has in common "
        "(groups grow alike because they met).",
        "- Scores `normal`: as drawn, so that an interval holds any true difference in 100 minus the printed share "
        "of studies: 94 to 96 %. `5-point, skewed`: one answer with the shares "
        f"{', '.join(f'{100 * share:g}' for share in SHARES)} %, a harder case than the sum of many items.",
        "- `20 % drop out`: everybody alike, after. `more with low baselines`: log odds of "
        f"{BASELINE_INTERCEPT:g} - {BASELINE_WEIGHT:g} x baseline (in SD).",
        "- **claim**: whether the package lets a claim rest on such a result (three groups in a single arm, two in "
        "each of two arms, three where only one arm has groups). `never`: estimates and intervals only.",
        "- **no p**: studies in which all groups changed by exactly the same, so that nothing is known of how groups "
        "differ; they have no p-value and count in no share.",
        "- `person_change_t` and `paired_t` take people for independent, as most published evaluations do.",
    ])  # fmt: skip


def _repeat(replications: int, seed: int, checked: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("balint-eval", "numpy", "scipy"))
    return "\n".join([
        "```", "make error-study", f"# {COMMAND.format(replications=replications)}", "```", "",
        f"Seed {seed}; Python {platform.python_version()}, {versions}. The same versions give the same page. "
        f"{checked} tests were computed one by one as well, with the package's own functions, and agreed.",
    ])  # fmt: skip

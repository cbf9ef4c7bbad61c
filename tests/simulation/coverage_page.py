"""The page that `coverage_study.py` writes."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from coverage_cells import DEMO, EXACT, GROUPS_PER_ARM, ITEMS, LEVEL_GAP, MEMBERS, OUTCOME, ROUNDED, truths
from coverage_intervals import AGREEMENT, METHODS

from balint_eval.simulate.demo_cohort import ABSENT, ITEMS_MISSING

if TYPE_CHECKING:
    from coverage_study import Row

WANTED = (0.94, 0.96)
HEADER = (
    "studies", "scores", "ICC", "method", "coverage %", "94-96 %", "bias", "width", "type-I error %", "no interval %",
)  # fmt: skip
COMMAND = "python tests/simulation/coverage_study.py --replications {replications} --write docs/coverage.md"


def page(rows: Sequence[Row], replications: int, seed: int, checked: int) -> str:
    """Write the page: what was found, how it was simulated, the tables, how to read them, how to repeat it."""
    sections = [
        "# Do the 95 % intervals hold the truth 95 times in 100?",
        _found(rows, replications),
        "## How the studies are simulated",
        _design(replications),
        "## The difference between the arms",
        _table([row for row in rows if not METHODS[row.method].is_change]),
        "## The change within the Balint arm",
        _table([row for row in rows if METHODS[row.method].is_change]),
        "## How to read the tables",
        _reading(),
        "## How to repeat it",
        _repeat(replications, seed, checked),
    ]
    return "\n\n".join(sections) + "\n"


def inside(row: Row) -> bool:
    """Say whether a row's coverage, rounded as it is printed, lies from 94 to 96 %."""
    return WANTED[0] <= round(row.coverage, 4) <= WANTED[1]


def _found(rows: Sequence[Row], replications: int) -> str:
    main = next(row for row in rows if row.cell == DEMO and row.method == "ancova_cr2")
    primary = [row for row in rows if METHODS[row.method].primary]
    outside = [row for row in primary if not inside(row)]
    verdict = "which is" if inside(main) else "which is **not**"
    lines = [
        f"In {replications} simulated studies of the demo's design the interval of the primary method (`ancova_cr2`) "
        f"held the true difference in {_percent(main.coverage, main.coverage_error)} % of the studies (Monte-Carlo "
        f"standard error in brackets), {verdict} within the 94-96 % asked for.",
        f"{len(primary) - len(outside)} of the {len(primary)} rows of a primary method (`ancova_cr2`, `change_cr2`) "
        "are within 94-96 %" + (":" if outside else "."),
    ]
    return " ".join(lines) + "".join(f"\n- outside: {_place(row)}, {100 * row.coverage:.2f} %" for row in outside)


def _place(row: Row) -> str:
    return f"`{row.method}`, {row.cell.design}, scores {row.cell.scores}, ICC {row.cell.icc:.2f}"


def _design(replications: int) -> str:
    effect, change = truths(null=False)
    low, high = MEMBERS
    absent = " and ".join(f"{100 * share:.0f} %" for share in ABSENT[:2])
    lines = [
        f"Each row stands on {replications} studies in which the Balint arm gains {effect:g} points on the waiting "
        f"list (and {change:g} points on itself), and on {replications} further studies in which nothing changes, "
        "for the type-I error. The numbers are those of the demo study's primary outcome after the meetings.",
        "",
        f"- Two cohorts, each with {GROUPS_PER_ARM} groups an arm of {low}-{high} people (sizes drawn anew for each "
        f"study), pooled without a term for the cohort: {4 * GROUPS_PER_ARM} groups.",
        f"- {OUTCOME.instrument}: baseline mean {OUTCOME.mean:g}, SD {OUTCOME.sd:g}, pre/post correlation "
        f"{OUTCOME.correlation:g}. People are independent before; after, the ICC is the share of the variance that "
        f"a group has in common. The demo's ICC is {OUTCOME.icc:g}.",
        f"- {absent} do not answer before and after, each wave on its own; only people with both scores are used.",
        f"- Scores `{EXACT}`: as drawn. `{ROUNDED}`: rounded to whole points and clipped to 0-64. `{ITEMS}`: 16 "
        f"answers are made for every person and wave, {100 * ITEMS_MISSING:g} % of the answers are left out, and the "
        "rest is scored by the package with its key and its rule for missing items, as in the demo.",
        f"- Further rows: the two cohorts are {LEVEL_GAP:g} points apart in both waves; one cohort is analysed "
        "alone (the by-cohort results).",
    ]
    return "\n".join(lines)


def _table(rows: Sequence[Row]) -> str:
    cells = [HEADER, ["---"] * 4 + ["---:"] * 6, *(list(_cells(row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cells(row: Row) -> Iterator[str]:
    name = f"`{row.method}`"
    yield from (row.cell.design, row.cell.scores, f"{row.cell.icc:.2f}")
    yield f"**{name}**" if METHODS[row.method].primary else name
    yield _percent(row.coverage, row.coverage_error)
    yield "yes" if inside(row) else "**no**"
    yield f"{row.bias:+.3f} ({row.bias_error:.3f})"
    yield f"{row.width:.2f}"
    yield _percent(row.type_one, row.type_one_error)
    yield f"{100 * row.without_interval:.2f}"


def _percent(share: float, error: float) -> str:
    return f"{100 * share:.2f} ({100 * error:.2f})"


def _reading() -> str:
    lines = [
        "- In brackets: Monte-Carlo standard error. A coverage of 95 % is then seen between 94.6 and 95.4 in 19 of "
        "20 rows.",
        "- **coverage**: share of the studies whose 95 % interval holds the effect that was put in; of the studies "
        "that have an interval. **no interval** is the share that has none: with whole-number scores two groups now "
        "and then change by exactly the same, and nothing is then known of how groups differ.",
        "- **bias**: mean estimate minus the effect that was put in, in points. With rounded scores and scores from "
        "items it is a little below 0 in most rows, because a score cannot exceed 64 and the arm that gains meets "
        "that ceiling more often.",
        "- **width**: mean width of the interval, in points. **type-I error**: share of the studies without any "
        "change in which the interval leaves 0 out; 5 % is right.",
        "- Methods in bold are the primary ones of the default plan. `group_means_t` stands beside them. "
        "`person_change_t` and `paired_t` take people for independent, as most published evaluations do: they are "
        "right only where the ICC is 0. Rows marked **no** among them are what is to be expected, not a fault.",
        "- One cohort alone has two groups in an arm: the intervals hold, and are so wide that they say little. A "
        "claim from fewer than three groups in a single arm is not made.",
        "- What this does not show: drop-out that depends on the score, unequal variance of the arms' groups, "
        "skewed scores.",
    ]
    return "\n".join(lines)


def _repeat(replications: int, seed: int, checked: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("balint-eval", "numpy", "scipy"))
    return "\n".join([
        "```", "make coverage-study", f"# {COMMAND.format(replications=replications)}", "```", "",
        f"Seed {seed}; Python {platform.python_version()}, {versions}. The same versions give the same page. The "
        "intervals are computed for all studies at once; "
        f"{checked} of them were computed one by one as well, with the package's functions, and agreed to "
        f"{AGREEMENT:g} points (otherwise the program stops).",
    ])  # fmt: skip

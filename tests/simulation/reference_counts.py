"""Count the numbers of R that the tests hold, for docs/validation.md.

    python tests/simulation/reference_counts.py --write docs/validation.md

Every number in the JSON files of tests/reference counts that is a result: data, settings, sample sizes of the draw,
names, calls and versions are not results.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[1] / "reference"
GIVEN = frozenset((
    "data", "columns", "settings", "versions", "R", "call", "calls", "times", "names", "L", "y", "v", "x", "level",
    "margin", "nodes", "formula", "joint_weights", "sizes", "weights",
))  # fmt: skip
"""Keys below which nothing is a result."""
BEGIN, END = "<!-- counts: made by tests/simulation/reference_counts.py -->", "<!-- end of counts -->"


def results(found: Any) -> int:
    """Count the numbers of one JSON value that are results."""
    if isinstance(found, dict):
        return sum(results(value) for key, value in found.items() if key not in GIVEN)
    if isinstance(found, list):
        return sum(results(value) for value in found)
    return int(isinstance(found, int | float) and not isinstance(found, bool))


def counts() -> dict[str, int]:
    """Count the results of every reference file, by name."""
    return {path.name: results(json.loads(path.read_text("utf-8"))) for path in sorted(REFERENCE.glob("*.json"))}


def table(found: dict[str, int]) -> str:
    """Write the counts as a table."""
    rows = [f"| `{name}` | {count:,} |" for name, count in found.items()]
    return "\n".join(
        [BEGIN, "", "| file | numbers of R |", "|---|---|", *rows, f"| all | {sum(found.values()):,} |", "", END]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table or write it into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    page = parser.parse_args(arguments).write
    text = table(counts())
    if page:
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        page.write_text(before + text + rest.partition(END)[2], encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Every benchmark in one table: `make bench` prints it and writes it into docs/scale.md, between its two marks.

`PARTS="cohort growth"` runs some of the parts, `COHORTS="1 10 100 1000"` and `PEOPLE="10000 100000"` choose sizes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import bench_cohort
import bench_large
import bench_scale
import growth
from measure import warm_up

BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
DEFAULT = ("cohort", "cohorts", "pages", "people", "growth", "scoring", "models")
HERE = Path(__file__).parent


def printed_by(script: str) -> Iterator[str]:
    """Give the table of a benchmark that has a target of its own."""
    ran = subprocess.run([sys.executable, str(HERE / script)], check=False, capture_output=True, text=True)
    yield from ran.stdout.strip().splitlines()
    if ran.returncode:
        yield f"\n`{script}` ended with {ran.returncode}: not kept, or failed. {ran.stderr.strip()[-200:]}"


def parts(wanted: argparse.Namespace) -> dict[str, tuple[str, Callable[[], Iterator[str]]]]:
    """Give what can be run: its heading and its lines."""
    return {
        "cohort": ("One cohort, beside R", lambda: iter(bench_cohort.table(1)[0])),
        "cohorts": ("Many cohorts", lambda: bench_scale.table(wanted.cohorts, each_cohort=False)),
        "pages": ("Many cohorts, a page for each", lambda: bench_scale.table(wanted.cohorts, each_cohort=True)),
        "people": ("Many people, 60 items, two waves", lambda: bench_large.table(wanted.people, None)),
        "growth": ("Single jobs", growth.table),
        "scoring": ("Scoring beside the memory's bandwidth", lambda: printed_by("bench_scoring.py")),
        "models": ("Mixed models and power", lambda: printed_by("bench_models.py")),
        "reading": ("Reading", lambda: printed_by("bench_reading.py")),
    }


def written(page: str, text: str) -> str:
    """Give a page with other text between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"the page has no marks: {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--parts", nargs="+", default=list(DEFAULT))
    parser.add_argument("--write", type=Path, help="page with the two marks")
    wanted = parser.parse_args()
    warm_up()
    machine = f"{dt.date.today()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    lines: list[str] = []
    for name in wanted.parts:
        heading, run = parts(wanted)[name]
        lines += [f"### {heading}", "", f"{machine}, load {os.getloadavg()[0]:.1f}.", ""]
        for line in run():
            print(line, flush=True)
            lines.append(line)
        lines.append("")
        # Kept after each part: a benchmark that is stopped has not been for nothing.
        if wanted.write:
            page = wanted.write.read_text(encoding="utf-8")
            wanted.write.write_text(written(page, "\n".join(lines).rstrip()), encoding="utf-8")


if __name__ == "__main__":
    main()

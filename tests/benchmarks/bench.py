"""Every benchmark in one table: `make bench` prints it and writes it into docs/scale.md, between its two marks.

The picture of the growth (`docs/pictures/growth.svg`) is drawn from the same table.

`PARTS="cohort growth"` runs some of the parts, `COHORTS="1 10 100 1000"` and `PEOPLE="10000 100000"` choose sizes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from growth_picture import draw, series

BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
DEFAULT = ("cohort", "cohorts", "pages", "people", "growth", "scoring", "models", "peers")
HERE = Path(__file__).parent


def parts(wanted: argparse.Namespace) -> dict[str, tuple[str, list[str]]]:
    """Give what can be run: its heading, its script and what it is told."""
    cohorts, people = list(map(str, wanted.cohorts)), list(map(str, wanted.people))
    return {
        "cohort": ("One cohort, beside R", ["bench_cohort.py"]),
        "cohorts": ("Many cohorts", ["bench_scale.py", "--cohorts", *cohorts]),
        "pages": ("Many cohorts, a page for each", ["bench_scale.py", "--each-cohort", "--cohorts", *cohorts]),
        "people": ("Many people, 60 items, two waves", ["bench_large.py", "--people", *people]),
        "growth": ("Single jobs", ["growth.py"]),
        "scoring": ("Scoring beside the memory's bandwidth", ["bench_scoring.py"]),
        "models": ("Mixed models and power", ["bench_models.py"]),
        "peers": ("One outcome, beside pingouin and statsmodels", ["bench_peers.py"]),
        "reading": ("Reading", ["bench_reading.py"]),
    }


def printed_by(script: str, *told: str) -> Iterator[str]:
    """Give the lines of a benchmark as it prints them.

    In a process of its own: what a parent has used of memory is counted with its children.
    """
    command = [sys.executable, "-u", str(HERE / script), *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            yield line.rstrip("\n")
    if process.returncode:
        yield f"\n`{script}` ended with {process.returncode}: a promise was not kept, or it failed."


def sections(text: str) -> dict[str, str]:
    """Give the parts of a table by their headings."""
    found = [part for part in re.split(r"(?m)^(?=### )", text) if part.startswith("### ")]
    return {part.partition("\n")[0].removeprefix("### "): part.strip() for part in found}


def written(page: str, measured: Mapping[str, str], order: Sequence[str]) -> str:
    """Give a page with what was measured between its marks, parts that were not measured again as they are."""
    before, _, rest = page.partition(BEGIN)
    kept, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"the page has no marks: {BEGIN} ... {END}")
    known = {**sections(kept), **measured}
    text = "\n\n".join(known[heading] for heading in order if heading in known)
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--parts", nargs="+", default=list(DEFAULT))
    parser.add_argument("--write", type=Path, help="page with the two marks")
    wanted = parser.parse_args()
    machine = f"{dt.date.today()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    order = [heading for heading, _ in parts(wanted).values()]
    for name in wanted.parts:
        heading, (script, *told) = parts(wanted)[name]
        lines = [f"### {heading}", "", f"{machine}.", ""]
        for line in printed_by(script, *told):
            print(line, flush=True)
            lines.append(line)
        # Kept after each part: a benchmark that is stopped has not been for nothing.
        if wanted.write:
            page = written(wanted.write.read_text(encoding="utf-8"), {heading: "\n".join(lines).strip()}, order)
            wanted.write.write_text(page, encoding="utf-8")
            draw(series(page), wanted.write.parent / "pictures" / "growth.svg")


if __name__ == "__main__":
    main()

"""What many cohorts cost: a first run, a run with nothing to do, one changed answer, one cohort more.

Run `make bench-scale`, or `python tests/benchmarks/bench_scale.py --cohorts 10 100`. CPU time is that of all processes
of a run; the peak of memory is that of the largest of them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from cohort_studies import write_study


def used() -> tuple[float, float]:
    """Give CPU seconds and the peak of memory in GB of what this process has started and seen end."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime, children.ru_maxrss / 2**20


def run(folder: Path) -> tuple[float, float]:
    """Run a study in its folder; CPU and wall seconds."""
    began, wall = used()[0], time.perf_counter()
    command = [sys.executable, "-m", "balint_eval", "run", "study.yaml", "--plain"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return used()[0] - began, time.perf_counter() - wall


def change_an_answer(folder: Path) -> None:
    """Change the last answer of the first cohort."""
    path = folder / "exports" / "c00001.csv"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text[:-1]}{'2' if text[-1] == '1' else '1'}\n", encoding="utf-8")


def rows(cohorts: int, folder: Path, *, each_cohort: bool) -> Iterator[tuple[str, float, float]]:
    """Run one study in every way."""
    write_study(folder, cohorts=cohorts, each_cohort=each_cohort)
    yield "first run", *run(folder)
    yield "nothing to do", *run(folder)
    change_an_answer(folder)
    yield "one changed answer", *run(folder)
    write_study(folder, cohorts=cohorts + 1, each_cohort=each_cohort)
    yield "one cohort more", *run(folder)


def main() -> None:
    """Print the table, and the slope of the cost of a first run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--each-cohort", action="store_true", help="with a page for each cohort")
    wanted = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| cohorts of 24 people | run | CPU s | wall s | peak GB |\n|---|---|---|---|---|")
    first = []
    for cohorts in wanted.cohorts:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["BALINT_EVAL_KEY_FILE"] = str(Path(folder) / "key" / "pseudonyms.key")
            for name, cpu, wall in rows(cohorts, Path(folder) / "study", each_cohort=wanted.each_cohort):
                print(f"| {cohorts} | {name} | {cpu:.1f} | {wall:.1f} | {used()[1]:.2f} |", flush=True)
                first += [(cohorts, cpu)] if name == "first run" else []
    if len(first) > 1:
        cohorts_run, seconds = np.array(first).T
        slope, start = np.polyfit(cohorts_run, seconds, 1)
        steep = np.polyfit(np.log(cohorts_run), np.log(seconds), 1)[0]
        print(f"\nA first run: {start:.1f} CPU s and {slope:.2f} a cohort; slope on logarithmic axes {steep:.2f}.")


if __name__ == "__main__":
    main()

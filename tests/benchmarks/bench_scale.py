"""What many cohorts cost: a first run, a run with nothing to do, one changed answer, one cohort more.

Run `make bench-scale`, or `python tests/benchmarks/bench_scale.py --cohorts 10 100`. CPU time is that of all processes
of a run; the peak of memory is that of the largest of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from cohort_studies import change_an_answer, write_study
from measure import Cost, cost_of, run_command, stage_table, stages_of, warm_up


def costs(folder: Path, cohorts: int, stages: list[str], *, each_cohort: bool) -> Iterator[tuple[str, Cost]]:
    """Run one study in every way; what the stages of the first run cost is put into `stages`."""
    key, study = folder / "key" / "pseudonyms.key", folder / "study"
    write_study(study, cohorts=cohorts, each_cohort=each_cohort)
    cost_of([sys.executable, "-m", "balint_eval", "keygen"], folder, key)
    stages_of(key).unlink()
    yield "first run", cost_of(run_command(), study, key)
    stages[:] = stage_table(key)
    yield "nothing to do", cost_of(run_command(), study, key)
    change_an_answer(study)
    yield "one changed answer", cost_of(run_command(), study, key)
    write_study(study, cohorts=cohorts + 1, each_cohort=each_cohort)
    yield "one cohort more", cost_of(run_command(), study, key)


def table(wanted: list[int], *, each_cohort: bool) -> Iterator[str]:
    """Give the lines of the table, and the slope of the cost of a first run."""
    yield "| cohorts of 24 people | run | CPU s | wall s | peak GB |\n|---|---|---|---|---|"
    first, stages = [], list[str]()
    for cohorts in wanted:
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in costs(Path(folder), cohorts, stages, each_cohort=each_cohort):
                yield f"| {cohorts:,} | {name} | {cost.cells()} |"
                first += [(cohorts, cost.cpu)] if name == "first run" else []
    if len(first) > 1:
        cohorts_run, seconds = np.array(first).T
        slope, start = np.polyfit(cohorts_run, seconds, 1)
        steep = np.polyfit(np.log(cohorts_run), np.log(seconds), 1)[0]
        yield f"\nA first run: {start:.1f} CPU s and {slope:.2f} a cohort; slope on logarithmic axes {steep:.2f}."
    yield f"\nThe stages of the first run of {wanted[-1]:,}:\n"
    yield from stages


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--each-cohort", action="store_true", help="with a page for each cohort")
    wanted = parser.parse_args()
    warm_up()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    for line in table(wanted.cohorts, each_cohort=wanted.each_cohort):
        print(line, flush=True)


if __name__ == "__main__":
    main()

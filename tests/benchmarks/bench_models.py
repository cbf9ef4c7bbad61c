"""How long mixed models with Kenward-Roger take, beside lmerTest on the same data in the same run, on one core.

Run `make bench-models`. Times are CPU times of one thread, so that other work on the machine counts little. Without
Rscript the comparison is skipped, which is said; the two other promises are measured all the same.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from balint_eval.planned import PlannedStudy, simulated
from balint_eval.replicates import ancova_mixed_many
from balint_eval.simulate.design import simulate_two_arms
from balint_eval.stats.reml import crossed, fit_reml, random_intercept
from balint_eval.stats.small_sample import ContrastTest, coefficient_tests, kenward_roger

REPEATS, R_REPEATS = 30, 5
TIMES_R, FITS_A_SECOND, POWER_SECONDS = 10.0, 5_000.0, 10.0
REPLICATIONS = 10_000
Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """One model in both languages."""

    name: str
    formula: str
    data: Columns
    fit: Callable[[Columns], tuple[ContrastTest, ...]]


def two_waves(groups_per_arm: int) -> Columns:
    """Draw a controlled study as long columns; one person in ten has no later score."""
    drawn = simulate_two_arms(np.random.default_rng(5), 1, groups_per_arm=groups_per_arm, icc=0.1, absent=(0.0, 0.1))
    n = drawn.group.size
    score = np.concatenate([drawn.pre[0], drawn.post[0]])
    columns = {
        "person": np.tile(np.arange(n), 2),
        "group": np.tile(drawn.group, 2),
        "arm": np.tile(drawn.treated.astype(float), 2),
        "wave": np.repeat([0.0, 1.0], n),
        "score": score,
    }
    return {name: values[np.isfinite(score)] for name, values in columns.items()}


def controlled(data: Columns) -> tuple[ContrastTest, ...]:
    """Fit the model of change in two arms and test every coefficient."""
    wave, arm = data["wave"], data["arm"]
    terms = (
        random_intercept("group", data["group"]),
        random_intercept("group:wave", crossed(data["group"], wave)),
        random_intercept("person", data["person"]),
    )
    X = np.column_stack([np.ones(wave.size), wave, arm, wave * arm])
    return coefficient_tests(kenward_roger(fit_reml(data["score"], X, terms)))


def wide(groups_per_arm: int) -> Columns:
    """Draw a controlled study as one row a person."""
    drawn = simulate_two_arms(np.random.default_rng(6), 1, groups_per_arm=groups_per_arm, icc=0.1, absent=(0.0, 0.1))
    both = np.isfinite(drawn.post[0])
    columns = {"pre": drawn.pre[0], "post": drawn.post[0], "arm": drawn.treated.astype(float), "group": drawn.group}
    return {name: values[both] for name, values in columns.items()}


def ancova(data: Columns) -> tuple[ContrastTest, ...]:
    """Fit the later score given the earlier one."""
    X = np.column_stack([np.ones(data["pre"].size), data["pre"], data["arm"]])
    return coefficient_tests(kenward_roger(fit_reml(data["post"], X, (random_intercept("group", data["group"]),))))


CHANGE = "score ~ wave * arm + (1 | group) + (1 | group:wave) + (1 | person)"
CASES = [
    *(Case(f"change, {n} groups an arm", CHANGE, two_waves(n), controlled) for n in (2, 4, 8)),
    *(Case(f"ANCOVA, {n} groups an arm", "post ~ pre + arm + (1 | group)", wide(n), ancova) for n in (4, 8)),
]


def cpu_seconds(job: Callable[[], object], repeats: int) -> float:
    """Give the median CPU seconds of a job, after one run that is not counted."""
    job()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        job()
        taken.append(time.process_time() - start)
    return float(np.median(taken))


def by_r(case: Case) -> dict[str, Any]:
    """Let lmerTest do the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.json"
        columns = {name: values.tolist() for name, values in case.data.items()}
        path.write_text(json.dumps({"formula": case.formula, "data": columns, "repeats": R_REPEATS}), encoding="utf-8")
        script = Path(__file__).with_name("bench_models.R")
        ran = subprocess.run(["Rscript", str(script), str(path)], check=True, capture_output=True, text=True)
    return dict(json.loads(ran.stdout))


def compare() -> bool:
    """Print a row for each model; True when every one is fast enough, or when R is absent."""
    with_r, kept = shutil.which("Rscript") is not None, True
    if not with_r:
        print("SKIPPED: Rscript is not on the path, so no time stands beside R's.\n")
    print("| model | rows | here, ms | lmerTest, ms | times as fast | df within 1 % |\n|---|---|---|---|---|---|")
    for case in CASES:
        ours = cpu_seconds(lambda case=case: case.fit(case.data), REPEATS)
        cells = ["", "", ""]
        if with_r:
            theirs = by_r(case)
            seconds, found = float(np.median(theirs["seconds"])), case.fit(case.data)
            # lmer at its defaults stops short of its optimum, so this is no test of the numbers: `make r-check` is.
            same = np.allclose([test.df for test in found], theirs["df"], rtol=0.01) and np.allclose(
                [test.std_error for test in found], theirs["std_error"], rtol=1e-3
            )
            cells = [f"{1000 * seconds:.0f}", f"{seconds / ours:.0f}", "yes" if same else "no"]
            kept = kept and seconds / ours >= TIMES_R and same
        print(f"| {case.name} | {next(iter(case.data.values())).size} | {1000 * ours:.1f} |", " | ".join(cells), "|")
    return kept


def batch() -> float:
    """Give ANCOVA mixed models with Kenward-Roger a CPU second, many replicates at once."""
    data = simulate_two_arms(np.random.default_rng(7), 2_000, groups_per_arm=4, icc=0.05)
    return 2_000 / cpu_seconds(lambda: ancova_mixed_many(data), 5)


def main() -> int:
    """Print what was measured; 1 when a promise is broken."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, numpy {np.__version__}\n")
    kept = compare()
    fits = batch()
    print(
        f"\nbatched ANCOVA mixed models, Kenward-Roger: {fits:,.0f} fits a CPU second (promised {FITS_A_SECOND:,.0f})"
    )
    planned = PlannedStudy(arms=2, groups=4)
    seconds = cpu_seconds(lambda: simulated(planned, REPLICATIONS), 1)
    print(
        f"power of two arms of {planned.groups} groups, {REPLICATIONS:,} studies, CR2, t on group means and mixed "
        f"model: {seconds:.1f} CPU s (promised {POWER_SECONDS:.0f})"
    )
    return int(not kept or fits < FITS_A_SECOND or seconds > POWER_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

"""One cohort of 64 people, three waves, three scales: `run` and `evaluate` beside an R script that does the same job.

Run `make bench-cohort`. The R script (`peer.R`) reads the same export, makes the same 42 comparisons, the same
resamples, as many figures and a report for each reader; its numbers are held to ours before its time counts for
anything. Without Rscript or one of its packages the comparison is skipped, which is said.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cohort_studies import SCALES, change_an_answer, write_study
from measure import Cost, cost_of, run_command, warm_up

from balint_eval.instruments.registry import known_instruments

PEER = Path(__file__).with_name("peer.R")
NEEDED_BY_R = ("psych", "lme4", "lmerTest", "pbkrtest", "emmeans", "clubSandwich", "ggplot2", "svglite", "jsonlite")
PROMISED = {"run": 0.5, "evaluate": 0.25}
"""Largest share of the CPU time of R."""
EXACT = ("change_cr2", "group_means_t", "mixed_model", "paired_t", "permutation", "rank_cr2")
"""Methods whose numbers must be the same. R's wilcox.test breaks ties of means that differ by rounding only."""
COLUMNS = {"estimate": "estimate", "std_error": "std_error", "df": "df", "p": "p_value"}
TOLERANCE = 1e-4
"""Relative; optimisers stop at different places."""


def keys() -> list[dict[str, Any]]:
    """Give what R needs to score: items, codes, what is reversed."""
    found = []
    for name, (scale, _, _) in SCALES.items():
        form = known_instruments()[name]
        codes, rule = list(form.response.codes), form.scale(scale)
        found.append({
            "name": name, "n_items": form.n_items, "codes": codes, "low": min(codes), "high": max(codes),
            "reversed": list(form.reverse), "rule": rule.rule, "multiply": rule.multiply,
        })  # fmt: skip
    return found


def largest_difference(theirs: dict[str, list[Any]], ours: Path) -> tuple[int, float]:
    """Give how many rows were held to each other, and the largest relative difference among their numbers."""
    with ours.open(encoding="utf-8") as file:
        known = {(row["instrument"], row["contrast"].split("@")[0], row["method"]): row for row in csv.DictReader(file)}
    rows = [dict(zip(theirs, values, strict=True)) for values in zip(*theirs.values(), strict=True)]
    held, largest = 0, 0.0
    for row in rows:
        own = known[row["instrument"], row["contrast"], row["method"]]
        if row["method"] in EXACT:
            held += 1
            pairs = [(row[a], float(own[b])) for a, b in COLUMNS.items() if own[b] and row[a] is not None]
            largest = max(largest, *(abs(a - b) / max(abs(b), 1e-3) for a, b in pairs))
    return held, largest


def costs(folder: Path) -> Iterator[tuple[str, Cost]]:
    """Run everything once."""
    key, study = folder / "key" / "pseudonyms.key", folder / "study"
    write_study(study, cohorts=1, people=64, waves=3, scales=3, formats=("html",))
    cost_of([sys.executable, "-m", "balint_eval", "keygen"], folder, key)
    yield "`balint-eval --help`", cost_of([sys.executable, "-m", "balint_eval", "--help"], folder, key)
    yield "`run`, both reports in HTML", cost_of(run_command(), study, key)
    yield "`run`, nothing to do", cost_of(run_command(), study, key)
    evaluate = "import balint_eval; balint_eval.evaluate('study.yaml')"
    yield "`evaluate`", cost_of([sys.executable, "-c", evaluate], study, key)
    lacking = _lacking_for_r()
    if lacking:
        print(f"No comparison with R, which lacks here: {lacking}.", file=sys.stderr)
    else:
        yield from _costs_of_r(folder, key)
    change_an_answer(study)
    yield "`run`, one changed answer", cost_of(run_command(), study, key)


def _lacking_for_r() -> str:
    """Name the Debian packages that the R script needs and that are not there."""
    if shutil.which("Rscript") is None:
        return "r-base-core"
    packages = " ".join(NEEDED_BY_R)
    ask = f"cat(setdiff(strsplit('{packages}', ' ')[[1]], rownames(installed.packages())))"
    lacking = subprocess.run(["Rscript", "-e", ask], capture_output=True, text=True, check=True).stdout
    return ", ".join(f"r-cran-{name.lower()}" for name in lacking.split())


def _costs_of_r(folder: Path, key: Path) -> Iterator[tuple[str, Cost]]:
    (folder / "keys.json").write_text(json.dumps(keys()), encoding="utf-8")
    words = ["Rscript", str(PEER), "study/exports/c00001.csv", "keys.json"]
    for name, more in (("R, the same job", ()), ("R, without resampling omega", ("without",))):
        printed = folder / "peer.json"
        yield name, cost_of([*words, str(folder / "peer"), *more], folder, key, printed)
        told = json.loads(printed.read_text(encoding="utf-8"))
        held, largest = largest_difference(told["rows"], folder / "study/results/many/tables/comparisons.csv")
        steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in told["seconds"].items())
        print(f"{name}: {told['R']}, reports by {told['reports']}; CPU s: {steps}.", file=sys.stderr)
        print(f"  {held} rows held to ours: largest relative difference {largest:.1e}.", file=sys.stderr)
        if largest > TOLERANCE:
            raise SystemExit("R's numbers are not ours: its time counts for nothing")


def table(repeats: int) -> tuple[list[str], int]:
    """Give the lines of the table, and 1 when a promise is broken; of repeated runs the one with the least CPU time."""
    found: dict[str, Cost] = {}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in costs(Path(folder)):
                found[name] = min(cost, found.get(name, cost), key=lambda one: one.cpu)
    peers = [found.get(name) for name in ("R, the same job", "R, without resampling omega")]
    lines = ["| one cohort: 64 people, 3 waves, 3 scales | CPU s | wall s | peak GB | of R | of R without resampling |"]
    lines.append("|---|---|---|---|---|---|")
    for name, cost in found.items():
        shares = " | ".join(f"{cost.cpu / peer.cpu:.2f}" if peer else "" for peer in peers)
        lines.append(f"| {name} | {cost.cells()} | {shares} |")
    if peers[0] is None:
        return [*lines, "", "No R on this computer: no shares."], 0
    run, evaluate = (found[name].cpu / peers[0].cpu for name in ("`run`, both reports in HTML", "`evaluate`"))
    return lines, int(run > PROMISED["run"] or evaluate > PROMISED["evaluate"])


def main() -> int:
    """Print the table; 1 when a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=1)
    warm_up()
    lines, broken = table(parser.parse_args().repeats)
    print("\n".join(lines))
    return broken


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)

"""1,000,000 people x 60 items x 2 waves in 1,000 cohorts: read, check, link, score, compare, two processes.

Run `make bench-large` (`PEOPLE="10000 100000"` tries fewer). One file a cohort: CSV and, where the extra `parquet` is
installed, Parquet of whole numbers. The functions are those of the stages (`read_export`, `decode_items`, pseudonyms,
`score_wide`, `change_cr2`), cohort after cohort, so that memory does not grow with the study. What the workflow keeps
beside (one row an answer, the doctor, flow, reports) is not made here: `docs/scale.md` says what that costs.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bench_scoring import ITEMS, WAVES, instrument

IN_A_COHORT, GROUP, EFFECT, PROCESSES = 1_000, 10, 0.2, 2
PROMISED_SECONDS, PROMISED_GB = 60.0, 2.0
STEPS = ("read", "check", "link", "score", "compare")
NAMES = ("before", "after")


class Piece(NamedTuple):
    """What some cohorts cost and gave."""

    seconds: dict[str, float]
    changes: list[float]
    peak: float


def write_cohort(folder: Path, number: int, ending: str = "csv", people: int = IN_A_COHORT) -> None:
    """One file: id, group, wave and 60 answers of one digit, one in a hundred blank; a row a person and wave."""
    drawn = np.random.default_rng([1, number])
    person = drawn.normal(0, 0.5, (people, 1)) + np.repeat(drawn.normal(0, 0.2, (people // GROUP, 1)), GROUP, 0)
    lines = ["person,group,wave," + ",".join(f"q{item}" for item in range(1, ITEMS + 1))]
    sign = np.where(np.arange(1, ITEMS + 1) % 3 == 0, -1, 1)
    for at, wave in enumerate(NAMES):
        keyed = np.clip(np.rint(2 + sign * (person + EFFECT * at) + drawn.normal(0, 1, (people, ITEMS))), 0, 4)
        cells = np.where(drawn.random((people, ITEMS)) < 0.01, "", keyed.astype(int).astype(str))
        lines += [f"C{number}P{n},C{number}G{n // GROUP},{wave},{','.join(row)}" for n, row in enumerate(cells)]
    path = folder / f"c{number:05}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if ending == "parquet":
        _typed(path)


def _typed(path: Path) -> None:
    """Put a Parquet file with the answers as whole numbers in the place of a CSV file."""
    import pandas as pd

    kinds = dict.fromkeys((f"q{item}" for item in range(1, ITEMS + 1)), "Int8")
    pd.read_csv(path, dtype=kinds).to_parquet(path.with_suffix(".parquet"), index=False)
    path.unlink()


def evaluate_cohorts(numbers: range, folder: Path, ending: str) -> Piece:
    """Read, check, link, score and compare some cohorts, one in memory at a time."""
    import pandas as pd

    from balint_eval.ingest.answers import decode_items
    from balint_eval.ingest.pseudonyms import pseudonymiser
    from balint_eval.ingest.readers.open import read_export
    from balint_eval.score_arrays import score_wide
    from balint_eval.stats.cluster import change_cr2
    from balint_eval.study_exports import Items

    form, pseudonym, seconds, changes = instrument(), pseudonymiser(bytes(range(32))), Counter[str](), []
    columns = [f"q{item}" for item in range(1, ITEMS + 1)]
    items = Items(instrument=form.name, columns=columns)
    for number in numbers:
        marks = [time.process_time()]
        path = folder / f"c{number:05}.{ending}"
        cells = read_export(path, shown_as=path.name).cells
        marks.append(time.process_time())
        decoded = decode_items(cells, columns, items, form, path.name)
        if decoded.problems:
            raise SystemExit(str(decoded.problems[0]))
        marks.append(time.process_time())
        waves = [cells.index[cells["wave"] == wave] for wave in NAMES]
        who = cells[["person", "group"]].assign(person=cells["person"].map(pseudonym))
        first, second = (who.loc[rows].set_index("person") for rows in waves)
        if first.index.has_duplicates or second.index.has_duplicates:
            raise SystemExit(f"{path.name}: a person stands twice in a wave")
        place = pd.Series(range(len(second)), index=second.index).reindex(first.index)
        found = place.notna().to_numpy()
        marks.append(time.process_time())
        before, after = (score_wide(decoded.values.loc[rows].to_numpy(), form)["total"].score for rows in waves)
        marks.append(time.process_time())
        after = after[place[found].astype(int).to_numpy()]
        changes.append(change_cr2(before[found], after, first["group"].to_numpy()[found]).estimate)
        marks.append(time.process_time())
        seconds.update(dict(zip(STEPS, np.diff(marks).tolist(), strict=True)))
    return Piece(dict(seconds), changes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def pieces(cohorts: int) -> list[range]:
    """Give the cohorts in batches of fifty, as the workflow has them."""
    return [range(start, min(start + 50, cohorts + 1)) for start in range(1, cohorts + 1, 50)]


def write_all(numbers: range, folder: Path, ending: str) -> None:
    """Write the files of some cohorts."""
    for number in numbers:
        write_cohort(folder, number, ending)


def measured(people: int, ending: str, parent: Path | None) -> tuple[dict[str, float], float, float, float]:
    """Give the CPU seconds of each step, the wall seconds, the memory of both processes and the mean change."""
    folder = Path(tempfile.mkdtemp(dir=parent))
    cohorts = pieces(people // IN_A_COHORT)
    try:
        with ProcessPoolExecutor(PROCESSES) as pool:
            list(pool.map(partial(write_all, folder=folder, ending=ending), cohorts))
        began = time.perf_counter()
        # New processes, so that the memory of writing is not counted.
        with ProcessPoolExecutor(PROCESSES) as pool:
            found = list(pool.map(partial(evaluate_cohorts, folder=folder, ending=ending), cohorts))
        wall = time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
    cost = {step: sum(piece.seconds[step] for piece in found) for step in STEPS}
    mean = float(np.mean([change for piece in found for change in piece.changes]))
    return cost, wall, PROCESSES * max(piece.peak for piece in found), mean


def table(sizes: list[int], endings: tuple[str, ...], parent: Path | None) -> Iterator[str]:
    """Give the lines of the table, and how the cost grows."""
    names = " | ".join(f"{step} CPU s" for step in STEPS)
    yield f"| people | files | {names} | all CPU s | wall s | GB, both processes | mean change |"
    yield "|---" * (len(STEPS) + 6) + "|"
    grown: dict[str, list[tuple[int, float]]] = {ending: [] for ending in endings}
    for people in sizes:
        for ending in endings:
            cost, wall, peak, mean = measured(people, ending, parent)
            total = sum(cost.values())
            grown[ending].append((people, total))
            steps = " | ".join(f"{cost[step]:.1f}" for step in STEPS)
            yield f"| {people:,} | {ending} | {steps} | {total:.1f} | {wall:.1f} | {peak:.2f} | {mean:.2f} |"
    for ending, sizes_and_costs in grown.items():
        if len(sizes_and_costs) > 1:
            slope = np.polyfit(*np.log(np.array(sizes_and_costs)).T, 1)[0]
            people, total = sizes_and_costs[-1]
            each = total / people * 1_000_000
            yield f"\nFrom {ending}: slope on logarithmic axes {slope:.2f}; {each:.0f} CPU s for a million people,"
            yield f"{each / 2:.0f} s on two free cores (promised {PROMISED_SECONDS:.0f} s and {PROMISED_GB:.0f} GB)."


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="where the files are written: 260 MB for a million people")
    wanted = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {WAVES} waves, {ITEMS} items\n")
    endings = ("csv", *(("parquet",) if find_spec("pyarrow") else ()))
    for line in table(wanted.people, endings, wanted.folder):
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""`make soak`: many evaluations in one process: memory may not grow by 5 %, no file may stay open."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import psutil
from place import Place

from balint_eval.pipeline import evaluate

KEY = bytes(range(32))
MOST_GROWTH = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=200)
    parser.add_argument("--first", type=int, default=10, help="evaluations before memory is first taken")
    options = parser.parse_args()
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        study = Place(Path(folder) / "study", Path(folder) / "key").folder / "study" / "study.yaml"
        taken: list[tuple[int, int]] = []
        for number in range(1, options.evaluations + 1):
            evaluate(study, key=KEY)
            gc.collect()
            if number >= options.first:
                taken.append((process.memory_info().rss, process.num_fds()))
            if number % 20 == 0:
                print(f"{number}: {process.memory_info().rss / 2**20:.0f} MiB, {process.num_fds()} open", flush=True)
    (before, opened), (after, left) = taken[0], taken[-1]
    growth = after / before - 1
    print(
        f"memory {before / 2**20:.0f} to {after / 2**20:.0f} MiB ({100 * growth:+.1f} %), open files {opened} to {left}"
    )
    return 0 if growth < MOST_GROWTH and left <= opened else 1


if __name__ == "__main__":
    sys.exit(main())

"""Do our mixed models and CR2 agree with R on data sets that nobody has picked? `make r-check`.

    python tests/simulation/r_check.py --sets 60 --seed 1

Sets are drawn by awkward_sets.py, fitted by awkward_fits.R (lmer at its polished optimum, lmerTest, pbkrtest,
clubSandwich) and compared number by number by awkward_comparison.py. `--keep 20 --write FILE` keeps the hardest sets
with R's numbers; the everyday tests hold those of `tests/reference/awkward_r.json` to the same comparison without R.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from awkward_comparison import Comparison, compare, values
from awkward_sets import SHAPES, AwkwardSet, draw_sets

SKIPPED = "SKIPPED: Rscript is not on the path, so nothing was compared with R."


def fits_by_r(sets: Sequence[AwkwardSet]) -> dict[str, Any]:
    """Let R fit the sets; gives what awkward_fits.R prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sets.json"
        path.write_text(json.dumps({"sets": [one.for_r() for one in sets]}), encoding="utf-8")
        script = Path(__file__).with_name("awkward_fits.R")
        ran = subprocess.run(["Rscript", str(script), str(path)], check=True, capture_output=True, text=True)
    return dict(json.loads(ran.stdout))


def hardest(sets: Sequence[AwkwardSet], fits: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """Keep as many sets of each shape: the most variances at zero first, then the fewest groups."""
    share = -(-count // len(SHAPES))
    for name, shape in SHAPES.items():
        mine = [(one, fit) for one, fit in zip(sets, fits, strict=True) if one.shape == name]
        mine.sort(key=lambda pair: (-_zeros(pair[1]), np.unique(pair[0].columns[shape.cluster]).size))
        for one, fit in mine[:share]:
            columns = {key: column.tolist() for key, column in one.columns.items()}
            yield {"name": one.name, "shape": name, "formula": shape.formula, "columns": columns, "r": fit}


def _zeros(fit: dict[str, Any]) -> int:
    return sum(abs(theta) < 1e-6 for theta in values(fit["theta"]))


def summary(rows: Sequence[Comparison], sets: int) -> str:
    """Say how many numbers of each kind were compared and how far the farthest was away."""
    kinds = dict.fromkeys(row.kind for row in rows)
    lines = [f"{sets} data sets, {len(rows)} numbers, {sum(not row.agrees for row in rows)} differ", ""]
    lines += ["| numbers | compared | largest relative difference | of a df or p |", "|---|---|---|---|"]
    for kind in kinds:
        exact = [row.error for row in rows if row.kind == kind and row.tolerance < 1e-3]
        rough = [row.error for row in rows if row.kind == kind and row.tolerance >= 1e-3]
        cells = (f"{max(errors):.0e}" if errors else "" for errors in (exact, rough))
        lines.append(f"| {kind} | {len(exact) + len(rough)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print what differs and a table; 1 when anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, default=20)
    parser.add_argument("--write", type=Path)
    wanted = parser.parse_args(arguments)
    if shutil.which("Rscript") is None:
        sys.stdout.write(SKIPPED + "\n")
        return 0
    sets = list(draw_sets(wanted.sets, wanted.seed))
    answer = fits_by_r(sets)
    rows = [row for one, theirs in zip(sets, answer["fits"], strict=True) for row in compare(one, theirs)]
    for row in rows:
        if not row.agrees:
            sys.stdout.write(f"{row.of}: {row.kind}, {row.number}: {row.ours:.10g} here, {row.theirs:.10g} in R\n")
    sys.stdout.write(f"Seed {wanted.seed}: {summary(rows, len(sets))}\n")
    if wanted.write:
        kept = list(hardest(sets, answer["fits"], wanted.keep))
        call = f"python tests/simulation/r_check.py --sets {wanted.sets} --seed {wanted.seed} --keep {wanted.keep}"
        text = json.dumps({"call": call, "R": answer["R"], "versions": answer["versions"], "sets": kept})
        wanted.write.write_text(text + "\n", encoding="utf-8")
    return int(not all(row.agrees for row in rows))


if __name__ == "__main__":
    sys.exit(main())

"""How long reading takes: 1,000,000 x 60 of CSV, 50,000 x 62 of XLSX and ODS, beside readers that check nothing.

Where the extra `parquet` is installed, the CSV file is read as Parquet of whole numbers as well.

Run `make bench-reading`. Each case runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

CSV_ROWS, XLSX_ROWS = 1_000_000, 50_000
PROMISED = {"csv": 15.0, "xlsx": 10.0, "ods": 25.0}
"""Wall seconds on a quiet machine."""


def write_csv(path: Path, rows: int = CSV_ROWS) -> None:
    """60 columns: id, wave and 58 answers of one digit, one in a hundred blank."""
    drawn = np.random.default_rng(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,wave," + ",".join(f"q{item}" for item in range(1, 59)) + "\n")
        for start in range(0, rows, 10_000):
            answers = drawn.choice(np.array([*"12345", ""]), (10_000, 58), p=[0.198] * 5 + [0.01])
            lines = (
                f"P{start + at:07},{'pre' if at % 2 else 'post'},{','.join(row)}\n" for at, row in enumerate(answers)
            )
            file.writelines(lines)


def write_parquet(path: Path, rows: int = CSV_ROWS) -> None:
    """The table of the CSV file, answers as whole numbers of one byte."""
    import pandas as pd

    plain = path.with_suffix(".csv")
    write_csv(plain, rows)
    kinds = {"id": str, "wave": str, **dict.fromkeys((f"q{item}" for item in range(1, 59)), "Int8")}
    pd.read_csv(plain, dtype=kinds).to_parquet(path, index=False)
    plain.unlink()


def sheet_rows(rows: int) -> Iterator[list[object]]:
    """62 columns: id, wave, a moment, 58 answers, a comment."""
    drawn = np.random.default_rng(1)
    yield ["id", "wave", "started", *(f"q{item}" for item in range(1, 59)), "comment"]
    begin = dt.datetime(2026, 1, 1)
    for at, row in enumerate(drawn.integers(1, 6, (rows, 58)).tolist()):
        wave = "pre" if at % 2 else "post"
        yield [f"P{at:06}", wave, begin + dt.timedelta(minutes=at), *row, f"Comment {at % 500}"]


def write_xlsx(path: Path, rows: int = XLSX_ROWS) -> None:
    """Texts are shared, as survey platforms write them."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in sheet_rows(rows):
        book.active.append(row)
    book.save(path)


def write_ods(path: Path, rows: int = XLSX_ROWS) -> None:
    """Every cell with its value and its text, as office programs write them."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "badinputs"))
    from ods_file import ods_bytes

    path.write_bytes(ods_bytes(sheet_rows(rows)))


def ours(path: Path) -> int:
    """`read_export`, with every check."""
    from balint_eval.ingest.readers.open import read_export

    return int(read_export(path, shown_as=path.name).cells.size)


def peer_csv(path: Path) -> int:
    """The C reader of pandas, text only."""
    import pandas as pd

    return int(pd.read_csv(path, dtype=str, keep_default_na=False).size)


def peer_parquet(path: Path) -> int:
    """Arrow by pandas, numbers left as numbers."""
    import pandas as pd

    return int(pd.read_parquet(path).size)


def peer_xlsx(path: Path) -> int:
    """The values of openpyxl in its read-only mode."""
    import openpyxl

    return sum(len(row) for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))


def peer_ods(path: Path) -> int:
    """Every element of the sheet walked through, which is the least a reader does."""
    import zipfile
    from xml.etree.ElementTree import iterparse

    cells = 0
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as part:
        for _, element in iterparse(part):
            cells += element.tag.endswith("}table-cell")
            element.clear()
    return cells


CASES = {
    "csv": (write_csv, ours, peer_csv),
    **({"parquet": (write_parquet, ours, peer_parquet)} if find_spec("pyarrow") else {}),
    "xlsx": (write_xlsx, ours, peer_xlsx),
    "ods": (write_ods, ours, peer_ods),
}
PEERS = {
    "csv": "pandas.read_csv(dtype=str)",
    "parquet": "pandas.read_parquet, numbers",
    "xlsx": "openpyxl, read_only, values_only",
    "ods": "ElementTree, elements walked through",
}


def measure(kind: str, who: str, path: Path) -> dict[str, float]:
    """Run one case in this process; imports count, as a user waits for them."""
    job = CASES[kind][("written", "ours", "peer").index(who)]
    wall, cpu = time.perf_counter(), time.process_time()
    cells = job(path) or 0
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "cells": cells,
        "cpu": cpu,
        "wall": wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def main() -> int:
    """Print the table; 1 when a promise (wall time) is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", nargs=3)
    parser.add_argument("--only", choices=CASES)
    wanted = parser.parse_args()
    if wanted.case:
        kind, who, path = wanted.case
        print(json.dumps(measure(kind, who, Path(path))))
        return 0
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| file | reader | CPU s | wall s | peak GB |\n|---|---|---|---|---|")
    return max(_compared(kind) for kind in CASES if wanted.only in (None, kind))


def _compared(kind: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{kind}"
        # A process inherits the peak of the one that started it, so the file is not written in this one.
        _apart(kind, "written", path)
        found = {who: _apart(kind, who, path) for who in ("ours", "peer")}
    for who, row in found.items():
        name = "read_export" if who == "ours" else PEERS[kind]
        print("|", " | ".join((kind, name, *(f"{row[part]:.2f}" for part in ("cpu", "wall", "peak")))), "|")
    print(f"| {kind} | ratio of CPU time | {found['ours']['cpu'] / found['peer']['cpu']:.2f} | | |", flush=True)
    return int(found["ours"]["wall"] > PROMISED.get(kind, float("inf")))


def _apart(kind: str, who: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--case", kind, who, str(path)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


if __name__ == "__main__":
    sys.exit(main())

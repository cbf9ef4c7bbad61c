"""What a command costs: CPU time of all its processes, wall time, peak memory of the largest of them."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src"
WITNESS = Path(__file__).parent / "witness"
"""Folder whose `sitecustomize` lets each process say at its end what it cost."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds, wall seconds, GB."""

    cpu: float
    wall: float
    peak: float

    def cells(self) -> str:
        """Give the three as cells of a row."""
        return f"{self.cpu:.1f} | {self.wall:.1f} | {self.peak:.2f}"


def environment(key: Path) -> dict[str, str]:
    """Give the environment of a user: one thread, compiled modules kept, this copy of the package."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    found = os.pathsep.join([str(WITNESS), str(PACKAGE)])
    stages = {"BENCHMARK_STAGES": str(stages_of(key))}
    return {**kept, **threads, **stages, "BALINT_EVAL_KEY_FILE": str(key), "PYTHONPATH": found}


def stages_of(key: Path) -> Path:
    """Give the file in which the processes of a benchmark say what they cost."""
    return key.with_name("stages.tsv")


def stage_table(key: Path) -> Iterator[str]:
    """Give the lines of a table: what the stages cost since the last time it was asked for."""
    path = stages_of(key)
    costs: dict[str, list[tuple[float, float]]] = {}
    for line in path.read_text().splitlines():
        stage, cpu, peak = line.split("\t")
        costs.setdefault(stage, []).append((float(cpu), float(peak)))
    path.unlink()
    yield "| stage | processes | CPU s, all | peak GB, the largest |\n|---|---|---|---|"
    for stage, told in sorted(costs.items(), key=lambda entry: -sum(cpu for cpu, _ in entry[1])):
        yield f"| {stage} | {len(told)} | {sum(cpu for cpu, _ in told):.1f} | {max(peak for _, peak in told):.2f} |"


def warm_up() -> None:
    """Compile the package, as `make setup` does: a user pays for it once, not in each run."""
    compileall.compile_dir(str(PACKAGE), quiet=1)


def cost_of(command: Sequence[str], folder: Path, key: Path, printed: Path | None = None) -> Cost:
    """Run a command in a folder, what it prints in a file if one is given.

    Raises
    ------
    subprocess.CalledProcessError
        It failed; what it said on stderr is shown.
    """
    began = time.perf_counter()
    with (printed or Path(os.devnull)).open("w") as told:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(key), stdout=told, stderr=subprocess.PIPE, text=True
        )
        said = process.stderr.read() if process.stderr else ""
        # The use of this child and of all it has waited for, which getrusage would mix with that of the others.
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(said, file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 2**20)


def run_command(*words: str) -> list[str]:
    """Give a call of `balint-eval run` on `study.yaml`."""
    return [sys.executable, "-m", "balint_eval", "run", "study.yaml", "--plain", *words]

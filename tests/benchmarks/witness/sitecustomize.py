"""Python imports this by itself where its folder is on the path: each process says at its end what it cost.

`measure.environment` puts the folder there, and names the file to write to in `BENCHMARK_STAGES`.
"""

import atexit
import os
import resource
import sys
from pathlib import Path


def stage() -> str:
    """Give the command of `balint-eval`, or the name of another program."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.stem
    return sys.argv[1] if name in {"balint-eval", "balint_eval"} and len(sys.argv) > 1 else name


def tell() -> None:
    """Add a line: stage, CPU seconds, GB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = f"{stage()}\t{used.ru_utime + used.ru_stime:.3f}\t{used.ru_maxrss / 2**20:.4f}\n"
    with Path(os.environ["BENCHMARK_STAGES"]).open("a") as file:
        file.write(line)


if "BENCHMARK_STAGES" in os.environ:
    atexit.register(tell)

"""Do the tests notice a wrong module? Each mutant is tried in a forked process; survivors are listed.

    python tests/mutation/run.py                 every module of MODULES
    python tests/mutation/run.py scoring.py      one of them
    python tests/mutation/run.py --sample 20     20 mutants of each, always the same ones

`survivors.md` explains those that may live; the exit code is 1 when another one does or the score is too low.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import random
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "balint_eval"
SCORING = [
    "unit/test_score_arrays.py", "unit/test_scoring.py", "unit/instruments/test_hand_scored.py",
    "unit/instruments/test_refusals.py",
]  # fmt: skip
DOCTOR = ["unit/doctor/test_thresholds.py", "unit/doctor/test_findings.py"]
LINKAGE = ["unit/ingest/linkage", "unit/ingest/test_identity.py"]
RELIABILITY = ["reference/test_reliability_oracle.py"]
MODULES: dict[str, list[str]] = {
    "scoring.py": SCORING,
    "score_arrays.py": SCORING,
    "stats/reliability.py": ["unit/stats/test_reliability.py", *RELIABILITY],
    "stats/reliability_factor.py": ["unit/stats/test_reliability_omega.py", *RELIABILITY],
    "stats/reliability_omega.py": ["unit/stats/test_reliability_omega.py", *RELIABILITY],
    "stats/reliability_retest.py": ["unit/stats/test_reliability_retest.py", *RELIABILITY],
    "stats/reliability_ordinal.py": ["unit/stats/test_reliability_ordinal.py", *RELIABILITY],
    "ingest/linkage/elements.py": LINKAGE,
    "ingest/linkage/match.py": LINKAGE,
    "ingest/linkage/persons.py": LINKAGE,
    "ingest/linkage/chance.py": LINKAGE,
    "ingest/linkage/codes.py": LINKAGE,
    "ingest/linkage/decisions.py": LINKAGE,
    "ingest/linkage/review.py": LINKAGE,
    "ingest/identity.py": LINKAGE,
    "ingest/link_notes.py": ["unit/ingest/test_link_notes.py"],
    "ingest/link.py": ["unit/ingest/test_link.py", *LINKAGE],
    "doctor/keys.py": [*DOCTOR, "unit/test_doctor.py"],
    "doctor/waves.py": ["unit/doctor/test_waves.py", *DOCTOR],
    "doctor/answer_codes.py": DOCTOR,
    "doctor/order.py": DOCTOR,
    "doctor/missing_codes.py": DOCTOR,
    "doctor/flags.py": DOCTOR,
    "doctor/cohorts.py": DOCTOR,
    "doctor/finding.py": DOCTOR,
    "doctor/totals.py": ["unit/doctor/test_totals.py", "unit/doctor/test_thresholds.py"],
}
"""Each module and the tests that must notice, quick ones first."""
WANTED = 95.0
KILLED, SURVIVED, SLOW = "killed", "survived", "killed by time"


class Substitute(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Give the changed source in place of one module."""

    def __init__(self, module: str, source: str) -> None:
        self.name = "balint_eval." + module.removesuffix(".py").replace("/", ".")
        self.path, self.source = PACKAGE / module, source

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


def run_tests(module: str, source: str) -> int:
    """Run the module's tests in this process with the changed source; 0 when all pass."""
    import pytest

    sys.meta_path.insert(0, Substitute(module, source))
    sys.dont_write_bytecode = True
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
    return int(pytest.main([*options, *(str(ROOT / "tests" / name) for name in MODULES[module])]))


def start(module: str, source: str) -> int:
    """Fork a process that runs the tests; heavy libraries are already imported in this one."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = run_tests(module, source)
    finally:
        os._exit(min(code, 255))


def outcomes(module: str, mutants: Sequence[Mutant], workers: int, limit: float) -> Iterator[tuple[Mutant, str]]:
    """Try every mutant, some at a time; one that takes longer than the limit counts as noticed."""
    waiting, running = list(reversed(mutants)), dict[int, tuple[Mutant, float]]()
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            running[start(module, mutant.source)] = (mutant, time.monotonic())
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            yield running.pop(child)[0], SURVIVED if status == 0 else KILLED
            continue
        for child, (mutant, since) in list(running.items()):
            if time.monotonic() - since > limit:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                del running[child]
                yield mutant, SLOW
        time.sleep(0.02)


def explained() -> set[tuple[str, str, str]]:
    """Read (module, line of code, change) of the survivors that are explained."""
    page = (Path(__file__).parent / "survivors.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([^`]+)` \| `(.+?)` \| `(.+?)` \|", page, flags=re.MULTILINE))


def chosen(module: str, sample: int) -> list[Mutant]:
    """Give the mutants of a module, or always the same few of them."""
    every = list(mutants_of((PACKAGE / module).read_text(encoding="utf-8")))
    if not sample or sample >= len(every):
        return every
    few = random.Random(0).sample(range(len(every)), sample)
    return [every[place] for place in sorted(few)]


def try_module(module: str, sample: int, workers: int, limit: float) -> bool:
    """Try one module, say its score and who survived; true when that is good enough."""
    lines = (PACKAGE / module).read_text(encoding="utf-8").splitlines()
    known, found = explained(), list(outcomes(module, chosen(module, sample), workers, limit))
    alive = sorted(((m.line, m.what) for m, outcome in found if outcome == SURVIVED))
    cells = [(module, lines[line - 1].strip().replace("|", "\\|"), what.replace("|", "\\|")) for line, what in alive]
    unexplained = [cell for cell in cells if cell not in known]
    score = 100.0 * (1 - len(alive) / max(len(found), 1))
    fair = 100.0 * (1 - len(unexplained) / max(len(found), 1))
    slow = sum(outcome == SLOW for _, outcome in found)
    print(f"{module}: {len(found)} mutants, {len(alive)} survived ({len(alive) - len(unexplained)} explained), "
          f"{slow} stopped by time, score {score:.1f} %")  # fmt: skip
    for (line, what), cell in zip(alive, cells, strict=True):
        print(f"  {'explained' if cell in known else 'SURVIVED '} line {line}: {what}: {cell[1]}")
    return score >= WANTED or fair >= 100.0


def main() -> int:
    """Try the modules asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", default=[name for name in MODULES if (PACKAGE / name).exists()])
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=float, default=120.0)
    asked = parser.parse_args()
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    import pandas  # noqa: F401 - imported once here, not in every child
    import pydantic  # noqa: F401
    import pytest  # noqa: F401
    import scipy.optimize
    import scipy.special
    import scipy.stats  # noqa: F401

    # The registry lies below every module that is changed: read once here, not in every child.
    from balint_eval.instruments.registry import known_instruments

    known_instruments()

    good = []
    for module in asked.modules:
        source = (PACKAGE / module).read_text(encoding="utf-8")
        if [outcome for _, outcome in outcomes(module, [Mutant(0, "none", source)], 1, asked.limit)] != [SURVIVED]:
            raise SystemExit(f"{module}: the tests fail, or take too long, without any change")
        good.append(try_module(module, asked.sample, asked.workers, asked.limit))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

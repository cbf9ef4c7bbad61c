"""Do the tests notice a wrong module? Each mutant is tried in a forked process; survivors are listed.

    python tests/mutation/run.py                 every module of MODULES
    python tests/mutation/run.py scoring.py      one of them
    python tests/mutation/run.py --sample 20     20 mutants of each, always the same ones
    python tests/mutation/run.py doctor/keys.py --lines 90,104     those of some lines: survivors, after a new test

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
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
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
    "doctor/answer_codes.py": ["unit/doctor/test_answer_codes.py", *DOCTOR],
    "doctor/order.py": [*DOCTOR],
    "doctor/missing_codes.py": ["unit/doctor/test_missing_codes.py", *DOCTOR],
    "doctor/flags.py": ["unit/doctor/test_flags.py", *DOCTOR],
    "doctor/cohorts.py": ["unit/doctor/test_cohorts.py", *DOCTOR],
    "doctor/finding.py": ["unit/doctor/test_finding.py", *DOCTOR],
    "doctor/form.py": ["unit/doctor/test_form.py", *DOCTOR],
    "doctor/examine.py": ["unit/doctor/test_examine.py", *DOCTOR],
    "doctor/evidence.py": ["unit/doctor/test_evidence.py", *DOCTOR],
    "doctor/limits.py": ["unit/doctor/test_limits.py", *DOCTOR],
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
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    # Nobody reads why a test fails here: rewriting every assert for that takes longer than the tests.
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
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


def chosen(module: str, sample: int, lines: Collection[int]) -> list[Mutant]:
    """Give the mutants of a module, of some of its lines, or always the same few of them."""
    source = (PACKAGE / module).read_text(encoding="utf-8")
    every = [mutant for mutant in mutants_of(source) if not lines or mutant.line in lines]
    if not sample or sample >= len(every):
        return every
    few = random.Random(0).sample(range(len(every)), sample)
    return [every[place] for place in sorted(few)]


def try_module(module: str, mutants: Sequence[Mutant], workers: int, limit: float) -> bool:
    """Try one module, say who survived as it is seen, then the score; true when that is good enough."""
    lines = (PACKAGE / module).read_text(encoding="utf-8").splitlines()
    known, count = explained(), Counter[str]()
    for mutant, outcome in outcomes(module, mutants, workers, limit):
        count[outcome] += 1
        if outcome != SURVIVED:
            continue
        code, what = (text.replace("|", "\\|") for text in (lines[mutant.line - 1].strip(), mutant.what))
        said = "explained" if (module, code, what) in known else "SURVIVED "
        count[said] += 1
        print(f"  {said} line {mutant.line}: {what}: {code}")
    tried = max(len(mutants), 1)
    score = 100.0 * (1 - count[SURVIVED] / tried)
    print(f"{module}: {len(mutants)} mutants, {count[SURVIVED]} survived ({count['explained']} explained), "
          f"{count[SLOW]} stopped by time, score {score:.1f} %")  # fmt: skip
    return score >= WANTED or count[SURVIVED] == count["explained"]


def main() -> int:
    """Try the modules asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", default=[name for name in MODULES if (PACKAGE / name).exists()])
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--lines", type=lambda text: {int(line) for line in text.split(",")}, default=set())
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=float, default=120.0)
    asked = parser.parse_args()
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    import hypothesis.strategies  # noqa: F401 - imported once here, not in every child
    import pandas  # noqa: F401
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
        good.append(try_module(module, chosen(module, asked.sample, asked.lines), asked.workers, asked.limit))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Try mutants: each in a forked process in which only the changed module and what imports it are loaded anew."""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.abc
import importlib.util
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mutants import Mutant

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "balint_eval"
KILLED, SURVIVED, SLOW = "killed", "survived", "killed by time"
REGISTRY = "balint_eval.instruments.registry"
LONGEST_WAIT = 1800
"""Seconds by the clock after which a process that waits for nothing is ended."""


class Substitute(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Give the changed source in place of one module."""

    def __init__(self, module: str, source: str) -> None:
        self.name = dotted(module)
        self.path, self.source = PACKAGE / module, source

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


@dataclass(frozen=True)
class Untouched:
    """How a module's tests went without any change."""

    passed: bool
    seconds: float
    """Of processor time."""
    loaded: frozenset[str]
    """Modules of the package that the tests import."""


def dotted(module: str) -> str:
    """Give `balint_eval.doctor.keys` for `doctor/keys.py`."""
    parts = ["balint_eval", *module.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def importers(module: str) -> set[str]:
    """Give the module and all that import it, directly or through others, at the top or inside a function."""
    used = _imports()
    found, grows = {dotted(module)}, True
    while grows:
        more = {name for name, uses in used.items() if uses & found} - found
        found, grows = found | more, bool(more)
    return found


@cache
def _imports() -> dict[str, set[str]]:
    """Give what each module of the package imports; the package itself imports nothing before it is asked."""
    paths = {dotted(path.relative_to(PACKAGE).as_posix()): path for path in PACKAGE.rglob("*.py")}
    return {name: _imported(path) for name, path in paths.items() if name != "balint_eval"}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return names


def unload(names: set[str]) -> None:
    """Forget modules, so that the next import reads them again."""
    for name in names & set(sys.modules):
        parent, _, own = name.rpartition(".")
        if parent in sys.modules:
            vars(sys.modules[parent]).pop(own, None)
        del sys.modules[name]


def warm_up() -> None:
    """Import once, in the process that forks, what no module under test can change."""
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    import hypothesis
    import pandas  # noqa: F401
    import pydantic  # noqa: F401
    import pytest  # noqa: F401
    import scipy.optimize
    import scipy.special
    import scipy.stats  # noqa: F401

    # The same examples for every mutant, and none remembered from another one.
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")


def without_change(module: str, tests: Sequence[str]) -> Untouched:
    """Run tests with the module loaded anew but not changed: they must pass, or a killed mutant says nothing."""
    source = (PACKAGE / module).read_text(encoding="utf-8")
    reading, writing = os.pipe()
    child = _fork(lambda: _try_source(module, source, tests, report_to=writing))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status, usage = os.wait4(child, 0)
    return Untouched(status == 0, usage.ru_utime + usage.ru_stime, frozenset(json.loads(said or "[]")))


def load(module: str, names: Iterable[str]) -> None:
    """Load in this process those modules that do not import the one under test; forked processes then have them."""
    importing = importers(module)
    for name in sorted(set(names) - importing):
        importlib.import_module(name)
    if REGISTRY not in importing:
        # Kept by the registry once read: 37 files.
        importlib.import_module(REGISTRY).known_instruments()
    # What is loaded now stays: collecting garbage in a forked process would copy its memory.
    gc.freeze()


def outcomes(
    module: str, tests: Sequence[str], mutants: Sequence[Mutant], workers: int, limit: float
) -> Iterator[tuple[Mutant, str]]:
    """Try every mutant, some at a time; one that needs more processor time than the limit counts as noticed."""
    waiting, running = list(reversed(mutants)), dict[int, Mutant]()
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            running[_fork(lambda source=mutant.source: _try_source(module, source, tests, limit))] = mutant
        child, status = os.wait()
        slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}
        yield running.pop(child), SURVIVED if status == 0 else SLOW if slow else KILLED


def _fork(run: Callable[[], int]) -> int:
    """Do something in a forked process, whose exit code it gives; return the process."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.alarm(LONGEST_WAIT)
        code = run()
    finally:
        os._exit(min(code, 255))


def _try_source(
    module: str, source: str, tests: Sequence[str], limit: float | None = None, report_to: int | None = None
) -> int:
    """Run tests with the changed source; 0 when all pass."""
    import pytest

    if limit is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit) + 1))
    unload(importers(module))
    sys.meta_path.insert(0, Substitute(module, source))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    # Nobody reads why a test fails here: rewriting every assert for that takes longer than the tests.
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-m", "not slow and not thorough"]
    code = int(pytest.main([*options, *(str(ROOT / "tests" / name) for name in tests)]))
    if report_to is not None:
        with os.fdopen(report_to, "w", encoding="utf-8") as pipe:
            json.dump([name for name in sys.modules if name.startswith("balint_eval")], pipe)
    return code

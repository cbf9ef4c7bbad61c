# ruff: noqa: E402 - the folders must be found first
"""Mutated files through the command line: `python tests/fuzz/battery.py --files 10000`.

Each file goes through `balint-eval --errors json check` in a process of its own, made by fork from one that has
everything imported: a limit of memory and of time holds for it alone, and what it breaks it breaks for itself.
Seeds are 0, 1, 2 ...; a file that fails is kept with its study, and named with its seed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "badinputs")]

from bad_study import COMMENT, HEADER, PEOPLE, BadStudy, answers, person, workbook
from mutations import mutate, timeless
from ods_file import ods_bytes

SECONDS = 10
BYTES = 1 << 30
ALLOWED = {0, 2, 3, 5}
# Parquet is an extra: it has its turn where pyarrow is installed.
KINDS = ("csv", "xlsx", "yaml", "ods", *(("parquet",) if find_spec("pyarrow") else ()))
MARKERS = [COMMENT[:14], *(person(n) for n in range(PEOPLE))]
WAITED = 30
"""Wall seconds until a child is ended; other work may share the processor."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file; `fault` is blank where all went as it should."""

    seed: int
    kind: str
    mutations: str
    fault: str
    code: int
    seconds: float
    bytes: int
    first: str
    """Code of the first problem."""


def study_of(kind: str, folder: Path, seed: int) -> tuple[str, str]:
    """Write a study of which one file is mutated; give the study file and the mutations."""
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    (folder / "study").mkdir()
    study = BadStudy(folder / "study", key)
    if kind in FILES:
        study.exports[1]["file"] = f"after.{kind}"
        content, told = mutate(seed, kind, FILES[kind]())
        study.give(f"after.{kind}", content)
    elif kind == "csv":
        study.exports[1]["platform"] = "auto" if seed % 2 else "plain"
        content, told = mutate(seed, kind, study.csv("after").encode())
        study.give("after.csv", content)
    else:
        study.content["linkage"] = {"duplicates": "first", "min_match_rate": 0.4}
        study.item()["missing_codes"] = ["99"]
        study.settings, told = mutate(seed, kind, study.dumped().encode())
    return study.write(), told


@cache
def _book() -> bytes:
    """Give the workbook of a study in order; all studies hold the same answers."""
    return timeless(workbook(("Answers", [HEADER, *answers("after")])))


def _open_document() -> bytes:
    """Give the same as an ods file."""
    return ods_bytes([HEADER, *answers("after")])


@cache
def _parquet() -> bytes:
    """Give the same as a Parquet file of typed columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = dict(zip(HEADER, zip(*answers("after"), strict=True), strict=True))
    typed = {name: pa.array(cells).cast(pa.int8()) if name[0] == "q" else cells for name, cells in columns.items()}
    stream = pa.BufferOutputStream()
    pq.write_table(pa.table(typed), stream, row_group_size=PEOPLE // 2)
    return stream.getvalue().to_pybytes()


FILES: dict[str, Callable[[], bytes]] = {"xlsx": _book, "ods": _open_document, "parquet": _parquet}
"""Of each kind that replaces the table after, the file that is mutated."""


def judge(code: int, out: str, err: str, header: str = "") -> tuple[str, str]:
    """Say what is wrong with an answer, and give the code of its first problem.

    Names of columns may be shown, also where a mutation has moved a comment or an id into the header.
    """
    if code not in ALLOWED:
        return f"exit code {code}", ""
    if "Traceback" in out + err:
        return "traceback", ""
    shown = [marker for marker in MARKERS if marker in out + err and marker not in header]
    if shown:
        return f"shows {shown[0]}", ""
    record = json.loads(err)
    problems = record["problems"]
    if bool(problems) != bool(code):
        return "exit code and problems disagree", ""
    nameless = [problem["code"] for problem in problems if not problem["file"] or not problem["mend"]]
    if nameless:
        return f"no file or no remedy: {nameless[0]}", ""
    return "", problems[0]["code"] if problems else "accepted"


def _header() -> str:
    """Give the first row of a mutated CSV file: what a reader takes for column names."""
    content = Path("study/after.csv").read_bytes().decode("utf-8", "replace")
    return content.lstrip("\ufeff\r\n \t,;").split("\n")[0]


def _child(path: str, pipe: int) -> None:
    """Check one study under limits and send what was found."""
    from balint_eval.cli import main

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WAITED)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, used + BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--errors", "json", "check", path])
        fault, first = judge(code, out.getvalue(), err.getvalue(), _header())
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        code, first = 1, ""
        fault = f"{type(error).__name__}: {str(error)[:120]} ({Path(last.filename).name}:{last.lineno})"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    os.write(pipe, json.dumps([code, fault, first, memory]).encode())


def try_one(seed: int, kind: str, keep: Path) -> Outcome:
    """Mutate one file and check its study in a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    back = Path.cwd()
    try:
        path, told = study_of(kind, folder, seed)
        os.chdir(folder)
        code, fault, first, memory, took = _run(path)
        left = sorted(p.name for p in folder.iterdir() if p.name not in {"key", "study"})
        fault = fault or (f"wrote {left[0]}" if left else "")
        if fault:
            shutil.copytree(folder, keep / f"{kind}-{seed}", dirs_exist_ok=True)
        return Outcome(seed, kind, told, fault, code, took, memory, first)
    finally:
        os.chdir(back)
        shutil.rmtree(folder)


def _run(path: str) -> tuple[int, str, str, int, float]:
    read, write = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            _child(path, write)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        said = stream.read()
    _, status, usage = os.wait4(child, 0)
    took = usage.ru_utime + usage.ru_stime
    if said:
        code, fault, first, memory = json.loads(said)
        fault = fault or ("" if took <= SECONDS else f"{took:.1f} s")
        return code, fault, first, memory, took
    name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"
    return -1, f"ended by {name} after {time.monotonic() - started:.0f} s", "", usage.ru_maxrss * 1024, took


def run(files: int, keep: Path, first: int = 0, step: int = 1) -> Iterator[Outcome]:
    """Try files of all kinds in turn."""
    from balint_eval import pipeline  # noqa: F401 - imported once, before any fork

    __import__("openpyxl")
    __import__("defusedxml.ElementTree")
    if "parquet" in KINDS:
        __import__("pyarrow.parquet")
    for number in range(first, files, step):
        yield try_one(number // len(KINDS), KINDS[number % len(KINDS)], keep)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--step", type=int, default=1, help="take every so many files, to share the work")
    parser.add_argument("--workers", type=int, default=1, help="share the work among so many processes")
    parser.add_argument("--outcomes", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="folder for files that fail")
    parser.add_argument("--one", help="try one again, such as csv-17, and print what is said")
    options = parser.parse_args()
    if options.one:
        return _again(options.one)
    options.keep = options.keep.resolve()
    outcomes = (
        _shared(options) if options.workers > 1 else run(options.files, options.keep, options.first, options.step)
    )
    if options.outcomes:
        for outcome in outcomes:
            print(json.dumps(asdict(outcome)), flush=True)
        return 0
    codes, slowest, largest, faults = Counter(), 0.0, 0, []
    for outcome in outcomes:
        codes[outcome.first or "failed"] += 1
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.bytes)
        if outcome.fault:
            faults.append(outcome)
            print(f"{outcome.kind}-{outcome.seed} ({outcome.mutations}): {outcome.fault}", flush=True)
    print(
        f"{sum(codes.values())} files, {len(faults)} failures; slowest {slowest:.1f} s, most {largest / 2**20:.0f} MB"
    )
    print(", ".join(f"{code} {number}" for code, number in codes.most_common()))
    return bool(faults)


def _shared(options: argparse.Namespace) -> Iterator[Outcome]:
    """Let several processes try every so many files each; outcomes come as they are found."""
    found: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    for worker in range(options.workers):
        first, step = options.first + worker * options.step, options.step * options.workers
        command = [sys.executable, __file__, "--outcomes", "--files", str(options.files), "--keep", str(options.keep)]
        command += ["--first", str(first), "--step", str(step)]
        threading.Thread(target=_collect, args=(command, found), daemon=True).start()
    working = options.workers
    while working:
        outcome = found.get()
        working -= outcome is None
        if outcome is not None:
            yield outcome


def _collect(command: list[str], found: queue.SimpleQueue[Outcome | None]) -> None:
    """Pass on what one worker finds; a worker that breaks is a failure of its own."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        for line in worker.stdout:
            found.put(Outcome(**json.loads(line)))
    if worker.returncode:
        found.put(Outcome(-1, "worker", " ".join(command[-4:]), f"ended with {worker.returncode}", -1, 0.0, 0, ""))
    found.put(None)


def _again(name: str) -> int:
    from balint_eval.cli import main as balint_eval

    kind, _, seed = name.partition("-")
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    path, told = study_of(kind, folder, int(seed))
    print(f"{told}; {folder}")
    os.chdir(folder)
    return balint_eval(["check", path])


if __name__ == "__main__":
    sys.exit(main())

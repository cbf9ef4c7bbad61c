"""The Snakemake process of a run: started, followed, ended with all its jobs, and its failure put into words."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from balint_eval.errors import BalintError, EnvironmentProblem, Problem
from balint_eval.folders import Folders
from balint_eval.processes import PATIENCE, RECORD, RUN, forget
from balint_eval.provenance import workflow_folder
from balint_eval.speaker import Speaker, show_steps
from balint_eval.tables import OF_THE_DISK, disk_problem

_STEPS = re.compile(r"(\d+) of (\d+) steps")


def snakemake_command(study: Path, results: Path, cores: int, audience: str = "internal") -> list[str]:
    """Give the Snakemake call that a person could also type."""
    return [
        sys.executable, "-m", "snakemake",
        "--snakefile", str(workflow_folder() / "Snakefile"),
        "--cores", str(cores),
        "--scheduler", "greedy",
        "--rerun-incomplete",
        "--nocolor",
        "--config", f"study={study.as_posix()}", f"results={results.as_posix()}",
        f"audience={audience}",
    ]  # fmt: skip


def run_snakemake(command: list[str], folders: Folders, run: str, say: Speaker, named: Mapping[str, str]) -> bool:
    """Run the workflow; False when there was nothing to do. `named` says what batches are called."""
    _unlock(command)
    # The rules call `balint-eval`: the one beside this Python, whatever the shell's path says.
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, RUN: run, "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")])}
    process = subprocess.Popen(
        [sys.executable, "-m", "balint_eval.begin", str(folders.root), *command],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True,
    )  # fmt: skip
    lines: list[str] = []
    try:
        show_steps(_kept(process, lines), say, named)
        ended = process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise KeyboardInterrupt(_steps_done(lines)) from None
    finally:
        forget(folders.root, process.pid)
        if process.stderr is not None:
            process.stderr.close()
    if ended != 0:
        # Jobs outlive a workflow that was killed.
        _end(process)
        raise _killed() if ended == -getattr(signal, "SIGKILL", 0) else _failure(folders, lines)
    return not any("Nothing to be done" in line for line in lines)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a closing terminal or a time limit interrupt as Ctrl-C does, so that the workflow is ended too."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    # A run under nohup is to outlive its terminal.
    chosen = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in chosen:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in chosen:
            signal.signal(number, before[number])


def _end(process: subprocess.Popen[str]) -> None:
    """End the workflow and its jobs, which are a session of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)


def _steps_done(lines: list[str]) -> str:
    steps = [found for found in map(_STEPS.search, lines) if found]
    done = f" after {steps[-1][1]} of {steps[-1][2]} steps" if steps else ""
    return f"interrupted{done}; what is finished is kept"


def _kept(process: subprocess.Popen[str], lines: list[str]) -> Iterator[str]:
    for line in process.stderr or ():
        lines.append(line)
        yield line


def _unlock(command: list[str]) -> None:
    """Take over a lock that a killed run left behind; our own lock says that no run is alive."""
    if Path(".snakemake/locks").is_dir() and any(Path(".snakemake/locks").iterdir()):
        subprocess.run([*command, "--unlock"], check=False, capture_output=True)


def _failure(folders: Folders, lines: list[str]) -> BalintError:
    """Turn what the stages left, or Snakemake's own words, into one error."""
    records = _records(folders, lines)
    if records:
        error = BalintError([Problem(**problem) for record in records for problem in record["problems"]])
        error.exit_code = max(record["exit_code"] for record in records)
        return error
    said = " ".join(line.strip() for line in lines if "Error" in line or "Exception" in line)[:500]
    stopped = re.search(r"\[Errno (\d+)\]", said)
    if stopped and int(stopped[1]) in OF_THE_DISK:
        reason = OSError(int(stopped[1]), os.strerror(int(stopped[1])))
        return EnvironmentProblem(disk_problem(folders.root.as_posix(), reason, "a file of the workflow"))
    what = f"the workflow stopped: {said or 'no reason was given'}"
    log = folders.logs.as_posix()
    return EnvironmentProblem(Problem("WF-FAILED", what, f"see the logs in {log}; the same command goes on from there"))


def _killed() -> BalintError:
    what = "the workflow was killed from outside, perhaps because memory ran out"
    return EnvironmentProblem(Problem("WF-FAILED", what, "close other programs and give the same command again"))


def _records(folders: Folders, lines: list[str]) -> list[dict[str, Any]]:
    """Give what the failed steps said: on their standard error, for a file may not have found room on the disk."""
    said = [line.partition(RECORD)[2] for line in lines if RECORD in line]
    left = [path.read_text(encoding="utf-8") for path in sorted(folders.logs.glob("*.error.json"))]
    records = [json.loads(text) for text in [*said, *left]]
    return list({json.dumps(record, sort_keys=True): record for record in records}.values())

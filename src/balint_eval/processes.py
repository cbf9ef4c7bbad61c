"""The processes that work on a study's results: each leaves a file with its id, by which a later run finds it.

A run that is killed cannot tell its workflow to stop: the workflow and its jobs live on as orphans and would write
beside the next run. Every one of them has left `.process.<id>.json` in the results folder of the study, and the next
run ends those that still live. A job that begins after that sees that the lock is no longer its run's, and stops.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from balint_eval.errors import EnvironmentProblem, Problem
from balint_eval.tables import write_text

LOCK = ".run.lock"
RUN = "BALINT_EVAL_RUN"
"""Environment variable with the name of the run that a job belongs to."""
RECORD = "balint-eval-problems: "
"""Before the record of its problems that a job of a run prints on standard error."""
PATIENCE = 5.0
"""Seconds that a process may take to end after it was asked to."""


@dataclass(frozen=True)
class Process:
    """One process of one run.

    Attributes
    ----------
    pid : int
    host : str
        Name of the computer.
    birth : str
        When it began, as the system counts; process ids are given again, this is not. Blank where it cannot be told.
    run : str
        Name of the run it belongs to.
    started : str
        ISO date and time, for messages.
    """

    pid: int
    host: str
    birth: str
    run: str
    started: str

    def lives(self) -> bool:
        """Tell whether it still lives on this computer."""
        return self.is_here() and (self.birth, True) == (birth_of(self.pid), _is_there(self.pid))

    def is_here(self) -> bool:
        """Tell whether it is of this computer, so that it can be known whether it lives."""
        return self.host == socket.gethostname()


def this_process(run: str) -> Process:
    """Give the process that calls."""
    started = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return Process(os.getpid(), socket.gethostname(), birth_of(os.getpid()), run, started)


def birth_of(pid: int) -> str:
    """Give the system's start and the process's start in ticks after it; blank where Linux does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        system = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    # The first field after the name is the state, the twentieth the start. A zombie works no more.
    return "" if fields[0] == "Z" else f"{system} {fields[19]}"


def _is_there(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_process(path: Path) -> Process | None:
    """Read the file of a process; None when it is not there or no such file."""
    try:
        return Process(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def as_text(process: Process) -> str:
    """Give a process as its file says it."""
    return json.dumps(asdict(process)) + "\n"


def _file_of(folder: Path, pid: int) -> Path:
    return folder / f".process.{pid}.json"


def enter(folder: Path, run: str) -> None:
    """Leave the file of this process, then make sure that the folder is still its run's.

    In this order: either this process sees the lock of a later run, or that run sees the file and ends this process.

    Raises
    ------
    EnvironmentProblem
        WF-LOCK, when another run has taken over.
    """
    write_text(_file_of(folder, os.getpid()), as_text(this_process(run)))
    holder = read_process(folder / LOCK)
    if holder is None or holder.run != run:
        forget(folder, os.getpid())
        what = "the run this step belongs to has ended; the step was not begun"
        raise EnvironmentProblem(Problem("WF-LOCK", what, "give the command of the run again", folder.as_posix()))


def forget(folder: Path, pid: int) -> None:
    """Take the file of a process away, which has ended or is about to."""
    _file_of(folder, pid).unlink(missing_ok=True)


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Let a step of a run be found while it works; a step called by hand belongs to no run."""
    run = os.environ.get(RUN, "")
    if not run:
        yield
        return
    enter(folder, run)
    try:
        yield
    finally:
        forget(folder, os.getpid())


def end_orphans(folder: Path, run: str) -> int:
    """End every process that earlier runs left at work in a folder, and forget those that are gone.

    Parameters
    ----------
    folder : Path
        Results folder of one study.
    run : str
        Name of the run that asks; its own processes are left alone.

    Returns
    -------
    int
        How many were ended.

    Raises
    ------
    EnvironmentProblem
        WF-LOCK, when one does not end.
    """
    found = {path: read_process(path) for path in sorted(folder.glob(".process.*.json"))}
    earlier = {path: process for path, process in found.items() if process is None or process.run != run}
    living = [process for process in earlier.values() if process and process.lives()]
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        _send(living, number)
    stubborn = [process for process in living if process.lives()]
    if stubborn:
        what = f"process {stubborn[0].pid} of an earlier run works on this study and does not end"
        raise EnvironmentProblem(Problem("WF-LOCK", what, "end it, then give the same command again", str(folder)))
    for path, process in earlier.items():
        if process is None or process.is_here():
            path.unlink(missing_ok=True)
    return len(living)


def _send(processes: list[Process], number: int) -> None:
    """Send a signal to those that live, and wait until they are gone."""
    for process in processes:
        if process.lives():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, number)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and any(process.lives() for process in processes):
        time.sleep(0.02)

"""One run at a time on one study's results."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from balint_eval.errors import EnvironmentProblem, Problem
from balint_eval.processes import LOCK, Process, as_text, read_process, this_process
from balint_eval.tables import PART, disk_problem

UNREADABLE_FOR = 10.0
"""Seconds after which a lock that cannot be read is no longer taken for one that is being written."""


class RunLock:
    """A file with the process, computer and time of the run that works on a folder.

    A lock whose process no longer lives on this computer is taken over. Folders that were made for the lock and are
    empty at the end are removed again, so that a run whose data are refused leaves nothing.

    Parameters
    ----------
    folder : Path
        Results folder of one study; made when it is not there.

    Attributes
    ----------
    run : str
        Name of this run, which its jobs carry.
    taken_over : Process or None
        The run that broke off, after `with`.

    Raises
    ------
    EnvironmentProblem
        WF-LOCK, another run is alive; WF-READONLY or WF-DISKFULL, the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self.run = secrets.token_hex(8)
        self.taken_over: Process | None = None
        self._made: list[Path] = []

    def __enter__(self) -> RunLock:
        folder = self.path.parent
        try:
            self._made = [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(folder):
                self._remove_stale()
                _write_new(self.path, as_text(this_process(self.run)))
        except FileExistsError:
            raise EnvironmentProblem(self._busy()) from None
        except OSError as error:
            self._remove_made()
            raise EnvironmentProblem(disk_problem(folder, error, "the results folder")) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        holder = read_process(self.path)
        if holder and holder.run == self.run:
            self.path.unlink(missing_ok=True)
        self._remove_made()

    def _remove_made(self) -> None:
        for path in self._made:
            with suppress(OSError):
                path.rmdir()

    def _remove_stale(self) -> None:
        """Remove the lock of a run that is gone; of another computer it cannot be known."""
        holder = read_process(self.path)
        if holder is None:
            gone = self.path.exists() and time.time() - self.path.stat().st_mtime > UNREADABLE_FOR
        else:
            gone = holder.is_here() and not holder.lives()
        if gone:
            self.taken_over = holder
            self.path.unlink(missing_ok=True)

    def _busy(self) -> Problem:
        holder = read_process(self.path)
        folder = self.path.parent.as_posix()
        if holder is None:
            return Problem("WF-LOCK", "another run begins to work on this study", "wait for it to end", folder)
        what = f"another run works on this study (process {holder.pid} on {holder.host}, since {holder.started})"
        crashed = f"; if that computer crashed, delete {self.path.as_posix()}"
        return Problem("WF-LOCK", what, f"wait for it to end{'' if holder.is_here() else crashed}", folder)


def _write_new(path: Path, text: str) -> None:
    """Write a file that is whole as soon as it is there.

    Raises
    ------
    FileExistsError
        There is one already.
    """
    whole = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    try:
        whole.write_text(text, encoding="utf-8")
        try:
            os.link(whole, path)
        except FileExistsError:
            raise
        except OSError:
            # Some network and memory-card file systems know no links.
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    finally:
        whole.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let one process at a time look at the lock: of two that find a stale one, only one may take it over."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Where the file system has no such locks, the link of `_write_new` alone must do.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

"""One run at a time on one study's results."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from balint_eval.errors import EnvironmentProblem, Problem


class RunLock:
    """A file with the process, computer and time of the run that works on a folder.

    A lock whose process no longer lives on this computer is taken over.

    Parameters
    ----------
    folder : Path
        Results folder of one study; made when it is not there.

    Raises
    ------
    EnvironmentProblem
        Another run is alive, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / ".run.lock"

    def __enter__(self) -> RunLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_stale():
                self.path.unlink(missing_ok=True)
            handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        except FileExistsError:
            raise EnvironmentProblem(self._busy()) from None
        except OSError as error:
            what = f"the results folder cannot be written ({(error.strerror or '').lower()})"
            mend = "choose another folder with --results"
            raise EnvironmentProblem(Problem("WF-READONLY", what, mend, self.path.parent.as_posix())) from None
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            started = datetime.now(tz=UTC).isoformat(timespec="seconds")
            json.dump({"pid": os.getpid(), "host": socket.gethostname(), "started": started}, file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)

    def _read(self) -> dict[str, str | int]:
        try:
            return dict(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _is_stale(self) -> bool:
        if not self.path.exists():
            return False
        holder = self._read()
        return holder.get("host") == socket.gethostname() and not _alive(int(holder.get("pid", 0)))

    def _busy(self) -> Problem:
        holder = self._read()
        what = (
            f"another run works on this study (process {holder.get('pid', '?')} on {holder.get('host', '?')}, "
            f"since {holder.get('started', '?')})"
        )
        mend = f"wait for it to end; if that computer crashed, delete {self.path.as_posix()}"
        return Problem("WF-LOCK", what, mend, self.path.parent.as_posix())


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

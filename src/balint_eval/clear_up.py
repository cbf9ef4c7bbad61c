"""Before a run begins: whether it may write, what an earlier one left, what was changed by hand since."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

from balint_eval.errors import BalintError, EnvironmentProblem, Problem
from balint_eval.folders import Folders
from balint_eval.lock import RunLock
from balint_eval.processes import end_orphans
from balint_eval.tables import remove_parts
from balint_eval.verify import differing_files


def refuse_unwritable(folders: Folders) -> None:
    """Refuse folders that cannot be written, before anything is read or computed.

    Raises
    ------
    EnvironmentProblem
        WF-READONLY, for each of them, with its mode.
    """
    wanted = (folders.root, folders.tables, folders.figures, folders.reports, folders.logs, folders.restricted)
    nearest = {next(path for path in (wish, *wish.parents) if path.exists()) for wish in (*wanted, Path(".snakemake"))}
    refused = sorted(path for path in nearest if not (path.is_dir() and os.access(path, os.W_OK | os.X_OK)))
    if refused:
        raise EnvironmentProblem(map(_unwritable, refused))


def _unwritable(path: Path) -> Problem:
    kind = "this folder" if path.is_dir() else "this is a file where a folder belongs, and"
    what = f"{kind} cannot be written (mode {stat.filemode(path.stat().st_mode)})"
    mend = "give yourself the right to write there, or choose another folder with --results"
    return Problem("WF-READONLY", what, mend, path.absolute().as_posix() if path == Path() else path.as_posix())


def clear_up(folders: Folders, lock: RunLock) -> None:
    """End what a run that broke off left at work, and remove its half-written files."""
    ended = end_orphans(folders.root, lock.run)
    for folder in (folders.root, folders.restricted):
        remove_parts(folder)
    broken = lock.taken_over
    if broken:
        since = f" (process {broken.pid}, since {broken.started})"
        print(f"An earlier run broke off{since}; this one goes on from there.", file=sys.stderr)
    if ended:
        print(f"Processes of an earlier run that were still at work and were ended: {ended}.", file=sys.stderr)


def set_changed_aside(folders: Folders) -> None:
    """Have files made again that are missing or were changed since the last run; changed ones are kept in `logs/`.

    Nothing may be computed from a table, and nothing listed, that no run wrote. Results without a manifest are those of
    a run that broke off; the workflow knows what is missing there.
    """
    try:
        gone, changed = differing_files(folders.root)
    except BalintError:
        folders.manifest.unlink(missing_ok=True)
        return
    if not gone and not changed:
        return
    for name in changed:
        kept = folders.logs / "changed" / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        (folders.root / name).replace(kept)
    if any(Path(name).parts[0] == folders.figures.name for name in (*gone, *changed)):
        # The workflow knows the folder of the figures as a whole.
        shutil.rmtree(folders.figures, ignore_errors=True)
    folders.manifest.unlink(missing_ok=True)
    _tell_set_aside(folders, gone, changed)


def _tell_set_aside(folders: Folders, gone: list[str], changed: list[str]) -> None:
    kept = (folders.logs / "changed").as_posix()
    for names, what in ((gone, "missing"), (changed, f"changed since (kept in {kept}/)")):
        if names:
            listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            print(f"Made again, because the results were {what}: {listed}.", file=sys.stderr)

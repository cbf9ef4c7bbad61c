"""Person ids to pseudonyms: a keyed hash, so that nobody without the key can try all codes.

The key is 32 random bytes in a file of its own, outside results and outside the project, readable by its
owner only. `BALINT_EVAL_KEY_FILE` names it; else it lies in the user's configuration folder. Losing it means
that later waves cannot be linked to pseudonyms given before; the exports still can, so nothing else is lost.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from balint_eval.errors import EnvironmentProblem, Problem, StudyError
from balint_eval.ingest.text import normalise_id

KEY_BYTES = 32


def key_path() -> Path:
    """Give the place of the key file."""
    named = os.environ.get("BALINT_EVAL_KEY_FILE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "balint-eval" / "pseudonyms.key"


def read_key(path: Path | None = None, away_from: Iterable[Path] = ()) -> bytes:
    """Read the key, making it on first use.

    Parameters
    ----------
    path : Path, optional
        By default `key_path()`.
    away_from : iterable of Path
        Folders that are copied and shared, such as the study's and the results': the key may not lie in them.

    Raises
    ------
    StudyError
        The key lies in one of these folders or under version control (CFG-KEYPLACE), is too short, one byte over
        and over, or readable by others (CFG-KEYWEAK).
    EnvironmentProblem
        It cannot be read or made.
    """
    path = path or key_path()
    refuse_place(path, away_from)
    try:
        if not path.exists():
            _make_key(path)
        key, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        reason = (error.strerror or "").lower()
        mend = "set BALINT_EVAL_KEY_FILE to a file you may write"
        what = f"the pseudonym key cannot be read or made ({reason})"
        raise EnvironmentProblem(Problem("WF-READONLY", what, mend, path.as_posix())) from error
    fault = _weakness(key, mode)
    if fault:
        mend = "move it away and make a new one with: balint-eval keygen (earlier pseudonyms then change)"
        raise StudyError(Problem("CFG-KEYWEAK", f"the pseudonym key {fault}", mend, path.as_posix()))
    return key


def refuse_place(path: Path, away_from: Iterable[Path]) -> None:
    """Refuse a key where it would be copied along with the answers.

    Raises
    ------
    StudyError
        CFG-KEYPLACE, with the folder; nothing is written.
    """
    real = path.resolve()
    tree = next((folder for folder in real.parents if (folder / ".git").exists()), None)
    inside = next((folder for folder in away_from if folder.resolve() in real.parents), None)
    if not tree and not inside:
        return
    where = f"the folder {inside.as_posix()} of this study" if inside else f"the git repository {tree}"
    what = f"the pseudonym key lies in {where}, where it is shared along with the answers"
    mend = "set BALINT_EVAL_KEY_FILE to a file outside of it, and move the key there"
    raise StudyError(Problem("CFG-KEYPLACE", what, mend, path.as_posix()))


def fingerprint(key: bytes) -> str:
    """Give 8 hexadecimal digits by which a key is known without being shown."""
    return hmac.new(key, b"fingerprint of the key", hashlib.sha256).hexdigest()[:8]


def refuse_changed_key(key: bytes, linkage: Path) -> None:
    """Refuse a key that is not the one the stored people were given pseudonyms with.

    Parameters
    ----------
    key : bytes
    linkage : Path
        `linkage.csv` of an earlier run; nothing is compared where there is none.

    Raises
    ------
    StudyError
        CFG-KEYCHANGED, with both fingerprints.
    """
    stored = _stored_fingerprint(linkage)
    if stored in {"", fingerprint(key)}:
        return
    what = (
        f"the pseudonym key has changed: people of earlier waves are stored under the key {stored} and the key is now "
        f"{fingerprint(key)}; nothing was linked"
    )
    mend = (
        "bring the earlier key back (BALINT_EVAL_KEY_FILE names its place), or delete this file and the results of the "
        "study to begin anew"
    )
    raise StudyError(Problem("CFG-KEYCHANGED", what, mend, linkage.as_posix()))


def _stored_fingerprint(linkage: Path) -> str:
    """Give the fingerprint in the first row of a stored linkage; blank where there is none."""
    try:
        with linkage.open(encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file), {})
    except OSError:
        return ""
    return (row.get("key_fingerprint") or "").removeprefix("key ")


def make_new_key(path: Path | None = None, away_from: Iterable[Path] = ()) -> tuple[Path, str]:
    """Make a key where there is none.

    Returns
    -------
    path, fingerprint : Path, str

    Raises
    ------
    StudyError
        There is a key already, or the place is one that is shared.
    EnvironmentProblem
        It cannot be made.
    """
    path = path or key_path()
    if path.exists():
        what, mend = "there is a key already; it is never overwritten", "move it away first, or give another file"
        raise StudyError(Problem("CFG-KEYWEAK", what, mend, path.as_posix()))
    return path, fingerprint(read_key(path, away_from))


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    try:
        # A link never replaces: of two jobs that start at once, one key wins and both read it.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()


def _weakness(key: bytes, mode: int) -> str:
    if len(key) < KEY_BYTES:
        return f"is shorter than {KEY_BYTES} bytes"
    if len(set(key)) == 1:
        return "is one byte over and over"
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "can be read by other users (chmod 600 mends that)"
    return ""


def pseudonymiser(key: bytes) -> Callable[[str], str]:
    """Give a function from a raw id to its pseudonym: `P` and 16 hexadecimal digits (HMAC-SHA256)."""

    # A person stands in every wave.
    @lru_cache(maxsize=2**16)
    def pseudonym(raw: str) -> str:
        return f"P{hmac.digest(key, normalise_id(raw).encode('utf-8'), 'sha256').hex()[:16]}"

    return pseudonym

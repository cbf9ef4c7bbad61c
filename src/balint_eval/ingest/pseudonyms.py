"""Person ids to pseudonyms: a keyed hash, so that nobody without the key can try all codes.

The key is 32 random bytes in a file of its own, outside results and outside the project, readable by its
owner only. `BALINT_EVAL_KEY_FILE` names it; else it lies in the user's configuration folder. Losing it means
that later waves cannot be linked to pseudonyms given before; the exports still can, so nothing else is lost.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Callable
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


def read_key(path: Path | None = None) -> bytes:
    """Read the key, making it on first use.

    Raises
    ------
    StudyError
        The key is too short, one byte over and over, or readable by others.
    EnvironmentProblem
        It cannot be read or made.
    """
    path = path or key_path()
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
        mend = "move it away; a new key is made on the next run (earlier pseudonyms then change)"
        raise StudyError(Problem("CFG-KEYWEAK", f"the pseudonym key {fault}", mend, path.as_posix()))
    return key


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

    def pseudonym(raw: str) -> str:
        digest = hmac.new(key, normalise_id(raw).encode("utf-8"), hashlib.sha256).hexdigest()
        return f"P{digest[:16]}"

    return pseudonym

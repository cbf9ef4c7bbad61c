"""The bytes of a file, read once, with every reason why they cannot be."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path

from balint_eval.errors import DataError, Problem, shown
from balint_eval.ingest.grid import listed

UNPACKED_AT_MOST = 1 << 30
CELLS_AT_MOST = 40_000_000
"""Cells of a table in a file that can say more of them than it has bytes: repeats written out, packed rows."""
RATIO_AT_MOST = 100
SMALL_UNPACKED = 1 << 24
"""Bytes below which it does not matter how well a file was packed."""
GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 1 << 20

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

Stamp = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The bytes of one file.

    Attributes
    ----------
    file : str
        As shown to people.
    content : bytes
        Unpacked where the file was gzip.
    sha256 : str
        Of the file as it lies on the disk.
    n_bytes : int
        On the disk.
    """

    path: Path
    file: str
    content: bytes
    sha256: str
    n_bytes: int
    stamp: Stamp
    notes: tuple[str, ...] = ()


def read_source(path: Path, shown_as: str) -> Source:
    """Read a regular file.

    Raises
    ------
    DataError
        IN-MISSING, IN-NOTFILE, IN-PERM, IN-GZIP, IN-BOMB or IN-CHANGED. A pipe or device is never opened.
    """
    before = _checked_stamp(path, shown_as)
    raw = _read_bytes(path, shown_as)
    _refuse_changed(path, shown_as, before, len(raw))
    packed = raw.startswith(GZIP_MAGIC)
    return Source(
        path=path,
        file=shown_as,
        content=_unpacked(raw, shown_as) if packed else raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        n_bytes=len(raw),
        stamp=before,
        notes=("The file is packed with gzip and was unpacked in memory.",) if packed else (),
    )


def refuse_if_changed(source: Source) -> None:
    """Raise IN-CHANGED if the file on the disk is no longer the one that was read."""
    _refuse_changed(source.path, source.file, source.stamp, source.n_bytes)


def _checked_stamp(path: Path, shown_as: str) -> Stamp:
    try:
        found = path.stat()
    except PermissionError:
        raise DataError(_forbidden(path, shown_as)) from None
    except (OSError, ValueError):
        raise DataError(_missing(path, shown_as)) from None
    if not stat.S_ISREG(found.st_mode):
        raise DataError(_not_a_file(found.st_mode, shown_as))
    if not stat.S_IMODE(found.st_mode) & 0o444:
        raise DataError(_forbidden(path, shown_as))
    return found.st_size, found.st_mtime_ns, found.st_ino


def _read_bytes(path: Path, shown_as: str) -> bytes:
    try:
        return path.read_bytes()
    except PermissionError:
        raise DataError(_forbidden(path, shown_as)) from None
    except FileNotFoundError:
        raise DataError(_missing(path, shown_as)) from None


def _refuse_changed(path: Path, shown_as: str, before: Stamp, n_bytes: int) -> None:
    try:
        found = path.stat()
        after = (found.st_size, found.st_mtime_ns, found.st_ino)
    except OSError:
        after = (-1, 0, 0)
    if after == before and n_bytes == before[0]:
        return
    what = f"the file changed while it was read ({before[0]} bytes before, {max(after[0], 0)} after)"
    raise DataError(Problem("IN-CHANGED", what, "wait until the export has finished, then run again", shown_as))


def _missing(path: Path, shown_as: str) -> Problem:
    folder = path.parent
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        names = []
    if path.is_symlink():
        what = "the file is a link whose target does not exist"
    elif not folder.is_dir():
        what = f"the file does not exist, nor does its folder {shown(folder.name)}"
    else:
        what = f"the file does not exist; its folder holds {_folder_content(names)}"
    near = _nearest(path.name, [name for name in names if name != path.name])
    mend = f"did you mean {shown(near)}? Otherwise correct the path" if near else "correct the path"
    return Problem("IN-MISSING", what, mend, shown_as)


def _folder_content(names: list[str]) -> str:
    return listed([shown(name) for name in names], 5) if names else "no file at all"


def _nearest(name: str, names: list[str]) -> str:
    folded = {other.casefold(): other for other in names}
    close = difflib.get_close_matches(name.casefold(), folded, 1, 0.5)
    return folded[close[0]] if close else ""


def _not_a_file(mode: int, shown_as: str) -> Problem:
    kind = next((word for test, word in _KINDS if test(mode)), "something special")
    return Problem("IN-NOTFILE", f"this is {kind}, not a file", "name the export file itself", shown_as)


def _forbidden(path: Path, shown_as: str) -> Problem:
    try:
        mode = f"mode {stat.filemode(path.stat().st_mode)}"
    except OSError:
        mode = "a folder on the way is closed"
    what = f"the file may not be read ({mode})"
    return Problem("IN-PERM", what, "give yourself the right to read it, such as `chmod u+r`", shown_as)


def _unpacked(raw: bytes, shown_as: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                parts.append(chunk)
                if size > UNPACKED_AT_MOST or (size > SMALL_UNPACKED and size > RATIO_AT_MOST * len(raw)):
                    raise DataError(_gzip_bomb(shown_as, size / len(raw)))
    except (EOFError, zlib.error, OSError) as error:
        reason = "ends too early" if isinstance(error, EOFError) else "is damaged"
        what = f"the gzip file {reason}: {size} bytes could be read, none are used"
        raise DataError(Problem("IN-GZIP", what, "export or copy the file again", shown_as)) from None
    return b"".join(parts)


def _gzip_bomb(shown_as: str, ratio: float) -> Problem:
    what = f"the packed file grows to more than {ratio:.0f} times its size, the limit is {RATIO_AT_MOST}"
    return Problem("IN-BOMB", what, "give the table itself, unpacked", shown_as)

"""What is looked at in a workbook before anything is unpacked or parsed."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from balint_eval.errors import DataError, Problem
from balint_eval.ingest.grid import escaped
from balint_eval.ingest.source import RATIO_AT_MOST, UNPACKED_AT_MOST

ENTRIES_AT_MOST = 10_000
SMALL_ENTRY = 1 << 17
DIRECTORY_AT_MOST = ENTRIES_AT_MOST * 512

OLE_MAGIC = b"\xd0\xcf\x11\xe0"
ZIP_MAGIC = b"PK"
_END = b"PK\x05\x06"
_UNSAFE_NAME = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_WIDE_DECLARATIONS = tuple(
    mark.decode().encode(encoding) for mark in _DECLARATIONS for encoding in ("utf-16-le", "utf-16-be")
)


def is_ole(content: bytes) -> bool:
    """Tell an old xls file or a password-protected xlsx file."""
    return content.startswith(OLE_MAGIC)


def is_zip(content: bytes) -> bool:
    """Tell a file that is packed like an xlsx file."""
    return content.startswith(ZIP_MAGIC) and content[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08")


def is_opendocument(content: bytes) -> bool:
    """Tell a zip with the parts of OpenDocument by its directory, or by its first part where the end is lost."""
    at = content.rfind(_END)
    if at < 0 or len(content) < at + 20:
        return content[30:38] == b"mimetype"
    size, start = struct.unpack_from("<II", content, at + 12)
    return b"META-INF/manifest.xml" in content[start : start + min(size, DIRECTORY_AT_MOST)]


def ole_problem(content: bytes, file: str) -> Problem:
    """Give IN-XLSLIMIT for a binary xls file, IN-XLSX for one that is password-protected."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        mend = "save it without a password"
        return Problem("IN-XLSX", "the workbook is protected with a password", mend, file)
    what = "this is an old binary xls file, which ends at 65536 rows whatever was exported"
    return Problem("IN-XLSLIMIT", what, "export CSV or xlsx from the survey platform", file)


def open_guarded(content: bytes, file: str, parts: frozenset[str] | None = None) -> zipfile.ZipFile:
    """Open the zip of a workbook after looking at its directory.

    Parameters
    ----------
    content : bytes
    file : str
    parts : frozenset of str, optional
        The parts that will be parsed; without, every XML part is looked at.

    Raises
    ------
    DataError
        IN-BOMB, IN-ZIPSLIP, IN-XML or IN-XLSX; nothing is written to the disk in any case.
    """
    _refuse_directory(content, file)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise DataError(_damaged(file)) from None
    entries = archive.infolist()
    problems = [*_size_problems(entries, file), *_name_problems(entries, file), *_locked(entries, file)]
    if problems:
        raise DataError(problems)
    _refuse_declarations(archive, file, parts)
    return archive


def _refuse_directory(content: bytes, file: str) -> None:
    """Refuse a directory that is too long before Python reads it."""
    at = content.rfind(_END)
    if at < 0 or len(content) < at + 20:
        return
    entries, size = struct.unpack_from("<HI", content, at + 10)
    if entries > ENTRIES_AT_MOST or size > DIRECTORY_AT_MOST:
        raise DataError(_entries_problem(entries, file))


def _entries_problem(number: int, file: str) -> Problem:
    what = f"the workbook holds {number} parts, the limit is {ENTRIES_AT_MOST}"
    return Problem("IN-BOMB", what, "export the table again", file)


def _size_problems(entries: list[zipfile.ZipInfo], file: str) -> list[Problem]:
    if len(entries) > ENTRIES_AT_MOST:
        return [_entries_problem(len(entries), file)]
    size = sum(entry.file_size for entry in entries)
    if size > UNPACKED_AT_MOST:
        what = f"the workbook would unpack to {size} bytes, the limit is {UNPACKED_AT_MOST}"
        return [Problem("IN-BOMB", what, "export the table again, as CSV", file)]
    ratio = max((_ratio(entry) for entry in entries), default=0.0)
    if ratio <= RATIO_AT_MOST:
        return []
    what = f"a part of the workbook unpacks to {ratio:.0f} times its size, the limit is {RATIO_AT_MOST}"
    return [Problem("IN-BOMB", what, "export the table again, as CSV", file)]


def _ratio(entry: zipfile.ZipInfo) -> float:
    return entry.file_size / max(entry.compress_size, 1) if entry.file_size > SMALL_ENTRY else 0.0


def _name_problems(entries: list[zipfile.ZipInfo], file: str) -> list[Problem]:
    unsafe = [entry.filename for entry in entries if _UNSAFE_NAME.search(entry.orig_filename)]
    what = "the workbook has a part whose name leads out of it"
    mend = "do not use this file; export it again from the platform"
    return [Problem("IN-ZIPSLIP", what, mend, file, value=escaped(name, 60)) for name in unsafe]


def _locked(entries: list[zipfile.ZipInfo], file: str) -> list[Problem]:
    if not any(entry.flag_bits & 1 for entry in entries):
        return []
    return [Problem("IN-XLSX", "the workbook is locked with a password", "save it without one", file)]


def _refuse_declarations(archive: zipfile.ZipFile, file: str, parts: frozenset[str] | None) -> None:
    """Refuse document type and entity declarations, which no spreadsheet program writes."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        if parts is not None and entry.filename not in parts:
            continue
        content = read_part(archive, entry.filename, file)
        # Most parts are long, hold no such sign and no zero byte, and are searched twice instead of six times.
        narrow = b"<!" in content and any(mark in content for mark in _DECLARATIONS)
        wide = b"\0" in content and any(mark in content for mark in _WIDE_DECLARATIONS)
        if narrow or wide:
            what = f"the part {escaped(entry.filename, 60)} declares XML entities or a document type"
            mend = "do not use this file; export it again from the platform"
            raise DataError(Problem("IN-XML", what, mend, file))


def read_part(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """Give the bytes of one part, IN-XLSX where it is damaged."""
    try:
        return archive.read(name)
    except Exception:  # zipfile, zlib, lzma and bz2 each have their own errors
        raise DataError(_damaged(file)) from None


def _damaged(file: str) -> Problem:
    return Problem("IN-XLSX", "the workbook is damaged, or is no xlsx or ods file", "export or copy it again", file)

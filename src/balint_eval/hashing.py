"""SHA-256 of files and texts."""

from __future__ import annotations

import hashlib
from io import RawIOBase
from pathlib import Path

MISSING = "missing"
"""In place of the SHA-256 of a file that cannot be read."""
_AT_ONCE = 2**20
"""Bytes: most files of a study are read in one piece; `hashlib.file_digest` sets memory aside for each of them."""


def sha256_of_file(path: Path) -> str:
    """Give the SHA-256 of a file's bytes; `MISSING` for a file that is not there, or that is a pipe or device."""
    if not path.is_file():
        # A pipe or a device would be read without end; reading the exports refuses it with its reason.
        return MISSING
    try:
        with path.open("rb", buffering=0) as file:
            return sha256_of_stream(file)
    except OSError:
        return MISSING


def sha256_of_stream(file: RawIOBase) -> str:
    """Give the SHA-256 of what is left of an unbuffered stream of bytes."""
    digest = hashlib.sha256()
    while piece := file.read(_AT_ONCE):
        digest.update(piece)
    return digest.hexdigest()


def sha256_of_text(text: str) -> str:
    """Give the SHA-256 of a text as UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

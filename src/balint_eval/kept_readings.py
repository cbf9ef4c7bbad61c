"""What a run read of each cohort before it wrote anything, kept for the jobs that would read the same files again.

A run reads every changed cohort once, so that bad input stops it with nothing written. What it read is packed in memory
and, when all is in order, left below `restricted/` for the jobs of the workflow, under names that every run clears away
at its end and at its start. A job whose cohort has other files, settings or code by then, or that a person calls by
hand, reads the files.
"""

from __future__ import annotations

import hmac
import pickle
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.tables import PART, write_bytes

if TYPE_CHECKING:
    from balint_eval.ingest.cohort import Ingested

MOST_ANSWERS = 500_000
"""Answers of a cohort up to which it is kept: larger ones are read twice rather than held in memory twice."""
_SIGNED = 32
_PRIVATE = 0o600


def packed(result: Ingested) -> bytes:
    """Pack what one cohort's files gave; nothing where it is too large to be kept.

    Parameters
    ----------
    result : Ingested

    Returns
    -------
    bytes
        A hundredth of what the tables take in memory; empty for more than `MOST_ANSWERS` answers.
    """
    if len(result.tables["responses"]) > MOST_ANSWERS:
        return b""
    return zlib.compress(pickle.dumps(result, pickle.HIGHEST_PROTOCOL), 1)


def keep_readings(folder: Path, batch: str, readings: Mapping[str, bytes], key: bytes) -> None:
    """Leave what was read of the cohorts of a batch for its job.

    Parameters
    ----------
    folder : Path
        The study's folder in `restricted/`.
    batch : str
    readings : mapping of digest to bytes
        What `packed` gave, by the digest of the cohort it was read from.
    key : bytes
        Key of the pseudonyms: it signs what is left, for unpacking what somebody else had written would run it.

    Raises
    ------
    EnvironmentProblem
        The folder cannot be written.
    """
    content = pickle.dumps(dict(readings), pickle.HIGHEST_PROTOCOL)
    write_bytes(_place(folder, batch), hmac.digest(key, content, "sha256") + content, _PRIVATE)


class KeptReadings:
    """What was left of the cohorts of a batch.

    Parameters
    ----------
    folder : Path
        The study's folder in `restricted/`.
    batch : str
    key : bytes
        Key of the pseudonyms; what another key has signed is not taken.
    """

    def __init__(self, folder: Path, batch: str, key: bytes) -> None:
        self._readings = _read(_place(folder, batch), key)

    def take(self, digest: str) -> Ingested | None:
        """Give what was read of a cohort with this digest; nothing where it was not kept."""
        content = self._readings.get(digest, b"")
        # Signed as a whole, so it is what this program packed.
        return pickle.loads(zlib.decompress(content)) if content else None  # noqa: S301


def _read(place: Path, key: bytes) -> dict[str, bytes]:
    try:
        whole = place.read_bytes()
    except OSError:
        return {}
    signature, content = whole[:_SIGNED], whole[_SIGNED:]
    if not hmac.compare_digest(signature, hmac.digest(key, content, "sha256")):
        return {}
    return dict(pickle.loads(content))  # noqa: S301


def _place(folder: Path, batch: str) -> Path:
    # Under this name it goes with the half-written files, whatever ends the run.
    return folder / f".{batch}.readings{PART}"

"""Rules for the files a study names: none behind a link that leads out, none given twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.hashing import MISSING, sha256_of_file
from balint_eval.settings_words import Location
from balint_eval.study_items import Fault

if TYPE_CHECKING:
    from balint_eval.study import StudyFile


def path_faults(file: StudyFile) -> Iterator[Fault]:
    """Give CFG-SYMLINK and CFG-SAMEFILE; a file that cannot be looked at is left to the readers."""
    if not file.study.allow_external_inputs:
        yield from _links_that_lead_out(file)
    yield from _given_twice(file)


def _named_files(file: StudyFile) -> Iterator[tuple[Location, str]]:
    yield ("codebook",), file.study.codebook
    for c, cohort in enumerate(file.study.cohorts):
        for e, export in enumerate(cohort.exports):
            yield ("cohorts", c, "exports", e, "file"), export.file
            yield ("cohorts", c, "exports", e, "dictionary"), export.dictionary
            yield ("cohorts", c, "exports", e, "syntax"), export.syntax
        for log in ("roster", "sessions", "attendance"):
            entry = getattr(cohort, log)
            yield ("cohorts", c, log, "file"), entry.file if entry else ""


def _links_that_lead_out(file: StudyFile) -> Iterator[Fault]:
    """Refuse a link to a place outside: the study could not be moved, and would read what nobody sees in it."""
    root = os.path.realpath(file.folder)
    for location, name in _named_files(file):
        target = _outside(root, name) if name else ""
        if target:
            what = f"the path goes through a link that leads out of the study's folder, to {target}"
            yield location, "CFG-SYMLINK", what, "copy the file, or set allow_external_inputs: true"


def _outside(root: str, name: str) -> str:
    """Give where a path really leads, if a link on it leads out of the folder that holds study and path."""
    try:
        as_written = os.path.normpath(os.path.join(root, name))  # noqa: PTH118 - pathlib keeps `..`
        real = os.path.realpath(as_written)
        common = os.path.commonpath([root, os.path.dirname(as_written)])  # noqa: PTH120
    except (OSError, ValueError):
        return ""
    # A path to quite another place was written on purpose; its own folder is then the one to stay in.
    inside = Path(common) if len(Path(common).parts) > 1 else Path(as_written).parent
    return "" if real == as_written or Path(real).is_relative_to(inside) else real


def _given_twice(file: StudyFile) -> Iterator[Fault]:
    """Refuse one export under two names: every change between its waves would be nought."""
    exports = [(c, e, export) for c, cohort in enumerate(file.study.cohorts) for e, export in enumerate(cohort.exports)]
    sizes = {export.file: _size(file.path(export.file)) for _, _, export in exports}
    alike = Counter(sizes.values())
    first: dict[tuple[str, str], str] = {}
    for c, e, export in exports:
        location: Location = ("cohorts", c, "exports", e, "file")
        # Only files of one size can be the same; large exports are not read for nothing.
        size = sizes[export.file]
        digest = _sha256(file.path(export.file)) if size > 0 and alike[size] > 1 else ""
        seen = (digest or os.path.normpath(export.file), export.sheet)
        if seen in first:
            content = f", byte for byte (SHA-256 {digest[:12]})" if digest else ""
            what = f"this is the same file as {first[seen]}{content}"
            mend = (
                "check the name of the later export; one file with several waves is given once: with wave_from where "
                "a column says the wave of each row, with one wave under waves: of each entry of items where each "
                "row holds several"
            )
            yield location, "CFG-SAMEFILE", what, mend
        first.setdefault(seen, ".".join(map(str, location)))


def _size(path: Path) -> int:
    """Give the size of a regular file, 0 for anything else."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        return 0


def _sha256(path: Path) -> str:
    found = sha256_of_file(path)
    return "" if found == MISSING else found

"""Before a run the cohorts that changed are read, and nothing is written; what was read is kept for its jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from balint_eval.batches import list_batches
from balint_eval.errors import Problem
from balint_eval.folders import Folders
from balint_eval.kept_readings import keep_readings
from balint_eval.provenance import cohort_digest
from balint_eval.speaker import Speaker, cohorts_in_words
from balint_eval.study import StudyFile
from balint_eval.tables import remove_parts, write_text
from balint_eval.told import told

_RECORD = ".checked.json"


@dataclass(frozen=True)
class Checked:
    """What reading the changed cohorts before a run told.

    Attributes
    ----------
    digests : dict of cohort to str
        Digest of each cohort that is in order; empty when nothing has changed.
    refused : dict of cohort to list of Problem
        Cohorts to set aside.
    readings : dict of cohort to bytes
        What was read of the others, packed.
    key : bytes
        Key of the pseudonyms they were read with.
    """

    digests: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[Problem]] = field(default_factory=dict)
    readings: dict[str, bytes] = field(default_factory=dict, repr=False)
    key: bytes = field(default=b"", repr=False)


def check_inputs(
    file: StudyFile, folders: Folders, say: Speaker, cores: int = 1, *, keep_going: bool = False
) -> Checked:
    """Read the cohorts whose files, settings or code changed since the last check, writing nothing.

    Parameters
    ----------
    file : StudyFile
    folders : Folders
    say : Speaker
    cores : int
    keep_going : bool
        Whether cohorts that are refused may be set aside, as long as one is left.

    Returns
    -------
    Checked

    Raises
    ------
    DataError
        With the problems of all cohorts.
    """
    digests = {cohort.name: cohort_digest(file, "ingest", cohort) for cohort in file.study.cohorts}
    known = _read_json(folders.root / _RECORD)
    changed = [name for name, digest in digests.items() if known.get(name) != digest]
    if not changed:
        return Checked()
    from balint_eval.cohort_stages import look_at_cohorts
    from balint_eval.stages import key_of

    key = key_of(file, changed, folders)
    cohorts = cohorts_in_words(changed, say.language)
    say.progress(say.language.say("Checking the files of {cohorts} ...", cohorts=cohorts))
    looked = look_at_cohorts(file.only(changed), key, cores)
    refused = looked.refused if keep_going and len(looked.refused) < len(digests) else {}
    looked.refuse(but=refused)
    for warning in looked.warnings:
        say.progress(f"  {told(warning, say.language)}")
    in_order = {name: digest for name, digest in digests.items() if name not in refused}
    return Checked(in_order, refused, looked.readings, key)


@contextmanager
def readings_kept(checked: Checked, file: StudyFile, folders: Folders) -> Iterator[None]:
    """Leave what was read for the jobs of the workflow, and take it away when they are done."""
    try:
        for batch, names in list_batches(file).items():
            readings = {checked.digests[name]: checked.readings[name] for name in names if name in checked.readings}
            if readings:
                keep_readings(folders.restricted, batch, readings, checked.key)
        yield
    finally:
        remove_parts(folders.restricted)


def remember(digests: dict[str, str], folders: Folders) -> None:
    """Keep what is in order for the next run."""
    if digests:
        write_text(folders.root / _RECORD, json.dumps(digests, sort_keys=True) + "\n")


def _read_json(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}

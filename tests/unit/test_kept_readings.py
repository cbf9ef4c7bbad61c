"""What a run has read before it writes anything is what its jobs write, and nothing of it stays."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from balint_eval import kept_readings, run
from balint_eval.cohort_stages import look_at_cohorts
from balint_eval.folders import Folders
from balint_eval.kept_readings import KeptReadings, keep_readings
from balint_eval.provenance import cohort_digest
from balint_eval.stages import run_ingest
from balint_eval.study import read_study

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from cohort_studies import change_an_answer, write_study

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def known_key(monkeypatch, tmp_path_factory):
    key = tmp_path_factory.mktemp("key") / "k"
    key.write_bytes(KEY)
    key.chmod(0o600)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))


@pytest.fixture
def study(tmp_path):
    return read_study(write_study(tmp_path / "study", cohorts=2, people=8))


@pytest.fixture
def folders(tmp_path):
    return Folders(tmp_path / "results", "many")


def keep(file, folders, key=KEY):
    """Leave what reading gave, as a run does."""
    looked = look_at_cohorts(file, KEY)
    digests = {cohort.name: cohort_digest(file, "ingest", cohort) for cohort in file.study.cohorts}
    keep_readings(
        folders.restricted, "batch-0001", {digests[name]: packed for name, packed in looked.readings.items()}, key
    )


def contents(folders):
    return {
        path.relative_to(folders.root.parents[1]).as_posix(): path.read_bytes()
        for folder in (folders.root, folders.restricted)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".part")
    }


def never(*_):
    raise AssertionError("the files are read again")


def test_a_job_writes_what_was_kept_and_what_it_would_have_read(study, folders, tmp_path, monkeypatch):
    from_files = Folders(tmp_path / "other" / "results", "many")
    read = run_ingest(study, "batch-0001", from_files)
    keep(study, folders)
    monkeypatch.setattr("balint_eval.ingest.cohort.ingest_cohort", never)
    assert run_ingest(study, "batch-0001", folders) == read
    assert contents(folders) == contents(from_files)


@pytest.mark.parametrize("change", ["another key", "an answer", "a byte"])
def test_what_no_longer_holds_is_read_from_the_files(study, folders, monkeypatch, change):
    keep(study, folders, KEY[::-1] if change == "another key" else KEY)
    if change == "an answer":
        change_an_answer(study.folder)
    if change == "a byte":
        (place,) = folders.restricted.glob(".*")
        place.write_bytes(place.read_bytes()[:-1] + b"!")
    monkeypatch.setattr("balint_eval.ingest.cohort.ingest_cohort", never)
    with pytest.raises(AssertionError, match="read again"):
        run_ingest(study, "batch-0001", folders)


def test_only_their_owner_may_read_them(study, folders):
    keep(study, folders)
    (place,) = folders.restricted.glob(".*")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert place.name.endswith(".part")


def test_a_large_cohort_is_not_kept(study, folders, monkeypatch):
    monkeypatch.setattr(kept_readings, "MOST_ANSWERS", 8)
    keep(study, folders)
    digest = cohort_digest(study, "ingest", study.study.cohorts[0])
    assert KeptReadings(folders.restricted, "batch-0001", KEY).take(digest) is None


def test_a_run_takes_them_away_whatever_ends_it(study, folders, monkeypatch):
    seen = []

    def interrupted(*_):
        seen.extend(path.name for path in folders.restricted.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_snakemake", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.run_workflow(study.folder / "study.yaml", folders.results, plain=True)
    assert seen == [".batch-0001.readings.part"]
    assert not list(folders.restricted.iterdir())

"""Small studies on disk for the tests: a study file as a dictionary, exports as rows."""

import copy
import csv
import hashlib
from pathlib import Path

import pytest
import yaml

from balint_eval.ingest.cohort import ingest_cohort
from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.study import read_study

KEY = bytes(range(32))

TRY = {
    "name": "TRY",
    "title": "A scale of three items",
    "measures": "confidence",
    "level": "2a",
    "n_items": 3,
    "response": {"codes": [1, 2, 3, 4, 5]},
    "reverse": [3],
    "scales": [{"name": "total", "items": [1, 2, 3], "rule": "sum", "range": [3, 15], "higher_is": "better"}],
    "licence": {"status": "own"},
}


def _export(wave):
    return {
        "file": f"{wave}.csv",
        "platform": "plain",
        "wave": wave,
        "person_id": "code",
        "items": [{"instrument": "TRY", "columns": "q{item}"}],
    }


STUDY = {
    "name": "small",
    "title": "A small study",
    "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
    "outcomes": [{"instrument": "TRY", "scale": "total", "role": "primary"}],
    "own_instruments": [TRY],
    "cohorts": [{"name": "one", "exports": [_export("before"), _export("after")]}],
}


def copy_of_all(value):
    """Copy every list and dictionary, so that the dumper has no reason to write aliases."""
    if isinstance(value, dict):
        return {key: copy_of_all(entry) for key, entry in value.items()}
    return [copy_of_all(entry) for entry in value] if isinstance(value, list) else value


class StudyFolder:
    """A folder with a study file and its exports; `content` is the study file to change at will."""

    header = ("code", "q1", "q2", "q3")

    def __init__(self, folder):
        self.folder = folder
        self.content = copy.deepcopy(STUDY)

    @property
    def cohort(self):
        return self.content["cohorts"][0]

    def export(self, index):
        return self.cohort["exports"][index]

    def items(self, index):
        return self.export(index)["items"][0]

    def rows(self, name, *rows, header=None):
        """Write a CSV file."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header or self.header, *rows])
        return path

    def waves(self, before, after, header=None):
        self.rows("before.csv", *before, header=header)
        self.rows("after.csv", *after, header=header)
        return self

    def write(self, text=None):
        """Write the study file and give its path."""
        path = self.folder / "study.yaml"
        dumped = yaml.safe_dump(copy_of_all(self.content), sort_keys=False)
        path.write_text(dumped if text is None else text, encoding="utf-8")
        return path

    def read(self):
        return read_study(self.write())

    def ingest(self, cohort=0):
        file = self.read()
        return ingest_cohort(file, file.study.cohorts[cohort], pseudonymiser(KEY))

    def snapshot(self):
        """Every file below the folder with the hash of its bytes."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found
        }


@pytest.fixture
def folder(tmp_path):
    return StudyFolder(tmp_path)


@pytest.fixture
def new_folder(tmp_path):
    """Give further study folders: `new_folder("name")`."""

    def make(name):
        path = tmp_path / name
        path.mkdir()
        return StudyFolder(path)

    return make


@pytest.fixture
def pseudonym():
    return pseudonymiser(KEY)


@pytest.fixture(scope="session")
def shared():
    """The folder of real data beside the project; tests that need it are skipped visibly where it is absent."""
    path = Path(__file__).parents[1].parent / "shared"
    if not path.is_dir():
        pytest.skip(f"{path} is not on this machine")
    return path

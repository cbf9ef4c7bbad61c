"""Lets the modules of this folder import each other by name."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import bad_study


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Give a study in good order, to be spoilt, with the command line started from the folder above it."""
    key = tmp_path / "elsewhere" / "pseudonyms.key"
    key.parent.mkdir()
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study").mkdir()
    made = bad_study.BadStudy(tmp_path / "study", key)
    yield made
    made.undo()

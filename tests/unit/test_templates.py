"""The study files that people copy are valid as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from balint_eval.study import read_study

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize("path", sorted(CONFIG.glob("*.yaml")), ids=lambda path: path.name)
def test_a_study_file_to_copy_is_valid(path: Path) -> None:
    file = read_study(path)
    assert file.study.outcomes[0].role == "primary"
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../workflow/schemas/")

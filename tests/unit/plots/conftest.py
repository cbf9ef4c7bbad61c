from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import made_tables


@pytest.fixture(scope="session")
def study():
    return made_tables.made_study()


@pytest.fixture(scope="session")
def tables(study):
    return made_tables.made_tables(study)


@pytest.fixture(scope="session")
def drawings(study, tables, tmp_path_factory):
    from balint_eval.plots import draw_all

    return draw_all(tables, made_tables.study_file(study, tmp_path_factory.mktemp("study")))

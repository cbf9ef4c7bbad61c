"""The made-up studies, as fixtures."""

import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).with_name("synthetic.py")
_SPEC = importlib.util.spec_from_file_location("report_synthetic", _PATH)
synthetic = importlib.util.module_from_spec(_SPEC)
__import__("sys").modules["report_synthetic"] = synthetic
_SPEC.loader.exec_module(synthetic)


@pytest.fixture(params=sorted(synthetic.GRID))
def study(request):
    """Every kind of study in turn, with its name."""
    return request.param, synthetic.example(request.param)


@pytest.fixture
def example():
    """Give a function from the name of a kind of study to a builder's arguments."""
    return synthetic.example


@pytest.fixture
def kinds():
    """Give the grid."""
    return synthetic.GRID

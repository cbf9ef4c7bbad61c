"""The made-up studies, as fixtures, and the modules that several tests share."""

import importlib.util
import sys
from pathlib import Path

import pytest


def _shared(name):
    """Load a module that lies beside the tests; they import it as `report_<name>`."""
    spec = importlib.util.spec_from_file_location(f"report_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


synthetic, paper, pdf_ua = _shared("synthetic"), _shared("paper"), _shared("pdf_ua")


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

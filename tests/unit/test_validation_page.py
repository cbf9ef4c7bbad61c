"""docs/validation.md: what it counts is what the tests hold, and what it names exists."""

import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def counting():
    folder = str(ROOT / "tests" / "simulation")
    sys.path.insert(0, folder)
    yield importlib.import_module("reference_counts")
    sys.path.remove(folder)


def test_the_counts_are_those_of_the_files(counting):
    """A file that is newer than the page may be missing from it; what stands there must be so."""
    listed = dict(re.findall(r"^\| `(\w+\.json)` \| ([\d,]+) \|$", PAGE, re.MULTILINE))
    found = counting.counts()
    mend = "run `python tests/simulation/reference_counts.py --write docs/validation.md`"
    assert {name: f"{found[name]:,}" for name in listed} == listed, mend
    assert {"further_r.json", "awkward_r.json", "mixed_r.json"} <= set(listed)


def test_more_than_sixty_further_values_each_with_its_call(counting):
    assert counting.counts()["further_r.json"] >= 60


def test_only_results_are_counted(counting):
    case = {"call": "t.test(x)", "data": {"pre": [1, 2, 3]}, "values": {"p": 0.5, "low": None, "flag": True}}
    assert counting.results([case, case]) == 2


def test_targets_and_tests_that_the_page_names_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert not [name for name in re.findall(r"`make ([\w-]+)", PAGE) if f"\n{name}:" not in makefile]
    assert not [path for path in re.findall(r"(tests/[\w/]+\.(?:py|md|R))", PAGE) if not (ROOT / path).exists()]
    assert not [name for name in re.findall(r"\]\((\w+\.md)\)", PAGE) if not (ROOT / "docs" / name).exists()]
    oracle = (ROOT / "tests/reference/test_mixed_oracle.py").read_text() + (
        ROOT / "tests/reference/test_profile_oracle.py"
    ).read_text()
    assert not [name for name in re.findall(r"`(test_oracle_\w+)`", PAGE) if f"def {name}(" not in oracle]

"""A small form of `make linkage-study`: true pairs found and false links made, as docs/linkage.md promises."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

SIMULATION = Path(__file__).parents[1] / "simulation"
PAGE = Path(__file__).parents[2] / "docs" / "linkage.md"


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(SIMULATION))
    yield importlib.import_module("linkage_study")
    sys.path.remove(str(SIMULATION))


@pytest.fixture(scope="module")
def cells(study):
    return study.run(1500, (3, 6), (30, 100, 300))


@pytest.mark.parametrize("elements", [3, 6])
def test_enough_true_pairs_and_few_false_links(study, cells, elements):
    cell = study.pooled(cells, elements)
    assert cell.pairs > 3000
    assert cell.found / cell.pairs >= study.WANTED[elements]
    assert cell.false_share < study.WANTED_FALSE
    assert cell.exact / cell.pairs < cell.found / cell.pairs - 0.1


def test_the_simulation_is_the_one_described(study):
    before, after, truth = study.simulate(np.random.default_rng(1), 4000, 4)
    assert (truth >= 0).mean() == pytest.approx(0.75 / 0.85, abs=0.01)
    assert len(after) / len(before) == pytest.approx(0.85, abs=0.02)
    stayed = truth >= 0
    differ = (after[stayed] != before[truth[stayed]]).mean(axis=0)
    expected = [0.08 * (1 - (pool**2).sum()) for pool in study.POOLS[:4]]
    assert differ == pytest.approx(expected, abs=0.012)


def test_counting(study):
    """One equal, one off by one, one newcomer who looks like a leaver, and two who share a code."""
    before = np.array([[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3], [4, 4, 4, 4], [4, 4, 4, 4], [5, 5, 5, 5]])
    after = np.array([[1, 1, 1, 1], [2, 2, 2, 9], [3, 3, 3, 8], [4, 4, 4, 4], [5, 5, 8, 8]])
    counted = study.count(before, after, np.array([0, 1, -1, 3, 5]))
    assert counted == {"exact": 1, "found": 2, "asked": 1, "exact_false": 0, "false": 1}


def test_the_page_says_that_the_figures_are_held():
    text = PAGE.read_text(encoding="utf-8")
    assert "At 6 elements at least 9" in text
    assert text.count("(wanted: under 1 %): held.") == 2

"""The error study in small: its code runs, a method that rejects in 7 of 100 would be caught, its page is committed."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "type_one_error.md"
REPLICATIONS = 300


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(ROOT / "tests" / "simulation"))
    yield importlib.import_module("error_study")
    sys.path.remove(str(ROOT / "tests" / "simulation"))


@pytest.fixture(scope="module")
def results(study):
    return study.run(study.CELLS, REPLICATIONS)


def rejected(rows, method, **cell):
    chosen = [
        row.rejected for row in rows if row.method == method and all(getattr(row.cell, k) == v for k, v in cell.items())
    ]
    share = float(np.mean(chosen))
    return share, np.sqrt(0.05 * 0.95 / (REPLICATIONS * len(chosen)))


def test_every_cell_was_held_against_the_package(study, results):
    assert results[1] == sum(len(study.methods_for(cell)) for cell in study.CELLS)


@pytest.mark.parametrize("method", ["ancova_cr2", "change_cr2", "group_means_t"])
@pytest.mark.parametrize("icc", [0.0, 0.05, 0.15])
def test_honest_methods_reject_as_promised(results, method, icc):
    # 16 cells or more together: a method that rejects in 7 of 100 lies 6 standard errors away.
    grid = [row for row in results[0] if row.cell.in_grid and (row.cell.groups > 2 or method != "change_cr2")]
    share, error = rejected(grid, method, icc=icc)
    assert abs(share - 0.05) < 0.004 + 3 * error
    assert 0.004 + 3 * error < 0.07 - 0.05


@pytest.mark.parametrize("scores", ["normal", "5-point, skewed"])
@pytest.mark.parametrize("missing", ["complete", "20 % drop out"])
def test_neither_skew_nor_drop_out_spoils_the_primary_method(results, scores, missing):
    share, error = rejected(results[0], "ancova_cr2", scores=scores, missing=missing, design="groups in both arms")
    assert abs(share - 0.05) < 0.004 + 3 * error


def test_groups_in_one_arm_only_never_reject_too_often(results):
    claimed = [row for row in results[0] if row.cell.groups > 2]
    share, error = rejected(claimed, "ancova_cr2", design="groups in one arm only")
    assert 0.03 - 3 * error < share < 0.055 + 3 * error


@pytest.mark.parametrize("method", ["person_change_t", "paired_t"])
def test_person_level_tests_reject_too_often_where_groups_grow_alike(results, method):
    assert rejected(results[0], method, icc=0.15)[0] > 0.1


def test_the_same_seed_gives_the_same_numbers(study, results):
    again, _ = study.run(study.CELLS[-2:], REPLICATIONS)
    assert again == [row for row in results[0] if row.cell in study.CELLS[-2:]]


def test_the_committed_page_holds_the_promise(study):
    text = PAGE.read_text("utf-8")
    assert f"Seed {study.SEED}" in text
    assert "In 10000 simulated studies a cell" in text
    assert "in 84 of the 84 cells in which the package lets a claim rest on it" in text
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert sum(" | yes | yes | " in line for line in lines) >= 84


def test_the_page_names_what_is_outside(study, results):
    page = importlib.import_module("error_page")
    text = page.page(results[0], REPLICATIONS, study.SEED, results[1])
    primary = [row for row in results[0] if row.cell.in_grid and row.method in {"ancova_cr2", "change_cr2"}]
    outside = [row for row in primary if not page.inside(row)]
    assert f"Outside were {len(outside)} cells" in text
    assert text.count("(no claim is made from so few)") == sum(not page.claims(row) for row in outside)


def test_the_page_says_who_may_claim_as_the_package_does(study):
    from balint_eval.stats.cluster import enough_groups

    page = importlib.import_module("error_page")
    for cell in study.CELLS:
        for method in study.methods_for(cell):
            data = study.simulate(cell, np.random.default_rng(1), 1)
            is_change = page.METHODS[method].is_change
            rows = data.treated if is_change else np.ones_like(data.treated)
            enough, _ = enough_groups(data.group[rows], None if is_change else data.treated[rows])
            assert page.claims(study.Row(cell, method, 0.05, 0.0)) == enough

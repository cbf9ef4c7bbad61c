"""The coverage study in small: its code runs, its page is the committed one's shape, its claim is in the page."""

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "coverage.md"
REPLICATIONS = 400


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(ROOT / "tests" / "simulation"))
    yield importlib.import_module("coverage_study")
    sys.path.remove(str(ROOT / "tests" / "simulation"))


@pytest.fixture(scope="module")
def results(study):
    return study.run(study.CELLS, REPLICATIONS)


@pytest.fixture(scope="module")
def rows(results):
    return results[0]


def printed_rows():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip(" *`") for cell in line.strip("|").split("|")] for line in lines]
    header = cells[0]
    return [dict(zip(header, line, strict=True)) for line in cells if line != header and set(line[0]) != {"-"}]


def number(cell):
    return float(cell.split()[0])


def test_every_portion_was_held_against_the_package(study, results):
    portions = 2 * len(study.CELLS)
    assert results[1] == portions * study.CHECKED_PER_PORTION * len(study.METHODS)


def test_a_wrong_interval_stops_the_study(study):
    intervals = importlib.import_module("coverage_intervals")
    data = study.simulate(study.CELLS[0], np.random.default_rng(1), 3, null=False)
    found = {name: method.many(data) for name, method in study.METHODS.items()}
    wrong = found["ancova_cr2"]._replace(estimate=found["ancova_cr2"].estimate + 1e-6)
    with pytest.raises(ArithmeticError, match="ancova_cr2 of replication 0"):
        intervals.hold_against_package(data, {**found, "ancova_cr2": wrong}, range(3))


@pytest.mark.parametrize("method", ["ancova_cr2", "change_cr2", "group_means_t"])
def test_honest_methods_cover_as_promised(rows, method):
    # Four Monte-Carlo standard errors of a coverage of 95 %.
    slack = 4 * np.sqrt(0.95 * 0.05 / REPLICATIONS)
    mine = [row for row in rows if row.method == method]
    assert [row for row in mine if abs(row.coverage - 0.95) > slack or abs(row.type_one - 0.05) > slack] == []
    assert [row for row in mine if abs(row.bias) > 0.1 + 4 * row.bias_error] == []
    assert max(row.without_interval for row in mine) < 0.03


@pytest.mark.parametrize("method", ["person_change_t", "paired_t"])
def test_person_level_tests_reject_too_often_where_groups_grow_alike(rows, method):
    shares = {row.cell.icc: row.type_one for row in rows if row.method == method and row.cell.scores == "rounded"}
    assert shares[0.15] > 0.15
    assert shares[0.0] < 0.1


def test_the_same_seed_gives_the_same_numbers(study, rows):
    again, _ = study.run(study.CELLS[:2], REPLICATIONS)
    assert again == [row for row in rows if row.cell in study.CELLS[:2]]


def test_a_row_outside_is_said_to_be_outside(study, rows):
    page = importlib.import_module("coverage_page")
    assert page.inside(replace(rows[0], coverage=0.94))
    low = [replace(row, coverage=0.9399) if row.method == "ancova_cr2" else row for row in rows]
    text = page.page(low, REPLICATIONS, study.SEED, 1)
    assert "which is **not** within the 94-96 %" in text
    assert text.count("- outside: `ancova_cr2`") == len(study.CELLS)


def test_the_committed_page_is_of_this_study_and_holds_the_claim(study):
    text, printed = PAGE.read_text("utf-8"), printed_rows()
    assert f"Seed {study.SEED}" in text
    assert "In 10000 simulated studies of the demo's design" in text
    assert len(printed) == len(study.CELLS) * len(study.METHODS)
    main = next(row for row in printed if row["method"] == "ancova_cr2")
    assert (main["studies"], main["scores"], main["ICC"]) == ("the demo's design", "from items", "0.05")
    assert 94 <= number(main["coverage %"]) <= 96
    assert re.search(rf"true difference in {re.escape(main['coverage %'])} % of the studies", text)
    for row in printed:
        assert row["94-96 %"] == ("yes" if 94 <= number(row["coverage %"]) <= 96 else "no")


def test_the_simulated_design_is_the_demos(study):
    cells = importlib.import_module("coverage_cells")
    from balint_eval.simulate.demo import truths
    from balint_eval.simulate.design import Design
    from balint_eval.study import read_study

    effect = next(points for name, _, wave, points in truths() if (name, wave) == ("TEQ", "after"))
    assert cells.truths(null=False)[0] == effect
    assert Design(outcomes=()).members == cells.MEMBERS
    outcome = next(o for o in read_study(ROOT / "config" / "config.yaml").study.outcomes if o.role == "primary")
    assert (outcome.instrument, outcome.scale) == (cells.OUTCOME.instrument, cells.OUTCOME.scale)
    drawn = study.simulate(cells.DEMO, np.random.default_rng(3), 400, null=False)
    assert np.unique(drawn.group).size == 8
    shown = [np.nanmean(wave[:, arm]) for wave in (drawn.pre, drawn.post) for arm in (drawn.treated, ~drawn.treated)]
    assert shown == pytest.approx([46, 46, 49.5, 45.5], abs=0.3)
    assert np.nanmax(drawn.post) <= 64

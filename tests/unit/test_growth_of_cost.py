"""What docs/scale.md says of growth holds for the numbers that `make bench` wrote there, and its picture shows them."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

from bench import sections, written  # noqa: E402 - the folder must be found first
from growth_picture import COHORTS, PEOPLE, draw, series  # noqa: E402

LINEAR = 1.15
FASTER = {"linkage by codes, people of one cohort", "mixed model, groups an arm"}
"""Jobs of which the page says that they grow faster than their size, and why."""


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_cost_grows_linearly_or_better_but_for_two_jobs(page):
    curves = series(page)
    assert [one.panel for one in curves].count(COHORTS) == 2
    assert [one.panel for one in curves].count(PEOPLE) == 2
    assert {one.name for one in curves if one.slope > LINEAR} == FASTER
    for one in curves:
        if one.panel in {COHORTS, PEOPLE}:
            decades = {COHORTS: 1000, PEOPLE: 100}[one.panel]
            assert one.sizes[-1] >= decades * one.sizes[0], one.name


def test_the_picture_is_that_of_the_table(page, tmp_path):
    draw(series(page), tmp_path / "growth.svg")
    kept, drawn = (
        [float(number) for number in re.findall(r"-?\d+\.\d+", path.read_text(encoding="utf-8"))]
        for path in (ROOT / "docs" / "pictures" / "growth.svg", tmp_path / "growth.svg")
    )
    assert drawn == pytest.approx(kept, abs=0.01)


def test_a_part_that_is_measured_again_leaves_the_others(page):
    heading = "Single jobs"
    changed = written(page, {heading: f"### {heading}\n\nnew"}, list(sections(page)))
    assert "new" in changed
    assert sections(changed).keys() == sections(page).keys()
    assert changed.count("### ") == page.count("### ")
    assert "linkage by codes, people of one cohort |" not in changed

"""Mixed models and CR2 on data sets that nobody would pick, against R; `make r-check` draws as many more as asked.

`awkward_r.json` holds the hardest of 60 drawn sets with the numbers of lmerTest, pbkrtest and clubSandwich, and the
call that made it. Singular fits, two groups an arm, sizes from 2 to 20, five-step and tiny and huge scores.
"""

import importlib
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
KEPT = json.loads((Path(__file__).parent / "awkward_r.json").read_text())["sets"]


@pytest.fixture(scope="module")
def tools():
    folder = str(ROOT / "tests" / "simulation")
    sys.path.insert(0, folder)
    yield {name: importlib.import_module(name) for name in ("awkward_sets", "awkward_comparison", "r_check")}
    sys.path.remove(folder)


def set_of(tools, kept):
    columns = {name: np.array(values) for name, values in kept["columns"].items()}
    return tools["awkward_sets"].AwkwardSet(kept["name"], kept["shape"], columns)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept["name"])
def test_every_number_is_that_of_r(tools, kept):
    rows = list(tools["awkward_comparison"].compare(set_of(tools, kept), kept["r"]))
    assert [row for row in rows if not row.agrees] == []
    assert {row.kind for row in rows} == {"fit", "Satterthwaite", "Kenward-Roger", "CR2"}


def test_the_kept_sets_are_the_hard_ones(tools):
    shapes = Counter(kept["shape"] for kept in KEPT)
    assert set(shapes) == set(tools["awkward_sets"].SHAPES)
    singular = [kept for kept in KEPT if tools["r_check"]._zeros(kept["r"])]
    assert len(singular) >= len(KEPT) / 2


def test_a_wrong_number_would_be_seen(tools):
    """The comparison itself: a standard error off by a hundred-thousandth of itself is reported."""
    kept = json.loads(json.dumps(KEPT[0]))
    kept["r"]["kenward_roger"]["std_error"][0] *= 1 + 1e-5
    rows = tools["awkward_comparison"].compare(set_of(tools, kept), kept["r"])
    assert [row.number for row in rows if not row.agrees] == ["std_error of (Intercept)"]


def test_sets_of_a_seed_are_always_the_same(tools):
    drawn = [one.for_r() for one in tools["awkward_sets"].draw_sets(3, 1)]
    assert drawn == [one.for_r() for one in tools["awkward_sets"].draw_sets(3, 1)]


def test_without_r_nothing_is_claimed(tools, monkeypatch, capsys):
    monkeypatch.setattr(tools["r_check"].shutil, "which", lambda _: None)
    assert tools["r_check"].main(["--sets", "1"]) == 0
    assert "SKIPPED" in capsys.readouterr().out

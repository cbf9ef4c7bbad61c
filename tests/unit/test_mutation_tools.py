"""The mutation run itself: what is changed in a module, what is loaded anew, how scores are counted, when it fails."""

import argparse
import ast
import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tests" / "mutation"
PACKAGE = ROOT / "src" / "balint_eval"


@pytest.fixture(scope="module")
def tools():
    """The modules of tests/mutation, which is no package."""
    names = ("mutants", "trial", "run")
    sys.path.insert(0, str(TOOLS))
    yield {name: importlib.import_module(name) for name in names}
    sys.path.remove(str(TOOLS))
    for name in names:
        del sys.modules[name]


def changed(tools, source):
    return [(m.line, m.what, m.source) for m in tools["mutants"].mutants_of(source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a < b", [("Lt -> LtE", "a <= b"), ("Lt -> GtE", "a >= b")]),
        ("a - 1", [("Sub -> Add", "a + 1"), ("1 -> 2", "a - 2")]),
        ("f(True)", [("True -> False", "f(False)")]),
        ("x = 0.5", [("0.5 -> 2.0", "x = 2.0")]),
        ("x = a in b and c", [("And -> Or", "x = a in b or c"), ("In -> NotIn", "x = a not in b and c")]),
        ("x = y if z else w", [("branches of if swapped", "x = w if z else y")]),
        ("def f():\n    return x", [("return None", "def f():\n    return None")]),
        ("def f() -> 'T':\n    '''Say.'''\n    return None", []),
        ("from a import b", []),
    ],
)  # fmt: skip
def test_one_thing_is_changed(tools, source, found):
    assert [(what, text) for _, what, text in changed(tools, source)] == found


def test_no_mutant_is_the_module_itself(tools):
    source = (PACKAGE / "doctor" / "evidence.py").read_text(encoding="utf-8")
    same = ast.unparse(ast.parse(source))
    assert all(text != same for _, _, text in changed(tools, source))


def test_every_module_of_scoring_doctor_linkage_and_disclosure_is_tried_by_tests_that_exist(tools):
    tried = tools["run"].PARTS["scoring and doctor"]
    doctor = {f"doctor/{path.name}" for path in (PACKAGE / "doctor").glob("*.py")} - {"doctor/__init__.py"}
    assert doctor | {"scoring.py", "score_arrays.py"} == set(tried)
    parts = tools["run"].PARTS
    for part, folder in (("disclosure", "disclosure"), ("linkage", "ingest/linkage")):
        there = {f"{folder}/{path.name}" for path in (PACKAGE / folder).glob("*.py")} - {f"{folder}/__init__.py"}
        assert there <= set(parts[part])
    for module, tests in tools["run"].MODULES.items():
        assert (PACKAGE / module).is_file()
        assert all((ROOT / "tests" / name).exists() for name in (*tests[0], *tests[1]))


@pytest.mark.thorough
def test_every_explanation_is_of_a_mutant_that_exists(tools):
    known = tools["run"].explained()
    assert known
    assert tools["run"].without_a_mutant(known) == set()
    gone = ("doctor/limits.py", "ENOUGH_PEOPLE = 30", "30 -> 32")
    assert tools["run"].without_a_mutant({*known, gone}) == {gone}


def test_modules_are_named_by_themselves_or_by_their_folder(tools):
    named = tools["run"].named
    assert named([]) == list(tools["run"].MODULES)
    assert named(["scoring.py", "ingest/linkage/"])[0] == "scoring.py"
    assert len(named(["scoring.py", "ingest/linkage/"])) == 8
    assert named(["doctor"]) == []


@pytest.mark.thorough
def test_what_imports_a_module_is_loaded_anew(tools):
    found = tools["trial"].importers("doctor/keys.py")
    assert {"balint_eval.doctor.keys", "balint_eval.doctor.limits", "balint_eval.doctor.examine"} <= found
    assert "balint_eval.pipeline" in found
    assert not {"balint_eval", "balint_eval.doctor.form", "balint_eval.scoring"} & found


def test_scores(tools):
    tried = tools["run"].Tried("a", mutants=50, survived=5, explained=3, by_time=1, seconds=2.0)
    assert (tried.raw, tried.score) == (90.0, pytest.approx(100 * 45 / 47))
    both = tools["run"].together("both", [tried, tools["run"].Tried("b", 10, 0, 0, 0, 1.0)])
    assert both == tools["run"].Tried("both", 60, 5, 3, 1, 3.0)


@pytest.mark.thorough
def test_a_sample_is_always_the_same(tools):
    few = tools["run"].chosen("doctor/evidence.py", 5, ())
    assert len(few) == 5
    assert few == tools["run"].chosen("doctor/evidence.py", 5, ())
    assert {mutant.line for mutant in tools["run"].chosen("doctor/evidence.py", 0, {10})} <= {10}


@pytest.mark.parametrize(("minimum", "low"), [(95.7, []), (95.8, ["a"]), (100, ["a"]), (101, ["a", "b"])])
def test_a_part_below_the_minimum_is_told_and_what_to_do(tools, minimum, low):
    parts = [tools["run"].Tried("a", 50, 5, 3, 0, 2.0), tools["run"].Tried("b", 50, 3, 3, 0, 2.0)]
    assert [line.split(":")[0] for line in tools["run"].below(parts, minimum)] == low


def test_the_page_counts_what_is_killed_explained_and_open(tools):
    tried = [tools["run"].Tried("scoring.py", 50, 5, 3, 0, 2.0), tools["run"].Tried("ingest/link.py", 10, 0, 0, 0, 1.0)]
    lines = tools["run"].page(tried, 12.4, argparse.Namespace(own=False, workers=2)).splitlines()
    assert "| `scoring.py` | 50 | 45 | 3 | 2 | 90.0 | 95.7 | 2 |" in lines
    assert "| **linkage** | 10 | 10 | 0 | 0 | 100.0 | 100.0 | 1 |" in lines

"""The functions of `import balint_eval`: their examples run, and they give what the stages give."""

import doctest
import inspect
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import balint_eval
from balint_eval import api, planned
from balint_eval.errors import DataError, StudyError
from balint_eval.pipeline import evaluate

FUNCTIONS = [name for name in balint_eval.__all__ if inspect.isfunction(getattr(balint_eval, name))]


def test_the_names_are_these():
    assert sorted(FUNCTIONS) == ["compare", "evaluate", "figure", "link", "power", "score"]
    assert set(balint_eval.__all__) <= set(dir(balint_eval))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = balint_eval.nothing


@pytest.mark.parametrize("module", [api, planned])
def test_the_examples_run(module):
    found = doctest.testmod(module)
    assert found.attempted > 2
    assert found.failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_says_what_it_takes_gives_and_raises(name):
    function = getattr(balint_eval, name)
    text = inspect.getdoc(function)
    for section in ("Parameters", "Returns", "Examples"):
        assert f"\n{section}\n---" in text, section
    assert "Raises" in text or name == "power"
    for parameter in inspect.signature(function).parameters:
        assert f"\n{parameter} :" in text or f"{parameter}, " in text or f", {parameter} :" in text, parameter
    assert all(annotation for annotation in inspect.get_annotations(function).values())


def test_importing_the_package_is_quick_and_loads_nothing():
    began = time.process_time()
    code = "import sys, balint_eval; print(len([m for m in sys.modules if m.startswith('balint_eval')]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert time.process_time() - began < 1


def test_scores_keep_the_index_and_blanks_follow_the_rule():
    answers = pd.DataFrame(np.full((2, 16), 2.0), index=["x", "y"])
    answers.iloc[1, :9] = np.nan
    scores = balint_eval.score(answers, "TEQ")
    assert list(scores.index) == ["x", "y"]
    assert scores.loc["x", "total"] == 32
    assert np.isnan(scores.loc["y", "total"])


def test_answers_outside_the_form_and_unknown_forms_are_refused():
    with pytest.raises(DataError, match="VAL-RANGE"):
        balint_eval.score(np.full((1, 16), 7.0), "TEQ")
    with pytest.raises(StudyError, match="TEQ"):
        balint_eval.score(np.zeros((1, 16)), "TEK")
    with pytest.raises(ValueError, match="16 items"):
        balint_eval.score(np.zeros((1, 15)), "TEQ")


def test_codes_near_two_people_are_left_to_decide():
    before = [("MA", "07", "B", "3"), ("MA", "08", "B", "3"), ("ZE", "21", "K", "1")]
    links = balint_eval.link(before, [("ma", "09", "b", "۳"), ("Ze", " 21", "K", "1"), ("QQ", "30", "X", "9")])
    assert links[links["how"] == "exact"][["before", "after"]].to_numpy().tolist() == [[2, 1]]
    assert set(links[links["how"] == "to_decide"]["before"]) == {0, 1}
    assert not (links["after"] == 2).any()


@pytest.mark.parametrize(
    ("before", "says"),
    [([("A", "1"), ("B",)], "same number of elements"), ([("A", "1"), ("a", "1")], "stands twice")],
)
def test_codes_that_cannot_be_compared_are_refused(before, says):
    with pytest.raises(ValueError, match=says):
        balint_eval.link(before, [("A", "1")])


@pytest.fixture
def studied(folder):
    """A small study with three groups, evaluated, and the same people as a plain table."""
    rng = np.random.default_rng(3)
    folder.header = ("code", "q1", "q2", "q3", "group")
    waves = []
    for shift in (0, 1):
        level = np.arange(12) % 4 + 1 + shift * (np.arange(12) % 3 > 0)
        answers = np.clip(np.c_[level, level + rng.integers(-1, 2, 12), 6 - level + rng.integers(-1, 2, 12)], 1, 5)
        waves.append([[f"A{n}", *map(int, row), f"G{n % 3}"] for n, row in enumerate(answers)])
    folder.waves(*waves)
    for at in (0, 1):
        folder.export(at)["group"] = "group"
    evaluation = evaluate(folder.write(), key=bytes(range(32)))
    scored = [
        balint_eval.score([row[1:4] for row in wave], folder.read().instruments["TRY"])["total"] for wave in waves
    ]
    table = pd.DataFrame({"group": [row[4] for row in waves[0]], "before": scored[0], "after": scored[1]})
    return evaluation, table


def test_a_table_gives_the_numbers_of_the_whole_study(studied):
    evaluation, table = studied
    whole = evaluation.tables["comparisons"].set_index("method")
    # Groups are numbered in another order, which the seeds of bootstraps and draws may notice: exact methods only.
    mine = balint_eval.compare(table).set_index("method")
    for method in ("change_cr2", "paired_t", "group_means_t", "wilcoxon"):
        for name in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
            np.testing.assert_allclose(mine.at[method, name], whole.at[method, name], rtol=1e-9, err_msg=name)
    assert mine.at["change_cr2", "role"] == "primary"


def test_figures_are_those_of_the_results(studied):
    evaluation, _ = studied
    drawing = balint_eval.figure(evaluation, "means", width_mm=174)
    assert len(drawing.data)
    assert drawing.alternative_text
    with pytest.raises(StudyError, match="WF-FIGURENAME"):
        balint_eval.figure(evaluation, "nothing")
    with pytest.raises(StudyError, match="WF-LANGUAGE"):
        balint_eval.figure(evaluation, "forest", language="xx")


def test_two_arms_are_compared_with_the_one_that_waits(studied):
    _, table = studied
    table = table.assign(arm=["balint" if n % 3 else "waiting" for n in range(12)])
    table["group"] = [f"{arm}{n % 2}" for n, arm in enumerate(table["arm"])]
    found = balint_eval.compare(table, arm="arm", control="waiting")
    primary = found[(found["role"] == "primary") & (found["method"] == "ancova_cr2")]
    assert len(primary) == 1
    with pytest.raises(StudyError, match="holds no arm 'wait'"):
        balint_eval.compare(table, arm="arm", control="wait")
    with pytest.raises(StudyError, match="CFG-IDCHARS"):
        balint_eval.compare(table.replace("balint", "Balint group"), arm="arm", control="waiting")
    with pytest.raises(StudyError, match="no column 'then'"):
        balint_eval.compare(table, before="then")

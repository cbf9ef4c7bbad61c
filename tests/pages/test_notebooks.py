"""The notebooks: paired with scripts, without outputs, and executed from top to bottom."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SCRIPTS = sorted(NOTEBOOKS.glob("*.py"))
LONGEST = 900


def cells_of_script(path: Path) -> list[tuple[str, str]]:
    """Give kind and text of every cell of a script in the percent format."""
    body = re.sub(r"\A# ---\n.*?# ---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    parts = re.split(r"^# %%(.*)\n", body, flags=re.MULTILINE)[1:]
    cells = []
    for mark, text in zip(parts[::2], parts[1::2], strict=True):
        kind = "markdown" if "[markdown]" in mark else "code"
        plain = re.sub(r"^# ?", "", text, flags=re.MULTILINE) if kind == "markdown" else text
        cells.append((kind, plain.strip()))
    return cells


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_notebook_and_script_are_the_same(script):
    notebook = json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))
    cells = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in notebook["cells"]]
    assert cells == cells_of_script(script), "run `make notebooks`"
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_notebooks_hold_no_outputs(script):
    notebook = json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert [cell["outputs"] for cell in code if cell["outputs"] or cell["execution_count"]] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_notebooks_add_no_logic(script):
    """They call the package; a function or class of their own would belong there."""
    assert not re.search(r"^\s*(?:def|class|lambda)\b", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert "from balint_eval" in script.read_text(encoding="utf-8")


def test_every_notebook_has_its_script():
    assert len(SCRIPTS) == 4
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == {path.stem for path in SCRIPTS}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # nbclient's and zmq's own; those of the cells are errors, see below
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_notebooks_run(script, monkeypatch, tmp_path):
    if importlib.util.find_spec("nbclient") is None or importlib.util.find_spec("ipykernel") is None:
        pytest.skip("nbclient is not installed (make notebooks installs it): the notebook was not executed")
    import nbformat
    from nbclient import NotebookClient

    source = str(NOTEBOOKS.parent / "src")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONWARNINGS", "error::FutureWarning,error::RuntimeWarning")
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key"))
    notebook = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    client = NotebookClient(
        notebook, timeout=LONGEST, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}}
    )
    client.execute()
    assert any(cell.get("outputs") for cell in notebook.cells)

"""Files that other programs read: citation, catalogue, issue forms, completion of shells, the package's own list."""

import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from balint_eval import __version__
from balint_eval.cli import main
from balint_eval.command_words import make_parser

ROOT = Path(__file__).parents[2]
CITATION_KEYS = {
    *("abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi", "identifiers", "keywords"),
    *("license", "license-url", "message", "preferred-citation", "references", "repository", "repository-artifact"),
    *("repository-code", "title", "type", "url", "version"),
}
"""Keys of the Citation File Format 1.2.0."""
FORM_KEYS = {"name", "description", "title", "labels", "assignees", "projects", "type", "body"}
FIELD_TYPES = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def test_the_citation_file_is_valid_and_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert set(citation) <= CITATION_KEYS
    assert {"authors", "cff-version", "message", "title"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in {"software", "dataset"}
    assert citation["version"] == __version__
    assert isinstance(citation["date-released"], date)
    assert all("name" in author or {"family-names", "given-names"} <= set(author) for author in citation["authors"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["license"] == project["license"]
    assert project["version"] == __version__


def test_the_workflow_catalogue_finds_what_it_looks_for():
    catalogue = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text("utf-8"))
    assert set(catalogue["usage"]) <= {"mandatory-flags", "software-stack-deployment", "report"}
    readme = (ROOT / "README.md").read_text("utf-8").casefold()
    assert "snakemake" in readme
    assert "workflow" in readme
    for name in ("workflow/Snakefile", "config/README.md", "config/config.yaml", "LICENSE"):
        assert (ROOT / name).is_file()
    environment = yaml.safe_load((ROOT / "workflow" / "envs" / "balint_eval.yaml").read_text("utf-8"))
    assert {"pip": [f"balint-eval =={__version__}"]} in environment["dependencies"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda path: path.stem
)
def test_issue_forms_are_forms(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.stem == "config":
        assert set(form) <= {"blank_issues_enabled", "contact_links"}
        return
    assert set(form) <= FORM_KEYS
    assert form["name"]
    assert form["description"]
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(ids) == len(set(ids)) > 0
    for field in form["body"]:
        assert field["type"] in FIELD_TYPES
        about = field["attributes"]
        assert about["value" if field["type"] == "markdown" else "label"]
        assert field["type"] != "dropdown" or about["options"]


def test_no_issue_form_asks_for_answers_of_people():
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        text = " ".join(path.read_text("utf-8").split()).casefold()
        assert path.stem == "config" or "no answers of real people" in text, path


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_shells_complete_every_command_and_option(capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    (commands,) = [action for action in make_parser()._actions if action.dest == "==SUPPRESS=="]
    for name, command in commands.choices.items():
        assert re.search(rf"\b{name}\b", script), name
        if shell != "tcsh":
            for option in (one for action in command._actions for one in action.option_strings):
                assert option in script, (name, option)
    checker = shutil.which(shell)
    if checker and shell != "tcsh":
        assert subprocess.run([checker, "-n"], input=script, text=True, check=False).returncode == 0


def test_bash_completes_commands(tmp_path, capsys):
    main(["completion", "bash"])
    (tmp_path / "balint").write_text(capsys.readouterr().out, encoding="utf-8")
    line = 'COMP_WORDS=(balint-eval exp); COMP_CWORD=1; _shtab_balint_eval; echo "${COMPREPLY[@]}"'
    script = f"source {tmp_path / 'balint'}; {line}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["export"], done.stderr


def test_nothing_heavy_is_imported_with_the_package():
    code = "import sys, balint_eval; print([m for m in ('pandas', 'numpy', 'scipy', 'yaml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

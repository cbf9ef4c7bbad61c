"""The locks: hash-pinned, without any host, and in step with the project file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ("run.txt", "dev.txt", "docs.txt", "notebooks.txt", "cluster.txt", "parquet.txt")
# Put together from parts, so that this file itself names no such option.
INDEX_OPTIONS = "|".join(
    f"--{first}-{second}" for first, second in (("index", "url"), ("extra-index", "url"), ("find", "links"))
)


def requirements(name: str) -> list[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", LOCKS)
def test_no_host_and_no_index_stands_in_a_lock(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(rf"^\s*(-i\b|{INDEX_OPTIONS}|-f\b)", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_a_hash(name: str) -> None:
    lines = requirements(name)
    assert len(lines) > 40
    for line in lines:
        assert re.match(r"^[A-Za-z0-9._\[\]-]+==[^\s;]+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def locked(name: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for line in requirements(name):
        match = re.match(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", line)
        assert match
        found.setdefault(match[1].lower().replace("_", "-"), set()).add(Version(match[2]))
    return found


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("run.txt", []),
        ("dev.txt", ["dev"]),
        ("docs.txt", ["docs"]),
        ("notebooks.txt", ["notebooks"]),
        ("cluster.txt", ["cluster"]),
        ("parquet.txt", ["parquet"]),
    ],
)
def test_the_lock_satisfies_the_project_file(name: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    versions = locked(name)
    for requirement in map(Requirement, wanted):
        found = versions[requirement.name.lower().replace("_", "-")]
        assert all(requirement.specifier.contains(version) for version in found), requirement


def test_all_locks_agree() -> None:
    """They are installed one after the other into the same environment."""
    first, *others = map(locked, LOCKS)
    seen = first
    for lock in others:
        both = seen.keys() & lock.keys()
        assert first.keys() <= both
        assert {name: lock[name] for name in both} == {name: seen[name] for name in both}
        seen = seen | lock


def test_no_file_in_the_repository_names_a_package_index() -> None:
    names = [ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci" / "run", *(ROOT / "workflow").rglob("*.yaml")]
    for path in names:
        assert not re.search(INDEX_OPTIONS, path.read_text(encoding="utf-8")), path

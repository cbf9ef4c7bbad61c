"""Digests follow the code and the settings a stage really uses."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import balint_eval
from balint_eval.provenance import STAGE_CODE, code_digest, describe_run, input_hashes, list_outputs, stage_settings
from balint_eval.study import read_study

PACKAGE = Path(balint_eval.__file__).parent
ROOT = Path(__file__).parents[2]
REPORTS = [f"report/{name}.py" for name in ("educator", "researcher", "model", "saved", "html", "word", "pdf")]
ENTRIES = {
    "ingest": ["ingest/cohort.py"],
    "score": ["scoring.py", "doctor.py"],
    "compare": ["comparisons.py", "kirkpatrick.py", "quality.py"],
    "figures": ["plots/__init__.py"],
    "cohort_reports": ["cohort_reports.py", "stages.py", "pipeline.py", "plots/__init__.py", *REPORTS],
    "report": [*REPORTS, "provenance.py"],
    "manifest": ["codecheck.py", "crate.py", "verify.py"],
    "release": [
        *("disclosure/__init__.py", "report/release.py", "plots/__init__.py", "ingest/pseudonyms.py", "provenance.py"),
        *REPORTS,
    ],
}


def imported_by(path: Path) -> set[Path]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("balint_eval"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found |= {file for name in names if (file := module_file(name))}
    return found


def module_file(name: str) -> Path | None:
    base = PACKAGE.joinpath(*name.split(".")[1:])
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def entry_files(stage: str) -> list[Path]:
    present = [PACKAGE / name for name in ENTRIES[stage]]
    return [path if path.is_file() else path.with_suffix("") / "__init__.py" for path in present]


@pytest.mark.parametrize("stage", sorted(STAGE_CODE))
def test_a_stage_names_all_the_code_it_imports(stage: str) -> None:
    reached, waiting = set(), entry_files(stage)
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += imported_by(path)
    declared = [PACKAGE / part for part in STAGE_CODE[stage]]
    missing = sorted(
        path.relative_to(PACKAGE).as_posix()
        for path in reached - {PACKAGE / "__init__.py"}
        if not any(path == part or part in path.parents for part in declared)
    )
    assert missing == []


def test_every_named_part_is_there() -> None:
    for parts in STAGE_CODE.values():
        assert [part for part in parts if not (PACKAGE / part).exists()] == []


def test_digests_are_stable_and_differ_by_stage() -> None:
    digests = {stage: code_digest(stage) for stage in STAGE_CODE}
    assert digests == {stage: code_digest(stage) for stage in STAGE_CODE}
    assert len(set(digests.values())) == len(digests)


def test_another_version_reruns_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {stage: code_digest(stage) for stage in STAGE_CODE}
    for name in ("balint-eval", "numpy"):
        monkeypatch.setattr("balint_eval.provenance.versions", lambda name=name: {name: "9.9"})
        assert not set(before.values()) & {code_digest(stage) for stage in STAGE_CODE}


def test_what_reads_the_exports_is_listed() -> None:
    """Pyarrow, an extra, is listed where a file is read with it: other studies give the same bytes without it."""
    file = read_study(ROOT / "config" / "config.yaml")
    assert {"openpyxl", "pyreadstat"} < set(describe_run(file)["versions"])
    assert "pyarrow" not in describe_run(file)["versions"]
    cohort = file.study.cohorts[0]
    export = cohort.exports[0].model_copy(update={"file": "answers.parquet"})
    file.study = file.study.model_copy(update={"cohorts": [cohort.model_copy(update={"exports": [export]})]})
    assert describe_run(file)["versions"]["pyarrow"]


def test_settings_of_a_stage_change_only_with_what_it_uses() -> None:
    file = read_study(ROOT / "config" / "config.yaml")
    cohort = file.study.cohorts[0]
    other = read_study(ROOT / "config" / "config.yaml")
    other.study = file.study.model_copy(update={"title": "Another title"})
    assert stage_settings(file, "ingest", cohort) == stage_settings(other, "ingest", cohort)
    assert stage_settings(file, "compare") == stage_settings(other, "compare")
    assert stage_settings(file, "report") != stage_settings(other, "report")


def test_a_missing_input_has_a_hash_of_its_own(tmp_path: Path) -> None:
    file = read_study(ROOT / "config" / "config.yaml")
    file.folder = tmp_path
    assert all(entry.endswith(" missing") for entry in input_hashes(file, file.study.cohorts[0]))


def test_outputs_are_listed_with_size_and_hash(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.csv").write_bytes(b"abc")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_bytes(b"x")
    # SHA-256 of "abc": FIPS 180-2, appendix B.1.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert list_outputs(tmp_path) == [{"file": "tables/a.csv", "bytes": 3, "sha256": digest}]


def test_the_workflow_knows_every_table_of_the_comparison():
    from balint_eval.merging import COMPARED

    rules = (Path(__file__).parents[2] / "workflow" / "rules" / "analysis.smk").read_text(encoding="utf-8")
    lines = [line.split("=", 1)[1] for line in rules.splitlines() if line.startswith("COMPARED")]
    named = [name for line in lines for name in ast.literal_eval(line.strip())]
    assert sorted(named) == sorted(COMPARED)

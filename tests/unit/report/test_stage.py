"""The stage writes the formats that the study file asks for, and leaves no report of an earlier run."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from report_paper import every_block, picture

from balint_eval.errors import EnvironmentProblem
from balint_eval.folders import Folders
from balint_eval.language import ENGLISH
from balint_eval.report.saved import read_pictures
from balint_eval.stages import run_report
from balint_eval.study_model import ReportFiles


@pytest.fixture
def folders(tmp_path, monkeypatch):
    report = every_block("text")
    monkeypatch.setattr("balint_eval.stages.read_results", lambda folders: {})
    monkeypatch.setattr("balint_eval.report.saved.read_drawings", lambda folder: {})
    monkeypatch.setattr("balint_eval.provenance.describe_run", lambda file: {})
    monkeypatch.setattr("balint_eval.report.researcher.build_researcher", lambda *given: report)
    monkeypatch.setattr("balint_eval.report.educator.build_educator", lambda *given: replace(report, kind="educator"))
    made = Folders(tmp_path, "study")
    made.figures.mkdir(parents=True)
    for name in report.figure_names():
        (made.figures / f"{name}.png").write_bytes(picture())
    return made


def study(*formats, languages=(ENGLISH,)):
    asked = SimpleNamespace(report=ReportFiles(formats=list(formats)))
    return SimpleNamespace(study=asked, languages=lambda: list(languages))


def names(folders):
    return sorted(path.name for path in folders.reports.iterdir())


def test_formats_asked_for(folders):
    written = run_report(study("docx", "pdf", "html"), folders)
    kinds = ("docx", "html", "json", "pdf")
    assert names(folders) == [f"{reader}.en.INTERNAL.{kind}" for reader in ("educator", "researcher") for kind in kinds]
    assert written == [
        f"{reader}.en.INTERNAL.{kind}" for reader in ("educator", "researcher") for kind in ("docx", "pdf", "html")
    ]
    starts = {path.suffix: path.read_bytes()[:4] for path in folders.reports.iterdir()}
    assert starts == {".docx": b"PK\x03\x04", ".pdf": b"%PDF", ".html": b"<!DO", ".json": b'{\n "'}


def test_a_format_not_asked_for_any_more_is_removed_and_nothing_else(folders):
    run_report(study("docx", "pdf", "html"), folders)
    own = folders.reports / "educator.en.INTERNAL.mine.docx"
    own.write_bytes(b"mine")
    written = run_report(study("html"), folders)
    kept = {f"{reader}.en.INTERNAL.{kind}" for reader in ("educator", "researcher") for kind in ("html", "json")}
    assert set(names(folders)) == kept | {own.name}
    assert [line for line in written if "removed" in line] == [
        f"{reader}.en.INTERNAL.{kind} removed: of an earlier run, and not asked for any more"
        for kind in ("docx", "pdf")
        for reader in ("educator", "researcher")
    ]


def test_a_language_not_asked_for_any_more_is_removed_with_its_model(folders):
    folders.reports.mkdir(parents=True)
    for kind in ("json", "pdf"):
        folders.report("researcher", "fa", kind).write_bytes(b"earlier")
    written = run_report(study("html"), folders)
    kept = {f"{reader}.en.INTERNAL.{kind}" for reader in ("educator", "researcher") for kind in ("html", "json")}
    assert set(names(folders)) == kept
    assert len([line for line in written if "researcher.fa.INTERNAL." in line]) == 2


def test_a_missing_picture_is_named(folders):
    (folders.figures / "f1.png").unlink()
    with pytest.raises(EnvironmentProblem, match=r"WF-FIGURE: .*f1\.png: a figure of the report is not there"):
        run_report(study("docx"), folders)
    assert read_pictures(Path(folders.figures), ["f0"]) == {"f0": picture()}


@pytest.mark.parametrize("formats", [[], ["word"], ["html", "html"]])
def test_formats_that_make_no_sense_are_refused(formats):
    with pytest.raises(ValidationError):
        ReportFiles(formats=formats)

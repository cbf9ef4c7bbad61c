"""One broken cohort of many: with `--keep-going` it is set aside and named, and the others are evaluated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from balint_eval import cohort_stages
from balint_eval.errors import DataError
from balint_eval.folders import Folders
from balint_eval.ingest.cohort import ingest_cohort
from balint_eval.language import ENGLISH, read_language
from balint_eval.read_first import check_inputs
from balint_eval.report.frame import frame
from balint_eval.report.material import Material
from balint_eval.report.model import Paragraph, Section
from balint_eval.set_aside import keep_set_aside, told_set_aside, without_set_aside
from balint_eval.speaker import Speaker
from balint_eval.study import read_study

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from cohort_studies import write_study


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Three cohorts, of which the second and third can be broken by `spoil`."""
    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))
    return write_study(tmp_path / "study", cohorts=3, people=8)


def spoil(study, name):
    path = study.parent / "exports" / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n")[:-1] + "9\n", encoding="utf-8")


def names(file):
    return [cohort.name for cohort in file.study.cohorts]


def test_the_broken_cohort_is_set_aside_and_the_others_stay(study, tmp_path):
    spoil(study, "c00002")
    file, folders = read_study(study), Folders(tmp_path / "results", "many")
    checked = check_inputs(file, folders, Speaker(), keep_going=True)
    assert list(checked.digests) == list(checked.readings) == ["c00001", "c00003"]
    assert [(name, [problem.code for problem in found]) for name, found in checked.refused.items()] == [
        ("c00002", ["VAL-RANGE"])
    ]
    with pytest.raises(DataError, match=r"VAL-RANGE: exports/c00002.csv"):
        check_inputs(file, folders, Speaker())


@pytest.mark.parametrize("keep_going", [True, False])
def test_each_cohort_is_read_once(study, tmp_path, monkeypatch, keep_going):
    read = []
    monkeypatch.setattr(
        cohort_stages, "ingest_cohort", lambda *given: read.append(given[1].name) or ingest_cohort(*given)
    )
    check_inputs(read_study(study), Folders(tmp_path / "results", "many"), Speaker(), keep_going=keep_going)
    assert read == ["c00001", "c00002", "c00003"]


def test_where_all_are_broken_nothing_is_set_aside(study, tmp_path):
    for name in ("c00001", "c00002", "c00003"):
        spoil(study, name)
    with pytest.raises(DataError) as refused:
        check_inputs(read_study(study), Folders(tmp_path / "results", "many"), Speaker(), keep_going=True)
    assert [problem.file for problem in refused.value.problems] == [f"exports/c0000{n}.csv" for n in (1, 2, 3)]


def test_what_is_wrong_between_cohorts_is_refused_all_the_same(study, tmp_path):
    """The same person in two cohorts: no one of them is the broken one."""
    spoil(study, "c00002")
    first, third = (study.parent / "exports" / f"{name}.csv" for name in ("c00001", "c00003"))
    third.write_text(first.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        check_inputs(read_study(study), Folders(tmp_path / "results", "many"), Speaker(), keep_going=True)
    assert "LK-TWOCOHORTS" in {problem.code for problem in refused.value.problems}


def test_every_stage_goes_without_what_was_set_aside(study, tmp_path):
    file = read_study(study)
    assert without_set_aside(file, tmp_path) is file
    keep_set_aside(tmp_path, ["c00002", "of an earlier study file"])
    left = without_set_aside(file, tmp_path)
    assert names(left) == ["c00001", "c00003"]
    assert left.set_aside == ("c00002",)
    assert left.only(["c00003"]).set_aside == (), "the page of one cohort is not incomplete"
    keep_set_aside(tmp_path, names(file))
    assert without_set_aside(file, tmp_path) is file, "a study without any cohort is no study"
    keep_set_aside(tmp_path, [])
    assert list(tmp_path.glob(".set_aside*")) == []


def test_each_cohort_is_named_once_at_the_end(study, tmp_path):
    spoil(study, "c00002")
    checked = check_inputs(read_study(study), Folders(tmp_path / "results", "many"), Speaker(), keep_going=True)
    error = told_set_aside(checked.refused, 3)
    assert error.exit_code == 3
    assert [problem.code for problem in error.problems] == ["WF-KEEPGOING", "VAL-RANGE"]
    assert error.problems[0].what.startswith("1 of 3 cohorts set aside: c00002;")


@pytest.mark.parametrize(
    ("tag", "word"), [("en", "1 cohort is not in this report"), ("fa", "۱ دوره در این گزارش نیست")]
)
def test_every_report_begins_with_it(study, tag, word):
    file = read_study(study)
    language = ENGLISH if tag == "en" else read_language("fa")
    sections = (Section("What changed", "what-changed", (Paragraph("Nothing."),)),)
    for kept, times in ((file, 0), (file.without(["c00002"]), 1)):
        made = frame(Material({}, kept, {}, {}, language), "educator", "", sections)
        said = [block.text for block in made.sections[0].blocks if hasattr(block, "word")]
        assert len(said) == times
        assert all(word in text and "c00002" in text for text in said)

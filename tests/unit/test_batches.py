"""Cohorts in batches: the same tables as in one process, and nothing made again that has not changed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from balint_eval import batches
from balint_eval.batch_tables import read_digests
from balint_eval.cohort_reports import forget_incomplete, run_cohort_reports, run_examine
from balint_eval.cohort_stages import look_at_cohorts
from balint_eval.errors import DataError, StudyError
from balint_eval.folders import Folders
from balint_eval.merging import MERGED, merge
from balint_eval.pipeline import evaluate
from balint_eval.report.educator import build_educator
from balint_eval.report.model import to_json
from balint_eval.stages import run_compare, run_ingest, run_score
from balint_eval.study import read_study
from balint_eval.tables import read_table, write_table

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from cohort_studies import export, write_study

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch, tmp_path_factory):
    key = tmp_path_factory.mktemp("key") / "k"
    key.write_bytes(KEY)
    key.chmod(0o600)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))
    monkeypatch.setattr(batches, "COHORTS_IN_A_BATCH", 2)


def made(folder, results, cohorts=3):
    """Write the study with so many cohorts, run its stages of batches, and give the lines of the logs."""
    file = read_study(write_study(folder, cohorts=cohorts, people=16, each_cohort=True, formats=("html",)))
    folders, lines = Folders(results, "many"), []
    for batch in batches.list_batches(file):
        lines += [*run_ingest(file, batch, folders), *run_score(file, batch, folders)]
    return file, folders, lines


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def kept(lines):
    return sorted(line.split(":")[0] for line in lines if "nothing has changed" in line)


def change_one_answer(folder):
    path = folder / "exports" / "c00002.csv"
    text = export(2, 16, 2, ["TEQ"], 1)
    *rest, last = text.splitlines()
    path.write_text("\n".join([*rest, f"{last[:-1]}{'1' if last[-1] != '1' else '2'}", ""]), encoding="utf-8")


def test_batches_are_the_same_when_a_cohort_is_added(tmp_path):
    three, four = (read_study(write_study(tmp_path, cohorts=number)) for number in (3, 4))
    assert batches.list_batches(three) == {"batch-0001": ["c00001", "c00002"], "batch-0002": ["c00003"]}
    assert batches.list_batches(four)["batch-0001"] == ["c00001", "c00002"]
    assert batches.batch_of(three, "c00003") == "batch-0002"
    with pytest.raises(StudyError, match="there is no batch 'batch-0009'"):
        batches.cohorts_of(three, "batch-0009")


def test_check_says_the_same_on_one_core_and_on_two(tmp_path):
    file = read_study(write_study(tmp_path, cohorts=3, people=8))
    for name in ("c00001", "c00003"):
        path = tmp_path / "exports" / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n")[:-1] + "9\n", encoding="utf-8")
    told = []
    for cores in (1, 2):
        with pytest.raises(DataError) as refused:
            look_at_cohorts(file, KEY, cores).refuse()
        told.append(refused.value.problems)
    assert told[0] == told[1]
    assert [problem.file for problem in told[0]] == ["exports/c00001.csv", "exports/c00003.csv"]


def test_batches_hold_what_one_process_gives(tmp_path):
    file, folders, lines = made(tmp_path / "study", tmp_path / "results")
    assert kept(lines) == []
    stored = merge(
        {name: read_table(folders.batch(batch) / f"{name}.csv", name) for name in MERGED}
        for batch in batches.list_batches(file)
    )
    whole = evaluate(tmp_path / "study" / "study.yaml", key=KEY).tables
    for name in MERGED:
        pd.testing.assert_frame_equal(stored[name], whole[name], obj=name, check_dtype=False)


def test_one_changed_cohort_is_read_again_and_the_others_kept(tmp_path):
    made(tmp_path / "study", tmp_path / "results")
    change_one_answer(tmp_path / "study")
    file = read_study(tmp_path / "study" / "study.yaml")
    folders = Folders(tmp_path / "results", "many")
    lines = [*run_ingest(file, "batch-0001", folders), *run_score(file, "batch-0001", folders)]
    assert kept(lines) == ["c00001", "c00001"]
    fresh = Folders(tmp_path / "fresh" / "results", "many")
    for stage in (run_ingest, run_score):
        stage(file, "batch-0001", fresh)
    assert contents(folders.batch("batch-0001")) == contents(fresh.batch("batch-0001"))


@pytest.mark.parametrize("lost", ["ingest.json", "responses.csv"])
def test_without_its_record_or_a_table_a_batch_is_read_again(tmp_path, lost):
    file, folders, _ = made(tmp_path / "study", tmp_path / "results")
    before = contents(folders.batch("batch-0001"))
    (folders.batch("batch-0001") / lost).unlink()
    assert kept(run_ingest(file, "batch-0001", folders)) == []
    assert contents(folders.batch("batch-0001")) == before


def test_a_stage_that_stops_half_way_leaves_no_record(tmp_path, monkeypatch):
    file, folders, _ = made(tmp_path / "study", tmp_path / "results")
    change_one_answer(tmp_path / "study")

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("balint_eval.batch_tables.write_table", full)
    with pytest.raises(OSError, match="disk full"):
        run_ingest(file, "batch-0001", folders)
    assert read_digests(folders.batch("batch-0001") / "ingest.json") == {}


@pytest.mark.thorough
def test_a_study_with_fewer_cohorts_keeps_no_batch_and_no_page_of_others(tmp_path):
    made(tmp_path / "study", tmp_path / "results")
    folders = Folders(tmp_path / "results", "many")
    folders.of_cohort("c00003").mkdir(parents=True)
    file, _, _ = made(tmp_path / "study", tmp_path / "results", cohorts=2)
    run_compare(file, folders)
    assert [path.name for path in (folders.root / "cohorts").iterdir()] == ["batch-0001"]
    assert not folders.of_cohort("c00003").exists()


def turn_the_third_cohort(file, folders):
    """Let everybody agree to the same items, but for the third cohort, which answers from the other end."""
    drawn = np.random.default_rng(3)
    for batch in batches.list_batches(file):
        path = folders.batch(batch) / "responses.csv"
        answers = read_table(path, "responses")
        agreed = (answers["item"] % 5 + drawn.integers(-1, 2, len(answers))).clip(0, 4).astype(float)
        turned = answers["cohort"] == "c00003"
        write_table(answers.assign(value=agreed.where(~turned, 4.0 - agreed)), path, "responses")


@pytest.mark.thorough
def test_only_the_page_of_the_turned_cohort_gives_no_scores(tmp_path):
    file, folders, _ = made(tmp_path / "study", tmp_path / "results")
    turn_the_third_cohort(file, folders)
    run_examine(file, folders)
    for batch in batches.list_batches(file):
        run_cohort_reports(file, batch, folders)
    told = {
        name: read_table(folders.of_cohort(name) / "descriptives.csv", "descriptives")
        for name in ("c00001", "c00002", "c00003")
    }
    assert {name: bool(len(table)) for name, table in told.items()} == {"c00001": True, "c00002": True, "c00003": False}


def test_cohorts_are_held_together_before_their_pages_as_in_the_comparison(tmp_path):
    file, folders, _ = made(tmp_path / "study", tmp_path / "results")
    turn_the_third_cohort(file, folders)
    run_examine(file, folders)
    run_compare(file, folders)
    found = read_table(folders.tables / "findings.csv", "findings")
    of_study = found[found["code"] == "DOC-COHORT"].reset_index(drop=True)
    assert of_study["cohort"].tolist() == ["c00003"]
    pd.testing.assert_frame_equal(read_table(folders.findings_of_study, "findings"), of_study)


@pytest.mark.thorough
def test_pages_of_cohorts(tmp_path):
    file, folders, _ = made(tmp_path / "study", tmp_path / "results", cohorts=2)
    run_examine(file, folders)
    run_cohort_reports(file, "batch-0001", folders)
    forget_incomplete(file, folders)
    record = folders.batch("batch-0001") / "reports.json"
    assert record.is_file()
    page = folders.of_cohort("c00001")
    kinds = {f"{name}.{kind}" for name in ("forest", "means", "slopes_TEQ_total") for kind in ("svg", "png")}
    assert kinds | {"comparisons.csv", "claims.csv", "descriptives.csv"} <= set(contents(page))

    # The page says what the whole evaluation of this cohort alone says.
    alone = file.only(["c00001"])
    (tmp_path / "study" / "alone.yaml").write_text(
        (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8").split("  - name: c00002")[0], encoding="utf-8"
    )
    tables = evaluate(tmp_path / "study" / "alone.yaml", key=KEY).tables
    without = to_json(build_educator(tables, alone, {}, {}, alone.languages()[0]))
    from balint_eval.pipeline import analyse_for_educators

    merged = {
        name: table[table["cohort"] == "c00001"]
        for name in MERGED
        for table in [read_table(folders.batch("batch-0001") / f"{name}.csv", name)]
    }
    brief = {**merged, **analyse_for_educators(merged, alone)}
    assert to_json(build_educator(brief, alone, {}, {}, alone.languages()[0])) == without

    # One changed cohort, one lost page: these are written again and no other.
    before = contents(folders.of_cohort("c00001"))
    change_one_answer(tmp_path / "study")
    for stage in (run_ingest, run_score, run_cohort_reports):
        lines = stage(file, "batch-0001", folders)
    assert kept(lines) == ["c00001"]
    (folders.of_cohort("c00001") / "means.svg").unlink()
    assert kept(run_cohort_reports(file, "batch-0001", folders)) == ["c00002"]
    (folders.of_cohort("c00001") / "educator.en.INTERNAL.html").unlink()
    forget_incomplete(file, folders)
    assert not record.exists()
    run_cohort_reports(file, "batch-0001", folders)
    assert contents(folders.of_cohort("c00001")) == before

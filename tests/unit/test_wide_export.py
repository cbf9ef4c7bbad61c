"""Scored data for other programs: one row a person, names that SPSS takes, labels, blanks that stay blank."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from balint_eval.cli import main
from balint_eval.errors import DataError
from balint_eval.folders import Folders
from balint_eval.tables import TABLES, check_table, write_table
from balint_eval.wide_export import sav_bytes, wide_data

SCORES = {"P1": (9.0, 12.0), "P2": (7.0, np.nan), "P3": (np.nan, 11.0)}


def _tables():
    people = pd.DataFrame({
        "cohort": "one", "person_id": list(SCORES), "group_id": ["one/A", "one/A", ""], "arm": "balint", "site": "",
        "role": "",
    })  # fmt: skip
    rows = [
        {
            "cohort": "one", "person_id": person, "wave": wave, "instrument": "TRY", "scale": "total", "score": score,
            "n_items": 3, "n_answered": 3, "prorated": False, "status": "scored" if score == score else "too_few",
            "minimum": 3.0, "maximum": 15.0, "higher_is": "better",
        }
        for person, values in SCORES.items()
        for wave, score in zip(("before", "after"), values, strict=True)
    ]  # fmt: skip
    answers = [
        {
            "cohort": "one", "person_id": person, "wave": wave, "instrument": "TRY", "item": item, "value": float(item),
            "answered_on": "", "source_file": "a.csv", "source_row": 2,
        }
        for person in ("P1", "P2", "P1#1")
        for wave in ("before", "after")
        for item in (1, 2, 3)
    ]  # fmt: skip
    made = {"participants": people, "scores": pd.DataFrame(rows), "responses": pd.DataFrame(answers)}
    return {name: check_table(table[list(TABLES[name].names)], name) for name, table in made.items()}


@pytest.fixture
def file(folder):
    folder.waves([["A1", 1, 2, 3]], [["A1", 2, 2, 3]])
    return folder.read()


@pytest.fixture
def results(folder, file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = Folders(tmp_path / "results", file.study.name)
    for name, table in _tables().items():
        write_table(table, folders.tables / f"{name}.csv", name)
    return folder.folder / "study.yaml"


def test_every_person_has_one_row_with_a_column_a_score_and_wave(file):
    data = wide_data(_tables(), file)
    assert list(data.table.columns[-2:]) == ["TRY_total_before", "TRY_total_after"]
    assert list(data.table["person_id"]) == list(SCORES)
    np.testing.assert_array_equal(data.table[["TRY_total_before", "TRY_total_after"]], list(SCORES.values()))
    assert data.labels["TRY_total_after"] == "total (A scale of three items): after"


def test_items_are_as_coded_and_ratings_by_others_are_left_out(file):
    data = wide_data(_tables(), file, items=True)
    items = [name for name in data.table.columns if "_i0" in name]
    assert items[:4] == ["TRY_i01_before", "TRY_i01_after", "TRY_i02_before", "TRY_i02_after"]
    assert list(data.table["TRY_i03_after"].fillna(-1)) == [3.0, 3.0, -1.0]
    assert data.labels["TRY_i02_before"] == "TRY item 2: before"


def test_names_are_what_spss_takes(file):
    tables = _tables()
    wave = "پس از هشت جلسهٔ طولانی گروه بالینت در بیمارستان آموزشی"
    tables["scores"]["wave"] = tables["scores"]["wave"].replace("after", wave)
    data = wide_data(tables, file)
    name = data.table.columns[-1]
    assert len(name.encode()) <= 64
    assert name.startswith("TRY_total_پس_از")
    read, _ = _read(data)
    assert read.columns[-1] == name


def test_names_that_would_be_one_are_refused(file):
    tables = _tables()
    tables["scores"]["wave"] = tables["scores"]["wave"].replace({"before": "t-1", "after": "t_1"})
    with pytest.raises(DataError, match=r"WF-COLUMNNAME.*'try_total_t_1'"):
        wide_data(tables, file)


def _read(data):
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".sav") as stored:
        stored.write(sav_bytes(data, "A study"))
        stored.flush()
        return pyreadstat.read_sav(stored.name)


def test_an_spss_file_holds_the_same_numbers_with_labels(file):
    data = wide_data(_tables(), file, items=True)
    read, about = _read(data)
    pd.testing.assert_frame_equal(read, data.table, check_dtype=False)
    assert about.column_names_to_labels == data.labels
    assert about.variable_measure["TRY_total_before"] == "scale"
    assert about.variable_measure["person_id"] == "nominal"
    assert about.file_label == "A study"


@pytest.mark.parametrize("kind", ["csv", "sav"])
def test_the_command_writes_what_it_says(results, capsys, tmp_path, kind):
    assert main(["export", str(results), "--format", kind]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "3 people, 8 columns."
    assert said[1] == f"Written: small_scores.{kind}"
    assert (tmp_path / f"small_scores.{kind}").is_file()
    if kind == "csv":
        labels = pd.read_csv(tmp_path / "small_scores_columns.csv")
        assert list(labels["column"]) == list(pd.read_csv(tmp_path / "small_scores.csv").columns)


def test_before_a_run_the_command_says_what_to_do(folder, file, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(folder.folder / "study.yaml")]) == 3
    assert "WF-NORESULTS" in capsys.readouterr().err

"""Tables: held to their contract, written whole or not at all, read back to the last bit."""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval import tables
from balint_eval.errors import DataError, EnvironmentProblem
from balint_eval.tables import (
    FLAG,
    INTEGER,
    NUMBER,
    TABLES,
    check_table,
    empty_table,
    neutralised,
    read_table,
    write_bytes,
    write_table,
)

TEXTS = [
    "007", "NA", "1E5", "TRUE", "nan", "None", "null", "=1+1", "+1", "-1", "@x", "\tx", "'=x", "''-x", "'quoted'",
    'a "b", c', "two\nlines", "ä ÿ 中 ی", " ", "-", "1.0",
]  # fmt: skip
NUMBERS = [0.1, -0.0, 1 / 3, 1e-300, 1.7976931348623157e308, np.nan, -2.5, 123456789.123456789, np.inf, -np.inf]


def filled(name, rows=24):
    """A table of the contract with awkward content; the first key column makes rows unique."""
    rng = np.random.default_rng(7)
    data = {}
    for position, column in enumerate(TABLES[name].columns):
        if column.kind == FLAG:
            data[column.name] = rng.random(rows) < 0.5
        elif column.kind == INTEGER:
            data[column.name] = rng.integers(-5, 10**12, rows)
        elif column.kind == NUMBER:
            drawn = rng.normal(size=rows) * 10.0 ** rng.integers(-20, 20, rows)
            data[column.name] = np.where(rng.random(rows) < 0.4, rng.choice(NUMBERS, rows), drawn)
        else:
            data[column.name] = [
                TEXTS[(row + position) % len(TEXTS)] + (f"|{row}" if position == 0 else "") for row in range(rows)
            ]
    return pd.DataFrame(data)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_back_bit_for_bit(name, tmp_path):
    path = tmp_path / f"{name}.csv"
    written = check_table(filled(name), name)
    write_table(written, path, name)
    pd.testing.assert_frame_equal(read_table(path, name), written, check_exact=True)
    first = path.read_bytes()
    write_table(read_table(path, name), path, name)
    assert path.read_bytes() == first
    assert b"\r\n" not in first


@pytest.mark.parametrize("name", TABLES)
def test_a_path_that_ends_in_parquet_holds_the_same_table(name, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: run `make parquet-test`")
    for number, table in enumerate((filled(name), empty_table(name))):
        path, plain = tmp_path / f"{number}.parquet", tmp_path / f"{number}.csv"
        written = check_table(table, name)
        write_table(written, path, name)
        write_table(written, plain, name)
        found = read_table(path, name)
        pd.testing.assert_frame_equal(found, written, check_exact=True)
        pd.testing.assert_frame_equal(found, read_table(plain, name), check_exact=True)
        first = path.read_bytes()
        write_table(found, path, name)
        assert path.read_bytes() == first


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_come_back(name, tmp_path):
    write_table(empty_table(name), tmp_path / "t.csv", name)
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv", name), empty_table(name))


def people(**columns):
    base = {"cohort": ["a", "a"], "person_id": ["P2", "P1"], "group_id": "", "arm": "", "site": "", "role": ""}
    return pd.DataFrame({**base, **columns})


def test_rows_are_sorted_by_key_and_columns_put_in_order():
    frame = people()[["role", "site", "arm", "group_id", "person_id", "cohort"]]
    checked = check_table(frame, "participants")
    assert checked.columns.tolist() == TABLES["participants"].names
    assert checked["person_id"].tolist() == ["P1", "P2"]
    assert checked.index.tolist() == [0, 1]
    assert frame["person_id"].tolist() == ["P2", "P1"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=12), st.booleans())
def test_a_small_table_is_sorted_and_held_to_its_key_as_a_large_one(keys, twice):
    rows = [*dict.fromkeys(keys), *(keys[:1] if twice else [])]
    frame = pd.DataFrame(
        {"cohort": [row[0] for row in rows], "person_id": [row[1] for row in rows]}
        | dict.fromkeys(["group_id", "arm", "site", "role"], ""),
        dtype=object,
    )
    found = []
    for small in (tables._SMALL, -1):
        with patch.object(tables, "_SMALL", small):
            try:
                found.append(check_table(frame, "participants").to_csv())
            except DataError as error:
                found.append([problem.code for problem in error.problems])
    assert found[0] == found[1]


def test_covariates_follow_where_the_contract_is_open():
    assert check_table(people(sex=["f", None]), "participants")["sex"].tolist() == ["", "f"]
    with pytest.raises(DataError, match="the table 'levels' has no column 'sex'"):
        check_table(empty_table("levels").assign(sex=""), "levels")


def test_all_missing_columns_at_once():
    with pytest.raises(DataError) as caught:
        check_table(people().drop(columns=["arm", "site"]), "participants")
    assert [problem.what for problem in caught.value.problems] == [
        "the table 'participants' lacks the column 'arm'",
        "the table 'participants' lacks the column 'site'",
    ]


def test_key_twice():
    with pytest.raises(DataError, match="TAB-KEY"):
        check_table(people(person_id=["P1", "P1"]), "participants")


@pytest.mark.parametrize("value", ["x", 1.5, np.inf, "1_x"])
def test_no_whole_number(value):
    frame = pd.DataFrame({"cohort": ["a"], "wave": "w", "file": "f", "reason": "r", "rows": [value]})
    with pytest.raises(DataError, match="the column 'rows' of the table 'flow' holds what is no integer"):
        check_table(frame, "flow")


def test_text_where_a_number_belongs():
    with pytest.raises(DataError, match="TAB-KIND"):
        check_table(pd.DataFrame([dict.fromkeys(TABLES["descriptives"].names, "x")]), "descriptives")


def test_missing_stays_missing():
    frame = pd.DataFrame([dict.fromkeys(TABLES["descriptives"].names)])
    checked = check_table(frame.assign(n=3), "descriptives")
    assert np.isnan(checked.loc[0, "mean"])
    assert checked.loc[0, "arm"] == ""


def test_formulas_are_neutralised_and_numbers_are_not(tmp_path):
    frame = pd.DataFrame({"text": ["=HYPERLINK(1)", "-1", "@a", "ok"], "number": [-1.5, 1, 2, 3]})
    safe = neutralised(frame)
    assert safe["text"].tolist() == ["'=HYPERLINK(1)", "'-1", "'@a", "ok"]
    assert safe["number"].tolist() == [-1.5, 1, 2, 3]
    write_table(filled("participants"), tmp_path / "t.csv", "participants")
    cells = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False).to_numpy().ravel()
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]


def test_carriage_returns_end_no_row(tmp_path):
    write_table(people(role=["x\ry", "x\r\ny"]), tmp_path / "t.csv", "participants")
    assert read_table(tmp_path / "t.csv", "participants")["role"].tolist() == ["x\ny", "x\ny"]


def test_table_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"TAB-MISSING.*run the stage before"):
        read_table(tmp_path / "flow.csv", "flow")


def test_a_failing_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(EnvironmentProblem, match="is full") as caught:
        write_bytes(path, b"new")
    assert caught.value.exit_code == 5
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.csv"]


def test_a_broken_table_writes_nothing(tmp_path):
    with pytest.raises(DataError):
        write_table(people(person_id=["P1", "P1"]), tmp_path / "t.csv", "participants")
    assert list(tmp_path.iterdir()) == []


def test_no_folder_where_a_file_stands(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        write_bytes(tmp_path / "file" / "t.csv", b"")


def test_every_column_has_kind_and_meaning():
    for table in TABLES.values():
        assert set(table.key) <= set(table.names)
        assert len(set(table.names)) == len(table.names)
        for column in table.columns:
            assert column.kind in {"text", "integer", "number", "flag"}
            assert column.meaning

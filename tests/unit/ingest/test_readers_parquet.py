"""Parquet files, written by pyarrow and then damaged; `make parquet-test` installs what they need."""

import datetime as dt
import decimal
import random
import sys

import numpy as np
import pytest
from test_platform_studies import AFTER, BEFORE, COMPARED, KEY, plain, rows
from test_readers_statistical import read, refused

from balint_eval.errors import DataError
from balint_eval.ingest.readers import parquet
from balint_eval.pipeline import evaluate


@pytest.fixture
def pa():
    """Skip, and say so, where the extra is not installed."""
    return pytest.importorskip("pyarrow", reason="pyarrow is not installed: run `make parquet-test`")


@pytest.fixture
def stored(pa, tmp_path):
    """Write columns, typed or as a list."""
    import pyarrow.parquet as pq

    def write(columns, name="post.parquet", **options):
        pq.write_table(pa.table(columns), tmp_path / name, **options)
        return tmp_path / name

    return write


def test_without_the_extra_the_message_says_what_to_install(monkeypatch, tmp_path):
    path = tmp_path / "post.parquet"
    path.write_bytes(b"PAR1 anything")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (problem,) = refused(path)
    assert (problem.code, problem.file) == ("IN-PARQUET", "post.parquet")
    assert "not installed" in problem.what
    assert "pip install pyarrow" in problem.mend
    assert "CSV" in problem.mend


# One value of each type that a cell can have, then one that is missing, and the text a person sees.
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, 600_000)
TYPED = {
    "string": ("007", "007"),
    "large_string": ("کاملاً موافقم", "کاملاً موافقم"),
    "binary": ("önce".encode(), "önce"),
    "large_binary": (b"x", "x"),
    "bool_": (True, "TRUE"),
    "int8": (-3, "-3"),
    "uint64": (2**64 - 1, "18446744073709551615"),
    "float16": (np.float16(2.5), "2.5"),
    "float32": (0.1, "0.1"),
    "float64": (0.1 + 0.2, "0.3"),
    "decimal128": (decimal.Decimal("12.50"), "12.5"),
    "date32": (dt.date(1990, 5, 17), "1990-05-17"),
    "date64": (dt.date(1990, 5, 17), "1990-05-17"),
    "time32": (dt.time(3, 4, 5), "03:04:05"),
    "time64": (dt.time(3, 4, 5), "03:04:05"),
    "timestamp": (MOMENT, "2026-01-02 03:04:06"),
    "null": (None, ""),
}
PARAMETERS = {"decimal128": (6, 2), "time32": ("s",), "time64": ("us",), "timestamp": ("us",)}


@pytest.mark.parametrize("name", TYPED)
def test_each_type_is_the_text_that_a_person_sees(pa, stored, name):
    value, text = TYPED[name]
    kind = getattr(pa, name)(*PARAMETERS.get(name, ()))
    path = stored({"id": ["A", "B"], "q1": pa.array([value, None], kind)})
    assert read(path).cells["q1"].tolist() == [text, ""]


def test_no_type_is_plain_without_a_test(pa):
    tried = {str(getattr(pa, name)(*PARAMETERS.get(name, ()))).partition("[")[0].partition("(")[0] for name in TYPED}
    whole = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    others = [pa.string_view(), pa.binary(3), pa.duration("s"), pa.month_day_nano_interval(), pa.list_(pa.int8())]
    simple = [pa.type_for_alias(name) for name in (*whole, "float", "double", "halffloat", "bool", "date32", "date64")]
    plain = {str(kind).partition("[")[0] for kind in (*simple, *others) if parquet._is_plain(kind)}
    assert plain - tried <= whole


def test_numbers_as_people_write_them(pa, stored):
    values = [7.0, -0.0, float("nan"), 1.5, 1e15]
    sheet = read(
        stored({"id": ["A", "B", "C", "D", "E"], "q1": values, "q2": pa.array([7, 0.1, None, 2.5, 1], pa.float32())})
    )
    assert sheet.cells["q1"].tolist() == ["7", "0", "", "1.5", "1000000000000000"]
    assert sheet.cells["q2"].tolist() == ["7", "0.1", "", "2.5", "1"]
    assert any("longer than 15 digits" in note and note.endswith("column q1.") for note in sheet.notes)


def test_moments_at_midnight_are_days_and_those_with_a_zone_are_given_in_utc(pa, stored):
    day, zoned = pa.timestamp("ns"), pa.timestamp("ms", "Asia/Tehran")
    midnight = [dt.datetime(2026, 1, 2), None]
    tehran = dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=3, minutes=30)))
    path = stored({"id": ["A", "B"], "on": pa.array(midnight, day), "at": pa.array([tehran, None], zoned)})
    sheet = read(path)
    assert sheet.cells["on"].tolist() == ["2026-01-02", ""]
    assert sheet.cells["at"].tolist() == ["2026-01-01 20:30:00+00:00", ""]
    assert "Dates and times given in ISO form in column on, at." in sheet.notes
    assert any("UTC" in note and note.endswith("column at.") for note in sheet.notes)


def test_categories_and_row_groups_are_put_together(pa, stored):
    words = ["never", "often", None, "never", "always"] * 3
    as_codes = pa.array(words).dictionary_encode()
    numbers = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0, None, 1] * 3, pa.int8()), pa.array([4, 2]))
    columns = {"id": [f"P{n}" for n in range(15)], "q1": as_codes, "q2": words, "q3": numbers}
    cells = read(stored(columns, row_group_size=4)).cells
    for column in ("q1", "q2"):
        assert cells[column].tolist() == ["" if word is None else word for word in words]
    assert cells["q3"].tolist() == ["4", "2", "4", "", "2"] * 3
    assert list(cells.index) == list(range(1, 16))


def test_many_missing_values_beside_many_categories(pa, stored):
    # 127 categories leave no number of one byte for "missing".
    words = [f"w{n}" for n in range(127)]
    codes = pa.array([*range(127), None], pa.int8())
    path = stored({"id": [f"P{n}" for n in range(128)], "q1": pa.DictionaryArray.from_arrays(codes, words)})
    assert read(path).cells["q1"].tolist() == [*words, ""]


def test_white_space_alone_is_blank_and_control_characters_are_told(stored):
    sheet = read(stored({"id": ["A", "B"], "q1": ["  ", "3"], "q2": ["x\x07", "y"]}))
    assert sheet.cells["q1"].tolist() == ["", "3"]
    assert any("row 1 column C" in note for note in sheet.notes)
    (problem,) = refused(stored({"id": ["A", "B"], "q1": ["3", "\x00"]}))
    assert (problem.code, problem.row) == ("IN-CONTROL", 2)


def test_what_is_no_single_value_is_refused_column_by_column(pa, stored):
    columns = {"id": ["A"], "said": [["a", "b"]], "took": pa.array([dt.timedelta(1)]), "both": [{"x": 1}]}
    problems = refused(stored(columns))
    assert [(one.code, one.column) for one in problems] == [("IN-PARQUET", name) for name in ("said", "took", "both")]
    assert "list<" in problems[0].what


def test_names_and_rows_are_held_to_the_rules_of_every_file(pa, stored):
    assert [one.code for one in refused(stored({"id": pa.array([], pa.string()), "q1": []}))] == ["IN-NOROWS"]
    assert [one.code for one in refused(stored({"id": ["A"], "q1": [1], "Q1": [2]}))] == ["HD-NEARDUP"]
    twice = pa.Table.from_arrays([pa.array(["A"]), pa.array([1]), pa.array([2])], names=["id", "q1", "q1"])
    import pyarrow.parquet as pq

    path = stored({"id": ["A"]})
    pq.write_table(twice, path)
    assert [one.code for one in refused(path)] == ["HD-DUP"]


def test_keys_that_do_not_belong_are_said(stored):
    notes = read(stored({"id": ["A"], "q1": [1]}), encoding="utf-8", sheet="Answers").notes
    assert any(note.startswith("Not used") and note.endswith("encoding, sheet.") for note in notes)


def test_a_damaged_file_is_refused_wherever_it_is_cut(stored):
    path = stored({"id": ["A", "B"] * 40, "q1": [1, 2] * 40})
    content = path.read_bytes()
    for size in sorted({4, 5, 8, 12, len(content) // 2, *range(len(content) - 12, len(content))}):
        path.write_bytes(content[:size])
        assert [problem.code for problem in refused(path)] == ["IN-PARQUET"], size


def test_bytes_that_changed_give_a_sheet_or_a_refusal(stored):
    path = stored({"id": [f"P{n}" for n in range(50)], "q1": [*range(5)] * 10, "said": ["yes", None] * 25})
    content = path.read_bytes()
    draws = random.Random(7)
    codes = set()
    for _ in range(300):
        broken = bytearray(content)
        for _ in range(draws.choice([1, 1, 2, 8])):
            broken[draws.randrange(4, len(broken))] = draws.randrange(256)
        path.write_bytes(broken)
        try:
            read(path)
        except DataError as error:
            codes |= {problem.code for problem in error.problems}
    assert "IN-PARQUET" in codes


def test_a_file_that_says_more_than_fits_is_refused_before_it_is_unpacked(stored, monkeypatch):
    path = stored({"id": ["A" * 100_000] * 2_000, "q1": [1] * 2_000})
    assert path.stat().st_size < 1_000_000
    assert len(read(path).cells) == 2_000
    monkeypatch.setattr(parquet, "CELLS_AT_MOST", 3_999)
    (problem,) = refused(path)
    assert (problem.code, "2000 rows of 2 columns" in problem.what) == ("IN-BOMB", True)


def typed(folder, pa):
    """Both waves as typed columns: integers with a missing value, categories, moments."""
    import pyarrow.parquet as pq

    for wave, answers in (("before", BEFORE), ("after", AFTER)):
        people = rows(answers)
        columns = {
            "code": [code for code, _, _ in people],
            "group": pa.array([group for _, group, _ in people]).dictionary_encode(),
            **{f"q{at + 1}": pa.array([cells[at] for _, _, cells in people], pa.int8()) for at in range(3)},
        }
        pq.write_table(pa.table(columns), folder.folder / f"{wave}.parquet")
    for export in folder.cohort["exports"]:
        export["group"] = "group"
        export["file"] = export["file"].replace(".csv", ".parquet")
    return folder


def test_a_study_from_parquet_gives_the_tables_of_csv(pa, new_folder):
    wanted = evaluate(plain(new_folder("plain")).write(), key=KEY).tables
    found = evaluate(typed(new_folder("typed"), pa).write(), key=KEY).tables
    source = ["source_file", "source_row"]
    assert found["responses"].drop(columns=source).equals(wanted["responses"].drop(columns=source))
    columns = [column for column in COMPARED if column in wanted["comparisons"]]
    assert found["comparisons"][columns].equals(wanted["comparisons"][columns])
    assert len(found["comparisons"]) > 3

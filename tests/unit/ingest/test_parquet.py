"""Parquet files, written by pyarrow and then damaged; `make parquet-test` installs what they need."""

import csv
import datetime as dt
import decimal
import io
import random
import sys
import uuid

import numpy as np
import platform_files as made
import pytest
from test_platform_studies import AFTER, BEFORE, COMPARED, KEY, plain, rows
from test_readers_statistical import read, refused

from balint_eval.errors import DataError
from balint_eval.ingest import parquet
from balint_eval.language import read_language
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
    "string_view": ("007", "007"),
    "binary": ("önce".encode(), "önce"),
    "large_binary": (b"x", "x"),
    "bool_": (True, "TRUE"),
    "int8": (-3, "-3"),
    "uint64": (2**64 - 1, "18446744073709551615"),
    "float16": (np.float16(2.5), "2.5"),
    "float32": (0.1, "0.1"),
    "float64": (0.1 + 0.2, "0.3"),
    "decimal128": (decimal.Decimal("12.50"), "12.5"),
    "uuid": (uuid.UUID(int=7).bytes, "00000000-0000-0000-0000-000000000007"),
    "date32": (dt.date(1990, 5, 17), "1990-05-17"),
    "date64": (dt.date(1990, 5, 17), "1990-05-17"),
    "time32": (dt.time(3, 4, 5), "03:04:05"),
    "time64": (dt.time(3, 4, 5), "03:04:05"),
    "timestamp": (MOMENT, "2026-01-02 03:04:05"),
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
    values = [7.0, -0.0, float("nan"), 1.5, float("inf")]
    halves = np.array([0.1, 2048, 7, 0.5, 1], np.float16)
    singles = pa.array([7, 0.1, None, 2.5, 1e-7], pa.float32())
    cells = read(stored({"id": list("ABCDE"), "q1": values, "q2": singles, "q3": halves})).cells
    assert cells["q1"].tolist() == ["7", "0", "", "1.5", "inf"]
    assert cells["q2"].tolist() == ["7", "0.1", "", "2.5", "0.0000001"]
    assert cells["q3"].tolist() == ["0.1", "2048", "7", "0.5", "1"]


def test_no_digit_of_an_id_is_lost_that_its_type_holds(pa, stored):
    digits = 12345678901234567890123456789012345678
    columns = {
        "single": pa.array([12345678, 12345679, 16777215], pa.float32()),
        "near": pa.array([1048576.125, 1048576.25, 3], pa.float32()),
        "exact": pa.array([*map(decimal.Decimal, (digits, digits - 1, 0))], pa.decimal128(38, 0)),
        "hundred": pa.array(
            [decimal.Decimal("1E+2"), decimal.Decimal("0.00"), decimal.Decimal("0.10")], pa.decimal128(9, 2)
        ),
        "whole": [2**53, 2**62 + 1, 10**15 + 1],
    }
    sheet = read(stored({"id": ["A", "B", "C"], **columns}))
    assert sheet.cells["single"].tolist() == ["12345678", "12345679", "16777215"]
    assert sheet.cells["near"].tolist() == ["1048576.1", "1048576.2", "3"]
    assert sheet.cells["exact"].tolist() == [str(digits), str(digits - 1), "0"]
    assert sheet.cells["hundred"].tolist() == ["100", "0", "0.1"]
    assert sheet.cells["whole"].tolist() == [str(2**53), str(2**62 + 1), str(10**15 + 1)]
    assert not any("more digits" in note for note in sheet.notes)


@pytest.mark.parametrize(("kind", "value"), [("float32", 2.0**24 + 2), ("float64", 2e15), ("float16", 2050.0)])
def test_numbers_that_their_type_may_have_cut_are_told(pa, stored, kind, value):
    cells = np.array([1, value, np.inf], kind)
    notes = read(stored({"id": ["A", "B", "C"], "q1": cells, "q2": np.array([1, 2, np.inf], kind)})).notes
    (note,) = (note for note in notes if "more digits than their type holds" in note)
    assert note.endswith("column B.")
    assert read_language("fa").remark(note)


def test_moments_at_midnight_are_days_and_those_with_a_zone_are_given_in_utc(pa, stored):
    day, zoned = pa.timestamp("ns"), pa.timestamp("ms", "Asia/Tehran")
    midnight = [dt.datetime(2026, 1, 2), None]
    tehran = dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=3, minutes=30)))
    path = stored({"id": ["A", "B"], "on": pa.array(midnight, day), "at": pa.array([tehran, None], zoned)})
    sheet = read(path)
    assert sheet.cells["on"].tolist() == ["2026-01-02", ""]
    assert sheet.cells["at"].tolist() == ["2026-01-01 20:30:00+00:00", ""]
    assert "Dates and times given in ISO form, to the second, in column B, C." in sheet.notes
    assert any("UTC" in note and note.endswith("column C.") for note in sheet.notes)
    assert all(read_language("fa").remark(note) for note in sheet.notes if not note.startswith("No survey platform"))


def test_a_moment_before_midnight_stays_on_its_day(pa, stored):
    late = [dt.datetime(2026, 1, 1, 23, 59, 59, 999_999), dt.datetime(1960, 1, 1, 23, 59, 59, 500_000)]
    clock = pa.array([86_399_999_999, 86_400_000_000], pa.int64()).cast(pa.time64("us"))
    cells = read(stored({"id": ["A", "B"], "at": late, "took": clock})).cells
    assert cells["at"].tolist() == ["2026-01-01 23:59:59", "1960-01-01 23:59:59"]
    assert cells["took"].tolist() == ["23:59:59", "24:00:00"]


@pytest.mark.parametrize("kind", ["date32", "date64", "timestamp"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_day_outside_of_the_calendar_is_refused_with_its_column(pa, stored, kind, sign):
    far = pa.array(
        [1, sign * (2**31 - 1 if kind == "date32" else 2**62)], pa.int32() if kind == "date32" else pa.int64()
    )
    days = far.cast(getattr(pa, kind)(*(["us"] if kind == "timestamp" else [])), safe=False)
    (problem,) = refused(stored({"id": ["A", "B"], "on": days}))
    assert (problem.code, problem.column) == ("IN-PARQUET", "on (B)")
    assert "outside of the years 1 to 9999" in problem.what


def test_the_first_and_the_last_day_are_read(pa, stored):
    days = [dt.date(1, 1, 1), dt.date(9999, 12, 31)]
    cells = read(stored({"id": ["A", "B"], "on": days, "at": pa.array(days, pa.date64())})).cells
    assert cells["on"].tolist() == cells["at"].tolist() == ["0001-01-01", "9999-12-31"]


def test_categories_and_row_groups_are_put_together(pa, stored):
    words = ["never", "often", None, "never", "always"] * 3
    as_codes = pa.array(words).dictionary_encode()
    numbers = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0, None, 1] * 3, pa.int8()), pa.array([4, 2]))
    columns = {"id": [f"P{n}" for n in range(15)], "q1": as_codes, "q2": words, "q3": numbers}
    cells = read(stored(columns, row_group_size=4)).cells
    for column in ("q1", "q2"):
        assert cells[column].tolist() == ["" if word is None else word for word in words]
    assert cells["q3"].tolist() == ["4", "2", "4", "", "2"] * 3
    assert list(cells.index) == list(range(2, 17))


def test_many_missing_values_beside_many_categories(pa, stored):
    # 127 categories leave no number of one byte for "missing".
    words = [f"w{n}" for n in range(127)]
    codes = pa.array([*range(127), None], pa.int8())
    path = stored({"id": [f"P{n}" for n in range(128)], "q1": pa.DictionaryArray.from_arrays(codes, words)})
    assert read(path).cells["q1"].tolist() == [*words, ""]


def test_white_space_alone_is_blank_and_control_characters_are_told(stored):
    sheet = read(stored({"id": ["A", "B"], "q1": ["  ", "3"], "q2": ["x\x07", "y"]}))
    assert sheet.cells["q1"].tolist() == ["", "3"]
    assert any("row 2 column C" in note for note in sheet.notes)
    (problem,) = refused(stored({"id": ["A", "B"], "q1": ["3", "\x00"]}))
    assert (problem.code, problem.row) == ("IN-CONTROL", 3)


def test_what_is_no_single_value_is_refused_column_by_column(pa, stored):
    columns = {"id": ["A"], "said": [["a", "b"]], "took": pa.array([dt.timedelta(1)]), "both": [{"x": 1}]}
    problems = refused(stored(columns))
    shown = ("said (B)", "took (C)", "both (D)")
    assert [(one.code, one.column) for one in problems] == [("IN-PARQUET", name) for name in shown]
    assert "list<" in problems[0].what
    assert "a column for each of its values" in problems[0].mend
    assert "the column as text" in problems[1].mend


def test_names_and_rows_are_held_to_the_rules_of_every_file(pa, stored):
    assert [one.code for one in refused(stored({"id": pa.array([], pa.string()), "q1": []}))] == ["IN-NOROWS"]
    assert [one.code for one in refused(stored({"id": ["A"], "q1": [1], "Q1": [2]}))] == ["HD-NEARDUP"]
    twice = pa.Table.from_arrays([pa.array(["A"]), pa.array([1]), pa.array([2])], names=["id", "q1", "q1"])
    import pyarrow.parquet as pq

    path = stored({"id": ["A"]})
    pq.write_table(twice, path)
    assert [one.code for one in refused(path)] == ["HD-DUP"]


@pytest.mark.parametrize(
    "file", [name for name, (_, ending, _) in made.FILES.items() if ending.endswith(("csv", "tsv"))]
)
def test_the_table_of_a_platform_is_read_as_from_its_csv(pa, tmp_path, read_bytes, file):
    platform, name, content = made.FILES[file]
    wanted = read_bytes(content, name)
    names, *records = list(csv.reader(io.StringIO(as_text(content), newline=""), delimiter=wanted.delimiter))
    found = read(parquet_of(pa, tmp_path, names, [record for record in records if record]))
    assert found.platform == wanted.platform == platform
    assert found.cells.to_numpy().tolist() == wanted.cells.to_numpy().tolist()
    for said in ("labels", "keys", "choices", "started", "ended", "time_zone", "joined"):
        assert getattr(found, said) == getattr(wanted, said)
    assert found.status.tolist() == wanted.status.tolist()


def as_text(content):
    if isinstance(content, bytes):
        content = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "utf-8")
    return content.lstrip("\ufeff")


def parquet_of(pa, folder, names, records):
    """Write texts as they are; a name may stand twice."""
    import pyarrow.parquet as pq

    columns = [pa.array(column, pa.string()) for column in zip(*records, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, names=names), folder / "table.parquet")
    return folder / "table.parquet"


def test_a_dictionary_of_redcap_makes_codes_of_labels(pa, tmp_path, read_bytes):
    names, *records = made.REDCAP_LABELS
    dictionary = tmp_path / "dictionary.csv"
    dictionary.write_text(made.REDCAP_DICTIONARY, encoding="utf-8")
    found = read(parquet_of(pa, tmp_path, names, records), dictionary=dictionary)
    wanted = read_bytes(made.table(made.REDCAP_LABELS), dictionary=made.REDCAP_DICTIONARY)
    assert found.cells.equals(wanted.cells)
    assert found.choices == wanted.choices


def test_a_file_is_held_to_what_its_csv_is_held_to(pa, stored, tmp_path):
    """The first person as names, a row of question texts, blank rows, a platform by its structure, a dictionary."""
    person = stored({"PINE001": ["PINE002", "PINE003"], "1": [2, 3], "2": [3, 4], "5": [1, 1]})
    assert [one.code for one in refused(person)] == ["HD-NONE"]
    assert "PINE001" not in str(refused(person)[0])
    texts = {
        "id": ["", "1", "2", "3"],
        "q1": ["How calm are you today?", "3", "4", "2"],
        "q2": ["How tired are you?", "1", "4", "2"],
    }
    assert [one.code for one in refused(stored(texts))] == ["IN-HEADERROWS"]
    blank = read(stored({"id": ["A", None, "C", " "], "q1": pa.array([1, None, 3, None])}))
    assert list(blank.cells.index) == [2, 4]
    assert "2 blank rows left out: 3, 5." in blank.notes
    lime = {"id": [1, 2], "submitdate": ["2026-01-02 10:00:00", None], "lastpage": [2, 1], "startlanguage": ["en"] * 2,
        "seed": [5, 6], "token": ["a", "b"], "q1": [1, 2]}  # fmt: skip
    sheet = read(stored(lime))
    assert (sheet.platform, sheet.status.tolist()) == ("limesurvey", ["", "unfinished"])
    syntax = tmp_path / "post.sps"
    syntax.write_text("anything", encoding="utf-8")
    assert [one.code for one in refused(stored({"id": ["A"]}), syntax=syntax)] == ["IN-SYNTAX"]
    assert any("`sheet` was not used" in note for note in read(stored({"id": ["A"], "q1": [1]}), sheet="Answers").notes)


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
def test_texts_are_read_however_they_are_packed(stored, encoding, monkeypatch):
    ids = [f"person {n % 700}" for n in range(3_000)]
    path = stored(
        {"id": [f"{n}" for n in range(3_000)], "said": ids},
        use_dictionary=False, column_encoding={"id": "PLAIN", "said": encoding}, data_page_version="2.0",
    )  # fmt: skip
    assert read(path).cells["said"].tolist() == ids


def test_texts_that_grow_when_they_are_unpacked_are_refused_on_the_way(stored, monkeypatch):
    path = stored(
        {"id": [f"{'A' * 20_000}{n}" for n in range(3_000)]}, use_dictionary=False,
        column_encoding={"id": "DELTA_BYTE_ARRAY"}, compression="none",
    )  # fmt: skip
    assert path.stat().st_size < 200_000
    assert len(read(path).cells) == 3_000
    monkeypatch.setattr(parquet, "UNPACKED_AT_MOST", 40_000_000)
    assert [one.code for one in refused(path)] == ["IN-BOMB"]


def test_categories_of_pieces_that_are_more_than_their_indices_count(pa, tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "post.parquet"
    pieces = [pa.array([f"P{100 * piece + n}" for n in range(100)]) for piece in range(3)]
    kind = pa.dictionary(pa.int8(), pa.string())
    with pq.ParquetWriter(path, pa.schema([("id", kind), ("q1", pa.int8())])) as writer:
        for texts in pieces:
            codes = pa.DictionaryArray.from_arrays(pa.array(range(100), pa.int8()), texts)
            writer.write_table(pa.table({"id": codes, "q1": pa.array([1] * 100, pa.int8())}))
    assert read(path).cells["id"].tolist() == [f"P{n}" for n in range(300)]


def test_bytes_that_are_no_text_are_refused_with_their_column(pa, stored):
    (problem,) = refused(stored({"id": ["A", "B"], "said": pa.array([b"x", b"\xff"])}))
    assert (problem.code, problem.column) == ("IN-PARQUET", "said (B)")
    assert "UTF-8" in problem.what


def test_a_damaged_file_is_refused_wherever_it_is_cut(stored):
    path = stored({"id": ["A", "B"] * 40, "q1": [1, 2] * 40})
    content = path.read_bytes()
    for size in sorted({4, 5, 8, 12, len(content) // 2, *range(len(content) - 12, len(content))}):
        path.write_bytes(content[:size])
        assert [problem.code for problem in refused(path)] == ["IN-PARQUET"], size


def test_bytes_that_changed_give_a_sheet_or_a_refusal(pa, stored):
    fifty = {
        name: pa.array([value, None] * 25, getattr(pa, name)(*PARAMETERS.get(name, ())))
        for name, (value, _) in TYPED.items()
    }
    path = stored({"id": [f"P{n}" for n in range(50)], "q1": [*range(5)] * 10, **fifty}, compression="none")
    content = path.read_bytes()
    draws = random.Random(7)
    codes = set()
    for _ in range(600):
        broken = bytearray(content)
        for _ in range(draws.choice([1, 1, 2, 8])):
            broken[draws.randrange(4, len(broken))] = draws.randrange(256)
        path.write_bytes(broken)
        try:
            read(path)
        except DataError as error:
            codes |= {problem.code for problem in error.problems}
    assert "IN-PARQUET" in codes


@pytest.mark.parametrize(("text", "rows"), [("A" * 100_000, 2_000), ("A", 20_000)])
def test_a_file_that_says_more_than_fits_is_refused_before_it_is_unpacked(stored, monkeypatch, text, rows):
    path = stored({"id": [text] * rows, "q1": [1] * rows})
    assert path.stat().st_size < 200_000
    assert len(read(path).cells) == rows
    monkeypatch.setattr(parquet, "UNPACKED_AT_MOST", 90_000)
    monkeypatch.setattr(parquet, "_read", None)
    (problem,) = refused(path)
    assert (problem.code, f"{rows} rows of 2 columns" in problem.what) == ("IN-BOMB", True)


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

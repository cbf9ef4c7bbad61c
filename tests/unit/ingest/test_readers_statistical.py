"""SPSS and Stata files, written by pyreadstat and then damaged or aged byte by byte."""

import datetime as dt
import gzip
import random

import pandas as pd
import pyreadstat
import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.readers import statistical
from balint_eval.ingest.readers.moments import spss_moment, stata_moment
from balint_eval.ingest.readers.open import read_export
from balint_eval.language import read_language

MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5)
SPSS = pd.DataFrame(
    {
        "id": ["007", "B-1", "C3", "TRUE"],
        "q1": [1.0, 9.0, 98.0, None],
        "q2": [7.0, 0.1 + 0.2, 9.0, 123456789012345678.0],
        "badge": [7.0, 12.0, None, 3.0],
        "said": ["yes", "NA", "", "کاملاً موافقم"],
        "born": [dt.date(1990, 5, 17), None, dt.date(1899, 12, 31), None],
        "ended": [MOMENT] * 4,
        "took": [dt.time(0, 4, 5)] * 4,
    }
)


@pytest.fixture
def spss(tmp_path):
    def write(frame=SPSS, name="post.sav", **options):
        pyreadstat.write_sav(frame, tmp_path / name, **options)
        return tmp_path / name

    return write


@pytest.fixture
def full(spss):
    return spss(
        column_labels={"q1": "I feel calm."},
        variable_value_labels={"q1": {1.0: "Never", 9.0: "not applicable", 98.0: "left out"}, "q2": {7.0: "Always"}},
        missing_ranges={"q1": [9, {"lo": 90, "hi": 99}], "said": ["NA"]},
        variable_format={"badge": "N4"},
    )


def read(path, **options):
    return read_export(path, shown_as=path.name, **options)


def refused(path, **options):
    with pytest.raises(DataError) as caught:
        read(path, **options)
    return caught.value.problems


def test_values_are_text_as_a_person_sees_them(full):
    cells = read(full).cells
    assert cells["id"].tolist() == ["007", "B-1", "C3", "TRUE"]
    assert cells["q2"].tolist() == ["7", "0.3", "9", "123456789012345680"]
    assert cells["badge"].tolist() == ["0007", "0012", "", "0003"]
    assert cells["said"].tolist() == ["yes", "", "", "کاملاً موافقم"]
    assert cells["born"].tolist() == ["1990-05-17", "", "1899-12-31", ""]
    assert cells["ended"].tolist()[0] == "2026-01-02 03:04:05"
    assert cells["took"].tolist()[0] == "00:04:05"
    assert list(cells.index) == [1, 2, 3, 4]


def test_labels_and_choices_come_along(full):
    sheet = read(full)
    assert sheet.labels == {"q1": "I feel calm."}
    assert sheet.choices == {"q1": {"1": "Never"}, "q2": {"7": "Always"}}
    assert (sheet.platform, sheet.header_rows, sheet.encoding) == ("plain", 0, "utf-8")


def test_declared_missing_values_are_no_answer_and_said_with_their_labels(full):
    sheet = read(full)
    assert sheet.cells["q1"].tolist() == ["1", "", "", ""]
    (note,) = [note for note in sheet.notes if "declares as missing" in note]
    assert "3 cells" in note
    assert "q1: 9 = not applicable (1), 98 = left out (1)" in note
    assert "said: NA (1)" in note


def test_undeclared_nines_stay_for_the_range_check(spss):
    assert read(spss()).cells["q1"].tolist() == ["1", "9", "98", ""]


def test_what_else_a_person_should_know_is_said(full):
    notes = " ".join(read(full).notes)
    assert "SPSS file" in notes
    assert "longer than 15 digits" in notes
    assert "ISO form in column F, G, H" in notes


def test_compressed_and_packed_files(spss, tmp_path):
    plain = read(spss())
    assert read(spss(name="post.zsav", compress=True)).cells.equals(plain.cells)
    packed = tmp_path / "post.sav.gz"
    packed.write_bytes(gzip.compress((tmp_path / "post.sav").read_bytes()))
    assert read(packed).cells.equals(plain.cells)


def test_the_same_answers_as_csv_and_as_spss_give_the_same_cells(spss, tmp_path):
    frame = pd.DataFrame({"id": ["007", "1E5"], "q1": ["3", "4"], "note": ["", "x, y"]})
    frame.to_csv(tmp_path / "post.csv", index=False)
    saved = read(spss(frame.assign(q1=frame["q1"].astype(float)))).cells
    assert saved.to_numpy().tolist() == read(tmp_path / "post.csv").cells.to_numpy().tolist()


def test_previews_in_a_qualtrics_file_are_known_by_their_status(spss):
    frame = pd.DataFrame(
        {
            "StartDate": [MOMENT] * 3,
            "EndDate": [MOMENT] * 3,
            "Status": [0.0, 1.0, 0.0],
            "Finished": [1.0, 1.0, 0.0],
            "ResponseId": ["R_1", "R_2", "R_3"],
            "Q1": [1.0, 2.0, 3.0],
        }
    )
    sheet = read(spss(frame, column_labels={"Q1": "Calm?"}))
    assert sheet.platform == "qualtrics"
    assert sheet.status.tolist() == ["", "preview", "unfinished"]
    assert (sheet.ended, sheet.labels["Q1"]) == ("EndDate", "Calm?")
    assert len(read(spss(frame.assign(StartDate=[None, MOMENT, MOMENT]))).cells) == 3


def test_stata(tmp_path):
    frame = pd.DataFrame({
        "id": ["007", "B", "é"], "q1": [1, "a", None], "x": [3.3, 2.0, None], "ended": [MOMENT] * 3,
        "born": [dt.date(1990, 5, 17)] * 3,
    })  # fmt: skip
    path = tmp_path / "pre.dta"
    labels = {"q1": {1: "Never", "a": "refused"}}
    pyreadstat.write_dta(frame, path, variable_value_labels=labels, missing_user_values={"q1": ["a"]})
    sheet = read(path)
    assert sheet.cells.to_numpy().tolist() == [
        ["007", "1", "3.3", "2026-01-02 03:04:05", "1990-05-17"],
        ["B", "", "2", "2026-01-02 03:04:05", "1990-05-17"],
        ["é", "", "", "2026-01-02 03:04:05", "1990-05-17"],
    ]
    assert sheet.choices == {"q1": {"1": "Never"}}
    assert any("q1: .a = refused (1)" in note for note in sheet.notes)


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_versions_of_stata_made_by_pandas(tmp_path, version):
    path = tmp_path / "pre.dta"
    frame = pd.DataFrame({"id": ["A1", "A2"], "x": pd.Series([3.3, 2], dtype="float32"), "q": [5, 4]})
    frame.to_stata(path, version=version, write_index=False, variable_labels={"q": "Calm?"})
    sheet = read(path)
    assert sheet.cells.to_numpy().tolist() == [["A1", "3.3", "5"], ["A2", "2", "4"]]
    assert sheet.labels["q"] == "Calm?"


def test_an_old_stata_file_is_asked_for_its_encoding(tmp_path):
    path = tmp_path / "pre.dta"
    pd.DataFrame({"id": ["é"], "q": [5]}).to_stata(path, version=114, write_index=False)
    (problem,) = refused(path)
    assert problem.code == "IN-ENCODING"
    assert "cp1256" in problem.mend
    assert read(path, encoding="latin-1").cells.iloc[0, 0] == "é"
    assert read(path, encoding="cp1256").cells.iloc[0, 0] == "é"


def test_an_old_spss_file_is_asked_for_its_encoding(spss):
    path = spss(pd.DataFrame({"id": ["AX"], "q": [5.0]}))
    raw = path.read_bytes()
    at = raw.index(b"\x07\0\0\0\x14\0\0\0")
    size = int.from_bytes(raw[at + 12 : at + 16], "little")
    old = (raw[:at] + raw[at + 16 + size :]).replace(b"AX ", b"\xc7X ")
    code = old.find(b"\x07\0\0\0\x03\0\0\0")
    if code >= 0:
        old = old[: code + 16 + 28] + b"\x02\0\0\0" + old[code + 16 + 32 :]
    path.write_bytes(old)
    assert refused(path)[0].code == "IN-ENCODING"
    assert read(path, encoding="cp1256").cells.iloc[0, 0] == "اX"


def test_an_unknown_encoding_is_named(full):
    (problem,) = refused(full, encoding="klingon")
    assert (problem.code, "klingon" in problem.what) == ("IN-ENCODING", True)


@pytest.mark.parametrize("name", ["post.sav", "post.zsav"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_file_cut_off_is_refused(spss, name, share):
    frame = pd.concat([SPSS] * 200, ignore_index=True)
    path = spss(frame, name=name, compress=name.endswith("zsav"))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert [problem.code for problem in refused(path)] == ["IN-STATFILE"]


def test_too_large_a_table_is_refused_before_it_is_read(full, monkeypatch):
    monkeypatch.setattr(statistical, "CELLS_AT_MOST", 16)
    assert refused(full)[0].code == "IN-BOMB"
    monkeypatch.undo()
    monkeypatch.setattr(statistical, "UNPACKED_AT_MOST", 100)
    assert refused(full)[0].code == "IN-BOMB"


def test_what_is_said_of_a_file_is_said_in_persian_too(full):
    for note in read(full).notes:
        if not note.startswith("No survey platform"):
            assert read_language("fa").remark(note), note


def test_no_case_and_names_that_differ_by_case_alone(spss, tmp_path):
    assert [p.code for p in refused(spss(SPSS[["id", "q1"]].iloc[:0]))] == ["IN-NOROWS"]
    path = tmp_path / "pre.dta"
    pyreadstat.write_dta(pd.DataFrame({"id": ["A"], "q1": [1], "Q1": [2]}), path)
    assert [p.code for p in refused(path)] == ["HD-NEARDUP"]


def test_keys_that_do_not_belong_are_said(full):
    assert any("were not used" in note for note in read(full, delimiter=";").notes)


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("ADATE10", 0.0, "1582-10-14"), ("MOYR8", 13986691200.0, "2026-01-02"), ("TIME8", 90061.0, "25:01:01"),
        ("DTIME", -61.0, "-00:01:01"), ("DATE11", 1e300, ""), ("TIME8", 1e300, ""), ("WKDAY3", 2.0, ""), ("", 1.0, ""),
    ],
)  # fmt: skip
def test_moments_of_spss(form, value, text):
    assert spss_moment(form, value) == text


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("%d", 0, "1960-01-01"), ("%tdD_m_Y", -1, "1959-12-31"), ("%tC", 1000.0, "1960-01-01 00:00:01"),
        ("%tw", 0, "1960w1"), ("%tm", -1, "1959-12"), ("%tq", 265, "2026q2"), ("%th", 1, "1960h2"), ("%ty", 2026, ""),
        ("%9.0g", 4, ""), ("%tc", 1e300, ""),
    ],
)  # fmt: skip
def test_moments_of_stata(form, value, text):
    assert stata_moment(form, value) == text


def outcome(path):
    try:
        return "read" if read(path).cells.map(type).eq(str).all(axis=None) else "cells that are not text"
    except DataError as error:
        return "refused" if all(problem.what and problem.mend for problem in error.problems) else "unclear"


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_give_a_table_or_clear_problems(full, seed):
    draw = random.Random(seed)
    raw = bytearray(full.read_bytes())
    for _ in range(draw.choice([1, 3, 20])):
        raw[draw.randrange(4, len(raw))] = draw.randrange(256)
    full.write_bytes(raw)
    assert outcome(full) in ("read", "refused")


def test_a_crash_of_the_c_code_is_a_problem_of_the_file(full, monkeypatch, tmp_path):
    child = tmp_path / "child.py"
    child.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(statistical.readstat_child, "__file__", str(child))
    assert [problem.code for problem in refused(full)] == ["IN-STATFILE"]
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(statistical, "SECONDS_AT_MOST", 0.2)
    assert [problem.code for problem in refused(full)] == ["IN-STATFILE"]

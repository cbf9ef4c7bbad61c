"""Files that cannot be read, or not as they are: each refused with its code and its mend."""

import gzip
import os
import socket
import stat
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balint_eval.errors import DataError
from balint_eval.ingest import source
from balint_eval.ingest.readers.open import PLATFORMS, read_export

GOOD = "id,q1,q2\nP01,3,4\nP02,2,5\nP03,1,1\n"


def export(path, content=None, **options):
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_export(path, shown_as=f"data/{path.name}", **options)


def refused(path, content=None, **options):
    with pytest.raises(DataError) as caught:
        export(path, content, **options)
    return caught.value.problems


def the_problem(path, content=None, **options):
    (problem,) = refused(path, content, **options)
    assert problem.file == f"data/{path.name}"
    assert problem.mend
    return problem


@pytest.fixture
def file(tmp_path):
    return tmp_path / "pre.csv"


def test_a_plain_file_is_text_with_lines_as_index(file):
    sheet = export(file, GOOD)
    assert sheet.platform == "plain"
    assert list(sheet.cells.columns) == ["id", "q1", "q2"]
    assert list(sheet.cells.index) == [2, 3, 4]
    assert sheet.cells.loc[2].tolist() == ["P01", "3", "4"]
    assert list(sheet.status) == ["", "", ""]
    assert list(sheet.status.index) == list(sheet.cells.index)
    assert (sheet.n_bytes, len(sheet.sha256), sheet.encoding) == (len(GOOD), 64, "utf-8")


def test_nothing_is_typed_or_missing(file):
    sheet = export(file, "id,q1\nNA,\nnull,  \n007,1E5\nTRUE,nan\n")
    assert sheet.cells["id"].tolist() == ["NA", "null", "007", "TRUE"]
    assert sheet.cells["q1"].tolist() == ["", "", "1E5", "nan"]


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "cohort1_pre.csv").write_text(GOOD)
    problem = the_problem(tmp_path / "cohort1_pree.csv")
    assert problem.code == "IN-MISSING"
    assert "cohort1_pre.csv" in problem.mend


def test_a_missing_folder_and_a_dead_link_are_said(tmp_path):
    assert "folder 'nowhere'" in the_problem(tmp_path / "nowhere" / "pre.csv").what
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    assert "link" in the_problem(tmp_path / "link.csv").what


def test_folders_pipes_and_sockets_are_never_opened(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.csv")
    started = time.monotonic()
    assert "a named pipe" in the_problem(tmp_path / "pipe.csv").what
    assert time.monotonic() - started < 2
    (tmp_path / "folder.csv").mkdir()
    assert the_problem(tmp_path / "folder.csv").code == "IN-NOTFILE"
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)
        listener.bind("s.csv")
        assert "a socket" in the_problem(tmp_path / "s.csv").what


def test_a_file_nobody_may_read_is_refused_even_for_root(file):
    file.write_text(GOOD)
    file.chmod(0)
    problem = the_problem(file)
    assert problem.code == "IN-PERM"
    assert stat.filemode(file.stat().st_mode) in problem.what


@pytest.mark.parametrize("content", ["", "\n\n,,\n \n", "\ufeff", ";;;\n"])
def test_an_empty_file_is_refused(file, content):
    assert the_problem(file, content).code == "IN-NOROWS"


def test_a_header_without_rows_is_shown(file):
    problem = the_problem(file, "id,q1\n")
    assert problem.code == "IN-NOROWS"
    assert "'id', 'q1'" in problem.what


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_refused_unless_declared(file, codec):
    content = GOOD.encode(codec)
    problem = the_problem(file, content)
    assert problem.code == "IN-ENCODING"
    assert "encoding: utf-" in problem.mend
    assert export(file, content, encoding=codec).cells.shape == (3, 3)


def test_utf8_with_mark_is_read_and_said(file):
    sheet = export(file, "\ufeff" + GOOD)
    assert sheet.cells.columns[0] == "id"
    assert any("byte order mark" in note for note in sheet.notes)
    assert export(file, "\ufeff" + GOOD, encoding="utf-8").cells.columns[0] == "id"


def test_a_foreign_byte_is_placed_and_never_guessed(file):
    content = 'id,név,megjegyzés\nA,1,2\nB,"x\ny",szép\n'.encode("latin-1")
    problem = the_problem(file, content)
    assert (problem.code, problem.row, problem.column) == ("IN-ENCODING", 1, "B")
    assert "0xE9" in problem.what
    assert "encoding: latin-1" in problem.mend
    assert export(file, content, encoding="latin-1").cells.columns[1] == "név"


def test_a_foreign_byte_in_a_cell_has_the_row_of_its_record(file):
    problem = the_problem(file, b'id,note,q\nA,"x\ny",1\nB,"z\n\xe1",2\n')
    assert (problem.row, problem.column) == (4, "note (B)")


def test_a_persian_code_page_is_read_when_declared(file):
    content = "id,پاسخ\nA,علي\n".encode("cp1256", "replace")
    assert refused(file, content)[0].code == "IN-ENCODING"
    assert export(file, content, encoding="cp1256").cells.iloc[0, 1] == "علي"


def test_the_header_is_shown_in_each_likely_code_page(file):
    content = "کد,گروه\nA,علي\n".encode("cp1256", "replace")
    problem = the_problem(file, content)
    assert "in cp1256 'کد', 'گروه'" in problem.what
    assert "علي" not in problem.what
    assert "in cp1252" not in problem.what  # bytes that cp1252 does not have
    hungarian = the_problem(file, "név,kor\nA,1\n".encode("cp1250"))
    assert "in cp1252 'név'" in hungarian.what
    assert "in cp1250 'név'" in hungarian.what


def test_a_plain_header_shows_nothing_of_the_answers(file):
    problem = the_problem(file, "id,q\nA,عليرضا\n".encode("cp1256"))
    assert "the header is plain ASCII" in problem.what


def test_unknown_and_contradicted_encodings_are_refused(file):
    assert "not known" in the_problem(file, GOOD, encoding="utf-9").what
    assert "byte order mark" in the_problem(file, "\ufeff" + GOOD, encoding="latin-1").what


def test_half_characters_are_replaced_and_said(file):
    sheet = export(file, b"id,note\nA,x\xed\xa0\x80y\n")
    assert sheet.cells.iloc[0, 1] == "x\ufffdy"
    assert any("row 2" in note for note in sheet.notes)


def test_gzip_is_read_and_damage_refused(tmp_path):
    packed = gzip.compress((GOOD * 50).encode(), mtime=0)
    path = tmp_path / "pre.csv.gz"
    assert export(path, gzip.compress(GOOD.encode())).cells.shape == (3, 3)
    assert the_problem(path, packed[:-12]).code == "IN-GZIP"
    assert the_problem(path, packed[:-8] + b"\0" * 8).code == "IN-GZIP"


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "UNPACKED_AT_MOST", 1 << 20)
    assert the_problem(tmp_path / "b.csv.gz", gzip.compress(b"0" * (3 << 20))).code == "IN-BOMB"


def test_a_file_that_changes_while_read_is_refused(file, monkeypatch):
    def grows(path, shown_as):
        content = path.read_bytes()
        path.write_bytes(content + b"P04,1,1\n")
        return content

    monkeypatch.setattr(source, "_read_bytes", grows)
    assert the_problem(file, GOOD).code == "IN-CHANGED"


def test_a_file_that_vanishes_while_parsed_is_refused(file, monkeypatch):
    from balint_eval.ingest.readers import open as entry

    def gone(grid, layout):
        file.unlink()
        return []

    monkeypatch.setattr(entry, "_problems", gone)
    assert the_problem(file, GOOD).code == "IN-CHANGED"


def test_web_pages_and_old_workbooks_are_refused(tmp_path):
    assert the_problem(tmp_path / "a.xls", "<html><table><tr><td>id</td></tr></table>").code == "IN-FORMAT"
    assert the_problem(tmp_path / "b.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600).code == "IN-XLSLIMIT"
    locked = b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")
    assert "password" in the_problem(tmp_path / "c.xlsx", locked).what


@pytest.mark.parametrize(("rows", "code"), [(65_535, "IN-XLSLIMIT"), (65_536, "IN-XLSLIMIT")])
def test_exactly_as_many_rows_as_xls_can_hold(file, rows, code):
    assert the_problem(file, "id\n" + "".join(f"P{n}\n" for n in range(rows))).code == code


def test_unknown_platforms_are_refused(file):
    assert the_problem(file, GOOD, platform="lime").code == "IN-PLATFORM"


@pytest.mark.parametrize("start", ['{"id": 1}', "[{}]", "%PDF-1.7", "<?xml version='1.0'?>"])
def test_other_formats_are_named(file, start):
    assert the_problem(file, start).code == "IN-FORMAT"


def test_a_dictionary_for_another_platform_is_refused(file):
    assert the_problem(file, GOOD, platform="plain", dictionary=file).code == "IN-PLATFORM"


def test_a_sheet_name_for_a_text_file_is_said(file):
    assert any("`sheet` was not used" in note for note in export(file, GOOD, sheet="Data").notes)


def test_a_quote_that_swallows_everything_is_the_only_problem(file):
    problem = the_problem(file, 'id,q1\nA,"1\nB,2\nC,3\n')
    assert (problem.code, problem.row) == ("IN-QUOTE", 2)


def test_a_wrong_delimiter_is_the_only_problem(file):
    assert the_problem(file, "id;q1\nA;3,5\nB;4,0\n", delimiter=",").code == "IN-DELIM"


PIECES = st.sampled_from([b",", b";", b'"', b"\n", b"\r\n", b"\t", b"\0", b"\xe9", b"id", b"q1", b"1", b"Total", b"=1"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=30), st.sampled_from(("auto", *PLATFORMS)))
def test_whatever_the_bytes_there_is_a_sheet_or_a_reason(file, pieces, platform):
    try:
        sheet = export(file, b"".join(pieces), platform=platform)
    except DataError:
        sheet = None
    if sheet is not None:
        assert sheet.cells.shape[0] > 0
        assert all(isinstance(cell, str) for cell in sheet.cells.to_numpy().ravel())

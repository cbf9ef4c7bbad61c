"""SoSci Survey and Wenjuanxing: what is known of their exports, no more."""

import platform_files as made
import pytest


@pytest.mark.parametrize("texts", [True, False])
def test_sosci_with_and_without_the_row_of_texts(read_bytes, texts):
    sheet = read_bytes(made.sosci(texts), encoding="latin-1")
    assert (sheet.platform, sheet.header_rows, sheet.delimiter) == ("sosci", 1 + texts, ";")
    assert sheet.cells.to_numpy().tolist() == made.SOSCI_PEOPLE
    assert list(sheet.status) == ["", "unfinished", "test", "preview"]
    assert (sheet.started, sheet.ended) == ("STARTED", "LASTDATA")
    assert sheet.labels.get("SK01_01", "") == ("Skala: Ich höre zu" if texts else "")


def test_sosci_asks_for_its_encoding_and_names_the_byte(refused):
    (problem,) = refused(made.sosci())
    assert (problem.code, problem.row) == ("IN-ENCODING", 2)
    assert "latin-1" in problem.mend


def test_an_unknown_mode_of_sosci_is_used_and_said(read_bytes):
    content = made.sosci(encoding="utf-8").replace(b"pretest", b"kiosk")
    sheet = read_bytes(content)
    assert list(sheet.status) == ["", "unfinished", "", "preview"]
    assert "Values of MODE that are not known count as normal: kiosk." in sheet.notes


def test_wenjuanxing(read_bytes):
    sheet = read_bytes(made.WENJUANXING)
    assert (sheet.platform, sheet.header_rows, sheet.cells.shape) == ("wenjuanxing", 1, (2, 9))
    assert sheet.ended == "提交答卷时间"
    assert "1、您的代码" in sheet.labels
    assert "来自IP" not in sheet.labels

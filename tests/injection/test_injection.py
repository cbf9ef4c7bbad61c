"""Nothing that is written in a study runs anywhere; and what looks for it would see it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from injection_battery import STRINGS, Page, browser, browser_faults, faults_of, formula_faults

POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
ACTING = [text for text in STRINGS if Page(f"<p>{text}</p>").faults]


def page_with(folder, text):
    path = folder / "page.html"
    body = f"<p>{text}</p>{'<p>words</p>' * 1000}"
    path.write_text(f"<!DOCTYPE html><html><head>{POLICY}<title>x</title></head><body>{body}</body></html>")
    return path


def test_fifty_strings():
    assert len(set(STRINGS)) == len(STRINGS) >= 50


def test_most_strings_would_be_seen_in_a_page_that_does_not_escape():
    assert len(ACTING) >= 25


@pytest.mark.skipif(not browser(), reason="Chromium is not installed: nothing was looked at in a browser")
def test_the_browser_sees_a_script_that_runs(tmp_path):
    assert browser_faults(page_with(tmp_path, STRINGS[0])) == ["page.html: a script ran"]
    assert browser_faults(page_with(tmp_path, "words")) == []


def test_formula_cells_are_seen(tmp_path):
    cells = ["=1", "+1+1", "-1|x", "@x", '"\t=1"', "'=1", "-1.5e-3", "+2", "x=1", "-"]
    (tmp_path / "t.csv").write_text("\n".join(cells) + "\n", encoding="utf-8")
    found = [fault.partition(": ")[2] for fault in formula_faults(tmp_path)]
    assert found == ["'=1'", "'+1+1'", "'-1|x'", "'@x'", "'\\t=1'", "'-'"]


@pytest.mark.thorough
def test_nothing_of_a_study_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "elsewhere" / "key"))
    assert faults_of(0, tmp_path / "studies") == []

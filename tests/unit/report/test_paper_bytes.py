"""Word and PDF are the same bytes wherever and whenever they are made."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from report_paper import every_block, pictures

from balint_eval.report.pdf import render_pdf
from balint_eval.report.word import render_docx

pytestmark = pytest.mark.thorough

MAKE = """
import importlib.util, hashlib, sys
spec = importlib.util.spec_from_file_location("paper", sys.argv[1])
paper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(paper)
from balint_eval.report.pdf import render_pdf
from balint_eval.report.word import render_docx
report = paper.every_block("text سلام")
print(hashlib.sha256(render_docx(report, paper.pictures(report))).hexdigest())
print(hashlib.sha256(render_pdf(report)).hexdigest())
"""


@pytest.mark.parametrize(
    ("zone", "seed", "locale", "epoch"),
    [("Asia/Tehran", "1", "C", "0"), ("America/St_Johns", "4711", "fa_IR.UTF-8", "1700000000")],
)
def test_same_bytes_in_every_zone_hash_seed_and_locale(zone, seed, locale, epoch, tmp_path):
    report = every_block("text سلام")
    here = [
        hashlib.sha256(content).hexdigest() for content in (render_docx(report, pictures(report)), render_pdf(report))
    ]
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "SOURCE_DATE_EPOCH": epoch}
    command = [sys.executable, "-c", MAKE, str(Path(__file__).with_name("paper.py"))]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == here


def test_same_bytes_two_seconds_later():
    report = every_block("text")
    before = render_docx(report, pictures(report)), render_pdf(report)
    time.sleep(2.1)
    assert (render_docx(report, pictures(report)), render_pdf(report)) == before

# ruff: noqa: E402 - the folders must be found first
"""The everyday form of `make fuzz`: mutated files, each in a process with limits of its own. CI runs 500 of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = 20
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from mutations import KINDS, mutate


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_mutated_files(tmp_path):
    # A process of its own: nothing of pytest's is forked, and its limits hold for nobody else.
    command = [sys.executable, str(HERE / "battery.py"), "--files", str(FILES), "--keep", str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)
    assert f"{FILES} files, 0 failures" in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_always_gives_one_file(kind):
    seed = b"code,q1\nP1,2\n"
    assert [mutate(n, kind, seed) for n in range(40)] == [mutate(n, kind, seed) for n in range(40)]
    assert len({mutate(n, kind, seed)[0] for n in range(40)}) > 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.thorough
def test_two_workers_try_the_same_files_as_one(tmp_path):
    said = []
    for workers in ("1", "2"):
        command = [sys.executable, str(HERE / "battery.py"), "--files", "9", "--workers", workers]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=True)
        said.append(sorted(ran.stdout.splitlines()[-1].split(", ")))
    assert said[0] == said[1]
    assert ran.stdout.startswith("9 files, 0 failures")


def test_the_judge_sees_what_must_not_be():
    from battery import judge

    good = {"code": "IN-X", "what": "", "mend": "do", "file": "a.csv", "row": 0, "column": "", "value": ""}
    said = json.dumps({"problems": [good]})
    assert judge(3, "", said) == ("", "IN-X")
    assert judge(1, "", said)[0] == "exit code 1"
    assert judge(3, "", "Traceback")[0] == "traceback"
    assert judge(0, "", said)[0] == "exit code and problems disagree"
    assert judge(3, "PINE003", said)[0] == "shows PINE003"
    assert judge(3, "", json.dumps({"problems": [{**good, "file": ""}]}))[0].startswith("no file")

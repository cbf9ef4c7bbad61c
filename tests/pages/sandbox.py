"""A folder in which the blocks of one page are run, one after the other, with what they leave behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from blocks import ROOT

LONGEST = 900
"""Seconds; a whole study takes about twenty on a machine with nothing else to do."""
LEFT_OUT = ("instrument: CBI, scale: WB,", "instrument: CBI, scale: CB,", "instrument: PSS10,", "instrument: WCW15,")
EXPORTS = {
    "students_before_qualtrics.csv": "before.csv",
    "students_after_microsoft_forms.xlsx": "after.xlsx",
    "students_roster.csv": "people.csv",
}
# One outcome and HTML only: what a page shows, in the least time.
STUDY = """\
name: my_study
title: "Balint groups for fourth-year students"
waves:
  - {name: before, label: "Before the first meeting", role: baseline}
  - {name: after, label: "After the last meeting", role: post}
arms:
  - {name: balint, label: "Balint group", role: intervention}
  - {name: waiting, label: "Waiting list", role: control}
plan: {allocation: groups, imputations: 20}
report: {formats: [html]}
outcomes:
  - {instrument: TEQ, scale: total, role: primary}
cohorts:
  - name: students
    roster: {file: people.csv, person_id: code, group: group, arm: arm}
    exports:
      - file: before.csv
        wave: before
        person_id: code
        items: [{instrument: TEQ, columns: "TEQ_{item}", missing_codes: ["-99"]}]
      - file: after.xlsx
        wave: after
        person_id: "Your code"
        items:
          - instrument: TEQ
            columns: "TEQ item {item}"
            answers:
              - {answer: "step 0 (lowest)", code: 0}
              - {answer: "step 1", code: 1}
              - {answer: "step 2", code: 2}
              - {answer: "step 3", code: 3}
              - {answer: "step 4 (highest)", code: 4}
"""


class Sandbox:
    """A copy of what a reader of the pages has before them: the demo study, the program, a folder of exports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder.parent / f"{folder.name}_home"
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        self.home.mkdir()
        program = programs / "balint-eval"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m balint_eval "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        for name in ("config", "data"):
            shutil.copytree(ROOT / name, folder / name)
        self._make_demo_small()
        for name in ("workflow", "tests", "docs"):
            (folder / name).symlink_to(ROOT / name)

    @property
    def environment(self) -> dict[str, str]:
        path = [str(self.folder / ".venv" / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        return os.environ | {
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "BALINT_EVAL_KEY_FILE": str(self.home / "key"),
        }

    def _make_demo_small(self) -> None:
        """Leave the demo three outcomes of seven, English and HTML: the sentences of these stay what they are."""
        study = self.folder / "config" / "config.yaml"
        lines = study.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if "label:" not in line or not any(text in line for text in LEFT_OUT)]
        text = "".join(kept).replace("languages: [en, fa]\n", "languages: [en]\nreport: {formats: [html]}\n")
        study.write_text(text, encoding="utf-8")

    def provide(self, needs: str) -> None:
        """Put there what a page takes for granted."""
        for need in needs.replace(" ", "").split(","):
            {"exports": self._exports, "study": self._study}[need]()

    def _exports(self) -> None:
        (self.folder / "my_study").mkdir(exist_ok=True)
        for source, target in EXPORTS.items():
            shutil.copy(ROOT / "data" / "demo" / source, self.folder / "my_study" / target)

    def _study(self) -> None:
        self._exports()
        (self.folder / "my_study" / "study.yaml").write_text(STUDY, encoding="utf-8")

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """Run lines of a shell; the first that fails ends them."""
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

"""Prints every message of the bad inputs once, to be read aloud: `python tests/badinputs/aloud.py`.

A message that an educator would not understand is a fault like any other.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bad_study import CASES, BadStudy, Case

MODULES = ("bad_config", "bad_files", "bad_headers", "bad_links", "bad_values")


def said_of(case: Case, folder: Path) -> str:
    """Spoil a study, check it, and give what was said."""
    from balint_eval.cli import main

    key = folder / "elsewhere" / "pseudonyms.key"
    key.parent.mkdir()
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    os.environ["BALINT_EVAL_KEY_FILE"] = str(key)
    (folder / "study").mkdir()
    study = BadStudy(folder / "study", key)
    out, err = io.StringIO(), io.StringIO()
    os.chdir(folder)
    try:
        case.spoil(study)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(["check", study.write()])
    finally:
        study.undo()
    return err.getvalue() + "\n".join(line.strip() for line in out.getvalue().splitlines() if "WARN-" in line)


def main() -> None:
    """Print each sentence once, whatever numbers and places it holds."""
    for module in MODULES:
        importlib.import_module(module)
    told = set()
    for case in CASES:
        if case.skip or case.waits:
            continue
        with tempfile.TemporaryDirectory() as folder:
            lines = said_of(case, Path(folder)).splitlines()
            os.chdir("/")
        for line in lines:
            kind = re.sub(r"'[^']*'|\d+|[\w./]+\.(csv|xlsx|yaml)", "#", line)
            if line and kind not in told:
                told.add(kind)
                print(f"[{case.name}]\n  {line}\n", flush=True)


if __name__ == "__main__":
    main()

"""`make newcomer`: the README's own words in a bare clone, from nothing to the reports of one's own data.

The repository is cloned, `make demo` is given in the clone, two programmes bring their files, and what is typed and
said is kept in `transcripts/` and shown in docs/newcomer.md. A thorough test holds the own data to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PROGRAM = ".venv/bin/balint-eval"


def cloned(folder: Path) -> str:
    """Clone, evaluate the demo study, and give what was typed and said."""
    subprocess.run(["git", "clone", "-q", REPOSITORY, folder], check=True)
    path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part)
    surroundings = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        ["make", "demo"], cwd=folder, env={**surroundings, "PATH": path}, check=True, stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    from visit import _readable

    return "\n".join(["$ make demo", *map(_readable, done.stdout.splitlines())]) + "\n"


def visits() -> None:
    """Bring the files of both programmes to the folder this is, and keep the transcripts."""
    import own_data
    import pytest
    from visit import Transcript

    for name in own_data.VISITS:
        with pytest.MonkeyPatch.context() as patch:
            for module in ("init.command", "check"):
                patch.setattr(f"balint_eval.{module}.program", lambda: PROGRAM)
            Path(name).mkdir()
            transcript = Transcript(patch, PROGRAM)
            own_data.walk(transcript, name)
        (HERE / "transcripts" / f"{name}.txt").write_text(transcript.text, encoding="utf-8")


def main() -> None:
    """Walk, and write the page."""
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place) / "balint-eval"
        said = cloned(clone)
        (HERE / "transcripts" / "demo.txt").write_text(said, encoding="utf-8")
        key = {"BALINT_EVAL_KEY_FILE": str(Path(place) / "key")}
        command = [clone / ".venv/bin/python", HERE / "walk.py", "visits"]
        surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(command, cwd=clone, env={**surroundings, **key}, check=True)
    import write_page

    write_page.NEWCOMER.write_text(write_page.newcomer(), encoding="utf-8")


if __name__ == "__main__":
    visits() if sys.argv[1:] == ["visits"] else main()

"""A small study in a folder of its own that `balint-eval run` is disturbed on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import yaml

PEOPLE = 24
HAD_ENDED = "had ended"
SOURCE = Path(__file__).parents[2] / "src"
ITEMS = {"instrument": "TRY", "columns": "q{item}"}
TRY = {
    "name": "TRY",
    "title": "A scale of three items",
    "measures": "confidence",
    "level": "2a",
    "n_items": 3,
    "response": {"codes": [1, 2, 3, 4, 5]},
    "reverse": [3],
    "scales": [{"name": "total", "items": [1, 2, 3], "rule": "sum", "range": [3, 15], "higher_is": "better"}],
    "licence": {"status": "own"},
}


def export(cohort: str, wave: str) -> dict:
    where = {"file": f"{cohort}_{wave}.csv", "platform": "plain", "wave": wave}
    return {**where, "person_id": "code", "group": "group", "comments": ["said"], "items": [dict(ITEMS)]}


def content() -> dict:
    return {
        "name": "small",
        "title": "A small study",
        "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
        "outcomes": [{"instrument": "TRY", "scale": "total", "role": "primary"}],
        "plan": {"imputations": 0},
        "report": {"formats": ["html", "docx", "pdf"]},
        "languages": ["en"],
        "own_instruments": [TRY],
        "cohorts": [
            {"name": name, "exports": [export(name, wave) for wave in ("before", "after")]}
            for name in ("north", "south")
        ],
    }


def rows_of(cohort: str, wave: str) -> str:
    later = wave == "after"
    lines = ["code,group,q1,q2,q3,said"]
    for n in range(PEOPLE):
        answers = (1 + n % 5, 1 + (3 * n // 2 + later * (1 + n % 3)) % 5, 5 - (n // 2 + later) % 5)
        lines.append(f"{cohort}{n:03},{'abc'[n % 3]},{','.join(map(str, answers))},a remark of {n}")
    return "\n".join(lines) + "\n"


class Place:
    """A folder with the study, in which the command is given.

    Parameters
    ----------
    folder : Path
    key : Path
        Key of the pseudonyms, outside of the folder.
    study : dict, optional
        Content of the study file.
    environment : dict, optional
        Variables set beside those of this process; None takes one away.
    """

    def __init__(
        self, folder: Path, key: Path, environment: dict[str, str | None] | None = None, study: dict | None = None
    ) -> None:
        self.folder = folder
        self.before: list[str] = []
        (folder / "study").mkdir(parents=True, exist_ok=True)
        (folder / "study" / "study.yaml").write_text(
            yaml.safe_dump(study or content(), sort_keys=False), encoding="utf-8"
        )
        for name in ("north", "south"):
            for wave in ("before", "after"):
                (folder / "study" / f"{name}_{wave}.csv").write_text(rows_of(name, wave), encoding="utf-8")
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in (environment or {})},
            "BALINT_EVAL_KEY_FILE": str(key),
            "SOURCE_DATE_EPOCH": "1767225600",
            "PYTHONPATH": str(SOURCE),
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: value for name, value in (environment or {}).items() if value is not None},
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [*self.before, sys.executable, "-m", "balint_eval", "run", "study/study.yaml", "--plain", *words]
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=900)
        return process.returncode, out, err

    def made(self) -> dict[str, str]:
        """SHA-256 of every file of the results and of what is restricted; logs hold times and are left out."""
        found = [path for name in ("results", "restricted") for path in sorted((self.folder / name).rglob("*"))]
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in found
            if path.is_file() and "logs" not in path.parts and not path.name.startswith(".")
        }

    def litter(self) -> list[str]:
        """Temporary files, locks and process files that a finished run may not leave."""
        results = self.folder / "results" / "small"
        found = [*self.folder.rglob("*.part"), *results.glob(".run.lock*"), *results.glob(".process.*")]
        return [path.relative_to(self.folder).as_posix() for path in found]


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill_after(process: subprocess.Popen[str], seconds: float, victim: str) -> str:
    """Kill -9 the command, its workflow, or all of its processes; give what was at work just then."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    if process.poll() is not None:
        return HAD_ENDED
    below = descendants(process.pid)
    working = [" ".join(one.cmdline()) for one in below if one.is_running()]
    if victim == "all":
        targets = [process.pid, *(one.pid for one in below)]
    elif victim == "workflow":
        targets = [one.pid for one in below if "snakemake" in " ".join(one.cmdline()[:3])][:1] or [process.pid]
    else:
        targets = [process.pid]
    for pid in targets:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    stages = ("ingest", "score", "compare", "figures", "report", "manifest")
    return ", ".join({word for text in working for word in stages if f"balint-eval {word} " in text}) or "no stage"


def wait_until(condition, seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False

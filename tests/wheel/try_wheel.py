"""Does the package work with no clone around? Build the wheel, install it into an empty environment, run the demo.

`make wheel-test`. The environment is filled from `requirements/run.txt` by hash; the demo then runs in an empty folder
and, where the system allows it, without any network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = (
    "balint_eval/_workflow/Snakefile",
    "balint_eval/_workflow/rules/analysis.smk",
    "balint_eval/_workflow/profiles/default/profile.yaml",
    "balint_eval/_demo/config/config.yaml",
    "balint_eval/_demo/data/demo/students_before_qualtrics.csv",
    "balint_eval/_published/published_results.csv",
    "balint_eval/instruments/keys/teq.yaml",
    "balint_eval/locale/fa/LC_MESSAGES/balint_eval.mo",
    "balint_eval/error_codes.yaml",
    "balint_eval/py.typed",
)
"""Files that are no modules and that a run needs."""
REPORTS = {f"{reader}.en.INTERNAL.{kind}" for reader in ("educator", "researcher") for kind in ("html", "docx", "pdf")}


def call(*words: str | Path, cwd: Path, offline: bool = False, environment: dict[str, str] | None = None) -> str:
    """Run a command; what it said is shown where it fails."""
    command = [*_without_network(), *map(str, words)] if offline else [*map(str, words)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def _without_network() -> list[str]:
    """Give what starts a command in a network of its own, empty where the system forbids it."""
    words = ["unshare", "--net", "--map-root-user"]
    allowed = shutil.which(words[0]) and subprocess.run([*words, "true"], capture_output=True, check=False)
    return words if allowed and not allowed.returncode else []


def build(folder: Path) -> Path:
    """Build the wheel from a copy of what is under version control, so that nothing else slips in."""
    source = folder / "source"
    source.mkdir()
    files = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    shutil.rmtree(source)
    (wheel,) = folder.glob("*.whl")
    return wheel


def held(wheel: Path) -> None:
    """Hold the wheel to the files a run needs."""
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = [name for name in NEEDED if name not in names]
    foreign = sorted(name for name in names if name.startswith(("tests/", "docs/")) or "__pycache__" in name)
    if missing or foreign:
        sys.exit(f"The wheel lacks {missing} and holds {foreign}.")


def install(wheel: Path, folder: Path) -> Path:
    """Make an empty environment with the locked requirements and the wheel; give its folder of commands."""
    environment = folder / "environment"
    requirements = ROOT / "requirements" / "run.txt"
    if shutil.which("uv"):
        call("uv", "venv", "--quiet", "--python", sys.executable, environment, cwd=folder)
        pip: list[str | Path] = ["uv", "pip", "install", "--quiet", "--python", environment / "bin" / "python"]
    else:
        call(sys.executable, "-m", "venv", environment, cwd=folder)
        pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call(*pip, "--require-hashes", "-r", requirements, cwd=folder)
    call(*pip, "--no-deps", wheel, cwd=folder)
    return environment / "bin"


def run_demo(commands: Path, folder: Path) -> None:
    """Run the demo in an empty folder and hold it to its reports."""
    home = folder / "home"
    empty = folder / "empty"
    for path in (home, empty):
        path.mkdir()
    environment = {"PATH": f"{commands}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    balint = commands / "balint-eval"
    here = {"cwd": empty, "environment": environment}
    where = call(commands / "python", "-c", "import balint_eval; print(balint_eval.__file__)", **here)
    if str(folder) not in where:
        sys.exit(f"Another installation was found: {where}")
    print(call(balint, "--version", **here).strip())
    said = call(balint, "demo", "--plain", offline=True, **here)
    print(said.strip())
    for words in (("export", "--format", "sav"), ("cite",)):
        study, results = "balint-demo/config/config.yaml", "balint-demo/results"
        call(balint, words[0], study, "--results", results, *words[1:], **here)
    made = {path.name for path in (empty / "balint-demo" / "results" / "demo" / "report").iterdir()}
    if not made >= REPORTS:
        sys.exit(f"The demo did not write {sorted(REPORTS - made)}.")
    again = call(balint, "run", "balint-demo/config/config.yaml", "--results", "balint-demo/results", **here)
    if "Nothing to do" not in again:
        sys.exit(f"A second run did something:\n{again}")


def main() -> None:
    """Build, install, run."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="balint-wheel-") as name:
        folder = Path(name)
        wheel = build(folder)
        held(wheel)
        size = wheel.stat().st_size / 1e6
        commands = install(wheel, folder)
        run_demo(commands, folder)
    way = "without a network" if _without_network() else "with the network there (unshare is not allowed here)"
    print(f"{wheel.name} ({size:.1f} MB): the demo ran from it {way}, {time.monotonic() - began:.0f} s in all.")


if __name__ == "__main__":
    os.umask(0o022)
    main()

"""`make cluster-test`: many cohorts through a real SLURM on this computer, two jobs killed on the way.

Skipped, and that is said, where SLURM, munge or the executor's plugin are missing (`make cluster-setup` installs the
first two by the names of their Debian packages). `COHORTS=60` tries fewer cohorts than 200.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "benchmarks")]

from cohort_studies import write_study  # noqa: E402
from local_slurm import LocalSlurm, missing  # noqa: E402

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
COHORTS = int(os.environ.get("COHORTS", "200"))
BATCHES = -(-COHORTS // 50)
PATIENCE = 3600.0
PLUGIN = "snakemake_executor_plugin_slurm"


@dataclass(frozen=True)
class Ended:
    """What came of a run."""

    exit_code: int
    said: str
    jobs: dict[str, str]
    killed: tuple[str, ...]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    lacking = missing()
    if lacking:
        pytest.skip(f"no SLURM on this computer: {', '.join(lacking)} missing (make cluster-setup)")
    if importlib.util.find_spec(PLUGIN) is None:
        pytest.skip("the SLURM executor of Snakemake is missing (requirements/cluster.txt)")
    # A socket's path must be short, so the folder of pytest will not do.
    with tempfile.TemporaryDirectory(prefix="balint-slurm-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        key = path / "key" / "pseudonyms.key"
        key.parent.mkdir(mode=0o700)
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
        yield path


def environment(folder: Path, first: Path | None = None) -> dict[str, str]:
    path = [*([str(first)] if first else []), str(Path(sys.executable).parent), os.environ["PATH"]]
    python_path = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    key = str(folder / "key" / "pseudonyms.key")
    # The crate tells when a run was; both are given one date.
    fixed = {"BALINT_EVAL_KEY_FILE": key, "SOURCE_DATE_EPOCH": "0"}
    return {**os.environ, "PATH": os.pathsep.join(path), "PYTHONPATH": python_path, **fixed}


@pytest.fixture(scope="module")
def on_this_computer(folder: Path) -> dict[str, str]:
    study = folder / "local"
    write_study(study, cohorts=COHORTS, each_cohort=False, formats=("html",))
    command = [sys.executable, "-m", "balint_eval", "run", "study.yaml", "--plain"]
    done = subprocess.run(command, cwd=study, env=environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return made(study)


@pytest.fixture(scope="module")
def on_the_cluster(folder: Path) -> tuple[Ended, dict[str, str]]:
    study = folder / "cluster"
    write_study(study, cohorts=COHORTS, each_cohort=False, formats=("html",))
    with LocalSlurm(folder / "slurm") as slurm:
        return run_disturbed(study, slurm, environment(folder, slurm.commands)), made(study)


def run_disturbed(study: Path, slurm: LocalSlurm, variables: dict[str, str]) -> Ended:
    """Run on the cluster; kill the first job that reads cohorts from outside, and have SLURM cancel the comparison."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", ROOT / "workflow" / "Snakefile",
        "--workflow-profile", ROOT / "workflow" / "profiles" / "slurm",
        # What a cluster sets for itself: no accounts, no database of jobs, and checks every second.
        "--slurm-no-account", "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2",
        "--default-resources", "slurm_partition=main", "--latency-wait", "10",
        "--config", "study=study.yaml", "results=results",
    ]  # fmt: skip
    disturbances: list[Callable[[], str]] = [
        lambda: kill_step(slurm, "ingest"),
        lambda: cancel_job(slurm, "compare"),
    ]
    killed = []
    with (study / "said.txt").open("w+") as said:
        process = subprocess.Popen(list(map(str, command)), cwd=study, env=variables, stdout=said, stderr=said)
        try:
            until = time.monotonic() + PATIENCE
            while process.poll() is None and time.monotonic() < until:
                if disturbances and (hit := disturbances[0]()):
                    killed.append(hit)
                    del disturbances[0]
                time.sleep(0.1)
        finally:
            process.terminate()
            process.wait()
        listed = slurm.ask("squeue", "-h", "-t", "all", "-o", "%i %T").split("\n")
        said.seek(0)
        return Ended(process.returncode, said.read(), dict(map(str.split, filter(None, listed))), tuple(killed))


def running(slurm: LocalSlurm, stage: str) -> Iterator[tuple[str, int]]:
    """Give the jobs that run a stage now, each with the stage's process."""
    for job in slurm.ask("squeue", "-h", "-t", "R", "-o", "%i").split():
        for line in slurm.ask("scontrol", "listpids", job).splitlines()[1:]:
            pid = line.split()[0]
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                if stage in words and any(word.endswith("balint-eval") for word in words):
                    yield job, int(pid)


def kill_step(slurm: LocalSlurm, stage: str) -> str:
    for job, pid in running(slurm, stage):
        os.kill(pid, signal.SIGKILL)
        return job
    return ""


def cancel_job(slurm: LocalSlurm, stage: str) -> str:
    for job, _ in running(slurm, stage):
        slurm.ask("scancel", job)
        return job
    return ""


def made(study: Path) -> dict[str, str]:
    """Give the SHA-256 of every result; logs tell of times and jobs."""
    root = study / "results" / "many"
    paths = sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    kept = [path for path in paths if path.relative_to(root).parts[0] != "logs"]
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_all_cohorts_complete(on_the_cluster: tuple[Ended, dict[str, str]]) -> None:
    ended, files = on_the_cluster
    assert ended.exit_code == 0, ended.said[-3000:]
    assert {f"cohorts/batch-{at:04}/scores.csv" for at in range(1, BATCHES + 1)} <= files.keys()


def test_results_are_those_of_this_computer(
    on_this_computer: dict[str, str], on_the_cluster: tuple[Ended, dict[str, str]]
) -> None:
    files = on_the_cluster[1]
    assert len(files) > 100
    assert {
        name for name in files.keys() | on_this_computer.keys() if files.get(name) != on_this_computer.get(name)
    } == set()


def test_killed_jobs_are_tried_again(on_the_cluster: tuple[Ended, dict[str, str]]) -> None:
    ended = on_the_cluster[0]
    first, second = ended.killed
    assert {ended.jobs[first], ended.jobs[second]} == {"FAILED", "CANCELLED"}
    others = [state for job, state in ended.jobs.items() if job not in ended.killed]
    assert set(others) == {"COMPLETED"}
    # Jobs of batches, the comparison, figures with reports; those killed ran once more.
    assert len(others) == BATCHES + 2
    assert len(re.findall("Trying to restart job", ended.said)) == 2

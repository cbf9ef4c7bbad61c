"""`balint-eval run`: the Snakemake workflow, driven by its command line, with progress and a plain ending."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from balint_eval.batches import list_batches
from balint_eval.clear_up import clear_up, refuse_unwritable, set_changed_aside
from balint_eval.closing import closing_lines, lines_of_release, to_decide
from balint_eval.cohort_reports import forget_incomplete
from balint_eval.errors import BalintError, EnvironmentProblem, Problem
from balint_eval.kept_readings import keep_readings
from balint_eval.language import ENGLISH, Language
from balint_eval.lock import RunLock
from balint_eval.processes import PATIENCE, RECORD, RUN, forget
from balint_eval.progress import Progress, Step, as_line, time_left
from balint_eval.provenance import cohort_digest, workflow_folder
from balint_eval.set_aside import keep_set_aside, told_set_aside
from balint_eval.stages import Folders
from balint_eval.study import StudyFile, read_study
from balint_eval.tables import OF_THE_DISK, disk_problem, remove_parts, write_bytes, write_text
from balint_eval.told import plainly, told

_STEPS = re.compile(r"(\d+) of (\d+) steps")


def run_workflow(
    study: Path,
    results: Path,
    *,
    cores: int = 2,
    plain: bool = False,
    language: Language = ENGLISH,
    audience: str = "",
    keep_going: bool = False,
) -> int:
    """Evaluate one study through Snakemake.

    Parameters
    ----------
    study : Path
        Study file.
    results : Path
        Folder for the results of all studies.
    cores : int
    plain : bool
        Progress as lines instead of a bar.
    language : Language
        Of what is said on the way; the verdicts are in the first language of the study.
    audience : {"", "internal", "release"}
        Who may read what is made; blank takes what the study file says.
    keep_going : bool
        Whether cohorts whose files are refused are set aside and the others evaluated.

    Returns
    -------
    int
        Exit code: 0 when everything was made or nothing had to be.

    Raises
    ------
    StudyError
        Before anything is written.
    DataError
        Before anything is written; with `keep_going`, after the other cohorts were evaluated.
    EnvironmentProblem
        Another run works on this study, or Snakemake failed for a reason of its own.
    """
    file = read_study(study)
    folders = Folders(results, file.study.name)
    say = Speaker(language, plain=plain)
    refuse_unwritable(folders)
    audience = audience or file.study.audience
    listed = folders.manifest.read_bytes() if audience == "release" and folders.manifest.is_file() else b""
    with RunLock(folders.root) as lock, interruptible():
        clear_up(folders, lock)
        checked = check_inputs(file, folders, say, cores, keep_going=keep_going)
        whole, file = file, file.without(checked.refused)
        _forget_errors(folders)
        keep_set_aside(folders.root, list(checked.refused))
        if checked.digests:
            write_text(folders.root / ".checked.json", json.dumps(checked.digests, sort_keys=True) + "\n")
        set_changed_aside(folders)
        if file.study.report.each_cohort:
            forget_incomplete(file, folders)
        command = snakemake_command(study, results, cores, audience)
        with _readings_kept(checked, file, folders):
            did_something = _snakemake(command, folders, lock.run, say, _named(file, language))
        _put_back(folders, listed)
    if not did_something:
        say.result(language.say("Nothing to do: the results are up to date."))
    last = lines_of_release if audience == "release" else closing_lines
    made = last(file, folders, language)
    for line in [*made, *to_decide(file, folders, language)]:
        say.result(line)
    if checked.refused:
        raise told_set_aside(checked.refused, len(whole.study.cohorts))
    return 0


@dataclass(frozen=True)
class Speaker:
    """Says what happens on stderr, and what came of it on stdout.

    Attributes
    ----------
    language : Language
    plain : bool
        Whole lines only, without a bar and without the invisible signs that set runs of text apart.
    """

    language: Language = ENGLISH
    plain: bool = False

    def result(self, line: str) -> None:
        """Say a line of the result."""
        print(self._signs(line))

    def progress(self, line: str) -> None:
        """Say what is going on."""
        print(self._signs(line), file=sys.stderr, flush=True)

    def _signs(self, line: str) -> str:
        return plainly(line) if self.plain or not self.language.is_right_to_left else line


@dataclass(frozen=True)
class Checked:
    """What reading the changed cohorts before a run told.

    Attributes
    ----------
    digests : dict of cohort to str
        Digest of each cohort that is in order; empty when nothing has changed.
    refused : dict of cohort to list of Problem
        Cohorts to set aside.
    readings : dict of cohort to bytes
        What was read of the others, packed.
    key : bytes
        Key of the pseudonyms they were read with.
    """

    digests: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[Problem]] = field(default_factory=dict)
    readings: dict[str, bytes] = field(default_factory=dict, repr=False)
    key: bytes = field(default=b"", repr=False)


def check_inputs(
    file: StudyFile, folders: Folders, say: Speaker, cores: int = 1, *, keep_going: bool = False
) -> Checked:
    """Read the cohorts whose files, settings or code changed since the last check, writing nothing.

    Parameters
    ----------
    file : StudyFile
    folders : Folders
    say : Speaker
    cores : int
    keep_going : bool
        Whether cohorts that are refused may be set aside, as long as one is left.

    Returns
    -------
    Checked

    Raises
    ------
    DataError
        With the problems of all cohorts.
    """
    digests = {cohort.name: cohort_digest(file, "ingest", cohort) for cohort in file.study.cohorts}
    known = _read_json(folders.root / ".checked.json")
    changed = [name for name, digest in digests.items() if known.get(name) != digest]
    if not changed:
        return Checked()
    from balint_eval.cohort_stages import look_at_cohorts
    from balint_eval.stages import key_of

    key = key_of(file, changed, folders)
    say.progress(say.language.say("Checking the files of {cohorts} ...", cohorts=_listed(changed, say.language)))
    looked = look_at_cohorts(file.only(changed), key, cores)
    refused = looked.refused if keep_going and len(looked.refused) < len(digests) else {}
    looked.refuse(but=refused)
    for warning in looked.warnings:
        say.progress(f"  {told(warning, say.language)}")
    in_order = {name: digest for name, digest in digests.items() if name not in refused}
    return Checked(in_order, refused, looked.readings, key)


@contextmanager
def _readings_kept(checked: Checked, file: StudyFile, folders: Folders) -> Iterator[None]:
    """Leave what was read for the jobs of the workflow, and take it away when they are done."""
    try:
        for batch, names in list_batches(file).items():
            readings = {checked.digests[name]: checked.readings[name] for name in names if name in checked.readings}
            if readings:
                keep_readings(folders.restricted, batch, readings, checked.key)
        yield
    finally:
        remove_parts(folders.restricted)


def _named(file: StudyFile, language: Language) -> dict[str, str]:
    """Give what batches are called: their cohorts where they are few."""
    return {batch: _listed(names, language) for batch, names in list_batches(file).items()}


def _listed(names: list[str], language: Language) -> str:
    return language.sequence(names) if len(names) <= 5 else language.plural("{n} cohort", "{n} cohorts", len(names))


def _read_json(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def snakemake_command(study: Path, results: Path, cores: int, audience: str = "internal") -> list[str]:
    """Give the Snakemake call that a person could also type."""
    return [
        sys.executable, "-m", "snakemake",
        "--snakefile", str(workflow_folder() / "Snakefile"),
        "--cores", str(cores),
        "--scheduler", "greedy",
        "--rerun-incomplete",
        "--nocolor",
        "--config", f"study={study.as_posix()}", f"results={results.as_posix()}",
        f"audience={audience}",
    ]  # fmt: skip


def _snakemake(command: list[str], folders: Folders, run: str, say: Speaker, named: Mapping[str, str]) -> bool:
    """Run the workflow; False when there was nothing to do. `named` says what batches are called."""
    _unlock(command)
    # The rules call `balint-eval`: the one beside this Python, whatever the shell's path says.
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, RUN: run, "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")])}
    process = subprocess.Popen(
        [sys.executable, "-m", "balint_eval.begin", str(folders.root), *command],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        start_new_session=True,
    )  # fmt: skip
    lines: list[str] = []
    try:
        _show(_kept(process, lines), say, named)
        ended = process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise KeyboardInterrupt(_steps_done(lines)) from None
    finally:
        forget(folders.root, process.pid)
        if process.stderr is not None:
            process.stderr.close()
    if ended != 0:
        # Jobs outlive a workflow that was killed.
        _end(process)
        raise _killed() if ended == -getattr(signal, "SIGKILL", 0) else _failure(folders, lines)
    return not any("Nothing to be done" in line for line in lines)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let a closing terminal or a time limit interrupt as Ctrl-C does, so that the workflow is ended too."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    # A run under nohup is to outlive its terminal.
    chosen = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in chosen:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in chosen:
            signal.signal(number, before[number])


def _end(process: subprocess.Popen[str]) -> None:
    """End the workflow and its jobs, which are a session of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)


def _steps_done(lines: list[str]) -> str:
    steps = [found for found in map(_STEPS.search, lines) if found]
    done = f" after {steps[-1][1]} of {steps[-1][2]} steps" if steps else ""
    return f"interrupted{done}; what is finished is kept"


def _kept(process: subprocess.Popen[str], lines: list[str]) -> Iterator[str]:
    for line in process.stderr or ():
        lines.append(line)
        yield line


def _unlock(command: list[str]) -> None:
    """Take over a lock that a killed run left behind; our own lock says that no run is alive."""
    if Path(".snakemake/locks").is_dir() and any(Path(".snakemake/locks").iterdir()):
        subprocess.run([*command, "--unlock"], check=False, capture_output=True)


def _show(lines: Iterable[str], say: Speaker, named: Mapping[str, str] = MappingProxyType({})) -> None:
    """Show progress on stderr: a bar on a terminal, else a sentence a step."""
    steps = Progress(say.language, time.monotonic, named).follow(lines)
    if not say.plain and sys.stderr.isatty():
        _show_bar(steps, say.language)
        return
    for step in steps:
        if step.words:
            say.progress(f"  {as_line(step, say.language)}")


def _show_bar(steps: Iterable[Step], language: Language) -> None:
    from tqdm import tqdm

    form = "{desc} |{bar}| {n_fmt}/{total_fmt} {postfix}"
    with tqdm(total=0, leave=False, bar_format=form, file=sys.stderr) as bar:
        for step in steps:
            bar.total, bar.n = step.steps, step.done
            if step.words:
                bar.set_description_str(step.words, refresh=False)
            if step.seconds_left is not None:
                bar.set_postfix_str(time_left(step.seconds_left, language), refresh=False)
            bar.refresh()


def _forget_errors(folders: Folders) -> None:
    for path in folders.logs.glob("*.error.json"):
        path.unlink(missing_ok=True)


def _failure(folders: Folders, lines: list[str]) -> BalintError:
    """Turn what the stages left, or Snakemake's own words, into one error."""
    records = _records(folders, lines)
    if records:
        error = BalintError([Problem(**problem) for record in records for problem in record["problems"]])
        error.exit_code = max(record["exit_code"] for record in records)
        return error
    said = " ".join(line.strip() for line in lines if "Error" in line or "Exception" in line)[:500]
    stopped = re.search(r"\[Errno (\d+)\]", said)
    if stopped and int(stopped[1]) in OF_THE_DISK:
        reason = OSError(int(stopped[1]), os.strerror(int(stopped[1])))
        return EnvironmentProblem(disk_problem(folders.root.as_posix(), reason, "a file of the workflow"))
    what = f"the workflow stopped: {said or 'no reason was given'}"
    log = folders.logs.as_posix()
    return EnvironmentProblem(Problem("WF-FAILED", what, f"see the logs in {log}; the same command goes on from there"))


def _killed() -> BalintError:
    what = "the workflow was killed from outside, perhaps because memory ran out"
    return EnvironmentProblem(Problem("WF-FAILED", what, "close other programs and give the same command again"))


def _records(folders: Folders, lines: list[str]) -> list[dict[str, Any]]:
    """Give what the failed steps said: on their standard error, for a file may not have found room on the disk."""
    said = [line.partition(RECORD)[2] for line in lines if RECORD in line]
    left = [path.read_text(encoding="utf-8") for path in sorted(folders.logs.glob("*.error.json"))]
    records = [json.loads(text) for text in [*said, *left]]
    return list({json.dumps(record, sort_keys=True): record for record in records}.values())


def _put_back(folders: Folders, listed: bytes) -> None:
    """Put the list of what is internal back after a release, where it still holds: no rule made it again."""
    from balint_eval.verify import differing_files

    if not listed or folders.manifest.is_file():
        return
    write_bytes(folders.manifest, listed)
    if any(differing_files(folders.root)):
        folders.manifest.unlink()


def copy_demo(folder: Path) -> Path:
    """Copy the demo study into a folder and give its study file."""
    package = Path(__file__).parent
    source = package.parents[1] if (package.parents[1] / "data" / "demo").is_dir() else package / "_demo"
    for name in ("config/config.yaml", "data/demo"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source / name, target)
    return folder / "config" / "config.yaml"

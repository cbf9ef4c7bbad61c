"""`balint-eval run`: the Snakemake workflow, driven by its command line, with progress and a plain ending."""

from __future__ import annotations

import shutil
from pathlib import Path

from balint_eval.clear_up import clear_up, refuse_unwritable, set_changed_aside
from balint_eval.closing import closing_lines, lines_of_release, to_decide
from balint_eval.cohort_reports import forget_incomplete
from balint_eval.folders import Folders
from balint_eval.language import ENGLISH, Language
from balint_eval.lock import RunLock
from balint_eval.read_first import check_inputs, readings_kept, remember
from balint_eval.set_aside import keep_set_aside, told_set_aside
from balint_eval.snakemake_process import interruptible, run_snakemake, snakemake_command
from balint_eval.speaker import Speaker, batches_in_words
from balint_eval.study import read_study
from balint_eval.tables import write_bytes


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
        remember(checked.digests, folders)
        set_changed_aside(folders)
        if file.study.report.each_cohort:
            forget_incomplete(file, folders)
        command = snakemake_command(study, results, cores, audience)
        with readings_kept(checked, file, folders):
            did_something = run_snakemake(command, folders, lock.run, say, batches_in_words(file, language))
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


def _forget_errors(folders: Folders) -> None:
    for path in folders.logs.glob("*.error.json"):
        path.unlink(missing_ok=True)


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

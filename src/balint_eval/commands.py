"""What each command does with its options; nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from balint_eval.folders import Folders
    from balint_eval.language import Language
    from balint_eval.study import StudyFile


def language_of(options: argparse.Namespace) -> Language:
    """Give the language of what is said: of the option, else of BALINT_EVAL_LANGUAGE, else English."""
    from balint_eval.language import ENGLISH, known_languages, read_language

    tag = getattr(options, "language", "") or os.environ.get("BALINT_EVAL_LANGUAGE", "")
    return read_language(tag) if tag in known_languages() else ENGLISH


def signs(text: str, options: argparse.Namespace) -> str:
    """Give a text for the terminal: without signs of direction where they do not help."""
    from balint_eval.told import plainly

    plain = getattr(options, "plain", False) or not language_of(options).is_right_to_left
    return plainly(text) if plain else text


def run_stage(options: argparse.Namespace) -> int:
    """Run one stage of the workflow."""
    from balint_eval.folders import Folders
    from balint_eval.processes import at_work
    from balint_eval.set_aside import without_set_aside
    from balint_eval.study import read_study
    from balint_eval.tables import write_text

    file = read_study(options.study)
    folders = Folders(Path(options.results), file.study.name)
    file = without_set_aside(file, folders.root)
    if options.stage == "figures" and options.output:
        return _draw_for_a_paper(options, file, folders)
    with at_work(folders.root):
        if options.stage not in {"manifest", "release"}:
            # Until the last stage has listed them again, the results are under way.
            folders.manifest.unlink(missing_ok=True)
        lines = _stage_lines(options, file, folders)
    if options.log:
        write_text(Path(options.log), "\n".join(lines) + "\n")
    return 0


def _draw_for_a_paper(options: argparse.Namespace, file: StudyFile, folders: Folders) -> int:
    from balint_eval.chosen_figures import Choice, draw_chosen

    choice = Choice(
        options.figure, options.width, options.format, options.language, Path(options.output), options.audience
    )
    for path in draw_chosen(file, folders, choice):
        print(path.as_posix())
    return 0


def _stage_lines(options: argparse.Namespace, file: StudyFile, folders: Folders) -> list[str]:
    from balint_eval import release, stages
    from balint_eval.batches import batch_of
    from balint_eval.cohort_reports import run_cohort_reports, run_examine

    by_batch = {
        "ingest": stages.run_ingest,
        "score": stages.run_score,
        "cohort-reports": run_cohort_reports,
    }
    if options.stage in by_batch:
        return by_batch[options.stage](file, options.batch or batch_of(file, options.cohort), folders)
    whole = {
        "compare": stages.run_compare,
        "examine": run_examine,
        "figures": stages.run_figures,
        "report": stages.run_report,
        "manifest": stages.run_manifest,
        "release": release.run_release,
    }
    return whole[options.stage](file, folders)


def run_study(options: argparse.Namespace) -> int:
    """Drive the workflow for one study."""
    from balint_eval.run import run_workflow

    said = {"plain": options.plain, "language": language_of(options), "audience": options.audience or ""}
    said["keep_going"] = options.keep_going
    return run_workflow(Path(options.study), Path(options.results), cores=options.cores, **said)


def check_study(options: argparse.Namespace) -> int:
    """Say everything that is wrong, and what was read."""
    from balint_eval.check import check

    checked = check(Path(options.study), language_of(options))
    for line in checked.lines:
        print(signs(line, options))
    if options.errors == "json":
        warnings = [warning.as_dict() for warning in checked.warnings]
        record = {"exit_code": 0, "problems": [], "warnings": warnings}
        print(json.dumps(record, ensure_ascii=False), file=sys.stderr)
    return 0


def init_study(options: argparse.Namespace) -> int:
    """Write a study file and a codebook for exports."""
    from balint_eval.init.command import Wishes, init_study

    language: Literal["en", "fa"] = "fa" if language_of(options).tag == "fa" else "en"
    if options.template:
        from balint_eval.init.templates import write_template

        for line in write_template(options.template, Path(options.output or options.template), language):
            print(line)
        return 0
    wishes = Wishes(
        exports=tuple(map(Path, options.exports)),
        output=Path(options.output) if options.output else None,
        yes=options.yes,
        answers=Path(options.answers) if options.answers else None,
        language=language,
        encoding=options.encoding,
    )
    for line in init_study(wishes):
        print(line)
    return 0


def run_demo(options: argparse.Namespace) -> int:
    """Copy the demo study into a folder and run it."""
    from balint_eval.run import copy_demo, run_workflow

    study = copy_demo(Path(options.folder))
    said = {"plain": options.plain, "language": language_of(options)}
    return run_workflow(study, Path(options.folder) / "results", cores=options.cores, **said)


def make_key(options: argparse.Namespace) -> int:
    """Make the key of the pseudonyms and say where it lies, never what it is."""
    from balint_eval.ingest.pseudonyms import make_new_key

    path, mark = make_new_key(Path(options.file) if options.file else None)
    print(f"Key made: {path.as_posix()} (fingerprint {mark}). Keep a copy in a safe place, never beside the answers.")
    if options.file:
        print(f"To use it, set the environment variable BALINT_EVAL_KEY_FILE to {path.absolute().as_posix()}")
    return 0


def show_instruments(options: argparse.Namespace) -> int:
    """List the registry, or show one instrument."""
    from balint_eval.instruments.show import describe_instrument, list_instruments

    print(describe_instrument(options.name) if options.name else list_instruments())
    return 0


def show_power(options: argparse.Namespace) -> int:
    """Say what power planned studies have."""
    from balint_eval.power_report import plan_power

    settings: dict[str, object] = {
        "arms": options.arms, "members": options.members, "effect": options.effect, "sd": options.sd,
        "correlation": options.correlation, "drop_out": options.drop_out, "conf_level": options.confidence,
    }  # fmt: skip
    folder = Path(options.output) if options.output else None
    chosen = {"replications": options.replications, "seed": options.seed, "output": folder}
    print("\n".join(plan_power(settings, options.groups, options.icc, **chosen)))
    return 0


def export_scores(options: argparse.Namespace) -> int:
    """Write the scored data of a study, one row a person."""
    from balint_eval.folders import Folders
    from balint_eval.study import read_study
    from balint_eval.wide_export import write_wide

    file = read_study(options.study)
    output = Path(options.output or f"{file.study.name}_scores.{options.format}")
    if output.suffix.casefold() not in {".csv", ".sav"}:
        output = output.with_name(f"{output.name}.{options.format}")
    for line in write_wide(file, Folders(Path(options.results), file.study.name), output, items=options.items):
        print(line)
    return 0


def cite_works(options: argparse.Namespace) -> int:
    """Print or write the works a report cites."""
    from balint_eval.bibtex import cite
    from balint_eval.folders import Folders
    from balint_eval.study import read_study
    from balint_eval.tables import write_text

    file = read_study(options.study)
    text = cite(file, Folders(Path(options.results), file.study.name))
    if options.output:
        write_text(Path(options.output), text)
        print(f"Written: {Path(options.output).as_posix()}")
    else:
        print(text, end="")
    return 0


def reproduce_results(options: argparse.Namespace) -> int:
    """Recompute published results, and say what does not fit."""
    from balint_eval.published import read_published, recompute, reproduction_table
    from balint_eval.published.page import summarise
    from balint_eval.tables import write_table

    checks = recompute(read_published(Path(options.table) if options.table else None))
    if options.output:
        write_table(reproduction_table(checks), Path(options.output), "reproduction")
    for line in summarise(checks):
        print(line)
    if options.output:
        print(f"Every check: {options.output}")
    return 0


def verify_results(options: argparse.Namespace) -> int:
    """Hold the files of results to their manifest."""
    from balint_eval.verify import verify

    for line in verify(Path(options.results), Path(options.study) if options.study else None):
        print(line)
    return 0

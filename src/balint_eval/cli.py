"""The command line: sub-commands people use, and the stages as the workflow's rules call them.

This is the one place that prints errors. Nothing heavy is imported here; each handler imports what it needs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from balint_eval.errors import BalintError
    from balint_eval.language import Language
    from balint_eval.stages import Folders
    from balint_eval.study import StudyFile

INTERRUPTED = 130
TEMPLATES = (
    "single_cohort", "controlled", "three_waves", "two_sites", "rct_by_group", "patients", "waiting_list",
)  # fmt: skip
"""Designs of `init --template`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default the words after the program's name.

    Returns
    -------
    int
        0 done, 2 study file or usage, 3 data refused, 4 release blocked, 5 environment, 130 interrupted.
    """
    # Small matrices gain nothing from BLAS threads, and one thread makes sums the same on every machine.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    options = _read_words(sys.argv[1:] if arguments is None else list(arguments))
    from balint_eval.errors import BalintError

    try:
        return int(options.handler(options) or 0)
    except BalintError as error:
        return _tell(error, options)
    except BrokenPipeError:
        # The reader of the output (`| head`) has gone; what was asked for is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interruption:
        return _tell(_interrupted(interruption), options)
    except OSError as error:
        return _tell(_of_the_disk(error), options)


def _read_words(words: list[str]) -> argparse.Namespace:
    """Read the words of the command line; what is wrong with them is said as JSON too, when that is asked for."""
    parser = make_parser()
    try:
        with redirect_stderr(io.StringIO()) as said:
            options = parser.parse_args(words)
    except SystemExit as ended:
        if ended.code and _asks_for_json(words):
            _print_record(_wrong_words(said.getvalue()))
        else:
            sys.stderr.write(said.getvalue())
        raise
    if not hasattr(options, "handler"):
        options.handler = lambda _: parser.print_help()
    return options


def _asks_for_json(words: list[str]) -> bool:
    return "--errors=json" in words or ("--errors", "json") in pairwise(words)


def _wrong_words(said: str) -> BalintError:
    from balint_eval.errors import Problem, StudyError

    what = said.strip().rpartition("error: ")[2].rstrip(".") or "the command line is wrong"
    return StudyError(Problem("CFG-USAGE", what, "balint-eval --help shows every command and its options"))


def _interrupted(interruption: KeyboardInterrupt) -> BalintError:
    from balint_eval.errors import EnvironmentProblem, Problem

    what = str(interruption) or "interrupted; what is finished is kept"
    error = EnvironmentProblem(Problem("WF-INTERRUPT", what, "give the same command again; it goes on from there"))
    error.exit_code = INTERRUPTED
    return error


def _of_the_disk(error: OSError) -> BalintError:
    """Say in a sentence what the disk refused; any other fault of the system is shown as it is."""
    from balint_eval.errors import EnvironmentProblem
    from balint_eval.tables import OF_THE_DISK, disk_problem

    if error.errno not in OF_THE_DISK or os.environ.get("BALINT_EVAL_DEBUG"):
        raise error
    return EnvironmentProblem(disk_problem(error.filename or "", error))


def _tell(error: BalintError, options: argparse.Namespace) -> int:
    """Print every problem, and leave it for the run that called this stage."""
    from balint_eval.errors import EnvironmentProblem
    from balint_eval.processes import RECORD, RUN
    from balint_eval.told import told_error

    record = error.record()
    if os.environ.get(RUN) and hasattr(options, "log"):
        print(f"{RECORD}{json.dumps(record)}", file=sys.stderr)
    elif options.errors == "json":
        _print_record(error)
    else:
        print(_signs(told_error(error, _language(options)), options), file=sys.stderr)
    log = getattr(options, "log", None)
    if log:
        from balint_eval.tables import write_text

        # On a full disk there is no room for the log either; what is wrong has been said.
        with suppress(EnvironmentProblem):
            write_text(Path(log), f"{error}\n")
            write_text(Path(log).with_suffix(".error.json"), json.dumps(record, ensure_ascii=False) + "\n")
    if os.environ.get("BALINT_EVAL_DEBUG"):
        raise error
    return error.exit_code


def _print_record(error: BalintError) -> None:
    print(json.dumps(error.record(), ensure_ascii=False), file=sys.stderr)


def _language(options: argparse.Namespace) -> Language:
    """Give the language of what is said: of the option, else of BALINT_EVAL_LANGUAGE, else English."""
    from balint_eval.language import ENGLISH, known_languages, read_language

    tag = getattr(options, "language", "") or os.environ.get("BALINT_EVAL_LANGUAGE", "")
    return read_language(tag) if tag in known_languages() else ENGLISH


def _signs(text: str, options: argparse.Namespace) -> str:
    from balint_eval.told import plainly

    plain = getattr(options, "plain", False) or not _language(options).is_right_to_left
    return plainly(text) if plain else text


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of all sub-commands."""
    from balint_eval import __version__

    parser = argparse.ArgumentParser(
        prog="balint-eval",
        description="Evaluate Balint groups: from survey exports to Kirkpatrick-level reports.",
        epilog="Start with: balint-eval demo",
    )
    parser.add_argument("--version", action="version", version=f"balint-eval {__version__}")
    parser.add_argument("--errors", choices=["text", "json"], default="text", help=_ERRORS)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands, "run", "evaluate a study: read, score, compare, report", run_study)
    _add_run(commands, "check", "say everything that is wrong with a study, and write nothing", check_study)
    _add_init(commands)
    demo = commands.add_parser("demo", help="run the demo study")
    demo.add_argument("folder", nargs="?", default="balint-demo", help="folder to put it in")
    demo.add_argument("--cores", type=int, default=2, help="cores to use (2)")
    _add_saying(demo)
    demo.set_defaults(handler=run_demo)
    keygen = commands.add_parser("keygen", help="make the key of the pseudonyms, outside of any study")
    keygen.add_argument("file", nargs="?", help="file for the key (BALINT_EVAL_KEY_FILE, or the user's configuration)")
    keygen.set_defaults(handler=make_key)
    instruments = commands.add_parser("instruments", help="list what can be scored, with its evidence and licence")
    instruments.add_argument("name", nargs="?", help="show one instrument in full")
    instruments.set_defaults(handler=show_instruments)
    _add_power(commands)
    reproduce = commands.add_parser(
        "reproduce", help="recompute published results of Balint groups", description=_REPRODUCE
    )
    reproduce.add_argument("table", nargs="?", help="a table of your own in the same columns (the one in the package)")
    reproduce.add_argument("--output", help="write every check as CSV into this file")
    reproduce.set_defaults(handler=reproduce_results)
    verify = commands.add_parser("verify", help="say whether results are still what the run wrote", description=_VERIFY)
    verify.add_argument("results", metavar="RESULTS", help="results folder, such as results/demo")
    verify.add_argument("--study", help="study file, to hold the exports to the manifest too")
    verify.set_defaults(handler=verify_results)
    _add_handing_on(commands)
    for name, text in _STAGES.items():
        _add_stage(commands, name, text)
    for command in commands.choices.values():
        # Also behind the command, where a value given before it must stay.
        command.add_argument("--errors", choices=["text", "json"], default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _add_handing_on(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add what takes results elsewhere, and what helps the shell."""
    text = "scored data, one row a person, for jamovi, SPSS, R or a spreadsheet"
    export = commands.add_parser("export", help=text, description=text)
    export.add_argument("study", help="study file that has been run")
    export.add_argument("--results", default="results", help="folder of the results (results)")
    export.add_argument("--format", choices=["csv", "sav"], default="csv", help="CSV, or SPSS with labels (csv)")
    export.add_argument("--output", metavar="FILE", help="file to write (<study>_scores.csv or .sav)")
    export.add_argument("--items", action="store_true", help="the answers to the items as well, as coded on the form")
    export.set_defaults(handler=export_scores)
    text = "works that a study's report cites, as BibTeX"
    cite = commands.add_parser("cite", help=text, description=text)
    cite.add_argument("study", help="study file that has been run")
    cite.add_argument("--results", default="results", help="folder of the results (results)")
    cite.add_argument("--output", metavar="FILE", help="file to write (the terminal)")
    cite.set_defaults(handler=cite_works)
    text = "print what lets the shell complete commands and options"
    how = "To use it in bash: balint-eval completion bash > ~/.local/share/bash-completion/completions/balint-eval"
    completion = commands.add_parser("completion", help=text, description=text, epilog=how)
    completion.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="which shell")
    completion.set_defaults(handler=print_completion)


_ERRORS = "how errors are printed: as sentences or, for programs, as JSON; also behind the command (text)"


_VERIFY = (
    "Hold every file of a results folder to manifest.json, and codecheck.yml and ro-crate-metadata.json to each other: "
    "exit code 0 when all is as the run left it, 3 "
    "with a sentence for each file that is missing, changed or not listed."
)
_REPRODUCE = (
    "Recompute every published number that can be recomputed from the numbers beside it, within what their "
    "rounding allows, and list what does not fit. The page docs/published.md is made by it."
)


def _add_power(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "how many groups a study needs: power and width of the interval"
    command = commands.add_parser("power", help=text, description=text)
    command.add_argument("--effect", type=float, required=True, help="true change or difference to detect, in points")
    command.add_argument("--sd", type=float, required=True, help="standard deviation of the scale, in points")
    command.add_argument("--arms", type=int, default=2, help="2 with a comparison group, 1 without (2)")
    command.add_argument("--groups", type=_numbers(int), default="2,3,4,6,8", help="groups in each arm (2,3,4,6,8)")
    command.add_argument("--members", type=_numbers(int), default="6,10", help="fewest and most people a group (6,10)")
    command.add_argument("--icc", type=_numbers(float), default="0,0.05,0.15", help="alike within groups (0,0.05,0.15)")
    command.add_argument("--correlation", type=float, default=0.6, help="of the two waves (0.6)")
    command.add_argument("--drop-out", type=float, default=0.1, help="share who do not answer afterwards (0.1)")
    command.add_argument("--confidence", type=float, default=0.95, help="level of the interval (0.95)")
    command.add_argument("--replications", type=int, default=10_000, help="simulated studies for each row (10000)")
    command.add_argument("--seed", type=int, default=1, help="the same seed gives the same table (1)")
    command.add_argument("--output", help="folder for the table and the figure")
    command.set_defaults(handler=show_power)


def _numbers(kind: type[int] | type[float]) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        try:
            return tuple(kind(part) for part in text.split(","))
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' is not numbers with commas, such as 2,4,8") from None

    return read


AUDIENCES = ("internal", "release")
_FOR_WHOM = (
    "internal: for the people who run the groups; release: for anybody else, into release/ in the results "
    "(what the study file says, else internal)"
)
_STAGES = {
    "ingest": "stage: read one cohort's exports",
    "score": "stage: score one cohort",
    "compare": "stage: compare and judge",
    "figures": "stage: draw the figures; with --output, chosen ones for a paper",
    "report": "stage: write the reports",
    "manifest": "stage: list inputs and outputs with their hashes",
    "release": "stage: make what may leave the house",
}


def _add_run(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    handler: Callable[[argparse.Namespace], int],
) -> None:
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("study", help="study file, such as my_study/study.yaml")
    if name == "run":
        command.add_argument("--results", default="results", help="folder for the results (results)")
        command.add_argument("--cores", type=int, default=2, help="cores to use (2)")
        command.add_argument("--audience", choices=AUDIENCES, help=_FOR_WHOM)
    _add_saying(command)
    command.set_defaults(handler=handler)


def _add_saying(command: argparse.ArgumentParser) -> None:
    """Add how a command speaks."""
    command.add_argument("--plain", action="store_true", help="whole lines only: no bar, no invisible signs")
    command.add_argument("--language", choices=["en", "fa"], help="of what is said here (BALINT_EVAL_LANGUAGE, or en)")


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "read exports and write a study file and a codebook to correct"
    init = commands.add_parser("init", help=text, description=text)
    init.add_argument(
        "exports", nargs="*", default=["."], metavar="EXPORT",
        help="exports, and a list of people if there is one; or the folder that holds them (this folder)",
    )  # fmt: skip
    init.add_argument("--template", choices=TEMPLATES, help="write a study of this design with simulated exports")
    init.add_argument("--output", metavar="FOLDER", help="folder for study.yaml and codebook.xlsx (the exports' own)")
    init.add_argument("--yes", action="store_true", help="ask nothing; what cannot be seen stays open, and is marked")
    init.add_argument("--answers", metavar="FILE", help="YAML file with the answers, as in `primary: TEQ.total`")
    init.add_argument(
        "--language", choices=["en", "fa"], default=None,
        help="of questions, codebook and reports (BALINT_EVAL_LANGUAGE, or en)",
    )  # fmt: skip
    init.add_argument("--encoding", default="", help="of text files that are not UTF-8, such as cp1256")
    init.set_defaults(handler=init_study)


def _add_stage(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str) -> None:
    stage = commands.add_parser(name, help=text, description=text)
    stage.add_argument("study", help="study file, such as my_study/study.yaml")
    stage.add_argument("--results", default="results", help="folder for the results (results)")
    stage.add_argument("--log", help="file for the log")
    if name in {"ingest", "score"}:
        stage.add_argument("--cohort", required=True, help="name of the cohort in the study file")
    if name == "figures":
        _add_choice(stage)
    stage.set_defaults(handler=run_stage, stage=name)


def _add_choice(figures: argparse.ArgumentParser) -> None:
    chosen = figures.add_argument_group(
        "for a paper", "With --output, chosen figures are drawn again from the results."
    )
    chosen.add_argument("--output", metavar="FOLDER", help="folder for the figures; the results stay as they are")
    chosen.add_argument("--figure", action="append", default=[], metavar="NAME", help="such as 'slopes_*' (all)")
    chosen.add_argument("--width", type=_width, metavar="WIDTH", help="single (85 mm), double (174 mm) or millimetres")
    chosen.add_argument("--format", type=_formats, default="svg,pdf,png", help="some of svg,pdf,png (all three)")
    chosen.add_argument("--language", default="", help="such as en or fa (the study's first)")
    chosen.add_argument("--audience", choices=AUDIENCES, default="internal", help="release: from released tables only")


def _width(text: str) -> float:
    from balint_eval.chosen_figures import NARROWEST, WIDEST, WIDTHS

    try:
        width = WIDTHS.get(text) or float(text)
    except ValueError:
        width = 0.0
    if not NARROWEST <= width <= WIDEST:
        asked = f"write single, double or {NARROWEST:g} to {WIDEST:g} millimetres"
        raise argparse.ArgumentTypeError(f"'{text}' is no width; {asked}")
    return width


def _formats(text: str) -> tuple[str, ...]:
    from balint_eval.chosen_figures import KINDS

    kinds = tuple(text.split(","))
    if not set(kinds) <= set(KINDS):
        raise argparse.ArgumentTypeError(f"'{text}' is not some of {', '.join(KINDS)}, with commas")
    return kinds


def run_stage(options: argparse.Namespace) -> int:
    """Run one stage of the workflow."""
    from balint_eval import stages
    from balint_eval.processes import at_work
    from balint_eval.study import read_study
    from balint_eval.tables import write_text

    file = read_study(options.study)
    folders = stages.Folders(Path(options.results), file.study.name)
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

    by_cohort = {"ingest": stages.run_ingest, "score": stages.run_score}
    if options.stage in by_cohort:
        return by_cohort[options.stage](file, options.cohort, folders)
    whole = {
        "compare": stages.run_compare,
        "figures": stages.run_figures,
        "report": stages.run_report,
        "manifest": stages.run_manifest,
        "release": release.run_release,
    }
    return whole[options.stage](file, folders)


def run_study(options: argparse.Namespace) -> int:
    """Drive the workflow for one study."""
    from balint_eval.run import run_workflow

    said = {"plain": options.plain, "language": _language(options), "audience": options.audience or ""}
    return run_workflow(Path(options.study), Path(options.results), cores=options.cores, **said)


def check_study(options: argparse.Namespace) -> int:
    """Say everything that is wrong, and what was read."""
    from balint_eval.check import check

    checked = check(Path(options.study), _language(options))
    for line in checked.lines:
        print(_signs(line, options))
    if options.errors == "json":
        warnings = [warning.as_dict() for warning in checked.warnings]
        record = {"exit_code": 0, "problems": [], "warnings": warnings}
        print(json.dumps(record, ensure_ascii=False), file=sys.stderr)
    return 0


def init_study(options: argparse.Namespace) -> int:
    """Write a study file and a codebook for exports."""
    from balint_eval.init.command import Wishes, init_study

    language: Literal["en", "fa"] = "fa" if _language(options).tag == "fa" else "en"
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
    said = {"plain": options.plain, "language": _language(options)}
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
    from balint_eval.stages import Folders
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
    from balint_eval.stages import Folders
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


def print_completion(options: argparse.Namespace) -> int:
    """Print the completion script of a shell."""
    import shtab

    parser = make_parser()
    for action in _files_and_folders(parser):
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, shell=options.shell))
    return 0


def _files_and_folders(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Give the arguments of all commands that name a file or folder."""
    names = {"study", "exports", "answers", "output", "results", "folder", "file", "table", "log"}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in dict.fromkeys(action.choices.values()):
                yield from _files_and_folders(command)
        elif action.dest in names:
            yield action


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

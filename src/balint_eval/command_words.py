"""The words of the command line: commands, their options and what is said of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from balint_eval import commands as handlers

TEMPLATES = (
    "single_cohort", "controlled", "three_waves", "two_sites", "rct_by_group", "patients", "waiting_list",
)  # fmt: skip
"""Designs of `init --template`."""


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
    _add_run(commands, "run", "evaluate a study: read, score, compare, report", handlers.run_study)
    _add_run(commands, "check", "say everything that is wrong with a study, and write nothing", handlers.check_study)
    _add_init(commands)
    demo = commands.add_parser("demo", help="run the demo study")
    demo.add_argument("folder", nargs="?", default="balint-demo", help="folder to put it in")
    demo.add_argument("--cores", type=int, default=2, help="cores to use (2)")
    _add_saying(demo)
    demo.set_defaults(handler=handlers.run_demo)
    keygen = commands.add_parser("keygen", help="make the key of the pseudonyms, outside of any study")
    keygen.add_argument("file", nargs="?", help="file for the key (BALINT_EVAL_KEY_FILE, or the user's configuration)")
    keygen.set_defaults(handler=handlers.make_key)
    instruments = commands.add_parser("instruments", help="list what can be scored, with its evidence and licence")
    instruments.add_argument("name", nargs="?", help="show one instrument in full")
    instruments.set_defaults(handler=handlers.show_instruments)
    _add_power(commands)
    reproduce = commands.add_parser(
        "reproduce", help="recompute published results of Balint groups", description=_REPRODUCE
    )
    reproduce.add_argument("table", nargs="?", help="a table of your own in the same columns (the one in the package)")
    reproduce.add_argument("--output", help="write every check as CSV into this file")
    reproduce.set_defaults(handler=handlers.reproduce_results)
    verify = commands.add_parser("verify", help="say whether results are still what the run wrote", description=_VERIFY)
    verify.add_argument("results", metavar="RESULTS", help="results folder, such as results/demo")
    verify.add_argument("--study", help="study file, to hold the exports to the manifest too")
    verify.set_defaults(handler=handlers.verify_results)
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
    export.set_defaults(handler=handlers.export_scores)
    text = "works that a study's report cites, as BibTeX"
    cite = commands.add_parser("cite", help=text, description=text)
    cite.add_argument("study", help="study file that has been run")
    cite.add_argument("--results", default="results", help="folder of the results (results)")
    cite.add_argument("--output", metavar="FILE", help="file to write (the terminal)")
    cite.set_defaults(handler=handlers.cite_works)
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
    command.set_defaults(handler=handlers.show_power)


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
_KEEP_GOING = "set cohorts aside whose files are refused, evaluate the others, and end with exit code 3"
_STAGES = {
    "ingest": "stage: read the exports of a batch of cohorts",
    "score": "stage: score a batch of cohorts",
    "compare": "stage: compare and judge",
    "figures": "stage: draw the figures; with --output, chosen ones for a paper",
    "report": "stage: write the reports",
    "examine": "stage: hold the cohorts against each other, for the pages of cohorts",
    "cohort-reports": "stage: write the page of each cohort of a batch",
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
        command.add_argument("--keep-going", action="store_true", help=_KEEP_GOING)
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
    init.set_defaults(handler=handlers.init_study)


def _add_stage(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str) -> None:
    stage = commands.add_parser(name, help=text, description=text)
    stage.add_argument("study", help="study file, such as my_study/study.yaml")
    stage.add_argument("--results", default="results", help="folder for the results (results)")
    stage.add_argument("--log", help="file for the log")
    if name in {"ingest", "score", "cohort-reports"}:
        chosen = stage.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--batch", help="batch of cohorts: batch-0001 holds the first 50 of the study file")
        chosen.add_argument("--cohort", help="a cohort of the study file, for the batch it stands in")
    if name == "figures":
        _add_choice(stage)
    stage.set_defaults(handler=handlers.run_stage, stage=name)


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

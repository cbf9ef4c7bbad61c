"""The command line: sub-commands people use, and the stages as the workflow's rules call them.

This is the one place that prints errors. Nothing heavy is imported here; each command imports what it needs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.command_words import make_parser
from balint_eval.commands import language_of, signs

if TYPE_CHECKING:
    from balint_eval.errors import BalintError

INTERRUPTED = 130


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
        print(signs(told_error(error, language_of(options)), options), file=sys.stderr)
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

"""`python -m balint_eval.begin FOLDER COMMAND...`: leave the file of this process, then become the command.

The file is there before the command is, so that a run that is killed at any moment leaves no process that the next
run cannot find.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from balint_eval.errors import BalintError
from balint_eval.processes import RUN, enter


def main(arguments: list[str]) -> int:
    """Enter the folder's processes and become the command; come back only when that is refused."""
    folder, *command = arguments
    try:
        enter(Path(folder), os.environ.get(RUN, ""))
    except BalintError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return os.execv(command[0], command)  # noqa: S606 - the process keeps its id


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

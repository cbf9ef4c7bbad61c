"""Write the demo study: `python -m balint_eval.simulate [FOLDER]`, default `data/demo`."""

from __future__ import annotations

import sys
from pathlib import Path

from balint_eval.simulate.demo import DEMO_FOLDER, write_demo


def main(arguments: list[str]) -> None:
    """Write the files and name them."""
    folder = Path(arguments[0]) if arguments else DEMO_FOLDER
    print("\n".join(path.as_posix() for path in write_demo(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])

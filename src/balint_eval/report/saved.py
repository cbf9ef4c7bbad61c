"""Figures as they lie in a results folder, for the reports that embed them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from balint_eval.errors import EnvironmentProblem, Problem

INDEX = "index.json"


@dataclass(frozen=True)
class SavedDrawing:
    """One figure: its SVG, its words and the data behind it."""

    svg: str
    title: str
    caption: str
    alternative_text: str
    data: pd.DataFrame


def read_drawings(folder: Path) -> dict[str, SavedDrawing]:
    """Read the figures that the figures stage listed in `index.json`, by name."""
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return {entry["name"]: _read(folder, entry) for entry in entries}


def _read(folder: Path, entry: dict[str, str]) -> SavedDrawing:
    name = entry["name"]
    return SavedDrawing(
        svg=(folder / f"{name}.svg").read_text(encoding="utf-8"),
        title=entry["title"],
        caption=entry["caption"],
        alternative_text=entry["alternative_text"],
        data=pd.read_csv(folder / f"{name}.csv"),
    )


def read_pictures(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Read figures as PNG, by name.

    Raises
    ------
    EnvironmentProblem
        WF-FIGURE, for every one that is not there.
    """
    paths = {name: folder / f"{name}.png" for name in names}
    missing = [path for path in paths.values() if not path.is_file()]
    if missing:
        mend = "delete the folder `figures` and run again"
        raise EnvironmentProblem(
            Problem("WF-FIGURE", "a figure of the report is not there", mend, file=path.as_posix()) for path in missing
        )
    return {name: path.read_bytes() for name, path in paths.items()}

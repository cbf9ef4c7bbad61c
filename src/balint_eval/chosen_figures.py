"""Figures drawn again for a paper, from the results of a study: which, how wide, in which language and format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from balint_eval.errors import DataError, Problem, StudyError
from balint_eval.folders import Folders, read_results
from balint_eval.language import known_languages
from balint_eval.study import StudyFile

if TYPE_CHECKING:
    from balint_eval.plots.drawing import Kind

WIDTHS = {"single": 85.0, "double": 174.0}
"""Widths of one and of two columns of a journal, in millimetres."""
NARROWEST, WIDEST = 60.0, 400.0
KINDS: tuple[Kind, ...] = ("svg", "pdf", "png")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to draw.

    Attributes
    ----------
    names : sequence of str
        Names of figures, `*` for any letters; empty draws all.
    width_mm : float or None
        None keeps the width each figure has in the results.
    kinds : sequence of str
    language : str
        Tag of a language; blank takes the study's first.
    folder : Path
        Where the files go; existing ones of the same name are replaced.
    audience : {"internal", "release"}
        For `release`, figures are drawn from released tables only.
    """

    names: Sequence[str]
    width_mm: float | None
    kinds: Sequence[Kind]
    language: str
    folder: Path
    audience: str = "internal"


def draw_chosen(file: StudyFile, folders: Folders, choice: Choice) -> list[Path]:
    """Draw the chosen figures.

    Parameters
    ----------
    file : StudyFile
    folders : Folders
        With the tables of a finished run.
    choice : Choice

    Returns
    -------
    list of Path
        The files written: pictures, data as CSV, alternative text.

    Raises
    ------
    StudyError
        WF-FIGURENAME, WF-LANGUAGE: no such figure or language.
    DataError
        WF-NORESULTS: the study has not been run, or not released.
    DisclosureError
        PV-POINTS: a figure of single people or small groups is asked for in a release.
    """
    from balint_eval.plots import list_figures, save_drawing
    from balint_eval.release import figures_of_release

    if not folders.tables.is_dir():
        what = "the study has no results here"
        raise DataError(Problem("WF-NORESULTS", what, "run `balint-eval run` first, or name its folder with --results"))
    tag = choice.language or file.study.languages[0]
    if tag not in known_languages():
        mend = f"use one of: {', '.join(known_languages())}"
        raise StudyError(Problem("WF-LANGUAGE", f"there is no language '{tag}'", mend, file.shown_as))
    figures = list_figures(read_results(folders), file, file.language(tag))
    if choice.audience == "release":
        figures = figures_of_release(file, folders, file.language(tag), _chosen(list(figures), choice.names))
    width = {} if choice.width_mm is None else {"width_mm": choice.width_mm}
    written: list[Path] = []
    for name in list(figures) if choice.audience == "release" else _chosen(list(figures), choice.names):
        drawing = figures[name](**width)
        if drawing is not None:
            written += save_drawing(drawing, choice.folder, name, choice.kinds)
    return written


def _chosen(known: list[str], wanted: Sequence[str]) -> list[str]:
    unknown = [name for name in wanted if not any(fnmatchcase(one, name) for one in known)]
    if unknown:
        what = f"there is no figure '{unknown[0]}'"
        raise StudyError(Problem("WF-FIGURENAME", what, f"use some of: {', '.join(known)}"))
    return [one for one in known if not wanted or any(fnmatchcase(one, name) for name in wanted)]

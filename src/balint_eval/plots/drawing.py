"""What every figure function gives: the figure and the words and numbers that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.figure import Figure

from balint_eval.plots.style import DPI

Kind = Literal["svg", "pdf", "png"]
KINDS: tuple[Kind, ...] = ("svg", "pdf", "png")
IN_REPORTS: tuple[Kind, ...] = ("svg", "png")
COARSE = 200
"""Dots an inch of figures that are for reports only."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished figure with all that a reader, a screen reader or a typesetter needs.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        At its final size; nothing is scaled or cropped on saving.
    alternative_text : str
        One or two sentences with the numbers, for people who do not see the figure.
    data : pandas.DataFrame
        The numbers behind the figure, tidy, without ids.
    title : str
        Short title for the caption; it is not drawn.
    caption : str
        What is shown, how it was got, and what was left out.
    kinds : tuple of str
        Files it is saved as. Figures for looking at assumptions are for the report only: SVG, and PNG
        for Word.
    dpi : int
        Dots an inch of the PNG.
    """

    figure: Figure
    alternative_text: str
    data: pd.DataFrame
    title: str
    caption: str
    kinds: tuple[Kind, ...] = KINDS
    dpi: int = DPI

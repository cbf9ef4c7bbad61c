"""Writing a drawing: the same input gives the same bytes, in any time zone, locale and hash seed.

SVG text is written as outlines: the figure then looks the same on a machine without the font, and Persian
stays shaped. Readers search the alternative text, the data table and the PDF, whose text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from balint_eval.plots.drawing import Drawing, Kind
from balint_eval.plots.outlines import outlined
from balint_eval.plots.pictures import CREATOR, pdf_of, png_of
from balint_eval.plots.style import styled
from balint_eval.tables import neutralised, write_bytes, write_text


def rendered(drawing: Drawing, kind: Kind) -> bytes:
    """Give a drawing as the bytes of an SVG, PDF or PNG file.

    Parameters
    ----------
    drawing : Drawing
    kind : {"svg", "pdf", "png"}

    Returns
    -------
    bytes
        Without dates; the same on every run. Title and alternative text are in the file's metadata.
    """
    return _rendered(_outlined(drawing), drawing, kind)


def _rendered(svg: bytes, drawing: Drawing, kind: Kind) -> bytes:
    """Make the other kinds from the SVG: the plotting library would take ten times as long for them."""
    if kind == "svg":
        return svg
    return pdf_of(svg, drawing) if kind == "pdf" else png_of(svg, drawing)


@styled
def _outlined(drawing: Drawing) -> bytes:
    metadata = {"Title": drawing.title, "Description": drawing.alternative_text, "Date": None, "Creator": CREATOR}
    return _smaller(outlined(drawing.figure, metadata, drawing.dpi))


_PLACES = re.compile(rb'(?: d| x| y)="[^"]*"|translate\([^)]*\)')
_FURTHER_DIGITS = re.compile(rb"(\.\d\d)\d+")


def _smaller(svg: bytes) -> bytes:
    """Cut places off at a hundredth of a point, which nobody sees; the file is a third smaller."""
    return _PLACES.sub(lambda place: _FURTHER_DIGITS.sub(rb"\1", place[0]), svg)


def save_drawing(drawing: Drawing, folder: Path | str, name: str, kinds: Sequence[Kind] = ()) -> list[Path]:
    """Write a drawing as its kinds of pictures, its data as CSV and its alternative text.

    Parameters
    ----------
    drawing : Drawing
    folder : path
        Made where it is missing.
    name : str
        File name without suffix.
    kinds : sequence of str
        Kinds of pictures; by default the drawing's own.

    Returns
    -------
    list of Path
        `name.svg`, `name.pdf`, `name.png` (those of `kinds`), `name.csv`, `name.txt`.

    Raises
    ------
    EnvironmentProblem
        A file cannot be written; no half-written file stays under its final name.
    """
    kinds = kinds or drawing.kinds
    pictures = [Path(folder) / f"{name}.{kind}" for kind in kinds]
    data, words = (Path(folder) / f"{name}.{suffix}" for suffix in ("csv", "txt"))
    svg = _outlined(drawing)
    for path, kind in zip(pictures, kinds, strict=True):
        write_bytes(path, _rendered(svg, drawing, kind))
    write_text(data, neutralised(drawing.data).to_csv(index=False, lineterminator="\n"))
    write_text(words, f"{drawing.alternative_text}\n")
    return [*pictures, data, words]

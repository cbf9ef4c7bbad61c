"""A figure as SVG with outlined letters, where each text is laid out once for all figures that say it.

Laying out the letters takes half of the time of drawing, and the figures of a study say the same few hundred texts
again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from io import StringIO
from typing import Any, Literal

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.text import TextToPath

_POINTS = 72.0
_TEXTS = 5_000
"""Texts that are kept: ten times those of a usual study."""
Metadata = Mapping[str, str | None]
Outline = tuple[Any, Any]
Letters = tuple[list[tuple[str, float, float, float]], dict[str, Outline], list[Any]]


class _Layouts(TextToPath):
    """The plotting library's layout of text, which remembers."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]
    ) -> tuple[float, float, float]:
        """Give a text's measures in points; no text of ours holds formulas."""
        return text_measures(s, prop.copy())

    def get_glyphs_with_font(
        self, font: FT2Font, s: str, glyph_map: dict[str, Outline] | None = None,
        return_new_glyphs_only: bool = False, *, features: tuple[str] | None = None,
        language: str | list[tuple[str, int, int]] | None = None,
    ) -> Letters:  # fmt: skip
        """Give a text's letters with their places, and their outlines, without those known already if so wished."""
        placed, outlines, boxes = _letters(font, s)
        known = glyph_map or {}
        new = {name: outline for name, outline in outlines.items() if name not in known}
        return placed, new if return_new_glyphs_only else {**known, **new}, boxes


@cache
def _library() -> TextToPath:
    return TextToPath()


@lru_cache(maxsize=_TEXTS)
def text_measures(text: str, font: FontProperties) -> tuple[float, float, float]:
    """Give width, height and depth below the baseline of one line, in points, whatever the settings of hinting are."""
    return _library().get_text_width_height_descent(text, font, False)


@lru_cache(maxsize=_TEXTS)
def _letters(font: FT2Font, text: str) -> Letters:
    return _library().get_glyphs_with_font(font, text)


class _Renderer(RendererSVG):
    def __init__(self, width: float, height: float, written: StringIO, dpi: float, metadata: Metadata) -> None:
        super().__init__(width, height, written, image_dpi=dpi, metadata=metadata)  # type: ignore[no-untyped-call]
        self._text2path = _Layouts()


def outlined(figure: Figure, metadata: Metadata, dpi: float) -> bytes:
    """Give a figure as SVG whose text is outlines.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        At its final size.
    metadata : mapping of str to str or None
        Dublin Core elements; None leaves out one that the plotting library would add.
    dpi : float
        Dots an inch of what has no outlines.

    Returns
    -------
    bytes
        UTF-8.
    """
    width, height = (_POINTS * float(inches) for inches in figure.get_size_inches())
    written, held = StringIO(), figure.dpi
    figure.dpi = _POINTS
    try:
        renderer = _Renderer(width, height, written, dpi, metadata)
        figure.draw(renderer)
        renderer.finalize()  # type: ignore[no-untyped-call]
    finally:
        figure.dpi = held
    return written.getvalue().encode("utf-8")

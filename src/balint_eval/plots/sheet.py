"""A sheet measured in millimetres from its upper left corner, on which figures are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Any, TypedDict, Unpack

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle
from matplotlib.transforms import Affine2D

from balint_eval.plots.style import BODY, HAIRLINE, INK, RULE
from balint_eval.plots.text import MM, ascent, block_height, block_width, line_step
from balint_eval.plots.words import has_right_to_left, is_right_to_left

_OTHER_SIDE = {"left": "right", "right": "left", "center": "center"}
_RIGHT_TO_LEFT_MARK = "\u200f"


class TextLooks(TypedDict, total=False):
    """How text may look, in matplotlib's words."""

    color: str
    weight: str
    ha: str


class LineLooks(TypedDict, total=False):
    """How a line may look."""

    color: str
    linewidth: float
    linestyle: str | tuple[float, tuple[float, float]]
    solid_capstyle: str
    zorder: float


class MarkerLooks(TypedDict, total=False):
    """How a marker may look."""

    color: str
    markerfacecolor: str
    markersize: float
    markeredgewidth: float


class AreaLooks(TypedDict, total=False):
    """How an area may look."""

    facecolor: str
    edgecolor: str
    linewidth: float
    alpha: float
    zorder: float


class BoxLooks(TypedDict, total=False):
    """How a rectangle may look."""

    facecolor: str
    edgecolor: str
    linewidth: float
    hatch: str | None


class Sheet:
    """A figure whose whole area is an invisible canvas in millimetres; y grows downwards.

    Parameters
    ----------
    width, height : float
        Final size in millimetres.
    mirrored : bool
        True for a language that runs from right to left: x then grows from the right edge to the left, so that
        labels, columns and legends stand in reading order. Axes with numbers still run from left to right.
    """

    def __init__(self, width: float, height: float, *, mirrored: bool = False) -> None:
        self.width, self.height, self.mirrored = width, height, mirrored
        self.figure = Figure(figsize=(width / MM, height / MM))
        FigureCanvasAgg(self.figure)
        # Straight onto the figure: axes, with their ticks and limits, take longer than all that stands in them.
        self._place = Affine2D().scale(1 / width, -1 / height).translate(0, 1) + self.figure.transFigure

    def x(self, x: float) -> float:
        """Give the place of a distance from the edge where lines of text begin."""
        return self.width - x if self.mirrored else x

    def text(self, x: float, y: float, text: str, *, size: float = BODY, **looks: Unpack[TextLooks]) -> None:
        """Write text below `y`, one artist a line, so that lines of different letters share baselines.

        A block of right-to-left lines is set flush right, within the width it takes.
        """
        usual: dict[str, Any] = {"color": INK, "ha": "left", "va": "baseline", "size": size}
        if "ha" not in looks and "\n" in text and is_right_to_left(text) and not self.mirrored:
            x += block_width(text, size, looks.get("weight", "normal"))
            usual["ha"] = "right"
        drawn = {**usual, **looks}
        # Every line of a text with right-to-left letters runs that way, also one that begins with others.
        mark = _RIGHT_TO_LEFT_MARK if self.mirrored and has_right_to_left(text) else ""
        if self.mirrored:
            x, drawn["ha"] = self.x(x), _OTHER_SIDE[drawn["ha"]]
        for index, line in enumerate(text.split("\n")):
            baseline = y + ascent(size) + index * line_step(size)
            self.figure.text(x, baseline, f"{mark}{line}", transform=self._place, **drawn)

    def text_beside(
        self, x: float, middle: float, text: str, *, size: float = BODY, **looks: Unpack[TextLooks]
    ) -> None:
        """Write text whose block is centred on the height `middle`."""
        self.text(x, middle - 0.5 * (block_height(text, size)), text, size=size, **looks)

    def line(self, x: tuple[float, float], y: tuple[float, float], **looks: Unpack[LineLooks]) -> None:
        """Draw a line."""
        usual: dict[str, Any] = {"color": RULE, "linewidth": HAIRLINE, "zorder": 0.9}
        self._add(Line2D([self.x(end) for end in x], y, **{**usual, **looks}))

    def marker(self, x: float, y: float, marker: str, **looks: Unpack[MarkerLooks]) -> None:
        """Draw one marker."""
        usual: dict[str, Any] = {"linestyle": "none", "markersize": 4.2, "markeredgewidth": 1.0}
        self._add(Line2D([self.x(x)], [y], marker=marker, **{**usual, **looks}))

    def path(self, x: Sequence[float], y: Sequence[float], **looks: Unpack[LineLooks]) -> None:
        """Draw a line through places from the left edge, in every language; `nan` lifts the pen.

        One path takes less room in a file than many lines.
        """
        usual: dict[str, Any] = {"color": INK, "linewidth": 0.9, "zorder": 2, "solid_capstyle": "butt"}
        self._add(Line2D(list(x), list(y), **{**usual, **looks}))

    def dots(self, x: Sequence[float], y: Sequence[float], diameter: float, color: str) -> None:
        """Draw many round dots, `diameter` in points, as one path: a fifth of the room that markers take."""
        # Each dot is a stroke with round ends; one shorter than a pixel would be left out of a PNG.
        xs = [value for one in x for value in (one - 0.06, one + 0.06, nan)]
        ys = [value for one in y for value in (one, one, nan)]
        self.path(xs, ys, color=color, linewidth=diameter, solid_capstyle="round")

    def points(self, x: Sequence[float], y: Sequence[float], marker: str, **looks: Unpack[MarkerLooks]) -> None:
        """Draw the same marker at several places from the left edge."""
        usual: dict[str, Any] = {"linestyle": "none", "markersize": 3.2, "markeredgewidth": 0.8, "color": INK}
        if x:
            kept = {**usual, **looks, "marker": marker, "zorder": 3}
            self._add(Line2D(list(x), list(y), **kept))

    def strokes(
        self, x: tuple[float, float], ends: Sequence[tuple[float, float]], color: str, *, alpha: float, linewidth: float
    ) -> None:
        """Draw many straight lines between two places from the left edge; where lines cross, the colour deepens."""
        segments = [list(zip(x, pair, strict=True)) for pair in ends]
        self._add(LineCollection(segments, colors=color, alpha=alpha, linewidths=linewidth))

    def polygon(self, corners: Sequence[tuple[float, float]], **looks: Unpack[AreaLooks]) -> None:
        """Draw an area by its corners, from the left edge in every language."""
        usual: dict[str, Any] = {"edgecolor": "none", "zorder": 1}
        self._add(Polygon(corners, **{**usual, **looks}))

    def box(self, left: float, top: float, width: float, height: float, **looks: Unpack[BoxLooks]) -> None:
        """Draw a rectangle."""
        usual: dict[str, Any] = {"facecolor": "white", "edgecolor": RULE, "linewidth": HAIRLINE}
        left = self.width - left - width if self.mirrored else left
        self._add(Rectangle((left, top), width, height, **{**usual, **looks}))

    def arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a thin arrow."""
        start, end = ((self.x(x), y) for x, y in (start, end))
        style = "-|>,head_length=0.28,head_width=0.14"
        self._add(
            FancyArrowPatch(
                start, end, arrowstyle=style, shrinkA=0, shrinkB=0, mutation_scale=9, color=INK, linewidth=0.7
            )
        )

    def _add(self, artist: Artist) -> None:
        """Add to the figure, measured in millimetres; nothing lies outside of the sheet, so nothing is clipped."""
        artist.set_transform(self._place)
        self.figure.add_artist(artist, clip=False)

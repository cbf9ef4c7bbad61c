"""Checks of a figure's looks: nothing clipped, nothing overlapping, nothing too small."""

from __future__ import annotations

from itertools import combinations

from matplotlib.text import Text

SLACK = 0.5  # pixels at 300 dpi


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def assert_good_looks(figure, smallest: float = 7.0) -> None:
    artists = texts(figure)
    boxes = [(artist.get_text(), artist.get_window_extent()) for artist in artists]
    width, height = figure.bbox.width, figure.bbox.height
    for label, box in boxes:
        inside = box.x0 >= -SLACK and box.x1 <= width + SLACK and box.y0 >= -SLACK and box.y1 <= height + SLACK
        assert inside, f"clipped: {label!r} {box.bounds} in {width} x {height}"
    for (one, a), (two, b) in combinations(boxes, 2):
        over_x = min(a.x1, b.x1) - max(a.x0, b.x0)
        over_y = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert over_x <= SLACK or over_y <= SLACK, f"overlap: {one!r} and {two!r}"
    assert min(artist.get_fontsize() for artist in artists) >= smallest


def words(figure) -> str:
    return " ".join(text.get_text() for text in texts(figure))

"""The growth of cost as a picture: `docs/pictures/growth.svg`, drawn from the tables that `make bench` wrote.

`python tests/benchmarks/growth_picture.py` draws it again without measuring anything.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
"""Of Okabe and Ito, told apart without seeing red or green."""
COHORTS, PEOPLE, SINGLE = "cohorts", "people", "single jobs"
_COHORT_ROW = re.compile(r"^\| ([\d,]+) \| first run \| ([\d.]+) \|", re.MULTILINE)
_PEOPLE_ROW = re.compile(
    r"^\| ([\d,]+) \| (csv|parquet) \|.*?\| ([\d.]+) \| [\d.]+ \| [\d.]+ \| [-\d.]+ \|$", re.MULTILINE
)
_JOB_ROW = re.compile(r"^\| ([^|]+?) \| ((?:[\d,]+: [\d.e+]+(?:, )?)+) \|", re.MULTILINE)
_POINT = re.compile(r"([\d,]+): ([\d.e+]+)")


class Series(NamedTuple):
    """One job at several sizes: CPU seconds by how many."""

    panel: str
    name: str
    sizes: list[int]
    seconds: list[float]

    @property
    def slope(self) -> float:
        """Slope on logarithmic axes: 1 is cost in step with size."""
        return float(np.polyfit(np.log(self.sizes), np.log(self.seconds), 1)[0])


def whole(text: str) -> int:
    """Give a number with its commas as a number."""
    return int(text.replace(",", ""))


def series(page: str) -> list[Series]:
    """Give every curve that the page's tables hold."""
    parts = {part.partition("\n")[0].strip(): part for part in page.split("\n### ")[1:]}
    found = []
    for heading, name in (
        ("Many cohorts", "tables and figures"),
        ("Many cohorts, a page for each", "a page for each too"),
    ):
        rows = _COHORT_ROW.findall(parts.get(heading, ""))
        found.append(Series(COHORTS, name, [whole(size) for size, _ in rows], [float(cost) for _, cost in rows]))
    people = _PEOPLE_ROW.findall(parts.get("Many people, 60 items, two waves", ""))
    for ending, name in (("csv", "read to compare, CSV"), ("parquet", "the same, Parquet")):
        rows = [(size, cost) for size, kind, cost in people if kind == ending]
        found.append(Series(PEOPLE, name, [whole(size) for size, _ in rows], [float(cost) for _, cost in rows]))
    for name, points in _JOB_ROW.findall(parts.get("Single jobs", "")):
        rows = _POINT.findall(points)
        found.append(Series(SINGLE, name, [whole(size) for size, _ in rows], [float(ms) / 1000 for _, ms in rows]))
    return [one for one in found if len(one.sizes) > 1]


def draw(curves: list[Series], output: Path) -> None:
    """Draw a panel a kind of size, with a grey line wherever cost in step with size would go."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "path", "font.size": 8})
    from matplotlib.figure import Figure

    panels = [panel for panel in (COHORTS, PEOPLE, SINGLE) if any(one.panel == panel for one in curves)]
    figure = Figure(figsize=(3.1 * len(panels), 3.4), layout="constrained")
    for axes, panel in zip(np.ravel(figure.subplots(1, len(panels))), panels, strict=True):
        for number, one in enumerate(one for one in curves if one.panel == panel):
            colour = COLOURS[number]
            axes.loglog(
                one.sizes, one.seconds, "o-", color=colour, markersize=3.5, label=f"{one.name}: {one.slope:.2f}"
            )
            ends = np.array([one.sizes[0], one.sizes[-1]])
            axes.loglog(ends, one.seconds[-1] * ends / ends[-1], "--", color="0.7", linewidth=0.8, zorder=0)
        axes.set_xlabel("size of the job" if panel == SINGLE else panel)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, fontsize=7, title="slope", title_fontsize=7
        )
    figure.axes[0].set_ylabel("CPU seconds")
    figure.savefig(output, metadata={"Date": None})


def main() -> None:
    """Draw the picture of the page as it is."""
    draw(series(PAGE.read_text(encoding="utf-8")), PAGE.parent / "pictures" / "growth.svg")


if __name__ == "__main__":
    main()

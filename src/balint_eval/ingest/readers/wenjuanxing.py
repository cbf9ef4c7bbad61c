"""Wenjuanxing (WJX): one Chinese header row, the response's number, moment, duration, source and address first."""

from __future__ import annotations

from balint_eval.ingest.grid import Grid
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header

NUMBER, SENT = "序号", "提交答卷时间"
META = frozenset({NUMBER, SENT, "所用时间", "来源", "来源详情", "来自IP"})


def is_wenjuanxing(grid: Grid) -> bool:
    """Tell a Wenjuanxing export by the number and the moment of sending, beside one more of its columns."""
    names = {cell.strip() for cell in grid.header}
    return {NUMBER, SENT} <= names and len(names & META) > 2


def arrange(grid: Grid) -> Layout:
    """Take question texts as names; the moment of sending has a column of its own."""
    names = tidy_names(grid)
    return Layout(
        platform="wenjuanxing",
        names=list(grid.header),
        labels={name: name for name in names if name not in META},
        ended=SENT if SENT in names else "",
        problems=tuple(foreign_header(grid)),
    )

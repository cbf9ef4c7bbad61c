"""Published results of Balint groups: recomputed from what is printed, within what rounding allows."""

from balint_eval.published.check import FLAGGED, VERDICTS, Check
from balint_eval.published.reproduce import recompute, reproduction_table
from balint_eval.published.rows import PublishedRow, read_published

__all__ = ["FLAGGED", "VERDICTS", "Check", "PublishedRow", "read_published", "recompute", "reproduction_table"]

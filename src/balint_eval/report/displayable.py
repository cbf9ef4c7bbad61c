"""Text that every format can hold: no control characters, and no figure without its words."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from balint_eval.errors import BalintError, Problem
from balint_eval.report.model import FigureBlock, Report

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(
    # What XML 1.0 does not allow, what PDF/UA does not allow, and the controls nobody can see.
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\ufff9-\uffff]"
    "|[\U0001fffe\U0001ffff\U000e0000-\U000e0fff]|[\U0002fffe\U0002ffff\U0010fffe\U0010ffff]"
)


def displayable(report: Report) -> Report:
    """Give the report without characters that Word, PDF or XML refuse; other line ends become line feeds.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Report
        The same where nothing had to go. Drawings are left as they are.

    Raises
    ------
    BalintError
        WF-ALTTEXT, for every figure that says nothing to readers who do not see it.
    """
    undescribed = [
        Problem(
            "WF-ALTTEXT",
            f"the figure '{block.name}' has no words for readers who do not see it",
            "give the drawing an alternative text",
        )
        for block in report.blocks()
        if isinstance(block, FigureBlock) and not block.alternative_text.strip()
    ]
    if undescribed:
        raise BalintError(undescribed)
    return cast(Report, _cleaned(report))


def without_controls(text: str) -> str:
    """Give text without control characters; tabs become blanks."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ")


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = ("svg", "small_svg") if isinstance(value, FigureBlock) else ()
        names = [field.name for field in fields(value) if field.name not in kept]
        changed: dict[str, Any] = {name: _cleaned(getattr(value, name)) for name in names}
        return replace(value, **changed)
    return value

"""The report as tagged PDF (PDF/UA-1), set by Typst; the text goes there as data and is never read as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files
from itertools import zip_longest
from typing import Any

from balint_eval.errors import BalintError, Problem
from balint_eval.report.displayable import displayable
from balint_eval.report.labels import counted, label
from balint_eval.report.model import Claim, FigureBlock, Report, TableBlock, TableColumn
from balint_eval.report.pages import (
    DataTable,
    Heading,
    Part,
    SideBySide,
    Stretch,
    column_shares,
    decimal_padding,
    drawing_size,
    fits_one_page,
    leads,
    stretches,
)
from balint_eval.typesetting import fonts, with_text

_WIDTH_MM = {False: 180.0, True: 267.0}
_ONE_PAGER_MM = 160.0
"""Width of a drawing in the educator's report, whose first page holds verdicts and picture."""
_BEYOND = re.compile("[\u0700-\u109f\u1100-\u1cff\u2c00-\ufaff\uff00-\U0010ffff]")
"""Letters that DejaVu Sans and Libertinus lack; only for these are the machine's own fonts looked at."""


def render_pdf(report: Report) -> bytes:
    """Draw a report as a tagged PDF.

    Parameters
    ----------
    report : Report

    Returns
    -------
    bytes
        PDF 1.7 that declares PDF/UA-1: tagged, with language, title, bookmarks and words for every figure.
        It holds no date, so the same report gives the same bytes.

    Raises
    ------
    BalintError
        WF-ALTTEXT, for a figure without words; WF-PDF, where Typst refuses.
    """
    import typst

    clean = displayable(report)
    data = json.dumps(_data(clean), ensure_ascii=False)
    template = files("balint_eval").joinpath("report/templates/report.typ").read_bytes()
    try:
        return typst.compile(
            template,
            format="pdf",
            font_paths=fonts(system=_BEYOND.search(data) is not None),
            sys_inputs={"report": data},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        what = f"the PDF of the {report.kind} report was refused: {error.message}"
        raise BalintError(Problem("WF-PDF", what, "leave `pdf` out of report.formats, and tell us of it")) from error


def _data(report: Report) -> dict[str, Any]:
    return {
        **{name: getattr(report, name) for name in ("kind", "title", "subtitle", "language", "direction")},
        **{name: getattr(report, name) for name in ("watermark", "generated", "contents_label")},
        "one": counted(report, 1),
        "stretches": [
            {"sideways": stretch.sideways, "parts": list(_parts(stretch, report))} for stretch in stretches(report)
        ],
    }


def _parts(stretch: Stretch, report: Report) -> Iterator[dict[str, Any]]:
    level = 1
    for part, following in zip_longest(stretch.parts, stretch.parts[1:]):
        level = part.level if isinstance(part, Heading) else level
        data = _part(part, report, stretch.sideways, level)
        yield {"part": type(part).__name__, "leads": leads(part, following), **data}


def _part(part: Part, report: Report, sideways: bool, level: int) -> dict[str, Any]:
    if isinstance(part, TableBlock):
        table = _table(part.columns, part.rows, sideways)
        return {"label": label(report, part), "title": part.title, "notes": part.notes, **table}
    if isinstance(part, DataTable):
        figure = part.figure
        table = _table(figure.columns, figure.rows, sideways)
        return {"label": label(report, figure), "title": figure.title, "notes": (), **table}
    if isinstance(part, FigureBlock):
        return _figure(part, report, sideways)
    if isinstance(part, SideBySide):
        return {"figures": [_figure(figure, report, sideways) for figure in part.figures]}
    return {**asdict(part), "level": level + 1} if isinstance(part, Claim) else asdict(part)


def _figure(figure: FigureBlock, report: Report, sideways: bool) -> dict[str, Any]:
    kept = {name: getattr(figure, name) for name in ("alternative_text", "title", "caption", "data_note")}
    width = min(drawing_size(figure)[0], _WIDTH_MM[sideways] if report.kind == "researcher" else _ONE_PAGER_MM)
    return {**kept, "svg": with_text(figure.svg), "label": label(report, figure), "width": width}


def _table(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], sideways: bool) -> dict[str, Any]:
    numeric = [column.align == "number" for column in columns]
    cells = [[row[place] for row in rows] for place in range(len(columns))]
    return {
        "columns": [asdict(column) for column in columns],
        "whole": fits_one_page(rows),
        "rows": rows,
        "shares": column_shares(columns, rows, sideways=sideways),
        "padding": [
            decimal_padding(held) if number else ("",) * len(rows) for number, held in zip(numeric, cells, strict=True)
        ],
    }

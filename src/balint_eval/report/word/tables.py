"""Word tables in APA style: rules above, below and under the head only, the head repeated on every page."""

from __future__ import annotations

from collections.abc import Sequence

from balint_eval.report.model import TableColumn
from balint_eval.report.pages import column_shares, decimal_padding, fits_one_page
from balint_eval.report.word.markup import attribute, paragraph, run

_POINT_SPACE, _FIGURE_SPACE = "\u2008", "\u2007"
"""Blanks as wide as a full stop and as a digit."""
_TO_BLANKS = str.maketrans({"0": _FIGURE_SPACE, ".": _POINT_SPACE, "٫": _POINT_SPACE})
_TOGETHER = 2
"""Rows that stay with the next one at the start and the end of a table."""
_KEEP = "<w:keepNext/>"


def table_markup(
    title: str,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[str]],
    *,
    sideways: bool,
    width: int,
    noted: bool,
    filled: bool = False,
) -> str:
    """Write a table.

    Parameters
    ----------
    title : str
        What the table is, for readers who do not see it.
    columns, rows
        Of the table.
    sideways : bool
        Whether the page lies on its side.
    width : int
        Of the page between its margins, in twentieths of a point.
    noted : bool
        Whether notes follow, which the last row stays with.
    filled : bool
        Whether a small table takes the whole width: programs differ in the side a narrower one that runs from
        right to left stands on.

    Returns
    -------
    str
        A `w:tbl` element.
    """
    shares = column_shares(columns, rows, sideways=sideways)
    widths = [round(share * width / (sum(shares) if filled else 1.0)) for share in shares]
    padded = _padded(columns, rows)
    whole = fits_one_page(rows)
    last = len(rows) - 1
    head = _row([column.heading for column in columns], columns, widths, keep=True, head=True)
    body = "".join(
        _row(
            row,
            columns,
            widths,
            keep=noted if place == last else whole or place < _TOGETHER or place >= last - _TOGETHER,
        )
        for place, row in enumerate(padded)
    )
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    properties = (
        '<w:tblStyle w:val="APATable"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        f'w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={attribute(title)}/>'
    )
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"


def _padded(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Put blanks after numbers with fewer decimals, so that the decimal signs of a column stand in one line."""
    held = [[row[place] for row in rows] for place in range(len(columns))]
    for place, column in enumerate(columns):
        if column.align == "number":
            padding = decimal_padding(held[place])
            held[place] = [
                cell + lacking.translate(_TO_BLANKS) for cell, lacking in zip(held[place], padding, strict=True)
            ]
    return [list(row) for row in zip(*held, strict=True)]


def _row(
    cells: Sequence[str], columns: Sequence[TableColumn], widths: Sequence[int], *, keep: bool, head: bool = False
) -> str:
    properties = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_cell(text, column, keep=keep, head=head)}</w:tc>'
        for text, column, width in zip(cells, columns, widths, strict=True)
    )
    return f"<w:tr>{properties}{written}</w:tr>"


def _cell(text: str, column: TableColumn, *, keep: bool, head: bool) -> str:
    style = "TableNumber" if column.align == "number" else "TableText"
    return paragraph(style, run(text, bold=head), properties=_KEEP if keep else "")

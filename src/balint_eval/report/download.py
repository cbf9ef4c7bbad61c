"""A table of a page as a CSV file that is inside the page: nothing is fetched, no script runs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from balint_eval.report.model import TableColumn
from balint_eval.tables import harmless

_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
"""Marks that keep numbers in order in a text that runs from right to left; a cell by itself needs none."""
_MARK = "%EF%BB%BF"
_ESCAPED = {ord(sign): f"%{ord(sign):02X}" for sign in "%#\n\r\t"}
"""What an address may not hold or a browser drops; all other letters it writes as UTF-8 itself."""


def csv_address(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> str:
    """Give the address of a table's CSV file.

    Parameters
    ----------
    columns, rows
        Of the table; cells as they are shown. One that a spreadsheet would run as a formula gets a quote before it.

    Returns
    -------
    str
        A `data:` address, to be escaped as any text of a page. The file is UTF-8 with a mark at its start, by which
        spreadsheets know it.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    table = ([column.heading for column in columns], *rows)
    writer.writerows([harmless(cell.translate(_ISOLATES)) for cell in row] for row in table)
    return f"data:text/csv;charset=utf-8,{_MARK}{buffer.getvalue().translate(_ESCAPED)}"

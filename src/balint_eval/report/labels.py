"""What numbers tables and figures carry, in the digits of the report's language."""

from __future__ import annotations

from balint_eval.report.model import FigureBlock, Report, TableBlock

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def counted(report: Report, number: int) -> str:
    """Write a number in the digits of the report's language."""
    return str(number).translate(_PERSIAN) if report.language.split("-")[0] == "fa" else str(number)


def table_label(report: Report, table: TableBlock) -> str:
    """Give `Table 3`; blank for educators, who are not sent from number to number."""
    return f"{report.table_word} {counted(report, table.number)}" if report.kind == "researcher" else ""


def figure_label(report: Report, figure: FigureBlock) -> str:
    """Give `Figure 3`; blank for educators."""
    return f"{report.figure_word} {counted(report, figure.number)}" if report.kind == "researcher" else ""

"""What numbers tables and figures carry, in the digits of the report's language."""

from __future__ import annotations

from balint_eval.report.model import FigureBlock, Report, TableBlock


def counted(report: Report, number: int) -> str:
    """Write a whole number in the digits of the report's language."""
    return "".join(report.digits[int(digit)] for digit in str(number))


def label(report: Report, block: TableBlock | FigureBlock) -> str:
    """Give `Table 3` or `Figure 3`; blank for educators, who are not sent from number to number."""
    if report.kind != "researcher":
        return ""
    return f"{word(report, block)} {counted(report, block.number)}"


def word(report: Report, block: TableBlock | FigureBlock) -> str:
    """Give the word that the number of a table or figure stands after."""
    return report.table_word if isinstance(block, TableBlock) else report.figure_word

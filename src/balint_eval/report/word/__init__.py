"""The report as Word document: real headings, captions, lists and tables, the same bytes on every run."""

from __future__ import annotations

from balint_eval.report.word.document import render_docx

__all__ = ["render_docx"]

"""Reports for two readers: tables become frozen blocks, blocks become pages."""

from __future__ import annotations

from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.model import Report, from_json, to_json
from balint_eval.report.pdf import render_pdf
from balint_eval.report.researcher import build_researcher
from balint_eval.report.word import render_docx

__all__ = [
    "Report",
    "build_educator",
    "build_researcher",
    "from_json",
    "render_docx",
    "render_html",
    "render_pdf",
    "to_json",
]

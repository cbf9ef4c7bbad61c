"""The report as one self-contained HTML file: no script, nothing fetched."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from balint_eval.report.download import csv_address
from balint_eval.report.labels import label
from balint_eval.report.model import FigureBlock, Report
from balint_eval.report.pages import is_narrow
from balint_eval.report.svg import embedded

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def render_html(report: Report) -> str:
    """Draw a report as HTML.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        A whole document with its style and figures inside. All text is escaped; only the SVG of
        drawings is put in as it is.
    """
    from markupsafe import Markup

    blocks = [block for block in report.blocks() if isinstance(block, FigureBlock)]
    figures = {slug(block.name): block.svg for block in blocks}
    figures |= {f"{slug(block.name)}-small": block.small_svg for block in blocks if block.small_svg}
    letters, elements = embedded(figures)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            style=_style(),
            letters=Markup(letters),  # noqa: S704  drawn by this package
            drawings={name: Markup(element) for name, element in elements.items()},  # noqa: S704  likewise
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("balint_eval", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"css_text": _css_text, "slug": slug, "kind": _kind, "narrow": is_narrow}
    environment.globals |= {"csv_address": csv_address, "label": label}
    return environment


def _style() -> Markup:
    from markupsafe import Markup

    text = files("balint_eval").joinpath("report/templates/report.css").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704  the package's own style sheet


def _css_text(text: str) -> Markup:
    """Write text so that it can stand between quotes in a style sheet."""
    from markupsafe import Markup

    escaped = "".join(char if char.isalnum() or char in " .,:" else f"\\{ord(char):x} " for char in text)
    return Markup(escaped)  # noqa: S704  every other character is escaped above


def _kind(block: object) -> str:
    return type(block).__name__


def slug(text: str) -> str:
    """Give text that can be an id: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "part"

"""What every report has around its sections: title, language, watermark, when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from balint_eval.report import numbers
from balint_eval.report.material import Material
from balint_eval.report.model import Report, Section
from balint_eval.report.wording import say


def frame(
    material: Material, kind: Literal["educator", "researcher"], subtitle: str, sections: tuple[Section, ...]
) -> Report:
    """Put sections into a report."""
    return Report(
        kind=kind,
        title=material.study.title,
        subtitle=subtitle,
        language="en",
        direction="ltr",
        watermark=say("INTERNAL: for the people who run the groups. Not for release."),
        generated=_generated(material),
        sections=sections,
    )


def _generated(material: Material) -> str:
    when = str(material.provenance.get("generated", ""))
    versions = material.provenance.get("versions", {})
    version = str(versions.get("balint-eval", "")) if isinstance(versions, Mapping) else ""
    made = say("Made by balint-eval {version}", version=version).strip()
    return f"{made}, {numbers.day(when)}" if when else made

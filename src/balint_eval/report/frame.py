"""What every report has around its sections: title, language, watermark, when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from balint_eval.report.finish import finished
from balint_eval.report.material import Material
from balint_eval.report.model import Report, Section


def frame(
    material: Material, kind: Literal["educator", "researcher"], subtitle: str, sections: tuple[Section, ...]
) -> Report:
    """Put sections into a report."""
    return Report(
        kind=kind,
        title=material.language.named(material.study.title),
        subtitle=subtitle,
        language=material.language.tag,
        direction=material.language.direction,
        watermark=_watermark(material),
        generated=_generated(material),
        sections=finished(material.language, sections),
        contents_label=material.say("Contents"),
        data_label=material.say("Show the numbers behind this figure"),
        table_word=material.say("Table"),
        figure_word=material.say("Figure"),
        data_heading=material.say("The numbers behind the figures"),
        digits=material.language.figures.digits,
    )


def _watermark(material: Material) -> str:
    """Say on every page who may read it; what is released carries no mark."""
    if material.audience == "release":
        return ""
    return material.say("INTERNAL: for the people who run the groups. Not for release.")


def _generated(material: Material) -> str:
    when = str(material.provenance.get("generated", ""))
    versions = material.provenance.get("versions", {})
    version = str(versions.get("balint-eval", "")) if isinstance(versions, Mapping) else ""
    if not when:
        return material.say("Made by balint-eval {version}", version=version).strip()
    return material.say("Made by balint-eval {version}, {day}", version=version, day=material.language.day(when))

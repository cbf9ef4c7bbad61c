"""What every report has around its sections: title, language, watermark, when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from balint_eval.report.finish import finished
from balint_eval.report.material import Material
from balint_eval.report.model import Callout, Report, Section


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
        sections=finished(material.language, _with_set_aside(material, sections)),
        contents_label=material.say("Contents"),
        data_label=material.say("Show the numbers behind this figure"),
        table_word=material.say("Table"),
        figure_word=material.say("Figure"),
        data_heading=material.say("The numbers behind the figures"),
        digits=material.language.figures.digits,
    )


def _with_set_aside(material: Material, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Begin with the cohorts this report goes without, where there are any."""
    names = material.file.set_aside
    if not names or not sections:
        return sections
    text = material.language.plural(
        "{n} cohort is not in this report, because its files were refused: {names}. Every number is of the others.",
        "{n} cohorts are not in this report, because their files were refused: {names}. Every number is of the others.",
        len(names),
        names=material.language.listed([material.language.isolated(name) for name in names]),
    )
    first = sections[0]
    callout = Callout("bad", "!", material.say("Incomplete."), text)
    return (replace(first, blocks=(callout, *first.blocks)), *sections[1:])


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
